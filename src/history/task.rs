//! Tasks of pools, and their bands on the lanes of workers.

use super::about::Few;
use crate::event::{ActorId, ObjectId, TaskId, Text, Time};

/// A task of a pool.
#[derive(Clone, PartialEq, Debug)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The pool; 0, which is no object, where it is not known.
    pub pool: ObjectId,
    /// The function with its arguments, in a few characters.
    pub function: Text,
    /// When it was handed to the pool; where that is not known, when it was first heard of.
    pub submitted: Time,
    /// When a worker began it, and which.
    pub started: Option<(Time, ActorId)>,
    /// Its end.
    pub finished: Option<Finish>,
    /// When its result was handed over to who asked for it.
    pub fetched: Option<Time>,
    /// When its worker ended in the middle of it.
    pub lost: Option<Time>,
    /// Whether its submission was told; else it was only heard of.
    pub(super) told: bool,
    /// Positions in the log of the events about it.
    pub(super) events: Few<4>,
}

impl Task {
    /// Returns whether it was handed to this pool; where that is not known it may be any's.
    pub fn is_of(&self, pool: ObjectId) -> bool {
        self.pool == pool || self.pool == ObjectId::default()
    }

    pub(super) fn new(id: TaskId, known: Time) -> Task {
        Task {
            id,
            pool: ObjectId::default(),
            function: Text::default(),
            submitted: known,
            started: None,
            finished: None,
            fetched: None,
            lost: None,
            told: false,
            events: Few::default(),
        }
    }
}

/// How a task ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Finish {
    /// When.
    pub t: Time,
    /// Whether it went well.
    pub ok: bool,
    /// Its error, if it did not.
    pub error: Option<Text>,
}

/// A worker's time in a task.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Band {
    /// The task.
    pub task: TaskId,
    /// Its first moment.
    pub start: Time,
    /// The first moment after it; [`Time::NEVER`] while it lasts.
    pub end: Time,
}
