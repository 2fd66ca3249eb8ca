//! The arena: the memory that all processes of a run share, and who owns which ring of it.
//!
//! One memfd: the control page, a table of slot headers, then a ring per slot. All of it is
//! sparse, so a slot costs nothing until it is written. It is sealed against resizing (a process
//! could else shrink it and kill the collector by SIGBUS) and left out of core dumps (which would
//! write all of it). Where limits refuse the large one, a smaller one has fewer slots.
//!
//! A slot is *taken* by [`Arena::reserve`], always before its owner exists, so that there is no
//! moment when a thread has no slot; it is freed by the collector alone, when its owner is gone and
//! its ring is drained. A generation tells one owner's slot from the next one's.

use super::clock;
use super::control::{Control, SLOTS_MAX};
use super::ring::{RING_BYTES, RingWriter};
use super::sys::Mapping;
use crate::event::{ActorId, Time, kind::layout_hash};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io::Errno;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The sizes that are tried, in bytes: 4032, 1020 and 252 slots.
const SIZES: [usize; 3] = [1 << 30, 256 << 20, 64 << 20];
/// Where the slot headers begin: after the control page.
const HEADERS_AT: usize = 4096;
/// Where the rings begin.
const RINGS_AT: usize = 1 << 20;

const _: () = assert!(HEADERS_AT + SLOTS_MAX * size_of::<Header>() <= RINGS_AT);

/// Why there is no arena.
#[derive(Debug, thiserror::Error)]
pub enum ArenaError {
    /// The system refused even the smallest one.
    #[error("cannot share {} MiB of memory", .bytes >> 20)]
    Refused {
        /// The size that was asked for last.
        bytes: usize,
        /// What the system said.
        source: std::io::Error,
    },
    /// A descriptor that is no arena, or one that could be resized.
    #[error("descriptor is no sealed arena of {bytes} bytes")]
    NotAnArena {
        /// Its size.
        bytes: u64,
    },
    /// It was made by another version of the program.
    #[error("arena has layout {found:#x}, this program has {own:#x}")]
    OtherLayout {
        /// The arena's layout.
        found: u64,
        /// This program's.
        own: u64,
    },
}

/// The shared memory of a run; a cheap handle.
///
/// Processes that are forked from one that has it have it too, at the same address. Others
/// [attach](Arena::attach) to its descriptor.
#[derive(Clone)]
pub struct Arena {
    inner: Arc<Inner>,
}

struct Inner {
    mapping: Mapping,
    fd: Option<OwnedFd>,
    slots: usize,
    /// Copied from the control page, where a process of the program could change it.
    origin: u64,
}

/// A ring that is reserved for an actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slot {
    pub(super) idx: u32,
    pub(super) generation: u32,
}

/// What everybody may know of a slot. All of it is shared with the program.
#[repr(C)]
pub(super) struct Header {
    pub(super) owner: Owner,
    pub(super) written: Written,
    pub(super) read: Read,
}

const _: () = assert!(size_of::<Header>() == 3 * 64);

/// Whose slot it is. Written by who reserved it; the generation by the collector.
#[repr(C, align(64))]
pub(super) struct Owner {
    pub(super) actor: AtomicU32,
    pub(super) process: AtomicU32,
    /// The generation in the upper half, the process's pid in the lower one; 0 until announced.
    announced: AtomicU64,
    /// Goes up by one with every owner.
    pub(super) generation: AtomicU32,
    /// The generation whose slot was given back unused, plus 1.
    pub(super) released: AtomicU32,
    /// Not 0 if a voice speaks for the process: it announces its children a moment after the fork.
    voiced: AtomicU32,
}

/// The writer's side of a ring. The writer alone writes it.
#[repr(C, align(64))]
pub(super) struct Written {
    /// How many 64-byte slots of the ring were ever published. Stored with Release after the
    /// bytes, loaded with Acquire by the collector.
    pub(super) head: AtomicU64,
    /// How many events this owner has lost to a full ring.
    pub(super) lost: AtomicU64,
    /// When the first event was lost that no gap has told yet, in ns of the run.
    pub(super) lost_since: AtomicU64,
}

/// The collector's side of a ring. The collector alone writes it.
#[repr(C, align(64))]
pub(super) struct Read {
    /// How many of `head` were copied out. Stored with Release after the copy, loaded with
    /// Acquire by the writer, which may then write over them.
    pub(super) tail: AtomicU64,
}

impl Slot {
    /// Returns its number and generation, as [`desk::Seat`](super::desk::Seat) tells them.
    pub fn numbers(self) -> (u32, u32) {
        (self.idx, self.generation)
    }
}

