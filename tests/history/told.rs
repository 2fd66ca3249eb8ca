//! A history of a few events: who says what, and when.

use mpviz::event::words::{Class, Method};
use mpviz::event::{ActorId, Event, Kind, ObjectId, Text, Time};
use mpviz::history::History;

pub(crate) const MAIN: ActorId = ActorId(1);
pub(crate) const OTHER: ActorId = ActorId(2);

pub(crate) fn forked(child: ActorId, method: Method) -> Kind {
    named(child, "one", method)
}

pub(crate) fn named(child: ActorId, name: &str, method: Method) -> Kind {
    Kind::ProcessForked {
        child,
        name: Text::from(name),
        method,
        daemon: false,
        function: None,
    }
}

pub(crate) fn started(pid: u32, parent: ActorId) -> Kind {
    Kind::ProcessStarted {
        pid,
        parent,
        name: Text::default(),
    }
}

pub(crate) fn lock(object: ObjectId) -> Kind {
    Kind::ObjectCreated {
        object,
        class: Class::Lock,
        name: Text::from("a"),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    }
}

/// Returns what is known after these events; a sample is mpviz's word.
pub(crate) fn folded(events: impl IntoIterator<Item = (u64, ActorId, Kind)>) -> History {
    let mut history = History::default();
    for ((t, actor, kind), seq) in events.into_iter().zip(0..) {
        let by = matches!(kind, Kind::Sampled { .. }).then_some(ActorId::MPVIZ);
        history.apply(&Event {
            t: Time(t),
            actor,
            by,
            seq,
            line: None,
            file: None,
            kind,
        });
    }
    history
}
