//! A row as SVG: grounds, then geometry, then text, by the classes of the palette.
//!
//! The script paints rows in the same way, so that nothing moves when it takes over. Everything stands
//! where the still picture (`record::svg`) has it.

use super::palette::{Palette, WEIGHTS};
use super::row::{COVERED, Reader, Row};
use super::text::escaped;
use crate::record::shape::{Shape, shape};
use crate::record::svg::geometry::Path;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A cell's width and height, in the picture's units.
pub(super) const WIDTH: u32 = 9;
pub(super) const HEIGHT: u32 = 18;
/// The top of a cell, from its text's baseline.
pub(super) const TOP: i32 = -14;
/// The lines of a look, and where they are.
const LINES: [(u8, i32); 2] = [(1, 2), (2, -5)];

/// How characters that are geometry are drawn, from the left of their cell's baseline.
#[derive(Default, Debug)]
pub(super) struct Shapes {
    /// The rectangles of each: left, top, right, bottom, in eighths.
    pub(super) boxes: BTreeMap<char, Vec<[i32; 4]>>,
    /// The paths of those that are more than rectangles.
    pub(super) curves: BTreeMap<char, Vec<String>>,
    /// How much of the cell is inked, of those that are shades.
    pub(super) shades: BTreeMap<char, f64>,
}

/// Returns how the ones among the characters that are geometry are drawn.
pub(super) fn shapes(characters: &BTreeSet<char>) -> Shapes {
    let mut shapes = Shapes::default();
    for &c in characters {
        let Some(shape) = shape(c.encode_utf8(&mut [0; 4])) else {
            continue;
        };
        let mut path = Path::default();
        path.add(0, shape);
        let (boxes, curves) = path.parts();
        shapes.boxes.insert(c, boxes);
        if !curves.is_empty() {
            let curves = curves.iter().map(|curve| relative(curve)).collect();
            shapes.curves.insert(c, curves);
        }
        if let Some(ink) = ink(shape) {
            shapes.shades.insert(c, ink);
        }
    }
    shapes
}

/// Writes the grounds of a row, whose baseline is at 0.
pub(super) fn grounds(svg: &mut String, row: &Row, palette: &Palette) {
    let mut x = 0;
    for cells in row
        .cells
        .chunk_by(|a, b| palette.of(a.1).ground == palette.of(b.1).ground)
    {
        if let Some(class) = palette.of(cells[0].1).ground {
            box_of(svg, class, (x, cells.len()), TOP, HEIGHT);
        }
        x += cells.len();
    }
}

/// Writes what stands in a row, whose baseline is at 0.
pub(super) fn signs(svg: &mut String, row: &Row, palette: &Palette, reader: &Reader) {
    let shapes: Vec<Option<Shape>> = row
        .cells
        .iter()
        .map(|(c, _)| shape(c.encode_utf8(&mut [0; 4])))
        .collect();
    let look = |x: usize| palette.of(row.cells[x].1);
    draw_shapes(svg, &shapes, |x| look(x).text);
    for x in 0..row.cells.len() {
        let look = look(x);
        for (bit, y) in LINES {
            if look.lines & bit != 0 {
                box_of(svg, look.text, (x, 1), y, 1);
            }
        }
    }
    let is_text = |x: usize| {
        let is_blank = [' ', COVERED].contains(&row.cells[x].0);
        !is_blank && shapes[x].is_none() && reader.foreign(row.cells[x].0).is_none()
    };
    let columns = row.cells.len();
    let mut x = 0;
    while x < columns {
        let (begin, unit, first) = (x, row.cells[x].0, look(x));
        x += 1;
        let class = format!("c{}{}", first.text, WEIGHTS[usize::from(first.weight)]);
        if let Some(foreign) = reader.foreign(unit) {
            let covered = row.cells[x..].iter().take_while(|(c, _)| *c == COVERED);
            x += covered.count();
            // In the middle of its cells, however wide it is in the reader's fonts.
            let middle = f64::from(WIDTH) * (begin + x) as f64 / 2.0;
            let foreign = escaped(foreign);
            let _ = write!(
                svg,
                "<text class=\"{class} m\" x=\"{middle}\">{foreign}</text>"
            );
        }
        if !is_text(begin) {
            continue;
        }
        let mut text = unit.to_string();
        loop {
            let next = match row.cells.get(x) {
                Some((' ', _)) => x + 1,
                _ => x,
            };
            let goes_on = next < columns
                && is_text(next)
                && look(next).text == first.text
                && look(next).weight == first.weight;
            if !goes_on {
                break;
            }
            text.extend(row.cells[x..=next].iter().map(|&(c, _)| c));
            x = next + 1;
        }
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"{}\" textLength=\"{}\">{}</text>",
            begin * 9,
            (x - begin) * 9,
            escaped(&text),
        );
    }
}

