//! Recordings from the screen: what a teacher presses is in the file, whatever ends mpviz; and files
//! that are cut, compressed or both.

mod common;

use common::output;
use common::pty::Pty;
use mpviz::event::{Event, Kind, Time};
use mpviz::trace::{Flush, Header, Packer, Reader, TraceError, Writer, pack};
use nix::sys::signal::Signal;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const USUAL: (u16, u16) = (120, 36);

/// Starts mpviz in a folder.
fn start(folder: &Path, arguments: &[&str]) -> Pty {
    let line = format!(
        "cd '{}' && exec '{}' {}",
        folder.display(),
        env!("CARGO_BIN_EXE_mpviz"),
        arguments.join(" ")
    );
    Pty::command(USUAL, &["sh", "-c", &line], &[])
}

/// Returns the traces in a folder, in the order of their names.
fn traces(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}

/// Returns the events that can be read, and what ended that.
fn read(bytes: &[u8]) -> (Vec<Event>, Option<TraceError>) {
    let input = pack::open(Box::new(bytes)).expect("its first bytes");
    let mut reader = match Reader::new(input) {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut events = Vec::new();
    loop {
        match reader.event() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, None),
            Err(error) => return (events, Some(error)),
        }
    }
}

/// Returns all events of a file, which is right.
#[track_caller]
fn whole(path: &Path) -> Vec<Event> {
    let (events, error) = read(&fs::read(path).expect("the file"));
    assert!(error.is_none(), "{error:?}");
    let checked = output(&["check", path.to_str().expect("it is UTF-8")]);
    let told = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert_eq!(checked.status.code(), Some(0), "{told}");
    assert!(told.ends_with("nothing is wrong\n"), "{told}");
    events
}

/// Returns what the viewer did, a word a line.
fn viewers(events: &[Event]) -> Vec<String> {
    let word = |event: &Event| {
        Some(match &event.kind {
            Kind::RecordingStarted { columns, rows, .. } => format!("started {columns}x{rows}"),
            Kind::RecordingPaused { .. } => "paused".to_owned(),
            Kind::RecordingResumed { .. } => "resumed".to_owned(),
            Kind::RecordingEnded { .. } => "ended".to_owned(),
            Kind::ViewerActed { action, key, .. } => format!("{key} {action}"),
            Kind::ViewerResized { columns, rows, .. } => format!("{columns}x{rows}"),
            Kind::MarkSet { name, .. } => format!("mark {name}"),
            Kind::CaptionShown { text, .. } => format!("say {text}"),
            _ => return None,
        })
    };
    events.iter().filter_map(word).collect()
}

/// Returns what the viewer did but for a new size, which comes beside keys.
#[track_caller]
fn without_size(events: &[Event]) -> Vec<String> {
    let mut done = viewers(events);
    let at = done.iter().position(|word| word == "100x30");
    done.remove(at.expect("the new size is told"));
    done
}

