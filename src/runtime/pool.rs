//! `Pool`: workers that are made once and take tasks until there are no more.
//!
//! It is built as CPython's is. A submission hands its tasks to a *task handler*, a thread that
//! writes them into the *inqueue*; a worker takes one under the read lock, runs it, and writes its
//! answer into the *outqueue* under the write lock; a *result handler*, another thread, takes it
//! out and hands it to whoever asks. A third thread, the *worker handler*, replaces workers that
//! have ended. An error in a task reaches the caller through its result, and only there.
//!
//! As in CPython, too: a task is lost with the worker that it was in, and whoever waits for it
//! waits for ever, `join` after `close` included; a worker that is killed while it waits for a
//! task takes the read lock along, and no worker gets a task any more. What differs: `terminate`
//! ends the pool even then, where CPython's waits for that lock. The handlers are told of the end
//! by bells, not by messages in the outqueue. And a pool always forks its workers: a task names
//! its function by its address.
//!
//! Reading order: `submit` is what a caller does, `backlog`, `lane`, `worker`, `results` are a
//! task's way, `jobs` is who waits for it, `result` and `imap` what it comes to; `frame` and
//! `call` are its forms, `handlers` the threads.

mod backlog;
mod bell;
mod builder;
mod bytes;
mod call;
mod callbacks;
mod failure;
mod frame;
mod handlers;
mod imap;
mod jobs;
mod labels;
mod lane;
mod result;
mod results;
mod submit;
mod worker;

pub use builder::PoolBuilder;
pub use call::StarFunction;
pub use callbacks::Callbacks;
pub use imap::Imap;
pub use result::AsyncResult;

use super::error::{Error, Result};
use super::probe;
use super::process::{Child, Process, getpid};
use super::time::Deadline;
use crate::event::words::{Operation, Outcome};
use crate::event::{Kind, ObjectId};
use backlog::Backlog;
use bell::Bell;
use jobs::{Jobs, Phase};
use lane::Lane;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// A pool of worker processes: `multiprocessing.Pool`.
///
/// Dropped, it is terminated, as at the end of a `with`. It belongs to the process that made it: a
/// forked child's copy takes no tasks (in CPython it takes them, and nobody ever answers), and its
/// drop does nothing.
///
/// ```
/// use mpviz::runtime::{Pool, Result};
///
/// fn square(n: u32) -> Result<u32> {
///     Ok(n * n)
/// }
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// assert_eq!(pool.map(square, 0..5)?, [0, 1, 4, 9, 16]);
/// let nine = pool.apply_async(square, 3)?;
/// assert_eq!(nine.get()?, 9);
/// pool.close();
/// pool.join()
/// # }
/// ```
pub struct Pool {
    core: Arc<Core>,
    handlers: Mutex<Vec<JoinHandle<()>>>,
    maker: u32,
}

/// What each worker runs first; returns an exit code, or an error's message.
type Initializer = Box<dyn Fn() -> std::result::Result<i32, String> + Send + Sync>;

/// What the pool, its handlers and its workers share. Workers use the lanes and what never
/// changes, and nothing else.
struct Core {
    object: ObjectId,
    size: usize,
    initializer: Option<Initializer>,
    max_tasks: Option<u32>,
    inqueue: Lane,
    outqueue: Lane,
    /// Stands in each task, so that stray bytes in the inqueue are never taken for one.
    cookie: u64,
    workers: Mutex<Vec<Process>>,
    backlog: Backlog,
    jobs: Jobs,
    /// Rings when the worker handler is to look.
    changed: Arc<Bell>,
    /// Rings when the pool is terminated.
    quit: Bell,
    /// Rings when the task handler has ended: no more tasks, so no more answers.
    finish: Bell,
    /// Set before `finish` rings.
    is_written: AtomicBool,
}

impl Core {
    fn workers(&self) -> MutexGuard<'_, Vec<Process>> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn children(&self) -> Vec<Arc<Child>> {
        self.workers()
            .iter()
            .filter_map(|worker| worker.started().cloned())
            .collect()
    }

    /// Returns whether no answer is to come any more, or none is to be waited for.
    fn is_finished(&self) -> bool {
        // Acquire pairs with the task handler's Release: whatever it told jobs is told.
        self.is_written.load(Ordering::Acquire) || self.jobs.phase() == Phase::Terminate
    }
}

/// A worker, as its pool knows it: an item of CPython's `pool._pool`.
///
/// ```
/// use mpviz::runtime::{Pool, Result};
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// let workers = pool.workers()?;
/// assert!(workers.iter().all(|worker| worker.name.starts_with("ForkPoolWorker-")));
/// assert!(workers.iter().all(|worker| worker.exitcode.is_none()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct PoolWorker {
    /// Its name.
    pub name: String,
    /// Its pid.
    pub pid: Option<u32>,
    /// How it ended: `None` while it lives, −N if signal N ended it.
    pub exitcode: Option<i32>,
}

