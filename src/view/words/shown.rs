//! A program's own text, made harmless: what a terminal would obey is made visible instead.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns a text in one line, with everything that a terminal would obey or hide written out:
/// ESC as `\x1b`, a bidirectional override as `\u{202e}`, a line end within it as `\n`.
///
/// The line end at the very end is left out; tabs become blanks up to the next multiple of eight.
pub fn shown(text: &str) -> Cow<'_, str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if !text.chars().any(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut column = 0;
    for c in text.chars() {
        let before = shown.len();
        match c {
            '\n' => shown.push_str("\\n"),
            '\t' => (0..8 - column % 8).for_each(|_| shown.push(' ')),
            c if !is_obeyed(c) => shown.push(c),
            // Writing to a String can't fail.
            c if u32::from(c) < 0x100 => drop(write!(shown, "\\x{:02x}", u32::from(c))),
            c => drop(write!(shown, "\\u{{{:x}}}", u32::from(c))),
        }
        column += shown[before..].chars().count();
    }
    Cow::Owned(shown)
}

/// Returns each line of a text, made harmless. A text of nothing is one empty line.
pub fn shown_lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.strip_suffix('\n')
        .unwrap_or(text)
        .split('\n')
        .map(shown)
}

/// Whether a terminal would obey the character, or hide it, or let it change its neighbours.
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_made_visible() {
        let cases = [
            ("Put A to queue...\n", "Put A to queue..."),
            ("一 two\r\n", "一 two"),
            ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
            ("\u{9b}31m", "\\x9b31m"),
            ("a\u{202e}b\u{2066}", "a\\u{202e}b\\u{2066}"),
            ("over\rwritten", "over\\x0dwritten"),
            ("a\nb\n", "a\\nb"),
            ("Server:\tx", "Server: x"),
            ("Address:\tx", "Address:        x"),
            ("\x7f\0", "\\x7f\\x00"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_come_one_by_one() {
        let lines: Vec<_> = shown_lines("a\nb\x1b\n").collect();
        assert_eq!(lines, ["a", "b\\x1b"]);
        assert_eq!(shown_lines("").count(), 1);
    }
}
