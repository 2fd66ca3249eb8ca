//! `AsyncResult`: what comes of a task or of a map, once it has come.

use super::bytes::Bytes;
use super::callbacks::Callbacks;
use super::failure::Failure;
use super::jobs::{Brought, Job, NO_TASK, Part};
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind, TaskId};
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use serde::de::DeserializeOwned;
use std::panic::Location;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The place that answers come to.
pub(super) struct Gather {
    parts: Mutex<Parts>,
    ready: Condvar,
}

/// What has come of each part.
pub(super) struct Parts {
    store: Store,
    /// How many are still to come.
    left: u32,
    /// The first failure.
    failure: Option<Failure>,
    /// All have come, and the callbacks have run.
    ready: bool,
    /// Threads that wait.
    waiting: u32,
    /// Who sent the last part.
    from: ActorId,
    fetched: bool,
    completion: Option<Completion>,
}

/// What runs when all has come; `false` if a callback failed.
type Completion = Box<dyn FnOnce(&Gather) -> bool + Send>;

/// Results, without an allocation for the one of a single task.
enum Store {
    One(Option<(TaskId, Bytes)>),
    Chunks {
        slots: Vec<Option<(TaskId, Bytes)>>,
        /// How many results they are together.
        items: usize,
        /// How many of them a chunk has; the last may have fewer.
        chunksize: usize,
    },
}

/// Makes the value of what has come.
pub(super) type Decode<T> = fn(&Parts) -> Result<T>;

impl Gather {
    fn new(store: Store, left: u32, completion: Option<Completion>) -> Arc<Gather> {
        Arc::new(Gather {
            parts: Mutex::new(Parts {
                store,
                left,
                failure: None,
                ready: left == 0,
                waiting: 0,
                from: ActorId::MPVIZ,
                fetched: false,
                completion,
            }),
            ready: Condvar::new(),
        })
    }

