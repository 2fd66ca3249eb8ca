//! Waits: what a process that says nothing waits for, where the kernel leaves no doubt.
//!
//! `/proc/PID/syscall` tells in which call a process sleeps: `read` or `write` of a pipe that is
//! known, `wait4` or `waitid` for children, `futex` for a lock. All else (a poll, a socket, a timer,
//! one of several threads, or a process with handlers of signals that may end its wait) stays a mere
//! state.
//!
//! Invariant: a wait is only told of a process that has slept through from one round of samples to
//! the next, by the kernel's own count of its turns on a CPU. So there is a moment, between the two
//! rounds, at which all waits that are told are true at once, and nobody in them had been woken: a
//! circle of them is one.

mod call;

use self::call::Call;
use super::ends::Ends;
use super::kernel;
use super::sampler::Watched;
use super::teller::Teller;
use super::tree;
use crate::event::words::{Operation, Outcome, Sight};
use crate::event::{ActorId, Kind, ObjectId, Text};
use std::collections::BTreeMap;
use std::io;

/// Who waits for what.
pub(super) struct Waits {
    looked: BTreeMap<u32, Looked>,
    /// Whether it is told why a wait can't be seen: of a program that mpviz is attached to.
    tells_unseen: bool,
    /// Whether it is told that no wait of our own user's processes can be seen.
    is_told: bool,
}

/// What a look at a process has found.
#[derive(Default)]
struct Looked {
    /// How often it had run then.
    turns: u64,
    /// The call that it slept in.
    call: Option<Call>,
    /// What was told.
    told: Option<Wait>,
    /// Whether it was told that its waits can't be seen.
    is_told: bool,
}

/// A wait as it is told.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Wait {
    operation: Operation,
    object: Option<ObjectId>,
    on: Option<ActorId>,
    /// The children, where it is for any of several.
    several: Vec<ActorId>,
    /// How many of them are not known.
    others: u32,
}

impl Wait {
    fn new(operation: Operation) -> Wait {
        Wait {
            operation,
            object: None,
            on: None,
            several: Vec::new(),
            others: 0,
        }
    }
}

impl Waits {
    pub(super) fn new(tells_unseen: bool) -> Waits {
        Waits {
            looked: BTreeMap::new(),
            tells_unseen,
            is_told: false,
        }
    }

    /// A process has ended, and its waits with it.
    pub(super) fn forget(&mut self, pid: u32) {
        self.looked.remove(&pid);
    }

    /// Looks at all who are silent, after a round of samples, and tells what is another than the
    /// last time: first whose wait is over.
    pub(super) fn look(
        &mut self,
        processes: &BTreeMap<u32, Watched>,
        ends: &mut Ends,
        tell: &mut Teller,
    ) {
        let mut changed = Vec::new();
        for (&pid, watched) in processes {
            if ends.is_mute(watched.actor) {
                let wait = self.wait_of(pid, watched, processes, ends, tell);
                let looked = self.looked.entry(pid).or_default();
                if looked.told != wait {
                    changed.push((watched.actor, looked.told.take(), wait.clone()));
                    looked.told = wait;
                }
            } else if let Some(looked) = self.looked.remove(&pid) {
                // It speaks for itself from here on.
                changed.push((watched.actor, looked.told, None));
            }
        }
        for (actor, _, _) in changed.iter().filter(|(_, told, _)| told.is_some()) {
            let outcome = Outcome::Done;
            let kind = Kind::Unblocked {
                outcome,
                waker: None,
            };
            tell.say(*actor, Some(ActorId::MPVIZ), kind);
        }
        for (actor, _, wait) in changed {
            if let Some(wait) = wait {
                say_wait(tell, actor, wait);
            }
        }
    }

