//! Spans that overlap: what was open at `t`, such as the messages in a pipe.
//!
//! Spans are stored in the order in which they begin. Over every `FAN` of them stands how many are
//! still open, the first end and the last, over every `FAN` of those the same again, so a question
//! skips whatever was over by then: it costs the answer and a logarithm. How many were open costs a
//! logarithm where spans end more or less in the order in which they began.
//! An end stands as the length from its begin; one too long for that stands aside.
//! Invariant: begins do not go back, and no end is before its begin.

use super::index::{IdMap, narrow};
use super::moments::Moments;
use crate::event::{Span, Time};

/// How many spans, or blocks of the level below, a block stands for.
const FAN: usize = 16;
/// The length of a span that is open.
const OPEN: u32 = u32::MAX;
/// The length of one whose end stands aside.
const LONG: u32 = OPEN - 1;

/// Spans of time in the order in which they begin.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Spans {
    begins: Moments,
    /// How long each is, in ns; `OPEN` or `LONG`.
    lengths: Vec<u32>,
    /// The ends of those that are too long, by position.
    long: IdMap<u32, Time>,
    levels: Vec<Vec<Block>>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Block {
    open: u32,
    /// The first end and the last of those that have one.
    earliest: Time,
    latest: Time,
}

impl Block {
    const EMPTY: Block = Block {
        open: 0,
        earliest: Time::NEVER,
        latest: Time::ZERO,
    };

    fn over_at(self, t: Time) -> bool {
        self.open == 0 && self.latest <= t
    }

    /// Returns how many of `count` spans, all begun at `t`, were open then, where it knows that.
    fn open_at(self, count: usize, t: Time) -> Option<usize> {
        if self.latest <= t {
            usize::try_from(self.open).ok()
        } else {
            (self.earliest > t).then_some(count)
        }
    }
}

impl Spans {
    /// Returns how many spans there are.
    pub fn len(&self) -> usize {
        self.begins.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }

    /// Returns how many spans had begun at `t`.
    pub fn begun(&self, t: Time) -> usize {
        self.begins.until(t)
    }

    /// Returns the positions of the spans that are open at `t`: begun, and not over.
    pub fn open_at(&self, t: Time) -> impl Iterator<Item = usize> + '_ {
        let begun = self.begun(t);
        let mut next = 0;
        std::iter::from_fn(move || {
            let at = self.next_open(next, begun, t)?;
            next = at + 1;
            Some(at)
        })
    }

    /// Returns how many spans are open at `t`.
    pub fn count_open_at(&self, t: Time) -> usize {
        let begun = self.begun(t);
        let (mut at, mut count) = (0, 0);
        while at < begun {
            let (width, open) = self.count_from(at, begun, t);
            at += width;
            count += open;
        }
        count
    }

    /// Returns the begin and the end of a span; [`Time::NEVER`] while it is open.
    pub(super) fn span(&self, at: usize) -> Option<(Time, Time)> {
        Some((self.begins.get(at)?, self.end_of(at)?))
    }

    /// Returns whether a span is still open.
    pub(super) fn is_open(&self, at: usize) -> bool {
        self.lengths.get(at) == Some(&OPEN)
    }

    /// Returns the end of a span; [`Time::NEVER`] while it is open.
    #[inline]
    fn end_of(&self, at: usize) -> Option<Time> {
        match *self.lengths.get(at)? {
            OPEN => Some(Time::NEVER),
            LONG => self.long.get(&narrow(at)).copied(),
            length => Some(self.begins.get(at)? + Span(u64::from(length))),
        }
    }

    /// Begins a span, and returns its position.
    #[inline]
    pub(super) fn begin(&mut self, t: Time) -> usize {
        let at = self.begins.len();
        self.begins.push(t);
        self.lengths.push(OPEN);
        let mut place = at / FAN;
        for level in &mut self.levels {
            if place == level.len() {
                level.push(Block::EMPTY);
            }
            level[place].open += 1;
            place /= FAN;
        }
        self.grow();
        at
    }

    /// Ends a span that is open; one that is not stays as it is.
    #[inline]
    pub(super) fn end(&mut self, at: usize, t: Time) {
        if !self.is_open(at) || t == Time::NEVER {
            return;
        }
        let since = self.begins.get(at).unwrap_or(t);
        let length = u32::try_from(t.since(since).0).unwrap_or(LONG).min(LONG);
        self.lengths[at] = length;
        if length == LONG {
            self.long.insert(narrow(at), t);
        }
        let mut place = at / FAN;
        for level in &mut self.levels {
            let block = &mut level[place];
            block.open -= 1;
            block.earliest = block.earliest.min(t);
            block.latest = block.latest.max(t);
            place /= FAN;
        }
    }

    /// Adds a level when the highest has more blocks than one block stands for.
    fn grow(&mut self) {
        let width = self.levels.last().map_or(self.begins.len(), Vec::len);
        if width <= FAN {
            return;
        }
        let below: Vec<Block> = match self.levels.last() {
            Some(level) => level.clone(),
            None => (0..self.len())
                .filter_map(|at| self.end_of(at))
                .map(|end| match end {
                    Time::NEVER => Block {
                        open: 1,
                        ..Block::EMPTY
                    },
                    end => Block {
                        open: 0,
                        earliest: end,
                        latest: end,
                    },
                })
                .collect(),
        };
        self.levels.push(below.chunks(FAN).map(sum).collect());
    }

    /// Returns the first span at or after `at` and before `begun` that is not over at `t`.
    fn next_open(&self, mut at: usize, begun: usize, t: Time) -> Option<usize> {
        while at < begun {
            match self.skip(at, t) {
                0 => return Some(at),
                over => at += over,
            }
        }
        None
    }

    /// Returns how many spans from `at` on are certainly over at `t`: those of the largest block
    /// that begins there and is.
    fn skip(&self, at: usize, t: Time) -> usize {
        let mut width = 1;
        let mut skip = usize::from(self.end_of(at).is_some_and(|end| end <= t));
        for level in &self.levels {
            width *= FAN;
            if skip == 0 || !at.is_multiple_of(width) || !level[at / width].over_at(t) {
                break;
            }
            skip = width;
        }
        skip
    }

    /// Returns how many of the spans from `at` on were open at `t`, and of how many that is said: of
    /// the largest block that begins there, has begun by then and knows.
    fn count_from(&self, at: usize, begun: usize, t: Time) -> (usize, usize) {
        let is_open = self.end_of(at).is_some_and(|end| end > t);
        let mut known = (1, usize::from(is_open));
        let mut width = 1;
        for level in &self.levels {
            width *= FAN;
            if !at.is_multiple_of(width) || at + width > begun {
                break;
            }
            let Some(open) = level[at / width].open_at(width, t) else {
                break;
            };
            known = (width, open);
        }
        known
    }
}

