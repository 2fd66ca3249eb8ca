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
    /// How many pages came out so far.
    out: u64,
}

impl Pages {
    /// A message of so many bytes goes in. Returns the number of the page that it ends with, of all
    /// that ever were in the pipe.
    pub(super) fn push(&mut self, bytes: u64, capacity: u64) -> u64 {
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
        self.out + self.fills.len() as u64
    }

    /// Whether a message that ends with a page is in the pipe as a whole.
    pub(super) fn has_room(&self, end: u64, capacity: u64) -> bool {
        end.saturating_sub(self.out) <= (capacity / PAGE).max(1)
    }

    /// All came out.
    pub(super) fn clear(&mut self) {
        self.out += self.fills.len() as u64;
        self.fills.clear();
        self.taken = 0;
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
            self.out += 1;
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

    /// Puts a message in; returns whether it fits.
    fn fits(pages: &mut Pages, bytes: u64) -> bool {
        let end = pages.push(bytes, CAPACITY);
        pages.has_room(end, CAPACITY)
    }

    /// How many messages of a size fit.
    #[track_caller]
    fn check(bytes: u64, expected: usize) {
        let mut pages = Pages::default();
        let fits = (0..100_000).take_while(|_| fits(&mut pages, bytes));
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
            assert!(fits(&mut pages, 3004));
        }
        pages.pop(3004, CAPACITY);
        assert!(fits(&mut pages, 3004));
        let end = pages.push(3004, CAPACITY);
        assert!(!pages.has_room(end, CAPACITY));
        pages.pop(3004, CAPACITY);
        assert!(pages.has_room(end, CAPACITY));
        for _ in 0..16 {
            pages.pop(3004, CAPACITY);
        }
        assert!(pages.fills.is_empty());
    }
}
