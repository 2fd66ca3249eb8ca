//! `Array` and `RawArray`: several numbers.

use super::memory::Core;
use super::number::Number;
use crate::event::words::Class;
use crate::runtime::error::{Error, Result};
use crate::runtime::probe;
use crate::runtime::sync::{Held, Mutual, RLock};
use std::ops::RangeBounds;
use std::panic::Location;
use std::sync::Arc;

/// Shared numbers without a lock: `multiprocessing.RawArray`, or `Array(…, lock=False)`.
///
/// Its operations are those of [`Array`].
///
/// ```
/// use mpviz::runtime::{RawArray, Result};
///
/// # fn main() -> Result<()> {
/// let halves = RawArray::new(&[0.5, 1.5])?;
/// halves.set(1, 2.5)?;
/// assert_eq!(halves.to_vec(), [0.5, 2.5]);
/// assert_eq!(halves.get(2).unwrap_err().kind(), "IndexError");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RawArray<T: Number> {
    pub(super) core: Arc<Core<T>>,
}

/// Shared numbers with a lock: `multiprocessing.Array`.
///
/// The lock is an [`RLock`] of its own, or one that it is given. Indices count from 0; that they
/// count from the end (`a[-1]`) can't be said, and neither can slices with a step.
///
/// ```
/// use mpviz::runtime::{Array, Process, Result};
///
/// # fn main() -> Result<()> {
/// let a = Array::new(&[1.0, 2.0, 3.0])?;
/// Process::new().start(|| a.set(1, 20.0))?.join()?;
/// assert_eq!(a.slice(1..), [20.0, 3.0]);
/// assert_eq!(a.get(3).unwrap_err().kind(), "IndexError");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Array<T: Number, L: Mutual = RLock> {
    pub(super) raw: RawArray<T>,
    pub(super) lock: L,
}

impl<T: Number> RawArray<T> {
    /// Makes shared numbers: `RawArray(code, values)`.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no memory left.
    #[track_caller]
    pub fn new(values: &[T]) -> Result<RawArray<T>> {
        probe::enter(Location::caller());
        let core = Core::of(Class::Array, "", values)?;
        Ok(RawArray { core })
    }

    /// Makes so many shared numbers, all zero: `RawArray(code, len)`.
    ///
    /// # Errors
    ///
    /// As [`RawArray::new`].
    #[track_caller]
    pub fn zeroed(len: usize) -> Result<RawArray<T>> {
        probe::enter(Location::caller());
        let core = Core::new(Class::Array, "", len)?;
        Ok(RawArray { core })
    }
}

impl<T: Number> Array<T> {
    /// Makes shared numbers with an [`RLock`] of their own: `Array(code, values)`.
    ///
    /// # Errors
    ///
    /// [`Error::System`] if the system has no memory left.
    #[track_caller]
    pub fn new(values: &[T]) -> Result<Array<T>> {
        probe::enter(Location::caller());
        Array::over(Core::of(Class::Array, "", values)?)
    }

    /// Makes shared numbers with a name, which is shown. CPython's have none.
    ///
    /// # Errors
    ///
    /// As [`Array::new`].
    #[track_caller]
    pub fn named(name: &str, values: &[T]) -> Result<Array<T>> {
        probe::enter(Location::caller());
        Array::over(Core::of(Class::Array, name, values)?)
    }

    /// Makes so many shared numbers, all zero: `Array(code, len)`.
    ///
    /// # Errors
    ///
    /// As [`Array::new`].
    #[track_caller]
    pub fn zeroed(len: usize) -> Result<Array<T>> {
        probe::enter(Location::caller());
        Array::over(Core::new(Class::Array, "", len)?)
    }

    fn over(core: Arc<Core<T>>) -> Result<Array<T>> {
        // Its own lock is no object of its own: who holds it holds the array.
        let lock = RLock::of_object(core.object)?;
        let raw = RawArray { core };
        Ok(Array { raw, lock })
    }
}