    /// Returns what a process waits for, if that is certain.
    fn wait_of(
        &mut self,
        pid: u32,
        watched: &Watched,
        processes: &BTreeMap<u32, Watched>,
        ends: &mut Ends,
        tell: &mut Teller,
    ) -> Option<Wait> {
        let turns = kernel::turns(pid).filter(|_| watched.may_wait());
        let Some(turns) = turns else {
            let looked = self.looked.entry(pid).or_default();
            looked.call = None;
            return None;
        };
        let looked = self.looked.entry(pid).or_default();
        if looked.call.is_some() && looked.turns == turns {
            // It has slept since the round before.
            if looked.told.is_some() {
                return looked.told.clone();
            }
            let call = looked.call;
            let lasts = |call: &Call| kernel::caught(pid).is_some_and(|caught| call.lasts(caught));
            return call
                .filter(lasts)
                .and_then(|call| resolve(pid, call, processes, ends));
        }
        let call = call::of(pid);
        looked.turns = turns;
        looked.call = call.as_ref().ok().copied().flatten();
        match (&looked.call, call) {
            (Some(Call::Read(fd) | Call::Write(fd)), _) => {
                // Should it be none yet, it may be one in the next round.
                let _ = object_of(pid, *fd, ends);
            }
            (_, Err(error)) => self.blind(pid, watched, &error, tell),
            _ => {}
        }
        None
    }

    /// Tells that waits can't be seen, and why.
    fn blind(&mut self, pid: u32, watched: &Watched, error: &io::Error, tell: &mut Teller) {
        let is_refused = error.kind() == io::ErrorKind::PermissionDenied;
        let looked = self.looked.entry(pid).or_default();
        if !self.tells_unseen || !is_refused || looked.is_told {
            return;
        }
        looked.is_told = true;
        let what = Sight::Waits;
        if !watched.is_ours() {
            let why = Text::const_new("it belongs to another user");
            tell.say(
                watched.actor,
                Some(ActorId::MPVIZ),
                Kind::Unseen { what, why },
            );
        } else if !std::mem::replace(&mut self.is_told, true) {
            let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
            let why = match scope.as_deref().map(str::trim) {
                Ok(scope @ ("1" | "2" | "3")) => format!(
                    "kernel.yama.ptrace_scope is {scope}: only root may look into a process that is none of its children"
                ),
                _ => "the kernel does not let this user look into it".to_owned(),
            };
            let why = Text::from(why);
            tell.say(ActorId::MPVIZ, None, Kind::Unseen { what, why });
        }
    }
}

fn say_wait(tell: &mut Teller, actor: ActorId, wait: Wait) {
    let by = Some(ActorId::MPVIZ);
    if wait.operation == Operation::Poll {
        let listed = Kind::WaitListed {
            objects: Vec::new(),
            actors: wait.several,
            others: wait.others,
        };
        tell.say(actor, by, listed);
    }
    let blocked = Kind::Blocked {
        operation: wait.operation,
        object: wait.object,
        on: wait.on,
        timeout: None,
    };
    match wait.operation {
        Operation::Poll => tell.say_again(actor, by, blocked),
        _ => tell.say(actor, by, blocked),
    }
}

/// Returns what a call waits for, if that is known.
fn resolve(
    pid: u32,
    call: Call,
    processes: &BTreeMap<u32, Watched>,
    ends: &mut Ends,
) -> Option<Wait> {
    let actor_of = |pid: u32| processes.get(&pid).map(|watched| watched.actor);
    let on_pipe = |operation, object| Wait {
        object: Some(object),
        ..Wait::new(operation)
    };
    match call {
        Call::Read(fd) => Some(on_pipe(Operation::Read, object_of(pid, fd, ends)?)),
        Call::Write(fd) => Some(on_pipe(Operation::Write, object_of(pid, fd, ends)?)),
        Call::Lock => Some(Wait::new(Operation::Acquire)),
        Call::Child(child) => Some(Wait {
            on: Some(actor_of(child)?),
            ..Wait::new(Operation::Wait)
        }),
        Call::Children => {
            let children = tree::children_of(pid);
            let known: Vec<ActorId> = children.iter().copied().filter_map(actor_of).collect();
            let others = children.len() - known.len();
            match known.as_slice() {
                &[only] if others == 0 => Some(Wait {
                    on: Some(only),
                    ..Wait::new(Operation::Wait)
                }),
                [] => None,
                _ => Some(Wait {
                    several: known,
                    others: u32::try_from(others).unwrap_or(u32::MAX),
                    ..Wait::new(Operation::Poll)
                }),
            }
        }
    }
}

/// Returns the pipe that a descriptor of a process is.
fn object_of(pid: u32, fd: u32, ends: &mut Ends) -> Option<ObjectId> {
    let link = std::fs::read_link(format!("/proc/{pid}/fd/{fd}")).ok()?;
    let link = link.to_str().filter(|link| link.starts_with("pipe:"))?;
    ends.waited_in(link)
}
