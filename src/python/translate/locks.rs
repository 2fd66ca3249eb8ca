//! Locks and their kin: who has which, and how many a semaphore has left.

use super::known::Known;
use super::names::Maker;
use super::{At, Translator};
use crate::event::words::Class;
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::python::slot::Slot;
use std::collections::HashSet;

/// A lock that nobody uses is known until so many others were made.
const LOCKS_MAX: usize = 1 << 16;
/// So many that wait for one lock are told of its next holder.
const WAITERS_MAX: usize = 1024;

/// The locks of the program.
pub(super) struct Locks {
    by_key: Known<usize>,
    all: Vec<Lock>,
}

impl Default for Locks {
    fn default() -> Locks {
        Locks {
            by_key: Known::new(LOCKS_MAX),
            all: Vec::new(),
        }
    }
}

struct Lock {
    object: ObjectId,
    class: Class,
    value: u64,
    /// Who has it, and how often.
    holder: Option<ActorId>,
    times: u64,
    /// Who gave it back last.
    last: Option<ActorId>,
    /// The threads that wait for it.
    waiters: Vec<usize>,
}

impl Translator {
    pub(super) fn lock(&mut self, at: At, slot: &Slot) {
        let class = match slot.op {
            2 => Class::RLock,
            3 => Class::Semaphore,
            4 => Class::BoundedSemaphore,
            5 => Class::Condition,
            6 => Class::Event,
            7 => Class::Barrier,
            _ => Class::Lock,
        };
        let lock = self.add_lock(slot.a, class, slot.b);
        let object = self.locks.all[lock].object;
        let part_of = self.object_of_key(slot.c).filter(|&of| of != object);
        let name = match part_of {
            Some(_) => Text::const_new(""),
            None => self.name_made(at, Maker::Lock),
        };
        let made = Kind::ObjectCreated {
            object,
            class,
            name,
            part_of,
            part: None,
            maxsize: None,
            capacity: None,
        };
        self.say(at, made);
        if is_counted(class) || class == Class::Event {
            let value = slot.b;
            self.say(at, Kind::CountChanged { object, value });
        }
    }

    /// Adds a lock; the key that it has was another's before.
    pub(super) fn add_lock(&mut self, key: u64, class: Class, value: u64) -> usize {
        let object = self.arena.control().next_object();
        let lock = self.locks.all.len();
        self.locks.all.push(Lock {
            object,
            class,
            value,
            holder: None,
            times: 0,
            last: None,
            waiters: Vec::new(),
        });
        if self.locks.by_key.is_due() {
            self.forget_locks();
        }
        self.locks.by_key.insert(key, lock);
        lock
    }

    /// Forgets the locks that nobody has used for long, has or waits for, and that are no part of a queue.
    fn forget_locks(&mut self) {
        let parts = self.parts_of_queues();
        let awaited = self.awaited();
        let Locks { by_key, all } = &mut self.locks;
        by_key.forget(|key, lock| {
            let known = &all[lock];
            let is_in_use = known.holder.is_some() || !known.waiters.is_empty();
            is_in_use || awaited.contains(&key) || parts.contains(&lock)
        });
    }

    /// Returns the lock with a key; one of which nobody has spoken is made here.
    pub(super) fn lock_at(&mut self, at: At, key: u64) -> usize {
        if let Some(lock) = self.locks.by_key.get(key) {
            return lock;
        }
        let lock = self.add_lock(key, Class::Lock, 1);
        let object = self.locks.all[lock].object;
        let made = Kind::ObjectCreated {
            object,
            class: Class::Lock,
            name: Text::const_new(""),
            part_of: None,
            part: None,
            maxsize: None,
            capacity: None,
        };
        self.say(at, made);
        lock
    }

    /// Returns the object that a key or an inode is.
    pub(super) fn object_of_key(&self, key: u64) -> Option<ObjectId> {
        if key == 0 {
            return None;
        }
        let lock = self.locks.by_key.get(key)?;
        Some(self.locks.all[lock].object)
    }

    /// Returns a lock's object, what it is and its value.
    pub(super) fn lock_seen(&self, lock: usize) -> (ObjectId, Class, u64) {
        let lock = &self.locks.all[lock];
        (lock.object, lock.class, lock.value)
    }

