//! Init's part: the supervisor takes note of who is adopted and who has ended, and says so.
//!
//! Invariant: of one child, `ProcessAdopted` is said before `ProcessExited`, and that directly
//! before `ProcessReaped`.

use super::kernel::code_of_status;
use super::teller::Teller;
use super::tree::{self, number_of};
use crate::channel::Arena;
use crate::event::{ActorId, Kind, Time};
use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, wait};
use std::collections::BTreeMap;

/// Whether anything of the program is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tree {
    /// The supervisor has children, the keeper aside.
    Lives,
    /// It has none: with them all below them are gone.
    Gone,
}

/// Who was reaped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) pid: u32,
    code: i32,
    t: Time,
}

/// Who is a child of the supervisor, and what was said about it.
pub(super) struct Reaper {
    arena: Arena,
    /// The supervisor's pid.
    own: u32,
    /// The keepers: children from the start, which this does not reap.
    pub(super) keepers: Vec<u32>,
    pub(super) main: Option<Pid>,
    /// MainProcess's exit code, once it has ended.
    pub(super) main_code: Option<i32>,
    /// Adopted children, with what is known of them.
    adopted: BTreeMap<u32, Orphan>,
}

#[derive(Clone, Copy)]
struct Orphan {
    since: Option<Time>,
    said: bool,
}

impl Reaper {
    pub(super) fn new(arena: Arena, own: u32) -> Reaper {
        Reaper {
            arena,
            own,
            keepers: Vec::new(),
            main: None,
            main_code: None,
            adopted: BTreeMap::new(),
        }
    }

    /// Reaps all that have ended, without a word yet.
    pub(super) fn reap(&self) -> (Vec<Ended>, Tree) {
        let mut ended = Vec::new();
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => ended.push(Ended {
                    pid: number_of(pid),
                    code: code_of_status(status.as_raw()),
                    t: self.arena.now(),
                }),
                Ok(None) => return (ended, Tree::Lives),
                Err(Errno::INTR) => {}
                // ECHILD: no child whose end raises SIGCHLD. The keeper's does not.
                Err(_) => return (ended, Tree::Gone),
            }
        }
    }

    /// Says who has ended, and looks for whom they left.
    pub(super) fn say(&mut self, tell: &mut Teller, ended: &[Ended], tree: Tree) {
        for end in ended {
            self.say_end(tell, end.pid, end.code);
        }
        if !ended.is_empty() && tree == Tree::Lives {
            let since = match ended {
                [only] => Some(only.t),
                _ => None,
            };
            self.look(tell, since);
        }
    }

    /// Looks for children that were adopted since the last look. `since` is when their parent
    /// ended, if only one process has ended since then.
    pub(super) fn look(&mut self, tell: &mut Teller, since: Option<Time>) {
        let main = self.main.map(number_of);
        for pid in tree::children_of(self.own) {
            if Some(pid) != main && !self.keepers.contains(&pid) {
                self.adopted
                    .entry(pid)
                    .or_insert(Orphan { since, said: false });
            }
        }
        for (&pid, orphan) in &mut self.adopted {
            // Whose pid it is may become known later.
            if !orphan.said
                && let Some(actor) = self.arena.actor_of_pid(pid)
            {
                say_adopted(tell, actor, self.own, orphan.since);
                orphan.said = true;
            }
        }
    }

    /// Says that whatever lives is about to be killed, but for those that end by themselves then.
    pub(super) fn tell_kill(&self, tell: &mut Teller) {
        for process in tree::descendants_of(self.own) {
            if !process.is_dead()
                && !tree::is_tracker(process.pid)
                && let Some(to) = self.arena.actor_of_pid(process.pid)
            {
                let signal = libc::SIGKILL;
                tell.say(ActorId::MPVIZ, None, Kind::SignalSent { to, signal });
            }
        }
    }

    fn say_end(&mut self, tell: &mut Teller, pid: u32, code: i32) {
        let is_main = self.main.map(number_of) == Some(pid);
        if is_main {
            self.main_code = Some(code);
            // Its pid may be used again.
            self.main = None;
        }
        let orphan = self.adopted.remove(&pid);
        // A foreign program's child, of which nobody ever spoke, ends as silently.
        let Some(child) = self.arena.actor_of_pid(pid) else {
            return;
        };
        if !is_main && !orphan.is_some_and(|orphan| orphan.said) {
            say_adopted(
                tell,
                child,
                self.own,
                orphan.and_then(|orphan| orphan.since),
            );
        }
        let by = Some(ActorId::MPVIZ);
        let code = Some(code);
        tell.say(child, by, Kind::ProcessExited { code });
        tell.say(ActorId::MPVIZ, None, Kind::ProcessReaped { child, code });
    }
}

fn say_adopted(tell: &mut Teller, actor: ActorId, ppid: u32, since: Option<Time>) {
    let kind = Kind::ProcessAdopted {
        adopter: ActorId::MPVIZ,
        ppid,
        since,
    };
    tell.say(actor, Some(ActorId::MPVIZ), kind);
}
