//! A process's own side of a queue: the buffer, and the feeder thread that empties it into the
//! pipe.

use super::core::Core;
use crate::event::words::{End, Operation, Outcome, Role};
use crate::event::{ActorId, Kind, MessageId, ObjectId};
use crate::runtime::error::{Error, Result};
use crate::runtime::exit;
use crate::runtime::locked_pipe::BATCH;
use crate::runtime::probe::{self, Birth};
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A process's own side of a queue. A forked child begins with a new one: an empty buffer, no
/// feeder.
#[derive(Default)]
pub(super) struct Local {
    state: Mutex<State>,
    changed: Condvar,
    /// Set under the lock, and looked at without it by each put and get.
    closed: AtomicBool,
}

#[derive(Default)]
struct State {
    buffer: VecDeque<(MessageId, Vec<u8>)>,
    /// The feeder, from the first put on.
    feeder: Option<ActorId>,
    /// The feeder has emptied the buffer for the last time.
    ended: bool,
    join_cancelled: bool,
    /// The feeder waits for an item.
    is_idle: bool,
}

impl Local {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(super) fn is_join_cancelled(&self) -> bool {
        self.state().join_cancelled
    }

    /// Appends to the buffer, and starts the feeder if this is the first item.
    pub(super) fn push(
        self: &Arc<Self>,
        core: &Arc<Core>,
        id: MessageId,
        bytes: Vec<u8>,
    ) -> Result<()> {
        let mut state = self.state();
        if state.feeder.is_none() {
            state.feeder = Some(self.start_feeder(core)?);
        }
        state.buffer.push_back((id, bytes));
        let is_idle = state.is_idle;
        drop(state);
        if is_idle {
            self.changed.notify_all();
        }
        Ok(())
    }

    fn start_feeder(self: &Arc<Self>, core: &Arc<Core>) -> Result<ActorId> {
        let birth = Birth::of_thread();
        let actor = birth.actor();
        let (local, feeder_core) = (Arc::clone(self), Arc::clone(core));
        std::thread::Builder::new()
            .name(format!("{} feeder", core.name))
            .spawn(move || {
                birth.thread_begin(Role::Feeder, feeder_core.object);
                local.feed(&feeder_core);
                probe::say(|| Kind::ThreadEnded {});
                // Last of all: who joins the feeder may end the process at once.
                local.state().ended = true;
                local.changed.notify_all();
            })
            .map_err(|error| Error::system("cannot start a feeder thread", error))?;
        let (local, object) = (Arc::clone(self), core.object);
        exit::at_exit(move || {
            if !local.state().join_cancelled {
                local.close();
                local.join_feeder(object);
            }
        });
        Ok(actor)
    }

    /// Moves items from the buffer into the pipe until the queue is closed and the buffer empty.
    fn feed(&self, core: &Core) {
        let mut batch = Vec::new();
        while self.next(core, &mut batch) {
            let wait = Wait::new(Operation::Write, core.pipe.object(), Deadline::NEVER);
            if core.pipe.send_all(&batch, wait).is_err() {
                // Nobody reads any more, and nobody ever will: CPython's feeder ends quietly too.
                break;
            }
            batch.clear();
        }
        // As CPython's does. This process is done with the queue, so what remains open would only
        // be in others' way.
        for end in [End::Read, End::Write] {
            let _ = core.pipe.close(end);
        }
    }

    /// Takes the next items out of the buffer: one, or as many as can be written at once. Returns
    /// whether there are any.
    fn next(&self, core: &Core, batch: &mut Vec<(MessageId, Vec<u8>)>) -> bool {
        let mut state = self.state();
        let mut wait = Wait::new(Operation::Idle, core.object, Deadline::NEVER);
        while state.buffer.is_empty() && !self.is_closed() {
            wait.begin();
            state.is_idle = true;
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.is_idle = false;
        }
        wait.end(Outcome::Done, Some(probe::process()));
        let mut room = BATCH;
        while let Some((_, bytes)) = state.buffer.front() {
            match room.checked_sub(bytes.len()) {
                Some(left) => room = left,
                None if batch.is_empty() => room = 0,
                None => break,
            }
            batch.extend(state.buffer.pop_front());
        }
        !batch.is_empty()
    }

    /// No more puts in this process; the feeder ends once the buffer is empty.
    pub(super) fn close(&self) {
        let state = self.state();
        self.closed.store(true, Ordering::Relaxed);
        drop(state);
        self.changed.notify_all();
    }

    /// Nobody waits for the feeder any more.
    pub(super) fn cancel_join(&self) {
        self.state().join_cancelled = true;
    }

    /// Waits until the feeder has ended.
    pub(super) fn join_feeder(&self, object: ObjectId) {
        let mut state = self.state();
        let Some(feeder) = state.feeder else { return };
        if state.ended {
            return;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::JoinFeeder,
            object: Some(object),
            on: Some(feeder),
            timeout: None,
        });
        while !state.ended {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        probe::say(|| Kind::Unblocked {
            outcome: Outcome::Done,
            waker: Some(feeder),
        });
    }
}
