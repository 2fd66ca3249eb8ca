//! How a counter in shared memory blocks at zero: the order of its loads and stores.
//!
//! Three words. A *taker* lowers the value where it is not zero; else it counts itself as a
//! waiter, looks again, and sleeps while the value is zero. A *giver* raises the value, then looks
//! at the count of waiters; every step is sequentially consistent, so in every order one of the
//! two sees the other. So far this is glibc's semaphore.
//!
//! What is added is that a wake-up on its way is noted. While one is, no giver wakes another: a
//! process that takes and gives in a loop would else make a system call each time, until whom it
//! woke first gets a CPU. Who wakes up takes the note back *before* it looks at the value, so a
//! later giver wakes again; and who leaves with a value left hands the wake-up on.
//!
//! A waiter that is killed stays counted, which costs later givers a system call. One that is
//! killed after it was woken takes the wake-up along; so a sleeper looks again from time to time,
//! whoever wakes it. In CPython the others would sleep on there.
//!
//! The words themselves and the sleeping are behind a trait, so that a model checker can stand in.

/// The words of a counter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    /// How often it may still be taken.
    Value,
    /// How many wait.
    Waiters,
    /// Whether somebody was woken who has not looked yet: 0, or one of the two below.
    Waking,
}

/// A wake-up is on its way, or will be told to be none.
const ON_ITS_WAY: u32 = 1;
/// The same, and another giver has left its wake-up to it.
const RELIED_ON: u32 = 2;

/// Where the words are, and how to wait for one. All orderings are `SeqCst`.
pub(super) trait Words {
    /// Loads a word.
    fn load(&self, word: Word) -> u32;
    /// Stores a word.
    fn store(&self, word: Word, value: u32);
    /// Stores a word and returns what it was.
    fn swap(&self, word: Word, value: u32) -> u32;
    /// Adds to a word, wrapping.
    fn add(&self, word: Word, change: u32);
    /// Stores `new` if the word is `current`; `Err` tells what it is instead.
    fn exchange(&self, word: Word, current: u32, new: u32) -> Result<u32, u32>;
    /// Sleeps while the value is zero. It may end for no reason.
    fn sleep(&self);
    /// Wakes one sleeper; returns whether there was one.
    fn wake(&self) -> bool;
}

/// Takes one if that needs no waiting; returns how many are left.
#[inline]
pub(super) fn take(words: &impl Words) -> Option<u32> {
    let mut value = words.load(Word::Value);
    loop {
        let left = value.checked_sub(1)?;
        match words.exchange(Word::Value, value, left) {
            Ok(_) => return Some(left),
            Err(now) => value = now,
        }
    }
}

/// Takes one, waiting until there is one or `is_over` says that the time is; returns how many are
/// left. `pause` is what to do before sleeping: to look again a few times, perhaps.
pub(super) fn wait(
    words: &impl Words,
    mut is_over: impl FnMut() -> bool,
    pause: impl Fn() -> Option<u32>,
) -> Option<u32> {
    words.add(Word::Waiters, 1);
    let left = loop {
        if let Some(left) = take(words) {
            break Some(left);
        }
        if is_over() {
            break None;
        }
        // However it ends (a changed value, a signal, the time), look again.
        words.sleep();
        words.store(Word::Waking, 0);
        if let Some(left) = pause() {
            break Some(left);
        }
    };
    words.add(Word::Waiters, u32::MAX);
    if left.is_some_and(|left| left > 0) {
        hand_on(words);
    }
    left
}

/// Gives one back, unless there are `most` already; returns how many there are then.
#[inline]
pub(super) fn give(words: &impl Words, most: u32) -> Option<u32> {
    let mut value = words.load(Word::Value);
    let now = loop {
        if value >= most {
            return None;
        }
        match words.exchange(Word::Value, value, value + 1) {
            Ok(_) => break value + 1,
            Err(now) => value = now,
        }
    };
    if words.load(Word::Waiters) > 0 {
        hand_on(words);
    }
    Some(now)
}

/// Wakes a waiter, if there are some, there is something for them, and none is on its way.
#[cold]
fn hand_on(words: &impl Words) {
    while words.load(Word::Value) > 0 && words.load(Word::Waiters) > 0 {
        match words.exchange(Word::Waking, 0, ON_ITS_WAY) {
            // Nobody slept: what was noted is not so. If another giver relied on it meanwhile, one
            // that was about to sleep may have done so, so look again. Else all who wait are
            // awake, or dead.
            Ok(_) => {
                if words.wake() || words.swap(Word::Waking, 0) != RELIED_ON {
                    return;
                }
            }
            Err(ON_ITS_WAY) => {
                let relied = words.exchange(Word::Waking, ON_ITS_WAY, RELIED_ON);
                if relied.is_ok() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}
