//! What changes from one frame to the next, as a terminal is told it.
//!
//! A [`Screen`] knows what a terminal shows, where its cursor is and with which pen it writes, and
//! says only what is different; of several ways to say it, the one with the fewest bytes for whom
//! it is told. Nothing is used that a terminal may lack: no scrolling, no repeating, and erasing
//! only with the terminal's own ground.
//!
//! What is said may have a limit. Then it ends between two symbols, and what the terminal shows is
//! known as exactly as ever: what is still different comes with the next frame, as it is then.
//!
//! Terminals differ in what they make of marks over a letter and of joined symbols: asciinema's
//! give each character of them a cell. So behind such a symbol the cursor is placed anew, and what
//! it may have spilled over is written again.

mod pen;

use self::pen::Pen;
use crate::event::Text;
use ratatui::buffer::{Buffer, Cell, CellDiffOption};
use ratatui::style::Modifier;
use std::fmt::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// For whom it is told, which says what it costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Listener {
    /// A terminal.
    Terminal,
    /// A file of JSON, where an escape character takes six bytes and other control characters two.
    Json,
}

/// What a cell of the terminal shows: a symbol, or the rest of a wide one, which has no text.
#[derive(Clone, PartialEq, Debug)]
struct Slot {
    text: Text,
    pen: Pen,
}

/// A terminal, as far as it was told what to show.
///
/// ```
/// use mpviz::record::escape::{Listener, Screen};
/// use ratatui::buffer::Buffer;
///
/// let mut screen = Screen::new(8, 1, Listener::Terminal);
/// assert_eq!(screen.draw(&Buffer::with_lines(["T1  0.25"])), "T1  0.25");
/// assert_eq!(screen.draw(&Buffer::with_lines(["T1  0.26"])), "\u{1b}[8G6");
/// assert_eq!(screen.draw(&Buffer::with_lines(["T1  0.26"])), "");
/// ```
pub struct Screen {
    listener: Listener,
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
    /// How many bytes may be said.
    limit: usize,
}

impl Screen {
    /// Returns a terminal that shows nothing, its cursor at home.
    pub fn new(columns: u16, rows: u16, listener: Listener) -> Screen {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Screen {
            listener,
            columns,
            rows: vec![vec![Slot::BLANK; columns]; rows],
            cells: vec![Vec::new(); rows],
            pen: Pen::PLAIN,
            row: 0,
            column: Some(0),
            out: String::new(),
            limit: usize::MAX,
        }
    }

    /// Forgets everything: the next frame is told whole, over whatever stands there.
    pub fn forget(&mut self) {
        self.forget_cursor();
        self.rows.iter_mut().for_each(|row| row.fill(Slot::UNKNOWN));
        self.cells.iter_mut().for_each(Vec::clear);
    }

    /// Returns what makes the terminal show a frame; nothing if it does. What is beyond the
    /// terminal's size is left out.
    pub fn draw(&mut self, frame: &Buffer) -> &str {
        self.draw_within(frame, 0..usize::from(frame.area.height), usize::MAX)
            .0
    }

    /// The same for some rows, in their order, and with no more than about `limit` bytes: a symbol
    /// with its pen and place may be beyond. Also returns the row in which it ended before it was
    /// done.
    pub fn draw_within(
        &mut self,
        frame: &Buffer,
        rows: impl IntoIterator<Item = usize>,
        limit: usize,
    ) -> (&str, Option<usize>) {
        self.out.clear();
        self.limit = limit;
        let count = self.rows.len().min(usize::from(frame.area.height));
        let mut rows = rows.into_iter().filter(|&y| y < count);
        let ended = rows.find(|&y| !self.draw_row(y, frame));
        (&self.out, ended)
    }

    /// Forgets where the cursor is and with which pen the terminal writes: it is told anew.
    pub fn forget_cursor(&mut self) {
        (self.column, self.row) = (None, usize::MAX);
        self.pen = Pen::PLAIN;
    }

