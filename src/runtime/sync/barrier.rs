//! `Barrier`: a place where a number of processes meet.

use super::condition;
use super::count::{Count, page};
use super::lock::Held;
use super::sem_lock::{SemLock, Sort, Telling};
use crate::event::words::{Class, Outcome};
use crate::event::{Kind, ObjectId};
use crate::runtime::created::tell_created;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::shared::SharedWords;
use crate::runtime::time::Deadline;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

pub(super) type Action = Arc<dyn Fn() -> Result<()> + Send + Sync>;

/// A place where a number of processes meet: `multiprocessing.Barrier`.
///
/// [`Barrier::wait`] returns when as many have called it as the barrier has parties, and then it can
/// be used again. A wait that gives up breaks it: all who wait, and all who come, fail until it is
/// [`reset`](Barrier::reset).
///
/// ```
/// use mpviz::runtime::sync::Barrier;
/// use mpviz::runtime::{Process, Result};
///
/// # fn main() -> Result<()> {
/// let start = Barrier::new(2)?;
/// let other = Process::new().start(|| start.wait().map(|_| ()))?;
/// assert!(start.wait()? < 2);
/// other.join()
/// # }
/// ```
#[derive(Clone)]
pub struct Barrier {
    pub(super) core: Arc<Core>,
    pub(super) action: Option<Action>,
    pub(super) timeout: Option<Duration>,
}

pub(super) struct Core {
    condition: condition::Core,
    pub(super) page: Arc<SharedWords>,
    pub(super) parties: u32,
    pub(super) object: ObjectId,
}

/// The word that says what the barrier does: one of the states below.
const STATE: usize = 512;
/// The word that counts who is in it.
const COUNT: usize = 513;

/// It fills.
const FILLING: u32 = 0;
/// All have come; they leave.
const DRAINING: u32 = 1;
/// It was reset while some were in it; they leave.
const RESETTING: u32 = 2;
/// It is broken.
const BROKEN: u32 = 3;

impl Barrier {
    /// Makes a barrier for so many. With none, all who come wait for ever, as in CPython.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no memory left.
    #[track_caller]
    pub fn new(parties: u32) -> Result<Barrier> {
        probe::enter(Location::caller());
        Barrier::make("", parties)
    }

    /// Makes a barrier with a name, which is shown. CPython's have none.
    ///
    /// # Errors
    ///
    /// As [`Barrier::new`].
    #[track_caller]
    pub fn named(name: &str, parties: u32) -> Result<Barrier> {
        probe::enter(Location::caller());
        Barrier::make(name, parties)
    }

    fn make(name: &str, parties: u32) -> Result<Barrier> {
        let object = tell_created(Class::Barrier, name, None, Some(parties.into()));
        probe::say(|| Kind::CountChanged { object, value: 0 });
        let core = Core::on(page()?, object, parties);
        core.condition.lock.count.set(1);
        Ok(Barrier {
            core: Arc::new(core),
            action: None,
            timeout: None,
        })
    }

