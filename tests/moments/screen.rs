//! A drawn screen, and what can be asked of it: panes, rows of the table, chips.
//!
//! Nothing on these screens is wider than a column. What fails shows the whole screen.

use crate::common::Ran;
use mpviz::event::Time;
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::ui::{Keymap, Ui};
use mpviz::view::theme::{Mark, Role};
use mpviz::view::{self, Feed, Memory, Scene, Theme};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use std::fmt::Write;
use std::ops::Range;

pub(crate) const SMALL: (u16, u16) = (80, 24);
pub(crate) const USUAL: (u16, u16) = (120, 36);
pub(crate) const LARGE: (u16, u16) = (200, 60);

/// The caption and the keys.
const STRIPS: u16 = 3;

/// A drawn screen.
pub(crate) struct Screen {
    cells: Buffer,
    theme: Theme,
    is_frozen: bool,
}

/// A message that waits, with its place.
#[derive(Debug)]
pub(crate) struct Chip {
    pub(crate) label: String,
    pub(crate) x: u16,
    pub(crate) y: u16,
}

/// Draws the end of a run.
#[track_caller]
pub(crate) fn at_end(ran: &Ran, size: (u16, u16)) -> Screen {
    draw(ran, size, None)
}

/// Draws a moment of a run, as a view that is frozen at it.
#[track_caller]
pub(crate) fn at(ran: &Ran, size: (u16, u16), t: Time) -> Screen {
    draw(ran, size, Some(t))
}

#[track_caller]
fn draw(ran: &Ran, (width, height): (u16, u16), frozen: Option<Time>) -> Screen {
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    ui.begin_run();
    ui.run.frozen = frozen;
    let theme = Theme::default();
    let area = Rect::new(0, 0, width, height);
    let mut cells = Buffer::empty(area);
    let scene = Scene {
        history: Some(&ran.history),
        ui: &ui,
        theme: &theme,
        keymap: Keymap::brought(),
        feed: Feed::Live,
        memory: &Memory::default(),
    };
    view::draw(&mut cells, area, &scene);
    let screen = Screen {
        cells,
        theme,
        is_frozen: frozen.is_some(),
    };
    let state = match frozen {
        Some(_) => "▮▮ FROZEN at ",
        None => "■ ended ",
    };
    screen.has(screen.header(), &[&ran.history.run().program, state]);
    screen
}

impl Screen {
    /// Fails with the whole screen, unless it is so.
    #[track_caller]
    pub(crate) fn check(&self, is_so: bool, what: &str) {
        assert!(
            is_so,
            "{what}; the screen is\n{}",
            self.text(self.cells.area)
        );
    }

    #[track_caller]
    fn found<T>(&self, what: &str, found: Option<T>) -> T {
        self.check(found.is_some(), &format!("there is no {what}"));
        found.expect("it was found")
    }

    /// Returns the rows of an area as text.
    pub(crate) fn text(&self, area: Rect) -> String {
        area.rows().fold(String::new(), |mut text, row| {
            let _ = writeln!(text, "{}", self.part(row.y, row.left()..row.right()));
            text
        })
    }

    fn part(&self, y: u16, columns: Range<u16>) -> String {
        let text: String = columns.map(|x| self.cells[(x, y)].symbol()).collect();
        text.trim_end().to_owned()
    }

    fn cells_of(&self, area: Rect) -> impl Iterator<Item = (u16, u16, &Cell)> {
        area.positions().map(|at| (at.x, at.y, &self.cells[at]))
    }

    /// Checks that texts stand in an area.
    #[track_caller]
    pub(crate) fn has(&self, area: Rect, texts: &[&str]) {
        let shown = self.text(area);
        for text in texts {
            self.check(shown.contains(text), &format!("`{text}` is not in {area}"));
        }
    }

