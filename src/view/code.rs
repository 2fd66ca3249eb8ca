//! The code: the program's own source with the line that each process is on, and its twin in
//! Python, paired line by line.
//!
//! ```text
//! ─ 5 code pool.rs ─────────────────────────  ─ pool.py ─────────────────── t pool.rs ─
//!   17     for i in 0..knobs.number("tasks")    18     for i in range(knobs.tasks):
//!   18         p.apply_async(run_task, i)?;     19         p.apply_async(run_task, (i,))
//!   22     p.join()?;               ◄ Main      22     p.join()                  ◄ Main
//! ```

mod line;
mod page;

use super::Moment;
use super::brush::{Brush, Head};
use super::grid::{body, take_bottom};
use crate::event::twin::Twin;
use crate::event::{ActorId, FileId};
use crate::history::Source;
use crate::ui::Listing;
use line::{Marked, draw_line};
pub(in crate::view) use page::Pages;
use page::{Page, TwinPage};
use ratatui::layout::Rect;
use std::rc::Rc;

/// From so many columns on two listings stand side by side; with fewer one above the other, where
/// there are rows enough.
const BESIDE_LEAST: u16 = 100;
/// From so many rows on two listings stand one above the other.
const STACKED_LEAST: u16 = 12;

/// The program's twin, if it has one.
#[derive(Clone, Debug)]
pub struct WithTwin {
    /// Which file it is the twin of.
    pub twin: Option<(FileId, &'static Twin)>,
    /// The key that brings it.
    pub key: String,
}

/// Draws the pane of the code, with its head, around the line of the selected process, or of the
/// first that has one.
pub fn draw_code(
    brush: &mut Brush<'_>,
    pane: Rect,
    head: &Head<'_>,
    twin: &WithTwin,
    moment: &Moment<'_>,
) {
    let key = &twin.key;
    let Some(sheet) = Sheet::of(moment, twin.twin) else {
        brush.head(pane, head);
        return;
    };
    let (ours, theirs) = (sheet.our_name(), sheet.their_name());
    match sheet.layout(body(pane), moment) {
        Layout::One(Side::Ours) => {
            let next = sheet.twin.as_ref().map(|_| format!("{key} {theirs}"));
            draw_head(brush, pane, head, ours, next.as_deref());
            sheet.draw(brush, body(pane), Side::Ours, moment);
        }
        Layout::One(Side::Theirs) => {
            draw_head(brush, pane, head, theirs, Some(&format!("{key} both")));
            sheet.draw(brush, body(pane), Side::Theirs, moment);
        }
        Layout::Stacked => {
            let mut top = pane;
            let below = take_bottom(&mut top, pane.height / 2);
            take_bottom(&mut top, 1);
            draw_head(brush, top, head, ours, None);
            sheet.draw(brush, body(top), Side::Ours, moment);
            draw_twin_head(brush, below, theirs, &format!("{key} {ours}"));
            sheet.draw(brush, body(below), Side::Theirs, moment);
        }
        Layout::Beside => {
            let left = Rect {
                width: pane.width.saturating_sub(2) / 2,
                ..pane
            };
            let right = Rect {
                x: left.right() + 2,
                width: pane.width.saturating_sub(left.width + 2),
                ..pane
            };
            let next = format!("{key} {ours}  {}", head.right);
            let alone = Head { right: "", ..*head };
            draw_head(brush, left, &alone, ours, None);
            draw_twin_head(brush, right, theirs, next.trim_end());
            sheet.draw_beside(brush, body(left), body(right), moment);
        }
    }
}

/// Draws the head of the pane: the name of the file, and what the key of the twin brings.
fn draw_head(brush: &mut Brush<'_>, pane: Rect, head: &Head<'_>, file: &str, next: Option<&str>) {
    let right = match (next, head.right) {
        (None, right) => right.to_owned(),
        (Some(next), "") => next.to_owned(),
        (Some(next), right) => format!("{next}  {right}"),
    };
    let head = Head {
        title: &format!("{} {file}", head.title),
        right: &right,
        ..*head
    };
    brush.head(pane, &head);
}

fn draw_twin_head(brush: &mut Brush<'_>, pane: Rect, file: &str, right: &str) {
    let head = Head {
        title: file,
        right,
        ..Head::default()
    };
    brush.head(pane, &head);
}

/// Which listing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Ours,
    Theirs,
}

