//! What goes wrong in a multi-process program: CPython's exceptions as values.

use std::io;

/// The result of most operations of the runtime.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed. Each variant names the exception that CPython raises.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// `queue.Full`: no free place within the time.
    #[error("queue `{queue}` is full: {maxsize} of {maxsize} items")]
    Full {
        /// The queue.
        queue: String,
        /// The most items that it takes.
        maxsize: u64,
    },
    /// `queue.Empty`: no item within the time.
    #[error("queue `{queue}` is empty")]
    Empty {
        /// The queue.
        queue: String,
    },
    /// `EOFError`: every copy of the other end is closed, and nothing is left to read.
    #[error("end of file: every copy of the other end is closed")]
    Eof,
    /// `OSError: got end of file during message`: its sender ended while it sent.
    #[error("got end of file during message: {got} of {wanted} bytes came")]
    CutMessage {
        /// Bytes that came.
        got: usize,
        /// Bytes that the message has.
        wanted: usize,
    },
    /// `BrokenPipeError`: the other end is gone, nobody will ever read.
    #[error("broken pipe: nobody has the other end open")]
    BrokenPipe,
    /// `TimeoutError`: the time was over.
    #[error("{operation} took longer than {limit:?}")]
    TimedOut {
        /// What took too long.
        operation: &'static str,
        /// The time that it had.
        limit: std::time::Duration,
    },
    /// `ValueError`: the object was closed before.
    #[error("{object} is closed")]
    Closed {
        /// What was closed.
        object: String,
    },
    /// `OSError`: the end is for the other direction.
    #[error("this end of the pipe only {0}")]
    WrongDirection(&'static str),
    /// `AssertionError` or `ValueError`: the call makes no sense in this state.
    #[error("{0}")]
    Misuse(String),
    /// `ValueError`: the object is in another state than the call is for.
    #[error("{0}")]
    Value(String),
    /// `ValueError`: an argument is out of its range.
    #[error("{name} is {value}, it must be {range}")]
    Argument {
        /// The argument.
        name: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// `PicklingError` and the like: a message could not be made of a value, or a value of it.
    #[error("cannot {verb} a message of `{object}`: {source}")]
    Message {
        /// `encode` or `decode`.
        verb: &'static str,
        /// The queue or pipe.
        object: String,
        /// What the codec says.
        source: postcard::Error,
    },
    /// The message is larger than the runtime sends.
    #[error("a message of {bytes} bytes, at most {max} are possible")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most.
        max: usize,
    },
    /// An error or panic inside a task, as its caller gets it.
    #[error("{text}")]
    Task {
        /// CPython's name for it: the error's own, if it was one of the runtime or of std.
        kind: &'static str,
        /// What it says.
        text: String,
    },
    /// `OSError` from the system: what was tried, with which value.
    #[error("{attempt}: {}: {source}", errno_name(source))]
    System {
        /// What was tried: `cannot fork`.
        attempt: String,
        /// The system's error.
        source: io::Error,
    },
    /// An error of the program's own.
    #[error("{0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Returns the system's error with what was tried.
    pub fn system(attempt: impl Into<String>, source: impl Into<io::Error>) -> Error {
        Error::System {
            attempt: attempt.into(),
            source: source.into(),
        }
    }

    /// Returns an error of the program's own.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Other(error.into())
    }

    /// Returns CPython's name for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Error::Full { .. } => "queue.Full",
            Error::Empty { .. } => "queue.Empty",
            Error::Eof => "EOFError",
            Error::BrokenPipe => "BrokenPipeError",
            Error::TimedOut { .. } => "TimeoutError",
            Error::CutMessage { .. } | Error::WrongDirection(_) | Error::System { .. } => "OSError",
            Error::Closed { .. }
            | Error::Argument { .. }
            | Error::TooLarge { .. }
            | Error::Value(_) => "ValueError",
            Error::Task { kind, .. } => kind,
            Error::Misuse(_) => "AssertionError",
            Error::Message { .. } => "PicklingError",
            Error::Other(_) => "Exception",
        }
    }
}

/// Returns the name of a system error, such as `EAGAIN`, where it has one.
pub(crate) fn errno_name(error: &io::Error) -> String {
    error
        .raw_os_error()
        .map(|code| format!("{:?}", nix::errno::Errno::from_raw(code)))
        .unwrap_or_else(|| error.kind().to_string())
}
