//! `JoinableQueue`: a queue that knows when all its items are done.

use super::Queue;
use crate::event::words::Class;
use crate::runtime::error::Result;
use crate::runtime::probe;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ops::Deref;
use std::panic::Location;

/// A [`Queue`] that counts its items until they are said to be done: `multiprocessing.JoinableQueue`.
///
/// It has all that a queue has. Each put counts one up, each [`JoinableQueue::task_done`] one down,
/// and [`JoinableQueue::join`] waits for zero. A worker that is killed between its `get` and its
/// `task_done` leaves the count above zero for ever, and with it who joins.
///
/// ```
/// use mpviz::runtime::{JoinableQueue, Process, Result};
///
/// # fn main() -> Result<()> {
/// let q = JoinableQueue::named("jobs")?;
/// let worker = Process::new().daemon(true).start(|| -> Result<()> {
///     loop {
///         let _job: u32 = q.get()?;
///         q.task_done()?;
///     }
/// })?;
/// for job in 0..10 {
///     q.put(job)?;
/// }
/// q.join()?;
/// worker.terminate()
/// # }
/// ```
#[derive(Debug)]
pub struct JoinableQueue<T> {
    queue: Queue<T>,
}

impl<T> Clone for JoinableQueue<T> {
    fn clone(&self) -> Self {
        JoinableQueue {
            queue: self.queue.clone(),
        }
    }
}

impl<T> Deref for JoinableQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T: Serialize + DeserializeOwned> JoinableQueue<T> {
    /// Makes a queue without a bound.
    ///
    /// # Errors
    ///
    /// As [`Queue::named`].
    #[track_caller]
    pub fn named(name: &str) -> Result<JoinableQueue<T>> {
        JoinableQueue::bounded(name, 0)
    }

    /// Makes a queue that takes `maxsize` items at most; with 0 it has no bound.
    ///
    /// # Errors
    ///
    /// As [`Queue::bounded`].
    #[track_caller]
    pub fn bounded(name: &str, maxsize: usize) -> Result<JoinableQueue<T>> {
        probe::enter(Location::caller());
        let queue = Queue::make(name, maxsize, Class::JoinableQueue)?;
        Ok(JoinableQueue { queue })
    }

    /// Says that an item which was got is done. Any process may say so, for whichever item.
    ///
    /// # Errors
    ///
    /// [`Error::State`](crate::runtime::Error::State) (ValueError) if it was said more often than
    /// items were put.
    #[track_caller]
    pub fn task_done(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.queue.core().task_done()
    }

    /// Waits until all items that were put are done. Without any it returns at once.
    ///
    /// # Errors
    ///
    /// None; it is a `Result` as all that waits is.
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.queue.core().join();
        Ok(())
    }
}
