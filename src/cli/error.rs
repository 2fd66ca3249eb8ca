//! How mpviz fails: the chain of reasons on one line, a hint on its own, an exit code by kind.

mod usage;

use super::program;
use super::render::endings;
use super::status::{FAILED, NOT_EXECUTABLE, NOT_FOUND, QUIET, Status, USAGE};
use crate::app::config::Wrong;
use crate::app::config::themes::NoTheme;
use crate::app::screen::ScreenError;
use crate::app::session::SessionError;
use crate::app::text::TextError;
use crate::app::{TerminalError, reasons};
use crate::event::Span;
use crate::event::program::KnobError;
use crate::record::film::FilmError;
use crate::record::script::ScriptError;
use crate::record::script::player::Missed;
use crate::stage::Refusal;
use crate::trace::TraceError;
use crate::view::words::{count, shown};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Why mpviz ends without having done what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments are wrong, or ask for help.
    #[error("{}", usage::what(.0))]
    Arguments(clap::Error),
    /// There is no such scenario.
    #[error("there is no scenario `{name}`")]
    UnknownScenario {
        /// What was asked for.
        name: String,
        /// Names that are near to it.
        nearest: Vec<&'static str>,
    },
    /// A knob can't have a value.
    #[error("scenario `{scenario}`")]
    Knob {
        /// The scenario.
        scenario: &'static str,
        /// Why not.
        source: KnobError,
    },
    /// An option's value is out of its range.
    #[error("`{option}` is `{value}`, {range} is possible")]
    Range {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What it may be.
        range: &'static str,
    },
    /// The screen failed.
    #[error(transparent)]
    Screen(ScreenError),
    /// The run could not be started.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The text is not whole.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A file can't be opened.
    #[error("cannot open `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is no trace.
    #[error("cannot replay `{}`", path.display())]
    Trace {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: TraceError,
    },
    /// A file that was checked is not right.
    #[error("`{}`: {}", path.display(), count(*faults, "fault", "faults"))]
    Faulty {
        /// The file.
        path: PathBuf,
        /// How many faults it has.
        faults: u64,
    },
    /// A file can't be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that is to be written is there already.
    #[error("`{}` is there already", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Nothing is made by the ending of a name.
    #[error("`{}`: there is nothing to be made by this ending", path.display())]
    Ending {
        /// The file.
        path: PathBuf,
    },
    /// A script can't be read.
    #[error("script `{}`", path.display())]
    Script {
        /// The script.
        path: PathBuf,
        /// What is wrong with it.
        source: ScriptError,
    },
    /// What a script waits for never came.
    #[error("script `{}`", path.display())]
    Missed {
        /// The script.
        path: PathBuf,
        /// What was waited for.
        source: Box<Missed>,
    },
    /// An option is of no use for what is made.
    #[error("`{option}` is of no use for `.{ending}`: {why}")]
    NotOf {
        /// The option.
        option: String,
        /// What is made.
        ending: &'static str,
        /// Why it is of no use.
        why: &'static str,
    },
    /// Nobody said where to.
    #[error("nobody said where it is to be recorded to")]
    NoOutput,
    /// Nobody said what is to be run.
    #[error("nobody said what is to be run")]
    NoPiece,
    /// The trace does not have what a film is to show.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// A program can't be run.
    #[error("cannot run `{}`", path.display())]
    Program {
        /// The program, as it was named.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A process can't be watched.
    #[error("cannot attach")]
    Attach(#[source] Refusal),
    /// What a script's first line asks for can't be run.
    #[error("cannot run `{}`: its first line asks for `{}`", path.display(), interpreter.display())]
    Interpreter {
        /// The script.
        path: PathBuf,
        /// What it asks for.
        interpreter: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The supervisor was killed.
    #[error("the supervisor was killed: everything it ran was ended")]
    SupervisorLost,
    /// Nobody in the program did anything any more, so it was ended.
    #[error("nobody computed, slept or moved anything for {} s: the program was ended", limit.seconds())]
    Quiet {
        /// For so long.
        limit: Span,
    },
    /// Signals can't be watched for.
    #[error("cannot watch for signals")]
    Signals(#[source] io::Error),
    /// There is no theme of a name, or none that can be read.
    #[error(transparent)]
    Theme(#[from] NoTheme),
    /// What was asked for can't be printed.
    #[error("cannot write to stdout")]
    List(#[source] io::Error),
}

/// Prints what is wrong with a file that mpviz does without.
pub(super) fn tell_wrong(wrong: &Wrong) {
    let mut text = format!("mpviz: {}", shown(&wrong.to_string()));
    if let Some(hint) = &wrong.fault.hint {
        text = format!("{text}\nhint: {}", shown(hint));
    }
    let _ = writeln!(io::stderr(), "{text}");
}

// The parser's text is no cause of ours: it would tell the same again.
impl From<clap::Error> for CliError {
    fn from(error: clap::Error) -> CliError {
        CliError::Arguments(error)
    }
}

impl CliError {
    /// Prints the error as a person wants it; returns its exit code.
    pub(super) fn tell(&self) -> ExitCode {
        if let CliError::Arguments(error) = self
            && !error.use_stderr()
        {
            // It was asked for: the help, or the version. With nobody to read it, that is no harm.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        let mut text = format!("mpviz: {}", reasons(self));
        if let Some(hint) = self.hint() {
            text = format!("{text}\nhint: {}", shown(&hint));
        }
        if let CliError::Missed { source, .. } = self {
            let at = source.at.seconds();
            text = format!(
                "{text}\nat {at:.2} s the screen was:\n{}",
                source.screen.trim_end()
            );
        }
        let _ = writeln!(io::stderr(), "{text}");
        self.status().exit_code()
    }

    fn hint(&self) -> Option<String> {
        match self {
            CliError::Arguments(error) => usage::hint(error),
            CliError::UnknownScenario { nearest, .. } if nearest.is_empty() => {
                Some("`mpviz list` shows all there are".into())
            }
            CliError::UnknownScenario { nearest, .. } => {
                let names: Vec<_> = nearest.iter().map(|name| format!("`{name}`")).collect();
                Some(format!("near to it: {}", names.join(", ")))
            }
            CliError::Knob { scenario, .. } => Some(format!(
                "`mpviz list {scenario}` shows each knob with its range"
            )),
            CliError::Screen(ScreenError::Terminal(_)) => {
                Some("`mpviz <scenario> --plain` prints a run as text".into())
            }
            CliError::Screen(ScreenError::Session(error)) | CliError::Session(error) => {
                session_hint(error)
            }
            CliError::Attach(refusal) => attach_hint(refusal),
            CliError::Quiet { .. } => Some("`--limit SECONDS` has it wait longer".into()),
            CliError::Trace { source, .. } => source.hint(),
            CliError::Text(TextError::Trace(source)) => source.hint(),
            CliError::Exists { .. } => Some("`--force` replaces it".into()),
            CliError::Ending { .. } => Some(format!("there are {}", endings::listed())),
            CliError::Film(error) => error.hint(),
            CliError::NoOutput => Some(format!(
                "`-o FILE` does; the format goes by the ending: `.mpt` and `.mpt.zst` the trace itself; {}",
                endings::listed()
            )),
            CliError::NoPiece => Some(
                "`mpviz record SCENARIO -o FILE` records a scenario, `mpviz record -o FILE -- PROGRAM` \
                 any program; `mpviz list` shows the scenarios"
                    .into(),
            ),
            CliError::Theme(NoTheme::Unknown { near, .. }) => near.clone(),
            CliError::Theme(NoTheme::Wrong(wrong)) => wrong.fault.hint.clone(),
            CliError::Script { source, .. } => Some(source.source.hint()),
            CliError::Program { path, source } => program::hint(path, source),
            CliError::Interpreter { interpreter, .. } => program::interpreter_hint(interpreter),
            _ => None,
        }
    }

    fn status(&self) -> Status {
        match self {
            CliError::Arguments(_)
            | CliError::UnknownScenario { .. }
            | CliError::Knob { .. }
            | CliError::Range { .. }
            | CliError::Ending { .. }
            | CliError::NotOf { .. }
            | CliError::NoOutput
            | CliError::NoPiece
            | CliError::Exists { .. }
            | CliError::Film(_)
            | CliError::Theme(NoTheme::Unknown { .. })
            | CliError::Script { .. }
            | CliError::Screen(ScreenError::Terminal(
                TerminalError::NoTerminal | TerminalError::Dumb(_),
            )) => USAGE,
            CliError::Attach(
                Refusal::Itself { .. }
                | Refusal::Above { .. }
                | Refusal::Kernel { .. }
                | Refusal::Thread { .. },
            ) => USAGE,
            CliError::Quiet { .. } => QUIET,
            CliError::Program { source, .. }
            | CliError::Interpreter { source, .. }
            | CliError::Session(SessionError::NoPython(source))
            | CliError::Screen(ScreenError::Session(SessionError::NoPython(source))) => {
                match source.kind() {
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => NOT_FOUND,
                    _ => NOT_EXECUTABLE,
                }
            }
            _ => FAILED,
        }
    }
}

fn attach_hint(refusal: &Refusal) -> Option<String> {
    match refusal {
        Refusal::Thread { process, .. } => {
            Some(format!("`mpviz attach {process}` watches its process"))
        }
        Refusal::Zombie { parent, .. } => {
            Some(format!("`mpviz attach {parent}` watches its parent"))
        }
        Refusal::Nobody { .. } => Some("`ps` lists the processes there are".into()),
        Refusal::Above { .. } => {
            Some("a process below it, in which mpviz is not, can be watched".into())
        }
        _ => None,
    }
}

fn session_hint(error: &SessionError) -> Option<String> {
    use crate::stage::StageError;
    if let SessionError::NoPython(_) = error {
        return Some("`--python` runs the scenario's twin by the Python 3 on PATH".into());
    }
    let SessionError::Stage(StageError::Spawn(reason)) = error else {
        return None;
    };
    match reason.kind() {
        io::ErrorKind::PermissionDenied => Some(
            "mpviz runs its own file again, which a file system mounted `noexec` forbids".into(),
        ),
        _ => Some("`ulimit -a` shows what this shell may use".into()),
    }
}
