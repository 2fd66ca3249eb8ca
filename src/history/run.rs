//! The run as a whole: what was started, how, and how it ended.

use crate::event::words::{Ending, GapReason, Sight};
use crate::event::{ActorId, FileId, Text, Time};

/// What is known of a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Run {
    /// When it began; `None` if nobody said so.
    pub started: Option<Time>,
    /// The program's name.
    pub program: Text,
    /// What it is, in a few words.
    pub title: Text,
    /// Each knob's name and value.
    pub knobs: Vec<(Text, Text)>,
    /// What random sleeps come from.
    pub seed: u64,
    /// How many times as fast as written sleeps and timeouts ran at the start.
    pub pace: f64,
    /// mpviz's own pid.
    pub viewer: u32,
    /// The supervisor's pid; 0 if there is none.
    pub supervisor: u32,
    /// Kernel and architecture.
    pub machine: Text,
    /// The CPUs that the program may use.
    pub cpus: u32,
    /// When, by the clock on the wall.
    pub wall: Text,
    /// Its end.
    pub ended: Option<RunEnd>,
    /// Changes of the pace.
    pub paces: Vec<(Time, f64)>,
    /// Stretches in which the viewer had stopped the program; the last one may end never.
    pub frozen: Vec<(Time, Time)>,
    /// What can't be seen of the whole program, and why.
    pub unseen: Vec<Unseen>,
    /// Stretches in which events are missing.
    pub gaps: Vec<Gap>,
}

/// Something that can't be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unseen {
    /// Since when that is known.
    pub t: Time,
    /// Until when it holds: a process may come to speak for itself.
    pub until: Time,
    /// What.
    pub what: Sight,
    /// Why not.
    pub why: Text,
}

impl Unseen {
    /// Returns whether it is so at `t`.
    pub fn holds_at(&self, t: Time) -> bool {
        self.t <= t && t < self.until
    }
}

/// The end of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RunEnd {
    /// When.
    pub t: Time,
    /// How it came to it.
    pub ending: Ending,
    /// MainProcess's exit code, if it was seen.
    pub code: Option<i32>,
}

/// A stretch in which events of an actor are missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gap {
    /// Whose.
    pub actor: ActorId,
    /// Since when they may be missing.
    pub since: Time,
    /// Until when: the moment it was told.
    pub until: Time,
    /// Why.
    pub reason: GapReason,
    /// How many, if that is known.
    pub count: Option<u64>,
}

/// A text of the program's own source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its number.
    pub file: FileId,
    /// Its path.
    pub path: Text,
    /// Its text.
    pub text: Text,
}

impl Run {
    /// Returns whether mpviz was attached to a program that ran before: it has no supervisor.
    pub fn is_attached(&self) -> bool {
        self.started.is_some() && self.supervisor == 0
    }

    /// Returns the pace at `t`.
    pub fn pace_at(&self, t: Time) -> f64 {
        let later = self.paces.partition_point(|&(since, _)| since <= t);
        self.paces[..later]
            .last()
            .map_or(self.pace, |&(_, pace)| pace)
    }

    /// Returns whether the viewer had stopped the program at `t`.
    pub fn frozen_at(&self, t: Time) -> bool {
        let later = self.frozen.partition_point(|&(since, _)| since <= t);
        self.frozen[..later]
            .last()
            .is_some_and(|&(_, until)| t < until)
    }

    /// Returns the end, if it is known at `t`.
    pub fn end_at(&self, t: Time) -> Option<RunEnd> {
        self.ended.filter(|end| end.t <= t)
    }
}
