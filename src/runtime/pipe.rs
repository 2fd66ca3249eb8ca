//! `Pipe`: two ends, messages between them.
//!
//! A duplex pipe is a socket pair with the ends `a` and `b`; a one-way pipe is a pipe of the
//! kernel. `recv` learns that nothing will come any more only when *every* copy of the other end
//! is closed, in every process, the reader's own copy too.

mod connection;
mod select;

pub use connection::Connection;
pub use select::{Waitable, wait};

use super::created::tell_sized;
use super::error::{Error, Result};
use super::probe;
use crate::event::ObjectId;
use crate::event::words::{Class, End, Outcome};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair, sockopt};
use rustix::pipe::{PipeFlags, pipe_with};
use std::os::fd::OwnedFd;
use std::panic::Location;

/// Makes a two-way pipe and returns its ends, `a` and `b`: `Pipe()`.
///
/// # Errors
///
/// [`Error::System`] if the system has no descriptor left.
///
/// ```
/// use mpviz::runtime::{Process, Result, pipe};
///
/// # fn main() -> Result<()> {
/// let (a, b) = pipe("questions")?;
/// let echo = Process::new().start(|| b.send(&b.recv::<u32>()?))?;
/// a.send(&7u32)?;
/// assert_eq!(a.recv::<u32>()?, 7);
/// echo.join()
/// # }
/// ```
#[track_caller]
pub fn pipe(name: &str) -> Result<(Connection, Connection)> {
    probe::enter(Location::caller());
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let (a, b) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)
        .map_err(|error| Error::system("cannot make a socket pair", error))?;
    // What the kernel counts in a socket's buffer includes its own overhead for each message.
    let capacity = sockopt::socket_send_buffer_size(&a)
        .ok()
        .map(|bytes| bytes as u64);
    let object = tell_created(Class::DuplexPipe, name, None, capacity);
    Ok((
        Connection::open(a, object, name, End::A),
        Connection::open(b, object, name, End::B),
    ))
}

/// Makes a one-way pipe and returns its reading and its writing end: `Pipe(duplex=False)`.
///
/// # Errors
///
/// As [`pipe()`].
///
/// ```
/// use mpviz::runtime::{Error, Result, pipe_one_way};
///
/// # fn main() -> Result<()> {
/// let (reader, mut writer) = pipe_one_way("news")?;
/// writer.send("rain")?;
/// writer.close();
/// assert_eq!(reader.recv::<String>()?, "rain");
/// assert!(matches!(reader.recv::<String>(), Err(Error::Eof)));
/// # Ok(())
/// # }
/// ```
#[track_caller]
pub fn pipe_one_way(name: &str) -> Result<(Connection, Connection)> {
    probe::enter(Location::caller());
    let (read, write, capacity) = kernel_pipe(Waiting::InPoll)?;
    let object = tell_created(Class::Pipe, name, None, Some(capacity));
    let read = Connection::open(read, object, name, End::Read);
    Ok((read, Connection::open(write, object, name, End::Write)))
}

/// Where an operation on a pipe waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Waiting {
    /// In `poll`: both ends are the runtime's own.
    InPoll,
    /// In the operation itself, as another program expects it of its standard streams.
    InCall,
}

/// Makes a pipe of the kernel; returns its reading end, its writing end and its capacity in bytes.
pub(super) fn kernel_pipe(waiting: Waiting) -> Result<(OwnedFd, OwnedFd, u64)> {
    let flags = match waiting {
        Waiting::InPoll => PipeFlags::CLOEXEC | PipeFlags::NONBLOCK,
        Waiting::InCall => PipeFlags::CLOEXEC,
    };
    let (read, write) =
        pipe_with(flags).map_err(|error| Error::system("cannot make a pipe", error))?;
    let capacity = rustix::pipe::fcntl_getpipe_size(&write).unwrap_or(65_536) as u64;
    Ok((read, write, capacity))
}

/// Says that a pipe was made; returns its id.
pub(super) fn tell_created(
    class: Class,
    name: &str,
    part_of: super::sync::PartOf,
    capacity: Option<u64>,
) -> ObjectId {
    tell_sized(class, name, part_of, None, capacity)
}

/// Returns how an operation on a pipe ended, as events tell it.
pub(super) fn outcome_of<T>(result: &Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::Eof) => Outcome::Eof,
        Err(Error::BrokenPipe | Error::ConnectionReset) => Outcome::Broken,
        Err(Error::Empty { .. }) => Outcome::Empty,
        Err(_) => Outcome::Failed,
    }
}
