//! Blocks, shades, lines and braille as rectangles of whole pixels, so that they join. What turns or
//! slants is counted, too: how many of a pixel's 64 points are inked.

use super::super::shape::{DOTS, Shape};
use super::ink::STEPS;
use std::ops::Range;

/// A cell's coverage while it is drawn.
pub(super) struct Canvas {
    size: (usize, usize),
    steps: Vec<u8>,
}

/// As inked as can be.
const FULL: u8 = STEPS;

impl Canvas {
    /// Returns an empty one.
    pub(super) fn new(size: (usize, usize)) -> Canvas {
        Canvas {
            size,
            steps: vec![0; size.0 * size.1],
        }
    }

    /// Returns what was drawn: the steps of each pixel, row by row.
    pub(super) fn into_steps(self) -> Vec<u8> {
        self.steps
    }

    fn fill(&mut self, columns: Range<usize>, rows: Range<usize>, step: u8) {
        let columns = columns.start.min(self.size.0)..columns.end.min(self.size.0);
        for row in rows.start..rows.end.min(self.size.1) {
            let from = row * self.size.0;
            let covered = from + columns.start..from + columns.end.max(columns.start);
            self.steps[covered].fill(step);
        }
    }

    /// Draws the sign of what the font lacks: a frame with air around it.
    pub(super) fn missing(&mut self) {
        let (width, height) = self.size;
        let line = thin(height / 2);
        let (left, right) = (line, width.saturating_sub(line));
        let (top, bottom) = (height * 4 / 18, height * 15 / 18);
        self.fill(left..right, top..bottom, FULL);
        let hole = (left + line, right.saturating_sub(line));
        let hollow = (top + line, bottom.saturating_sub(line));
        self.fill(hole.0..hole.1, hollow.0..hollow.1, 0);
    }

    /// Draws a character that is geometry.
    pub(super) fn shape(&mut self, shape: &Shape) {
        let (width, height) = self.size;
        match *shape {
            Shape::Block(left, top, wide, high) => {
                let columns = eighths(left, width)..eighths(left + wide, width);
                let rows = eighths(top, height)..eighths(top + high, height);
                self.fill(columns, rows, FULL);
            }
            Shape::Shade(ink) => {
                let step = [0.25, 0.5, 0.75].iter().position(|&known| ink <= known);
                let step = step.map_or(FULL, |at| [FULL / 4, FULL / 2, FULL / 4 * 3][at]);
                self.fill(0..width, 0..height, step);
            }
            Shape::Quarters(quarters) => {
                for quarter in (0..4).filter(|quarter| quarters & 1 << quarter != 0) {
                    let half = |second: bool, side: usize| match second {
                        false => 0..eighths(4, side),
                        true => eighths(4, side)..side,
                    };
                    self.fill(
                        half(quarter % 2 == 1, width),
                        half(quarter > 1, height),
                        FULL,
                    );
                }
            }
            Shape::Dots(dots) => self.dots(dots),
            Shape::Strokes(strokes) => self.strokes(strokes),
            Shape::Dashes {
                is_down,
                count,
                is_thick,
            } => self.dashes(is_down, usize::from(count.max(1)), is_thick),
            Shape::Turn { is_right, is_down } => self.turn(is_right, is_down),
            Shape::Diagonals { rises, falls } => self.diagonals(rises, falls),
        }
    }

    /// Draws dots in the middles of the eighths of the cell.
    fn dots(&mut self, dots: u8) {
        let (width, height) = self.size;
        let dot = 2 * thin(width);
        for (bit, (column, row)) in DOTS.into_iter().enumerate() {
            if dots & 1 << bit != 0 {
                let (column, row) = (usize::from(column), usize::from(row));
                let x = ((2 * column + 1) * width + 2).saturating_sub(2 * dot) / 4;
                let y = ((2 * row + 1) * height + 4).saturating_sub(4 * dot) / 8;
                self.fill(x..x + dot, y..y + dot, FULL);
            }
        }
    }

    /// Draws arms from the middle, each to its edge. They go on over the middle as far as what
    /// crosses them there is wide, so that corners are whole.
    fn strokes(&mut self, [up, right, down, left]: [u8; 4]) {
        let (width, height) = self.size;
        let line = thin(width);
        let crossing = |a: u8, b: u8, own: u8, side: usize| {
            let stroke = if a.max(b) > 0 { a.max(b) } else { own };
            band(stroke, line, side)
        };
        let across = crossing(left, right, up.max(down), height);
        let along = crossing(up, down, left.max(right), width);
        for columns in lines(up, line, width) {
            self.fill(columns, 0..across.end, FULL);
        }
        for columns in lines(down, line, width) {
            self.fill(columns, across.start..height, FULL);
        }
        for rows in lines(left, line, height) {
            self.fill(0..along.end, rows, FULL);
        }
        for rows in lines(right, line, height) {
            self.fill(along.start..width, rows, FULL);
        }
    }

