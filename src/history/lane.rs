//! Lanes: what an actor did, as intervals that follow each other without a hole.
//!
//! An interval is stored as its start and its state; its end is the next one's start. Every
//! `BLOCK` intervals stand the running sums of time per class of state, so that the share of
//! each class in any stretch is the difference of two sums: a column of a lane that is zoomed out
//! over a million intervals costs two searches.
//!
//! Invariant: starts rise strictly, and neighbours differ in state.
//! The states themselves stand in `state`. Not here: which event leads to which state (`fold`), and how states look (`view`).

mod state;

pub use state::{Interval, Shares, State, StateClass, Wait};

use super::index::{NONE, narrow};
use super::moments::{BLOCK, Block, Moments};
use crate::event::{Span, Time};
use std::ops::Range;

/// How many states back an equal one is looked for before it is stored again.
const PALETTE_REACH: usize = 6;
/// The state number of the time after the end.
const GONE: u32 = NONE;
/// Where in a state's number its class begins; what is below is its place among those of the class.
const CLASS_AT: u32 = 28;
/// The most places of a class. Beyond, states would share the last one.
const PLACE_MOST: u32 = (1 << CLASS_AT) - 1;

/// The states of an actor over time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Lane {
    starts: Moments,
    /// The number of each state; or `GONE`, as the last alone.
    states: Vec<u32>,
    /// The classes alone, four bits each, the first of a block lowest: what most questions ask for
    /// is in a line of memory with many others.
    classes: Vec<u64>,
    waits: Vec<Wait>,
    /// Until when each sleep was meant to last. A program that sleeps does so again and again, each
    /// time until another moment.
    sleeps: Vec<Time>,
    /// The time in all intervals before each block.
    sums: Vec<Shares>,
    /// The time in all intervals that have ended.
    closed: Shares,
}

impl Lane {
    /// Returns a lane without intervals.
    pub(super) const fn new() -> Lane {
        Lane {
            starts: Moments::new(),
            states: Vec::new(),
            classes: Vec::new(),
            waits: Vec::new(),
            sleeps: Vec::new(),
            sums: Vec::new(),
            closed: Shares::NONE,
        }
    }

    /// Returns how many intervals there are.
    pub fn len(&self) -> usize {
        self.starts.len() - usize::from(self.states.last() == Some(&GONE))
    }

    /// Returns whether there is no interval.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the interval that `t` lies in; `None` before the first and after the end.
    pub fn at(&self, t: Time) -> Option<Interval> {
        self.interval(self.starts.until(t).checked_sub(1)?)
    }

    /// Returns the interval that `t` lies in, and those that begin before `t`, the last one first, as
    /// far as they follow each other. This costs no more than one [`Lane::at`].
    pub fn around(&self, t: Time) -> (Option<Interval>, impl Iterator<Item = Interval> + '_) {
        let before = self.starts.before(t);
        let now = match self.starts.get(before) {
            Some(start) if start == t => self.interval(before),
            _ => before.checked_sub(1).and_then(|at| self.interval(at)),
        };
        let earlier = (0..before).rev().map_while(|at| self.interval(at));
        (now, earlier)
    }

