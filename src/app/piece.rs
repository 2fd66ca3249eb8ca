//! A piece: what can be put on the stage, and again; or watched where it runs already.

use super::session::SessionError;
use super::twin;
use crate::channel::Arena;
use crate::event::program::Knobs;
use crate::python::interpreter;
use crate::python::{Home, Options};
use crate::scenario::Scenario;
use crate::stage::{Launch, Stage, Streams, Target, Terminal};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

/// What is to be run.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A program that mpviz brings, or its twin in Python.
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
    /// What it reads.
    pub stdin: Stdin,
    /// What it prints into.
    pub streams: Streams,
    /// What it is to tell beside the usual, if it is Python.
    pub options: Options,
}

/// What a program reads as its stdin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stdin {
    /// Nothing: on the screen the keyboard is mpviz's.
    Nothing,
    /// What mpviz's own stdin is.
    Own,
    /// A file.
    File(PathBuf),
}

impl Piece {
    /// Returns what a Python in it is to tell beside the usual; `None` if there can be none.
    pub(super) fn python(&self) -> Option<Options> {
        match self {
            Piece::Scenario(_, knobs) => knobs.python.then(Options::default),
            Piece::Foreign(foreign) => Some(foreign.options),
            // It has begun long ago.
            Piece::Attached(_) => None,
        }
    }

    /// Returns what is run as another program, if one is.
    pub(super) fn program(&self) -> Option<&OsStr> {
        match self {
            Piece::Scenario(_, knobs) => knobs.python.then_some(OsStr::new(twin::PYTHON)),
            Piece::Foreign(foreign) => foreign.argv.first().map(OsString::as_os_str),
            Piece::Attached(_) => None,
        }
    }

    /// Returns whether it may be asked to end as a shell's jobs are.
    pub(super) fn is_foreign(&self) -> bool {
        matches!(self, Piece::Foreign(_))
    }

    /// Puts it on the stage. `home` is where a Python in it tells what it does.
    pub(super) fn put_on(
        &self,
        arena: Arena,
        home: Option<&Home>,
        terminal: Option<Terminal>,
    ) -> Result<Stage, SessionError> {
        let mut launch = match self {
            Piece::Scenario(scenario, knobs) if knobs.python => {
                twin::launch(scenario.program, knobs, arena, home)?
            }
            Piece::Scenario(scenario, knobs) => Launch::scenario(scenario.program, knobs, arena),
            Piece::Attached(target) => return Ok(Stage::attach(target, arena)?),
            Piece::Foreign(foreign) => {
                let mut launch = Launch::exec(foreign.argv.clone(), arena);
                let words = foreign.argv.iter().map(|word| word.to_string_lossy());
                launch.title = words.collect::<Vec<_>>().join(" ");
                if let Some(name) = interpreter::script_of(&foreign.argv) {
                    launch.name = name;
                }
                launch.seed = foreign.seed;
                launch.pace = foreign.pace;
                launch.stdin = foreign.stdin.open()?;
                launch.streams = foreign.streams;
                launch
            }
        };
        launch.home = home.map(|home| home.path().to_owned());
        launch.terminal = terminal;
        Ok(Stage::launch(launch)?)
    }
}

impl Stdin {
    fn open(&self) -> Result<Option<OwnedFd>, SessionError> {
        match self {
            Stdin::Nothing => Ok(None),
            // A closed one is none.
            Stdin::Own => Ok(std::io::stdin().as_fd().try_clone_to_owned().ok()),
            Stdin::File(path) => match File::open(path) {
                Ok(file) => Ok(Some(file.into())),
                Err(source) => Err(SessionError::Stdin {
                    path: path.clone(),
                    source,
                }),
            },
        }
    }
}
