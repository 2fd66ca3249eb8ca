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
//! A pane that has no room stands in place of its neighbour when its key asks for it. The table
//! takes the rows that it needs, up to a most; what is left is the events'.

use crate::ui::state::Fits;
use crate::ui::{Pane, RunView};
use ratatui::layout::Rect;

/// The least size that a screen is drawn at.
pub const LEAST: (u16, u16) = (60, 16);

/// How much of everything there is room for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Size {
    /// From 60x16: the table and three rows of flow.
    Tiny,
    /// From 80x24.
    Small,
    /// From 120x36: pids, labels, code beside events.
    Medium,
    /// From 200x60: the sequence beside everything, cpu and age.
    Large,
}

impl Size {
    /// Returns the size of an area; `None` if it is too small.
    pub fn of(area: Rect) -> Option<Size> {
        let (w, h) = (area.width, area.height);
        if w < LEAST.0 || h < LEAST.1 {
            None
        } else if w < 76 || h < 22 {
            Some(Size::Tiny)
        } else if w < 110 || h < 32 {
            Some(Size::Small)
        } else if w < 180 || h < 50 {
            Some(Size::Medium)
        } else {
            Some(Size::Large)
        }
    }

    /// Returns the most rows of the table in an area of `height` rows.
    pub fn table_most(self, height: u16) -> u16 {
        match self {
            Size::Tiny => height.saturating_sub(8).clamp(4, 8),
            Size::Small => height.saturating_sub(16).clamp(8, 20),
            Size::Medium => 13 + height.saturating_sub(36) / 2,
            Size::Large => 20 + height.saturating_sub(60) / 3,
        }
    }

    const fn flow_rows(self) -> u16 {
        match self {
            Size::Tiny => 3,
            Size::Small => 4,
            Size::Medium => 9,
            Size::Large => 11,
        }
    }
}

/// Where everything stands. Areas of panes hold their head in the first row; those that are not
/// on the screen are `None`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grid {
    /// How much there is room for.
    pub size: Size,
    /// The strip at the top.
    pub header: Rect,
    /// The table, with its head.
    pub table: Rect,
    /// The flow, with its head.
    pub flow: Option<Rect>,
    /// The sequence, with its head.
    pub sequence: Option<Rect>,
    /// The events, with their head.
    pub events: Option<Rect>,
    /// The code, with its head.
    pub code: Option<Rect>,
    /// The row that shows the whole run, while the view is frozen or zoomed.
    pub whole_run: Option<Rect>,
    /// The strip that says why.
    pub caption: Rect,
    /// The row of keys.
    pub keys: Rect,
}

/// Returns which panes have room beside their neighbour in an area.
pub fn fits(area: Rect) -> Fits {
    Fits {
        sequence: Size::of(area) == Some(Size::Large) || is_tall(area),
        code: Size::of(area).is_some_and(|size| size >= Size::Medium),
        twin: Size::of(area) == Some(Size::Large),
        lanes: 0,
        rows: 0,
    }
}

/// Whether the sequence has room below the flow.
fn is_tall(area: Rect) -> bool {
    Size::of(area).is_some_and(|size| size >= Size::Small && size < Size::Large)
        && area.height >= 56
}

impl Grid {
    /// Divides an area. `table_rows` is what the table wants beside its head, `caption_rows` what
    /// the caption has to say more than usual; `middle` is the one of 2 and 3 that is shown where
    /// only one has room.
    pub fn of(
        area: Rect,
        table_rows: u16,
        caption_rows: u16,
        middle: Pane,
        run: &RunView,
    ) -> Option<Grid> {
        let size = Size::of(area)?;
        let mut top = area;
        let header = take_top(&mut top, 1);
        let keys = take_bottom(&mut top, 1);
        let least = if size == Size::Tiny { 1 } else { 2 };
        let caption = take_bottom(&mut top, caption_rows.max(least));
        let is_part = run.frozen.is_some() || run.window.is_some();
        let whole_run = (is_part && size > Size::Tiny).then(|| {
            // At larger sizes the row was blank before.
            take_bottom(&mut top, 1)
        });
        if whole_run.is_none() && size >= Size::Medium {
            take_bottom(&mut top, 1);
        }
        let blank = u16::from(size >= Size::Medium);
        let table = take_top(
            &mut top,
            1 + blank + table_rows.min(size.table_most(area.height)),
        );
        let mut grid = Grid {
            size,
            header,
            table: Rect {
                height: table.height.saturating_sub(blank),
                ..table
            },
            flow: None,
            sequence: None,
            events: None,
            code: None,
            whole_run,
            caption,
            keys,
        };
        grid.divide_middle(&mut top, area, middle);
        grid.divide_lower(top, run);
        Some(grid)
    }

