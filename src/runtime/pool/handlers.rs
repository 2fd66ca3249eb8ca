//! The three threads of a pool, and how they end it.

use super::call;
use super::worker;
use super::{Core, Phase};
use crate::event::Kind;
use crate::event::words::{Operation, Role};
use crate::runtime::Process;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe::{self, Birth};
use crate::runtime::simple_queue::Locking;
use crate::runtime::time::Deadline;
use rustix::process::Signal;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often the worker handler looks for workers that have ended, as in CPython.
const LOOK: Duration = Duration::from_millis(100);

/// What a handler's thread does.
type Handle = fn(&Arc<Core>);

/// Starts the three handlers.
pub(super) fn start(core: &Arc<Core>, handlers: &mut Vec<JoinHandle<()>>) -> Result<()> {
    let parts: [(Role, Handle); 3] = [
        (Role::WorkerHandler, handle_workers),
        (Role::TaskHandler, handle_tasks),
        (Role::ResultHandler, handle_results),
    ];
    for (role, handle) in parts {
        let (birth, core) = (Birth::of_thread(), Arc::clone(core));
        let handler = std::thread::Builder::new()
            .name(role.text().to_owned())
            .spawn(move || {
                birth.thread_begin(role, core.object);
                handle(&core);
                probe::say(|| Kind::ThreadEnded {});
            })
            .map_err(|error| Error::system("cannot start a pool's handler", error))?;
        handlers.push(handler);
    }
    Ok(())
}

/// Replaces workers that have ended, until the pool is closed and every task done; then has the
/// task handler send the sentinels.
fn handle_workers(core: &Arc<Core>) {
    loop {
        {
            let mut state = core.state();
            // `is_alive` reaps. A worker whose exit nobody can tell counts as gone.
            state
                .workers
                .retain(|worker| worker.is_alive().unwrap_or(false));
        }
        // Where the system has no process left, the next look tries again.
        let _ = worker::repopulate(core);
        let state = core.state();
        let over = match state.phase {
            Phase::Run => false,
            Phase::Close => state.pending.is_empty(),
            Phase::Terminate => true,
        };
        if over {
            break;
        }
        let waited = core.changed.wait_timeout(state, LOOK);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
    core.state().waiting.push_back(None);
    core.changed.notify_all();
}

/// Writes tasks into the inqueue; at the end a sentinel for each worker and one for the result
/// handler.
fn handle_tasks(core: &Arc<Core>) {
    while let Some(task) = next_task(core) {
        let label = format!("T{}", task.id);
        if core
            .inqueue
            .put(&task.message, &label, Locking::Alone)
            .is_err()
        {
            return;
        }
    }
    let workers = core.state().workers.len();
    let _ = core.outqueue.put(&[], "end", Locking::Alone);
    for _ in 0..workers {
        if core.inqueue.put(&[], "end", Locking::Alone).is_err() {
            return;
        }
    }
}

fn next_task(core: &Core) -> Option<super::Task> {
    let mut state = core.state();
    loop {
        if state.phase == Phase::Terminate {
            return None;
        }
        match state.waiting.pop_front() {
            Some(task) => return task,
            None => state = core.wait(state),
        }
    }
}

/// Takes results out of the outqueue and hands them over, until the sentinel has come and nobody
/// waits for a result any more.
fn handle_results(core: &Arc<Core>) {
    let mut sentinel = false;
    loop {
        {
            let state = core.state();
            let over = state.phase == Phase::Terminate || state.pending.is_empty();
            if sentinel && over {
                return;
            }
        }
        let Ok(bytes) = core.outqueue.get(Locking::Alone) else {
            return;
        };
        if bytes.is_empty() {
            sentinel = true;
            continue;
        }
        // What is no answer can't be handed to anyone.
        let Ok(answer) = call::decode_answer(&bytes) else {
            continue;
        };
        let pending = core.state().pending.remove(&answer.task);
        core.changed.notify_all();
        if let Some(pending) = pending {
            pending.set(answer.result);
        }
    }
}

/// Ends the workers, then the handlers.
pub(super) fn terminate(core: &Arc<Core>, handlers: &mut Vec<JoinHandle<()>>) {
    core.state().phase = Phase::Terminate;
    core.changed.notify_all();
    let workers = std::mem::take(&mut core.state().workers);
    let workers: Vec<_> = workers
        .iter()
        .filter_map(Process::started)
        .cloned()
        .collect();
    for worker in &workers {
        // One that has ended, or that nobody may signal, has no need of it.
        let _ = worker.signal(Signal::TERM);
    }
    for worker in &workers {
        let _ = worker.wait(Operation::Join, Deadline::NEVER);
    }
    // Nobody reads tasks any more: room for a task handler that waits for it, and a sentinel for a
    // result handler that waits for results.
    while handlers.iter().any(|handler| !handler.is_finished()) {
        let _ = core.inqueue.drain();
        let _ = core.outqueue.put(&[], "end", Locking::Alone);
        core.changed.notify_all();
        let state = core.state();
        drop(
            core.changed
                .wait_timeout(state, LOOK / 10)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
    for handler in handlers.drain(..) {
        let _ = handler.join();
    }
}
