//! The knobs of the picker: what each is, and what the one means that is edited.

use super::{Indent, caret};
use crate::event::program::Program;
use crate::ui::{Field, Focus, Spot, Ui};
use crate::view::brush::{Brush, columns};
use crate::view::caption::broken;
use crate::view::theme::Role;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// Draws what can be set. Returns how many rows it took.
pub(super) fn draw_knobs(brush: &mut Brush<'_>, area: Rect, program: &Program, ui: &Ui) -> u16 {
    let theme = brush.theme;
    let Some(knobs) = ui.picker.knobs.get(ui.picker.selected) else {
        return 0;
    };
    let dim = theme.style(Role::Dim);
    let indent = Indent::of(area.width);
    let x = area.x + indent.text;
    let name_wide = ui
        .picker
        .fields(program)
        .map(|field| columns(field.name(), 16))
        .max()
        .unwrap_or(0);
    let value_wide = ui
        .picker
        .fields(program)
        .map(|field| columns(&field.value(knobs), 12))
        .max()
        .unwrap_or(0)
        .max(4);
    let count = u16::try_from(ui.picker.fields(program).count()).unwrap_or(u16::MAX);
    let mut spare = area.height.saturating_sub(count);
    let mut y = area.y;
    for (at, field) in ui.picker.fields(program).enumerate() {
        if y >= area.bottom() {
            break;
        }
        if at == 0 {
            brush.cut(area.x + indent.label, y, 6, "knobs", dim);
        }
        let is_focused = ui.picker.focus == Focus::Knob(at);
        let line = Rect {
            x: x.saturating_sub(1),
            y,
            width: area.right().saturating_sub(x.saturating_sub(1)),
            height: 1,
        };
        brush.spot(line, Spot::Knob(at));
        if is_focused {
            brush.tint(line, theme.style(Role::Selection));
            if !theme.has_grounds() {
                brush.sign(x - 1, y, theme.signs().gutter, theme.style(Role::Strong));
            }
        }
        let line = Rect {
            x,
            y,
            width: area.right().saturating_sub(x + 1),
            height: 1,
        };
        let room = draw_knob(brush, line, (name_wide, value_wide), field, is_focused, ui);
        let help = field.help();
        let is_cut = columns(&help, room + 1) > room;
        // One is about to change it: what it means is told whole.
        let free = match is_focused {
            true => spare.min(MEANING_ROWS),
            false => spare.saturating_sub(BELOW_ROWS),
        };
        let meaning = match room {
            COLUMN_LEAST.. if is_cut && free > 0 => Rect {
                x: line.right() - room,
                width: room,
                height: (1 + free).min(MEANING_ROWS),
                ..line
            },
            _ if is_cut && is_focused && free > 0 => Rect {
                x: x + 2,
                y: y + 1,
                width: line.width.saturating_sub(2),
                height: free,
            },
            _ => Rect {
                x: line.right() - room,
                width: room,
                ..line
            },
        };
        let style = theme.style(if is_focused { Role::Text } else { Role::Dim });
        // Of so few columns nobody would understand anything: it is told once the knob is edited.
        let is_dropped = is_cut && !is_focused && meaning.width < MEANING_LEAST;
        let rows = match is_dropped {
            true => 1,
            false => draw_meaning(brush, meaning, &help, style),
        };
        let below = (meaning.y + rows).saturating_sub(y + 1);
        spare -= below;
        y += 1 + below;
    }
    y - area.y
}

/// How many rows there are for what a knob means.
pub(super) const MEANING_ROWS: u16 = 3;

/// How many rows stay for what stands below the knobs.
const BELOW_ROWS: u16 = 4;

/// Fewer columns are too few for words.
const MEANING_LEAST: u16 = 16;

/// How wide the column beside the knobs is at least, if sentences are to be broken in it.
const COLUMN_LEAST: u16 = 24;

/// Draws what a knob means. Returns how many rows it took.
fn draw_meaning(brush: &mut Brush<'_>, area: Rect, help: &str, style: Style) -> u16 {
    let (mut rest, mut rows) = (help, 0);
    while !rest.is_empty() && rows < area.height {
        let is_last = rows + 1 == area.height;
        let (first, later) = match is_last {
            true => (rest, ""),
            false => broken(rest, area.width),
        };
        brush.cut(area.x, area.y + rows, area.width, first, style);
        rest = later;
        rows += 1;
    }
    rows
}

/// Draws a knob and its value in a row. Returns how many columns are left for what it means.
fn draw_knob(
    brush: &mut Brush<'_>,
    area: Rect,
    (name_wide, value_wide): (u16, u16),
    field: Field,
    is_focused: bool,
    ui: &Ui,
) -> u16 {
    let theme = brush.theme;
    let (y, end) = (area.y, area.right());
    let Some(knobs) = ui.picker.knobs.get(ui.picker.selected) else {
        return 0;
    };
    let name = theme.style(if is_focused { Role::Strong } else { Role::Text });
    let room = end.saturating_sub(area.x);
    brush.cut(area.x, y, name_wide.min(room), field.name(), name);
    let value_end = area.x + name_wide + 2 + value_wide;
    if value_end > end {
        return 0;
    }
    let typed = ui.picker.typed.as_deref().filter(|_| is_focused);
    let value = typed.map_or_else(|| field.value(knobs), str::to_owned);
    brush.right(value_end, y, value_wide, &value, theme.style(Role::Strong));
    if typed.is_some() {
        caret(brush, value_end, y);
    }
    end.saturating_sub(value_end + 3)
}
