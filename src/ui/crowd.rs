//! Which processes are listed, in which order, and which are folded into one row.
//!
//! Rows stand in the order of the tree and never reshuffle by themselves. Where there are more
//! than room, ended ones are folded first, the earliest first; then siblings that are alike (same
//! parent, same name but for its number, no children), of the largest group the last ones. What
//! is more than that scrolls. Whoever is selected has a row of its own.
//!
//! The view draws this list and the selection walks through it: both ask here. Making it asks of
//! every process that is known, so it reads the tree ([`History::tree`]) and no process beyond those
//! that are listed; and it is made again only where it could be another: see [`Known`].

mod fold;
mod known;
mod order;

use super::state::RunView;
use crate::event::{ActorId, Text, Time};
use crate::history::{History, TreeRow, stem};
pub use known::{Known, Listed};
pub use order::Order;
use std::rc::Rc;

/// How the table lists processes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct TableView {
    /// Whether ended processes are folded even where there is room for them.
    pub folds_ended: bool,
    /// In which order siblings stand.
    pub order: Order,
    /// The groups that were unfolded.
    pub unfolded: Vec<GroupKey>,
    /// The group that is selected; of no account while a thing is.
    pub group: Option<GroupKey>,
}

/// What tells a group of folded processes from others.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GroupKey {
    /// Below whom they stand.
    pub parent: ActorId,
    /// The name that they share but for its number; `None` for those that have ended.
    pub stem: Option<Text>,
}

/// Processes that are folded into one row.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// What tells it from others.
    pub key: GroupKey,
    /// Who is folded, in the order of the tree.
    pub members: Rc<[ActorId]>,
    /// How many of them ended with an exit code that is not 0.
    pub bad: usize,
    /// Whether it is all of them, or others of the kind have their rows.
    pub is_whole: bool,
}

/// The lines of the tree before a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    /// How deep the row stands.
    pub depth: u16,
    /// Bit `d` says that a row of depth `d` comes later, below the same parent.
    pub later: u32,
}

/// A row of the list.
#[derive(Clone, PartialEq, Debug)]
pub enum Item {
    /// A process.
    Process(ActorId),
    /// Processes that are folded.
    Group(Group),
}

/// The deepest that a tree is drawn.
pub const DEPTH_MOST: u16 = 6;

/// Without a word from the view on how many rows there are, so many are taken to be.
const ROOM_USUAL: usize = 12;

/// A process that is a candidate for a row, or several that have ended and stand together.
#[derive(Clone, Copy, Debug)]
struct Seen {
    id: ActorId,
    depth: u32,
    has_ended: bool,
    /// Equal for those that may be folded together.
    kind: u32,
    /// How many it stands for,
    count: usize,
    /// and how many of them are bad.
    bad: usize,
    /// The position of the first of several in the tree.
    row: usize,
}

/// Returns the list of a view as it would be in `room` rows; it is longer where it scrolls.
/// `selected` has a row of its own.
pub fn list(
    history: &History,
    run: &RunView,
    selected: Option<ActorId>,
    room: usize,
) -> Vec<(Item, Branch)> {
    let t = run.t(history);
    let found = run.find.processes_found();
    // Where more live than there are rows, all that have ended are folded.
    let living = history.known_until(t) - history.ended_until(t).min(history.known_until(t));
    let is_crowded = living > room || run.table.folds_ended;
    let mut seen = match is_crowded && found.is_none() && run.table.order == Order::Tree {
        true => together_at(history, t, selected),
        false => seen_at(history, t),
    };
    if let Some(found) = found {
        keep_found(&mut seen, found);
    }
    if run.table.order != Order::Tree {
        seen = order::ordered(history, &seen, run.table.order, t);
    }
    let folded = fold::fold(history, run, &seen, selected, room, found.is_some());
    let mut items = fold::items(history, &seen, &folded.of_row, folded.groups);
    draw_lines(&mut items);
    items
}

/// Returns how many rows the view has for processes.
pub fn room(run: &RunView) -> usize {
    match run.fits.rows {
        0 => ROOM_USUAL,
        rows => usize::from(rows),
    }
}

/// Returns everybody who is known.
fn seen_at(history: &History, t: Time) -> Vec<Seen> {
    let rows = history.tree().iter().enumerate();
    let known = rows.filter(|(_, row)| row.known <= t);
    known.map(|(at, row)| seen(history, t, row, at)).collect()
}

