//! What is written between the marks of a page: escaped text, JSON, times.

use crate::event::Span;
use crate::view::words::shown;
use std::fmt::Write;

/// Returns a text as it stands in an element, with what would be obeyed made visible.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in shown(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Returns a text as it stands between an attribute's quotes.
pub(super) fn attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

/// Returns JSON that can stand in a script's element: no `<` can end it or open a comment in it, and
/// whoever reads the source sees what is there.
pub(super) fn json(value: &serde_json::Value) -> String {
    let written = value.to_string();
    let mut json = String::with_capacity(written.len());
    for c in written.chars() {
        let is_hidden = matches!(c, '\u{7f}'..='\u{9f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        // Both stand in texts of JSON alone.
        if c == '<' || is_hidden {
            // Writing to a String can't fail.
            let _ = write!(json, "\\u{:04x}", u32::from(c));
        } else {
            json.push(c);
        }
    }
    json
}

/// Returns how many frames' lengths a shot comes after the film's begin.
pub(super) fn tick(at: Span, fps: u32) -> u64 {
    let ticks = (u128::from(at.0) * u128::from(fps.max(1)) + 500_000_000) / 1_000_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}

/// Returns a length in milliseconds, rounded up.
pub(super) fn milliseconds(span: Span) -> u64 {
    span.0.div_ceil(1_000_000)
}

/// Returns the address of a moment in a page, in seconds: of the first picture that can show it.
pub(super) fn address(at: Span, fps: u32) -> String {
    let fps = u128::from(fps.max(1));
    let tick = (u128::from(at.0) * fps).div_ceil(1_000_000_000);
    let milliseconds = (tick * 1000).div_ceil(fps);
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// Returns a moment in seconds, as a reader wants it.
pub(super) fn seconds(at: Span) -> String {
    let hundredths = at.0 / 10_000_000;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
