//! A film as SVG: what never changes is drawn once, and everything else stands in tiles, each of
//! which shows one of its contents after another.
//!
//! Contents are defined once, wherever and whenever they are shown; a tile is a `use` whose reference
//! is animated (SMIL). Only what is shown at the moment is laid out, so that a long film loads as fast
//! as a short one: strips of all frames, moved behind a window, don't. Readers who want less motion
//! see the last frame, still.

use super::document::{document, ink};
use super::look::{Holds, Look, Looks, Sign, Tint};
use super::pen::Pen;
use super::tiles::{Row, cut};
use super::{CELL, baseline, in_row};
use crate::event::Span;
use crate::record::shot::{Frames, Shot, Told};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

/// Returns a film as an SVG document. One without frames is its paper alone.
pub fn film(frames: &mut dyn Frames) -> String {
    let mut told = frames.told().clone();
    let reel = Reel::read(frames, &told);
    // The last frame is seen, too.
    let frame = 1_000_000_000 / u64::from(told.fps.max(1));
    let least = reel.last.0.saturating_add(frame);
    told.length = told.length.max(Span(least));
    let mut film = Film {
        told: &told,
        pen: Pen::new(ink(told.paper, told.light)),
        names: 0,
        defined: String::new(),
        body: String::new(),
    };
    film.plane(&Plane::of(&reel, |look| Look {
        sign: Sign::Blank,
        ink: NO_TINT,
        bold: Holds(false, false),
        underlined: false,
        crossed: false,
        ..look.clone()
    }));
    film.plane(&Plane::of(&reel, |look| Look {
        ground: NO_TINT,
        ..look.clone()
    }));
    let Film {
        pen, defined, body, ..
    } = film;
    if defined.is_empty() {
        return document(&told, &pen, "", &body);
    }
    let style = "\n.S{display:none}\n@media(prefers-reduced-motion:reduce){.F{display:none}.S{display:inline}}";
    let body = format!("<defs>\n{defined}</defs>\n{body}");
    document(&told, &pen, style, &body)
}

const NO_TINT: Tint = Tint(None, None);

/// A film's frames, row by row: when a row changes, and the numbers of its cells' looks then.
#[derive(Debug)]
struct Reel {
    looks: Looks,
    rows: Vec<Vec<(Span, Vec<u32>)>>,
    /// When the last frame comes.
    last: Span,
}

impl Reel {
    fn read(frames: &mut dyn Frames, told: &Told) -> Reel {
        let mut looks = Looks::new(told.paper, told.light);
        let (width, height) = (usize::from(told.size.0), usize::from(told.size.1));
        let mut rows: Vec<Vec<(Span, Vec<u32>)>> = vec![Vec::new(); height];
        let mut before: Option<Shot> = None;
        let mut cells = Vec::new();
        while let Some(shot) = frames.next() {
            for y in looks.read(shot, before.as_ref(), &mut cells) {
                if let (Some(row), Some(content)) = (rows.get_mut(y), cells.chunks(width).nth(y)) {
                    row.push((shot.at, content.to_vec()));
                }
            }
            before = Some(shot.clone());
        }
        let last = before.map_or(Span::ZERO, |shot| shot.at);
        Reel { looks, rows, last }
    }
}

/// What is drawn over the whole picture before the next is: what is behind cells, or what stands in
/// them.
#[derive(Debug)]
struct Plane {
    /// As this plane sees them; the first is blank.
    looks: Vec<Look>,
    rows: Vec<PlaneRow>,
}

/// A row of a plane.
#[derive(Debug)]
struct PlaneRow {
    /// When each content comes.
    times: Vec<Span>,
    /// The numbers of cells' looks.
    contents: Vec<Vec<u32>>,
    /// Columns that may not be cut from the next.
    glued: Vec<usize>,
}

