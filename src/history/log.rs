//! The log: every event in order, in little memory.
//!
//! An event is wide, and memory that was never touched before is dear: storing events as they are
//! took three times as long as the rest of the fold. So an event stands here in about 20 bytes:
//! what all have as numbers that are short when small, then the fields in their ring form. Every
//! [`BLOCK`] events a block begins, with a time and a place, so any event is found in a few steps.
//! Events that the ring form might cut (a long text, a list, an unknown kind) stand aside, whole.
//!
//! Invariant: times do not go back, and what comes out is equal to what went in.

use super::index::narrow;
use crate::event::wire::{Reader, Writer};
use crate::event::{Event, Kind, Span, Time};
use std::iter::FusedIterator;
use std::ops::Range;

/// How many bytes a chunk has.
const CHUNK: usize = 1 << 16;
/// How many events a block has.
const BLOCK: usize = 16;
/// The bytes of the ring form that all events have: see [`Event::write`].
const HEAD: usize = 28;
/// Where in them the kind's number stands.
const TAG_AT: usize = 26;
/// A record is shorter, so that its length takes one byte; what is longer stands aside.
const RECORD_MAX: usize = 256;
/// The most bytes that the shortened head may take.
const SHORT_HEAD_MAX: usize = 10 + 1 + 5 * 5 + 1;
/// The most bytes that the fields may take. It leaves room to see that a text was cut.
const FIELDS_MAX: usize = RECORD_MAX - SHORT_HEAD_MAX - 1;

/// Which of its parts an event has.
const HAS_BY: u8 = 1;
const HAS_LINE: u8 = 2;
const HAS_FILE: u8 = 4;
/// What the ring form writes for a part that is not there.
const NO_BY: u32 = u32::MAX;
const NO_FILE: u16 = u16::MAX;

/// Every event of a run, in order.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Log {
    len: usize,
    blocks: Vec<Block>,
    /// A record per event: a byte of length, then so many bytes; a length of 0 stands for an event
    /// that is aside. A chunk never grows beyond its capacity, so nothing is copied.
    chunks: Vec<Vec<u8>>,
    /// Events that stand aside, by position.
    aside: Vec<(usize, Event)>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Block {
    /// The time of its first event, which its records count from.
    t: Time,
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

    /// Returns how many events there are up to and including `t`.
    pub fn until(&self, t: Time) -> usize {
        let later = self.blocks.partition_point(|block| block.t <= t);
        let Some(places) = later.checked_sub(1).and_then(|block| self.places(block)) else {
            return 0;
        };
        let first = places.block * BLOCK;
        let end = self.len.min(first + BLOCK);
        (first..end)
            .find(|&position| self.time_at(&places, position) > t)
            .unwrap_or(end)
    }

    /// Appends an event. The fold alone calls this, with times that do not go back.
    #[inline]
    pub(super) fn push(&mut self, event: &Event) {
        if self.len.is_multiple_of(BLOCK) {
            self.begin_block(event.t);
        }
        let mut ring = [0; HEAD + RECORD_MAX];
        match Self::fields(event, &mut ring) {
            Some(fields) => self.push_record(event, ring[TAG_AT], &ring[fields]),
            None => {
                self.append(&[0]);
                self.aside.push((self.len, event.clone()));
            }
        }
        self.len += 1;
    }

    /// Begins a block, in a new chunk if the last has no room for the longest.
    fn begin_block(&mut self, t: Time) {
        let used = self.chunks.last().map_or(CHUNK, Vec::len);
        if used + BLOCK * RECORD_MAX > CHUNK {
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        self.blocks.push(Block {
            t,
            chunk: narrow(self.chunks.len() - 1),
            at: narrow(self.chunks.last().map_or(0, Vec::len)),
        });
    }

    #[inline]
    fn append(&mut self, bytes: &[u8]) {
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.extend_from_slice(bytes);
        }
    }

    /// Writes an event in its ring form, and returns where its fields stand in it; `None` if it
    /// would not come back whole.
    #[inline]
    fn fields(event: &Event, ring: &mut [u8]) -> Option<Range<usize>> {
        let has_list = matches!(
            event.kind,
            Kind::RunStarted { .. }
                | Kind::ProcessExec { .. }
                | Kind::EndsSampled { .. }
                | Kind::Unknown(_)
        );
        let reads_as_none = event.by.is_some_and(|by| by.0 == NO_BY)
            || event.line == Some(0)
            || event
                .file
                .is_some_and(|file| file.0 >= u32::from(NO_FILE) - 1);
        if has_list || reads_as_none {
            return None;
        }
        let mut writer = Writer::new(ring);
        event.write(&mut writer);
        // A text that was cut fills the buffer.
        (writer.len() <= HEAD + FIELDS_MAX).then(|| HEAD..writer.len())
    }

    #[inline]
    fn push_record(&mut self, event: &Event, tag: u8, fields: &[u8]) {
        let since = self.blocks.last().map_or(Time::ZERO, |block| block.t);
        let mut short = Short::new();
        short.number(event.t.since(since).0);
        let flags = if event.by.is_some() { HAS_BY } else { 0 }
            | if event.line.is_some() { HAS_LINE } else { 0 }
            | if event.file.is_some() { HAS_FILE } else { 0 };
        short.byte(flags);
        short.number(u64::from(event.actor.0));
        short.number(u64::from(event.seq));
        for part in [
            event.by.map(|by| by.0),
            event.line,
            event.file.map(|file| file.0),
        ]
        .into_iter()
        .flatten()
        {
            short.number(u64::from(part));
        }
        short.byte(tag);
        // FIELDS_MAX keeps the sum below 256.
        let len = u8::try_from(short.len + fields.len()).unwrap_or(0);
        self.append(&[len]);
        self.append(&short.bytes[..short.len]);
        self.append(fields);
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
            at += 1 + chunk.get(at as usize).map_or(0, |&len| u32::from(len));
        }
        Some(places)
    }

    fn time_at(&self, places: &Places, position: usize) -> Time {
        let record = self.record(places, position);
        match record.is_empty() {
            true => self.aside_at(position).map_or(Time::ZERO, |event| event.t),
            false => self.blocks[places.block].t + Span(Long(record).number()),
        }
    }

    /// Returns the record of an event, without its length.
    fn record(&self, places: &Places, position: usize) -> &[u8] {
        let chunk = &self.chunks[self.blocks[places.block].chunk as usize];
        let at = places.at[position % BLOCK] as usize;
        &chunk[at + 1..at + 1 + usize::from(chunk[at])]
    }

    fn aside_at(&self, position: usize) -> Option<&Event> {
        let found = self.aside.binary_search_by_key(&position, |&(at, _)| at);
        found.ok().map(|found| &self.aside[found].1)
    }

    fn event_at(&self, places: &Places, position: usize) -> Option<Event> {
        let record = self.record(places, position);
        match record.is_empty() {
            true => self.aside_at(position).cloned(),
            false => read(record, self.blocks[places.block].t),
        }
    }
}

