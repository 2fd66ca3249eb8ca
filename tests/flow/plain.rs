//! `--plain`: each play as text, live and in one go.

use crate::plays::{events, folded, history, names};
use mpviz::event::words::Operation;
use mpviz::event::{ActorId, Event, Kind, Time};
use mpviz::history::History;
use mpviz::record::plain::Plain;
use std::io::{self, Write};

fn told(history: &History) -> String {
    let mut plain = Plain::new(Vec::new());
    plain.tell(history).expect("a Vec takes everything");
    String::from_utf8(plain.finish(history).expect("so it does")).expect("text")
}

#[test]
fn every_play_reads_as_a_story() {
    for name in names() {
        insta::assert_snapshot!(format!("plain-{name}"), told(&history(&name)));
    }
}

/// Nothing is told that was not yet known: live, event by event, it is the same text.
#[test]
fn a_story_is_the_same_while_it_happens() {
    for name in names() {
        let (events, horizon) = events(&name);
        let mut history = History::default();
        let mut plain = Plain::new(Vec::new());
        // What has the same time is known at the same time.
        for moment in events.chunk_by(|a, b| a.t == b.t) {
            moment.iter().for_each(|event| history.apply(event));
            history.advance(moment[0].t);
            plain.tell(&history).expect("a Vec takes everything");
        }
        history.advance(horizon);
        let text = String::from_utf8(plain.finish(&history).expect("so it does")).expect("text");
        let whole = told(&folded(&events, horizon));
        for (live, whole) in text.lines().zip(whole.lines()) {
            assert_eq!(live, whole, "{name}");
        }
        assert_eq!(text, whole, "{name}");
    }
}

/// A line for each event at most, and one for each finding.
#[test]
fn no_event_has_two_lines() {
    for name in names() {
        let history = history(&name);
        let text = told(&history);
        let (findings, said): (Vec<&str>, Vec<&str>) =
            text.lines().partition(|line| line.starts_with("[warn "));
        assert_eq!(findings.len(), history.findings().len(), "{name}");
        let is_cut = usize::from(history.run().ended.is_none());
        assert!(said.len() <= history.log().len() + is_cut, "{name}: {text}");
    }
}

/// The summary is what the story says last, and what it found on its way.
#[test]
fn a_summary_is_the_end_of_the_story() {
    for name in names() {
        let history = history(&name);
        let mut plain = Plain::summary(Vec::new());
        plain.tell(&history).expect("a Vec takes everything");
        let quiet = plain.finish(&history).expect("so it does");
        let quiet = String::from_utf8(quiet).expect("text");
        let told = told(&history);
        let last = told.lines().last();
        let story = told
            .lines()
            .filter(|line| line.starts_with("[warn ") || Some(*line) == last);
        let ended_badly = |line: &&str| quiet.lines().any(|said| said == *line);
        assert!(
            story.clone().all(|line| ended_badly(&line)),
            "{name}: {quiet}"
        );
        assert!(
            quiet.lines().count() <= story.count() + 1,
            "{name}: {quiet}"
        );
    }
}

/// Whom a reader knows already needs no number; one of several of the same name does.
#[test]
fn a_pid_is_told_once_or_where_names_are_the_same() {
    let text = told(&history("processes"));
    assert_eq!(text.matches("pid 5001").count(), 1, "{text}");
    let text = told(&history("attach"));
    assert!(text.contains("python3 (pid 15767) exit 3"), "{text}");
}

fn blocked(t: u64, seq: u32) -> Event {
    let operation = Operation::Await;
    let kind = Kind::Blocked {
        operation,
        object: None,
        on: None,
        timeout: None,
    };
    Event {
        t: Time(t),
        actor: ActorId(1),
        by: None,
        seq,
        line: None,
        file: None,
        kind,
    }
}

#[test]
fn a_wait_is_told_while_it_lasts_and_only_if_it_lasts() {
    let mut history = History::default();
    let mut plain = Plain::new(Vec::new());
    history.apply(&blocked(1_000, 1));
    history.advance(Time(2_000));
    plain.tell(&history).expect("a Vec takes everything");
    history.advance(Time(30_000));
    plain.tell(&history).expect("a Vec takes everything");
    let text = plain.finish(&history).expect("so it does");
    let text = String::from_utf8(text).expect("text");
    assert!(
        text.starts_with("[0.000] process 1 waits for it\n"),
        "{text}"
    );

    let outcome = mpviz::event::words::Outcome::Done;
    let kind = Kind::Unblocked {
        outcome,
        waker: None,
    };
    let unblocked = Event {
        t: Time(15_000),
        seq: 2,
        kind,
        ..blocked(0, 0)
    };
    let text = told(&folded(&[blocked(1_000, 1), unblocked], Time(1_000_000)));
    assert_eq!(text.lines().count(), 1, "only that the events stop: {text}");
}

/// Takes so many lines, then is a closed pipe; counts the flushes.
#[derive(Debug)]
struct Closing {
    left: usize,
    flushed: usize,
}

impl Write for Closing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert_eq!(
            bytes.iter().filter(|&&byte| byte == b'\n').count(),
            1,
            "a line at a time"
        );
        assert_eq!(bytes.last(), Some(&b'\n'));
        if self.left == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.left -= 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed += 1;
        Ok(())
    }
}

#[test]
fn each_line_is_flushed_and_a_closed_pipe_is_told() {
    let history = history("fork");
    let lines = told(&history).lines().count();
    let mut plain = Plain::new(Closing {
        left: 3,
        flushed: 0,
    });
    let error = plain.tell(&history).expect_err("the pipe is closed");
    assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    let mut plain = Plain::new(Closing {
        left: lines,
        flushed: 0,
    });
    plain.tell(&history).expect("room for all");
    assert_eq!(
        plain.finish(&history).expect("nothing is left").flushed,
        lines
    );
}

#[test]
fn nothing_of_the_program_reaches_the_terminal_as_it_is() {
    let text = told(&history("troubles"));
    assert!(
        text.contains("\\x1b[2J") && text.contains("\\u{202e}"),
        "{text}"
    );
    let obeyed = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!text.contains(obeyed), "{text}");
}
