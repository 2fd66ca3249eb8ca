//! Shapes as the data of SVG paths: everything is filled, nothing stroked.
//!
//! How a browser smooths an edge depends on what else is in the path. So that a cell looks the same
//! whatever stands beside it, the edges of boxes are on whole units, where there is nothing to smooth,
//! and all of those of one colour are one path; each curve is a path of its own.
//!
//! Numbers are eighths of the picture's units, as whole numbers, so that the same shape is the same
//! bytes everywhere. A row's y of 0 is its text's baseline.

use super::super::shape::{DOTS, Shape};
use super::{BASELINE, CELL};
use std::fmt::Write;

/// A cell's width and height, and its edges above and below the baseline.
const WIDE: i32 = CELL.0 * 8;
const HIGH: i32 = CELL.1 * 8;
const TOP: i32 = -BASELINE * 8;
const BOTTOM: i32 = TOP + HIGH;
/// The middle of thin lines: they cover whole pixels at the picture's own size.
const MIDDLE: (i32, i32) = (WIDE / 2, TOP + 68);
const THIN: i32 = 8;
const THICK: i32 = 24;

/// Shapes of one colour, left to right.
#[derive(Default, Debug)]
pub(in crate::record) struct Path {
    boxes: Vec<Box>,
    curves: Vec<String>,
}

/// A rectangle: its left, top, right and bottom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Box(i32, i32, i32, i32);

impl Path {
    /// Adds the shape of the cell at a column.
    pub(in crate::record) fn add(&mut self, column: usize, shape: Shape) {
        let left = i32::try_from(column).unwrap_or(0) * WIDE;
        match shape {
            Shape::Block(x, y, wide, high) => {
                let x = left + i32::from(x) * WIDE / 8;
                let y = TOP + i32::from(y) * HIGH / 8;
                let (wide, high) = (i32::from(wide) * WIDE / 8, i32::from(high) * HIGH / 8);
                self.fill(Box(x, y, x + wide, y + high));
            }
            Shape::Shade(_) => self.fill(Box(left, TOP, left + WIDE, BOTTOM)),
            Shape::Quarters(quarters) => self.quarters(left, quarters),
            Shape::Dots(dots) => self.dots(left, dots),
            Shape::Strokes(strokes) => self.strokes(left, strokes),
            Shape::Dashes {
                is_down,
                count,
                is_thick,
            } => self.dashes(left, is_down, i32::from(count.max(1)), is_thick),
            Shape::Turn { is_right, is_down } => self.turn(left, is_right, is_down),
            Shape::Diagonals { rises, falls } => self.diagonals(left, rises, falls),
        }
    }

    /// Adds a line of the width of some cells, so far below the baseline.
    pub(super) fn rule(&mut self, column: usize, cells: usize, below: i32) {
        let left = i32::try_from(column).unwrap_or(0) * WIDE;
        let right = left + i32::try_from(cells).unwrap_or(0) * WIDE;
        self.fill(Box(left, below * 8, right, below * 8 + THIN));
    }

    /// Adds whole cells.
    pub(super) fn cells(&mut self, column: usize, cells: usize) {
        let left = i32::try_from(column).unwrap_or(0) * WIDE;
        let right = left + i32::try_from(cells).unwrap_or(0) * WIDE;
        self.fill(Box(left, TOP, right, BOTTOM));
    }

    /// Returns the data of each path that it takes: of the boxes, and of each curve.
    pub(in crate::record) fn data(&self) -> Vec<String> {
        let mut boxes = String::new();
        for &Box(left, top, right, bottom) in &self.boxes {
            let _ = write!(
                boxes,
                "M{} {}h{}v{}h{}z",
                Eighths(left),
                Eighths(top),
                Eighths(right - left),
                Eighths(bottom - top),
                Eighths(left - right),
            );
        }
        let mut data = self.curves.clone();
        if !boxes.is_empty() {
            data.insert(0, boxes);
        }
        data
    }

    /// Returns its boxes (left, top, right, bottom, in eighths) and the data of its curves.
    pub(in crate::record) fn parts(&self) -> (Vec<[i32; 4]>, &[String]) {
        let corners = |&Box(left, top, right, bottom): &Box| [left, top, right, bottom];
        (self.boxes.iter().map(corners).collect(), &self.curves)
    }

