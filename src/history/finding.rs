//! Findings: what is wrong with a program, in the eyes of somebody who knows such programs.
//!
//! A finding is made by the fold when it becomes known, with the events that prove it, and holds
//! until what it says is over. What it says in words is the view's (`view/words/finding.rs`), and
//! `docs/findings.md` tells each code.
//! Invariant: findings stand in the order in which they became known, and proof comes before it.
//! Not here: how they are found (`fold/finding`).

use super::thing::Thing;
use crate::event::{ActorId, ObjectId, TaskId, Time};

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal,)*) => {
        /// What is wrong. The texts are stable: people look them up, and scripts look for them.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $($(#[doc = $doc])* $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// Returns the code as people say it: `P01`.
            pub const fn text(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// Returns what it stands for, as the table of `docs/findings.md` says it.
            pub const fn doc(self) -> &'static [&'static str] {
                match self { $(Code::$name => &[$($doc),*],)* }
            }
        }
    };
}

codes! {
    /// A child has ended, and its parent does not ask for its exit code: a zombie stays.
    Zombie = "P01",
    /// A parent has ended before its child: an orphan, adopted by another process.
    Orphan = "P02",
    /// A process goes on although whoever started it was killed, or did not wait for the program.
    Outlives = "P03",
    /// A daemonic process was ended by its parent's end, whatever it was doing.
    DaemonEnded = "P04",
    /// A process ended with another exit code than 0, which nobody asked for or reads.
    BadExit = "P05",
    /// A parent said its last word while children that it had not joined still ran.
    WentOn = "P06",
    /// A process ended while it held a lock: nobody gives it back.
    LostLock = "L01",
    /// Processes wait for each other in a circle.
    WaitCycle = "W01",
    /// A reader waits for an end that cannot come, as a copy of the write end stays open.
    NoEof = "W02",
    /// One waits for a lock that others take again and again.
    Starved = "W03",
    /// All others wait for one process.
    Bottleneck = "W04",
    /// A process is joined before what it has put into a queue is taken out.
    JoinBeforeDrain = "Q01",
    /// A queue was not empty at the end.
    NotEmpty = "Q02",
    /// A worker ended in the middle of a task, and the task is lost.
    TaskLost = "R01",
    /// A task failed, and its error was never fetched.
    ErrorUnseen = "R02",
    /// Results of tasks were never fetched.
    NeverFetched = "R03",
    /// A line of output was torn by another process's.
    TornLine = "O01",
}

/// Something that is wrong, as it became known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What is wrong.
    pub code: Code,
    /// Whom it is about, the one that matters most first.
    pub actors: Vec<ActorId>,
    /// The queue, pipe, lock or pool that it is about.
    pub object: Option<ObjectId>,
    /// The task, or the first of the tasks, that it is about.
    pub task: Option<TaskId>,
    /// How many things are concerned: results, items, takings of a lock.
    pub count: u64,
    /// When it became known.
    pub since: Time,
    /// When it was over; `None` while it holds, and where it can't be undone.
    pub until: Option<Time>,
    /// Positions in the log of the events that prove it, in order.
    pub proof: Vec<u32>,
}

impl Finding {
    /// Returns whether it is about a thing.
    pub fn is_about(&self, thing: Thing) -> bool {
        match thing {
            Thing::Actor(id) => self.actors.contains(&id),
            Thing::Object(id) => self.object == Some(id),
            Thing::Task(id) => self.task == Some(id),
            Thing::Message(_) => false,
        }
    }

    /// Returns whether it holds at `t`.
    pub fn holds_at(&self, t: Time) -> bool {
        self.since <= t && self.until.is_none_or(|until| t < until)
    }
}

/// What the fold remembers to find with.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Watch {
    /// When the next look at long waits and zombies is due; [`Time::NEVER`] if nothing is.
    pub(super) next_look: Time,
    /// How many processes are zombies.
    pub(super) zombies: u32,
    /// How many living processes mpviz itself has killed: if all, the run is being ended.
    pub(super) doomed: u32,
    /// Whether mpviz is ending the run: what happens then is nobody's fault.
    pub(super) is_ending: bool,
    /// When the program last went on after the viewer had stopped it.
    pub(super) thawed: Time,
    /// Lines of output that have no end yet.
    pub(super) lines: Vec<OpenLine>,
    /// Who has torn whose lines, to be told once.
    pub(super) torn: Vec<(ActorId, ActorId)>,
}

/// What the fold remembers of an actor to find with.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Noted {
    /// When its own function was over.
    pub(super) finishing: Option<Time>,
    /// When a join of a child last came back.
    pub(super) joined: Option<Time>,
    /// When it last printed, and where in the log.
    pub(super) printed: Option<(Time, u32)>,
    /// Whether it has made a pool whose results are not looked through yet.
    pub(super) has_pool: bool,
    /// Whether its exit code is bad, and nobody has read it yet who still can.
    pub(super) unread: bool,
    /// Whether its exit code was judged.
    pub(super) judged: bool,
    /// Whether mpviz itself has killed it.
    pub(super) doomed: bool,
    /// Positions of findings that end with something of it.
    pub(super) raised: Vec<(Until, u32)>,
}

/// With what a finding ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Until {
    /// With the wait that an actor is in.
    Wait,
    /// With the actor's end.
    End,
    /// With its reaping.
    Reaped,
}

impl Default for Watch {
    fn default() -> Watch {
        Watch {
            next_look: Time::NEVER,
            zombies: 0,
            doomed: 0,
            is_ending: false,
            thawed: Time::ZERO,
            lines: Vec::new(),
            torn: Vec::new(),
        }
    }
}

/// A line that a process has begun and not ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct OpenLine {
    pub(super) process: ActorId,
    pub(super) stream: crate::event::words::Stream,
    /// The position of its event.
    pub(super) position: u32,
    /// Who wrote in between, and where.
    pub(super) torn_by: Option<(ActorId, u32)>,
}
