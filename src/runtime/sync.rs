//! Locks and semaphores between processes: words in shared memory that the kernel can wait on.
//!
//! As in CPython, nobody notices when a holder dies: the lock stays taken for ever. That is a
//! lesson, so it is kept. The one thing added: who released it last, so that a wait can say who
//! ended it.

use super::error::{Error, Result};
use super::probe;
use super::shared::SharedWords;
use super::time::Deadline;
use crate::channel::futex;
use crate::event::words::{Class, Operation, Outcome, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use std::sync::atomic::Ordering::SeqCst;

/// The word that counts how often the semaphore may still be taken.
const VALUE: usize = 0;
/// The word that counts who waits. A waiter that is killed stays counted, which costs later
/// releases a system call and nothing else.
const WAITERS: usize = 1;
/// The word that holds the actor that released last.
const RELEASER: usize = 2;

/// A counter that blocks at zero: what every lock of the runtime is made of.
pub(super) struct Semaphore {
    words: SharedWords,
    object: ObjectId,
    class: Class,
}

/// What an object is a part of, and as what.
pub(super) type PartOf = Option<(ObjectId, Part)>;

impl Semaphore {
    /// Makes a lock: a semaphore that can be taken once.
    pub(super) fn lock(name: &str, part_of: PartOf) -> Result<Semaphore> {
        Semaphore::new(Class::Lock, 1, name, part_of)
    }

    /// Makes a semaphore that can be taken `value` times.
    pub(super) fn new(class: Class, value: u32, name: &str, part_of: PartOf) -> Result<Semaphore> {
        let words =
            SharedWords::new().map_err(|error| Error::system("cannot map a lock's page", error))?;
        words.word(VALUE).store(value, SeqCst);
        let object = probe::next_object();
        probe::say(|| Kind::ObjectCreated {
            object,
            class,
            name: Text::from(name),
            part_of: part_of.map(|(whole, _)| whole),
            part: part_of.map(|(_, part)| part),
            maxsize: (class != Class::Lock).then_some(u64::from(value)),
            capacity: None,
        });
        Ok(Semaphore {
            words,
            object,
            class,
        })
    }

    /// Returns how often it can still be taken.
    pub(super) fn value(&self) -> u32 {
        self.words.word(VALUE).load(SeqCst)
    }

    /// Takes it if that needs no waiting.
    pub(super) fn try_acquire(&self) -> bool {
        let taken = self.take();
        if taken {
            self.tell_taken();
        }
        taken
    }

    fn take(&self) -> bool {
        self.words
            .word(VALUE)
            .fetch_update(SeqCst, SeqCst, |value| value.checked_sub(1))
            .is_ok()
    }

    /// Takes it, waiting until the deadline at most; returns whether it was taken. Says that it
    /// waits, where it has to.
    pub(super) fn acquire(&self, deadline: Deadline) -> bool {
        if self.try_acquire() {
            return true;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Acquire,
            object: Some(self.object),
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        let taken = self.wait(deadline);
        let waker = taken.then(|| self.releaser()).flatten();
        let outcome = if taken {
            Outcome::Done
        } else {
            Outcome::TimedOut
        };
        probe::say(|| Kind::Unblocked { outcome, waker });
        if taken {
            self.tell_taken();
        }
        taken
    }

    /// Takes it, waiting until the deadline at most, and says nothing: the caller has words of
    /// its own for this wait.
    pub(super) fn wait(&self, deadline: Deadline) -> bool {
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

    /// Returns who released it last.
    pub(super) fn releaser(&self) -> Option<ActorId> {
        Some(self.words.word(RELEASER).load(SeqCst))
            .filter(|&id| id != 0)
            .map(ActorId)
    }

    /// Gives it back.
    pub(super) fn release(&self) {
        self.words.word(RELEASER).store(probe::actor().0, SeqCst);
        if self.class == Class::Lock {
            probe::say(|| Kind::LockReleased {
                object: self.object,
            });
        }
        self.words.word(VALUE).fetch_add(1, SeqCst);
        if self.words.word(WAITERS).load(SeqCst) > 0 {
            futex::wake(self.words.word(VALUE), 1);
        }
        if self.class != Class::Lock {
            self.tell_count();
        }
    }

    /// Says that it was taken.
    pub(super) fn tell_taken(&self) {
        if self.class == Class::Lock {
            probe::say(|| Kind::LockTaken {
                object: self.object,
            });
        } else {
            self.tell_count();
        }
    }

    fn tell_count(&self) {
        probe::say(|| Kind::CountChanged {
            object: self.object,
            value: u64::from(self.value()),
        });
    }
}
