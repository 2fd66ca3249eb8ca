//! `Pipe`: two ends, messages between them.
//!
//! A duplex pipe is a socket pair with the ends `a` and `b`; a one-way pipe is a pipe of the
//! kernel. `recv` learns that nothing will come any more only when *every* copy of the other end
//! is closed, in every process, the reader's own copy too.

use super::error::{Error, Result};
use super::time::Deadline;
use super::wait::Wait;
use super::{io, label, message, probe};
use crate::event::words::{Class, End, Operation, Outcome};
use crate::event::{Kind, ObjectId, Text};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair, sockopt};
use rustix::pipe::{PipeFlags, pipe_with};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::Location;
use std::time::Duration;

/// An end of a pipe: `multiprocessing.connection.Connection`.
#[derive(Debug)]
pub struct Connection {
    /// `None` once it is closed.
    fd: Option<OwnedFd>,
    object: ObjectId,
    name: String,
    end: End,
}

/// Makes a two-way pipe and returns its ends, `a` and `b`: `Pipe()`.
///
/// # Errors
///
/// [`Error::System`] if the system has no descriptor left.
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
/// As [`pipe`].
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
    let object = probe::next_object();
    probe::say(|| Kind::ObjectCreated {
        object,
        class,
        name: Text::from(name),
        part_of: part_of.map(|(whole, _)| whole),
        part: part_of.map(|(_, part)| part),
        maxsize: None,
        capacity,
    });
    object
}

/// Returns how an operation on a pipe ended, as events tell it.
pub(super) fn outcome_of<T>(result: &Result<T>) -> Outcome {
    match result {
        Ok(_) => Outcome::Done,
        Err(Error::Eof) => Outcome::Eof,
        Err(Error::BrokenPipe) => Outcome::Broken,
        Err(Error::Empty { .. }) => Outcome::Empty,
        Err(_) => Outcome::Failed,
    }
}

impl Connection {
    fn open(fd: OwnedFd, object: ObjectId, name: &str, end: End) -> Connection {
        probe::say(|| Kind::EndOpened { object, end });
        Connection {
            fd: Some(fd),
            object,
            name: name.to_owned(),
            end,
        }
    }

    fn fd(&self) -> Result<BorrowedFd<'_>> {
        let closed = || Error::Closed {
            object: format!("end {} of {}", self.end.text(), self.name),
        };
        self.fd.as_ref().map(AsFd::as_fd).ok_or_else(closed)
    }

    /// Which end of a duplex pipe this is, as events tell it.
    fn side(&self) -> Option<End> {
        matches!(self.end, End::A | End::B).then_some(self.end)
    }

    /// Sends a value. Waits while the pipe is full.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenPipe`] if nobody has the other end open, [`Error::Closed`] after
    /// [`Connection::close`], [`Error::WrongDirection`] on a reading end.
    #[track_caller]
    pub fn send<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
        probe::enter(Location::caller());
        let fd = self.fd()?;
        if self.end == End::Read {
            return Err(Error::WrongDirection("receives"));
        }
        let id = probe::next_message();
        let bytes = message::encode(id, value, &self.name)?;
        let (object, end) = (self.object, self.side());
        probe::say(|| Kind::MessageSent {
            object,
            message: id,
            bytes: bytes.len() as u64,
            label: Some(label::of(value)),
            end,
        });
        let mut wait = Wait::new(Operation::Send, object, Deadline::NEVER);
        let sent = io::write_all(fd, &bytes, || wait.begin());
        wait.end(outcome_of(&sent), None);
        sent
    }

    /// Receives a value. Waits until there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Eof`] when every copy of the other end is closed, [`Error::CutMessage`] if its
    /// sender ended in the middle, [`Error::Message`] if it is of another type.
    #[track_caller]
    pub fn recv<T: DeserializeOwned>(&self) -> Result<T> {
        probe::enter(Location::caller());
        let fd = self.fd()?;
        if self.end == End::Write {
            return Err(Error::WrongDirection("sends"));
        }
        let (object, end) = (self.object, self.side());
        let mut wait = Wait::new(Operation::Recv, object, Deadline::NEVER);
        let received = io::read_message(fd, Deadline::NEVER, || wait.begin());
        match &received {
            Ok(Some((message, _))) => {
                let message = *message;
                probe::say(|| Kind::MessageReceived {
                    object,
                    message,
                    end,
                });
            }
            Err(Error::Eof) => {
                probe::say(|| Kind::EofSeen { object });
            }
            _ => {}
        }
        let sender = received
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|(id, _)| id.sender);
        wait.end(outcome_of(&received), sender);
        let (_, value) = received?.ok_or(Error::Eof)?;
        message::decode(&value, &self.name)
    }

    /// Returns whether something can be received within the time; true at end of file, too.
    ///
    /// # Errors
    ///
    /// As [`Connection::recv`].
    #[track_caller]
    pub fn poll(&self, timeout: Option<Duration>) -> Result<bool> {
        probe::enter(Location::caller());
        io::wait_readable(self.fd()?, Deadline::after(timeout))
    }

    /// Closes this process's copy of the end. A second time it does nothing.
    #[track_caller]
    pub fn close(&mut self) {
        probe::enter(Location::caller());
        self.close_now();
    }

    fn close_now(&mut self) {
        if let Some(fd) = self.fd.take() {
            let (object, end) = (self.object, self.end);
            probe::say(|| Kind::EndClosed { object, end });
            drop(fd);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close_now();
    }
}
