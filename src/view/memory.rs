//! What is remembered from one frame to the next: columns of lanes that can't change any more, the
//! density of the whole run as long as nothing new is known, and the sources, which are read once.
//!
//! A lane with more intervals than columns asks for a sum per column. What a column before *now*
//! shows is final, so it is asked for once for each axis; a frame costs no more than what is new.
//! Nothing here changes what is drawn: without it every frame would be the same, only later.

use super::axis::Axis;
use super::code::{Pages, Residents};
use super::table::Census;
use crate::event::{ActorId, Text, Time};
use crate::history::{History, Stamp, StateClass};
use crate::ui::RunView;
use crate::ui::crowd::{self, Listed};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What the members of a group do.
type OfGroup = (Stamp, Rc<[ActorId]>, Census);

/// Remembers finished columns. One is enough for any number of runs: it forgets those of another.
#[derive(Debug, Default)]
pub struct Memory {
    kept: RefCell<Kept>,
    pages: RefCell<Pages>,
    list: RefCell<crowd::Known>,
    residents: RefCell<Option<(Stamp, Rc<Residents>)>>,
    censuses: RefCell<Vec<OfGroup>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Which run the lanes are of.
    run: (u32, Text),
    lanes: BTreeMap<ActorId, Dense>,
    /// By the first member, the last, and how many there are.
    groups: BTreeMap<(ActorId, ActorId, usize), (Axis, Vec<u8>)>,
    density: Density,
}

/// How many events are in each column, of the last few axes: their length in columns changes with
/// the words beside them.
#[derive(Debug, Default)]
struct Density {
    /// How many events the log had.
    len: usize,
    axes: Vec<(Axis, Vec<usize>)>,
}

#[derive(Debug)]
struct Dense {
    axis: Axis,
    cells: Vec<DenseCell>,
}

/// What a column shows of many intervals.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct DenseCell {
    /// The class of state with the most time in it, if there was any.
    pub(super) most: Option<StateClass>,
    /// How many eighths of it were spent computing.
    pub(super) run: u8,
}

/// So many lanes are kept; more than a screen has rows.
const LANES_MOST: usize = 512;
/// And so many axes of the whole run.
const AXES_MOST: usize = 16;

impl Memory {
    /// Forgets everything that was of another run.
    pub(super) fn turn_to(&self, history: &History) {
        let run = history.run();
        let mut kept = self.kept.borrow_mut();
        if kept.run.0 != run.supervisor || kept.run.1 != run.wall {
            kept.run = (run.supervisor, run.wall.clone());
            kept.lanes.clear();
            kept.groups.clear();
            kept.density = Density::default();
            self.pages.borrow_mut().clear();
            self.list.borrow_mut().clear();
            self.residents.take();
            self.censuses.take();
        }
    }

    /// Hands the pages of the sources to `ask`.
    pub(super) fn pages<T>(&self, ask: impl FnOnce(&mut Pages) -> T) -> T {
        ask(&mut self.pages.borrow_mut())
    }

    /// Returns the list of processes: see [`crowd::list`].
    pub(super) fn list(
        &self,
        history: &History,
        run: &RunView,
        selected: Option<ActorId>,
        room: usize,
    ) -> Rc<Listed> {
        self.list.borrow_mut().list(history, run, selected, room)
    }

    /// Returns who is on which line, which `ask` knows.
    pub(super) fn residents(&self, stamp: Stamp, ask: impl FnOnce() -> Residents) -> Rc<Residents> {
        let mut kept = self.residents.borrow_mut();
        match kept.as_ref().filter(|(of, _)| *of == stamp) {
            Some((_, residents)) => Rc::clone(residents),
            None => Rc::clone(&kept.insert((stamp, Rc::new(ask()))).1),
        }
    }

