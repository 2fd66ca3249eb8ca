//! Step series: a value that holds until it changes, such as the depth of a queue.
//!
//! "What was it at `t`?" is a binary search, so scrubbing costs the same at every moment. "What
//! was the most of it between `a` and `b`?" is answered from a pyramid: every [`FAN`] values have
//! their greatest stored, every `FAN` of those again.
//! Invariant: times rise strictly; of several changes at one time the last one counts.
//! Not here: where changes come from (`fold`) and how they look (`view`).

use crate::event::Time;
use std::ops::Range;

/// How many values of one level of the pyramid one of the next stands for.
const FAN: usize = 32;

/// A value over time. Before its first change it is unknown, which is not zero.
#[derive(Clone, PartialEq, Debug)]
pub struct Steps<T> {
    changes: Vec<(Time, T)>,
    /// The greatest value of each full block of the level below.
    peaks: Vec<Vec<T>>,
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Steps {
            changes: Vec::new(),
            peaks: Vec::new(),
        }
    }
}

impl<T: Copy + Ord> Steps<T> {
    /// Returns the value at `t`, or `None` before the first change.
    pub fn at(&self, t: Time) -> Option<T> {
        self.change_at(t).map(|(_, value)| value)
    }

    /// Returns the value at `t` and since when it is so.
    pub fn change_at(&self, t: Time) -> Option<(Time, T)> {
        let later = self.changes.partition_point(|&(since, _)| since <= t);
        self.changes[..later].last().copied()
    }

    /// Returns the last value.
    pub fn last(&self) -> Option<T> {
        self.changes.last().map(|&(_, value)| value)
    }

    /// Returns every change, in order.
    pub fn changes(&self) -> &[(Time, T)] {
        &self.changes
    }

    /// Returns the changes within `range`, with the one in force at its start before them.
    pub fn between(&self, range: Range<Time>) -> &[(Time, T)] {
        let (first, end) = self.positions(range);
        &self.changes[first..end]
    }

    /// Returns the greatest value within `range`, the one in force at its start included.
    pub fn peak(&self, range: Range<Time>) -> Option<T> {
        let (first, end) = self.positions(range);
        self.changes[first..end].iter().map(|&(_, v)| v).max()
    }

    fn positions(&self, range: Range<Time>) -> (usize, usize) {
        let later = self.changes.partition_point(|&(t, _)| t <= range.start);
        let first = later.saturating_sub(1);
        let end = self.changes.partition_point(|&(t, _)| t < range.end);
        (first, end.max(first))
    }

    /// Appends a change. The fold alone calls this, with times that do not go back.
    #[inline]
    pub(super) fn push(&mut self, t: Time, value: T) {
        match self.changes.last_mut() {
            Some((_, last)) if *last == value => {}
            Some((since, last)) if *since >= t => *last = value,
            _ => self.changes.push((t, value)),
        }
    }
}
