//! `Connection`: one end of a pipe.

use super::outcome_of;
use crate::event::words::{End, Operation, Outcome};
use crate::event::{Kind, MessageId, ObjectId, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::io;
use crate::runtime::message::Opened;
use crate::runtime::spawn::handover;
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use crate::runtime::{label, message, probe, sys, type_tag};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// An end of a pipe: `multiprocessing.connection.Connection`.
///
/// A forked child has a copy of each end that there was at the fork. Several may use copies of one
/// end in turn; two that send, or receive, at the same moment get each other's bytes, as in CPython:
/// that is what a [`Queue`](crate::runtime::Queue) is for.
///
/// What is sent by [`Connection::send`] is to be received by [`Connection::recv`], and what by
/// [`Connection::send_bytes`] by [`Connection::recv_bytes`].
///
/// ```
/// use mpviz::runtime::{Result, pipe};
///
/// # fn main() -> Result<()> {
/// let (a, b) = pipe("both ways")?;
/// a.send(&("seven", 7u32))?;
/// assert_eq!(b.recv::<(String, u32)>()?, ("seven".to_owned(), 7));
/// b.send_bytes(b"raw")?;
/// assert_eq!(a.recv_bytes()?, b"raw");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Connection {
    /// `None` once it is closed.
    fd: Option<OwnedFd>,
    object: ObjectId,
    name: String,
    end: End,
    /// A message was longer than its receiver takes, and stands in the way: nothing can be received
    /// any more, and a one-way end is closed.
    jammed: AtomicBool,
}

impl Connection {
    pub(super) fn open(fd: OwnedFd, object: ObjectId, name: &str, end: End) -> Connection {
        probe::say(|| Kind::EndOpened { object, end });
        Connection {
            fd: Some(fd),
            object,
            name: name.to_owned(),
            end,
            jammed: AtomicBool::new(false),
        }
    }

