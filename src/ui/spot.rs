//! Spots: what stands where on the screen, as whoever draws it says while it is drawn.
//!
//! So what a click means is never worked out a second time: the cells that show a thing are the
//! cells that stand for it. A spot that comes later lies over those before it.

use super::action::Action;
use super::crowd::GroupKey;
use super::layout::Border;
use super::pair::Side;
use super::state::Pane;
use crate::event::{Span, Time};
use crate::history::Thing;
use ratatui::layout::{Position, Rect};

/// What some cells stand for.
#[derive(Clone, PartialEq, Debug)]
pub enum Spot {
    /// Nothing of what lies below is seen.
    Cover,
    /// A pane.
    Pane(Pane),
    /// A pane's title, or that of the one behind it.
    Title(Pane),
    /// One of two runs beside each other.
    Side(Side),
    /// A process or thread, an object, a message, a task.
    Thing(Thing),
    /// Processes that are folded.
    Group(GroupKey),
    /// A row of the log: its position.
    Row(Pane, usize),
    /// A finding: its place among them.
    Finding(usize),
    /// The edge of a pane, which can be moved.
    Border(Border),
    /// Time, on the lanes; the axis above them is one where a click sets the cursor.
    Time(Stretch, TimeSpot),
    /// What a key asks for.
    Act(Action),
    /// A scenario of the picker.
    Program(usize),
    /// A knob of the selected one.
    Knob(usize),
    /// An action of the palette: its place among those that are found.
    Choice(usize),
}

/// Where time is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeSpot {
    /// Below the axis, in rows that stand for something.
    Lanes,
    /// On the axis.
    Axis,
    /// On the bar of the whole run.
    WholeRun,
}

/// A stretch of time on some columns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The first column.
    pub x: u16,
    /// How many there are.
    pub cols: u16,
    /// The moment at the left edge.
    pub start: Time,
    /// How long it is.
    pub length: Span,
}

impl Stretch {
    /// Returns the moment at the left edge of a column; before the first and behind the last one,
    /// that of these.
    pub fn at(&self, x: u16) -> Time {
        let col = x.saturating_sub(self.x).min(self.cols.saturating_sub(1));
        self.start + self.span(col)
    }

    /// Returns how long so many columns are.
    pub fn span(&self, cols: u16) -> Span {
        let span = u128::from(self.length.0) * u128::from(cols) / u128::from(self.cols.max(1));
        Span(u64::try_from(span).unwrap_or(u64::MAX))
    }
}

/// What stands where.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Spots {
    list: Vec<(Rect, Spot)>,
    /// How far the help can be scrolled, if it is open.
    pub help_most: Option<usize>,
}

/// What lies below the pointer.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Under {
    /// The pane.
    pub pane: Option<Pane>,
    /// Of which of two runs.
    pub side: Option<Side>,
    /// What a click is for.
    pub what: Option<Spot>,
    /// The edge that can be moved.
    pub border: Option<Border>,
    /// The time.
    pub time: Option<(Stretch, TimeSpot)>,
}

impl Spots {
    /// Says what some cells stand for.
    pub fn put(&mut self, area: Rect, spot: Spot) {
        if !area.is_empty() {
            self.list.push((area, spot));
        }
    }

    /// Adds what was drawn over this.
    pub fn append(&mut self, mut over: Spots) {
        self.list.append(&mut over.list);
        self.help_most = self.help_most.or(over.help_most);
    }

    /// Returns what lies at a cell.
    pub fn at(&self, x: u16, y: u16) -> Under {
        let mut under = Under::default();
        let here = Position::new(x, y);
        for (_, spot) in self
            .list
            .iter()
            .rev()
            .filter(|(area, _)| area.contains(here))
        {
            match *spot {
                Spot::Cover => break,
                Spot::Pane(pane) => under.pane = under.pane.or(Some(pane)),
                Spot::Side(side) => under.side = under.side.or(Some(side)),
                Spot::Border(border) => under.border = under.border.or(Some(border)),
                Spot::Time(stretch, place) => under.time = under.time.or(Some((stretch, place))),
                ref what => under.what = under.what.or_else(|| Some(what.clone())),
            }
        }
        under
    }

    /// Returns the stretch of time that the lanes, or the bar of the whole run, show.
    pub fn stretch(&self, is_whole_run: bool) -> Option<Stretch> {
        self.list.iter().find_map(|(_, spot)| match spot {
            Spot::Time(stretch, TimeSpot::WholeRun) if is_whole_run => Some(*stretch),
            Spot::Time(stretch, TimeSpot::Lanes | TimeSpot::Axis) if !is_whole_run => {
                Some(*stretch)
            }
            _ => None,
        })
    }

    /// Returns whether anything stands for this.
    pub fn has(&self, what: &Spot) -> bool {
        self.list.iter().any(|(_, spot)| spot == what)
    }

    /// Returns the areas of a pane: two of the tables while two runs are compared.
    pub fn areas(&self, pane: Pane) -> impl Iterator<Item = Rect> + '_ {
        let areas = self.list.iter();
        areas.filter_map(move |(area, spot)| (*spot == Spot::Pane(pane)).then_some(*area))
    }
}
