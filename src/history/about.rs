//! What an event is about, and the events that are about a thing.
//!
//! Each thing keeps the positions of its events in the log, in order, so the event before or after
//! any moment is a binary search. A message and a task have few, which stand in themselves.

use super::index::{NONE, narrow};
use super::search::place;
use super::store::History;
use super::thing::Thing;
use crate::event::{ActorId, MessageId, ObjectId, TaskId, Time};
use std::ops::Range;

/// The positions in the log of at most `N` events, in order; beyond the last stands [`NONE`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Few<const N: usize>([u32; N]);

impl<const N: usize> Default for Few<N> {
    fn default() -> Few<N> {
        Few([NONE; N])
    }
}

impl<const N: usize> Few<N> {
    /// Adds one. Where there is no more room it is left out: whatever happens to a message or a
    /// task once has its place, so what is left out makes no sense.
    pub(super) fn push(&mut self, position: u32) {
        if let Some(free) = self.0.iter_mut().find(|at| **at == NONE) {
            *free = position;
        }
    }

    fn all(&self) -> &[u32] {
        let len = self.0.iter().position(|&at| at == NONE).unwrap_or(N);
        &self.0[..len]
    }
}

/// Events of things.
impl History {
    /// Returns the positions in the log of the events that are about a thing, in order.
    ///
    /// A process has what it did and what was done to it (its fork, signals, its reaping); a
    /// thread what it did. An object has what was done with it; a queue also the ways of its
    /// messages through its pipe and the waits in it. A message has its put, its send and its
    /// receive; a task its submission, beginning, end and fetch.
    pub fn events_of(&self, thing: impl Into<Thing>) -> &[u32] {
        match thing.into() {
            Thing::Actor(id) => self.actor(id).map_or(&[], |actor| &actor.events),
            Thing::Object(id) => self.object(id).map_or(&[], |object| &object.events),
            Thing::Message(id) => self.message(id).map_or(&[], |message| message.events.all()),
            Thing::Task(id) => self.task(id).map_or(&[], |task| task.events.all()),
        }
    }

    /// Returns those of [`History::events_of`] that stand from one position of the log to before
    /// another.
    pub fn events_between(&self, thing: impl Into<Thing>, positions: Range<usize>) -> &[u32] {
        between(self.events_of(thing), positions)
    }

    /// Returns those of them by which an actor put, sent or got a message.
    pub fn passed_between(&self, actor: ActorId, positions: Range<usize>) -> &[u32] {
        let passed: &[u32] = self.actor(actor).map_or(&[], |actor| &actor.passed);
        between(passed, positions)
    }

    /// Returns how many of [`History::events_of`] there are up to and including `t`.
    pub fn events_until(&self, thing: impl Into<Thing>, t: Time) -> usize {
        before(self.events_of(thing), self.log.until(t))
    }

    /// Returns how many of [`History::events_of`] there are before `t`.
    pub fn events_before(&self, thing: impl Into<Thing>, t: Time) -> usize {
        match t.0.checked_sub(1) {
            Some(before) => self.events_until(thing, Time(before)),
            None => 0,
        }
    }

    /// Returns the position and the time of the first event about a thing after `t`.
    pub fn event_of_after(&self, thing: impl Into<Thing>, t: Time) -> Option<(usize, Time)> {
        let thing = thing.into();
        let at = *self.events_of(thing).get(self.events_until(thing, t))? as usize;
        Some((at, self.log.time(at)?))
    }

    /// Returns the position and the time of the last event about a thing before `t`.
    pub fn event_of_before(&self, thing: impl Into<Thing>, t: Time) -> Option<(usize, Time)> {
        let thing = thing.into();
        let before = self.events_before(thing, t);
        let at = self.events_of(thing)[..before].last().copied()? as usize;
        Some((at, self.log.time(at)?))
    }

    /// Returns since when a thing is known; `None` for one that nobody knows.
    pub fn known_since(&self, thing: Thing) -> Option<Time> {
        match thing {
            Thing::Actor(ActorId::MPVIZ) => Some(Time::ZERO),
            Thing::Actor(id) => self.actor(id).map(|actor| actor.known),
            Thing::Object(id) => self.object(id).map(|object| object.created),
            Thing::Message(id) => self.message(id).map(|message| message.known),
            Thing::Task(id) => self.task(id).map(|task| task.submitted),
        }
    }
}

/// What the fold says of an event at a position: which things it is about.
impl History {
    #[inline]
    pub(super) fn note_actor(&mut self, id: ActorId, position: u32) {
        if let Some(who) = self.actor_index.get(id.0) {
            push_once(&mut self.actors[who].events, position);
        }
    }

    #[inline]
    pub(super) fn note_object(&mut self, id: ObjectId, position: u32) {
        if let Some(at) = self.object_index.get(id.0) {
            push_once(&mut self.objects[at].events, position);
        }
    }

    /// Notes an event of an object that is also one of the queue that it is a part of.
    #[inline]
    pub(super) fn note_with_queue(&mut self, id: ObjectId, position: u32) {
        let Some(at) = self.object_index.get(id.0) else {
            return;
        };
        push_once(&mut self.objects[at].events, position);
        let whole = self.objects[at].part_of;
        if let Some(whole) = whole.and_then(|whole| self.object_index.get(whole.0))
            && self.objects[whole].is_queue()
        {
            push_once(&mut self.objects[whole].events, position);
        }
    }

    #[inline]
    pub(super) fn note_message(&mut self, id: MessageId, position: u32) {
        if let Some(at) = self.message_position(id) {
            self.messages[at].events.push(position);
        }
    }

    pub(super) fn note_task(&mut self, id: TaskId, position: u32) {
        if let Some(at) = self.task_index.get(id.0) {
            self.tasks[at].events.push(position);
        }
    }
}

/// Returns how many positions are before one.
fn before(positions: &[u32], end: usize) -> usize {
    let last = end.checked_sub(1);
    last.map_or(0, |last| place(positions, narrow(last)))
}

/// Returns those of some positions that stand in a range.
fn between(positions: &[u32], range: Range<usize>) -> &[u32] {
    let (first, end) = (before(positions, range.start), before(positions, range.end));
    positions.get(first..end).unwrap_or_default()
}

#[inline]
fn push_once(events: &mut Vec<u32>, position: u32) {
    if events.last() != Some(&position) {
        events.push(position);
    }
}
