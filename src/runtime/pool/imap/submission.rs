//! Submitting an `imap`: its tasks are made while the task handler asks for them.

use super::{Imap, Order, Stream};
use crate::event::{Kind, ObjectId, TaskId, Text};
use crate::runtime::error::Result;
use crate::runtime::pool::Pool;
use crate::runtime::pool::backlog::{Lazy, Work};
use crate::runtime::pool::call;
use crate::runtime::pool::failure::Failure;
use crate::runtime::pool::frame;
use crate::runtime::pool::jobs::{Job, Jobs};
use crate::runtime::pool::labels::{call_label, chunk_label};
use crate::runtime::pool::submit::{Function, Returned, check_chunksize};
use crate::runtime::probe;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;

impl Pool {
    /// Calls `function` with each item, and returns the results one after the other, in the
    /// items' order: `imap()`.
    ///
    /// The pool's task handler asks for the items, as fast as the inqueue takes them, so they may
    /// have no end; until it is through with them it writes no other task. A panic of the
    /// iteration is its last result.
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// // The items have no end; what is taken has.
    /// let mut doubles = pool.imap(|n: u32| Result::Ok(2 * n), 1..)?;
    /// assert_eq!(doubles.next().transpose()?, Some(2));
    /// assert_eq!(doubles.next().transpose()?, Some(4));
    /// pool.terminate()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::State`](crate::runtime::Error::State) (`ValueError`) after [`Pool::close`].
    #[track_caller]
    pub fn imap<F, A, R, E, I>(&self, function: F, items: I) -> Result<Imap<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        E: Display + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'static,
    {
        self.imap_chunked(function, items, 1)
    }

    /// As [`Pool::imap`], in chunks of this size: `imap(…, chunksize)`. See [`Imap`] for what an
    /// error is then.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`](crate::runtime::Error::Argument) (`ValueError`) if `chunksize` is 0, else as [`Pool::imap`].
    #[track_caller]
    pub fn imap_chunked<F, A, R, E, I>(
        &self,
        function: F,
        items: I,
        chunksize: usize,
    ) -> Result<Imap<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        E: Display + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'static,
    {
        probe::enter(Location::caller());
        let function = Function::of(function);
        self.submit_lazy(function, items, chunksize, Order::Arguments)
    }

    /// As [`Pool::imap`], with the results in the order in which they come: `imap_unordered()`.
    ///
    /// # Errors
    ///
    /// As [`Pool::imap`].
    ///
    /// ```
    /// use mpviz::runtime::{Pool, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let pool = Pool::new(2)?;
    /// let squares = pool.imap_unordered(|n: u32| Result::Ok(n * n), 0..100)?;
    /// // Results come while tasks are still being made: nothing piles up.
    /// assert_eq!(squares.sum::<Result<u32>>()?, 328_350);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn imap_unordered<F, A, R, E, I>(&self, function: F, items: I) -> Result<Imap<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        E: Display + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'static,
    {
        self.imap_unordered_chunked(function, items, 1)
    }

    /// As [`Pool::imap_unordered`], in chunks of this size.
    ///
    /// # Errors
    ///
    /// As [`Pool::imap_chunked`].
    #[track_caller]
    pub fn imap_unordered_chunked<F, A, R, E, I>(
        &self,
        function: F,
        items: I,
        chunksize: usize,
    ) -> Result<Imap<R>>
    where
        F: Fn(A) -> Returned<R, E> + Copy + 'static,
        A: Serialize + DeserializeOwned,
        R: Serialize + DeserializeOwned,
        E: Display + 'static,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'static,
    {
        probe::enter(Location::caller());
        let function = Function::of(function);
        self.submit_lazy(function, items, chunksize, Order::Coming)
    }

