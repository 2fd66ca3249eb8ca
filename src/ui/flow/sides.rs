//! Who writes into a queue or pipe, and who reads out of it.

use super::choose::part;
use crate::event::words::{End, Operation, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object, State};

/// How many of a queue's first and last messages are looked at for who took them.
const LOOK: usize = 256;

/// Returns the processes that have put into a queue or sent into a pipe at `t`, in the order of the
/// tree.
pub(crate) fn writers(
    history: &History,
    object: &Object,
    pipe: Option<&Object>,
    t: Time,
) -> Vec<ActorId> {
    let mut found: Vec<ActorId> = history.putters_of(object.id, t).collect();
    if object.is_found() {
        return in_tree_order(history, holders(history, object, End::Write, t));
    }
    if found.is_empty() {
        for message in some_messages(history, object, t) {
            found.push(history.process_of(message.id.sender));
        }
    }
    let ids = [Some(object.id), pipe.map(|pipe| pipe.id)];
    push_waiting(history, &mut found, ids, t, |operation| {
        matches!(operation, Operation::Put | Operation::Send)
    });
    in_tree_order(history, found)
}

/// Returns the processes that have taken something out at `t`, or wait to, in the order of the tree.
pub(crate) fn readers(
    history: &History,
    object: &Object,
    pipe: Option<&Object>,
    t: Time,
) -> Vec<ActorId> {
    in_tree_order(history, found_readers(history, object, pipe, t))
}

/// Returns the first of [`readers`].
pub(crate) fn first_reader(
    history: &History,
    object: &Object,
    pipe: Option<&Object>,
    t: Time,
) -> Option<ActorId> {
    let found = found_readers(history, object, pipe, t).into_iter();
    found.min_by_key(|&actor| (history.place_of(actor), actor))
}

fn found_readers(
    history: &History,
    object: &Object,
    pipe: Option<&Object>,
    t: Time,
) -> Vec<ActorId> {
    if object.is_found() {
        return holders(history, object, End::Read, t);
    }
    let mut found = Vec::new();
    for message in some_messages(history, object, t) {
        if let Some((_, actor)) = message.received().filter(|&(at, _)| at <= t) {
            found.push(history.process_of(actor));
        }
    }
    // Between the first and the last ones may be another's.
    let latest = history.last_taken(pipe.unwrap_or(object).id, t);
    found.extend(latest.map(|(_, actor)| history.process_of(actor)));
    if let Some(lock) = part(history, object, Part::ReadLock) {
        let first = lock.holder.until(t).take(LOOK);
        for holder in first.filter_map(|(_, holder)| holder) {
            found.push(history.process_of(holder));
        }
    }
    let ids = [Some(object.id), pipe.map(|pipe| pipe.id)];
    push_waiting(history, &mut found, ids, t, |operation| {
        matches!(operation, Operation::Get | Operation::Recv)
    });
    found
}

/// Returns the processes that have held an end of a pipe at `t`.
fn holders(history: &History, pipe: &Object, end: End, t: Time) -> Vec<ActorId> {
    let holders = history.holders_until(pipe.id, t).iter();
    let its = holders.filter(|&&(_, its)| its == end);
    its.map(|&(actor, _)| actor).collect()
}

/// Returns the first and the last messages of a queue or pipe, up to `t`.
fn some_messages<'a>(
    history: &'a History,
    object: &Object,
    t: Time,
) -> impl Iterator<Item = &'a crate::history::Message> {
    let all = history.messages_until(object.id, t).len();
    let first = history.messages_until(object.id, t).take(LOOK);
    let last = history
        .messages_until(object.id, t)
        .rev()
        .take(LOOK.min(all.saturating_sub(LOOK)));
    first.chain(last)
}

/// Adds those that wait at `t` in an operation on the object or its pipe.
fn push_waiting(
    history: &History,
    found: &mut Vec<ActorId>,
    ids: [Option<ObjectId>; 2],
    t: Time,
    is_it: fn(Operation) -> bool,
) {
    for actor in history.active_at(t) {
        if let Some(State::Waiting(wait)) = history.lane(actor.id).at(t).map(|i| i.state)
            && wait.object.is_some()
            && ids.contains(&wait.object)
            && is_it(wait.operation)
        {
            found.push(history.process_of(actor.id));
        }
    }
}

/// Returns each one once, in the order of the tree.
fn in_tree_order(history: &History, mut found: Vec<ActorId>) -> Vec<ActorId> {
    if found.len() > 1 {
        found.sort_by_cached_key(|&actor| (history.place_of(actor), actor));
        found.dedup();
    }
    found
}
