//! Capture pipes, the program's side: where a subprocess writes what it prints.
//!
//! A subprocess's output goes into a pipe that the stage's supervisor reads line by line. A pipe
//! of its own for each process and stream tells who wrote a line. The program asks for one over a
//! socket whose name it was given in memory before it was forked; the supervisor answers with the
//! write end. The read end stays there, so the program has no descriptor of ours.

use super::passing;
use crate::event::ActorId;
use crate::event::words::Stream;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with, sockopt,
};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// The length of a request: an actor and a stream.
pub const REQUEST_LEN: usize = 5;

/// How long a supervisor may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Returns the write end of a fresh pipe, closed on exec: lines from it are told as printed by
/// `actor` to `stream`. `name` is the abstract name of the supervisor's socket.
///
/// Without a supervisor (`ECONNREFUSED`), or where it has no descriptor left (its error), the
/// caller lets its child inherit its own stream instead: then the writer is not known.
pub fn capture_pipe(name: &[u8], actor: ActorId, stream: Stream) -> io::Result<OwnedFd> {
    let end = ask(name, Request::Pipe(actor, stream))?;
    end.ok_or_else(|| Errno::CONNRESET.into())
}

/// Waits until all that was printed into capture pipes so far is told: to be called before a
/// subprocess's end is told, so that its last lines stand before it.
pub fn flush(name: &[u8]) -> io::Result<()> {
    ask(name, Request::Flush).map(drop)
}

fn ask(name: &[u8], request: Request) -> io::Result<Option<OwnedFd>> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(PATIENCE))?;
    connect(&socket, &SocketAddrUnix::new_abstract_name(name)?)?;
    passing::send(socket.as_fd(), &request.to_bytes(), &[])?;
    let mut errno = [0; 4];
    let (len, mut fds) = passing::receive(socket.as_fd(), &mut errno)?;
    match (len, i32::from_le_bytes(errno)) {
        (4, 0) => Ok(fds.pop()),
        (4, errno) => Err(io::Error::from_raw_os_error(errno)),
        _ => Err(Errno::CONNRESET.into()),
    }
}

/// What the program asks of the supervisor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Request {
    /// A pipe for what a process prints to a stream.
    Pipe(ActorId, Stream),
    /// An answer when all that was printed so far is told.
    Flush,
}

/// In the place of a stream: no pipe, but a flush.
const FLUSH: u8 = u8::MAX;

impl Request {
    /// Returns the request as bytes.
    pub fn to_bytes(self) -> [u8; REQUEST_LEN] {
        let (actor, stream) = match self {
            Request::Pipe(actor, stream) => (actor.0, stream as u8),
            Request::Flush => (0, FLUSH),
        };
        let [a, b, c, d] = actor.to_le_bytes();
        [a, b, c, d, stream]
    }

    /// Reads a request; `None` if it makes no sense.
    pub fn parse(bytes: &[u8]) -> Option<Request> {
        let (actor, stream) = bytes.split_first_chunk::<4>()?;
        match stream {
            [FLUSH] => Some(Request::Flush),
            &[stream] => {
                let stream = *Stream::ALL.get(usize::from(stream))?;
                let actor = ActorId(u32::from_le_bytes(*actor));
                Some(Request::Pipe(actor, stream))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let actor = ActorId(70_000);
        let pipes = Stream::ALL
            .iter()
            .map(|&stream| Request::Pipe(actor, stream));
        for request in pipes.chain([Request::Flush]) {
            let bytes = request.to_bytes();
            assert_eq!(Request::parse(&bytes), Some(request));
            assert_eq!(Request::parse(&bytes[..4]), None);
        }
        assert_eq!(Request::parse(&[0, 0, 0, 0, 9]), None);
        assert_eq!(Request::parse(&[0; 6]), None);
    }

    #[test]
    fn without_a_supervisor_asking_is_refused() {
        let error = capture_pipe(b"mpviz-no-such-name", ActorId(1), Stream::Stdout).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
