//! `Lock` and `RLock`: one at a time.

use super::sem_lock::{Guard, SemLock, Sort, Telling};
use crate::event::ObjectId;
use crate::event::words::Class;
use crate::runtime::created::tell_created;
use crate::runtime::error::Result;
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A lock between processes: `multiprocessing.Lock`.
///
/// Anybody may release it, another thread or process too. It is not recursive: who takes it twice
/// waits for itself.
///
/// ```
/// use mpviz::runtime::sync::Lock;
/// use mpviz::runtime::{Process, Result};
///
/// # fn main() -> Result<()> {
/// let lock = Lock::new()?;
/// lock.acquire();
/// // Another process may release it.
/// Process::new().start(|| lock.release())?.join()?;
/// assert!(lock.try_acquire());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Lock {
    pub(super) core: Arc<SemLock>,
}

/// A lock that its holder may take again: `multiprocessing.RLock`.
///
/// It belongs to the thread that took it, which alone may release it, as often as it took it. A
/// forked child does not hold what its parent holds.
///
/// ```
/// use mpviz::runtime::sync::RLock;
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let lock = RLock::new()?;
/// lock.acquire();
/// lock.acquire();
/// lock.release()?;
/// lock.release()?;
/// let error = lock.release().unwrap_err();
/// assert_eq!(error.kind(), "AssertionError");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RLock {
    pub(super) core: Arc<SemLock>,
}

/// A [`Lock`] or an [`RLock`]: what a condition or a shared value can be given.
///
/// ```
/// use mpviz::runtime::{Condition, Lock, Result, Value};
///
/// # fn main() -> Result<()> {
/// let lock = Lock::new()?;
/// let (n, changed) = (Value::with_lock(0, &lock)?, Condition::with_lock(&lock)?);
/// n.set(1);
/// assert!(lock.try_acquire() && !changed.try_acquire());
/// # Ok(())
/// # }
/// ```
pub trait Mutual: private::Sealed {}

mod private {
    use super::super::sem_lock::SemLock;
    use std::sync::Arc;

    pub trait Sealed {
        fn core(&self) -> &Arc<SemLock>;
    }
}

macro_rules! locks {
    ($($lock:ident $class:ident $python:literal;)*) => {$(
        impl $lock {
            /// Makes a lock that nobody holds.
            ///
            /// # Errors
            ///
            /// [`Error::System`](crate::runtime::Error::System) if the system has no memory left.
            #[track_caller]
            pub fn new() -> Result<$lock> {
                probe::enter(Location::caller());
                $lock::make("")
            }

            /// Makes a lock with a name, which is shown. CPython's have none.
            ///
            /// # Errors
            ///
            /// As [`Self::new`].
            #[track_caller]
            pub fn named(name: &str) -> Result<$lock> {
                probe::enter(Location::caller());
                $lock::make(name)
            }

            fn make(name: &str) -> Result<$lock> {
                $lock::of_object(tell_created(Class::$class, name, None, None))
            }

            /// Makes the lock of something that is an object already.
            pub(in crate::runtime) fn of_object(object: ObjectId) -> Result<$lock> {
                let core = Arc::new(SemLock::lock(Sort::$lock, object)?);
                Ok($lock { core })
            }

            /// Takes it. Waits until nobody else holds it.
            #[track_caller]
            pub fn acquire(&self) {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::NEVER, Telling::Told);
            }

            /// Takes it, waiting at most so long; returns whether it did.
            #[track_caller]
            pub fn acquire_timeout(&self, timeout: Duration) -> bool {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::after(Some(timeout)), Telling::Told)
            }

            /// Takes it if that needs no waiting; returns whether it did: `acquire(False)`.
            #[track_caller]
            pub fn try_acquire(&self) -> bool {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::after(Some(Duration::ZERO)), Telling::Told)
            }

            #[doc = concat!("Gives it back: `", $python, ".release()`.")]
            ///
            /// # Errors
            ///
            /// A [`Lock`] that nobody holds:
            /// [`Error::ReleasedTooOften`](crate::runtime::Error::ReleasedTooOften), a
            /// `ValueError`. An [`RLock`] that this thread does not hold:
            /// [`Error::Misuse`](crate::runtime::Error::Misuse), an `AssertionError`.
            #[track_caller]
            pub fn release(&self) -> Result<()> {
                probe::enter(Location::caller());
                self.core.release(Telling::Told)
            }

            /// Takes it until the guard is dropped: `with lock:`.
            #[track_caller]
            pub fn guard(&self) -> Guard<'_> {
                Guard::take(&self.core, Location::caller())
            }

            /// Calls `inside` while it holds the lock: `with lock:` around a block.
            #[track_caller]
            pub fn with<R>(&self, inside: impl FnOnce() -> R) -> R {
                let _held = self.guard();
                inside()
            }

            /// Returns whether anybody holds it at this moment: `locked()`, which CPython has from
            /// 3.14 on.
            pub fn locked(&self) -> bool {
                self.core.count.value() == 0
            }
        }

        impl Mutual for $lock {}
        impl private::Sealed for $lock {
            fn core(&self) -> &Arc<SemLock> {
                &self.core
            }
        }
    )*};
}

locks! {
    Lock Lock "Lock";
    RLock RLock "RLock";
}

/// Returns what a lock is made of.
pub(super) fn core_of(lock: &impl Mutual) -> &Arc<SemLock> {
    lock.core()
}

/// A lock that an operation holds for a moment, untold.
pub(in crate::runtime) struct Held<'a>(&'a SemLock);

impl<'a> Held<'a> {
    /// Takes the lock.
    #[inline]
    pub(in crate::runtime) fn take(lock: &'a impl Mutual) -> Held<'a> {
        Held::of(core_of(lock))
    }

    pub(super) fn of(lock: &'a SemLock) -> Held<'a> {
        lock.acquire(Deadline::NEVER, Telling::Quiet);
        Held(lock)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // It fails only if another process has released what it does not hold, as it may.
        let _ = self.0.release(Telling::Quiet);
    }
}
