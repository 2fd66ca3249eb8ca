//! A lane: the pipe between a pool and its workers, one for tasks and one for answers.
//!
//! A lane is what CPython's `SimpleQueue` is, a pipe with a lock at each end, of which a pool's
//! handlers leave theirs alone. Many small messages cost few calls: tasks go in by the page, and
//! come out by the page, of which each worker takes one; answers come out as many as there are.

use super::bell::Bell;
use super::frame::{self, Head, TASK_MIN};
use super::labels::numbered;
use crate::event::words::{Class, End, Operation, Outcome, Part};
use crate::event::{Kind, ObjectId, TaskId, Text};
use crate::runtime::ahead::Ahead;
use crate::runtime::error::{Error, Result};
use crate::runtime::sync::{Hold, QueueLock};
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use crate::runtime::{io, pipe, probe, sys};
use rustix::event::{PollFd, PollFlags};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::{Errno, ReadWriteFlags, preadv2, read, write};
use std::io::IoSliceMut;
use std::os::fd::{AsFd, OwnedFd};

/// The most bytes that the kernel writes into a pipe at once or not at all.
pub(super) const PAGE: usize = 4096;

/// A pipe with a lock at each end.
pub(super) struct Lane {
    object: ObjectId,
    pipe: ObjectId,
    reader: OwnedFd,
    writer: OwnedFd,
    read_lock: QueueLock,
    write_lock: QueueLock,
    /// The reader waits in `read`, not in `poll`: each write into a pipe that was ever polled looks
    /// for somebody to wake, also where nobody waits. For a pipe of many small writes only.
    waits_in_read: bool,
}

/// Whether something was done, or the pool is being terminated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Went {
    /// It was done.
    Done,
    /// The bell rang first.
    Over,
}

impl Lane {
    /// Makes a pool's inqueue or outqueue.
    pub(super) fn part_of(pool: ObjectId, part: Part) -> Result<Lane> {
        let object = probe::next_object();
        probe::say(|| Kind::ObjectCreated {
            object,
            class: Class::SimpleQueue,
            name: Text::from(part.text()),
            part_of: Some(pool),
            part: Some(part),
            maxsize: None,
            capacity: None,
        });
        let (reader, writer, capacity) = pipe::kernel_pipe(pipe::Waiting::InPoll)?;
        let waits_in_read = part == Part::Outqueue && let_wait_in_read(&reader);
        let part_of = Some((object, Part::Pipe));
        let pipe = pipe::tell_created(Class::Pipe, "", part_of, Some(capacity));
        for end in [End::Read, End::Write] {
            probe::say(|| Kind::EndOpened { object: pipe, end });
        }
        Ok(Lane {
            object,
            pipe,
            reader,
            writer,
            read_lock: QueueLock::new(Some((object, Part::ReadLock)))?,
            write_lock: QueueLock::new(Some((object, Part::WriteLock)))?,
            waits_in_read,
        })
    }

    /// Returns the id that events name its pipe by.
    pub(super) fn pipe(&self) -> ObjectId {
        self.pipe
    }

    /// Returns a wait for a message, which is not told before it begins.
    pub(super) fn get_wait(&self) -> Wait {
        Wait::new(Operation::Get, self.object, Deadline::NEVER)
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
        sys::retire(fd.as_fd())
            .map_err(|error| Error::system("cannot close an end of a pool's pipe", error))
    }

    /// Takes the next task out, under the read lock; waits until there is one. A worker does this.
    ///
    /// # Errors
    ///
    /// [`Error::Eof`] once the pool is gone.
    pub(super) fn take(&self, buffer: &mut Vec<u8>) -> Result<()> {
        let mut wait = self.get_wait();
        let mut held = self.read_lock.try_hold();
        if held.is_none() {
            wait.begin();
            held = self.read_lock.hold(Deadline::NEVER);
        }
        // Without a deadline, the lock is always taken in the end.
        let ahead = held.as_ref().map(Ahead::of).ok_or(Error::Eof)?;
        let taken = self.take_now(&ahead, buffer, &mut || {
            tell(&mut held);
            wait.begin();
        });
        if let Ok(head) = taken {
            probe::say(|| Kind::MessageReceived {
                object: self.pipe,
                message: head.message,
                end: None,
            });
        }
        drop(held);
        let sender = taken.as_ref().ok().map(|head| head.message.sender);
        wait.end(pipe::outcome_of(&taken), sender);
        taken.map(drop)
    }

