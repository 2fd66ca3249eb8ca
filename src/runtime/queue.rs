//! `Queue`: what processes hand items over with.
//!
//! It is what CPython's is: in each process that puts, a buffer and a feeder thread; for all of
//! them a write lock, one pipe and a read lock; with a bound, a semaphore of free places. `put`
//! returns when the item is in the buffer, so a process that has put lives until its buffer is in
//! the pipe. A process that is killed inside `get` takes the read lock along.
//!
//! `core` is what all queues are made of, `feeder` a process's own side of it, `joinable` and `simple`
//! the two other kinds, `handed` how all get to a process that is spawned.

mod core;
mod feeder;
mod handed;
mod joinable;
mod simple;

pub use joinable::JoinableQueue;
pub use simple::SimpleQueue;

use self::core::{Core, Spec};
use super::error::{Error, Result};
use super::probe;
use super::time::Deadline;
use crate::event::words::Class;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// The most items that a bounded queue takes: what CPython's semaphores count.
const MAXSIZE: usize = i32::MAX as usize;

/// A queue of items between any number of processes: `multiprocessing.Queue`.
///
/// A clone is the same queue, and so is the copy that a forked child has. When the last clone in a
/// process is dropped it is closed there: what is in its buffer is still written.
///
/// A process that has put items lives until they are in the pipe, which takes 64 KiB. So take the
/// items out *before* joining it; what comes first is a deadlock once they outgrow the pipe.
///
/// ```
/// use mpviz::runtime::{Process, Queue, Result};
///
/// # fn main() -> Result<()> {
/// let q: Queue<String> = Queue::named("q")?;
/// let writer = Process::new().start(|| q.put("hello".to_owned()))?;
/// assert_eq!(q.get()?, "hello");
/// writer.join()
/// # }
/// ```
pub struct Queue<T> {
    handle: Arc<Handle>,
    items: PhantomData<fn(T) -> T>,
}

/// What the clones of a queue in one process share: with the last of them the queue is closed.
struct Handle {
    core: Arc<Core>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.core.close();
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            handle: Arc::clone(&self.handle),
            items: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("name", &self.core().name)
            .finish_non_exhaustive()
    }
}