    fn submit_lazy<A, R, I>(
        &self,
        function: Function,
        items: I,
        chunksize: usize,
        order: Order,
    ) -> Result<Imap<R>>
    where
        A: Serialize,
        R: DeserializeOwned,
        I: IntoIterator<Item = A>,
        I::IntoIter: Send + 'static,
    {
        self.check_own()?;
        let core = &self.core;
        core.jobs.check_running()?;
        let chunksize = check_chunksize(chunksize)?;
        let stream = Stream::new(order);
        let job = core.jobs.add(Arc::clone(&stream) as Arc<dyn Job>)?;
        let task = frame::Task {
            cookie: core.cookie,
            code: function.code.number(),
            job,
            index: 0,
            task: TaskId(0),
            count: 0,
        };
        core.backlog.push(Work::Lazy(Box::new(Submission {
            items: items.into_iter(),
            chunksize,
            stream: Arc::clone(&stream),
            pool: core.object,
            task,
            function: function.name,
        })));
        Ok(Imap::new(stream, chunksize))
    }
}

/// The tasks of an `imap`, made as the task handler asks for them.
pub(super) struct Submission<I> {
    pub(super) items: I,
    pub(super) chunksize: usize,
    pub(super) stream: Arc<Stream>,
    pub(super) pool: ObjectId,
    /// All but the task's own fields, which are set for each.
    pub(super) task: frame::Task,
    pub(super) function: &'static str,
}

/// What a chunk of an iteration is.
enum Chunk {
    /// So many arguments, and what events say of it.
    Filled(u32, Text),
    /// Nothing: the iteration is over.
    Nothing,
    /// It can't be sent.
    Failed(Failure),
}

impl<I> Lazy for Submission<I>
where
    I: Iterator + Send,
    I::Item: Serialize,
{
    fn append_next(&mut self, out: &mut Vec<u8>, jobs: &Jobs) -> bool {
        let begin = out.len();
        let at = frame::begin_task(out);
        // The iteration is the program's own; after a panic it is never asked again.
        let filled = catch_unwind(AssertUnwindSafe(|| self.fill(out)));
        let (chunk, ends) = match filled {
            Ok(chunk) => (chunk, false),
            Err(panic) => (Chunk::Failed(Failure::of_panic(&*panic)), true),
        };
        let failed = match chunk {
            Chunk::Nothing => {
                out.truncate(begin);
                self.end(jobs);
                return false;
            }
            Chunk::Filled(count, function) => {
                let (pool, task) = (self.pool, probe::next_task());
                (self.task.task, self.task.count) = (task, count);
                probe::say(|| Kind::TaskSubmitted {
                    pool,
                    task,
                    function,
                });
                frame::finish_task(out, at, &self.task)
                    .map_err(|bytes| Failure::unsendable(format_args!("{bytes} bytes")))
                    .err()
            }
            Chunk::Failed(failure) => Some(failure),
        };
        let index = self.task.index;
        self.task.index += 1;
        if let Some(failure) = failed {
            out.truncate(begin);
            jobs.bring(self.task.job, index, failure);
        }
        if ends {
            self.end(jobs);
        }
        !ends
    }
}

impl<I> Submission<I>
where
    I: Iterator + Send,
    I::Item: Serialize,
{
    /// Appends a chunk's arguments.
    fn fill(&mut self, out: &mut Vec<u8>) -> Chunk {
        let mut count = 0;
        let mut failure = None;
        let mut function = Text::default();
        while (count as usize) < self.chunksize {
            let Some(argument) = self.items.next() else {
                break;
            };
            if self.chunksize == 1 && probe::is_on() {
                function = call_label(self.function, &argument);
            }
            count += 1;
            if let Err(error) = call::append(&argument, out) {
                failure.get_or_insert(Failure::unsendable(error));
            }
        }
        if count == 0 {
            return Chunk::Nothing;
        }
        if self.chunksize > 1 && probe::is_on() {
            let first = self.task.index as usize * self.chunksize;
            function = chunk_label(self.function, first..first + count as usize);
        }
        failure.map_or(Chunk::Filled(count, function), Chunk::Failed)
    }

    fn end(&self, jobs: &Jobs) {
        if self.stream.set_length(self.task.index) {
            jobs.remove([self.task.job]);
        }
    }
}