impl Plane {
    fn of(reel: &Reel, seen: impl Fn(&Look) -> Look) -> Plane {
        let mut looks = vec![Look {
            sign: Sign::Blank,
            ink: NO_TINT,
            ground: NO_TINT,
            bold: Holds(false, false),
            underlined: false,
            crossed: false,
        }];
        let mut number = |look: &Look| {
            let look = seen(look);
            let at = looks.iter().position(|known| *known == look);
            let at = at.unwrap_or_else(|| {
                looks.push(look);
                looks.len() - 1
            });
            u32::try_from(at).unwrap_or(0)
        };
        let numbers: Vec<u32> = reel.looks.all().iter().map(&mut number).collect();
        let numbered =
            |ids: &Vec<u32>| -> Vec<u32> { ids.iter().map(|&id| numbers[id as usize]).collect() };
        let rows = reel.rows.iter().map(|row| {
            let (mut times, mut contents) = (Vec::new(), Vec::new());
            for (at, ids) in row {
                let content = numbered(ids);
                if contents.last() != Some(&content) {
                    times.push(*at);
                    contents.push(content);
                }
            }
            (times, contents)
        });
        let rows: Vec<(Vec<Span>, Vec<Vec<u32>>)> = rows.collect();
        let rows = rows
            .into_iter()
            .map(|(times, contents)| PlaneRow {
                glued: glued(&contents, &looks),
                times,
                contents,
            })
            .collect();
        Plane { looks, rows }
    }
}

/// Returns the columns of wide signs, but for the last of each.
fn glued(contents: &[Vec<u32>], looks: &[Look]) -> Vec<usize> {
    let mut glued = Vec::new();
    for content in contents {
        for (at, &look) in content.iter().enumerate() {
            glued.extend(at..at + looks[look as usize].width() - 1);
        }
    }
    glued.sort_unstable();
    glued
}

/// A document while it is made.
struct Film<'a> {
    told: &'a Told,
    pen: Pen,
    /// How many names there are.
    names: usize,
    defined: String,
    body: String,
}

impl Film<'_> {
    fn plane(&mut self, plane: &Plane) {
        let mut known: HashMap<Vec<u32>, String> = HashMap::new();
        let (mut moving, mut resting) = (String::new(), String::new());
        for (y, row) in plane.rows.iter().enumerate() {
            let tiles = cut(&Row {
                contents: &row.contents,
                blank: 0,
                glued: &row.glued,
            });
            let mut still = Vec::new();
            for columns in tiles {
                let steps = steps(row, &columns);
                if let [(_, content)] = steps.as_slice() {
                    still.extend(self.drawn(plane, content, columns.start));
                    continue;
                }
                let names: Vec<String> = steps
                    .iter()
                    .map(|(_, content)| self.name(plane, content, &mut known))
                    .collect();
                let times: Vec<Span> = steps.iter().map(|&(at, _)| at).collect();
                let place = place(&columns, y);
                if let (Some(first), Some(last)) = (names.first(), names.last()) {
                    let animation = self.animation(&names, &times);
                    let _ = writeln!(moving, "<use href=\"#{first}\"{place}>{animation}</use>");
                    let _ = writeln!(resting, "<use href=\"#{last}\"{place}/>");
                }
            }
            in_row(&mut self.body, y, &still);
        }
        if !moving.is_empty() {
            let _ = write!(
                self.body,
                "<g class=\"F\">\n{moving}</g>\n<g class=\"S\">\n{resting}</g>\n"
            );
        }
    }

    /// Draws the cells of a content.
    fn drawn(&mut self, plane: &Plane, content: &[u32], left: usize) -> Vec<String> {
        let looks = content.iter().map(|&number| &plane.looks[number as usize]);
        let looks: Vec<&Look> = looks.collect();
        let mut drawn = self.pen.grounds(&looks, left);
        drawn.extend(self.pen.signs(&looks, left));
        drawn
    }

    /// Returns the name of a content, which is defined if it is new.
    fn name(
        &mut self,
        plane: &Plane,
        content: &[u32],
        known: &mut HashMap<Vec<u32>, String>,
    ) -> String {
        let end = content
            .iter()
            .rposition(|&number| number != 0)
            .map_or(0, |last| last + 1);
        let content = &content[..end];
        if let Some(name) = known.get(content) {
            return name.clone();
        }
        let name = id(self.names);
        self.names += 1;
        known.insert(content.to_vec(), name.clone());
        let drawn = self.drawn(plane, content, 0);
        let defined = match drawn.as_slice() {
            // An element can have the name itself.
            [one] => match one.find([' ', '>']) {
                Some(at) => format!("{} id=\"{name}\"{}", &one[..at], &one[at..]),
                None => one.clone(),
            },
            several => format!("<g id=\"{name}\">{}</g>", several.concat()),
        };
        self.defined.push_str(&defined);
        self.defined.push('\n');
        name
    }

    /// Returns what shows contents one after another, each at its time, again and again.
    fn animation(&self, names: &[String], times: &[Span]) -> String {
        let values: Vec<String> = names.iter().map(|name| format!("#{name}")).collect();
        let length = self.told.length.0.max(1);
        let digits = digits(self.told);
        let parts = times.iter().map(|at| part(at.0, length, digits));
        let parts: Vec<String> = parts.collect();
        format!(
            "<animate attributeName=\"href\" dur=\"{}\" repeatCount=\"indefinite\" \
             calcMode=\"discrete\" values=\"{}\" keyTimes=\"{}\"/>",
            seconds(self.told.length),
            values.join(";"),
            parts.join(";"),
        )
    }
}

