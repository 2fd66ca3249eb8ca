//! How full a pipe is, as the kernel counts: by pages.
//!
//! A pipe has so many pages. A write fills up the last one if the odd part of it fits there whole,
//! and begins new pages with the rest (`pipe_write`). So sixteen messages of 3,000 bytes fill a pipe
//! of 65,536.

use std::collections::VecDeque;

const PAGE: u64 = 4096;
/// What a pipe takes if nobody said otherwise.
pub(super) const CAPACITY: u64 = 65_536;
/// A message counts for no more than so many pages beyond what a pipe takes.
const BEYOND: u64 = 64;

/// The pages of a pipe.
#[derive(Debug, Default)]
pub(super) struct Pages {
    fills: VecDeque<u64>,
    /// Bytes that were taken out of the first page.
    taken: u64,
}

impl Pages {
    /// A message of so many bytes goes in. Returns whether it fits.
    pub(super) fn push(&mut self, bytes: u64, capacity: u64) -> bool {
        let most = (capacity / PAGE).max(1);
        let mut left = bounded(bytes, capacity);
        let odd = left % PAGE;
        if let Some(last) = self.fills.back_mut()
            && odd > 0
            && *last + odd <= PAGE
        {
            *last += odd;
            left -= odd;
        }
        while left > 0 {
            let fill = left.min(PAGE);
            self.fills.push_back(fill);
            left -= fill;
        }
        self.fills.len() as u64 <= most
    }

    /// A message of so many bytes comes out.
    pub(super) fn pop(&mut self, bytes: u64, capacity: u64) {
        let mut left = bounded(bytes, capacity);
        while let Some(first) = self.fills.front() {
            let there = first - self.taken;
            if left < there {
                self.taken += left;
                return;
            }
            left -= there;
            self.taken = 0;
            self.fills.pop_front();
        }
    }
}

fn bounded(bytes: u64, capacity: u64) -> u64 {
    bytes.min(capacity.saturating_add(BEYOND * PAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many messages of a size fit.
    #[track_caller]
    fn check(bytes: u64, expected: usize) {
        let mut pages = Pages::default();
        let fits = (0..100_000).take_while(|_| pages.push(bytes, CAPACITY));
        assert_eq!(fits.count(), expected, "{bytes}");
    }

    #[test]
    fn so_many_messages_fit() {
        check(3004, 16);
        check(4096, 16);
        check(2048, 32);
        check(4026, 16);
        check(65_536, 1);
        check(65_537, 0);
        check(16, 4096);
    }

    #[test]
    fn what_came_out_leaves_room() {
        let mut pages = Pages::default();
        for _ in 0..16 {
            assert!(pages.push(3004, CAPACITY));
        }
        pages.pop(3004, CAPACITY);
        assert!(pages.push(3004, CAPACITY));
        assert!(!pages.push(3004, CAPACITY));
        for _ in 0..17 {
            pages.pop(3004, CAPACITY);
        }
        assert!(pages.fills.is_empty());
    }
}
