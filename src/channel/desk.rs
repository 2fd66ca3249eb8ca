//! The desk: where a program on the stage asks its supervisor for something.
//!
//! The supervisor listens on a socket with a random abstract name. A program knows the name by
//! memory (a scenario, which is forked) or by its environment ([`Invitation`]). A request is one
//! message and its answer another, with a descriptor beside it where one is asked for; the socket
//! is closed after it, so that a program keeps no descriptor of ours. There are three:
//!
//! - [`capture_pipe`]: a pipe for what a subprocess prints. Its read end stays with the supervisor,
//!   which reads it line by line; a pipe for each process and stream tells who wrote a line.
//! - [`flush`]: an answer when all that was printed so far is told.
//! - [`join`]: the arena, and which actor one is. The supervisor knows who asks by the kernel's
//!   word (`SO_PEERCRED`), so nobody can ask in another's name.
//!
//! Not here: what the supervisor answers (`stage::desk`), and when a program joins
//! (`runtime::probe`).

use super::passing;
use super::{Arena, ArenaError, Slot};
use crate::event::words::Stream;
use crate::event::{ActorId, kind::layout_hash};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with, sockopt,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

/// The environment variable that invites a program to join: it holds an [`Invitation`].
pub const VARIABLE: &str = "MPVIZ_STAGE";

/// The most bytes of a request or an answer.
pub const MESSAGE_MAX: usize = 128;

/// How long a supervisor may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a program asks of the supervisor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Request {
    /// A pipe for what a process prints to a stream.
    Pipe(ActorId, Stream),
    /// An answer when all that was printed so far is told.
    Flush,
    /// The arena, and a place in it.
    Join {
        /// The vocabulary that the program would write its ring in.
        layout: u64,
        /// Which actor it was made to be, if its maker said so.
        claim: Option<Claim>,
    },
}

/// What the supervisor answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Answer {
    /// It is done; a pipe's end is beside it.
    Done,
    /// The place; the arena is beside it.
    Joined(Seat),
    /// It can't be had, for this reason of the system's.
    Refused(i32),
}

/// A place on the stage, as a program that joins is told it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Seat {
    /// The actor that the program is.
    pub actor: ActorId,
    /// The slot's number and generation.
    pub slot: (u32, u32),
    /// Its parent; 0 is mpviz.
    pub parent: ActorId,
    /// The files that MainProcess was given as stdout and stderr: what is printed to another one
    /// is not the stage's to tell.
    pub streams: [FileIdentity; 2],
}

/// A file, as the kernel numbers it: device and inode.
pub type FileIdentity = Option<(u64, u64)>;

/// Who somebody says to be: the actor that `parent` made.
///
/// Whoever starts a program reserves an actor and its slot before, and invites with a claim. The
/// supervisor grants it to a child of `parent` as long as nobody else has it: what that child
/// starts in its turn inherits the variable, but is nobody's child of `parent`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// The actor.
    pub actor: ActorId,
    /// The pid of who made it.
    pub parent: u32,
}

/// What the environment variable says: where the desk is, and, where a process of the program
/// made this one, which actor it was made to be.
///
/// ```
/// use mpviz::channel::desk::Invitation;
///
/// let text = "mpviz-00112233445566778899aabbccddeeff:7.4711";
/// let invitation = Invitation::parse(text).expect("it is one");
/// assert_eq!(invitation.claim.map(|claim| claim.parent), Some(4711));
/// assert_eq!(invitation.to_string(), text);
/// assert_eq!(Invitation::parse("/tmp/anything"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// The abstract name of the supervisor's socket.
    pub name: String,
    /// Who the invited one is.
    pub claim: Option<Claim>,
}

const PREFIX: &str = "mpviz-";
const RANDOM_DIGITS: usize = 32;

impl Invitation {
    /// Returns the name of a desk, made of a random number.
    pub fn name_of(random: u128) -> String {
        format!("{PREFIX}{random:032x}")
    }

    /// Reads an invitation; `None` if the text is none.
    pub fn parse(text: &str) -> Option<Invitation> {
        let (name, claim) = match text.split_once(':') {
            None => (text, None),
            Some((name, claim)) => {
                let (actor, parent) = claim.split_once('.')?;
                let actor = ActorId(actor.parse().ok()?);
                let parent = parent.parse().ok()?;
                (name, Some(Claim { actor, parent }))
            }
        };
        let digits = name.strip_prefix(PREFIX)?;
        let is_digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let is_name = digits.len() == RANDOM_DIGITS && digits.bytes().all(is_digit);
        is_name.then(|| Invitation {
            name: name.to_owned(),
            claim,
        })
    }
}

impl std::fmt::Display for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.claim {
            None => f.write_str(&self.name),
            Some(Claim { actor, parent }) => write!(f, "{}:{}.{parent}", self.name, actor.0),
        }
    }
}

/// Returns the write end of a fresh pipe, closed on exec: lines from it are told as printed by
/// `actor` to `stream`. `name` is the abstract name of the supervisor's socket.
///
/// # Errors
///
/// Without a supervisor (`ECONNREFUSED`), or where it has no descriptor left (its error), the
/// caller lets its child inherit its own stream instead: then the writer is not known.
pub fn capture_pipe(name: &[u8], actor: ActorId, stream: Stream) -> io::Result<OwnedFd> {
    let (_, fd) = ask(name, Request::Pipe(actor, stream))?;
    fd.ok_or_else(|| Errno::CONNRESET.into())
}