    /// Returns what gives the terminal its plain pen back; nothing if it has it.
    pub fn lay_pen_down(&mut self) -> &'static str {
        let was = std::mem::replace(&mut self.pen, Pen::PLAIN);
        if was == Pen::PLAIN { "" } else { "\u{1b}[m" }
    }

    /// Draws what is different in a row. Returns whether all of it is shown then.
    fn draw_row(&mut self, y: usize, frame: &Buffer) -> bool {
        let width = usize::from(frame.area.width);
        let cells = &frame.content[y * width..][..width];
        if self.cells[y] == cells {
            return true;
        }
        let wanted = slots(cells, self.columns);
        let mut shown = std::mem::take(&mut self.rows[y]);
        let until = self.draw_slots(y, &mut shown, &wanted);
        self.cells[y].clear();
        self.rows[y] = wanted;
        if until == self.columns {
            self.cells[y].extend_from_slice(cells);
            return true;
        }
        // Behind where it ended the row is as it was, but for the rest of a symbol whose begin is
        // gone.
        let rest = shown[until..].iter().take_while(|slot| slot.is_rest());
        let rest = until + rest.count();
        self.rows[y][until..rest].fill(Slot::UNKNOWN);
        self.rows[y][rest..].clone_from_slice(&shown[rest..]);
        false
    }

    /// Draws what is different in a row, and returns up to where the row is as wanted then.
    fn draw_slots(&mut self, y: usize, shown: &mut [Slot], wanted: &[Slot]) -> usize {
        let last = shown.iter().zip(wanted).rposition(|(a, b)| a != b);
        let last = last.unwrap_or(0);
        // From here on the row is blank.
        let blank = wanted.iter().rposition(|slot| *slot != Slot::BLANK);
        let blank = blank.map_or(0, |at| at + 1);
        let mut x = 0;
        while x < wanted.len() {
            let slot = &wanted[x];
            if shown[x] == *slot || slot.is_rest() {
                x += 1;
                continue;
            }
            if self.out.len() >= self.limit {
                return x;
            }
            self.go(x, y, wanted);
            if x >= blank && last.saturating_sub(x) >= self.listener.sequence() {
                self.take(slot);
                self.out.push_str("\u{1b}[K");
                break;
            }
            let rest = wanted[x + 1..].iter().take_while(|slot| slot.is_rest());
            let cells = 1 + rest.count();
            let spilled = self.put(slot, cells);
            x += cells;
            shown[x..x + spilled].fill(Slot::UNKNOWN);
        }
        wanted.len()
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
        let cost = |way: Move<'_>| way.cost(x, y, self.listener);
        let best = ways.fold(
            Move::Place,
            |best, way| {
                if cost(way) < cost(best) { way } else { best }
            },
        );
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
    /// Returns how many bytes it takes.
    fn cost(self, x: usize, y: usize, listener: Listener) -> usize {
        let sequence = listener.sequence();
        let by = |by: usize| sequence + if by > 1 { digits(by) } else { 0 };
        match self {
            Move::Place if x == 0 => by(y + 1),
            Move::Place => sequence + digits(y + 1) + 1 + digits(x + 1),
            Move::Return(down) => listener.control() * (1 + down) + if x > 0 { by(x) } else { 0 },
            Move::Column => by(x + 1),
            Move::By(cells, _) => by(cells),
            Move::Again(slots) => slots.iter().map(|slot| slot.cost(listener)).sum(),
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

impl Listener {
    /// Returns how many bytes an escape sequence takes beside its numbers.
    const fn sequence(self) -> usize {
        match self {
            Listener::Terminal => 3,
            Listener::Json => 8,
        }
    }

    /// Returns how many bytes a carriage return or a line feed takes.
    const fn control(self) -> usize {
        match self {
            Listener::Terminal => 1,
            Listener::Json => 2,
        }
    }
}

impl Slot {
    const BLANK: Slot = Slot {
        text: Text::const_new(" "),
        pen: Pen::PLAIN,
    };
    /// What nobody knows, and nobody wants.
    const UNKNOWN: Slot = Slot {
        text: Text::const_new("\0"),
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

    /// Returns how many bytes its text takes.
    fn cost(&self, listener: Listener) -> usize {
        let is_escaped = listener == Listener::Json && matches!(&*self.text, "\"" | "\\");
        self.text.len() + usize::from(is_escaped)
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
        let width = match cell.diff_option {
            CellDiffOption::ForcedWidth(width) => width.get().into(),
            _ => symbol.width(),
        };
        let (symbol, width) = match width {
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
