//! Moments: times that do not go back, in four bytes and a half each.
//!
//! Every `BLOCK` of them stand behind each other as what they are later than the first of them,
//! and the first times of all blocks stand in a list of their own. A search looks through that list,
//! which is short enough to stay near, and then at one line of memory.
//!
//! A block over more than 4.3 seconds stands aside, in full: there the program has done little.

use super::index::narrow;
use super::search::{back, onward, place};
use crate::event::{Span, Time};

/// How many times a block has.
pub(super) const BLOCK: usize = 16;

/// Times in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Moments {
    /// The first time of each block.
    bases: Vec<Time>,
    /// How much later than its base each one is, in ns. The first of a block would always be 0:
    /// of one that stands aside it is the position in `wide`, plus 1.
    lows: Vec<u32>,
    /// The blocks that stand aside.
    wide: Vec<[Time; BLOCK]>,
}

/// The times of a block.
pub(super) enum Block<'a> {
    /// The first one, and how much later each is than that, in ns.
    Narrow(Time, &'a [u32]),
    /// Each, where they stand aside.
    Wide(&'a [Time]),
}

/// The same questions for moments that do not go back: each is looked for from where the one before
/// was found, first as far from there as that one was from the one before it.
#[derive(Clone, Debug)]
pub(super) struct Walk<'a> {
    moments: &'a Moments,
    /// How many blocks begin up to and including the moment before.
    blocks: usize,
    /// How many more that were than at the one before.
    step: usize,
}

impl Moments {
    /// Returns no times.
    pub(super) const fn new() -> Moments {
        Moments {
            bases: Vec::new(),
            lows: Vec::new(),
            wide: Vec::new(),
        }
    }

    /// Returns how many there are.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.lows.len()
    }

    /// Returns whether there are none.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.lows.is_empty()
    }

    /// Returns the time at a position.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<Time> {
        let low = *self.lows.get(at)?;
        match self.lows[at / BLOCK * BLOCK] {
            0 => Some(self.bases[at / BLOCK] + Span(u64::from(low))),
            wide => Some(self.wide[wide as usize - 1][at % BLOCK]),
        }
    }

    /// Returns the last time.
    #[inline]
    pub(super) fn last(&self) -> Option<Time> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Returns how many there are up to and including `t`.
    #[inline]
    pub(super) fn until(&self, t: Time) -> usize {
        let blocks = place(&self.bases, t);
        self.until_in(blocks, t)
    }

    /// Returns how many there are before `t`.
    #[inline]
    pub(super) fn before(&self, t: Time) -> usize {
        t.0.checked_sub(1).map_or(0, |t| self.until(Time(t)))
    }

    /// Returns a walk from `t` on.
    pub(super) fn walk(&self, t: Time) -> Walk<'_> {
        Walk {
            moments: self,
            blocks: place(&self.bases, t),
            step: 1,
        }
    }

    /// Returns the times of a block, which there is.
    #[inline]
    pub(super) fn block(&self, block: usize) -> Block<'_> {
        let first = block * BLOCK;
        let lows = &self.lows[first..self.len().min(first + BLOCK)];
        match lows[0] {
            0 => Block::Narrow(self.bases[block], lows),
            wide => Block::Wide(&self.wide[wide as usize - 1][..lows.len()]),
        }
    }

    /// Returns how many there are up to and including `t`, where so many blocks have begun.
    #[inline]
    fn until_in(&self, blocks: usize, t: Time) -> usize {
        let Some(block) = blocks.checked_sub(1) else {
            return 0;
        };
        let begun = match self.block(block) {
            Block::Narrow(base, lows) => {
                let most = u32::try_from(t.since(base).0).unwrap_or(u32::MAX);
                lows.iter().filter(|&&low| low <= most).count()
            }
            Block::Wide(times) => times.iter().filter(|&&time| time <= t).count(),
        };
        block * BLOCK + begun
    }

    /// Appends a time, which is not before the last.
    #[inline]
    pub(super) fn push(&mut self, t: Time) {
        debug_assert!(self.last().is_none_or(|last| last <= t));
        let place = self.lows.len() % BLOCK;
        if place == 0 {
            self.bases.push(t);
            self.lows.push(0);
            return;
        }
        let first = self.lows.len() - place;
        let low = u32::try_from(t.since(self.bases[first / BLOCK]).0);
        match (self.lows[first], low) {
            (0, Ok(low)) => self.lows.push(low),
            _ => self.push_wide(t, first),
        }
    }

    /// Appends a time to the block from `first` on, which stands aside from now on.
    #[cold]
    fn push_wide(&mut self, t: Time, first: usize) {
        if self.lows[first] == 0 {
            let mut times = [Time::NEVER; BLOCK];
            for (at, time) in times.iter_mut().enumerate() {
                *time = self.get(first + at).unwrap_or(Time::NEVER);
            }
            self.wide.push(times);
            self.lows[first] = narrow(self.wide.len());
        }
        let wide = self.lows[first] as usize - 1;
        self.wide[wide][self.lows.len() - first] = t;
        self.lows.push(0);
    }

    /// Takes the last one away.
    pub(super) fn pop(&mut self) {
        if let Some(low) = self.lows.pop()
            && self.lows.len().is_multiple_of(BLOCK)
        {
            self.bases.pop();
            if low != 0 {
                self.wide.pop();
            }
        }
    }
}

