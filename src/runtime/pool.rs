//! `Pool`: workers that are made once and take tasks until there are no more.
//!
//! It is built as CPython's is. `apply_async` hands a task to a *task handler*, a thread that
//! writes it into the *inqueue*; a worker takes it under the read lock, runs it, and writes its
//! result into the *outqueue* under the write lock; a *result handler*, another thread, takes it
//! out and hands it to whoever asks. A third thread, the *worker handler*, replaces workers that
//! have ended. An error in a task reaches the caller through [`AsyncResult::get`], and only there.

mod call;
mod handlers;
mod result;
mod worker;

pub use result::AsyncResult;

use super::error::{Error, Result};
use super::probe;
use super::process::getpid;
use super::simple_queue::SimpleQueue;
use super::time::Deadline;
use super::{Process, label};
use crate::event::words::{Class, Operation, Outcome, Part};
use crate::event::{Kind, ObjectId, TaskId, Text};
use call::Code;
use result::Pending;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Display;
use std::panic::Location;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// A pool of worker processes: `multiprocessing.Pool`.
///
/// Dropped, it is terminated, as at the end of a `with`.
///
/// ```
/// use mpviz::runtime::{Error, Pool, Result};
///
/// fn square(n: u32) -> Result<u32> {
///     Ok(n * n)
/// }
///
/// # fn main() -> Result<()> {
/// let mut pool = Pool::new(2)?;
/// let nine = pool.apply_async(square, 3)?;
/// assert_eq!(nine.get()?, 9);
/// pool.close();
/// pool.join()
/// # }
/// ```
pub struct Pool {
    core: Arc<Core>,
    handlers: Vec<JoinHandle<()>>,
    maker: u32,
}

/// What the pool, its handlers and its workers share. Workers use the two queues and nothing else.
struct Core {
    object: ObjectId,
    size: usize,
    inqueue: SimpleQueue,
    outqueue: SimpleQueue,
    /// Stands in each task, so that stray bytes in the inqueue are never taken for one.
    cookie: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    phase: Phase,
    workers: Vec<Process>,
    /// Tasks that the task handler has not written yet; `None` ends it.
    waiting: VecDeque<Option<Task>>,
    /// Tasks whose results have not come.
    pending: BTreeMap<TaskId, Arc<Pending>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Default, Debug)]
enum Phase {
    #[default]
    Run,
    Close,
    Terminate,
}

struct Task {
    id: TaskId,
    message: Vec<u8>,
}

impl Core {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed
            .wait(state)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Makes a pool of as many workers, and starts them: daemonic, named `ForkPoolWorker-1` and so
    /// on.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if `workers` is 0, [`Error::Misuse`] in a daemonic process,
    /// [`Error::System`] if the system has not enough left.
    #[track_caller]
    pub fn new(workers: usize) -> Result<Pool> {
        probe::enter(Location::caller());
        if workers < 1 {
            let (value, range) = (workers.to_string(), "at least 1");
            return Err(Error::Argument {
                name: "workers",
                value,
                range,
            });
        }
        if super::current_process().daemon {
            return Err(Error::Misuse(
                "daemonic processes are not allowed to have children".into(),
            ));
        }
        let object = tell_created();
        let inqueue = SimpleQueue::part_of(object, Part::Inqueue)?;
        let outqueue = SimpleQueue::part_of(object, Part::Outqueue)?;
        let cookie = super::time::fresh_number();
        let (state, changed) = (Mutex::default(), Condvar::new());
        let core = Arc::new(Core {
            object,
            size: workers,
            inqueue,
            outqueue,
            cookie,
            state,
            changed,
        });
        let mut pool = Pool {
            core,
            handlers: Vec::new(),
            maker: getpid(),
        };
        // From here on a failure drops the pool, which ends what was started.
        worker::repopulate(&pool.core)?;
        handlers::start(&pool.core, &mut pool.handlers)?;
        Ok(pool)
    }

