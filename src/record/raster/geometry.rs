//! Blocks, shades, lines and braille as rectangles of whole pixels, so that they join.

use super::super::shape::Shape;
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
            Shape::Strokes(strokes) => self.strokes(strokes),
            Shape::Dashes { is_down } => self.dashes(is_down),
        }
    }

    /// Draws arms from the middle, each to its edge. They begin where those that cross them end, so
    /// that corners are whole.
    fn strokes(&mut self, [up, right, down, left]: [u8; 4]) {
        let (width, height) = self.size;
        let thick = |stroke: u8| thin(width) * [0, 1, 3][usize::from(stroke.min(2))];
        let band = |stroke: u8, side: usize| {
            let thick = thick(stroke);
            let from = (side - thick.min(side)) / 2;
            from..from + thick
        };
        let across = band(up.max(down), width);
        let along = band(left.max(right), height);
        let columns = |stroke| band(stroke, width);
        let rows = |stroke| band(stroke, height);
        let (middle_x, middle_y) = (width / 2, height / 2);
        let end = |range: &Range<usize>, middle: usize| range.end.max(middle);
        let begin = |range: &Range<usize>, middle: usize| {
            if range.is_empty() {
                middle
            } else {
                range.start
            }
        };
        self.fill(columns(up), 0..end(&along, middle_y), FULL);
        self.fill(columns(down), begin(&along, middle_y)..height, FULL);
        self.fill(0..end(&across, middle_x), rows(left), FULL);
        self.fill(begin(&across, middle_x)..width, rows(right), FULL);
    }

    /// Draws three dashes, each two thirds of its room.
    fn dashes(&mut self, is_down: bool) {
        let (width, height) = self.size;
        let line = thin(width);
        let length = if is_down { height } else { width };
        let across = if is_down { width } else { height };
        let middle = (across - line.min(across)) / 2;
        for dash in 0..3 {
            let from = dash * length / 3;
            let long = from..from + (length * 2 / 9).max(1);
            let thin = middle..middle + line;
            if is_down {
                self.fill(thin, long, FULL);
            } else {
                self.fill(long, thin, FULL);
            }
        }
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
