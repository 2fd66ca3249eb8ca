//! Bare forks: `os.fork` and `os.waitpid`, which `multiprocessing` knows nothing of.

use super::super::error::{Error, Result};
use super::super::fork::{self, ForkSpec, Forked};
use super::super::fork_local::ForkLocal;
use super::super::probe;
use super::super::time::Deadline;
use super::child::Child;
use super::identity::identity;
use crate::event::words::{Method, Operation};
use crate::event::{ActorId, Text};
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// Children of bare forks, by pid.
static FORKED: ForkLocal<Mutex<Vec<(u32, ActorId)>>> = ForkLocal::new(Default::default);

/// Which process returned from [`fork`](fn@fork).
///
/// ```
/// use mpviz::runtime::process::{Fork, fork, waitpid};
/// use mpviz::runtime::{Result, exit};
///
/// # fn main() -> Result<()> {
/// match fork()? {
///     Fork::Child => std::process::exit(7),
///     Fork::Parent { pid } => assert_eq!(waitpid(pid)?, 7),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fork {
    /// The child.
    Child,
    /// The parent, which is told the child's pid.
    Parent {
        /// The child's pid.
        pid: u32,
    },
}

/// Makes a copy of this process; both go on from here: `os.fork()`.
///
/// # Errors
///
/// [`Error::System`] if the system has no process left.
#[track_caller]
pub fn fork() -> Result<Fork> {
    probe::enter(Location::caller());
    let me = identity();
    let spec = ForkSpec {
        actor: probe::next_actor(),
        name: Text::from("child"),
        numbers: me.numbers.clone(),
        method: Method::BareFork,
        daemon: false,
    };
    Ok(match fork::fork(&spec)? {
        Forked::Child => Fork::Child,
        Forked::Parent(pid) => {
            let mut forked = FORKED.get().lock().unwrap_or_else(PoisonError::into_inner);
            forked.push((pid, spec.actor));
            Fork::Parent { pid }
        }
    })
}

/// Waits until a child of [`fork`] has ended, and reaps it: `os.waitpid(pid, 0)`.
///
/// Returns its exit code, −N if signal N ended it.
///
/// # Errors
///
/// [`Error::System`] if there is no such child.
#[track_caller]
pub fn waitpid(pid: u32) -> Result<i32> {
    probe::enter(Location::caller());
    let known = {
        let mut forked = FORKED.get().lock().unwrap_or_else(PoisonError::into_inner);
        let at = forked.iter().position(|&(known, _)| known == pid);
        at.map(|at| forked.swap_remove(at).1)
    };
    let attempt = || format!("cannot wait for process {pid}");
    let actor = known.ok_or_else(|| Error::system(attempt(), rustix::io::Errno::CHILD))?;
    let child = Child::watch(actor, pid)?;
    let ended = child.wait(Operation::Wait, Deadline::NEVER)?;
    ended.ok_or_else(|| Error::system(attempt(), rustix::io::Errno::CHILD))
}
