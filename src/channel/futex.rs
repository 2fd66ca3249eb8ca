//! Waiting for a word in shared memory to change.
//!
//! `futex(2)` *without* the PRIVATE flag: a private wait is never woken from another process.

use rustix::io::Errno;
use rustix::thread::futex::{Flags, Timespec, wait as futex_wait, wake as futex_wake};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Why a wait is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Woken {
    /// Somebody woke it, or for no reason at all: look at the word.
    Woken,
    /// The word was another already.
    Changed,
    /// The time was over.
    TimedOut,
    /// A signal was handled.
    Interrupted,
}

/// `futex(FUTEX_WAIT)`: sleeps while `word` is `expected`, at most for `timeout`.
pub fn wait(word: &AtomicU32, expected: u32, timeout: Option<Duration>) -> Woken {
    let timeout = timeout.map(|d| Timespec {
        tv_sec: i64::try_from(d.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: d.subsec_nanos().into(),
    });
    match futex_wait(word, Flags::empty(), expected, timeout.as_ref()) {
        Err(Errno::AGAIN) => Woken::Changed,
        Err(Errno::TIMEDOUT) => Woken::TimedOut,
        Err(Errno::INTR) => Woken::Interrupted,
        // Of the other errors none is possible for an aligned word that is mapped.
        Ok(()) | Err(_) => Woken::Woken,
    }
}

/// `futex(FUTEX_WAKE)`: wakes at most `count` of those that sleep on `word`, in any process.
/// Returns how many.
pub fn wake(word: &AtomicU32, count: u32) -> usize {
    futex_wake(word, Flags::empty(), count.min(i32::MAX as u32)).unwrap_or(0)
}

/// `futex(FUTEX_WAKE)`: wakes all that sleep on `word`.
pub fn wake_all(word: &AtomicU32) -> usize {
    wake(word, i32::MAX as u32)
}
