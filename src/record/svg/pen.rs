//! The pen: draws stretches of cells as SVG elements, and remembers which colours and characters the
//! document needs.
//!
//! A stretch is drawn from its own cells alone, at its own place: so a row is drawn the same in one
//! piece as in several. The baseline of its row is at 0.

use super::super::colour::Rgb;
use super::geometry::{Eighths, Path};
use super::look::{Holds, Look, Sign, Tint};
use super::{CELL, escaped};
use crate::record::shape::Shape;
use std::collections::BTreeSet;
use std::fmt::Write;

/// See the file's own page.
#[derive(Debug)]
pub(super) struct Pen {
    /// The colour of text that names none.
    ink: Tint,
    tints: Vec<Tint>,
    regular: BTreeSet<char>,
    bold: BTreeSet<char>,
}

impl Pen {
    /// Returns a pen that has drawn nothing.
    pub(super) fn new(ink: Tint) -> Pen {
        Pen {
            ink,
            tints: Vec::new(),
            regular: BTreeSet::new(),
            bold: BTreeSet::new(),
        }
    }

    /// Returns the tints that have classes, in the order of these.
    pub(super) fn tints(&self) -> &[Tint] {
        &self.tints
    }

    /// Returns the characters that are drawn, regular and bold.
    pub(super) fn characters(&self) -> [&BTreeSet<char>; 2] {
        [&self.regular, &self.bold]
    }

    /// Draws what is behind cells; the first stands in column `left`.
    pub(super) fn grounds(&mut self, looks: &[&Look], left: usize) -> Vec<String> {
        let mut paths: Vec<(Tint, Path)> = Vec::new();
        for (at, look) in looks.iter().enumerate() {
            if look.ground != Tint(None, None) {
                path_of(&mut paths, look.ground).cells(left + at, 1);
            }
        }
        let mut drawn = Vec::new();
        for (tint, path) in &paths {
            self.path(*tint, path, "", &mut drawn);
        }
        drawn
    }

    /// Draws what stands in cells; the first stands in column `left`.
    pub(super) fn signs(&mut self, looks: &[&Look], left: usize) -> Vec<String> {
        let mut paths: Vec<((Tint, Option<u16>), Path)> = Vec::new();
        for (at, look) in looks.iter().enumerate() {
            let column = left + at;
            if let Sign::Shape(shape) = look.sign {
                path_of(&mut paths, (look.ink, shade(shape))).add(column, shape);
            }
            if look.underlined {
                path_of(&mut paths, (look.ink, None)).rule(column, 1, 2);
            }
            if look.crossed {
                path_of(&mut paths, (look.ink, None)).rule(column, 1, -5);
            }
        }
        let mut drawn = Vec::new();
        for ((tint, shade), path) in &paths {
            let opacity = shade.map_or(String::new(), |percent| format!(" opacity=\".{percent}\""));
            self.path(*tint, path, &opacity, &mut drawn);
        }
        self.texts(looks, left, &mut drawn);
        drawn
    }

    fn path(&mut self, tint: Tint, path: &Path, opacity: &str, drawn: &mut Vec<String>) {
        let class = self.class(tint, Holds(false, false), "");
        let data = path.data().into_iter();
        drawn.extend(data.map(|data| format!("<path{class}{opacity} d=\"{data}\"/>")));
    }

    /// Draws text: of one look, and with no more than one blank between two words.
    fn texts(&mut self, looks: &[&Look], left: usize, drawn: &mut Vec<String>) {
        let mut at = 0;
        while let Some(first) = looks.get(at) {
            let begin = at;
            at += first.width();
            match &first.sign {
                Sign::Text(c) => {
                    let mut text = String::from(*c);
                    while let Some((c, cells)) = goes_on(first, looks.get(at..).unwrap_or(&[])) {
                        if cells > 1 {
                            text.push(' ');
                        }
                        text.push(c);
                        at += cells;
                    }
                    drawn.push(self.text(first, left + begin, at - begin, &text));
                }
                Sign::Foreign(text, cells) => {
                    // In the middle of its cells, however wide it is in the reader's fonts.
                    let class = self.class(first.ink, first.bold, "M");
                    let middle = Eighths(eighths((left + begin) * 2 + cells) / 2);
                    drawn.push(format!(
                        "<text{class} x=\"{middle}\">{}</text>",
                        escaped(text)
                    ));
                }
                Sign::Blank | Sign::Shape(_) => {}
            }
        }
    }

