//! Sleeping, waiting at most so long, and random numbers: told, paced and seeded.

use super::error::{Error, Result};
use super::fork_local::ForkLocal;
use super::{probe, process};
use crate::channel::{Control, clock};
use crate::event::{Kind, Span, Time};
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Sleeps for a number of seconds, as `time.sleep` does, at the run's pace: at pace 4 a quarter of
/// that, at pace 0 not at all.
///
/// ```
/// use mpviz::runtime::{sleep, time::time};
///
/// let before = time();
/// sleep(0.01).unwrap();
/// assert!(time() - before >= 0.01);
/// assert_eq!(sleep(-1.0).unwrap_err().kind(), "ValueError");
/// ```
///
/// # Errors
///
/// [`Error::Argument`] if `seconds` is negative or no number.
#[track_caller]
pub fn sleep(seconds: f64) -> Result<()> {
    probe::enter(Location::caller());
    let asked = Duration::try_from_secs_f64(seconds).map_err(|_| Error::Argument {
        name: "seconds",
        value: seconds.to_string(),
        range: "zero or more",
    })?;
    let until = |left, pace| probe::now() + Span::from(scaled(left, pace));
    probe::say(|| Kind::Slept {
        until: until(asked, probe::pace()),
    });
    match probe::control() {
        Some(control) => sleep_paced(control, asked),
        None => std::thread::sleep(asked),
    }
    probe::say(|| Kind::Woke {});
    Ok(())
}

/// Sleeps at the run's pace. It may change meanwhile: then what is left takes longer or shorter
/// from there on, and until when is told again. While the viewer has stopped the program, no time
/// passes.
fn sleep_paced(control: &Control, asked: Duration) {
    let mut left = asked;
    loop {
        let turn = control.turn();
        let pace = control.pace();
        if left.is_zero() || pace <= 0.0 {
            return;
        }
        let before = lived_ns();
        let limit = scaled(left, pace);
        control.wait_turn(turn, Some(limit));
        let passed = Duration::from_nanos(lived_ns().saturating_sub(before));
        if passed >= limit {
            return;
        }
        left = left.saturating_sub(passed.mul_f64(pace));
        if control.turn() != turn && control.pace() > 0.0 && !control.frozen() {
            let until = probe::now() + Span::from(scaled(left, control.pace()));
            probe::say(|| Kind::Slept { until });
        }
    }
}

/// Returns the machine's time, without the time for which the viewer had stopped the program, in ns.
fn lived_ns() -> u64 {
    let now = clock::monotonic();
    now.saturating_sub(stood_ns(now))
}

/// Returns for how long the viewer had stopped the program until `now`, in ns.
fn stood_ns(now: u64) -> u64 {
    probe::control().map_or(0, |control| {
        let now = Time(now.saturating_sub(control.origin()));
        control.frozen_ns(now)
    })
}

fn scaled(duration: Duration, pace: f64) -> Duration {
    if pace > 0.0 {
        Duration::try_from_secs_f64(duration.as_secs_f64() / pace).unwrap_or(Duration::MAX)
    } else {
        Duration::ZERO
    }
}

/// Returns the time in seconds since some moment, to measure with: `time.monotonic()`.
///
/// It is the machine's time, whatever the run's pace: what a program measures agrees with what the
/// screen shows.
pub fn time() -> f64 {
    clock::monotonic() as f64 / 1e9
}

/// A moment at which waiting ends: a timeout that has begun. It stands still while the viewer has
/// stopped the program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline {
    at_ns: Option<u64>,
}

impl Deadline {
    /// Waits for ever.
    pub(super) const NEVER: Deadline = Deadline { at_ns: None };

    /// Returns the end of `timeout` from now, at the run's pace (0 takes timeouts as written).
    pub(super) fn after(timeout: Option<Duration>) -> Deadline {
        let at_ns = timeout.map(|timeout| {
            let pace = probe::pace();
            let timeout = if pace > 0.0 {
                scaled(timeout, pace)
            } else {
                timeout
            };
            let ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX);
            lived_ns().saturating_add(ns)
        });
        Deadline { at_ns }
    }

    /// Returns how long there is left; `None` for ever.
    pub(super) fn left(&self) -> Option<Duration> {
        self.at_ns
            .map(|at| Duration::from_nanos(at.saturating_sub(lived_ns())))
    }

    /// Returns whether it is over.
    pub(super) fn is_over(&self) -> bool {
        self.left().is_some_and(|left| left.is_zero())
    }
}

/// The state of this process's random numbers: made of the run's seed and the process's name, so
/// that the same seed gives the same numbers, and no child repeats its parent's.
static RANDOM: ForkLocal<AtomicU64> = ForkLocal::new(|| {
    let name = process::current_process().name;
    let mut state = probe::seed();
    for byte in name.bytes() {
        state = mix(state ^ u64::from(byte));
    }
    AtomicU64::new(state)
});

/// Returns a random number from 0 up to 1, as `random.random()` does.
///
/// ```
/// use mpviz::runtime::random;
///
/// assert!((0.0..1.0).contains(&random()));
/// assert_ne!(random(), random());
/// ```
pub fn random() -> f64 {
    let state = RANDOM.get().fetch_add(STEP, Ordering::Relaxed);
    // 53 bits fill a double's mantissa.
    (mix(state) >> 11) as f64 / (1u64 << 53) as f64
}

/// Steele, Lea and Flood's SplitMix64: its increment, and its output function.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(STEP);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Returns a number that no other process and no other call is likely to get, seed or no seed.
pub(super) fn fresh_number() -> u64 {
    mix(clock::monotonic() ^ (u64::from(std::process::id()) << 32))
}
