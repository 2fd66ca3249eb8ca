//! Locks and semaphores between processes: words in shared memory that the kernel can wait on.
//!
//! As in CPython, nobody notices when a holder dies: the lock stays taken for ever. That is a
//! lesson, so it is kept. Two things are added, so that a wait can be explained: who holds a lock,
//! and who released last.

use super::error::{Error, Result};
use super::probe;
use super::shared::SharedWords;
use super::time::Deadline;
use crate::channel::futex;
use crate::event::words::{Class, Operation, Outcome, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

/// What an object is a part of, and as what.
pub(super) type PartOf = Option<(ObjectId, Part)>;

/// A counter in shared memory that blocks at zero. It says nothing.
struct Count {
    words: SharedWords,
}

/// The word that counts how often it may still be taken.
const VALUE: usize = 0;
/// The word that counts who waits. A waiter that is killed stays counted, which costs later
/// releases a system call and nothing else.
const WAITERS: usize = 1;
/// The word that holds the actor that released last; 0 for nobody known.
const RELEASER: usize = 2;
/// The word that holds the actor that has taken a lock; 0 for nobody known.
const HOLDER: usize = 3;

impl Count {
    fn new(value: u32) -> Result<Count> {
        let words =
            SharedWords::new().map_err(|error| Error::system("cannot map a lock's page", error))?;
        words.word(VALUE).store(value, SeqCst);
        Ok(Count { words })
    }

    fn value(&self) -> u32 {
        self.words.word(VALUE).load(SeqCst)
    }

    fn take(&self) -> bool {
        let less = |value: u32| value.checked_sub(1);
        self.words
            .word(VALUE)
            .fetch_update(SeqCst, SeqCst, less)
            .is_ok()
    }

    fn wait(&self, deadline: Deadline) -> bool {
        // SeqCst throughout: a waiter counts itself, then looks at the value; a releaser adds to
        // the value, then looks at the count. In every order one of them sees the other.
        self.words.word(WAITERS).fetch_add(1, SeqCst);
        let taken = loop {
            if self.take() {
                break true;
            }
            if deadline.is_over() {
                break false;
            }
            // However it ends (a changed value, a signal, the time), look again.
            futex::wait(self.words.word(VALUE), 0, deadline.left());
        };
        self.words.word(WAITERS).fetch_sub(1, SeqCst);
        taken
    }

    fn give(&self) {
        self.note(RELEASER, probe::actor());
        self.words.word(VALUE).fetch_add(1, SeqCst);
        if self.words.word(WAITERS).load(SeqCst) > 0 {
            futex::wake(self.words.word(VALUE), 1);
        }
    }

    fn note(&self, word: usize, actor: ActorId) {
        // Only told, never decided upon.
        self.words.word(word).store(actor.0, Relaxed);
    }

    fn noted(&self, word: usize) -> Option<ActorId> {
        Some(self.words.word(word).load(Relaxed))
            .filter(|&id| id != 0)
            .map(ActorId)
    }
}

fn tell_created(class: Class, part_of: PartOf, maxsize: Option<u64>) -> ObjectId {
    let object = probe::next_object();
    probe::say(|| Kind::ObjectCreated {
        object,
        class,
        name: Text::default(),
        part_of: part_of.map(|(whole, _)| whole),
        part: part_of.map(|(_, part)| part),
        maxsize,
        capacity: None,
    });
    object
}

/// A counter of free places: what bounds a queue.
pub(super) struct Semaphore {
    count: Count,
    object: ObjectId,
}

impl Semaphore {
    /// Makes one that can be taken `value` times.
    pub(super) fn new(value: u32, part_of: PartOf) -> Result<Semaphore> {
        let count = Count::new(value)?;
        let object = tell_created(Class::BoundedSemaphore, part_of, Some(u64::from(value)));
        Ok(Semaphore { count, object })
    }

    /// Takes it if that needs no waiting.
    pub(super) fn try_acquire(&self) -> bool {
        let taken = self.count.take();
        if taken {
            self.tell_count();
        }
        taken
    }

    /// Takes it, waiting until the deadline at most. The caller says that it waits, in words of
    /// its own.
    pub(super) fn wait(&self, deadline: Deadline) -> bool {
        self.count.wait(deadline)
    }

    /// Returns who released it last.
    pub(super) fn releaser(&self) -> Option<ActorId> {
        self.count.noted(RELEASER)
    }

    /// Gives it back.
    pub(super) fn release(&self) {
        self.count.give();
        self.tell_count();
    }

    /// Says how often it can still be taken.
    pub(super) fn tell_count(&self) {
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
/// had to wait for it. A hold of a microsecond that nobody waited for would be two events of the
/// five that a message costs. Who waits for the lock names its holder all the same.
pub(super) struct QueueLock {
    count: Count,
    object: ObjectId,
}

/// A lock that this thread has taken. Dropped, it is given back; a process that dies does not.
pub(super) struct Hold<'a> {
    lock: &'a QueueLock,
    is_told: bool,
}

impl QueueLock {
    /// Makes a lock.
    pub(super) fn new(part_of: PartOf) -> Result<QueueLock> {
        let count = Count::new(1)?;
        Ok(QueueLock {
            count,
            object: tell_created(Class::Lock, part_of, None),
        })
    }

    /// Takes it if that needs no waiting.
    pub(super) fn try_hold(&self) -> Option<Hold<'_>> {
        self.count.take().then(|| self.hold_taken(false))
    }

    /// Takes it, waiting until the deadline at most. Says that it waits, where it has to.
    pub(super) fn hold(&self, deadline: Deadline) -> Option<Hold<'_>> {
        if let Some(hold) = self.try_hold() {
            return Some(hold);
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Acquire,
            object: Some(self.object),
            on: self.count.noted(HOLDER),
            timeout: deadline.left().map(Into::into),
        });
        let taken = self.count.wait(deadline);
        let waker = taken.then(|| self.count.noted(RELEASER)).flatten();
        if taken {
            // Before a word is said: who dies in between must be known as the holder.
            self.count.note(HOLDER, probe::actor());
        }
        let outcome = if taken {
            Outcome::Done
        } else {
            Outcome::TimedOut
        };
        probe::say(|| Kind::Unblocked { outcome, waker });
        taken.then(|| self.hold_taken(true))
    }

    fn hold_taken(&self, is_worth_telling: bool) -> Hold<'_> {
        self.count.note(HOLDER, probe::actor());
        let mut hold = Hold {
            lock: self,
            is_told: false,
        };
        if is_worth_telling {
            hold.tell();
        }
        hold
    }
}

impl Hold<'_> {
    /// Says that it is held, once.
    pub(super) fn tell(&mut self) {
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
        self.lock.count.note(HOLDER, ActorId::MPVIZ);
        self.lock.count.give();
    }
}
