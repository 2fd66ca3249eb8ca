//! A pipe with a lock at each end: what queues of every kind are made around.
//!
//! A reader holds the read lock while it takes a message out, a writer the write lock while it
//! puts one in, so that messages of many processes stay whole and in order.

use super::ahead::{self, Ahead};
use super::error::{Error, Result};
use super::message::{self, Received};
use super::spawn::handover;
use super::sync::{self, Hold, QueueLock};
use super::time::Deadline;
use super::wait::Wait;
use super::{io, pipe, probe, sys};
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{Kind, MessageId, ObjectId, Text};
use serde::{Deserialize, Serialize};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The most bytes that a pipe takes at once or not at all: `PIPE_BUF`.
pub(super) const BATCH: usize = 4096;

/// A pipe with a lock at each end.
pub(super) struct LockedPipe {
    object: ObjectId,
    reader: OwnedFd,
    writer: OwnedFd,
    /// Which ends this process has closed, read and write. A forked child has them closed, too.
    closed: [AtomicBool; 2],
    read_lock: QueueLock,
    write_lock: QueueLock,
}

/// What is written down of a pipe for a process that is spawned.
#[derive(Serialize, Deserialize)]
pub(super) struct PipeWire {
    object: ObjectId,
    ends: [u32; 2],
    locks: [sync::Wire; 2],
}

impl PipeWire {
    /// Takes a pipe that was given.
    pub(super) fn take(self) -> Result<LockedPipe> {
        let object = self.object;
        let ([read, write], [read_lock, write_lock]) = (self.ends, self.locks);
        let pipe = LockedPipe {
            object,
            reader: handover::take(read)?,
            writer: handover::take(write)?,
            closed: Default::default(),
            read_lock: read_lock.take_lock()?,
            write_lock: write_lock.take_lock()?,
        };
        for end in [End::Read, End::Write] {
            probe::say(|| Kind::EndOpened { object, end });
        }
        Ok(pipe)
    }
}

