//! Circles of waits: a case is what two processes do that wait for each other's answers, and who
//! stands in a circle then.

use super::told::{MAIN, OTHER, folded, forked, started};
use mpviz::event::words::{Class, End, Method, Operation};
use mpviz::event::{ActorId, Kind, MessageId, ObjectId, Text, Time};
use mpviz::history::History;

const PIPE: ObjectId = ObjectId(1);

/// Two processes with an end each of a duplex pipe, who both wait for what the other sends.
fn both_wait() -> Vec<(u64, ActorId, Kind)> {
    let pipe = Kind::ObjectCreated {
        object: PIPE,
        class: Class::DuplexPipe,
        name: Text::from("conn"),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: Some(65536),
    };
    let opened = |end| Kind::EndOpened { object: PIPE, end };
    vec![
        (0, ActorId::MPVIZ, forked(MAIN, Method::Stage)),
        (1, MAIN, started(100, ActorId::MPVIZ)),
        (2, MAIN, pipe),
        (3, MAIN, opened(End::A)),
        (10, MAIN, forked(OTHER, Method::Fork)),
        (11, OTHER, started(101, MAIN)),
        (12, OTHER, opened(End::B)),
        (20, MAIN, receives()),
        (30, OTHER, receives()),
    ]
}

fn receives() -> Kind {
    Kind::Blocked {
        operation: Operation::Recv,
        object: Some(PIPE),
        on: None,
        timeout: None,
    }
}

fn sent(sender: ActorId, end: End) -> Kind {
    Kind::MessageSent {
        object: PIPE,
        message: MessageId { sender, number: 1 },
        bytes: 9,
        label: None,
        end: Some(end),
    }
}

/// Returns what is known of two who wait, with these events more.
fn waiting(more: Vec<(u64, ActorId, Kind)>) -> History {
    let mut events = both_wait();
    events.extend(more);
    events.sort_by_key(|&(t, ..)| t);
    let mut history = folded(events);
    history.advance(Time(100));
    history
}

/// Checks who stands in the circle that MainProcess is in, after these events more.
#[track_caller]
fn check(more: Vec<(u64, ActorId, Kind)>, expected: &[ActorId]) {
    let history = waiting(more);
    let circle = history.wait_cycle_at(Time(100), MAIN).unwrap_or_default();
    let who: Vec<ActorId> = circle.iter().map(|need| need.who).collect();
    assert_eq!(who, expected);
}

#[test]
fn who_wait_for_each_others_answers_are_in_a_circle() {
    check(vec![], &[MAIN, OTHER]);
}

#[test]
fn nobody_is_in_a_circle_who_has_something_to_take() {
    check(vec![(15, OTHER, sent(OTHER, End::B))], &[]);
    check(vec![(15, MAIN, sent(MAIN, End::A))], &[]);
}

#[test]
fn what_was_taken_frees_nobody_any_more() {
    // It was taken: nothing is on its way any more.
    let message = MessageId {
        sender: MAIN,
        number: 1,
    };
    let taken = Kind::MessageReceived {
        object: PIPE,
        message,
        end: Some(End::B),
    };
    check(
        vec![(15, MAIN, sent(MAIN, End::A)), (16, OTHER, taken)],
        &[MAIN, OTHER],
    );
}

/// A forked child has both ends until it closes one: what it did says which is its own.
#[test]
fn who_holds_both_ends_uses_the_one_it_sent_into() {
    let opened = |who, end| (13, who, Kind::EndOpened { object: PIPE, end });
    let both = vec![opened(OTHER, End::A), (15, OTHER, sent(OTHER, End::B))];
    let history = waiting(both);
    assert_eq!(history.far_end(PIPE, OTHER, Time(100)), End::A);
    assert_eq!(history.far_end(PIPE, MAIN, Time(100)), End::B);
    // For whom its message is can't be told from who holds what.
    let has_item = |who| history.has_item_for(who, Some(PIPE), Time(100));
    assert_eq!(has_item(OTHER), None);
    assert_eq!(has_item(MAIN), Some(true));
}
