//! The flow of a pool: tasks go in at the left, workers run them, results come out at the right.
//!
//! ```text
//!          inqueue: tasks                     ╭──►Worker-1  T3  0.28 ──╮           outqueue
//!  Main ──►▕                [T4]▏────◇────────┼──►Worker-2  T1  1.47 ──┼────◇────►▕        ▏──► Main
//!  put 5    1 waits             read lock     ╰──►Worker-3  T2  1.46 ──╯ write     empty       got r0
//!           96 B of 64 KiB      free                                     free
//! ```

use super::Flow;
use super::paths::{Ink, Paths};
use super::recent::Step;
use super::vessel::Vessel;
use crate::event::ActorId;
use crate::event::words::Part;
use crate::history::Object;
use crate::ui::flow::part;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::words::is_worker_of;

/// A pool's parts, as far as they are known.
pub(super) struct Parts<'a> {
    pub(super) inqueue: Option<Queue<'a>>,
    pub(super) outqueue: Option<Queue<'a>>,
    pub(super) master: ActorId,
    /// The workers that have a row.
    pub(super) workers: Vec<ActorId>,
    /// How many have none.
    pub(super) hidden: usize,
}

/// A queue without a buffer.
pub(super) struct Queue<'a> {
    pub(super) pipe: &'a Object,
    pub(super) read_lock: Option<&'a Object>,
    pub(super) write_lock: Option<&'a Object>,
}

/// Where everything stands.
pub(super) struct Places {
    pub(super) margin: u16,
    pub(super) middle: u16,
    pub(super) inqueue: Vessel,
    pub(super) read_lock: u16,
    pub(super) split: u16,
    pub(super) worker: u16,
    pub(super) name: u16,
    pub(super) band: u16,
    pub(super) merge: u16,
    pub(super) write_lock: u16,
    pub(super) outqueue: Vessel,
    pub(super) master: u16,
}