impl Walk<'_> {
    /// Returns [`Moments::until`] `t`.
    #[inline]
    pub(super) fn until(&mut self, t: Time) -> usize {
        let rest = self.moments.bases.get(self.blocks..).unwrap_or_default();
        if rest.first().is_some_and(|&next| next <= t) {
            let guess = self.step.min(rest.len() - 1);
            self.step = if rest[guess] <= t {
                guess + onward(&rest[guess..], t)
            } else {
                back(&rest[..guess], t)
            };
            self.blocks += self.step;
        }
        self.moments.until_in(self.blocks, t)
    }

    /// Returns [`Moments::before`] `t`.
    #[inline]
    pub(super) fn before(&mut self, t: Time) -> usize {
        t.0.checked_sub(1).map_or(0, |t| self.until(Time(t)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every question to `times`, beside what a plain list answers.
    #[track_caller]
    fn check(times: &[u64]) {
        let mut moments = Moments::new();
        for (at, &t) in times.iter().enumerate() {
            moments.push(Time(t));
            // What is taken away leaves nothing behind.
            moments.push(Time(t.saturating_add(5_000_000_000)));
            moments.pop();
            assert_eq!(moments.last(), Some(Time(t)));
            assert_eq!(moments.len(), at + 1);
        }
        assert_eq!(moments.get(times.len()), None);
        for (at, &t) in times.iter().enumerate() {
            assert_eq!(moments.get(at), Some(Time(t)), "at {at}");
        }
        let around = |&t: &u64| [t.saturating_sub(1), t, t.saturating_add(1)];
        let extremes = [0, u64::from(u32::MAX), 1 << 32, 9 << 32, u64::MAX];
        for t in times.iter().flat_map(around).chain(extremes) {
            let until = times.partition_point(|&time| time <= t);
            let before = times.partition_point(|&time| time < t);
            assert_eq!(moments.until(Time(t)), until, "until {t}");
            assert_eq!(moments.before(Time(t)), before, "before {t}");
        }
        let mut asked: Vec<u64> = times.iter().flat_map(around).chain(extremes).collect();
        asked.sort_unstable();
        for (first, stride) in [(0, 1), (0, 2), (1, 7), (5, 40), (0, 300)] {
            let since = asked.get(first).copied().unwrap_or(0);
            let mut walk = moments.walk(Time(since));
            for &t in asked.iter().skip(first).step_by(stride) {
                let until = times.partition_point(|&time| time <= t);
                assert_eq!(walk.until(Time(t)), until, "walk to {t}");
            }
        }
    }

    #[test]
    fn times_come_out_as_they_went_in() {
        check(&[]);
        check(&[0]);
        check(&[u64::MAX]);
        check(&[3, 3, 3, 7]);
        check(&[0, u64::from(u32::MAX), 1 << 32, 1 << 32, (3 << 32) + 5]);
        check(&[1 << 40, (1 << 40) + 1, u64::MAX - 1, u64::MAX]);
        let slow: Vec<u64> = (0..100).map(|n| n * 700_000_000).collect();
        check(&slow);
        let late: Vec<u64> = (0..40).map(|n| n / 13 * (u64::MAX / 3)).collect();
        check(&late);
    }

    #[test]
    fn a_search_finds_what_a_plain_one_does() {
        // Crowded in places, as a program is that works and then waits.
        let mut t = 0;
        let times: Vec<u64> = (0..3000u64)
            .map(|n| {
                t += (n * n) % 61
                    + if n % 977 == 0 {
                        3_000_000_000
                    } else {
                        n % 3 * 40_000
                    };
                t
            })
            .collect();
        check(&times);
    }
}
