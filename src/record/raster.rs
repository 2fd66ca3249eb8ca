//! Pixels: a frame's cells as glyphs and geometry, on a canvas that only changes where cells did.
//!
//! A cell's *coverage* says of each of its pixels how much of it is inked, in four steps, which makes
//! few colours, each of them exact: the ground, the ink, and three between. The same cell has the same
//! pixels on every machine: glyphs are scaled by fixed rules (`glyph`), lines, blocks and braille
//! are rectangles of whole pixels (`geometry`), colours are mixed in whole numbers (`ink`).
//! Not here: files (`gif`, `png`).

mod geometry;
mod glyph;
mod ink;
mod outline;
#[cfg(test)]
mod tests;

pub(super) use ink::{Ink, Inks};

use super::colour::of_paper;
use super::shot::Paper;
use glyph::Glyphs;
use ink::Look;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

/// A cell's width and height at scale 1, in pixels.
///
/// Nine is odd, so that a line of one pixel is in its middle, and the font's x-height and capitals
/// are 8.25 and 10.95 pixels high at this width, so that they hardly change for being made whole.
const CELL: (usize, usize) = (9, 18);
/// The largest scale: a picture of 500 columns still fits the formats.
const SCALE_MOST: u16 = 8;
/// The most pixels a side may have, in GIF and here.
const SIDE_MOST: usize = 65_535;

/// How large a picture is: pixels for each of its cells.
///
/// ```
/// use mpviz::record::raster::Scale;
///
/// assert_eq!(Scale::default().cell(), (9, 18));
/// assert_eq!(Scale::new(2).map(Scale::cell), Some((18, 36)));
/// assert_eq!(Scale::new(0), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scale(u16);

impl Default for Scale {
    fn default() -> Scale {
        Scale(1)
    }
}

impl Scale {
    /// Returns a scale: 1 for cells of 9 by 18 pixels, 2 for twice that, to 8; `None` for any other.
    pub fn new(times: u16) -> Option<Scale> {
        (1..=SCALE_MOST).contains(&times).then_some(Scale(times))
    }

    /// Returns a cell's width and height in pixels.
    pub fn cell(self) -> (usize, usize) {
        let times = usize::from(self.0);
        (CELL.0 * times, CELL.1 * times)
    }
}

/// A canvas of cells.
pub(super) struct Raster {
    cell: (usize, usize),
    /// In cells.
    size: (usize, usize),
    paper: Paper,
    glyphs: Glyphs,
    inks: Inks,
    /// What each cell shows.
    cells: Vec<Cell>,
    pixels: Vec<Ink>,
    /// Which cells the last frame changed: column and row.
    changed: Vec<(usize, usize)>,
}

impl Raster {
    /// Returns an empty canvas: paper and nothing on it. It has at least one cell.
    pub(super) fn new(size: (u16, u16), paper: Paper, scale: Scale) -> Raster {
        let cell = scale.cell();
        let fit = |cells: u16, side: usize| usize::from(cells).clamp(1, SIDE_MOST / side);
        let size = (fit(size.0, cell.0), fit(size.1, cell.1));
        let mut inks = Inks::default();
        let ground = inks.ink(of_paper(paper).1);
        Raster {
            cell,
            size,
            paper,
            glyphs: Glyphs::new(cell),
            inks,
            cells: vec![Cell::default(); size.0 * size.1],
            pixels: vec![ground; size.0 * cell.0 * size.1 * cell.1],
            changed: Vec::new(),
        }
    }

    /// Returns the width and height in pixels.
    pub(super) fn pixel_size(&self) -> (usize, usize) {
        (self.size.0 * self.cell.0, self.size.1 * self.cell.1)
    }

    /// Returns a cell's width and height in pixels.
    pub(super) fn cell(&self) -> (usize, usize) {
        self.cell
    }

    /// Returns the canvas, row by row.
    pub(super) fn pixels(&self) -> &[Ink] {
        &self.pixels
    }

    /// Returns the colours of the inks.
    pub(super) fn inks(&self) -> &Inks {
        &self.inks
    }

    /// Returns which cells the last frame drawn changed: column and row, each once, in order.
    pub(super) fn changed(&self) -> &[(usize, usize)] {
        &self.changed
    }

    /// Draws a frame: what it has more than the canvas is left out, what it lacks is paper.
    pub(super) fn draw(&mut self, frame: &Buffer) {
        self.changed.clear();
        for y in 0..self.size.1 {
            self.draw_row(frame, y);
        }
    }

    fn draw_row(&mut self, frame: &Buffer, y: usize) {
        let columns = self.size.0;
        let row = y * columns..(y + 1) * columns;
        let first = self.changed.len();
        let mut has_wide = false;
        for (x, known) in self.cells[row.clone()].iter_mut().enumerate() {
            let cell = cell_at(frame, x, y);
            if known != cell {
                has_wide |= cells_of(known.symbol()).max(cells_of(cell.symbol())) > 1;
                known.clone_from(cell);
                self.changed.push((x, y));
            }
        }
        if self.changed.len() == first {
            return;
        }
        has_wide |= self.cells[row.clone()]
            .iter()
            .any(|cell| cells_of(cell.symbol()) > 1);
        if has_wide {
            // Which cell belongs to which character may be another now.
            self.changed.truncate(first);
            self.changed.extend((0..columns).map(|x| (x, y)));
        }
        let mut free = 0;
        for at in first..self.changed.len() {
            let (x, _) = self.changed[at];
            if x >= free {
                let wide = cells_of(self.cells[y * columns + x].symbol()).max(1);
                free = x + wide;
                self.draw_cell(x, y, wide.min(columns - x));
            }
        }
    }

    /// Draws a character that is so many cells wide.
    fn draw_cell(&mut self, x: usize, y: usize, wide: usize) {
        let cell = &self.cells[y * self.size.0 + x];
        let look = Look::of(cell, self.paper);
        let ramp = self.inks.ramp(look.ink, look.ground);
        let coverage = self.glyphs.coverage(cell.symbol(), look.is_bold, wide);
        let (width, height) = self.cell;
        let across = self.size.0 * width;
        let underline = cell.modifier.contains(Modifier::UNDERLINED);
        let line = self.glyphs.underline();
        for row in 0..height {
            let from = (y * height + row) * across + x * width;
            let pixels = &mut self.pixels[from..from + wide * width];
            if underline && line.contains(&row) {
                pixels.fill(ramp[usize::from(ink::STEPS)]);
                continue;
            }
            let covered = &coverage[row * wide * width..(row + 1) * wide * width];
            for (pixel, &step) in pixels.iter_mut().zip(covered) {
                *pixel = ramp[usize::from(step.min(ink::STEPS))];
            }
        }
    }
}

/// Returns a frame's cell, counted from its corner; a blank one where it has none.
fn cell_at(frame: &Buffer, x: usize, y: usize) -> &Cell {
    let area = *frame.area();
    let place = |n: usize, from: u16, length: u16| {
        let n = u16::try_from(n).ok().filter(|&n| n < length)?;
        from.checked_add(n)
    };
    place(x, area.x, area.width)
        .zip(place(y, area.y, area.height))
        .and_then(|place| frame.cell(place))
        .unwrap_or(const { &Cell::EMPTY })
}

/// Returns over how many cells a symbol goes; 0 for one that shows nothing.
fn cells_of(symbol: &str) -> usize {
    match symbol.as_bytes() {
        [b' '..=b'~'] => 1,
        _ => symbol.width(),
    }
}
