//! A record: an event in as few bytes as are soon written.
//!
//! First its length in one byte; then, as numbers that are short when small, the time since the
//! block's, which parts it has, actor, seq, by, line, file; the number of its kind in one byte;
//! and the kind's fields in their ring form.

use crate::event::wire::{Reader, Writer};
use crate::event::{Event, Kind, Span, Time};

/// A record has at most so many bytes, so that its length takes one.
pub(super) const MAX: usize = 256;
/// The bytes of the ring form that all events have: see [`Event::write`].
const HEAD: usize = 28;
/// Where in them the kind's number stands.
const TAG_AT: usize = 26;
/// The most bytes that the shortened head takes: a time, the parts, five numbers, a kind.
const SHORT_HEAD_MAX: usize = 10 + 1 + 5 * 5 + 1;
/// The most bytes that the fields may take.
const FIELDS_MAX: usize = MAX - 1 - SHORT_HEAD_MAX;

/// Which of its parts an event has.
const HAS_BY: u8 = 1;
const HAS_LINE: u8 = 2;
const HAS_FILE: u8 = 4;
/// What the ring form writes for a part that is not there.
const NO_BY: u32 = u32::MAX;
const NO_FILE: u16 = u16::MAX;

/// Where a record is made: room for the shortened head, then the ring form, of which the fields
/// stay in their place. It is a little longer than the fields may be, so a text that had to be cut
/// shows as too long.
pub(super) struct Desk([u8; FIELDS_AT + FIELDS_MAX + 64]);

/// Where on it the fields stand.
const FIELDS_AT: usize = 1 + SHORT_HEAD_MAX;
/// Where the ring form begins.
const RING_AT: usize = FIELDS_AT - HEAD;

impl Desk {
    pub(super) fn new() -> Desk {
        Desk([0; FIELDS_AT + FIELDS_MAX + 64])
    }

    /// Makes the record of an event in a block that begins at `since`, with its length before it;
    /// `None` if the event would not come back whole, or is too long.
    #[inline]
    pub(super) fn write(&mut self, event: &Event, since: Time) -> Option<&[u8]> {
        if !comes_back_whole(event) {
            return None;
        }
        let mut writer = Writer::new(&mut self.0[RING_AT..]);
        event.write(&mut writer);
        let end = RING_AT + writer.len();
        if end - FIELDS_AT > FIELDS_MAX {
            return None;
        }
        let head = Short::of(event, since, self.0[RING_AT + TAG_AT]);
        let begin = FIELDS_AT - head.len - 1;
        self.0[begin] = u8::try_from(end - begin - 1).ok()?;
        self.0[begin + 1..FIELDS_AT].copy_from_slice(&head.bytes[..head.len]);
        Some(&self.0[begin..end])
    }
}

/// Returns whether the ring form says everything of an event, as long as its texts are short.
#[inline]
fn comes_back_whole(event: &Event) -> bool {
    // A list is cut without a sign of it where there is little room.
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
    !has_list && !reads_as_none
}

/// Makes an event of its record, given without its length.
pub(super) fn read(record: &[u8], since: Time) -> Option<Event> {
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

    let mut ring = [0; HEAD + MAX];
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

/// The shortened head of a record in the making.
struct Short {
    bytes: [u8; SHORT_HEAD_MAX],
    len: usize,
}

impl Short {
    #[inline]
    fn of(event: &Event, since: Time, tag: u8) -> Short {
        let mut short = Short {
            bytes: [0; SHORT_HEAD_MAX],
            len: 0,
        };
        let parts = [
            (HAS_BY, event.by.map(|by| by.0)),
            (HAS_LINE, event.line),
            (HAS_FILE, event.file.map(|file| file.0)),
        ];
        let has = parts.iter().filter(|(_, part)| part.is_some());
        short.number(event.t.since(since).0);
        short.byte(has.map(|(flag, _)| flag).sum());
        short.number(u64::from(event.actor.0));
        short.number(u64::from(event.seq));
        for part in parts.into_iter().filter_map(|(_, part)| part) {
            short.number(u64::from(part));
        }
        short.byte(tag);
        short
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
pub(super) struct Long<'a>(pub(super) &'a [u8]);

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

    /// Takes a number off the front.
    #[inline]
    pub(super) fn number(&mut self) -> u64 {
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
