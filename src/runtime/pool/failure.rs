//! Why a task failed, in the form in which it travels: CPython's exception name and a text.
//!
//! A function may fail with any type of its own, which its caller's process can't get back; the
//! name that CPython would raise it by goes with the text where it is known.

use crate::runtime::error::Error;
use serde::{Deserialize, Serialize};
use std::any::Any;
use std::fmt::Display;

/// Why a task failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    kind: String,
    pub(super) text: String,
}

/// The names that an error may arrive by. [`Error::kind`] gives a name for the program's whole
/// life, so one that travelled is looked up here.
const KINDS: &[&str] = &[
    "AssertionError",
    "AttributeError",
    "BlockingIOError",
    "BrokenBarrierError",
    "BrokenPipeError",
    "BufferTooShort",
    "ChildProcessError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "EOFError",
    "FileExistsError",
    "FileNotFoundError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "MaybeEncodingError",
    "MemoryError",
    "NotADirectoryError",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PermissionError",
    "PicklingError",
    "ProcessLookupError",
    "RuntimeError",
    "StopIteration",
    "TimeoutError",
    "TypeError",
    "UnicodeDecodeError",
    "UnpicklingError",
    "ValueError",
    "ZeroDivisionError",
    "queue.Empty",
    "queue.Full",
    "subprocess.CalledProcessError",
    "subprocess.TimeoutExpired",
];

impl Failure {
    /// Returns a failure with the name of an exception.
    pub(super) fn new(kind: &str, text: impl Display) -> Failure {
        Failure {
            kind: kind.to_owned(),
            text: text.to_string(),
        }
    }

    /// Returns what a task's own error is to its caller.
    pub(super) fn of<E: Display + 'static>(error: &E) -> Failure {
        let any: &dyn Any = error;
        let kind = if let Some(error) = any.downcast_ref::<Error>() {
            error.kind()
        } else if any.is::<std::io::Error>() {
            "OSError"
        } else if any.is::<std::num::ParseIntError>() || any.is::<std::num::ParseFloatError>() {
            "ValueError"
        } else if any.is::<std::num::TryFromIntError>() {
            "OverflowError"
        } else {
            "Exception"
        };
        Failure::new(kind, error)
    }

    /// Returns what a panic is to whoever waits for the task.
    pub(super) fn of_panic(payload: &(dyn Any + Send)) -> Failure {
        let message = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("a panic");
        Failure::new("Exception", format_args!("panicked: {message}"))
    }

    /// Returns the failure of a task whose argument or message could not be encoded.
    pub(super) fn unsendable(reason: impl Display) -> Failure {
        Failure::new(
            "PicklingError",
            format_args!("cannot encode a message of `inqueue`: {reason}"),
        )
    }

    /// Returns the failure of a task whose result could not be encoded.
    pub(super) fn unencodable(type_name: &str, reason: impl Display) -> Failure {
        Failure::new(
            "MaybeEncodingError",
            format_args!("Error sending result: '{type_name}'. Reason: '{reason}'"),
        )
    }

    /// Makes it the caller's error.
    pub(super) fn into_error(self) -> Error {
        let kind = KINDS.iter().find(|&&kind| kind == self.kind);
        Error::Task {
            kind: kind.copied().unwrap_or("Exception"),
            text: self.text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_runtimes_errors_arrives_as_it_is() {
        let source = include_str!("../error.rs");
        let kinds = source.split("=> \"").skip(1);
        let kinds: Vec<_> = kinds.filter_map(|rest| rest.split('"').next()).collect();
        assert!(kinds.contains(&"queue.Full"), "{kinds:?}");
        for kind in kinds {
            assert_eq!(Failure::new(kind, "").into_error().kind(), kind);
        }
    }

    #[test]
    fn an_error_keeps_its_name_where_that_is_known() {
        let kind = |failure: Failure| failure.into_error().kind();
        assert_eq!(kind(Failure::of(&Error::Eof)), "EOFError");
        let number = "x".parse::<i32>().expect_err("no number");
        assert_eq!(kind(Failure::of(&number)), "ValueError");
        assert_eq!(kind(Failure::of(&"a text")), "Exception");
    }
}