    /// Draws dashes with a third of their room between them.
    fn dashes(&mut self, is_down: bool, count: usize, is_thick: bool) {
        let (width, height) = self.size;
        let line = thin(width);
        let (length, side) = if is_down {
            (height, width)
        } else {
            (width, height)
        };
        let stroke = band(if is_thick { 2 } else { 1 }, line, side);
        let gap = (length / count / 3).max(line);
        for dash in 0..count {
            let from = dash * length / count;
            let to = ((dash + 1) * length / count).saturating_sub(gap);
            if is_down {
                self.fill(stroke.clone(), from..to, FULL);
            } else {
                self.fill(from..to, stroke.clone(), FULL);
            }
        }
    }

    /// Draws a line from the middle of an edge to that of another, round the corner.
    fn turn(&mut self, is_right: bool, is_down: bool) {
        let (width, height) = self.size;
        let line = thin(width);
        let middle = |side: usize| {
            let band = band(1, line, side);
            whole((band.start + band.end) * POINTS / 2)
        };
        let (middle_x, middle_y) = (middle(width), middle(height));
        let half = whole(line * POINTS / 2);
        let radius = whole(line * 4 * POINTS);
        // As if it turned right and down, mirrored.
        self.points(|x, y| {
            let x = if is_right { x - middle_x } else { middle_x - x };
            let y = if is_down { y - middle_y } else { middle_y - y };
            if x > radius {
                y.abs() < half
            } else if y > radius {
                x.abs() < half
            } else {
                let apart = (radius - x).pow(2) + (radius - y).pow(2);
                ((radius - half).pow(2)..(radius + half).pow(2)).contains(&apart)
            }
        });
    }

    /// Draws lines from corner to corner.
    fn diagonals(&mut self, rises: bool, falls: bool) {
        let (width, height) = (whole(self.size.0 * POINTS), whole(self.size.1 * POINTS));
        let half = whole(thin(self.size.0) * POINTS * 5 / 8);
        let most = half.pow(2) * (width.pow(2) + height.pow(2));
        let is_near = |x: i64, y: i64| (x * height - y * width).pow(2) <= most;
        self.points(|x, y| (falls && is_near(x, y)) || (rises && is_near(width - x, y)));
    }

    /// Inks each pixel by how many of its points are inked. Points are told in parts of a pixel:
    /// [`POINTS`] make a whole one.
    fn points(&mut self, is_inked: impl Fn(i64, i64) -> bool) {
        const EACH: usize = 8;
        let width = self.size.0;
        for (at, step) in self.steps.iter_mut().enumerate() {
            let place = |pixel: usize, point: usize| {
                whole(pixel * POINTS + (2 * point + 1) * POINTS / (2 * EACH))
            };
            let inked = (0..EACH * EACH)
                .filter(|point| {
                    let (x, y) = (
                        place(at % width, point % EACH),
                        place(at / width, point / EACH),
                    );
                    is_inked(x, y)
                })
                .count();
            let each = EACH * EACH / usize::from(FULL);
            *step = u8::try_from((inked + each / 2) / each).unwrap_or(FULL);
        }
    }
}

/// So many parts a pixel has where its points are counted.
const POINTS: usize = 16;

fn whole(parts: usize) -> i64 {
    i64::try_from(parts).unwrap_or(i64::MAX)
}

/// Returns what a stroke covers of a side, in the middle: 0 nothing, 1 a thin line, 2 and 3 three.
fn band(stroke: u8, line: usize, side: usize) -> Range<usize> {
    let thick = line * [0, 1, 3, 3][usize::from(stroke.min(3))];
    let from = side.saturating_sub(thick) / 2;
    from..from + thick
}

/// Returns the lines of a stroke: a double one has two.
fn lines(stroke: u8, line: usize, side: usize) -> Vec<Range<usize>> {
    let band = band(stroke, line, side);
    match stroke {
        0 => Vec::new(),
        3 => vec![band.start..band.start + line, band.end - line..band.end],
        _ => vec![band],
    }
}

/// Returns how thick a thin line is in a cell of this width.
pub(super) fn thin(width: usize) -> usize {
    (width / 9).max(1)
}

/// Returns where so many eighths of a side are, in whole pixels.
fn eighths(count: u8, side: usize) -> usize {
    (usize::from(count) * side + 4) / 8
}
