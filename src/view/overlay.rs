//! What a film shows over the screen: captions, the keys that were pressed, a title.
//!
//! A caption stands in a box of its own: above the strip that says why, or, once the events reach
//! down to there, over the oldest of them. Keys stand as caps at the right end of the last row
//! above the strip. Neither ever covers the header, and where there is no room for a box a caption
//! is the last row.

use super::brush::{Brush, columns};
use super::grid::LEAST;
use super::theme::{Charset, Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What is shown over the screen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overlay {
    /// What is said.
    pub caption: Option<String>,
    /// The keys that were pressed just now, the last one last.
    pub keys: Vec<Pressed>,
    /// The film's title.
    pub title: Option<String>,
    /// Where the events and the code stand, if they do.
    pub lower: Option<Rect>,
}

/// A key that was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pressed {
    /// The key, as it is written on the screen; of typed text all of it.
    pub key: String,
    /// What it does, in a word.
    pub word: &'static str,
    /// How many times in a row.
    pub times: u32,
    /// Whether it is text that was typed.
    pub is_typed: bool,
}

/// The widest text of a caption, in columns: longer lines are hard to follow.
const TEXT_WIDEST: u16 = 68;
/// The most rows of a caption.
const ROWS_MOST: usize = 5;
/// How wide the times of events are.
const STAMP: u16 = 6;
/// How many rows at the bottom stay free: the keys and the strip that says why.
const BELOW: u16 = 3;

/// Draws it over a frame.
pub fn draw_overlay(buffer: &mut Buffer, area: Rect, theme: &Theme, overlay: &Overlay) {
    let area = area.intersection(*buffer.area());
    // The header stays.
    let below_header = Rect {
        y: area.y.saturating_add(1),
        height: area.height.saturating_sub(1),
        ..area
    };
    if below_header.is_empty() {
        return;
    }
    let mut brush = Brush::new(buffer, theme);
    let mut bottom = below_header;
    match overlay.lower {
        // What is below has more to say at some times than at others.
        Some(lower) => bottom.height = lower.bottom().saturating_sub(bottom.y).min(bottom.height),
        None if area.height >= LEAST.1 => bottom.height = bottom.height.saturating_sub(BELOW),
        None => {}
    }
    if let Some(title) = &overlay.title {
        draw_title(&mut brush, below_header, title);
    }
    let mut keys_at = bottom;
    if let Some(caption) = &overlay.caption {
        let taken = draw_caption_box(&mut brush, bottom, overlay.lower, caption);
        keys_at.height = keys_at.height.saturating_sub(taken);
    }
    draw_pressed(&mut brush, keys_at, &overlay.keys);
}

/// Draws a caption into an area. Returns how many rows it takes at the bottom.
fn draw_caption_box(brush: &mut Brush<'_>, area: Rect, lower: Option<Rect>, text: &str) -> u16 {
    let style = brush.theme.style(Role::Caption);
    let wide = area.width.saturating_sub(10).clamp(1, TEXT_WIDEST);
    let rows = wrapped(text, wide, ROWS_MOST);
    let longest = rows.iter().map(|row| columns(row, wide)).max().unwrap_or(0);
    let high = u16::try_from(rows.len()).unwrap_or(1);
    if area.width < longest + 6 || area.height < high + 3 {
        let row = Rect {
            y: area.bottom() - 1,
            height: 1,
            ..area
        };
        brush.clear(row);
        brush.tint(row, style);
        brush.cut(row.x, row.y, row.width, &rows.join(" "), style);
        return 1;
    }
    let place = Rect {
        x: area.x + (area.width - longest - 6) / 2,
        y: area.bottom() - high - 2,
        width: longest + 6,
        height: high + 2,
    };
    // The newest events are those that matter: they stand lowest.
    let lower = lower.map(|lower| lower.intersection(area));
    let above = lower.filter(|lower| lower.height >= place.height + 3);
    let above = above.filter(|lower| {
        has_events(
            brush,
            Rect {
                x: lower.x,
                ..place
            },
        )
    });
    let place = Rect {
        y: above.map_or(place.y, |lower| lower.y),
        ..place
    };
    boxed(brush, place, Role::Caption);
    for (y, row) in (place.y + 1..).zip(&rows) {
        let x = place.x + 3 + (longest - columns(row, longest)) / 2;
        brush.text(x, y, longest, row, style);
    }
    match above {
        Some(_) => 0,
        None => place.height,
    }
}

/// Returns whether there is something in the first columns of an area's rows.
fn has_events(brush: &mut Brush<'_>, place: Rect) -> bool {
    let mut cells =
        (place.top()..place.bottom()).flat_map(|y| (0..STAMP).map(move |x| (place.x + x, y)));
    cells.any(|(x, y)| brush.cell(x, y).is_some_and(|cell| cell.symbol() != " "))
}

/// Draws the title in the upper third.
fn draw_title(brush: &mut Brush<'_>, area: Rect, title: &str) {
    let style = brush.theme.style(Role::Title);
    let wide = area.width.saturating_sub(12).clamp(1, TEXT_WIDEST);
    let rows = wrapped(title, wide, 3);
    let longest = rows.iter().map(|row| columns(row, wide)).max().unwrap_or(0);
    let high = u16::try_from(rows.len()).unwrap_or(1);
    if area.width < longest + 10 || area.height < high + 6 {
        return;
    }
    let place = Rect {
        x: area.x + (area.width - longest - 10) / 2,
        y: area.y + (area.height - high - 2) / 3,
        width: longest + 10,
        height: high + 2,
    };
    boxed(brush, place, Role::Caption);
    for (y, row) in (place.y + 1..).zip(&rows) {
        let x = place.x + 5 + (longest - columns(row, longest)) / 2;
        brush.text(x, y, longest, row, style);
    }
}