/// How the listings stand in the pane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layout {
    One(Side),
    Stacked,
    Beside,
}

/// What is listed: a source, its twin, and where everybody is.
struct Sheet<'a> {
    source: &'a Source,
    page: Rc<Page>,
    twin: Option<Rc<TwinPage>>,
    /// Who lives, and where.
    here: Rc<Residents>,
    /// The lines that others were on when they ended.
    left: Vec<u32>,
    /// The line in the middle.
    line: u32,
}

/// Who lives, by the line that it is on.
#[derive(Debug)]
pub(in crate::view) struct Residents {
    /// The line of the first in the order of the tree.
    first: Option<(FileId, u32)>,
    /// The lines in order, each with everybody in the order of the tree.
    lines: Vec<((FileId, u32), Vec<ActorId>)>,
}

impl Residents {
    fn of(moment: &Moment<'_>) -> Residents {
        let (mut first, mut lines) = (None, Vec::<((FileId, u32), Vec<ActorId>)>::new());
        for actor in moment.history.living_at(moment.t) {
            let Some(line) = moment.history.line_at(actor, moment.t) else {
                continue;
            };
            first.get_or_insert(line);
            match lines.binary_search_by_key(&line, |&(line, _)| line) {
                Ok(at) => lines[at].1.push(actor),
                Err(at) => lines.insert(at, (line, vec![actor])),
            }
        }
        Residents { first, lines }
    }
}

