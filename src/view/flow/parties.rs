//! The names at both sides, folded where there are many.

use super::recent::{Step, last_events, move_of};
use crate::event::{ActorId, Time};
use crate::history::{History, Object};

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
