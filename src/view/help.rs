//! The help: every key of the place where it was asked for, and what the signs mean.

use super::brush::{Brush, Head};
use super::grid::body;
use super::theme::{Charset, Mark, Role, Theme};
use crate::ui::{Action, Keymap, Place};
use ratatui::layout::Rect;

/// What the signs on lanes mean.
const LEGEND: &[(Mark, &str)] = &[
    (Mark::Running, "computes"),
    (Mark::Runnable, "forked, and not yet heard of"),
    (
        Mark::Get,
        "waits in get, recv or read: there is nothing to take",
    ),
    (Mark::Put, "waits in put, send or write: there is no room"),
    (Mark::Lock, "waits for a lock"),
    (Mark::Join, "waits in join or wait for another to end"),
    (Mark::Asleep, "asleep"),
    (
        Mark::Stopped,
        "stopped by a signal, or with the whole program",
    ),
    (
        Mark::Zombie,
        "a zombie: ended, and nobody has taken note of it",
    ),
    (Mark::Exited, "ended by itself"),
    (Mark::Killed, "ended by a signal"),
    (Mark::Message, "a message, put or got"),
    (Mark::Result, "a result"),
    (Mark::LockFree, "a lock that nobody holds"),
    (Mark::LockHeld, "a lock that somebody holds"),
    (Mark::LockLost, "a lock whose holder is dead"),
];

/// What a filter understands.
const FILTERS: &[(&str, &str)] = &[
    ("url_1 blocked", "rows with both words, in any case"),
    ("\"put url\"", "rows with these words as they stand"),
    ("-asleep", "rows without it; so with all below"),
    ("who:writer-1", "rows of this process, by name or pid"),
    ("on:q", "rows about this queue, pipe, lock or pool"),
    (
        "kind:put",
        "events of this kind: fork, put, received, blocked, output …",
    ),
    (
        "kind:asleep",
        "in processes: who does that: blocked, get, running, ended …",
    ),
    ("task:3", "rows about this task, or from within it"),
    (
        "/T[0-4]$/",
        "rows that a regular expression matches; also re:T[0-4]$",
    ),
];

/// Draws the help over the whole body, from its row `down` on.
pub fn draw_help(brush: &mut Brush<'_>, area: Rect, keymap: &Keymap, place: Place, down: usize) {
    brush.clear(area);
    brush.head(
        area,
        &Head {
            number: None,
            title: "keys",
            is_focused: true,
            right: "",
        },
    );
    let area = body(area);
    let lines = lines(brush.theme, keymap, place);
    let most = lines.len().saturating_sub(usize::from(area.height));
    let theme = brush.theme;
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(down.min(most))) {
        let room = area.width.saturating_sub(2);
        match line {
            Line::Blank => {}
            Line::Title(title) => {
                brush.cut(area.x + 1, y, room, title, theme.style(Role::Dim));
            }
            Line::Key(keys, help) => {
                brush.cut(
                    area.x + 1,
                    y,
                    KEYS_WIDE - 1,
                    keys,
                    theme.style(Role::Strong),
                );
                let room = room.saturating_sub(KEYS_WIDE);
                brush.cut(
                    area.x + 1 + KEYS_WIDE,
                    y,
                    room,
                    help,
                    theme.style(Role::Text),
                );
            }
            Line::Filter(text, help) => {
                let style = theme.style(Role::Text);
                brush.cut(area.x + 1, y, KEYS_WIDE - 1, text, style);
                let room = room.saturating_sub(KEYS_WIDE);
                brush.cut(area.x + 1 + KEYS_WIDE, y, room, help, style);
            }
            Line::Sign(mark, meaning) => {
                brush.text(area.x + 1, y, 3, theme.glyph(*mark), theme.mark(*mark));
                let room = room.saturating_sub(KEYS_WIDE);
                brush.cut(
                    area.x + 1 + KEYS_WIDE,
                    y,
                    room,
                    meaning,
                    theme.style(Role::Text),
                );
            }
        }
    }
}

/// How wide the column of keys is.
const KEYS_WIDE: u16 = 18;

enum Line {
    Blank,
    Title(&'static str),
    Key(String, &'static str),
    Filter(&'static str, &'static str),
    Sign(Mark, &'static str),
}

fn lines(theme: &Theme, keymap: &Keymap, place: Place) -> Vec<Line> {
    let ascii = theme.charset() != Charset::Unicode;
    let mut lines = Vec::new();
    for &action in Action::ALL {
        let keys: Vec<String> = keymap
            .keys_of(place, action)
            .map(|key| key.label(ascii))
            .collect();
        if !keys.is_empty() {
            lines.push(Line::Key(keys.join("  "), action.help()));
        }
    }
    if place != Place::Picker {
        lines.push(Line::Blank);
        lines.push(Line::Title("what a filter finds"));
        let told = FILTERS.iter().map(|&(text, help)| Line::Filter(text, help));
        lines.extend(told);
    }
    lines.push(Line::Blank);
    lines.push(Line::Title("signs"));
    lines.extend(LEGEND.iter().map(|&(mark, text)| Line::Sign(mark, text)));
    lines
}
