//! `Value` and `Array`: numbers in memory that processes share.
//!
//! Each access of a [`Value`] or an [`Array`] takes its lock for itself, so what is read or written
//! is whole; `v.set(v.get() + 1)` are two accesses all the same, between which another process may
//! write: its update is lost. That is the lesson; `v.get_lock().guard()` around both is the cure.
//! [`RawValue`] and [`RawArray`] have no lock at all. A number is read and written at once there
//! too, so a race loses an update and is never undefined behaviour.
//!
//! CPython's type codes are Rust's types: `'b'` is `i8`, `'i'` is `i32`, `'d'` is `f64`. That a
//! number does not fit its type (CPython cuts it off) can't be said.

mod array;
mod handed;
mod memory;
mod number;
mod value;

pub use array::{Array, RawArray};
pub use number::Number;
pub use value::{RawValue, Value};
