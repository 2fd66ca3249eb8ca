//! The hand-over: descriptors that go to a spawned process beside its arguments.
//!
//! An object of the runtime is made of descriptors, and those can't be written down as bytes. So
//! its `Serialize` [gives](give) each of them and writes down the number that it gets for it, and
//! its `Deserialize` [takes](take) them by these numbers. Both are only possible while a process
//! is being spawned, on the thread that does it; at any other time they fail, as in CPython.
//!
//! Serde's errors lose what they were made of, at least postcard's do. So [`failed_encoding`] keeps an
//! error aside, and whoever encodes or decodes asks for it by [`failure`].
//!
//! ```text
//! impl Serialize for Lock {                       // and the reverse in Deserialize
//!     fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
//!         handover::check("Lock", self.made_under).map_err(handover::failed_encoding)?;
//!         let page = handover::give(self.words.fd()).map_err(handover::failed_encoding)?;
//!         (self.object, page).serialize(s)
//!     }
//! }
//! ```

use crate::runtime::context::StartMethod;
use crate::runtime::error::{Error, Result};
use std::cell::RefCell;
use std::os::fd::{BorrowedFd, OwnedFd};

thread_local! {
    /// What is given, while this thread encodes the arguments of a process to be spawned.
    static GIVEN: RefCell<Option<Vec<OwnedFd>>> = const { RefCell::new(None) };
    /// What was handed over, while this thread decodes its arguments.
    static HANDED: RefCell<Option<Vec<Option<OwnedFd>>>> = const { RefCell::new(None) };
    /// Why the latest encoding or decoding failed.
    static FAILURE: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Gives a copy of a descriptor to the process that is being spawned; returns its number there,
/// for [`take`].
///
/// # Errors
///
/// [`Error::Runtime`] if no process is being spawned.
pub(in crate::runtime) fn give(fd: BorrowedFd<'_>) -> Result<u32> {
    GIVEN.with_borrow_mut(|given| {
        let given = given.as_mut().ok_or_else(|| inherited("descriptor"))?;
        let copy = rustix::io::fcntl_dupfd_cloexec(fd, 3)
            .map_err(|error| Error::system("cannot hand over a descriptor", error))?;
        given.push(copy);
        u32::try_from(given.len() - 1).map_err(|_| inherited("descriptor"))
    })
}

/// Takes a descriptor that was given. Each can be taken once.
///
/// # Errors
///
/// [`Error::Runtime`] if this is no spawned process that decodes its arguments.
pub(in crate::runtime) fn take(number: u32) -> Result<OwnedFd> {
    HANDED.with_borrow_mut(|handed| {
        let handed = handed.as_mut().ok_or_else(|| inherited("descriptor"))?;
        let place = handed.get_mut(number as usize);
        place
            .and_then(Option::take)
            .ok_or_else(|| Error::Runtime(format!("descriptor {number} was not handed over")))
    })
}

/// Checks that an object of the runtime may be written down here: only for a process that is being
/// spawned, and only if it was made under the start method `spawn`. `what` is CPython's name of
/// its class.
///
/// # Errors
///
/// [`Error::Runtime`], with CPython's words.
pub(in crate::runtime) fn check(what: &str, made_under: StartMethod) -> Result<()> {
    check_spawning(what)?;
    if made_under == StartMethod::Spawn {
        return Ok(());
    }
    Err(Error::Runtime(format!(
        "a {what} created in a fork context is being shared with a process in a spawn context; \
         this is not supported: set the start method `spawn` before it is made"
    )))
}

/// As [`check`], for an object that can be handed over however it was made: a connection.
///
/// # Errors
///
/// As [`check`].
pub(in crate::runtime) fn check_spawning(what: &str) -> Result<()> {
    if GIVEN.with_borrow(Option::is_some) {
        return Ok(());
    }
    Err(inherited(what))
}

fn inherited(what: &str) -> Error {
    Error::Runtime(format!(
        "{what} objects should only be shared between processes through inheritance"
    ))
}

/// Returns serde's error for one of ours, and keeps ours aside for [`failure`].
pub(in crate::runtime) fn failed_encoding<E: serde::ser::Error>(error: Error) -> E {
    let text = error.to_string();
    FAILURE.set(Some(error));
    E::custom(text)
}

/// As [`failed_encoding`], the other way.
pub(in crate::runtime) fn failed_decoding<E: serde::de::Error>(error: Error) -> E {
    let text = error.to_string();
    FAILURE.set(Some(error));
    E::custom(text)
}

/// Returns why the latest encoding or decoding on this thread failed, if it was for a reason of
/// the runtime's. To be asked once, right after the failure.
pub(in crate::runtime) fn failure() -> Option<Error> {
    FAILURE.take()
}

/// Encodes something with the hand-over open; returns what it made and what was given.
pub(super) fn giving<T>(encode: impl FnOnce() -> T) -> (T, Vec<OwnedFd>) {
    GIVEN.set(Some(Vec::new()));
    FAILURE.set(None);
    let made = encode();
    (made, GIVEN.take().unwrap_or_default())
}

/// Decodes something with the hand-over open. What nobody takes is closed.
pub(super) fn taking<T>(handed: Vec<OwnedFd>, decode: impl FnOnce() -> T) -> T {
    HANDED.set(Some(handed.into_iter().map(Some).collect()));
    FAILURE.set(None);
    let made = decode();
    HANDED.set(None);
    made
}
