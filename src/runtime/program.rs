//! Programs that are started anew: what `spawn` and `subprocess` have in common.

use super::error::{Error, Result, errno_name};
use super::fork::ForkSpec;
use super::probe::{self, Birth};
use crate::event::{Kind, Text};
use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt;

/// Starts a program by `make`, which returns its pid, and tells so.
pub(super) fn start(
    spec: &ForkSpec,
    attempt: &str,
    make: impl FnOnce(&Birth) -> io::Result<u32>,
) -> Result<u32> {
    let birth = Birth::of_process(spec.actor);
    probe::say(|| Kind::ProcessForked {
        child: spec.actor,
        name: spec.name.clone(),
        method: spec.method,
        daemon: spec.daemon,
        function: None,
    });
    match make(&birth) {
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

/// Returns this process's environment with `words` in it, and, on a stage, an invitation to who is
/// about to be.
pub(super) fn environment(birth: &Birth, word: (&'static str, String)) -> Vec<CString> {
    let words: Vec<_> = birth.invitation().into_iter().chain([word]).collect();
    let mine = std::env::vars_os().filter(|(name, _)| words.iter().all(|(word, _)| name != word));
    let mine: Vec<_> = mine.collect();
    let words = words
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()));
    let join = |(name, value): (OsString, OsString)| {
        let mut word = name;
        word.push("=");
        word.push(value);
        // The environment of a process has no zero bytes.
        CString::new(word.into_vec()).ok()
    };
    mine.into_iter().chain(words).filter_map(join).collect()
}
