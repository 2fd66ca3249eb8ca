//! A lane: what an actor did, as textures on the axis.
//!
//! Where there are few intervals they are walked once, and what computes begins and ends at
//! eighths of a cell. Where there are more than columns, each column is the difference of two
//! running sums, which are asked for in one go from the left to the right, so a million of them
//! cost no more than a thousand.

use crate::event::{ActorId, Time};
use crate::history::{State, StateClass};
use crate::view::Brush;
use crate::view::Moment;
use crate::view::axis::EIGHTHS;
use crate::view::memory::DenseCell;
use crate::view::theme::{Charset, Mark};
use ratatui::style::Modifier;

/// A run as short as this many eighths shows beside what waits in the same cell.
const RUN_LEAST: u32 = 2;

/// Draws an actor's lane at a place, up to `until`.
pub(super) fn draw_lane(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    moment: &Moment<'_>,
    actor: ActorId,
    until: Time,
) {
    let axis = moment.axis;
    let lane = moment.history.lane(actor);
    let until = until.min(axis.end());
    if until < axis.start || axis.cols == 0 {
        return;
    }
    let mut pen = Pen {
        brush,
        x,
        y,
        cell: 0,
        parts: Parts::default(),
    };
    let few = 2 * usize::from(axis.cols);
    if lane.len() > few && lane.count(axis.start..until) > few {
        draw_dense(&mut pen, moment, actor, until);
        return;
    }
    for interval in lane.between(axis.start..until) {
        let from = axis.eighth(interval.start);
        let to = axis.eighth(interval.end.min(until));
        pen.stretch(from, to, interval.state.class());
    }
    pen.flush();
}

/// Draws over a lane where the viewer had stopped the whole program.
pub(super) fn draw_held(
    brush: &mut Brush<'_>,
    (x, y): (u16, u16),
    moment: &Moment<'_>,
    actor: ActorId,
    until: Time,
) {
    let axis = moment.axis;
    let lane = moment.history.lane(actor);
    let theme = brush.theme;
    let glyph = theme.glyph(Mark::Stopped);
    for &(since, end) in &moment.history.run().frozen {
        let end = end.min(until).min(axis.end());
        for col in axis.col(since.max(axis.start))..axis.col(end) {
            let t = axis.time_of(col).max(since);
            let is_held = lane.at(t).is_some_and(|now| now.state != State::Zombie);
            if is_held && t < end {
                brush.sign(x + col, y, glyph, theme.mark(Mark::Stopped));
            }
        }
    }
}

/// Draws a lane with more intervals than columns.
fn draw_dense(pen: &mut Pen<'_, '_>, moment: &Moment<'_>, actor: ActorId, until: Time) {
    let axis = moment.axis;
    let lane = moment.history.lane(actor);
    let cols = axis.col(until).saturating_add(1).min(axis.cols);
    let ask = |first: u16| {
        let mut since = axis.time_of(first);
        let ends = (first..cols).map(move |col| axis.time_of(col + 1).min(until));
        let columns = lane.profile(since, ends.clone()).zip(ends);
        columns.map(move |(shares, end)| {
            let length = u128::from(end.since(since).0).max(1);
            since = end;
            let run = u128::from(shares.of(StateClass::Running)) * u128::from(EIGHTHS) / length;
            DenseCell {
                most: shares.most(),
                // At most eight eighths.
                run: u8::try_from(run).unwrap_or(8),
            }
        })
    };
    let now = moment.history.now().min(until);
    moment
        .memory
        .columns(actor, axis, cols, now, ask, |col, cell| {
            let Some(most) = cell.most else { return };
            pen.cell = u32::from(col);
            // Ink is for what mostly computes: a comb of slivers would say nothing.
            let run = match most {
                StateClass::Running => u32::from(cell.run),
                _ => 0,
            };
            pen.parts = Parts {
                most: Some((most, EIGHTHS)),
                run,
                run_from: 0,
            };
            pen.flush();
        });
}

/// Puts stretches into cells, one after the other.
struct Pen<'a, 'b> {
    brush: &'a mut Brush<'b>,
    x: u16,
    y: u16,
    /// The cell that is being filled.
    cell: u32,
    parts: Parts,
}

/// What a cell holds.
#[derive(Clone, Copy, Default)]
struct Parts {
    /// What takes most of it, with its eighths.
    most: Option<(StateClass, u32)>,
    /// How many eighths of it compute.
    run: u32,
    /// Where they begin.
    run_from: u32,
}

impl Pen<'_, '_> {
    /// Fills a stretch, in eighths from the left edge of the lane.
    fn stretch(&mut self, mut from: u32, to: u32, class: StateClass) {
        while from < to {
            let cell = from / EIGHTHS;
            if cell != self.cell {
                self.flush();
                self.cell = cell;
            }
            let whole = (to - from) / EIGHTHS;
            if from.is_multiple_of(EIGHTHS) && whole > 0 {
                self.fill(cell, whole, class);
                from += whole * EIGHTHS;
                self.cell = from / EIGHTHS;
                continue;
            }
            let end = to.min((cell + 1) * EIGHTHS);
            self.part(from % EIGHTHS, end - from, class);
            from = end;
        }
    }

    fn fill(&mut self, cell: u32, count: u32, class: StateClass) {
        let mark = Mark::of(class);
        let (glyph, style) = (self.brush.theme.glyph(mark), self.brush.theme.mark(mark));
        let x = column(self.x, cell);
        // A lane has no more cells than a u16 counts.
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        self.brush.run(x, self.y, count, glyph, style);
    }

    fn part(&mut self, from: u32, eighths: u32, class: StateClass) {
        if class == StateClass::Running {
            if self.parts.run == 0 {
                self.parts.run_from = from;
            }
            self.parts.run += eighths;
        }
        if self.parts.most.is_none_or(|(_, most)| eighths > most) {
            self.parts.most = Some((class, eighths));
        }
    }

    /// Draws the cell that is being filled.
    fn flush(&mut self) {
        let parts = std::mem::take(&mut self.parts);
        let Some((class, _)) = parts.most else { return };
        let theme = self.brush.theme;
        let x = column(self.x, self.cell);
        let is_run = class == StateClass::Running || parts.run >= RUN_LEAST;
        if is_run && parts.run < EIGHTHS && theme.charset() == Charset::Unicode {
            let style = theme.mark(Mark::Running);
            let (eighths, style) = if parts.run_from > 0 && parts.run_from + parts.run >= EIGHTHS {
                (parts.run_from, style.add_modifier(Modifier::REVERSED))
            } else {
                (parts.run, style)
            };
            let sign = theme.signs().eighths[eighths.min(EIGHTHS) as usize];
            self.brush.sign(x, self.y, sign, style);
            return;
        }
        let is_run = is_run && (parts.run * 2 >= EIGHTHS || class == StateClass::Running);
        let mark = Mark::of(if is_run { StateClass::Running } else { class });
        self.brush
            .sign(x, self.y, theme.glyph(mark), theme.mark(mark));
    }
}

fn column(x: u16, cell: u32) -> u16 {
    x.saturating_add(u16::try_from(cell).unwrap_or(u16::MAX))
}