    /// Makes a pool of as many workers as this process may use CPUs.
    ///
    /// # Errors
    ///
    /// As [`Pool::new`].
    #[track_caller]
    pub fn with_default_size() -> Result<Pool> {
        Pool::new(std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// Submits a task: some worker calls `function` with `argument`. Returns at once.
    ///
    /// `function` is a function item or a closure that captures nothing, since the workers were
    /// forked before and know the program's functions, not its later values.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] after [`Pool::close`], [`Error::Message`] if the argument can't be
    /// encoded.
    #[track_caller]
    pub fn apply_async<F, A, R, E>(&self, function: F, argument: A) -> Result<AsyncResult<R>>
    where
        F: Fn(A) -> std::result::Result<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        E: Display,
    {
        probe::enter(Location::caller());
        let _ = function;
        let id = probe::next_task();
        let argument_bytes = postcard::to_allocvec(&argument).map_err(|source| Error::Message {
            verb: "encode",
            object: "inqueue".to_owned(),
            source,
        })?;
        let message = call::encode_task(&call::Task {
            cookie: self.core.cookie,
            task: id,
            code: Code::of::<F, A, R, E>(),
            argument: argument_bytes,
        })?;
        let mut state = self.core.state();
        if state.phase != Phase::Run {
            return Err(Error::Misuse("pool not running".into()));
        }
        probe::say(|| Kind::TaskSubmitted {
            pool: self.core.object,
            task: id,
            function: Text::from(format!(
                "{}({})",
                function_name::<F>(),
                label::of(&argument)
            )),
        });
        let pending = Arc::new(Pending::default());
        state.pending.insert(id, Arc::clone(&pending));
        state.waiting.push_back(Some(Task { id, message }));
        self.core.changed.notify_all();
        Ok(AsyncResult::new(id, pending))
    }

    /// No more tasks: once all are done, the workers end.
    #[track_caller]
    pub fn close(&self) {
        probe::enter(Location::caller());
        let mut state = self.core.state();
        if state.phase == Phase::Run {
            state.phase = Phase::Close;
            self.core.changed.notify_all();
        }
    }

    /// Ends the workers at once, whatever they do. Tasks that are not done are lost.
    #[track_caller]
    pub fn terminate(&mut self) {
        probe::enter(Location::caller());
        handlers::terminate(&self.core, &mut self.handlers);
    }

    /// Waits until the workers have ended.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] before [`Pool::close`] or [`Pool::terminate`].
    #[track_caller]
    pub fn join(&mut self) -> Result<()> {
        probe::enter(Location::caller());
        if self.core.state().phase == Phase::Run {
            return Err(Error::Misuse("pool is still running".into()));
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::JoinPool,
            object: Some(self.core.object),
            on: None,
            timeout: None,
        });
        for handler in self.handlers.drain(..) {
            // A handler's panic was told by the hook.
            let _ = handler.join();
        }
        let workers = std::mem::take(&mut self.core.state().workers);
        let joined = workers
            .iter()
            .filter_map(Process::started)
            .try_for_each(|worker| worker.wait(Operation::Join, Deadline::NEVER).map(|_| ()));
        let outcome = if joined.is_ok() {
            Outcome::Done
        } else {
            Outcome::Failed
        };
        probe::say(|| Kind::Unblocked {
            outcome,
            waker: None,
        });
        joined
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // A forked child has a copy of the pool, but the workers are not its own.
        if self.maker == getpid() && !(self.handlers.is_empty() && self.is_over()) {
            handlers::terminate(&self.core, &mut self.handlers);
        }
    }
}

impl Pool {
    fn is_over(&self) -> bool {
        let state = self.core.state();
        state.phase != Phase::Run && state.workers.is_empty()
    }
}

fn tell_created() -> ObjectId {
    let object = probe::next_object();
    probe::say(|| Kind::ObjectCreated {
        object,
        class: Class::Pool,
        name: Text::from("pool"),
        part_of: None,
        part: None,
        maxsize: None,
        capacity: None,
    });
    object
}

/// Returns a function's name without its path; a closure's is the function it stands in.
fn function_name<F>() -> &'static str {
    let path = std::any::type_name::<F>();
    let path = path.strip_suffix("::{{closure}}").unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}
