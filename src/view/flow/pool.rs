//! The flow of a pool: tasks go in at the left, workers run them, results come out at the right.
//!
//! ```text
//!          inqueue: tasks                     ╭──►Worker-1  T3  0.28 ──╮           outqueue
//!  Main ──►▕                [T4]▏────◇────────┼──►Worker-2  T1  1.47 ──┼────◇────►▕        ▏──► Main
//!  put 5    1 waits             read lock     ╰──►Worker-3  T2  1.46 ──╯ write     empty       got r0
//!           96 B of 64 KiB      free                                     free
//! ```

use super::Flow;
use super::choose::part;
use super::paths::{Ink, Paths};
use super::recent::{Step, last_events, move_of};
use super::stations::Below;
use super::vessel::Vessel;
use crate::event::words::Part;
use crate::event::{ActorId, ObjectId};
use crate::history::Object;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{count, is_worker, now_words, shown};

/// A pool's parts, as far as they are known.
struct Parts<'a> {
    inqueue: Option<Queue<'a>>,
    outqueue: Option<Queue<'a>>,
    master: ActorId,
    /// The workers that have a row.
    workers: Vec<ActorId>,
    /// How many have none.
    hidden: usize,
}

/// A queue without a buffer.
struct Queue<'a> {
    pipe: &'a Object,
    read_lock: Option<&'a Object>,
    write_lock: Option<&'a Object>,
}

