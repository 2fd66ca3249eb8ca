//! A pipe with a lock at each end: what queues of every kind are made around.
//!
//! A reader holds the read lock while it takes a message out, a writer the write lock while it
//! puts one in, so that messages of many processes stay whole and in order.

use super::error::{Error, Result};
use super::sync::{Hold, QueueLock};
use super::time::Deadline;
use super::wait::Wait;
use super::{io, pipe, probe, sys};
use crate::event::words::{Class, End, Part};
use crate::event::{Kind, MessageId, ObjectId, Text};
use std::os::fd::{AsFd, OwnedFd};

/// Whether an access takes the lock of its side. A side with a single user needs none: a pool's
/// task handler and result handler leave theirs alone, as in CPython.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Locking {
    /// Many processes use this side.
    Locked,
    /// One thread uses this side.
    Alone,
}

/// A pipe with a lock at each end.
pub(super) struct LockedPipe {
    object: ObjectId,
    reader: OwnedFd,
    writer: OwnedFd,
    read_lock: QueueLock,
    write_lock: QueueLock,
}

impl LockedPipe {
    /// Makes the pipe and the locks of a queue.
    pub(super) fn of_queue(queue: ObjectId) -> Result<LockedPipe> {
        let (reader, writer, capacity) = pipe::kernel_pipe(pipe::Waiting::InPoll)?;
        let object = pipe::tell_created(Class::Pipe, "", Some((queue, Part::Pipe)), Some(capacity));
        for end in [End::Read, End::Write] {
            probe::say(|| Kind::EndOpened { object, end });
        }
        Ok(LockedPipe {
            object,
            reader,
            writer,
            read_lock: QueueLock::new(Some((queue, Part::ReadLock)))?,
            write_lock: QueueLock::new(Some((queue, Part::WriteLock)))?,
        })
    }

    /// Returns the id that events name the pipe by.
    pub(super) fn object(&self) -> ObjectId {
        self.object
    }

    /// Returns the reading end, to be asked whether something is there.
    pub(super) fn reader(&self) -> impl AsFd {
        &self.reader
    }

    /// Writes a message, waiting while the pipe is full.
    pub(super) fn send(
        &self,
        id: MessageId,
        bytes: &[u8],
        label: Option<&str>,
        mut wait: Wait,
        locking: Locking,
    ) -> Result<()> {
        let mut held = match locking {
            Locking::Locked => self.write_lock.hold(Deadline::NEVER),
            Locking::Alone => None,
        };
        probe::say(|| Kind::MessageSent {
            object: self.object,
            message: id,
            bytes: bytes.len() as u64,
            label: label.map(Text::from),
            end: None,
        });
        let written = io::write_all(self.writer.as_fd(), bytes, || {
            tell(&mut held);
            wait.begin();
        });
        wait.end(pipe::outcome_of(&written), None);
        written
    }

    /// Takes the next message out, waiting until the deadline at most: then there is none.
    pub(super) fn receive(
        &self,
        deadline: Deadline,
        wait: &mut Wait,
        locking: Locking,
    ) -> Result<Option<(MessageId, Vec<u8>)>> {
        let mut held = None;
        if locking == Locking::Locked {
            held = self.read_lock.try_hold().or_else(|| {
                wait.begin();
                self.read_lock.hold(deadline)
            });
            if held.is_none() {
                return Ok(None);
            }
        }
        let received = io::read_message(self.reader.as_fd(), deadline, || {
            tell(&mut held);
            wait.begin();
        });
        if let Ok(Some((message, _))) = received {
            probe::say(|| Kind::MessageReceived {
                object: self.object,
                message,
                end: None,
            });
        }
        received
    }

    /// Takes everything out that is in it now, unread and untold.
    pub(super) fn drain(&self) -> Result<()> {
        let now = Deadline::after(Some(std::time::Duration::ZERO));
        while io::read_message(self.reader.as_fd(), now, || {})?.is_some() {}
        Ok(())
    }

    /// Closes this process's copy of one end, so that the other side can learn of its end.
    pub(super) fn close(&self, end: End) -> Result<()> {
        let object = self.object;
        probe::say(|| Kind::EndClosed { object, end });
        let fd = if end == End::Read {
            &self.reader
        } else {
            &self.writer
        };
        sys::retire(fd.as_fd())
            .map_err(|error| Error::system("cannot close an end of a queue's pipe", error))
    }
}

/// Says that a lock is held, where there is one.
fn tell(held: &mut Option<Hold<'_>>) {
    if let Some(held) = held {
        held.tell();
    }
}

impl Drop for LockedPipe {
    fn drop(&mut self) {
        let object = self.object;
        for end in [End::Read, End::Write] {
            probe::say(|| Kind::EndClosed { object, end });
        }
    }
}
