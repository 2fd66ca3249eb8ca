//! The grid: which pane stands where, for every size of the terminal.
//!
//! ```text
//! header
//! ─ 1 processes ──────────────── axis ──────────────── now ──
//! table
//! ─ 2 flow ─────────────────────────────┬─ 3 sequence ─ (200 columns)
//! flow                                  │
//! ─ 4 events ──────────┬─ 5 code ───────┤
//! events               │  code          │
//! caption
//! keys
//! ```
//!
//! A pane that has no room stands in place of its neighbour when its key asks for it; on a tall
//! screen, below it. The table takes the rows that it needs, up to a most; what is left is the
//! events'. What a viewer wants otherwise is the [`Layout`](crate::ui::Layout)'s, as far as every
//! pane on the screen can still be used, the one that keys go to first of all.

mod size;
mod stack;

use crate::ui::layout::Given;
use crate::ui::state::Fits;
use crate::ui::{Border, Pane, RunView};
use ratatui::layout::Rect;
use size::LOW;
pub use size::{LEAST, Size, Stands};
use stack::{Need, Part, Want};

/// Where everything stands. Areas of panes hold their head in the first row; those that are not
/// on the screen are `None`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grid {
    /// How much there is room for.
    pub size: Size,
    /// The strip at the top.
    pub header: Rect,
    /// The table, with its head; empty where it is not on the screen.
    pub table: Rect,
    /// The flow, with its head.
    pub flow: Option<Rect>,
    /// The sequence, with its head.
    pub sequence: Option<Rect>,
    /// The events, with their head.
    pub events: Option<Rect>,
    /// The code, with its head.
    pub code: Option<Rect>,
    /// Where the card stands while one pane has the whole screen.
    pub card: Option<Rect>,
    /// The row that shows the whole run, while the view is frozen or zoomed.
    pub whole_run: Option<Rect>,
    /// The strip that says why.
    pub caption: Rect,
    /// The row of keys.
    pub keys: Rect,
    /// Where each border is; empty for those that part nothing.
    pub edges: [Rect; Border::ALL.len()],
    /// What each border has given to its pane; `None` for those that part nothing.
    pub borders: [Option<Given>; Border::ALL.len()],
}

/// What the parts of a screen would like to have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// The rows of the table, beside its head.
    pub table: u16,
    /// The rows of the flow, beside its head.
    pub flow: u16,
    /// What the caption has to say more than usual.
    pub caption: u16,
    /// The one of 2 and 3 that is shown where only one has room.
    pub middle: Pane,
}

/// Returns which panes have room beside their neighbour in an area.
pub fn fits(area: Rect) -> Fits {
    Fits {
        sequence: Stands::sequence(area) != Stands::Behind,
        code: Stands::code(area) != Stands::Behind,
        twin: Size::of(area) == Some(Size::Large),
        ..Fits::default()
    }
}

/// The least rows of the table, with its head.
const TABLE_LEAST: u16 = 4;
/// The least rows of the flow and of the sequence.
const MIDDLE_LEAST: u16 = 4;
/// The least rows of the events and of the code: a head alone says nothing.
const LOWER_LEAST: u16 = 3;
/// The least columns of a pane beside another one.
const ACROSS_LEAST: u16 = 24;
/// The most rows of a card that stands below a pane.
const CARD_MOST: u16 = 16;

impl Grid {
    /// Divides an area; `None` if it is too small.
    pub fn of(area: Rect, wanted: &Wanted, run: &RunView) -> Option<Grid> {
        let size = Size::of(area)?;
        let mut top = area;
        let header = take_top(&mut top, 1);
        let keys = take_bottom(&mut top, 1);
        let mut grid = Grid::empty(size, header, keys);
        grid.take_strips(&mut top, area, wanted.caption, run);
        let has_table = is_shown(Pane::Processes, run);
        let blank = u16::from(size >= Size::Medium);
        let table = has_table.then(|| Part {
            least: TABLE_LEAST + blank,
            want: Want::Rows(match run.layout.cells(Border::Table, area.height) {
                Some(rows) => rows,
                None => 1 + blank + wanted.table.min(size.table_most(area.height)),
            }),
            need: need(run, &[Pane::Processes], Need::More),
        });
        grid.divide(top, area, table, wanted, run);
        Some(grid)
    }

    /// Returns a grid of strips alone.
    pub(super) fn empty(size: Size, header: Rect, keys: Rect) -> Grid {
        Grid {
            size,
            header,
            table: Rect {
                y: header.bottom(),
                height: 0,
                ..header
            },
            flow: None,
            sequence: None,
            events: None,
            code: None,
            card: None,
            whole_run: None,
            caption: keys,
            keys,
            edges: [Rect::ZERO; Border::ALL.len()],
            borders: [None; Border::ALL.len()],
        }
    }