impl Arena {
    /// Makes an arena: 1 GiB of sparse memory, or less where limits refuse that. The run's time
    /// begins here.
    pub fn create() -> Result<Arena, ArenaError> {
        let mut refused = (0, Errno::NOMEM);
        for bytes in SIZES {
            match Arena::of_size(bytes) {
                Ok(arena) => return Ok(arena),
                Err(error) => refused = (bytes, error),
            }
        }
        let (bytes, error) = refused;
        let source = error.into();
        Err(ArenaError::Refused { bytes, source })
    }

    pub(super) fn of_size(bytes: usize) -> Result<Arena, Errno> {
        let fd =
            rustix::fs::memfd_create(c"mpviz", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        rustix::fs::ftruncate(&fd, bytes as u64)?;
        rustix::fs::fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW)?;
        let mapping = Mapping::shared(fd.as_fd(), bytes)?;
        mapping.dont_dump()?;
        mapping
            .view::<Control>(0)
            .begin(layout_hash(), clock::monotonic());
        Ok(Arena::over(mapping, Some(fd)))
    }

    /// Maps the arena that `fd` is, and closes `fd`: a process of the program has no descriptor
    /// of ours. To pass it on, duplicate it before.
    pub fn attach(fd: OwnedFd) -> Result<Arena, ArenaError> {
        let bytes = rustix::fs::fstat(&fd).map_or(0, |stat| stat.st_size);
        let bytes = u64::try_from(bytes).unwrap_or(0);
        let not_an_arena = ArenaError::NotAnArena { bytes };
        // Others have no seals at all, and an error here.
        let seals = rustix::fs::fcntl_get_seals(&fd).unwrap_or(SealFlags::empty());
        let Some(bytes) = SIZES.into_iter().find(|&size| size as u64 == bytes) else {
            return Err(not_an_arena);
        };
        if !seals.contains(SealFlags::SHRINK) {
            return Err(not_an_arena);
        }
        let refused = |error: Errno| {
            let source = error.into();
            ArenaError::Refused { bytes, source }
        };
        let mapping = Mapping::shared(fd.as_fd(), bytes).map_err(refused)?;
        mapping.dont_dump().map_err(refused)?;
        let found = mapping.view::<Control>(0).layout_hash();
        let own = layout_hash();
        if found != own {
            return Err(ArenaError::OtherLayout { found, own });
        }
        Ok(Arena::over(mapping, None))
    }

    fn over(mapping: Mapping, fd: Option<OwnedFd>) -> Arena {
        let slots = ((mapping.len() - RINGS_AT) / RING_BYTES).min(SLOTS_MAX);
        let origin = mapping.view::<Control>(0).origin();
        let inner = Arc::new(Inner {
            mapping,
            fd,
            slots,
            origin,
        });
        Arena { inner }
    }