    /// Checks that texts do not stand in an area.
    #[track_caller]
    pub(crate) fn lacks(&self, area: Rect, texts: &[&str]) {
        let shown = self.text(area);
        for text in texts {
            self.check(!shown.contains(text), &format!("`{text}` is in {area}"));
        }
    }

    /// Checks that texts stand in an area, each in a row below that of the one before.
    #[track_caller]
    pub(crate) fn has_in_order(&self, area: Rect, texts: &[&str]) {
        let mut rows = area.rows();
        for text in texts {
            let found = rows.any(|row| self.text(row).contains(text));
            self.check(
                found,
                &format!("of {texts:?}, `{text}` is not in its place"),
            );
        }
    }

    /// Returns the first row of an area that has a text.
    #[track_caller]
    pub(crate) fn row_of(&self, area: Rect, text: &str) -> Rect {
        let row = area.rows().find(|&row| self.text(row).contains(text));
        self.found(&format!("row with `{text}` in {area}"), row)
    }

    /// Returns the column at which a text begins, in the first row of an area that has it.
    #[track_caller]
    pub(crate) fn column_of(&self, area: Rect, text: &str) -> u16 {
        let row = self.row_of(area, text);
        let shown = self.text(row);
        let before = shown.split(text).next().unwrap_or_default();
        row.x + width_of(before)
    }

    /// Returns the first row.
    pub(crate) fn header(&self) -> Rect {
        Rect {
            height: 1,
            ..self.cells.area
        }
    }

    /// Returns the rows that say why, and what comes next.
    pub(crate) fn caption(&self) -> Rect {
        let area = self.cells.area;
        Rect::new(0, area.height - STRIPS, area.width, STRIPS - 1)
    }

    /// Returns where a pane is, its head included.
    #[track_caller]
    pub(crate) fn pane(&self, title: &str) -> Rect {
        let head = format!("─ {title} ");
        let heads = |y: u16| self.heads_in(y).into_iter().map(move |x| (x, y));
        let all = self.cells.area;
        let is_it = |&(x, y): &(u16, u16)| self.part(y, x..all.right()).starts_with(&head);
        let found = (0..all.height).flat_map(heads).find(is_it);
        let (x, top) = self.found(&format!("pane `{title}`"), found);
        let right = self.heads_in(top).into_iter().find(|&other| other > x);
        let next = (top + 1..all.height).find(|&y| self.heads_in(y).contains(&x));
        let bottom = next.unwrap_or(all.height - STRIPS);
        Rect::new(x, top, right.unwrap_or(all.width) - x, bottom - top)
    }

    /// Returns where heads of panes begin in a row. The name of a neighbour in one is none.
    fn heads_in(&self, y: u16) -> Vec<u16> {
        let symbol = |x: u16| self.cells.cell((x, y)).map_or(" ", Cell::symbol);
        let is_head = |&x: &u16| {
            let is_first = x == 0 || symbol(x - 1) == " ";
            let is_number = symbol(x + 2).parse::<u8>().is_ok();
            is_first && symbol(x) == "─" && symbol(x + 1) == " " && is_number
        };
        (0..self.cells.area.width).filter(is_head).collect()
    }

    /// Returns the row of a process or an object in the table.
    #[track_caller]
    pub(crate) fn table_row(&self, name: &str) -> Rect {
        let mut rows = self.pane("1 processes");
        rows.y += 1;
        rows.height -= 1;
        let name = format!("{name} ");
        let is_named = |row: &Rect| {
            let text = self.text(*row);
            let text = text.trim_start_matches([' ', '├', '└', '│']);
            let after_pid = text.trim_start_matches(|c: char| c.is_ascii_digit());
            after_pid.trim_start().starts_with(&name)
        };
        let row = rows.rows().find(is_named);
        self.found(&format!("row of `{name}` in the table"), row)
    }

