//! A ring: how an event gets from the thread that says it into shared memory.
//!
//! One writer, one reader (the collector), no lock, no system call unless the collector sleeps.
//! A ring is `RING_SLOTS` slots of 64 bytes. A record is an event in its ring form
//! ([`crate::event::wire`]) in 1 to 255 consecutive slots, modulo the ring's size; byte
//! `SLOTS_AT` of its first slot says how many. It is published by the head, which is stored after
//! its bytes: a writer that is killed in the middle has published nothing, and what it published
//! before is whole.
//!
//! A full ring never blocks the program: the event is counted, and the next one that fits has a
//! [`Kind::Gap`] before it that tells the count. What nobody can tell any more, the collector
//! reads from the shared count when the owner is gone.
#![expect(
    unsafe_code,
    reason = "raw copies into shared memory, on the way of every event"
)]

use super::arena::{Arena, Header, Slot};
use super::clock;
use super::control::{ARMED, Control, QUIET};
use super::ends;
use super::futex;
use crate::event::kind::{Head, WIRE_MAX};
use crate::event::wire::Writer;
use crate::event::words::GapReason;
use crate::event::{ActorId, FileId, Kind, Time};
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

/// How many bytes a slot of a ring has.
pub(super) const SLOT_BYTES: usize = 64;
/// How many slots a ring has.
pub(super) const RING_SLOTS: usize = 4096;
/// How many bytes a ring has.
pub(super) const RING_BYTES: usize = RING_SLOTS * SLOT_BYTES;
/// How many slots a record has at most.
const RECORD_SLOTS: usize = WIRE_MAX / SLOT_BYTES;
/// The byte of a record that says how many slots it has.
pub(super) const SLOTS_AT: usize = 27;

const _: () = assert!(
    WIRE_MAX.is_multiple_of(SLOT_BYTES) && RECORD_SLOTS <= 255 && RING_SLOTS.is_power_of_two()
);

/// What became of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "an output that was not written must reach the terminal in another way"]
pub enum Published {
    /// It is in the ring.
    Written,
    /// The ring is full. The event is counted as lost.
    Full,
}

/// The writing end of a ring. It belongs to the thread that owns the slot.
///
/// After a fork the child has a copy that it must not use: see [`super::ForkWord`].
pub struct RingWriter {
    /// In the arena's memory, which `arena` keeps mapped.
    ring: NonNull<u8>,
    header: NonNull<Header>,
    control: NonNull<Control>,
    origin: u64,
    /// The slots published; the shared one is written and never read.
    head: u64,
    /// The collector's tail as it was when the ring last seemed full.
    tail: u64,
    owner: ActorId,
    seq: u32,
    /// The last stamp that was taken of the clock.
    last: Time,
    /// Events lost since the last gap, and since when.
    lost: u64,
    lost_since: Time,
    lost_ever: u64,
    /// Where a record is written that has no place in the ring yet.
    record: Box<[u8; WIRE_MAX]>,
    arena: Arena,
}

// SAFETY: the addresses are of the arena's memory, which `arena` keeps mapped in every thread.
unsafe impl Send for RingWriter {}

impl RingWriter {
    pub(super) fn new(arena: Arena, slot: Slot) -> RingWriter {
        let idx = slot.idx as usize;
        let header = arena.header(idx);
        // The last owner's thread is gone, and the collector has drained what it left.
        let head = ends::published(&header.written.head);
        let tail = ends::given_back(&header.read.tail);
        RingWriter {
            ring: arena.ring(idx),
            header: NonNull::from(header),
            control: NonNull::from(arena.control()),
            origin: arena.origin(),
            head,
            tail,
            owner: ActorId(header.owner.actor.load(Ordering::Relaxed)),
            seq: 0,
            last: Time::ZERO,
            lost: 0,
            lost_since: Time::ZERO,
            lost_ever: 0,
            record: Box::new([0; WIRE_MAX]),
            arena,
        }
    }

    /// Returns the actor whose ring it is.
    pub fn owner(&self) -> ActorId {
        self.owner
    }

    /// Returns the arena that the ring is in.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// Returns the time of the run.
    #[inline]
    pub fn now(&self) -> Time {
        Time(clock::monotonic().saturating_sub(self.origin))
    }

