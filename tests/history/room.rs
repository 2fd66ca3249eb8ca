//! Who makes room in a queue that is far behind: a case is who takes how many of its messages, in
//! order, and who of them is said to go on with it.

use super::told::{MAIN, OTHER, folded, forked, named, started};
use mpviz::event::words::{Class, Method, Operation, Part};
use mpviz::event::{ActorId, Kind, MessageId, ObjectId, Text, Time};
use mpviz::history::History;
use mpviz::view::words::caption;

const QUEUE: ObjectId = ObjectId(1);
const PIPE: ObjectId = ObjectId(2);
const THIRD: ActorId = ActorId(3);
/// So many messages are sent, more than are looked at one by one.
const SENT: u64 = 2000;

fn message(number: u64) -> MessageId {
    MessageId {
        sender: MAIN,
        number,
    }
}

/// MainProcess has sent all messages and waits for room; others have taken some.
fn behind(taken: &[(ActorId, usize)], ended: &[ActorId]) -> History {
    let made = |object, class, name, part| Kind::ObjectCreated {
        object,
        class,
        name: Text::from(name),
        part_of: (object == PIPE).then_some(QUEUE),
        part,
        maxsize: None,
        capacity: (object == PIPE).then_some(65536),
    };
    let queue = made(QUEUE, Class::SimpleQueue, "q", None);
    let pipe = made(PIPE, Class::Pipe, "", Some(Part::Pipe));
    let mut events = vec![
        (0, ActorId::MPVIZ, forked(MAIN, Method::Stage)),
        (1, MAIN, started(100, ActorId::MPVIZ)),
        (2, MAIN, queue),
        (2, MAIN, pipe),
        (3, MAIN, forked(OTHER, Method::Fork)),
        (4, OTHER, started(101, MAIN)),
        (5, MAIN, named(THIRD, "third", Method::Fork)),
        (6, THIRD, started(102, MAIN)),
    ];
    for number in 1..=SENT {
        let put = Kind::MessagePut {
            object: QUEUE,
            message: message(number),
            bytes: 100,
            label: Text::from("x"),
        };
        let sent = Kind::MessageSent {
            object: PIPE,
            message: message(number),
            bytes: 100,
            label: None,
            end: None,
        };
        events.extend([(10, MAIN, put), (10, MAIN, sent)]);
    }
    let takers = taken
        .iter()
        .flat_map(|&(who, count)| std::iter::repeat_n(who, count));
    events.extend(takers.zip(1..).map(|(who, number)| {
        let received = Kind::MessageReceived {
            object: PIPE,
            message: message(number),
            end: None,
        };
        (20, who, received)
    }));
    events.extend(
        ended
            .iter()
            .map(|&who| (25, who, Kind::ProcessExited { code: Some(0) })),
    );
    let blocked = Kind::Blocked {
        operation: Operation::Write,
        object: Some(PIPE),
        on: None,
        timeout: None,
    };
    events.push((30, MAIN, blocked));
    let mut history = folded(events);
    history.advance(Time(100));
    history
}

#[test]
fn who_took_last_makes_room_however_far_behind() {
    let history = behind(&[(OTHER, 600)], &[]);
    let need = history.need_at(Time(100), MAIN).expect("it waits");
    assert_eq!(need.movers, [OTHER]);
}

#[test]
fn who_took_in_the_middle_is_a_reader() {
    // The first one took all of the first, and is gone; of the last nothing was taken yet.
    let history = behind(&[(OTHER, 600), (THIRD, 200)], &[OTHER]);
    let need = history.need_at(Time(100), MAIN).expect("it waits");
    assert_eq!(need.movers, [THIRD]);
    let told = caption(&history, Some(QUEUE.into()), Time(100));
    assert_eq!(told.next, "Its readers: third runs.");
}
