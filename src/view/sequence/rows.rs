//! Rows: the last of them, with stretches that tell nothing folded, and forks in a row as one.

use super::lines::Lines;
use super::told::{Teller, is_told};
use crate::event::words::Outcome;
use crate::event::{Span, Tag, Time};
use crate::history::{History, Outline, StateClass};
use crate::ui::rows::may_be_row_at;
use crate::ui::selection::is_about;
use crate::view::flow::FlowView;
use crate::view::theme::Role;
use crate::view::words::{NEWS, Sign};

/// The most events that a frame looks back.
const LOOK_BACK: usize = 512;
/// A stretch at least so long without anything to tell gets a row of its own.
const QUIET: Span = Span::millis(50);

/// A row.
pub(super) struct Row {
    pub(super) t: Time,
    /// The position in the log of its event; a quiet stretch has none.
    pub(super) position: Option<usize>,
    /// Whether it is about what is selected.
    pub(super) is_about: bool,
    pub(super) kind: RowKind,
}

/// What a row tells.
pub(super) enum RowKind {
    /// Nothing happened for so long.
    Quiet(Span),
    /// Somebody did something by itself.
    Said {
        at: usize,
        sign: Option<Sign>,
        text: String,
        role: Role,
    },
    /// Something went from one to another.
    Arrow(Arrow),
}

/// An arrow between two life-lines.
pub(super) struct Arrow {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
    pub(super) stroke: Stroke,
    /// The sign that it begins with, where that is not its beginning's state.
    pub(super) start: Option<Sign>,
    /// Whether it is a fork: many of them become one row.
    pub(super) is_fork: bool,
}

/// How an arrow is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stroke {
    Plain,
    Message,
    Result,
    Signal,
}

/// Returns the rows to show, at most `room`: the last ones as of the view's moment, or those
/// around the selected one.
pub(super) fn rows_to_show(
    history: &History,
    lines: &Lines,
    view: &FlowView,
    room: usize,
) -> Vec<Row> {
    let teller = Teller { history, lines };
    let is_ended = history.run().end_at(view.t).is_some();
    // A few more than fit: forks that become one row take several.
    let wanted = room.saturating_add(64);
    let mut rows: Vec<Row> = Vec::new();
    let known = history.log_until(view.t);
    let until = match view.row {
        Some(row) => end_around(&teller, row, known, room),
        None => known,
    };
    let log = history.log();
    for outline in log.outlines_before(until, LOOK_BACK) {
        if rows.len() >= wanted {
            break;
        }
        // A wait is this pane's own question: one that goes on in an inner wait is news here.
        let is_old = outline.tag != Tag::Blocked || view.t >= outline.t + NEWS;
        if !is_old || !may_be_told(history, &outline, view.t) {
            continue;
        }
        let Some(event) = log.event(&outline) else {
            continue;
        };
        if let Some(kind) = teller.row(&event) {
            let position = outline.position;
            let selected = view.selected;
            rows.push(Row {
                t: event.t,
                position: Some(position),
                is_about: selected.is_some_and(|thing| is_about(history, thing, position, &event)),
                kind,
            });
        }
    }
    rows.reverse();
    // Whether it stays quiet after the last row is known at the end alone.
    let until_t = if until == known {
        view.t
    } else {
        rows.last().map_or(view.t, |row| row.t)
    };
    let mut rows = quiet_between(forks_as_one(rows), until_t, is_ended);
    let first = rows.len().saturating_sub(room);
    rows.drain(..first);
    rows
}

/// Returns the position after the rows that stand behind one, so that it stands amid others: a
/// third of them behind it, more where there are not enough before it.
fn end_around(teller: &Teller<'_>, row: usize, known: usize, room: usize) -> usize {
    let log = teller.history.log();
    let from = row.saturating_add(1).min(known);
    let has_row = |outline: &Outline| {
        may_be_told(teller.history, outline, Time::NEVER)
            && log
                .event(outline)
                .is_some_and(|event| teller.row(&event).is_some())
    };
    let before = log.outlines_before(from, LOOK_BACK);
    let before = before.filter(has_row).take(room).count();
    let mut left = (room / 3).max(room - before);
    for outline in log.outlines(from..known).take(LOOK_BACK) {
        if left == 0 {
            return outline.position;
        }
        left -= usize::from(has_row(&outline));
    }
    known.min(from.saturating_add(LOOK_BACK))
}

