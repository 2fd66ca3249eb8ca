//! The tree of processes in little memory: what a list of ten thousand asks of each, and who lives.
//!
//! A process knows all of this itself, but a walk through processes reads two cache lines of each;
//! a row here is half of one. Rows stand in the order of [`History::processes`].
//!
//! A row is found by its *place*, a number that rises from row to row. One that comes between two
//! others gets the number in the middle; where there is none left, all are numbered anew. So nobody
//! else's place changes, and where somebody stands is a binary search.
//!
//! Of thousands most have ended, and stand together: of every few dozen rows it is known whether all of
//! them have, so that a list takes them as one.
//!
//! Who lives at a moment is answered by [`Spans`]: of ten thousand the thousand that live are
//! asked, not the others.

use super::actor::{Actor, Exit};
use super::spans::Spans;
use super::store::History;
use super::told::Told;
use crate::event::{ActorId, Text, Time};
use std::collections::BTreeMap;

/// A process in the tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeRow {
    /// Which process.
    pub id: ActorId,
    /// How deep it stands.
    pub depth: u32,
    /// When the first event named it.
    pub known: Time,
    /// When it ended, or could not be made; [`Time::NEVER`] while it lives.
    pub ended: Time,
    /// Whether it then ended with an exit code that is not 0, or was never made.
    pub is_bad: bool,
    /// Its position in the order of becoming known.
    life: u32,
}

impl TreeRow {
    /// Returns whether it has ended at `t`.
    pub fn has_ended(&self, t: Time) -> bool {
        self.ended <= t
    }
}

/// What the tree of a moment depends on: where two stamps of one run are equal, the rows known at
/// both moments are the same, and the same of them have ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TreeStamp {
    known: usize,
    ended: usize,
    told: u64,
}

/// Rows that are taken together: all are known, and have ended, nobody stands below any of them, and
/// all have one parent; or a single one.
#[derive(Clone, Copy, Debug)]
pub struct TreeRun<'a> {
    /// The first, or the only one.
    pub first: &'a TreeRow,
    /// All of them.
    pub ids: &'a [ActorId],
    /// The position of the first in [`History::processes`].
    pub row: usize,
    /// How many are bad.
    pub bad: usize,
}

/// How many rows a block has.
const BLOCK: usize = 64;

/// What is known of a block of rows.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Block {
    /// When the last became known.
    known: Time,
    /// When the last ended.
    ended: Time,
    /// How deep all of them stand; none if not equally deep.
    depth: Option<u32>,
    bad: usize,
}

impl Block {
    fn of(rows: &[TreeRow]) -> Block {
        let first = rows.first().map_or(0, |row| row.depth);
        let is_even = rows.len() == BLOCK && rows.iter().all(|row| row.depth == first);
        Block {
            known: rows.iter().map(|row| row.known).max().unwrap_or_default(),
            ended: rows.iter().map(|row| row.ended).max().unwrap_or_default(),
            depth: is_even.then_some(first),
            bad: rows.iter().filter(|row| row.is_bad).count(),
        }
    }
}

/// Between two places, as long as nobody comes between.
const GAP: u64 = 1 << 32;

/// The rows and their index.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Tree {
    ids: Vec<ActorId>,
    rows: Vec<TreeRow>,
    blocks: Vec<Block>,
    /// From here on in the order of becoming known: who it is, its place, when it lived.
    who: Vec<ActorId>,
    places: Vec<u64>,
    kinds: Vec<u32>,
    /// The numbers over time of those whose names have had several stems.
    kinds_told: BTreeMap<u32, Told<u32>>,
    lives: Spans,
    /// When each one ended, in order.
    ends: Vec<Time>,
    /// How often something was told later of one that was known.
    told: u64,
    /// The number of each stem of a name.
    stems: BTreeMap<Text, u32>,
}

impl Tree {
    /// Returns who stands where.
    pub(super) fn ids(&self) -> &[ActorId] {
        &self.ids
    }

