//! Stations that several forms have: locks with their holders, and what presses on a pipe.

use super::Flow;
use super::paths::Ink;
use super::vessel::Content;
use crate::event::words::{End, Operation};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{Object, State};
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{bytes, count, full_pipe, is_written_by_a_waiter};

/// How a lock is at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LockState {
    /// Nobody holds it.
    Free,
    /// Somebody holds it.
    Held(ActorId),
    /// Its holder is dead.
    Lost(ActorId),
}

/// Returns how a lock is at `t`.
pub(super) fn lock_state(lock: &Object, t: Time) -> LockState {
    if let Some((_, holder)) = lock.lost_at(t) {
        return LockState::Lost(holder);
    }
    match lock.holder.at(t).flatten() {
        Some(holder) => LockState::Held(holder),
        None => LockState::Free,
    }
}

impl Flow<'_> {
    /// Draws a lock at a place of a path, and below it, in `rows` rows, what it is called and who
    /// holds it.
    pub(super) fn draw_lock(
        &self,
        pen: &mut Pen<'_, '_>,
        (x, y): (u16, u16),
        lock: &Object,
        ink: Ink,
        below: &Below<'_>,
    ) {
        let state = lock_state(lock, self.view.t);
        let mark = match state {
            LockState::Free => Mark::LockFree,
            LockState::Held(_) => Mark::LockHeld,
            LockState::Lost(_) => Mark::LockLost,
        };
        let theme = pen.theme();
        let glyph = theme.glyph(mark);
        let style = match (state, ink) {
            (LockState::Free, Ink::Lit) => theme.style(Role::Lit),
            _ => theme.mark(mark),
        };
        let wide = u16::try_from(glyph.len().min(3)).unwrap_or(1);
        let from = if glyph.is_ascii() {
            x.saturating_sub(wide / 2)
        } else {
            x
        };
        let end = pen.text(from, y, 3, glyph, style);
        let is_selected = self.is_chosen(lock);
        self.mark_of(pen, lock, (from, y), end);
        let (words, role) = match state {
            LockState::Free => ("free".to_owned(), Role::Dim),
            LockState::Held(holder) => (self.name(holder, below.width), Role::Text),
            LockState::Lost(_) => ("lost".to_owned(), Role::Alarm),
        };
        let mut row = y + 1;
        if below.rows > 1 {
            let title = if is_selected { Role::Strong } else { Role::Dim };
            let end = pen.text(below.x, row, below.width, below.title, theme.style(title));
            self.mark_of(pen, lock, (below.x, row), end);
            row += 1;
        }
        if below.rows > 0 {
            let end = pen.text(below.x, row, below.width, &words, theme.style(role));
            self.mark_of(pen, lock, (below.x, row), end);
        }
    }

    /// Returns what is in a pipe, or in one direction of it.
    pub(super) fn pipe_count(&self, pipe: &Object, into: Option<End>) -> (usize, u64) {
        let t = self.view.t;
        match into {
            None => (
                pipe.items.at(t).map_or(0, |n| n as usize),
                pipe.bytes.at(t).unwrap_or(0),
            ),
            Some(end) => (
                self.history.in_pipe(pipe.id, into, t).len(),
                pipe.bytes_into(end).at(t).unwrap_or(0),
            ),
        }
    }

    /// Returns the words for what presses on a pipe, and whether it is full: `22 B of 64 KiB`.
    pub(super) fn pressure(&self, pipe: &Object, filled: u64) -> (String, bool) {
        let Some(capacity) = pipe.capacity.filter(|&capacity| capacity > 0) else {
            return (
                if filled == 0 {
                    String::new()
                } else {
                    bytes(filled)
                },
                false,
            );
        };
        if filled > 0 && is_written_by_a_waiter(self.history, pipe.id, self.view.t) {
            return (full_pipe(filled, capacity), true);
        }
        let inside = filled.min(capacity);
        (format!("{} of {}", bytes(inside), bytes(capacity)), false)
    }

    /// Draws what waits in a pipe below its vessel: items at the left, bytes at the right.
    pub(super) fn draw_pressure(
        &self,
        pen: &mut Pen<'_, '_>,
        (x, y): (u16, u16),
        width: u16,
        pipe: &Object,
        items: usize,
        nouns: (&str, &str),
    ) {
        let (_, filled) = self.pipe_count(pipe, None);
        let (words, is_full) = self.pressure(pipe, filled);
        let (left, role) = match items {
            0 if pipe.is_found() => ("what is in it is not seen".to_owned(), Role::Dim),
            0 => ("empty".to_owned(), Role::Dim),
            n => (count(n as u64, nouns.0, nouns.1), Role::Strong),
        };
        let end = pen.text(x, y, width, &left, pen.style(role));
        let room = (x + width).saturating_sub(end + 2);
        let role = if is_full { Role::Alarm } else { Role::Dim };
        if crate::view::brush::columns(&words, room + 1) <= room {
            pen.right(x + width, y, &words, pen.style(role));
        }
    }

    /// Returns a buffer or pipe's content with its fill, as the vessel draws it.
    pub(super) fn content<'m>(
        &self,
        waiting: &'m [&'m crate::history::Message],
        count: usize,
        fill: Option<(u64, u64)>,
    ) -> Content<'m> {
        Content {
            waiting,
            count,
            selected: self.selected_of(waiting),
            fill,
        }
    }

    /// Returns the object that an actor waits on.
    pub(super) fn waits_on(&self, actor: ActorId) -> Option<ObjectId> {
        match self.history.lane(actor).at(self.view.t)?.state {
            State::Waiting(wait) => wait.object,
            _ => None,
        }
    }

    /// Whether an actor waits in an operation now.
    pub(super) fn waits_in(&self, actor: ActorId, operation: Operation) -> bool {
        let now = self.history.lane(actor).at(self.view.t);
        matches!(now.map(|i| i.state), Some(State::Waiting(wait)) if wait.operation == operation)
    }
}

/// What stands below a lock.
pub(super) struct Below<'t> {
    /// Its first column.
    pub(super) x: u16,
    /// How many columns there are.
    pub(super) width: u16,
    /// How many rows: none, the holder, or the title and the holder.
    pub(super) rows: u16,
    /// What the lock is called.
    pub(super) title: &'t str,
}