    /// Publishes an event, stamped now. Its `seq` is this writer's count, lost events included.
    #[inline]
    pub fn publish(
        &mut self,
        actor: ActorId,
        by: Option<ActorId>,
        line: Option<u32>,
        file: Option<FileId>,
        kind: &Kind,
    ) -> Published {
        let t = self.stamp();
        self.publish_at(t, actor, by, line, file, kind)
    }

    /// Returns the time of the run, and keeps it for [`RingWriter::last_stamp`].
    #[inline]
    pub fn stamp(&mut self) -> Time {
        self.last = self.now();
        self.last
    }

    /// Returns the last [`RingWriter::stamp`].
    #[inline]
    pub fn last_stamp(&self) -> Time {
        self.last
    }

    /// Returns how many events were said, lost ones included.
    pub fn said(&self) -> u32 {
        self.seq
    }

    /// Publishes an event with a stamp that was taken before; not before that of the last one.
    #[inline]
    pub fn publish_at(
        &mut self,
        t: Time,
        actor: ActorId,
        by: Option<ActorId>,
        line: Option<u32>,
        file: Option<FileId>,
        kind: &Kind,
    ) -> Published {
        let seq = self.seq;
        self.seq = seq.wrapping_add(1);
        let head = Head {
            t,
            actor,
            by,
            seq,
            line,
            file,
        };
        // Room for the longest record, and nothing to tell before it.
        if self.lost != 0 || self.free_in_a_row() < RECORD_SLOTS {
            return self.publish_hard(kind, head);
        }
        let at = place_of(self.head);
        let record = self.record_at(at);
        let mut w = Writer::new(record);
        head.write(&mut w, kind);
        let slots = w.len().div_ceil(SLOT_BYTES);
        // The lowest byte; there is no other.
        record[SLOTS_AT] = slots.to_le_bytes()[0];
        self.publish_slots(slots);
        Published::Written
    }

    /// Returns how many slots are free for certain, from the head to the ring's end at most.
    #[inline]
    fn free_in_a_row(&self) -> usize {
        self.free()
            .min(RING_SLOTS - place_of(self.head) / SLOT_BYTES)
    }

    /// Returns the place of a record of any length in the ring. There are as many free slots.
    #[inline]
    fn record_at(&mut self, at: usize) -> &mut [u8; WIRE_MAX] {
        debug_assert!(at + WIRE_MAX <= RING_BYTES);
        // SAFETY: `at` is inside the ring.
        let place = unsafe { self.ring.add(at) };
        // SAFETY: the record ends inside the ring, and its slots are free: they belong to this
        // writer alone until it publishes them, which takes `&mut self` again. They are written
        // and never read here, so a broken process that writes there too changes nothing.
        unsafe { place.cast().as_mut() }
    }

    /// Returns how many slots of 64 bytes are free, for a writer that would rather wait than lose
    /// an event.
    pub fn room(&mut self) -> usize {
        self.tail = ends::given_back(&self.header().read.tail);
        self.free()
    }

    /// Returns whether at least half of the ring is free: its reader keeps up.
    #[inline]
    pub fn is_calm(&mut self) -> bool {
        self.free() >= RING_SLOTS / 2 || self.room() >= RING_SLOTS / 2
    }

    /// Returns how many slots are free for certain.
    #[inline]
    fn free(&self) -> usize {
        // A tail that someone scribbled on makes it 0 or too much, never out of bounds.
        let used = usize::try_from(self.head.wrapping_sub(self.tail)).unwrap_or(usize::MAX);
        RING_SLOTS.saturating_sub(used)
    }

