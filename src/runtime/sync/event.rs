//! `Event`: a flag that can be waited for.

use super::condition;
use super::count::{Count, page};
use super::lock::Held;
use super::sem_lock::{SemLock, Sort, Telling};
use crate::event::words::{Class, Outcome};
use crate::event::{Kind, ObjectId};
use crate::runtime::created::tell_created;
use crate::runtime::error::Result;
use crate::runtime::probe;
use crate::runtime::shared::SharedWords;
use crate::runtime::time::Deadline;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A flag between processes that can be waited for: `multiprocessing.Event`.
///
/// It is a condition with a lock of its own inside, as in CPython: a process that is killed while
/// it waits makes the next [`Event::set`] wait for ever.
///
/// ```
/// use mpviz::runtime::sync::Event;
/// use mpviz::runtime::{Process, Result};
///
/// # fn main() -> Result<()> {
/// let go = Event::new()?;
/// let runner = Process::new().start(|| go.wait())?;
/// assert!(!go.is_set());
/// go.set()?;
/// runner.join()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) core: Arc<Core>,
}

#[derive(Debug)]
pub(super) struct Core {
    condition: condition::Core,
    flag: Count,
    pub(super) object: ObjectId,
}

impl Event {
    /// Makes an event that is not set.
    ///
    /// # Errors
    ///
    /// [`Error::System`](crate::runtime::Error::System) if the system has no memory left.
    #[track_caller]
    pub fn new() -> Result<Event> {
        probe::enter(Location::caller());
        Event::make("")
    }

    /// Makes an event with a name, which is shown. CPython's have none.
    ///
    /// # Errors
    ///
    /// As [`Event::new`].
    #[track_caller]
    pub fn named(name: &str) -> Result<Event> {
        probe::enter(Location::caller());
        Event::make(name)
    }

    fn make(name: &str) -> Result<Event> {
        let object = tell_created(Class::Event, name, None, None);
        probe::say(|| Kind::CountChanged { object, value: 0 });
        let page = page()?;
        let core = Core::on(&page, object);
        core.condition.lock.count.set(1);
        let core = Arc::new(core);
        Ok(Event { core })
    }

    fn hold(&self) -> Held<'_> {
        Held::of(&self.core.condition.lock)
    }

    /// Returns whether it is set.
    #[track_caller]
    pub fn is_set(&self) -> bool {
        probe::enter(Location::caller());
        let _held = self.hold();
        self.core.flag.value() > 0
    }

    /// Sets it, and wakes all who wait.
    ///
    /// # Errors
    ///
    /// None in a program that leaves the parts of an event alone.
    #[track_caller]
    pub fn set(&self) -> Result<()> {
        probe::enter(Location::caller());
        let _held = self.hold();
        if self.core.flag.give(1).is_some() {
            self.tell(1);
        }
        self.core.condition.notify(usize::MAX)
    }

    /// Sets it back.
    #[track_caller]
    pub fn clear(&self) {
        probe::enter(Location::caller());
        let _held = self.hold();
        if self.core.flag.try_take().is_some() {
            self.tell(0);
        }
    }

    /// Waits until it is set. Who was woken by a [`set`](Event::set) and finds it cleared again
    /// returns too, as in CPython, where `wait()` is false then.
    ///
    /// # Errors
    ///
    /// None in a program that leaves the parts of an event alone.
    #[track_caller]
    pub fn wait(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.wait_until(Deadline::NEVER).map(|_| ())
    }

    /// Waits at most so long until it is set; returns whether it is.
    ///
    /// # Errors
    ///
    /// None in a program that leaves the parts of an event alone.
    ///
    /// ```
    /// # use mpviz::runtime::sync::Event;
    /// # use std::time::Duration;
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let go = Event::new()?;
    /// assert!(!go.wait_timeout(Duration::ZERO)?);
    /// go.set()?;
    /// assert!(go.wait_timeout(Duration::ZERO)?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        probe::enter(Location::caller());
        self.wait_until(Deadline::after(Some(timeout)))
    }

    fn wait_until(&self, deadline: Deadline) -> Result<bool> {
        let _held = self.hold();
        let flag = &self.core.flag;
        if flag.value() == 0 {
            self.core.condition.wait(deadline, || Outcome::Done)?;
        }
        Ok(flag.value() > 0)
    }

    fn tell(&self, value: u64) {
        probe::say(|| Kind::CountChanged {
            object: self.core.object,
            value,
        });
    }
}

impl Core {
    /// Makes one on the first rows of a page: a condition, its lock, the flag.
    pub(super) fn on(page: &Arc<SharedWords>, object: ObjectId) -> Core {
        let rows = condition::Core::ROWS;
        let lock = SemLock::over(Count::at(page, rows), object, Sort::Lock, 1);
        Core {
            condition: condition::Core::on(page, Arc::new(lock), object, Telling::Quiet),
            flag: Count::at(page, rows + 1),
            object,
        }
    }

    /// Returns the page that it is on.
    pub(super) fn page(&self) -> &SharedWords {
        self.condition.page()
    }
}
