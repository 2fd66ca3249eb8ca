//! Moments to go to: events, events of the selection, marks.
//!
//! Each is found by a search from the cursor: it costs the same at every moment of a run of any
//! length.

use crate::event::{ActorId, Tag, Time};
use crate::history::History;
use crate::ui::rows::{is_row_at, may_be_row_at};
use crate::ui::state::RunView;

/// So many events are looked at for the next one that a person would be told of. After a million
/// that nobody is told of, the next step ends in the middle of them.
const LOOKED_AT_MAX: usize = 2_000;

/// Returns the time of the last event before `t` that has a row.
pub fn event_before(history: &History, t: Time) -> Option<Time> {
    let log = history.log();
    let end = log.until(Time(t.0.checked_sub(1)?));
    let mut last = None;
    for outline in log.outlines_before(end, LOOKED_AT_MAX) {
        last = Some(outline.t);
        let is_told = may_be_row_at(history, &outline, Time::NEVER)
            && log
                .event(&outline)
                .is_some_and(|event| is_row_at(history, &event, Time::NEVER));
        if is_told {
            break;
        }
    }
    last
}

/// Returns the time of the next event after `t` that has a row.
pub fn event_after(history: &History, t: Time) -> Option<Time> {
    let log = history.log();
    let mut last = None;
    for event in log.range(log.until(t)..log.len()).take(LOOKED_AT_MAX) {
        last = Some(event.t);
        if is_row_at(history, &event, Time::NEVER) {
            break;
        }
    }
    last
}

/// Returns the time of the selection's last event before `t`; without a selection, of anybody's.
pub fn own_event_before(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let Some(selected) = run.selected else {
        return event_before(history, t);
    };
    let log = history.log();
    let until = Time(t.0.checked_sub(1)?);
    let of_one = |actor: ActorId| {
        let events = history.events_of(actor);
        let end = history.events_until(actor, until);
        let looked_at = events[..end].iter().rev().take(LOOKED_AT_MAX);
        first_told(history, looked_at.map(|&at| at as usize))
    };
    owners(history, selected)
        .filter_map(of_one)
        .filter_map(|at| log.time(at))
        .max()
}

/// Returns the time of the selection's next event after `t`; without a selection, of anybody's.
pub fn own_event_after(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let Some(selected) = run.selected else {
        return event_after(history, t);
    };
    let log = history.log();
    let of_one = |actor: ActorId| {
        let events = history.events_of(actor);
        let from = history.events_until(actor, t);
        let looked_at = events[from..].iter().take(LOOKED_AT_MAX);
        first_told(history, looked_at.map(|&at| at as usize))
    };
    owners(history, selected)
        .filter_map(of_one)
        .filter_map(|at| log.time(at))
        .min()
}

/// Returns whose events are the selection's: a process's threads are part of it.
fn owners(history: &History, selected: ActorId) -> impl Iterator<Item = ActorId> + '_ {
    let threads = history.threads_of(selected).iter().copied();
    std::iter::once(selected).chain(threads)
}

/// Returns the first of some positions whose event has a row; if none has, the last of them.
fn first_told(history: &History, positions: impl Iterator<Item = usize>) -> Option<usize> {
    let mut last = None;
    for at in positions {
        last = Some(at);
        let event = history.log().get(at);
        if event.is_some_and(|event| is_row_at(history, &event, Time::NEVER)) {
            break;
        }
    }
    last
}

/// A moment to jump to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mark {
    /// When.
    pub t: Time,
    /// What made it one.
    pub kind: MarkKind,
}

/// What made a moment one to jump to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// The run begins.
    Begin,
    /// A user marked it.
    User,
    /// The run has ended, or has come so far.
    End,
}

/// Returns every moment to jump to, in order.
pub fn marks(run: &RunView, history: &History) -> Vec<Mark> {
    let end = history.run().ended.map_or(history.now(), |end| end.t);
    let mark = |t, kind| Mark { t, kind };
    let mut marks: Vec<Mark> = run.marks.iter().map(|&t| mark(t, MarkKind::User)).collect();
    marks.push(mark(Time::ZERO, MarkKind::Begin));
    marks.push(mark(end, MarkKind::End));
    marks.sort_unstable();
    marks
}

/// Returns the next mark after `t`.
pub fn mark_after(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let marks = marks(run, history);
    marks.iter().map(|mark| mark.t).find(|&at| at > t)
}

/// Returns the last mark before `t`.
pub fn mark_before(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let marks = marks(run, history);
    marks.iter().rev().map(|mark| mark.t).find(|&at| at < t)
}

/// Returns the next event after `t` that has a row, as a position in the log, if it is near.
pub fn next_row(history: &History, t: Time) -> Option<usize> {
    let log = history.log();
    let from = log.until(t);
    let near = log.range(from..log.len()).take(LOOKED_AT_MAX / 10);
    (from..log.len()).zip(near).find_map(|(at, event)| {
        let is_sleep = event.kind.tag() == Tag::Slept;
        (!is_sleep && is_row_at(history, &event, Time::NEVER)).then_some(at)
    })
}
