//! Pictures and films as SVG: text that is text, in the font that they bring along; blocks, bars
//! and lines as geometry, so that they join.
//!
//! Nothing in them runs: no script, and nothing from elsewhere, so that they work as `<img>`. Where
//! both themes are wanted, colours follow the reader's preference. The same frames give the same
//! bytes.
//!
//! Reading order: [`still`] here, `look` (cells), `pen` (cells as elements, with `geometry`), `document`
//! (what is around them), `film` (what moves, in the `tiles` that it is cut into).

mod document;
mod film;
pub(super) mod geometry;
mod look;
mod pen;
mod tiles;

pub use film::film;

use super::shot::{Paper, Shot, Told};
use crate::event::Span;
use look::{Look, Looks};
use pen::Pen;
use ratatui::buffer::Buffer;
use std::fmt::Write;

/// A cell's width and height, in the picture's units: pixels, in its own size.
const CELL: (i32, i32) = (9, 18);
/// The baseline of a text below the top of its cell.
const BASELINE: i32 = 14;

/// Returns a frame in one theme as an SVG document.
pub fn still(frame: &Buffer, paper: Paper, title: &str) -> String {
    let told = Told {
        title: title.to_owned(),
        size: (frame.area.width, frame.area.height),
        length: Span::ZERO,
        fps: 1,
        paper,
        light: None,
        marks: Vec::new(),
        captions: Vec::new(),
        transcript: Vec::new(),
    };
    let shot = Shot {
        at: Span::ZERO,
        frame: frame.clone(),
        light: None,
    };
    picture(&shot, &told)
}

/// Returns one frame of a film as an SVG document, in the film's themes.
pub fn picture(shot: &Shot, told: &Told) -> String {
    let mut looks = Looks::new(told.paper, told.light);
    let mut cells = Vec::new();
    looks.read(shot, None, &mut cells);
    let mut pen = Pen::new(document::ink(told.paper, told.light));
    let mut body = String::new();
    let rows: Vec<Vec<&Look>> = cells
        .chunks(usize::from(told.size.0).max(1))
        .map(|row| row.iter().map(|&id| looks.get(id)).collect())
        .collect();
    for (y, row) in rows.iter().enumerate() {
        in_row(&mut body, y, &pen.grounds(row, 0));
    }
    for (y, row) in rows.iter().enumerate() {
        in_row(&mut body, y, &pen.signs(row, 0));
    }
    document::document(told, &pen, "", &body)
}

/// Puts elements at their row.
fn in_row(body: &mut String, y: usize, drawn: &[String]) {
    if !drawn.is_empty() {
        let _ = writeln!(
            body,
            "<g transform=\"translate(0 {})\">{}</g>",
            baseline(y),
            drawn.concat()
        );
    }
}

/// Returns the picture's y of a row's baseline.
fn baseline(row: usize) -> i32 {
    i32::try_from(row).unwrap_or(0) * CELL.1 + BASELINE
}

/// Returns text as XML has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            // XML has no other control characters, and not these two.
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
