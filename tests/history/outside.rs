//! Pipes of which somebody outside may hold an end: who waits in one is served from there, so it is
//! neither stuck nor in a circle.

use super::told::{MAIN, OTHER, folded, forked, started};
use mpviz::event::words::{Class, End, Method, Operation};
use mpviz::event::{ActorId, Kind, ObjectId, Text, Time};
use mpviz::history::{Code, History};

const PIPE: ObjectId = ObjectId(1);
/// Long after both have begun to wait.
const LATER: Time = Time(1_000_000_000);

fn blocked(operation: Operation, object: Option<ObjectId>, on: Option<ActorId>) -> Kind {
    Kind::Blocked {
        operation,
        object,
        on,
        timeout: None,
    }
}

/// A process waits for its child, which waits in a pipe that was found; who holds its ends.
fn waiting(how: &[Kind], holders: &[(ActorId, End)]) -> History {
    let pipe = Kind::ObjectCreated {
        object: PIPE,
        class: Class::Pipe,
        name: Text::default(),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: Some(65536),
    };
    let sampled = Kind::EndsSampled {
        object: PIPE,
        holders: holders.to_vec(),
    };
    let mut history = folded(
        [
            (0, ActorId::MPVIZ, forked(MAIN, Method::Stage)),
            (1, MAIN, started(100, ActorId::MPVIZ)),
            (10, MAIN, forked(OTHER, Method::Fork)),
            (11, OTHER, started(101, MAIN)),
            (12, ActorId::MPVIZ, pipe),
            (13, ActorId::MPVIZ, sampled),
            (20, MAIN, blocked(Operation::Wait, None, Some(OTHER))),
        ]
        .into_iter()
        .chain(how.iter().map(|kind| (30, OTHER, kind.clone()))),
    );
    history.advance(LATER);
    history
}

/// Checks what is found of a wait, and whether it is in a circle: as the program alone holds the
/// pipe, and as somebody outside holds the other end, too.
#[track_caller]
fn check(how: &[Kind], own: End, found: Option<Code>) {
    let other = match own {
        End::Read => End::Write,
        _ => End::Read,
    };
    let inside = [(OTHER, own), (MAIN, other)];
    let outside = [(OTHER, own), (MAIN, other), (ActorId::MPVIZ, other)];
    // Also one outside who holds the same end helps nobody.
    let same = [(OTHER, own), (MAIN, other), (ActorId::MPVIZ, own)];
    let none: &[Code] = &[];
    for (holders, expected, is_circle) in [
        (&inside[..], found.as_slice(), true),
        (&same, found.as_slice(), true),
        (&outside, none, false),
    ] {
        let history = waiting(how, holders);
        let codes: Vec<Code> = history.findings().iter().map(|found| found.code).collect();
        assert_eq!(codes, expected, "{holders:?}");
        for who in [MAIN, OTHER] {
            let circle = history.wait_cycle_at(LATER, who);
            assert_eq!(circle.is_some(), is_circle, "{who} of {holders:?}");
        }
    }
}

#[test]
fn room_may_be_made_outside() {
    let writes = blocked(Operation::Write, Some(PIPE), None);
    check(&[writes], End::Write, Some(Code::WaitCycle));
    let sends = blocked(Operation::Send, Some(PIPE), None);
    check(&[sends], End::Write, Some(Code::WaitCycle));
}

#[test]
fn what_is_waited_for_may_come_from_outside() {
    let reads = blocked(Operation::Read, Some(PIPE), None);
    check(&[reads], End::Read, Some(Code::NoEof));
    let listed = Kind::WaitListed {
        objects: vec![PIPE],
        actors: vec![],
        others: 0,
    };
    let polls = blocked(Operation::Poll, None, None);
    check(&[polls, listed], End::Read, None);
}

#[test]
fn where_the_program_has_no_other_end_the_one_outside_counts() {
    let writes = blocked(Operation::Write, Some(PIPE), None);
    let holders = [(OTHER, End::Write), (ActorId::MPVIZ, End::Read)];
    let history = waiting(&[writes], &holders);
    assert_eq!(history.findings(), []);
}