    /// The way of an event where the ring's end is near, or it seems full, or was full just before:
    /// it is written aside, and copied if there is room for it.
    #[cold]
    #[inline(never)]
    fn publish_hard(&mut self, kind: &Kind, head: Head) -> Published {
        let t = head.t;
        let mut w = Writer::new(&mut self.record[..]);
        head.write(&mut w, kind);
        let slots = w.len().div_ceil(SLOT_BYTES);
        self.tail = ends::given_back(&self.header().read.tail);
        let gap_slots = usize::from(self.lost != 0);
        if slots + gap_slots > self.free() {
            if self.lost == 0 {
                self.lost_since = t;
                self.header()
                    .written
                    .lost_since
                    .store(t.0, Ordering::Relaxed);
            }
            self.lost += 1;
            self.lost_ever += 1;
            self.header()
                .written
                .lost
                .store(self.lost_ever, Ordering::Release);
            return Published::Full;
        }
        if self.lost != 0 {
            let gap = Kind::Gap {
                reason: GapReason::RingFull,
                count: Some(self.lost),
                since: self.lost_since,
            };
            self.lost = 0;
            let about_gap = Head {
                actor: self.owner,
                by: Some(ActorId::MPVIZ),
                line: None,
                file: None,
                ..head
            };
            about_gap.write(&mut Writer::new(&mut self.record[..]), &gap);
            self.push(1);
            head.write(&mut Writer::new(&mut self.record[..]), kind);
        }
        self.push(slots);
        Published::Written
    }

    /// Copies the record that was written aside into the ring, round its end, and publishes it.
    /// There are that many free slots.
    fn push(&mut self, slots: usize) {
        self.record[SLOTS_AT] = slots.to_le_bytes()[0];
        let at = place_of(self.head);
        let record = &self.record[..slots * SLOT_BYTES];
        let (front, back) = record.split_at(record.len().min(RING_BYTES - at));
        // SAFETY: `at` is inside the ring.
        let place = unsafe { self.ring.add(at) };
        // SAFETY: `front` ends at the ring's end at the latest.
        unsafe { place.copy_from_nonoverlapping(NonNull::from(front).cast(), front.len()) };
        // SAFETY: `back` is shorter than a ring.
        unsafe {
            self.ring
                .copy_from_nonoverlapping(NonNull::from(back).cast(), back.len())
        };
        self.publish_slots(slots);
    }

    /// Publishes what was written into the next slots.
    #[inline]
    fn publish_slots(&mut self, slots: usize) {
        self.head = self.head.wrapping_add(slots as u64);
        ends::publish(&self.header().written.head, self.head);
        // Only a hint, so no fence: the collector looks once more after it armed the bell.
        if self.control().bell.word.load(Ordering::Relaxed) == ARMED {
            self.ring_bell();
        }
    }

    #[cold]
    #[inline(never)]
    fn ring_bell(&self) {
        let bell = &self.control().bell.word;
        // Of many writers one wakes it.
        if bell
            .compare_exchange(ARMED, QUIET, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
        {
            futex::wake(bell, 1);
        }
    }

    #[inline]
    fn header(&self) -> &Header {
        // SAFETY: it is in the arena's memory, and consists of atomics.
        unsafe { self.header.as_ref() }
    }

    #[inline]
    fn control(&self) -> &Control {
        // SAFETY: as above.
        unsafe { self.control.as_ref() }
    }
}

/// Returns where in a ring the slot of this number begins.
#[inline]
fn place_of(slot: u64) -> usize {
    const COUNT: u64 = RING_SLOTS as u64;
    (slot % COUNT) as usize * SLOT_BYTES
}

/// Copies `out.len()` bytes out of a ring, from slot number `from` on, round its end.
pub(super) fn copy_out(ring: NonNull<u8>, from: u64, out: &mut [u8]) {
    assert!(out.len() <= RING_BYTES);
    let at = place_of(from);
    let (front, back) = out.split_at_mut(out.len().min(RING_BYTES - at));
    // SAFETY: `at` is below the ring's size.
    let place = unsafe { ring.add(at) };
    // SAFETY: `front` ends at the ring's end at the latest. A broken writer may change the bytes
    // meanwhile: they are plain bytes, checked only after the copy.
    unsafe { place.copy_to_nonoverlapping(NonNull::from(&mut *front).cast(), front.len()) };
    // SAFETY: `back` is no longer than the ring. For its bytes as above.
    unsafe { ring.copy_to_nonoverlapping(NonNull::from(&mut *back).cast(), back.len()) };
}

/// Writes a byte into a ring, as a broken process may.
#[cfg(test)]
pub(super) fn scribble(ring: NonNull<u8>, at: usize, byte: u8) {
    assert!(at < RING_BYTES);
    // SAFETY: `at` is below the ring's size.
    let place = unsafe { ring.add(at) };
    // SAFETY: as above; any byte may stand in a ring.
    unsafe { place.write(byte) };
}
