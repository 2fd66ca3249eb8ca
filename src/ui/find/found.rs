//! Events that were found so far: how far was looked, and what comes next.

use std::collections::VecDeque;
use std::ops::Range;

/// So many events are looked at before a key is asked for again. A sentence takes about a
/// microsecond.
pub(super) const SLICE: usize = 2048;

/// Events that were found: of those at positions `from..to` of the log, all that there are.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Found {
    pub(super) from: usize,
    pub(super) to: usize,
    /// In order.
    pub(super) positions: VecDeque<u32>,
    /// How many of the last of them are later than `to`: looked at just now, and to be looked at
    /// again, as what has just begun may yet turn out to be a row.
    pub(super) loose: usize,
    /// Which end the next slice goes on from, where there is something left at both.
    pub(super) is_back_next: bool,
}

impl Found {
    pub(super) fn count_before(&self, end: usize) -> usize {
        self.positions.partition_point(|&at| (at as usize) < end)
    }

    pub(super) fn range(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.positions.range(range).map(|&at| at as usize)
    }

    /// Returns the next slice to look at.
    pub(super) fn next(&mut self, settled: usize) -> Option<Range<usize>> {
        let (is_back, is_on) = (self.from > 0, self.to < settled);
        if !is_back && !is_on {
            return None;
        }
        let goes_back = is_back && (self.is_back_next || !is_on);
        self.is_back_next = !goes_back;
        Some(if goes_back {
            self.from.saturating_sub(SLICE)..self.from
        } else {
            self.to..self.to.saturating_add(SLICE).min(settled)
        })
    }

    /// Begins no later than here, where it has not begun yet.
    pub(super) fn begin_before(&mut self, settled: usize) {
        if self.from == self.to {
            self.to = self.to.min(settled);
            self.from = self.to;
        }
    }

    pub(super) fn add_loose(&mut self, found: Vec<u32>) {
        self.loose = found.len();
        self.positions.extend(found.into_iter().rev());
    }

    pub(super) fn drop_loose(&mut self) {
        let firm = self.positions.len() - self.loose;
        self.positions.truncate(firm);
        self.loose = 0;
    }

    /// Takes what was found in a slice, the last one first.
    pub(super) fn add(&mut self, slice: Range<usize>, found: Vec<u32>) {
        if slice.end == self.from && slice.start < self.from {
            for at in found {
                self.positions.push_front(at);
            }
            self.from = slice.start;
        } else {
            self.positions.extend(found.into_iter().rev());
            self.to = slice.end;
        }
    }
}
