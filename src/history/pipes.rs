//! What a queue's pipe or a pipe lets somebody do: whether there is something in it or room, and
//! who takes out of it or puts into it.

use super::lane::Wait;
use super::object::Object;
use super::steps::Steps;
use super::store::History;
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, ObjectId, Time};

impl History {
    /// Whether there may be no room in a queue or pipe at `t`: a bounded queue is full, or a pipe
    /// more than half. How much a pipe takes before a writer waits depends on the kernel's pages.
    pub fn has_no_room(&self, object: Option<ObjectId>, t: Time) -> bool {
        let Some(known) = object.and_then(|object| self.object(object)) else {
            return true;
        };
        if known.is_found() {
            // The kernel alone says that somebody waits in it.
            return true;
        }
        if let Some(max) = known.maxsize.filter(|&max| max > 0) {
            return known
                .items
                .at(t)
                .is_some_and(|items| u64::from(items) >= max);
        }
        let pipe = self.pipe_of(known).unwrap_or(known);
        match (pipe.bytes.at(t), pipe.capacity) {
            (Some(filled), Some(capacity)) => filled.saturating_mul(2) >= capacity,
            (filled, _) => filled.is_some(),
        }
    }

    /// Whether there is something for somebody in a queue's pipe or in a pipe at `t`: who waits for it
    /// there has not run since, and goes on by itself. `None` where it may be for another, as both ends
    /// of a duplex pipe are held.
    pub fn has_item_for(&self, who: ActorId, object: Option<ObjectId>, t: Time) -> Option<bool> {
        let Some(known) = object.and_then(|object| self.object(object)) else {
            return Some(false);
        };
        let pipe = self.pipe_of(known).unwrap_or(known);
        // Each message has bytes: its header, if nothing else.
        let has = |bytes: &Steps<u64>| bytes.at(t).is_some_and(|bytes| bytes > 0);
        match (pipe.class, self.other_end(pipe.id, who, t)) {
            (Class::DuplexPipe, Some(end)) => Some(has(pipe.bytes_into(end))),
            (Class::DuplexPipe, None) if has(&pipe.bytes) => None,
            _ => Some(has(&pipe.bytes)),
        }
    }

    /// Whether somebody outside of the program may move what is in a pipe that was found, as an end of
    /// it may be held there at `t`.
    pub(super) fn may_move_outside(&self, object: Option<ObjectId>, end: End, t: Time) -> bool {
        let pipe = object.and_then(|object| self.object(object));
        pipe.is_some_and(|pipe| pipe.is_found() && pipe.is_outside_at(t, end))
    }

    /// Returns who could take out of a queue or pipe: who has taken, then who has the end for it.
    pub(super) fn takers(
        &self,
        object: ObjectId,
        wait: Wait,
        t: Time,
        who: ActorId,
    ) -> Vec<ActorId> {
        let Some(known) = self.object(object) else {
            return Vec::new();
        };
        let pipe = self.pipe_of(known).unwrap_or(known);
        // What goes into one end of a duplex pipe comes out of the other.
        let end = match (pipe.class, wait.operation) {
            (Class::DuplexPipe, _) => self.other_end(pipe.id, who, t),
            _ => Some(End::Read),
        };
        let last = pipe.piped.iter().rev().take(64);
        let took = last.filter_map(|&at| {
            let (at, who) = self.messages[at as usize].received()?;
            (at <= t).then(|| self.process_of(who))
        });
        // Of a pipe that is far behind, none of the last ones was taken yet.
        let latest = self.last_taken(pipe.id, t).into_iter();
        let took = took.chain(latest.map(|(_, who)| self.process_of(who)));
        let holders = self.holders_at(pipe.id, t);
        let holding = holders
            .iter()
            .filter(|&&(_, held)| end.is_none_or(|end| end == held));
        once_each(took.chain(holding.map(|&(who, _)| who)))
    }

    /// Returns who could put into a queue or pipe: who has, then who has the end for it.
    pub(super) fn givers(&self, object: ObjectId, t: Time, who: ActorId) -> Vec<ActorId> {
        let Some(known) = self.object(object) else {
            return Vec::new();
        };
        let pipe = self.pipe_of(known).unwrap_or(known);
        let queue = pipe.part_of.unwrap_or(object);
        let end = match pipe.class {
            Class::DuplexPipe => self.other_end(pipe.id, who, t),
            _ => Some(End::Write),
        };
        let holders = self.holders_at(pipe.id, t);
        let holding = holders
            .iter()
            .filter(|&&(_, held)| end.is_none_or(|end| end == held));
        let put = self.putters_of(queue, t);
        once_each(put.chain(holding.map(|&(who, _)| who)))
    }

    /// Returns the end of a duplex pipe that an actor does not hold; none if it holds both.
    pub(super) fn other_end(&self, pipe: ObjectId, who: ActorId, t: Time) -> Option<End> {
        let who = self.process_of(who);
        let holders = self.holders_at(pipe, t);
        let has = |end| holders.contains(&(who, end));
        match (has(End::A), has(End::B)) {
            (true, false) => Some(End::B),
            (false, true) => Some(End::A),
            _ => None,
        }
    }

    /// Returns the end of a duplex pipe that an actor does not use, for words: of one that holds both
    /// ends, what it last sent or received says so.
    pub fn far_end(&self, pipe: ObjectId, who: ActorId, t: Time) -> End {
        if let Some(end) = self.other_end(pipe, who, t) {
            return end;
        }
        let who = self.process_of(who);
        let last = self.messages_until(pipe, t).rev().take(64);
        let mut far = last.filter_map(|message| {
            let is_own = |moment: Option<(Time, ActorId)>| {
                moment.is_some_and(|(at, by)| at <= t && self.process_of(by) == who)
            };
            match message.into? {
                into if is_own(message.received()) => Some(into),
                End::A if is_own(message.sent()) => Some(End::B),
                End::B if is_own(message.sent()) => Some(End::A),
                _ => None,
            }
        });
        far.next().unwrap_or(End::B)
    }

    pub(super) fn pipe_of(&self, object: &Object) -> Option<&Object> {
        let mut parts = object.parts.iter().filter_map(|&part| self.object(part));
        parts.find(|part| part.part == Some(Part::Pipe))
    }
}

/// Returns each of several once, in order.
pub(super) fn once_each(all: impl Iterator<Item = ActorId>) -> Vec<ActorId> {
    let mut seen = std::collections::BTreeSet::new();
    all.filter(|&id| seen.insert(id)).collect()
}
