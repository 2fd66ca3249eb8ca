//! The slices of an actor: its states, with the tasks that it runs around them.
//!
//! A state that goes on beyond the begin or the end of a task is cut in two there, so that slices
//! nest. Invariant: every begin has its end, and between both stands no end of anything around.

use super::Entry;
use crate::event::words::Operation;
use crate::event::{ActorId, Time};
use crate::history::{Band, History, Interval, State};
use crate::view::words::{full_name, object_name, shown};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;

/// Returns the slices of an actor, in the order of time.
pub(super) fn slices(
    history: &History,
    actor: ActorId,
    process: ActorId,
) -> impl Iterator<Item = Entry> {
    let mut track = Track {
        history,
        actor,
        process,
        ready: VecDeque::new(),
        task: None,
        since: Time::ZERO,
    };
    let end = history.now();
    let mut intervals = history.lane(actor).between(Time::ZERO..Time::NEVER);
    let mut bands = history.bands(actor).iter().copied().peekable();
    std::iter::from_fn(move || {
        while track.ready.is_empty() {
            let Some(interval) = intervals.next() else {
                track.end_task(track.since);
                break;
            };
            let until = interval.end.min(end);
            track.since = interval.start;
            // What begins while it lasts, or before it.
            while let Some(band) = bands.next_if(|band| band.start < until) {
                track.state(&interval, band.start);
                track.begin_task(band);
            }
            track.state(&interval, until);
        }
        track.ready.pop_front()
    })
}

struct Track<'a> {
    history: &'a History,
    actor: ActorId,
    process: ActorId,
    ready: VecDeque<Entry>,
    /// The end of the task that is open.
    task: Option<Time>,
    /// Up to when slices are told.
    since: Time,
}

impl Track<'_> {
    /// Tells a state up to a time; a task that ends before that ends there.
    fn state(&mut self, interval: &Interval, until: Time) {
        while let Some(end) = self.task.filter(|&end| end <= until) {
            self.slice(interval, end);
            self.end_task(end);
        }
        self.slice(interval, until);
    }

    fn slice(&mut self, interval: &Interval, until: Time) {
        if until > self.since {
            let (category, name, args) = told(self.history, self.actor, interval);
            self.begin(self.since, category, &name, args);
            self.push(until, 'E', json!({}));
            self.since = until;
        }
    }

    fn begin_task(&mut self, band: Band) {
        // One at a time, whatever a trace says.
        self.end_task(self.since);
        let task = self.history.task(band.task);
        let function = task.map_or("", |task| task.function.as_str());
        let name = format!("T{} {}", band.task, shown(function));
        let mut args = Map::new();
        if let Some(finish) = task.and_then(|task| task.finished.as_ref()) {
            args.insert("ok".into(), finish.ok.into());
            if let Some(error) = &finish.error {
                args.insert("error".into(), shown(error).into());
            }
        }
        self.begin(self.since, "task", name.trim_end(), args);
        self.task = Some(band.end.max(self.since));
    }

    fn end_task(&mut self, t: Time) {
        if self.task.take().is_some() {
            self.push(t.max(self.since), 'E', json!({}));
        }
    }

    fn begin(&mut self, t: Time, category: &str, name: &str, args: Map<String, Value>) {
        let mut rest = json!({"cat": category, "name": name});
        if !args.is_empty() {
            rest["args"] = args.into();
        }
        self.push(t, 'B', rest);
    }

    fn push(&mut self, t: Time, phase: char, rest: Value) {
        self.ready.push_back(Entry {
            t,
            phase,
            pid: self.process.0,
            tid: self.actor.0,
            rest,
        });
    }
}

/// Returns the category of a state, its name, and what else is known of it.
fn told(
    history: &History,
    actor: ActorId,
    interval: &Interval,
) -> (&'static str, String, Map<String, Value>) {
    let mut args = Map::new();
    if let Some((file, line)) = history.line_at(actor, interval.start) {
        let source = history.sources().iter().find(|source| source.file == file);
        let place = match source {
            Some(source) => format!("{}:{line}", shown(&source.path)),
            None => line.to_string(),
        };
        args.insert("line".into(), place.into());
    }
    let plain = |name: &str| name.to_owned();
    let (category, name) = match interval.state {
        State::Starting => ("state", plain("starting")),
        State::Running => ("state", plain("running")),
        State::Asleep { .. } => ("state", plain("asleep")),
        State::Stopped => ("state", plain("stopped by a signal")),
        State::Still => ("state", plain("off the CPU")),
        State::Zombie => ("state", plain("zombie")),
        State::Waiting(wait) => {
            if let Some(timeout) = wait.timeout {
                args.insert("timeout_s".into(), timeout.seconds().into());
            }
            let operation = wait.operation.text();
            let name = match (wait.object, wait.on) {
                (Some(_), _) if wait.operation == Operation::JoinPool => plain(operation),
                (Some(object), _) => format!("{operation} {}", object_name(history, object)),
                (None, Some(on)) => format!("{operation} {}", full_name(history, on, Time::NEVER)),
                (None, None) => plain(operation),
            };
            ("wait", name)
        }
    };
    (category, name, args)
}
