//! `Condition`: waiting until somebody says that something has changed.
//!
//! The parts are CPython's: a lock, and three counters. Who waits counts itself as sleeping, gives
//! the lock back and waits for the third; who notifies raises that once for each sleeper, and waits
//! until as many have said that they woke. So a waiter that is killed in its sleep makes the next
//! `notify` wait for ever, in CPython as here.

use super::count::{Count, page};
use super::lock::{Mutual, RLock, core_of};
use super::sem_lock::{Guard, MOST, SemLock, Telling, tell_end};
use crate::event::words::{Class, Operation, Outcome};
use crate::event::{Kind, ObjectId};
use crate::runtime::created::tell_created;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::shared::SharedWords;
use crate::runtime::time::Deadline;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A condition variable between processes: `multiprocessing.Condition`.
///
/// ```
/// use mpviz::runtime::sync::{Condition, Semaphore};
/// use mpviz::runtime::{Process, Result};
///
/// # fn main() -> Result<()> {
/// let (changed, ready) = (Condition::new()?, Semaphore::new(0)?);
/// let waiter = Process::new().start(|| -> Result<()> {
///     changed.with(|| changed.wait_for(|| ready.get_value() > 0))
/// })?;
/// ready.release()?;
/// changed.with(|| changed.notify_all())?;
/// waiter.join()
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Condition {
    pub(super) core: Arc<Core>,
}

/// A condition without its public form: an event and a barrier have one inside.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) lock: Arc<SemLock>,
    pub(super) object: ObjectId,
    /// Whether the program knows of the condition, or it is inside of something else.
    telling: Telling,
    sleeping: Count,
    woken: Count,
    wake: Count,
}

impl Condition {
    /// Makes a condition with an [`RLock`] of its own.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no memory left.
    #[track_caller]
    pub fn new() -> Result<Condition> {
        probe::enter(Location::caller());
        Condition::make("")
    }

    /// Makes a condition with a name, which is shown. CPython's have none.
    ///
    /// # Errors
    ///
    /// As [`Condition::new`].
    #[track_caller]
    pub fn named(name: &str) -> Result<Condition> {
        probe::enter(Location::caller());
        Condition::make(name)
    }

    fn make(name: &str) -> Result<Condition> {
        let object = tell_created(Class::Condition, name, None, None);
        // Its own lock is no object of its own: who holds it holds the condition.
        Condition::over(object, &RLock::of_object(object)?.core)
    }

    /// Makes a condition on a lock that there is: `Condition(lock)`.
    ///
    /// # Errors
    ///
    /// As [`Condition::new`].
    #[track_caller]
    pub fn with_lock(lock: &impl Mutual) -> Result<Condition> {
        probe::enter(Location::caller());
        let object = tell_created(Class::Condition, "", None, None);
        Condition::over(object, core_of(lock))
    }

    fn over(object: ObjectId, lock: &Arc<SemLock>) -> Result<Condition> {
        let core = Core::on(&page()?, Arc::clone(lock), object, TOLD);
        let core = Arc::new(core);
        Ok(Condition { core })
    }

    /// Takes its lock. Waits until nobody else holds it.
    #[track_caller]
    pub fn acquire(&self) {
        probe::enter(Location::caller());
        self.core.lock.acquire(Deadline::NEVER, Telling::Told);
    }