    fn take_now(
        &self,
        ahead: &Ahead<'_>,
        buffer: &mut Vec<u8>,
        waits: &mut dyn FnMut(),
    ) -> Result<Head> {
        let fd = self.reader.as_fd();
        ahead.receive(&frame::TASKS, fd, Deadline::NEVER, buffer, waits)?;
        let (got, wanted) = (buffer.len(), TASK_MIN);
        frame::head(buffer).ok_or(Error::CutMessage { got, wanted })
    }

    /// Reads as many bytes of answers as there are; `None` if there are none yet. The result
    /// handler does this.
    pub(super) fn read_some(&self, buffer: &mut [u8]) -> Result<Option<usize>> {
        if !self.waits_in_read {
            return read_some(&self.reader, buffer);
        }
        loop {
            match read_now(&self.reader, buffer) {
                Ok(count) => return Ok(Some(count)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(None),
                Err(error) => return Err(Error::system("cannot read from a pipe", error)),
            }
        }
    }

    /// Waits until there are answers, or one of the bells rings and [`Lane::wake_reader`] was
    /// called. Returns how many bytes it has read of them, if it has.
    pub(super) fn wait_for_some(
        &self,
        buffer: &mut [u8],
        bells: [&Bell; 2],
    ) -> Result<Option<usize>> {
        if self.waits_in_read {
            return read_some(&self.reader, buffer);
        }
        let [first, second] = bells;
        let mut fds = [
            PollFd::new(&self.reader, PollFlags::IN),
            PollFd::new(first, PollFlags::IN),
            PollFd::new(second, PollFlags::IN),
        ];
        io::poll_until(&mut fds, Deadline::NEVER).map(|_| None)
    }

    /// Wakes a result handler that waits in `read`, by a message of nothing: CPython's sentinel.
    pub(super) fn wake_reader(&self) {
        if self.waits_in_read {
            // A full pipe is not waited for.
            let _ = write(&self.writer, &frame::NOTHING);
        }
    }

    /// Puts an answer in, under the write lock. A worker does this.
    pub(super) fn put(&self, answer: &mut [u8], task: TaskId) -> Result<()> {
        let id = probe::next_message();
        frame::sign(answer, id);
        let mut wait = Wait::new(Operation::Put, self.object, Deadline::NEVER);
        let mut held = self.write_lock.hold(Deadline::NEVER);
        // Right after its task's end, whose moment is this one's too, unless the lock was waited for.
        probe::say_again(|| Kind::MessageSent {
            object: self.pipe,
            message: id,
            bytes: answer.len() as u64,
            label: Some(numbered('r', task)),
            end: None,
        });
        let written = io::write_all(self.writer.as_fd(), answer, || {
            tell(&mut held);
            wait.begin();
        });
        drop(held);
        wait.end(pipe::outcome_of(&written), None);
        written
    }

    /// Puts tasks in, one after the other, each whole: as many at once as fit a page. The task
    /// handler does this, and nobody else writes.
    pub(super) fn put_tasks(&self, mut tasks: &mut [u8], quit: &Bell) -> Result<Went> {
        while !tasks.is_empty() {
            let page = page_of(tasks);
            let (now, later) = tasks.split_at_mut(page);
            self.sign_all(now);
            if self.write_whole(now, quit)? == Went::Over {
                return Ok(Went::Over);
            }
            tasks = later;
        }
        Ok(Went::Done)
    }

    /// Gives messages their ids, and says that they are sent.
    fn sign_all(&self, mut tasks: &mut [u8]) {
        let mut count = 0;
        while let Some(head) = frame::head(tasks) {
            let (message, rest) = tasks.split_at_mut(frame::padded(head).min(tasks.len()));
            let id = probe::next_message();
            frame::sign(message, id);
            probe::say_one_of(count, || Kind::MessageSent {
                object: self.pipe,
                message: id,
                bytes: message.len() as u64,
                label: Some(
                    frame::task(message)
                        .map_or(Text::const_new("end"), |task| numbered('T', task.task)),
                ),
                end: None,
            });
            tasks = rest;
            count += 1;
        }
    }

    fn write_whole(&self, mut bytes: &[u8], quit: &Bell) -> Result<Went> {
        let mut wait = Wait::new(Operation::Put, self.object, Deadline::NEVER);
        let went = loop {
            if bytes.is_empty() {
                break Ok(Went::Done);
            }
            match write(&self.writer, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    wait.begin();
                    let mut fds = [
                        PollFd::new(&self.writer, PollFlags::OUT),
                        PollFd::new(quit, PollFlags::IN),
                    ];
                    if let Err(error) = io::poll_until(&mut fds, Deadline::NEVER) {
                        break Err(error);
                    }
                    if !fds[1].revents().is_empty() {
                        break Ok(Went::Over);
                    }
                }
                Err(Errno::PIPE) => break Err(Error::BrokenPipe),
                Err(error) => break Err(Error::system("cannot write into a pipe", error)),
            }
        };
        let (outcome, waker) = match &went {
            // The pool rings its own bells.
            Ok(Went::Over) => (Outcome::Interrupted, Some(probe::process())),
            // Who takes tasks out is who makes room.
            other => (pipe::outcome_of(other), self.read_lock.releaser()),
        };
        wait.end(outcome, waker);
        went
    }
}

