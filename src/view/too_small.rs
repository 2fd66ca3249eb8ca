//! What stands on a screen that is too small for anything else.

use super::brush::{Brush, columns};
use super::grid::LEAST;
use super::theme::Role;
use ratatui::layout::Rect;

/// Says which size is needed.
pub fn draw_too_small(brush: &mut Brush<'_>, area: Rect) {
    let (width, height) = LEAST;
    let lines = [
        format!("mpviz needs {width}x{height}"),
        format!("this is {}x{}", area.width, area.height),
    ];
    let text = brush.theme.style(Role::Text);
    let y = area.y + area.height.saturating_sub(2) / 2;
    for (at, line) in (0u16..).zip(&lines) {
        let row = y.saturating_add(at);
        if row < area.bottom() {
            let wide = columns(line, area.width);
            let x = area.x + (area.width - wide) / 2;
            brush.text(x, row, wide, line, text);
        }
    }
}
