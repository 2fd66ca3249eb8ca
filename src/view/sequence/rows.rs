//! Rows: the last of them, with stretches that tell nothing folded, and forks in a row as one.

use super::lines::Lines;
use super::told::Teller;
use crate::event::{Span, Tag, Time};
use crate::history::History;
use crate::ui::rows::may_be_row_at;
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

/// Returns the last rows as of the view's moment, at most `room`, those `scroll` rows before the
/// end; and how far that is scrolled.
pub(super) fn last_rows(
    history: &History,
    lines: &Lines,
    view: &FlowView,
    room: usize,
    scroll: usize,
) -> (Vec<Row>, usize) {
    let teller = Teller { history, lines };
    let is_ended = history.run().end_at(view.t).is_some();
    // A few more than fit: forks that become one row take several.
    let wanted = room.saturating_add(scroll).saturating_add(64);
    let mut rows: Vec<Row> = Vec::new();
    let until = history.log_until(view.t);
    let log = history.log();
    for outline in log.outlines_before(until, LOOK_BACK) {
        if rows.len() >= wanted {
            break;
        }
        // Bookkeeping is told by its kind alone. A wait is this pane's own question: one that
        // goes on in an inner wait is news here.
        let may_be_told = match outline.tag {
            Tag::Blocked => view.t >= outline.t + NEWS,
            _ => may_be_row_at(history, &outline, view.t),
        };
        if !may_be_told {
            continue;
        }
        let Some(event) = log.event(&outline) else {
            continue;
        };
        if let Some(kind) = teller.row(&event) {
            rows.push(Row { t: event.t, kind });
        }
    }
    rows.reverse();
    let mut rows = quiet_between(forks_as_one(rows), view.t, is_ended);
    let scroll = scroll.min(rows.len().saturating_sub(room));
    rows.truncate(rows.len() - scroll);
    let first = rows.len().saturating_sub(room);
    rows.drain(..first);
    (rows, scroll)
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
        merged.truncate(keep);
        merged.push(Row {
            t,
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