    /// Returns the place for a task's answer.
    pub(super) fn one<R: DeserializeOwned + 'static>(callbacks: Callbacks<R>) -> Arc<Gather> {
        Gather::new(Store::One(None), 1, completion(callbacks, decode_one::<R>))
    }

    /// Returns the place for the answers of a map's chunks.
    pub(super) fn chunks<R: DeserializeOwned + 'static>(
        items: usize,
        chunksize: usize,
        chunks: u32,
        callbacks: Callbacks<Vec<R>>,
    ) -> Arc<Gather> {
        let mut slots = Vec::new();
        slots.resize_with(chunks as usize, || None);
        let store = Store::Chunks {
            slots,
            items,
            chunksize,
        };
        Gather::new(store, chunks, completion(callbacks, decode_all::<R>))
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until all has come or the deadline is over; returns what is there.
    fn wait(&self, deadline: Deadline) -> MutexGuard<'_, Parts> {
        let mut parts = self.parts();
        if parts.ready || deadline.is_over() {
            return parts;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Fetch,
            object: None,
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        parts.waiting += 1;
        while !parts.ready && !deadline.is_over() {
            parts = match deadline.left() {
                None => self
                    .ready
                    .wait(parts)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let waited = self.ready.wait_timeout(parts, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        parts.waiting -= 1;
        let (outcome, waker) = if parts.ready {
            (Outcome::Done, Some(parts.from))
        } else {
            (Outcome::TimedOut, None)
        };
        let waker = waker.filter(|&waker| waker != ActorId::MPVIZ);
        probe::say(|| Kind::Unblocked { outcome, waker });
        parts
    }
}

fn completion<T: 'static>(callbacks: Callbacks<T>, decode: Decode<T>) -> Option<Completion> {
    (!callbacks.is_empty()).then(|| -> Completion {
        Box::new(move |gather| {
            let mut parts = gather.parts();
            let outcome = parts.outcome(decode);
            if callbacks.takes(&outcome) {
                parts.tell_fetched();
            }
            drop(parts);
            callbacks.call(outcome)
        })
    })
}

impl Job for Gather {
    fn bring(&self, part: Part) -> Brought {
        let mut parts = self.parts();
        let mut brought = Brought {
            done: false,
            awaited: false,
            stuck: false,
        };
        if !parts.keep(part) || parts.left > 0 {
            return brought;
        }
        if let Some(completion) = parts.completion.take() {
            // The callback may look at anything, this result too: not under its lock.
            drop(parts);
            if !completion(self) {
                brought.stuck = true;
                return brought;
            }
            parts = self.parts();
        }
        parts.ready = true;
        brought.done = true;
        brought.awaited = parts.waiting > 0;
        brought
    }

    fn wake(&self) {
        self.ready.notify_all();
    }
}

impl Parts {
    /// Keeps a part; `false` if it is none of these, or came before: a task that forks is
    /// answered twice, and the first answer counts.
    fn keep(&mut self, part: Part) -> bool {
        let slot = match &mut self.store {
            Store::One(slot) => Some(slot).filter(|_| part.index == 0),
            Store::Chunks { slots, .. } => slots.get_mut(part.index as usize),
        };
        let Some(slot) = slot.filter(|slot| slot.is_none()) else {
            return false;
        };
        if self.left == 0 {
            return false;
        }
        let bytes = match part.outcome {
            Ok((_, bytes)) => bytes,
            Err(failure) => {
                self.failure.get_or_insert(failure);
                Bytes::copy(&[])
            }
        };
        *slot = Some((part.task, bytes));
        self.left -= 1;
        self.from = part.from;
        true
    }

    fn outcome<T>(&self, decode: Decode<T>) -> Result<T> {
        match &self.failure {
            Some(failure) => Err(failure.clone().into_error()),
            None => decode(self),
        }
    }

    /// Says, once, that each task's result was handed over.
    fn tell_fetched(&mut self) {
        if std::mem::replace(&mut self.fetched, true) || !probe::is_on() {
            return;
        }
        let slots = match &self.store {
            Store::One(slot) => std::slice::from_ref(slot),
            Store::Chunks { slots, .. } => slots,
        };
        let tasks = slots.iter().flatten().map(|&(task, _)| task);
        for (at, task) in tasks.filter(|&task| task != NO_TASK).enumerate() {
            probe::say_one_of(at, || Kind::TaskFetched { task });
        }
    }
}

/// Says that an answer is not what was promised: its type's `Serialize` and `Deserialize` differ.
pub(super) fn wrong_answer(source: postcard::Error) -> Error {
    Error::Message {
        verb: "decode",
        object: "outqueue".to_owned(),
        source,
    }
}

fn decode_one<R: DeserializeOwned>(parts: &Parts) -> Result<R> {
    let bytes = match &parts.store {
        Store::One(Some((_, bytes))) => bytes.get(),
        _ => &[],
    };
    postcard::from_bytes(bytes).map_err(wrong_answer)
}

fn decode_all<R: DeserializeOwned>(parts: &Parts) -> Result<Vec<R>> {
    let Store::Chunks {
        slots,
        items,
        chunksize,
    } = &parts.store
    else {
        return Ok(Vec::new());
    };
    let mut values = Vec::with_capacity(*items);
    for (_, bytes) in slots.iter().flatten() {
        let mut bytes = bytes.get();
        for _ in 0..(*chunksize).min(*items - values.len()) {
            let (value, rest) = postcard::take_from_bytes(bytes).map_err(wrong_answer)?;
            values.push(value);
            bytes = rest;
        }
    }
    Ok(values)
}

/// Returns how a task's value is made of its answer.
pub(super) fn one<R: DeserializeOwned>() -> Decode<R> {
    decode_one::<R>
}

/// Returns how a map's values are made of its answers.
pub(super) fn all<R: DeserializeOwned>() -> Decode<Vec<R>> {
    decode_all::<R>
}

/// What comes of a task, or of all tasks of a map, once it has come:
/// `multiprocessing.pool.AsyncResult`.
///
/// A clone is the same result. It may be asked for as often as one likes, also after the pool is
/// gone; what had not come by then never comes.
///
/// ```
/// use mpviz::runtime::{Pool, Result};
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// let nine = pool.apply_async(|n: u32| Result::Ok(n * n), 3)?;
/// nine.wait();
/// assert!(nine.ready() && nine.successful()?);
/// assert_eq!(nine.get()?, 9);
/// # Ok(())
/// # }
/// ```
pub struct AsyncResult<T> {
    gather: Arc<Gather>,
    decode: Decode<T>,
}

impl<T> Clone for AsyncResult<T> {
    fn clone(&self) -> Self {
        AsyncResult {
            gather: Arc::clone(&self.gather),
            decode: self.decode,
        }
    }
}

impl<T> AsyncResult<T> {
    pub(super) fn new(gather: Arc<Gather>, decode: Decode<T>) -> AsyncResult<T> {
        AsyncResult { gather, decode }
    }

    /// Returns whether it has come: `ready()`.
    pub fn ready(&self) -> bool {
        self.gather.parts().ready
    }

    /// Returns whether it is a value, not an error: `successful()`.
    ///
    /// # Errors
    ///
    /// [`Error::State`] (`ValueError`) while it has not come.
    pub fn successful(&self) -> Result<bool> {
        let parts = self.gather.parts();
        if !parts.ready {
            return Err(Error::State("the result is not ready".into()));
        }
        Ok(parts.failure.is_none())
    }

    /// Waits until it has come: `wait()`. For ever, if its task was lost with its worker.
    #[track_caller]
    pub fn wait(&self) {
        probe::enter(Location::caller());
        drop(self.gather.wait(Deadline::NEVER));
    }

    /// Waits until it has come, at most so long: `wait(timeout)`. [`AsyncResult::ready`] tells
    /// which it was. (A negative timeout, which CPython takes for 0, can't be said.)
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) {
        probe::enter(Location::caller());
        drop(self.gather.wait(Deadline::after(Some(timeout))));
    }

    /// Returns the value: `get()`. Waits until it has come: for ever, if its task was lost with
    /// its worker.
    ///
    /// # Errors
    ///
    /// [`Error::Task`] with the error or panic of the task; of a map's, the first that came.
    /// [`Error::Message`] if the value can't be decoded again.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        probe::enter(Location::caller());
        self.get_until(None)
    }

    /// Returns the value, waiting at most so long: `get(timeout)`.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] if it has not come by then, else as [`AsyncResult::get`].
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(1)?;
    /// // A task is lost with its worker; another worker does the next.
    /// let lost = pool.apply_async(|code: i32| -> Result<()> { std::process::exit(code) }, 3)?;
    /// assert_eq!(pool.apply(|n: u32| Result::Ok(n + 1), 1)?, 2);
    /// let error = lost.get_timeout(Duration::from_millis(50)).expect_err("lost");
    /// assert_eq!(error.kind(), "TimeoutError");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn get_timeout(&self, timeout: Duration) -> Result<T> {
        probe::enter(Location::caller());
        self.get_until(Some(timeout))
    }

    fn get_until(&self, timeout: Option<Duration>) -> Result<T> {
        let mut parts = self.gather.wait(Deadline::after(timeout));
        if !parts.ready {
            let limit = timeout.unwrap_or_default();
            return Err(Error::TimedOut {
                operation: "get",
                limit,
            });
        }
        parts.tell_fetched();
        parts.outcome(self.decode)
    }
}