impl Flow<'_> {
    /// Draws the pool. Returns the first row that is free below it.
    pub(super) fn draw_pool(&self, pen: &mut Pen<'_, '_>) -> u16 {
        let parts = self.parts(pen.height());
        let places = self.pool_places(pen, &parts);
        let mut paths = Paths::new(pen);
        self.lay_pool(&parts, &places, &mut paths);
        paths.draw(pen);
        self.draw_masters(pen, &parts, &places);
        self.draw_queues(pen, &parts, &places);
        self.draw_workers(pen, &parts, &places);
        places.middle + reach(&parts).max(2) + 1
    }

    fn parts(&self, height: u16) -> Parts<'_> {
        let (history, t) = (self.history, self.view.t);
        let queue = |which| {
            let queue = part(history, self.object, which)?;
            Some(Queue {
                pipe: part(history, queue, Part::Pipe)?,
                read_lock: part(history, queue, Part::ReadLock),
                write_lock: part(history, queue, Part::WriteLock),
            })
        };
        let master = history.process_of(self.object.creator);
        let is_its = |&id: &ActorId| is_worker_of(history, id, self.object.id, self.view.t);
        let lives = |&id: &ActorId| history.actor(id).is_some_and(|worker| worker.alive_at(t));
        let has_begun = |&id: &ActorId| {
            history
                .actor(id)
                .and_then(|w| w.forked)
                .is_some_and(|at| at <= t)
        };
        let living = history.living_at(t).into_iter();
        let mut workers: Vec<ActorId> = living.filter(is_its).filter(lives).collect();
        if workers.is_empty() {
            let all = history.children_of(master).iter().copied();
            workers = all.filter(is_its).filter(has_begun).collect();
        }
        let rows = match height {
            0..=2 => 1,
            3..=7 => 3,
            _ => 5,
        };
        let mut hidden = 0;
        if workers.len() > rows {
            let shown = if rows > 1 { rows - 1 } else { rows };
            hidden = workers.len() - shown;
            let selected = self
                .view
                .actor(self.history)
                .filter(|s| workers[shown..].contains(s));
            workers.truncate(shown);
            if let (Some(selected), Some(last)) = (selected, workers.last_mut()) {
                *last = selected;
            }
        }
        Parts {
            inqueue: queue(Part::Inqueue),
            outqueue: queue(Part::Outqueue),
            master,
            workers,
            hidden,
        }
    }

    fn pool_places(&self, pen: &Pen<'_, '_>, parts: &Parts<'_>) -> Places {
        let (width, height) = (pen.width(), pen.height());
        let size = usize::from(width >= 72) + usize::from(width >= 104);
        let pick = |of: [u16; 3]| of[size];
        let middle = self
            .middle_row(height, reach(parts).max(1))
            .min(if height >= 8 { 3 } else { 1 });
        let middle = if height >= 8 {
            middle.max(reach(parts) + 1)
        } else {
            middle
        };
        let margin = pick([0, 1, 2]);
        let master = columns(&self.name(parts.master, 8), 8).max(4);
        let name = pick([4, 4, 9]);
        let band = pick([5, 6, 12]);
        // What is left after everything fixed is the vessels', two parts of three the inqueue's.
        // Below the master at the right stands what it got.
        let fixed = margin + master + master.max(7) + name + band + pick([18, 37, 53]);
        let free = width.saturating_sub(fixed).max(8);
        let outer = (free / 3).min(18);
        let inner = (free - free / 3).min(36);
        let inqueue = Vessel {
            x: margin + master + pick([3, 6, 7]),
            y: middle,
            width: inner,
            to_right: true,
        };
        let read_lock = inqueue.end() + pick([1, 3, 5]);
        let split = read_lock + pick([2, 4, 9]);
        let worker = split + pick([2, 4, 5]);
        let merge = worker + name + band + pick([1, 2, 2]);
        let write_lock = merge + pick([2, 4, 6]);
        let outqueue = Vessel {
            x: write_lock + pick([3, 7, 8]),
            y: middle,
            width: outer,
            to_right: true,
        };
        let right = outqueue.end() + pick([3, 5, 6]);
        Places {
            margin,
            middle,
            inqueue,
            read_lock,
            split,
            worker,
            name,
            band,
            merge,
            write_lock,
            outqueue,
            master: right,
        }
    }

    fn lay_pool(&self, parts: &Parts<'_>, places: &Places, paths: &mut Paths) {
        let inqueue = parts.inqueue.as_ref().map(|queue| queue.pipe.id);
        let outqueue = parts.outqueue.as_ref().map(|queue| queue.pipe.id);
        let any = |step, pipe| Ink::lit(self.recent.any(step, pipe));
        let y = places.middle;
        let name = places.margin + columns(&self.name(parts.master, 8), 8);
        paths.arrow(
            y,
            name + 1,
            places.inqueue.x.saturating_sub(2),
            any(Step::Sent, inqueue),
        );
        let (taken, given) = (any(Step::Received, inqueue), any(Step::Sent, outqueue));
        paths.along(y, places.inqueue.end(), places.split, (true, false), taken);
        let out = places.outqueue.x.saturating_sub(2);
        paths.along(y, places.merge, out.saturating_sub(1), (false, true), given);
        paths.head(out, y, true, given);
        let master = places.master.saturating_sub(2);
        paths.arrow(
            y,
            places.outqueue.end(),
            master,
            any(Step::Received, outqueue),
        );
        let head = places.worker.saturating_sub(1);
        for (at, &worker) in parts.workers.iter().enumerate() {
            let row = row(parts, places, at);
            let takes = Ink::lit(self.recent.of(Step::Received, inqueue, worker));
            paths.down(places.split, y, row, takes);
            paths.along(
                row,
                places.split,
                head.saturating_sub(1),
                (false, true),
                takes,
            );
            paths.head(head, row, true, takes);
            let gives = Ink::lit(self.recent.of(Step::Sent, outqueue, worker));
            let from = places.merge.saturating_sub(2);
            paths.along(row, from, places.merge, (true, false), gives);
            paths.down(places.merge, y, row, gives);
        }
    }
}

fn rows_of(parts: &Parts<'_>) -> u16 {
    let rows = parts.workers.len() + usize::from(parts.hidden > 0);
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// Returns how many rows the workers take above the middle one, and below it.
fn reach(parts: &Parts<'_>) -> u16 {
    rows_of(parts) / 2
}

/// Returns the row of a worker: in a block around the middle.
pub(super) fn row(parts: &Parts<'_>, places: &Places, at: usize) -> u16 {
    let top = places.middle.saturating_sub(rows_of(parts) / 2);
    top + u16::try_from(at).unwrap_or(u16::MAX)
}
