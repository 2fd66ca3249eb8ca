//! The control page: the words that every process of a run reads, and some write.
//!
//! Changes are told by one word, [`Control::turn`], which goes up with every change of pace,
//! freeze or gate; who sleeps on it wakes at once. The words are shared with the program, so
//! whatever stands in them is only ever used as a number.

use super::futex::{self, Woken};
use crate::event::{ActorId, FileId, ObjectId, TaskId, Time};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// How many slots an arena has at most.
pub(super) const SLOTS_MAX: usize = 63 * 64;
/// How many actors without a ring are known by name; more are only counted.
pub(super) const UNOBSERVED_MAX: usize = 64;

/// The shared words of a run. All of it may be read and written by any process at any time.
#[repr(C)]
pub struct Control {
    origin: Origin,
    pub(super) bell: Bell,
    turn: Turn,
    counters: Counters,
    fault: Fault,
    introducing: Introducing,
    pub(super) unobserved: Unobserved,
    /// A slot's bit is set by who reserves it, and cleared by the collector when it is free again.
    pub(super) taken: SlotSet,
    /// A slot's bit is set when its header is complete, and cleared by the collector alone.
    pub(super) ready: SlotSet,
}

const _: () = assert!(size_of::<Control>() <= 4096);

/// Written once, before anybody else sees the arena.
#[repr(C, align(64))]
struct Origin {
    /// Zero until all else is written.
    layout_hash: AtomicU64,
    /// `CLOCK_MONOTONIC` at the run's start, in ns.
    origin: AtomicU64,
    seed: AtomicU64,
}

/// What the collector sleeps on. Alone on its cache line: every event looks at it.
#[repr(C, align(64))]
pub(super) struct Bell {
    /// One of [`QUIET`], [`ARMED`], [`RUNG`]; anything else is taken for `RUNG`.
    pub(super) word: AtomicU32,
}

/// The collector is awake, or will wake by itself soon.
pub(super) const QUIET: u32 = 0;
/// The collector sleeps, and the next writer is to wake it.
pub(super) const ARMED: u32 = 1;
/// The collector is to wake up whatever it does.
pub(super) const RUNG: u32 = 2;

#[repr(C, align(64))]
struct Turn {
    turn: AtomicU32,
    frozen: AtomicU32,
    /// 0 is open.
    gate: AtomicU32,
    /// How many operations may pass a closed gate.
    steps: AtomicU32,
    /// An `f64`.
    pace: AtomicU64,
    /// When the freeze that lasts began, in ns of the run.
    frozen_since: AtomicU64,
    /// How long the freezes lasted that are over, in ns.
    frozen_ns: AtomicU64,
}

#[repr(C, align(64))]
struct Counters {
    actors: AtomicU32,
    objects: AtomicU32,
    tasks: AtomicU32,
    files: AtomicU32,
}

/// Whom a test wants dead, and when.
#[repr(C, align(64))]
struct Fault {
    /// 0 is nobody.
    actor: AtomicU32,
    event: AtomicU32,
}

/// Who makes an actor for a pid of which nobody has spoken: supervisor or collector.
#[repr(C, align(64))]
struct Introducing {
    /// 0 is nobody.
    word: AtomicU32,
}

/// The right to make actors for pids of which nobody has spoken. It is given back when dropped.
#[derive(Debug)]
pub struct Introduction<'a>(&'a AtomicU32);

impl Drop for Introduction<'_> {
    fn drop(&mut self) {
        // Pairs with the Acquire in `try_introduce`: what was announced is seen.
        self.0.store(0, Ordering::Release);
    }
}

/// Threads that got no ring.
#[repr(C, align(64))]
pub(super) struct Unobserved {
    pub(super) count: AtomicU64,
    pub(super) actors: [NoRing; UNOBSERVED_MAX],
}

/// An actor that got no ring, and since when.
#[repr(C)]
pub(super) struct NoRing {
    /// Its id plus 1. Written last; 0 until then.
    actor: AtomicU64,
    /// In ns of the run.
    since: AtomicU64,
}

impl NoRing {
    /// Returns who it is and since when; `None` while that is being written.
    pub(super) fn who(&self) -> Option<(ActorId, Time)> {
        // Pairs with the Release in `count_unobserved`.
        let actor = self.actor.load(Ordering::Acquire).checked_sub(1)?;
        let since = Time(self.since.load(Ordering::Relaxed));
        // What does not fit was scribbled there.
        let actor = u32::try_from(actor).map_or(ActorId::MPVIZ, ActorId);
        Some((actor, since))
    }
}

/// A set of slots.
#[repr(C, align(64))]
pub(super) struct SlotSet {
    words: [AtomicU64; SLOTS_MAX / 64],
}

