//! Points on a lane: messages put and got, the end, a new parent.

use super::extent::Extent;
use crate::event::words::Part;
use crate::event::{ActorId, Event, Kind, MessageId, ObjectId, Span, Time};
use crate::history::{Form, History};
use crate::ui::Spot;
use crate::view::Brush;
use crate::view::axis::Axis;
use crate::view::brush::columns;
use crate::view::theme::{Mark, Role};
use crate::view::words::short_item;
use ratatui::style::{Modifier, Style};

/// A message's name on a lane takes at most this many columns.
const LABEL_MOST: u16 = 3;

/// From so many events a column on, no points are drawn: they could not be told apart.
const DENSE: usize = 4;

/// Draws what happened to an actor at single moments, as far as `extent` goes.
pub(super) fn draw_points(
    brush: &mut Brush<'_>,
    place: (u16, u16),
    history: &History,
    actor: ActorId,
    axis: Axis,
    extent: Extent,
) {
    // A worker's messages are its tasks, and those have bands.
    if history.bands(actor).is_empty() {
        draw_messages(brush, place, history, actor, axis, extent);
    }
    draw_life(brush, place, history, actor, axis, extent.until);
}

fn draw_messages(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    actor: ActorId,
    axis: Axis,
    extent: Extent,
) {
    let log = history.log();
    // Who has passed on nothing has no point, whatever else it has done.
    let from = axis.start.0.checked_sub(1);
    let from = from.map_or(0, |before| history.log_until(Time(before)));
    let to = history.log_until(extent.until.min(axis.end() - Span(1)));
    let passed = history.passed_between(actor, from..to);
    if passed.is_empty() {
        return;
    }
    // Where there are more than can be told apart, the depth of the queue says more.
    let events = history.events_between(actor, from..to).len();
    if events > DENSE * usize::from(axis.cols) {
        return;
    }
    let last = axis.cols.saturating_sub(1);
    let mut free = 0;
    let mut before: Option<(u16, MessageId)> = None;
    let events = passed.iter().filter_map(|&at| log.get(at as usize));
    let points = events.filter_map(|event| point_of(history, &event));
    for (t, message, mark) in points {
        let at = axis.col(t).min(last);
        if let Some((col, message)) = before.take() {
            draw_label(
                brush,
                (x, y),
                history,
                col,
                message,
                at.min(extent.named_to),
            );
        }
        if at >= free {
            point(brush, x + at, y, mark);
            brush.spot_in(x + at, y, x + at + 1, Spot::Thing(message.into()));
            free = at + 1;
        }
        before = (t >= extent.named_from).then_some((at, message));
    }
    if let Some((col, message)) = before {
        draw_label(brush, (x, y), history, col, message, extent.named_to);
    }
}

/// Marks the points of the selected message on the lane of whoever put or got it: they stand in
/// reverse.
pub(super) fn mark_message(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    actor: ActorId,
    message: MessageId,
    axis: Axis,
    until: Time,
) {
    let log = history.log();
    for &at in history.events_of(message) {
        let Some(event) = log.get(at as usize) else {
            continue;
        };
        let is_seen = event.t <= until && event.t >= axis.start && event.t <= axis.end();
        if event.actor != actor || !is_seen {
            continue;
        }
        if let Some((t, _, mark)) = point_of(history, &event) {
            let theme = brush.theme;
            let col = axis.col(t).min(axis.cols.saturating_sub(1));
            let style = theme
                .mark(mark)
                .add_modifier(Modifier::REVERSED | Modifier::BOLD);
            brush.sign(x + col, y, theme.glyph(mark), style);
        }
    }
}

/// Draws a mark over what the lane shows there.
fn point(brush: &mut Brush<'_>, x: u16, y: u16, mark: Mark) {
    let theme = brush.theme;
    let style = theme.mark(mark).remove_modifier(Modifier::REVERSED);
    brush.sign(x, y, theme.glyph(mark), style);
}

/// Draws a message's short name behind its point, if there is room before column `next`.
fn draw_label(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    col: u16,
    message: MessageId,
    next: u16,
) {
    let label = history.message(message).map(short_item).unwrap_or_default();
    let label = short_label(&label);
    let wide = columns(label, LABEL_MOST + 1);
    let end = col.saturating_add(1).saturating_add(wide);
    if wide == 0 || wide > LABEL_MOST || end > next {
        return;
    }
    let style = brush.theme.mark(Mark::Message);
    let style = style.remove_modifier(Modifier::REVERSED);
    let end = brush.text(x + col + 1, y, wide, label, style);
    brush.spot_in(x + col + 1, y, end, Spot::Thing(message.into()));
}

/// Returns what is left of a label where there is room for a character or two: its number.
fn short_label(label: &str) -> &str {
    let digits = label.bytes().rev().take_while(u8::is_ascii_digit).count();
    match digits {
        0 => label,
        n => &label[label.len() - n..],
    }
}

fn point_of(history: &History, event: &Event) -> Option<(Time, MessageId, Mark)> {
    match event.kind {
        Kind::MessagePut { message, .. } | Kind::MessageReceived { message, .. } => {
            Some((event.t, message, Mark::Message))
        }
        Kind::MessageSent {
            object, message, ..
        } => {
            // What a feeder sends was put by its process, which has the point.
            let is_thread = history
                .actor(event.actor)
                .is_some_and(|actor| actor.form != Form::Process);
            (!is_thread).then_some((event.t, message, sent_mark(history, object)))
        }
        _ => None,
    }
}

fn sent_mark(history: &History, pipe: ObjectId) -> Mark {
    let whole = history
        .object(pipe)
        .and_then(|pipe| history.object(pipe.part_of?));
    match whole.and_then(|whole| whole.part) {
        Some(Part::Outqueue) => Mark::Result,
        _ => Mark::Message,
    }
}

fn draw_life(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    actor: ActorId,
    axis: Axis,
    until: Time,
) {
    let Some(known) = history.actor(actor) else {
        return;
    };
    let theme = brush.theme;
    let last = axis.cols.saturating_sub(1);
    let is_seen = |t: Time| t <= until && t >= axis.start && t < axis.end();
    if let Some(adoption) = known.adopted_at(until) {
        let since = adoption.since.unwrap_or(adoption.t);
        if is_seen(since) {
            let col = axis.col(since).min(last);
            let strong = theme.style(Role::Strong);
            if let Some(cell) = brush.cell(x + col, y) {
                // On ink it stands in the ground's colour, else in the text's.
                if cell.symbol() == theme.glyph(Mark::Running) {
                    cell.set_style(Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD));
                } else {
                    cell.set_style(strong);
                }
                cell.set_symbol(theme.signs().adopted);
            }
        }
    }
    if let Some(exit) = known.exited.filter(|exit| is_seen(exit.t)) {
        let mark = match exit.code {
            Some(..0) => Mark::Killed,
            _ => Mark::Exited,
        };
        let begin = known.forked.or(known.started).filter(|&t| t >= axis.start);
        // A short life is not hidden by its end.
        let first = begin.map_or(0, |t| axis.col(t).saturating_add(1));
        let col = axis.col(exit.t).max(first).min(last);
        point(brush, x + col, y, mark);
    }
}
