//! The desk, the supervisor's side: takes requests of the program's processes (`channel::desk`
//! has what they are) and says whose they are. Who answers is the supervisor.

use crate::channel::desk::{Answer, Invitation, MESSAGE_MAX, Request, from_bytes, to_bytes};
use crate::channel::passing;
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, SocketAddrUnix, SocketFlags, SocketType, accept_with, bind, listen, socket_with,
    sockopt,
};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The most requests that wait at the same time.
const ASKING_MAX: usize = 64;

/// Where requests come in.
pub(super) struct Desk {
    name: String,
    listener: OwnedFd,
    /// Whether no request can be taken, for want of descriptors.
    is_full: bool,
    asking: VecDeque<Asker>,
}

/// Somebody who has a request.
pub(super) struct Asker {
    socket: OwnedFd,
    /// Who connected, by the kernel's word.
    pub(super) pid: u32,
}

impl Asker {
    /// Answers, with a descriptor if there is one to give.
    pub(super) fn answer(&self, answer: &Answer, fd: Option<BorrowedFd<'_>>) {
        // Who does not wait any more needs no answer.
        let _ = passing::send(self.socket.as_fd(), &to_bytes(answer), fd.as_slice());
    }
}

impl Desk {
    /// Listens under a name that nobody can guess.
    pub(super) fn new() -> io::Result<Desk> {
        let mut random = [0; 16];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
        let name = Invitation::name_of(u128::from_ne_bytes(random));
        let listener = socket_with(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
            None,
        )?;
        bind(
            &listener,
            &SocketAddrUnix::new_abstract_name(name.as_bytes())?,
        )?;
        listen(&listener, 64)?;
        Ok(Desk {
            name,
            listener,
            is_full: false,
            asking: VecDeque::new(),
        })
    }

    /// Returns the abstract name of the socket.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns what requests come by.
    pub(super) fn sockets(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let listener = (!self.is_full).then_some(self.listener.as_fd());
        let asking = self.asking.iter().map(|asker| asker.socket.as_fd());
        listener.into_iter().chain(asking)
    }

    /// Takes all requests that have come.
    pub(super) fn take(&mut self) -> Vec<(Asker, Request)> {
        loop {
            let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
            match accept_with(&self.listener, flags) {
                Ok(socket) => self.asking.extend(asker(socket)),
                Err(Errno::INTR | Errno::CONNABORTED) => {}
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
        let mut taken = Vec::new();
        for asker in std::mem::take(&mut self.asking) {
            let mut bytes = [0; MESSAGE_MAX];
            match passing::receive(asker.socket.as_fd(), &mut bytes) {
                Err(Errno::AGAIN) => self.asking.push_back(asker),
                Ok((len, _)) => match from_bytes(&bytes[..len]) {
                    Some(request) => taken.push((asker, request)),
                    // A library of another version may ask for what is not known here.
                    None => asker.answer(&Answer::Refused(libc::EPROTONOSUPPORT), None),
                },
                Err(_) => {}
            }
        }
        taken
    }

    /// Takes requests again, in case there are descriptors now.
    pub(super) fn reopen(&mut self) {
        self.is_full = false;
    }
}

/// Returns who has connected, if it runs as the same user.
fn asker(socket: OwnedFd) -> Option<Asker> {
    let peer = sockopt::socket_peercred(&socket).ok()?;
    let pid = super::tree::number_of(peer.pid);
    (peer.uid == rustix::process::geteuid()).then_some(Asker { socket, pid })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rustix::net::{connect, socket};

    proptest! {
        /// Whatever comes is a request, or is refused, or is nothing; and the desk goes on.
        #[test]
        fn what_is_no_request_is_refused(
            messages in proptest::collection::vec(
                proptest::collection::vec(prop_oneof![0u8..4, any::<u8>()], 1..2 * MESSAGE_MAX),
                1..5,
            ),
        ) {
            let mut desk = Desk::new().expect("a desk");
            let address = SocketAddrUnix::new_abstract_name(desk.name().as_bytes());
            let address = address.expect("an address");
            let mut askers = Vec::new();
            for message in &messages {
                let asker = socket(AddressFamily::UNIX, SocketType::SEQPACKET, None);
                let asker = asker.expect("a socket");
                connect(&asker, &address).expect("connected");
                passing::send(asker.as_fd(), message, &[]).expect("sent");
                askers.push(asker);
            }
            let taken: Vec<Request> = desk.take().into_iter().map(|(_, request)| request).collect();
            let sound: Vec<Request> = messages.iter().filter_map(|m| from_bytes(m)).collect();
            prop_assert_eq!(taken, sound);
            for (asker, message) in askers.iter().zip(&messages) {
                let mut bytes = [0; MESSAGE_MAX];
                let (len, _) = passing::receive(asker.as_fd(), &mut bytes).expect("an end");
                let is_request = from_bytes::<Request>(message).is_some();
                let refused = Some(Answer::Refused(libc::EPROTONOSUPPORT));
                let is_too_long = message.len() > MESSAGE_MAX;
                let answer = from_bytes::<Answer>(&bytes[..len]);
                prop_assert_eq!(answer, refused.filter(|_| !is_request && !is_too_long));
            }
            prop_assert_eq!(desk.sockets().count(), 1, "somebody is still there");
        }
    }
}
