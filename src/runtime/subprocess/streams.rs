//! The standard streams of a started program: where they go, and this process's ends of them.
//!
//! Neither end of a pipe to a program is non-blocking: the program would inherit that, and does not
//! expect it. So this process asks first whether an end is ready, and writes no more at a time than
//! an end that is ready takes.

use super::program::{Program, Redirect};
use crate::event::words::{Class, End, Operation, Part, Stream};
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use crate::runtime::{io as ends, pipe, probe, sync};
use rustix::event::{PollFd, PollFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A pipe that is ready takes at least this much without waiting (`PIPE_BUF`).
pub(super) const PIECE: usize = 4096;

/// A preview of bytes is cut at this many.
const PREVIEW: usize = 60;

/// This process's end of a stream of a started program. Its closing is told first, then it is
/// closed: fields are dropped in this order.
#[derive(Debug)]
struct Pipe {
    told: Told,
    fd: OwnedFd,
    /// Whoever is at the other end.
    program: ActorId,
}

/// An end that was told to be open.
#[derive(Debug)]
struct Told {
    object: ObjectId,
    end: End,
}

impl Drop for Told {
    fn drop(&mut self) {
        let (object, end) = (self.object, self.end);
        probe::say(|| Kind::EndClosed { object, end });
    }
}

impl Pipe {
    /// Waits until it is ready, and says so if that takes any time.
    fn await_ready(&self, operation: Operation, flags: PollFlags) -> Result<()> {
        let mut fds = [PollFd::new(&self.fd, flags)];
        if ends::poll_until(&mut fds, Deadline::after(Some(Duration::ZERO)))? {
            return Ok(());
        }
        let mut wait = Wait::new(operation, self.told.object, Deadline::NEVER);
        wait.begin();
        let ready = ends::poll_until(&mut fds, Deadline::NEVER);
        wait.end(pipe::outcome_of(&ready), Some(self.program));
        ready.map(drop)
    }
}

/// The writing end of a program's stdin: Python's `popen.stdin`. Dropped, it is closed.
///
/// ```
/// use mpviz::runtime::subprocess::{PIPE, Popen, Program};
/// use std::io::{Read, Write};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut cat = Popen::start(Program::new(["cat"]).stdin(PIPE).stdout(PIPE))?;
/// cat.stdin.take().expect("a pipe").write_all(b"hello")?;
/// let mut output = String::new();
/// cat.stdout.take().expect("a pipe").read_to_string(&mut output)?;
/// assert_eq!((output.as_str(), cat.wait()?), ("hello", 0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PipeWriter(Pipe);

/// The reading end of a program's stdout or stderr: Python's `popen.stdout` and `popen.stderr`.
/// Dropped, it is closed: a program that goes on printing gets SIGPIPE.
///
/// ```
/// use mpviz::runtime::subprocess::{PIPE, Popen, Program};
/// use std::io::{BufRead, BufReader};
///
/// let mut echo = Popen::start(Program::new(["echo", "one line"]).stdout(PIPE)).unwrap();
/// let mut lines = BufReader::new(echo.stdout.take().unwrap()).lines();
/// assert_eq!(lines.next().unwrap().unwrap(), "one line");
/// assert_eq!(echo.wait().unwrap(), 0);
/// ```
#[derive(Debug)]
pub struct PipeReader(Pipe);

impl PipeWriter {
    /// Writes a piece of `bytes` that an end which is ready takes without waiting.
    pub(super) fn write_piece(&self, bytes: &[u8]) -> rustix::io::Result<usize> {
        let piece = &bytes[..bytes.len().min(PIECE)];
        let object = self.0.told.object;
        probe::say(|| Kind::BytesWritten {
            object,
            bytes: piece.len() as u64,
            label: preview(piece),
        });
        rustix::io::retry_on_intr(|| rustix::io::write(&self.0.fd, piece))
    }
}

impl PipeReader {
    /// Reads what there is; 0 at the end.
    pub(super) fn read_piece(&self, into: &mut [u8]) -> rustix::io::Result<usize> {
        let object = self.0.told.object;
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&self.0.fd, &mut *into))?;
        if count == 0 {
            probe::say(|| Kind::EofSeen { object });
        } else {
            let piece = &into[..count];
            probe::say(|| Kind::BytesRead {
                object,
                bytes: count as u64,
                label: preview(piece),
            });
        }
        Ok(count)
    }

    /// Gives the end away, to be another program's.
    pub(super) fn into_fd(self) -> OwnedFd {
        self.0.fd
    }
}

impl io::Write for PipeWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let ready = self.0.await_ready(Operation::Write, PollFlags::OUT);
        ready.map_err(io::Error::other)?;
        Ok(self.write_piece(bytes)?)
    }

    /// Does nothing: nothing is buffered.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Read for PipeReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let ready = self.0.await_ready(Operation::Read, PollFlags::IN);
        ready.map_err(io::Error::other)?;
        Ok(self.read_piece(into)?)
    }
}

