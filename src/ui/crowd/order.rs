//! The order of siblings.

use super::Seen;
use crate::event::{ActorId, Time};
use crate::history::{History, StateClass};
use std::cmp::Reverse;

/// In which order siblings stand.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Order {
    /// In that of their making, which never changes.
    #[default]
    Tree,
    /// Whoever computed most so far comes first.
    Busiest,
    /// Whoever has waited longest for something comes first.
    LongestWait,
}

impl Order {
    /// Returns the order after this one.
    pub const fn next(self) -> Order {
        match self {
            Order::Tree => Order::Busiest,
            Order::Busiest => Order::LongestWait,
            Order::LongestWait => Order::Tree,
        }
    }

    /// Returns what is said of it beside the table's title.
    pub const fn text(self) -> &'static str {
        match self {
            Order::Tree => "",
            Order::Busiest => "busiest first",
            Order::LongestWait => "longest wait first",
        }
    }

    fn key(self, history: &History, row: &Seen, t: Time) -> Reverse<u64> {
        Reverse(match self {
            Order::Tree => 0,
            Order::Busiest => computed(history, row.id, t),
            Order::LongestWait => waited(history, row.id, t),
        })
    }
}

fn computed(history: &History, id: ActorId, t: Time) -> u64 {
    let shares = history.lane(id).shares(Time::ZERO..t);
    shares.of(StateClass::Running)
}

fn waited(history: &History, id: ActorId, t: Time) -> u64 {
    let Some(interval) = history.lane(id).at(t) else {
        return 0;
    };
    match interval.state.class() {
        StateClass::Giving | StateClass::Taking | StateClass::Acquiring | StateClass::Joining => {
            // What has just begun to wait stands before what does not.
            t.since(interval.start).0.saturating_add(1)
        }
        _ => 0,
    }
}

/// Returns the rows with siblings in an order. Whoever stands below them comes along.
pub(super) fn ordered(history: &History, seen: &[Seen], order: Order, t: Time) -> Vec<Seen> {
    // Where each one's descendants end. `open` are those that have not ended yet.
    let mut ends = vec![seen.len(); seen.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, row) in seen.iter().enumerate() {
        while let Some(&last) = open.last()
            && seen[last].depth >= row.depth
        {
            ends[last] = at;
            open.pop();
        }
        open.push(at);
    }
    let children = |mut at: usize, end: usize| {
        let mut found = Vec::new();
        while at < end {
            found.push(at);
            at = ends[at].max(at + 1);
        }
        // Equal ones stay as they were.
        found.sort_by_cached_key(|&at| order.key(history, &seen[at], t));
        found
    };
    // Roots stay as they are: mpviz's own row is first.
    let mut next: Vec<usize> = Vec::new();
    let mut at = 0;
    while at < seen.len() {
        next.push(at);
        at = ends[at].max(at + 1);
    }
    next.reverse();
    let mut sorted = Vec::with_capacity(seen.len());
    while let Some(at) = next.pop() {
        sorted.push(seen[at]);
        next.extend(children(at + 1, ends[at]).into_iter().rev());
    }
    sorted
}
