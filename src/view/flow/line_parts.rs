//! What stands along the line of a queue: names, buffers, the pipe, locks, and what readers got.

use super::Flow;
use super::line::{Places, Stations};
use super::parties::Party;
use super::paths::Ink;
use super::recent::Step;
use super::stations::Below;
use super::vessel::Vessel;
use crate::event::ActorId;
use crate::event::words::Operation;
use crate::history::{Form, Message, Object, Thing};
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{count, now_words, object_name, short_item};

/// Whether there are words below locks: without room for both sides, a free one is not worth a word.
fn says_of_locks(pen: &Pen<'_, '_>) -> bool {
    pen.width() >= 72
}

/// Returns where the words below a lock at `x` begin, at `left` at the earliest.
fn words_of_lock(x: u16, left: u16) -> u16 {
    x.saturating_sub(2).max(left)
}

impl Flow<'_> {
    pub(super) fn draw_writers(
        &self,
        pen: &mut Pen<'_, '_>,
        stations: &Stations<'_>,
        places: &Places,
    ) {
        let count = stations.writers.len();
        if count == 0 {
            pen.text(
                places.margin,
                places.middle,
                places.name,
                "nobody",
                pen.style(Role::Dim),
            );
        }
        let mut waiting = 0;
        for (at, party) in stations.writers.iter().enumerate() {
            let y = Self::row(places, at, count);
            self.draw_party(pen, (places.margin, y), places.name, party);
            if let Some(buffer) = &places.buffer {
                waiting += self.draw_buffer(pen, Vessel { y, ..*buffer }, party, stations);
            }
        }
        let label = Self::row(places, 0, count).checked_sub(1);
        let roomy = pen.height() >= 8;
        if let (Some(y), Some(buffer), true) = (label, &places.buffer, roomy) {
            let is_selected = self.is_chosen(self.object);
            let role = if is_selected { Role::Strong } else { Role::Dim };
            let end = pen.text(buffer.x, y, buffer.width + 2, "buffer", pen.style(role));
            self.mark_of(pen, self.object, (buffer.x, y), end);
            let x = buffer.end() + 2;
            if places.merge > x + 5 {
                let is_selected = self.is_feeder_selected();
                let role = if is_selected { Role::Strong } else { Role::Dim };
                let end = pen.put(x, y, "feeder", role);
                self.mark_if(pen, is_selected, (x, y), end);
            }
        }
        if let (Some(buffer), 1, true) = (&places.buffer, count, pen.height() >= 3)
            && waiting > 0
        {
            let words = crate::view::words::count(waiting as u64, "item", "items");
            let lock = places.write_lock.filter(|_| says_of_locks(pen));
            let end = lock.map_or(places.pipe.x, |x| words_of_lock(x, places.merge + 1));
            let room = end.saturating_sub(buffer.x + 1);
            let fits = columns(&words, room + 1) <= room;
            let words = if fits { words } else { waiting.to_string() };
            pen.put(buffer.x, places.middle + 1, &words, Role::Strong);
        }
    }

    /// Whether a feeder of this queue is the selected thread.
    fn is_feeder_selected(&self) -> bool {
        let Some(Thing::Actor(id)) = self.view.selected else {
            return false;
        };
        let form = self.history.actor(id).map(|actor| actor.form);
        matches!(form, Some(Form::Thread { object: Some(of), .. }) if of == self.object.id)
    }

    /// Lays the ground of the selection below the edges of a vessel, if its object is selected:
    /// where there is no room for its name, they alone say so.
    pub(super) fn mark_edges(&self, pen: &mut Pen<'_, '_>, object: &Object, vessel: &Vessel) {
        let is_selected = self.is_chosen(object);
        let (left, right) = (vessel.x.saturating_sub(1), vessel.x + vessel.width);
        self.mark_of(pen, object, (left, vessel.y), left + 1);
        self.mark_of(pen, object, (right, vessel.y), right + 1);
        if is_selected {
            let signs = pen.theme().signs();
            let style = pen.style(Role::Strong).patch(pen.style(Role::Selection));
            pen.sign(left, vessel.y, signs.vessel_left, style);
            pen.sign(right, vessel.y, signs.vessel_right, style);
        }
    }

    fn draw_party(&self, pen: &mut Pen<'_, '_>, (x, y): (u16, u16), width: u16, party: &Party) {
        match party.single() {
            Some(one) => {
                self.draw_name(pen, x, y, width, one);
            }
            None => {
                let name = self.party_name(party);
                pen.text(x, y, width, &name, pen.style(Role::Text));
            }
        }
    }

    /// Returns how much waits in the buffers of a party.
    fn count_buffered(&self, party: &Party) -> usize {
        let (object, t) = (self.object.id, self.view.t);
        let count = |&one: &ActorId| self.history.count_in_buffer(object, one, t);
        party.members.iter().map(count).sum()
    }

    /// Returns what waits there, the next one out first: no more than has a place in so many columns.
    fn first_buffered(&self, party: &Party, width: u16) -> Vec<&Message> {
        let in_buffer = |&one: &ActorId| self.history.in_buffer(self.object.id, one, self.view.t);
        let waiting = party.members.iter().flat_map(in_buffer);
        waiting.take(usize::from(width)).collect()
    }

    /// Draws what waits before the feeder of a party; returns how much it is.
    fn draw_buffer(
        &self,
        pen: &mut Pen<'_, '_>,
        vessel: Vessel,
        party: &Party,
        stations: &Stations<'_>,
    ) -> usize {
        let count = self.count_buffered(party);
        let waiting = self.first_buffered(party, vessel.width);
        // A buffer has no bound of its own; one that presses on a full pipe is drawn full.
        let presses = count > 1
            && party
                .members
                .iter()
                .any(|&one| self.feeder_waits(one, stations));
        let fill = presses.then_some((1, 1));
        vessel.spot(pen, self.object);
        vessel.draw(pen, &self.content(&waiting, count, fill));
        count
    }

    /// Whether the feeder of a process waits for room in the pipe.
    fn feeder_waits(&self, process: ActorId, stations: &Stations<'_>) -> bool {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        self.history
            .threads_of(process)
            .iter()
            .any(|&thread| self.waits_in(thread, Operation::Write) && self.waits_on(thread) == pipe)
    }

    pub(super) fn draw_pipe(
        &self,
        pen: &mut Pen<'_, '_>,
        stations: &Stations<'_>,
        places: &Places,
    ) {
        let Some(pipe) = stations.pipe else {
            return;
        };
        let (items, filled) = self.pipe_count(pipe, None);
        let waiting = self.history.in_pipe(pipe.id, None, self.view.t);
        let (_, is_full) = self.pressure(pipe, filled);
        let fill = match pipe.capacity {
            _ if is_full => Some((1, 1)),
            capacity => capacity.map(|capacity| (filled, capacity)),
        };
        let vessel = places.pipe;
        vessel.spot(pen, pipe);
        vessel.draw(pen, &self.content(&waiting, items, fill));
        let theme = pen.theme();
        if is_full {
            // Pressure is ink that piles up before what is full.
            let x = vessel.x.saturating_sub(2);
            pen.sign(x, vessel.y, theme.glyph(Mark::Put), theme.mark(Mark::Put));
        }
        if pen.height() >= 8
            && let Some(label) = vessel.y.checked_sub(1)
        {
            let name = object_name(self.history, pipe.id);
            let is_selected = self.is_chosen(pipe);
            let role = if is_selected { Role::Strong } else { Role::Dim };
            let end = pen.text(vessel.x, label, vessel.width, &name, theme.style(role));
            self.mark_of(pen, pipe, (vessel.x, label), end);
        }
        self.mark_edges(pen, pipe, &vessel);
        if pen.height() >= 3 {
            let nouns = ("item", "items");
            self.draw_pressure(
                pen,
                (vessel.x, vessel.y + 1),
                vessel.width,
                pipe,
                items,
                nouns,
            );
        }
        if let Some(max) = self.object.maxsize.filter(|&max| max > 0)
            && pen.height() >= 4
        {
            self.draw_bound(pen, (vessel.x, vessel.y + 2), vessel.width, max);
        }
    }

    /// Draws how many of the places of a bounded queue are taken.
    fn draw_bound(&self, pen: &mut Pen<'_, '_>, (x, y): (u16, u16), width: u16, max: u64) {
        let items = self.object.items.at(self.view.t).unwrap_or(0);
        let is_full = u64::from(items) >= max;
        let name = object_name(self.history, self.object.id);
        let (words, role) = if is_full {
            (format!("{name}: {items} of {max}, full"), Role::Alarm)
        } else {
            let places = count(max, "place", "places");
            (format!("{name}: {items} of {places}"), Role::Dim)
        };
        pen.text(x, y, width, &words, pen.style(role));
    }

    pub(super) fn draw_locks(
        &self,
        pen: &mut Pen<'_, '_>,
        stations: &Stations<'_>,
        places: &Places,
    ) {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        let rows = match pen.height() {
            0..=2 => 0,
            3..=4 => 1,
            _ => 2,
        };
        let locks = [
            (stations.write_lock, places.write_lock, "write", Step::Sent),
            (stations.read_lock, places.read_lock, "read", Step::Received),
        ];
        for (lock, x, title, step) in locks {
            let (Some(lock), Some(x)) = (lock, x) else {
                continue;
            };
            let is_write = step == Step::Sent;
            let left = if is_write {
                places.merge + 1
            } else {
                places.pipe.end() + 1
            };
            let right = match (is_write, stations.readers.len()) {
                (true, _) => places.pipe.x,
                (false, 0 | 1) => places.reader,
                (false, _) => places.split + 1,
            };
            let from = words_of_lock(x, left);
            let below = Below {
                x: from,
                width: right.saturating_sub(from + 1),
                rows: if says_of_locks(pen) { rows } else { 0 },
                title,
            };
            let ink = Ink::lit(self.recent.any(step, pipe));
            self.draw_lock(pen, (x, places.middle), lock, ink, &below);
        }
    }

    pub(super) fn draw_readers(
        &self,
        pen: &mut Pen<'_, '_>,
        stations: &Stations<'_>,
        places: &Places,
    ) {
        let count = stations.readers.len();
        let (x, y) = (places.reader, places.middle);
        if count == 0 {
            // Nobody is no trouble before somebody waits for room.
            let is_full = stations
                .pipe
                .is_some_and(|pipe| self.pressure(pipe, self.pipe_count(pipe, None).1).1);
            let role = if is_full { Role::Alarm } else { Role::Dim };
            pen.put(x, y, "nobody gets", role);
        }
        for (at, party) in stations.readers.iter().enumerate() {
            let row = Self::row(places, at, count);
            self.draw_party(pen, (x, row), places.reader_width, party);
            let Some(one) = party.single() else {
                continue;
            };
            self.draw_state(pen, (x + places.reader_width + 1, row), one);
            if count == 1 && pen.height() >= 3 {
                self.draw_got(pen, (x, row + 1), one, stations.pipe);
            }
        }
    }

    /// Draws what a process does, as far as it fits: its state's glyph and words.
    pub(super) fn draw_state(&self, pen: &mut Pen<'_, '_>, (x, y): (u16, u16), actor: ActorId) {
        let Some(now) = now_words(self.history, actor, self.view.t) else {
            return;
        };
        let room = pen.width().saturating_sub(x + 2);
        if room < 1 {
            return;
        }
        let (glyph, style) = now.sign.look(pen.theme());
        pen.text(x, y, 1, glyph, style);
        let words = now.words.fitting(room);
        let role = if now.bad { Role::Alarm } else { Role::Text };
        if columns(words, room + 1) <= room {
            pen.text(x + 2, y, room, words, pen.style(role));
        }
    }

    /// Draws what a reader has got: the last few.
    fn draw_got(
        &self,
        pen: &mut Pen<'_, '_>,
        (x, y): (u16, u16),
        reader: ActorId,
        pipe: Option<&Object>,
    ) {
        let history = self.history;
        let t = self.view.t;
        let room = usize::from(pen.width().saturating_sub(x + 5));
        let got = |message: &&Message| {
            message
                .received()
                .is_some_and(|(at, who)| at <= t && history.process_of(who) == reader)
        };
        let Some(pipe) = pipe else {
            return;
        };
        let last = history.messages_until(pipe.id, t).rev().take(128);
        let mut labels: Vec<_> = last.filter(got).take(24).map(short_item).collect();
        labels.reverse();
        if labels.is_empty() {
            return;
        }
        let stem = stem_of(&labels);
        let mut words: Vec<String> = labels
            .iter()
            .map(|label| label[stem..].to_owned())
            .collect();
        let length = |words: &[String]| {
            words
                .iter()
                .map(|word| word.chars().count() + 1)
                .sum::<usize>()
        };
        let all = words.len();
        while length(&words) > room + 1 && words.len() > 1 {
            words.remove(0);
        }
        if words.len() < all && words.len() > 1 {
            words[0] = pen.theme().signs().ellipsis.to_owned();
        }
        let end = pen.put(x, y, "got ", Role::Dim);
        pen.put(end, y, &words.join(" "), Role::Text);
    }
}

/// Returns how many bytes all labels begin with in common, if only a number follows.
pub(super) fn stem_of<L: AsRef<str>>(labels: &[L]) -> usize {
    let first = labels.first().map_or("", L::as_ref);
    let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = |label: &L| {
        let rest = label.as_ref().strip_prefix(stem);
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    if labels.iter().all(fits) {
        stem.len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_count_are_told_by_their_number() {
        assert_eq!(stem_of(&["url_1", "url_14"]), 4);
        assert_eq!(stem_of(&["A", "B"]), 0);
        assert_eq!(stem_of(&["url_1", "item_2"]), 0);
        assert_eq!(stem_of(&["7", "8"]), 0);
    }
}
