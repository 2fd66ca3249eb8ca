//! Who writes into a queue or pipe, and who reads out of it.

use super::choose::part;
use crate::event::words::{End, Operation, Part};
use crate::event::{ActorId, Time};
use crate::history::{History, Object, State};

/// How many of a queue's first and last messages are looked at for who took them.
const LOOK: usize = 256;

/// Returns the processes that ever put into a queue or sent into a pipe, in the order of the tree.
pub(crate) fn writers(history: &History, object: &Object, pipe: Option<&Object>) -> Vec<ActorId> {
    let mut found: Vec<ActorId> = history.putters_of(object.id, Time::NEVER).collect();
    if object.is_found() {
        return holders(history, object, End::Write);
    }
    if found.is_empty() {
        for message in some_messages(history, object) {
            push(&mut found, history.process_of(message.id.sender));
        }
    }
    push_waiting(history, &mut found, object, pipe, |operation| {
        matches!(operation, Operation::Put | Operation::Send)
    });
    in_tree_order(history, found)
}

/// Returns the processes that ever took something out, or now wait to, in the order of the tree.
pub(crate) fn readers(history: &History, object: &Object, pipe: Option<&Object>) -> Vec<ActorId> {
    if object.is_found() {
        return holders(history, object, End::Read);
    }
    let mut found = Vec::new();
    for message in some_messages(history, object) {
        if let Some((_, actor)) = message.received {
            push(&mut found, history.process_of(actor));
        }
    }
    if let Some(lock) = part(history, object, Part::ReadLock) {
        let first = lock.holder.changes().iter().take(LOOK);
        for holder in first.filter_map(|&(_, holder)| holder) {
            push(&mut found, history.process_of(holder));
        }
    }
    push_waiting(history, &mut found, object, pipe, |operation| {
        matches!(operation, Operation::Get | Operation::Recv)
    });
    in_tree_order(history, found)
}

/// Returns the processes that ever held an end of a pipe, in the order of the tree.
fn holders(history: &History, pipe: &Object, end: End) -> Vec<ActorId> {
    let mut found = Vec::new();
    for &(actor, its) in history.holders_ever(pipe.id) {
        if its == end {
            push(&mut found, actor);
        }
    }
    in_tree_order(history, found)
}

/// Returns the first and the last messages of a queue or pipe.
fn some_messages<'a>(
    history: &'a History,
    object: &Object,
) -> impl Iterator<Item = &'a crate::history::Message> {
    let all = history.messages_of(object.id).len();
    let first = history.messages_of(object.id).take(LOOK);
    let last = history
        .messages_of(object.id)
        .rev()
        .take(LOOK.min(all.saturating_sub(LOOK)));
    first.chain(last)
}

fn push(found: &mut Vec<ActorId>, actor: ActorId) {
    if !found.contains(&actor) {
        found.push(actor);
    }
}

/// Adds those that now wait in an operation on the object or its pipe.
fn push_waiting(
    history: &History,
    found: &mut Vec<ActorId>,
    object: &Object,
    pipe: Option<&Object>,
    is_it: fn(Operation) -> bool,
) {
    let ids = [Some(object.id), pipe.map(|pipe| pipe.id)];
    for actor in history.actors() {
        if let Some(State::Waiting(wait)) =
            history.lane(actor.id).at(history.now()).map(|i| i.state)
            && wait.object.is_some()
            && ids.contains(&wait.object)
            && is_it(wait.operation)
        {
            push(found, history.process_of(actor.id));
        }
    }
}

fn in_tree_order(history: &History, mut found: Vec<ActorId>) -> Vec<ActorId> {
    if found.len() > 1 {
        let place = |actor: &ActorId| history.processes().iter().position(|row| row == actor);
        found.sort_by_key(|actor| place(actor).unwrap_or(usize::MAX));
    }
    found
}
