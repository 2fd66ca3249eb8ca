//! Step series: a value that holds until it changes, such as the depth of a queue.
//!
//! "What was it at `t`?" is a binary search, so scrubbing costs the same at every moment. "What
//! was the most of it between `a` and `b`?" is answered from a pyramid: every `FAN` values have
//! their greatest stored, every `FAN` of those again.
//! Invariant: times rise strictly; of several changes at one time the last one counts.
//! Not here: where changes come from (`fold`) and how they look (`view`).

use super::moments::Moments;
use crate::event::Time;
use std::iter::FusedIterator;
use std::ops::Range;

/// How many values of one level of the pyramid one of the next stands for.
const FAN: usize = 32;

/// A value over time. Before its first change it is unknown, which is not zero.
#[derive(Clone, PartialEq, Debug)]
pub struct Steps<T> {
    /// When each change was.
    times: Moments,
    values: Vec<T>,
    /// The greatest value of each full block of the level below.
    peaks: Vec<Vec<T>>,
}

/// Changes that follow each other: when, and to what.
#[derive(Clone, Debug)]
pub struct Changes<'a, T> {
    steps: &'a Steps<T>,
    next: usize,
    end: usize,
}

impl<T> Default for Steps<T> {
    fn default() -> Self {
        Steps {
            times: Moments::new(),
            values: Vec::new(),
            peaks: Vec::new(),
        }
    }
}

impl<T: Copy + Ord> Steps<T> {
    /// Returns the value at `t`, or `None` before the first change.
    pub fn at(&self, t: Time) -> Option<T> {
        let at = self.times.until(t).checked_sub(1)?;
        self.values.get(at).copied()
    }

    /// Returns the value at `t` and since when it is so.
    pub fn change_at(&self, t: Time) -> Option<(Time, T)> {
        self.change(self.times.until(t).checked_sub(1)?)
    }

    /// Returns the last value.
    pub fn last(&self) -> Option<T> {
        self.values.last().copied()
    }

    /// Returns every change, in order.
    pub fn changes(&self) -> Changes<'_, T> {
        self.those(0, self.values.len())
    }

    /// Returns the changes up to and including `t`, in order.
    pub fn until(&self, t: Time) -> Changes<'_, T> {
        self.those(0, self.times.until(t))
    }

    /// Returns the changes within `range`, with the one in force at its start before them.
    pub fn between(&self, range: Range<Time>) -> Changes<'_, T> {
        let (first, end) = self.positions(range);
        self.those(first, end)
    }

    /// Returns the greatest value within `range`, the one in force at its start included.
    pub fn peak(&self, range: Range<Time>) -> Option<T> {
        let (first, end) = self.positions(range);
        self.greatest(first, end)
    }

    fn those(&self, next: usize, end: usize) -> Changes<'_, T> {
        Changes {
            steps: self,
            next,
            end,
        }
    }

    fn change(&self, at: usize) -> Option<(Time, T)> {
        Some((self.times.get(at)?, *self.values.get(at)?))
    }

    fn positions(&self, range: Range<Time>) -> (usize, usize) {
        if range.is_empty() {
            return (0, 0);
        }
        let first = self.times.until(range.start).saturating_sub(1);
        let end = self.times.before(range.end);
        (first, end.max(first))
    }

    /// Returns the greatest of the values from `first` to before `end`. Climbs the pyramid: what
    /// does not fill a block is looked at on the way, the full blocks on the level above.
    fn greatest(&self, mut first: usize, mut end: usize) -> Option<T> {
        let mut best = None;
        let mut below = &self.values;
        for above in &self.peaks {
            let from = first.next_multiple_of(FAN);
            let to = end.min(above.len() * FAN) / FAN * FAN;
            if from >= to {
                break;
            }
            best = best
                .max(greatest(below, first, from))
                .max(greatest(below, to, end));
            (first, end) = (from / FAN, to / FAN);
            below = above;
        }
        best.max(greatest(below, first, end))
    }

    /// Appends a change. The fold alone calls this, with times that do not go back.
    #[inline]
    pub(super) fn push(&mut self, t: Time, value: T) {
        let len = self.values.len();
        match self.values.last_mut() {
            Some(last) if *last == value => {}
            Some(last) if self.times.last().is_some_and(|since| since >= t) => {
                *last = value;
                if len > 1 && self.values[len - 2] == value {
                    self.values.pop();
                    self.times.pop();
                }
            }
            _ => {
                if len.is_multiple_of(FAN) {
                    self.finish_block(len);
                }
                self.times.push(t);
                self.values.push(value);
            }
        }
    }

    /// Puts the greatest of each full block of the first `len` values above it. It is done when
    /// the next value comes: until then the last one may still change.
    fn finish_block(&mut self, len: usize) {
        let mut full = len / FAN;
        let mut level = 0;
        while full > 0 {
            if self.peaks.len() == level {
                self.peaks.push(Vec::new());
            }
            let (lower, upper) = self.peaks.split_at_mut(level);
            let below = lower.last().unwrap_or(&self.values);
            let above = &mut upper[0];
            while above.len() < full {
                let from = above.len() * FAN;
                match greatest(below, from, from + FAN) {
                    Some(peak) => above.push(peak),
                    None => return,
                }
            }
            full /= FAN;
            level += 1;
        }
    }
}