impl Control {
    /// Fills the page. The arena's maker calls it, before anybody else sees the memory.
    pub(super) fn begin(&self, layout_hash: u64, origin: u64) {
        self.origin.origin.store(origin, Ordering::Relaxed);
        self.turn.pace.store(1f64.to_bits(), Ordering::Relaxed);
        self.counters.actors.store(1, Ordering::Relaxed);
        self.counters.objects.store(1, Ordering::Relaxed);
        // Pairs with the Acquire in `layout_hash`.
        self.origin
            .layout_hash
            .store(layout_hash, Ordering::Release);
    }

    /// Returns the hash of the vocabulary that the rings are written in.
    pub(super) fn layout_hash(&self) -> u64 {
        // Pairs with the Release in `begin`.
        self.origin.layout_hash.load(Ordering::Acquire)
    }

    /// Returns `CLOCK_MONOTONIC` at the start of the run, in ns.
    #[inline]
    pub fn origin(&self) -> u64 {
        self.origin.origin.load(Ordering::Relaxed)
    }

    /// Returns what random sleeps come from.
    pub fn seed(&self) -> u64 {
        self.origin.seed.load(Ordering::Relaxed)
    }

    /// Sets what random sleeps come from, before the program begins.
    pub fn set_seed(&self, seed: u64) {
        self.origin.seed.store(seed, Ordering::Relaxed);
    }

