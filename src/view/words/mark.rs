//! The sign before a sentence, by meaning. Which character and colour it has is the theme's.

/// What a sentence, a point on a lane or a state in words is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// Computes, or simply did something.
    Running,
    /// Could run and has no CPU yet.
    Runnable,
    /// Waits in put, send or write.
    Put,
    /// Waits in get, recv or read.
    Get,
    /// Waits for a lock.
    Lock,
    /// Waits in join or wait.
    Join,
    /// Sleeps.
    Asleep,
    /// Ended, and not yet reaped.
    Zombie,
    /// Ended by itself.
    Exited,
    /// Ended by a signal, or a signal that is sent.
    Killed,
    /// Made a process.
    Forked,
    /// A message or task moved.
    Message,
    /// A result moved.
    Result,
    /// A line of the program's own output.
    Output,
    /// Has a new parent.
    Adopted,
    /// Closed an end of a pipe.
    Closed,
    /// Something is wrong.
    Alert,
    /// Nothing to draw: a blank.
    None,
}