/// Draws the keys at the right end of the last row of an area: each a cap, then its word.
fn draw_pressed(brush: &mut Brush<'_>, area: Rect, keys: &[Pressed]) {
    if area.is_empty() || keys.is_empty() {
        return;
    }
    let y = area.bottom() - 1;
    let most = area.width.saturating_sub(2);
    let (cap, word) = (
        brush.theme.style(Role::KeyCap),
        brush.theme.style(Role::Caption),
    );
    let times = if brush.theme.charset() != Charset::Unicode {
        'x'
    } else {
        '×'
    };
    let parts = |pressed: &Pressed| {
        let key = format!(" {} ", pressed.key);
        let said = match (pressed.is_typed, pressed.times) {
            (true, _) => " typed ".to_owned(),
            (_, 1) => format!(" {} ", pressed.word),
            (_, n) => format!(" {} {times}{n} ", pressed.word),
        };
        (key, said)
    };
    let mut end = area.right().saturating_sub(1);
    let mut left = most;
    // From the last one back, as far as there is room.
    for pressed in keys.iter().rev() {
        let (key, said) = parts(pressed);
        let wide = columns(&key, most) + columns(&said, most);
        if wide > left {
            return;
        }
        let x = end - wide;
        let after = brush.text(x, y, wide, &key, cap);
        brush.text(after, y, end - after, &said, word);
        end = x.saturating_sub(1);
        left = left.saturating_sub(wide + 1);
    }
}

/// Empties an area and draws a border within it.
fn boxed(brush: &mut Brush<'_>, area: Rect, role: Role) {
    let theme = brush.theme;
    let style = theme.style(role);
    let edge = theme.style(Role::CaptionEdge);
    brush.clear(area);
    brush.tint(area, style);
    let is_ascii = theme.charset() != Charset::Unicode;
    let turns = &theme.signs().turns;
    let (across, down) = match is_ascii {
        true => ("-", "|"),
        false => (theme.signs().rule, theme.signs().upright),
    };
    let corners = match is_ascii {
        true => ["+"; 4],
        false => [
            turns.right_down,
            turns.left_down,
            turns.right_up,
            turns.left_up,
        ],
    };
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for y in [area.y, bottom] {
        brush.run(area.x, y, area.width, across, edge);
    }
    for y in area.y + 1..bottom {
        brush.sign(area.x, y, down, edge);
        brush.sign(right, y, down, edge);
    }
    brush.sign(area.x, area.y, corners[0], edge);
    brush.sign(right, area.y, corners[1], edge);
    brush.sign(area.x, bottom, corners[2], edge);
    brush.sign(right, bottom, corners[3], edge);
}

/// Breaks a text into rows between its words. What does not fit into the most rows ends in the last.
fn wrapped(text: &str, wide: u16, most: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for line in text.lines().take(most) {
        let mut row = String::new();
        for word in line.split_whitespace() {
            let joined = columns(&row, wide) + 1 + columns(word, wide);
            if !row.is_empty() && joined > wide {
                rows.push(std::mem::take(&mut row));
            }
            if !row.is_empty() {
                row.push(' ');
            }
            row.push_str(word);
            if rows.len() > most {
                break;
            }
        }
        rows.push(row);
    }
    if rows.len() > most {
        rows.truncate(most);
        if let Some(last) = rows.last_mut() {
            last.push_str(" …");
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(size: (u16, u16), overlay: &Overlay, expected: &[&str]) {
        let theme = Theme::default().with_paper();
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        for y in 0..size.1 {
            buffer.set_string(0, y, "x".repeat(size.0.into()), theme.paper());
        }
        draw_overlay(&mut buffer, area, &theme, overlay);
        let rows: Vec<String> = (0..size.1)
            .map(|y| (0..size.0).map(|x| buffer[(x, y)].symbol()).collect())
            .collect();
        assert_eq!(rows, expected, "{rows:#?}");
    }

    fn said(text: &str) -> Overlay {
        Overlay {
            caption: Some(text.to_owned()),
            ..Overlay::default()
        }
    }

    fn pressed(key: &str, word: &'static str, times: u32) -> Pressed {
        Pressed {
            key: key.to_owned(),
            word,
            times,
            is_typed: false,
        }
    }

    #[test]
    fn a_caption_has_a_box_of_its_own() {
        check(
            (24, 6),
            &said("Two readers wait"),
            &[
                "xxxxxxxxxxxxxxxxxxxxxxxx",
                "xxxxxxxxxxxxxxxxxxxxxxxx",
                "xxx╭───────────────╮xxxx",
                "xxx│  Two readers  │xxxx",
                "xxx│     wait      │xxxx",
                "xxx╰───────────────╯xxxx",
            ],
        );
    }

    #[test]
    fn where_there_is_no_room_it_is_a_row_below_the_header() {
        check((8, 2), &said("a long text"), &["xxxxxxxx", "a long …"]);
        check((8, 1), &said("a long text"), &["xxxxxxxx"]);
    }

    #[test]
    fn keys_stand_at_the_right_end() {
        let overlay = Overlay {
            keys: vec![pressed("space", "freeze", 1), pressed(".", "event", 3)],
            ..Overlay::default()
        };
        check(
            (34, 3),
            &overlay,
            &[
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                "xxxx space  freeze x .  event ×3 x",
            ],
        );
    }

    #[test]
    fn a_text_is_broken_between_words() {
        assert_eq!(wrapped("one two three", 8, 3), ["one two", "three"]);
        assert_eq!(wrapped("one\ntwo", 8, 3), ["one", "two"]);
        assert_eq!(wrapped("a b c d e f", 3, 2), ["a b", "c d …"]);
    }
}
