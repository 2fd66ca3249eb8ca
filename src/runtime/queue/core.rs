//! What a queue is made of, whatever its items are.

use super::feeder::Local;
use crate::channel::futex;
use crate::event::words::{Class, Operation, Outcome, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::runtime::error::{Error, Result};
use crate::runtime::fork_local::ForkLocal;
use crate::runtime::locked_pipe::{LockedPipe, PipeWire};
use crate::runtime::message::{self, Received};
use crate::runtime::shared::{Backing, SharedWords};
use crate::runtime::sync::{self, Slots};
use crate::runtime::time::Deadline;
use crate::runtime::wait::Wait;
use crate::runtime::{label, pipe, probe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};

/// What a queue is to be.
pub(super) struct Spec<'a> {
    pub(super) name: &'a str,
    pub(super) class: Class,
    /// The most items that it takes.
    pub(super) maxsize: Option<u32>,
}

/// A queue of messages.
pub(super) struct Core {
    pub(super) object: ObjectId,
    pub(super) pipe: LockedPipe,
    pub(super) name: String,
    maxsize: Option<u32>,
    /// Free places, where there is a bound.
    slots: Option<Slots>,
    /// What all processes count, see the places below.
    counts: Arc<SharedWords>,
    is_joinable: bool,
    local: ForkLocal<Arc<Local>>,
}

/// What is written down of a queue for a process that is spawned.
#[derive(Serialize, Deserialize)]
pub(super) struct CoreWire {
    object: ObjectId,
    pipe: PipeWire,
    name: String,
    slots: Option<(u32, sync::Wire)>,
    counts: u32,
    is_joinable: bool,
}

/// How many items were put and not got.
const ITEMS: usize = 0;
/// How many items of a joinable queue were put and are not done.
const UNFINISHED: usize = 1;
/// How often all were done: what a joiner waits to change.
const FINISHES: usize = 2;
/// The actor that said so last; 0 for nobody known. Only told, never decided upon.
const FINISHER: usize = 3;

impl Core {
    pub(super) fn new(spec: &Spec<'_>) -> Result<Core> {
        let object = probe::next_object();
        let maxsize = spec.maxsize;
        probe::say(|| Kind::ObjectCreated {
            object,
            class: spec.class,
            name: Text::from(spec.name),
            part_of: None,
            part: None,
            maxsize: maxsize.map(u64::from),
            capacity: None,
        });
        let pipe = LockedPipe::of_queue(object)?;
        let slots = maxsize
            .map(|n| Slots::new(n, Some((object, Part::Slots))))
            .transpose()?;
        let counts = SharedWords::new(Backing::of_context());
        let counts = counts.map_err(|error| Error::system("cannot map a queue's page", error))?;
        let counts = Arc::new(counts);
        Ok(Core {
            object,
            pipe,
            name: spec.name.to_owned(),
            maxsize,
            slots,
            counts,
            is_joinable: spec.class == Class::JoinableQueue,
            local: ForkLocal::new(Arc::default),
        })
    }

    /// Gives it to a process that is spawned.
    pub(super) fn give(&self) -> Result<CoreWire> {
        let what = if self.is_joinable {
            "JoinableQueue"
        } else {
            "Queue"
        };
        let slots = match (&self.slots, self.maxsize) {
            (Some(slots), Some(maxsize)) => Some((maxsize, slots.give(what)?)),
            _ => None,
        };
        Ok(CoreWire {
            object: self.object,
            pipe: self.pipe.give(what, &self.name)?,
            name: self.name.clone(),
            slots,
            counts: sync::give(what, &self.counts)?,
            is_joinable: self.is_joinable,
        })
    }

    /// Takes one that was given.
    pub(super) fn take(wire: CoreWire) -> Result<Core> {
        let (maxsize, slots) = wire.slots.unzip();
        Ok(Core {
            object: wire.object,
            pipe: wire.pipe.take()?,
            name: wire.name,
            maxsize,
            slots: slots.map(sync::Wire::take_slots).transpose()?,
            counts: sync::take_page(wire.counts)?,
            is_joinable: wire.is_joinable,
            local: ForkLocal::new(Arc::default),
        })
    }

    fn local(&self) -> &Arc<Local> {
        self.local.get()
    }

    fn check_open(&self) -> Result<()> {
        if self.local().is_closed() {
            return Err(Error::Closed {
                object: format!("queue `{}`", self.name),
            });
        }
        Ok(())
    }

