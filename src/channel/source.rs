//! A source: what the collector knows of one owner of a slot.
//!
//! Everything here is the collector's own memory. What the program could scribble on, the slot's
//! header, is looked at once per question and believed only as far as it can do no harm.

use super::arena::Header;
use super::ends;
use crate::event::{ActorId, Time};
use std::sync::atomic::Ordering;

/// One owner of a slot, from the first look at it until the slot is free again.
pub(super) struct Source {
    pub(super) actor: ActorId,
    pub(super) process: ActorId,
    generation: u32,
    /// How many slots of the ring were copied out.
    pub(super) tail: u64,
    /// The time and rank of its last record.
    pub(super) last_t: Time,
    pub(super) last_rank: u8,
    /// How many lost events its own gaps have told.
    pub(super) lost_told: u64,
    pub(super) state: State,
    /// Whether even what was copied out before makes no sense.
    pub(super) is_rotten: bool,
    /// Whether the owner is gone for good.
    pub(super) is_ended: bool,
}

/// Whether a ring is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Its contents made sense so far.
    Sound,
    /// They did not, and it is not read any more.
    Damaged,
}

impl Source {
    pub(super) fn new(header: &Header) -> Source {
        Source {
            actor: ActorId(header.owner.actor.load(Ordering::Relaxed)),
            process: ActorId(header.owner.process.load(Ordering::Relaxed)),
            generation: header.owner.generation.load(Ordering::Relaxed),
            tail: 0,
            last_t: Time::ZERO,
            last_rank: 0,
            lost_told: 0,
            state: State::Sound,
            is_rotten: false,
            is_ended: false,
        }
    }

    /// Returns whether there is something to copy out, or the slot was given back.
    pub(super) fn has_news(&self, header: &Header) -> bool {
        let is_behind = ends::published(&header.written.head) != self.tail;
        (is_behind && self.state == State::Sound) || self.is_released(header)
    }

    /// Returns whether the slot can have a new owner.
    pub(super) fn is_free(&self, header: &Header) -> bool {
        if self.is_released(header) {
            return true;
        }
        let is_drained = || ends::published(&header.written.head) == self.tail;
        self.is_ended && (self.state == State::Damaged || is_drained())
    }

    fn is_released(&self, header: &Header) -> bool {
        // Pairs with the Release in `Arena::release`.
        let released = header.owner.released.load(Ordering::Acquire);
        released == self.generation.wrapping_add(1)
    }

    /// Returns how many events were lost and not told, and since when.
    pub(super) fn lost_untold(&self, header: &Header) -> (u64, Time) {
        // Pairs with the Release in the writer: `lost_since` is there.
        let lost = header.written.lost.load(Ordering::Acquire);
        let since = Time(header.written.lost_since.load(Ordering::Relaxed));
        (lost.saturating_sub(self.lost_told), since)
    }

    /// Makes a header ready for the next owner. Who holds the old generation's slot is refused.
    pub(super) fn clear(header: &Header) {
        header.written.head.store(0, Ordering::Relaxed);
        header.written.lost.store(0, Ordering::Relaxed);
        header.written.lost_since.store(0, Ordering::Relaxed);
        header.read.tail.store(0, Ordering::Relaxed);
        // `Release` comes with the slot's removal from the set of taken ones.
        header.owner.generation.fetch_add(1, Ordering::Relaxed);
    }
}