fn sum(blocks: &[Block]) -> Block {
    blocks.iter().fold(Block::EMPTY, |sum, block| Block {
        open: sum.open + block.open,
        earliest: sum.earliest.min(block.earliest),
        latest: sum.latest.max(block.latest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `spans` are `begin-end` or `begin-` while open; `open` is the answer at t = 0, 1, 2, …, the
    /// positions of those that are open.
    #[track_caller]
    fn check(spans: &str, open: &str) {
        let mut all = Spans::default();
        for span in spans.split_whitespace() {
            let (begin, end) = span.split_once('-').unwrap();
            let at = all.begin(Time(begin.parse().unwrap()));
            if !end.is_empty() {
                all.end(at, Time(end.parse().unwrap()));
            }
        }
        let answers: Vec<String> = (0..open.split_whitespace().count() as u64)
            .map(|t| {
                let at: Vec<String> = all.open_at(Time(t)).map(|n| n.to_string()).collect();
                if at.is_empty() {
                    "-".into()
                } else {
                    at.join(",")
                }
            })
            .collect();
        assert_eq!(answers.join(" "), open);
    }

    #[test]
    fn a_span_is_open_from_its_begin_until_before_its_end() {
        check("1-3", "- 0 0 -");
        check("1- 2-3 2-4", "- 0 0,1,2 0,2 0 0");
        check("2-2", "- - - -");
    }

    #[test]
    fn a_span_may_last_for_long() {
        let mut spans = Spans::default();
        let most = u64::from(u32::MAX);
        for (at, length) in [most - 2, most - 1, most, most + 1, 1 << 60]
            .into_iter()
            .enumerate()
        {
            let (begin, end) = (Time(at as u64), Time(at as u64 + length));
            spans.begin(begin);
            spans.end(at, end);
            assert_eq!(spans.span(at), Some((begin, end)));
            assert!(!spans.is_open(at));
            assert!(spans.open_at(Time(end.0 - 1)).any(|open| open == at));
            assert!(spans.open_at(end).all(|open| open != at));
        }
    }

    #[test]
    fn many_spans_answer_as_a_plain_search_does() {
        let mut spans = Spans::default();
        let mut plain = Vec::new();
        for n in 0..5000u64 {
            let begin = n;
            let end = begin + 1 + (n * 7919) % 37;
            let at = spans.begin(Time(begin));
            if n % 501 != 0 {
                spans.end(at, Time(end));
            }
            plain.push((begin, if n % 501 == 0 { u64::MAX } else { end }));
        }
        for t in (0..5200).step_by(13) {
            let answer: Vec<usize> = spans.open_at(Time(t)).collect();
            assert_eq!(spans.count_open_at(Time(t)), answer.len(), "at {t}");
            let expected: Vec<usize> = (0..plain.len())
                .filter(|&i| plain[i].0 <= t && t < plain[i].1)
                .collect();
            assert_eq!(answer, expected, "at {t}");
        }
    }
}
