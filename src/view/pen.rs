//! The pen: a brush that stays within one area and counts columns and rows from its corner.

use super::brush::{Brush, columns};
use super::theme::{Mark, Role, Theme};
use crate::ui::Spot;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A brush for one area. What lies beyond the area is not drawn.
pub(super) struct Pen<'b, 'a> {
    brush: &'b mut Brush<'a>,
    area: Rect,
}

impl<'b, 'a> Pen<'b, 'a> {
    /// Returns a pen for the part of `area` that is in the buffer.
    pub(super) fn new(area: Rect, brush: &'b mut Brush<'a>) -> Pen<'b, 'a> {
        let area = brush.clip(area);
        Pen { brush, area }
    }

    /// Returns how many columns there are.
    pub(super) fn width(&self) -> u16 {
        self.area.width
    }

    /// Returns how many rows there are.
    pub(super) fn height(&self) -> u16 {
        self.area.height
    }

    /// Returns the looks.
    pub(super) fn theme(&self) -> &'a Theme {
        self.brush.theme
    }

    /// Returns the look of a role.
    pub(super) fn style(&self, role: Role) -> Style {
        self.brush.theme.style(role)
    }

    /// Says what some cells of a row stand for, from a column up to another.
    pub(super) fn spot(&mut self, x: u16, y: u16, end: u16, spot: Spot) {
        let end = end.min(self.area.width);
        if x < end && y < self.area.height {
            let (left, top) = (self.area.x, self.area.y);
            self.brush.spot_in(left + x, top + y, left + end, spot);
        }
    }

    /// Puts one sign.
    pub(super) fn sign(&mut self, x: u16, y: u16, sign: &str, style: Style) {
        if x < self.area.width && y < self.area.height {
            self.brush
                .sign(self.area.x + x, self.area.y + y, sign, style);
        }
    }

    /// Puts `text` into at most `width` columns. Returns the column after it.
    pub(super) fn text(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) -> u16 {
        if x >= self.area.width || y >= self.area.height {
            return x;
        }
        let width = width.min(self.area.width - x);
        let end = self
            .brush
            .cut(self.area.x + x, self.area.y + y, width, text, style);
        end.saturating_sub(self.area.x)
    }

    /// Puts `text` up to the area's edge. Returns the column after it.
    pub(super) fn put(&mut self, x: u16, y: u16, text: &str, role: Role) -> u16 {
        self.text(x, y, u16::MAX, text, self.style(role))
    }

    /// Puts `text` so that it ends before column `end`. Returns the column where it begins.
    pub(super) fn right(&mut self, end: u16, y: u16, text: &str, style: Style) -> u16 {
        let wide = columns(text, end);
        let x = end - wide;
        self.text(x, y, wide, text, style);
        x
    }

    /// Puts the glyph of a mark. Returns the column after it; a lock in ASCII has three.
    pub(super) fn mark(&mut self, x: u16, y: u16, mark: Mark) -> u16 {
        let theme = self.theme();
        self.text(x, y, 3, theme.glyph(mark), theme.mark(mark))
    }

    /// Lays a style over some cells of a row; what it does not name stays.
    pub(super) fn tint(&mut self, x: u16, y: u16, width: u16, style: Style) {
        if x < self.area.width && y < self.area.height {
            let width = width.min(self.area.width - x);
            self.brush
                .tint(Rect::new(self.area.x + x, self.area.y + y, width, 1), style);
        }
    }

    /// Puts the same sign into some cells of a row.
    pub(super) fn run(&mut self, x: u16, y: u16, width: u16, sign: &str, style: Style) {
        if x < self.area.width && y < self.area.height {
            let width = width.min(self.area.width - x);
            self.brush
                .run(self.area.x + x, self.area.y + y, width, sign, style);
        }
    }
}
