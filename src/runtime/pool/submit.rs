//! Submitting: `apply`, `map`, `starmap` and their kin; `imap` has a file of its own.
//!
//! Each function is a function item or a closure that captures nothing, since the workers were
//! forked before and know the program's functions, not its later values. It takes an encoded
//! argument and returns a `Result`.

use super::backlog::Work;
use super::call::{self, Code, StarFunction};
use super::callbacks::Callbacks;
use super::failure::Failure;
use super::frame::{self, Task};
use super::jobs::Job;
use super::labels::{call_label, chunk_label, function_name};
use super::lane::PAGE;
use super::result::{self, AsyncResult, Gather};
use super::{Pool, foreign};
use crate::event::Kind;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::process::getpid;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::panic::Location;
use std::sync::Arc;

/// What a task's function may return.
pub(super) type Returned<R, E> = std::result::Result<R, E>;

/// A function as tasks name it and as events do.
#[derive(Clone, Copy)]
pub(super) struct Function {
    pub(super) code: Code,
    pub(super) name: &'static str,
}

impl Function {
    pub(super) fn of<F, A, R, E>(_: F) -> Function
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: DeserializeOwned,
        R: Serialize,
        E: Display + 'static,
    {
        let (code, name) = (Code::of::<F, A, R, E>(), function_name::<F>());
        Function { code, name }
    }

    fn of_star<F, A>(_: F) -> Function
    where
        F: StarFunction<A>,
        A: DeserializeOwned,
        F::Value: Serialize,
        F::Error: Display + 'static,
    {
        let (code, name) = (Code::of_star::<F, A>(), function_name::<F>());
        Function { code, name }
    }
}

