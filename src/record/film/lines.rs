//! What a film is made of: the lines of a trace, and when each of them comes by the viewer's clock.
//!
//! The program's events and what the viewer did stand in one order. An event comes when the
//! viewer's clock has reached its time, so many times as fast as the run was shown; what the viewer
//! did comes when the clock has reached it, and nothing that stands behind it comes before it.

use super::watching::sound_size;
use crate::event::{Event, Kind, Span, Time};
use crate::trace::{Reader, TraceError};
use std::io::BufRead;

/// A run as a trace tells it.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Events of the program and lines of the viewer in order, without horizons.
    pub events: Vec<Event>,
    /// Up to here everything is known.
    pub horizon: Time,
    /// How many events are of kinds that this mpviz does not know.
    pub unknown: u64,
}

impl Lines {
    /// Reads a trace to its end, or to the first thing that is wrong with it.
    pub fn read<R: BufRead>(trace: &mut Reader<R>) -> (Lines, Option<TraceError>) {
        let mut lines = Lines::default();
        let fault = loop {
            match trace.chunk() {
                Ok(Some(chunk)) => lines.add(chunk.events, chunk.horizon),
                Ok(None) => break None,
                Err(error) => break Some(error),
            }
        };
        (lines, fault)
    }

    /// Returns the size of the screen that was recorded first.
    pub fn size(&self) -> Option<(u16, u16)> {
        self.events.iter().find_map(|line| match line.kind {
            Kind::RecordingStarted { columns, rows, .. } => Some(sound_size(columns, rows)),
            _ => None,
        })
    }

    /// Adds what came at once.
    pub fn add(&mut self, events: Vec<Event>, horizon: Time) {
        self.horizon = self.horizon.max(horizon);
        self.unknown += events
            .iter()
            .filter(|event| matches!(event.kind, Kind::Unknown(_)))
            .count() as u64;
        self.events.extend(events);
    }
}

/// When every line comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    /// By the viewer's clock, a time for every line; times do not go back.
    pub(super) comes: Vec<Time>,
    /// From which line on the run is shown so many times as fast as the viewer's clock.
    speeds: Vec<(usize, f64)>,
    /// Whether it tells what a viewer did: else the run is followed live.
    pub(super) is_recorded: bool,
    /// The stretches of the viewer's clock that are to be shown.
    pub(super) shown: Vec<(Time, Time)>,
}

impl Schedule {
    /// Returns when the lines of a trace come.
    pub(super) fn of(lines: &Lines) -> Schedule {
        let begins = |event: &Event| matches!(event.kind, Kind::RecordingStarted { .. });
        let acts = |event: &Event| matches!(event.kind, Kind::ViewerActed { .. });
        let events = &lines.events;
        let first = events.iter().position(begins);
        let mut schedule = Schedule {
            comes: Vec::with_capacity(events.len()),
            is_recorded: first.is_some() || events.iter().any(acts),
            ..Schedule::default()
        };
        // What stands before the recording's begin is known when it begins.
        let mut now = first
            .and_then(|at| events[at].kind.viewers())
            .unwrap_or(Time::ZERO);
        let known = first.unwrap_or(0);
        let mut speed = 1.0;
        let mut open = first.is_none().then_some(Time::ZERO);
        for (position, event) in events.iter().enumerate() {
            if position >= known {
                let due = event.kind.viewers().unwrap_or(clock_at(event.t, speed));
                now = now.max(due);
            }
            schedule.comes.push(now);
            match event.kind {
                Kind::RecordingStarted { speed: told, .. } => {
                    speed = sound_speed(told);
                    schedule.speeds.push((position, speed));
                    open = open.or(Some(now));
                }
                Kind::RecordingResumed { .. } => open = open.or(Some(now)),
                Kind::RecordingPaused { .. } | Kind::RecordingEnded { .. } => {
                    schedule.shown.extend(open.take().map(|since| (since, now)));
                }
                _ => {}
            }
        }
        if let Some(since) = open {
            let end = clock_at(lines.horizon, speed);
            // A recording that was broken off shows what is known of it.
            schedule.shown.push((since, now.max(end).max(since)));
        }
        if schedule.shown.is_empty() {
            schedule.shown.push((now, now));
        }
        schedule
    }

    /// Returns how far the run has come when the viewer's clock is at `at` and so many lines came.
    pub(super) fn run_time(&self, at: Time, lines: usize) -> Time {
        let begun = self
            .speeds
            .partition_point(|&(position, _)| position < lines);
        match self.speeds[..begun].last() {
            None => at,
            Some(&(_, 0.0)) => Time::NEVER,
            Some(&(_, 1.0)) => at,
            Some(&(_, speed)) => Time::at_seconds(at.seconds() * speed),
        }
    }
}

/// Returns when the viewer's clock is where a moment of the run is reached; with a speed of 0 it is
/// from the beginning on.
fn clock_at(t: Time, speed: f64) -> Time {
    match speed {
        0.0 => Time::ZERO,
        1.0 => t,
        speed => Time::at_seconds(t.seconds() / speed),
    }
}

/// A speed that a stranger wrote, as one that can be counted with.
pub(super) fn sound_speed(speed: f64) -> f64 {
    match speed {
        0.0 => 0.0,
        speed if speed.is_finite() && speed > 0.0 => speed.clamp(0.001, 1000.0),
        _ => 1.0,
    }
}

/// Returns a length of the viewer's clock as it is shown so many times as fast.
pub(super) fn shortened(span: Span, speed: f64) -> Span {
    if speed == 1.0 {
        return span;
    }
    Span(Time::at_seconds(span.seconds() / speed).0)
}
