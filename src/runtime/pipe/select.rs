//! Waiting for several things at once: `multiprocessing.connection.wait`.

use super::connection::{Connection, outcome_of_wait};
use crate::event::words::Operation;
use crate::event::{ActorId, Kind, ObjectId};
use crate::runtime::error::Result;
use crate::runtime::io;
use crate::runtime::time::Deadline;
use crate::runtime::{probe, process};
use rustix::event::{PollFd, PollFlags};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::panic::Location;
use std::time::Duration;

/// The most pipes, and processes, that are told one by one.
const LISTED_MAX: usize = 64;

/// What [`wait`] can wait for: a connection, or a descriptor such as a process's
/// [sentinel](crate::runtime::Process::sentinel).
///
/// ```
/// use mpviz::runtime::{Process, Result, pipe, wait};
///
/// # fn main() -> Result<()> {
/// let (a, _b) = pipe("silent")?;
/// let child = Process::new().start(|| ())?;
/// // A connection and a process's end: the second comes.
/// assert_eq!(wait(&[&a, &child.sentinel()?], None)?, [1]);
/// # Ok(())
/// # }
/// ```
pub trait Waitable {
    /// Returns the descriptor that becomes readable.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`](crate::runtime::Error::ClosedHandle) (OSError) if it was closed.
    fn descriptor(&self) -> Result<BorrowedFd<'_>>;

    /// Returns what is waited for, as events tell it; `None` for a descriptor that nothing is known of.
    fn awaited(&self) -> Option<Awaited> {
        let fd = self.descriptor().ok()?;
        process::of_sentinel(fd).map(Awaited::End)
    }
}

/// What can be waited for, as events tell it.
///
/// ```
/// use mpviz::runtime::{Result, Waitable, pipe};
///
/// # fn main() -> Result<()> {
/// let (a, _b) = pipe("told")?;
/// assert!(a.awaited().is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Awaited {
    /// That something can be received from a pipe.
    Pipe(ObjectId),
    /// The end of a process.
    End(ActorId),
}

impl Waitable for Connection {
    fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        self.fileno()
    }

    fn awaited(&self) -> Option<Awaited> {
        Some(Awaited::Pipe(self.object()))
    }
}

impl Waitable for BorrowedFd<'_> {
    fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(*self)
    }
}

impl Waitable for OwnedFd {
    fn descriptor(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.as_fd())
    }
}

/// Waits until something can be received from one of several (or its end has come), at most so
/// long; returns which, by their places: `multiprocessing.connection.wait`.
///
/// All that are ready are returned, in order; none if the time was over. Without a time it waits as
/// long as it takes, with nothing to wait for for ever. A thing may be named twice, which CPython
/// refuses.
///
/// # Errors
///
/// [`Error::ClosedHandle`](crate::runtime::Error::ClosedHandle) (OSError) if a connection is closed.
///
/// ```
/// use mpviz::runtime::{Process, Result, pipe, wait};
///
/// # fn main() -> Result<()> {
/// let (a, b) = pipe("news")?;
/// let child = Process::new().start(|| a.send("done"))?;
/// child.join()?;
/// assert_eq!(wait(&[&a, &b, &child.sentinel()?], None)?, [1, 2]);
/// # Ok(())
/// # }
/// ```
#[track_caller]
pub fn wait(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Vec<usize>> {
    probe::enter(Location::caller());
    let fds: Vec<_> = objects
        .iter()
        .map(|object| object.descriptor())
        .collect::<Result<_>>()?;
    let mut polled: Vec<_> = fds
        .iter()
        .map(|fd| PollFd::new(fd, PollFlags::IN))
        .collect();
    let deadline = Deadline::after(timeout);
    let mut ready = io::poll_until(&mut polled, Deadline::after(Some(Duration::ZERO)));
    if matches!(ready, Ok(false)) && !deadline.is_over() {
        probe::say(|| listed(objects));
        probe::say_again(|| Kind::Blocked {
            operation: Operation::Poll,
            object: None,
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        ready = io::poll_until(&mut polled, deadline);
        let outcome = outcome_of_wait(&ready);
        let is_ready = |(_, fd): &(_, &PollFd<'_>)| !fd.revents().is_empty();
        probe::say(|| Kind::Unblocked {
            outcome,
            waker: ended(
                objects
                    .iter()
                    .zip(&polled)
                    .filter(is_ready)
                    .map(|(it, _)| *it),
            ),
        });
    }
    ready?;
    let places = polled.iter().enumerate();
    let places = places.filter(|(_, fd)| !fd.revents().is_empty());
    Ok(places.map(|(at, _)| at).collect())
}

/// Says what a wait is for, each once.
fn listed(all: &[&dyn Waitable]) -> Kind {
    let (mut objects, mut actors, mut others) = (Vec::new(), Vec::new(), 0u32);
    for it in all {
        match it.awaited() {
            Some(Awaited::Pipe(object)) if objects.contains(&object) => {}
            Some(Awaited::End(actor)) if actors.contains(&actor) => {}
            Some(Awaited::Pipe(object)) if objects.len() < LISTED_MAX => objects.push(object),
            Some(Awaited::End(actor)) if actors.len() < LISTED_MAX => actors.push(actor),
            _ => others += 1,
        }
    }
    Kind::WaitListed {
        objects,
        actors,
        others,
    }
}

/// Returns the process whose end has ended a wait, if that is all that is ready. What came through
/// a pipe has its sender in the history.
fn ended<'a>(mut ready: impl Iterator<Item = &'a dyn Waitable>) -> Option<ActorId> {
    match (ready.next()?.awaited(), ready.next()) {
        (Some(Awaited::End(actor)), None) => Some(actor),
        _ => None,
    }
}
