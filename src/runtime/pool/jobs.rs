//! Jobs: who waits for which answers. CPython's cache.
//!
//! A job is what a submission returned: a result of one task, a result of a map's chunks, an
//! iteration. It stands here until its last answer has come, and a pool that is closed goes on
//! until none stands here.

use super::bell::Bell;
use super::bytes::Bytes;
use super::failure::Failure;
use crate::event::{ActorId, TaskId};
use crate::runtime::error::{Error, Result};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What came of one part of a job.
pub(super) struct Part {
    pub(super) index: u32,
    pub(super) task: TaskId,
    /// Who sent it.
    pub(super) from: ActorId,
    pub(super) outcome: Outcome,
}

/// How many results there are, and their bytes; or the one failure of all.
pub(super) type Outcome = std::result::Result<(u32, Bytes), Failure>;

/// The task of a part that never was on its way.
pub(super) const NO_TASK: TaskId = TaskId(u32::MAX);

/// What a job makes of a part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Brought {
    /// It was the last.
    pub(super) done: bool,
    /// Somebody waits for it: [`Job::wake`] is to be called.
    pub(super) awaited: bool,
    /// A callback failed, which ends the thread that called it.
    pub(super) stuck: bool,
}

/// Something that waits for answers.
pub(super) trait Job: Send + Sync {
    /// Brings a part, and runs the callbacks after the last.
    fn bring(&self, part: Part) -> Brought;
    /// Wakes whoever waits for it.
    fn wake(&self);
}

/// How far a pool is on its way to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Default, Debug)]
pub(super) enum Phase {
    #[default]
    Run,
    Close,
    Terminate,
}

/// The jobs of a pool, and whether it takes more.
pub(super) struct Jobs {
    table: Mutex<Table>,
    /// Rings when a closed pool has none left.
    changed: Arc<Bell>,
}

#[derive(Default)]
pub(super) struct Table {
    jobs: HashMap<u32, Arc<dyn Job>, BuildHasherDefault<Spread>>,
    made: u32,
    phase: Phase,
    /// A callback has failed: its job is here for ever, as in CPython.
    stuck: bool,
}

/// Spreads numbers that are given in order; nobody chooses them, so nothing better is needed.
#[derive(Default)]
pub(super) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(u32::from(byte));
        }
    }
    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Table {
    /// Returns the job with this number.
    pub(super) fn get(&self, job: u32) -> Option<&Arc<dyn Job>> {
        self.jobs.get(&job)
    }
}

impl Jobs {
    /// Returns a table without jobs.
    pub(super) fn new(changed: Arc<Bell>) -> Jobs {
        Jobs {
            table: Mutex::default(),
            changed,
        }
    }

    pub(super) fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job; returns its number.
    ///
    /// # Errors
    ///
    /// [`Error::State`] once the pool is closed.
    pub(super) fn add(&self, job: Arc<dyn Job>) -> Result<u32> {
        let mut table = self.table();
        if table.phase != Phase::Run {
            return Err(not_running());
        }
        loop {
            table.made = table.made.wrapping_add(1);
            let number = table.made;
            if let Entry::Vacant(free) = table.jobs.entry(number) {
                free.insert(job);
                return Ok(number);
            }
        }
    }

    /// Fails once the pool is closed.
    pub(super) fn check_running(&self) -> Result<()> {
        if self.phase() == Phase::Run {
            Ok(())
        } else {
            Err(not_running())
        }
    }

    /// Takes jobs out that are done.
    pub(super) fn remove(&self, done: impl IntoIterator<Item = u32>) {
        let mut table = self.table();
        let mut gone = Vec::new();
        for job in done {
            gone.extend(table.jobs.remove(&job));
        }
        let is_last = table.jobs.is_empty() && !table.stuck && table.phase == Phase::Close;
        drop(table);
        // What a job holds is the program's own: its end is not to happen under the lock.
        drop(gone);
        if is_last {
            self.changed.ring();
        }
    }

    /// Brings a part from this process itself: what could not be submitted, or never comes.
    pub(super) fn bring(&self, number: u32, index: u32, failure: Failure) {
        let job = self.table().get(number).map(Arc::clone);
        let Some(job) = job else { return };
        let brought = job.bring(Part {
            index,
            task: NO_TASK,
            from: crate::runtime::probe::actor(),
            outcome: Err(failure),
        });
        if brought.stuck {
            self.table().stuck = true;
        }
        if brought.done {
            self.remove([number]);
        }
        if brought.awaited {
            job.wake();
        }
    }

    /// Notes that a callback has failed.
    pub(super) fn stick(&self) {
        self.table().stuck = true;
    }

    /// Returns whether a callback has failed.
    pub(super) fn is_stuck(&self) -> bool {
        self.table().stuck
    }

    /// Returns whether nobody waits for an answer.
    pub(super) fn is_empty(&self) -> bool {
        let table = self.table();
        table.jobs.is_empty() && !table.stuck
    }

    pub(super) fn phase(&self) -> Phase {
        self.table().phase
    }

    /// Goes on to a phase, never back.
    pub(super) fn reach(&self, phase: Phase) {
        let mut table = self.table();
        if table.phase < phase {
            table.phase = phase;
            drop(table);
            self.changed.ring();
        }
    }
}

fn not_running() -> Error {
    Error::State("the pool is not running: it was closed or terminated".into())
}
