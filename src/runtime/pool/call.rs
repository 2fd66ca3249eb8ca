//! A task on its way: which function, which arguments, and how a worker calls it.
//!
//! A forked worker has the same program at the same addresses, so the address of a function is
//! enough to name it. What is named is never the program's function itself but a wrapper that
//! knows its types: it decodes the arguments, calls, and encodes the results. A task is one call
//! or many (a chunk of a map); its results stand one after the other.
#![expect(unsafe_code, reason = "calls a function by its address")]

use super::failure::Failure;
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// What a worker calls: takes that many encoded arguments and appends as many encoded results. The
/// first error ends it.
type Wrapper = fn(&[u8], u32, &mut Vec<u8>) -> Result<(), Failure>;

/// The address of a wrapper.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code(u64);

/// A function of several arguments, which [`Pool::starmap`](super::Pool::starmap) calls with the
/// items of a tuple: of one to six.
///
/// Every function with that many arguments that returns a [`Result`] and captures nothing is one.
///
/// ```
/// use mpviz::runtime::{Pool, Result};
///
/// fn power(base: u32, exponent: u32) -> Result<u32> {
///     Ok(base.pow(exponent))
/// }
///
/// # fn main() -> Result<()> {
/// let pool = Pool::new(2)?;
/// assert_eq!(pool.starmap(power, [(2, 5), (3, 2)])?, [32, 9]);
/// # Ok(())
/// # }
/// ```
pub trait StarFunction<T>: Copy + 'static {
    /// What it returns.
    type Value;
    /// What it fails with.
    type Error;

    /// Calls it with the tuple's items.
    ///
    /// # Errors
    ///
    /// What the function fails with.
    fn call_star(self, arguments: T) -> Result<Self::Value, Self::Error>;
}

macro_rules! star {
    ($($name:ident)*) => {
        impl<F, R, E, $($name),*> StarFunction<($($name,)*)> for F
        where
            F: Fn($($name),*) -> Result<R, E> + Copy + 'static,
        {
            type Value = R;
            type Error = E;
            #[expect(non_snake_case, reason = "a type's name is its variable's, too")]
            fn call_star(self, ($($name,)*): ($($name,)*)) -> Result<R, E> {
                self($($name),*)
            }
        }
    };
}
star!(A);
star!(A B);
star!(A B C);
star!(A B C D);
star!(A B C D G);
star!(A B C D G H);

impl Code {
    /// Returns the wrapper's address for a function of one argument.
    pub(super) fn of<F, A, R, E>() -> Code
    where
        F: Fn(A) -> Result<R, E> + Copy + 'static,
        A: DeserializeOwned,
        R: Serialize,
        E: Display + 'static,
    {
        Code::named::<F>(|arguments, count, out| {
            call_each(arguments, count, out, |argument| captured::<F>()(argument))
        })
    }

    /// Returns the wrapper's address for a function that takes the items of a tuple.
    pub(super) fn of_star<F, A>() -> Code
    where
        F: StarFunction<A>,
        A: DeserializeOwned,
        F::Value: Serialize,
        F::Error: Display + 'static,
    {
        Code::named::<F>(|arguments, count, out| {
            call_each(arguments, count, out, |argument| {
                captured::<F>().call_star(argument)
            })
        })
    }

    fn named<F>(wrapper: Wrapper) -> Code {
        const {
            assert!(
                size_of::<F>() == 0,
                "a task's function must capture nothing: the workers were forked before"
            );
        }
        Code(wrapper as usize as u64)
    }

    /// Returns the number that names it in a task.
    pub(super) fn number(self) -> u64 {
        self.0
    }

    /// Calls the wrapper that a number names.
    ///
    /// Only `worker.rs` calls this, with the number of a task whose cookie is its pool's own.
    pub(super) fn call(
        number: u64,
        arguments: &[u8],
        count: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let address = usize::try_from(number).unwrap_or(0);
        if address == 0 {
            return Err(Failure::new("TypeError", "the task names no function"));
        }
        let address = std::ptr::with_exposed_provenance::<()>(address);
        // SAFETY: the worker checked the cookie, so the task was made by this pool, in a process
        // with the same program at the same addresses (the worker is a fork of it), where
        // `Code::named` took the address of a `Wrapper`.
        let wrapper = unsafe { std::mem::transmute::<*const (), Wrapper>(address) };
        wrapper(arguments, count, out)
    }
}

/// Returns a function that captures nothing, out of nothing.
fn captured<F: Copy + 'static>() -> F {
    const { assert!(size_of::<F>() == 0) };
    // SAFETY: `F` has no size and is `Copy`, and whoever submitted the task had one: a copy of
    // nothing is read from nowhere.
    unsafe { std::ptr::NonNull::<F>::dangling().read() }
}

fn call_each<A, R, E>(
    mut arguments: &[u8],
    count: u32,
    out: &mut Vec<u8>,
    function: impl Fn(A) -> Result<R, E>,
) -> Result<(), Failure>
where
    A: DeserializeOwned,
    R: Serialize,
    E: Display + 'static,
{
    for _ in 0..count {
        let (argument, rest) = postcard::take_from_bytes(arguments)
            .map_err(|error| Failure::new("PicklingError", error))?;
        arguments = rest;
        let value = function(argument).map_err(|error| Failure::of(&error))?;
        append(&value, out)
            .map_err(|error| Failure::unencodable(std::any::type_name::<R>(), error))?;
    }
    Ok(())
}

/// Appends a value's encoded form.
pub(super) fn append<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> postcard::Result<()> {
    postcard::serialize_with_flavor(value, Append(out))
}

/// Bytes that postcard appends to.
struct Append<'a>(&'a mut Vec<u8>);

impl Flavor for Append<'_> {
    type Output = ();

    #[inline]
    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        // A number comes as a few bytes: a call that copies them takes longer than they do.
        if data.len() <= 10 {
            self.0.reserve(10);
            for &byte in data {
                self.0.push(byte);
            }
        } else {
            self.0.extend_from_slice(data);
        }
        Ok(())
    }

    #[inline]
    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}
