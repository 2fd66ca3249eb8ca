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

/// Returns the clock on the wall as RFC 3339 writes it, in UTC, to the second.
pub fn wall_text() -> String {
    rfc3339(wall())
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

/// Returns a moment as RFC 3339 writes it, in UTC, to the second.
fn rfc3339(moment: SystemTime) -> String {
    let seconds = moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Returns the date of the day that is `days` after 1970-01-01, by counting from the first of
/// March of the year 0, so that a leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_calendar_has_them() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc3339(moment), expected);
        }
    }
}
