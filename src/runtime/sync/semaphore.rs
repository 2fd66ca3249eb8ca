//! `Semaphore` and `BoundedSemaphore`: so many at a time.

use super::count::Count;
use super::sem_lock::{Guard, MOST, SemLock, Sort, Telling};
use crate::event::Kind;
use crate::event::words::Class;
use crate::runtime::created::tell_created;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A counter between processes that blocks at zero: `multiprocessing.Semaphore`.
///
/// ```
/// use mpviz::runtime::sync::Semaphore;
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let places = Semaphore::new(2)?;
/// places.acquire();
/// places.acquire();
/// assert!(!places.try_acquire());
/// places.release()?;
/// assert_eq!(places.get_value(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Semaphore {
    pub(super) core: Arc<SemLock>,
}

/// A semaphore that can't be released above its first value: `multiprocessing.BoundedSemaphore`.
///
/// ```
/// use mpviz::runtime::sync::BoundedSemaphore;
///
/// # fn main() -> mpviz::runtime::Result<()> {
/// let places = BoundedSemaphore::new(2)?;
/// places.with(|| assert_eq!(places.get_value(), 1));
/// assert_eq!(places.release().unwrap_err().kind(), "ValueError");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BoundedSemaphore {
    pub(super) core: Arc<SemLock>,
}

macro_rules! semaphores {
    ($($semaphore:ident $most:expr;)*) => {$(
        impl $semaphore {
            /// Makes one that can be taken `value` times. CPython's default is 1.
            ///
            /// # Errors
            ///
            /// [`Error::Overflow`] if `value` is more than the 2³¹ − 1 that a semaphore counts,
            /// [`Error::System`] if the system has no memory left. That it is below zero
            /// (`OSError`) can't be said.
            #[track_caller]
            pub fn new(value: u32) -> Result<$semaphore> {
                probe::enter(Location::caller());
                $semaphore::make("", value)
            }

            /// Makes one with a name, which is shown. CPython's have none.
            ///
            /// # Errors
            ///
            /// As [`Self::new`].
            #[track_caller]
            pub fn named(name: &str, value: u32) -> Result<$semaphore> {
                probe::enter(Location::caller());
                $semaphore::make(name, value)
            }

            fn make(name: &str, value: u32) -> Result<$semaphore> {
                if value > MOST {
                    return Err(Error::Overflow {
                        name: "value",
                        value: value.to_string(),
                        most: MOST.into(),
                    });
                }
                let count = Count::new(value)?;
                let most: fn(u32) -> Option<u32> = $most;
                let most = most(value);
                let class = Class::$semaphore;
                let object = tell_created(class, name, None, most.map(u64::from));
                probe::say(|| Kind::CountChanged { object, value: value.into() });
                let most = most.unwrap_or(MOST);
                let core = SemLock::over(count, object, Sort::Semaphore, most);
                Ok($semaphore { core: Arc::new(core) })
            }

            /// Takes one. Waits until there is one.
            #[track_caller]
            pub fn acquire(&self) {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::NEVER, Telling::Told);
            }

            /// Takes one, waiting at most so long; returns whether it did.
            #[track_caller]
            pub fn acquire_timeout(&self, timeout: Duration) -> bool {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::after(Some(timeout)), Telling::Told)
            }

            /// Takes one if that needs no waiting; returns whether it did: `acquire(False)`.
            #[track_caller]
            pub fn try_acquire(&self) -> bool {
                probe::enter(Location::caller());
                self.core.acquire(Deadline::after(Some(Duration::ZERO)), Telling::Told)
            }

            /// Gives one back; anybody may.
            ///
            /// # Errors
            ///
            /// [`Error::ReleasedTooOften`], a `ValueError`, at its most: the first value of a
            /// [`BoundedSemaphore`], else 2³¹ − 1.
            #[track_caller]
            pub fn release(&self) -> Result<()> {
                probe::enter(Location::caller());
                self.core.release(Telling::Told)
            }

            /// Takes one until the guard is dropped: `with semaphore:`.
            #[track_caller]
            pub fn guard(&self) -> Guard<'_> {
                Guard::take(&self.core, Location::caller())
            }

            /// Calls `inside` while it has taken one.
            #[track_caller]
            pub fn with<R>(&self, inside: impl FnOnce() -> R) -> R {
                let _held = self.guard();
                inside()
            }

            /// Returns how often it can be taken at this moment: `get_value()`.
            pub fn get_value(&self) -> u32 {
                self.core.count.value()
            }

            /// Returns whether none is left at this moment: `locked()`, which CPython has from
            /// 3.14 on.
            pub fn locked(&self) -> bool {
                self.get_value() == 0
            }
        }
    )*};
}

semaphores! {
    Semaphore |_| None;
    BoundedSemaphore Some;
}