impl Pool {
    /// Has a worker call `function` with `argument`, and waits for what it returns: `apply()`.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let length = |text: String| Result::Ok(text.len());
    /// assert_eq!(pool.apply(length, "seven".to_owned())?, 5);
    /// let number = |text: String| text.parse::<u32>();
    /// assert_eq!(pool.apply(number, "seven".to_owned()).unwrap_err().kind(), "ValueError");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Pool::apply_async`] and [`AsyncResult::get`].
    #[track_caller]
    pub fn apply<F, A, R, E>(&self, function: F, argument: A) -> Result<R>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        self.apply_async(function, argument)?.get()
    }

    /// Submits a task: some worker calls `function` with `argument`: `apply_async()`. Returns at
    /// once. Several arguments are a tuple.
    ///
    /// # Errors
    ///
    /// [`Error::State`] (`ValueError`) after [`Pool::close`]. An argument that can't be encoded
    /// fails the task, as in CPython.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let join = |(a, b): (String, String)| Result::Ok(a + &b);
    /// let word = pool.apply_async(join, ("work".to_owned(), "er".to_owned()))?;
    /// assert_eq!(word.get()?, "worker");
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn apply_async<F, A, R, E>(&self, function: F, argument: A) -> Result<AsyncResult<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        self.apply_async_with(function, argument, Callbacks::new())
    }

    /// As [`Pool::apply_async`], with callbacks.
    ///
    /// # Errors
    ///
    /// As [`Pool::apply_async`].
    #[track_caller]
    pub fn apply_async_with<F, A, R, E>(
        &self,
        function: F,
        argument: A,
        callbacks: Callbacks<R>,
    ) -> Result<AsyncResult<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        probe::enter(Location::caller());
        self.check_own()?;
        let function = Function::of(function);
        let gather = Gather::one(callbacks);
        let job = self.core.jobs.add(Arc::clone(&gather) as Arc<dyn Job>)?;
        let task = self.task(function, job, 0, 1);
        probe::say(|| Kind::TaskSubmitted {
            pool: self.core.object,
            task: task.task,
            function: call_label(function.name, &argument),
        });
        let mut tasks = Vec::with_capacity(2 * frame::TASK_MIN);
        self.append(&task, std::slice::from_ref(&argument), &mut tasks);
        self.core.backlog.push_tasks(&mut tasks);
        Ok(AsyncResult::new(gather, result::one()))
    }

    /// Calls `function` with each item, and waits for all results: `map()`. Items travel in
    /// chunks of a quarter of each worker's share.
    ///
    /// # Errors
    ///
    /// As [`Pool::map_async`] and [`AsyncResult::get`]: the first error that came, once all
    /// chunks are done. An error ends its chunk.
    ///
    /// ```
    /// use mpviz::runtime::{Error, Pool, Result};
    ///
    /// fn half(n: u32) -> Result<u32> {
    ///     if n % 2 == 0 { Ok(n / 2) } else { Err(Error::State(format!("{n} is odd"))) }
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// assert_eq!(pool.map(half, [2, 4, 6])?, [1, 2, 3]);
    /// let failed = pool.map(half, [2, 5, 6]).expect_err("5 is odd");
    /// assert_eq!((failed.kind(), failed.to_string()), ("ValueError", "5 is odd".to_owned()));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn map<F, A, R, E>(&self, function: F, items: impl IntoIterator<Item = A>) -> Result<Vec<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        self.map_async(function, items)?.get()
    }

    /// As [`Pool::map`], in chunks of this size: `map(…, chunksize)`.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] (`ValueError`) if `chunksize` is 0 (CPython returns as many `None`
    /// then), else as [`Pool::map`].
    #[track_caller]
    pub fn map_chunked<F, A, R, E>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
        chunksize: usize,
    ) -> Result<Vec<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        self.map_async_with(function, items, Some(chunksize), Callbacks::new())?
            .get()
    }

    /// As [`Pool::map`], without waiting: `map_async()`. The items are collected first.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let squares = pool.map_async(|n: u32| Result::Ok(n * n), 1..=3)?;
    /// assert_eq!(squares.get()?, [1, 4, 9]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::State`] (`ValueError`) after [`Pool::close`].
    #[track_caller]
    pub fn map_async<F, A, R, E>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<R>>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        self.map_async_with(function, items, None, Callbacks::new())
    }

    /// As [`Pool::map_async`], with a chunk size and callbacks. Of no items the result is there
    /// at once, and no callback is called, as in CPython.
    ///
    /// # Errors
    ///
    /// As [`Pool::map_async`] and [`Pool::map_chunked`].
    ///
    /// ```
    /// use mpviz::runtime::pool::Callbacks;
    /// use mpviz::runtime::{Pool, Result};
    /// use std::sync::mpsc;
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let (send, sums) = mpsc::channel();
    /// let callbacks = Callbacks::new()
    ///     .callback(move |squares: Vec<u32>| drop(send.send(squares.iter().sum::<u32>())))
    ///     .error_callback(|error| mpviz::runtime::println!("{error}"));
    /// pool.map_async_with(|n: u32| Result::Ok(n * n), 0..4, Some(2), callbacks)?;
    /// assert_eq!(sums.recv().ok(), Some(14));
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn map_async_with<F, A, R, E>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
        chunksize: Option<usize>,
        callbacks: Callbacks<Vec<R>>,
    ) -> Result<AsyncResult<Vec<R>>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned + 'static,
        E: Display + 'static,
    {
        probe::enter(Location::caller());
        self.submit_chunks(Function::of(function), items, chunksize, callbacks)
    }

    /// Calls `function` with the items of each tuple, and waits for all results: `starmap()`.
    ///
    /// # Errors
    ///
    /// As [`Pool::map`].
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let power = |base: u32, exponent: u32| Result::Ok(base.pow(exponent));
    /// assert_eq!(pool.starmap(power, [(2, 3), (3, 2)])?, [8, 9]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn starmap<F, A>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<Vec<F::Value>>
    where
        F: StarFunction<A>,
        A: Serialize + DeserializeOwned,
        F::Value: Serialize + DeserializeOwned + 'static,
        F::Error: Display + 'static,
    {
        self.starmap_async(function, items)?.get()
    }

    /// As [`Pool::starmap`], without waiting: `starmap_async()`.
    ///
    /// # Errors
    ///
    /// As [`Pool::map_async`].
    #[track_caller]
    pub fn starmap_async<F, A>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
    ) -> Result<AsyncResult<Vec<F::Value>>>
    where
        F: StarFunction<A>,
        A: Serialize + DeserializeOwned,
        F::Value: Serialize + DeserializeOwned + 'static,
        F::Error: Display + 'static,
    {
        self.starmap_async_with(function, items, None, Callbacks::new())
    }

    /// As [`Pool::starmap_async`], with a chunk size and callbacks.
    ///
    /// # Errors
    ///
    /// As [`Pool::map_async_with`].
    #[track_caller]
    pub fn starmap_async_with<F, A>(
        &self,
        function: F,
        items: impl IntoIterator<Item = A>,
        chunksize: Option<usize>,
        callbacks: Callbacks<Vec<F::Value>>,
    ) -> Result<AsyncResult<Vec<F::Value>>>
    where
        F: StarFunction<A>,
        A: Serialize + DeserializeOwned,
        F::Value: Serialize + DeserializeOwned + 'static,
        F::Error: Display + 'static,
    {
        probe::enter(Location::caller());
        self.submit_chunks(Function::of_star(function), items, chunksize, callbacks)
    }
}