impl<T> Queue<T> {
    fn core(&self) -> &Arc<Core> {
        &self.handle.core
    }
}

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// Makes a queue without a bound.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no descriptor or memory left.
    #[track_caller]
    pub fn named(name: &str) -> Result<Queue<T>> {
        probe::enter(Location::caller());
        Queue::make(name, 0, Class::Queue)
    }

    /// Makes a queue that takes `maxsize` items at most; with 0 it has no bound. CPython takes every
    /// number below 1 for no bound.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if `maxsize` is beyond what a semaphore counts, else as
    /// [`Queue::named`].
    #[track_caller]
    pub fn bounded(name: &str, maxsize: usize) -> Result<Queue<T>> {
        probe::enter(Location::caller());
        Queue::make(name, maxsize, Class::Queue)
    }

    fn make(name: &str, maxsize: usize, class: Class) -> Result<Queue<T>> {
        let wrong = || Error::Argument {
            name: "maxsize",
            value: maxsize.to_string(),
            range: "at most 2147483647",
        };
        let bound = u32::try_from(maxsize).ok().filter(|_| maxsize <= MAXSIZE);
        let bound = bound.ok_or_else(wrong)?;
        let core = Core::new(&Spec {
            name,
            class,
            maxsize: Some(bound).filter(|&bound| bound > 0),
        })?;
        let core = Arc::new(core);
        Ok(Queue {
            handle: Arc::new(Handle { core }),
            items: PhantomData,
        })
    }

    /// Puts an item into the buffer; the feeder moves it on. Waits while a bounded queue is full.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] (ValueError) after [`Queue::close`]. [`Error::Message`], [`Error::TooLarge`]
    /// and [`Error::Memory`] if no message can be made of the item (CPython finds that out in the
    /// feeder, and only prints it).
    #[track_caller]
    pub fn put(&self, item: T) -> Result<()> {
        probe::enter(Location::caller());
        self.core().put(&item, Deadline::NEVER)
    }

    /// Puts an item, waiting at most so long for a free place: `put(item, timeout=…)`. A negative
    /// time, which CPython takes for 0, can't be said.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] if there was none, else as [`Queue::put`].
    #[track_caller]
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<()> {
        probe::enter(Location::caller());
        self.core().put(&item, Deadline::after(Some(timeout)))
    }

    /// Puts an item if there is a free place now.
    ///
    /// # Errors
    ///
    /// As [`Queue::put_timeout`].
    ///
    /// ```
    /// use mpviz::runtime::{Error, Queue, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let q = Queue::bounded("small", 1)?;
    /// q.put(1)?;
    /// assert!(matches!(q.put_nowait(2), Err(Error::Full { .. })));
    /// assert!(q.is_full());
    /// # assert_eq!(q.get()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn put_nowait(&self, item: T) -> Result<()> {
        probe::enter(Location::caller());
        let now = Deadline::after(Some(Duration::ZERO));
        self.core().put(&item, now)
    }

    /// Gets the next item. Waits until there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] (ValueError) after [`Queue::close`], [`Error::Undecodable`] if the item is
    /// no value of the type: it is gone then, and the queue goes on.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        probe::enter(Location::caller());
        self.core().get(Deadline::NEVER)
    }

    /// Gets the next item, waiting at most so long: `get(timeout=…)`. A negative time, which CPython
    /// takes for 0, can't be said.
    ///
    /// ```
    /// use mpviz::runtime::{Queue, Result};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<()> {
    /// let q = Queue::<u32>::named("jobs")?;
    /// let late = q.get_timeout(Duration::from_millis(5)).unwrap_err();
    /// assert_eq!(late.kind(), "queue.Empty");
    /// q.put(7)?;
    /// assert_eq!(q.get_timeout(Duration::from_secs(10))?, 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] if there was none, else as [`Queue::get`].
    #[track_caller]
    pub fn get_timeout(&self, timeout: Duration) -> Result<T> {
        probe::enter(Location::caller());
        self.core().get(Deadline::after(Some(timeout)))
    }

    /// Gets the next item if there is one in the pipe now. Just after a put there may be none yet:
    /// the feeder moves it there.
    ///
    /// # Errors
    ///
    /// As [`Queue::get_timeout`].
    #[track_caller]
    pub fn get_nowait(&self) -> Result<T> {
        probe::enter(Location::caller());
        self.core().get(Deadline::after(Some(Duration::ZERO)))
    }

    /// Returns how many items were put and not got: in buffers, in the pipe, and lost ones.
    ///
    /// ```
    /// use mpviz::runtime::{Queue, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let q = Queue::named("q")?;
    /// q.put(1)?;
    /// assert_eq!(q.qsize(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn qsize(&self) -> usize {
        self.core().items() as usize
    }

    /// Returns whether nothing is in the pipe at this moment: `empty()`. What is in buffers does not
    /// count, so it may be true just after a put.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] (OSError) once this process has closed the queue and its feeder has
    /// ended, [`Error::System`] if the kernel can't tell.
    pub fn is_empty(&self) -> Result<bool> {
        self.core().is_empty()
    }

    /// Returns whether it has a bound and no free place: `full()`.
    pub fn is_full(&self) -> bool {
        self.core().is_full()
    }

    /// Closes the queue for this process: what is in its buffer is still written, then the feeder
    /// ends.
    pub fn close(&self) {
        self.core().close();
    }

    /// Waits until this process's buffer is in the pipe and its feeder has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (AssertionError) before [`Queue::close`].
    #[track_caller]
    pub fn join_thread(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.core().join_thread()
    }

    /// Lets this process end without its buffer being written: items may be lost. After that
    /// [`Queue::join_thread`] does not wait either.
    ///
    /// ```
    /// use mpviz::runtime::{Process, Queue, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let q = Queue::named("never read")?;
    /// let child = Process::new().start(|| {
    ///     // More than the pipe takes, and nobody reads.
    ///     q.cancel_join_thread();
    ///     q.put("x".repeat(1 << 20))
    /// })?;
    /// child.join()?;
    /// assert_eq!(child.exitcode()?, Some(0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn cancel_join_thread(&self) {
        self.core().cancel_join_thread();
    }
}
