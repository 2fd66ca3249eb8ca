//! Whole messages into and out of descriptors, and waiting for one to be ready.

use super::error::{Error, Result};
use super::message::{self, HEAD};
use super::time::Deadline;
use crate::event::MessageId;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, write};
use std::os::fd::{AsFd, BorrowedFd};

/// Writes all bytes, waiting where the pipe is full.
pub(super) fn write_all(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match write(fd, rest) {
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR) => {}
            Err(Errno::PIPE) => return Err(Error::BrokenPipe),
            Err(error) => return Err(Error::system("cannot write into a pipe", error)),
        }
    }
    Ok(())
}

/// Reads a message, waiting until it is whole.
///
/// # Errors
///
/// [`Error::Eof`] if there is none and never will be, [`Error::CutMessage`] if its sender ended
/// while it sent.
pub(super) fn read_message(fd: BorrowedFd<'_>) -> Result<(MessageId, Vec<u8>)> {
    let mut head = [0; HEAD];
    match read_full(fd, &mut head)? {
        0 => return Err(Error::Eof),
        HEAD => {}
        got => return Err(Error::CutMessage { got, wanted: HEAD }),
    }
    let (id, length) = message::open(&head);
    let mut value = vec![0; length];
    match read_full(fd, &mut value)? {
        got if got == length => Ok((id, value)),
        got => Err(Error::CutMessage {
            got: HEAD + got,
            wanted: HEAD + length,
        }),
    }
}

/// Reads until the buffer is full or the file ends; returns how many bytes came.
fn read_full(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize> {
    let mut at = 0;
    while at < buffer.len() {
        match read(fd, &mut buffer[at..]) {
            Ok(0) => break,
            Ok(count) => at += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(Error::system("cannot read from a pipe", error)),
        }
    }
    Ok(at)
}

/// Waits until something can be read, or the file has ended; returns whether it is so.
pub(super) fn wait_readable(fd: impl AsFd, deadline: Deadline) -> Result<bool> {
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
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
