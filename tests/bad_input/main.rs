//! Bad input, and what it gets: wrong words, terminals that are none, traces that are broken,
//! limits, signals and kills. What the stage contains after kills has tests of its own (`stage`),
//! keys and sizes too (`pty`), and panics (`panics`); here is what needs the whole program.

#[path = "../common/mod.rs"]
mod common;
mod container;
mod films;
mod kills;
mod limits;
mod told;
mod traces;
mod victims;
mod words;

use common::output;
use common::pty::{Pty, comes};
use std::fs;
use std::process::Output;

const USUAL: (u16, u16) = (120, 36);
/// Runs for half a minute, which no test waits for.
const LONG: &[&str] = &["pipe", "--pace", "0.2"];

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs mpviz, which is to fail with this exit code and say all this, on stderr alone.
#[track_caller]
pub(crate) fn check_fails(arguments: &[&str], code: i32, says: &[&str]) {
    let ran = output(arguments);
    let told = stderr(&ran);
    assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {told}");
    for words in says {
        assert!(
            told.contains(words),
            "{arguments:?}: `{words}` is not in\n{told}"
        );
    }
    assert_eq!(stdout(&ran), "", "{arguments:?}");
}

/// Starts a run that goes on, and waits for its processes.
pub(crate) fn long_run() -> Pty {
    let mut pty = Pty::start(USUAL, LONG);
    pty.until_header(&["pipe", "● live"]);
    pty.until_text("rev: url0");
    pty.is_taken();
    assert!(pty.tag.living().len() >= 5);
    pty
}

/// Returns the supervisor: a child of mpviz, the only one.
#[track_caller]
pub(crate) fn supervisor_of(mpviz: u32) -> u32 {
    let path = format!("/proc/{mpviz}/task/{mpviz}/children");
    let mut found = None;
    let is_there = || {
        let children = fs::read_to_string(&path).unwrap_or_default();
        found = children
            .split_whitespace()
            .next()
            .and_then(|pid| pid.parse().ok());
        found.is_some()
    };
    assert!(comes(is_there), "mpviz has no child");
    found.expect("it was found")
}
