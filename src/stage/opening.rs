//! The first events of a run, which mpviz says itself: what is run, where, when, and its sources.
//!
//! They do not go through a ring, where a text is cut at 4 KiB: who shows or writes the run puts
//! them before the first batch.

use super::launch::{Launch, Play};
use crate::channel::clock;
use crate::event::{ActorId, Event, FileId, Kind, Text, Time};
use std::time::{SystemTime, UNIX_EPOCH};

/// Of a source, at most this many bytes are told.
pub(super) const SOURCE_MAX: usize = 256 * 1024;

/// Returns the run's first events, all at time 0.
pub(super) fn events(launch: &Launch, supervisor: u32) -> Vec<Event> {
    let knobs = match &launch.play {
        Play::Scenario { knobs, .. } => knobs.as_slice(),
        Play::Exec { .. } => &[],
    };
    let knobs = knobs.iter().map(|(k, v)| (Text::from(k), Text::from(v)));
    let started = Kind::RunStarted {
        program: Box::new(Text::from(launch.play.name())),
        title: Box::new(Text::from(&launch.title)),
        knobs: knobs.collect(),
        seed: launch.seed,
        pace: launch.pace,
        viewer: std::process::id(),
        supervisor,
        machine: Box::new(Text::from(machine())),
        cpus: std::thread::available_parallelism()
            .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        wall: Box::new(Text::from(rfc3339(clock::wall()))),
    };
    let sources = (0..).zip(&launch.sources).map(|(number, source)| {
        let end = floor_char_boundary(&source.text, SOURCE_MAX);
        Kind::SourceSeen {
            file: FileId(number),
            path: Text::from(&source.path),
            text: Text::from(&source.text[..end]),
        }
    });
    let event = |(seq, kind)| Event {
        t: Time::ZERO,
        actor: ActorId::MPVIZ,
        by: None,
        seq,
        line: None,
        file: None,
        kind,
    };
    let kinds = std::iter::once(started).chain(sources);
    (0..).zip(kinds).map(event).collect()
}

fn machine() -> String {
    let kernel = sysinfo::System::kernel_version().unwrap_or_default();
    format!("Linux {kernel} {}", sysinfo::System::cpu_arch())
}

pub(super) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Returns a moment as RFC 3339 writes it, in UTC, to the second.
fn rfc3339(moment: SystemTime) -> String {
    let seconds = moment.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
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
    use std::time::Duration;

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
            let moment = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(rfc3339(moment), expected);
        }
    }
}
