//! CPython's `SemLock`: the one thing that its locks and semaphores are.
//!
//! Beside the count, each process keeps for itself how often it holds the thing and which of its
//! threads took it last. An rlock and a condition decide by that, so its strange side is kept too:
//! a process that releases another's lock counts one less than nothing.

use super::count::Count;
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind, ObjectId};
use crate::runtime::error::{Error, Result};
use crate::runtime::fork_local::ForkLocal;
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicI32, AtomicUsize};

/// The most that a semaphore counts: `SEM_VALUE_MAX`.
pub(super) const MOST: u32 = i32::MAX as u32;

/// What a count is used as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Sort {
    /// Held by one at a time; anybody may give it back.
    Lock,
    /// Held by one thread, which may take it again and alone gives it back.
    RLock,
    /// Held by many.
    Semaphore,
}

/// Whether a hold is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Telling {
    /// The program takes it: who holds it is what the program is about.
    Told,
    /// An operation takes it for a moment, inside. A wait for it is told all the same.
    Quiet,
}

/// A lock or a semaphore.
pub struct SemLock {
    pub(super) count: Count,
    pub(super) object: ObjectId,
    pub(super) sort: Sort,
    pub(super) most: u32,
    mine: ForkLocal<Mine>,
}

/// What a process knows of its own use of a lock. A forked child holds nothing.
#[derive(Debug, Default)]
struct Mine {
    /// Which thread took it last. Written before `count` and read after it (Release, Acquire), so
    /// that who sees a count sees whose it is.
    thread: AtomicUsize,
    /// How often it is held. Changed only by who holds it, so loads and stores are enough.
    count: AtomicI32,
}

impl Mine {
    #[inline]
    fn more(&self) {
        self.thread.store(thread(), Relaxed);
        let count = self.count.load(Relaxed);
        self.count.store(count.wrapping_add(1), Release);
    }

    #[inline]
    fn less(&self) {
        let count = self.count.load(Relaxed);
        self.count.store(count.wrapping_sub(1), Release);
    }

    /// Returns how often the calling thread holds it.
    fn held(&self) -> u32 {
        let count = self.count.load(Acquire);
        if count > 0 && self.thread.load(Relaxed) == thread() {
            count.unsigned_abs()
        } else {
            0
        }
    }
}