/// Where everything stands.
struct Places {
    margin: u16,
    middle: u16,
    inqueue: Vessel,
    read_lock: u16,
    split: u16,
    worker: u16,
    name: u16,
    band: u16,
    merge: u16,
    write_lock: u16,
    outqueue: Vessel,
    master: u16,
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
        let all: Vec<ActorId> = history
            .processes()
            .iter()
            .copied()
            .filter(|&id| is_worker(history, id))
            .filter(|&id| {
                history
                    .actor(id)
                    .is_some_and(|worker| worker.parent == Some(master))
            })
            .collect();
        let lives = |&id: &ActorId| history.actor(id).is_some_and(|worker| worker.alive_at(t));
        let has_begun = |&id: &ActorId| {
            history
                .actor(id)
                .and_then(|w| w.forked)
                .is_some_and(|at| at <= t)
        };
        let living: Vec<ActorId> = all.iter().copied().filter(lives).collect();
        let mut workers = if living.is_empty() {
            all.into_iter().filter(has_begun).collect()
        } else {
            living
        };
        let rows = match height {
            0..=2 => 1,
            3..=7 => 3,
            _ => 5,
        };
        let mut hidden = 0;
        if workers.len() > rows {
            let shown = if rows > 1 { rows - 1 } else { rows };
            hidden = workers.len() - shown;
            let selected = self.view.selected.filter(|s| workers[shown..].contains(s));
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

    fn draw_masters(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
        let y = places.middle;
        self.draw_name(pen, places.margin, y, 8, parts.master);
        self.draw_name(pen, places.master, y, 8, parts.master);
        if pen.height() < 3 {
            return;
        }
        let t = self.view.t;
        let put = self
            .history
            .tasks()
            .partition_point(|task| task.submitted <= t);
        if put > 0 {
            let room = places.inqueue.x.saturating_sub(places.margin + 1);
            pen.text(
                places.margin,
                y + 1,
                room,
                &format!("put {put}"),
                pen.style(Role::Dim),
            );
        }
        let outqueue = parts.outqueue.as_ref().map(|queue| queue.pipe.id);
        if let Some(label) = self.last_received(outqueue) {
            let end = pen.put(places.master, y + 1, "got ", Role::Dim);
            let lit = self.recent.any(Step::Received, outqueue);
            pen.put(end, y + 1, &label, if lit { Role::Lit } else { Role::Text });
        }
    }

    /// Returns what came out of a pipe last.
    fn last_received(&self, pipe: Option<ObjectId>) -> Option<String> {
        let history = self.history;
        let message = last_events(history, self.view.t)
            .filter_map(|event| move_of(history, event))
            .find(|moved| moved.step == Step::Received && Some(moved.object) == pipe)?
            .message?;
        history
            .message(message)
            .map(|message| shown(&message.label).into_owned())
    }

    fn draw_queues(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
        let roomy = pen.height() >= 8;
        let rows = match pen.height() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let rows = if pen.width() < 72 { 0 } else { rows };
        let sides = [
            (&parts.inqueue, places.inqueue, "inqueue: tasks", "inqueue"),
            (
                &parts.outqueue,
                places.outqueue,
                "outqueue: results",
                "outqueue",
            ),
        ];
        for (queue, vessel, title, short) in sides {
            let Some(queue) = queue else {
                continue;
            };
            self.draw_pool_queue(pen, queue.pipe, vessel);
            if let (true, Some(y)) = (roomy, vessel.y.checked_sub(1)) {
                let fits = columns(title, vessel.width + 1) <= vessel.width;
                let title = if fits { title } else { short };
                pen.text(
                    vessel.x,
                    y,
                    vessel.width.max(8),
                    title,
                    pen.style(Role::Dim),
                );
            }
        }
        let titles = if pen.width() >= 104 {
            ("read lock", "write lock")
        } else {
            ("read", "write")
        };
        if let Some((pipe, Some(lock))) = parts.inqueue.as_ref().map(|q| (q.pipe.id, q.read_lock)) {
            let x = places.inqueue.end() + 1;
            let width = places.split.saturating_sub(x);
            let below = Below {
                x,
                width,
                rows,
                title: titles.0,
            };
            let ink = Ink::lit(self.recent.any(Step::Received, Some(pipe)));
            self.draw_lock(pen, (places.read_lock, places.middle), lock, ink, &below);
        }
        if let Some((pipe, Some(lock))) = parts.outqueue.as_ref().map(|q| (q.pipe.id, q.write_lock))
        {
            let x = places.merge + 2;
            let width = places.outqueue.x.saturating_sub(x + 1);
            let below = Below {
                x,
                width,
                rows,
                title: titles.1,
            };
            let ink = Ink::lit(self.recent.any(Step::Sent, Some(pipe)));
            self.draw_lock(pen, (places.write_lock, places.middle), lock, ink, &below);
        }
    }

    fn draw_pool_queue(&self, pen: &mut Pen<'_, '_>, pipe: &Object, vessel: Vessel) {
        let (items, filled) = self.pipe_count(pipe, None);
        let waiting = self.history.in_pipe(pipe.id, None, self.view.t);
        let fill = pipe.capacity.map(|capacity| (filled, capacity));
        vessel.draw(pen, &Self::content(&waiting, items, fill));
        if pen.height() < 3 {
            return;
        }
        let (words, role) = match items {
            0 => ("empty".to_owned(), Role::Dim),
            1 => ("1 waits".to_owned(), Role::Strong),
            n => (format!("{n} wait"), Role::Strong),
        };
        pen.text(
            vessel.x,
            vessel.y + 1,
            vessel.width.max(7),
            &words,
            pen.style(role),
        );
        let (words, is_full) = self.pressure(pipe, filled);
        let role = if is_full { Role::Alarm } else { Role::Dim };
        if pen.height() >= 4 && columns(&words, vessel.width + 4) <= vessel.width + 3 && items > 0 {
            pen.put(vessel.x, vessel.y + 2, &words, role);
        }
    }

    fn draw_workers(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
        for (at, &worker) in parts.workers.iter().enumerate() {
            let y = row(parts, places, at);
            self.draw_name(pen, places.worker, y, places.name.saturating_sub(1), worker);
            self.draw_work(pen, (places.worker + places.name, y), places.band, worker);
        }
        if parts.hidden > 0 && pen.height() >= 3 {
            let y = row(parts, places, parts.workers.len());
            let words = count(parts.hidden as u64, "more worker", "more workers");
            let words = if pen.width() >= 104 {
                words
            } else {
                format!("+{}", parts.hidden)
            };
            let width = places.name + places.band;
            pen.text(places.worker, y, width, &words, pen.style(Role::Dim));
        }
    }

    /// Draws what a worker does: its task on a band and for how long, or its state.
    fn draw_work(&self, pen: &mut Pen<'_, '_>, (x, y): (u16, u16), width: u16, worker: ActorId) {
        let (history, t) = (self.history, self.view.t);
        if let Some(band) = history.band_at(worker, t) {
            let label = format!(" T{} ", band.task);
            let end = pen.text(x, y, width, &label, pen.style(Role::BandText));
            let lasts = t.since(band.start).seconds();
            let time = format!("{lasts:.2}");
            let room = (x + width).saturating_sub(end + 1);
            if columns(&time, room + 1) <= room {
                pen.text(end + 1, y, room, &time, pen.style(Role::Dim));
            }
            return;
        }
        if let Some(exit) = history.actor(worker).and_then(|known| known.exit_at(t)) {
            let is_bad = exit.code.is_some_and(|code| code < 0);
            let mark = if is_bad { Mark::Killed } else { Mark::Exited };
            let end = pen.mark(x, y, mark);
            let code = exit.code.map_or("?".to_owned(), |code| code.to_string());
            let role = if is_bad { Role::Alarm } else { Role::Dim };
            pen.text(
                end + 1,
                y,
                (x + width).saturating_sub(end + 1),
                &code,
                pen.style(role),
            );
            return;
        }
        if let Some(now) = now_words(history, worker, t) {
            let (glyph, style) = now.sign.look(pen.theme());
            pen.text(x, y, 1, glyph, style);
            let room = width.saturating_sub(2);
            let words = now.words.fitting(room);
            if columns(words, room + 1) <= room {
                pen.text(x + 2, y, room, words, pen.style(Role::Dim));
            }
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
fn row(parts: &Parts<'_>, places: &Places, at: usize) -> u16 {
    let top = places.middle.saturating_sub(rows_of(parts) / 2);
    top + u16::try_from(at).unwrap_or(u16::MAX)
}