    /// Returns what the members of a group do, which `ask` knows.
    pub(super) fn census(
        &self,
        stamp: Stamp,
        members: &Rc<[ActorId]>,
        ask: impl FnOnce() -> Census,
    ) -> Census {
        let mut kept = self.censuses.borrow_mut();
        kept.retain(|(of, ..)| *of == stamp);
        let mut all = kept.iter();
        if let Some((.., census)) = all.find(|(_, of, _)| Rc::ptr_eq(of, members)) {
            return *census;
        }
        let census = ask();
        kept.push((stamp, Rc::clone(members), census));
        census
    }

    /// Hands how many events of the log there are in each column of an axis to `draw`.
    pub(super) fn density(&self, history: &History, axis: Axis, draw: impl FnOnce(&[usize])) {
        let len = history.log().len();
        let density = &mut self.kept.borrow_mut().density;
        if density.len != len || density.axes.len() > AXES_MOST {
            density.len = len;
            density.axes.clear();
        }
        let known = density.axes.iter().position(|(of, _)| *of == axis);
        let at = known.unwrap_or_else(|| {
            density.axes.push((axis, count_events(history, axis)));
            density.axes.len() - 1
        });
        draw(&density.axes[at].1);
    }

    /// Calls `draw` for each of the first `cols` columns of a dense lane. Those that are not
    /// remembered come from `ask`, which is asked at most once: for the columns from the first of
    /// them on. Columns that end by `now` are final.
    pub(super) fn columns<I: Iterator<Item = DenseCell>>(
        &self,
        actor: ActorId,
        axis: Axis,
        cols: u16,
        now: Time,
        ask: impl FnOnce(u16) -> I,
        mut draw: impl FnMut(u16, DenseCell),
    ) {
        let mut kept = self.kept.borrow_mut();
        if kept.lanes.len() > LANES_MOST {
            kept.lanes.clear();
        }
        let lane = kept.lanes.entry(actor).or_insert_with(|| Dense {
            axis,
            cells: Vec::new(),
        });
        if lane.axis != axis {
            lane.axis = axis;
            lane.cells.clear();
        }
        // More is remembered than is asked for, where the cursor went back.
        let known = u16::try_from(lane.cells.len()).map_or(cols, |known| known.min(cols));
        for (col, &cell) in (0..known).zip(&lane.cells) {
            draw(col, cell);
        }
        if known == cols {
            return;
        }
        for (col, cell) in (known..cols).zip(ask(known)) {
            if usize::from(col) == lane.cells.len() && axis.time_of(col + 1) <= now {
                lane.cells.push(cell);
            }
            draw(col, cell);
        }
    }

    /// The same for the lane of a group of processes: a level for each column, from `ask` for all
    /// from a column on.
    pub(super) fn shares(
        &self,
        members: &[ActorId],
        axis: Axis,
        cols: u16,
        now: Time,
        ask: impl FnOnce(u16) -> Vec<u8>,
        mut draw: impl FnMut(u16, u8),
    ) {
        let (Some(&first), Some(&last)) = (members.first(), members.last()) else {
            return;
        };
        let mut kept = self.kept.borrow_mut();
        if kept.groups.len() > LANES_MOST {
            kept.groups.clear();
        }
        let key = (first, last, members.len());
        let fresh = || (axis, Vec::new());
        let (known, levels) = kept.groups.entry(key).or_insert_with(fresh);
        if *known != axis {
            (*known, *levels) = fresh();
        }
        // More is remembered than is asked for, where the cursor went back.
        let first = u16::try_from(levels.len()).map_or(cols, |first| first.min(cols));
        for (col, &level) in (0..first).zip(&*levels) {
            draw(col, level);
        }
        if first == cols {
            return;
        }
        for (col, level) in (first..cols).zip(ask(first)) {
            if usize::from(col) == levels.len() && axis.time_of(col + 1) <= now {
                levels.push(level);
            }
            draw(col, level);
        }
    }
}

fn count_events(history: &History, axis: Axis) -> Vec<usize> {
    let mut before = 0;
    (1..=axis.cols)
        .map(|col| {
            let until = history.log_until(axis.time_of(col));
            let count = until.saturating_sub(before);
            before = until;
            count
        })
        .collect()
}
