//! The row that shows the whole run while the view is frozen: how dense events are over its time,
//! with the cursor in it.

use super::Moment;
use super::brush::Brush;
use super::header::run_time;
use super::theme::Role;
use crate::event::{Span, Time};
use ratatui::layout::Rect;

/// Draws ` whole run  ▂▄▁▁▁▁▁▁▁▁▁▁▁▁▁▄▁▁▁▁  0 to 0.70 s`.
pub fn draw_whole_run(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>) {
    let history = moment.history;
    let theme = brush.theme;
    let (dim, now) = (theme.style(Role::Dim), history.now());
    let x = brush.text(area.x + 1, area.y, 10, "whole run", dim) + 2;
    let length = format!("0 to {}", run_time(now, history.run().ended.is_some()));
    let end = brush.right(area.right().saturating_sub(1), area.y, 20, &length, dim);
    let cols = end.saturating_sub(x + 2);
    if cols == 0 {
        return;
    }
    let edge = |col: u16| {
        let t = u128::from(now.0) * u128::from(col) / u128::from(cols);
        history.log_until(Time(u64::try_from(t).unwrap_or(u64::MAX)))
    };
    let mut counts = Vec::with_capacity(usize::from(cols));
    let mut before = 0;
    for col in 1..=cols {
        let until = edge(col);
        counts.push(until.saturating_sub(before));
        before = until;
    }
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let axis = super::Axis {
        start: Time::ZERO,
        length: now.since(Time::ZERO).max(Span(1)),
        cols,
    };
    let cursor = axis.col(moment.t).min(cols - 1);
    for (col, count) in (0..cols).zip(counts) {
        let level = (count * 7).div_ceil(most) + 1;
        let sign = theme.signs().depths[level.min(8)];
        if col == cursor {
            let sign = theme.signs().cursor;
            brush.sign(x + col, area.y, sign, theme.style(Role::Strong));
            continue;
        }
        let style = if count == 0 {
            theme.style(Role::Faint)
        } else {
            dim
        };
        brush.sign(x + col, area.y, sign, style);
    }
}
