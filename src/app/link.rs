//! The link to the terminal: how much it may be told now, so that what is told next is shown soon.
//!
//! What a terminal has not shown yet can't be taken back, and a kernel or a network keeps seconds of it
//! on the way without a word. So behind each frame the terminal is asked whether it is well (`CSI 5 n`),
//! which every terminal answers when it has come that far. From the answers is known how long a way it
//! is, and how many bytes it takes; then there is never more on the way than it takes in a moment, and
//! a frame with more is told in slices, each of the state by then.
//!
//! A model is a serial line: a way, and behind it so many ns for each byte. One that never answers may
//! be told everything that the kernel takes. No clock is read here.

use std::collections::VecDeque;

/// So much may be on the way beyond what just left.
const LATE_NS: u64 = 30_000_000;
/// How long a slice may take.
const SLICE_NS: u64 = 75_000_000;
/// The least slice: a place, a pen and some symbols.
const SLICE_MIN: usize = 128;
/// Answers that come so little later say nothing of the line.
const JITTER_NS: u64 = 4_000_000;
/// So many frames say how fast it is: the fastest, as the others may have waited for something else.
const SAMPLES: usize = 4;
/// So many bytes say how fast it is, however quick they were.
const TELLING: usize = 512;
/// How long the way is asked anew after so long.
const ERA_NS: u64 = 5_000_000_000;
/// An answer that takes longer does not come any more.
const LOST_NS: u64 = 10_000_000_000;

/// The link to the terminal.
#[derive(Debug, Default)]
pub(super) struct Link {
    /// What was told and not answered yet.
    told: VecDeque<Told>,
    /// Whether it answers.
    answers: bool,
    /// When it last answered.
    answered: u64,
    /// How long the way there and back is, and when that was asked.
    way: u64,
    asked: Option<u64>,
    /// How many ns a byte took lately.
    costs: VecDeque<u64>,
}

/// What the terminal was told, with a question behind it.
#[derive(Debug)]
struct Told {
    bytes: usize,
    at: u64,
    /// The question alone was told, when nothing else was on the way.
    is_way: bool,
}

impl Link {
    /// Takes in that so many bytes were told, with a question behind them.
    pub(super) fn told(&mut self, bytes: usize, at: u64) {
        let is_way = false;
        self.told.push_back(Told { bytes, at, is_way });
    }

    /// Returns whether the question alone is to be told before the next frame; it is, then.
    pub(super) fn asks_way(&mut self, at: u64) -> bool {
        let is_known = self
            .asked
            .is_some_and(|asked| at.saturating_sub(asked) < ERA_NS);
        if is_known || !self.told.is_empty() {
            return false;
        }
        self.asked = Some(at);
        self.told.push_back(Told {
            bytes: 0,
            at,
            is_way: true,
        });
        true
    }

    /// Takes in that the terminal answered.
    pub(super) fn answered(&mut self, now: u64) {
        let Some(Told { bytes, at, is_way }) = self.told.pop_front() else {
            return;
        };
        let took = now.saturating_sub(at);
        self.way = if is_way { took } else { self.way.min(took) };
        // Behind another frame it took no longer than there was between the answers.
        let busy = took
            .saturating_sub(self.way)
            .min(now.saturating_sub(self.answered));
        let expected = self.cost().saturating_mul(bytes as u64);
        // A few bytes that were quick say nothing, but where they should have been slow.
        let is_told = busy > JITTER_NS || expected > 4 * JITTER_NS || bytes >= TELLING;
        if is_told && !is_way {
            let cost = busy / bytes.max(1) as u64;
            self.costs.truncate(SAMPLES - 1);
            self.costs.push_front(cost);
        }
        (self.answers, self.answered) = (true, now);
    }

    /// Forgets what is on the way, as after a while in which the terminal was another's.
    pub(super) fn forget(&mut self) {
        self.told.clear();
        (self.answers, self.asked) = (false, None);
    }

    /// Returns how many bytes may be told now; `None` if nothing.
    pub(super) fn room(&mut self, now: u64) -> Option<usize> {
        if self.oldest(now) > LOST_NS {
            self.forget();
        }
        if !self.answers {
            return Some(usize::MAX);
        }
        // Until it is known how fast it is, one frame is enough.
        let is_soon = !self.costs.is_empty()
            && self.oldest(now) <= self.way.saturating_add(LATE_NS)
            && self.behind() <= LATE_NS;
        let is_free = is_soon || self.told.is_empty();
        is_free.then(|| self.slice())
    }

    /// Returns when there is room again though no answer comes.
    pub(super) fn lost_at(&self) -> Option<u64> {
        let first = self.told.front()?;
        Some(first.at.saturating_add(LOST_NS))
    }

    /// Returns whether frames are told in slices.
    pub(super) fn is_slow(&self) -> bool {
        self.answers && self.slice() < 1 << 13
    }

