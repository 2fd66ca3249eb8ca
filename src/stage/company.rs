//! The company: which process of the program is which actor, as the supervisor knows it.
//!
//! Who is forked by the runtime, and whom it starts, has an actor and a slot from before its
//! birth. A process that joins by itself is one of these, by its pid or by its claim, or somebody
//! new: then it is given both here. Invariant: only the supervisor makes actors for pids that
//! nobody has announced, and it has one thread, so nobody has two.

use super::desk::Asker;
use super::kernel;
use super::teller::Teller;
use crate::channel::desk::{Answer, Claim, FileIdentity, Seat};
use crate::channel::{Arena, Slot};
use crate::event::kind::layout_hash;
use crate::event::{ActorId, Kind, Text};
use std::os::fd::{AsFd, OwnedFd};

/// No tree of a run is deeper; and parents that end meanwhile do not lead us round.
const DEPTH_MAX: usize = 256;

/// Who is on the stage.
pub(super) struct Company {
    arena: Arena,
    /// To be given to those who join.
    memory: OwnedFd,
    /// The supervisor's pid.
    own: u32,
    /// What MainProcess's stdout and stderr are.
    pub(super) streams: [FileIdentity; 2],
}

impl Company {
    pub(super) fn new(arena: Arena, memory: OwnedFd, own: u32) -> Company {
        Company {
            arena,
            memory,
            own,
            streams: [None, None],
        }
    }

    /// Gives who asks its place, and the arena.
    pub(super) fn join(
        &mut self,
        tell: &mut Teller,
        asker: &Asker,
        layout: u64,
        claim: Option<Claim>,
    ) {
        if layout != layout_hash() {
            return asker.answer(&Answer::Refused(libc::EPROTONOSUPPORT), None);
        }
        let Some(parent) = self.parent_of(asker.pid) else {
            // It has the name of the desk from somewhere, but nobody put it on this stage.
            return asker.answer(&Answer::Refused(libc::EPERM), None);
        };
        let place = self.place_of(asker.pid, claim);
        let Some((actor, slot)) = place.or_else(|| self.introduce(tell, asker.pid, parent)) else {
            return asker.answer(&Answer::Refused(libc::EAGAIN), None);
        };
        let seat = Seat {
            actor,
            slot: slot.numbers(),
            parent,
            streams: self.streams,
        };
        asker.answer(&Answer::Joined(seat), Some(self.memory.as_fd()));
    }

    /// Returns the actor and slot that a process has already: its pid was announced, or it is
    /// whom its parent made it to be.
    fn place_of(&self, pid: u32, claim: Option<Claim>) -> Option<(ActorId, Slot)> {
        let arena = &self.arena;
        if let Some(actor) = arena.actor_of_pid(pid) {
            return Some((actor, arena.slot_of(actor)?));
        }
        let Claim { actor, parent } = claim?;
        let slot = arena.slot_of(actor)?;
        let now = kernel::stat(pid)?.parent;
        // Its maker may have ended since; a grandchild with the same variable has another parent,
        // or comes when the place is taken.
        if arena.pid_of(slot).is_some() || (now != parent && now != self.own) {
            return None;
        }
        arena.announce(slot, pid);
        Some((actor, slot))
    }

    /// Makes an actor for a process of which nobody has spoken, and says that it lives.
    fn introduce(&self, tell: &mut Teller, pid: u32, parent: ActorId) -> Option<(ActorId, Slot)> {
        let actor = self.arena.control().next_actor();
        let slot = self.arena.reserve(actor, actor)?;
        self.arena.announce(slot, pid);
        let argv = kernel::arguments(pid);
        let name = kernel::name_of(pid, &argv);
        let by = Some(ActorId::MPVIZ);
        tell.say(actor, by, Kind::ProcessStarted { pid, parent, name });
        if !argv.is_empty() {
            let argv: Vec<Text> = argv.into_iter().map(Text::from).collect();
            tell.say(actor, by, Kind::ProcessExec { argv });
        }
        Some((actor, slot))
    }

    /// Returns the nearest one above a process that is known, mpviz for one that stands below the
    /// supervisor itself; `None` for a process that is not below the supervisor.
    fn parent_of(&self, pid: u32) -> Option<ActorId> {
        let mut nearest = None;
        let mut pid = kernel::stat(pid)?.parent;
        for _ in 0..DEPTH_MAX {
            if pid == self.own {
                return Some(nearest.unwrap_or(ActorId::MPVIZ));
            }
            nearest = nearest.or_else(|| self.arena.actor_of_pid(pid));
            pid = kernel::stat(pid)?.parent;
        }
        None
    }
}