    /// Returns how many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Puts a row before the one at `at`, and returns its position in the order of becoming known.
    pub(super) fn insert(&mut self, at: usize, id: ActorId, depth: u32, known: Time) -> u32 {
        let life = super::index::narrow(self.lives.begin(known));
        let place = self.place_between(at);
        self.who.push(id);
        self.places.push(place.unwrap_or(0));
        self.kinds.push(0);
        self.ids.insert(at, id);
        let row = TreeRow {
            id,
            depth,
            known,
            ended: Time::NEVER,
            is_bad: false,
            life,
        };
        self.rows.insert(at, row);
        self.blocks.truncate(at / BLOCK);
        let rest = self.rows[self.blocks.len() * BLOCK..].chunks(BLOCK);
        self.blocks.extend(rest.map(Block::of));
        if place.is_none() {
            self.number_anew();
        }
        life
    }

    /// Returns a place before the row at `at` and after the one before it, if there is one.
    fn place_between(&self, at: usize) -> Option<u64> {
        let before = at.checked_sub(1).map_or(0, |before| self.place(before));
        match self.rows.get(at) {
            None => before.checked_add(GAP),
            Some(_) => {
                let after = self.place(at);
                let middle = before + after.saturating_sub(before) / 2;
                (middle > before).then_some(middle)
            }
        }
    }

    fn place(&self, row: usize) -> u64 {
        self.places[self.rows[row].life as usize]
    }

    fn number_anew(&mut self) {
        for (row, at) in self.rows.iter().zip(1..) {
            self.places[row.life as usize] = GAP * at;
        }
    }

    /// Returns where somebody stands, by its position in the order of becoming known.
    pub(super) fn row_of(&self, life: u32) -> Option<usize> {
        let place = *self.places.get(life as usize)?;
        let rows = self
            .rows
            .binary_search_by_key(&place, |row| self.places[row.life as usize]);
        rows.ok()
    }

    /// Gives a name to whoever has a row; `was_known` if it had another before.
    pub(super) fn name(&mut self, life: u32, t: Time, name: &str, was_known: bool) {
        let stem = stem(name);
        let kind = self.stems.get(stem).copied().unwrap_or_else(|| {
            let kind = super::index::narrow(self.stems.len());
            self.stems.insert(stem.into(), kind);
            kind
        });
        let last = std::mem::replace(&mut self.kinds[life as usize], kind);
        if was_known && last != kind {
            let told = self.kinds_told.entry(life).or_insert_with(|| {
                let mut told = Told::default();
                told.tell(Time::ZERO, last);
                told
            });
            told.tell(t, kind);
        }
        self.told += u64::from(was_known);
    }

    /// Ends a row, if it has not ended yet. Returns whether it does now.
    fn end(&mut self, life: u32, t: Time, is_bad: bool) -> bool {
        let Some(at) = self.row_of(life) else {
            return false;
        };
        let row = &mut self.rows[at];
        if row.ended == Time::NEVER {
            row.ended = t;
            row.is_bad = is_bad;
            self.ends.push(t);
            self.lives.end(life as usize, t);
            self.look_at_block(at);
            return true;
        }
        if is_bad && !row.is_bad {
            row.is_bad = true;
            self.told += 1;
            self.look_at_block(at);
        }
        false
    }

    fn look_at_block(&mut self, row: usize) {
        let block = row / BLOCK;
        let end = self.rows.len().min((block + 1) * BLOCK);
        self.blocks[block] = Block::of(&self.rows[block * BLOCK..end]);
    }
}

/// Returns a name without the number at its end.
pub fn stem(name: &str) -> &str {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match stem.len() < name.len() {
        true => stem.trim_end_matches(['-', '_', ' ', '#']),
        false => name,
    }
}

impl History {
    /// Returns the rows of the tree, in the order of [`History::processes`].
    pub fn tree(&self) -> &[TreeRow] {
        &self.tree.rows
    }

