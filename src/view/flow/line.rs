//! The flow of a queue or a one-way pipe: everything in one line, from the writers to the readers.
//!
//! ```text
//!               buffer    feeder
//!  writer-1 ──►▕        ▏─────────╮          pipe of q
//!                                 ├───◇────►▕              [url_6]▏────◆────► reader  ░ get q
//!  writer-2 ──►▕        ▏─────────╯ write    1 item   22 B of 64 KiB  read    got 1 4 5 2
//!                                   free                           reader
//! ```

use super::Flow;
use super::choose::part;
use super::parties::{Party, folded, last_mover, readers, writers};
use super::paths::{Ink, Paths};
use super::recent::Step;
use super::stations::Below;
use super::vessel::Vessel;
use crate::event::words::{Class, Operation, Part};
use crate::event::{ActorId, ObjectId};
use crate::history::{Message, Object};
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{count, now_words, object_name, shown};

/// The parts of a line, as far as there are any.
struct Stations<'a> {
    writers: Vec<Party>,
    readers: Vec<Party>,
    /// Whether writers have buffers, and feeders behind them.
    buffered: bool,
    write_lock: Option<&'a Object>,
    read_lock: Option<&'a Object>,
    pipe: Option<&'a Object>,
}

/// Where everything stands.
struct Places {
    margin: u16,
    /// The row of the pipe.
    middle: u16,
    /// Rows above and below the middle one that names take.
    reach: u16,
    name: u16,
    buffer: Option<Vessel>,
    merge: u16,
    write_lock: Option<u16>,
    pipe: Vessel,
    read_lock: Option<u16>,
    split: u16,
    reader: u16,
    reader_width: u16,
}

