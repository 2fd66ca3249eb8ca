//! The locks and the semaphore that a queue is made of: they tell less than those of a program.

use super::PartOf;
use super::count::Count;
use super::handed;
use crate::event::words::{Class, Operation, Outcome};
use crate::event::{ActorId, Kind, ObjectId};
use crate::runtime::created::tell_created;
use crate::runtime::error::Result;
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicU32;

/// What is written down of a part of a queue for a process that is spawned.
#[derive(Serialize, Deserialize)]
pub(in crate::runtime) struct Wire {
    object: ObjectId,
    page: u32,
}

fn give(what: &str, object: ObjectId, count: &Count) -> Result<Wire> {
    let page = handed::give(what, count.page())?;
    Ok(Wire { object, page })
}

impl Wire {
    fn take_count(&self) -> Result<Count> {
        // Each has a page of its own.
        Ok(Count::at(&handed::take_page(self.page)?, 0))
    }

    /// Takes a lock that was given.
    pub(in crate::runtime) fn take_lock(self) -> Result<QueueLock> {
        let count = self.take_count()?;
        let object = self.object;
        Ok(QueueLock { count, object })
    }

    /// Takes a counter of free places that was given.
    pub(in crate::runtime) fn take_slots(self) -> Result<Slots> {
        let count = self.take_count()?;
        let object = self.object;
        Ok(Slots { count, object })
    }
}

/// A counter of free places: what bounds a queue.
pub(in crate::runtime) struct Slots {
    count: Count,
    object: ObjectId,
}

impl Slots {
    /// Makes one that can be taken `value` times.
    pub(in crate::runtime) fn new(value: u32, part_of: PartOf) -> Result<Slots> {
        let count = Count::new(value)?;
        let maxsize = Some(u64::from(value));
        let object = tell_created(Class::BoundedSemaphore, "", part_of, maxsize);
        Ok(Slots { count, object })
    }

    /// Gives it to a process that is spawned. `what` is CPython's name of its queue's class.
    pub(in crate::runtime) fn give(&self, what: &str) -> Result<Wire> {
        give(what, self.object, &self.count)
    }

    /// Takes it if that needs no waiting.
    pub(in crate::runtime) fn try_acquire(&self) -> bool {
        let taken = self.count.try_take().is_some();
        if taken {
            self.tell_count();
        }
        taken
    }

    /// Takes it, waiting until the deadline at most. The caller says that it waits, in words of
    /// its own.
    pub(in crate::runtime) fn wait(&self, deadline: Deadline) -> bool {
        self.count.take(deadline).is_some()
    }

    /// Returns who released it last.
    pub(in crate::runtime) fn releaser(&self) -> Option<ActorId> {
        self.count.releaser()
    }

    /// Gives it back.
    pub(in crate::runtime) fn release(&self) {
        self.count.give(u32::MAX);
        self.tell_count();
    }

    /// Returns how often it can still be taken.
    pub(in crate::runtime) fn value(&self) -> u32 {
        self.count.value()
    }

    /// Says how often it can still be taken.
    pub(in crate::runtime) fn tell_count(&self) {
        let value = u64::from(self.count.value());
        probe::say(|| Kind::CountChanged {
            object: self.object,
            value,
        });
    }
}

/// A lock at one end of a queue's pipe.
///
/// Holding it is told once it is worth telling: when its holder waits with it ([`Hold::tell`]), or
/// had to wait for it, or when others do. A hold of a microsecond that nobody waited for would be
/// two events of the five that a message costs. Who waits for the lock names its holder all the same.
pub(in crate::runtime) struct QueueLock {
    count: Count,
    object: ObjectId,
}

/// A lock that this thread has taken. Dropped, it is given back; a process that dies does not.
pub(in crate::runtime) struct Hold<'a> {
    lock: &'a QueueLock,
    is_told: bool,
}

impl QueueLock {
    /// Makes a lock.
    pub(in crate::runtime) fn new(part_of: PartOf) -> Result<QueueLock> {
        let count = Count::new(1)?;
        Ok(QueueLock {
            count,
            object: tell_created(Class::Lock, "", part_of, None),
        })
    }

    /// Gives it to a process that is spawned. `what` is CPython's name of its queue's class.
    pub(in crate::runtime) fn give(&self, what: &str) -> Result<Wire> {
        give(what, self.object, &self.count)
    }

    /// Takes it if that needs no waiting.
    pub(in crate::runtime) fn try_hold(&self) -> Option<Hold<'_>> {
        self.count.try_take().map(|_| self.hold_taken(false))
    }

    /// Takes it, waiting until the deadline at most. Says that it waits, where it has to.
    pub(in crate::runtime) fn hold(&self, deadline: Deadline) -> Option<Hold<'_>> {
        if let Some(hold) = self.try_hold() {
            return Some(hold);
        }
        // Who took it while this one was being woken is who it waits for now.
        let mut told = None;
        let mut tell_holder = || {
            let holder = self.count.holder();
            if told.is_none() || (told != Some(holder) && holder.is_some()) {
                told = Some(holder);
                probe::say(|| Kind::Blocked {
                    operation: Operation::Acquire,
                    object: Some(self.object),
                    on: holder,
                    timeout: deadline.left().map(Into::into),
                });
            }
        };
        tell_holder();
        let taken = self.count.take_telling(deadline, tell_holder).is_some();
        let waker = taken.then(|| self.count.releaser()).flatten();
        if taken {
            // Before a word is said: who dies in between must be known as the holder.
            self.count.note_holder(probe::actor());
        }
        let outcome = if taken {
            Outcome::Done
        } else {
            Outcome::TimedOut
        };
        probe::say(|| Kind::Unblocked { outcome, waker });
        taken.then(|| self.hold_taken(true))
    }

    /// Returns who gave it back last.
    pub(in crate::runtime) fn releaser(&self) -> Option<ActorId> {
        self.count.releaser()
    }

    /// Returns what of its page the lock itself does not need: for what it guards.
    pub(in crate::runtime) fn spare(&self) -> &[AtomicU32] {
        self.count.spare()
    }

    fn hold_taken(&self, is_worth_telling: bool) -> Hold<'_> {
        self.count.note_holder(probe::actor());
        let mut hold = Hold {
            lock: self,
            is_told: false,
        };
        if is_worth_telling || self.count.is_awaited() {
            hold.tell();
        }
        hold
    }
}

impl<'a> Hold<'a> {
    /// How many words of the lock's page are its holder's.
    pub(in crate::runtime) const SPARE_WORDS: usize = Count::SPARE_WORDS;

    /// Returns the words of the lock's page that are its holder's.
    pub(in crate::runtime) fn spare(&self) -> &'a [AtomicU32] {
        self.lock.spare()
    }

    /// Says that it is held, once.
    pub(in crate::runtime) fn tell(&mut self) {
        if !std::mem::replace(&mut self.is_told, true) {
            probe::say(|| Kind::LockTaken {
                object: self.lock.object,
            });
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if self.is_told {
            probe::say(|| Kind::LockReleased {
                object: self.lock.object,
            });
        }
        self.lock.count.note_holder(ActorId::MPVIZ);
        self.lock.count.give(u32::MAX);
    }
}
