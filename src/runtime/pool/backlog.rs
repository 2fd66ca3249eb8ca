//! The backlog: what callers have submitted and the task handler has not written yet.
//!
//! Callers append the bytes of tasks, the task handler takes all that there are; nobody is woken
//! who is not asleep. So many small tasks cost a copy each, not a change of threads.

use super::failure::Failure;
use super::jobs::Jobs;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Tasks stand in one piece up to this many bytes.
const PIECE: usize = 32 * 1024;

/// What the task handler is to do.
pub(super) enum Work {
    /// Write these tasks.
    Tasks(Vec<u8>),
    /// Write the tasks that come of an iteration, as it gives them.
    Lazy(Box<dyn Lazy>),
    /// A task could not be made: tell whoever waits for it.
    Failed(u32, u32, Failure),
    /// There will be no more: send the sentinels.
    End,
}

/// Tasks that are made when the task handler asks for them: those of an `imap`.
pub(super) trait Lazy: Send {
    /// Appends the next task; `false` if there are no more. What could not be made, and how many
    /// there were, it tells its job.
    fn append_next(&mut self, out: &mut Vec<u8>, jobs: &Jobs) -> bool;
}

/// What is still to be written, first to last.
#[derive(Default)]
pub(super) struct Backlog {
    queue: Mutex<Queue>,
    added: Condvar,
}

#[derive(Default)]
struct Queue {
    work: VecDeque<Work>,
    /// The task handler waits for more.
    asleep: bool,
    /// The pool is being terminated.
    over: bool,
}

impl Backlog {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, mut queue: MutexGuard<'_, Queue>) {
        if std::mem::take(&mut queue.asleep) {
            drop(queue);
            self.added.notify_one();
        }
    }

    /// Appends tasks, and leaves `tasks` empty.
    pub(super) fn push_tasks(&self, tasks: &mut Vec<u8>) {
        let mut queue = self.queue();
        match queue.work.back_mut() {
            Some(Work::Tasks(last)) if last.len() + tasks.len() <= PIECE => {
                last.extend_from_slice(tasks);
                tasks.clear();
            }
            _ => queue.work.push_back(Work::Tasks(std::mem::take(tasks))),
        }
        self.wake(queue);
    }

    /// Appends something else.
    pub(super) fn push(&self, work: Work) {
        let mut queue = self.queue();
        queue.work.push_back(work);
        self.wake(queue);
    }

    /// What is here is never written.
    pub(super) fn give_up(&self) {
        let mut queue = self.queue();
        queue.over = true;
        self.wake(queue);
    }

    /// Returns whether the pool is being terminated.
    pub(super) fn is_over(&self) -> bool {
        self.queue().over
    }

    /// Returns whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.queue().work.is_empty()
    }

    /// Takes what is next, waiting until there is something; `None` if the pool is being
    /// terminated.
    pub(super) fn next(&self) -> Option<Work> {
        let mut queue = self.queue();
        loop {
            if queue.over {
                return None;
            }
            if let Some(work) = queue.work.pop_front() {
                return Some(work);
            }
            queue.asleep = true;
            queue = self
                .added
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
            queue.asleep = false;
        }
    }
}
