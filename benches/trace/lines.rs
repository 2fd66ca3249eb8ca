//! The events of a long run: two writers and a reader at a queue, as the runtime says them.

use mpviz::event::words::{Class, Method, Operation, Outcome, Part};
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId, Text, Time};

const MAIN: ActorId = ActorId(1);
const QUEUE: ObjectId = ObjectId(1);
const PIPE: ObjectId = ObjectId(2);
const LOCK: ObjectId = ObjectId(3);
const READER: ActorId = ActorId(2);
const WRITERS: [ActorId; 2] = [ActorId(3), ActorId(4)];

struct Play {
    events: Vec<Event>,
    t: u64,
}

impl Play {
    fn say(&mut self, actor: ActorId, kind: Kind) {
        self.t += 900;
        let seq = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.events.push(Event {
            t: Time(self.t),
            actor,
            by: None,
            seq,
            line: self.t.is_multiple_of(2).then_some(17),
            file: None,
            kind,
        });
    }

    fn process(&mut self, parent: ActorId, child: ActorId) {
        let name = Text::const_new("writer");
        let method = Method::Fork;
        let daemon = false;
        let told = name.clone();
        self.say(
            parent,
            Kind::ProcessForked {
                child,
                name,
                method,
                daemon,
                function: None,
            },
        );
        let pid = 70_000 + child.0;
        self.say(
            child,
            Kind::ProcessStarted {
                pid,
                parent,
                name: told,
            },
        );
    }

    fn object(&mut self, object: ObjectId, class: Class, part: Option<Part>) {
        let name = Text::const_new(if part.is_none() { "q" } else { "" });
        let part_of = part.map(|_| QUEUE);
        let capacity = Some(65536);
        self.say(
            MAIN,
            Kind::ObjectCreated {
                object,
                class,
                name,
                part_of,
                part,
                maxsize: None,
                capacity,
            },
        );
    }

    fn message(&mut self, n: u64) {
        let writer = WRITERS[usize::from(n % 2 == 1)];
        let message = MessageId {
            sender: writer,
            number: n / 2 + 1,
        };
        let label = Text::from(format!("url_{}", n % 100));
        let blocked = |operation, object| Kind::Blocked {
            operation,
            object: Some(object),
            on: None,
            timeout: None,
        };
        let done = || Kind::Unblocked {
            outcome: Outcome::Done,
            waker: None,
        };
        self.say(
            writer,
            Kind::MessagePut {
                object: QUEUE,
                message,
                bytes: 21,
                label,
            },
        );
        self.say(READER, blocked(Operation::Get, QUEUE));
        self.say(READER, blocked(Operation::Acquire, LOCK));
        self.say(READER, done());
        self.say(READER, Kind::LockTaken { object: LOCK });
        let sent = Kind::MessageSent {
            object: PIPE,
            message,
            bytes: 21,
            label: None,
            end: None,
        };
        self.say(writer, sent);
        self.say(
            READER,
            Kind::MessageReceived {
                object: PIPE,
                message,
                end: None,
            },
        );
        self.say(READER, Kind::LockReleased { object: LOCK });
        self.say(READER, done());
    }
}

/// Returns so many events.
pub(crate) fn events(count: usize) -> Vec<Event> {
    let mut play = Play {
        events: Vec::with_capacity(count + 16),
        t: 0,
    };
    play.process(ActorId::MPVIZ, MAIN);
    play.object(QUEUE, Class::Queue, None);
    play.object(PIPE, Class::Pipe, Some(Part::Pipe));
    play.object(LOCK, Class::Lock, Some(Part::ReadLock));
    for child in [READER, WRITERS[0], WRITERS[1]] {
        play.process(MAIN, child);
    }
    let mut n = 0;
    while play.events.len() < count {
        play.message(n);
        n += 1;
    }
    play.events.truncate(count);
    play.events
}
