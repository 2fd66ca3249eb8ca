//! Words about what mpviz sees from outside only: programs that it was attached to, exit codes that
//! nobody asked for, pipes that it found.

use crate::plays::{folded, ms};
use mpviz::event::words::{Ending, Method};
use mpviz::event::{ActorId, Event, Kind, Text};
use mpviz::history::{Code, History};
use mpviz::view::words::{caption, diagnosis};

const MAIN: ActorId = ActorId(1);
const CHILDREN: [ActorId; 4] = [ActorId(2), ActorId(3), ActorId(4), ActorId(5)];
const SUPERVISOR: u32 = 50;

/// Who says what, a millisecond apart.
type Said = (ActorId, Kind);

fn told(all: impl IntoIterator<Item = Said>) -> History {
    let events = all
        .into_iter()
        .zip(0u32..)
        .map(|((actor, kind), seq)| Event {
            t: ms(f64::from(seq)),
            actor,
            by: None,
            seq,
            line: None,
            file: None,
            kind,
        });
    let events: Vec<Event> = events.collect();
    folded(&events, ms(1e3))
}

/// A shell begins; without a supervisor mpviz was attached to it.
fn shell(supervisor: u32) -> Vec<Said> {
    let run = Kind::RunStarted {
        program: Box::new(Text::from("sh")),
        title: Box::new(Text::from("a test")),
        knobs: vec![],
        seed: 1,
        pace: 1.0,
        viewer: 49,
        supervisor,
        machine: Box::default(),
        cpus: 1,
        wall: Box::default(),
    };
    let mut all = vec![(ActorId::MPVIZ, run)];
    all.extend(child(ActorId::MPVIZ, MAIN, "sh"));
    all
}

fn child(parent: ActorId, child: ActorId, name: &str) -> [Said; 2] {
    let method = match parent {
        ActorId::MPVIZ => Method::Stage,
        _ => Method::Fork,
    };
    let forked = Kind::ProcessForked {
        child,
        name: Text::from(name),
        method,
        daemon: false,
        function: None,
    };
    let started = Kind::ProcessStarted {
        pid: 100 + child.0,
        parent,
        name: Text::default(),
    };
    [(parent, forked), (child, started)]
}

/// Checks how a run closes whose shell has children that ended so, or go on where nothing is said.
#[track_caller]
fn check_close(supervisor: u32, ends: &[Option<Option<i32>>], expected: &str) {
    let mut all = shell(supervisor);
    for &who in &CHILDREN[..ends.len()] {
        all.extend(child(MAIN, who, "sleep"));
    }
    for (&who, end) in CHILDREN.iter().zip(ends) {
        all.extend(end.map(|code| (who, Kind::ProcessExited { code })));
    }
    let ended = Kind::RunEnded {
        ending: Ending::Finished,
        code: Some(0),
    };
    all.push((ActorId::MPVIZ, ended));
    let history = told(all);
    assert_eq!(caption(&history, None, ms(1e3)).why, expected, "{ends:?}");
}

#[test]
fn a_run_closes_with_the_exit_codes_that_were_seen() {
    let (fine, bad, unseen) = (Some(Some(0)), Some(Some(3)), Some(None));
    for (ends, expected) in [
        (
            vec![fine],
            "sh made one process; it ended with exit code 0.",
        ),
        (
            vec![fine, fine],
            "sh made two processes; each ended with exit code 0.",
        ),
        (
            vec![bad, fine],
            "sh made two processes; one of them ended badly.",
        ),
        (
            vec![unseen],
            "sh made one process; its exit code was not seen.",
        ),
        (
            vec![unseen, unseen],
            "sh made two processes; their exit codes were not seen.",
        ),
        (
            vec![unseen, fine, unseen],
            "sh made three processes; of two the exit code was not seen.",
        ),
        (
            vec![bad, unseen, fine],
            "sh made three processes; one of them ended badly, of one the exit code was not seen.",
        ),
        // It has ended with the run, without a word.
        (
            vec![None],
            "sh made one process; its exit code was not seen.",
        ),
    ] {
        check_close(SUPERVISOR, &ends, expected);
    }
}

#[test]
fn who_is_left_as_it_was_goes_on() {
    let (fine, bad, unseen) = (Some(Some(0)), Some(Some(3)), Some(None));
    for (ends, expected) in [
        (vec![None], "sh made one process; it goes on."),
        (
            vec![None, None],
            "sh made two processes; all of them go on.",
        ),
        (
            vec![None, fine, None],
            "sh made three processes; two go on.",
        ),
        (
            vec![bad, unseen, None],
            "sh made three processes; one of them ended badly, of one the exit code was not seen, one goes on.",
        ),
    ] {
        check_close(0, &ends, expected);
    }
}

#[test]
fn an_orphan_is_adopted_by_who_is_its_parent_now() {
    let orphaned = |supervisor, adoption: Option<u32>| {
        let mut all = shell(supervisor);
        let [one, two] = [CHILDREN[0], CHILDREN[1]];
        all.extend(child(MAIN, one, "one"));
        all.extend(child(one, two, "two"));
        all.push((one, Kind::ProcessExited { code: Some(0) }));
        all.extend(adoption.map(|ppid| {
            let adopted = Kind::ProcessAdopted {
                adopter: ActorId::MPVIZ,
                ppid,
                since: None,
            };
            (two, adopted)
        }));
        let history = told(all);
        let mut findings = history.findings().iter();
        let orphan = findings.find(|found| found.code == Code::Orphan);
        orphan.map(|found| diagnosis(&history, found, ms(1e3)).what)
    };
    let what = |adopter: &str| {
        Some(format!(
            "is an orphan: its parent one ended first, and {adopter}"
        ))
    };
    assert_eq!(orphaned(0, Some(7)), what("process 7 adopts it"));
    assert_eq!(
        orphaned(SUPERVISOR, Some(SUPERVISOR)),
        what("mpviz adopts it (else: PID 1)")
    );
    assert_eq!(orphaned(0, None), what("the system's init adopts it"));
}
