//! A worker: takes a task, runs it, sends its result, until it gets the sentinel.

use super::call::{self, Answer};
use super::{Core, Phase};
use crate::event::words::End;
use crate::event::{Kind, Text};
use crate::runtime::error::Result;
use crate::runtime::simple_queue::Locking;
use crate::runtime::{Process, probe};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Starts workers until there are as many as the pool is to have.
pub(super) fn repopulate(core: &Arc<Core>) -> Result<()> {
    loop {
        {
            let state = core.state();
            if state.workers.len() >= core.size || state.phase == Phase::Terminate {
                return Ok(());
            }
        }
        // Not under the lock: a fork with it held would leave it locked in the worker.
        let worker = Process::make(None, "ForkPoolWorker", true).launch(|| work(core))?;
        core.state().workers.push(worker);
    }
}

/// What a worker process does.
fn work(core: &Core) -> Result<()> {
    // The ends that a worker does not use: with them closed it learns of its parent's end by EOF.
    core.inqueue.close(End::Write)?;
    core.outqueue.close(End::Read)?;
    loop {
        // CPython's worker too ends quietly when the inqueue fails or is at its end.
        let Ok(bytes) = core.inqueue.get(Locking::Locked) else {
            return Ok(());
        };
        if bytes.is_empty() {
            return Ok(());
        }
        let task = call::decode_task(&bytes, core.cookie)?;
        let id = task.task;
        probe::say(|| Kind::TaskStarted { task: id });
        // What the task left half done is lost with it; the worker goes on, as in CPython.
        let ran = catch_unwind(AssertUnwindSafe(|| task.code.call(&task.argument)));
        let result = ran.unwrap_or_else(|_| Err("the task panicked".to_owned()));
        probe::say(|| Kind::TaskFinished {
            task: id,
            ok: result.is_ok(),
            error: result.as_ref().err().map(Text::from),
        });
        let answer = call::encode_answer(&Answer { task: id, result })?;
        core.outqueue
            .put(&answer, &format!("r{id}"), Locking::Locked)?;
    }
}
