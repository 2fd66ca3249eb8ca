//! Moments to go to: events, events of the selection, marks.
//!
//! Each is found by a search from the cursor: it costs the same at every moment of a run of any
//! length.

use crate::event::Time;
use crate::history::{History, Thing};
use crate::ui::rows::{SHORT, is_row_at, told_since};
use crate::ui::state::RunView;

/// So many events are looked at for the next one that a person would be told of. After a million
/// that nobody is told of, the next step ends in the middle of them.
const LOOKED_AT_MAX: usize = 2_000;

/// Returns the last moment before `t` at which an event came to be told.
pub fn event_before(history: &History, t: Time) -> Option<Time> {
    let end = history.log().until(Time(t.0.checked_sub(1)?));
    last_told(history, (0..end).rev(), t)
}

/// Returns the next moment after `t` at which an event comes to be told.
pub fn event_after(history: &History, t: Time) -> Option<Time> {
    // What was told a while after it happened may have happened before.
    let first = history.log().until(t - SHORT);
    next_told(history, first..history.log().len(), t).map(|(told, _)| told)
}

/// Returns the position in the log of the event that [`event_after`] leads to.
pub fn next_event(history: &History, t: Time) -> Option<usize> {
    let first = history.log().until(t - SHORT);
    next_told(history, first..history.log().len(), t).map(|(_, at)| at)
}

/// Returns the last moment before `t` at which an event of the selection came to be told; without a
/// selection, of anybody's.
pub fn own_event_before(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let Some(selected) = run.selected else {
        return event_before(history, t);
    };
    let until = Time(t.0.checked_sub(1)?);
    let of_one = |thing: Thing| {
        let end = history.events_until(thing, until);
        let events = history.events_of(thing)[..end].iter().rev();
        last_told(history, events.map(|&at| at as usize), t)
    };
    owners(history, selected).filter_map(of_one).max()
}

/// Returns the next moment after `t` at which an event of the selection comes to be told; without a
/// selection, of anybody's.
pub fn own_event_after(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let Some(selected) = run.selected else {
        return event_after(history, t);
    };
    let of_one = |thing: Thing| {
        let first = history.events_until(thing, t - SHORT);
        let events = history.events_of(thing)[first..].iter();
        next_told(history, events.map(|&at| at as usize), t).map(|(told, _)| told)
    };
    owners(history, selected).filter_map(of_one).min()
}

/// Returns the least moment after `t` at which one of some events, which rise, comes to be told, and
/// the event's position.
fn next_told(
    history: &History,
    positions: impl Iterator<Item = usize>,
    t: Time,
) -> Option<(Time, usize)> {
    let mut found: Option<(Time, usize)> = None;
    let mut last = None;
    for at in positions.take(LOOKED_AT_MAX) {
        let event = history.log().get(at)?;
        if found.is_some_and(|(found, _)| found <= event.t) {
            break;
        }
        last = Some((event.t, at)).filter(|_| event.t > t);
        let told = told_since(&event);
        let is_next = found.is_none_or(|(found, _)| told < found);
        if told > t && is_next && is_row_at(history, &event, Time::NEVER) {
            found = Some((told, at));
        }
    }
    found.or(last)
}

/// Returns the greatest moment before `t` at which one of some events, which fall, came to be told.
fn last_told(history: &History, positions: impl Iterator<Item = usize>, t: Time) -> Option<Time> {
    let mut found: Option<Time> = None;
    let mut last = None;
    for at in positions.take(LOOKED_AT_MAX) {
        let event = history.log().get(at)?;
        if found.is_some_and(|found| found >= event.t + SHORT) {
            break;
        }
        last = Some(event.t);
        let told = told_since(&event);
        if told < t && is_row_at(history, &event, Time::NEVER) {
            found = Some(found.map_or(told, |found| found.max(told)));
        }
    }
    found.or(last)
}

/// Returns whose events are the selection's: a process's threads are part of it.
fn owners(history: &History, selected: Thing) -> impl Iterator<Item = Thing> + '_ {
    let threads = selected
        .actor()
        .map_or(&[][..], |id| history.threads_of(id));
    std::iter::once(selected).chain(threads.iter().map(|&id| Thing::Actor(id)))
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
    /// A finding became known.
    Finding,
    /// The run has ended, or has come so far.
    End,
}

/// Returns the moments to jump to that the view knows of, in order. The history's findings are
/// others, which [`mark_after`] and [`mark_before`] search.
pub fn marks(run: &RunView, history: &History) -> Vec<Mark> {
    let end = history.run().ended.map_or(history.now(), |end| end.t);
    let mark = |t, kind| Mark { t, kind };
    let mut marks: Vec<Mark> = run
        .marks
        .iter()
        .map(|marked| mark(marked.t, MarkKind::User))
        .collect();
    let findings = history.findings().iter();
    marks.extend(findings.map(|finding| mark(finding.since, MarkKind::Finding)));
    marks.push(mark(Time::ZERO, MarkKind::Begin));
    marks.push(mark(end, MarkKind::End));
    marks.sort_unstable();
    marks
}

/// Returns the next mark or finding after `t`.
pub fn mark_after(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let marks = marks(run, history);
    let mark = marks.iter().map(|mark| mark.t).find(|&at| at > t);
    let finding = history.findings().get(history.findings_until(t));
    mark.into_iter()
        .chain(finding.map(|finding| finding.since))
        .min()
}

/// Returns the last mark or finding before `t`.
pub fn mark_before(run: &RunView, history: &History, t: Time) -> Option<Time> {
    let marks = marks(run, history);
    let mark = marks.iter().rev().map(|mark| mark.t).find(|&at| at < t);
    let known =
        t.0.checked_sub(1)
            .map_or(0, |before| history.findings_until(Time(before)));
    let finding = history.findings()[..known].last();
    mark.into_iter()
        .chain(finding.map(|finding| finding.since))
        .max()
}
