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

/// Writes what is in a row.
pub(super) fn row(svg: &mut String, row: &Row, palette: &Palette, reader: &Reader) {
    let look = |x: usize| palette.of(row.cells[x].1);
    let columns = row.cells.len();
    let mut x = 0;
    while x < columns {
        let ground = look(x).ground;
        let begin = x;
        while x < columns && look(x).ground == ground {
            x += 1;
        }
        if let Some(class) = ground {
            let _ = write!(
                svg,
                "<rect class=\"c{class}\" x=\"{}\" width=\"{}\" height=\"18\"/>",
                begin * 9,
                (x - begin) * 9,
            );
        }
    }
    let shapes: Vec<Option<Shape>> = row
        .cells
        .iter()
        .map(|(c, _)| shape(c.encode_utf8(&mut [0; 4])))
        .collect();
    draw_shapes(svg, &shapes, |x| look(x).text);
    let mut x = 0;
    while x < columns {
        if shapes[x].is_some() || [' ', COVERED].contains(&row.cells[x].0) {
            x += 1;
            continue;
        }
        let (begin, first) = (x, look(x));
        let (mut end, mut text) = (x, String::new());
        while x < columns
            && shapes[x].is_none()
            && look(x).text == first.text
            && look(x).weight == first.weight
        {
            match row.cells[x].0 {
                ' ' if row.cells[x - 1].0 == ' ' => break,
                ' ' => {}
                COVERED => end = x + 1,
                unit => {
                    if x > begin && row.cells[x - 1].0 == ' ' {
                        text.push(' ');
                    }
                    reader.push(unit, &mut text);
                    end = x + 1;
                }
            }
            x += 1;
        }
        let _ = write!(
            svg,
            "<text class=\"c{}{}\" x=\"{}\" y=\"13.5\" textLength=\"{}\">{}</text>",
            first.text,
            WEIGHTS[usize::from(first.weight)],
            begin * 9,
            (end - begin) * 9,
            escaped(&text),
        );
    }
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
            let _ = write!(path, "M{} 0{}", x * 9, self::path(shape));
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
        Shape::Dashes { is_down: false } => {
            for x in [0.0, 3.0, 6.0] {
                rect(x, middle_y - 0.6, 2.0, 1.2);
            }
        }
        Shape::Dashes { is_down: true } => {
            for y in [0.0, 6.0, 12.0] {
                rect(middle_x - 0.6, y, 1.2, 4.0);
            }
        }
    }
    path
}
