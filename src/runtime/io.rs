//! Whole messages into and out of descriptors, and waiting for one to be ready.
//!
//! The runtime's own pipes do not block: an operation that could be done at once is, and only one
//! that could not says that it waits. So the usual case costs neither an event nor a system call
//! more than it must.

use super::error::{Error, Result};
use super::message::{self, HEAD};
use super::time::Deadline;
use crate::event::MessageId;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, write};
use std::os::fd::{AsFd, BorrowedFd};

/// Writes all bytes, waiting where the pipe is full. `waits` is called before it waits for the
/// first time.
pub(super) fn write_all(fd: BorrowedFd<'_>, bytes: &[u8], waits: impl FnOnce()) -> Result<()> {
    let mut waits = Some(waits);
    let mut rest = bytes;
    while !rest.is_empty() {
        match write(fd, rest) {
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                if let Some(waits) = waits.take() {
                    waits();
                }
                wait_for(&fd, PollFlags::OUT, Deadline::NEVER)?;
            }
            Err(Errno::PIPE) => return Err(Error::BrokenPipe),
            Err(error) => return Err(Error::system("cannot write into a pipe", error)),
        }
    }
    Ok(())
}

/// Reads a message, waiting until there is one, or until the deadline: then there is none. Once
/// it has begun to come, it is read to its end. `waits` is called before it waits for the first
/// time.
///
/// # Errors
///
/// [`Error::Eof`] if there is none and never will be, [`Error::CutMessage`] if its sender ended
/// while it sent.
pub(super) fn read_message(
    fd: BorrowedFd<'_>,
    deadline: Deadline,
    waits: impl FnOnce(),
) -> Result<Option<(MessageId, Vec<u8>)>> {
    let mut head = [0; HEAD];
    let mut got = read_now(fd, &mut head)?;
    if got.is_none() {
        waits();
        while got.is_none() {
            if !wait_for(&fd, PollFlags::IN, deadline)? {
                return Ok(None);
            }
            got = read_now(fd, &mut head)?;
        }
    }
    let begun = got.unwrap_or(0);
    if begun == 0 {
        return Err(Error::Eof);
    }
    let got = begun + read_full(fd, &mut head[begun..])?;
    if got < HEAD {
        return Err(Error::CutMessage { got, wanted: HEAD });
    }
    let (id, length) = message::open(&head);
    let mut value = vec![0; length];
    let got = read_full(fd, &mut value)?;
    if got < length {
        return Err(Error::CutMessage {
            got: HEAD + got,
            wanted: HEAD + length,
        });
    }
    Ok(Some((id, value)))
}

/// Reads once; `None` if there is nothing to read yet.
fn read_now(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<Option<usize>> {
    loop {
        match read(fd, &mut *buffer) {
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(Error::system("cannot read from a pipe", error)),
        }
    }
}

/// Reads until the buffer is full or the file ends; returns how many bytes came.
fn read_full(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize> {
    let mut at = 0;
    while at < buffer.len() {
        match read_now(fd, &mut buffer[at..])? {
            Some(0) => break,
            Some(count) => at += count,
            None => {
                wait_for(&fd, PollFlags::IN, Deadline::NEVER)?;
            }
        }
    }
    Ok(at)
}

/// Waits until something can be read, or the file has ended; returns whether it is so.
pub(super) fn wait_readable(fd: impl AsFd, deadline: Deadline) -> Result<bool> {
    wait_for(&fd, PollFlags::IN, deadline)
}

fn wait_for(fd: &impl AsFd, flags: PollFlags, deadline: Deadline) -> Result<bool> {
    let mut fds = [PollFd::new(fd, flags)];
    poll_until(&mut fds, deadline)
}

/// Waits until one of the descriptors is ready; returns whether one is.
pub(super) fn poll_until(fds: &mut [PollFd<'_>], deadline: Deadline) -> Result<bool> {
    loop {
        let limit = deadline.left().and_then(|left| left.try_into().ok());
        match poll(fds, limit.as_ref()) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::INTR) if !deadline.is_over() => {}
            Err(Errno::INTR) => return Ok(false),
            Err(error) => return Err(Error::system("cannot wait for a descriptor", error)),
        }
    }
}