    /// Adds a rectangle; one that goes on where another ends makes that one longer.
    fn fill(&mut self, Box(left, top, right, bottom): Box) {
        let whole = |edge: i32| (edge + 4).div_euclid(8) * 8;
        let new = Box(whole(left), whole(top), whole(right), whole(bottom));
        if self.boxes.contains(&new) {
            return;
        }
        let goes_on = |old: &&mut Box| old.1 == new.1 && old.3 == new.3 && old.2 == new.0;
        match self.boxes.iter_mut().rev().find(goes_on) {
            Some(old) => old.2 = new.2,
            None => self.boxes.push(new),
        }
    }

    fn quarters(&mut self, left: i32, quarters: u8) {
        for quarter in 0..4 {
            if quarters & 1 << quarter != 0 {
                let x = left + quarter % 2 * WIDE / 2;
                let y = TOP + quarter / 2 * HIGH / 2;
                self.fill(Box(x, y, x + WIDE / 2, y + HIGH / 2));
            }
        }
    }

    fn dots(&mut self, left: i32, dots: u8) {
        for (bit, (column, row)) in DOTS.into_iter().enumerate() {
            if dots & 1 << bit != 0 {
                let (column, row) = (i32::from(column), i32::from(row));
                let (x, y) = (left + 10 + column * 36, TOP + 10 + row * 36);
                self.fill(Box(x, y, x + 16, y + 16));
            }
        }
    }

    fn strokes(&mut self, left: i32, strokes: [u8; 4]) {
        let [up, right, down, to_left] = strokes;
        let (x, y) = (left + MIDDLE.0, MIDDLE.1);
        // An arm goes on over the middle as far as what crosses it there is wide.
        let over = |a: u8, b: u8, own: u8| match a.max(b) {
            0 => half(own),
            crossing => half(crossing),
        };
        let across = over(up, down, right.max(to_left));
        let along = over(to_left, right, up.max(down));
        for offset in offsets(up) {
            self.fill(Box(x + offset.0, TOP, x + offset.1, y + along));
        }
        for offset in offsets(down) {
            self.fill(Box(x + offset.0, y - along, x + offset.1, BOTTOM));
        }
        // From the left to the right in one piece, where both are alike.
        if to_left == right {
            for offset in offsets(right) {
                self.fill(Box(left, y + offset.0, left + WIDE, y + offset.1));
            }
            return;
        }
        for offset in offsets(to_left) {
            self.fill(Box(left, y + offset.0, x + across, y + offset.1));
        }
        for offset in offsets(right) {
            self.fill(Box(x - across, y + offset.0, left + WIDE, y + offset.1));
        }
    }

    fn dashes(&mut self, left: i32, is_down: bool, count: i32, is_thick: bool) {
        let half = half(if is_thick { 2 } else { 1 });
        let whole = if is_down { HIGH } else { WIDE };
        let step = whole / count;
        let gap = (step / 3).max(8);
        for dash in 0..count {
            let from = dash * step + gap / 2;
            let to = from + step - gap;
            self.fill(if is_down {
                let x = left + MIDDLE.0;
                Box(x - half, TOP + from, x + half, TOP + to)
            } else {
                Box(left + from, MIDDLE.1 - half, left + to, MIDDLE.1 + half)
            });
        }
    }

    fn turn(&mut self, left: i32, is_right: bool, is_down: bool) {
        const RADIUS: i32 = 32;
        let half = half(1);
        let (x, y) = (left + MIDDLE.0, MIDDLE.1);
        // As if it turned right and down, mirrored. Curves are told by numbers that floats hold
        // exactly, so that they are the same wherever they stand.
        let (dx, end_x) = if is_right {
            (1, left + WIDE)
        } else {
            (-1, left)
        };
        let (dy, end_y) = if is_down { (1, BOTTOM) } else { (-1, TOP) };
        let e = Eighths;
        let (down, across) = (y + dy * RADIUS - end_y, end_x - x - dx * RADIUS);
        self.curves.push(format!(
            "M{} {}v{}c0 {} {} {} {} {}h{}v{}h{}c{} 0 {} {} {} {}v{}z",
            e(x - dx * half),
            e(end_y),
            e(down),
            e(-dy * 20),
            e(dx * 16),
            e(-dy * 36),
            e(dx * 36),
            e(-dy * 36),
            e(across),
            e(dy * 2 * half),
            e(-across),
            e(-dx * 15),
            e(-dx * 28),
            e(dy * 13),
            e(-dx * 28),
            e(dy * 28),
            e(-down),
        ));
    }