    /// Takes the caption and the row of the whole run off the bottom.
    fn take_strips(&mut self, top: &mut Rect, area: Rect, caption_rows: u16, run: &RunView) {
        let least = if area.height < LOW { 1 } else { 2 };
        self.caption = take_bottom(top, caption_rows.max(least));
        let is_part = run.frozen.is_some() || run.window.is_some();
        self.whole_run = (is_part && area.height >= LOW).then(|| take_bottom(top, 1));
        if self.whole_run.is_none() && self.size >= Size::Medium {
            // At larger sizes the row is blank, so that nothing moves when it comes.
            take_bottom(top, 1);
        }
    }

    /// Divides an area among the panes but the table, which stays where it is.
    pub(super) fn divide_panes(&mut self, top: Rect, area: Rect, wanted: &Wanted, run: &RunView) {
        let table = self.table;
        self.divide(top, area, None, wanted, run);
        self.table = table;
    }

    /// Divides an area among the panes, the table first if it is one of them.
    fn divide(
        &mut self,
        top: Rect,
        area: Rect,
        table: Option<Part>,
        wanted: &Wanted,
        run: &RunView,
    ) {
        let mut top = top;
        let shown = Shown::of(area, wanted.middle, run);
        if run.card && run.layout.is_zoomed {
            let rows = (top.height / 2).min(CARD_MOST);
            self.card = Some(take_bottom(&mut top, rows));
        }
        let middle = shown.middle.map(|pane| Part {
            least: MIDDLE_LEAST,
            want: match run.layout.cells(Border::Middle, area.height) {
                Some(rows) => Want::Rows(rows),
                None if pane == Pane::Flow => Want::Rows(1 + wanted.flow),
                // It has more to say than a flow: it takes its half.
                None => {
                    let rows = 1 + self.size.flow_most(area.height);
                    Want::HalfWithin(rows, rows + 4)
                }
            },
            need: need(run, &[pane], Need::More),
        });
        let is_beside = shown.sequence == Some(Stands::Beside)
            && (middle.is_some() || shown.events || shown.code);
        let sequence = shown.sequence.filter(|_| !is_beside).map(|_| Part {
            least: MIDDLE_LEAST,
            want: match run.layout.cells(Border::Sequence, area.height) {
                Some(rows) => Want::Rows(rows),
                None => Want::Half,
            },
            need: need(run, &[Pane::Sequence], Need::Some),
        });
        let is_stacked = shown.events && shown.code && shown.code_stands == Stands::Below;
        let lower = (shown.events || shown.code).then(|| Part {
            least: if is_stacked {
                2 * LOWER_LEAST
            } else {
                LOWER_LEAST
            },
            want: Want::Half,
            need: need(run, &[Pane::Events, Pane::Code], Need::Some),
        });
        let parts = [table, middle, sequence, lower];
        let heights = stack::share(top.height, &parts);
        let has_below = |at: usize| {
            let mut below = heights[at + 1..].iter();
            below.any(|&rows| rows > 0)
        };
        for (at, border) in [Border::Table, Border::Middle, Border::Sequence]
            .into_iter()
            .enumerate()
        {
            self.borders[border as usize] = (heights[at] > 0 && has_below(at)).then_some(Given {
                cells: heights[at],
                of: area.height,
                is_across: false,
            });
        }
        let blank = u16::from(self.size >= Size::Medium && has_below(0));
        let table = take_top(&mut top, heights[0]);
        self.keep_edge(Border::Table, first_row(top));
        self.table = Rect {
            height: table.height.saturating_sub(blank),
            ..table
        };
        if is_beside && top.height >= MIDDLE_LEAST {
            self.sequence = Some(self.take_sequence(&mut top, area, run));
        }
        let middle = take_top(&mut top, heights[1]);
        self.keep_edge(Border::Middle, first_row(top));
        match shown.middle.filter(|_| !middle.is_empty()) {
            Some(Pane::Sequence) => self.sequence = Some(middle),
            Some(_) => self.flow = Some(middle),
            None => {}
        }
        let sequence = take_top(&mut top, heights[2]);
        if !sequence.is_empty() {
            self.keep_edge(Border::Sequence, first_row(top));
            self.sequence = Some(sequence);
        }
        let lower = take_top(&mut top, heights[3]);
        if !lower.is_empty() {
            self.divide_lower(lower, area, &shown, run);
        }
    }

    /// Takes the columns of the sequence, which stands beside everything, off the right.
    fn take_sequence(&mut self, top: &mut Rect, area: Rect, run: &RunView) -> Rect {
        let usual = 77 + area.width.saturating_sub(200) / 3;
        let width = run.layout.cells(Border::Sequence, area.width);
        // Events and code stand beside each other at its left.
        let most = top.width.saturating_sub(2 * (ACROSS_LEAST + 2));
        let width = width.unwrap_or(usual).clamp(ACROSS_LEAST.min(most), most);
        self.borders[Border::Sequence as usize] = Some(Given {
            cells: width,
            of: area.width,
            is_across: true,
        });
        let sequence = take_right(top, width, 2);
        let edge = before(*top, sequence);
        self.keep_edge(Border::Sequence, edge);
        sequence
    }