/// Makes an event of its record.
fn read(record: &[u8], since: Time) -> Option<Event> {
    let mut long = Long(record);
    let t = since + Span(long.number());
    let flags = long.byte();
    let actor = long.number_u32();
    let seq = long.number_u32();
    let mut part = |flag| (flags & flag != 0).then(|| long.number_u32());
    let by = part(HAS_BY).unwrap_or(NO_BY);
    let line = part(HAS_LINE).unwrap_or(0);
    let file = part(HAS_FILE).map_or(NO_FILE, |file| u16::try_from(file).unwrap_or(NO_FILE));
    let tag = long.byte();
    let fields = long.0;

    let mut ring = [0; HEAD + RECORD_MAX];
    let mut at = 0;
    for part in [
        &t.0.to_le_bytes()[..],
        &actor.to_le_bytes(),
        &by.to_le_bytes(),
        &seq.to_le_bytes(),
        &line.to_le_bytes(),
        &file.to_le_bytes(),
        &[tag, 0],
        fields,
    ] {
        ring[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    Event::read(&mut Reader::new(&ring[..at]))
}

/// The beginning of a record in the making.
struct Short {
    bytes: [u8; SHORT_HEAD_MAX],
    len: usize,
}

impl Short {
    fn new() -> Short {
        Short {
            bytes: [0; SHORT_HEAD_MAX],
            len: 0,
        }
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// Seven bits a byte, the lowest first; the eighth says that more follow.
    #[inline]
    fn number(&mut self, mut n: u64) {
        while n > 0x7f {
            self.byte((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        self.byte((n & 0x7f) as u8);
    }
}

/// A record that is read. We wrote it ourselves: beyond its end stand zeros.
struct Long<'a>(&'a [u8]);

impl Long<'_> {
    #[inline]
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                byte
            }
            None => 0,
        }
    }

    #[inline]
    fn number(&mut self) -> u64 {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte();
            n |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        n
    }

    #[inline]
    fn number_u32(&mut self) -> u32 {
        u32::try_from(self.number()).unwrap_or(u32::MAX)
    }
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
