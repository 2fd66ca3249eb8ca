//! `Queue`: what processes hand items over with.
//!
//! It is what CPython's is: in each process that puts, a buffer and a feeder thread; for all of
//! them a write lock, one pipe and a read lock; with a bound, a semaphore of free places. `put`
//! returns when the item is in the buffer, so a process that has put lives until its buffer is in
//! the pipe. A process that is killed inside `get` takes the read lock along.

mod feeder;

use super::error::{Error, Result};
use super::fork_local::ForkLocal;
use super::locked_pipe::{LockedPipe, Locking};
use super::sync::Slots;
use super::time::Deadline;
use super::wait::Wait;
use super::{io, label, message, pipe, probe};
use crate::event::words::{Class, Operation, Outcome, Part};
use crate::event::{Kind, MessageId, ObjectId, Text};
use feeder::Local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A queue of items between any number of processes: `multiprocessing.Queue`.
///
/// A clone is the same queue, and so is the copy that a forked child has.
///
/// ```
/// use mpviz::runtime::{Process, Queue, Result};
///
/// # fn main() -> Result<()> {
/// let q: Queue<String> = Queue::named("q")?;
/// let writer = Process::new().start(|| q.put("hello".to_owned()))?;
/// assert_eq!(q.get()?, "hello");
/// writer.join()
/// # }
/// ```
pub struct Queue<T> {
    core: Arc<Core>,
    items: PhantomData<fn(T) -> T>,
}