/// Returns a number that no other living thread of this process has.
#[inline]
fn thread() -> usize {
    thread_local! { static HERE: u8 = const { 0 } }
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

impl SemLock {
    /// Makes one over a count that is set already.
    pub(super) fn over(count: Count, object: ObjectId, sort: Sort, most: u32) -> SemLock {
        SemLock {
            count,
            object,
            sort,
            most,
            mine: ForkLocal::new(Mine::default),
        }
    }

    /// Makes a lock on a page of its own, free.
    pub(super) fn lock(sort: Sort, object: ObjectId) -> Result<SemLock> {
        Ok(SemLock::over(Count::new(1)?, object, sort, 1))
    }

    /// Returns how often the calling thread holds it: CPython's `_count()`, where `_is_mine()`.
    pub(super) fn held(&self) -> u32 {
        self.mine.get().held()
    }

    /// Takes it, waiting until the deadline at most; returns whether it did. Says that it waits,
    /// where it has to.
    #[inline]
    pub(super) fn acquire(&self, deadline: Deadline, telling: Telling) -> bool {
        let mine = self.mine.get();
        if self.sort == Sort::RLock && mine.held() > 0 {
            mine.more();
            self.tell_taken(0, telling);
            return true;
        }
        let Some(left) = self.count.try_take().or_else(|| self.wait(deadline)) else {
            return false;
        };
        if self.sort != Sort::Semaphore {
            mine.more();
            self.count.note_holder(probe::actor());
        }
        self.tell_taken(left, telling);
        true
    }

    #[cold]
    fn wait(&self, deadline: Deadline) -> Option<u32> {
        if deadline.is_over() {
            return None;
        }
        if let Some(left) = self.count.look_around() {
            return Some(left);
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Acquire,
            object: Some(self.object),
            on: self.count.holder(),
            timeout: deadline.left().map(Into::into),
        });
        let left = self.count.take(deadline);
        if left.is_some() && self.sort != Sort::Semaphore {
            // Before a word is said: who dies in between must be known as the holder.
            self.count.note_holder(probe::actor());
        }
        tell_end(left.is_some(), &self.count);
        left
    }

    /// Gives it back.
    #[inline]
    pub(super) fn release(&self, telling: Telling) -> Result<()> {
        match self.sort {
            Sort::Semaphore => {
                let now = self.count.give(self.most).ok_or_else(|| self.too_often())?;
                self.tell_count(now, telling);
                Ok(())
            }
            Sort::RLock => {
                let mine = self.mine.get();
                match mine.held() {
                    0 => Err(Error::Misuse(
                        "attempt to release recursive lock not owned by thread".into(),
                    )),
                    1 => self.give_back(mine, telling),
                    _ => {
                        self.tell_released(telling);
                        mine.less();
                        Ok(())
                    }
                }
            }
            Sort::Lock if self.count.value() >= self.most => Err(self.too_often()),
            Sort::Lock => self.give_back(self.mine.get(), telling),
        }
    }

    #[inline]
    fn give_back(&self, mine: &Mine, telling: Telling) -> Result<()> {
        self.tell_released(telling);
        mine.less();
        self.count.note_holder(ActorId::MPVIZ);
        match self.count.give(self.most) {
            Some(_) => Ok(()),
            // Another has given it back in this moment.
            None => Err(self.too_often()),
        }
    }

    fn too_often(&self) -> Error {
        Error::ReleasedTooOften { most: self.most }
    }

    #[inline]
    fn tell_taken(&self, left: u32, telling: Telling) {
        if telling == Telling::Quiet {
            return;
        }
        if self.sort == Sort::Semaphore {
            self.tell_count(left, telling);
            return;
        }
        probe::say_taken(self.object);
    }

    #[inline]
    fn tell_released(&self, telling: Telling) {
        if telling == Telling::Told {
            probe::say_released(self.object);
        }
    }

    fn tell_count(&self, value: u32, telling: Telling) {
        if telling == Telling::Told {
            probe::say(|| Kind::CountChanged {
                object: self.object,
                value: u64::from(value),
            });
        }
    }
}

impl fmt::Debug for SemLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemLock")
            .field("sort", &self.sort)
            .field("value", &self.count.value())
            .finish_non_exhaustive()
    }
}

/// Says how a wait for a count ended, and who ended it.
pub(super) fn tell_end(taken: bool, count: &Count) {
    let waker = taken.then(|| count.releaser()).flatten();
    let outcome = if taken {
        Outcome::Done
    } else {
        Outcome::TimedOut
    };
    probe::say(|| Kind::Unblocked { outcome, waker });
}

/// A lock or semaphore that is held: Rust's form of `with lock:`. Dropped, it is given back.
///
/// The line of its end is that on which it was taken, as it is in Python. If the thing was
/// released by hand meanwhile, the drop changes nothing, where CPython raises a `ValueError`. A
/// process that is killed gives nothing back.
///
/// ```
/// use mpviz::runtime::sync::Lock;
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let lock = Lock::new()?;
/// {
///     let _held = lock.guard();
///     assert!(!lock.try_acquire());
/// }
/// assert!(lock.try_acquire());
/// # Ok(())
/// # }
/// ```
#[must_use = "dropped at once, it is held for no time at all"]
#[derive(Debug)]
pub struct Guard<'a> {
    lock: &'a SemLock,
    taken_at: &'static Location<'static>,
    /// An rlock belongs to a thread.
    stays: PhantomData<*const ()>,
}

impl<'a> Guard<'a> {
    pub(super) fn take(lock: &'a SemLock, taken_at: &'static Location<'static>) -> Guard<'a> {
        probe::enter(taken_at);
        lock.acquire(Deadline::NEVER, Telling::Told);
        Guard {
            lock,
            taken_at,
            stays: PhantomData,
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        probe::enter(self.taken_at);
        // Given back by hand already, then.
        let _ = self.lock.release(Telling::Told);
    }
}
