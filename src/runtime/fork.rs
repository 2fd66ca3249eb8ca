//! Forking: the one guard that all forks go through, and how a child begins and ends.
//!
//! Plain forking beside busy threads hangs children: whatever lock another thread held at that
//! moment stays locked in the child. So the guard takes std's output locks before the fork and
//! lets go on both sides; glibc does the same for malloc; what the runtime keeps per process is
//! replaced in the child (`fork_local`). A child leaves by flush and `_exit`, never by unwinding
//! into its parent's code.

use super::error::{Error, Result, errno_name};
use super::probe::{self, Birth};
use super::process::Parentage;
use super::{exit, fork_local, panic, sys};
use crate::event::words::Method;
use crate::event::{ActorId, Kind, Text};
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

/// One fork at a time: two threads that take the output locks in turn would wait for each other.
static FORKING: Mutex<()> = Mutex::new(());

/// What to fork.
pub(super) struct ForkSpec {
    pub(super) actor: ActorId,
    pub(super) name: Text,
    pub(super) numbers: Vec<u32>,
    pub(super) method: Method,
    pub(super) daemon: bool,
}

/// Which side of a fork this is.
pub(super) enum Forked {
    /// The parent; the child has this pid.
    Parent(u32),
    /// The child.
    Child,
}

/// Forks. The child has its identity and its voice when this returns.
pub(super) fn fork(spec: &ForkSpec) -> Result<Forked> {
    panic::install_hook();
    let birth = Birth::of_process(spec.actor);
    let parent = probe::process();
    let parentage = Parentage::of_child(spec);
    // Taken before the event: a fork stands in the order in which it happens.
    let forking = FORKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut stdout = io::stdout().lock();
    let stderr = io::stderr().lock();
    // What stands in the buffer would be printed twice, by both.
    let _ = stdout.flush();
    probe::say(|| Kind::ProcessForked {
        child: spec.actor,
        name: spec.name.clone(),
        method: spec.method,
        daemon: spec.daemon,
        function: None,
    });
    let forked = sys::fork();
    match forked {
        Ok(None) => {
            fork_local::child_begin();
            birth.child_begin();
            drop((stderr, stdout, forking));
            parentage.child_begin();
            probe::say(|| Kind::ProcessStarted {
                pid: std::process::id(),
                parent,
                name: spec.name.clone(),
            });
            Ok(Forked::Child)
        }
        Ok(Some(pid)) => {
            drop((stderr, stdout, forking));
            birth.announce(pid);
            probe::say(|| Kind::ForkReturned {
                child: spec.actor,
                pid,
            });
            Ok(Forked::Parent(pid))
        }
        Err(error) => {
            drop((stderr, stdout, forking));
            birth.forget();
            let name = errno_name(&error);
            probe::say(|| Kind::ForkFailed {
                child: spec.actor,
                error: Text::from(name),
            });
            Err(Error::system("cannot fork", error))
        }
    }
}

/// Runs a child's target and ends the child. Never returns into the parent's code.
pub(super) fn run_child<T: exit::Target>(target: impl FnOnce() -> T) -> ! {
    let code = exit::run_target(target);
    exit::end_process(code)
}