/// What the feeder needs of a queue, whatever its items are.
struct Core {
    object: ObjectId,
    pipe: LockedPipe,
    name: String,
    maxsize: Option<u32>,
    /// Free places, where there is a bound.
    slots: Option<Slots>,
    local: ForkLocal<Arc<Local>>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            core: Arc::clone(&self.core),
            items: PhantomData,
        }
    }
}

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// Makes a queue without a bound.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no descriptor or memory left.
    #[track_caller]
    pub fn named(name: &str) -> Result<Queue<T>> {
        probe::enter(Location::caller());
        Queue::make(name, None)
    }

    /// Makes a queue that takes `maxsize` items at most; with 0 it has no bound.
    ///
    /// # Errors
    ///
    /// [`Error::Argument`] if `maxsize` is beyond what a semaphore counts, else as
    /// [`Queue::named`].
    #[track_caller]
    pub fn bounded(name: &str, maxsize: usize) -> Result<Queue<T>> {
        probe::enter(Location::caller());
        let wrong = |_| Error::Argument {
            name: "maxsize",
            value: maxsize.to_string(),
            range: "less than 2^32",
        };
        let maxsize = u32::try_from(maxsize).map_err(wrong)?;
        Queue::make(name, Some(maxsize).filter(|&maxsize| maxsize > 0))
    }

    fn make(name: &str, maxsize: Option<u32>) -> Result<Queue<T>> {
        let object = probe::next_object();
        probe::say(|| Kind::ObjectCreated {
            object,
            class: Class::Queue,
            name: Text::from(name),
            part_of: None,
            part: None,
            maxsize: maxsize.map(u64::from),
            capacity: None,
        });
        let pipe = LockedPipe::of_queue(object)?;
        let slots = maxsize
            .map(|n| Slots::new(n, Some((object, Part::Slots))))
            .transpose()?;
        let name = name.to_owned();
        let local = ForkLocal::new(Arc::default);
        let core = Core {
            object,
            pipe,
            name,
            maxsize,
            slots,
            local,
        };
        Ok(Queue {
            core: Arc::new(core),
            items: PhantomData,
        })
    }

    /// Puts an item into the buffer; the feeder moves it on. Waits while a bounded queue is full.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after [`Queue::close`], [`Error::Message`] if the item can't be encoded
    /// (CPython finds that out in the feeder, and only prints it).
    #[track_caller]
    pub fn put(&self, item: T) -> Result<()> {
        probe::enter(Location::caller());
        self.put_until(&item, Deadline::NEVER)
    }

    /// Puts an item, waiting at most so long for a free place.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] if there was none, else as [`Queue::put`].
    #[track_caller]
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<()> {
        probe::enter(Location::caller());
        self.put_until(&item, Deadline::after(Some(timeout)))
    }

    /// Puts an item if there is a free place now.
    ///
    /// # Errors
    ///
    /// As [`Queue::put_timeout`].
    #[track_caller]
    pub fn put_nowait(&self, item: T) -> Result<()> {
        probe::enter(Location::caller());
        self.put_until(&item, Deadline::after(Some(Duration::ZERO)))
    }

    fn put_until(&self, item: &T, deadline: Deadline) -> Result<()> {
        let core = &self.core;
        let local = core.local.get();
        local.check_open(core)?;
        let id = probe::next_message();
        let bytes = message::encode(id, item, 0, &core.name)?;
        core.take_slot(deadline)?;
        probe::say(|| Kind::MessagePut {
            object: core.object,
            message: id,
            bytes: bytes.len() as u64,
            label: label::of(item),
        });
        local.push(core, id, bytes)
    }

    /// Gets the next item. Waits until there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`] after [`Queue::close`], [`Error::Message`] if the item is of another
    /// type: it is gone then, and the queue goes on.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        probe::enter(Location::caller());
        self.get_until(Deadline::NEVER)
    }

    /// Gets the next item, waiting at most so long.
    ///
    /// # Errors
    ///
    /// [`Error::Empty`] if there was none, else as [`Queue::get`].
    #[track_caller]
    pub fn get_timeout(&self, timeout: Duration) -> Result<T> {
        probe::enter(Location::caller());
        self.get_until(Deadline::after(Some(timeout)))
    }

    /// Gets the next item if there is one in the pipe now.
    ///
    /// # Errors
    ///
    /// As [`Queue::get_timeout`].
    #[track_caller]
    pub fn get_nowait(&self) -> Result<T> {
        probe::enter(Location::caller());
        self.get_until(Deadline::after(Some(Duration::ZERO)))
    }

    fn get_until(&self, deadline: Deadline) -> Result<T> {
        let core = &self.core;
        core.local.get().check_open(core)?;
        let mut wait = Wait::new(Operation::Get, core.object, deadline);
        let got = core.receive(deadline, &mut wait);
        let sender = got.as_ref().ok().map(|(id, _)| id.sender);
        wait.end(pipe::outcome_of(&got), sender);
        let (id, value) = got?;
        message::decode_received(id, &value, &core.name)
    }

    /// Closes the queue for this process: what is in its buffer is still written.
    pub fn close(&self) {
        self.core.local.get().close();
    }

    /// Waits until this process's buffer is in the pipe.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`] before [`Queue::close`].
    #[track_caller]
    pub fn join_thread(&self) -> Result<()> {
        probe::enter(Location::caller());
        let local = self.core.local.get();
        if !local.is_closed() {
            return Err(Error::Misuse("join_thread() before close()".into()));
        }
        local.join_feeder(self.core.object);
        Ok(())
    }

    /// Lets this process end without its buffer being written: items may be lost.
    pub fn cancel_join_thread(&self) {
        self.core.local.get().cancel_join();
    }

    /// Returns whether nothing is in the pipe at this moment; what is in buffers does not count.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the kernel can't tell.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(!io::wait_readable(
            self.core.pipe.reader(),
            Deadline::after(Some(Duration::ZERO)),
        )?)
    }
}

impl Core {
    /// Takes a free place of a bounded queue.
    fn take_slot(&self, deadline: Deadline) -> Result<()> {
        let (Some(slots), Some(maxsize)) = (&self.slots, self.maxsize) else {
            return Ok(());
        };
        if slots.try_acquire() {
            return Ok(());
        }
        let mut wait = Wait::new(Operation::Put, self.object, deadline);
        wait.begin();
        let taken = slots.wait(deadline);
        let outcome = if taken { Outcome::Done } else { Outcome::Full };
        wait.end(outcome, taken.then(|| slots.releaser()).flatten());
        if !taken {
            return Err(Error::Full {
                queue: self.name.clone(),
                maxsize: u64::from(maxsize),
            });
        }
        slots.tell_count();
        Ok(())
    }

    /// Takes the next message out of the pipe, under the read lock.
    fn receive(&self, deadline: Deadline, wait: &mut Wait) -> Result<(MessageId, Vec<u8>)> {
        let empty = || Error::Empty {
            queue: self.name.clone(),
        };
        let received = self.pipe.receive(deadline, wait, Locking::Locked);
        if let (Ok(Some(_)), Some(slots)) = (&received, &self.slots) {
            slots.release();
        }
        received?.ok_or_else(empty)
    }
}
