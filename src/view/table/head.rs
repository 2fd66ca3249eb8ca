//! The head of the table: its title, the axis in its rule, and the cursor through all rows.

use super::columns::USAGE_WIDE;
use super::draw::Table;
use super::rows::Rows;
use crate::ui::crowd::Order;
use crate::ui::{Pane, Spot};
use crate::view::brush::{Brush, Head, columns};
use crate::view::find::{after_title, draw_filter};
use crate::view::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

impl Table<'_> {
    /// Draws `─ 1 processes ───── 0.0 s     0.5 s ──── now ─────`.
    pub(super) fn draw_head(&self, brush: &mut Brush<'_>, rows: &Rows) {
        let (cols, y) = (self.cols, self.pane.y);
        let theme = brush.theme;
        brush.head(
            Rect {
                height: 1,
                ..self.pane
            },
            &Head {
                number: self.title.number,
                title: self.title.text,
                is_focused: self.title.is_focused,
                right: "",
            },
        );
        let end = self.pane.x + 5 + columns(self.title.text, self.pane.width);
        brush.spot_in(self.pane.x + 1, y, end, Spot::Title(Pane::Processes));
        if !self.title.has_axis {
            self.draw_end_word(brush);
            return;
        }
        // The axis stands in the rule; where a title reaches into it, the title stays.
        let title_end = self.pane.x + 4 + 1 + columns(self.title.text, self.pane.width);
        let from = cols.lane.saturating_sub(1).max(title_end);
        let to = cols.now;
        brush.run(from, y, to.saturating_sub(from), " ", Style::new());
        self.draw_axis(brush, from);
        self.draw_filter(brush, rows);
        let (now, style) = match (self.moment.run.frozen, self.moment.is_ended) {
            (Some(_), _) => (
                format!(" at {} ", self.moment.axis.fine_label(self.moment.cursor)),
                theme.style(Role::Cursor),
            ),
            (None, true) => ("at the end ".to_owned(), theme.style(Role::Dim)),
            (None, false) => ("now ".to_owned(), theme.style(Role::Dim)),
        };
        let style = if self.moment.run.frozen.is_none() {
            theme.style(Role::Text)
        } else {
            style
        };
        brush.text(cols.now, y, cols.now_wide, &now, style);
        if let Some(usage) = cols.usage {
            for (end, title) in [(usage + 4, " cpu "), (usage + USAGE_WIDE - 2, " age ")] {
                brush.right(end + 1, y, 5, title, theme.style(Role::Dim));
            }
        }
    }

    /// Draws what filters and sorts the table over its rule: what is typed goes before the axis.
    fn draw_filter(&self, brush: &mut Brush<'_>, rows: &Rows) {
        let (run, y) = (self.moment.run, self.pane.y);
        let (filter, order) = (&run.find.processes, run.table.order);
        let is_typing = run.find.typing == Some(Pane::Processes);
        let mut x = after_title(self.pane, self.title.text);
        let end = self.cols.now.saturating_sub(1);
        if order != Order::Tree {
            let dim = brush.theme.style(Role::Dim);
            x = brush.text(x, y, end.saturating_sub(x), order.text(), dim);
            x = brush.text(x, y, end.saturating_sub(x), "  ", Style::new());
        }
        let note = rows.found.map(|found| format!("{found} found"));
        let place = (x, y, end);
        draw_filter(brush, place, filter, is_typing, &note.unwrap_or_default());
    }

    /// Says of the lower of two tables when its *now* is, where that is not the cursor.
    fn draw_end_word(&self, brush: &mut Brush<'_>) {
        let word = match (self.moment.is_ended, self.moment.run.frozen) {
            (true, _) => " at the end ",
            (false, None) => " now ",
            (false, Some(_)) => return,
        };
        let x = self.cols.now.saturating_sub(1);
        let style = brush.theme.style(Role::Text);
        brush.text(x, self.pane.y, self.cols.now_wide, word, style);
    }

    pub(super) fn draw_axis(&self, brush: &mut Brush<'_>, from: u16) {
        let axis = self.moment.axis;
        let (y, dim) = (self.pane.y, brush.theme.style(Role::Dim));
        let end = self.cols.lane + self.cols.lane_wide;
        if axis.cols == 0 {
            return;
        }
        // The cursor's time goes before the labels that it would cover.
        let mut covered = 0..0;
        if self.moment.run.frozen.is_some() {
            let label = format!(" {} ", axis.fine_label(self.moment.cursor));
            let wide = columns(&label, 20);
            let x = self.cols.lane + axis.col(self.moment.cursor).min(axis.cols - 1);
            let x = x
                .saturating_sub(wide / 2)
                .max(from)
                .min(end.saturating_sub(wide));
            brush.text(x, y, wide, &label, brush.theme.style(Role::Cursor));
            covered = x.saturating_sub(1)..x + wide + 1;
        }
        self.draw_marks(brush, &covered);
        let step = axis.step();
        let mut t = axis.first_label();
        let mut free = from;
        while t < axis.end() {
            let x = self.cols.lane + axis.col(t);
            let label = axis.label(t);
            let wide = columns(&label, 20);
            let is_covered = x < covered.end && x + wide > covered.start;
            let mut is_marked = |x| brush.cell(x, y).is_some_and(|cell| cell.symbol() != " ");
            let is_free = !is_covered && !(x..x + wide).any(&mut is_marked);
            if x >= free && x + wide <= end && is_free {
                free = brush.text(x, y, wide, &label, dim) + 1;
            }
            t = t + step;
        }
    }

    /// Draws a sign on the axis over each moment that the user marked.
    fn draw_marks(&self, brush: &mut Brush<'_>, covered: &std::ops::Range<u16>) {
        let axis = self.moment.axis;
        let marks = &self.moment.run.marks;
        let first = marks.partition_point(|mark| mark.t < axis.start);
        let shown = marks[first..].iter().map(|mark| mark.t);
        for mark in shown.take_while(|&mark| mark < axis.end()) {
            let x = self.cols.lane + axis.col(mark);
            if !covered.contains(&x) {
                let theme = brush.theme;
                brush.sign(
                    x,
                    self.pane.y,
                    theme.signs().mark,
                    theme.style(Role::Strong),
                );
            }
        }
    }

    pub(super) fn draw_cursor(&self, brush: &mut Brush<'_>, rows: std::ops::Range<u16>) {
        let axis = self.moment.axis;
        if self.moment.run.frozen.is_none() || axis.cols == 0 {
            return;
        }
        let x = self.cols.lane + axis.col(self.moment.cursor).min(axis.cols - 1);
        let (sign, style) = (brush.theme.signs().cursor, brush.theme.style(Role::Strong));
        for y in rows {
            if let Some(cell) = brush.cell(x, y) {
                cell.modifier = Modifier::empty();
            }
            brush.sign(x, y, sign, style);
        }
    }
}
