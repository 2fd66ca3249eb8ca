//! Captured output: the pipes that processes of the program print into, and the lines in them.
//!
//! MainProcess has a pipe for each stream, which all that it forks share. A subprocess may have
//! pipes of its own (`channel::capture` is its side): then it is known who wrote a line.
//! Invariant: of every pipe the supervisor has the read end alone, so its end of file is the end
//! of its last writer.

use crate::channel::capture::{REQUEST_LEN, Request};
use crate::channel::passing;
use crate::event::wire::TEXT_MAX;
use crate::event::words::Stream;
use crate::event::{ActorId, Kind, Text};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, listen, socket_with,
    sockopt,
};
use rustix::pipe::{PipeFlags, pipe_with};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The most that is read from a pipe at a time.
const CHUNK: usize = 16 * 1024;
/// The most requests that wait at the same time.
const ASKING_MAX: usize = 64;

/// All that is captured of a run.
pub(super) struct Capture {
    name: Vec<u8>,
    listener: OwnedFd,
    /// Whether no request can be taken, for want of descriptors.
    is_full: bool,
    asking: VecDeque<OwnedFd>,
    /// Those who wait until all is told.
    flushing: Vec<OwnedFd>,
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
    /// Listens under a name that nobody can guess.
    pub(super) fn new() -> io::Result<Capture> {
        let mut random = [0; 16];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
        let name = format!("mpviz-{:032x}", u128::from_ne_bytes(random)).into_bytes();
        let listener = socket_with(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            None,
        )?;
        bind(&listener, &SocketAddrUnix::new_abstract_name(&name)?)?;
        listen(&listener, 64)?;
        Ok(Capture {
            name,
            listener,
            is_full: false,
            asking: VecDeque::new(),
            flushing: Vec::new(),
            pipes: Vec::new(),
        })
    }

    /// Returns the name under which pipes are asked for.
    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

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
        });
        Ok(write_end)
    }

    /// Returns what requests come by.
    pub(super) fn requests(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let listener = (!self.is_full).then_some(&self.listener);
        let sockets = listener.into_iter().chain(&self.asking);
        sockets.map(OwnedFd::as_fd)
    }

    /// Returns what lines come by.
    pub(super) fn ends(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.pipes.iter().map(|pipe| pipe.end.as_fd())
    }

    /// Answers all requests that have come.
    pub(super) fn answer(&mut self) {
        loop {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            match accept_with(&self.listener, flags) {
                Ok(socket) if is_ours(socket.as_fd()) => self.asking.push_back(socket),
                Ok(_) | Err(Errno::INTR | Errno::CONNABORTED) => {}
                Err(Errno::AGAIN) => break,
                // No descriptor is left: those who ask wait, or give up in time.
                Err(_) => {
                    self.is_full = true;
                    break;
                }
            }
        }
        // Who connects and says nothing makes room for who does.
        while self.asking.len() > ASKING_MAX {
            self.asking.pop_front();
        }
        for socket in std::mem::take(&mut self.asking) {
            let mut bytes = [0; REQUEST_LEN];
            match passing::receive(socket.as_fd(), &mut bytes) {
                Err(Errno::AGAIN) => self.asking.push_back(socket),
                Ok((len, _)) => match Request::parse(&bytes[..len]) {
                    Some(Request::Pipe(actor, stream)) => self.give(socket.as_fd(), actor, stream),
                    Some(Request::Flush) => self.flushing.push(socket),
                    None => {}
                },
                Err(_) => {}
            }
        }
    }

    fn give(&mut self, socket: BorrowedFd<'_>, actor: ActorId, stream: Stream) {
        // If the answer does not arrive, nobody has the write end, and the pipe is at its end.
        let _ = match self.pipe(actor, stream) {
            Ok(end) => passing::send(socket, &0i32.to_le_bytes(), &[end.as_fd()]),
            Err(errno) => passing::send(socket, &errno.raw_os_error().to_le_bytes(), &[]),
        };
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
        let closed = self.pipes.len() < before;
        if closed {
            self.take_requests();
        }
        any || closed
    }

    /// Answers those who wait until all is told: it is.
    pub(super) fn told(&mut self) {
        for socket in self.flushing.drain(..) {
            // Who does not wait any more needs no answer.
            let _ = passing::send(socket.as_fd(), &0i32.to_le_bytes(), &[]);
        }
    }

    /// Takes requests again, in case there are descriptors now.
    pub(super) fn take_requests(&mut self) {
        self.is_full = false;
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

/// Returns whether who asks runs as the same user.
fn is_ours(socket: BorrowedFd<'_>) -> bool {
    sockopt::socket_peercred(socket).is_ok_and(|peer| peer.uid == rustix::process::geteuid())
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
            Err(_) => Came::End,
        }
    }

    fn take(&mut self, bytes: &[u8], said: &mut Vec<Said>) {
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            self.begun.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.cut(said);
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
