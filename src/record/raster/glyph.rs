//! Glyphs: a character's outline as steps of coverage, fitted to whole pixels.
//!
//! Outlines are scaled to the cell's width and then fitted (`outline`), so that the strokes of letters are
//! sharp without the font's own instructions, which it does not have. Coverage is exact area, rounded
//! to quarters. All of it is IEEE single precision without fused steps, which is the same everywhere.

use super::super::font::{BOLD, REGULAR};
use super::super::shape::shape;
use super::geometry::{Canvas, thin};
use super::ink::STEPS;
use super::outline::{Lines, Outline};
use ab_glyph_rasterizer::Rasterizer;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use ttf_parser::Face;

/// Below the top of a cell, the baseline, in eighteenths of its height.
const BASELINE: usize = 14;
/// More glyphs are not kept: films have a few hundred.
const KEPT_MOST: usize = 4096;

/// The steps of each of a symbol's pixels, row by row.
pub(super) type Coverage = Rc<[u8]>;

/// The coverage of characters, kept for the next that looks the same.
pub(super) struct Glyphs {
    cell: (usize, usize),
    /// Regular and bold.
    fonts: [Option<Font>; 2],
    /// Regular and bold, by the symbol.
    known: HashMap<Box<str>, [Option<Coverage>; 2]>,
}

impl Glyphs {
    pub(super) fn new(cell: (usize, usize)) -> Glyphs {
        Glyphs {
            cell,
            fonts: [REGULAR, BOLD].map(|face| Font::of(face.file(), cell)),
            known: HashMap::new(),
        }
    }

    /// Returns the rows of a cell that an underline fills.
    pub(super) fn underline(&self) -> Range<usize> {
        let line = thin(self.cell.0);
        let top = self.cell.1 * (BASELINE + 2) / 18;
        top..top + line
    }

    /// Returns the coverage of a symbol that is so many cells wide, in steps, row by row.
    pub(super) fn coverage(&mut self, symbol: &str, is_bold: bool, wide: usize) -> Coverage {
        let size = (self.cell.0 * wide, self.cell.1);
        if let Some(known) = self.known.get(symbol)
            && let Some(known) = &known[usize::from(is_bold)]
            && known.len() == size.0 * size.1
        {
            return known.clone();
        }
        let made: Coverage = self.made(symbol, is_bold, size).into();
        if self.known.len() >= KEPT_MOST {
            self.known.clear();
        }
        self.known.entry(symbol.into()).or_default()[usize::from(is_bold)] = Some(made.clone());
        made
    }

    fn made(&self, symbol: &str, is_bold: bool, size: (usize, usize)) -> Vec<u8> {
        let mut canvas = Canvas::new(size);
        // What follows the first are accents and joiners: the font has none that would fit.
        let Some(first) = symbol.chars().next().filter(|c| !c.is_whitespace()) else {
            return canvas.into_steps();
        };
        if let Some(shape) = shape(symbol) {
            canvas.shape(&shape);
            return canvas.into_steps();
        }
        let font = self.fonts[usize::from(is_bold)].as_ref();
        if let Some(steps) = font.and_then(|font| font.steps(first, size)) {
            return steps;
        }
        if !first.is_control() {
            canvas.missing();
        }
        canvas.into_steps()
    }
}

/// A font at one size.
struct Font {
    face: Face<'static>,
    /// Pixels of a font's unit.
    scale: f32,
    /// The baseline, in pixels below the top.
    baseline: f32,
    lines: Lines,
}

impl Font {
    fn of(file: &'static [u8], cell: (usize, usize)) -> Option<Font> {
        let face = Face::parse(file, 0).ok()?;
        let advance = face.glyph_hor_advance(face.glyph_index('0')?)?;
        let scale = cell.0 as f32 / f32::from(advance);
        let lines = [face.x_height()?, face.capital_height()?];
        Some(Font {
            lines: Lines::new(lines.map(|line| f32::from(line) * scale), scale),
            face,
            scale,
            baseline: (cell.1 * BASELINE / 18) as f32,
        })
    }

    /// Returns a character's coverage in steps; `None` if the font lacks it.
    fn steps(&self, character: char, size: (usize, usize)) -> Option<Vec<u8>> {
        let glyph = self.face.glyph_index(character)?;
        let mut outline = Outline::new(self.scale);
        self.face.outline_glyph(glyph, &mut outline)?;
        // Arrows, discs and their like are shapes, not strokes.
        if character < '\u{2190}' {
            outline.fit(&self.lines);
        }
        // A column of air on each side holds what is beyond the cell's edges, which is cut off.
        let wide = size.0 + 2;
        let mut rasterizer = Rasterizer::new(wide, size.1);
        outline.draw(&mut rasterizer, (1.0, self.baseline), wide as f32 - 0.5);
        let mut steps = vec![0; size.0 * size.1];
        rasterizer.for_each_pixel(|at, coverage| {
            let (x, y) = (at % wide, at / wide);
            if (1..=size.0).contains(&x) {
                steps[y * size.0 + x - 1] = step(coverage);
            }
        });
        Some(steps)
    }
}

/// Returns a share of a pixel as steps.
fn step(coverage: f32) -> u8 {
    let steps = coverage.clamp(0.0, 1.0) * f32::from(STEPS) + 0.5;
    (0..=STEPS)
        .rev()
        .find(|&step| f32::from(step) <= steps)
        .unwrap_or(0)
}