impl<'a> Sheet<'a> {
    fn of(moment: &Moment<'a>, twin: Option<(FileId, &'static Twin)>) -> Option<Sheet<'a>> {
        let history = moment.history;
        if history.sources().is_empty() {
            return None;
        }
        let stamp = history.stamp(moment.t);
        let here = moment.memory.residents(stamp, || Residents::of(moment));
        let lives = |id: &ActorId| history.actor(*id).is_some_and(|it| !it.ended_at(moment.t));
        let shown = moment
            .selected_process()
            .map(|selected| history.process_of(selected))
            .filter(lives)
            .and_then(|selected| history.line_at(selected, moment.t))
            .or(here.first)
            .or_else(|| {
                let mut all = history.processes().iter();
                all.find_map(|&actor| history.line_at(actor, moment.t))
            });
        let file = shown.map_or(FileId(0), |(file, _)| file);
        let source = history.sources().iter().find(|s| s.file == file)?;
        let (page, twin) = moment.memory.pages(|pages| {
            let page = pages.source(file, &source.path, &source.text);
            let twin = twin.filter(|(of, _)| *of == file);
            let twin = twin.map(|(_, twin)| pages.twin(twin, &source.text, &page));
            (page, twin)
        });
        let line = shown.map_or_else(|| first_code_line(source), |(_, line)| line);
        let left = history.lines_left_at(moment.t);
        let left = left.filter(|&(of, _)| of == file);
        let left = left.map(|(_, line)| line).collect();
        Some(Sheet {
            source,
            page,
            twin,
            here,
            left,
            line,
        })
    }

    fn our_name(&self) -> &'a str {
        self.source.path.rsplit('/').next().unwrap_or_default()
    }

    fn their_name(&self) -> &'static str {
        self.twin.as_ref().map_or("", |page| page.twin.file)
    }

    fn layout(&self, area: Rect, moment: &Moment<'_>) -> Layout {
        if self.twin.is_none() {
            return Layout::One(Side::Ours);
        }
        let is_wide = area.width >= BESIDE_LEAST;
        let is_high = area.height >= STACKED_LEAST;
        match moment.run.listing {
            Some(Listing::Source) => Layout::One(Side::Ours),
            Some(Listing::Twin) => Layout::One(Side::Theirs),
            None if is_wide => Layout::Beside,
            None if is_high && moment.run.fits.twin => Layout::Stacked,
            None => Layout::One(Side::Ours),
            Some(Listing::Both) if is_high && !is_wide => Layout::Stacked,
            Some(Listing::Both) => Layout::Beside,
        }
    }

    /// Draws one listing.
    fn draw(&self, brush: &mut Brush<'_>, area: Rect, side: Side, moment: &Moment<'_>) {
        let count = match (side, &self.twin) {
            (Side::Theirs, Some(twin)) => twin.page.count(),
            _ => self.page.count(),
        };
        let row_of = |line: u32| match (side, &self.twin) {
            (Side::Theirs, Some(twin)) => twin.line_above(line),
            _ => Some(line),
        };
        let first = self.first_row(count, row_of, area.height, moment.run.code_down);
        for (y, number) in (area.y..area.bottom()).zip(first + 1..=count) {
            let row = Rect {
                y,
                height: 1,
                ..area
            };
            self.draw_row(brush, row, side, number, moment);
        }
    }

    /// Draws both listings, paired lines in one row.
    fn draw_beside(&self, brush: &mut Brush<'_>, left: Rect, right: Rect, moment: &Moment<'_>) {
        let Some(twin) = &self.twin else { return };
        let count = u32::try_from(twin.rows.len()).unwrap_or(u32::MAX);
        let first = self.first_row(
            count,
            |line| twin.row_of(line),
            left.height,
            moment.run.code_down,
        );
        for (y, row) in (left.y..left.bottom()).zip(twin.rows.iter().skip(first as usize)) {
            let at = |area: Rect| Rect {
                y,
                height: 1,
                ..area
            };
            if let Some(number) = row.ours {
                self.draw_row(brush, at(left), Side::Ours, number, moment);
            }
            if let Some(number) = row.theirs {
                self.draw_row(brush, at(right), Side::Theirs, number, moment);
            }
        }
    }

    fn draw_row(
        &self,
        brush: &mut Brush<'_>,
        area: Rect,
        side: Side,
        number: u32,
        moment: &Moment<'_>,
    ) {
        let (page, text, ours) = match (side, &self.twin) {
            (Side::Theirs, Some(twin)) => (&twin.page, twin.twin.source, twin.ours_of(number)),
            _ => (&*self.page, &*self.source.text, Some(number)),
        };
        let on_it = ours.map_or(&[][..], |line| self.living_on(line));
        let marked = Marked {
            number,
            page,
            text: page.line(text, number),
            on_it,
        };
        draw_line(brush, area, &marked, moment);
    }

    /// Returns who is on a line of ours.
    fn living_on(&self, line: u32) -> &[ActorId] {
        let line = (self.source.file, line);
        let lines = &self.here.lines;
        let at = lines.binary_search_by_key(&line, |&(line, _)| line);
        at.map_or(&[], |at| &lines[at].1)
    }

    /// Returns how many rows are above the first that is shown: all lines that somebody is on are,
    /// if they fit, else those around the one.
    fn first_row(
        &self,
        count: u32,
        row_of: impl Fn(u32) -> Option<u32>,
        height: u16,
        down: isize,
    ) -> u32 {
        let height = u32::from(height);
        let row = row_of(self.line).unwrap_or(self.line);
        let here = || self.here.lines.iter().map(|&(line, _)| line);
        let here = || here().filter(|&(file, _)| file == self.source.file);
        let lines = || {
            here()
                .map(|(_, line)| line)
                .chain(self.left.iter().copied())
        };
        let rows = || lines().filter_map(&row_of);
        let least = rows().min().unwrap_or(row).min(row);
        let most = rows().max().unwrap_or(row).max(row);
        let (top, rows) = if most - least < height {
            (least, most - least + 1)
        } else {
            (row, 1)
        };
        let above = height.saturating_sub(rows) / 2 + 1;
        let last = i64::from(count.saturating_sub(height));
        let first = i64::from(top.saturating_sub(above));
        let first = (first + i64::try_from(down).unwrap_or(0)).clamp(0, last);
        u32::try_from(first).unwrap_or(0)
    }
}

/// Returns the first line that is no comment: a lesson begins with its text.
fn first_code_line(source: &Source) -> u32 {
    let comments = source
        .text
        .lines()
        .take_while(|line| line.starts_with("//") || line.trim().is_empty());
    u32::try_from(comments.count() + 1).unwrap_or(1)
}
