//! Rows of queues, pipes and locks: depth over time, and who held what.

use super::extent::Extent;
use crate::event::words::{Class, Part};
use crate::event::{ActorId, Span, Time};
use crate::history::{History, Object, Steps};
use crate::view::Brush;
use crate::view::axis::Axis;
use crate::view::brush::columns;
use crate::view::theme::{Charset, Mark, Role};
use crate::view::words::short_name;
use ratatui::style::Style;

/// A queue that was never deeper than this fills no more than its part of the row: one item is not
/// to look like a hundred.
const DEPTH_LEAST: u32 = 4;

/// In ASCII a depth is its number.
const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/// Draws an object's row at a place, as far as `extent` goes.
pub(super) fn draw_object(
    brush: &mut Brush<'_>,
    place: (u16, u16),
    history: &History,
    object: &Object,
    axis: Axis,
    extent: Extent,
) {
    if extent.until < axis.start || axis.cols == 0 {
        return;
    }
    let created = object.created;
    match object.class {
        Class::Lock | Class::RLock | Class::Condition | Class::Value | Class::Array => {
            draw_holder(brush, place, history, object, axis, extent);
        }
        Class::Semaphore | Class::BoundedSemaphore | Class::Event | Class::Barrier => {
            let depth = Depth::new(&object.count, None, created);
            depth.draw(brush, place, axis, extent);
        }
        // A stream has no messages; its bytes are what passes.
        Class::Pipe if is_stream(object) => {
            let depth = Depth::new(&object.bytes, None, created);
            depth.draw(brush, place, axis, extent);
        }
        _ => {
            let most = object.maxsize.and_then(|n| u32::try_from(n).ok());
            let depth = Depth::new(&object.items, most, created);
            depth.draw(brush, place, axis, extent);
        }
    }
}

fn is_stream(object: &Object) -> bool {
    matches!(object.part, Some(Part::Stdin | Part::Stdout | Part::Stderr))
}

/// How much there was in an object over time.
struct Depth<'a, T> {
    steps: &'a Steps<T>,
    /// As much as there is room for, if that is bounded.
    most: Option<u32>,
    created: Time,
}

impl<'a, T: Copy + Ord + Into<u64>> Depth<'a, T> {
    fn new(steps: &'a Steps<T>, most: Option<u32>, created: Time) -> Depth<'a, T> {
        Depth {
            steps,
            most,
            created,
        }
    }

    /// Draws the most that there was in each column, so that what was short is seen. A full cell
    /// is the most that there ever was up to the moment that is shown, whatever the window.
    fn draw(&self, brush: &mut Brush<'_>, (x, y): (u16, u16), axis: Axis, extent: Extent) {
        let steps = self.steps;
        let until = extent.until.min(axis.end() - Span(1));
        let theme = brush.theme;
        let peak: u64 = steps
            .peak(Time::ZERO..extent.t + Span(1))
            .map_or(0, Into::into);
        let scale = u64::from(self.most.unwrap_or(0))
            .max(peak)
            .max(u64::from(DEPTH_LEAST));
        let full = self.most.map(u64::from);
        let empty = (theme.signs().depths[1], theme.style(Role::Faint));
        let some = theme.mark(Mark::Message);
        let over = theme.mark(Mark::Put);
        let draw = |brush: &mut Brush<'_>, col: u16, value: u64| {
            let (sign, style): (&str, Style) = if value == 0 {
                empty
            } else {
                let level = (value.saturating_mul(8) / scale).clamp(1, 8);
                // Eight levels and the blank.
                let level = usize::try_from(level).unwrap_or(8);
                let is_full = full.is_some_and(|full| value >= full);
                let digit = usize::try_from(value).unwrap_or(DIGITS.len());
                (
                    match theme.charset() {
                        Charset::Ascii => DIGITS.get(digit).copied().unwrap_or("+"),
                        Charset::Unicode | Charset::Narrow => theme.signs().depths[level],
                    },
                    if is_full { over } else { some },
                )
            };
            brush.sign(x.saturating_add(col), y, sign, style);
        };
        let first = axis.col(self.created);
        let last = axis.col(until).min(axis.cols - 1);
        let changes = steps.between(axis.start..until + Span(1));
        if changes.len() > 4 * usize::from(axis.cols) {
            for col in first..=last {
                let range = axis.time_of(col)..axis.time_of(col + 1).min(until);
                draw(brush, col, steps.peak(range).map_or(0, Into::into));
            }
            return;
        }
        // One walk: each column has the most of what was in force in it.
        let mut changes = changes.peekable();
        let mut value = 0;
        for col in first..=last {
            let end = axis.time_of(col + 1);
            let mut most = value;
            while let Some((since, now)) = changes.next_if(|&(since, _)| since < end) {
                value = now.into();
                // What was before the column's first moment is not its most.
                most = if since <= axis.time_of(col) {
                    value
                } else {
                    most.max(value)
                };
            }
            draw(brush, col, most);
        }
    }
}

