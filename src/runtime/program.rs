//! Programs that are started anew: what `spawn` and `subprocess` have in common.

use super::error::{Error, Result, errno_name};
use super::fork::ForkSpec;
use super::probe::{self, Birth};
use crate::event::{ActorId, Kind, Text};
use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;

/// Starts a program by `make`, which returns its pid, and tells so.
pub(super) fn start(
    spec: &ForkSpec,
    attempt: &str,
    make: impl FnOnce() -> io::Result<u32>,
) -> Result<u32> {
    let birth = Birth::of_process(spec.actor);
    probe::say(|| Kind::ProcessForked {
        child: spec.actor,
        name: spec.name.clone(),
        method: spec.method,
        daemon: spec.daemon,
    });
    match make() {
        Ok(pid) => {
            birth.announce(pid);
            probe::say(|| Kind::ForkReturned {
                child: spec.actor,
                pid,
            });
            Ok(pid)
        }
        Err(error) => {
            birth.forget();
            let name = Text::from(errno_name(&error));
            probe::say(|| Kind::ForkFailed {
                child: spec.actor,
                error: name,
            });
            Err(Error::system(attempt, error))
        }
    }
}

/// Returns the environment of a program that will be `actor`: this process's, with `words` in it.
pub(super) fn environment(_actor: ActorId, words: &[(&'static str, OsString)]) -> Vec<CString> {
    let mine = std::env::vars_os().filter(|(name, _)| words.iter().all(|(word, _)| name != word));
    let words = words
        .iter()
        .map(|(name, value)| (OsString::from(name), value.clone()));
    let join = |(name, value): (OsString, OsString)| {
        let mut word = name;
        word.push("=");
        word.push(value);
        // The environment of a process has no zero bytes.
        CString::new(word.into_vec()).ok()
    };
    mine.chain(words).filter_map(join).collect()
}
