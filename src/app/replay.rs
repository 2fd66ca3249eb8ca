//! Playing a trace: its chunks as batches, at the pace at which they happened.

use super::session::To;
use crate::channel::{Batch, clock};
use crate::event::{Event, Span, Time};
use crate::trace::{Reader, TraceError};
use std::collections::VecDeque;
use std::io::BufRead;

/// Between two batches of a replay that is watched.
const STEP: Span = Span::millis(16);

/// Plays a trace `speed` times as fast as it happened; with 0 as fast as it can be read. Returns
/// early, without an error, when nobody listens any more.
pub(super) fn play(
    mut trace: Reader<Box<dyn BufRead + Send>>,
    speed: f64,
    to: &To,
) -> Result<(), TraceError> {
    let start = clock::monotonic();
    while let Some(chunk) = trace.chunk()? {
        let mut events = VecDeque::from(chunk.events);
        loop {
            let now = if speed > 0.0 {
                reached(start, speed)
            } else {
                Time::NEVER
            };
            let due: Vec<Event> = {
                let count = events.partition_point(|event| event.t <= now);
                events.drain(..count).collect()
            };
            // What is known so far: no further than the clock, nor than the next event.
            let next = events.front().map_or(chunk.horizon, |event| event.t);
            let horizon = next
                .min(now)
                .max(due.last().map_or(Time::ZERO, |event| event.t));
            if to
                .send(Batch {
                    events: due,
                    horizon,
                })
                .is_err()
            {
                return Ok(());
            }
            if events.is_empty() && horizon >= chunk.horizon {
                break;
            }
            std::thread::sleep(STEP.into());
        }
    }
    Ok(())
}

/// Returns the time of the run that the clock has reached.
fn reached(start: u64, speed: f64) -> Time {
    let passed = clock::monotonic().saturating_sub(start) as f64 / 1e9 * speed;
    Time::at_seconds(passed)
}
