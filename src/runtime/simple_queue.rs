//! A locked pipe and nothing else, no feeder: what a pool's inqueue and outqueue are.

use super::error::{Error, Result};
use super::locked_pipe::LockedPipe;
pub(super) use super::locked_pipe::Locking;
use super::time::Deadline;
use super::wait::Wait;
use super::{message, pipe, probe};
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{Kind, ObjectId, Text};

/// A queue of messages without a buffer: `put` itself writes into the pipe.
pub(super) struct SimpleQueue {
    object: ObjectId,
    pipe: LockedPipe,
}

impl SimpleQueue {
    /// Makes one that is a part of another object.
    pub(super) fn part_of(whole: ObjectId, part: Part) -> Result<SimpleQueue> {
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
        Ok(SimpleQueue {
            object,
            pipe: LockedPipe::of_queue(object)?,
        })
    }

    /// Puts a value, waiting while the pipe is full.
    pub(super) fn put(&self, value: &[u8], label: &str, locking: Locking) -> Result<()> {
        let id = probe::next_message();
        let bytes = message::wrap(id, value)?;
        let wait = Wait::new(Operation::Put, self.object, Deadline::NEVER);
        self.pipe.send(id, &bytes, Some(label), wait, locking)
    }

    /// Gets the next value, waiting until there is one.
    pub(super) fn get(&self, locking: Locking) -> Result<Vec<u8>> {
        let mut wait = Wait::new(Operation::Get, self.object, Deadline::NEVER);
        let received = self.pipe.receive(Deadline::NEVER, &mut wait, locking);
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
        self.pipe.close(end)
    }

    /// Takes everything out of the pipe that is in it now, unread.
    pub(super) fn drain(&self) -> Result<()> {
        self.pipe.drain()
    }
}
