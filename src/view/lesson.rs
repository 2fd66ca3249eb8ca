//! What the viewer adds to a run, as it is seen: the sign of the recording, what is said, the line
//! that is typed, the mark at the cursor.

use super::brush::{Brush, columns};
use super::find::tail;
use super::theme::{Mark, Role};
use super::words::{bytes, shown};
use super::{Charset, Moment};
use crate::event::Span;
use crate::ui::lesson::{Line, Purpose, Recording, RecordingState};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Draws whether a recording goes on, and how much there is of it, before column `end`. Returns the
/// column where it begins.
pub(super) fn draw_recording(
    brush: &mut Brush<'_>,
    y: u16,
    end: u16,
    recording: Option<&Recording>,
) -> u16 {
    let Some(recording) = recording else {
        return end;
    };
    let theme = brush.theme;
    let much = format!("{} {}", clock(recording.length), bytes(recording.bytes));
    let (sign, style, text) = match recording.state {
        RecordingState::Records => (
            theme.signs().live,
            theme.mark(Mark::Killed),
            format!("rec {much}"),
        ),
        RecordingState::Pauses => (
            theme.glyph(Mark::Stopped),
            theme.style(Role::Strong),
            format!("rec paused {much}"),
        ),
        RecordingState::Failed => (
            theme.signs().finding,
            theme.style(Role::Finding),
            "not recorded".to_owned(),
        ),
    };
    let wide = columns(&text, 40) + columns(sign, 2) + 1;
    let x = end.saturating_sub(wide);
    let after = brush.text(x, y, 2, sign, style) + 1;
    let words = match recording.state {
        RecordingState::Failed => Role::Finding,
        _ => Role::Text,
    };
    brush.text(after, y, 40, &text, theme.style(words));
    x.saturating_sub(2)
}

/// Returns a length as a player's clock has it: `0:07`, `12:34`.
fn clock(span: Span) -> String {
    let seconds = span.0 / 1_000_000_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Draws the line that is typed, with what it is for.
pub(super) fn draw_line(brush: &mut Brush<'_>, area: Rect, moment: &Moment<'_>, line: &Line) {
    let theme = brush.theme;
    let (lead, help) = match line.purpose {
        Purpose::Mark(_) => ("mark", "its name, or none"),
        Purpose::Caption => ("say", "shown to whoever watches, and kept in the trace"),
    };
    let mut x = brush.text(area.x + 1, area.y, 5, lead, theme.style(Role::Strong)) + 1;
    let strong = theme.style(Role::Text);
    if let Purpose::Mark(t) = line.purpose {
        let label = moment.axis.fine_label(t);
        x = brush.text(x, area.y, 20, &label, theme.style(Role::Dim)) + 1;
    }
    let room = area.right().saturating_sub(x + 2);
    let text = shown(&line.text);
    x = brush.text(x, area.y, room, tail(&text, room), strong);
    brush.sign(
        x,
        area.y,
        " ",
        Style::new().add_modifier(Modifier::REVERSED),
    );
    if line.text.is_empty() {
        let room = area.right().saturating_sub(x + 3);
        brush.cut(x + 2, area.y, room, help, theme.style(Role::Dim));
    }
}

/// Of what is said, so many rows at most.
const SAID_ROWS: usize = 4;

/// Draws what is said over the lowest rows of an area, in its middle, as subtitles stand.
pub fn draw_said(brush: &mut Brush<'_>, area: Rect, text: &str) {
    let most = area.width.saturating_sub(8).min(72);
    if most < 8 || area.height < 3 {
        return;
    }
    let text = shown(text);
    let mut lines = wrapped(&text, most);
    lines.truncate(SAID_ROWS.min(usize::from(area.height)));
    let wide = lines.iter().map(|line| columns(line, most)).max();
    let (Some(wide), Ok(rows)) = (wide, u16::try_from(lines.len())) else {
        return;
    };
    let theme = brush.theme;
    let band = Rect {
        x: area.x + (area.width - wide - 4) / 2,
        y: area.bottom() - rows,
        width: wide + 4,
        height: rows,
    };
    brush.clear(band);
    let style = theme.style(Role::Said);
    brush.tint(band, style);
    for (y, line) in (band.y..).zip(&lines) {
        let x = band.x + (band.width - columns(line, most)) / 2;
        brush.text(x, y, most, line, style);
    }
    if theme.charset() == Charset::Ascii || style.bg.is_none() {
        // Without a ground of its own it would run into what is beside it.
        for y in band.top()..band.bottom() {
            brush.sign(band.x, y, "[", style);
            brush.sign(band.right() - 1, y, "]", style);
        }
    }
}

/// Breaks a text into lines of at most `width` columns, between words where there are any.
fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut word = word;
        loop {
            let line = lines.last_mut().map_or("", |line| line.as_str());
            let used = columns(line, width);
            let blank = u16::from(used > 0);
            let room = width.saturating_sub(used + blank);
            if columns(word, width + 1) <= room {
                push(&mut lines, blank, word);
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            // A word that is wider than a line is broken.
            let fits = word.char_indices().map(|(at, c)| at + c.len_utf8());
            let fits = fits.take_while(|&end| columns(&word[..end], width + 1) <= width);
            let end = fits
                .last()
                .or_else(|| word.chars().next().map(char::len_utf8));
            let (front, rest) = word.split_at(end.unwrap_or(word.len()));
            push(&mut lines, 0, front);
            lines.push(String::new());
            word = rest;
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn push(lines: &mut [String], blank: u16, word: &str) {
    if let Some(line) = lines.last_mut() {
        if blank > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
}

/// Returns what the mark at the cursor is called, with its sign, if it has a name.
pub(super) fn mark_words(moment: &Moment<'_>, sign: &str) -> Option<String> {
    let mark = moment.run.mark_at(moment.run.frozen?)?;
    (!mark.name.is_empty()).then(|| format!("{sign} {}", shown(&mark.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_broken_between_words() {
        let check = |text: &str, width, expected: &[&str]| {
            assert_eq!(wrapped(text, width), expected, "{text:?} in {width}");
        };
        check("", 10, &[]);
        check("   ", 10, &[]);
        check("one two  three", 10, &["one two", "three"]);
        check("one two three", 13, &["one two three"]);
        check("abcdefghijkl mn", 5, &["abcde", "fghij", "kl mn"]);
        check("日本語 日本", 4, &["日本", "語", "日本"]);
    }

    #[test]
    fn a_length_is_said_as_a_player_says_it() {
        assert_eq!(clock(Span::millis(7_900)), "0:07");
        assert_eq!(clock(Span::millis(754_000)), "12:34");
    }
}
