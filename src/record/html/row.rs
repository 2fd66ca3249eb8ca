//! A frame's rows as the player has them: in each cell one UTF-16 unit and the number of its look.
//!
//! So a cell's number is its index in the script's text too. What the font that is brought along lacks
//! (other scripts, an emoji, a letter with its accents) stands in a table, and its cell has a private
//! character instead; so has the cell that the wide one before it covers.

use super::palette::Palette;
use crate::record::font::{BOLD, REGULAR};
use crate::record::shape::shape;
use crate::record::shot::Shot;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use std::collections::HashMap;
use std::rc::Rc;
use unicode_width::UnicodeWidthStr;

/// What stands in a cell that the one before it covers.
pub(super) const COVERED: char = '\u{e000}';
/// The private characters: those after the first are the table's.
const PRIVATE: std::ops::RangeInclusive<char> = COVERED..='\u{f8ff}';

/// A row of cells.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Row {
    pub(super) cells: Rc<[(char, u16)]>,
}

/// Reads the rows of frames.
#[derive(Debug)]
pub(super) struct Reader {
    size: (u16, u16),
    clusters: Vec<String>,
    known: HashMap<String, char>,
    /// The last shot's rows, with the cells that each was read from: most stay.
    before: Vec<(Vec<Cell>, Vec<Cell>, Row)>,
}

impl Reader {
    pub(super) fn new(size: (u16, u16)) -> Reader {
        Reader {
            size,
            clusters: Vec::new(),
            known: HashMap::new(),
            before: Vec::new(),
        }
    }

    /// Returns a shot's rows; what lies outside the film's size is left out, what is missing blank.
    pub(super) fn rows(&mut self, shot: &Shot, palette: &mut Palette) -> Vec<Row> {
        let (width, height) = self.size;
        let mut rows = Vec::with_capacity(usize::from(height));
        for y in 0..height {
            let dark = line(&shot.frame, y, width);
            let light = shot.light.as_ref().map_or(&[][..], |f| line(f, y, width));
            let before = self.before.get(usize::from(y));
            if let Some((.., row)) = before.filter(|old| old.0 == dark && old.1 == light) {
                rows.push(row.clone());
                continue;
            }
            let row = self.row(dark, light, palette);
            let read = (dark.to_vec(), light.to_vec(), row.clone());
            match self.before.get_mut(usize::from(y)) {
                Some(before) => *before = read,
                None => self.before.push(read),
            }
            rows.push(row);
        }
        rows
    }

    fn row(&mut self, dark: &[Cell], light: &[Cell], palette: &mut Palette) -> Row {
        let width = usize::from(self.size.0);
        let mut covered = 0;
        let mut cells = Vec::with_capacity(width);
        for (x, cell) in dark.iter().enumerate() {
            let light = light.get(x);
            if covered > 0 {
                covered -= 1;
                cells.push((COVERED, palette.look(cell, light, false)));
                continue;
            }
            let unit = self.unit(cell);
            if unit != ' ' {
                covered = cell.symbol().width().saturating_sub(1).min(width - x - 1);
            }
            cells.push((unit, palette.look(cell, light, unit != ' ')));
        }
        cells.resize(width, (' ', 0));
        Row {
            cells: cells.into(),
        }
    }

    /// Returns the rows of a frame with nothing in it.
    pub(super) fn blank(&self) -> Vec<Row> {
        let (width, height) = self.size;
        let cells = vec![(' ', 0); usize::from(width)].into();
        vec![Row { cells }; usize::from(height)]
    }

    /// Returns what the font lacks, in the order of the characters that stand for it.
    pub(super) fn clusters(&self) -> &[String] {
        &self.clusters
    }

    /// Returns what a cell's character stands for, if that is in the table.
    pub(super) fn foreign(&self, unit: char) -> Option<&str> {
        let at = u32::from(unit).checked_sub(u32::from(COVERED) + 1)?;
        self.clusters.get(at as usize).map(String::as_str)
    }

    fn unit(&mut self, cell: &Cell) -> char {
        let symbol = cell.symbol();
        if symbol.trim().is_empty() || cell.modifier.contains(Modifier::HIDDEN) {
            return ' ';
        }
        let mut chars = symbol.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if c.is_control() || is_no_character(c) => '\u{fffd}',
            (Some(c), None) if shape(symbol).is_some() || (REGULAR.has(c) && BOLD.has(c)) => c,
            _ => self.cluster(symbol),
        }
    }

    fn cluster(&mut self, symbol: &str) -> char {
        if let Some(&known) = self.known.get(symbol) {
            return known;
        }
        let next = u32::try_from(self.clusters.len()).map(|at| u32::from(COVERED) + 1 + at);
        let unit = next.ok().and_then(char::from_u32);
        let Some(unit) = unit.filter(|unit| PRIVATE.contains(unit)) else {
            return '\u{fffd}';
        };
        let harmless = symbol.chars().map(|c| {
            if c.is_control() || is_no_character(c) {
                '\u{fffd}'
            } else {
                c
            }
        });
        self.clusters.push(harmless.collect());
        self.known.insert(symbol.to_owned(), unit);
        unit
    }
}

/// Returns the cells of a frame's row, no more than `width`.
fn line(frame: &Buffer, y: u16, width: u16) -> &[Cell] {
    let wide = usize::from(frame.area.width);
    let line = frame.content.chunks_exact(wide.max(1)).nth(usize::from(y));
    line.map_or(&[], |line| &line[..wide.min(usize::from(width))])
}

/// Whether Unicode will never give it a meaning: a page must not have it.
fn is_no_character(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c)
}