/// Returns how many of the bytes are whole messages that fit a page; a longer one stands alone.
fn page_of(tasks: &[u8]) -> usize {
    let mut at = 0;
    while let Some(head) = frame::head(&tasks[at..]) {
        let next = at + frame::padded(head);
        if at > 0 && next > PAGE {
            break;
        }
        at = next.min(tasks.len());
    }
    if at == 0 { tasks.len() } else { at }
}

/// Makes reads of a pipe wait; `false` if the kernel (before 6.4) can't read one without waiting
/// then.
fn let_wait_in_read(reader: &OwnedFd) -> bool {
    let mut byte = [0];
    let can = read_now(reader, &mut byte) == Err(Errno::AGAIN);
    can && fcntl_setfl(reader, OFlags::empty()).is_ok()
}

/// Reads what is there, without waiting, from a pipe whose reads wait.
fn read_now(fd: &OwnedFd, buffer: &mut [u8]) -> rustix::io::Result<usize> {
    // An offset of -1 is the file's own, and a pipe has no other.
    preadv2(
        fd,
        &mut [IoSliceMut::new(buffer)],
        u64::MAX,
        ReadWriteFlags::NOWAIT,
    )
}

/// Reads once; `None` if there is nothing to read yet.
fn read_some(fd: &OwnedFd, buffer: &mut [u8]) -> Result<Option<usize>> {
    loop {
        match read(fd, &mut *buffer) {
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(Error::system("cannot read from a pipe", error)),
        }
    }
}

/// Says that a lock is held, where there is one.
fn tell(held: &mut Option<Hold<'_>>) {
    if let Some(held) = held {
        held.tell();
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let object = self.pipe;
        for end in [End::Read, End::Write] {
            probe::say(|| Kind::EndClosed { object, end });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_whole_messages_only() {
        let mut tasks = Vec::new();
        for _ in 0..100 {
            frame::sentinel(&mut tasks);
        }
        assert_eq!(page_of(&tasks), PAGE);
        assert_eq!(page_of(&tasks[..PAGE + 1 + TASK_MIN]), PAGE);
        assert_eq!(page_of(&tasks[..TASK_MIN]), TASK_MIN);
    }
}