    /// Takes its lock, waiting at most so long; returns whether it did.
    #[track_caller]
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        probe::enter(Location::caller());
        let deadline = Deadline::after(Some(timeout));
        self.core.lock.acquire(deadline, Telling::Told)
    }

    /// Takes its lock if that needs no waiting; returns whether it did.
    #[track_caller]
    pub fn try_acquire(&self) -> bool {
        probe::enter(Location::caller());
        let now = Deadline::after(Some(Duration::ZERO));
        self.core.lock.acquire(now, Telling::Told)
    }

    /// Gives its lock back.
    ///
    /// # Errors
    ///
    /// As [`Lock::release`](super::Lock::release).
    #[track_caller]
    pub fn release(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.core.lock.release(Telling::Told)
    }

    /// Takes its lock until the guard is dropped: `with condition:`.
    #[track_caller]
    pub fn guard(&self) -> Guard<'_> {
        Guard::take(&self.core.lock, Location::caller())
    }

    /// Calls `inside` while it holds the lock: `with condition:` around a block.
    #[track_caller]
    pub fn with<R>(&self, inside: impl FnOnce() -> R) -> R {
        let _held = self.guard();
        inside()
    }

    /// Gives the lock back, however often it is held, waits to be notified, and takes it again.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], an `AssertionError`, if this thread does not hold the lock.
    #[track_caller]
    pub fn wait(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.core.wait(Deadline::NEVER, || Outcome::Done)?;
        Ok(())
    }

    /// The same, waiting at most so long to be notified; returns whether it was. The lock is taken
    /// again however long that takes.
    ///
    /// # Errors
    ///
    /// As [`Condition::wait`].
    ///
    /// ```
    /// # use mpviz::runtime::sync::Condition;
    /// # use std::time::Duration;
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let changed = Condition::new()?;
    /// assert_eq!(changed.wait_timeout(Duration::ZERO).unwrap_err().kind(), "AssertionError");
    /// let _held = changed.guard();
    /// assert!(!changed.wait_timeout(Duration::from_millis(1))?);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        probe::enter(Location::caller());
        let deadline = Deadline::after(Some(timeout));
        self.core.wait(deadline, || Outcome::Done)
    }

    /// Waits until a predicate is true, which is asked with the lock held.
    ///
    /// ```
    /// use mpviz::runtime::{Condition, Process, RawValue, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let (changed, n) = (Condition::new()?, RawValue::new(0)?);
    /// let child = Process::new().start(|| {
    ///     let _held = changed.guard();
    ///     n.set(3);
    ///     changed.notify_all()
    /// })?;
    /// {
    ///     let _held = changed.guard();
    ///     changed.wait_for(|| n.get() == 3)?;
    /// }
    /// child.join()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Condition::wait`], if it has to wait.
    #[track_caller]
    pub fn wait_for(&self, predicate: impl FnMut() -> bool) -> Result<()> {
        probe::enter(Location::caller());
        self.core
            .wait_for(predicate, Deadline::NEVER, || Outcome::Done)?;
        Ok(())
    }

    /// The same, waiting at most so long; returns what the predicate said last.
    ///
    /// # Errors
    ///
    /// As [`Condition::wait`], if it has to wait.
    #[track_caller]
    pub fn wait_for_timeout(
        &self,
        predicate: impl FnMut() -> bool,
        timeout: Duration,
    ) -> Result<bool> {
        probe::enter(Location::caller());
        let deadline = Deadline::after(Some(timeout));
        self.core.wait_for(predicate, deadline, || Outcome::Done)
    }

    /// Wakes at most `count` of those who wait, and waits until they have noticed. CPython's
    /// default is 1.
    ///
    /// # Errors
    ///
    /// [`Error::Misuse`], an `AssertionError`, if this thread does not hold the lock.
    #[track_caller]
    pub fn notify(&self, count: usize) -> Result<()> {
        probe::enter(Location::caller());
        self.core.notify(count)
    }

    /// Wakes all who wait, and waits until they have noticed.
    ///
    /// # Errors
    ///
    /// As [`Condition::notify`].
    #[track_caller]
    pub fn notify_all(&self) -> Result<()> {
        probe::enter(Location::caller());
        self.core.notify(usize::MAX)
    }
}

/// How a condition is told that a program has.
pub(super) const TOLD: Telling = Telling::Told;

impl Core {
    /// Returns the page that its counters are on.
    pub(super) fn page(&self) -> &SharedWords {
        self.wake.page()
    }

    /// The rows of a page that a condition takes.
    pub(super) const ROWS: usize = 3;