impl<T: Number, L: Mutual> Array<T, L> {
    /// Makes shared numbers with a lock that there is: `Array(…, lock=lock)`.
    ///
    /// ```
    /// use mpviz::runtime::{Array, Lock, Result};
    ///
    /// # fn main() -> Result<()> {
    /// let lock = Lock::new()?;
    /// let (debit, credit) = (Array::with_lock(&[0; 3], &lock)?, Array::with_lock(&[9; 3], &lock)?);
    /// lock.with(|| {
    ///     // One lock for both, and it is held: so without it, here.
    ///     credit.get_obj().set(0, 8)?;
    ///     debit.get_obj().set(0, 1)
    /// })?;
    /// assert_eq!((debit.get(0)?, credit.get(0)?), (1, 8));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Array::new`].
    #[track_caller]
    pub fn with_lock(values: &[T], lock: &L) -> Result<Array<T, L>>
    where
        L: Clone,
    {
        let (raw, lock) = (RawArray::new(values)?, lock.clone());
        Ok(Array { raw, lock })
    }

    /// Returns its lock: `a.get_lock()`.
    pub fn get_lock(&self) -> &L {
        &self.lock
    }

    /// Returns the numbers without the lock: `a.get_obj()`.
    pub fn get_obj(&self) -> &RawArray<T> {
        &self.raw
    }

    fn hold(&self) -> Option<Held<'_>> {
        Some(Held::take(&self.lock))
    }

    fn core(&self) -> &Core<T> {
        &self.raw.core
    }
}

impl<T: Number> RawArray<T> {
    /// Nothing is to be held.
    #[expect(clippy::unused_self, reason = "as that of an array with a lock")]
    fn hold(&self) -> Option<Held<'_>> {
        None
    }

    fn core(&self) -> &Core<T> {
        &self.core
    }
}

macro_rules! array_operations {
    ($(impl<$($parameter:ident: $bound:ident),*> $array:ty;)*) => {$(
        impl<$($parameter: $bound),*> $array {
            /// Returns how many numbers there are: `len(a)`.
            pub fn len(&self) -> usize {
                self.core().len()
            }

            /// Returns whether there are none.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Returns an item: `a[index]`.
            ///
            /// # Errors
            ///
            /// [`Error::Index`], an `IndexError`, if there is none.
            #[track_caller]
            pub fn get(&self, index: usize) -> Result<T> {
                probe::enter(Location::caller());
                let _held = self.hold();
                let len = self.core().len();
                self.core().read_one(index).ok_or(Error::Index { index, len })
            }

            /// Sets an item: `a[index] = value`.
            ///
            /// # Errors
            ///
            /// [`Error::Index`], an `IndexError`, if there is none.
            #[track_caller]
            pub fn set(&self, index: usize, value: T) -> Result<()> {
                probe::enter(Location::caller());
                let _held = self.hold();
                self.core().check(index)?;
                self.core().write(index, &[value]);
                Ok(())
            }

            /// Returns a slice: `a[start:end]`. As in Python, what is beyond the end is left out.
            #[track_caller]
            pub fn slice(&self, range: impl RangeBounds<usize>) -> Vec<T> {
                probe::enter(Location::caller());
                let _held = self.hold();
                self.core().read(self.core().clamp(&range))
            }

            /// Sets a slice: `a[start:end] = values`.
            ///
            /// # Errors
            ///
            /// [`Error::Argument`], a `ValueError`, if the slice is not as long as `values`.
            #[track_caller]
            pub fn set_slice(&self, range: impl RangeBounds<usize>, values: &[T]) -> Result<()> {
                probe::enter(Location::caller());
                let _held = self.hold();
                self.core().write_slice(&range, values)
            }

            /// Returns all of it: `a[:]`.
            #[track_caller]
            pub fn to_vec(&self) -> Vec<T> {
                self.slice(..)
            }
        }
    )*};
}

array_operations! {
    impl<T: Number> RawArray<T>;
    impl<T: Number, L: Mutual> Array<T, L>;
}