    fn diagonals(&mut self, left: i32, rises: bool, falls: bool) {
        const EDGE: i32 = 10;
        let right = left + WIDE;
        let e = Eighths;
        // Both turn the same way round, so that they are one where they cross.
        if rises {
            let (a, b) = (e(right - EDGE / 2), e(left + EDGE / 2));
            self.curves.push(format!(
                "M{} {}v{}L{a} {}h{}v{}L{b} {}z",
                e(left),
                e(BOTTOM),
                e(-EDGE),
                e(TOP),
                e(EDGE / 2),
                e(EDGE),
                e(BOTTOM),
            ));
        }
        if falls {
            self.curves.push(format!(
                "M{} {}h{}L{} {}v{}h{}L{} {}z",
                e(left),
                e(TOP),
                e(EDGE / 2),
                e(right),
                e(BOTTOM - EDGE),
                e(EDGE),
                e(-EDGE / 2),
                e(left),
                e(TOP + EDGE),
            ));
        }
    }
}

/// Returns half of a stroke's thickness, all of its lines together.
fn half(stroke: u8) -> i32 {
    match stroke {
        0 => 0,
        1 => THIN / 2,
        2 => THICK / 2,
        _ => THIN * 3 / 2,
    }
}

/// Returns where a stroke's lines lie beside its middle.
fn offsets(stroke: u8) -> Vec<(i32, i32)> {
    let half = half(stroke);
    match stroke {
        0 => vec![],
        1 | 2 => vec![(-half, half)],
        _ => vec![(-half, THIN - half), (half - THIN, half)],
    }
}

/// A number of eighths, as SVG writes it.
#[derive(Clone, Copy)]
pub(super) struct Eighths(pub(super) i32);

impl std::fmt::Display for Eighths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const PARTS: [&str; 8] = ["", ".125", ".25", ".375", ".5", ".625", ".75", ".875"];
        let (whole, part) = (self.0.unsigned_abs() / 8, self.0.unsigned_abs() % 8);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        if whole > 0 || part == 0 {
            write!(f, "{whole}")?;
        }
        f.write_str(PARTS[part as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::shape::shape;
    use super::*;

    fn data(text: &str) -> String {
        let mut path = Path::default();
        for (column, c) in text.chars().enumerate() {
            if let Some(shape) = shape(&c.to_string()) {
                path.add(column, shape);
            }
        }
        path.data().join(" ")
    }

    #[test]
    fn what_joins_is_one() {
        assert_eq!(data("███"), "M0 -14h27v18h-27z");
        assert_eq!(data("───"), "M0 -6h27v1h-27z");
        assert_eq!(data("█ █"), "M0 -14h9v18h-9zM18 -14h9v18h-9z");
        assert_eq!(data("▃▃"), "M0 -3h18v7h-18z");
    }

    #[test]
    fn arms_meet_in_the_middle() {
        assert_eq!(data("┌"), "M4 -6h1v10h-1zM4 -6h5v1h-5z");
        assert_eq!(
            data("╭─"),
            "M9 -6h9v1h-9z M4 4v-5.5c0 -2.5 2 -4.5 4.5 -4.5h.5v1h-.5c-1.875 0 -3.5 1.625 -3.5 3.5v5.5z"
        );
        assert_eq!(data("┼"), "M4 -14h1v9h-1zM4 -6h1v10h-1zM0 -6h9v1h-9z");
    }

    #[test]
    fn numbers_are_short() {
        let told = |eighths: i32| Eighths(eighths).to_string();
        assert_eq!(
            [told(0), told(4), told(-4), told(9), told(-80)],
            ["0", ".5", "-.5", "1.125", "-10"]
        );
    }

    #[test]
    fn every_shape_has_a_path() {
        for c in ('\u{2500}'..='\u{259f}').chain('\u{2801}'..='\u{28ff}') {
            assert!(data(&c.to_string()).starts_with('M'), "{c}");
        }
    }
}
