//! Captured output: the pipes and pseudo-terminals that processes of the program print into, and
//! the lines in them.
//!
//! MainProcess has one for each stream, which all that it forks share. A subprocess may have
//! pipes of its own, which it asks for at the desk: then it is known who wrote a line.
//! Invariant: of every pipe the supervisor has the read end alone, so its end of file is the end
//! of its last writer. A terminal has no end of file: once nobody has it open any more, reading
//! fails (EIO), after all that was printed.

mod tty;

use super::desk::Asker;
use crate::channel::desk::{Answer, FileIdentity};
use crate::event::wire::TEXT_MAX;
use crate::event::words::Stream;
use crate::event::{ActorId, Kind, Text};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The most that is read from a pipe at a time.
const CHUNK: usize = 16 * 1024;

/// All that is captured of a run.
#[derive(Default)]
pub(super) struct Capture {
    /// Those who wait until all is told.
    flushing: Vec<Asker>,
    pipes: Vec<Pipe>,
}

/// The read end of a pipe that somebody prints into.
struct Pipe {
    end: OwnedFd,
    /// Who prints; `MPVIZ` stands for somebody.
    writer: ActorId,
    stream: Stream,
    /// A line that has no end yet.
    begun: Vec<u8>,
    /// Whether it is a terminal: what is printed may tell one what to do.
    is_terminal: bool,
}

/// What a look into a pipe found.
enum Came {
    Bytes,
    Nothing,
    /// Nobody can print into it any more.
    End,
}

/// A line as an event: about whom, and what.
pub(super) type Said = (ActorId, Kind);

impl Capture {
    /// Makes a pipe, and returns its write end, closed on exec.
    pub(super) fn pipe(&mut self, writer: ActorId, stream: Stream) -> rustix::io::Result<OwnedFd> {
        let (end, write_end) = pipe_with(PipeFlags::CLOEXEC)?;
        // Only the read end: the writers are used to ends that wait.
        fcntl_setfl(&end, OFlags::NONBLOCK)?;
        self.pipes.push(Pipe {
            end,
            writer,
            stream,
            begun: Vec::new(),
            is_terminal: false,
        });
        Ok(write_end)
    }

    /// Makes a pseudo-terminal for somebody's stream, and returns the side to print into, closed
    /// on exec.
    pub(super) fn terminal(
        &mut self,
        stream: Stream,
        size: (u16, u16),
    ) -> rustix::io::Result<OwnedFd> {
        let (end, write_end) = tty::open(size)?;
        fcntl_setfl(&end, OFlags::NONBLOCK)?;
        self.pipes.push(Pipe {
            end,
            writer: ActorId::MPVIZ,
            stream,
            begun: Vec::new(),
            is_terminal: true,
        });
        Ok(write_end)
    }

    /// Returns what lines come by.
    pub(super) fn ends(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.pipes.iter().map(|pipe| pipe.end.as_fd())
    }

    /// Gives who asks a pipe of its own.
    pub(super) fn give(&mut self, asker: &Asker, actor: ActorId, stream: Stream) {
        // If the answer does not arrive, nobody has the write end, and the pipe is at its end.
        match self.pipe(actor, stream) {
            Ok(end) => asker.answer(&Answer::Done, Some(end.as_fd())),
            Err(errno) => asker.answer(&Answer::Refused(errno.raw_os_error()), None),
        }
    }

    /// Lets who asks wait until all is told.
    pub(super) fn flush(&mut self, asker: Asker) {
        self.flushing.push(asker);
    }

    /// Reads one chunk of each pipe, and adds the lines that are whole and, at the end of a pipe,
    /// its last piece. Returns whether anything has come.
    pub(super) fn read(&mut self, said: &mut Vec<Said>) -> bool {
        let before = self.pipes.len();
        let mut any = false;
        self.pipes.retain_mut(|pipe| match pipe.read(said) {
            Came::Bytes => {
                any = true;
                true
            }
            Came::Nothing => true,
            Came::End => false,
        });
        any || self.pipes.len() < before
    }

    /// Answers those who wait until all is told: it is.
    pub(super) fn told(&mut self) {
        for asker in self.flushing.drain(..) {
            asker.answer(&Answer::Done, None);
        }
    }

    /// Returns what was begun and will not be ended: nobody is left to print.
    pub(super) fn rest(&mut self) -> Vec<Said> {
        let mut said = Vec::new();
        for pipe in &mut self.pipes {
            pipe.cut(&mut said);
        }
        said
    }
}

/// Returns which file a pipe's end is; both ends are the same.
pub(super) fn identity_of(end: BorrowedFd<'_>) -> FileIdentity {
    let stat = rustix::fs::fstat(end).ok()?;
    Some((stat.st_dev, stat.st_ino))
}

impl Pipe {
    fn read(&mut self, said: &mut Vec<Said>) -> Came {
        let mut chunk = [0; CHUNK];
        match rustix::io::retry_on_intr(|| rustix::io::read(&self.end, &mut chunk)) {
            Ok(0) => {
                self.cut(said);
                Came::End
            }
            Ok(len) => {
                self.take(&chunk[..len], said);
                Came::Bytes
            }
            Err(Errno::AGAIN) => Came::Nothing,
            Err(_) => {
                self.cut(said);
                Came::End
            }
        }
    }

    fn take(&mut self, bytes: &[u8], said: &mut Vec<Said>) {
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            self.begun.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.cut(said);
            }
            if self.is_terminal && self.begun.len() > TEXT_MAX {
                // A bar that is drawn over and over in its line.
                self.begun = tty::collapsed(&self.begun);
            }
            while self.begun.len() > TEXT_MAX {
                let rest = self
                    .begun
                    .split_off(whole_characters(&self.begun, TEXT_MAX));
                self.cut(said);
                self.begun = rest;
            }
        }
    }

    /// Says what has been begun, as it is.
    fn cut(&mut self, said: &mut Vec<Said>) {
        let mut bytes = std::mem::take(&mut self.begun);
        if self.is_terminal {
            bytes = tty::shown(&bytes);
        }
        while !bytes.is_empty() {
            // What is no UTF-8 grows: a byte becomes a character of three.
            let growth = if std::str::from_utf8(&bytes).is_ok() {
                1
            } else {
                3
            };
            let rest = bytes.split_off(whole_characters(&bytes, TEXT_MAX / growth));
            let text = Text::from(String::from_utf8_lossy(&bytes));
            said.push((
                self.writer,
                Kind::Output {
                    stream: self.stream,
                    text,
                    captured: true,
                },
            ));
            bytes = rest;
        }
    }
}

/// Returns how many of at most `max` bytes end with a whole character.
fn whole_characters(bytes: &[u8], max: usize) -> usize {
    if bytes.len() <= max {
        return bytes.len();
    }
    // A character has at most four bytes; what has more is none, and cut anywhere.
    let is_start = |&at: &usize| bytes[at] & 0xc0 != 0x80;
    (max - 3..=max).rev().find(is_start).unwrap_or(max)
}
