//! A piece: what can be put on the stage, and again.

use crate::channel::Arena;
use crate::event::program::Knobs;
use crate::scenario::Scenario;
use crate::stage::Launch;
use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};

/// What is to be run.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A program that mpviz brings.
    Scenario(&'static Scenario, Knobs),
    /// Any other program.
    Foreign(Foreign),
}

/// A program that mpviz does not bring.
#[derive(Clone, PartialEq, Debug)]
pub struct Foreign {
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// What random sleeps come from, if it uses the library.
    pub seed: u64,
    /// How many times as fast as written sleeps and timeouts run, if it uses the library.
    pub pace: f64,
    /// Whether it reads what mpviz's own stdin is. On the screen the keyboard is mpviz's: there is
    /// nothing to read then.
    pub reads_stdin: bool,
}

impl Piece {
    /// Returns what the stage needs to know of it.
    pub(super) fn launch(&self, arena: Arena) -> Launch {
        match self {
            Piece::Scenario(scenario, knobs) => Launch::scenario(scenario.program, knobs, arena),
            Piece::Foreign(foreign) => {
                let mut launch = Launch::exec(foreign.argv.clone(), arena);
                let words = foreign.argv.iter().map(|word| word.to_string_lossy());
                launch.title = words.collect::<Vec<_>>().join(" ");
                launch.seed = foreign.seed;
                launch.pace = foreign.pace;
                launch.stdin = foreign.reads_stdin.then(own_stdin).flatten();
                launch
            }
        }
    }
}

/// Returns a copy of stdin; a closed one is none.
fn own_stdin() -> Option<OwnedFd> {
    std::io::stdin().as_fd().try_clone_to_owned().ok()
}
