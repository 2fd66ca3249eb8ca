//! `imap` and `imap_unordered`: results one after the other, as they come.

mod submission;

use super::bytes::Bytes;
use super::jobs::{self, Brought, Job, NO_TASK, Part};
use super::result::wrong_answer;
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind, TaskId};
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::time::Deadline;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// In which order results are handed out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    /// In that of their arguments.
    Arguments,
    /// As they come.
    Coming,
}

type Item = (TaskId, jobs::Outcome);

/// The place that the answers of an `imap` come to.
pub(super) struct Stream {
    order: Order,
    state: Mutex<State>,
    added: Condvar,
}

#[derive(Default)]
struct State {
    /// Those that can be handed out.
    items: VecDeque<Item>,
    /// Those that came before their turn.
    early: BTreeMap<u32, Item>,
    /// How many could be handed out so far.
    index: u32,
    /// How many there will be, once that is known.
    length: Option<u32>,
    waiting: bool,
    /// Who sent the last.
    from: Option<ActorId>,
}

impl State {
    fn is_done(&self) -> bool {
        self.length == Some(self.index)
    }
}

impl Stream {
    pub(super) fn new(order: Order) -> Arc<Stream> {
        Arc::new(Stream {
            order,
            state: Mutex::default(),
            added: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how many answers there will be. Returns whether all have come.
    fn set_length(&self, length: u32) -> bool {
        let mut state = self.state();
        state.length = Some(length);
        let (done, waiting) = (state.is_done(), state.waiting);
        drop(state);
        if done && waiting {
            self.added.notify_all();
        }
        done
    }
}

impl Job for Stream {
    fn bring(&self, part: Part) -> Brought {
        let mut state = self.state();
        let item = (part.task, part.outcome);
        let due = state.index;
        let before = state.items.len();
        if self.order == Order::Coming || part.index == due {
            state.items.push_back(item);
            state.index += 1;
            while let Some(next) = (!state.early.is_empty())
                .then_some(state.index)
                .and_then(|index| state.early.remove(&index))
            {
                state.items.push_back(next);
                state.index += 1;
            }
        } else if part.index > due {
            state.early.entry(part.index).or_insert(item);
        }
        state.from = Some(part.from);
        Brought {
            done: state.is_done(),
            awaited: state.waiting && state.items.len() > before,
            stuck: false,
        }
    }

    fn wake(&self) {
        self.added.notify_all();
    }
}

/// The results of [`Pool::imap`](super::Pool::imap) and
/// [`Pool::imap_unordered`](super::Pool::imap_unordered), one after the other:
/// `multiprocessing.pool.IMapIterator`.
///
/// A task's error is an item like any other, after which the next comes. With a chunk size above 1
/// an error stands for its whole chunk, and nothing comes after it, as in CPython.
///
/// ```
/// use mpviz::runtime::{Pool, Result};
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// let squares: Result<Vec<u32>> = pool.imap(|n: u32| Result::Ok(n * n), 1..=4)?.collect();
/// assert_eq!(squares?, [1, 4, 9, 16]);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Imap<R> {
    stream: Arc<Stream>,
    /// Those taken over already, many at a time.
    items: VecDeque<Item>,
    /// A chunk that is being handed out.
    chunk: Option<Chunked>,
    is_chunked: bool,
    over: bool,
    results: PhantomData<fn() -> R>,
}

/// Results of one task that are handed out one by one.
struct Chunked {
    bytes: Bytes,
    /// Where the next begins.
    at: usize,
    left: u32,
}

impl<R: DeserializeOwned> Imap<R> {
    pub(super) fn new(stream: Arc<Stream>, chunksize: usize) -> Imap<R> {
        Imap {
            stream,
            items: VecDeque::new(),
            chunk: None,
            is_chunked: chunksize > 1,
            over: false,
            results: PhantomData,
        }
    }

    /// Returns the next result, waiting at most so long for it: `next(timeout)`. `None` if there
    /// are no more. After [`Error::TimedOut`] it may be asked again.
    ///
    /// (In CPython an iteration in chunks has no `next(timeout)`. A negative timeout, which it
    /// takes for 0, can't be said.)
    ///
    /// ```
    /// use mpviz::runtime::{Error, Pool, Result, sleep};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(1)?;
    /// let mut naps = pool.imap(|seconds: f64| sleep(seconds), [0.2])?;
    /// let early = naps.next_timeout(Duration::from_millis(1));
    /// assert!(matches!(early, Some(Err(Error::TimedOut { .. }))));
    /// assert!(matches!(naps.next(), Some(Ok(()))));
    /// assert!(naps.next().is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`](crate::runtime::Error::TimedOut) if the time was over; it may still come.
    /// [`Error::Task`](crate::runtime::Error::Task) if the task failed,
    /// [`Error::Message`](crate::runtime::Error::Message) if its result can't be decoded.
    #[track_caller]
    pub fn next_timeout(&mut self, timeout: Duration) -> Option<Result<R>> {
        probe::enter(Location::caller());
        self.next_until(Some(timeout))
    }

    fn next_until(&mut self, timeout: Option<Duration>) -> Option<Result<R>> {
        if self.over {
            return None;
        }
        if self.chunk.is_none() {
            match self.take(timeout) {
                Ok(Some((task, Ok((left, bytes))))) => {
                    tell_fetched(task);
                    self.chunk = Some(Chunked { bytes, at: 0, left });
                }
                Ok(Some((task, Err(failure)))) => {
                    tell_fetched(task);
                    self.over = self.is_chunked;
                    return Some(Err(failure.into_error()));
                }
                Ok(None) => {
                    self.over = true;
                    return None;
                }
                Err(error) => return Some(Err(error)),
            }
        }
        let mut chunk = self.chunk.take()?;
        let rest = chunk.bytes.get().get(chunk.at..).unwrap_or(&[]);
        match postcard::take_from_bytes(rest) {
            Ok((value, left)) => {
                chunk.at += rest.len() - left.len();
                chunk.left = chunk.left.saturating_sub(1);
                self.chunk = Some(chunk).filter(|chunk| chunk.left > 0);
                Some(Ok(value))
            }
            Err(error) => Some(Err(wrong_answer(error))),
        }
    }

    /// Takes the next item over, waiting until the deadline at most.
    fn take(&mut self, timeout: Option<Duration>) -> Result<Option<Item>> {
        if let Some(item) = self.items.pop_front() {
            return Ok(Some(item));
        }
        let mut state = self.stream.state();
        if state.items.is_empty() && !state.is_done() {
            let deadline = Deadline::after(timeout);
            state = self.stream.wait(state, deadline);
            if state.items.is_empty() && !state.is_done() {
                return Err(Error::TimedOut {
                    operation: "next",
                    limit: timeout.unwrap_or_default(),
                });
            }
        }
        // All that there are: the result handler is not to wait for each.
        std::mem::swap(&mut state.items, &mut self.items);
        drop(state);
        Ok(self.items.pop_front())
    }
}

impl Stream {
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        deadline: Deadline,
    ) -> MutexGuard<'a, State> {
        if deadline.is_over() {
            return state;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Fetch,
            object: None,
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        state.waiting = true;
        while state.items.is_empty() && !state.is_done() && !deadline.is_over() {
            state = match deadline.left() {
                None => self
                    .added
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let waited = self.added.wait_timeout(state, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        state.waiting = false;
        let (outcome, waker) = match (state.items.is_empty(), state.is_done()) {
            (true, false) => (Outcome::TimedOut, None),
            _ => (Outcome::Done, state.from),
        };
        let waker = waker.filter(|&waker| waker != ActorId::MPVIZ);
        probe::say(|| Kind::Unblocked { outcome, waker });
        state
    }
}

fn tell_fetched(task: TaskId) {
    if task != NO_TASK {
        probe::say(|| Kind::TaskFetched { task });
    }
}

impl<R: DeserializeOwned> Iterator for Imap<R> {
    type Item = Result<R>;

    /// Returns the next result, waiting until it has come: `next()`.
    #[track_caller]
    fn next(&mut self) -> Option<Result<R>> {
        probe::enter(Location::caller());
        self.next_until(None)
    }
}