    pub(super) fn put<T: Serialize>(self: &Arc<Self>, item: &T, deadline: Deadline) -> Result<()> {
        self.check_open()?;
        let id = probe::next_message();
        let bytes = message::encode(id, item, 0, &self.name)?;
        self.take_slot(deadline)?;
        self.count(ITEMS).fetch_add(1, Relaxed);
        if self.is_joinable {
            let unfinished = self.count(UNFINISHED).fetch_add(1, SeqCst) + 1;
            self.tell_unfinished(unfinished);
        }
        probe::say(|| Kind::MessagePut {
            object: self.object,
            message: id,
            bytes: bytes.len() as u64,
            label: label::of(item),
        });
        self.local().push(self, id, bytes)
    }

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

    pub(super) fn get<T: DeserializeOwned>(&self, deadline: Deadline) -> Result<T> {
        self.check_open()?;
        let mut wait = Wait::new(Operation::Get, self.object, deadline);
        let got = self.receive(deadline, &mut wait);
        let sender = got.as_ref().ok().map(|received| received.id.sender);
        wait.end(pipe::outcome_of(&got), sender);
        got?.decode(&self.name)
    }

    /// Takes the next message out of the pipe, under the read lock.
    fn receive(&self, deadline: Deadline, wait: &mut Wait) -> Result<Received> {
        let empty = || Error::Empty {
            queue: self.name.clone(),
        };
        let received = self.pipe.receive(deadline, wait)?;
        let received = received.ok_or_else(empty)?;
        self.count(ITEMS).fetch_sub(1, Relaxed);
        if let Some(slots) = &self.slots {
            slots.release();
        }
        Ok(received)
    }

    /// Returns how many items were put and not got.
    pub(super) fn items(&self) -> u32 {
        // A reader may be quicker to count than its writer.
        self.count(ITEMS).load(Relaxed).min(i32::MAX as u32)
    }

    pub(super) fn is_empty(&self) -> Result<bool> {
        self.pipe.is_empty(&self.name)
    }

    pub(super) fn is_full(&self) -> bool {
        self.slots.as_ref().is_some_and(|slots| slots.value() == 0)
    }

    pub(super) fn close(&self) {
        self.local().close();
    }

    pub(super) fn join_thread(&self) -> Result<()> {
        let local = self.local();
        if !local.is_closed() {
            let text = format!("join_thread() of queue `{}` before close()", self.name);
            return Err(Error::Misuse(text));
        }
        if !local.is_join_cancelled() {
            local.join_feeder(self.object);
        }
        Ok(())
    }

    pub(super) fn cancel_join_thread(&self) {
        self.local().cancel_join();
    }

    /// Says that an item of a joinable queue is done.
    pub(super) fn task_done(&self) -> Result<()> {
        let unfinished = self.count(UNFINISHED);
        // Noted before, or a joiner might see the end without whose it was.
        let before = unfinished.fetch_update(SeqCst, SeqCst, |count| {
            if count == 1 {
                let me = probe::actor().0;
                self.count(FINISHER).store(me, Relaxed);
            }
            count.checked_sub(1)
        });
        let too_often = |_| {
            let queue = &self.name;
            Error::State(format!(
                "task_done() of queue `{queue}` called too many times"
            ))
        };
        let left = before.map_err(too_often)? - 1;
        self.tell_unfinished(left);
        if left == 0 {
            let finishes = self.count(FINISHES);
            finishes.fetch_add(1, SeqCst);
            futex::wake_all(finishes);
        }
        Ok(())
    }

    /// Waits until all items of a joinable queue are done; once is enough, even if more were put
    /// meanwhile.
    pub(super) fn join(&self) {
        let finishes = self.count(FINISHES);
        let before = finishes.load(SeqCst);
        if self.count(UNFINISHED).load(SeqCst) == 0 {
            return;
        }
        let mut wait = Wait::new(Operation::Await, self.object, Deadline::NEVER);
        wait.begin();
        while finishes.load(SeqCst) == before {
            futex::wait(finishes, before, None);
        }
        let finisher = ActorId(self.count(FINISHER).load(Relaxed));
        wait.end(Outcome::Done, Some(finisher));
    }

    fn tell_unfinished(&self, count: u32) {
        probe::say(|| Kind::CountChanged {
            object: self.object,
            value: u64::from(count),
        });
    }

    fn count(&self, place: usize) -> &AtomicU32 {
        self.counts.word(place)
    }
}
