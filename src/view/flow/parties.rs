//! Who writes and who reads: the names at both sides, folded where there are many.

use super::recent::{Step, last_events, move_of};
use crate::event::words::{End, Operation, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object, State};

/// How many of a queue's first and last messages are looked at for who took them.
const LOOK: usize = 256;

/// One row at a side: a process, or several of a kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Party {
    /// Those that the row stands for; never none.
    pub(super) members: Vec<ActorId>,
}

impl Party {
    /// Returns the process, where the row stands for one alone.
    pub(super) fn single(&self) -> Option<ActorId> {
        match self.members.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}

/// Returns the processes that have put into a queue or sent into a pipe at `t`, in the order of the
/// tree.
pub(super) fn writers(
    history: &History,
    object: &Object,
    pipe: Option<&Object>,
    t: Time,
) -> Vec<ActorId> {
    let mut found: Vec<ActorId> = history.putters_of(object.id, t).collect();
    if object.is_found() {
        return holders(history, object, End::Write, t);
    }
    if found.is_empty() {
        for message in some_messages(history, object, t) {
            push(&mut found, history.process_of(message.id.sender));
        }
    }
    let ids = [Some(object.id), pipe.map(|pipe| pipe.id)];
    push_waiting(history, &mut found, ids, t, |operation| {
        matches!(operation, Operation::Put | Operation::Send)
    });
    in_tree_order(history, found)
}

/// Returns the processes that have taken something out at `t`, or wait to, in the order of the tree.
pub(in crate::view) fn readers(
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
        if let Some((_, actor)) = message.received.filter(|&(at, _)| at <= t) {
            push(&mut found, history.process_of(actor));
        }
    }
    if let Some(lock) = super::choose::part(history, object, Part::ReadLock) {
        let first = lock.holder.changes().iter().take(LOOK);
        let first = first.take_while(|&&(since, _)| since <= t);
        for holder in first.filter_map(|&(_, holder)| holder) {
            push(&mut found, history.process_of(holder));
        }
    }
    let ids = [Some(object.id), pipe.map(|pipe| pipe.id)];
    push_waiting(history, &mut found, ids, t, |operation| {
        matches!(operation, Operation::Get | Operation::Recv)
    });
    in_tree_order(history, found)
}

/// Returns the processes that have held an end of a pipe at `t`, in the order of the tree.
fn holders(history: &History, pipe: &Object, end: End, t: Time) -> Vec<ActorId> {
    let mut found = Vec::new();
    for &(actor, its) in history.holders_until(pipe.id, t) {
        if its == end {
            push(&mut found, actor);
        }
    }
    in_tree_order(history, found)
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

fn push(found: &mut Vec<ActorId>, actor: ActorId) {
    if !found.contains(&actor) {
        found.push(actor);
    }
}

/// Adds those that wait at `t` in an operation on the object or its pipe.
fn push_waiting(
    history: &History,
    found: &mut Vec<ActorId>,
    ids: [Option<ObjectId>; 2],
    t: Time,
    is_it: fn(Operation) -> bool,
) {
    for actor in history.actors() {
        if let Some(State::Waiting(wait)) = history.lane(actor.id).at(t).map(|i| i.state)
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

/// Folds a side into at most `rows` rows: the selected one and the last one that moved stand for
/// themselves, the others together.
pub(super) fn folded(
    all: Vec<ActorId>,
    rows: u16,
    selected: Option<ActorId>,
    last: Option<ActorId>,
) -> Vec<Party> {
    let rows = usize::from(rows).clamp(1, 4);
    if all.len() <= rows {
        return all
            .into_iter()
            .map(|one| Party { members: vec![one] })
            .collect();
    }
    let mut apart: Vec<ActorId> = Vec::new();
    for one in [selected, last].into_iter().flatten() {
        if all.contains(&one) && !apart.contains(&one) && apart.len() + 1 < rows {
            apart.push(one);
        }
    }
    let (apart, rest): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| apart.contains(one));
    let mut parties: Vec<Party> = apart
        .into_iter()
        .map(|one| Party { members: vec![one] })
        .collect();
    parties.push(Party { members: rest });
    parties
}

/// Returns the process that took a step at one of the objects last.
pub(super) fn last_mover(
    history: &History,
    objects: &[Option<&Object>],
    step: Step,
    t: Time,
) -> Option<ActorId> {
    let is_there = |id| objects.iter().flatten().any(|object| object.id == id);
    last_events(history, t)
        .take(512)
        .filter_map(|event| move_of(history, &event))
        .find(|moved| moved.step == step && is_there(moved.object))
        .map(|moved| moved.process)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(count: u32, rows: u16, selected: Option<u32>, last: Option<u32>, expected: &[&[u32]]) {
        let all = (1..=count).map(ActorId).collect();
        let parties = folded(all, rows, selected.map(ActorId), last.map(ActorId));
        let members: Vec<Vec<u32>> = parties
            .iter()
            .map(|party| party.members.iter().map(|id| id.0).collect())
            .collect();
        assert_eq!(members, expected);
    }

    #[test]
    fn a_few_stand_for_themselves() {
        check(0, 4, None, None, &[]);
        check(3, 3, None, None, &[&[1], &[2], &[3]]);
    }

    #[test]
    fn of_many_the_selected_and_the_last_stand_apart() {
        check(5, 3, None, None, &[&[1, 2, 3, 4, 5]]);
        check(5, 3, Some(4), Some(2), &[&[2], &[4], &[1, 3, 5]]);
        check(5, 2, Some(4), Some(2), &[&[4], &[1, 2, 3, 5]]);
        check(5, 1, Some(4), Some(2), &[&[1, 2, 3, 4, 5]]);
        check(5, 3, Some(9), Some(2), &[&[2], &[1, 3, 4, 5]]);
    }
}
