//! Bands: the stretches of a worker's lane that belong to a task.
//!
//! A band tints the ground below the textures and carries the task's name. It begins and ends at
//! eighths of a cell, is never narrower than one, and between neighbours there is always a gap.

use super::extent::Extent;
use crate::event::{ActorId, TaskId, Time};
use crate::history::{Band, History};
use crate::ui::Spot;
use crate::view::Brush;
use crate::view::axis::{Axis, EIGHTHS};
use crate::view::brush::columns;
use crate::view::theme::{Charset, Mark, Role};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Draws the bands of an actor over its lane, as far as `extent` goes.
pub(super) fn draw_bands(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    actor: ActorId,
    axis: Axis,
    extent: Extent,
    selected: Option<TaskId>,
) {
    let until = extent.until.min(axis.end());
    let bands = visible(history.bands(actor), axis, until);
    if bands.len() > 2 * usize::from(axis.cols) {
        draw_dense(brush, (x, y), bands, axis, until);
        return;
    }
    let mut taken = None;
    for (at, band) in bands.iter().enumerate() {
        let from = axis.eighth(band.start);
        let mut to = axis.eighth(band.end.min(until)).max(from + 1);
        if let Some(next) = bands.get(at + 1) {
            let gap = axis.eighth(next.start).saturating_sub(1);
            to = to.min(gap.max(from + 1));
        }
        let stretch = Stretch { from, to };
        stretch.draw(brush, (x, y), taken);
        stretch.spot(brush, (x, y), band.task);
        if band.start >= extent.named_from {
            draw_label(brush, (x, y), history, band, stretch);
        }
        if selected == Some(band.task) {
            stretch.underline(brush, (x, y));
        }
        taken = (!to.is_multiple_of(EIGHTHS)).then_some(to / EIGHTHS);
    }
}

fn visible(bands: &[Band], axis: Axis, until: Time) -> &[Band] {
    let first = bands.partition_point(|band| band.end <= axis.start);
    let end = bands.partition_point(|band| band.start < until);
    &bands[first..end.max(first)]
}

/// Tints the columns whose middle lies in a band, where there are more bands than columns.
fn draw_dense(brush: &mut Brush<'_>, (x, y): (u16, u16), bands: &[Band], axis: Axis, until: Time) {
    for col in 0..axis.cols {
        let t = axis.time_of(col);
        let later = bands.partition_point(|band| band.start <= t);
        let is_in = bands[..later].last().is_some_and(|band| t < band.end) && t < until;
        if is_in {
            tint(brush, x.saturating_add(col), y);
        }
    }
}

/// A stretch of a lane, in eighths of a cell from its left edge.
#[derive(Clone, Copy)]
struct Stretch {
    from: u32,
    to: u32,
}

impl Stretch {
    /// Returns the cells that it covers whole.
    fn cells(self) -> std::ops::Range<u16> {
        let from = u16::try_from(self.from.div_ceil(EIGHTHS)).unwrap_or(u16::MAX);
        let to = u16::try_from(self.to / EIGHTHS).unwrap_or(u16::MAX);
        from..to.max(from)
    }

    /// Says that its cells stand for a task.
    fn spot(self, brush: &mut Brush<'_>, (x, y): (u16, u16), task: TaskId) {
        let (from, to) = (self.from / EIGHTHS, self.to.div_ceil(EIGHTHS));
        let cell = |n: u32| x.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        brush.spot_in(cell(from), y, cell(to), Spot::Thing(task.into()));
    }

    /// Says that its task is the selected one: by a line, as its ground is what it is.
    fn underline(self, brush: &mut Brush<'_>, (x, y): (u16, u16)) {
        let line = Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
        let cells = self.cells();
        let area = Rect::new(x.saturating_add(cells.start), y, cells.end - cells.start, 1);
        brush.tint(area, line);
    }

    /// Draws the ground. `taken` is the cell that the band before ends in.
    fn draw(self, brush: &mut Brush<'_>, (x, y): (u16, u16), taken: Option<u32>) {
        let theme = brush.theme;
        // The lane below may have drawn the cell in reverse, and a style only adds.
        let edge = theme.style(Role::BandEdge);
        let edge = edge.remove_modifier(Modifier::REVERSED);
        let cell = |n: u32| x.saturating_add(u16::try_from(n).unwrap_or(u16::MAX));
        for col in self.cells() {
            tint(brush, x.saturating_add(col), y);
        }
        if theme.charset() != Charset::Unicode {
            let cells = self.cells();
            if cells.len() >= 2 {
                let style = theme.style(Role::Band);
                brush.sign(x.saturating_add(cells.start), y, "[", style);
                brush.sign(x.saturating_add(cells.end - 1), y, "]", style);
            }
            return;
        }
        let eighths = &theme.signs().eighths;
        let (first, last) = (self.from / EIGHTHS, self.to / EIGHTHS);
        let (before, behind) = (self.from % EIGHTHS, self.to % EIGHTHS);
        if first == last {
            // All of it lies within one cell.
            if taken != Some(first) {
                let width = (self.to - self.from) as usize;
                brush.sign(cell(first), y, eighths[width.min(7)], edge);
            }
            return;
        }
        if before > 0 && taken != Some(first) {
            let style = edge.add_modifier(Modifier::REVERSED);
            brush.sign(cell(first), y, eighths[before as usize], style);
        }
        if behind > 0 {
            brush.sign(cell(last), y, eighths[behind as usize], edge);
        }
    }
}

/// Puts the band's ground below what a cell shows.
fn tint(brush: &mut Brush<'_>, x: u16, y: u16) {
    let theme = brush.theme;
    let asleep = theme.glyph(Mark::Asleep);
    let dots = theme.style(Role::BandDots);
    let Some(cell) = brush.cell(x, y) else { return };
    if cell.symbol() == asleep || cell.symbol() == " " {
        cell.set_style(dots);
    } else {
        let reversed = cell.modifier.contains(Modifier::REVERSED);
        cell.set_style(ratatui::style::Style { fg: None, ..dots });
        if reversed && dots.bg.is_none() {
            cell.modifier.remove(Modifier::REVERSED);
        }
    }
}

/// Draws the longest name of the task that fits with a blank on each side.
fn draw_label(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    history: &History,
    band: &Band,
    stretch: Stretch,
) {
    let cells = stretch.cells();
    let room = cells.end - cells.start;
    let style = brush.theme.style(Role::BandText);
    if room < 4 {
        return;
    }
    let short = format!("T{}", band.task);
    let function = history.task(band.task).map_or("", |task| &task.function);
    let number = columns(&short, room);
    let whole = number
        .saturating_add(columns(function, room))
        .saturating_add(3);
    if number + 2 > room {
        return;
    }
    let at = x.saturating_add(cells.start);
    // In ASCII the band's edge is its first cell, so the name needs no blank before it.
    let lead = u16::from(brush.theme.charset() == Charset::Unicode);
    if lead == 1 {
        brush.sign(at, y, " ", style);
    }
    let at = at.saturating_add(1);
    let mut end = brush.text(at, y, room - 2, &short, style);
    if whole <= room && !function.is_empty() {
        end = brush.text(end, y, 1, " ", style);
        end = brush.text(end, y, room - 2, function, style);
    }
    if end < x.saturating_add(cells.end) && lead == 1 {
        brush.sign(end, y, " ", style);
    }
}
