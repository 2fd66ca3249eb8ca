//! `SimpleQueue`: a locked pipe and nothing else.

use crate::event::Text;
use crate::event::words::{Class, End, Operation};
use crate::event::{Kind, ObjectId};
use crate::runtime::error::{Error, Result};
use crate::runtime::locked_pipe::{LockedPipe, PipeWire};
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use crate::runtime::{label, message, pipe, probe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

/// A queue without a buffer and a feeder: `multiprocessing.SimpleQueue`.
///
/// `put` itself writes into the pipe, so it waits while the pipe is full, and what was put is there
/// at once. A clone is the same queue.
///
/// ```
/// use mpviz::runtime::{Process, Result, SimpleQueue};
///
/// # fn main() -> Result<()> {
/// let q: SimpleQueue<u32> = SimpleQueue::named("answers")?;
/// let child = Process::new().start(|| q.put(42))?;
/// assert_eq!(q.get()?, 42);
/// child.join()?;
/// assert!(q.is_empty()?);
/// # Ok(())
/// # }
/// ```
pub struct SimpleQueue<T> {
    pub(super) inner: Arc<Inner>,
    pub(super) items: PhantomData<fn(T) -> T>,
}

pub(super) struct Inner {
    object: ObjectId,
    name: String,
    pipe: LockedPipe,
}

/// What is written down of a queue for a process that is spawned.
#[derive(Serialize, Deserialize)]
pub(super) struct InnerWire {
    object: ObjectId,
    name: String,
    pipe: PipeWire,
}

impl Inner {
    /// Gives it to a process that is spawned.
    pub(super) fn give(&self) -> Result<InnerWire> {
        Ok(InnerWire {
            object: self.object,
            name: self.name.clone(),
            pipe: self.pipe.give("SimpleQueue", &self.name)?,
        })
    }

    /// Takes one that was given.
    pub(super) fn take(wire: InnerWire) -> Result<Inner> {
        Ok(Inner {
            object: wire.object,
            name: wire.name,
            pipe: wire.pipe.take()?,
        })
    }
}

impl<T> Clone for SimpleQueue<T> {
    fn clone(&self) -> Self {
        SimpleQueue {
            inner: Arc::clone(&self.inner),
            items: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for SimpleQueue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimpleQueue")
            .field("name", &self.inner.name)
            .finish_non_exhaustive()
    }
}

impl<T: Serialize + DeserializeOwned> SimpleQueue<T> {
    /// Makes a queue.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no descriptor or memory left.
    #[track_caller]
    pub fn named(name: &str) -> Result<SimpleQueue<T>> {
        probe::enter(Location::caller());
        let object = probe::next_object();
        probe::say(|| Kind::ObjectCreated {
            object,
            class: Class::SimpleQueue,
            name: Text::from(name),
            part_of: None,
            part: None,
            maxsize: None,
            capacity: None,
        });
        let inner = Inner {
            object,
            name: name.to_owned(),
            pipe: LockedPipe::of_queue(object)?,
        };
        Ok(SimpleQueue {
            inner: Arc::new(inner),
            items: PhantomData,
        })
    }

    /// Puts an item into the pipe. Waits while that is full.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] (OSError) after [`SimpleQueue::close`]; [`Error::Message`],
    /// [`Error::TooLarge`] and [`Error::Memory`] if no message can be made of the item.
    #[track_caller]
    pub fn put(&self, item: T) -> Result<()> {
        probe::enter(Location::caller());
        let Inner { object, name, pipe } = &*self.inner;
        pipe.check_open(End::Write, name)?;
        let id = probe::next_message();
        let bytes = message::encode(id, &item, 0, name)?;
        let label = probe::is_on().then(|| label::of(&item));
        let wait = Wait::new(Operation::Put, *object, Deadline::NEVER);
        pipe.send(id, &bytes, label.as_deref(), wait)
    }

    /// Gets the next item. Waits until there is one.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] (OSError) after [`SimpleQueue::close`], [`Error::Undecodable`] if the
    /// item is no value of the type: it is gone then, and the queue goes on.
    #[track_caller]
    pub fn get(&self) -> Result<T> {
        probe::enter(Location::caller());
        let Inner { object, name, pipe } = &*self.inner;
        pipe.check_open(End::Read, name)?;
        let mut wait = Wait::new(Operation::Get, *object, Deadline::NEVER);
        let got = pipe.receive(Deadline::NEVER, &mut wait);
        let got = got.and_then(|got| got.ok_or(Error::Eof));
        let sender = got.as_ref().ok().map(|received| received.id.sender);
        wait.end(pipe::outcome_of(&got), sender);
        got?.decode(name)
    }

    /// Returns whether nothing is in the pipe: `empty()`.
    ///
    /// # Errors
    ///
    /// [`Error::ClosedHandle`] (OSError) after [`SimpleQueue::close`].
    pub fn is_empty(&self) -> Result<bool> {
        self.inner.pipe.is_empty(&self.inner.name)
    }

    /// Closes both ends of the pipe for this process. A second time it does nothing.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no descriptor left.
    pub fn close(&self) -> Result<()> {
        self.inner.pipe.close(End::Read)?;
        self.inner.pipe.close(End::Write)
    }
}
