//! A record: an event in a few bytes that are soon written.
//!
//! The head is one number of 16 bytes, of which each part has its bits; the fields of its kind
//! follow in their ring form. What does not fit is no record: the event stands aside, whole.

use crate::event::wire::{Reader, Writer};
use crate::event::{ActorId, Event, Kind, Span, Tag, Time};

/// A record has at most so many bytes, so that its length takes one of them.
pub(super) const MAX: usize = u8::MAX as usize;
/// The bytes of the head.
const HEAD: usize = 16;
/// A text that had to be cut fills what there was for the fields, so they may not.
const FIELDS_MAX: usize = MAX - HEAD - 1;

/// The parts of a head, from the lowest bit on: where each begins. The length stands first, so
/// that it is the first byte.
const TAG_AT: u32 = 8;
const LINE_AT: u32 = 16;
const ACTOR_AT: u32 = 32;
const SEQ_AT: u32 = 56;
const SINCE_AT: u32 = 88;

/// Writes the record of an event in a block that begins at `since` to the front of `place`, which
/// has [`MAX`] bytes, and returns its length; `None` if it would not come back whole.
#[inline]
pub(super) fn write(event: &Event, since: Time, place: &mut [u8]) -> Option<usize> {
    let line = u16::try_from(event.line.unwrap_or(0)).ok()?;
    let since = event.t.since(since).0;
    let fits = event.actor.0 >> (SEQ_AT - ACTOR_AT) == 0 && since >> (128 - SINCE_AT) == 0;
    if !fits || event.by.is_some() || event.file.is_some() || event.line == Some(0) {
        return None;
    }
    // A list is cut without a sign of it where there is little room.
    if let Kind::RunStarted { .. }
    | Kind::ProcessExec { .. }
    | Kind::EndsSampled { .. }
    | Kind::WaitListed { .. }
    | Kind::Unknown(_) = event.kind
    {
        return None;
    }
    let (head_place, fields_place) = place.get_mut(..MAX)?.split_at_mut(HEAD);
    let mut writer = Writer::new(fields_place);
    event.kind.write(&mut writer);
    if writer.len() > FIELDS_MAX {
        return None;
    }
    let len = HEAD + writer.len();
    let head = len as u128
        | (event.kind.tag() as u128) << TAG_AT
        | u128::from(line) << LINE_AT
        | u128::from(event.actor.0) << ACTOR_AT
        | u128::from(event.seq) << SEQ_AT
        | u128::from(since) << SINCE_AT;
    head_place.copy_from_slice(&head.to_le_bytes());
    Some(len)
}

/// Returns the time since its block's beginning.
pub(super) fn since(record: &[u8]) -> Span {
    Span(bits(head(record), SINCE_AT, 128))
}

/// Returns what stands in the head of a record: when, about whom, and of which kind.
#[inline]
pub(super) fn outline(record: &[u8], since: Time) -> Option<(Time, ActorId, Tag)> {
    let head = head(record);
    let number = u8::try_from(bits(head, TAG_AT, LINE_AT)).ok()?;
    let actor = u32::try_from(bits(head, ACTOR_AT, SEQ_AT)).ok()?;
    let t = since + Span(bits(head, SINCE_AT, 128));
    Some((t, ActorId(actor), Tag::from_number(number)?))
}

/// Makes an event of its record.
pub(super) fn read(record: &[u8], since: Time) -> Option<Event> {
    let head = head(record);
    let part = |from, to| u32::try_from(bits(head, from, to)).ok();
    let number = u8::try_from(bits(head, TAG_AT, LINE_AT)).ok()?;
    Some(Event {
        t: since + Span(bits(head, SINCE_AT, 128)),
        actor: ActorId(part(ACTOR_AT, SEQ_AT)?),
        by: None,
        seq: part(SEQ_AT, SINCE_AT)?,
        line: part(LINE_AT, ACTOR_AT).filter(|&line| line != 0),
        file: None,
        kind: Kind::read(number, &mut Reader::new(record.get(HEAD..)?))?,
    })
}

fn head(record: &[u8]) -> u128 {
    record
        .first_chunk::<HEAD>()
        .map_or(0, |head| u128::from_le_bytes(*head))
}

/// Returns the bits `from` to before `to` of a head, none of whose parts is wider than 64.
fn bits(head: u128, from: u32, to: u32) -> u64 {
    let shifted = head >> from;
    let mask = (1u128 << (to - from)) - 1;
    u64::try_from(shifted & mask).unwrap_or(u64::MAX)
}
