//! A counter in shared memory that blocks at zero: what everything here is made of.
//!
//! It says nothing. It only keeps, for those who do, who holds it and who gave it back last.

use super::protocol::{self, Word, Words};
use crate::channel::futex;
use crate::event::ActorId;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::shared::{Backing, SharedWords};
use crate::runtime::time::Deadline;
use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicU8, AtomicU32};
use std::time::Duration;

/// Words from one count to the next: a cache line.
const STRIDE: usize = 16;
/// The actor that gave it back last; 0 for nobody known. Only told, never decided upon.
const RELEASER: usize = 3;
/// The actor that has taken a lock; 0 for nobody known. Only told, never decided upon.
const HOLDER: usize = 4;

/// How long a sleeper sleeps at most before it looks again, whoever may wake it: what a wake-up is
/// late that was lost with a killed process.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How often a taker looks before it goes to sleep, where its holder may run meanwhile. About a
/// microsecond: falling asleep and waking up cost several.
const LOOKS: u32 = 30;

/// A counter in shared memory that blocks at zero.
#[derive(Debug)]
pub(super) struct Count {
    page: Arc<SharedWords>,
    base: usize,
}

/// Maps a page for counts.
pub(super) fn page() -> Result<Arc<SharedWords>> {
    let page = SharedWords::new(Backing::of_context());
    let page = page.map_err(|error| Error::system("cannot map a page to share", error))?;
    Ok(Arc::new(page))
}

impl Count {
    /// Makes one on a page of its own.
    pub(super) fn new(value: u32) -> Result<Count> {
        let count = Count::at(&page()?, 0);
        count.set(value);
        Ok(count)
    }

    /// Returns the one that is in a row of a page; there are 64.
    pub(super) fn at(page: &Arc<SharedWords>, row: usize) -> Count {
        Count::based(page, row * STRIDE)
    }

    /// Returns the one whose words begin there.
    pub(super) fn based(page: &Arc<SharedWords>, base: usize) -> Count {
        let page = Arc::clone(page);
        Count { page, base }
    }

    /// How many words a count that has a page of its own leaves.
    pub(super) const SPARE_WORDS: usize = SharedWords::WORDS - STRIDE;

    /// Returns the words that a count that has a page of its own leaves.
    pub(super) fn spare(&self) -> &[AtomicU32] {
        &self.page.cells()[STRIDE..]
    }

    /// Returns the page that it is on.
    pub(super) fn page(&self) -> &SharedWords {
        &self.page
    }

    /// Returns where on its page it begins.
    pub(super) fn base(&self) -> usize {
        self.base
    }

    /// Sets how often it may be taken, before anybody else knows of it.
    pub(super) fn set(&self, value: u32) {
        self.word(Word::Value).store(value, SeqCst);
    }

    /// Returns how often it may be taken.
    pub(super) fn value(&self) -> u32 {
        self.load(Word::Value)
    }

    /// Takes one if that needs no waiting; returns how many are left.
    #[inline]
    pub(super) fn try_take(&self) -> Option<u32> {
        protocol::take(self)
    }

    /// Looks again for a moment, where another CPU may give one back meanwhile.
    pub(super) fn look_around(&self) -> Option<u32> {
        if !has_other_cpus() {
            return None;
        }
        for _ in 0..LOOKS {
            std::hint::spin_loop();
            if self.value() > 0
                && let Some(left) = self.try_take()
            {
                return Some(left);
            }
        }
        None
    }

    /// Takes one, waiting until the deadline at most; returns how many are left.
    pub(super) fn take(&self, deadline: Deadline) -> Option<u32> {
        self.take_telling(deadline, || {})
    }

    /// As [`Count::take`]; `sleeps` is called each time before it goes to sleep.
    pub(super) fn take_telling(&self, deadline: Deadline, mut sleeps: impl FnMut()) -> Option<u32> {
        let sleeper = Sleeper {
            count: self,
            deadline,
        };
        let is_over = || {
            let is_over = deadline.is_over();
            if !is_over {
                sleeps();
            }
            is_over
        };
        protocol::wait(&sleeper, is_over, || self.look_around())
    }