    /// Returns an id for a new process or thread. The first is 1: MainProcess.
    pub fn next_actor(&self) -> ActorId {
        ActorId(self.counters.actors.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns an id for a new object. The first is 1.
    pub fn next_object(&self) -> ObjectId {
        ObjectId(self.counters.objects.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns an id for a new task. The first is 0.
    pub fn next_task(&self) -> TaskId {
        TaskId(self.counters.tasks.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns an id for a file of the program's own source. The first is 0.
    pub fn next_file(&self) -> FileId {
        FileId(self.counters.files.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns the right to make actors for pids of which nobody has spoken; `None` while somebody
    /// else has it: he is asked again later, for nobody waits here. It is to be held round "has this
    /// pid an actor? then reserve and announce" and nothing else.
    pub fn try_introduce(&self) -> Option<Introduction<'_>> {
        let word = &self.introducing.word;
        // Pairs with the Release in `Introduction::drop`.
        word.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed)
            .ok()
            .map(|_| Introduction(word))
    }

    /// Returns how many times as fast as written sleeps and timeouts run; 0 leaves sleeps out.
    pub fn pace(&self) -> f64 {
        let pace = f64::from_bits(self.turn.pace.load(Ordering::Relaxed));
        if pace.is_finite() && pace >= 0.0 {
            pace
        } else {
            1.0
        }
    }

    /// Changes the pace. Who sleeps by it wakes and looks again.
    pub fn set_pace(&self, pace: f64) {
        self.turn.pace.store(pace.to_bits(), Ordering::Relaxed);
        self.tell_all();
    }

    /// Returns whether the program is stopped by the viewer.
    pub fn frozen(&self) -> bool {
        self.turn.frozen.load(Ordering::Acquire) != 0
    }

    /// Says that the program is stopped, or goes on, from `now`.
    pub fn set_frozen(&self, frozen: bool, now: Time) {
        if frozen == self.frozen() {
            return;
        }
        if frozen {
            self.turn.frozen_since.store(now.0, Ordering::Relaxed);
        } else {
            let since = self.turn.frozen_since.load(Ordering::Relaxed);
            let ns = now.0.saturating_sub(since);
            self.turn.frozen_ns.fetch_add(ns, Ordering::Relaxed);
        }
        // Pairs with the Acquire in `frozen`.
        self.turn.frozen.store(frozen.into(), Ordering::Release);
        self.tell_all();
    }

    /// Returns for how many ns the program was stopped until `now`, this freeze included: the
    /// runtime's timeouts stand still meanwhile.
    pub fn frozen_ns(&self, now: Time) -> u64 {
        let lasting = if self.frozen() {
            now.0
                .saturating_sub(self.turn.frozen_since.load(Ordering::Relaxed))
        } else {
            0
        };
        self.turn
            .frozen_ns
            .load(Ordering::Relaxed)
            .saturating_add(lasting)
    }

    /// Returns whether operations pass freely.
    #[inline]
    pub fn gate_is_open(&self) -> bool {
        self.turn.gate.load(Ordering::Relaxed) == 0
    }

    /// Lets operations pass freely again.
    pub fn open_gate(&self) {
        self.turn.gate.store(0, Ordering::Relaxed);
        self.tell_all();
    }

    /// Lets no operation pass but for [`Control::step`].
    pub fn close_gate(&self) {
        self.turn.steps.store(0, Ordering::Relaxed);
        self.turn.gate.store(1, Ordering::Relaxed);
        self.tell_all();
    }

    /// Lets `count` operations, whoever's, pass a closed gate.
    pub fn step(&self, count: u32) {
        self.turn.steps.fetch_add(count, Ordering::Relaxed);
        self.tell_all();
    }

    /// Passes the gate; waits while it is closed.
    #[inline]
    pub fn pass_gate(&self) {
        if !self.gate_is_open() {
            self.wait_at_gate();
        }
    }

    #[cold]
    fn wait_at_gate(&self) {
        loop {
            let turn = self.turn();
            let less = |steps: u32| steps.checked_sub(1);
            let step = self
                .turn
                .steps
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
            if self.gate_is_open() || step.is_ok() {
                return;
            }
            self.wait_turn(turn, None);
        }
    }

    /// Has an actor's process kill itself right before its event number `event`, from 0, is said.
    /// For tests of what a death at an instant leaves behind: only a program built with debug
    /// assertions heeds it.
    pub fn set_fault(&self, actor: ActorId, event: u32) {
        self.fault.event.store(event, Ordering::Relaxed);
        self.fault.actor.store(actor.0, Ordering::Relaxed);
    }

    /// Returns whether an actor is to die before its event number `event`.
    #[inline]
    pub fn is_fatal(&self, actor: ActorId, event: u32) -> bool {
        self.fault.actor.load(Ordering::Relaxed) == actor.0
            && actor != ActorId::MPVIZ
            && self.fault.event.load(Ordering::Relaxed) == event
    }

    /// Returns a number that is another after every change of pace, freeze or gate.
    pub fn turn(&self) -> u32 {
        // Pairs with the Release in `tell_all`: what changed before it is seen after it.
        self.turn.turn.load(Ordering::Acquire)
    }

    /// Sleeps until pace, freeze or gate change, at most for `timeout`. Read `turn` first, then
    /// what depends on it, then sleep on that `turn`: so no change is missed.
    pub fn wait_turn(&self, turn: u32, timeout: Option<Duration>) -> Woken {
        futex::wait(&self.turn.turn, turn, timeout)
    }

    fn tell_all(&self) {
        // Pairs with the Acquire in `turn`.
        self.turn.turn.fetch_add(1, Ordering::Release);
        futex::wake_all(&self.turn.turn);
    }

    /// Returns how many threads got no ring and run unobserved.
    pub fn unobserved(&self) -> u64 {
        self.unobserved.count.load(Ordering::Relaxed)
    }

    /// Counts an actor that got no ring.
    pub(super) fn count_unobserved(&self, actor: ActorId, now: Time) {
        let nth = self.unobserved.count.fetch_add(1, Ordering::Relaxed);
        let entry = usize::try_from(nth)
            .ok()
            .and_then(|nth| self.unobserved.actors.get(nth));
        if let Some(entry) = entry {
            entry.since.store(now.0, Ordering::Relaxed);
            // Pairs with the Acquire in `who`.
            entry.actor.store(u64::from(actor.0) + 1, Ordering::Release);
        }
    }
}

impl SlotSet {
    /// Adds the first slot below `slots` that is not in the set, and returns it.
    pub(super) fn add_any(&self, slots: usize) -> Option<usize> {
        for (nth, word) in self.words.iter().enumerate() {
            let mut bits = word.load(Ordering::Relaxed);
            loop {
                let bit = (!bits).trailing_zeros() as usize;
                let slot = nth * 64 + bit;
                if bit == 64 {
                    break;
                }
                if slot >= slots {
                    return None;
                }
                // Acquire pairs with the Release in `remove`: who had the slot before is done.
                bits = word.fetch_or(1 << bit, Ordering::Acquire);
                if bits & (1 << bit) == 0 {
                    return Some(slot);
                }
            }
        }
        None
    }

    /// Adds a slot.
    pub(super) fn add(&self, slot: usize) {
        // Pairs with the Acquire in `below`: the slot's header is complete.
        self.words[slot / 64].fetch_or(1 << (slot % 64), Ordering::Release);
    }

    /// Takes a slot out.
    pub(super) fn remove(&self, slot: usize) {
        // Pairs with the Acquire in `add_any`.
        self.words[slot / 64].fetch_and(!(1 << (slot % 64)), Ordering::Release);
    }

    /// Returns the slots below `slots` that are in the set.
    pub(super) fn below(&self, slots: usize) -> impl Iterator<Item = usize> + '_ {
        let words = self.words.iter().enumerate();
        words
            .flat_map(|(nth, word)| {
                // Pairs with the Release in `add`.
                let mut bits = word.load(Ordering::Acquire);
                std::iter::from_fn(move || {
                    let bit = bits.trailing_zeros() as usize;
                    bits &= bits.wrapping_sub(1);
                    (bit < 64).then_some(nth * 64 + bit)
                })
            })
            .take_while(move |&slot| slot < slots)
    }
}
