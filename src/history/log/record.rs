//! A record: an event in a few bytes that are soon written.
//!
//! Its head is one number: its length, its kind, how long each of the parts is that follow, and
//! those parts, each only as long as it has to be. Then come the fields of its kind in their packed
//! form. What does not fit is no record: the event stands aside, whole.

use crate::event::wire::{Reader, Writer};
use crate::event::{ActorId, Event, Kind, Span, Tag, Time};

/// A record has at most so many bytes, so that its length takes one of them.
pub(super) const MAX: usize = u8::MAX as usize;
/// The most bytes of a head.
pub(super) const HEAD_MAX: usize = 16;

/// The parts of a head that have one place, from the lowest bit on: where each begins. The length
/// stands first, so that it is the first byte.
const TAG_AT: u32 = 8;
const WIDTHS_AT: u32 = 16;
const PARTS_AT: u32 = 24;

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

    fn actor(self) -> u32 {
        u32::from(self.0 & 3) + 1
    }

    fn seq(self) -> u32 {
        u32::from(self.0 >> 2 & 3) + 1
    }

    fn since(self) -> u32 {
        u32::from(self.0 >> 4 & 7) + 1
    }

    fn line(self) -> u32 {
        u32::from(self.0 >> 7) * 2
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
    let mut head = (event.kind.tag() as u128) << TAG_AT | u128::from(widths.0) << WIDTHS_AT;
    let mut at = PARTS_AT;
    let mut add = |part: u64, width: u32| {
        head |= u128::from(part).checked_shl(at).unwrap_or(0);
        at += 8 * width;
    };
    add(event.actor.0.into(), widths.actor());
    add(since, widths.since());
    add(event.seq.into(), widths.seq());
    add(line.into(), widths.line());
    let head_len = at as usize / 8;
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
    let head = Head::of(record);
    Span(head.part(PARTS_AT + 8 * head.widths.actor(), head.widths.since()))
}

/// Returns what stands in the head of a record: when, about whom, and of which kind.
#[inline]
pub(super) fn outline(record: &[u8], since: Time) -> Option<(Time, ActorId, Tag)> {
    let head = Head::of(record);
    let actor_len = head.widths.actor();
    let actor = u32::try_from(head.part(PARTS_AT, actor_len)).ok()?;
    let t = since + Span(head.part(PARTS_AT + 8 * actor_len, head.widths.since()));
    Some((t, ActorId(actor), Tag::from_number(head.tag())?))
}

/// Makes an event of its record.
pub(super) fn read(record: &[u8], since: Time) -> Option<Event> {
    let head = Head::of(record);
    let mut at = PARTS_AT;
    let mut take = |width: u32| {
        let part = head.part(at, width);
        at += 8 * width;
        part
    };
    let actor = u32::try_from(take(head.widths.actor())).ok()?;
    let t = since + Span(take(head.widths.since()));
    let seq = u32::try_from(take(head.widths.seq())).ok()?;
    let line = u32::try_from(take(head.widths.line())).ok()?;
    let fields = record.get(at as usize / 8..usize::from(*record.first()?))?;
    Some(Event {
        t,
        actor: ActorId(actor),
        by: None,
        seq,
        line: Some(line).filter(|&line| line != 0),
        file: None,
        kind: Kind::read(head.tag(), &mut Reader::packed(fields))?,
    })
}

/// The head of a record, taken out.
#[derive(Clone, Copy)]
struct Head {
    bits: u128,
    widths: Widths,
}

impl Head {
    #[inline]
    fn of(record: &[u8]) -> Head {
        let bits = record.first_chunk::<HEAD_MAX>();
        let bits = bits.map_or(0, |head| u128::from_le_bytes(*head));
        Head {
            bits,
            widths: Widths(byte(bits >> WIDTHS_AT)),
        }
    }

    fn tag(self) -> u8 {
        byte(self.bits >> TAG_AT)
    }

    /// Returns the part that begins at a bit and has so many bytes, at most 8.
    #[inline]
    fn part(self, at: u32, width: u32) -> u64 {
        let shifted = self.bits.checked_shr(at).unwrap_or(0);
        let mask = (1u128 << (8 * width)) - 1;
        u64::try_from(shifted & mask).unwrap_or(u64::MAX)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is the lowest byte")]
fn byte(bits: u128) -> u8 {
    bits as u8
}
