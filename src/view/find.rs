//! What filters find, and how a filter stands in a rule.

mod facts;

use super::brush::{Brush, columns};
use super::theme::Role;
use super::words::shown;
use crate::event::{ActorId, Event, Time};
use crate::history::{Finding, History};
use crate::ui::find::{Eyes, Filter};
use crate::ui::query::Query;
use crate::ui::rows::{is_row_at, may_be_row_at};
use facts::{EventRow, FindingRow, ProcessRow};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::ops::Range;

/// What the search looks with.
pub const EYES: Eyes = Eyes {
    events: events_found,
    processes: processes_found,
};

/// Returns the positions of the events in a range of the log that have a row and are found, the
/// last one first.
fn events_found(history: &History, query: &Query, range: Range<usize>) -> Vec<u32> {
    let log = history.log();
    log.outlines_before(range.end, range.len())
        .filter(|outline| may_be_row_at(history, outline, Time::NEVER))
        .filter_map(|outline| {
            let event = log.event(&outline)?;
            is_found(history, query, &event).then(|| u32::try_from(outline.position).ok())?
        })
        .collect()
}

/// Returns whether an event has a row and is found.
pub fn is_found(history: &History, query: &Query, event: &Event) -> bool {
    if !is_row_at(history, event, Time::NEVER) {
        return false;
    }
    let row = EventRow::new(history, event);
    query.finds(&row) && row.has_row()
}

/// Returns the processes that are found as they are at `t`.
fn processes_found(history: &History, query: &Query, t: Time) -> Vec<ActorId> {
    history
        .tree()
        .iter()
        .filter(|row| row.known <= t)
        .map(|row| row.id)
        .filter(|&id| is_process_found(history, query, id, t))
        .collect()
}

/// Returns whether a process is found as it is at `t`.
pub fn is_process_found(history: &History, query: &Query, id: ActorId, t: Time) -> bool {
    query.finds(&ProcessRow::new(history, id, t))
}

/// Returns whether the row of a finding is found.
pub fn is_finding_found(history: &History, query: &Query, finding: &Finding) -> bool {
    query.finds(&FindingRow::new(history, finding))
}

/// Draws a filter into the rule of its pane, from column `x` to before `end`, with `note` behind
/// it: how much was found.
pub(super) fn draw_filter(
    brush: &mut Brush<'_>,
    (x, y, end): (u16, u16, u16),
    filter: &Filter,
    is_typing: bool,
    note: &str,
) {
    if !is_typing && filter.text.is_empty() {
        return;
    }
    let theme = brush.theme;
    let problem = filter.problem.as_ref().map(ToString::to_string);
    let sign = theme.signs().finding;
    let told = match &problem {
        Some(problem) => format!("{sign} {problem}"),
        None => note.to_owned(),
    };
    let room = end.saturating_sub(x);
    let told_wide = columns(&told, room);
    // What is wrong goes before what was typed, of which the end matters.
    let text_room = room.saturating_sub(told_wide + 5).max(room.min(8));
    let text = shown(&filter.text);
    let text = tail(&text, text_room);
    let style = theme.style(Role::Strong);
    let mut x = brush.text(x, y, room, "/", theme.style(Role::Dim));
    x = brush.text(x, y, text_room, text, style);
    if is_typing {
        brush.sign(x, y, " ", Style::new().add_modifier(Modifier::REVERSED));
        x += 1;
    }
    x = brush.text(x, y, end.saturating_sub(x), " ", Style::new());
    if !told.is_empty() {
        let role = if problem.is_some() {
            Role::Finding
        } else {
            Role::Dim
        };
        x = brush.text(x, y, end.saturating_sub(x), " ", Style::new());
        x = brush.cut(x, y, end.saturating_sub(x + 1), &told, theme.style(role));
        brush.text(x, y, end.saturating_sub(x), " ", Style::new());
    }
}

/// Returns the longest end of a text that has at most `width` columns.
pub(super) fn tail(text: &str, width: u16) -> &str {
    let mut start = text.len();
    for (at, _) in text.char_indices().rev() {
        if columns(&text[at..], width.saturating_add(1)) > width {
            break;
        }
        start = at;
    }
    &text[start..]
}

/// Returns the column behind a pane's title.
pub(super) fn after_title(pane: Rect, title: &str) -> u16 {
    pane.x.saturating_add(5).saturating_add(columns(title, 40))
}