    /// Returns whether an answer is on its way that will come.
    pub(super) fn is_expecting(&self, now: u64) -> bool {
        let is_young = self.oldest(now) < LATE_NS * 8;
        !self.told.is_empty() && (self.answers || is_young)
    }

    /// Returns how long ago the first was told that was not answered.
    fn oldest(&self, now: u64) -> u64 {
        self.told
            .front()
            .map_or(0, |told| now.saturating_sub(told.at))
    }

    /// Returns how many ns a byte takes.
    fn cost(&self) -> u64 {
        self.costs.iter().min().copied().unwrap_or(0)
    }

    /// Returns how long the terminal has to do with what is on the way.
    fn behind(&self) -> u64 {
        let bytes: usize = self.told.iter().map(|told| told.bytes).sum();
        self.cost().saturating_mul(bytes as u64)
    }

    fn slice(&self) -> usize {
        match self.cost() {
            0 => usize::MAX,
            cost => usize::try_from(SLICE_NS / cost).map_or(usize::MAX, |n| n.max(SLICE_MIN)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal behind a line.
    struct Line {
        way_ns: u64,
        byte_ns: u64,
        /// When it has taken everything.
        free: u64,
        answers: VecDeque<u64>,
    }

    /// What was seen of a link in ten seconds, in which there is always more to tell.
    struct Seen {
        /// How long a key had to wait at most for the first byte of its frame to come, beyond the way,
        /// after the first three seconds.
        wait_ns: u64,
        bytes: u64,
    }

    fn run(way_ns: u64, byte_ns: u64, frame: usize) -> Seen {
        let mut line = Line {
            way_ns,
            byte_ns,
            free: 0,
            answers: VecDeque::new(),
        };
        let mut link = Link::default();
        let mut seen = Seen {
            wait_ns: 0,
            bytes: 0,
        };
        for ms in 0..10_000u64 {
            let now = ms * 1_000_000;
            while line.answers.front().is_some_and(|&at| at <= now) {
                line.answers.pop_front();
                link.answered(now);
            }
            let room = link.room(now);
            if room.is_some() && ms.is_multiple_of(33) || room.is_some_and(|room| room < frame) {
                let bytes = room.unwrap_or(0).min(frame);
                if link.asks_way(now) {
                    line.answers.push_back(now + way_ns);
                }
                line.free = line.free.max(now + line.way_ns / 2) + bytes as u64 * line.byte_ns;
                line.answers.push_back(line.free + line.way_ns / 2);
                link.told(bytes, now);
                seen.bytes += bytes as u64;
            }
            if ms > 3000 {
                // A key now waits until there is room, and for what is before it.
                let wait = line.free.saturating_sub(now + line.way_ns / 2);
                seen.wait_ns = seen.wait_ns.max(wait);
            }
        }
        seen
    }

    #[test]
    fn a_fast_line_takes_every_frame_whole() {
        for way_ms in [0, 5, 40, 200] {
            let seen = run(way_ms * 1_000_000, 100, 8000);
            assert!(seen.bytes >= 290 * 8000, "{way_ms} ms: {}", seen.bytes);
        }
    }

    #[test]
    fn a_slow_line_has_little_on_the_way_and_is_used() {
        for (way_ms, frame) in [(0, 300), (5, 300), (5, 4000), (40, 700), (200, 700)] {
            // 2 KB a second.
            let seen = run(way_ms * 1_000_000, 500_000, frame);
            let what = format!("way {way_ms} ms, frames of {frame} bytes");
            assert!(seen.wait_ns <= 110_000_000, "{what}: {} ns", seen.wait_ns);
            // Between an answer and the next slice the line is free for one way.
            let most = 20_000 * 75 / (75 + way_ms);
            assert!(seen.bytes * 10 >= most * 6, "{what}: {}", seen.bytes);
            assert!(
                seen.bytes <= 21_000 + frame as u64,
                "{what}: {}",
                seen.bytes
            );
        }
    }

    #[test]
    fn one_that_never_answers_is_told_everything() {
        let mut link = Link::default();
        for n in 0..1000 {
            assert_eq!(link.room(n * 100_000_000), Some(usize::MAX));
            link.told(1000, n * 100_000_000);
        }
        assert!(link.told.len() < 200, "{}", link.told.len());
    }

    #[test]
    fn one_that_answers_no_more_is_told_everything_after_a_while() {
        let mut link = Link::default();
        link.told(100, 0);
        link.answered(1_000_000);
        link.told(100, 2_000_000);
        assert_eq!(link.room(500_000_000), None);
        let later = link.lost_at().unwrap() + 1;
        assert_eq!(link.room(later), Some(usize::MAX));
        assert!(!link.is_expecting(later));
    }
}
