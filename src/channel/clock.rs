//! The one clock. Nowhere else is time read.
//!
//! `CLOCK_MONOTONIC`, because all processes of a machine agree on it: what one process stamps
//! after it has learned of something that another stamped is never earlier. Both reads are done
//! in the vDSO, without a system call.

use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::{Duration, SystemTime};

/// Returns `CLOCK_MONOTONIC` in nanoseconds.
#[inline]
pub fn monotonic() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

/// Returns the clock on the wall, which may be set while a run lasts: for its date only.
pub fn wall() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds(clock_gettime(ClockId::Realtime)))
}

/// Returns the CPU time that the calling thread has used, in nanoseconds.
pub fn thread_cpu() -> u64 {
    nanoseconds(clock_gettime(ClockId::ThreadCPUTime))
}

#[inline]
#[expect(
    clippy::cast_sign_loss,
    reason = "these clocks are never negative, and this is on the way of every event"
)]
fn nanoseconds(t: Timespec) -> u64 {
    (t.tv_sec as u64) * 1_000_000_000 + (t.tv_nsec as u64)
}
