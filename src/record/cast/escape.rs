//! What changes from one frame to the next, as a terminal is told it.
//!
//! A [`Screen`] knows what a terminal shows, where its cursor is and with which pen it writes, and
//! says only what is different; of several ways to say it, the one with the fewest bytes in JSON,
//! where an escape character takes six. Nothing is used that a terminal may lack: no scrolling, no
//! repeating, and erasing only with the terminal's own ground.
//!
//! Terminals differ in what they make of marks over a letter and of joined symbols: asciinema's
//! give each character of them a cell. So behind such a symbol the cursor is placed anew, and what
//! it may have spilled over is written again.

use super::pen::Pen;
use crate::event::Text;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many bytes of JSON an escape sequence takes beside its numbers.
const SEQUENCE: usize = 8;

/// What a cell of the terminal shows: a symbol, or the rest of a wide one, which has no text.
#[derive(Clone, PartialEq, Debug)]
struct Slot {
    text: Text,
    pen: Pen,
}

/// A terminal, as far as it was told what to show.
pub(super) struct Screen {
    columns: usize,
    rows: Vec<Vec<Slot>>,
    /// The cells of the frame that it shows, to see quickly which rows are the same.
    cells: Vec<Vec<Cell>>,
    pen: Pen,
    /// Where the cursor is.
    row: usize,
    /// Unknown behind the edge and behind symbols that terminals disagree about.
    column: Option<usize>,
    out: String,
}

impl Screen {
    /// Returns a terminal that shows nothing, its cursor at home.
    pub(super) fn new(columns: u16, rows: u16) -> Screen {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Screen {
            columns,
            rows: vec![vec![Slot::BLANK; columns]; rows],
            cells: vec![Vec::new(); rows],
            pen: Pen::PLAIN,
            row: 0,
            column: Some(0),
            out: String::new(),
        }
    }

    /// Returns what makes the terminal show a frame; nothing if it does. What is beyond the
    /// terminal's size is left out.
    pub(super) fn draw(&mut self, frame: &Buffer) -> &str {
        self.out.clear();
        let width = usize::from(frame.area.width);
        let rows = frame.content.chunks(width.max(1));
        for (y, cells) in rows.take(self.rows.len()).enumerate() {
            if self.cells[y] == cells {
                continue;
            }
            self.cells[y].clear();
            self.cells[y].extend_from_slice(cells);
            let wanted = slots(cells, self.columns);
            let shown = std::mem::take(&mut self.rows[y]);
            self.draw_row(y, &shown, &wanted);
            self.rows[y] = wanted;
        }
        &self.out
    }

    fn draw_row(&mut self, y: usize, shown: &[Slot], wanted: &[Slot]) {
        let mut is_new: Vec<bool> = shown.iter().zip(wanted).map(|(a, b)| a != b).collect();
        let last = is_new.iter().rposition(|&is_new| is_new).unwrap_or(0);
        // From here on the row is blank.
        let blank = wanted.iter().rposition(|slot| *slot != Slot::BLANK);
        let blank = blank.map_or(0, |at| at + 1);
        let mut x = 0;
        while x < wanted.len() {
            let slot = &wanted[x];
            if !is_new[x] || slot.is_rest() {
                x += 1;
                continue;
            }
            self.go(x, y, wanted);
            if x >= blank && last.saturating_sub(x) >= SEQUENCE {
                self.take(slot);
                self.out.push_str("\u{1b}[K");
                return;
            }
            let rest = wanted[x + 1..].iter().take_while(|slot| slot.is_rest());
            let cells = 1 + rest.count();
            let spilled = self.put(slot, cells);
            x += cells;
            is_new[x..x + spilled].fill(true);
        }
    }

    /// Writes a symbol of so many cells where the cursor is. Returns over how many more it may have
    /// spilled.
    fn put(&mut self, slot: &Slot, cells: usize) -> usize {
        self.take(slot);
        let column = self.column.unwrap_or(0);
        let behind = Some(column + cells).filter(|&behind| behind < self.columns);
        if slot.is_simple(cells) {
            self.out.push_str(&slot.text);
            self.column = behind;
            return 0;
        }
        // It may be taken for narrower: then nothing else is to be seen beside it.
        self.out.extend(std::iter::repeat_n(' ', cells));
        self.column = behind;
        self.go(column, self.row, &[]);
        self.column = None;
        let most = slot.text.chars().map(|c| c.width().unwrap_or(1).max(1));
        let most: usize = most.sum();
        if column + most <= self.columns {
            self.out.push_str(&slot.text);
            return most.saturating_sub(cells);
        }
        // It would spill over the edge, onto the next row.
        self.out.extend(slot.text.chars().next());
        0
    }

    /// Takes a pen that writes a slot.
    fn take(&mut self, slot: &Slot) {
        let pen = self.pen.towards(slot.pen, slot.text == " ");
        self.pen.change(pen, &mut self.out);
        self.pen = pen;
    }