impl Pool {
    /// Makes a pool of as many workers, and starts them: daemonic, named `ForkPoolWorker-1` and so
    /// on.
    ///
    /// # Errors
    ///
    /// As [`PoolBuilder::build`].
    #[track_caller]
    pub fn new(workers: usize) -> Result<Pool> {
        Pool::builder().processes(workers).build()
    }

    /// Makes a pool of as many workers as this process may use CPUs (CPython before 3.13 takes all
    /// CPUs).
    ///
    /// # Errors
    ///
    /// As [`PoolBuilder::build`].
    #[track_caller]
    pub fn with_default_size() -> Result<Pool> {
        Pool::builder().build()
    }

    /// Returns what sets a pool's arguments: `processes`, `initializer`, `maxtasksperchild`.
    pub fn builder() -> PoolBuilder {
        PoolBuilder::default()
    }

    fn handlers(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.handlers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the workers that there are now, the longest-lived first. After [`Pool::join`] or
    /// [`Pool::terminate`]: those that were the last, with their exit codes.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] in another process than the pool's.
    pub fn workers(&self) -> Result<Vec<PoolWorker>> {
        self.core
            .workers()
            .iter()
            .map(|worker| {
                Ok(PoolWorker {
                    name: worker.name().to_owned(),
                    pid: worker.pid()?,
                    exitcode: worker.exitcode()?,
                })
            })
            .collect()
    }

    /// No more tasks: once all are done, the workers end: `close()`. A second time it does
    /// nothing.
    #[track_caller]
    pub fn close(&self) {
        probe::enter(Location::caller());
        if self.maker == getpid() {
            self.core.jobs.reach(Phase::Close);
        }
    }

    /// Ends the workers at once, whatever they do: `terminate()`. Tasks that are not done are
    /// lost; who waits for one waits for ever. A second time it does nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] (`AssertionError`) if a callback has failed before: results were lost.
    /// The workers are ended all the same (CPython leaves them to the program's end).
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result, sleep};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(1)?;
    /// pool.apply_async(|seconds: f64| sleep(seconds), 60.0)?;
    /// pool.terminate()?;
    /// assert!(pool.workers()?[0].exitcode.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn terminate(&self) -> Result<()> {
        probe::enter(Location::caller());
        if self.maker != getpid() {
            return Err(foreign());
        }
        if self.end() && self.core.jobs.is_stuck() {
            return Err(Error::Misuse(
                "results were lost: a callback has failed, and the result handler with it".into(),
            ));
        }
        Ok(())
    }

    /// Terminates; returns whether it was the first to do so.
    fn end(&self) -> bool {
        let is_first = self.core.jobs.phase() != Phase::Terminate;
        let handlers = std::mem::take(&mut *self.handlers());
        handlers::terminate(&self.core, handlers);
        is_first
    }

    /// Waits until the workers have ended: `join()`. For ever, if a task was lost with its worker
    /// or a callback failed.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let four = pool.apply_async(|n: u32| Result::Ok(n + n), 2)?;
    /// assert_eq!(pool.join().unwrap_err().kind(), "ValueError");
    /// pool.close();
    /// pool.join()?;
    /// assert_eq!(four.get()?, 4);
    /// assert_eq!(pool.apply(|n: u32| Result::Ok(n), 1).unwrap_err().kind(), "ValueError");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::State`] (`ValueError`) before [`Pool::close`] or [`Pool::terminate`].
    #[track_caller]
    pub fn join(&self) -> Result<()> {
        probe::enter(Location::caller());
        if self.maker != getpid() {
            return Err(foreign());
        }
        if self.core.jobs.phase() == Phase::Run {
            return Err(Error::State("the pool is still running".into()));
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::JoinPool,
            object: Some(self.core.object),
            on: None,
            timeout: None,
        });
        let handlers = std::mem::take(&mut *self.handlers());
        handlers::join(handlers);
        let workers = self.core.children();
        let joined = workers
            .iter()
            .try_for_each(|worker| worker.wait(Operation::Join, Deadline::NEVER).map(|_| ()));
        let (outcome, waker) = match joined {
            Ok(()) => (Outcome::Done, workers.last().map(|worker| worker.actor)),
            Err(_) => (Outcome::Failed, None),
        };
        probe::say(|| Kind::Unblocked { outcome, waker });
        joined
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // A forked child has a copy of the pool, but the workers are not its own.
        if self.maker == getpid() {
            self.end();
        }
    }
}

fn foreign() -> Error {
    Error::Misuse("a pool can be used only by the process that made it".into())
}