    pub(super) fn divide_middle(&mut self, top: &mut Rect, area: Rect, middle: Pane) {
        if self.size == Size::Large {
            // The sequence stands beside everything, down to the caption.
            let width = 77 + (area.width.saturating_sub(200)) / 3;
            let left = top.width.saturating_sub(width + 2);
            self.sequence = Some(Rect {
                x: top.x + left + 2,
                width,
                ..*top
            });
            top.width = left;
            self.flow = Some(take_top(top, 1 + self.size.flow_rows()));
            return;
        }
        let rows = 1 + self.size.flow_rows();
        if is_tall(area) {
            self.flow = Some(take_top(top, rows));
            let rows = top.height / 2;
            self.sequence = Some(take_top(top, rows));
        } else if middle == Pane::Sequence {
            // It has more to say than a flow: it takes its half.
            let rows = rows.max(top.height / 2).min(rows + 4);
            self.sequence = Some(take_top(top, rows));
        } else {
            self.flow = Some(take_top(top, rows));
        }
    }

    pub(super) fn divide_lower(&mut self, top: Rect, run: &RunView) {
        // A head alone says nothing.
        if top.height < 3 {
            return;
        }
        if self.size < Size::Medium || run.code_takes_all() {
            match run.lower {
                Pane::Code => self.code = Some(top),
                _ => self.events = Some(top),
            }
            return;
        }
        let gap = if self.size == Size::Large { 2 } else { 1 };
        let width = if self.size == Size::Large {
            53 + top.width.saturating_sub(121) / 3
        } else {
            // 47 of 120 columns, without an overflow.
            top.width / 120 * 47 + top.width % 120 * 47 / 120
        };
        let left = top.width.saturating_sub(width + gap);
        self.events = Some(Rect { width: left, ..top });
        self.code = Some(Rect {
            x: top.x + left + gap,
            width: top.width - left - gap,
            ..top
        });
    }
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
mod tests {
    use super::*;

    /// Every cell belongs to at most one pane, for every size there is.
    #[test]
    fn panes_never_overlap() {
        let mut run = RunView::default();
        for width in (0..260).step_by(7) {
            for height in (0..110).step_by(3) {
                for table_rows in [0, 4, 40] {
                    for middle in [Pane::Flow, Pane::Sequence] {
                        run.frozen = (table_rows == 4).then_some(crate::event::Time::ZERO);
                        check(Rect::new(3, 2, width, height), table_rows, middle, &run);
                    }
                }
            }
        }
    }

    #[track_caller]
    fn check(area: Rect, table_rows: u16, middle: Pane, run: &RunView) {
        let Some(grid) = Grid::of(area, table_rows, 0, middle, run) else {
            assert!(area.width < LEAST.0 || area.height < LEAST.1);
            return;
        };
        let panes: Vec<Rect> = [
            Some(grid.header),
            Some(grid.table),
            grid.flow,
            grid.sequence,
            grid.events,
            grid.code,
            grid.whole_run,
            Some(grid.caption),
            Some(grid.keys),
        ]
        .into_iter()
        .flatten()
        .collect();
        for (i, a) in panes.iter().enumerate() {
            assert!(!a.is_empty(), "{area} {grid:?}");
            assert_eq!(a.intersection(area), *a, "{area} {grid:?}");
            for b in &panes[i + 1..] {
                assert!(!a.intersects(*b), "{area} {a} {b}");
            }
        }
        assert!(grid.flow.is_some() || grid.sequence.is_some());
    }

    #[test]
    fn sizes_are_those_of_the_table() {
        let size = |w, h| Size::of(Rect::new(0, 0, w, h));
        assert_eq!(size(59, 60), None);
        assert_eq!(size(60, 16), Some(Size::Tiny));
        assert_eq!(size(80, 24), Some(Size::Small));
        assert_eq!(size(120, 36), Some(Size::Medium));
        assert_eq!(size(200, 60), Some(Size::Large));
        assert_eq!(size(100, 60), Some(Size::Small));
    }
}