impl LockedPipe {
    /// Gives it to a process that is spawned. `what` is CPython's name of its queue's class, `name`
    /// the queue's.
    pub(super) fn give(&self, what: &str, name: &str) -> Result<PipeWire> {
        let locks = [self.read_lock.give(what)?, self.write_lock.give(what)?];
        self.check_open(End::Read, name)?;
        self.check_open(End::Write, name)?;
        let ends = [
            handover::give(self.reader.as_fd())?,
            handover::give(self.writer.as_fd())?,
        ];
        Ok(PipeWire {
            object: self.object,
            ends,
            locks,
        })
    }

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
            closed: Default::default(),
            read_lock: QueueLock::new(Some((queue, Part::ReadLock)))?,
            write_lock: QueueLock::new(Some((queue, Part::WriteLock)))?,
        })
    }

    /// Returns the id that events name the pipe by.
    pub(super) fn object(&self) -> ObjectId {
        self.object
    }

    fn closed(&self, end: End) -> &AtomicBool {
        &self.closed[usize::from(end != End::Read)]
    }

    /// Returns an error if this process has closed an end. `name` is the queue's.
    pub(super) fn check_open(&self, end: End, name: &str) -> Result<()> {
        if self.closed(end).load(Ordering::Relaxed) {
            let end = end.text();
            return Err(Error::ClosedHandle(format!(
                "end `{end}` of queue `{name}`"
            )));
        }
        Ok(())
    }

    /// Returns whether nothing is in it now. `name` is the queue's.
    pub(super) fn is_empty(&self, name: &str) -> Result<bool> {
        self.check_open(End::Read, name)?;
        if ahead::is_something(self.read_lock.spare()) {
            return Ok(false);
        }
        let now = Deadline::after(Some(Duration::ZERO));
        Ok(!io::wait_readable(&self.reader, now)?)
    }

    /// Writes several messages, all at once where the pipe has room: then either all of them or none
    /// is in it, whenever this process is killed. They are no more than [`BATCH`] bytes, or a single
    /// one.
    pub(super) fn send_all(&self, batch: &[(MessageId, Vec<u8>)], wait: Wait) -> Result<()> {
        let mut wait = Some(wait);
        let mut next_wait = || wait.take().unwrap_or_else(|| self.wait_to_write());
        if let [(id, bytes)] = batch {
            return self.send(*id, bytes, None, next_wait());
        }
        let held = self.write_lock.hold(Deadline::NEVER);
        if !io::is_writable(self.writer.as_fd())? {
            drop(held);
            // Each waits for room of its own, so that whoever is killed meanwhile cuts none.
            return batch
                .iter()
                .try_for_each(|(id, bytes)| self.send(*id, bytes, None, next_wait()));
        }
        let mut together = Vec::with_capacity(BATCH);
        for (at, (id, bytes)) in batch.iter().enumerate() {
            together.extend_from_slice(bytes);
            probe::say_one_of(at, || self.sent(*id, bytes.len(), None));
        }
        // Nobody else writes, and there is a page of room: this never waits.
        io::write_all(self.writer.as_fd(), &together, || {})
    }

    fn wait_to_write(&self) -> Wait {
        Wait::new(Operation::Write, self.object, Deadline::NEVER)
    }

    fn sent(&self, message: MessageId, bytes: usize, label: Option<&str>) -> Kind {
        Kind::MessageSent {
            object: self.object,
            message,
            bytes: bytes as u64,
            label: label.map(Text::from),
            end: None,
        }
    }

    /// Writes a message, waiting while the pipe is full.
    pub(super) fn send(
        &self,
        id: MessageId,
        bytes: &[u8],
        label: Option<&str>,
        mut wait: Wait,
    ) -> Result<()> {
        let mut held = self.write_lock.hold(Deadline::NEVER);
        probe::say(|| self.sent(id, bytes.len(), label));
        let written = io::write_all(self.writer.as_fd(), bytes, || {
            tell(&mut held);
            wait.begin();
        });
        // Who takes messages out is who makes room.
        wait.end(pipe::outcome_of(&written), self.read_lock.releaser());
        written
    }

    /// Takes the next message out, waiting until the deadline at most: then there is none.
    pub(super) fn receive(&self, deadline: Deadline, wait: &mut Wait) -> Result<Option<Received>> {
        let held = self.read_lock.try_hold().or_else(|| {
            wait.begin();
            self.read_lock.hold(deadline)
        });
        let Some(mut held) = held else {
            return Ok(None);
        };
        let (ahead, fd) = (Ahead::of(&held), self.reader.as_fd());
        let mut bytes = Vec::new();
        let is_there = ahead.receive(&message::FORM, fd, deadline, &mut bytes, &mut || {
            held.tell();
            wait.begin();
        })?;
        if !is_there {
            return Ok(None);
        }
        let received = Received::of(bytes)?;
        probe::say(|| Kind::MessageReceived {
            object: self.object,
            message: received.id,
            end: None,
        });
        Ok(Some(received))
    }

    /// Closes this process's copy of one end, so that the other side can learn of its end.
    pub(super) fn close(&self, end: End) -> Result<()> {
        if self.closed(end).swap(true, Ordering::Relaxed) {
            return Ok(());
        }
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
            if !self.closed(end).load(Ordering::Relaxed) {
                probe::say(|| Kind::EndClosed { object, end });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::error::Error;
    use crate::runtime::message;
    use proptest::prelude::*;

    proptest! {
        /// However long messages are, and wherever a page ends: each comes whole, and in order.
        #[test]
        fn what_is_read_ahead_is_what_was_sent(
            lengths in proptest::collection::vec(prop_oneof![4 => 0usize..100, 1 => 0usize..9000], 1..120),
        ) {
            let pipe = LockedPipe::of_queue(probe::next_object()).expect("a pipe");
            let value = |at: usize| vec![u8::try_from(at).expect("few"); lengths[at]];
            std::thread::scope(|scope| -> std::result::Result<(), TestCaseError> {
                scope.spawn(|| {
                    for at in 0..lengths.len() {
                        let id = MessageId { sender: probe::actor(), number: at as u64 };
                        let bytes = message::encode(id, &value(at), 0, "q").expect("encoded");
                        pipe.send(id, &bytes, None, pipe.wait_to_write()).expect("sent");
                    }
                });
                for at in 0..lengths.len() {
                    let wait = &mut Wait::new(Operation::Get, pipe.object, Deadline::NEVER);
                    let received = pipe.receive(Deadline::NEVER, wait).expect("received");
                    let received = received.expect("it waits for ever");
                    prop_assert_eq!(received.id.number, at as u64);
                    prop_assert_eq!(received.decode::<Vec<u8>>("q").expect("decoded"), value(at));
                }
                Ok(())
            })?;
            prop_assert!(pipe.is_empty("q").expect("open"));
        }

        /// A queue's pipe that a stranger has written into: errors with names, and then the end.
        #[test]
        fn arbitrary_bytes_in_a_queue_are_errors_with_names(
            bytes in proptest::collection::vec(prop_oneof![2 => Just(0u8), 1 => any::<u8>()], 1..300),
        ) {
            let pipe = LockedPipe::of_queue(probe::next_object()).expect("a pipe");
            rustix::io::write(&pipe.writer, &bytes).expect("room for it");
            pipe.close(End::Write).expect("closed");
            let mut left = bytes.len();
            let end = loop {
                let mut wait = Wait::new(Operation::Get, pipe.object, Deadline::NEVER);
                match pipe.receive(Deadline::NEVER, &mut wait) {
                    Ok(received) => {
                        let received = received.expect("it waits for ever");
                        left -= message::bytes_in_pipe(received.value().len());
                        let decoded = received.decode::<(u8, String)>("jobs");
                        if let Err(error) = decoded {
                            prop_assert!(error.to_string().contains("`jobs`"), "{}", error);
                        }
                    }
                    Err(error) => break error,
                }
            };
            match end {
                Error::Eof => prop_assert_eq!(left, 0),
                Error::CutMessage { got, wanted } => prop_assert!(got == left && got < wanted),
                Error::MessageTooLong { bytes, max } => prop_assert!(left > 0 && bytes > max),
                error => prop_assert!(false, "{}", error),
            }
        }
    }
}