    /// Returns the classes of the states that begin before `t`, the last one first.
    pub fn classes_before(&self, t: Time) -> impl Iterator<Item = StateClass> + '_ {
        let before = self.starts.before(t);
        (0..before).rev().map_while(|at| self.class(at))
    }

    /// Returns the interval that `t` lies in and all after it; nothing where there is none at `t`.
    pub fn from(&self, t: Time) -> impl Iterator<Item = Interval> + '_ {
        let first = self.starts.until(t).checked_sub(1);
        let positions = first.map_or(0..0, |first| first..self.starts.len());
        positions.map_while(|at| self.interval(at))
    }

    /// Returns the class of the state at each of some moments, which do not go back. This costs less
    /// than as many [`Lane::at`]: most are in the interval of the one before, or not far from it.
    pub fn classes_at(
        &self,
        moments: impl Iterator<Item = Time>,
    ) -> impl Iterator<Item = Option<StateClass>> {
        let mut walk = None;
        let (mut class, mut end) = (None, None);
        moments.map(move |t| {
            if end.is_none_or(|end| end <= t) {
                let walk = walk.get_or_insert_with(|| self.starts.walk(t));
                let later = walk.until(t);
                class = later.checked_sub(1).and_then(|at| self.class(at));
                end = Some(self.starts.get(later).unwrap_or(Time::NEVER));
            }
            class
        })
    }

    /// Returns the intervals that have a part in `range`, not clipped to it.
    pub fn between(&self, range: Range<Time>) -> impl DoubleEndedIterator<Item = Interval> + '_ {
        let later = self.starts.until(range.start);
        let first = later.saturating_sub(1);
        let end = match range.is_empty() {
            true => first,
            false => self.starts.before(range.end),
        };
        (first..end).filter_map(|at| self.interval(at))
    }

    /// Returns how many intervals have a part in `range`.
    pub fn count(&self, range: Range<Time>) -> usize {
        if range.is_empty() {
            return 0;
        }
        let later = self.starts.until(range.start);
        let end = self.starts.before(range.end);
        let first = later.saturating_sub(1);
        let is_gone = end == self.starts.len() && self.states.last() == Some(&GONE);
        end.saturating_sub(first + usize::from(is_gone))
    }

    /// Returns the time per class within `range`. An interval that still lasts counts up to the
    /// end of `range`, which should therefore be no later than now.
    pub fn shares(&self, range: Range<Time>) -> Shares {
        if range.start >= range.end {
            return Shares::default();
        }
        self.sum_until(range.end)
            .minus(&self.sum_until(range.start))
    }

    /// Returns the time per class in each of `count` columns of `width` from `start` on.
    pub fn columns(
        &self,
        start: Time,
        width: Span,
        count: usize,
    ) -> impl Iterator<Item = Shares> + '_ {
        let ends = std::iter::successors(Some(start + width), move |&end| Some(end + width));
        self.profile(start, ends.take(count))
    }

    /// Returns the time per class in the stretches that follow each other from `start` on, the
    /// first up to the first of `ends`; one that would end before it begins has no time. This is
    /// what a drawn lane asks: it costs less than as many [`Lane::shares`], because a stretch goes
    /// on where the one before ended.
    pub fn profile(
        &self,
        start: Time,
        ends: impl Iterator<Item = Time>,
    ) -> impl Iterator<Item = Shares> {
        let mut since = start;
        let mut walk = self.starts.walk(Time(since.0.saturating_sub(1)));
        let mut before = self.sum_clipped(walk.before(since), since);
        ends.map(move |end| {
            if end <= since {
                return Shares::default();
            }
            since = end;
            let until = self.sum_clipped(walk.before(since), since);
            let shares = until.minus(&before);
            before = until;
            shares
        })
    }

    /// Returns the interval at a position.
    fn interval(&self, at: usize) -> Option<Interval> {
        Some(Interval {
            start: self.starts.get(at)?,
            end: self.starts.get(at + 1).unwrap_or(Time::NEVER),
            state: self.state(self.states[at])?,
        })
    }

    fn state(&self, number: u32) -> Option<State> {
        let place = (number & PLACE_MOST) as usize;
        Some(match class_of(number)? {
            StateClass::Starting => State::Starting,
            StateClass::Running => State::Running,
            StateClass::Stopped => State::Stopped,
            StateClass::Zombie => State::Zombie,
            StateClass::Asleep => match place.checked_sub(1) {
                None => State::Still,
                Some(place) => State::Asleep {
                    until: *self.sleeps.get(place)?,
                },
            },
            StateClass::Giving
            | StateClass::Taking
            | StateClass::Acquiring
            | StateClass::Joining => State::Waiting(*self.waits.get(place)?),
        })
    }

    /// Returns the class of the state at a position.
    #[inline]
    fn class(&self, at: usize) -> Option<StateClass> {
        class_in(*self.classes.get(at / BLOCK)?, at % BLOCK)
    }

    /// Returns the time per class from the beginning to `t`.
    fn sum_until(&self, t: Time) -> Shares {
        let later = self.starts.before(t);
        self.sum_clipped(later, t)
    }

    /// The same, where `later` is the position of the first interval that begins at or after `t`.
    #[inline]
    fn sum_clipped(&self, later: usize, t: Time) -> Shares {
        let Some(at) = later.checked_sub(1) else {
            return Shares::default();
        };
        let block = at / BLOCK;
        let mut sum = self.sums.get(block).copied().unwrap_or_default();
        let classes = self.classes.get(block).copied().unwrap_or(u64::MAX);
        match self.starts.block(block) {
            Block::Narrow(base, lows) => {
                let mut since = 0;
                let begun = lows.iter().take(at % BLOCK + 1);
                for (place, &low) in begun.enumerate().skip(1) {
                    sum.add(class_in(classes, place - 1), u64::from(low - since));
                    since = low;
                }
                let last = t.since(base).0.saturating_sub(u64::from(since));
                sum.add(class_in(classes, at % BLOCK), last);
            }
            Block::Wide(times) => {
                let begun = times.iter().take(at % BLOCK + 1);
                for (place, &start) in begun.enumerate() {
                    let end = times.get(place + 1).filter(|_| place < at % BLOCK);
                    let length = end.map_or(t, |&end| end).since(start);
                    sum.add(class_in(classes, place), length.0);
                }
            }
        }
        sum
    }

    /// Says that the state is `state` from `t` on. A lane that was left is not entered again.
    #[inline]
    pub(super) fn enter(&mut self, t: Time, state: State) {
        if self.states.last() != Some(&GONE) {
            let number = self.number_of(state);
            self.push(t, number);
        }
    }

    /// Says that there is no state any more from `t` on.
    pub(super) fn leave(&mut self, t: Time) {
        if !self.starts.is_empty() {
            self.push(t, GONE);
        }
    }

    /// Returns the number of a state. Only the last few of those that are known are looked at: a
    /// state that comes again later is stored again, which costs less than a hash.
    #[inline]
    fn number_of(&mut self, state: State) -> u32 {
        let place = match state {
            State::Starting | State::Running | State::Stopped | State::Zombie | State::Still => 0,
            State::Waiting(wait) => place_of(&mut self.waits, wait),
            State::Asleep { until } => 1 + place_of(&mut self.sleeps, until),
        };
        (state.class() as u32) << CLASS_AT | narrow(place).min(PLACE_MOST)
    }

    #[inline]
    fn push(&mut self, t: Time, number: u32) {
        if let (Some(start), Some(&last)) = (self.starts.last(), self.states.last()) {
            if last == number {
                return;
            }
            if start >= t {
                self.replace_last(number);
                return;
            }
            self.closed.add(class_of(last), t.since(start).0);
        }
        let place = self.states.len() % BLOCK;
        if place == 0 {
            self.sums.push(self.closed);
            self.classes.push(0);
        }
        self.starts.push(t);
        self.states.push(number);
        self.set_class(number);
    }

    /// Notes the class of the last state.
    #[inline]
    fn set_class(&mut self, number: u32) {
        let shift = 4 * ((self.states.len() - 1) % BLOCK);
        if let Some(classes) = self.classes.last_mut() {
            *classes = *classes & !(0xf << shift) | u64::from(number >> CLASS_AT) << shift;
        }
    }

    /// Changes the state of an interval that has no length yet.
    fn replace_last(&mut self, number: u32) {
        let at = self.states.len() - 1;
        let before = at.checked_sub(1).map(|before| self.states[before]);
        if before.is_none() && number == GONE {
            *self = Lane::new();
        } else if before.is_some_and(|before| self.state(before) == self.state(number)) {
            // The one before goes on.
            self.states.pop();
            self.starts.pop();
            self.sums.truncate(at.div_ceil(BLOCK));
            self.classes.truncate(at.div_ceil(BLOCK));
            let since = self.starts.last().unwrap_or_default();
            self.closed = self.sum_clipped(at, since);
        } else {
            self.states[at] = number;
            self.set_class(number);
        }
    }
}

/// Returns the class of a state by its number; none for the time after the end.
#[inline]
fn class_of(number: u32) -> Option<StateClass> {
    StateClass::ALL.get((number >> CLASS_AT) as usize).copied()
}

/// Returns the class at a place of a block.
#[inline]
fn class_in(classes: u64, place: usize) -> Option<StateClass> {
    StateClass::ALL
        .get((classes >> (4 * place) & 0xf) as usize)
        .copied()
}

/// Returns where something stands, at the end if it was not among the last few.
#[inline]
fn place_of<T: PartialEq>(all: &mut Vec<T>, wanted: T) -> usize {
    let reach = all.len().saturating_sub(PALETTE_REACH);
    let found = all[reach..].iter().rposition(|one| *one == wanted);
    found.map_or_else(
        || {
            all.push(wanted);
            all.len() - 1
        },
        |at| reach + at,
    )
}

#[cfg(test)]
mod tests;
