//! What mpviz and its supervisor tell each other, over the control socket.
//!
//! The socket is the supervisor's stdin. Its end of file is a message too: mpviz is gone. Both
//! are the same program, so the form (postcard) has no versions. Not here: events, which go
//! through the arena.

use super::launch::{Play, Streams};
use super::terminal::Manner;
use crate::channel::passing;
use crate::event::words::Ending;
use crate::event::{ActorId, Time};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::Errno;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};

/// A longer message goes into a memory file: a command line has up to 6 MiB, of which a socket takes 200
/// KiB on an untuned machine.
const MESSAGE_MAX: usize = 16 * 1024;

/// A message begins with where it stands: in the rest of it,
const HERE: u8 = 0;
/// or in a file that is the first of what is beside it.
const BESIDE: u8 = 1;

/// What is to be put on: the first message. Beside it come the arena, the lifeline's read end,
/// with `manner` the terminal and its hold, and with `has_stdin` what MainProcess reads.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Brief {
    pub(super) play: Play,
    pub(super) seed: u64,
    pub(super) pace: f64,
    /// Whether MainProcess reads something.
    pub(super) has_stdin: bool,
    pub(super) streams: Streams,
    /// The private directory where Python tells what it does.
    pub(super) home: Option<OsString>,
    /// What else MainProcess is given: the numbers of what mpviz and its supervisor inherit, sorted.
    pub(super) handed: Vec<RawFd>,
    /// mpviz's own pid.
    pub(super) viewer: u32,
    /// How the terminal is given back.
    pub(super) manner: Option<Manner>,
}

/// What mpviz wants of its supervisor, after the brief.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// End the run.
    Stop,
    /// A process has ended: somebody may have been adopted.
    Look {
        /// When it ended.
        since: Time,
    },
    /// A foreign program has ended: what it printed is to be told first.
    Drain {
        /// Which.
        actor: ActorId,
    },
}

/// What the supervisor tells mpviz.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// The stage stands, and MainProcess is about to be started.
    Ready {
        /// The number of the program's process group, which stands as long as the supervisor.
        group: u32,
    },
    /// The stage can't be set up.
    Refused {
        /// What was attempted.
        attempt: String,
        /// The system's error.
        errno: i32,
    },
    /// What had been printed was told, as far as there was room.
    Drained {
        /// By whom it was, as in the order.
        actor: ActorId,
    },
    /// Everybody else is killed, and Python's trackers remove what was left: the end may take longer.
    CleansUp {
        /// At most by so much, in ns.
        within: u64,
    },
    /// The last process is gone and reaped. The supervisor ends.
    Over {
        /// How the run came to its end.
        ending: Ending,
        /// MainProcess's exit code.
        code: Option<i32>,
        /// Those of whom nobody has said yet that they were reaped.
        left: Vec<Reaped>,
    },
}

/// A process that was reaped by a parent that does not say so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Reaped {
    /// The process.
    pub(super) child: ActorId,
    /// Its parent.
    pub(super) parent: ActorId,
}

/// Sends a message.
pub(super) fn tell<T: Serialize>(
    socket: BorrowedFd<'_>,
    what: &T,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let bytes = postcard::to_extend(what, vec![HERE]).map_err(io::Error::other)?;
    if bytes.len() <= MESSAGE_MAX {
        return Ok(passing::send(socket, &bytes, fds)?);
    }
    let file = memfd_create(c"mpviz-message", MemfdFlags::CLOEXEC)?;
    let mut file = File::from(file);
    file.write_all(&bytes[1..])?;
    let fds = [&[file.as_fd()], fds].concat();
    Ok(passing::send(socket, &[BESIDE], &fds)?)
}

/// Receives a message with what came beside it; `None` if the other side is gone.
pub(super) fn hear<T: DeserializeOwned>(
    socket: BorrowedFd<'_>,
) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
    let mut buffer = vec![0; MESSAGE_MAX];
    let (len, mut fds) = match passing::receive(socket, &mut buffer) {
        Ok(received) => received,
        // What an end that died with messages unread leaves behind.
        Err(Errno::CONNRESET) => return Ok(None),
        Err(errno) => return Err(errno.into()),
    };
    let what = match &buffer[..len] {
        [] => return Ok(None),
        [HERE, here @ ..] => postcard::from_bytes(here),
        _ if fds.is_empty() => return Err(Errno::BADMSG.into()),
        _ => {
            let mut file = File::from(fds.remove(0));
            // Who wrote it stands at its end.
            file.rewind()?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            postcard::from_bytes(&bytes)
        }
    };
    Ok(Some((what.map_err(io::Error::other)?, fds)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    #[track_caller]
    fn check(word: &str, fds: &[BorrowedFd<'_>]) {
        let kind = (AddressFamily::UNIX, SocketType::SEQPACKET);
        let (here, there) = socketpair(kind.0, kind.1, SocketFlags::CLOEXEC, None).unwrap();
        tell(here.as_fd(), &word, fds).unwrap();
        let (heard, beside) = hear::<String>(there.as_fd()).unwrap().unwrap();
        assert!(heard == word, "{} bytes came", heard.len());
        assert_eq!(beside.len(), fds.len());
        drop(here);
        assert!(hear::<String>(there.as_fd()).unwrap().is_none());
    }

    #[test]
    fn a_message_of_any_length_is_heard_with_what_is_beside_it() {
        let fd = rustix::stdio::stdin();
        for len in [0, 1, MESSAGE_MAX - 10, MESSAGE_MAX, 200 * 1024, 6 << 20] {
            check(&"x".repeat(len), &[]);
            check(&"x".repeat(len), &[fd; 5]);
        }
    }
}
