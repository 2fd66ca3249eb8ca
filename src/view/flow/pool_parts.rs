//! What stands along the flow of a pool: its master, its queues, its workers with their tasks.

use super::Flow;
use super::paths::Ink;
use super::pool::{Parts, Places, row};
use super::recent::{Step, last_events, move_of};
use super::stations::Below;
use super::vessel::Vessel;
use crate::event::{ActorId, ObjectId};
use crate::history::{Object, Thing};
use crate::ui::Spot;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{count, now_words, short_item};
use ratatui::style::Modifier;

impl Flow<'_> {
    pub(super) fn draw_masters(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
        let y = places.middle;
        self.draw_name(pen, places.margin, y, 8, parts.master);
        self.draw_name(pen, places.master, y, 8, parts.master);
        if pen.height() < 3 {
            return;
        }
        let put = self.tasks_put();
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
            .filter_map(|event| move_of(history, &event))
            .find(|moved| moved.step == Step::Received && Some(moved.object) == pipe)?
            .message?;
        history.message(message).map(short_item)
    }

    pub(super) fn draw_queues(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
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
                let is_selected = self.is_chosen(queue.pipe);
                let role = if is_selected { Role::Strong } else { Role::Dim };
                let end = pen.text(vessel.x, y, vessel.width.max(8), title, pen.style(role));
                self.mark_of(pen, queue.pipe, (vessel.x, y), end);
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
        vessel.spot(pen, pipe);
        vessel.draw(pen, &self.content(&waiting, items, fill));
        self.mark_edges(pen, pipe, &vessel);
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

    pub(super) fn draw_workers(&self, pen: &mut Pen<'_, '_>, parts: &Parts<'_>, places: &Places) {
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
            let is_selected = self.view.selected == Some(Thing::Task(band.task));
            let style = pen.style(Role::BandText);
            let style = if is_selected {
                style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
            } else {
                style
            };
            let end = pen.text(x, y, width, &label, style);
            pen.spot(x, y, end, Spot::Thing(band.task.into()));
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