    /// Returns whether somebody waits for it.
    #[inline]
    pub(super) fn is_awaited(&self) -> bool {
        self.load(Word::Waiters) > 0
    }

    /// Gives one back, unless there are `most`; returns how many there are now.
    #[inline]
    pub(super) fn give(&self, most: u32) -> Option<u32> {
        self.note(RELEASER, probe::actor());
        protocol::give(self, most)
    }

    /// Notes who has taken it.
    #[inline]
    pub(super) fn note_holder(&self, actor: ActorId) {
        self.note(HOLDER, actor);
    }

    /// Returns who has taken it, if that was noted.
    pub(super) fn holder(&self) -> Option<ActorId> {
        self.noted(HOLDER)
    }

    /// Returns who gave it back last.
    pub(super) fn releaser(&self) -> Option<ActorId> {
        self.noted(RELEASER)
    }

    #[inline]
    fn note(&self, word: usize, actor: ActorId) {
        self.page.word(self.base + word).store(actor.0, Relaxed);
    }

    fn noted(&self, word: usize) -> Option<ActorId> {
        Some(self.page.word(self.base + word).load(Relaxed))
            .filter(|&id| id != 0)
            .map(ActorId)
    }

    #[inline]
    fn word(&self, word: Word) -> &AtomicU32 {
        self.page.word(self.base + word as usize)
    }
}

impl Words for Count {
    #[inline]
    fn load(&self, word: Word) -> u32 {
        self.word(word).load(SeqCst)
    }
    #[inline]
    fn store(&self, word: Word, value: u32) {
        self.word(word).store(value, SeqCst);
    }
    #[inline]
    fn swap(&self, word: Word, value: u32) -> u32 {
        self.word(word).swap(value, SeqCst)
    }
    #[inline]
    fn add(&self, word: Word, change: u32) {
        self.word(word).fetch_add(change, SeqCst);
    }
    #[inline]
    fn exchange(&self, word: Word, current: u32, new: u32) -> std::result::Result<u32, u32> {
        self.word(word)
            .compare_exchange(current, new, SeqCst, SeqCst)
    }
    fn sleep(&self) {
        futex::wait(self.word(Word::Value), 0, Some(LOOK_AGAIN));
    }
    fn wake(&self) -> bool {
        futex::wake(self.word(Word::Value), 1) > 0
    }
}

/// A count with the time that a wait for it has.
struct Sleeper<'a> {
    count: &'a Count,
    deadline: Deadline,
}

impl Words for Sleeper<'_> {
    fn load(&self, word: Word) -> u32 {
        self.count.load(word)
    }
    fn store(&self, word: Word, value: u32) {
        self.count.store(word, value);
    }
    fn swap(&self, word: Word, value: u32) -> u32 {
        self.count.swap(word, value)
    }
    fn add(&self, word: Word, change: u32) {
        self.count.add(word, change);
    }
    fn exchange(&self, word: Word, current: u32, new: u32) -> std::result::Result<u32, u32> {
        self.count.exchange(word, current, new)
    }
    fn sleep(&self) {
        let left = self.deadline.left();
        let limit = left.map_or(LOOK_AGAIN, |left| left.min(LOOK_AGAIN));
        futex::wait(self.count.word(Word::Value), 0, Some(limit));
    }
    fn wake(&self) -> bool {
        self.count.wake()
    }
}

/// Returns whether this process may run on more than one CPU. Asked once.
fn has_other_cpus() -> bool {
    const UNKNOWN: u8 = 0;
    const ONE: u8 = 1;
    const MORE: u8 = 2;
    static CPUS: AtomicU8 = AtomicU8::new(UNKNOWN);
    match CPUS.load(Relaxed) {
        UNKNOWN => {
            let cpus = rustix::thread::sched_getaffinity(None);
            let more = cpus.is_ok_and(|cpus| cpus.count() > 1);
            CPUS.store(if more { MORE } else { ONE }, Relaxed);
            more
        }
        known => known == MORE,
    }
}
