//! `communicate`: all three streams at once, so that no full pipe blocks another.

use super::{Pipe, Popen};
use crate::event::words::{Operation, Outcome};
use crate::event::{Kind, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::time::Deadline;
use crate::runtime::{io, probe};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;

/// A pipe that is ready takes at least this much without waiting (`PIPE_BUF`), and no more is
/// written at a time.
const PIECE: usize = 4096;

/// A preview of bytes is cut at this many.
const PREVIEW: usize = 60;

/// Feeds stdin, reads stdout and stderr to their ends, and waits for the program.
pub(super) fn communicate(popen: &mut Popen, input: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let (object, on) = (popen.object, popen.child.actor);
    probe::say(|| Kind::Blocked {
        operation: Operation::Communicate,
        object: Some(object),
        on: Some(on),
        timeout: None,
    });
    let moved = move_all(popen, input);
    let ended = moved.and_then(|outputs| {
        popen.child.wait(Operation::Wait, Deadline::NEVER)?;
        Ok(outputs)
    });
    let outcome = if ended.is_ok() {
        Outcome::Done
    } else {
        Outcome::Failed
    };
    probe::say(|| Kind::Unblocked {
        outcome,
        waker: Some(on),
    });
    ended
}

fn move_all(popen: &mut Popen, input: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut rest = input;
    if rest.is_empty() {
        popen.stdin = None;
    }
    while popen.stdin.is_some() || popen.stdout.is_some() || popen.stderr.is_some() {
        let [can_write, can_read_out, can_read_err] = ready(popen)?;
        if can_write {
            rest = feed(&mut popen.stdin, rest)?;
        }
        if can_read_out {
            read(&mut popen.stdout, &mut stdout)?;
        }
        if can_read_err {
            read(&mut popen.stderr, &mut stderr)?;
        }
    }
    Ok((stdout, stderr))
}

/// Waits until some of the streams is ready; returns which.
fn ready(popen: &Popen) -> Result<[bool; 3]> {
    let streams = [
        (&popen.stdin, PollFlags::OUT),
        (&popen.stdout, PollFlags::IN),
        (&popen.stderr, PollFlags::IN),
    ];
    let mut fds = Vec::with_capacity(3);
    let mut which = Vec::with_capacity(3);
    for (at, (pipe, flags)) in streams.iter().enumerate() {
        if let Some(pipe) = pipe {
            fds.push(PollFd::new(&pipe.fd, *flags));
            which.push(at);
        }
    }
    io::poll_until(&mut fds, Deadline::NEVER)?;
    let mut ready = [false; 3];
    for (fd, at) in fds.iter().zip(which) {
        ready[at] = !fd.revents().is_empty();
    }
    Ok(ready)
}

/// Writes a piece of the input; after the last, closes stdin. Returns what is left.
fn feed<'a>(stdin: &mut Option<Pipe>, input: &'a [u8]) -> Result<&'a [u8]> {
    let Some(pipe) = stdin else { return Ok(input) };
    let piece = &input[..input.len().min(PIECE)];
    let object = pipe.object;
    probe::say(|| Kind::BytesWritten {
        object,
        bytes: piece.len() as u64,
        label: preview(piece),
    });
    let rest = match rustix::io::write(&pipe.fd, piece) {
        Ok(count) => &input[count..],
        Err(Errno::INTR) => input,
        // It does not want its input: CPython too goes on without a word.
        Err(Errno::PIPE) => &[],
        Err(error) => return Err(Error::system("cannot write to a program's stdin", error)),
    };
    if rest.is_empty() {
        *stdin = None;
    }
    Ok(rest)
}

/// Reads what there is; at the end, closes the stream.
fn read(stream: &mut Option<Pipe>, into: &mut Vec<u8>) -> Result<()> {
    let Some(pipe) = stream else { return Ok(()) };
    let object = pipe.object;
    let mut piece = [0; 32 * 1024];
    match rustix::io::read(&pipe.fd, &mut piece) {
        Ok(0) => {
            probe::say(|| Kind::EofSeen { object });
            *stream = None;
        }
        Ok(count) => {
            let piece = &piece[..count];
            probe::say(|| Kind::BytesRead {
                object,
                bytes: count as u64,
                label: preview(piece),
            });
            into.extend_from_slice(piece);
        }
        Err(Errno::INTR) => {}
        Err(error) => return Err(Error::system("cannot read a program's output", error)),
    }
    Ok(())
}

fn preview(bytes: &[u8]) -> Text {
    let shown = &bytes[..bytes.len().min(PREVIEW)];
    let mut text = Text::from(String::from_utf8_lossy(shown));
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}
