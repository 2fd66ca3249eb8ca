//! Whole messages into and out of descriptors, and waiting for one to be ready.
//!
//! The runtime's own pipes do not block: an operation that could be done at once is, and only one
//! that could not says that it waits. So the usual case costs neither an event nor a system call
//! more than it must.

use super::error::{Error, Result};
use super::message::{self, BLOCK, HEAD, INLINE, Opened};
use super::time::Deadline;
use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, read, write, writev};
use std::io::IoSlice;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

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
            Err(error) => return Err(cannot_write(error)),
        }
    }
    Ok(())
}

/// As [`write_all`], of a message whose value stands apart from its head.
pub(super) fn write_message(
    fd: BorrowedFd<'_>,
    head: &[u8; HEAD],
    value: &[u8],
    waits: impl FnOnce(),
) -> Result<()> {
    if value.len() <= INLINE {
        let mut block = [0; BLOCK];
        block[..HEAD].copy_from_slice(head);
        block[HEAD..HEAD + value.len()].copy_from_slice(value);
        return write_all(fd, &block, waits);
    }
    let written = loop {
        match writev(fd, &[IoSlice::new(head), IoSlice::new(value)]) {
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => break 0,
            Err(error) => return Err(cannot_write(error)),
            Ok(count) => break count,
        }
    };
    if let Some(written) = written.checked_sub(HEAD) {
        return write_all(fd, &value[written..], waits);
    }
    let mut waits = Some(waits);
    let mut begin = || {
        if let Some(waits) = waits.take() {
            waits();
        }
    };
    write_all(fd, &head[written..], &mut begin)?;
    write_all(fd, value, begin)
}

fn cannot_write(error: Errno) -> Error {
    match error {
        Errno::PIPE => Error::BrokenPipe,
        Errno::CONNRESET => Error::ConnectionReset,
        error => Error::system("cannot write into a pipe", error),
    }
}

/// A message whose first block has come.
pub(super) struct Begun {
    /// Its head.
    pub(super) opened: Opened,
    /// The beginning of its value.
    pub(super) inline: [u8; INLINE],
}

/// Reads a message's first block, waiting until there is one, or until the deadline: then there is
/// none. Once it has begun to come, it is read to its end. `waits` is called before each wait, also
/// for the rest of a block.
///
/// # Errors
///
/// [`Error::Eof`] if there is none and never will be, [`Error::CutMessage`] if its sender ended
/// while it sent, [`Error::MessageTooLong`] if it says to be longer than any can be.
pub(super) fn read_block(
    fd: BorrowedFd<'_>,
    deadline: Deadline,
    waits: &mut dyn FnMut(),
) -> Result<Option<Begun>> {
    let mut block = [0; BLOCK];
    let begun = match read_begun(fd, &mut block, deadline, waits)? {
        None => return Ok(None),
        Some(0) => return Err(Error::Eof),
        Some(begun) => begun,
    };
    let got = begun + read_full(fd, &mut block[begun..], waits)?;
    if got < BLOCK {
        return Err(Error::CutMessage { got, wanted: BLOCK });
    }
    let (opened, inline) = message::open(&block);
    message::checked_length(opened.length)?;
    Ok(Some(Begun { opened, inline }))
}

/// Reads once, waiting until there is something, or until the deadline: then it is `None`. 0 is the
/// end of the file.
pub(super) fn read_begun(
    fd: BorrowedFd<'_>,
    buffer: &mut [u8],
    deadline: Deadline,
    waits: &mut dyn FnMut(),
) -> Result<Option<usize>> {
    // One that finds nothing goes to sleep at once. Looking again for a moment first helps only where
    // a CPU is free; where none is, it keeps its writer from running (to and fro took twice as long).
    let mut got = read_now(fd, buffer)?;
    if got.is_none() {
        waits();
        while got.is_none() {
            if !wait_for(&fd, PollFlags::IN, deadline)? {
                return Ok(None);
            }
            got = read_now(fd, buffer)?;
        }
    }
    Ok(got)
}

/// What is reserved at once for a message: more only when so much has come, as its length is a
/// stranger's word.
const TRUSTED: usize = 64 << 20;

