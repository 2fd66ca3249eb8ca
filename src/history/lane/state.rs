//! States, their classes, and how long each class took.

use crate::event::words::Operation;
use crate::event::{ActorId, ObjectId, Span, Time};

/// What an actor does at a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Forked, and not yet heard of.
    Starting,
    /// Runs, or could run.
    Running,
    /// In an operation that waits.
    Waiting(Wait),
    /// Asleep.
    Asleep {
        /// Until when it means to sleep.
        until: Time,
    },
    /// Stopped by a signal. (Where the viewer has stopped the whole program, everybody stays in what
    /// they were in: see [`Run::frozen`](crate::history::Run::frozen).)
    Stopped,
    /// Off the CPU, as the kernel's samples say of one that does not speak: it waits for something
    /// or is stopped.
    Still,
    /// Ended, and not yet reaped.
    Zombie,
}

/// What an actor waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wait {
    /// The operation it is in.
    pub operation: Operation,
    /// The object it waits on.
    pub object: Option<ObjectId>,
    /// The process or thread it waits for.
    pub on: Option<ActorId>,
    /// How long it waits at most.
    pub timeout: Option<Span>,
}

/// Classes of states: those that a person tells apart by texture.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum StateClass {
    /// Forked, and not yet heard of.
    Starting,
    /// Runs, or could run.
    Running,
    /// Blocked in put, send or write: what it has to give finds no room.
    Giving,
    /// Blocked in get, recv, read or poll, or idle: there is nothing to take.
    Taking,
    /// Waits for a lock.
    Acquiring,
    /// Waits for a process, a thread, a pool, a result or a condition.
    Joining,
    /// Asleep.
    Asleep,
    /// Stopped by a signal.
    Stopped,
    /// Ended, and not yet reaped.
    Zombie,
}

impl StateClass {
    /// Every class, in order.
    pub const ALL: [StateClass; 9] = [
        StateClass::Starting,
        StateClass::Running,
        StateClass::Giving,
        StateClass::Taking,
        StateClass::Acquiring,
        StateClass::Joining,
        StateClass::Asleep,
        StateClass::Stopped,
        StateClass::Zombie,
    ];
}

impl State {
    /// Returns the state's class.
    pub const fn class(&self) -> StateClass {
        match self {
            State::Starting => StateClass::Starting,
            State::Running => StateClass::Running,
            State::Asleep { .. } | State::Still => StateClass::Asleep,
            State::Stopped => StateClass::Stopped,
            State::Zombie => StateClass::Zombie,
            State::Waiting(wait) => match wait.operation {
                Operation::Put | Operation::Send | Operation::Write => StateClass::Giving,
                Operation::Get
                | Operation::Recv
                | Operation::Read
                | Operation::Poll
                | Operation::Idle => StateClass::Taking,
                Operation::Acquire => StateClass::Acquiring,
                Operation::Join
                | Operation::JoinFeeder
                | Operation::JoinPool
                | Operation::Wait
                | Operation::Communicate
                | Operation::Fetch
                | Operation::Await
                | Operation::Notify => StateClass::Joining,
            },
        }
    }
}

/// A stretch of time in one state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interval {
    /// Its first moment.
    pub start: Time,
    /// The first moment after it; [`Time::NEVER`] while it lasts. A view of a moment in the past
    /// must not tell an end after that moment.
    pub end: Time,
    /// The state.
    pub state: State,
}

/// Nanoseconds per class of state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shares {
    ns: [u64; StateClass::ALL.len()],
}

impl Shares {
    /// Returns no time at all.
    pub(super) const NONE: Shares = Shares {
        ns: [0; StateClass::ALL.len()],
    };

    /// Returns the nanoseconds spent in `class`.
    pub const fn of(&self, class: StateClass) -> u64 {
        self.ns[class as usize]
    }

    /// Returns the nanoseconds spent in any class.
    pub fn total(&self) -> u64 {
        self.ns.iter().fold(0, |sum, ns| sum.saturating_add(*ns))
    }

    /// Returns the class with the most time, the first in order of those with equal time; `None`
    /// if there is no time at all.
    pub fn most(&self) -> Option<StateClass> {
        let most = *self.ns.iter().max()?;
        StateClass::ALL
            .into_iter()
            .find(|&class| most > 0 && self.of(class) == most)
    }

    pub(super) fn minus(&self, other: &Shares) -> Shares {
        let mut rest = *self;
        for (ns, less) in rest.ns.iter_mut().zip(other.ns) {
            *ns = ns.saturating_sub(less);
        }
        rest
    }

    #[inline]
    pub(super) fn add(&mut self, class: Option<StateClass>, ns: u64) {
        if let Some(class) = class {
            let sum = &mut self.ns[class as usize];
            *sum = sum.saturating_add(ns);
        }
    }
}
