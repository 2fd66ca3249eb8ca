//! What can be spawned: functions by their names, and what may be their arguments.

use super::handover;
use crate::runtime::error::Error;
use crate::runtime::exit::{Target, run_target, tell_failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::os::fd::OwnedFd;

/// A function that can run in a spawned process, with arguments `A`: each function of up to eight
/// serde values that returns what a [`Target`] may.
///
/// Closures have the trait too, but no name, so they can't be registered.
///
/// ```
/// use mpviz::runtime::spawn::Spawnable;
/// use mpviz::runtime::{Error, Result};
///
/// fn can_be_spawned<A, F: Spawnable<A>>(_: F) {}
///
/// fn copy(from: String, to: String) -> Result<()> {
///     std::fs::copy(from, to).map(drop).map_err(Error::other)
/// }
///
/// can_be_spawned(copy);
/// ```
pub trait Spawnable<A>: Copy + Send + Sync + 'static {
    /// Runs it to its exit code.
    #[doc(hidden)]
    fn run(self, arguments: A) -> i32;
}

/// What can be given for a parameter of type `A`: such a value or a reference to it; for a
/// `String`, a `&str` too.
///
/// ```
/// use mpviz::runtime::spawn::Argument;
///
/// fn is_for_a_text(_: impl Argument<String>) {}
///
/// is_for_a_text("borrowed");
/// is_for_a_text(String::from("owned"));
/// is_for_a_text(&String::from("lent"));
/// ```
pub trait Argument<A> {
    /// What is encoded.
    #[doc(hidden)]
    type Form: Serialize + ?Sized;

    /// Returns what is encoded.
    #[doc(hidden)]
    fn form(&self) -> &Self::Form;
}

impl<A: Serialize> Argument<A> for A {
    type Form = A;
    fn form(&self) -> &A {
        self
    }
}

impl<A: Serialize> Argument<A> for &A {
    type Form = A;
    fn form(&self) -> &A {
        self
    }
}

impl Argument<String> for &str {
    type Form = str;
    fn form(&self) -> &str {
        self
    }
}

/// All arguments for a function that takes `A`: a tuple, for a single one too.
///
/// ```
/// use mpviz::runtime::{Process, Result, spawnable};
///
/// fn check(name: String, numbers: Vec<u32>, limit: Option<u32>) {
///     assert_eq!((name.as_str(), numbers.len(), limit), ("primes", 3, None));
/// }
///
/// fn main() -> Result<()> {
///     spawnable!(check);
///     // Values or references to them, and a text for a `String`.
///     let child = Process::new().spawn(check, ("primes", &vec![2, 3, 5], None))?;
///     child.join()?;
///     assert_eq!(child.exitcode()?, Some(0));
///     Ok(())
/// }
/// ```
pub trait Arguments<A> {
    /// Encodes them.
    #[doc(hidden)]
    fn encode(&self) -> postcard::Result<Vec<u8>>;
}

macro_rules! arities {
    ($(($($a:ident $p:ident $at:tt),*))*) => {$(
        impl<$($a: Serialize + DeserializeOwned,)* $($p: Argument<$a>,)*> Arguments<($($a,)*)>
            for ($($p,)*)
        {
            fn encode(&self) -> postcard::Result<Vec<u8>> {
                postcard::to_allocvec(&($(self.$at.form(),)*))
            }
        }

        impl<Function, Returned, $($a,)*> Spawnable<($($a,)*)> for Function
        where
            Function: Fn($($a),*) -> Returned + Copy + Send + Sync + 'static,
            Returned: Target,
            $($a: Serialize + DeserializeOwned,)*
        {
            #[expect(non_snake_case, reason = "a value is called as its type is")]
            fn run(self, ($($a,)*): ($($a,)*)) -> i32 {
                run_target(|| self($($a),*))
            }
        }
    )*};
}
arities! {
    (A1 P1 0)
    (A1 P1 0, A2 P2 1)
    (A1 P1 0, A2 P2 1, A3 P3 2)
    (A1 P1 0, A2 P2 1, A3 P3 2, A4 P4 3)
    (A1 P1 0, A2 P2 1, A3 P3 2, A4 P4 3, A5 P5 4)
    (A1 P1 0, A2 P2 1, A3 P3 2, A4 P4 3, A5 P5 4, A6 P6 5)
    (A1 P1 0, A2 P2 1, A3 P3 2, A4 P4 3, A5 P5 4, A6 P6 5, A7 P7 6)
    (A1 P1 0, A2 P2 1, A3 P3 2, A4 P4 3, A5 P5 4, A6 P6 5, A7 P7 6, A8 P8 7)
}

impl Arguments<()> for () {
    fn encode(&self) -> postcard::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

impl<Function, Returned> Spawnable<()> for Function
where
    Function: Fn() -> Returned + Copy + Send + Sync + 'static,
    Returned: Target,
{
    fn run(self, (): ()) -> i32 {
        run_target(self)
    }
}

/// A function with the name that a spawned process finds it by: what
/// [`spawnable!`](crate::spawnable) makes of each function.
///
/// ```
/// use mpviz::runtime::spawn::Registered;
///
/// fn target(_: u32) {}
///
/// let registered = Registered::new(target);
/// assert!(format!("{registered:?}").contains("target"));
/// ```
pub struct Registered {
    pub(super) name: &'static str,
    /// Decodes the arguments and runs it; returns the exit code.
    pub(super) run: Box<Run>,
}

type Run = dyn Fn(&[u8], Vec<OwnedFd>) -> i32 + Send + Sync;

impl Registered {
    /// Returns a function with its name.
    ///
    /// # Panics
    ///
    /// If it is a closure or a pointer to a function: neither has a name.
    pub fn new<A: DeserializeOwned, F: Spawnable<A>>(target: F) -> Registered {
        let name = Registered::name_of::<F>();
        assert!(
            size_of::<F>() == 0 && !name.contains("{{closure}}"),
            "`{name}` has no name, so it can't be found in a spawned process"
        );
        let run = move |bytes: &[u8], handed: Vec<OwnedFd>| {
            let arguments = handover::taking(handed, || postcard::from_bytes(bytes));
            match arguments {
                Ok(arguments) => target.run(arguments),
                Err(source) => {
                    let error = handover::failure().unwrap_or_else(|| Error::Message {
                        verb: "decode",
                        object: format!("the arguments of {name}"),
                        source,
                    });
                    tell_failure(error.kind(), &error.to_string());
                    1
                }
            }
        };
        Registered {
            name,
            run: Box::new(run),
        }
    }

    /// Returns the name of a function: its path, which is its own in a program.
    pub(super) fn name_of<F>() -> &'static str {
        std::any::type_name::<F>()
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Registered").field(&self.name).finish()
    }
}
