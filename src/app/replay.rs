//! Playing a trace: its chunks as batches, at the pace at which they happened. What a viewer did
//! after the run's end comes by the viewer's clock: the run's has stopped.

use super::session::To;
use crate::channel::{Batch, clock};
use crate::event::{Event, Kind, Span, Time};
use crate::trace::{Reader, TraceError};
use std::collections::VecDeque;
use std::io::BufRead;

/// Between two batches of a replay that is watched.
const STEP: Span = Span::millis(16);

/// Plays a trace `speed` times as fast as it happened; with 0 as fast as it can be read. It began at
/// `origin`, by the machine's clock. Returns early, without an error, when nobody listens any more.
pub(super) fn play(
    mut trace: Reader<Box<dyn BufRead + Send>>,
    origin: u64,
    speed: f64,
    to: &To,
) -> Result<(), TraceError> {
    let mut is_over = false;
    while let Some(chunk) = trace.chunk()? {
        let mut events = VecDeque::from(chunk.events);
        loop {
            let now = if speed > 0.0 {
                reached(origin, speed)
            } else {
                Time::NEVER
            };
            let due: Vec<Event> = {
                let is_due = |event: &&Event| {
                    is_over |= matches!(event.kind, Kind::RunEnded { .. });
                    due(event, is_over) <= now
                };
                let count = events.iter().take_while(is_due).count();
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

/// Returns when an event comes.
fn due(event: &Event, is_over: bool) -> Time {
    match event.kind.viewers() {
        Some(at) if is_over => at.max(event.t),
        _ => event.t,
    }
}

/// Returns the time of the run that the clock has reached.
fn reached(origin: u64, speed: f64) -> Time {
    let passed = clock::monotonic().saturating_sub(origin) as f64 / 1e9 * speed;
    Time::at_seconds(passed)
}
