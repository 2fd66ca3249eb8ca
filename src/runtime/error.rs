//! What goes wrong in a multi-process program: CPython's exceptions as values.

use super::subprocess::{CompletedProcess, Expired};
use std::io;

/// The result of most operations of the runtime.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation failed. Each variant names the exception that CPython raises.
///
/// ```
/// use mpviz::runtime::{Error, Queue};
///
/// let q = Queue::<u32>::bounded("jobs", 1).unwrap();
/// match q.get_nowait() {
///     Err(Error::Empty { queue }) => assert_eq!(queue, "jobs"),
///     other => panic!("{other:?}"),
/// }
/// q.put(1).unwrap();
/// let error = q.put_nowait(2).unwrap_err();
/// assert_eq!(error.kind(), "queue.Full");
/// assert_eq!(error.to_string(), "queue `jobs` is full: 1 of 1 items");
/// ```
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
    /// `ValueError`: the process object was closed before.
    #[error("process object is closed")]
    ClosedProcess,
    /// `OSError`: the connection was closed before.
    #[error("{0} is closed")]
    ClosedHandle(String),
    /// `AttributeError`, by CPython's accident: the process was not started.
    #[error("can only {0} a started process")]
    NotStarted(&'static str),
    /// `ValueError`: the call makes no sense in this state.
    #[error("{0}")]
    State(String),
    /// `ConnectionResetError`: the other end was closed with something unread in it.
    #[error("connection reset: the other end was closed before it had read everything")]
    ConnectionReset,
    /// `BufferTooShort`: the message is longer than the buffer. The message is in the error.
    #[error("the buffer has {} bytes, the message {}", room, message.len())]
    BufferTooShort {
        /// The buffer's length in bytes.
        room: usize,
        /// The message.
        message: Vec<u8>,
    },
    /// `OSError: bad message length`: the message is longer than its receiver takes.
    #[error("a message of {bytes} bytes, its receiver takes {max} at most")]
    MessageTooLong {
        /// Its size.
        bytes: usize,
        /// The most.
        max: usize,
    },
    /// `OSError`: the end is for the other direction.
    #[error("this end of the pipe only {0}")]
    WrongDirection(&'static str),
    /// `AssertionError`: the call makes no sense in this state.
    #[error("{0}")]
    Misuse(String),
    /// `RuntimeError`: the program's state does not allow it.
    #[error("{0}")]
    Runtime(String),
    /// `PicklingError` or `AttributeError`: a function can't be found by its name in a spawned
    /// process.
    #[error("cannot spawn `{target}`: {reason}")]
    NotSpawnable {
        /// The function's path.
        target: String,
        /// Why not.
        reason: &'static str,
    },
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
    /// `ValueError: semaphore or lock released too many times`: nobody holds it, or it has its most.
    #[error("semaphore or lock released too many times: its value is {most} already")]
    ReleasedTooOften {
        /// The most that it can be.
        most: u32,
    },
    /// `BrokenBarrierError`: somebody's time was over, or the barrier was reset or aborted.
    #[error("the barrier is broken")]
    BrokenBarrier,
    /// `IndexError`: the array has no such item.
    #[error("invalid index: item {index} of an array of {len}")]
    Index {
        /// The index, from 0.
        index: usize,
        /// How many items there are.
        len: usize,
    },
    /// `OverflowError`: an argument is more than can be counted.
    #[error("{name} is {value}, at most {most} can be counted")]
    Overflow {
        /// The argument.
        name: &'static str,
        /// Its value.
        value: String,
        /// The most.
        most: u64,
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
    /// `UnpicklingError`: a message that came is no value of the type that was asked for. It is gone,
    /// and its queue or pipe goes on.
    #[error("cannot decode a message of `{object}` that {sender} sent: {reason}")]
    Undecodable {
        /// The queue or pipe.
        object: String,
        /// Who sent it: a process, or on a stage an actor, with the message's number.
        sender: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `MemoryError`: no memory for the message.
    #[error("no memory for a message of {bytes} bytes")]
    Memory {
        /// Its size, as far as it was known.
        bytes: usize,
    },
    /// An error or panic inside a task, as its caller gets it.
    #[error("{text}")]
    Task {
        /// CPython's name for it: the error's own, if it was one of the runtime or of std.
        kind: &'static str,
        /// What it says.
        text: String,
    },
    /// `subprocess.CalledProcessError`: a program that was to succeed did not.
    #[error("{0}")]
    CalledProcess(Box<CompletedProcess>),
    /// `subprocess.TimeoutExpired`: a program took longer than it had.
    #[error("{0}")]
    TimeoutExpired(Box<Expired>),
    /// `UnicodeDecodeError`: what a program printed is no text.
    #[error("what a program printed is no text: {0}")]
    NotText(#[source] std::str::Utf8Error),
    /// `OSError` from the system: what was tried, with which value.
    #[error("{attempt}: {}: {}", errno_name(source), errno_words(source))]
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
    ///
    /// ```
    /// use mpviz::runtime::Error;
    ///
    /// assert_eq!(Error::other("no such word").to_string(), "no such word");
    /// ```
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
            Error::Argument { .. } => "ValueError",
            Error::BrokenBarrier => "BrokenBarrierError",
            Error::BufferTooShort { .. } => "BufferTooShort",
            Error::Closed { .. } => "ValueError",
            Error::CalledProcess(_) => "subprocess.CalledProcessError",
            Error::ClosedHandle(_) => "OSError",
            Error::ClosedProcess => "ValueError",
            Error::ConnectionReset => "ConnectionResetError",
            Error::CutMessage { .. } => "OSError",
            Error::Index { .. } => "IndexError",
            Error::Memory { .. } => "MemoryError",
            Error::Message { verb: "decode", .. } => "UnpicklingError",
            Error::Message { .. } => "PicklingError",
            Error::MessageTooLong { .. } => "OSError",
            Error::Misuse(_) => "AssertionError",
            Error::NotSpawnable { .. } => "PicklingError",
            Error::NotStarted(_) => "AttributeError",
            Error::NotText(_) => "UnicodeDecodeError",
            Error::Overflow { .. } => "OverflowError",
            Error::ReleasedTooOften { .. } => "ValueError",
            Error::Runtime(_) => "RuntimeError",
            Error::State(_) => "ValueError",
            Error::System { source, .. } => system_name(source),
            Error::TimeoutExpired(_) => "subprocess.TimeoutExpired",
            Error::TooLarge { .. } => "ValueError",
            Error::Undecodable { .. } => "UnpicklingError",
            Error::WrongDirection(_) => "OSError",
            Error::Task { kind, .. } => kind,
            Error::Other(_) => "Exception",
        }
    }
}

/// Returns CPython's class for an error of the system.
fn system_name(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "FileNotFoundError",
        io::ErrorKind::PermissionDenied => "PermissionError",
        io::ErrorKind::AlreadyExists => "FileExistsError",
        io::ErrorKind::NotADirectory => "NotADirectoryError",
        io::ErrorKind::IsADirectory => "IsADirectoryError",
        io::ErrorKind::WouldBlock => "BlockingIOError",
        io::ErrorKind::BrokenPipe => "BrokenPipeError",
        io::ErrorKind::ConnectionReset => "ConnectionResetError",
        io::ErrorKind::ConnectionRefused => "ConnectionRefusedError",
        io::ErrorKind::Interrupted => "InterruptedError",
        io::ErrorKind::TimedOut => "TimeoutError",
        _ => match error.raw_os_error() {
            Some(libc::ECHILD) => "ChildProcessError",
            Some(libc::ESRCH) => "ProcessLookupError",
            _ => "OSError",
        },
    }
}

/// Returns the name of a system error, such as `EAGAIN`, where it has one.
pub(crate) fn errno_name(error: &io::Error) -> String {
    error
        .raw_os_error()
        .map(|code| format!("{:?}", nix::errno::Errno::from_raw(code)))
        .unwrap_or_else(|| error.kind().to_string())
}

/// Returns the system's own words for its error, without its number.
pub(crate) fn errno_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error ") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_a_name_and_words() {
        let error = io::Error::from_raw_os_error(libc::EAGAIN);
        let (name, words) = (errno_name(&error), errno_words(&error));
        assert_eq!(
            (&*name, &*words),
            ("EAGAIN", "Resource temporarily unavailable")
        );
    }
}
