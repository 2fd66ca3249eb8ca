//! Which processes are folded: ended ones first, then siblings that are alike.

use super::{Branch, DEPTH_MOST, Group, GroupKey, Item, Order, Seen};
use crate::event::ActorId;
use crate::history::{History, stem};
use crate::ui::state::RunView;

/// What is folded.
pub(super) struct Folded {
    /// The group of each row, by its position among `groups`; [`NO_GROUP`] for a row of its own.
    pub(super) of_row: Vec<u32>,
    pub(super) groups: Vec<Group>,
}

pub(super) const NO_GROUP: u32 = u32::MAX;
/// It is not decided yet whether there is a group.
const UNDECIDED: u32 = u32::MAX - 1;

/// Decides what is folded in a list of `room` rows.
pub(super) fn fold(
    history: &History,
    run: &RunView,
    seen: &[Seen],
    selected: Option<ActorId>,
    room: usize,
    is_filtered: bool,
) -> Folded {
    let mut folding = Folding {
        history,
        run,
        seen,
        selected,
        visible: seen.iter().map(|row| row.count).sum(),
        room,
        of_row: Vec::new(),
        groups: Vec::new(),
    };
    // What was looked for is shown, and so is who comes first in an order that was asked for.
    let is_full = folding.visible > room && !is_filtered;
    if is_full || run.table.folds_ended {
        folding.of_row = vec![NO_GROUP; seen.len()];
        folding.fold_ended();
        if is_full && run.table.order == Order::Tree {
            folding.fold_alike();
        }
    }
    folding.finish()
}

struct Folding<'a> {
    history: &'a History,
    run: &'a RunView,
    seen: &'a [Seen],
    selected: Option<ActorId>,
    /// How many rows there are, with what is folded so far.
    visible: usize,
    room: usize,
    of_row: Vec<u32>,
    groups: Vec<Draft>,
}

/// A group in the making.
struct Draft {
    key: GroupKey,
    members: Vec<ActorId>,
    bad: usize,
    is_whole: bool,
}

