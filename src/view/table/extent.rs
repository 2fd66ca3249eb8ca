//! How much of the run a lane shows: what was known at the cursor, and what came later.
//!
//! In a frozen view a lane is drawn twice. First all of it, and then what lies after the cursor is
//! shown at half strength; over that, up to the cursor, the lane as it was known at that moment: a
//! task's name stands there only if there was room for it by then.

use super::draw::Table;
use crate::event::Time;
use crate::view::brush::Brush;
use crate::view::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// How much of the run is drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Up to when.
    pub(super) until: Time,
    /// What begins before this moment has no name.
    pub(super) named_from: Time,
    /// Names end before this column of the lane.
    pub(super) named_to: u16,
    /// The moment that is shown.
    pub(super) t: Time,
}

impl Table<'_> {
    /// Draws a lane in time, by a function that draws some extent of it.
    pub(super) fn draw_in_time(
        &self,
        brush: &mut Brush<'_>,
        y: u16,
        is_selected: bool,
        draw: impl Fn(&mut Brush<'_>, Extent),
    ) {
        let (moment, axis) = (self.moment, self.moment.axis);
        let known = Extent {
            until: moment.t,
            named_from: Time::ZERO,
            named_to: axis.cols,
            t: moment.t,
        };
        if moment.run.frozen.is_none() || axis.cols == 0 {
            draw(brush, known);
            return;
        }
        let cursor = axis.col(moment.t).min(axis.cols - 1);
        if moment.history.now() > moment.t {
            let all = Extent {
                until: moment.history.now(),
                named_from: moment.t,
                ..known
            };
            draw(brush, all);
            self.weaken_later(brush, y);
            self.clear_lane(brush, y, cursor + 1, is_selected);
        }
        let named_to = cursor;
        draw(brush, Extent { named_to, ..known });
    }

    /// Takes away what the first columns of a lane show.
    fn clear_lane(&self, brush: &mut Brush<'_>, y: u16, cols: u16, is_selected: bool) {
        let theme = brush.theme;
        let area = Rect::new(self.cols.lane, y, cols, 1);
        brush.clear(area);
        if is_selected {
            brush.tint(area, theme.style(Role::Selection));
        }
    }

    /// Shows what came after the cursor at half strength.
    fn weaken_later(&self, brush: &mut Brush<'_>, y: u16) {
        let axis = self.moment.axis;
        let theme = brush.theme;
        let tint = theme.style(Role::Selection).bg;
        for col in axis.col(self.moment.t).saturating_add(1)..axis.cols {
            if let Some(cell) = brush.cell(self.cols.lane + col, y) {
                let style = Style::new()
                    .fg(cell.fg)
                    .bg(cell.bg)
                    .add_modifier(cell.modifier);
                let half = theme.half(style);
                // The row stays one: only what the lane holds is weaker.
                let bg = half.bg.filter(|_| tint != Some(cell.bg));
                cell.set_style(Style { bg, ..half });
            }
        }
    }
}
