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
use super::parties::{Party, folded, last_mover};
use super::paths::{Ink, Paths};
use super::recent::Step;
use super::vessel::Vessel;
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, ObjectId};
use crate::history::Object;
use crate::ui::flow::part;
use crate::ui::flow::{readers, writers};
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::Role;
use crate::view::words::short_name;

/// The most bytes of a name that is no long one.
const PLAIN_MOST: usize = 32;

/// The parts of a line, as far as there are any.
pub(super) struct Stations<'a> {
    pub(super) writers: Vec<Party>,
    pub(super) readers: Vec<Party>,
    /// Whether writers have buffers, and feeders behind them.
    pub(super) buffered: bool,
    pub(super) write_lock: Option<&'a Object>,
    pub(super) read_lock: Option<&'a Object>,
    pub(super) pipe: Option<&'a Object>,
}

/// Where everything stands.
pub(super) struct Places {
    pub(super) margin: u16,
    /// The row of the pipe.
    pub(super) middle: u16,
    /// Rows above and below the middle one that names take.
    pub(super) reach: u16,
    pub(super) name: u16,
    pub(super) buffer: Option<Vessel>,
    pub(super) merge: u16,
    pub(super) write_lock: Option<u16>,
    pub(super) pipe: Vessel,
    pub(super) read_lock: Option<u16>,
    pub(super) split: u16,
    pub(super) reader: u16,
    pub(super) reader_width: u16,
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
        let free = places.middle + below + 1;
        match self.object.class {
            Class::Pipe => self.draw_ends(pen, &places, free),
            _ => free,
        }
    }

    /// Draws who holds which end of a pipe: EOF comes when the last copy of the write end is closed.
    /// Returns the first row that is free below it.
    fn draw_ends(&self, pen: &mut Pen<'_, '_>, places: &Places, free: u16) -> u16 {
        let holders = self.history.holders_at(self.object.id, self.view.t);
        if holders.is_empty() || self.object.is_found() {
            return free;
        }
        // With few rows it stands right below what is in the pipe.
        let y = free.min(pen.height().saturating_sub(1));
        if y < places.middle + 2 {
            return free;
        }
        let mut x = places.margin;
        for (end, words) in [(End::Write, "write end: "), (End::Read, "read end: ")] {
            let held = holders.iter().filter(|&&(_, held)| held == end);
            let names: Vec<String> = held
                .map(|&(who, _)| short_name(self.history, who, self.view.t))
                .collect();
            x = pen.put(x, y, words, Role::Dim);
            let (names, role) = match names.as_slice() {
                [] => ("closed".to_owned(), Role::Dim),
                [few @ .., last] if few.len() < 4 => match few {
                    [] => (last.clone(), Role::Text),
                    few => (format!("{} and {last}", few.join(", ")), Role::Text),
                },
                many => (format!("{} processes", many.len()), Role::Text),
            };
            x = pen.put(x, y, &names, role) + 3;
        }
        y + 1
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
        let selected = self.view.actor(history);
        let last = last_mover(history, &objects, Step::Sent, t);
        let writers = folded(
            writers(history, object, pipe, self.view.t),
            rows,
            selected,
            last,
        );
        let last = last_mover(history, &objects, Step::Received, t);
        let readers = folded(
            readers(history, object, pipe, self.view.t),
            rows,
            selected,
            last,
        );
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
            let inner = pick([4, 6, if stations.writers.len() > 1 { 9 } else { 14 }]);
            let vessel = Vessel {
                x: x + 2,
                y: middle,
                width: inner,
                to_right: true,
            };
            x = vessel.end() + pick([2, 3, 9]);
            vessel
        });
        let merge = x;
        let write_lock = stations.write_lock.map(|_| {
            let at = x + pick([2, 3, 4]);
            x = at + pick([2, 3, 5]);
            at
        });
        let pipe_x = x + pick([2, 3, 4]);
        let read_path = if stations.read_lock.is_some() {
            pick([7, 9, 11])
        } else {
            pick([4, 6, 9])
        };
        let reader_width = wide(&stations.readers);
        let state = pick([0, 10, 21]);
        let right = read_path + reader_width + state;
        let inner = width.saturating_sub(pipe_x + 3 + right).clamp(4, 46);
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
    pub(super) fn row(places: &Places, at: usize, of: usize) -> u16 {
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

    pub(super) fn party_name(&self, party: &Party) -> String {
        match party.members.as_slice() {
            [one] => self.name(*one, u16::MAX),
            [first, rest @ ..] => {
                let unlike = rest
                    .iter()
                    .filter(|&&one| !self.is_plainly_like(one, *first));
                let others: Vec<String> = unlike.map(|&one| self.name(one, u16::MAX)).collect();
                let first = self.name(*first, u16::MAX);
                format!("{} ×{}", common_stem(&first, &others), rest.len() + 1)
            }
            [] => String::new(),
        }
    }

    /// Whether it is seen at once that two names differ in nothing but their numbers: of a thousand
    /// readers nobody asks for more.
    fn is_plainly_like(&self, one: ActorId, other: ActorId) -> bool {
        let bare = |id| {
            let name = self.history.name_of_actor(id, self.view.t);
            let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
            // A long name is cut, and its number may be.
            (bare.ends_with('-') && name.len() <= PLAIN_MOST).then_some(bare)
        };
        let name = bare(one);
        name.is_some() && name == bare(other)
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
}

/// Returns what names have in common, without what follows a dash: `writer` of `writer-1`.
fn common_stem<'a>(first: &'a str, others: &[String]) -> &'a str {
    let stem = first
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim_end_matches(['-', '_', ' ']);
    if !stem.is_empty() && others.iter().all(|name| name.starts_with(stem)) {
        stem
    } else {
        "others"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_kind_have_one_name() {
        let check = |first, other: &str, stem| {
            assert_eq!(common_stem(first, &[other.to_owned()]), stem);
        };
        check("writer-1", "writer-12", "writer");
        check("Process-1", "Process-2", "Process");
        check("a", "b", "others");
        assert_eq!(common_stem("writer-1", &[]), "writer");
    }
}
