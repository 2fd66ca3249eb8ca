//! A pipe and two locks, no feeder: what a pool's inqueue and outqueue are.

use super::error::{Error, Result};
use super::sync::Semaphore;
use super::time::Deadline;
use super::{io, message, pipe, probe, sys};
use crate::event::words::{Class, End, Operation, Outcome, Part};
use crate::event::{ActorId, Kind, MessageId, ObjectId, Text};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// Whether an access takes the lock of its side. A side with a single user needs none: a pool's
/// task handler and result handler leave theirs alone, as in CPython.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Locking {
    /// Many processes use this side.
    Locked,
    /// One thread uses this side.
    Alone,
}

/// A queue of messages without a buffer: `put` itself writes into the pipe.
pub(super) struct SimpleQueue {
    object: ObjectId,
    pipe: ObjectId,
    name: &'static str,
    reader: OwnedFd,
    writer: OwnedFd,
    read_lock: Semaphore,
    write_lock: Semaphore,
}

impl SimpleQueue {
    /// Makes one that is a part of another object.
    pub(super) fn part_of(whole: ObjectId, part: Part) -> Result<SimpleQueue> {
        let (reader, writer, capacity) = pipe::kernel_pipe()?;
        let object = probe::next_object();
        probe::say(|| Kind::ObjectCreated {
            object,
            class: Class::SimpleQueue,
            name: Text::from(part.text()),
            part_of: Some(whole),
            part: Some(part),
            maxsize: None,
            capacity: None,
        });
        let pipe = pipe::tell_created(Class::Pipe, "", Some((object, Part::Pipe)), Some(capacity));
        probe::say(|| Kind::EndOpened {
            object: pipe,
            end: End::Read,
        });
        probe::say(|| Kind::EndOpened {
            object: pipe,
            end: End::Write,
        });
        let read_lock = Semaphore::lock("", Some((object, Part::ReadLock)))?;
        let write_lock = Semaphore::lock("", Some((object, Part::WriteLock)))?;
        Ok(SimpleQueue {
            object,
            pipe,
            name: part.text(),
            reader,
            writer,
            read_lock,
            write_lock,
        })
    }

    /// Puts a value, waiting while the pipe is full.
    pub(super) fn put(&self, value: &[u8], label: &str, locking: Locking) -> Result<()> {
        let id = probe::next_message();
        let bytes = message::wrap(id, value)?;
        if locking == Locking::Locked {
            self.write_lock.acquire(Deadline::after(None));
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Put,
            object: Some(self.object),
            on: None,
            timeout: None,
        });
        probe::say(|| Kind::MessageSent {
            object: self.pipe,
            message: id,
            bytes: bytes.len() as u64,
            label: Some(Text::from(label)),
            end: None,
        });
        let written = io::write_all(self.writer.as_fd(), &bytes);
        let outcome = if written.is_ok() {
            Outcome::Done
        } else {
            Outcome::Broken
        };
        probe::say(|| Kind::Unblocked {
            outcome,
            waker: None,
        });
        if locking == Locking::Locked {
            self.write_lock.release();
        }
        written
    }

    /// Gets the next value, waiting until there is one.
    pub(super) fn get(&self, locking: Locking) -> Result<Vec<u8>> {
        probe::say(|| Kind::Blocked {
            operation: Operation::Get,
            object: Some(self.object),
            on: None,
            timeout: None,
        });
        if locking == Locking::Locked {
            self.read_lock.acquire(Deadline::after(None));
        }
        let received = io::read_message(self.reader.as_fd());
        if let Ok((message, _)) = received {
            probe::say(|| Kind::MessageReceived {
                object: self.pipe,
                message,
                end: None,
            });
        }
        if locking == Locking::Locked {
            self.read_lock.release();
        }
        let (outcome, waker) = match &received {
            Ok((MessageId { sender, .. }, _)) => (Outcome::Done, Some(*sender)),
            Err(Error::Eof) => (Outcome::Eof, None),
            Err(_) => (Outcome::Failed, None),
        };
        probe::say(|| Kind::Unblocked {
            outcome,
            waker: waker.filter(|&id| id != ActorId::MPVIZ),
        });
        received.map(|(_, value)| value)
    }

    /// Closes this process's copy of one end, so that the other side can learn of its end.
    pub(super) fn close(&self, end: End) -> Result<()> {
        let object = self.pipe;
        probe::say(|| Kind::EndClosed { object, end });
        let fd = if end == End::Read {
            &self.reader
        } else {
            &self.writer
        };
        let attempt = || format!("cannot close an end of the {}", self.name);
        sys::retire(fd.as_fd()).map_err(|error| Error::system(attempt(), error))
    }

    /// Takes everything out of the pipe that is in it now, unread.
    pub(super) fn drain(&self) -> Result<()> {
        while io::wait_readable(&self.reader, Deadline::after(Some(Duration::ZERO)))? {
            io::read_message(self.reader.as_fd())?;
        }
        Ok(())
    }
}

impl Drop for SimpleQueue {
    fn drop(&mut self) {
        let object = self.pipe;
        probe::say(|| Kind::EndClosed {
            object,
            end: End::Read,
        });
        probe::say(|| Kind::EndClosed {
            object,
            end: End::Write,
        });
    }
}