/// The same, those together who have ended and stand together, but for the selected one.
fn together_at(history: &History, t: Time, selected: Option<ActorId>) -> Vec<Seen> {
    let selected = selected.and_then(|selected| history.row_of(selected));
    let mut all = Vec::new();
    for run in history.tree_runs(t) {
        let rows = run.row..run.row + run.ids.len();
        if selected.is_some_and(|selected| rows.contains(&selected)) {
            let tree = history.tree();
            all.extend(rows.map(|at| seen(history, t, &tree[at], at)));
            continue;
        }
        all.push(Seen {
            count: run.ids.len(),
            bad: run.bad,
            ..seen(history, t, run.first, run.row)
        });
    }
    all
}

fn seen(history: &History, t: Time, row: &TreeRow, at: usize) -> Seen {
    Seen {
        id: row.id,
        depth: row.depth,
        has_ended: row.has_ended(t),
        kind: history.kind_of(row, t),
        count: 1,
        bad: usize::from(row.is_bad),
        row: at,
    }
}

/// Keeps those that were found, and whoever stands above one.
fn keep_found(seen: &mut Vec<Seen>, found: &[ActorId]) {
    let mut is_kept = vec![false; seen.len()];
    // From below: the next row that is less deep than a kept one is its parent.
    let mut above = 0;
    for (row, is_kept) in seen.iter().zip(&mut is_kept).rev() {
        if row.depth < above || found.binary_search(&row.id).is_ok() {
            *is_kept = true;
            above = row.depth;
        }
    }
    let mut is_kept = is_kept.into_iter();
    seen.retain(|_| is_kept.next().unwrap_or(true));
}

/// Says of each row which lines of the tree go on below it.
fn draw_lines(items: &mut [(Item, Branch)]) {
    let mut later = 0u32;
    for (_, branch) in items.iter_mut().rev() {
        let own = 1u32 << branch.depth;
        branch.later = later & (own | (own - 1));
        later = branch.later | own;
    }
}

/// Returns the part of a list that is shown in `room` rows, around the selected one.
pub fn window(len: usize, selected: Option<usize>, room: usize) -> std::ops::Range<usize> {
    if len <= room {
        return 0..len;
    }
    let selected = selected.unwrap_or(0).min(len - 1);
    let first = (selected + 1 + room / 3)
        .saturating_sub(room)
        .min(len - room);
    first..first + room
}

/// Returns where the selection stands in a list.
pub fn selected_in(
    items: &[(Item, Branch)],
    run: &RunView,
    selected: Option<ActorId>,
) -> Option<usize> {
    match selected {
        Some(selected) => items.iter().position(|(item, _)| match item {
            Item::Process(id) => *id == selected,
            Item::Group(group) => group.members.contains(&selected),
        }),
        None => {
            let key = run.selected_group()?;
            let is_it = |(item, _): &(Item, Branch)| matches!(item, Item::Group(group) if group.key == *key);
            items.iter().position(is_it)
        }
    }
}

impl RunView {
    /// Returns the group that is selected.
    pub fn selected_group(&self) -> Option<&GroupKey> {
        self.table
            .group
            .as_ref()
            .filter(|_| self.selected.is_none())
    }

    /// Unfolds the selected group, or folds the group again that the selected process came from.
    pub(super) fn toggle_group(&mut self, history: &History) -> bool {
        if let Some(key) = self.selected_group().cloned() {
            if !self.table.unfolded.contains(&key) {
                self.table.unfolded.push(key);
            }
            return true;
        }
        let Some(actor) = self
            .selected_actor()
            .and_then(|id| history.actor(history.process_of(id)))
        else {
            return false;
        };
        let t = self.t(history);
        let parent = actor.parent.unwrap_or(ActorId::MPVIZ);
        let stem = (!actor.ended_at(t)).then(|| stem(actor.name_at(t)).into());
        let key = GroupKey { parent, stem };
        let Some(at) = self.table.unfolded.iter().position(|known| *known == key) else {
            return false;
        };
        self.table.unfolded.remove(at);
        // The group's row is where the eye still is.
        self.select(None);
        self.table.group = Some(key);
        true
    }
}