    /// Returns the rows that are known at `t`, in order, as few as can be taken together.
    pub fn tree_runs(&self, t: Time) -> impl Iterator<Item = TreeRun<'_>> {
        let tree = &self.tree;
        let mut next = 0;
        std::iter::from_fn(move || {
            while next < tree.rows.len() {
                let at = next;
                let block = &tree.blocks[at / BLOCK];
                let is_over = block.known <= t && block.ended <= t && block.depth.is_some();
                // Somebody may stand below the last one.
                let len = match at.is_multiple_of(BLOCK) && is_over {
                    true => BLOCK - 1,
                    false => 1,
                };
                next += len;
                let first = &tree.rows[at];
                let bad = match len {
                    1 => usize::from(first.is_bad),
                    _ => block.bad - usize::from(tree.rows[at + len].is_bad),
                };
                if first.known <= t {
                    let ids = &tree.ids[at..next];
                    let row = at;
                    return Some(TreeRun {
                        first,
                        ids,
                        row,
                        bad,
                    });
                }
            }
            None
        })
    }

    /// Returns a number that is equal for processes whose names differ in their numbers alone: those
    /// of one [`stem`], as they were known at `t`.
    pub fn kind_of(&self, row: &TreeRow, t: Time) -> u32 {
        let told = self.tree.kinds_told.get(&row.life);
        let kind = told.and_then(|told| told.at(t)).copied();
        kind.unwrap_or(self.tree.kinds[row.life as usize])
    }

    /// Returns what the tree at `t` depends on.
    pub fn tree_stamp(&self, t: Time) -> TreeStamp {
        TreeStamp {
            known: self.known_until(t),
            ended: self.ended_until(t),
            told: self.tree.told,
        }
    }

    /// Returns how many processes are known at `t`, mpviz's supervisor among them if it has adopted
    /// somebody.
    pub fn known_until(&self, t: Time) -> usize {
        self.tree.lives.begun(t)
    }

    /// Returns how many processes have ended at `t`.
    pub fn ended_until(&self, t: Time) -> usize {
        self.tree.ends.partition_point(|&end| end <= t)
    }

    /// Returns where a process stands in [`History::processes`].
    pub fn row_of(&self, process: ActorId) -> Option<usize> {
        self.tree.row_of(self.actor(process)?.life?)
    }

    /// Returns the processes that are known at `t` and have not ended, in the order of the tree.
    pub fn living_at(&self, t: Time) -> Vec<ActorId> {
        let tree = &self.tree;
        let mut lives: Vec<usize> = tree.lives.open_at(t).collect();
        // Mostly they became known in this order.
        let place = |&life: &usize| tree.places[life];
        if !lives.is_sorted_by_key(place) {
            lives.sort_unstable_by_key(place);
        }
        lives.into_iter().map(|life| tree.who[life]).collect()
    }

    /// Returns a number that rises from one process of [`History::processes`] to the next; the
    /// greatest for one that has no row.
    pub fn place_of(&self, process: ActorId) -> u64 {
        let life = self.actor(process).and_then(|actor| actor.life);
        life.map_or(u64::MAX, |life| self.tree.places[life as usize])
    }

    /// Returns whoever can wait for something at `t`: the processes that are known and have not
    /// ended, each with its threads, in the order in which they became known.
    pub fn active_at(&self, t: Time) -> impl Iterator<Item = &Actor> {
        let mut all: Vec<usize> = Vec::new();
        for life in self.tree.lives.open_at(t) {
            let who = self.actor_index.get(self.tree.who[life].0);
            all.extend(who);
            let threads = who.map_or(&[][..], |who| &self.actors[who].threads);
            all.extend(threads.iter().filter_map(|id| self.actor_index.get(id.0)));
        }
        if !all.is_sorted() {
            all.sort_unstable();
        }
        all.into_iter().map(|who| &self.actors[who])
    }

    /// Says in the tree that a process is over. A thread has no row.
    pub(super) fn end_in_tree(&mut self, who: usize, t: Time, is_bad: bool) {
        let actor = &self.actors[who];
        let has_ended = actor
            .life
            .is_some_and(|life| self.tree.end(life, t, is_bad));
        if let Some(&(_, file, line)) = actor.lines.last().filter(|_| has_ended) {
            self.left_lines.entry((file, line)).or_insert(t);
        }
    }

    /// Says in the tree how a process ended, which may be told later than its end.
    pub(super) fn code_in_tree(&mut self, who: usize, exit: Exit) {
        if exit.code.is_some_and(|code| code != 0) {
            self.end_in_tree(who, exit.t, true);
        }
    }
}

#[cfg(test)]
mod tests;