/// Returns whether an event may have a row at `t`, as far as is soon seen: where it says no, there is
/// none.
fn may_be_told(history: &History, event: &Outline, t: Time) -> bool {
    match (event.operation(), event.outcome()) {
        (Some(operation), _) => is_told(operation),
        (None, Some(Outcome::Done)) => !ends_untold(history, event),
        // Bookkeeping is told by its kind alone.
        _ => may_be_row_at(history, event, t),
    }
}

/// Returns whether an event ends a wait of a class whose ends are not told, that is in no other wait.
fn ends_untold(history: &History, event: &Outline) -> bool {
    let is_wait = |class| {
        matches!(
            class,
            StateClass::Giving | StateClass::Taking | StateClass::Acquiring
        )
    };
    let mut before = history.lane(event.actor).classes_before(event.t);
    before.next().is_some_and(is_wait)
        && before.next().is_none_or(|class| {
            !is_wait(class) && !matches!(class, StateClass::Joining | StateClass::Stopped)
        })
}

/// Makes three or more forks in a row one row.
fn forks_as_one(rows: Vec<Row>) -> Vec<Row> {
    let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
    let mut run = 0;
    let parent_of = |row: &Row| match &row.kind {
        RowKind::Arrow(arrow) if arrow.is_fork => Some(arrow.from),
        _ => None,
    };
    for row in rows {
        let parent = parent_of(&row);
        let goes_on = parent.is_some() && merged.last().and_then(parent_of) == parent;
        run = match (parent, goes_on) {
            (None, _) => 0,
            (Some(_), false) => 1,
            (Some(_), true) => run + 1,
        };
        merged.push(row);
        let Some(at) = parent.filter(|_| run >= 3) else {
            continue;
        };
        // The run so far is at the end: keep its last one, which the next may still join.
        let next_is_open = run > 3;
        let keep = merged.len() - if next_is_open { 2 } else { 3 };
        let t = merged[keep].t;
        let is_about = merged[keep..].iter().any(|row| row.is_about);
        let position = merged[keep].position;
        merged.truncate(keep);
        merged.push(Row {
            t,
            position,
            is_about,
            kind: RowKind::Arrow(Arrow {
                from: at,
                to: at,
                label: format!("forks {run}"),
                stroke: Stroke::Plain,
                start: None,
                is_fork: true,
            }),
        });
    }
    for row in &mut merged {
        if let RowKind::Arrow(arrow) = &row.kind
            && arrow.from == arrow.to
        {
            let (at, text) = (arrow.from, arrow.label.clone());
            row.kind = RowKind::Said {
                at,
                sign: None,
                text,
                role: Role::Text,
            };
        }
    }
    merged
}

/// Adds a row for each stretch in which there was nothing to tell; up to `t`, unless the run has
/// ended.
fn quiet_between(rows: Vec<Row>, t: Time, is_ended: bool) -> Vec<Row> {
    let mut all = Vec::with_capacity(rows.len() + 16);
    let mut last: Option<Time> = None;
    let quiet = |from: Time, to: Time| Row {
        t: from,
        position: None,
        is_about: false,
        kind: RowKind::Quiet(to.since(from)),
    };
    for row in rows {
        if let Some(last) = last.filter(|&last| row.t.since(last) >= QUIET) {
            all.push(quiet(last, row.t));
        }
        last = Some(row.t);
        all.push(row);
    }
    if let Some(last) = last.filter(|&last| t.since(last) >= QUIET && !is_ended) {
        all.push(quiet(last, t));
    }
    all
}
