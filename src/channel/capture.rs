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
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(PATIENCE))?;
    connect(&socket, &SocketAddrUnix::new_abstract_name(name)?)?;
    passing::send(socket.as_fd(), &request(actor, stream), &[])?;
    let mut errno = [0; 4];
    let (len, mut fds) = passing::receive(socket.as_fd(), &mut errno)?;
    match (len, fds.pop()) {
        (4, Some(end)) => Ok(end),
        (4, None) => Err(io::Error::from_raw_os_error(i32::from_le_bytes(errno))),
        _ => Err(Errno::CONNRESET.into()),
    }
}

/// Returns a request as bytes.
pub fn request(actor: ActorId, stream: Stream) -> [u8; REQUEST_LEN] {
    let [a, b, c, d] = actor.0.to_le_bytes();
    [a, b, c, d, stream as u8]
}

/// Reads a request; `None` if it makes no sense.
pub fn parse_request(bytes: &[u8]) -> Option<(ActorId, Stream)> {
    let (actor, stream) = bytes.split_first_chunk::<4>()?;
    let &[stream] = stream else { return None };
    let stream = *Stream::ALL.get(usize::from(stream))?;
    Some((ActorId(u32::from_le_bytes(*actor)), stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        for &stream in Stream::ALL {
            let bytes = request(ActorId(70_000), stream);
            assert_eq!(parse_request(&bytes), Some((ActorId(70_000), stream)));
            assert_eq!(parse_request(&bytes[..4]), None);
        }
        assert_eq!(parse_request(&[0, 0, 0, 0, 9]), None);
        assert_eq!(parse_request(&[0; 6]), None);
    }

    #[test]
    fn without_a_supervisor_asking_is_refused() {
        let error = capture_pipe(b"mpviz-no-such-name", ActorId(1), Stream::Stdout).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
