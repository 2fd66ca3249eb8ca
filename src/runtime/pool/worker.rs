//! A worker: takes a task, runs it, sends its answer, until it gets the sentinel.

use super::call::{self, Code};
use super::failure::Failure;
use super::frame::{self, ANSWER_HEAD, Answer, TASK_HEAD, Task};
use super::{Core, Phase};
use crate::event::words::End;
use crate::event::{Kind, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::{Process, exit, panic, probe};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

/// A buffer that a large task or answer has made longer than this is not kept.
const KEPT: usize = 1 << 20;

/// Starts workers until there are as many as the pool is to have.
pub(super) fn repopulate(core: &Arc<Core>) -> Result<()> {
    loop {
        if core.workers().len() >= core.size || core.jobs.phase() == Phase::Terminate {
            return Ok(());
        }
        // Not under the lock: a fork with it held would leave it locked in the worker.
        let worker = Process::make(None, "ForkPoolWorker", true).launch(|| begin(core))?;
        core.workers().push(worker);
    }
}

/// What a worker process does first. An initializer that fails ends it, and another takes its
/// place.
fn begin(core: &Core) -> std::result::Result<(), String> {
    // The ends that a worker does not use: with them closed it learns of its parent's end by EOF.
    let closed = core.inqueue.close(End::Write);
    closed
        .and_then(|()| core.outqueue.close(End::Read))
        .map_err(|error| error.to_string())?;
    if let Some(initializer) = &core.initializer {
        let code = initializer()?;
        if code != 0 {
            exit::exit(code);
        }
    }
    work(core).map_err(|error| error.to_string())
}

fn work(core: &Core) -> Result<()> {
    let (mut message, mut answer) = (Vec::new(), Vec::new());
    let mut done = 0;
    while core.max_tasks.is_none_or(|most| done < most) {
        // CPython's worker too ends quietly when the inqueue fails or is at its end.
        if core.inqueue.take(&mut message).is_err() {
            return Ok(());
        }
        let Some(task) = frame::task(&message) else {
            return Ok(());
        };
        if task.cookie != core.cookie {
            return Err(Error::State(
                "the inqueue holds a message that is no task of its pool".into(),
            ));
        }
        let end = frame::head(&message).map_or(message.len(), |head| head.bytes);
        run(
            &task,
            message.get(TASK_HEAD..end).unwrap_or(&[]),
            &mut answer,
        );
        core.outqueue.put(&mut answer, task.task)?;
        done += 1;
        for buffer in [&mut message, &mut answer] {
            buffer.truncate(KEPT);
            buffer.shrink_to(KEPT);
        }
    }
    Ok(())
}

/// Runs a task and makes its answer.
fn run(task: &Task, arguments: &[u8], answer: &mut Vec<u8>) {
    answer.clear();
    answer.resize(ANSWER_HEAD, 0);
    let id = task.task;
    // It has just come out of the inqueue.
    probe::say_again(|| Kind::TaskStarted { task: id });
    // What the task left half done is lost with it; the worker goes on, as in CPython.
    let call = AssertUnwindSafe(|| Code::call(task.code, arguments, task.count, answer));
    let ran = panic::handled(|| catch_unwind(call));
    let mut failure = match ran {
        Ok(returned) => returned.err(),
        // As `except Exception` lets SystemExit pass: the worker ends, the task is lost.
        Err(panic) if exit::is_exit(&*panic) => resume_unwind(panic),
        Err(panic) => Some(Failure::of_panic(&*panic)),
    };
    if answer.len() > frame::MAX {
        let size = format_args!(
            "{} bytes, at most {} are possible",
            answer.len(),
            frame::MAX
        );
        failure = Some(Failure::unencodable("bytes", size));
    }
    let ok = failure.is_none();
    probe::say(|| Kind::TaskFinished {
        task: id,
        ok,
        error: failure.as_ref().map(|failure| Text::from(&failure.text)),
    });
    if let Some(failure) = failure {
        answer.truncate(ANSWER_HEAD);
        // Two texts, which every codec takes.
        let _ = call::append(&failure, answer);
    }
    frame::finish_answer(
        answer,
        Answer {
            job: task.job,
            index: task.index,
            task: id,
            results: ok.then_some(task.count),
        },
    );
}