/// Waits until all that was printed into capture pipes so far is told: to be called before a
/// subprocess's end is told, so that its last lines stand before it.
///
/// # Errors
///
/// As [`capture_pipe`].
pub fn flush(name: &[u8]) -> io::Result<()> {
    ask(name, Request::Flush).map(drop)
}

/// Why a program that was invited can't join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It was built with a library of another version than the mpviz that runs it.
    #[error("this program has another version of the library than the mpviz that runs it")]
    OtherVersion,
    /// Nobody is there any more, or who is there does not answer as a supervisor does.
    #[error("nobody answers")]
    Nobody(#[source] io::Error),
    /// What came is no arena, or can't be mapped.
    #[error("cannot join")]
    Arena(#[source] ArenaError),
}

/// Joins the stage that this process was invited to: returns the arena, its slot there, and what
/// else the supervisor said.
///
/// # Errors
///
/// [`JoinError`]; after each of them the process goes on unobserved.
pub fn join(invitation: &Invitation) -> Result<(Arena, Slot, Seat), JoinError> {
    let layout = layout_hash();
    let request = Request::Join {
        layout,
        claim: invitation.claim,
    };
    let (answer, fd) = match ask(invitation.name.as_bytes(), request) {
        Err(error) if error.raw_os_error() == Some(libc::EPROTONOSUPPORT) => {
            return Err(JoinError::OtherVersion);
        }
        asked => asked.map_err(JoinError::Nobody)?,
    };
    let (Answer::Joined(seat), Some(fd)) = (answer, fd) else {
        return Err(JoinError::Nobody(Errno::PROTO.into()));
    };
    let arena = Arena::attach(fd).map_err(JoinError::Arena)?;
    let (idx, generation) = seat.slot;
    let slot = Slot { idx, generation };
    if !arena.has(slot) {
        return Err(JoinError::Nobody(Errno::PROTO.into()));
    }
    Ok((arena, slot, seat))
}

fn ask(name: &[u8], request: Request) -> io::Result<(Answer, Option<OwnedFd>)> {
    let socket = socket_with(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(PATIENCE))?;
    connect(&socket, &SocketAddrUnix::new_abstract_name(name)?)?;
    // Another user's socket with this name is no supervisor of ours.
    let peer = sockopt::socket_peercred(&socket)?;
    if peer.uid != rustix::process::geteuid() {
        return Err(Errno::PERM.into());
    }
    passing::send(socket.as_fd(), &to_bytes(&request), &[])?;
    let mut bytes = [0; MESSAGE_MAX];
    let (len, mut fds) = passing::receive(socket.as_fd(), &mut bytes)?;
    match from_bytes(&bytes[..len]) {
        Some(Answer::Refused(errno)) => Err(io::Error::from_raw_os_error(errno)),
        Some(answer) => Ok((answer, fds.pop())),
        None => Err(Errno::CONNRESET.into()),
    }
}

/// Returns a request or an answer as bytes.
pub fn to_bytes<T: Serialize>(message: &T) -> Vec<u8> {
    // It grows as needed, so there is nothing that could fail.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// Reads a request or an answer; `None` if it makes no sense.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    let (message, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let actor = ActorId(70_000);
        let claim = Some(Claim { actor, parent: 12 });
        let layout = u64::MAX;
        let pipes = Stream::ALL
            .iter()
            .map(|&stream| Request::Pipe(actor, stream));
        let others = [
            Request::Flush,
            Request::Join { layout, claim },
            Request::Join {
                layout: 0,
                claim: None,
            },
        ];
        for request in pipes.chain(others) {
            let bytes = to_bytes(&request);
            assert!(bytes.len() <= MESSAGE_MAX);
            assert_eq!(from_bytes(&bytes), Some(request));
            assert_eq!(from_bytes::<Request>(&bytes[..bytes.len() - 1]), None);
            assert_eq!(from_bytes::<Request>(&[&*bytes, &[0]].concat()), None);
        }
        assert_eq!(from_bytes::<Request>(&[9; 9]), None);
    }

    #[test]
    fn the_longest_answer_has_room() {
        let most = Some((u64::MAX, u64::MAX));
        let seat = Seat {
            actor: ActorId(u32::MAX),
            slot: (u32::MAX, u32::MAX),
            parent: ActorId(u32::MAX),
            streams: [most, most],
        };
        let bytes = to_bytes(&Answer::Joined(seat));
        assert!(bytes.len() <= MESSAGE_MAX, "{}", bytes.len());
        assert_eq!(from_bytes(&bytes), Some(Answer::Joined(seat)));
    }

    #[test]
    fn what_is_no_invitation_is_none() {
        let name = Invitation::name_of(7);
        for good in [name.clone(), format!("{name}:1.2")] {
            let invitation = Invitation::parse(&good).expect("one");
            assert_eq!(invitation.to_string(), good);
        }
        for bad in [
            "",
            "mpviz-",
            "mpviz-0",
            &name[1..],
            &format!("{name}0"),
            &name.replace('7', "G"),
            &format!("{name}:"),
            &format!("{name}:1"),
            &format!("{name}:x.1"),
            &format!("{name}:1.4294967296"),
        ] {
            assert_eq!(Invitation::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn without_a_supervisor_asking_is_refused() {
        let error = capture_pipe(b"mpviz-no-such-name", ActorId(1), Stream::Stdout).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let name = Invitation::name_of(u128::from(std::process::id()));
        let invitation = Invitation { name, claim: None };
        let refused = join(&invitation).expect_err("nobody is there");
        assert!(matches!(refused, JoinError::Nobody(_)), "{refused:?}");
    }
}