#[test]
fn a_lesson_is_recorded_with_all_that_was_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pty = start(folder.path(), &["pool", "--pace", "2"]);
    pty.until_header(&["pool", "4 of 4 alive"]);
    pty.press("Down R");
    pty.until_header(&["● rec 0:0"]);
    pty.until_text("records into `pool-");
    pty.press("Space c");
    pty.send(b"Three workers share one queue.\r");
    pty.until_text("Three workers share one queue.");
    pty.press("|");
    pty.until_header(&["rec paused"]);
    pty.press("| m");
    pty.send(b"a task waits\r");
    pty.until_text("▼ a task waits");
    pty.resize((100, 30));
    pty.press("5 Space");
    pty.until_header(&["ended"]);
    pty.press("R");
    pty.until_text("recorded: `pool-");
    pty.press("S");
    pty.until_text("saved: `pool-");
    pty.quit();
    let paths = traces(folder.path());
    assert_eq!(paths.len(), 2, "{paths:?}");
    let recorded = whole(&paths[0]);
    let done = [
        "started 120x36",
        "Space toggle-freeze",
        "say Three workers share one queue.",
        "paused",
        "resumed",
        "mark a task waits",
        "5 show-code",
        "Space toggle-freeze",
        "ended",
    ];
    let before = ["Down down"];
    assert_eq!(without_size(&recorded), [&before[..], &done].concat());
    let has_end = |event: &Event| matches!(event.kind, Kind::RunEnded { .. });
    assert!(recorded.iter().any(has_end));
    // What is saved is all of it, without the pauses of the other file.
    let saved = whole(&paths[1]);
    let done = done[1..8].iter().filter(|word| !word.ends_with("ed"));
    let done = done.filter(|word| **word != "resumed").copied();
    let expected: Vec<&str> = ["started 120x36", "Down down"]
        .into_iter()
        .chain(done)
        .collect();
    assert_eq!(without_size(&saved), [&expected[..], &["ended"]].concat());
    let both = [recorded, saved];
    // A second word of one end counts for nothing, and is not kept; of a sample its count is not.
    let lines = both.each_ref().map(|events| {
        let is_kept = |event: &&Event| {
            let is_end = matches!(event.kind, Kind::ProcessExited { .. } | Kind::Horizon {});
            event.kind.viewers().is_none() && !is_end
        };
        let seq = |event: &Event| match event.kind {
            Kind::Sampled { .. } => 0,
            _ => event.seq,
        };
        let by = None;
        let told = events.iter().filter(is_kept);
        told.map(|event| Event {
            seq: seq(event),
            by,
            ..event.clone()
        })
        .collect::<Vec<_>>()
    });
    assert!(lines[0].len() > 50);
    let different = lines[0].iter().zip(&lines[1]).find(|(a, b)| a != b);
    assert_eq!(different, None);
    assert_eq!(lines[0].len(), lines[1].len());
}

#[test]
fn panes_that_were_laid_out_before_are_in_the_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    fs::create_dir(&home).expect("a home");
    // What is left on one screen is there on the next.
    let again = |arguments: &str| {
        let line = format!(
            "cd '{}' && exec env 'XDG_STATE_HOME={}' '{}' {arguments}",
            folder.path().display(),
            home.display(),
            env!("CARGO_BIN_EXE_mpviz"),
        );
        Pty::command(USUAL, &["sh", "-c", &line], &[])
    };
    let has_no_events = |screen: &str| screen.contains("5 code") && !screen.contains("─ 4 events");
    let mut pty = again("fork --pace 20");
    pty.until_header(&["fork", "■ ended"]);
    pty.press("2 4 X");
    pty.until("the events to be gone", has_no_events);
    pty.quit();
    let pty = again("fork --pace 20 -o x.mpt");
    pty.until_header(&["fork", "■ ended"]);
    let seen = pty.until("the events to be gone", has_no_events);
    assert!(seen.contains("─ 2 flow"), "{seen}");
    pty.quit();
    let path = folder.path().join("x.mpt");
    let done = viewers(&whole(&path));
    let is_layout = |word: &String| word.starts_with("arrange ") && word.contains("hide=events");
    assert!(done.iter().any(is_layout), "{done:?}");
    // A film shows what was seen: of where it is made nothing is asked.
    let cast = folder.path().join("x.cast");
    let [path, cast] = [&path, &cast].map(|path| path.to_str().expect("it is UTF-8"));
    let made = output(&["render", path, "-o", cast]);
    let why = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{why}");
    let told = fs::read_to_string(cast).expect("a cast");
    let not_zero = |n: u16| n.try_into().expect("it is not 0");
    let mut terminal = vt100::Parser::new(not_zero(USUAL.1), not_zero(USUAL.0), 0);
    for line in told.lines().skip(1) {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of a cast");
        if line[1] == "o" {
            let text = line[2].as_str().expect("it is text");
            terminal.process(text.as_bytes());
        }
    }
    let film = terminal.screen().contents();
    // The heads of the panes: which there are, where, and which has the keys.
    let heads = |screen: &str| -> Vec<(usize, String)> {
        let rows = screen.lines().map(str::trim_end).map(str::to_owned);
        rows.enumerate()
            .filter(|(_, row)| row.starts_with('─'))
            .collect()
    };
    assert_eq!(heads(&film), heads(&seen));
}