    fn fd(&self) -> Result<BorrowedFd<'_>> {
        let fd = self.fd.as_ref().filter(|_| !self.is_closed());
        fd.map(AsFd::as_fd).ok_or_else(|| {
            let end = self.end.text();
            Error::ClosedHandle(format!("end `{end}` of pipe `{}`", self.name))
        })
    }

    fn fd_to_read(&self) -> Result<BorrowedFd<'_>> {
        let fd = self.fd()?;
        if !self.is_readable() {
            return Err(Error::WrongDirection("sends"));
        }
        Ok(fd)
    }

    fn fd_to_write(&self) -> Result<BorrowedFd<'_>> {
        let fd = self.fd()?;
        if !self.is_writable() {
            return Err(Error::WrongDirection("receives"));
        }
        Ok(fd)
    }

    /// The pipe that it is an end of, as events tell it.
    pub(super) fn object(&self) -> ObjectId {
        self.object
    }

    /// Which end of a duplex pipe this is, as events tell it.
    fn side(&self) -> Option<End> {
        matches!(self.end, End::A | End::B).then_some(self.end)
    }

    /// Returns whether it was closed here: `connection.closed`.
    pub fn is_closed(&self) -> bool {
        self.fd.is_none() || (self.end == End::Read && self.jammed.load(Ordering::Relaxed))
    }

    /// Returns whether it is an end to receive from: `connection.readable`.
    pub fn is_readable(&self) -> bool {
        self.end != End::Write && !self.jammed.load(Ordering::Relaxed)
    }

    /// Returns whether it is an end to send into: `connection.writable`.
    pub fn is_writable(&self) -> bool {
        self.end != End::Read
    }

    /// Returns its descriptor: `connection.fileno()`. It does not block: whoever reads or writes it
    /// past this object has to wait by `poll`.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] (OSError) after [`Connection::close`].
    pub fn fileno(&self) -> Result<BorrowedFd<'_>> {
        self.fd()
    }

    /// Sends a value. Waits while the pipe is full, so two that send each other more than the pipes
    /// hold wait for ever.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenPipe`] if nobody has the other end open, [`Error::ClosedHandle`] (OSError)
    /// after [`Connection::close`], [`Error::WrongDirection`] (OSError) on a reading end,
    /// [`Error::Message`], [`Error::TooLarge`] and [`Error::Memory`] if no message can be made of the
    /// value: then nothing was sent.
    #[track_caller]
    pub fn send<T: Serialize + ?Sized>(&self, value: &T) -> Result<()> {
        probe::enter(Location::caller());
        let fd = self.fd_to_write()?;
        let id = probe::next_message();
        let bytes = message::encode(id, value, type_tag::of::<T>(), &self.name)?;
        self.tell_sent(id, bytes.len(), || label::of(value));
        let mut wait = Wait::new(Operation::Send, self.object, Deadline::NEVER);
        let sent = io::write_all(fd, &bytes, || wait.begin());
        wait.end(outcome_of(&sent), None);
        sent
    }

    /// Sends bytes as they are. A part of them is a slice: there is no `offset` or `size`.
    ///
    /// # Errors
    ///
    /// As [`Connection::send`].
    #[track_caller]
    pub fn send_bytes(&self, value: &[u8]) -> Result<()> {
        probe::enter(Location::caller());
        let fd = self.fd_to_write()?;
        let id = probe::next_message();
        let head = message::head(id, value.len(), 0)?;
        self.tell_sent(id, message::bytes_in_pipe(value.len()), || {
            label::of_bytes(value)
        });
        let mut wait = Wait::new(Operation::Send, self.object, Deadline::NEVER);
        let sent = io::write_message(fd, &head, value, || wait.begin());
        wait.end(outcome_of(&sent), None);
        sent
    }

    fn tell_sent(&self, message: MessageId, bytes: usize, label: impl FnOnce() -> Text) {
        probe::say(|| Kind::MessageSent {
            object: self.object,
            message,
            bytes: bytes as u64,
            label: Some(label()),
            end: self.side(),
        });
    }

    /// Receives a value. Waits until there is one.
    ///
    /// ```
    /// use mpviz::runtime::{Result, pipe_one_way};
    ///
    /// # fn main() -> Result<()> {
    /// let (reader, writer) = pipe_one_way("typed")?;
    /// writer.send(&("seven", 7))?;
    /// drop(writer);
    /// assert_eq!(reader.recv::<(String, i32)>()?, ("seven".to_owned(), 7));
    /// assert_eq!(reader.recv::<String>().unwrap_err().kind(), "EOFError");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Eof`] when every copy of the other end is closed, [`Error::CutMessage`] (OSError) if
    /// its sender ended in the middle, [`Error::ConnectionReset`] if the other end of a duplex pipe
    /// was closed with something unread in it (after that [`Error::Eof`]), [`Error::Undecodable`] if
    /// it is of another type: it is gone then, and the next can be received. What is made of
    /// numbers, texts, tuples, `Option` and `Result` is always told from another such type; a value
    /// of any other type that happens to have the same encoding is taken for one of this.
    ///
    /// [`Error::ClosedHandle`] (OSError) after [`Connection::close`], [`Error::WrongDirection`]
    /// (OSError) on a writing end.
    #[track_caller]
    pub fn recv<T: DeserializeOwned>(&self) -> Result<T> {
        probe::enter(Location::caller());
        let (opened, value) = self.receive(usize::MAX)?;
        message::decode_sent(&opened, &value, &self.name)
    }

    /// Receives a message's bytes as they are. Waits until there is one.
    ///
    /// # Errors
    ///
    /// As [`Connection::recv`], but for the type.
    #[track_caller]
    pub fn recv_bytes(&self) -> Result<Vec<u8>> {
        probe::enter(Location::caller());
        Ok(self.receive(usize::MAX)?.1)
    }

    /// Receives a message's bytes, if it has no more than so many: `recv_bytes(maxlength)`.
    ///
    /// # Errors
    ///
    /// [`Error::MessageTooLong`] (OSError) if it has more. Then nothing can be received here any
    /// more: a one-way end is closed, a duplex one can only send. Else as [`Connection::recv_bytes`].
    ///
    /// ```
    /// use mpviz::runtime::{Result, pipe_one_way};
    ///
    /// # fn main() -> Result<()> {
    /// let (reader, writer) = pipe_one_way("limited")?;
    /// writer.send_bytes(b"four")?;
    /// assert_eq!(reader.recv_bytes_max(3).expect_err("too long").kind(), "OSError");
    /// assert!(reader.is_closed());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn recv_bytes_max(&self, max: usize) -> Result<Vec<u8>> {
        probe::enter(Location::caller());
        Ok(self.receive(max)?.1)
    }

    /// Receives a message's bytes into a buffer; returns how many: `recv_bytes_into`. A part of a
    /// buffer is a slice: there is no `offset`.
    ///
    /// ```
    /// use mpviz::runtime::{Error, Result, pipe_one_way};
    ///
    /// # fn main() -> Result<()> {
    /// let (reader, writer) = pipe_one_way("bytes")?;
    /// let mut buffer = [0; 4];
    /// writer.send_bytes(b"abc")?;
    /// assert_eq!(reader.recv_bytes_into(&mut buffer)?, 3);
    /// assert_eq!(&buffer[..3], b"abc");
    /// writer.send_bytes(b"too long")?;
    /// match reader.recv_bytes_into(&mut buffer) {
    ///     Err(Error::BufferTooShort { message, .. }) => assert_eq!(message, b"too long"),
    ///     other => panic!("{other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooShort`] if it has more; the message is in the error. Else as
    /// [`Connection::recv_bytes`].
    #[track_caller]
    pub fn recv_bytes_into(&self, buffer: &mut [u8]) -> Result<usize> {
        probe::enter(Location::caller());
        let (_, message) = self.receive(usize::MAX)?;
        let room = buffer.len();
        match buffer.get_mut(..message.len()) {
            Some(place) => {
                place.copy_from_slice(&message);
                Ok(message.len())
            }
            None => Err(Error::BufferTooShort { room, message }),
        }
    }

    /// Nothing can be received any more; who sends into a one-way pipe is to learn of it.
    fn jam(&self, fd: BorrowedFd<'_>) {
        self.jammed.store(true, Ordering::Relaxed);
        if self.end == End::Read {
            let (object, end) = (self.object, self.end);
            probe::say(|| Kind::EndClosed { object, end });
            // Where that fails the end stays open, which only keeps its sender from an error.
            let _ = sys::retire(fd);
        }
    }

    /// Receives a message, if its value has no more than `max` bytes.
    fn receive(&self, max: usize) -> Result<(Opened, Vec<u8>)> {
        let fd = self.fd_to_read()?;
        let (object, end) = (self.object, self.side());
        let mut wait = Wait::new(Operation::Recv, object, Deadline::NEVER);
        let mut waits = || wait.begin();
        let begun = io::read_block(fd, Deadline::NEVER, &mut waits);
        let begun = begun.and_then(|begun| begun.ok_or(Error::Eof));
        let sender = begun.as_ref().ok().map(|begun| begun.opened.id.sender);
        let received = begun.and_then(|begun| {
            let bytes = begun.opened.length;
            if bytes > max {
                self.jam(fd);
                return Err(Error::MessageTooLong { bytes, max });
            }
            let value = io::read_value(fd, &begun.inline, bytes, &mut waits)?;
            Ok((begun.opened, value))
        });
        match &received {
            Ok((opened, _)) => {
                let message = opened.id;
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
        wait.end(outcome_of(&received), sender);
        received
    }

    /// Returns whether something can be received within the time; true at end of file, too. Without
    /// a time it waits as long as it takes. `poll()` of CPython is `poll(Some(Duration::ZERO))`; a
    /// negative time, which it takes for 0, can't be said.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] and [`Error::WrongDirection`] as [`Connection::recv`].
    ///
    /// ```
    /// use mpviz::runtime::{Result, pipe};
    /// use std::time::Duration;
    ///
    /// # fn main() -> Result<()> {
    /// let (a, b) = pipe("questions")?;
    /// assert!(!b.poll(Some(Duration::ZERO))?);
    /// a.send("there")?;
    /// assert!(b.poll(None)?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn poll(&self, timeout: Option<Duration>) -> Result<bool> {
        probe::enter(Location::caller());
        let fd = self.fd_to_read()?;
        let deadline = Deadline::after(timeout);
        if io::wait_readable(fd, Deadline::after(Some(Duration::ZERO)))? {
            return Ok(true);
        }
        if deadline.is_over() {
            return Ok(false);
        }
        let mut wait = Wait::new(Operation::Poll, self.object, deadline);
        wait.begin();
        let ready = io::wait_readable(fd, deadline);
        wait.end(outcome_of_wait(&ready), None);
        ready
    }

    /// Closes this process's copy of the end. A second time it does nothing.
    #[track_caller]
    pub fn close(&mut self) {
        probe::enter(Location::caller());
        self.close_now();
    }

    fn close_now(&mut self) {
        let was_open = !self.is_closed();
        if let Some(fd) = self.fd.take() {
            let (object, end) = (self.object, self.end);
            if was_open {
                probe::say(|| Kind::EndClosed { object, end });
            }
            drop(fd);
        }
    }
}

/// Works only while a process is being spawned that gets it as an argument, whatever the start method
/// was when it was made. (CPython sends connections through other connections, too.)
impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let give = || {
            handover::check_spawning("Connection")?;
            handover::give(self.fd()?)
        };
        let fd = give().map_err(handover::failed_encoding)?;
        let is_jammed = self.jammed.load(Ordering::Relaxed);
        (fd, self.object, &self.name, self.end, is_jammed).serialize(serializer)
    }
}

/// Works only in a spawned process, for its arguments.
impl<'de> Deserialize<'de> for Connection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let wire: (u32, ObjectId, String, End, bool) = Deserialize::deserialize(deserializer)?;
        let (fd, object, name, end, is_jammed) = wire;
        let fd = handover::take(fd).map_err(handover::failed_decoding)?;
        let connection = Connection::open(fd, object, &name, end);
        connection.jammed.store(is_jammed, Ordering::Relaxed);
        Ok(connection)
    }
}

/// Returns how a wait for readiness ended, as events tell it.
pub(super) fn outcome_of_wait(ready: &Result<bool>) -> Outcome {
    match ready {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::TimedOut,
        Err(_) => Outcome::Failed,
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.close_now();
    }
}