    /// Returns the arena's descriptor, which another program file can attach to. Only the arena's
    /// maker, and what is forked from it, has one.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.inner.fd.as_ref().map(OwnedFd::as_fd)
    }

    /// Returns how many slots there are.
    pub fn slot_count(&self) -> usize {
        self.inner.slots
    }

    /// Returns the shared words.
    #[inline]
    pub fn control(&self) -> &Control {
        self.inner.mapping.view(0)
    }

    /// Returns the time of the run.
    #[inline]
    pub fn now(&self) -> Time {
        Time(clock::monotonic().saturating_sub(self.inner.origin))
    }

    /// Returns the `CLOCK_MONOTONIC` time of the run's start, in ns.
    pub fn origin(&self) -> u64 {
        self.inner.origin
    }

    /// Reserves a slot for an actor-to-be, a thread of `process` or that process itself. `None`
    /// if there is no free slot: the actor runs unobserved, is counted, and a gap says so.
    pub fn reserve(&self, actor: ActorId, process: ActorId) -> Option<Slot> {
        let Some(idx) = self.control().taken.add_any(self.inner.slots) else {
            self.control().count_unobserved(actor, self.now());
            return None;
        };
        let owner = &self.header(idx).owner;
        let generation = owner.generation.load(Ordering::Relaxed);
        owner.actor.store(actor.0, Ordering::Relaxed);
        owner.process.store(process.0, Ordering::Relaxed);
        owner.voiced.store(0, Ordering::Relaxed);
        owner
            .announced
            .store(u64::from(generation) << 32, Ordering::Relaxed);
        self.control().ready.add(idx);
        let idx = u32::try_from(idx).ok()?;
        Some(Slot { idx, generation })
    }

    /// Says which pid the process has whose slot it is. The parent says so after a fork and the
    /// child when it starts, whoever is first.
    pub fn announce(&self, slot: Slot, pid: u32) {
        let Some(header) = self.header_of(slot) else {
            return;
        };
        let unknown = u64::from(slot.generation) << 32;
        let known = unknown | u64::from(pid);
        // If it fails it was said before, or the slot has another owner by now.
        let _ = header.owner.announced.compare_exchange(
            unknown,
            known,
            Ordering::Release,
            Ordering::Relaxed,
        );
    }

    /// Returns the process that has, or had last, this pid; `None` if it is none of the run's, or
    /// its slot is free again.
    pub fn actor_of_pid(&self, pid: u32) -> Option<ActorId> {
        let of_pid = |idx: usize| {
            let owner = &self.header(idx).owner;
            let announced = owner.announced.load(Ordering::Acquire);
            let actor = owner.actor.load(Ordering::Relaxed);
            let is_process = actor == owner.process.load(Ordering::Relaxed);
            (is_process && pid != 0 && announced & 0xffff_ffff == u64::from(pid)).then_some(actor)
        };
        self.ready().filter_map(of_pid).max().map(ActorId)
    }

    /// Returns the writer of a slot. The thread that owns the slot calls it, once.
    pub fn writer(&self, slot: Slot) -> RingWriter {
        RingWriter::new(self.clone(), slot)
    }

    /// Gives back a slot that was never used, because its owner never came to be.
    pub fn release(&self, slot: Slot) {
        if let Some(header) = self.header_of(slot) {
            let released = slot.generation.wrapping_add(1);
            // Pairs with the Acquire in the collector.
            header.owner.released.store(released, Ordering::Release);
        }
    }

    /// Returns the slot of a process that was announced or is still to be: its actor's own.
    pub fn slot_of(&self, actor: ActorId) -> Option<Slot> {
        let is_its = |&idx: &usize| {
            let owner = &self.header(idx).owner;
            let is_process = owner.process.load(Ordering::Relaxed) == actor.0;
            is_process && owner.actor.load(Ordering::Relaxed) == actor.0
        };
        let idx = self.ready().find(is_its)?;
        let generation = self.header(idx).owner.generation.load(Ordering::Relaxed);
        let idx = u32::try_from(idx).ok()?;
        Some(Slot { idx, generation })
    }

    /// Returns the pid that a slot's process has; `None` while nobody has said it.
    pub fn pid_of(&self, slot: Slot) -> Option<u32> {
        let announced = self
            .header_of(slot)?
            .owner
            .announced
            .load(Ordering::Acquire);
        u32::try_from(announced & 0xffff_ffff)
            .ok()
            .filter(|&pid| pid != 0)
    }

    /// Says that a [voice](super::voice) speaks for the process whose slot it is.
    pub fn set_voiced(&self, slot: Slot) {
        if let Some(header) = self.header_of(slot) {
            header.owner.voiced.store(1, Ordering::Relaxed);
        }
    }

    /// Returns whether a [voice](super::voice) speaks for a process.
    pub fn is_voiced(&self, actor: ActorId) -> bool {
        let header = self.slot_of(actor).and_then(|slot| self.header_of(slot));
        header.is_some_and(|header| header.owner.voiced.load(Ordering::Relaxed) != 0)
    }

    /// Returns whether there is such a slot.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.header_of(slot).is_some()
    }

    fn header_of(&self, slot: Slot) -> Option<&Header> {
        let idx = usize::try_from(slot.idx)
            .ok()
            .filter(|&idx| idx < self.inner.slots)?;
        let header = self.header(idx);
        let generation = header.owner.generation.load(Ordering::Relaxed);
        (generation == slot.generation).then_some(header)
    }

    /// Returns the slots that have an owner.
    pub(super) fn ready(&self) -> impl Iterator<Item = usize> + '_ {
        self.control().ready.below(self.inner.slots)
    }

    /// Returns what everybody may know of a slot.
    pub(super) fn header(&self, idx: usize) -> &Header {
        assert!(idx < self.inner.slots);
        self.inner
            .mapping
            .view(HEADERS_AT + idx * size_of::<Header>())
    }

    /// Returns the address of a slot's ring: [`RING_BYTES`] bytes.
    pub(super) fn ring(&self, idx: usize) -> NonNull<u8> {
        assert!(idx < self.inner.slots);
        self.inner
            .mapping
            .range(RINGS_AT + idx * RING_BYTES, RING_BYTES)
    }
}

impl std::fmt::Debug for Arena {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arena")
            .field("slots", &self.inner.slots)
            .finish_non_exhaustive()
    }
}
