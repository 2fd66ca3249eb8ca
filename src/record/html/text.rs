//! What is written between the marks of a page: escaped text, JSON, times.

use crate::event::Span;
use crate::view::words::shown;

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

/// Returns JSON that can stand in a script's element: no `<` can end it or open a comment in it.
pub(super) fn json(value: &serde_json::Value) -> String {
    let written = value.to_string();
    let mut json = String::with_capacity(written.len());
    for c in written.chars() {
        match c {
            // In a text of JSON alone.
            '<' => json.push_str("\\u003c"),
            '\u{2028}' => json.push_str("\\u2028"),
            '\u{2029}' => json.push_str("\\u2029"),
            c => json.push(c),
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
