//! The help: what is on the pane where it was asked for, every key of it, what the mouse does, and what
//! the signs mean.
//!
//! Nothing of it is cut: what has no room beside its key goes on below, and where rows are left to be
//! scrolled to, the head says so.

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

/// What the mouse does.
const MOUSE: &[(&str, &str)] = &[
    (
        "click",
        "selects, goes to a pane, does what a key in the last row does",
    ),
    (
        "double click",
        "opens what was selected; on a pane's title: gives it the screen; runs a scenario, or an action of the palette",
    ),
    ("wheel", "scrolls; over the axis, or with Ctrl, it zooms"),
    ("drag", "moves time, or the edge of a pane"),
    (
        "Shift",
        "with it the mouse is the terminal's: so text is selected that mpviz shows (in some terminals with Alt or Fn)",
    ),
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
    let inner = body(area);
    let mut lines = pane.map_or_else(Vec::new, |pane| about(pane, inner.width.min(WIDEST)));
    let first = lines.len();
    // Where there is room for both, the signs stand beside the keys, not far below them.
    let is_wide = inner.width >= WIDE;
    let half = inner.width / if is_wide { 2 } else { 1 };
    lines.extend(keys(brush.theme, keymap, place, half));
    let mut beside = beside(place, half);
    if !is_wide {
        lines.push(Line::Blank);
        lines.append(&mut beside);
    }
    let all = lines.len().max(first + beside.len());
    let most = all.saturating_sub(usize::from(inner.height));
    let down = down.min(most);
    brush.help_most(most);
    let right = match (down > 0, down < most) {
        (false, false) => "",
        (false, true) => "more below",
        (true, false) => "more above",
        (true, true) => "more above and below",
    };
    let head = Head { right, ..KEYS };
    let head = pane.map_or(head, |pane| Head {
        number: Some(pane.number()),
        title: pane.title(),
        ..head
    });
    brush.head(area, &head);
    for (at, y) in (down..).zip(inner.y..inner.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..inner
        };
        match lines.get(at) {
            Some(line @ Line::Told(..)) => draw_line(brush, Rect { width: half, ..row }, line),
            Some(line) => draw_line(brush, row, line),
            None => {}
        }
        if let Some(line) = at.checked_sub(first).and_then(|at| beside.get(at)) {
            let right = Rect {
                x: row.x + half,
                width: row.width - half,
                ..row
            };
            draw_line(brush, right, line);
        }
    }
}

/// Draws one line in a row of its own.
fn draw_line(brush: &mut Brush<'_>, row: Rect, line: &Line) {
    let theme = brush.theme;
    let (x, y, room) = (row.x + 1, row.y, row.width.saturating_sub(2));
    let (text, strong) = (theme.style(Role::Text), theme.style(Role::Strong));
    match line {
        Line::Blank => {}
        Line::Keys => brush.head(row, &KEYS),
        Line::Text(words) => {
            brush.cut(x, y, room, words, text);
        }
        Line::Title(title) => {
            brush.cut(x, y, room, title, theme.style(Role::Dim));
        }
        Line::Samples {
            samples,
            abreast,
            indent,
        } => {
            let half = room / abreast;
            for (at, &(sample, meaning)) in (0..).zip(samples.iter()) {
                let area = Rect {
                    x: x + at * half,
                    width: half - 1,
                    ..row
                };
                draw_sample(brush, area, *indent, sample, meaning);
            }
        }
        Line::Told(what, help) => {
            let wide = KEYS_WIDE - 1;
            match what {
                What::Key(keys) => brush.cut(x, y, wide, keys, strong),
                What::Word(word) => brush.cut(x, y, wide, word, text),
                What::Sign(mark) => brush.text(x, y, 3, theme.glyph(*mark), theme.mark(*mark)),
                What::More => x,
            };
            let room = room.saturating_sub(KEYS_WIDE);
            brush.cut(x + KEYS_WIDE, y, room, help, text);
        }
    }
}

/// From this width on what filters find and what signs mean stands beside the keys.
const WIDE: u16 = 160;

/// How wide sentences are at most: longer rows are hard to read across.
const WIDEST: u16 = 120;

