//! Words about what mpviz sees from outside only: programs that it was attached to, exit codes that
//! nobody asked for, pipes that it found.

use crate::plays::{folded, ms};
use mpviz::event::words::{Class, End, Ending, Method, Operation};
use mpviz::event::{ActorId, Event, Kind, ObjectId, Text};
use mpviz::history::{Code, History, Thing};
use mpviz::view::words::{caption, diagnosis, object_words, sentence};

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

const PIPE: ObjectId = ObjectId(1);
const YES: ActorId = ActorId(2);
const SLEEP: ActorId = ActorId(3);
const OUTSIDE: ActorId = ActorId::MPVIZ;
/// Who holds which end of a pipe of the program's own.
const INSIDE: [(ActorId, End); 2] = [(YES, End::Write), (SLEEP, End::Read)];

/// `yes | sleep`, whose pipe was found with these holders; then who waits in it.
fn pipeline(holders: &[(ActorId, End)], waits: Option<(ActorId, Operation)>) -> History {
    let pipe = Kind::ObjectCreated {
        object: PIPE,
        class: Class::Pipe,
        name: Text::from("pipe 1"),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    };
    let sampled = Kind::EndsSampled {
        object: PIPE,
        holders: holders.to_vec(),
    };
    let mut all = shell(0);
    all.extend(child(MAIN, YES, "yes"));
    all.extend(child(MAIN, SLEEP, "sleep"));
    all.extend([(ActorId::MPVIZ, pipe), (ActorId::MPVIZ, sampled)]);
    all.extend(waits.map(|(who, operation)| {
        let blocked = Kind::Blocked {
            operation,
            object: Some(PIPE),
            on: None,
            timeout: None,
        };
        (who, blocked)
    }));
    told(all)
}

/// What somebody says after all that.
fn late(actor: ActorId, kind: Kind) -> Event {
    Event {
        t: ms(1e3 + 1.0),
        actor,
        by: None,
        seq: 99,
        line: None,
        file: None,
        kind,
    }
}

#[track_caller]
fn check_caption(history: &History, thing: Thing, why: &str, next: &str) {
    let told = caption(history, Some(thing), ms(1e3));
    assert_eq!((told.why.as_str(), told.next.as_str()), (why, next));
}

#[test]
fn who_waits_in_a_found_pipe_shows_what_is_in_it() {
    let ends = "Its end read is held by sleep, its end write is held by yes: \
                EOF comes when the last copy is closed.";
    for (waits, why) in [
        (None, "What is in pipe 1 is not seen."),
        (
            Some((YES, Operation::Write)),
            "yes waits for pipe 1 for 0.991 s: it is full.",
        ),
        (
            Some((SLEEP, Operation::Read)),
            "sleep waits for pipe 1 for 0.991 s: nothing is in it.",
        ),
    ] {
        check_caption(&pipeline(&INSIDE, waits), PIPE.into(), why, ends);
    }
}

#[test]
fn eof_waits_for_those_outside_too() {
    let reads = Some((SLEEP, Operation::Read));
    let why = "sleep waits for pipe 1 for 0.991 s: nothing is in it.";
    let own_why = "sleep has waited in read for 0.991 s: nothing is in pipe 1.";
    let only = [(SLEEP, End::Read), (OUTSIDE, End::Write)];
    let others = [INSIDE[0], INSIDE[1], (OUTSIDE, End::Write)];
    let own = [
        (SLEEP, End::Read),
        (SLEEP, End::Write),
        (OUTSIDE, End::Write),
    ];
    for (holders, of_pipe, of_reader) in [
        (
            &only[..],
            "Its end read is held by sleep, its end write is held by somebody outside: EOF comes \
             when the last copy is closed.",
            "Somebody outside may hold end write: sleep goes on when it writes, or closes it.",
        ),
        (
            &others,
            "Its end read is held by sleep, its end write is held by yes and others outside: EOF \
             comes when the last copy is closed.",
            "The next write of one of them wakes sleep. EOF comes only when all have closed end \
             write: yes and others outside.",
        ),
        (
            &own,
            "Its end read is held by sleep, its end write is held by sleep and others outside: \
             EOF comes when the last copy is closed.",
            "The next write of one of them wakes sleep. EOF comes only when all have closed end \
             write: sleep and others outside.",
        ),
    ] {
        let history = pipeline(holders, reads);
        check_caption(&history, PIPE.into(), why, of_pipe);
        check_caption(&history, SLEEP.into(), own_why, of_reader);
    }
}

#[test]
fn room_may_be_made_by_who_is_not_seen() {
    let holders = [(YES, End::Write), (OUTSIDE, End::Read)];
    let mut history = pipeline(&holders, Some((YES, Operation::Write)));
    let waits = Kind::Blocked {
        operation: Operation::Wait,
        object: None,
        on: Some(YES),
        timeout: None,
    };
    history.apply(&late(MAIN, waits));
    let told = caption(&history, Some(MAIN.into()), ms(1e3 + 1.0));
    let why = "sh waits for yes, yes for room in the pipe.";
    assert_eq!(told.why, why);
    assert_eq!(told.next, "The next read from pipe 1 makes room.");
}

#[test]
fn a_pipe_that_is_left_to_others_is_not_closed() {
    let words = |holders: &[(ActorId, End)]| {
        let history = pipeline(holders, None);
        let now = object_words(&history, PIPE, ms(1e3)).expect("it is known");
        now.words.longest().to_owned()
    };
    assert_eq!(words(&INSIDE), "yes to sleep");
    assert_eq!(words(&[]), "closed");
    assert_eq!(words(&[(OUTSIDE, End::Read)]), "held outside");
}

#[test]
fn a_copy_is_not_the_last_one_where_others_may_have_one() {
    let closes = |holders: &[(ActorId, End)]| {
        let mut history = pipeline(holders, None);
        let closed = Kind::EndClosed {
            object: PIPE,
            end: End::Write,
        };
        let event = late(YES, closed);
        history.apply(&event);
        sentence(&history, &event).expect("it is told").text
    };
    assert_eq!(closes(&INSIDE), "closes end write of pipe 1, the last copy");
    assert_eq!(
        closes(&[INSIDE[0], INSIDE[1], (OUTSIDE, End::Write)]),
        "closes its end write of pipe 1; somebody outside may still hold one"
    );
}
