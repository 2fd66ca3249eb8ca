//! `AsyncResult`: a task's result, once there is one.

use crate::event::words::{Operation, Outcome};
use crate::event::{Kind, TaskId};
use crate::runtime::error::{Error, Result};
use crate::runtime::time::Deadline;
use crate::runtime::{message, probe};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

type Answered = std::result::Result<Vec<u8>, String>;

/// The place that a task's result comes to.
#[derive(Default)]
pub(super) struct Pending {
    answer: Mutex<Option<Answered>>,
    ready: Condvar,
}

impl Pending {
    fn answer(&self) -> MutexGuard<'_, Option<Answered>> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings the result. The result handler calls this.
    pub(super) fn set(&self, answer: Answered) {
        *self.answer() = Some(answer);
        self.ready.notify_all();
    }
}

/// The result of a task, once there is one: `multiprocessing.pool.AsyncResult`.
pub struct AsyncResult<R> {
    task: TaskId,
    pending: Arc<Pending>,
    result: PhantomData<fn() -> R>,
}

impl<R: DeserializeOwned> AsyncResult<R> {
    pub(super) fn new(task: TaskId, pending: Arc<Pending>) -> AsyncResult<R> {
        AsyncResult {
            task,
            pending,
            result: PhantomData,
        }
    }

    /// Returns whether the result is there.
    pub fn is_ready(&self) -> bool {
        self.pending.answer().is_some()
    }

    /// Returns the result. Waits until it is there: for ever, if the task was lost.
    ///
    /// # Errors
    ///
    /// [`Error::Task`] with the error or panic of the task.
    #[track_caller]
    pub fn get(&self) -> Result<R> {
        probe::enter(Location::caller());
        self.get_until(None)
    }

    /// Returns the result, waiting at most so long.
    ///
    /// # Errors
    ///
    /// [`Error::TimedOut`] if it is not there by then, else as [`AsyncResult::get`].
    #[track_caller]
    pub fn get_timeout(&self, timeout: Duration) -> Result<R> {
        probe::enter(Location::caller());
        self.get_until(Some(timeout))
    }

    fn get_until(&self, timeout: Option<Duration>) -> Result<R> {
        let answer = self.wait(timeout);
        let limit = timeout.unwrap_or_default();
        let answer = answer.ok_or(Error::TimedOut {
            operation: "get",
            limit,
        })?;
        probe::say(|| Kind::TaskFetched { task: self.task });
        message::decode(&answer.map_err(Error::Task)?, "outqueue")
    }

    fn wait(&self, timeout: Option<Duration>) -> Option<Answered> {
        let deadline = Deadline::after(timeout);
        let mut answer = self.pending.answer();
        if answer.is_some() {
            return answer.clone();
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Fetch,
            object: None,
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        while answer.is_none() && !deadline.is_over() {
            answer = match deadline.left() {
                None => self
                    .pending
                    .ready
                    .wait(answer)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => {
                    let waited = self.pending.ready.wait_timeout(answer, left);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        let outcome = if answer.is_some() {
            Outcome::Done
        } else {
            Outcome::TimedOut
        };
        probe::say(|| Kind::Unblocked {
            outcome,
            waker: None,
        });
        answer.clone()
    }
}