/// The head above the keys.
const KEYS: Head<'static> = Head {
    number: None,
    title: "keys",
    is_focused: true,
    right: "",
};

/// The widest sample.
const SAMPLE_MOST: u16 = 8;

fn draw_sample(brush: &mut Brush<'_>, area: Rect, indent: u16, sample: Sample, meaning: &str) {
    let theme = brush.theme;
    let (text, style) = match sample {
        Sample::Mark(mark) => (theme.glyph(mark), theme.mark(mark)),
        Sample::Sign(sign, role) => (sign(theme.signs()), theme.style(role)),
        Sample::Text(text, role) => (text, theme.style(role)),
    };
    let wide = columns(text, SAMPLE_MOST);
    if matches!(sample, Sample::Text(_, Role::BandText)) {
        // The text of a task has its ground from the band that it stands on.
        let band = Rect {
            width: wide,
            ..area
        };
        brush.tint(band, theme.style(Role::Band));
    }
    brush.text(area.x, area.y, wide, text, style);
    let room = area.width.saturating_sub(indent);
    let style = theme.style(Role::Text);
    brush.cut(area.x + indent, area.y, room, meaning, style);
}

/// Returns how wide a sample is; in ASCII a sign may be wider, for which there is room.
fn sample_columns(sample: Sample) -> u16 {
    match sample {
        Sample::Mark(_) | Sample::Sign(..) => 1,
        Sample::Text(text, _) => columns(text, SAMPLE_MOST),
    }
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
    let longest = legend.iter().map(|(_, meaning)| columns(meaning, width));
    let samples = legend.iter().map(|&(sample, _)| sample_columns(sample));
    let indent = 1 + samples.max().unwrap_or(0).max(3);
    let needed = indent + longest.max().unwrap_or(0) + 1;
    let has_room = width.saturating_sub(2) / 2 >= needed;
    let abreast = if has_room { 2 } else { 1 };
    let rows = legend.chunks(usize::from(abreast));
    lines.extend(rows.map(|samples| Line::Samples {
        samples,
        abreast,
        indent,
    }));
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
    Samples {
        samples: &'static [(Sample, &'static str)],
        abreast: u16,
        /// Where the words begin behind the samples.
        indent: u16,
    },
    Title(&'static str),
    /// Something, and what there is to say of it.
    Told(What, &'static str),
}

enum What {
    Key(String),
    Word(&'static str),
    Sign(Mark),
    /// What was begun in the row above.
    More,
}

/// Puts something there, and what there is to say of it, in as many rows as that takes.
fn tell(lines: &mut Vec<Line>, width: u16, what: What, help: &'static str) {
    let room = width.saturating_sub(2 + KEYS_WIDE);
    let (mut line, mut rest) = broken(help, room);
    lines.push(Line::Told(what, line));
    while !rest.is_empty() {
        (line, rest) = broken(rest, room);
        lines.push(Line::Told(What::More, line));
    }
}

fn keys(theme: &Theme, keymap: &Keymap, place: Place, width: u16) -> Vec<Line> {
    let ascii = theme.charset() != Charset::Unicode;
    let mut lines = Vec::new();
    for &action in Action::ALL {
        let keys: Vec<String> = keymap
            .keys_of(place, action)
            .map(|key| key.label(ascii))
            .collect();
        if !keys.is_empty() {
            tell(&mut lines, width, What::Key(keys.join("  ")), action.help());
        }
    }
    lines
}

/// Returns what stands beside the keys, or below them.
fn beside(place: Place, width: u16) -> Vec<Line> {
    let mut lines = vec![Line::Title("what the mouse does")];
    for &(what, help) in MOUSE {
        tell(&mut lines, width, What::Word(what), help);
    }
    if place != Place::Picker {
        lines.extend([Line::Blank, Line::Title("what a filter finds")]);
        for &(text, help) in FILTERS {
            tell(&mut lines, width, What::Word(text), help);
        }
    }
    lines.extend([Line::Blank, Line::Title("signs")]);
    for &(mark, meaning) in LEGEND {
        tell(&mut lines, width, What::Sign(mark), meaning);
    }
    lines
}