/// Returns what a tile shows, and from when on.
fn steps<'a>(row: &'a PlaneRow, columns: &Range<usize>) -> Vec<(Span, &'a [u32])> {
    let mut steps: Vec<(Span, &[u32])> = Vec::new();
    for (at, content) in row.times.iter().zip(&row.contents) {
        let content = &content[columns.clone()];
        if steps.last().is_none_or(|&(_, last)| last != content) {
            steps.push((*at, content));
        }
    }
    steps
}

/// Returns the attributes of a tile's place.
fn place(columns: &Range<usize>, row: usize) -> String {
    let x = i32::try_from(columns.start).unwrap_or(0) * CELL.0;
    let y = baseline(row);
    match x {
        0 => format!(" y=\"{y}\""),
        x => format!(" x=\"{x}\" y=\"{y}\""),
    }
}

/// Returns how many digits a part of the film's length needs, so that no frame comes earlier than by
/// a twentieth of its time.
fn digits(told: &Told) -> u32 {
    let frames = u128::from(told.length.0) * u128::from(told.fps) / 1_000_000_000;
    let mut digits = 2;
    while 10_u128.pow(digits) < frames * 20 && digits < 12 {
        digits += 1;
    }
    digits
}

/// Returns which part of a length a time is, rounded down, as SVG writes it.
fn part(at: u64, length: u64, digits: u32) -> String {
    let whole = 10_u128.pow(digits);
    let part = u128::from(at.min(length)) * whole / u128::from(length);
    if part == 0 || part >= whole {
        return (part / whole).to_string();
    }
    let digits = format!("{part:0width$}", width = digits as usize);
    format!(".{}", digits.trim_end_matches('0'))
}

/// Returns a length as SVG writes it.
fn seconds(length: Span) -> String {
    let nanos = format!("{:09}", length.0 % 1_000_000_000);
    let text = format!("{}.{nanos}", length.0 / 1_000_000_000);
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Returns a name: a letter, then letters and digits.
fn id(mut at: usize) -> String {
    const SIGNS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut name = vec![SIGNS[at % 52]];
    at /= 52;
    while at > 0 {
        at -= 1;
        name.push(SIGNS[at % 62]);
        at /= 62;
    }
    name.iter().map(|&sign| char::from(sign)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_never_twice() {
        let names: Vec<String> = (0..20_000).map(id).collect();
        let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.iter().all(|name| name.len() <= 3));
    }

    #[test]
    fn times_are_parts_of_the_length() {
        assert_eq!(part(0, 7, 4), "0");
        assert_eq!(part(1, 3, 4), ".3333");
        assert_eq!(part(1, 2, 4), ".5");
        assert_eq!(part(1, 200, 4), ".005");
        assert_eq!(part(9, 9, 4), "1");
        assert_eq!(seconds(Span(32_050_000_000)), "32.05s");
        assert_eq!(seconds(Span(30_000_000_000)), "30s");
    }
}
