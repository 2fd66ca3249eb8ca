//! Signals that whoever started mpviz had ignored, as `nohup` does and a shell for a job in the
//! background.
//!
//! They stay so: mpviz does not take them, and a program that it did not bring has them ignored, too.
//! Two others are put right before anything begins, whoever started us: whom we start is ours to wait
//! for, and a file that may not grow is an error that can be told.

use super::{kernel, sys};
use std::sync::atomic::{AtomicU64, Ordering};

/// Those that end a program from outside.
pub(super) const KEPT: [i32; 4] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM];

/// Signal N is bit N-1.
static IGNORED: AtomicU64 = AtomicU64::new(0);

/// Notes what is ignored and puts the others right; to be called before any signal is taken.
pub fn settle() {
    let ignored = kernel::ignored(std::process::id()).unwrap_or(0);
    IGNORED.store(ignored, Ordering::Relaxed);
    // The kernel knows both.
    let _ = sys::default_signal(libc::SIGCHLD);
    let _ = sys::ignore_signal(libc::SIGXFSZ);
}

/// Returns whether a signal was ignored when mpviz was started.
pub fn is_ignored(signal: i32) -> bool {
    let bit = u32::try_from(signal - 1).ok();
    let bit = bit.and_then(|bit| 1u64.checked_shl(bit)).unwrap_or(0);
    IGNORED.load(Ordering::Relaxed) & bit != 0
}
