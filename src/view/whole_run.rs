//! The row that shows the whole run while the view is frozen or zoomed: how dense events are over
//! its time, with the window, the cursor and the marks in it.
//!
//! A column asks the log how many events there are up to its end, so the row costs columns times a
//! logarithm, however long the run is; and only where something new is known since the last frame.

use super::brush::Brush;
use super::header::run_time;
use super::lesson::mark_words;
use super::theme::Role;
use super::{Axis, Moment};
use crate::event::{Span, Time};
use crate::ui::Spot;
use crate::ui::spot::{Stretch, TimeSpot};
use ratatui::layout::Rect;

/// Draws ` whole run  ▂▄▁▁▁▁▁▁▁▁▁▁▁▁▁[▄]▁▁▁  5 ms of 0.70 s`.
pub fn draw_whole_run(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>) {
    let history = moment.history;
    let theme = brush.theme;
    let dim = theme.style(Role::Dim);
    let reach = moment.run.reach(history);
    let x = brush.text(area.x + 1, area.y, 10, "whole run", dim) + 2;
    let length = run_time(reach.now, reach.is_ended);
    let mut words = match moment.run.window {
        Some(window) => format!("{} of {length}", span_words(window.length())),
        None => format!("0 to {length}"),
    };
    let mut most = 24;
    if let Some(mark) = mark_words(moment, theme.signs().mark) {
        words = format!("{mark}   {words}");
        most = (area.width / 2).max(most);
    }
    let end = brush.right(area.right().saturating_sub(1), area.y, most, &words, dim);
    let cols = end.saturating_sub(x + 2);
    if cols == 0 {
        return;
    }
    let row = WholeRun {
        axis: Axis {
            start: Time::ZERO,
            length: reach.now.since(Time::ZERO).max(Span(1)),
            cols,
            whole: Span(1),
        },
        x,
        y: area.y,
    };
    let stretch = Stretch {
        x,
        cols,
        start: row.axis.start,
        length: row.axis.length,
    };
    brush.spot_in(x, area.y, x + cols, Spot::Time(stretch, TimeSpot::WholeRun));
    row.draw_density(brush, moment);
    row.draw_window(brush, moment);
    row.draw_marks(brush, moment);
    row.draw_cursor(brush, moment);
}

/// Returns a window's length, which is a round one.
fn span_words(span: Span) -> String {
    match span.0 {
        0..1_000 => format!("{} ns", span.0),
        1_000..1_000_000 => format!("{} µs", span.0 / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", span.0 / 1_000_000),
        _ => format!("{} s", span.0 / 1_000_000_000),
    }
}

/// The bar within the row.
struct WholeRun {
    axis: Axis,
    x: u16,
    y: u16,
}

impl WholeRun {
    /// Returns the column of a moment in the bar.
    fn col(&self, t: Time) -> u16 {
        self.axis.col(t).min(self.axis.cols.saturating_sub(1))
    }

    /// Returns the first and the last column of the window, if there is one.
    fn window(&self, moment: &Moment<'_>) -> Option<(u16, u16)> {
        moment.run.window?;
        let last = moment.axis.end() - Span(1);
        Some((self.col(moment.axis.start), self.col(last)))
    }

    fn draw_density(&self, brush: &mut Brush<'_>, moment: &Moment<'_>) {
        let window = self.window(moment);
        let theme = brush.theme;
        let memory = moment.memory;
        memory.density(moment.history, self.axis, |counts| {
            let most = counts.iter().copied().max().unwrap_or(0).max(1);
            for (col, &count) in (0..self.axis.cols).zip(counts) {
                let is_shown = window.is_some_and(|(first, last)| (first..=last).contains(&col));
                // What there is at all is seen, beside whatever there is much of.
                let level = count.saturating_mul(7).div_ceil(most) + 1;
                let role = match (count, is_shown) {
                    (0, _) => Role::Faint,
                    (_, true) => Role::Strong,
                    (_, false) => Role::Dim,
                };
                let sign = theme.signs().depths[level.min(8)];
                brush.sign(self.x + col, self.y, sign, theme.style(role));
            }
        });
    }

    fn draw_window(&self, brush: &mut Brush<'_>, moment: &Moment<'_>) {
        let Some((first, last)) = self.window(moment) else {
            return;
        };
        let theme = brush.theme;
        let (open, close) = theme.signs().window;
        let strong = theme.style(Role::Strong);
        // Before the first column and behind the last a blank is left for them.
        brush.sign((self.x + first).saturating_sub(1), self.y, open, strong);
        brush.sign(self.x + last + 1, self.y, close, strong);
    }

    fn draw_marks(&self, brush: &mut Brush<'_>, moment: &Moment<'_>) {
        let theme = brush.theme;
        let known = moment.history.findings_until(moment.history.now());
        let mut last = None;
        for finding in &moment.history.findings()[..known] {
            let x = self.x + self.col(finding.since);
            if last != Some(x) {
                brush.sign(x, self.y, theme.signs().finding, theme.style(Role::Finding));
            }
            last = Some(x);
        }
        for mark in &moment.run.marks {
            let x = self.x + self.col(mark.t);
            brush.sign(x, self.y, theme.signs().mark, theme.style(Role::Strong));
        }
    }

    fn draw_cursor(&self, brush: &mut Brush<'_>, moment: &Moment<'_>) {
        if moment.run.frozen.is_none() {
            return;
        }
        let style = brush.theme.style(Role::Cursor);
        let (x, sign) = (self.x + self.col(moment.cursor), brush.theme.signs().cursor);
        if let Some(cell) = brush.cell(x, self.y) {
            cell.modifier = ratatui::style::Modifier::empty();
        }
        brush.sign(x, self.y, sign, style);
    }
}
