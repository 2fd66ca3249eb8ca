//! How a pool is made.

use super::backlog::Backlog;
use super::bell::Bell;
use super::jobs::Jobs;
use super::lane::Lane;
use super::{Core, Initializer, Pool, handlers, worker};
use crate::event::words::{Class, Part};
use crate::event::{Kind, ObjectId, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::exit::Target;
use crate::runtime::process::getpid;
use crate::runtime::{current_process, probe, time};
use std::num::NonZero;
use std::panic::Location;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// What a pool is made of: the keyword arguments of `multiprocessing.Pool`.
///
/// ```
/// use mpviz::runtime::{Pool, Result, getpid};
///
/// # fn main() -> Result<()> {
/// let pool = Pool::builder()
///     .processes(2)
///     .initializer(|word: String| assert_eq!(word, "begin"), "begin".to_owned())
///     .maxtasksperchild(1)
///     .build()?;
/// let pid = |_: u32| Result::Ok(getpid());
/// // Each task ends its worker, and another takes its place.
/// assert_ne!(pool.apply(pid, 0)?, pool.apply(pid, 0)?);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
#[must_use]
pub struct PoolBuilder {
    processes: Option<usize>,
    initializer: Option<Initializer>,
    max_tasks: Option<usize>,
}

impl PoolBuilder {
    /// Sets how many workers there are: `processes`. Without it: as many as this process may use
    /// CPUs.
    pub fn processes(mut self, processes: usize) -> PoolBuilder {
        self.processes = Some(processes);
        self
    }

    /// Sets what each worker calls first: `initializer` and `initargs`. It may capture what it
    /// likes, the workers are forks of this process; each gets a clone of the argument.
    ///
    /// An `Err` or a panic ends the worker with exit code 1 and is told on stderr; another takes
    /// its place, and if that one fails too another again, without end, as in CPython.
    pub fn initializer<A, T>(
        mut self,
        initializer: impl Fn(A) -> T + Send + Sync + 'static,
        argument: A,
    ) -> PoolBuilder
    where
        A: Clone + Send + Sync + 'static,
        T: Target,
    {
        self.initializer = Some(Box::new(move || initializer(argument.clone()).into_exit()));
        self
    }

    /// Sets after how many tasks a worker ends and another takes its place: `maxtasksperchild`. A
    /// chunk counts as one. Without it workers live as long as the pool.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result, getpid};
    /// use std::collections::BTreeSet;
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::builder().processes(1).maxtasksperchild(2).build()?;
    /// let pids = pool.map_chunked(|_: u32| Result::Ok(getpid()), 0..4, 1)?;
    /// assert_eq!(BTreeSet::from_iter(pids).len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn maxtasksperchild(mut self, tasks: usize) -> PoolBuilder {
        self.max_tasks = Some(tasks);
        self
    }

    /// Makes the pool and starts its workers: daemonic, named `ForkPoolWorker-1` and so on.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] (`ValueError`) if `processes` or `maxtasksperchild` is 0,
    /// [`Error::Misuse`] (`AssertionError`) in a daemonic process, [`Error::System`] if the system
    /// has not enough left.
    #[track_caller]
    pub fn build(self) -> Result<Pool> {
        probe::enter(Location::caller());
        let all = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let size = at_least_one("processes", self.processes.unwrap_or_else(all))?;
        let max_tasks = self
            .max_tasks
            .map(|tasks| at_least_one("maxtasksperchild", tasks))
            .transpose()?;
        if current_process().daemon {
            return Err(Error::Misuse(
                "daemonic processes are not allowed to have children".into(),
            ));
        }
        let object = tell_created();
        let changed = Arc::new(Bell::new()?);
        let core = Arc::new(Core {
            object,
            size,
            initializer: self.initializer,
            // Nobody lives to see more.
            max_tasks: max_tasks.map(|tasks| u32::try_from(tasks).unwrap_or(u32::MAX)),
            inqueue: Lane::part_of(object, Part::Inqueue)?,
            outqueue: Lane::part_of(object, Part::Outqueue)?,
            cookie: time::fresh_number(),
            workers: Mutex::default(),
            backlog: Backlog::default(),
            jobs: Jobs::new(Arc::clone(&changed)),
            changed,
            quit: Bell::new()?,
            finish: Bell::new()?,
            is_written: AtomicBool::new(false),
        });
        let pool = Pool {
            core,
            handlers: Mutex::default(),
            maker: getpid(),
        };
        // From here on a failure drops the pool, which ends what was started.
        worker::repopulate(&pool.core)?;
        handlers::start(&pool.core, &mut pool.handlers())?;
        Ok(pool)
    }
}

fn at_least_one(name: &'static str, value: usize) -> Result<usize> {
    if value < 1 {
        let (value, range) = (value.to_string(), "at least 1");
        return Err(Error::Argument { name, value, range });
    }
    Ok(value)
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