    /// Makes one on the first rows of a page.
    pub(super) fn on(
        page: &Arc<SharedWords>,
        lock: Arc<SemLock>,
        object: ObjectId,
        telling: Telling,
    ) -> Core {
        Core {
            lock,
            object,
            telling,
            sleeping: Count::at(page, 0),
            woken: Count::at(page, 1),
            wake: Count::at(page, 2),
        }
    }

    /// Gives the lock back, waits to be notified, and takes it again. `outcome` says how a wait
    /// ended that was not over in vain.
    pub(super) fn wait(&self, deadline: Deadline, outcome: impl Fn() -> Outcome) -> Result<bool> {
        let depth = self.lock.held();
        if depth == 0 {
            return Err(Error::Misuse(
                "must acquire() condition before using wait()".into(),
            ));
        }
        self.sleeping.give(MOST);
        self.tell_sleeping();
        for _ in 0..depth {
            self.lock.release(self.telling)?;
        }
        let woken = self.sleep(deadline, outcome);
        self.woken.give(MOST);
        for _ in 0..depth {
            self.lock.acquire(Deadline::NEVER, self.telling);
        }
        Ok(woken)
    }

    fn sleep(&self, deadline: Deadline, outcome: impl Fn() -> Outcome) -> bool {
        if self.wake.try_take().is_some() {
            return true;
        }
        if deadline.is_over() {
            return false;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Await,
            object: Some(self.object),
            on: None,
            timeout: deadline.left().map(Into::into),
        });
        let woken = self.wake.take(deadline).is_some();
        if woken {
            let (outcome, waker) = (outcome(), self.wake.releaser());
            probe::say(|| Kind::Unblocked { outcome, waker });
        } else {
            tell_end(false, &self.wake);
        }
        woken
    }

    /// Waits until a predicate is true; returns what it said last.
    pub(super) fn wait_for(
        &self,
        mut predicate: impl FnMut() -> bool,
        deadline: Deadline,
        outcome: impl Fn() -> Outcome,
    ) -> Result<bool> {
        loop {
            if predicate() {
                return Ok(true);
            }
            if deadline.is_over() {
                return Ok(false);
            }
            self.wait(deadline, &outcome)?;
        }
    }

    /// Wakes at most `count` of those who wait.
    pub(super) fn notify(&self, count: usize) -> Result<()> {
        if self.lock.held() == 0 {
            return Err(Error::Misuse("lock is not owned".into()));
        }
        if self.wake.try_take().is_some() {
            return Err(Error::Misuse(
                "notify: should not have been able to acquire _wait_semaphore".into(),
            ));
        }
        // Those whose time was over have woken without being notified.
        while self.woken.try_take().is_some() {
            if self.sleeping.try_take().is_none() {
                return Err(Error::Misuse("notify: nobody sleeps, and one woke".into()));
            }
        }
        let mut sleepers = 0;
        while sleepers < count && self.sleeping.try_take().is_some() {
            self.wake.give(MOST);
            sleepers += 1;
        }
        if sleepers > 0 {
            self.tell_sleeping();
            for _ in 0..sleepers {
                self.wait_for_woken();
            }
            // Some of them may have woken because their time was over.
            while self.wake.try_take().is_some() {}
        }
        Ok(())
    }

    /// Waits until one that was notified says that it woke.
    fn wait_for_woken(&self) {
        let woken = self.woken.try_take();
        if woken.or_else(|| self.woken.look_around()).is_some() {
            return;
        }
        probe::say(|| Kind::Blocked {
            operation: Operation::Notify,
            object: Some(self.object),
            on: None,
            timeout: None,
        });
        let woken = self.woken.take(Deadline::NEVER).is_some();
        tell_end(woken, &self.woken);
    }

    /// Says how many wait.
    fn tell_sleeping(&self) {
        if self.telling == Telling::Quiet {
            return;
        }
        probe::say(|| Kind::CountChanged {
            object: self.object,
            value: self.sleeping.value().into(),
        });
    }
}