    /// Sets what the last who comes does before all leave: `Barrier(…, action)`. If it fails, the
    /// barrier is broken, and the error is that one's. To be said before others have the barrier.
    ///
    /// ```
    /// # use mpviz::runtime::sync::Barrier;
    /// # use mpviz::runtime::Error;
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let alone = Barrier::new(1)?.action(|| Err(Error::other("no")));
    /// assert_eq!(alone.wait().unwrap_err().to_string(), "no");
    /// assert!(alone.broken());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn action(mut self, action: impl Fn() -> Result<()> + Send + Sync + 'static) -> Barrier {
        self.action = Some(Arc::new(action));
        self
    }

    /// Sets how long a [`wait`](Barrier::wait) takes at most: `Barrier(…, timeout)`. To be said
    /// before others have the barrier.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Barrier {
        self.timeout = Some(timeout);
        self
    }

    /// Waits until all have come; returns the how-manyeth this one was, from 0.
    ///
    /// # Errors
    ///
    /// [`Error::BrokenBarrier`] if the barrier is broken, breaks or is reset meanwhile, or if the
    /// barrier's own time is over, which breaks it. The last who comes gets the action's error.
    #[track_caller]
    pub fn wait(&self) -> Result<u32> {
        probe::enter(Location::caller());
        self.wait_until(self.timeout)
    }

    /// The same, waiting at most so long, whatever the barrier's own time.
    ///
    /// # Errors
    ///
    /// As [`Barrier::wait`].
    ///
    /// ```
    /// # use mpviz::runtime::sync::Barrier;
    /// # use std::time::Duration;
    /// # fn main() -> mpviz::runtime::Result<()> {
    /// let both = Barrier::new(2)?;
    /// let error = both.wait_timeout(Duration::from_millis(1)).unwrap_err();
    /// assert_eq!(error.kind(), "BrokenBarrierError");
    /// assert!(both.broken());
    /// both.reset()?;
    /// assert!(!both.broken());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn wait_timeout(&self, timeout: Duration) -> Result<u32> {
        probe::enter(Location::caller());
        self.wait_until(Some(timeout))
    }

    fn wait_until(&self, timeout: Option<Duration>) -> Result<u32> {
        let core = &self.core;
        let _held = core.hold();
        core.enter()?;
        let index = core.count().load(SeqCst);
        core.count().store(index.wrapping_add(1), SeqCst);
        core.tell();
        let met = if index.wrapping_add(1) == core.parties {
            self.let_go()
        } else {
            core.wait_for_others(Deadline::after(timeout))
        };
        let gone = core.leave();
        met?;
        gone?;
        Ok(index)
    }

    /// The last has come.
    fn let_go(&self) -> Result<()> {
        let action = || self.action.as_ref().map_or(Ok(()), |action| action());
        // Whatever a panic left half done is the program's; the others are told.
        let done = catch_unwind(AssertUnwindSafe(action)).unwrap_or_else(|panic| {
            let _ = self.core.change(BROKEN);
            let _ = self.core.leave();
            resume_unwind(panic)
        });
        let state = if done.is_ok() { DRAINING } else { BROKEN };
        self.core.change(state)?;
        done
    }

    /// Sets it back: who waits fails, and it can be used again.
    ///
    /// # Errors
    ///
    /// None in a program that leaves the parts of a barrier alone.
    #[track_caller]
    pub fn reset(&self) -> Result<()> {
        probe::enter(Location::caller());
        let core = &self.core;
        let _held = core.hold();
        let state = match (core.count().load(SeqCst), core.state().load(SeqCst)) {
            (0, _) => FILLING,
            (_, FILLING | BROKEN) => RESETTING,
            (_, state) => state,
        };
        core.change(state)
    }

    /// Breaks it: who waits fails, and who comes.
    ///
    /// ```
    /// use mpviz::runtime::{Barrier, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let barrier = Barrier::new(2)?;
    /// barrier.abort()?;
    /// assert!(barrier.broken());
    /// assert_eq!(barrier.wait().unwrap_err().kind(), "BrokenBarrierError");
    /// barrier.reset()?;
    /// assert!(!barrier.broken());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// None in a program that leaves the parts of a barrier alone.
    #[track_caller]
    pub fn abort(&self) -> Result<()> {
        probe::enter(Location::caller());
        let _held = self.core.hold();
        self.core.change(BROKEN)
    }

    /// Returns how many it takes.
    pub fn parties(&self) -> u32 {
        self.core.parties
    }

    /// Returns how many wait in it at this moment.
    pub fn n_waiting(&self) -> u32 {
        self.core.waiting()
    }

    /// Returns whether it is broken.
    pub fn broken(&self) -> bool {
        self.core.state().load(SeqCst) == BROKEN
    }
}

impl Core {
    /// Makes one on a page: a condition, its lock, and two words.
    pub(super) fn on(page: Arc<SharedWords>, object: ObjectId, parties: u32) -> Core {
        let count = Count::at(&page, condition::Core::ROWS);
        let lock = Arc::new(SemLock::over(count, object, Sort::RLock, 1));
        Core {
            condition: condition::Core::on(&page, lock, object, Telling::Quiet),
            page,
            parties,
            object,
        }
    }

    fn state(&self) -> &AtomicU32 {
        self.page.word(STATE)
    }

    fn count(&self) -> &AtomicU32 {
        self.page.word(COUNT)
    }

    fn hold(&self) -> Held<'_> {
        Held::of(&self.condition.lock)
    }

    fn waiting(&self) -> u32 {
        match self.state().load(SeqCst) {
            FILLING => self.count().load(SeqCst),
            _ => 0,
        }
    }

    fn tell(&self) {
        probe::say(|| Kind::CountChanged {
            object: self.object,
            value: self.waiting().into(),
        });
    }

    /// How a wait ended, by the state that it ended in.
    fn outcome(&self) -> Outcome {
        match self.state().load(SeqCst) {
            BROKEN | RESETTING => Outcome::Broken,
            _ => Outcome::Done,
        }
    }

    /// Waits until those of the last time have left.
    fn enter(&self) -> Result<()> {
        let is_settled = || matches!(self.state().load(SeqCst), FILLING | BROKEN);
        let outcome = || self.outcome();
        self.condition
            .wait_for(is_settled, Deadline::NEVER, outcome)?;
        self.check()
    }

    fn check(&self) -> Result<()> {
        match self.outcome() {
            Outcome::Broken => Err(Error::BrokenBarrier),
            _ => Ok(()),
        }
    }

    fn wait_for_others(&self, deadline: Deadline) -> Result<()> {
        let is_over = || self.state().load(SeqCst) != FILLING;
        let in_time = self
            .condition
            .wait_for(is_over, deadline, || self.outcome())?;
        if !in_time {
            self.change(BROKEN)?;
        }
        self.check()
    }

    /// Leaves. The last who does makes it ready for the next time.
    fn leave(&self) -> Result<()> {
        let left = self.count().load(SeqCst).wrapping_sub(1);
        self.count().store(left, SeqCst);
        match self.state().load(SeqCst) {
            DRAINING | RESETTING if left == 0 => self.change(FILLING),
            _ => Ok(()),
        }
    }

    fn change(&self, state: u32) -> Result<()> {
        self.state().store(state, SeqCst);
        self.tell();
        self.condition.notify(usize::MAX)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("n_waiting", &self.n_waiting())
            .field("parties", &self.parties())
            .finish_non_exhaustive()
    }
}
