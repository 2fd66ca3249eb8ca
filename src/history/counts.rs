//! Counts: the few numbers that are always shown.

use super::steps::Steps;
use crate::event::Time;

/// How many there are at a moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Counts {
    /// Processes of the program that live.
    pub alive: u32,
    /// Processes of the program so far.
    pub processes: u32,
    /// Processes that have ended and were not reaped.
    pub zombies: u32,
    /// Living processes whose parent has ended.
    pub orphans: u32,
    /// Messages so far.
    pub messages: u64,
    /// Events that are missing so far; a gap of unknown size counts as one.
    pub lost: u64,
}

/// Processes by what became of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct Heads {
    pub(super) alive: u32,
    pub(super) processes: u32,
    pub(super) zombies: u32,
    pub(super) orphans: u32,
}

/// The numbers over time. Messages are not here: they are counted where they stand.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Census {
    heads: Steps<Heads>,
    lost: Steps<u64>,
}

impl Census {
    pub(super) fn heads_at(&self, t: Time) -> Heads {
        self.heads.at(t).unwrap_or_default()
    }

    pub(super) fn lost_at(&self, t: Time) -> u64 {
        self.lost.at(t).unwrap_or_default()
    }

    /// Changes how many processes there are of each kind.
    pub(super) fn change(&mut self, t: Time, change: impl FnOnce(&mut Heads)) {
        let mut heads = self.heads.last().unwrap_or_default();
        change(&mut heads);
        self.heads.push(t, heads);
    }

    /// Adds missing events.
    pub(super) fn lose(&mut self, t: Time, count: u64) {
        let lost = self.lost.last().unwrap_or_default();
        self.lost.push(t, lost.saturating_add(count));
    }
}