    /// Returns where the table says what somebody does, and where its lane is before that.
    #[track_caller]
    fn row_parts(&self, name: &str) -> (Rect, Rect) {
        let row = self.table_row(name);
        let head = self.text(Rect {
            height: 1,
            ..self.pane("1 processes")
        });
        let at = self.found("moment of the table", head.rfind(" at "));
        // A cursor's label begins with a blank of its own ground.
        let now = width_of(&head[..at]) + u16::from(!self.is_frozen);
        let lane = self.column_of(row, name) + width_of(name);
        (
            Rect {
                x: lane,
                width: now - lane,
                ..row
            },
            Rect {
                x: now,
                width: row.right() - now,
                ..row
            },
        )
    }

    /// Returns the lane of somebody.
    #[track_caller]
    pub(crate) fn lane(&self, name: &str) -> Rect {
        self.row_parts(name).0
    }

    /// Returns what the table says that somebody does, or what became of it.
    #[track_caller]
    pub(crate) fn now(&self, name: &str) -> Rect {
        self.row_parts(name).1
    }

    /// Checks that a sign stands in an area in the looks of a mark.
    #[track_caller]
    pub(crate) fn has_mark(&self, area: Rect, mark: Mark) {
        let (sign, style) = (self.theme.glyph(mark), self.theme.mark(mark));
        let has = self
            .cells_of(area)
            .any(|(_, _, cell)| cell.symbol() == sign && Some(cell.fg) == style.fg);
        self.check(has, &format!("no `{sign}` of {mark:?} is in {area}"));
    }

    /// Checks that the row of somebody has a sign of a mark before the words.
    #[track_caller]
    pub(crate) fn does(&self, name: &str, mark: Mark, words: &str) {
        let now = self.now(name);
        self.has(now, &[words]);
        self.has_mark(Rect { width: 2, ..now }, mark);
    }

    /// Returns the messages that wait in an area.
    pub(crate) fn chips(&self, area: Rect) -> Vec<Chip> {
        let ground = self.theme.style(Role::Chip).bg;
        let mut chips: Vec<Chip> = Vec::new();
        for (x, y, cell) in self.cells_of(area).filter(|cell| Some(cell.2.bg) == ground) {
            match chips.last_mut() {
                Some(chip) if chip.y == y && chip.x + width_of(&chip.label) == x => {
                    chip.label += cell.symbol();
                }
                _ => chips.push(Chip {
                    label: cell.symbol().to_owned(),
                    x,
                    y,
                }),
            }
        }
        for chip in &mut chips {
            chip.label = chip.label.trim().to_owned();
        }
        chips
    }

    /// Returns the chip of a message in an area.
    #[track_caller]
    pub(crate) fn chip(&self, area: Rect, label: &str) -> Chip {
        let chips = self.chips(area);
        let what = format!("chip `{label}` among {chips:?}");
        let chip = chips.into_iter().find(|chip| chip.label == label);
        self.found(&what, chip)
    }

    /// Returns the columns of each band in a lane, in order. A cell that a band covers in part is
    /// its first, drawn in reverse, or its last.
    pub(crate) fn bands(&self, lane: Rect) -> Vec<Range<u16>> {
        let ground = self.theme.style(Role::Band).bg;
        let edge = self.theme.style(Role::BandEdge).fg;
        let mut bands: Vec<Range<u16>> = Vec::new();
        let mut is_open = false;
        for (x, _, cell) in self.cells_of(lane) {
            let is_edge = Some(cell.fg) == edge;
            let is_first = is_edge && cell.modifier.contains(Modifier::REVERSED);
            if !is_edge && Some(cell.bg) != ground {
                is_open = false;
                continue;
            }
            match bands.last_mut() {
                Some(band) if is_open && !is_first => band.end = x + 1,
                _ => bands.push(x..x + 1),
            }
            is_open = is_first || !is_edge;
        }
        bands
    }
}

fn width_of(text: &str) -> u16 {
    u16::try_from(text.chars().count()).expect("it is on the screen")
}