    /// Moves the cursor to a column of a row. `shown` is what stands in that row up to there.
    fn go(&mut self, x: usize, y: usize, shown: &[Slot]) {
        let (from_x, from_y) = (self.column, self.row);
        (self.column, self.row) = (Some(x), y);
        if from_y == y && from_x == Some(x) {
            return;
        }
        let beside = from_x.filter(|_| from_y == y);
        let between = beside.and_then(|from| shown.get(from..x));
        let by = match from_x {
            Some(from) if from == x && from_y < y => Some(Move::By(y - from_y, 'B')),
            Some(from) if from == x => Some(Move::By(from_y - y, 'A')),
            Some(from) if from_y == y && from < x => Some(Move::By(x - from, 'C')),
            Some(from) if from_y == y => Some(Move::By(from - x, 'D')),
            _ => None,
        };
        let ways = [
            by,
            between
                .filter(|between| between.iter().all(|slot| self.writes(slot)))
                .map(Move::Again),
            (y == from_y).then_some(Move::Column),
            y.checked_sub(from_y).map(Move::Return),
        ];
        let ways = ways.into_iter().flatten();
        let best = ways.fold(Move::Place, |best, way| {
            if way.cost(x, y) < best.cost(x, y) {
                way
            } else {
                best
            }
        });
        best.write(x, y, &mut self.out);
    }

    /// Returns whether the pen writes a slot as it is, and that takes one cell.
    fn writes(&self, slot: &Slot) -> bool {
        slot.is_simple(1) && self.pen.towards(slot.pen, slot.text == " ") == self.pen
    }
}

/// A way for the cursor to get to a place.
#[derive(Clone, Copy)]
enum Move<'a> {
    /// Straight there.
    Place,
    /// To the begin of the row, so many lines down, and on.
    Return(usize),
    /// To the column.
    Column,
    /// By so many cells: up `A`, down `B`, right `C`, left `D`.
    By(usize, char),
    /// By writing again what stands in between.
    Again(&'a [Slot]),
}

impl Move<'_> {
    /// Returns how many bytes of JSON it takes.
    fn cost(self, x: usize, y: usize) -> usize {
        let by = |by: usize| SEQUENCE + if by > 1 { digits(by) } else { 0 };
        match self {
            Move::Place if x == 0 => by(y + 1),
            Move::Place => SEQUENCE + digits(y + 1) + 1 + digits(x + 1),
            Move::Return(down) => 2 + 2 * down + if x > 0 { by(x) } else { 0 },
            Move::Column => by(x + 1),
            Move::By(cells, _) => by(cells),
            Move::Again(slots) => slots.iter().map(Slot::cost).sum(),
        }
    }

    fn write(self, x: usize, y: usize, out: &mut String) {
        let mut by = |by: usize, end: char| {
            let _ = match by {
                1 => write!(out, "\u{1b}[{end}"),
                _ => write!(out, "\u{1b}[{by}{end}"),
            };
        };
        match self {
            Move::Place if x == 0 => by(y + 1, 'H'),
            Move::Column => by(x + 1, 'G'),
            Move::By(cells, end) => by(cells, end),
            Move::Place => {
                let _ = write!(out, "\u{1b}[{};{}H", y + 1, x + 1);
            }
            Move::Return(down) => {
                out.push('\r');
                out.extend(std::iter::repeat_n('\n', down));
                if x > 0 {
                    Move::By(x, 'C').write(x, y, out);
                }
            }
            Move::Again(slots) => slots.iter().for_each(|slot| out.push_str(&slot.text)),
        }
    }
}

impl Slot {
    const BLANK: Slot = Slot {
        text: Text::const_new(" "),
        pen: Pen::PLAIN,
    };

    fn is_rest(&self) -> bool {
        self.text.is_empty()
    }

    /// Returns whether every terminal takes it for so many cells.
    fn is_simple(&self, cells: usize) -> bool {
        let mut chars = self.text.chars();
        let first = chars.next().and_then(UnicodeWidthChar::width);
        first == Some(cells) && chars.next().is_none()
    }

    /// Returns how many bytes of JSON its text takes.
    fn cost(&self) -> usize {
        self.text.len() + usize::from(matches!(&*self.text, "\"" | "\\"))
    }
}

/// Returns what a row of cells shows, in so many columns.
fn slots(cells: &[Cell], columns: usize) -> Vec<Slot> {
    let mut slots = Vec::with_capacity(columns);
    for (x, cell) in cells.iter().enumerate().take(columns) {
        if x < slots.len() {
            // A wide symbol covers it.
            continue;
        }
        let symbol = match cell.symbol() {
            _ if cell.modifier.contains(Modifier::HIDDEN) => " ",
            symbol if symbol.contains(char::is_control) => " ",
            symbol => symbol,
        };
        // What has no width can't stand alone, and half a symbol can't be shown.
        let (symbol, width) = match symbol.width() {
            0 => (" ", 1),
            width if x + width > columns => (" ", 1),
            width => (symbol, width),
        };
        let pen = Pen::of(cell, symbol == " ");
        slots.push(Slot {
            text: symbol.into(),
            pen,
        });
        let rest = Slot {
            text: Text::const_new(""),
            pen,
        };
        slots.extend(std::iter::repeat_n(rest, width - 1));
    }
    slots.resize(columns, Slot::BLANK);
    slots
}

/// Returns how many digits a number has.
fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}