impl Folding<'_> {
    fn is_unfolded(&self, key: &GroupKey) -> bool {
        self.run.table.unfolded.contains(key)
    }

    fn add_group(&mut self, key: GroupKey, is_whole: bool) -> usize {
        self.groups.push(Draft {
            key,
            members: Vec::new(),
            bad: 0,
            is_whole,
        });
        self.visible += 1;
        self.groups.len() - 1
    }

    fn put(&mut self, row: usize, group: usize) {
        let seen = self.seen[row];
        self.of_row[row] = narrow(group);
        let group = &mut self.groups[group];
        group.members.extend_from_slice(ids_of(self.history, &seen));
        if seen.has_ended {
            group.bad += seen.bad;
        }
        self.visible -= seen.count;
    }

    fn finish(self) -> Folded {
        let groups = self.groups.into_iter().map(|draft| Group {
            key: draft.key,
            members: draft.members.into(),
            bad: draft.bad,
            is_whole: draft.is_whole,
        });
        Folded {
            of_row: self.of_row,
            groups: groups.collect(),
        }
    }

    /// Folds those that have ended, and whose descendants have: all, or as many as must be.
    fn fold_ended(&mut self) {
        let trees = self.ended_trees();
        // By the parent's row, those without one after all others: how many stand below it, and
        // what their group is.
        let mut counts = vec![0; self.seen.len() + 1];
        let mut group_of = vec![UNDECIDED; self.seen.len() + 1];
        for tree in &trees {
            let rows = self.seen[tree.rows.clone()].iter();
            counts[tree.parent] += rows.map(|row| row.count).sum::<usize>();
        }
        let must = self.run.table.folds_ended;
        for tree in trees {
            if !must && self.visible <= self.room {
                // The group that was begun is not all there is.
                if let Some(begun) = self.groups.get_mut(group_of[tree.parent] as usize) {
                    begun.is_whole = false;
                }
                continue;
            }
            if !must && counts[tree.parent] < 2 {
                continue;
            }
            if group_of[tree.parent] == UNDECIDED {
                let parent = self.seen.get(tree.parent);
                let key = GroupKey {
                    parent: parent.map_or(ActorId::MPVIZ, |parent| parent.id),
                    stem: None,
                };
                group_of[tree.parent] = match self.is_unfolded(&key) {
                    true => NO_GROUP,
                    false => narrow(self.add_group(key, true)),
                };
            }
            if group_of[tree.parent] != NO_GROUP {
                for row in tree.rows {
                    self.put(row, group_of[tree.parent] as usize);
                }
            }
        }
    }

    /// Returns the largest subtrees of which nobody stays, with the parent of each.
    fn ended_trees(&self) -> Vec<EndedTree> {
        let stays = self.staying();
        let mut trees: Vec<EndedTree> = Vec::new();
        // Those above the row at hand that stay.
        let mut above: Vec<usize> = Vec::new();
        let mut open: Option<u32> = None;
        for (at, (row, stays)) in self.seen.iter().zip(stays).enumerate() {
            if !stays
                && let (Some(top), Some(tree)) = (open, trees.last_mut())
                && row.depth > top
            {
                tree.rows.end = at + 1;
                continue;
            }
            while above
                .last()
                .is_some_and(|&last| self.seen[last].depth >= row.depth)
            {
                above.pop();
            }
            if stays {
                above.push(at);
                open = None;
            } else {
                open = Some(row.depth);
                trees.push(EndedTree {
                    parent: above.last().copied().unwrap_or(self.seen.len()),
                    rows: at..at + 1,
                });
            }
        }
        trees
    }

    /// Returns of each row whether it stays: it has not ended, or somebody below it stays.
    fn staying(&self) -> Vec<bool> {
        let mut stays = vec![false; self.seen.len()];
        // From below: the next row that is less deep than one that stays is its parent.
        let mut above = 0;
        for (row, stays) in self.seen.iter().zip(&mut stays).rev() {
            let is_selected = self.selected == Some(row.id);
            if row.depth < above || row.depth == 0 || !row.has_ended || is_selected {
                *stays = true;
                above = row.depth;
            }
        }
        stays
    }

    /// Folds siblings that are alike, the largest group first, until there is room. The first of
    /// each keeps its row.
    fn fold_alike(&mut self) {
        if self.visible <= self.room {
            return;
        }
        let mut alike = self.alike();
        // Equal ones in the order of the tree.
        alike.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
        for (key, rows) in alike {
            if self.visible <= self.room {
                break;
            }
            let surplus = self.visible - self.room;
            let count = (surplus + 1).min(rows.len() - 1);
            if count < 2 {
                continue;
            }
            let group = self.add_group(key, false);
            for &row in &rows[rows.len() - count..] {
                self.put(row, group);
            }
        }
    }

    /// Returns every group of living siblings that are alike and could be folded.
    fn alike(&self) -> Vec<(GroupKey, Vec<usize>)> {
        let mut groups: Vec<(u32, GroupKey, Vec<usize>)> = Vec::new();
        // Who stands above the row at hand, each with its children's groups so far.
        let mut above: Vec<(Seen, Vec<usize>)> = Vec::new();
        for (at, row) in self.seen.iter().enumerate() {
            while above
                .last()
                .is_some_and(|(last, _)| last.depth >= row.depth)
            {
                above.pop();
            }
            let has_children = self
                .seen
                .get(at + 1)
                .is_some_and(|next| next.depth > row.depth);
            let is_candidate = !row.has_ended && !has_children && self.selected != Some(row.id);
            if is_candidate && let Some((parent, own)) = above.last_mut() {
                let mut known = own.iter().copied();
                match known.find(|&group| groups[group].0 == row.kind) {
                    Some(group) => groups[group].2.push(at),
                    None if own.len() < KINDS_MOST => {
                        own.push(groups.len());
                        let stem =
                            stem(self.history.name_of_actor(row.id, self.run.t(self.history)));
                        let key = GroupKey {
                            parent: parent.id,
                            stem: Some(stem.into()),
                        };
                        groups.push((row.kind, key, vec![at]));
                    }
                    None => {}
                }
            }
            if has_children {
                above.push((*row, Vec::new()));
            }
        }
        let groups = groups.into_iter().map(|(_, key, rows)| (key, rows));
        groups
            .filter(|(key, rows)| rows.len() > 2 && !self.is_unfolded(key))
            .collect()
    }
}

/// Of one parent's children no more kinds than this are told apart.
const KINDS_MOST: usize = 64;

struct EndedTree {
    /// The parent's row.
    parent: usize,
    rows: std::ops::Range<usize>,
}

fn narrow(group: usize) -> u32 {
    u32::try_from(group).unwrap_or(NO_GROUP)
}

/// Returns whom a row stands for.
fn ids_of<'a>(history: &'a History, seen: &Seen) -> &'a [ActorId] {
    &history.processes()[seen.row..seen.row + seen.count]
}

/// Returns the list: rows of their own, and each group where the first of it would stand.
pub(super) fn items(
    history: &History,
    seen: &[Seen],
    of_row: &[u32],
    groups: Vec<Group>,
) -> Vec<(Item, Branch)> {
    let mut groups: Vec<Option<Group>> = groups.into_iter().map(Some).collect();
    let mut items = Vec::with_capacity(seen.len().min(4096));
    for (at, row) in seen.iter().enumerate() {
        let depth = u16::try_from(row.depth).unwrap_or(u16::MAX).min(DEPTH_MOST);
        let branch = Branch { depth, later: 0 };
        match of_row.get(at).copied().unwrap_or(NO_GROUP) {
            NO_GROUP => {
                let ids = ids_of(history, row).iter();
                items.extend(ids.map(|&id| (Item::Process(id), branch)));
            }
            group => {
                // It is taken where it comes first.
                if let Some(group) = groups.get_mut(group as usize).and_then(Option::take) {
                    items.push((Item::Group(group), branch));
                }
            }
        }
    }
    items
}
