//! `Value` and `RawValue`: one number.

use super::memory::Core;
use super::number::Number;
use crate::event::words::Class;
use crate::runtime::error::Result;
use crate::runtime::probe;
use crate::runtime::sync::{Held, Mutual, RLock};
use std::panic::Location;
use std::sync::Arc;

/// A shared number without a lock: `multiprocessing.RawValue`, or `Value(…, lock=False)`.
///
/// ```
/// use mpviz::runtime::{Process, RawValue, Result};
///
/// # fn main() -> Result<()> {
/// let n = RawValue::new(1)?;
/// Process::new().start(|| n.set(2))?.join()?;
/// assert_eq!(n.get(), 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RawValue<T: Number> {
    pub(super) core: Arc<Core<T>>,
}

/// A shared number with a lock: `multiprocessing.Value`.
///
/// The lock is an [`RLock`] of its own, or one that it is given.
///
/// ```
/// use mpviz::runtime::{Process, Result, Value};
///
/// # fn main() -> Result<()> {
/// let n = Value::new(0)?;
/// let children: Result<Vec<_>> = (0..4)
///     .map(|_| {
///         Process::new().start(|| {
///             let _held = n.get_lock().guard();
///             n.set(n.get() + 1);
///         })
///     })
///     .collect();
/// for child in children? {
///     child.join()?;
/// }
/// assert_eq!(n.get(), 4);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Value<T: Number, L: Mutual = RLock> {
    pub(super) raw: RawValue<T>,
    pub(super) lock: L,
}

impl<T: Number> RawValue<T> {
    /// Makes a shared number.
    ///
    /// # Errors
    ///
    /// [`Error::System`](crate::runtime::Error::System) if the system has no memory left.
    #[track_caller]
    pub fn new(value: T) -> Result<RawValue<T>> {
        probe::enter(Location::caller());
        let core = Core::of(Class::Value, "", &[value])?;
        Ok(RawValue { core })
    }

    /// Returns what it is: `v.value`.
    #[track_caller]
    pub fn get(&self) -> T {
        probe::enter(Location::caller());
        self.core.read_one(0).unwrap_or_default()
    }

    /// Sets what it is: `v.value = …`.
    #[track_caller]
    pub fn set(&self, value: T) {
        probe::enter(Location::caller());
        self.core.write(0, &[value]);
    }
}

impl<T: Number> Value<T> {
    /// Makes a shared number with an [`RLock`] of its own.
    ///
    /// # Errors
    ///
    /// [`Error::System`](crate::runtime::Error::System) if the system has no memory left.
    #[track_caller]
    pub fn new(value: T) -> Result<Value<T>> {
        probe::enter(Location::caller());
        Value::make("", value)
    }

    /// Makes a shared number with a name, which is shown. CPython's have none.
    ///
    /// # Errors
    ///
    /// As [`Value::new`].
    #[track_caller]
    pub fn named(name: &str, value: T) -> Result<Value<T>> {
        probe::enter(Location::caller());
        Value::make(name, value)
    }

    fn make(name: &str, value: T) -> Result<Value<T>> {
        let core = Core::of(Class::Value, name, &[value])?;
        // Its own lock is no object of its own: who holds it holds the value.
        let lock = RLock::of_object(core.object)?;
        let raw = RawValue { core };
        Ok(Value { raw, lock })
    }
}

impl<T: Number, L: Mutual> Value<T, L> {
    /// Makes a shared number with a lock that there is: `Value(…, lock=lock)`.
    ///
    /// With a [`Lock`](crate::runtime::Lock), which is not recursive, who holds it and then asks the value
    /// waits for itself, as in CPython.
    ///
    /// # Errors
    ///
    /// As [`Value::new`].
    #[track_caller]
    pub fn with_lock(value: T, lock: &L) -> Result<Value<T, L>>
    where
        L: Clone,
    {
        let (raw, lock) = (RawValue::new(value)?, lock.clone());
        Ok(Value { raw, lock })
    }

    /// Returns what it is, with its lock held for this moment: `v.value`.
    #[track_caller]
    pub fn get(&self) -> T {
        probe::enter(Location::caller());
        let _held = Held::take(&self.lock);
        self.raw.core.read_one(0).unwrap_or_default()
    }

    /// Sets what it is, with its lock held for this moment: `v.value = …`.
    #[track_caller]
    pub fn set(&self, value: T) {
        probe::enter(Location::caller());
        let _held = Held::take(&self.lock);
        self.raw.core.write(0, &[value]);
    }

    /// Returns its lock: `v.get_lock()`.
    pub fn get_lock(&self) -> &L {
        &self.lock
    }

    /// Returns the number without the lock: `v.get_obj()`.
    pub fn get_obj(&self) -> &RawValue<T> {
        &self.raw
    }
}
