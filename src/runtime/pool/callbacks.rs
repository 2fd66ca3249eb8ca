//! Callbacks: what a pool's result handler calls when a result has come.

use crate::runtime::error::Error;
use crate::runtime::exit::{self, Target};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A callback, as it is kept: what it returns is its own error, if there is one.
type Call<T> = Box<dyn FnOnce(T) -> Result<i32, String> + Send>;

/// What is called when a result has come: `callback` and `error_callback` of
/// [`Pool::apply_async_with`](super::Pool::apply_async_with) and of the like.
///
/// They run in the pool's result handler, a thread of its own: while one runs no other result
/// comes, and a `get` of any result that it waits for never ends. The result is ready only after
/// its callback has returned.
///
/// A callback that panics or returns an `Err` ends the result handler, as in CPython: it is told
/// on stderr, no result comes any more, `join` after `close` waits for ever, and
/// [`Pool::terminate`](super::Pool::terminate) says so.
///
/// ```
/// use mpviz::runtime::pool::Callbacks;
/// use mpviz::runtime::{Pool, Result};
/// use std::sync::mpsc;
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// let (send, results) = mpsc::channel();
/// let callbacks = Callbacks::new().callback(move |n: u32| drop(send.send(n)));
/// pool.apply_async_with(|n: u32| Result::Ok(n * n), 3, callbacks)?;
/// assert_eq!(results.recv().ok(), Some(9));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Callbacks<T> {
    value: Option<Call<T>>,
    error: Option<Call<Error>>,
}

impl<T> Default for Callbacks<T> {
    fn default() -> Self {
        Callbacks::new()
    }
}

impl<T> Callbacks<T> {
    /// Returns none.
    pub fn new() -> Callbacks<T> {
        let (value, error) = (None, None);
        Callbacks { value, error }
    }

    /// Sets what is called with the value, if the task went well: `callback`. It gets a value of
    /// its own, decoded from the same bytes as the one that `get` returns.
    pub fn callback<C: Target>(
        mut self,
        callback: impl FnOnce(T) -> C + Send + 'static,
    ) -> Callbacks<T> {
        self.value = Some(Box::new(|value| callback(value).into_exit()));
        self
    }

    /// Sets what is called with the error, if the task failed: `error_callback`.
    pub fn error_callback<C: Target>(
        mut self,
        callback: impl FnOnce(Error) -> C + Send + 'static,
    ) -> Callbacks<T> {
        self.error = Some(Box::new(|error| callback(error).into_exit()));
        self
    }

    /// Returns whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.value.is_none() && self.error.is_none()
    }

    /// Returns whether there is one for the outcome.
    pub(super) fn takes(&self, outcome: &crate::runtime::Result<T>) -> bool {
        match outcome {
            Ok(_) => self.value.is_some(),
            Err(_) => self.error.is_some(),
        }
    }

    /// Calls the one that there is for the outcome. `false` if it failed, which was told then.
    pub(super) fn call(self, outcome: crate::runtime::Result<T>) -> bool {
        // What a panic leaves half done is the callback's own: the thread ends.
        let ran = catch_unwind(AssertUnwindSafe(|| match outcome {
            Ok(value) => self.value.map(|callback| callback(value)),
            Err(error) => self.error.map(|callback| callback(error)),
        }));
        match ran {
            Ok(Some(Err(message))) => {
                exit::tell_failure("Error", &message);
                false
            }
            Ok(_) => true,
            // A panic was told by the hook.
            Err(_) => false,
        }
    }
}
