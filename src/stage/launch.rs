//! Launching: what is to be put on the stage, and what can go wrong.

use super::attach::Refusal;
use super::terminal::Terminal;
use crate::channel::Arena;
use crate::event::program::{Knobs, Program};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

/// How many processes of a run may live at the same time, if nobody says otherwise.
pub const LIVE_MAX: usize = 2_000;

/// The hidden first argument that makes the program a supervisor.
pub const SUPERVISOR_ARG: &str = "__supervisor";

/// What is to be run as MainProcess.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Play {
    /// A program that mpviz brings.
    Scenario {
        /// Its name.
        name: String,
        /// Each knob's name and value.
        knobs: Vec<(String, String)>,
    },
    /// Any other program.
    Exec {
        /// The program, looked up as a shell does, and its arguments.
        argv: Vec<OsString>,
    },
}

impl Play {
    /// Returns the name that the run has.
    pub fn name(&self) -> String {
        match self {
            Play::Scenario { name, .. } => name.clone(),
            Play::Exec { argv } => argv.first().map_or_else(String::new, |path| {
                let path = std::path::Path::new(path);
                let name = path.file_name().unwrap_or(path.as_os_str());
                name.to_string_lossy().into_owned()
            }),
        }
    }
}

/// A source that lines of events point into: its number is its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Its path.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What MainProcess's stdout and stderr are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Streams {
    /// Whether each is a pseudo-terminal; else it is a pipe.
    pub terminals: [bool; 2],
    /// How many columns and rows the terminals have.
    pub size: (u16, u16),
}

impl Streams {
    /// Two pipes.
    pub const PIPES: Streams = Streams {
        terminals: [false; 2],
        size: Streams::USUAL,
    };

    /// The size of a terminal of which nobody knows the size.
    pub const USUAL: (u16, u16) = (80, 24);
}

/// All that a run needs.
#[derive(Debug)]
pub struct Launch {
    /// What is to be run.
    pub play: Play,
    /// The name that the run has.
    pub name: String,
    /// Each knob's name and value, as they are told.
    pub knobs: Vec<(String, String)>,
    /// What it is, in a few words.
    pub title: String,
    /// Its sources.
    pub sources: Vec<Source>,
    /// What random sleeps come from.
    pub seed: u64,
    /// How many times as fast as written sleeps and timeouts run; 0 leaves sleeps out.
    pub pace: f64,
    /// What MainProcess reads as its stdin; nothing, if this is none.
    pub stdin: Option<OwnedFd>,
    /// What MainProcess prints into.
    pub streams: Streams,
    /// The private directory where Python tells what it does, if there is one.
    pub home: Option<PathBuf>,
    /// The terminal, to be given back should mpviz be killed.
    pub terminal: Option<Terminal>,
    /// Where the run's events go. Fresh: one run, one arena.
    pub arena: Arena,
    /// How many processes may live at the same time; beyond that the run is ended.
    pub live_max: usize,
}

impl Launch {
    /// Returns what a program that mpviz brings needs.
    pub fn scenario(program: &Program, knobs: &Knobs, arena: Arena) -> Launch {
        let values = knobs.iter().map(|(k, v)| (k.to_owned(), v.to_owned()));
        let knobs_told: Vec<_> = values.collect();
        Launch {
            play: Play::Scenario {
                name: program.name.to_owned(),
                knobs: knobs_told.clone(),
            },
            name: program.name.to_owned(),
            knobs: knobs_told,
            title: program.title.to_owned(),
            sources: vec![Source {
                path: program.path.to_owned(),
                text: program.source.to_owned(),
            }],
            seed: knobs.seed,
            pace: knobs.pace,
            stdin: None,
            streams: Streams::PIPES,
            home: None,
            terminal: None,
            arena,
            live_max: LIVE_MAX,
        }
    }

    /// Returns what any other program needs.
    pub fn exec(argv: Vec<OsString>, arena: Arena) -> Launch {
        let play = Play::Exec { argv };
        Launch {
            name: play.name(),
            knobs: Vec::new(),
            play,
            title: String::new(),
            sources: Vec::new(),
            seed: 0,
            pace: 1.0,
            stdin: None,
            streams: Streams::PIPES,
            home: None,
            terminal: None,
            arena,
            live_max: LIVE_MAX,
        }
    }
}

/// Why a run could not be put on.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// A descriptor that the stage needs could not be made.
    #[error("cannot make {what}")]
    Make {
        /// Which.
        what: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// The program could not be run again as its own supervisor.
    #[error("cannot start the supervisor: cannot run `/proc/self/exe`")]
    Spawn(#[source] io::Error),
    /// A process can't be watched.
    #[error(transparent)]
    Attach(#[from] Refusal),
    /// The supervisor could not be told what is to be run.
    #[error("cannot tell the supervisor what to run")]
    Tell(#[source] io::Error),
    /// The supervisor ended, or fell silent, before the stage stood.
    #[error("the supervisor ended before it was ready")]
    Lost(#[source] io::Error),
    /// The supervisor could not set up the stage.
    #[error("the supervisor cannot {attempt}")]
    Refused {
        /// What it attempted.
        attempt: String,
        /// The system's error.
        source: io::Error,
    },
}