impl AsFd for PipeWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.fd.as_fd()
    }
}

impl AsFd for PipeReader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.fd.as_fd()
    }
}

fn preview(bytes: &[u8]) -> Text {
    let shown = &bytes[..bytes.len().min(PREVIEW)];
    let mut text = Text::from(String::from_utf8_lossy(shown));
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// The standard streams of a program that is about to start.
#[derive(Default)]
pub(super) struct Streams {
    pub(super) stdin: Option<PipeWriter>,
    pub(super) stdout: Option<PipeReader>,
    pub(super) stderr: Option<PipeReader>,
    theirs: Vec<(ObjectId, End)>,
}

impl Streams {
    /// Makes the pipes, and tells `command` of all three streams.
    pub(super) fn open(
        program: &Program,
        object: ObjectId,
        actor: ActorId,
        command: &mut Command,
    ) -> Result<Streams> {
        let mut streams = Streams::default();
        let [stdin, stdout, stderr] = &program.redirects;
        if matches!(stdin, Redirect::Pipe) {
            let whole = Some((object, Part::Stdin));
            let (read, ours) = streams.pipe(whole, End::Write, actor)?;
            streams.stdin = Some(PipeWriter(ours));
            command.stdin(read);
        } else {
            command.stdin(plain(stdin, None)?);
        }
        let merged = matches!(stderr, Redirect::Stdout);
        let out = streams.output(stdout, Part::Stdout, object, actor)?;
        if merged {
            let copy = out.as_ref().map(OwnedFd::try_clone);
            let copy = copy.unwrap_or_else(|| io::stdout().as_fd().try_clone_to_owned());
            command.stderr(copy.map_err(|error| Error::system("cannot share stdout", error))?);
        }
        command.stdout(out.map_or_else(Stdio::inherit, Stdio::from));
        if !merged {
            let err = streams.output(stderr, Part::Stderr, object, actor)?;
            command.stderr(err.map_or_else(Stdio::inherit, Stdio::from));
        }
        Ok(streams)
    }

    /// Returns where an output goes; `None` where it is this process's own.
    fn output(
        &mut self,
        redirect: &Redirect,
        part: Part,
        object: ObjectId,
        actor: ActorId,
    ) -> Result<Option<OwnedFd>> {
        let stream = if part == Part::Stdout {
            Stream::Stdout
        } else {
            Stream::Stderr
        };
        if !matches!(redirect, Redirect::Pipe) {
            return file(redirect, Some((actor, stream)));
        }
        let (write, ours) = self.pipe(Some((object, part)), End::Read, actor)?;
        let ours = Some(PipeReader(ours));
        match stream {
            Stream::Stdout => self.stdout = ours,
            Stream::Stderr => self.stderr = ours,
        }
        Ok(Some(write))
    }

    /// Makes a pipe; returns the program's end and ours, which is `end`.
    fn pipe(&mut self, whole: sync::PartOf, end: End, program: ActorId) -> Result<(OwnedFd, Pipe)> {
        let (read, write, capacity) = pipe::kernel_pipe(pipe::Waiting::InCall)?;
        let name = whole.map_or("", |(_, part)| part.text());
        let object = pipe::tell_created(Class::Pipe, name, whole, Some(capacity));
        let (ours, theirs, their_end) = if end == End::Write {
            (write, read, End::Read)
        } else {
            (read, write, End::Write)
        };
        probe::say(|| Kind::EndOpened { object, end });
        self.theirs.push((object, their_end));
        let pipe = Pipe {
            told: Told { object, end },
            fd: ours,
            program,
        };
        Ok((theirs, pipe))
    }

    /// Says which ends the program has, since it can't say so itself.
    pub(super) fn tell_ends(&mut self, actor: ActorId) {
        for (object, end) in self.theirs.drain(..) {
            probe::say_about(actor, || Kind::EndOpened { object, end });
        }
    }
}

fn plain(redirect: &Redirect, output: Option<(ActorId, Stream)>) -> Result<Stdio> {
    Ok(file(redirect, output)?.map_or_else(Stdio::inherit, Stdio::from))
}

/// Returns the file that a stream is redirected to; `None` for this process's own stream. An output
/// that is not redirected is, on a stage, a pipe of its own to the stage, so that what the program
/// prints can be told to be its.
fn file(redirect: &Redirect, output: Option<(ActorId, Stream)>) -> Result<Option<OwnedFd>> {
    let opened = match redirect {
        Redirect::File(fd) => fd.try_clone(),
        Redirect::Null => {
            let null = std::fs::File::options()
                .read(true)
                .write(true)
                .open("/dev/null");
            null.map(OwnedFd::from)
        }
        Redirect::Inherit | Redirect::Pipe | Redirect::Stdout => {
            return Ok(output.and_then(|(actor, stream)| probe::capture(actor, stream)));
        }
    };
    opened
        .map(Some)
        .map_err(|error| Error::system("cannot redirect a program's stream", error))
}
