//! What mpviz is handed beside stdin, stdout and stderr: descriptors that are for the program.
//!
//! Who opens one for a command tells it the number: a shell for `3<file` and `<(...)`, a make for its
//! job server. So mpviz notes which there are before it opens anything. The supervisor, which it runs,
//! inherits them, and so does a program that mpviz did not bring. Once the next one has them they are
//! closed: whoever reads a pipe outside sees its end only when nobody has the other end any more.
//!
//! Invariant: nothing of ours owns a number that is noted. What is closed is noted no more.

use super::sys;
use std::os::fd::RawFd;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The first number that is no stream's.
const FIRST: RawFd = 3;

static NOTED: Mutex<Vec<RawFd>> = Mutex::new(Vec::new());

/// Notes what is open, to be called before anything of ours is.
pub fn note() {
    let entries = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let mut numbers: Vec<RawFd> = numbers.filter(|&fd| fd >= FIRST).collect();
    // The folder was one of them. What is closed on exec was opened since, by a library of the starter's.
    numbers.retain(|&fd| sys::is_inherited(fd));
    numbers.sort_unstable();
    *noted_mut() = numbers;
}

/// Returns the numbers of what was handed in and is still open, sorted.
pub(super) fn noted() -> Vec<RawFd> {
    noted_mut().clone()
}

/// Closes what was handed in.
pub(super) fn close() {
    for fd in std::mem::take(&mut *noted_mut()) {
        // It was open, so nothing can be wrong with it.
        let _ = sys::close_range(fd, fd);
    }
}

/// Closes in a child all but the streams and what is kept, which is sorted.
pub(super) fn child_close_but(kept: &[RawFd]) -> rustix::io::Result<()> {
    let mut first = FIRST;
    for &fd in kept {
        if first < fd {
            sys::close_range(first, fd - 1)?;
        }
        first = fd + 1;
    }
    sys::close_range(first, RawFd::MAX)
}

fn noted_mut() -> MutexGuard<'static, Vec<RawFd>> {
    NOTED.lock().unwrap_or_else(PoisonError::into_inner)
}
