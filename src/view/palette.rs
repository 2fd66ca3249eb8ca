//! The palette over the screen: what is typed, the actions that it finds, their keys.
//!
//! ```text
//! ─ actions ─────────────────────────────────────────────────────────── 3 of 71 ─
//!  : fre▏
//!  toggle-freeze     freezes the view, while collecting goes on; again: live  space
//!  freeze-program    this is a trace: nothing of it runs any more                 P
//!  …
//!  freezes the view, while collecting goes on; again: live
//! ```
//!
//! What can't be done now is dim, and says why in the place of what it does. The last row says it
//! whole of the selected one.

use super::Scene;
use super::brush::{Brush, Head, columns};
use super::find::tail;
use super::grid::{Size, take_bottom, take_top};
use super::theme::{Charset, Role};
use crate::ui::Spot;
use crate::ui::palette::{Choice, Palette};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// The most rows of actions on a screen of usual height; on a taller one half of its rows.
const ROWS_MOST: u16 = 18;
/// From this width of the screen on it does not take all: longer rows are hard to read across.
const WIDE: u16 = 130;
/// How wide it is there, and how many blank columns stand at each side.
const WIDEST: u16 = 100;
const MARGIN: u16 = 2;
/// How many rows at the bottom stay free: the strip that says why, and the keys.
const BELOW: u16 = 3;
/// How wide the keys are at most.
const KEY_WIDE: u16 = 9;

/// Draws the palette over the screen, if it is open.
pub(super) fn draw_palette(brush: &mut Brush<'_>, area: Rect, scene: &Scene<'_>) {
    let Some(palette) = &scene.ui.palette else {
        return;
    };
    if Size::of(area).is_none() {
        return;
    }
    let (wide, margin) = match area.width {
        WIDE.. => (WIDEST, MARGIN),
        wide => (wide, 0),
    };
    let found = palette.found();
    let room = area.height.saturating_sub(1 + BELOW);
    let all = u16::try_from(palette.choices.len()).unwrap_or(u16::MAX);
    // Its size is that of all actions: it does not jump while one types.
    let most = ROWS_MOST.max(area.height / 2);
    let rows = all.min(most).min(room.saturating_sub(3));
    let mut panel = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + 1,
        width: wide,
        height: rows + 3,
    };
    brush.clear(Rect {
        x: panel.x - margin,
        width: panel.width + 2 * margin,
        height: panel.height + margin.min(1),
        ..panel
    });
    brush.spot(panel, Spot::Cover);
    let theme = brush.theme;
    let count = format!("{} of {}", found.len(), palette.choices.len());
    let head = Head {
        number: None,
        title: "actions",
        is_focused: true,
        right: &count,
    };
    brush.head(take_top(&mut panel, 1), &head);
    draw_query(brush, take_top(&mut panel, 1), palette);
    let detail = take_bottom(&mut panel, 1);
    let at = palette.at.min(found.len().saturating_sub(1));
    let first = (at + 1).saturating_sub(usize::from(panel.height));
    let name_wide = palette
        .choices
        .iter()
        .map(|choice| columns(choice.action.name(), 24))
        .max();
    let place = scene.ui.place_behind_palette();
    let ascii = theme.charset() == Charset::Ascii;
    for (y, (row, (choice, hits))) in
        (panel.y..panel.bottom()).zip(found.iter().enumerate().skip(first))
    {
        let line = Rect {
            y,
            height: 1,
            ..panel
        };
        let key = scene.keymap.key_of(place, choice.action);
        brush.spot(line, Spot::Choice(row));
        let row = Row {
            choice,
            hits,
            key: key.map_or(String::new(), |key| key.label(ascii)),
            name_wide: name_wide.unwrap_or(0),
            is_selected: row == at,
        };
        row.draw(brush, line);
    }
    brush.tint(detail, theme.style(Role::Strip));
    let room = detail.width.saturating_sub(2);
    let said = match found.get(at) {
        None => "no action has these letters",
        Some((choice, _)) => told(choice),
    };
    brush.cut(detail.x + 1, detail.y, room, said, theme.style(Role::Text));
}

fn draw_query(brush: &mut Brush<'_>, area: Rect, palette: &Palette) {
    let theme = brush.theme;
    brush.tint(area, theme.style(Role::Strip));
    let x = brush.text(area.x + 1, area.y, 2, ":", theme.style(Role::Dim)) + 1;
    let room = area.right().saturating_sub(x + 2);
    let query = tail(&palette.query, room);
    let x = brush.text(x, area.y, room, query, theme.style(Role::Strong));
    let caret = theme.style(Role::Text).add_modifier(Modifier::REVERSED);
    brush.sign(x, area.y, " ", caret);
    if palette.query.is_empty() {
        let help = "a few letters of what you want to do";
        brush.cut(
            x + 2,
            area.y,
            room.saturating_sub(2),
            help,
            theme.style(Role::Dim),
        );
    }
}

struct Row<'a> {
    choice: &'a Choice,
    hits: &'a [usize],
    key: String,
    name_wide: u16,
    is_selected: bool,
}

impl Row<'_> {
    fn draw(&self, brush: &mut Brush<'_>, area: Rect) {
        let theme = brush.theme;
        let (y, can) = (area.y, self.choice.why_not.is_none());
        if self.is_selected {
            brush.tint(area, theme.style(Role::Selection));
            if !theme.has_grounds() {
                brush.sign(area.x, y, theme.signs().gutter, theme.style(Role::Strong));
            }
        }
        let name = theme.style(match (can, self.is_selected) {
            (false, _) => Role::Dim,
            (true, false) => Role::Text,
            (true, true) => Role::Strong,
        });
        let x = area.x + 1;
        for (at, c) in self.choice.action.name().chars().enumerate() {
            let is_hit = self.hits.contains(&at);
            let hit = Style::new().add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
            let style = if is_hit { name.patch(hit) } else { name };
            let at = u16::try_from(at).unwrap_or(u16::MAX);
            brush.sign(x.saturating_add(at), y, c.encode_utf8(&mut [0; 4]), style);
        }
        let key = theme.style(if can { Role::Strong } else { Role::Dim });
        brush.right(area.right().saturating_sub(1), y, KEY_WIDE, &self.key, key);
        let x = x + self.name_wide + 2;
        let room = area.right().saturating_sub(x + KEY_WIDE + 2);
        let says = match self.is_selected && can {
            true => Role::Text,
            false => Role::Dim,
        };
        brush.cut(x, y, room, told(self.choice), theme.style(says));
    }
}

/// Returns what an action does, or why it can't be done now.
fn told(choice: &Choice) -> &str {
    let why_not = choice.why_not.as_deref();
    why_not.unwrap_or(choice.action.help())
}