impl Pool {
    pub(super) fn check_own(&self) -> Result<()> {
        if self.maker == getpid() {
            Ok(())
        } else {
            Err(foreign())
        }
    }

    fn task(&self, function: Function, job: u32, index: u32, count: u32) -> Task {
        Task {
            cookie: self.core.cookie,
            code: function.code.number(),
            job,
            index,
            task: probe::next_task(),
            count,
        }
    }

    /// Appends a task with its arguments. One that can't be encoded fails, once the tasks before
    /// it are on their way.
    fn append<A: Serialize>(&self, task: &Task, arguments: &[A], tasks: &mut Vec<u8>) {
        let at = frame::begin_task(tasks);
        let encoded = arguments
            .iter()
            .try_for_each(|argument| call::append(argument, tasks))
            .map_err(Failure::unsendable);
        let appended = encoded.and_then(|()| {
            let finished = frame::finish_task(tasks, at, task);
            finished.map_err(|bytes| Failure::unsendable(format_args!("{bytes} bytes")))
        });
        if let Err(failure) = appended {
            tasks.truncate(at);
            let failed = Work::Failed(task.job, task.index, failure);
            self.core.backlog.push_tasks(tasks);
            self.core.backlog.push(failed);
        }
    }

    fn submit_chunks<A, R>(
        &self,
        function: Function,
        items: impl IntoIterator<Item = A>,
        chunksize: Option<usize>,
        callbacks: Callbacks<Vec<R>>,
    ) -> Result<AsyncResult<Vec<R>>>
    where
        A: Serialize,
        R: DeserializeOwned + 'static,
    {
        self.check_own()?;
        let core = &self.core;
        core.jobs.check_running()?;
        let items: Vec<A> = items.into_iter().collect();
        // As CPython has it: four chunks for each worker, the last ones maybe shorter.
        let usual = || items.len().div_ceil(4 * core.size).max(1);
        let chunksize = chunksize.map_or_else(|| Ok(usual()), check_chunksize)?;
        let chunks = items.len().div_ceil(chunksize);
        let chunks = u32::try_from(chunks).map_err(|_| Error::Argument {
            name: "items",
            value: items.len().to_string(),
            range: "less than 2^32 chunks",
        })?;
        let gather = Gather::chunks(items.len(), chunksize, chunks, callbacks);
        let result = AsyncResult::new(Arc::clone(&gather), result::all());
        if chunks == 0 {
            return Ok(result);
        }
        let job = core.jobs.add(gather)?;
        let mut tasks = Vec::with_capacity(2 * PAGE);
        for (index, chunk) in (0..).zip(items.chunks(chunksize)) {
            // No chunk is longer than there are items, and those may be many.
            let count = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
            let task = self.task(function, job, index, count);
            // Those of a page have one moment.
            probe::say_one_of(tasks.len(), || Kind::TaskSubmitted {
                pool: core.object,
                task: task.task,
                function: match chunk {
                    [argument] => call_label(function.name, argument),
                    _ => {
                        let first = index as usize * chunksize;
                        chunk_label(function.name, first..first + chunk.len())
                    }
                },
            });
            self.append(&task, chunk, &mut tasks);
            if tasks.len() >= PAGE {
                core.backlog.push_tasks(&mut tasks);
            }
        }
        core.backlog.push_tasks(&mut tasks);
        Ok(result)
    }
}

pub(super) fn check_chunksize(chunksize: usize) -> Result<usize> {
    if chunksize >= 1 {
        return Ok(chunksize);
    }
    Err(Error::Argument {
        name: "chunksize",
        value: chunksize.to_string(),
        range: "at least 1",
    })
}
