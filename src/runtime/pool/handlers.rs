//! The three threads of a pool, and how they end it.

use super::backlog::Work;
use super::frame;
use super::jobs::{Job, Part};
use super::lane::Went;
use super::results::Answers;
use super::{Core, Phase, worker};
use crate::event::Kind;
use crate::event::words::{Operation, Role};
use crate::runtime::error::{Error, Result};
use crate::runtime::io;
use crate::runtime::probe::{self, Birth};
use crate::runtime::time::Deadline;
use rustix::event::{PollFd, PollFlags};
use rustix::process::Signal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

/// When the worker handler tries again where the system had no process left.
const AGAIN: Duration = Duration::from_millis(100);

/// How long a handler lets more gather where much has come at once. About as long as being woken
/// takes, and then it is once for many tasks instead of for each. One that has little to do does
/// not nap, so a single task waits for nobody.
const NAP: Duration = Duration::from_micros(20);

/// As many answers at once are much.
const MANY_ANSWERS: usize = 8;

/// As many tasks at once are much.
const MANY_TASKS: usize = 4;

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
        core.changed.silence();
        // `is_alive` reaps. A worker whose exit nobody can tell counts as gone.
        core.workers()
            .retain(|worker| worker.is_alive().unwrap_or(false));
        // Where the system has no process left, another look tries again.
        let deadline = match worker::repopulate(core) {
            Ok(()) => Deadline::NEVER,
            Err(_) => Deadline::after(Some(AGAIN)),
        };
        let over = match core.jobs.phase() {
            Phase::Run => false,
            Phase::Close => core.jobs.is_empty(),
            Phase::Terminate => true,
        };
        if over {
            break;
        }
        let children = core.children();
        let mut fds = vec![PollFd::new(&*core.changed, PollFlags::IN)];
        fds.extend(
            children
                .iter()
                .map(|child| PollFd::new(&child.pidfd, PollFlags::IN)),
        );
        if io::poll_until(&mut fds, deadline).is_err() {
            break;
        }
    }
    core.backlog.push(Work::End);
}

/// Writes tasks into the inqueue; at the end a sentinel for each worker.
fn handle_tasks(core: &Arc<Core>) {
    let written = write_tasks(core);
    if matches!(written, Ok(Went::Done)) {
        let mut sentinels = Vec::new();
        for _ in 0..core.workers().len() {
            frame::sentinel(&mut sentinels);
        }
        // Whoever can't be told finds the pipe's end.
        let _ = core.inqueue.put_tasks(&mut sentinels, &core.quit);
    }
    core.is_written.store(true, Ordering::Release);
    core.finish.ring();
    core.outqueue.wake_reader();
}

/// Writes tasks until the sentinel comes.
fn write_tasks(core: &Core) -> Result<Went> {
    let mut lazy_task = Vec::new();
    while let Some(work) = core.backlog.next() {
        let went = match work {
            Work::Tasks(mut tasks) => {
                let went = core.inqueue.put_tasks(&mut tasks, &core.quit)?;
                if frame::count(&tasks) >= MANY_TASKS && core.backlog.is_empty() {
                    std::thread::sleep(NAP);
                }
                went
            }
            Work::Failed(job, index, failure) => {
                core.jobs.bring(job, index, failure);
                Went::Done
            }
            Work::Lazy(mut lazy) => loop {
                // One at a time: what the iteration gives next may come of this one's result.
                let more = lazy.append_next(&mut lazy_task, &core.jobs);
                let went = core.inqueue.put_tasks(&mut lazy_task, &core.quit)?;
                lazy_task.clear();
                if went == Went::Over || core.backlog.is_over() {
                    break Went::Over;
                }
                if !more {
                    break Went::Done;
                }
            },
            Work::End => return Ok(Went::Done),
        };
        if went == Went::Over {
            return Ok(Went::Over);
        }
    }
    Ok(Went::Over)
}

/// Takes answers out of the outqueue and hands them over, until the task handler has ended and
/// nobody waits for a result any more.
fn handle_results(core: &Arc<Core>) {
    let mut answers = Answers::new();
    let mut batch: Vec<(Arc<dyn Job>, u32, Part)> = Vec::new();
    let (mut done, mut awaited) = (Vec::new(), Vec::new());
    loop {
        match answers.read(core) {
            Ok(Went::Done) => {}
            Ok(Went::Over) | Err(_) => return,
        }
        answers.take_all(core, &mut batch);
        let is_much = batch.len() >= MANY_ANSWERS;
        for (job, number, part) in batch.drain(..) {
            let brought = job.bring(part);
            if brought.stuck {
                core.jobs.stick();
                return;
            }
            if brought.done {
                done.push(number);
            }
            if brought.awaited {
                awaited.push(job);
            }
        }
        if !done.is_empty() {
            core.jobs.remove(done.drain(..));
        }
        // Only now, and each once: who is woken earlier finds less, and waits again.
        awaited.dedup_by(|a, b| Arc::ptr_eq(a, b));
        for job in awaited.drain(..) {
            job.wake();
        }
        if is_much && !core.jobs.is_empty() {
            std::thread::sleep(NAP);
        }
    }
}

/// Ends the handlers and the workers.
pub(super) fn terminate(core: &Core, mut handlers: Vec<JoinHandle<()>>) {
    core.jobs.reach(Phase::Terminate);
    core.backlog.give_up();
    core.quit.ring();
    core.outqueue.wake_reader();
    // The worker handler first, so that no worker is started behind our back.
    let others = handlers.split_off(handlers.len().min(1));
    join(handlers);
    let workers = core.children();
    for worker in &workers {
        // One that has ended, or that nobody may signal, has no need of it.
        let _ = worker.signal(Signal::TERM);
    }
    join(others);
    for worker in &workers {
        let _ = worker.wait(Operation::Join, Deadline::NEVER);
    }
}

/// Joins handlers, all but the one that this thread is (in a callback).
pub(super) fn join(handlers: Vec<JoinHandle<()>>) {
    let me = std::thread::current().id();
    for handler in handlers {
        if handler.thread().id() != me {
            // A handler's panic was told by the hook.
            let _ = handler.join();
        }
    }
}
