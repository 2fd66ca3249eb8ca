//! Where the columns of the table stand, for these rows and this size.

use super::rows::{Row, Rows};
use crate::event::{ActorId, Time};
use crate::history::History;
use crate::view::brush::columns;
use crate::view::grid::Size;
use ratatui::layout::Rect;

/// Where the columns of the table stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Columns {
    /// The columns of pid and tree; 0 where pids have no room.
    pub pid: u16,
    /// Where names begin.
    pub name: u16,
    /// How wide they are.
    pub name_wide: u16,
    /// Where lanes begin.
    pub lane: u16,
    /// How wide they are.
    pub lane_wide: u16,
    /// Where *now* begins.
    pub now: u16,
    /// How wide it is.
    pub now_wide: u16,
    /// Where cpu and age begin, if they have room.
    pub usage: Option<u16>,
}

/// How wide cpu and age are.
pub(super) const USAGE_WIDE: u16 = 14;

impl Columns {
    /// Returns the columns for these rows, at `t`.
    pub fn of(area: Rect, size: Size, history: &History, rows: &Rows, t: Time) -> Columns {
        let mut name_wide = 0;
        let mut with_function = 0;
        let mut pid_wide = 0;
        let mut deepest = 0;
        for &(row, branch) in &rows.rows {
            let (name, depth) = match row {
                Row::Process(id) => {
                    let actor = history.actor(id);
                    if let Some(pid) = actor.and_then(|actor| actor.pid_at(t)) {
                        pid_wide = pid_wide.max(digits(pid));
                    }
                    let name = columns(name_of(history, id, t, size), NAME_MOST);
                    if let Some(function) = actor.and_then(|actor| actor.function_at(t)) {
                        let with = name + 1 + columns(function, NAME_MOST);
                        with_function = with_function.max(with);
                    }
                    (name, branch.depth)
                }
                Row::Thread(_) => (6, branch.depth),
                Row::Object(id) => (columns(history.name_of(id), NAME_MOST), 0),
                Row::Group(_) => (15, branch.depth),
                Row::More | Row::Blank => (8, 0),
            };
            deepest = deepest.max(depth);
            name_wide = name_wide.max(if size >= Size::Medium {
                name
            } else {
                name + depth
            });
        }
        let x = area.x + 1;
        let (pid, name_wide) = if size >= Size::Medium {
            let (most, more) = if size == Size::Large {
                (24, 34)
            } else {
                (20, 28)
            };
            // What somebody runs stands behind its name, but no lane is given away for that alone.
            let name_wide = name_wide.clamp(16, most);
            (
                (pid_wide.max(5) + deepest.max(1) + 2).min(14),
                name_wide.max(with_function.min(more)),
            )
        } else {
            (
                0,
                name_wide.clamp(12, if size == Size::Tiny { 17 } else { 19 }),
            )
        };
        let name = x + pid;
        let lane = name + name_wide + if size == Size::Large { 3 } else { 1 };
        let (now_wide, usage_wide) = match size {
            Size::Tiny => (17, 0),
            Size::Small => (24, 0),
            Size::Medium => (36, 0),
            Size::Large => (43, USAGE_WIDE),
        };
        let now = area.right().saturating_sub(now_wide + usage_wide);
        Columns {
            pid,
            name,
            name_wide,
            lane,
            lane_wide: now.saturating_sub(lane + 2),
            now,
            now_wide: now_wide.saturating_sub(1),
            usage: (usage_wide > 0).then_some(now + now_wide),
        }
    }
}

impl Columns {
    /// Returns the columns of two tables, one above the other: lanes and *now* begin at the same
    /// places.
    pub fn common(self, other: Columns) -> Columns {
        let lane = self.lane.max(other.lane);
        let name = self.name.max(other.name);
        let gap = self.lane.saturating_sub(self.name + self.name_wide);
        Columns {
            pid: self.pid.max(other.pid),
            name,
            name_wide: lane.saturating_sub(name + gap),
            lane,
            lane_wide: self.now.saturating_sub(lane + 2),
            ..self
        }
    }
}

/// No name takes more columns than this.
const NAME_MOST: u16 = 24;

fn digits(n: u32) -> u16 {
    u16::try_from(n.checked_ilog10().unwrap_or(0) + 1).unwrap_or(10)
}

/// Returns a process's name in full; only MainProcess is shorter where there is little room.
pub(super) fn name_of(history: &History, actor: ActorId, t: Time, size: Size) -> &str {
    match history.name_of_actor(actor, t) {
        "MainProcess" if size < Size::Medium => "Main",
        _ if actor == ActorId::MPVIZ => "supervisor",
        name => name,
    }
}