impl Flow<'_> {
    /// Draws the line. Returns the first row that is free below it.
    pub(super) fn draw_line(&self, pen: &mut Pen<'_, '_>) -> u16 {
        let stations = self.stations(pen.height());
        let places = self.places(pen, &stations);
        let mut paths = Paths::new(pen);
        self.lay_writers(&stations, &places, &mut paths);
        self.lay_middle(&stations, &places, &mut paths);
        self.lay_readers(&stations, &places, &mut paths);
        paths.draw(pen);
        self.draw_writers(pen, &stations, &places);
        self.draw_pipe(pen, &stations, &places);
        self.draw_locks(pen, &stations, &places);
        self.draw_readers(pen, &stations, &places);
        let below = if places.reach == 0 {
            2
        } else {
            places.reach.max(2)
        };
        places.middle + below + 1
    }

    fn stations(&self, height: u16) -> Stations<'_> {
        let (history, object, t) = (self.history, self.object, self.view.t);
        let queued = matches!(object.class, Class::Queue | Class::JoinableQueue);
        let pipe = match object.class {
            Class::Pipe => Some(object),
            _ => part(history, object, Part::Pipe),
        };
        let rows = match height {
            0..=2 => 1,
            3..=7 => 3,
            _ => 4,
        };
        let objects = [Some(object), pipe];
        let selected = self.view.selected;
        let last = last_mover(history, &objects, Step::Sent, t);
        let writers = folded(writers(history, object, pipe), rows, selected, last);
        let last = last_mover(history, &objects, Step::Received, t);
        let readers = folded(readers(history, object, pipe), rows, selected, last);
        Stations {
            writers,
            readers,
            buffered: queued,
            write_lock: part(history, object, Part::WriteLock),
            read_lock: part(history, object, Part::ReadLock),
            pipe,
        }
    }

    /// Divides the width: what must be, then the rest between the pipe and the readers' words.
    fn places(&self, pen: &Pen<'_, '_>, stations: &Stations<'_>) -> Places {
        let (width, height) = (pen.width(), pen.height());
        let size = usize::from(width >= 72) + usize::from(width >= 104);
        let pick = |of: [u16; 3]| of[size];
        let margin = pick([0, 1, 2]);
        let name_most = pick([9, 11, 16]);
        let wide = |parties: &[Party]| {
            let names = parties
                .iter()
                .map(|party| columns(&self.party_name(party), name_most));
            names.max().unwrap_or(0).max(6)
        };
        let reach = match stations.writers.len().max(stations.readers.len()) {
            0 | 1 => 0,
            2 | 3 => 1,
            _ => 2,
        };
        let middle = self.middle_row(height, reach);
        let name = wide(&stations.writers);
        let mut x = margin + name + pick([1, 2, 3]) + 1;
        let buffer = stations.buffered.then(|| {
            let inner = pick([4, 6, if stations.writers.len() > 1 { 9 } else { 16 }]);
            let vessel = Vessel {
                x: x + 2,
                y: middle,
                width: inner,
                to_right: true,
            };
            x = vessel.end() + pick([2, 3, 11]);
            vessel
        });
        let merge = x;
        let write_lock = stations.write_lock.map(|_| {
            let at = x + pick([2, 3, 5]);
            x = at + pick([2, 3, 5]);
            at
        });
        let pipe_x = x + pick([2, 3, 4]);
        let read_path = if stations.read_lock.is_some() {
            pick([7, 9, 13])
        } else {
            pick([4, 6, 9])
        };
        let reader_width = wide(&stations.readers);
        let state = pick([0, 10, 22]);
        let right = read_path + reader_width + state;
        let inner = width.saturating_sub(pipe_x + 1 + right).clamp(4, 46);
        let pipe = Vessel {
            x: pipe_x,
            y: middle,
            width: inner,
            to_right: true,
        };
        let read_lock = stations.read_lock.map(|_| pipe.end() + read_path / 2);
        Places {
            margin,
            middle,
            reach,
            name,
            buffer,
            merge,
            write_lock,
            pipe,
            read_lock,
            split: pipe.end() + read_path.saturating_sub(4),
            reader: pipe.end() + read_path + 1,
            reader_width,
        }
    }

    /// Returns the row of the pipe: with room, a blank row and the labels stand above it.
    pub(super) fn middle_row(&self, height: u16, reach: u16) -> u16 {
        let above = match height {
            0..=2 => 0,
            3..=4 => 1,
            5..=7 => reach + 1,
            8 => (reach + 1).max(2),
            _ => (reach + 2).max(2),
        };
        above.min(height.saturating_sub(1))
    }

    /// Returns the row of one of `of` parties: around the middle one, which two leave free.
    fn row(places: &Places, at: usize, of: usize) -> u16 {
        let offset: i32 = match (of, at) {
            (0 | 1, _) => 0,
            (2, 0) => -1,
            (2, _) => 1,
            (3, at) => i32::try_from(at).unwrap_or(0) - 1,
            (_, at) if at < 2 => i32::try_from(at).unwrap_or(0) - 2,
            (_, at) => i32::try_from(at).unwrap_or(0) - 1,
        };
        u16::try_from(i32::from(places.middle) + offset).unwrap_or(0)
    }

    fn party_name(&self, party: &Party) -> String {
        match party.members.as_slice() {
            [one] => self.name(*one, u16::MAX),
            many => {
                let names: Vec<String> = many.iter().map(|&one| self.name(one, u16::MAX)).collect();
                format!("{} ×{}", common_stem(&names), many.len())
            }
        }
    }

    fn party_lit(&self, party: &Party, step: Step, object: Option<ObjectId>) -> Ink {
        Ink::lit(
            party
                .members
                .iter()
                .any(|&one| self.recent.of(step, object, one)),
        )
    }

    fn lay_writers(&self, stations: &Stations<'_>, places: &Places, paths: &mut Paths) {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        let count = stations.writers.len();
        for (at, party) in stations.writers.iter().enumerate() {
            let y = Self::row(places, at, count);
            let from = places.margin + places.name + 1;
            let sent = self.party_lit(party, Step::Sent, pipe);
            let to_merge = match &places.buffer {
                Some(buffer) => {
                    let put = self.party_lit(party, Step::Put, Some(self.object.id));
                    paths.arrow(y, from, buffer.x.saturating_sub(2), put);
                    buffer.end()
                }
                None => from,
            };
            let merge = places.merge;
            paths.along(y, to_merge, merge, (true, y == places.middle), sent);
            if y != places.middle {
                paths.down(merge, y, places.middle, sent);
            }
        }
    }

    fn lay_middle(&self, stations: &Stations<'_>, places: &Places, paths: &mut Paths) {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        let sent = Ink::lit(self.recent.any(Step::Sent, pipe));
        let has_way = !stations.writers.is_empty();
        if has_way || places.write_lock.is_some() {
            let y = places.middle;
            let head = places.pipe.x.saturating_sub(2);
            // The merge's own cell goes on to the right whatever comes in from where.
            paths.along(
                y,
                places.merge,
                head.saturating_sub(1).max(places.merge),
                (false, true),
                sent,
            );
            paths.head(head, y, true, sent);
        }
    }

    fn lay_readers(&self, stations: &Stations<'_>, places: &Places, paths: &mut Paths) {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        let y = places.middle;
        let received = Ink::lit(self.recent.any(Step::Received, pipe));
        let count = stations.readers.len();
        let head = places.reader.saturating_sub(2);
        if count <= 1 {
            paths.arrow(y, places.pipe.end(), head, received);
            return;
        }
        paths.along(y, places.pipe.end(), places.split, (true, false), received);
        for (at, party) in stations.readers.iter().enumerate() {
            let row = Self::row(places, at, count);
            let ink = self.party_lit(party, Step::Received, pipe);
            paths.down(places.split, y, row, ink);
            paths.along(
                row,
                places.split,
                head.saturating_sub(1),
                (false, true),
                ink,
            );
            paths.head(head, row, true, ink);
        }
    }

    fn draw_writers(&self, pen: &mut Pen<'_, '_>, stations: &Stations<'_>, places: &Places) {
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
        for (at, party) in stations.writers.iter().enumerate() {
            let y = Self::row(places, at, count);
            self.draw_party(pen, (places.margin, y), places.name, party);
            if let Some(buffer) = &places.buffer {
                self.draw_buffer(pen, Vessel { y, ..*buffer }, party, stations);
            }
        }
        let label = Self::row(places, 0, count).checked_sub(1);
        let roomy = pen.height() >= 8;
        if let (Some(y), Some(buffer), true) = (label, &places.buffer, roomy) {
            pen.text(
                buffer.x,
                y,
                buffer.width + 2,
                "buffer",
                pen.style(Role::Dim),
            );
            let x = buffer.end() + 2;
            if places.merge > x + 5 {
                pen.put(x, y, "feeder", Role::Dim);
            }
        }
        if let (Some(buffer), 1, true) = (&places.buffer, count, pen.height() >= 3) {
            let waiting = stations
                .writers
                .first()
                .map_or(0, |party| self.buffered(party).len());
            if waiting > 0 {
                let words = crate::view::words::count(waiting as u64, "item", "items");
                pen.put(buffer.x, places.middle + 1, &words, Role::Strong);
            }
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

    /// Returns what waits in the buffers of a party, the next one out first.
    fn buffered(&self, party: &Party) -> Vec<&Message> {
        let in_buffer = |&one: &ActorId| self.history.in_buffer(self.object.id, one, self.view.t);
        party.members.iter().flat_map(in_buffer).collect()
    }

    fn draw_buffer(
        &self,
        pen: &mut Pen<'_, '_>,
        vessel: Vessel,
        party: &Party,
        stations: &Stations<'_>,
    ) {
        let waiting = self.buffered(party);
        // A buffer has no bound of its own; one that presses on a full pipe is drawn full.
        let presses = waiting.len() > 1
            && party
                .members
                .iter()
                .any(|&one| self.feeder_waits(one, stations));
        let fill = presses.then_some((1, 1));
        vessel.draw(pen, &Self::content(&waiting, waiting.len(), fill));
    }

    /// Whether the feeder of a process waits for room in the pipe.
    fn feeder_waits(&self, process: ActorId, stations: &Stations<'_>) -> bool {
        let pipe = stations.pipe.map(|pipe| pipe.id);
        self.history
            .threads_of(process)
            .iter()
            .any(|&thread| self.waits_in(thread, Operation::Write) && self.waits_on(thread) == pipe)
    }

    fn draw_pipe(&self, pen: &mut Pen<'_, '_>, stations: &Stations<'_>, places: &Places) {
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
        vessel.draw(pen, &Self::content(&waiting, items, fill));
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
            pen.text(vessel.x, label, vessel.width, &name, theme.style(Role::Dim));
        }
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

    fn draw_locks(&self, pen: &mut Pen<'_, '_>, stations: &Stations<'_>, places: &Places) {
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
            let right = if is_write {
                places.pipe.x
            } else {
                places.reader
            };
            let from = x.saturating_sub(2).max(left);
            let below = Below {
                x: from,
                width: right.saturating_sub(from + 1),
                // Without room for both, a free lock is not worth a word.
                rows: if pen.width() < 72 { 0 } else { rows },
                title,
            };
            let ink = Ink::lit(self.recent.any(step, pipe));
            self.draw_lock(pen, (x, places.middle), lock, ink, &below);
        }
    }

    fn draw_readers(&self, pen: &mut Pen<'_, '_>, stations: &Stations<'_>, places: &Places) {
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
                .received
                .is_some_and(|(at, who)| at <= t && history.process_of(who) == reader)
        };
        let Some(pipe) = pipe else {
            return;
        };
        let last = history.messages_until(pipe.id, t).rev().take(128);
        let mut labels: Vec<&str> = last
            .filter(got)
            .take(24)
            .map(|m| m.label.as_str())
            .collect();
        labels.reverse();
        if labels.is_empty() {
            return;
        }
        let stem = stem_of(&labels);
        let mut words: Vec<String> = labels
            .iter()
            .map(|label| shown(&label[stem..]).into_owned())
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
pub(super) fn stem_of(labels: &[&str]) -> usize {
    let first = labels.first().copied().unwrap_or_default();
    let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let fits = |label: &&str| {
        label
            .strip_prefix(stem)
            .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    if labels.iter().all(fits) {
        stem.len()
    } else {
        0
    }
}

/// Returns what names have in common, without what follows a dash: `writer` of `writer-1`.
fn common_stem(names: &[String]) -> &str {
    let Some(first) = names.first() else {
        return "";
    };
    let stem = first
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['-', '_', ' ']);
    if !stem.is_empty() && names.iter().all(|name| name.starts_with(stem)) {
        stem
    } else {
        "others"
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

    #[test]
    fn names_of_a_kind_have_one_name() {
        let names = |names: &[&str]| names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>();
        assert_eq!(common_stem(&names(&["writer-1", "writer-12"])), "writer");
        assert_eq!(common_stem(&names(&["Process-1", "Process-2"])), "Process");
        assert_eq!(common_stem(&names(&["a", "b"])), "others");
    }
}
