//! A record: an event in a few bytes that are soon written.
//!
//! Its head is one number: its length, its kind, how long each of the parts is that follow, and
//! those parts, each only as long as it has to be. Then come the fields of its kind in their packed
//! form. What does not fit is no record: the event stands aside, whole.

use super::Outline;
use crate::event::wire::{Reader, Writer};
use crate::event::{ActorId, Event, Kind, Span, Tag, Time};

/// A record has at most so many bytes, so that its length takes one of them.
pub(super) const MAX: usize = u8::MAX as usize;
/// The most bytes of a head.
const HEAD_MAX: usize = 16;
/// So many bytes behind the last record must be there, as a part is read together with what stands
/// behind it.
pub(super) const BEHIND: usize = HEAD_MAX + 8;

/// The parts of a head that have one place: at which byte each stands. The length is the first.
const TAG: usize = 1;
const WIDTHS: usize = 2;
/// Where the other parts begin.
const PARTS: usize = 3;

/// How many bytes each of the other parts takes, one behind the other: 1 to 4 for the actor and for
/// the count, 1 to 8 for the time since the block's beginning, none or 2 for the line.
#[derive(Clone, Copy)]
struct Widths(u8);

impl Widths {
    fn new(actor: u32, seq: u32, since: u64, line: u16) -> Widths {
        let (actor, seq) = (u64::from(actor), u64::from(seq));
        let has_line = u8::from(line != 0);
        let (actor, seq, since) = (width(actor) - 1, width(seq) - 1, width(since) - 1);
        Widths(actor | seq << 2 | since << 4 | has_line << 7)
    }

    #[inline]
    fn of(record: &[u8]) -> Widths {
        Widths(record.get(WIDTHS).copied().unwrap_or(0))
    }

    fn actor(self) -> usize {
        usize::from(self.0 & 3) + 1
    }

    fn seq(self) -> usize {
        usize::from(self.0 >> 2 & 3) + 1
    }

    fn since(self) -> usize {
        usize::from(self.0 >> 4 & 7) + 1
    }

    fn line(self) -> usize {
        usize::from(self.0 >> 7) * 2
    }
}

/// Returns how many bytes a number takes.
fn width(n: u64) -> u8 {
    let bits = u64::BITS - (n | 1).leading_zeros();
    u8::try_from(bits.div_ceil(8)).unwrap_or(8)
}

/// Writes the record of an event in a block that begins at `since` to the front of `place`, which
/// has [`MAX`] bytes, and returns its length; `None` if it would not come back whole.
#[inline]
pub(super) fn write(event: &Event, since: Time, place: &mut [u8]) -> Option<usize> {
    let line = u16::try_from(event.line.unwrap_or(0)).ok()?;
    if event.by.is_some() || event.file.is_some() || event.line == Some(0) {
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
    let since = event.t.since(since).0;
    let widths = Widths::new(event.actor.0, event.seq, since, line);
    let mut head = (event.kind.tag() as u128) << (8 * TAG) | u128::from(widths.0) << (8 * WIDTHS);
    let mut head_len = PARTS;
    let mut add = |part: u64, width: usize| {
        let bits = u32::try_from(8 * head_len).unwrap_or(u32::MAX);
        head |= u128::from(part).checked_shl(bits).unwrap_or(0);
        head_len += width;
    };
    add(event.actor.0.into(), widths.actor());
    add(since, widths.since());
    add(event.seq.into(), widths.seq());
    add(line.into(), widths.line());
    if head_len > HEAD_MAX {
        return None;
    }
    let place = place.get_mut(..MAX)?;
    // The fields overwrite what is too much of it.
    place[..HEAD_MAX].copy_from_slice(&head.to_le_bytes());
    let mut writer = Writer::packed(&mut place[head_len..]);
    event.kind.write(&mut writer);
    if writer.is_cut() {
        return None;
    }
    let len = head_len + writer.len();
    place[0] = u8::try_from(len).ok()?;
    Some(len)
}

/// Returns the time since its block's beginning. A record is given with what stands behind it.
#[inline]
pub(super) fn since(record: &[u8]) -> Span {
    let widths = Widths::of(record);
    Span(part(record, PARTS + widths.actor(), widths.since()))
}

/// Returns what can be asked of the event of a record that stands at a position, and its record at a
/// place of its chunk.
#[inline]
pub(super) fn outline(record: &[u8], since: Time, position: usize, at: u32) -> Option<Outline> {
    let widths = Widths::of(record);
    let since_at = PARTS + widths.actor();
    let fields_at = since_at + widths.since() + widths.seq() + widths.line();
    Some(Outline {
        position,
        t: since + Span(part(record, since_at, widths.since())),
        actor: ActorId(u32::try_from(part(record, PARTS, widths.actor())).ok()?),
        tag: Tag::from_number(*record.get(TAG)?)?,
        at,
        word: record.get(fields_at).copied().unwrap_or(0),
    })
}

/// Makes an event of its record.
pub(super) fn read(record: &[u8], since: Time) -> Option<Event> {
    let widths = Widths::of(record);
    let since_at = PARTS + widths.actor();
    let seq_at = since_at + widths.since();
    let line_at = seq_at + widths.seq();
    let fields_at = line_at + widths.line();
    let fields = record.get(fields_at..usize::from(*record.first()?))?;
    let line = match widths.line() {
        0 => None,
        wide => Some(u32::try_from(part(record, line_at, wide)).ok()?),
    };
    Some(Event {
        t: since + Span(part(record, since_at, widths.since())),
        actor: ActorId(u32::try_from(part(record, PARTS, widths.actor())).ok()?),
        by: None,
        seq: u32::try_from(part(record, seq_at, widths.seq())).ok()?,
        line,
        file: None,
        kind: Kind::read(*record.get(TAG)?, &mut Reader::packed(fields))?,
    })
}

/// Returns the part that begins at a byte and has so many, 1 to 8.
#[inline]
fn part(record: &[u8], at: usize, width: usize) -> u64 {
    let bytes = record.get(at..).and_then(|from| from.first_chunk::<8>());
    let all = bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes));
    all & u64::MAX >> (64 - 8 * width)
}
