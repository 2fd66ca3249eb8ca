//! The greeting: what this is, in a sentence, and the three keys to begin with. It stands above the list of
//! programs until one was run: whoever has seen a run knows.

use super::brush::Brush;
use super::grid::take_top;
use super::theme::{Charset, Role};
use crate::ui::{Action, Keymap, Place};
use ratatui::layout::Rect;

/// On fewer rows the list needs all of them.
const ROWS_MIN: u16 = 18;

const SENTENCE: &str =
    "Pick a program and watch its processes: who works, who waits, and for what.";

/// What to press first, and what it does.
const FIRST: [(&[Action], &str); 3] = [
    (&[Action::Up, Action::Down], "choose"),
    (&[Action::Run], "watch it run"),
    (&[Action::ToggleHelp], "all keys and signs"),
];

/// Draws the greeting at the top of an area that has room for it, and takes its rows away.
pub(super) fn draw_greeting(brush: &mut Brush<'_>, area: &mut Rect, keymap: &Keymap) {
    if area.height < ROWS_MIN {
        return;
    }
    let theme = brush.theme;
    let rows = take_top(area, 2);
    brush.tint(rows, theme.style(Role::Strip));
    let room = rows.width.saturating_sub(2);
    brush.cut(rows.x + 1, rows.y, room, SENTENCE, theme.style(Role::Text));
    let ascii = theme.charset() != Charset::Unicode;
    let mut x = rows.x + 1;
    let y = rows.y + 1;
    for (actions, words) in FIRST {
        let keys = actions.iter().filter_map(|&action| {
            let key = keymap.key_of(Place::Picker, action)?;
            Some(key.label(ascii))
        });
        let keys = keys.collect::<Vec<_>>().join(" ");
        // A key that the person took away is not told.
        if keys.is_empty() {
            continue;
        }
        let room = |x: u16| rows.right().saturating_sub(x + 1);
        x = brush.cut(x, y, room(x), &keys, theme.style(Role::Strong)) + 1;
        x = brush.cut(x, y, room(x), words, theme.style(Role::Dim)) + 3;
    }
}
