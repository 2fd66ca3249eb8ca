//! A piece: what can be put on the stage, and again; or watched where it runs already.

use crate::channel::Arena;
use crate::event::program::Knobs;
use crate::scenario::Scenario;
use crate::stage::{Launch, Stage, StageError, Target, Terminal};
use std::ffi::OsString;
use std::os::fd::{AsFd, OwnedFd};

/// What is to be run.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A program that mpviz brings.
    Scenario(&'static Scenario, Knobs),
    /// Any other program.
    Foreign(Foreign),
    /// A program that runs already, which is watched alone.
    Attached(Target),
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
    /// Puts it on the stage.
    pub(super) fn put_on(
        &self,
        arena: Arena,
        terminal: Option<Terminal>,
    ) -> Result<Stage, StageError> {
        let mut launch = match self {
            Piece::Scenario(scenario, knobs) => Launch::scenario(scenario.program, knobs, arena),
            Piece::Attached(target) => return Stage::attach(target, arena),
            Piece::Foreign(foreign) => {
                let mut launch = Launch::exec(foreign.argv.clone(), arena);
                let words = foreign.argv.iter().map(|word| word.to_string_lossy());
                launch.title = words.collect::<Vec<_>>().join(" ");
                launch.seed = foreign.seed;
                launch.pace = foreign.pace;
                launch.stdin = foreign.reads_stdin.then(own_stdin).flatten();
                launch
            }
        };
        launch.terminal = terminal;
        Stage::launch(launch)
    }
}

/// Returns a copy of stdin; a closed one is none.
fn own_stdin() -> Option<OwnedFd> {
    std::io::stdin().as_fd().try_clone_to_owned().ok()
}
