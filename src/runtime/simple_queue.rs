//! A pipe and two locks, no feeder: what a pool's inqueue and outqueue are.

use super::error::{Error, Result};
use super::sync::{Hold, QueueLock};
use super::time::Deadline;
use super::wait::Wait;
use super::{io, message, pipe, probe, sys};
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{Kind, ObjectId, Text};
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
    read_lock: QueueLock,
    write_lock: QueueLock,
}

impl SimpleQueue {
    /// Makes one that is a part of another object.
    pub(super) fn part_of(whole: ObjectId, part: Part) -> Result<SimpleQueue> {
        let (reader, writer, capacity) = pipe::kernel_pipe(pipe::Waiting::InPoll)?;
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
        let read_lock = QueueLock::new(Some((object, Part::ReadLock)))?;
        let write_lock = QueueLock::new(Some((object, Part::WriteLock)))?;
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
        let mut held = match locking {
            Locking::Locked => self.write_lock.hold(Deadline::NEVER),
            Locking::Alone => None,
        };
        probe::say(|| Kind::MessageSent {
            object: self.pipe,
            message: id,
            bytes: bytes.len() as u64,
            label: Some(Text::from(label)),
            end: None,
        });
        let mut wait = Wait::new(Operation::Put, self.object, Deadline::NEVER);
        let written = io::write_all(self.writer.as_fd(), &bytes, || {
            tell(&mut held);
            wait.begin();
        });
        wait.end(pipe::outcome_of(&written), None);
        written
    }

    /// Gets the next value, waiting until there is one.
    pub(super) fn get(&self, locking: Locking) -> Result<Vec<u8>> {
        let mut wait = Wait::new(Operation::Get, self.object, Deadline::NEVER);
        let mut held = match locking {
            Locking::Locked => self.read_lock.try_hold().or_else(|| {
                wait.begin();
                self.read_lock.hold(Deadline::NEVER)
            }),
            Locking::Alone => None,
        };
        let received = io::read_message(self.reader.as_fd(), Deadline::NEVER, || {
            tell(&mut held);
            wait.begin();
        });
        if let Ok(Some((message, _))) = received {
            probe::say(|| Kind::MessageReceived {
                object: self.pipe,
                message,
                end: None,
            });
        }
        drop(held);
        let sender = received
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|(id, _)| id.sender);
        wait.end(pipe::outcome_of(&received), sender);
        Ok(received?.ok_or(Error::Eof)?.1)
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
        let now = Deadline::after(Some(Duration::ZERO));
        while io::read_message(self.reader.as_fd(), now, || {})?.is_some() {}
        Ok(())
    }
}

/// Says that a lock is held, where there is one.
fn tell(held: &mut Option<Hold<'_>>) {
    if let Some(held) = held {
        held.tell();
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
