//! How all of this is given to a process that is spawned: by the descriptor of its shared page.
//!
//! As in CPython only what was made under the start method `spawn`, and only as an argument of the
//! process. The same lock given twice, alone and inside of a condition, is one lock there too: who
//! holds it holds it for both.

use super::barrier::{self, Barrier};
use super::condition::{self, Condition};
use super::count::Count;
use super::event::{self, Event};
use super::lock::{Lock, RLock};
use super::sem_lock::{SemLock, Sort};
use super::semaphore::{BoundedSemaphore, Semaphore};
use crate::event::ObjectId;
use crate::runtime::context::StartMethod;
use crate::runtime::error::{Error, Result};
use crate::runtime::fork_local::ForkLocal;
use crate::runtime::shared::{Cell, Shared, SharedWords};
use crate::runtime::spawn::handover;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

/// What is written down of a lock or semaphore.
#[derive(Serialize, Deserialize)]
pub(super) struct Wire {
    object: ObjectId,
    sort: Sort,
    most: u32,
    base: u32,
    page: u32,
}

/// Gives the memory of an object; returns its number there.
pub(in crate::runtime) fn give<C: Cell>(what: &str, memory: &Shared<C>) -> Result<u32> {
    let Some(fd) = memory.fd() else {
        handover::check(what, StartMethod::Fork)?;
        return Err(Error::Runtime(format!("a {what} without a descriptor")));
    };
    handover::check(what, StartMethod::Spawn)?;
    handover::give(fd)
}

/// Takes a page that was given.
pub(in crate::runtime) fn take_page(number: u32) -> Result<Arc<SharedWords>> {
    map_page(handover::take(number)?)
}

fn map_page(fd: OwnedFd) -> Result<Arc<SharedWords>> {
    let page = SharedWords::of_fd(fd);
    let page = page.map_err(|error| Error::system("cannot map a page that was given", error))?;
    Ok(Arc::new(page))
}

/// Which file a page is, and where on it the count is.
type Place = (u64, u64, usize);

/// The locks that this process was given, so that the same one is the same again.
static TAKEN: ForkLocal<Mutex<Taken>> = ForkLocal::new(Default::default);

type Taken = Vec<(Place, Weak<SemLock>)>;

impl SemLock {
    fn give(&self, what: &str) -> Result<Wire> {
        Ok(Wire {
            object: self.object,
            sort: self.sort,
            most: self.most,
            base: u32::try_from(self.count.base()).unwrap_or(0),
            page: give(what, self.count.page())?,
        })
    }
}

impl Wire {
    fn take(self) -> Result<Arc<SemLock>> {
        let fd = handover::take(self.page)?;
        let file = rustix::fs::fstat(&fd)
            .map_err(|error| Error::system("cannot look at a page that was given", error))?;
        let place = (file.st_dev, file.st_ino, self.base as usize);
        let taken = TAKEN.get();
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|(_, lock)| lock.strong_count() > 0);
        let known = taken.iter().find(|(known, _)| *known == place);
        if let Some(lock) = known.and_then(|(_, lock)| lock.upgrade()) {
            return Ok(lock);
        }
        let count = Count::based(&map_page(fd)?, self.base as usize);
        let lock = Arc::new(SemLock::over(count, self.object, self.sort, self.most));
        taken.push((place, Arc::downgrade(&lock)));
        Ok(lock)
    }
}

macro_rules! handed {
    ($($name:ident: $parts:ty, $give:expr, $take:expr;)*) => {$(
        /// Works only while a process is being spawned that gets it as an argument.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                let give: fn(&$name) -> Result<$parts> = $give;
                give(self).map_err(handover::failed_encoding)?.serialize(serializer)
            }
        }

        /// Works only in a spawned process, for its arguments.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                let take: fn($parts) -> Result<$name> = $take;
                take(<$parts>::deserialize(deserializer)?).map_err(handover::failed_decoding)
            }
        }
    )*};
}

handed! {
    Lock: Wire, |lock| lock.core.give("Lock"), |wire| Ok(Lock { core: wire.take()? });
    RLock: Wire, |lock| lock.core.give("RLock"), |wire| Ok(RLock { core: wire.take()? });
    Semaphore: Wire,
        |semaphore| semaphore.core.give("Semaphore"),
        |wire| Ok(Semaphore { core: wire.take()? });
    BoundedSemaphore: Wire,
        |semaphore| semaphore.core.give("BoundedSemaphore"),
        |wire| Ok(BoundedSemaphore { core: wire.take()? });
    Condition: (ObjectId, u32, Wire),
        |condition| {
            let core = &condition.core;
            let page = give("Condition", core.page())?;
            Ok((core.object, page, core.lock.give("Condition")?))
        },
        |(object, page, lock)| {
            let core = condition::Core::on(&take_page(page)?, lock.take()?, object, condition::TOLD);
            Ok(Condition { core: Arc::new(core) })
        };
    Event: (ObjectId, u32),
        |event| Ok((event.core.object, give("Event", event.core.page())?)),
        |(object, page)| {
            let core = event::Core::on(&take_page(page)?, object);
            Ok(Event { core: Arc::new(core) })
        };
    Barrier: (ObjectId, u32, u32, Option<Duration>),
        |barrier| {
            if barrier.action.is_some() {
                let text = "a Barrier with an action can't be given to a spawned process";
                return Err(Error::Runtime(text.into()));
            }
            let core = &barrier.core;
            let page = give("Barrier", &core.page)?;
            Ok((core.object, page, core.parties, barrier.timeout))
        },
        |(object, page, parties, timeout)| {
            let core = barrier::Core::on(take_page(page)?, object, parties);
            Ok(Barrier { core: Arc::new(core), action: None, timeout })
        };
}
