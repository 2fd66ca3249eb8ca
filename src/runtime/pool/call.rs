//! A task on its way: which function, which argument, and how a worker calls it.
//!
//! A forked worker has the same program at the same addresses, so the address of a function is
//! enough to name it. What is named is never the program's function itself but a wrapper that
//! knows its types: it decodes the argument, calls, and encodes the result.
#![expect(unsafe_code, reason = "calls a function by its address")]

use crate::event::TaskId;
use crate::runtime::error::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt::Display;

/// What a worker calls: takes an encoded argument, returns an encoded result or an error's text.
type Wrapper = fn(&[u8]) -> std::result::Result<Vec<u8>, String>;

/// The address of a wrapper.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Code(u64);

/// A task, as it stands in the inqueue.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// The pool's own number: only its own tasks have it.
    pub(super) cookie: u64,
    pub(super) task: TaskId,
    pub(super) code: Code,
    pub(super) argument: Vec<u8>,
}

/// A result, as it stands in the outqueue.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answer {
    pub(super) task: TaskId,
    pub(super) result: std::result::Result<Vec<u8>, String>,
}

/// Makes the bytes of a task. No bytes at all are the sentinel, which ends a worker.
pub(super) fn encode_task(task: &Task) -> Result<Vec<u8>> {
    postcard::to_allocvec(task).map_err(|source| codec("encode", "inqueue", source))
}

/// Makes a task of its bytes, if it is one of the pool with this cookie.
pub(super) fn decode_task(bytes: &[u8], cookie: u64) -> Result<Task> {
    let task: Task =
        postcard::from_bytes(bytes).map_err(|source| codec("decode", "inqueue", source))?;
    if task.cookie != cookie {
        return Err(Error::Misuse(
            "the inqueue holds a message that is no task of its pool".into(),
        ));
    }
    Ok(task)
}

/// Makes the bytes of an answer.
pub(super) fn encode_answer(answer: &Answer) -> Result<Vec<u8>> {
    postcard::to_allocvec(answer).map_err(|source| codec("encode", "outqueue", source))
}

/// Makes an answer of its bytes.
pub(super) fn decode_answer(bytes: &[u8]) -> Result<Answer> {
    postcard::from_bytes(bytes).map_err(|source| codec("decode", "outqueue", source))
}

fn codec(verb: &'static str, object: &str, source: postcard::Error) -> Error {
    Error::Message {
        verb,
        object: object.to_owned(),
        source,
    }
}

impl Code {
    /// Returns the wrapper's address for a function of type `F`.
    pub(super) fn of<F, A, R, E>() -> Code
    where
        F: Fn(A) -> std::result::Result<R, E> + Copy + 'static,
        A: DeserializeOwned,
        R: Serialize,
        E: Display,
    {
        const {
            assert!(
                size_of::<F>() == 0,
                "a task's function must capture nothing: the workers were forked before"
            );
        }
        let wrapper: Wrapper = wrapper::<F, A, R, E>;
        Code(wrapper as usize as u64)
    }

    /// Calls the wrapper.
    pub(super) fn call(self, argument: &[u8]) -> std::result::Result<Vec<u8>, String> {
        let address = usize::try_from(self.0).map_err(|_| "no function".to_owned())?;
        let address = std::ptr::with_exposed_provenance::<()>(address);
        // SAFETY: `decode_task` checked the cookie, so the task was made by `apply_async` of this
        // pool, in a process with the same program at the same addresses (a fork of it), where
        // `Code::of` took the address of a `Wrapper`.
        let wrapper = unsafe { std::mem::transmute::<*const (), Wrapper>(address) };
        wrapper(argument)
    }
}

fn wrapper<F, A, R, E>(argument: &[u8]) -> std::result::Result<Vec<u8>, String>
where
    F: Fn(A) -> std::result::Result<R, E> + Copy + 'static,
    A: DeserializeOwned,
    R: Serialize,
    E: Display,
{
    // SAFETY: `F` has no size (checked by `Code::of`) and is `Copy`, and `apply_async` had one:
    // a copy of nothing is read from nowhere.
    let function = unsafe { std::ptr::NonNull::<F>::dangling().read() };
    let argument = postcard::from_bytes(argument).map_err(|error| error.to_string())?;
    let value = function(argument).map_err(|error| error.to_string())?;
    postcard::to_allocvec(&value).map_err(|error| error.to_string())
}