#[test]
fn a_replay_shows_marks_and_captions_at_their_moments() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pty = start(folder.path(), &["queue", "--pace", "23"]);
    pty.until_header(&["queue", "ended"]);
    pty.press("\" \" \" \" \" \" \" \" \" . . . . . . m");
    pty.send(b"the first item\r");
    pty.press("c");
    pty.send(b"Look at the buffer.\r");
    pty.until_text("Look at the buffer.");
    pty.press("S");
    pty.until_text("saved: `");
    pty.quit();
    let path = traces(folder.path()).remove(0);
    whole(&path);
    let file = path.to_str().expect("it is UTF-8");
    let mut replay = Pty::start(USUAL, &["replay", file, "--speed", "0"]);
    let screen = replay.until_header(&["queue", "ended"]);
    assert!(!screen.contains("Look at the buffer."), "{screen}");
    // From the begin the next moment is the mark, and what was said there.
    replay.press("\" \" \" \" \" \" \" \" \" '");
    let screen = replay.until_text("▼ the first item");
    assert!(screen.contains("Look at the buffer."), "{screen}");
    replay.quit();
    let replay = Pty::start(USUAL, &["replay", file, "--speed", "20"]);
    replay.until_text("Look at the buffer.");
    replay.quit();
}

#[test]
fn what_a_killed_mpviz_had_written_opens() {
    for name in ["run.mpt", "run.mpt.zst"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        let mut pty = start(folder.path(), &["pool", "--pace", "0.5", "-o", name]);
        pty.until_header(&["pool", "4 of 4 alive"]);
        let has_task = || {
            let (events, _) = read(&fs::read(&path).unwrap_or_default());
            let is_started = |event: &Event| matches!(event.kind, Kind::TaskStarted { .. });
            events.iter().any(is_started)
        };
        // While it runs the file is read as one that is cut.
        pty.wait_for("a task in the file", has_task);
        pty.signal(Signal::SIGKILL);
        pty.end();
        assert!(has_task());
        pty.tag.nothing_is_left();
        let plain = output(&["replay", path.to_str().expect("it is UTF-8"), "--plain"]);
        assert!(
            String::from_utf8_lossy(&plain.stdout).contains("T0"),
            "{name}"
        );
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_not_the_run() {
    let mut pty = Pty::start(USUAL, &["pool", "--pace", "4", "-o", "/dev/full"]);
    pty.until_text("`/dev/full` is no longer written");
    pty.until_text("ENOSPC");
    pty.until_header(&["pool", "ended", "not recorded"]);
    pty.press("Down");
    pty.until_header(&["not recorded"]);
    // Whoever looked elsewhere reads it behind the prompt.
    pty.press("q");
    pty.until_text("mpviz: cannot write `/dev/full`: ENOSPC");
    assert_eq!(pty.end(), 0);
    pty.nothing_is_left();
}

#[test]
fn two_recordings_of_one_second_are_two_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pty = start(folder.path(), &["fork", "--pace", "23"]);
    pty.until_header(&["fork", "ended"]);
    for _ in 0..3 {
        pty.press("S");
    }
    pty.wait_for("three files", || traces(folder.path()).len() == 3);
    pty.until_text("saved: `fork-");
    pty.quit();
    for path in traces(folder.path()) {
        whole(&path);
    }
}

/// A trace of some kilobytes, in batches.
fn trace(out: &mut dyn Write) -> Vec<Event> {
    let mut writer = Writer::new(out, &Header::new("p"), Flush::AtEnd).expect("a header");
    let mut events = Vec::new();
    for n in 0..40 {
        let t = n as u64;
        let mut event = Event {
            t: Time(t * 1000),
            ..Event::empty()
        };
        event.kind = Kind::Failed {
            error: format!("Fehler {t} für ∅").as_str().into(),
            text: "x".repeat(n % 7).as_str().into(),
        };
        writer
            .batch(std::slice::from_ref(&event), event.t)
            .expect("it is written");
        if t % 5 == 4 {
            writer.flush().expect("it is handed on");
        }
        events.push(event);
    }
    writer.finish().expect("its end");
    events
}

#[test]
fn a_trace_cut_anywhere_in_its_last_kilobyte_opens_up_to_its_last_whole_event() {
    let mut bytes = Vec::new();
    let events = trace(&mut bytes);
    for end in bytes.len() - 1024..=bytes.len() {
        let cut = &bytes[..end];
        let lines = cut.iter().filter(|&&byte| byte == b'\n').count();
        let (given, error) = read(cut);
        // A last line may be whole but for its end.
        let is_whole = cut.ends_with(b"}") || cut.ends_with(b"\n");
        assert_eq!(
            given.len(),
            lines - 1 + usize::from(cut.ends_with(b"}")),
            "cut at {end}"
        );
        assert_eq!(given, events[..given.len()]);
        assert_eq!(error.is_none(), is_whole, "cut at {end}: {error:?}");
    }
}

#[test]
fn a_packed_trace_cut_anywhere_opens_up_to_what_was_handed_on() {
    let mut bytes = Vec::new();
    let mut packer = Packer::new(&mut bytes).expect("a packer");
    let events = trace(&mut packer);
    drop(packer);
    let mut least = 0;
    for end in bytes.len().saturating_sub(1024)..bytes.len() {
        let (given, error) = read(&bytes[..end]);
        assert_eq!(given, events[..given.len()]);
        assert!(given.len() >= least, "cut at {end}: less than before");
        assert!(
            given.len() == events.len() || given.len() % 5 == 0,
            "cut at {end}"
        );
        assert!(error.is_some(), "cut at {end}");
        least = given.len();
    }
    assert_eq!(read(&bytes).0, events);
    assert_eq!(least, events.len());
}

#[test]
fn a_file_is_what_it_has_and_not_what_it_is_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = output(&["fork", "--pace", "23", "--json"]).stdout;
    let mut packed = Vec::new();
    let mut packer = Packer::new(&mut packed).expect("a packer");
    packer.write_all(&plain).expect("it is written");
    drop(packer);
    assert!(packed.len() * 2 < plain.len());
    for (name, bytes) in [("a.mpt", &packed), ("b.mpt.zst", &plain)] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("it is written");
        let path = path.to_str().expect("it is UTF-8");
        assert_eq!(output(&["replay", path, "--json"]).stdout, plain);
        let stdin = fs::File::open(path).expect("it is there");
        let piped = common::mpviz(&["check", "-"]).stdin(stdin).output();
        assert_eq!(piped.expect("it runs").status.code(), Some(0), "{name}");
    }
}

#[test]
fn check_names_the_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.mpt");
    let header = r#"{"mpviz":"0.1.0","format":1,"program":"p"}"#;
    let frozen = r#"{"t":5,"actor":0,"seq":1,"kind":"Frozen"}"#;
    let early = r#"{"t":4,"actor":0,"seq":2,"kind":"Thawed"}"#;
    let ended = r#"{"t":9,"actor":0,"seq":2,"kind":"RecordingEnded","at":1}"#;
    for (lines, says) in [
        (&[header, frozen, early][..], "line 3 is out of order"),
        (&[header, frozen, "{"], "line 3 is no event"),
        (&[header, frozen, ended], "line 3: there is no recording"),
        (&[frozen], "line 1 is no header"),
    ] {
        fs::write(&path, lines.join("\n") + "\n").expect("it is written");
        let checked = output(&["check", path.to_str().expect("it is UTF-8")]);
        let told = [checked.stdout, checked.stderr].concat();
        let told = String::from_utf8_lossy(&told);
        assert_eq!(checked.status.code(), Some(1), "{told}");
        assert!(told.contains(says), "{told}");
    }
}
