//! Which of the program's objects the flow shows.

use super::moves::{last_events, move_of};
use crate::event::words::{Class, Part};
use crate::event::{ObjectId, Time};
use crate::history::{History, Object, Thing};

/// Returns every object that a flow can be drawn of at `t`, in order of making: those that things
/// move through and that are no part of another.
pub(crate) fn candidates(history: &History, t: Time) -> impl Iterator<Item = &Object> {
    let is_made = move |object: &Object| object.created <= t;
    history.objects().iter().filter(move |object| {
        is_made(object)
            && object.part_of.is_none()
            && match object.class {
                Class::Queue
                | Class::JoinableQueue
                | Class::SimpleQueue
                | Class::Pipe
                | Class::DuplexPipe
                | Class::Pool => true,
                Class::Popen => {
                    let mut parts = object.parts.iter().filter_map(|&id| history.object(id));
                    parts.any(is_made)
                }
                _ => false,
            }
    })
}

/// Returns the object that gets the room: what is selected or a part of it is; else where the
/// selected process moved something last, else where anybody did, else the first.
pub(crate) fn chosen(history: &History, selected: Option<Thing>, t: Time) -> Option<&Object> {
    if let Some(whole) = selected.and_then(|thing| whole_of(history, thing))
        && let Some(object) = candidates(history, t).find(|object| object.id == whole)
    {
        return Some(object);
    }
    let mut candidates = candidates(history, t).peekable();
    let first = candidates.next()?;
    if candidates.peek().is_none() {
        return Some(first);
    }
    let selected = selected.and_then(Thing::actor);
    let mut last = None;
    for event in last_events(history, t) {
        let Some(moved) = move_of(history, &event) else {
            continue;
        };
        let root = root(history, moved.object);
        if last.is_none() {
            last = Some(root);
        }
        let is_own = selected.is_some_and(|selected| {
            moved.process == selected || history.process_of(event.actor) == selected
        });
        if selected.is_none() || is_own {
            return history.object(root);
        }
    }
    last.and_then(|last| history.object(last)).or(Some(first))
}

/// Returns the object at the top that a thing is, is a part of, or goes through.
fn whole_of(history: &History, thing: Thing) -> Option<ObjectId> {
    let object = match thing {
        Thing::Actor(_) => return None,
        Thing::Object(id) => id,
        Thing::Message(id) => {
            let message = history.message(id)?;
            message.queue().or(message.pipe())?
        }
        Thing::Task(id) => history.task(id)?.pool,
    };
    Some(root(history, object))
}

/// Returns the object that an object is a part of, at the top.
pub(crate) fn root(history: &History, object: ObjectId) -> ObjectId {
    let mut at = object;
    // Parts nest three deep: the pipe of the inqueue of a pool.
    for _ in 0..4 {
        match history.object(at).and_then(|object| object.part_of) {
            Some(whole) => at = whole,
            None => break,
        }
    }
    at
}

/// Returns a part of an object.
pub(crate) fn part<'a>(history: &'a History, object: &Object, part: Part) -> Option<&'a Object> {
    let mut parts = object.parts.iter().filter_map(|&id| history.object(id));
    parts.find(|known| known.part == Some(part))
}
