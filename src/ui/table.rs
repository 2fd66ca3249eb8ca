//! Which things have a row in the table, before it is known how many there is room for.
//!
//! The view draws as many as fit, the selected one always among them; the selection walks through
//! all.

use crate::event::words::{Class, Part, Role};
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::{Form, History, Object, StateClass, Thing};

/// A thread that waited longer than this in all gets a row of its own.
const WAITS_LONG: Span = Span::millis(10);

/// No more objects than this have a row, however many there are.
const OBJECTS_MOST: usize = 64;

/// Which objects have a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// Those that matter most, where room is scarce: no lock of a queue, no queue of results.
    Few,
    /// All of them.
    All,
}

/// Returns whose row stands for a thing at `t`: its own, or that of what it is a part of; for a
/// message where it is, else who has it; for a task its worker, or what it waits in.
pub(crate) fn home(history: &History, thing: Thing, t: Time) -> Option<Thing> {
    match thing {
        Thing::Actor(id) => {
            let process = history.process_of(id);
            let has_row = id == process || waiting_threads(history, process, t).any(|of| of == id);
            Some(Thing::Actor(if has_row { id } else { process }))
        }
        Thing::Object(id) => {
            let mut at = Some(id);
            // Parts nest three deep.
            for _ in 0..4 {
                let object = history.object(at?)?;
                if has_row(history, object, Which::All, t) {
                    return Some(object.id.into());
                }
                at = object.part_of;
            }
            None
        }
        Thing::Message(id) => {
            let message = history.message(id)?;
            if let Some((_, actor)) = message.received().filter(|&(at, _)| at <= t) {
                return home(history, history.process_of(actor).into(), t);
            }
            match message.queue().or(message.pipe()) {
                Some(object) => home(history, object.into(), t),
                None => home(history, history.process_of(id.sender).into(), t),
            }
        }
        Thing::Task(id) => {
            let task = history.task(id)?;
            if let Some((_, worker)) = task.started.filter(|&(at, _)| at <= t) {
                return Some(worker.into());
            }
            let pool = history.object(task.pool)?;
            let inqueue = super::flow::part(history, pool, Part::Inqueue);
            home(history, inqueue.unwrap_or(pool).id.into(), t)
        }
    }
}

/// Returns the threads of a process that waited long enough to be worth a row.
pub(crate) fn waiting_threads(
    history: &History,
    process: ActorId,
    t: Time,
) -> impl Iterator<Item = ActorId> + '_ {
    history
        .threads_of(process)
        .iter()
        .copied()
        .filter(move |&thread| {
            let is_feeder = history.actor(thread).is_some_and(|actor| {
                matches!(
                    actor.form,
                    Form::Thread {
                        role: Role::Feeder,
                        ..
                    }
                )
            });
            is_feeder && {
                let shares = history.lane(thread).shares(Time::ZERO..t);
                let waited = shares.of(StateClass::Giving) + shares.of(StateClass::Acquiring);
                waited >= WAITS_LONG.0
            }
        })
}

/// Returns the objects that have a row, in order of making.
pub(crate) fn object_rows(history: &History, t: Time, how: Which) -> Vec<ObjectId> {
    history
        .objects()
        .iter()
        .filter(|object| object.created <= t && has_row(history, object, how, t))
        .map(|object| object.id)
        .take(OBJECTS_MOST)
        .collect()
}

fn has_row(history: &History, object: &Object, how: Which, t: Time) -> bool {
    let whole = object.part_of.and_then(|id| history.object(id));
    match (object.class, whole.map(|whole| whole.class)) {
        (Class::Queue | Class::JoinableQueue | Class::DuplexPipe, _)
        | (Class::Pipe, None | Some(Class::Popen)) => true,
        (Class::SimpleQueue, _) => how == Which::All || object.part != Some(Part::Outqueue),
        // Of a queue's locks the read lock is the one that lessons are about.
        (Class::Lock, Some(Class::Queue | Class::JoinableQueue)) => {
            how == Which::All
                && object.part == Some(Part::ReadLock)
                && object.holder.at(t).is_some()
        }
        (
            Class::Lock
            | Class::RLock
            | Class::Semaphore
            | Class::BoundedSemaphore
            | Class::Condition
            | Class::Event
            | Class::Barrier
            | Class::Value
            | Class::Array,
            None,
        ) => true,
        _ => false,
    }
}