fn box_of(svg: &mut String, class: u16, (x, cells): (usize, usize), y: i32, height: u32) {
    let (x, width) = (x * 9, cells * 9);
    let _ = write!(
        svg,
        "<rect class=\"c{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
    );
}

/// Draws shapes: the boxes of one colour and one inking as one path, so that they join.
fn draw_shapes(svg: &mut String, shapes: &[Option<Shape>], class: impl Fn(usize) -> u16) {
    let mut paths: Vec<((u16, Option<f64>), Path)> = Vec::new();
    for (x, shape) in shapes.iter().enumerate() {
        let &Some(shape) = shape else {
            continue;
        };
        let key = (class(x), ink(shape));
        let known = paths.iter().position(|(known, _)| *known == key);
        let at = known.unwrap_or_else(|| {
            paths.push((key, Path::default()));
            paths.len() - 1
        });
        paths[at].1.add(x, shape);
    }
    for ((class, ink), path) in paths {
        let opacity = ink.map_or(String::new(), |ink| format!(" opacity=\"{ink}\""));
        for data in path.data() {
            let _ = write!(svg, "<path class=\"c{class}\"{opacity} d=\"{data}\"/>");
        }
    }
}

/// Returns how much of its cell a shade inks.
fn ink(shape: Shape) -> Option<f64> {
    match shape {
        Shape::Shade(ink) => Some(ink),
        _ => None,
    }
}

/// Returns a path's data with every place told from the one before it.
fn relative(data: &str) -> String {
    let mut relative = String::new();
    let (mut at, mut begin) = ((0.0, 0.0), (0.0, 0.0));
    let mut rest = data;
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic());
        let end = end.map_or(rest.len(), |end| end + 1);
        let mut numbers: Vec<f64> = rest[1..end]
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        rest = &rest[end..];
        let origin = match command {
            'M' | 'L' | 'H' | 'V' | 'A' => at,
            _ => (0.0, 0.0),
        };
        match (command, numbers.as_mut_slice()) {
            ('H', [x]) => {
                at.0 = *x;
                *x -= origin.0;
            }
            ('V', [y]) => {
                at.1 = *y;
                *y -= origin.1;
            }
            ('M' | 'L', [x, y]) | ('A', [_, _, _, _, _, x, y]) => {
                at = (*x, *y);
                (*x, *y) = (*x - origin.0, *y - origin.1);
            }
            ('h', [x]) => at.0 += *x,
            ('v', [y]) => at.1 += *y,
            _ => at = begin,
        }
        debug_assert!("MLHVAhvcz".contains(command), "{command}");
        if command == 'M' {
            begin = at;
        }
        relative.push(command.to_ascii_lowercase());
        let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
        relative.push_str(&numbers.join(" "));
    }
    relative
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(data: &str, expected: &str) {
        assert_eq!(relative(data), expected);
    }

    #[test]
    fn places_are_told_from_the_one_before() {
        check("M0 -14h9v18h-9z", "m0 -14h9v18h-9z");
        check("M4 -14h1v9h-1zM4 -6h5v1h-5z", "m4 -14h1v9h-1zm0 8h5v1h-5z");
        check(
            "M4 4V-1.5A4.5 4.5 0 0 1 8.5 -6H9V-5L0 0z",
            "m4 4v-5.5a4.5 4.5 0 0 1 4.5 -4.5h0.5v1l-9 5z",
        );
    }

    #[test]
    fn every_shape_is_drawn() {
        let all = ('\u{2500}'..='\u{259f}')
            .chain('\u{2801}'..='\u{28ff}')
            .collect();
        let shapes = shapes(&all);
        for c in all {
            let curve = shapes.curves.get(&c);
            assert!(curve.is_some() || !shapes.boxes[&c].is_empty(), "{c}");
            assert!(
                curve.is_none_or(|curves| curves.iter().all(|data| data.starts_with('m'))),
                "{c}"
            );
        }
    }
}
