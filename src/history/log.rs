//! The log: every event in order, in little memory.
//!
//! An event is wide, and memory that was never touched before is dear: storing events as they are
//! took three times as long as the rest of the fold. So an event stands here in about 15 bytes
//! (`record`). Every `BLOCK` events a block begins, with a time and a place, so any event is
//! found in a few steps. What no record can say whole (a long text, a list, an unknown kind) stands
//! aside.
//!
//! Invariant: times do not go back, and what comes out is equal to what went in.

mod record;

use super::index::narrow;
use super::search::place;
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Event, Kind, Tag, Time};
use std::iter::FusedIterator;
use std::ops::Range;

/// How many bytes a chunk has.
const CHUNK: usize = 1 << 16;
/// How many events a block has.
const BLOCK: usize = 16;
/// Every event of a run, in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Log {
    len: usize,
    /// The time of the first event of each block, which its records count from.
    starts: Vec<Time>,
    blocks: Vec<Block>,
    /// A record per event, or a byte 0 for one that is aside. Records stand in chunks of one
    /// length, so nothing is ever copied.
    chunks: Vec<Box<[u8]>>,
    /// How many bytes of the last chunk are used.
    used: usize,
    /// Events that stand aside, by position.
    aside: Vec<(usize, Event)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Block {
    /// The chunk that its records are in.
    chunk: u32,
    /// Where in it the first one begins.
    at: u32,
}

/// Events of a log, in order. They are made as they are asked for.
#[derive(Clone, Debug)]
pub struct Events<'a> {
    log: &'a Log,
    next: usize,
    end: usize,
    /// Where the records of a block begin: of the block that `next` is in, and of that of `end`.
    front: Option<Places>,
    back: Option<Places>,
}

/// Where each record of a block begins in its chunk.
#[derive(Clone, Copy, Debug)]
struct Places {
    block: usize,
    at: [u32; BLOCK],
}

/// What can be asked of an event of the log without making it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outline {
    /// Where it stands in the log.
    pub position: usize,
    /// When.
    pub t: Time,
    /// Whom it is about.
    pub actor: ActorId,
    /// Of which kind it is.
    pub tag: Tag,
    /// Where its record begins in the chunk of its block.
    at: u32,
    /// The first byte of its fields.
    word: u8,
}

impl Outline {
    fn of(event: &Event, position: usize, at: u32) -> Outline {
        Outline {
            position,
            t: event.t,
            actor: event.actor,
            tag: event.kind.tag(),
            at,
            word: match event.kind {
                Kind::Blocked { operation, .. } => operation as u8,
                Kind::Unblocked { outcome, .. } => outcome as u8,
                _ => 0,
            },
        }
    }

    /// Returns the operation of a wait that begins; `None` for other events.
    pub fn operation(&self) -> Option<Operation> {
        let operation = Operation::ALL.get(usize::from(self.word)).copied();
        operation.filter(|_| self.tag == Tag::Blocked)
    }

    /// Returns how a wait ended; `None` for other events.
    pub fn outcome(&self) -> Option<Outcome> {
        let outcome = Outcome::ALL.get(usize::from(self.word)).copied();
        outcome.filter(|_| self.tag == Tag::Unblocked)
    }
}

impl Log {
    /// Returns how many events there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the event at a position.
    pub fn get(&self, position: usize) -> Option<Event> {
        self.range(position..position.saturating_add(1)).next()
    }

    /// Returns the time of the event at a position.
    pub fn time(&self, position: usize) -> Option<Time> {
        let places = self.places(position / BLOCK)?;
        (position < self.len).then(|| self.time_at(&places, position))
    }

