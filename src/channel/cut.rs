//! Consistent cuts: how the rings of many writers become one sorted log.
//!
//! A cut takes the time `T0`, then a fence, then the set of slots, then their heads. Whatever was
//! published before `T0` is then seen. Handed on is what was stamped up to `T0`, sorted; what is
//! later waits for the next cut. An event may have been stamped before the last `T0` and published
//! after it: it is *late*, and gets that `T0` as its time, which is still not before its stamp, and
//! not after its effects, since those were stamped after it was published.
//!
//! So the log is sorted and final, and every prefix of it is consistent: no effect stands before
//! its cause. Of events of one time the late ones come first (the effects of a late one are never
//! late), then causes before effects; what one ring says stays in its order.
//!
//! What a [`voice`](super::voice) says is merged into it, by the same order; why the promises hold
//! for both together stands there.
//!
//! Not here: when to cut, which is [`super::collector`]'s.

use super::arena::Arena;
use super::collector::{Batch, Tally};
use super::ends;
use super::ring::{self, RING_SLOTS, SLOT_BYTES, SLOTS_AT};
use super::source::{Source, State};
use super::voice::{Moment, Told, Voice};
use crate::event::wire::Reader;
use crate::event::words::GapReason;
use crate::event::{ActorId, Event, Kind, Time};
use order::{Due, LATE, rank};
use std::ops::Range;
use std::sync::atomic::{Ordering, fence};

mod losses;
mod merge;
mod order;
#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod voiced;

/// Makes cuts, one after the other.
pub(super) struct Cuts {
    arena: Arena,
    /// By slot, as far as slots were ever taken.
    sources: Vec<Option<Source>>,
    /// Raw records, as many slots as `used` says: those that waited, then the new ones.
    staging: Vec<u8>,
    used: usize,
    /// Where each raw record is and when it is due.
    due: Vec<Due>,
    /// Raw records that wait for the next cut.
    waiting: Vec<u8>,
    waiting_due: Vec<Due>,
    /// Gaps to be said at the end of this cut.
    gaps: Vec<(ActorId, Kind)>,
    /// The last `T0`.
    last: Time,
    /// The collector's own count of what it says.
    seq: u32,
    /// How many threads without a ring were told of.
    unobserved_told: u64,
    /// Slots of the fullest ring at this cut.
    fullest: usize,
    live: bool,
    is_any_rotten: bool,
    tally: Tally,
    voice: Option<Box<dyn Voice>>,
}

impl Cuts {
    pub(super) fn new(arena: Arena, voice: Option<Box<dyn Voice>>) -> Cuts {
        Cuts {
            arena,
            sources: Vec::new(),
            staging: Vec::new(),
            used: 0,
            due: Vec::new(),
            waiting: Vec::new(),
            waiting_due: Vec::new(),
            gaps: Vec::new(),
            last: Time::ZERO,
            seq: 0,
            unobserved_told: 0,
            fullest: 0,
            live: true,
            is_any_rotten: false,
            tally: Tally::default(),
            voice,
        }
    }

    /// Makes a cut. The last one hands on everything that it finds, and what is left to tell.
    pub(super) fn cut(&mut self, is_last: bool) -> Batch {
        self.take_up_waiting();
        let cut = self.arena.now();
        // Forbids that slots and heads are read before the clock: an event that was published
        // before `cut` must be seen.
        fence(Ordering::SeqCst);
        self.fullest = 0;
        let arena = self.arena.clone();
        for idx in arena.ready() {
            if let Some(copied) = self.copy_out(idx) {
                // Whatever was copied was stamped before this.
                let bound = arena.now();
                self.find_records(idx, copied, bound);
            }
        }
        let horizon = if is_last { arena.now() } else { cut };
        let mut events = self.hand_on(horizon);
        self.listen(horizon, is_last, &mut events);
        self.tell_unobserved(is_last);
        self.free_ended();
        if is_last {
            for idx in 0..self.sources.len() {
                self.tell_lost(idx);
            }
        }
        self.say_gaps(&mut events, horizon);
        self.last = horizon;
        self.tally.cuts += 1;
        self.tally.events += events.len() as u64;
        Batch { events, horizon }
    }

    /// Returns whether nothing waits for the next cut.
    pub(super) fn is_settled(&self) -> bool {
        self.waiting_due.is_empty()
    }

