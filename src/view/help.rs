//! The help: what is on the pane where it was asked for, every key of it, and what the signs mean.

mod panes;

use super::brush::{Brush, Head, columns};
use super::caption::broken;
use super::grid::body;
use super::theme::{Charset, Mark, Role, Theme};
use crate::ui::{Action, Keymap, Pane, Place};
use panes::{About, Sample};
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
    let pane = match place {
        Place::Pane(pane) => Some(pane),
        _ => None,
    };
    let head = pane.map_or(KEYS, |pane| Head {
        number: Some(pane.number()),
        title: pane.title(),
        ..KEYS
    });
    brush.head(area, &head);
    let area = body(area);
    let mut lines = pane.map_or_else(Vec::new, |pane| about(pane, area.width));
    lines.extend(keys_and_signs(brush.theme, keymap, place));
    let most = lines.len().saturating_sub(usize::from(area.height));
    let theme = brush.theme;
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(down.min(most))) {
        let room = area.width.saturating_sub(2);
        match line {
            Line::Blank => {}
            Line::Keys => {
                let row = Rect {
                    y,
                    height: 1,
                    ..area
                };
                brush.head(row, &KEYS);
            }
            Line::Text(text) => {
                brush.cut(area.x + 1, y, room, text, theme.style(Role::Text));
            }
            Line::Samples(samples) => {
                for (at, &(sample, meaning)) in (0..).zip(samples.iter()) {
                    let x = area.x + 1 + at * half(area.width);
                    draw_sample(brush, x, y, half(area.width) - 1, sample, meaning);
                }
            }
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

/// The head above the keys.
const KEYS: Head<'static> = Head {
    number: None,
    title: "keys",
    is_focused: true,
    right: "",
};

/// How wide a sample is drawn, at most.
const SAMPLE_WIDE: u16 = 8;

/// Returns how wide one of two columns of samples is.
fn half(width: u16) -> u16 {
    (width.saturating_sub(2) / 2).max(SAMPLE_WIDE + 2)
}

fn draw_sample(brush: &mut Brush<'_>, x: u16, y: u16, width: u16, sample: Sample, meaning: &str) {
    let theme = brush.theme;
    let (text, style) = match sample {
        Sample::Mark(mark) => (theme.glyph(mark), theme.mark(mark)),
        Sample::Sign(sign, role) => (sign(theme.signs()), theme.style(role)),
        Sample::Text(text, role) => (text, theme.style(role)),
    };
    let wide = columns(text, SAMPLE_WIDE);
    if matches!(sample, Sample::Text(_, Role::BandText)) {
        // The text of a task has its ground from the band that it stands on.
        let band = Rect::new(x, y, wide, 1);
        brush.tint(band, theme.style(Role::Band));
    }
    brush.text(x, y, wide, text, style);
    let x = x + SAMPLE_WIDE;
    let room = width.saturating_sub(SAMPLE_WIDE);
    brush.cut(x, y, room, meaning, theme.style(Role::Text));
}

/// Returns what is said of a pane, and the head that the keys have below it.
fn about(pane: Pane, width: u16) -> Vec<Line> {
    let About { text, legend } = panes::about(pane);
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, later) = broken(rest, width.saturating_sub(3));
        lines.push(Line::Text(line));
        rest = later;
    }
    // One column where two have no room.
    let abreast = if width < 60 { 1 } else { 2 };
    lines.extend(legend.chunks(abreast).map(Line::Samples));
    lines.push(Line::Keys);
    lines
}

/// How wide the column of keys is.
const KEYS_WIDE: u16 = 18;

enum Line {
    Blank,
    /// The head above the keys.
    Keys,
    Text(&'static str),
    /// What is drawn, side by side.
    Samples(&'static [(Sample, &'static str)]),
    Title(&'static str),
    Key(String, &'static str),
    Filter(&'static str, &'static str),
    Sign(Mark, &'static str),
}

fn keys_and_signs(theme: &Theme, keymap: &Keymap, place: Place) -> Vec<Line> {
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
