//! Locks, semaphores, conditions, events and barriers between processes:
//! `multiprocessing.synchronize`.
//!
//! All of them are counters in shared memory on which the kernel can wait. A clone is the same
//! object, and so is the copy that a forked child has.
//!
//! As in CPython, nobody notices when a holder dies: the lock stays taken for ever, and who waits
//! for it waits for ever. That is a lesson, so it is kept; only that each wait says on whom it
//! waits, and each end of one who ended it.
//!
//! What Python says by arguments Rust says by names: `acquire()` waits for ever,
//! `acquire_timeout(d)` at most so long, `try_acquire()` not at all. `with lock:` is
//! [`Lock::guard`] or [`Lock::with`]. A negative timeout can't be said; CPython takes it for 0.
//!
//! Reading order: [`Lock`] and [`RLock`], [`Semaphore`], [`Condition`], [`Event`], [`Barrier`];
//! beneath them `sem_lock`, which all of them are made of, `count` and `protocol`.

mod barrier;
mod condition;
mod count;
mod event;
mod handed;
mod lock;
mod protocol;
mod queue_lock;
mod sem_lock;
mod semaphore;

pub use barrier::Barrier;
pub use condition::Condition;
pub use event::Event;
pub use lock::{Lock, Mutual, RLock};
pub use sem_lock::Guard;
pub use semaphore::{BoundedSemaphore, Semaphore};

pub(super) use handed::give;
pub(super) use lock::Held;
pub(super) use queue_lock::{Hold, QueueLock, Slots};

use crate::event::ObjectId;
use crate::event::words::Part;

/// What an object is a part of, and as what.
pub(super) type PartOf = Option<(ObjectId, Part)>;
