//! Start methods: how processes begin, and so what objects must be able to do.
//!
//! CPython calls this a context. Here there is one for the whole program, as with
//! `multiprocessing.set_start_method`; `get_context` has no twin, since [`Process::start`] always
//! forks and [`Process::spawn`] always spawns.
//!
//! [`Process::start`]: super::Process::start
//! [`Process::spawn`]: super::Process::spawn

use super::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU8, Ordering};

/// How a process begins.
///
/// ```
/// use mpviz::runtime::{StartMethod, set_start_method, start_method};
///
/// set_start_method(StartMethod::Spawn).unwrap();
/// assert_eq!(start_method(), StartMethod::Spawn);
/// assert_eq!(set_start_method(StartMethod::Fork).unwrap_err().kind(), "RuntimeError");
/// assert_eq!("forkserver".parse::<StartMethod>().unwrap_err().kind(), "ValueError");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum StartMethod {
    /// The child is a copy of its parent, with all its memory and descriptors. The default, as in
    /// CPython on Linux up to 3.13.
    Fork,
    /// The child is the program run anew; it has its arguments and nothing else.
    Spawn,
}

impl StartMethod {
    /// Every start method, the default first: `multiprocessing.get_all_start_methods()`. CPython's
    /// `forkserver` is missing.
    pub const ALL: &'static [StartMethod] = &[StartMethod::Fork, StartMethod::Spawn];

    /// Returns CPython's word for it.
    pub const fn text(self) -> &'static str {
        match self {
            StartMethod::Fork => "fork",
            StartMethod::Spawn => "spawn",
        }
    }
}

impl fmt::Display for StartMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl FromStr for StartMethod {
    type Err = Error;

    /// Reads CPython's word.
    fn from_str(word: &str) -> Result<StartMethod> {
        let found = StartMethod::ALL.iter().find(|method| method.text() == word);
        found.copied().ok_or_else(|| Error::Argument {
            name: "method",
            value: word.to_owned(),
            range: "`fork` or `spawn`",
        })
    }
}

/// The program's start method, plus 1; 0 while nothing was said and nothing was made.
static METHOD: AtomicU8 = AtomicU8::new(0);

/// Sets how processes begin: `multiprocessing.set_start_method(method)`.
///
/// Say it first of all: objects made under `fork` can't be given to a spawned process.
///
/// # Errors
///
/// [`Error::Runtime`] if it was set before, by this function or, as in CPython, by the first use
/// of [`start_method`], the first process started or the first object made.
pub fn set_start_method(method: StartMethod) -> Result<()> {
    METHOD
        .compare_exchange(0, word(method), Ordering::Relaxed, Ordering::Relaxed)
        .map(drop)
        .map_err(|_| Error::Runtime("context has already been set".to_owned()))
}

/// Sets how processes begin, whatever was said before:
/// `multiprocessing.set_start_method(method, force=True)`. `None` is as if nothing had been said.
///
/// ```
/// use mpviz::runtime::{StartMethod, force_start_method, start_method, start_method_if_set};
///
/// assert_eq!(start_method(), StartMethod::Fork);
/// force_start_method(StartMethod::Spawn);
/// assert_eq!(start_method(), StartMethod::Spawn);
/// force_start_method(None);
/// assert_eq!(start_method_if_set(), None);
/// ```
pub fn force_start_method(method: impl Into<Option<StartMethod>>) {
    METHOD.store(method.into().map_or(0, word), Ordering::Relaxed);
}

/// Returns how processes begin, and settles it: `multiprocessing.get_start_method()`.
pub fn start_method() -> StartMethod {
    // If that fails, it is set.
    let _ = set_start_method(StartMethod::Fork);
    start_method_if_set().unwrap_or(StartMethod::Fork)
}

/// Returns how processes begin if that is settled:
/// `multiprocessing.get_start_method(allow_none=True)`.
pub fn start_method_if_set() -> Option<StartMethod> {
    let at = METHOD.load(Ordering::Relaxed).checked_sub(1)?;
    StartMethod::ALL.get(usize::from(at)).copied()
}

fn word(method: StartMethod) -> u8 {
    match method {
        StartMethod::Fork => 1,
        StartMethod::Spawn => 2,
    }
}