/// Draws a line for as long as somebody held the lock, with the holder's name in it.
fn draw_holder(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    lock: &Object,
    axis: Axis,
    extent: Extent,
) {
    let until = extent.until.min(axis.end() - Span(1));
    let changes = lock.holder.between(axis.start..until + Span(1));
    let dense = 4 * usize::from(axis.cols);
    // The last ones are what a person asks for; of the others, in which column somebody had it.
    let early = changes.len().saturating_sub(dense);
    let mut changes = changes.skip(early).peekable();
    if let Some(&(first, _)) = changes.peek().filter(|_| early > 0) {
        draw_crowd(brush, (x, y), lock, axis, first);
    }
    while let Some((since, holder)) = changes.next() {
        let Some(holder) = holder else { continue };
        let end = changes.peek().map_or(until, |&(end, _)| end).min(until);
        let lost = lock
            .lost_at(until)
            .filter(|&(t, by)| by == holder && t >= since && t < end)
            .map(|(t, _)| t);
        draw_hold(
            brush,
            (x, y),
            (history, until),
            holder,
            axis,
            since..lost.unwrap_or(end),
            since >= extent.named_from,
        );
        if let Some(lost) = lost {
            let theme = brush.theme;
            let (from, to) = (axis.col(lost), last_col(axis, end));
            let width = to.saturating_sub(from);
            brush.run(
                x + from,
                y,
                width,
                theme.signs().lost,
                theme.mark(Mark::Put),
            );
        }
    }
}

/// Draws in which columns somebody held the lock before `end`.
fn draw_crowd(brush: &mut Brush<'_>, (x, y): (u16, u16), lock: &Object, axis: Axis, end: Time) {
    let line = brush.theme.style(Role::Dim);
    let held = brush.theme.signs().held;
    for col in 0..axis.col(end).min(axis.cols) {
        let mut changes = lock
            .holder
            .between(axis.time_of(col)..axis.time_of(col + 1));
        // Of two that follow each other one is a taking.
        if changes.by_ref().take(2).any(|(_, holder)| holder.is_some()) {
            brush.run(x + col, y, 1, held, line);
        }
    }
}

fn last_col(axis: Axis, t: Time) -> u16 {
    axis.col(t).saturating_add(1).min(axis.cols)
}

fn draw_hold(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    (history, t): (&History, Time),
    holder: ActorId,
    axis: Axis,
    held: std::ops::Range<Time>,
    is_named: bool,
) {
    let theme = brush.theme;
    let from = axis.col(held.start).min(axis.cols - 1);
    let width = last_col(axis, held.end).saturating_sub(from);
    let line = theme.style(Role::Dim);
    brush.run(x + from, y, width, theme.signs().held, line);
    if width < 8 || !is_named {
        return;
    }
    let name = short_name(history, holder, t);
    let wide = columns(&name, width);
    if wide + 4 <= width {
        let end = brush.text(x + from + 1, y, 1, " ", line);
        let end = brush.text(end, y, wide, &name, line);
        brush.text(end, y, 1, " ", line);
    }
}