fn greatest<T: Copy + Ord>(all: &[T], first: usize, end: usize) -> Option<T> {
    all.get(first..end)?.iter().copied().max()
}

impl<T: Copy + Ord> Iterator for Changes<'_, T> {
    type Item = (Time, T);

    fn next(&mut self) -> Option<(Time, T)> {
        let at = self.next;
        (at < self.end).then(|| self.next += 1)?;
        self.steps.change(at)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.next;
        (left, Some(left))
    }

    fn nth(&mut self, n: usize) -> Option<(Time, T)> {
        self.next = self.next.saturating_add(n).min(self.end);
        self.next()
    }
}

impl<T: Copy + Ord> DoubleEndedIterator for Changes<'_, T> {
    fn next_back(&mut self) -> Option<(Time, T)> {
        (self.next < self.end).then(|| self.end -= 1)?;
        self.steps.change(self.end)
    }
}

impl<T: Copy + Ord> ExactSizeIterator for Changes<'_, T> {}
impl<T: Copy + Ord> FusedIterator for Changes<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// `changes` are `t:+n` or `t:-n`, from 0 on; `values` is the answer at t = 0, 1, 2, …, `-` for
    /// unknown.
    #[track_caller]
    fn check(changes: &str, values: &str) {
        let steps = steps(changes);
        let answers: Vec<String> = (0..values.split_whitespace().count() as u64)
            .map(|t| steps.at(Time(t)).map_or("-".into(), |n| n.to_string()))
            .collect();
        assert_eq!(answers.join(" "), values);
    }

    fn steps(changes: &str) -> Steps<i64> {
        let mut steps = Steps::default();
        for change in changes.split_whitespace() {
            let (t, n) = change.split_once(':').unwrap();
            let n = steps.last().unwrap_or(0) + n.parse::<i64>().unwrap();
            steps.push(Time(t.parse().unwrap()), n);
        }
        steps
    }

    #[test]
    fn a_value_holds_until_it_changes() {
        check("", "- -");
        check("1:+3 4:-3", "- 3 3 3 0");
        check("0:+1 1:+1", "1 2 2");
    }

    #[test]
    fn of_several_changes_at_one_time_the_last_counts() {
        check("1:+3 1:-1 1:+5", "- 7 7");
        check("1:+3 2:+1 2:-1 3:+1", "- 3 3 4");
        let changes: Vec<(Time, i64)> = steps("1:+3 2:+1 2:-1").changes().collect();
        assert_eq!(changes, [(Time(1), 3)]);
    }

    #[test]
    fn the_changes_within_a_range_begin_with_the_one_in_force() {
        let steps = steps("1:+1 3:+1 5:+1");
        let between = |a, b| steps.between(Time(a)..Time(b)).len();
        assert_eq!(between(0, 1), 0);
        assert_eq!(between(0, 2), 1);
        assert_eq!(between(2, 3), 1);
        assert_eq!(between(3, 4), 1);
        assert_eq!(between(2, 6), 3);
        assert_eq!(between(6, 6), 0);
        assert_eq!(between(6, 9), 1);
        assert_eq!(between(6, 2), 0);
    }

    #[test]
    fn a_peak_is_what_a_plain_search_finds() {
        let mut steps = Steps::default();
        let mut value = 7u64;
        for t in 0..40_000u64 {
            value = value
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            // Three changes of four at a time of their own.
            steps.push(Time(t - u64::from(t % 4 == 3)), value >> 40);
        }
        let changes: Vec<(Time, u64)> = steps.changes().collect();
        for n in 0..2000u64 {
            let a = (n * 7919) % 41_000;
            let b = a + (n * n) % 20_011;
            let first = changes
                .partition_point(|c| c.0 <= Time(a))
                .saturating_sub(1);
            let end = changes.partition_point(|c| c.0 < Time(b)).max(first);
            let plain = changes[first..end].iter().map(|c| c.1).max();
            assert_eq!(steps.peak(Time(a)..Time(b)), plain, "{a}..{b}");
        }
    }
}
