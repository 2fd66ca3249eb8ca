//! What is missing: rings that were full, rings that were damaged, threads without a ring.
//!
//! Each is said once, as a gap of whom it is about, at the end of the cut that found it.

use super::Cuts;
use crate::channel::control::{NoRing, UNOBSERVED_MAX};
use crate::channel::source::State;
use crate::event::words::GapReason;
use crate::event::{ActorId, Event, Kind, Time};

impl Cuts {
    /// Stops reading a ring whose contents make no sense. Until its owner is gone its writer finds
    /// it full.
    pub(super) fn drop_damaged(&mut self, idx: usize) {
        let Some(source) = &mut self.sources[idx] else {
            return;
        };
        if source.state == State::Damaged {
            return;
        }
        source.state = State::Damaged;
        self.tally.damaged += 1;
        let since = source.last_t;
        let gap = Kind::Gap {
            reason: GapReason::Damaged,
            count: None,
            since,
        };
        self.gaps.push((source.actor, gap));
    }

    /// Tells what a source has lost and not told itself.
    pub(super) fn tell_lost(&mut self, idx: usize) {
        let Some(source) = &mut self.sources[idx] else {
            return;
        };
        let (count, since) = source.lost_untold(self.arena.header(idx));
        if count == 0 {
            return;
        }
        source.lost_told += count;
        self.tally.lost = self.tally.lost.saturating_add(count);
        let since = since.min(self.arena.now());
        let gap = Kind::Gap {
            reason: GapReason::RingFull,
            count: Some(count),
            since,
        };
        self.gaps.push((source.actor, gap));
    }

    /// Tells of threads that got no ring: the first ones by name, the others as one.
    pub(super) fn tell_unobserved(&mut self, is_last: bool) {
        let arena = self.arena.clone();
        let unobserved = &arena.control().unobserved;
        let count = arena.control().unobserved();
        while self.unobserved_told < count {
            let nth = usize::try_from(self.unobserved_told).unwrap_or(usize::MAX);
            let (actor, since) = match unobserved.actors.get(nth).map(NoRing::who) {
                Some(Some(known)) => known,
                // It is being written, or its writer was killed meanwhile.
                Some(None) if !is_last => return,
                _ => (ActorId::MPVIZ, self.last),
            };
            self.unobserved_told += 1;
            if nth >= UNOBSERVED_MAX {
                self.unobserved_told = count;
            }
            let since = since.min(arena.now());
            let gap = Kind::Gap {
                reason: GapReason::NoRing,
                count: None,
                since,
            };
            self.gaps.push((actor, gap));
        }
    }

    pub(super) fn say_gaps(&mut self, events: &mut Vec<Event>, t: Time) {
        for (actor, kind) in std::mem::take(&mut self.gaps) {
            let seq = self.next_seq();
            let by = Some(ActorId::MPVIZ);
            events.push(Event {
                t,
                actor,
                by,
                seq,
                line: None,
                file: None,
                kind,
            });
        }
    }

    pub(super) fn next_seq(&mut self) -> u32 {
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        seq
    }
}