/// Reads a value of `length` bytes that has begun to come.
pub(super) fn read_value(
    fd: BorrowedFd<'_>,
    beginning: &[u8],
    length: usize,
    waits: &mut dyn FnMut(),
) -> Result<Vec<u8>> {
    let beginning = &beginning[..length.min(beginning.len())];
    read_on(fd, beginning, length, waits).map_err(|error| match error {
        // What is told is the message, its head and all.
        Error::CutMessage { got, wanted } => Error::CutMessage {
            got: HEAD + got,
            wanted: HEAD + wanted,
        },
        error => error,
    })
}

/// Reads on until there are `length` bytes.
///
/// # Errors
///
/// [`Error::CutMessage`] if the file ends before, [`Error::Memory`].
pub(super) fn read_on(
    fd: BorrowedFd<'_>,
    beginning: &[u8],
    length: usize,
    waits: &mut dyn FnMut(),
) -> Result<Vec<u8>> {
    let mut value = Vec::new();
    let mut end = length.min(TRUSTED);
    loop {
        value
            .try_reserve_exact(end - value.len())
            .map_err(|_| Error::Memory { bytes: length })?;
        if value.is_empty() {
            value.extend_from_slice(beginning);
        }
        if value.capacity() == end {
            read_to_capacity(fd, &mut value, waits)?;
        } else {
            // Room for more is no leave to read more: what follows is the next message.
            let here = value.len();
            value.resize(end, 0);
            let got = read_full(fd, &mut value[here..], waits)?;
            value.truncate(here + got);
        }
        if value.len() < end {
            return Err(Error::CutMessage {
                got: value.len(),
                wanted: length,
            });
        }
        if end == length {
            return Ok(value);
        }
        end = length.min(2 * end);
    }
}

/// Reads until the buffer is full or the file ends. What is not filled is not zeroed either: a
/// message of megabytes would touch each page twice.
fn read_to_capacity(
    fd: BorrowedFd<'_>,
    buffer: &mut Vec<u8>,
    waits: &mut dyn FnMut(),
) -> Result<()> {
    while buffer.len() < buffer.capacity() {
        match read(fd, spare_capacity(buffer)) {
            Ok(0) => break,
            Ok(_) | Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                waits();
                wait_for(&fd, PollFlags::IN, Deadline::NEVER)?;
            }
            Err(error) => return Err(cannot_read(error)),
        }
    }
    Ok(())
}

fn cannot_read(error: Errno) -> Error {
    match error {
        Errno::CONNRESET => Error::ConnectionReset,
        error => Error::system("cannot read from a pipe", error),
    }
}

/// Reads once; `None` if there is nothing to read yet.
fn read_now(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<Option<usize>> {
    loop {
        match read(fd, &mut *buffer) {
            Ok(count) => return Ok(Some(count)),
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return Ok(None),
            Err(error) => return Err(cannot_read(error)),
        }
    }
}

/// Reads until the buffer is full or the file ends; returns how many bytes came.
fn read_full(fd: BorrowedFd<'_>, buffer: &mut [u8], waits: &mut dyn FnMut()) -> Result<usize> {
    let wanted = buffer.len();
    read_at_least(fd, buffer, wanted, waits)
}

/// Reads until so many bytes have come or the file ends, and more where they lie ready; returns
/// how many came.
pub(super) fn read_at_least(
    fd: BorrowedFd<'_>,
    buffer: &mut [u8],
    wanted: usize,
    waits: &mut dyn FnMut(),
) -> Result<usize> {
    let mut at = 0;
    while at < wanted.min(buffer.len()) {
        match read_now(fd, &mut buffer[at..])? {
            Some(0) => break,
            Some(count) => at += count,
            None => {
                waits();
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

/// Returns whether a pipe has a page of room.
pub(super) fn is_writable(fd: impl AsFd) -> Result<bool> {
    wait_for(&fd, PollFlags::OUT, Deadline::after(Some(Duration::ZERO)))
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
            // The kernel's time runs on while the viewer has stopped the program; the deadline does not.
            Ok(0) if !deadline.is_over() => {}
            Ok(count) => return Ok(count > 0),
            Err(Errno::INTR) if !deadline.is_over() => {}
            Err(Errno::INTR) => return Ok(false),
            Err(error) => return Err(Error::system("cannot wait for a descriptor", error)),
        }
    }
}