    /// Keeps where a border is, if it is one.
    fn keep_edge(&mut self, border: Border, edge: Rect) {
        if self.borders[border as usize].is_some() {
            self.edges[border as usize] = edge;
        }
    }

    /// Divides what is left between the events and the code.
    fn divide_lower(&mut self, lower: Rect, area: Rect, shown: &Shown, run: &RunView) {
        if !(shown.events && shown.code) {
            match shown.events {
                true => self.events = Some(lower),
                false => self.code = Some(lower),
            }
            return;
        }
        let mut lower = lower;
        let is_across = shown.code_stands == Stands::Beside;
        let of = if is_across { area.width } else { area.height };
        let wanted = run.layout.cells(Border::Code, of);
        let code = if is_across {
            let usual = if self.size == Size::Large {
                53 + lower.width.saturating_sub(121) / 3
            } else {
                // 47 of 120 columns, without an overflow.
                lower.width / 120 * 47 + lower.width % 120 * 47 / 120
            };
            let gap = if self.size == Size::Large { 2 } else { 1 };
            let most = lower.width.saturating_sub(ACROSS_LEAST + gap);
            let width = wanted.unwrap_or(usual).clamp(ACROSS_LEAST.min(most), most);
            take_right(&mut lower, width, gap)
        } else {
            let most = lower.height.saturating_sub(LOWER_LEAST);
            let rows = wanted.unwrap_or(lower.height / 2);
            take_bottom(&mut lower, rows.clamp(LOWER_LEAST.min(most), most))
        };
        self.borders[Border::Code as usize] = Some(Given {
            cells: if is_across { code.width } else { code.height },
            of,
            is_across,
        });
        let edge = match is_across {
            true => before(lower, code),
            false => first_row(code),
        };
        self.keep_edge(Border::Code, edge);
        (self.events, self.code) = (Some(lower), Some(code));
    }
}

/// Which panes have a place.
struct Shown {
    middle: Option<Pane>,
    /// Where the sequence stands, if it has a place of its own.
    sequence: Option<Stands>,
    events: bool,
    code: bool,
    code_stands: Stands,
}

impl Shown {
    fn of(area: Rect, middle: Pane, run: &RunView) -> Shown {
        let stands = Stands::sequence(area);
        let is_behind = stands == Stands::Behind;
        let middle = if is_behind { middle } else { Pane::Flow };
        let code_stands = match Stands::code(area) {
            _ if run.code_takes_all() => Stands::Behind,
            stands => stands,
        };
        let is_lower =
            |pane| is_shown(pane, run) && (code_stands != Stands::Behind || run.lower() == pane);
        Shown {
            middle: Some(middle).filter(|&pane| is_shown(pane, run)),
            sequence: (!is_behind && is_shown(Pane::Sequence, run)).then_some(stands),
            events: is_lower(Pane::Events),
            code: is_lower(Pane::Code),
            code_stands,
        }
    }
}

/// Returns whether a viewer wants to see a pane, if it has room.
fn is_shown(pane: Pane, run: &RunView) -> bool {
    match run.layout.is_zoomed {
        true => run.focus == pane,
        false => !run.layout.hides(pane),
    }
}

/// Returns how much a part is needed that these panes stand in: the one that keys go to stays, and
/// where somebody made panes larger or smaller, none goes for that.
fn need(run: &RunView, panes: &[Pane], usual: Need) -> Need {
    let is_laid_out = |border: &Border| run.layout.cells(*border, 1).is_some();
    if panes.contains(&run.focus) {
        Need::Most
    } else if Border::ALL.iter().any(is_laid_out) {
        usual.max(Need::More)
    } else {
        usual
    }
}

/// Returns the first row of an area.
fn first_row(area: Rect) -> Rect {
    Rect {
        height: area.height.min(1),
        ..area
    }
}

/// Returns the columns between two areas.
fn before(left: Rect, right: Rect) -> Rect {
    Rect {
        x: left.right(),
        width: right.x.saturating_sub(left.right()),
        ..right
    }
}

/// Takes columns off the right of an area, and as many as the gap before them.
fn take_right(area: &mut Rect, width: u16, gap: u16) -> Rect {
    let right = Rect {
        x: area.right().saturating_sub(width),
        width,
        ..*area
    };
    area.width = area.width.saturating_sub(width + gap);
    right
}

/// Takes rows off the top of an area, no more than there are.
pub fn take_top(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    let taken = Rect {
        height: rows,
        ..*area
    };
    area.y += rows;
    area.height -= rows;
    taken
}

/// Takes rows off the bottom of an area, no more than there are.
pub fn take_bottom(area: &mut Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    area.height -= rows;
    Rect {
        y: area.y + area.height,
        height: rows,
        ..*area
    }
}

/// Returns a pane without its head.
pub fn body(pane: Rect) -> Rect {
    let mut body = pane;
    take_top(&mut body, 1);
    body
}

#[cfg(test)]
mod tests;
