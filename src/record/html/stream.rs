//! The frames of a film, packed into one text.
//!
//! A frame is what changed since the one before. A row that was there already is named by how long
//! ago it was new; a new one is made from a row of the frame before, its own or one near it (lists
//! move by a line), by the spans of cells that differ. A number has digits of five bits, the lowest
//! first, as characters from `=` on; 32 more says that another follows. Cells stand in it as they
//! are. The script `player.js` reads it.

use super::palette::Palette;
use super::row::{COVERED, Reader, Row};
use crate::record::shape::shape;
use std::collections::{BTreeSet, HashMap};

/// How many equal cells between two spans are cheaper written than left out.
const BRIDGE: usize = 3;
/// How far away a row is looked for that is like the new one.
const NEAR: i32 = 4;
/// A change so short that nothing better is looked for.
const SHORT: usize = 16;

/// What stands in the cells of a film.
#[derive(Default, Debug)]
pub(super) struct Characters {
    /// All, as cells have them.
    pub(super) all: BTreeSet<char>,
    /// Those that are text, in a look that is not bold on some ground.
    pub(super) regular: BTreeSet<char>,
    /// Those that are text, in a look that is bold on some ground.
    pub(super) bold: BTreeSet<char>,
}

/// Packs frames.
#[derive(Debug)]
pub(super) struct Stream {
    text: String,
    tick: u64,
    /// The rows in the order of their coming.
    rows: Vec<Row>,
    numbers: HashMap<Row, usize>,
    /// The last frame's rows, by number.
    before: Vec<usize>,
    is_begun: bool,
}

impl Stream {
    pub(super) fn new((width, height): (u16, u16)) -> Stream {
        let blank = Row {
            cells: vec![(' ', 0); usize::from(width)].into(),
        };
        Stream {
            text: String::new(),
            tick: 0,
            rows: vec![blank.clone()],
            numbers: HashMap::from([(blank, 0)]),
            before: vec![0; usize::from(height)],
            is_begun: false,
        }
    }

    /// Appends a frame; one that is like the one before is left out.
    pub(super) fn frame(&mut self, tick: u64, rows: &[Row]) {
        let changed: Vec<usize> = (0..rows.len())
            .filter(|&y| self.rows[self.before[y]] != rows[y])
            .collect();
        if changed.is_empty() && self.is_begun {
            return;
        }
        self.is_begun = true;
        number(&mut self.text, tick.saturating_sub(self.tick));
        self.tick = tick.max(self.tick);
        number(&mut self.text, changed.len() as u64);
        let mut now = self.before.clone();
        let mut next = 0;
        for y in changed {
            number(&mut self.text, (y - next) as u64);
            next = y + 1;
            now[y] = self.row(&rows[y], y);
        }
        self.before = now;
    }

    /// Returns the text. Nothing is appended after it.
    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Returns every character that was in a cell.
    pub(super) fn characters(&self, palette: &Palette, reader: &Reader) -> Characters {
        let mut characters = Characters::default();
        let mut seen = BTreeSet::new();
        for row in &self.rows {
            seen.extend(row.cells.iter().copied().filter(|(c, _)| *c != COVERED));
        }
        for (unit, look) in seen {
            characters.all.insert(unit);
            let is_geometry = shape(unit.encode_utf8(&mut [0; 4])).is_some();
            if unit == ' ' || is_geometry || reader.foreign(unit).is_some() {
                continue;
            }
            let weight = palette.of(look).weight;
            if weight != 1 {
                characters.regular.insert(unit);
            }
            if weight != 0 {
                characters.bold.insert(unit);
            }
        }
        // Between words.
        characters.regular.insert(' ');
        characters.bold.insert(' ');
        characters
    }

    /// Writes a row that has come to `y`, and returns its number.
    fn row(&mut self, row: &Row, y: usize) -> usize {
        let newest = self.rows.len() - 1;
        if let Some(&known) = self.numbers.get(row) {
            number(&mut self.text, (newest - known) as u64 * 2);
            return known;
        }
        let mut best: Option<(u64, String)> = None;
        for distance in (0..=NEAR).flat_map(|far| [far, -far]) {
            let from = i32::try_from(y).ok().map(|y| y + distance);
            let from = from.and_then(|from| usize::try_from(from).ok());
            let Some(&from) = from.and_then(|from| self.before.get(from)) else {
                continue;
            };
            let change = change(&self.rows[from], row);
            let is_short = change.len() <= SHORT;
            if best
                .as_ref()
                .is_none_or(|(_, best)| change.len() < best.len())
            {
                let zigzag = distance.unsigned_abs() * 2 - u32::from(distance < 0);
                best = Some((u64::from(zigzag) * 2 + 1, change));
            }
            if is_short {
                break;
            }
        }
        if let Some((code, change)) = best {
            number(&mut self.text, code);
            self.text.push_str(&change);
        }
        self.rows.push(row.clone());
        self.numbers.insert(row.clone(), newest + 1);
        newest + 1
    }
}

/// Returns what makes one row of another.
fn change(from: &Row, to: &Row) -> String {
    let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
    for (x, cell) in to.cells.iter().enumerate() {
        if from.cells[x] == *cell {
            continue;
        }
        match spans.last_mut() {
            Some(span) if x - span.end <= BRIDGE => span.end = x + 1,
            _ => spans.push(x..x + 1),
        }
    }
    let mut text = String::new();
    number(&mut text, spans.len() as u64);
    let mut end = 0;
    for span in spans {
        number(&mut text, (span.start - end) as u64);
        number(&mut text, span.len() as u64);
        end = span.end;
        let cells = &to.cells[span];
        for looks in cells.chunk_by(|a, b| a.1 == b.1) {
            number(&mut text, u64::from(looks[0].1));
            number(&mut text, looks.len() as u64);
        }
        text.extend(cells.iter().map(|&(c, _)| c));
    }
    text
}

fn number(text: &mut String, mut value: u64) {
    loop {
        let digit = u8::try_from(value % 32).unwrap_or(0);
        value /= 32;
        let more = if value > 0 { 32 } else { 0 };
        text.push(char::from(b'=' + digit + more));
        if value == 0 {
            return;
        }
    }
}