    /// Returns all events in order.
    pub fn iter(&self) -> Events<'_> {
        self.range(0..self.len)
    }

    /// Returns the events at a range of positions, as far as there are.
    pub fn range(&self, range: Range<usize>) -> Events<'_> {
        let end = range.end.min(self.len);
        Events {
            log: self,
            next: range.start.min(end),
            end,
            front: None,
            back: None,
        }
    }

    /// Returns the outlines of the last `most` events before position `end`, the last one first:
    /// what can be asked of an event without making it. [`Log::event`] makes it.
    pub fn outlines_before(&self, end: usize, most: usize) -> impl Iterator<Item = Outline> {
        let end = end.min(self.len);
        self.outlines(end.saturating_sub(most)..end).rev()
    }

    /// Returns the outlines of the events at a range of positions, as far as there are.
    pub fn outlines(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = Outline> {
        let mut known = None;
        let end = range.end.min(self.len);
        (range.start..end).filter_map(move |position| {
            let places = Events::places(self, &mut known, position)?;
            let at = places.at[position % BLOCK];
            let record = self.record(&places, position);
            match record.is_empty() {
                true => Some(Outline::of(self.aside_at(position)?, position, at)),
                false => record::outline(record, self.starts[places.block], position, at),
            }
        })
    }

    /// Returns the outline of the event at a position.
    pub fn outline(&self, position: usize) -> Option<Outline> {
        let end = position.checked_add(1).filter(|&end| end <= self.len)?;
        self.outlines_before(end, 1).next()
    }

    /// Returns the event of an outline, which is of this log.
    pub fn event(&self, outline: &Outline) -> Option<Event> {
        let block = self.blocks.get(outline.position / BLOCK)?;
        let record = record_at(&self.chunks[block.chunk as usize], outline.at);
        match record.is_empty() {
            true => self.aside_at(outline.position).cloned(),
            false => record::read(record, self.starts[outline.position / BLOCK]),
        }
    }

    /// Returns how many events there are up to and including `t`.
    pub fn until(&self, t: Time) -> usize {
        let later = place(&self.starts, t);
        let Some(places) = later.checked_sub(1).and_then(|block| self.places(block)) else {
            return 0;
        };
        let first = places.block * BLOCK;
        let (mut low, mut high) = (first, self.len.min(first + BLOCK));
        while low < high {
            let middle = low.midpoint(high);
            match self.time_at(&places, middle) <= t {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// Appends an event. The fold alone calls this, with times that do not go back.
    #[inline]
    pub(super) fn push(&mut self, event: &Event) {
        if self.len.is_multiple_of(BLOCK) {
            self.begin_block(event.t);
        }
        let since = self.starts.last().copied().unwrap_or(event.t);
        let place = self
            .chunks
            .last_mut()
            .map_or(&mut [][..], |chunk| &mut chunk[self.used..]);
        match record::write(event, since, place) {
            Some(len) => self.used += len,
            None => {
                // What was written there is not part of anything.
                place[0] = 0;
                self.used += 1;
                self.aside.push((self.len, event.clone()));
            }
        }
        self.len += 1;
    }

    /// Begins a block, in a new chunk if the last has no room for the longest.
    fn begin_block(&mut self, t: Time) {
        let most = BLOCK * record::MAX + record::BEHIND;
        if self.chunks.is_empty() || self.used + most > CHUNK {
            self.chunks.push(vec![0; CHUNK].into_boxed_slice());
            self.used = 0;
        }
        self.starts.push(t);
        self.blocks.push(Block {
            chunk: narrow(self.chunks.len() - 1),
            at: narrow(self.used),
        });
    }

    /// Returns where the records of a block begin.
    fn places(&self, block: usize) -> Option<Places> {
        let begin = self.blocks.get(block)?;
        let chunk = &self.chunks[begin.chunk as usize];
        let mut at = begin.at;
        let mut places = Places {
            block,
            at: [at; BLOCK],
        };
        for place in &mut places.at {
            *place = at;
            // Of one that is aside, and of the space behind the last, the length is 0.
            at += chunk
                .get(at as usize)
                .map_or(0, |&len| u32::from(len).max(1));
        }
        Some(places)
    }

    fn time_at(&self, places: &Places, position: usize) -> Time {
        let record = self.record(places, position);
        match record.is_empty() {
            true => self.aside_at(position).map_or(Time::ZERO, |event| event.t),
            false => self.starts[places.block] + record::since(record),
        }
    }

    /// Returns the record of an event and what stands behind it; empty if it stands aside.
    fn record(&self, places: &Places, position: usize) -> &[u8] {
        let chunk = &self.chunks[self.blocks[places.block].chunk as usize];
        record_at(chunk, places.at[position % BLOCK])
    }

    fn aside_at(&self, position: usize) -> Option<&Event> {
        let found = self.aside.binary_search_by_key(&position, |&(at, _)| at);
        found.ok().map(|found| &self.aside[found].1)
    }

    fn event_at(&self, places: &Places, position: usize) -> Option<Event> {
        let record = self.record(places, position);
        match record.is_empty() {
            true => self.aside_at(position).cloned(),
            false => record::read(record, self.starts[places.block]),
        }
    }
}

/// Returns the record that begins at a place with all that stands behind it; empty if its event
/// stands aside.
#[inline]
fn record_at(chunk: &[u8], at: u32) -> &[u8] {
    let from = &chunk[at as usize..];
    if from[0] == 0 { &[] } else { from }
}

impl Events<'_> {
    /// Returns where the records of a position's block begin, if they are not the known ones.
    fn places(log: &Log, known: &mut Option<Places>, position: usize) -> Option<Places> {
        let block = position / BLOCK;
        if known.is_none_or(|places| places.block != block) {
            *known = log.places(block);
        }
        *known
    }
}

impl Iterator for Events<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        if self.next >= self.end {
            return None;
        }
        let position = self.next;
        self.next += 1;
        let places = Self::places(self.log, &mut self.front, position)?;
        self.log.event_at(&places, position)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end - self.next;
        (left, Some(left))
    }

    fn nth(&mut self, n: usize) -> Option<Event> {
        self.next = self.next.saturating_add(n).min(self.end);
        self.next()
    }
}

impl DoubleEndedIterator for Events<'_> {
    fn next_back(&mut self) -> Option<Event> {
        if self.next >= self.end {
            return None;
        }
        self.end -= 1;
        let places = Self::places(self.log, &mut self.back, self.end)?;
        self.log.event_at(&places, self.end)
    }
}

impl ExactSizeIterator for Events<'_> {}
impl FusedIterator for Events<'_> {}

impl<'a> IntoIterator for &'a Log {
    type Item = Event;
    type IntoIter = Events<'a>;

    fn into_iter(self) -> Events<'a> {
        self.iter()
    }
}

#[cfg(test)]
mod tests;