    fn text(&mut self, look: &Look, column: usize, cells: usize, text: &str) -> String {
        let Holds(dark, light) = look.bold;
        if dark || light {
            self.bold.extend(text.chars());
        }
        if !(dark && light) {
            self.regular.extend(text.chars());
        }
        let mut drawn = format!("<text{}", self.class(look.ink, look.bold, ""));
        if column > 0 {
            let _ = write!(drawn, " x=\"{}\"", Eighths(eighths(column)));
        }
        if cells > 1 {
            let _ = write!(drawn, " textLength=\"{}\"", Eighths(eighths(cells)));
        }
        let _ = write!(drawn, ">{}</text>", escaped(text));
        drawn
    }

    /// Returns the attribute of an element's classes.
    fn class(&mut self, tint: Tint, bold: Holds, more: &str) -> String {
        let mut classes: Vec<String> = Vec::new();
        if tint != self.ink {
            let known = self.tints.iter().position(|known| *known == tint);
            let at = known.unwrap_or_else(|| {
                self.tints.push(tint);
                self.tints.len() - 1
            });
            classes.push(class_name(at));
        }
        match bold {
            Holds(true, true) => classes.push("B".to_owned()),
            Holds(true, false) => classes.push("D".to_owned()),
            Holds(false, true) => classes.push("L".to_owned()),
            Holds(false, false) => {}
        }
        if !more.is_empty() {
            classes.push(more.to_owned());
        }
        match classes.join(" ") {
            none if none.is_empty() => none,
            classes => format!(" class=\"{classes}\""),
        }
    }
}

/// Returns the character that goes on with a text, and how many cells there are up to its end.
fn goes_on(first: &Look, rest: &[&Look]) -> Option<(char, usize)> {
    let cells = match rest {
        [blank, _, ..] if blank.sign == Sign::Blank => 2,
        _ => 1,
    };
    let look = rest.get(cells - 1)?;
    match look.sign {
        Sign::Text(c) if look.ink == first.ink && look.bold == first.bold => Some((c, cells)),
        _ => None,
    }
}

/// Returns how much of a shade is inked, in percent.
fn shade(shape: Shape) -> Option<u16> {
    match shape {
        Shape::Shade(ink) if ink < 0.4 => Some(25),
        Shape::Shade(ink) if ink < 0.6 => Some(5),
        Shape::Shade(_) => Some(75),
        _ => None,
    }
}

fn path_of<K: PartialEq>(paths: &mut Vec<(K, Path)>, key: K) -> &mut Path {
    let at = paths
        .iter()
        .position(|(known, _)| *known == key)
        .unwrap_or_else(|| {
            paths.push((key, Path::default()));
            paths.len() - 1
        });
    &mut paths[at].1
}

/// Returns the width of cells in eighths of the picture's units.
fn eighths(cells: usize) -> i32 {
    i32::try_from(cells).unwrap_or(0).saturating_mul(CELL.0 * 8)
}

/// Returns the name of a tint's class: `a` to `z`, `aa` and so on.
pub(super) fn class_name(mut at: usize) -> String {
    let mut name = Vec::new();
    loop {
        name.push(b'a' + u8::try_from(at % 26).unwrap_or(0));
        match (at / 26).checked_sub(1) {
            Some(rest) => at = rest,
            None => break,
        }
    }
    name.iter()
        .rev()
        .map(|&letter| char::from(letter))
        .collect()
}

/// Returns a colour as CSS writes it.
pub(super) fn css([r, g, b]: Rgb) -> String {
    let is_short = [r, g, b].iter().all(|part| part % 17 == 0);
    if is_short {
        return format!("#{:x}{:x}{:x}", r / 17, g / 17, b / 17);
    }
    format!("#{r:02x}{g:02x}{b:02x}")
}
