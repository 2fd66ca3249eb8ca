//! A row as SVG: grounds, then geometry, then text, by the classes of the palette.
//!
//! The script paints rows in the same way, so that nothing moves when it takes over. Everything stands
//! where the still picture (`record::svg`) has it.

use super::palette::{Palette, WEIGHTS};
use super::row::{COVERED, Reader, Row};
use super::text::escaped;
use crate::record::shape::{Shape, shape};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A cell's width and height, in the picture's units.
pub(super) const WIDTH: u32 = 9;
pub(super) const HEIGHT: u32 = 18;
/// The top of a cell, from its text's baseline.
pub(super) const TOP: i32 = -14;
/// The lines of a look, and where they are.
const LINES: [(u8, i32); 2] = [(1, 2), (2, -5)];

/// How characters that are geometry are drawn.
#[derive(Default, Debug)]
pub(super) struct Shapes {
    /// Each character's path, from the top left of its cell.
    pub(super) paths: BTreeMap<char, String>,
    /// How much of the cell is inked, of those that are shades.
    pub(super) shades: BTreeMap<char, f64>,
}

/// Returns how the ones among the characters that are geometry are drawn.
pub(super) fn shapes(characters: &BTreeSet<char>) -> Shapes {
    let mut shapes = Shapes::default();
    for &c in characters {
        if let Some(shape) = shape(c.encode_utf8(&mut [0; 4])) {
            shapes.paths.insert(c, path(shape));
            if let Shape::Shade(ink) = shape {
                shapes.shades.insert(c, ink);
            }
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

/// Draws neighbours of one colour and one inking as one path.
fn draw_shapes(svg: &mut String, shapes: &[Option<Shape>], class: impl Fn(usize) -> u16) {
    let ink = |shape: Option<Shape>| match shape {
        Some(Shape::Shade(ink)) => Some(ink),
        _ => None,
    };
    let mut x = 0;
    while x < shapes.len() {
        if shapes[x].is_none() {
            x += 1;
            continue;
        }
        let (begin, mut path) = (x, String::new());
        while let Some(&Some(shape)) = shapes.get(x) {
            if class(x) != class(begin) || ink(shapes[x]) != ink(shapes[begin]) {
                break;
            }
            let _ = write!(path, "M{} {TOP}{}", x * 9, self::path(shape));
            x += 1;
        }
        let _ = write!(svg, "<path class=\"c{}\" d=\"{path}\"", class(begin));
        if let Some(ink) = ink(shapes[begin]) {
            let _ = write!(svg, " fill-opacity=\"{ink}\"");
        }
        svg.push_str("/>");
    }
}

/// Returns a shape's outline, relative to the top left of its cell.
fn path(shape: Shape) -> String {
    let (width, height) = (f64::from(WIDTH), f64::from(HEIGHT));
    let mut path = String::new();
    let mut at = (0.0, 0.0);
    let mut rect = |x: f64, y: f64, w: f64, h: f64| {
        let _ = write!(path, "m{} {}h{w}v{h}h-{w}z", x - at.0, y - at.1);
        at = (x, y);
    };
    let eighth = |eighths: u8, whole: f64| f64::from(eighths) * whole / 8.0;
    let (middle_x, middle_y) = (width / 2.0, height / 2.0);
    match shape {
        Shape::Block(x, y, w, h) => rect(
            eighth(x, width),
            eighth(y, height),
            eighth(w, width),
            eighth(h, height),
        ),
        Shape::Shade(_) => rect(0.0, 0.0, width, height),
        Shape::Strokes([up, right, down, left]) => {
            let thick = |stroke: u8| match stroke {
                0 => 0.0,
                1 => 1.0,
                _ => 2.5,
            };
            let (up, right, down, left) = (thick(up), thick(right), thick(down), thick(left));
            if up > 0.0 {
                rect(middle_x - up / 2.0, 0.0, up, middle_y);
            }
            if right > 0.0 {
                rect(middle_x, middle_y - right / 2.0, width - middle_x, right);
            }
            if down > 0.0 {
                rect(middle_x - down / 2.0, middle_y, down, height - middle_y);
            }
            if left > 0.0 {
                rect(0.0, middle_y - left / 2.0, middle_x, left);
            }
        }
        Shape::Dashes { is_down: false, .. } => {
            for x in [0.0, 3.0, 6.0] {
                rect(x, middle_y - 0.6, 2.0, 1.2);
            }
        }
        Shape::Dashes { is_down: true, .. } => {
            for y in [0.0, 6.0, 12.0] {
                rect(middle_x - 0.6, y, 1.2, 4.0);
            }
        }
        _ => {}
    }
    path
}