    /// Returns who has a lock.
    pub(super) fn holder_of(&self, lock: usize) -> Option<ActorId> {
        self.locks.all[lock].holder
    }

    /// Returns who gave a lock back last.
    pub(super) fn last_of(&self, lock: usize) -> Option<ActorId> {
        self.locks.all[lock].last
    }

    pub(super) fn lock_taken(&mut self, at: At, slot: &Slot) {
        let lock = self.lock_at(at, slot.a);
        let class = self.locks.all[lock].class;
        if is_counted(class) {
            let (object, value) = self.change_count(lock, false, u64::MAX);
            return self.say(at, Kind::CountChanged { object, value });
        }
        self.hold(at, lock);
    }

    pub(super) fn lock_released(&mut self, at: At, slot: &Slot) {
        let lock = self.lock_at(at, slot.a);
        let class = self.locks.all[lock].class;
        if is_counted(class) {
            let (object, value) = self.change_count(lock, true, u64::MAX);
            self.locks.all[lock].last = Some(self.threads[at.thread].actor);
            return self.say(at, Kind::CountChanged { object, value });
        }
        self.give_back(at, lock);
    }

    /// A thread has a lock from here on: who waits for it waits for that thread.
    pub(super) fn hold(&mut self, at: At, lock: usize) {
        let actor = self.threads[at.thread].actor;
        let known = &mut self.locks.all[lock];
        let object = known.object;
        let is_again = known.holder == Some(actor);
        known.times = if is_again { known.times + 1 } else { 1 };
        known.holder = Some(actor);
        let waiters = known.waiters.clone();
        self.say(at, Kind::LockTaken { object });
        if !is_again {
            for waiter in waiters {
                self.wait_again(waiter, lock, object, actor);
            }
        }
    }

    pub(super) fn give_back(&mut self, at: At, lock: usize) {
        let actor = self.threads[at.thread].actor;
        let known = &mut self.locks.all[lock];
        let object = known.object;
        known.times = known.times.saturating_sub(1);
        if known.times == 0 || known.class != Class::RLock {
            known.holder = None;
            known.last = Some(actor);
        }
        self.say(at, Kind::LockReleased { object });
    }

    /// Takes back that a thread had a lock, of which nothing is said any more.
    pub(super) fn unhold(&mut self, lock: usize) {
        self.locks.all[lock].holder = None;
        self.locks.all[lock].times = 0;
    }

    /// Takes every lock from a process of which facts were lost: the history does the same.
    pub(super) fn forget_holders(&mut self, process: usize) {
        let threads = self.threads.iter();
        let its = threads.filter(|thread| thread.process == process);
        let its: HashSet<ActorId> = its.map(|thread| thread.actor).collect();
        let held = self.locks.all.iter_mut();
        for lock in held.filter(|lock| lock.holder.is_some_and(|holder| its.contains(&holder))) {
            lock.holder = None;
            lock.times = 0;
        }
    }

    pub(super) fn await_lock(&mut self, thread: usize, lock: usize) {
        let waiters = &mut self.locks.all[lock].waiters;
        if waiters.len() < WAITERS_MAX {
            waiters.push(thread);
        }
    }

    pub(super) fn unawait_lock(&mut self, thread: usize, lock: usize) {
        let waiters = &mut self.locks.all[lock].waiters;
        waiters.retain(|&waiter| waiter != thread);
    }

    /// Changes a count by one. Returns the object and its count.
    pub(super) fn change_count(
        &mut self,
        lock: usize,
        is_more: bool,
        most: u64,
    ) -> (ObjectId, u64) {
        let known = &mut self.locks.all[lock];
        known.value = match is_more {
            true => known.value.saturating_add(1).min(most),
            false => known.value.saturating_sub(1),
        };
        (known.object, known.value)
    }

    pub(super) fn count(&mut self, at: At, slot: &Slot) {
        let value = slot.b;
        let object = match self.locks.by_key.get(slot.a) {
            Some(lock) => {
                self.locks.all[lock].value = value;
                self.locks.all[lock].object
            }
            None => match self.queue_at(slot.a) {
                Some(queue) => self.queue_object(queue),
                None => return,
            },
        };
        self.say(at, Kind::CountChanged { object, value });
    }
}

/// Returns whether it has a count instead of a holder.
fn is_counted(class: Class) -> bool {
    matches!(class, Class::Semaphore | Class::BoundedSemaphore)
}