    /// Returns whether a ring has something, or a slot was given back, since the last cut.
    pub(super) fn is_anything_new(&self) -> bool {
        self.arena.ready().any(|idx| {
            let header = self.arena.header(idx);
            match self.sources.get(idx) {
                Some(Some(source)) => source.has_news(header),
                _ => ends::published(&header.written.head) != 0,
            }
        })
    }

    /// Gives memory back that only a burst needed.
    pub(super) fn shrink(&mut self) {
        if self.is_settled() && self.staging.len() > 1 << 20 {
            self.staging = Vec::new();
            self.due = Vec::new();
            self.waiting = Vec::new();
        }
    }

    /// Returns how many slots the fullest ring had at the last cut.
    pub(super) fn fullest(&self) -> usize {
        self.fullest
    }

    /// Returns whether the run has not ended yet.
    pub(super) fn is_live(&self) -> bool {
        self.live
    }

    /// Returns whether somebody speaks who does not ring the bell.
    pub(super) fn is_listening(&self) -> bool {
        self.voice.is_some() && self.live
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    fn take_up_waiting(&mut self) {
        self.due.clear();
        self.due.append(&mut self.waiting_due);
        self.used = self.waiting.len() / SLOT_BYTES;
        self.make_room(0);
        self.staging[..self.waiting.len()].copy_from_slice(&self.waiting);
        self.waiting.clear();
    }

    fn make_room(&mut self, slots: usize) {
        let bytes = (self.used + slots) * SLOT_BYTES;
        if self.staging.len() < bytes {
            self.staging.resize(bytes.next_power_of_two(), 0);
        }
    }

    /// Copies what a ring has into `staging`, and gives its slots back to the writer. Returns which
    /// slots of `staging` it fills; `None` if there is nothing, or nothing that makes sense.
    fn copy_out(&mut self, idx: usize) -> Option<Range<usize>> {
        if self.sources.len() <= idx {
            self.sources.resize_with(idx + 1, || None);
        }
        let header = self.arena.header(idx);
        let source = self.sources[idx].get_or_insert_with(|| Source::new(header));
        let head = ends::published(&header.written.head);
        let tail = source.tail;
        if head == tail || source.state == State::Damaged {
            return None;
        }
        let slots = usize::try_from(head.wrapping_sub(tail)).unwrap_or(usize::MAX);
        if slots > RING_SLOTS {
            self.drop_damaged(idx);
            return None;
        }
        source.tail = head;
        self.fullest = self.fullest.max(slots);
        self.make_room(slots);
        let copied = self.used..self.used + slots;
        self.used = copied.end;
        let place = &mut self.staging[copied.start * SLOT_BYTES..copied.end * SLOT_BYTES];
        ring::copy_out(self.arena.ring(idx), tail, place);
        ends::give_back(&self.arena.header(idx).read.tail, head);
        Some(copied)
    }

    /// Finds the records of one source in its part of `staging`.
    fn find_records(&mut self, idx: usize, copied: Range<usize>, bound: Time) {
        let Some(source) = &mut self.sources[idx] else {
            return;
        };
        let mut at = copied.start;
        while at < copied.end {
            let record = &self.staging[at * SLOT_BYTES..(at + 1) * SLOT_BYTES];
            let slots = usize::from(record[SLOTS_AT]);
            let t = u64::from_le_bytes(*record.first_chunk().unwrap_or(&[0; 8]));
            if slots == 0 || slots > copied.end - at || t > bound.0 {
                self.drop_damaged(idx);
                return;
            }
            let mut rank = rank(record);
            let t = if t < self.last.0 {
                self.tally.late += 1;
                rank = LATE;
                self.last.0
            } else {
                t
            };
            // What one ring says stays in its order, also at one time.
            if t <= source.last_t.0 {
                rank = rank.max(source.last_rank);
            }
            let t = t.max(source.last_t.0);
            (source.last_t, source.last_rank) = (Time(t), rank);
            self.due.push(Due::new(t, rank, at, idx));
            at += slots;
        }
    }

    /// Decodes what is due up to `cut`, in order, and lets the rest wait.
    fn hand_on(&mut self, cut: Time) -> Vec<Event> {
        let mut due = std::mem::take(&mut self.due);
        // Stable, though all are different: that one finds what is sorted already, and merges.
        due.sort_by_key(Due::key);
        let now = due.partition_point(|due| due.t <= cut.0);
        // Room for what is said at the end, too.
        let mut events: Vec<Event> = Vec::with_capacity(now + usize::from(now > 0) * 2);
        // Each is decoded where it stays, in places made a few at a time while they are in the
        // cache: an event made elsewhere and pushed costs 20 ns more.
        let mut count = 0;
        for due in due[..now].chunks(32) {
            events.resize_with(count + due.len(), Event::empty);
            for &due in due {
                count += usize::from(self.decode(due, &mut events[count]));
            }
        }
        events.truncate(count);
        for &due in &due[now..] {
            let begin = due.at() * SLOT_BYTES;
            let slots = usize::from(self.staging[begin + SLOTS_AT]);
            let at = self.waiting.len() / SLOT_BYTES;
            self.waiting
                .extend_from_slice(&self.staging[begin..begin + slots * SLOT_BYTES]);
            self.waiting_due
                .push(Due::new(due.t, due.rank(), at, due.source()));
        }
        self.due = due;
        events
    }

    /// Decodes what is due into an empty event. Returns whether it made sense.
    #[inline]
    fn decode(&mut self, due: Due, event: &mut Event) -> bool {
        if self.is_any_rotten && self.is_rotten(due.source()) {
            return false;
        }
        let begin = due.at() * SLOT_BYTES;
        let slots = usize::from(self.staging[begin + SLOTS_AT]);
        let record = &self.staging[begin..begin + slots * SLOT_BYTES];
        if event.read_into(&mut Reader::new(record)).is_none() {
            self.find_rotten(due.source());
            return false;
        }
        event.t = Time(due.t);
        if matters_here(&event.kind) {
            self.take_note(due.source(), event);
        }
        true
    }

    /// Adds what the voice says.
    fn listen(&mut self, horizon: Time, is_last: bool, events: &mut Vec<Event>) {
        let last = self.last;
        let Some(voice) = &mut self.voice else {
            return;
        };
        let mut told = Told::default();
        let moment = Moment {
            last,
            horizon,
            is_last,
        };
        voice.speak(moment, &mut told);
        for event in &mut told.events {
            if event.by == Some(ActorId::MPVIZ) {
                event.seq = self.next_seq();
            }
            match event.kind {
                Kind::ProcessReaped { child, .. } => self.end(|source| source.process == child),
                Kind::Gap { count, .. } => {
                    self.tally.lost = self.tally.lost.saturating_add(count.unwrap_or(0));
                }
                _ => {}
            }
        }
        merge::merge(events, told, last);
    }

    /// Ends a source of which a record could not be decoded.
    #[cold]
    fn find_rotten(&mut self, idx: usize) {
        self.drop_damaged(idx);
        self.is_any_rotten = true;
        if let Some(source) = &mut self.sources[idx] {
            source.is_rotten = true;
        }
    }

    fn is_rotten(&self, idx: usize) -> bool {
        self.sources[idx]
            .as_ref()
            .is_some_and(|source| source.is_rotten)
    }

    /// Notes what an event means for the channel itself.
    #[cold]
    fn take_note(&mut self, idx: usize, event: &mut Event) {
        match event.kind {
            Kind::ThreadEnded {} => self.end(|source| source.actor == event.actor),
            Kind::ProcessReaped { child, .. } => self.end(|source| source.process == child),
            Kind::Gap {
                reason: GapReason::RingFull,
                count,
                ..
            } => {
                // The writer wrote it in the collector's name.
                event.seq = self.next_seq();
                let count = count.unwrap_or(0);
                self.tally.lost = self.tally.lost.saturating_add(count);
                if let Some(source) = &mut self.sources[idx] {
                    source.lost_told = source.lost_told.saturating_add(count);
                }
            }
            Kind::RunEnded { .. } => self.live = false,
            _ => {}
        }
    }

    fn end(&mut self, is_owner: impl Fn(&Source) -> bool) {
        for source in self.sources.iter_mut().flatten() {
            if is_owner(source) {
                source.is_ended = true;
            }
        }
    }

    /// Frees the slots whose owners are gone and that are drained.
    fn free_ended(&mut self) {
        let arena = self.arena.clone();
        for idx in 0..self.sources.len() {
            let header = arena.header(idx);
            let Some(source) = &mut self.sources[idx] else {
                continue;
            };
            if source.is_free(header) {
                self.tell_lost(idx);
                Source::clear(header);
                self.sources[idx] = None;
                arena.control().ready.remove(idx);
                arena.control().taken.remove(idx);
            }
        }
    }
}

#[inline]
fn matters_here(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::ThreadEnded {}
            | Kind::ProcessReaped { .. }
            | Kind::Gap { .. }
            | Kind::RunEnded { .. }
    )
}
