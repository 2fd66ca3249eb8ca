//! The arguments: what was said, read into what is to be done.

pub(super) mod film;
pub(super) mod record;

use super::definition::definition;
use super::error::CliError;
use super::looks::{Colour, Looks, own_size};
use crate::app::piece::{Foreign, Piece, Stdin};
use crate::app::text::Form;
use crate::event::Span;
use crate::event::program::Range;
use crate::python::Options;
use crate::scenario;
use crate::stage::Streams;
use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use film::{FilmArguments, film_arguments};
use record::{RecordArguments, record_arguments};
use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Command {
    /// Pick a scenario on the screen.
    Picker(Looks),
    /// Print the scenarios, or one with its knobs.
    List(Option<String>),
    /// Print where the settings are, and their defaults.
    Config,
    /// Print which key does what.
    Keys,
    /// Run a scenario, or any program.
    Run(RunArguments),
    /// Watch a program that runs already.
    Attach(AttachArguments),
    /// Show a trace.
    Replay(ReplayArguments),
    /// Say whether a file is right.
    Check(PathBuf),
    /// Make a film or a picture of a trace.
    Render(Box<RenderArguments>),
    /// Record a run without a screen.
    Record(Box<RecordArguments>),
    /// Print what a shell completes by.
    Completions(String),
    /// Print the manual page.
    Manual,
}

/// How a run is shown.
#[derive(Debug)]
pub(super) enum Show {
    Screen(Looks),
    /// A text, and how long nobody in the program may do anything.
    Text(Form, Option<Span>),
}

#[derive(Debug)]
pub(super) struct RunArguments {
    pub(super) piece: Piece,
    pub(super) show: Show,
    /// Where the trace is written to, beside the screen.
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug)]
pub(super) struct AttachArguments {
    pub(super) pid: u32,
    pub(super) show: Show,
    /// Where the trace is written to, beside the screen.
    pub(super) output: Option<PathBuf>,
}

#[derive(Debug)]
pub(super) struct ReplayArguments {
    pub(super) file: PathBuf,
    /// A trace to be shown beside it.
    pub(super) beside: Option<PathBuf>,
    pub(super) show: Show,
    /// How many times as fast as it happened; 0 at once.
    pub(super) speed: f64,
}

#[derive(Debug)]
pub(super) struct RenderArguments {
    pub(super) file: PathBuf,
    pub(super) film: FilmArguments,
}

/// What random sleeps come from, if nobody says so.
const SEED: u64 = 42;

/// How long nobody in a scenario may do anything, if nobody says so.
const LIMIT: Span = Span::millis(10_000);

/// The shortest and the longest limit, in seconds.
const LIMITS: std::ops::RangeInclusive<f64> = 0.1..=86_400.0;

/// The fastest pace.
const PACE_MAX: f64 = 1000.0;

/// Reads the arguments. Also returns whether text is to be ASCII.
pub(super) fn parse(
    arguments: impl Iterator<Item = OsString>,
) -> Result<(Command, bool), CliError> {
    let arguments: Vec<OsString> = arguments.collect();
    let records = arguments.get(1).is_some_and(|first| first == "record");
    let matches = definition()
        .try_get_matches_from(arguments)
        .map_err(|error| unknown_name(error, records))?;
    let looks = looks(&matches);
    let is_ascii = looks.ascii;
    command(&matches, looks).map(|command| (command, is_ascii))
}

fn command(matches: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    match matches.subcommand() {
        None => Ok(Command::Picker(looks)),
        Some(("list", list)) => Ok(Command::List(list.get_one::<String>("scenario").cloned())),
        Some(("config", _)) => Ok(Command::Config),
        Some(("keys", _)) => Ok(Command::Keys),
        Some(("replay", replay)) => replay_arguments(replay, looks),
        Some(("check", check)) => {
            let file = check.get_one::<PathBuf>("file").cloned();
            Ok(Command::Check(file.unwrap_or_default()))
        }
        Some(("render", render)) => render_arguments(render, &looks),
        Some(("record", record)) => {
            record_arguments(record, &looks).map(|record| Command::Record(Box::new(record)))
        }
        Some(("completions", shell)) => {
            let shell = shell.get_one::<String>("shell").cloned();
            Ok(Command::Completions(shell.unwrap_or_default()))
        }
        Some(("man", _)) => Ok(Command::Manual),
        Some(("run", run)) => program_arguments(run, looks),
        Some(("attach", attach)) => attach_arguments(attach, looks),
        Some((name, run)) => run_arguments(name, run, looks),
    }
}

/// Returns the error of a name that is none.
pub(super) fn unknown_scenario(name: &str) -> CliError {
    CliError::UnknownScenario {
        name: name.to_owned(),
        nearest: scenario::nearest(name),
    }
}

/// `mpviz record` takes a scenario where the parser sees an argument too many.
fn unknown_name(error: clap::Error, records: bool) -> CliError {
    let said = match error.kind() {
        ErrorKind::InvalidSubcommand => error.get(ContextKind::InvalidSubcommand),
        ErrorKind::UnknownArgument if records => error.get(ContextKind::InvalidArg),
        _ => None,
    };
    match said {
        Some(ContextValue::String(name)) if !name.starts_with('-') => unknown_scenario(name),
        _ => error.into(),
    }
}

/// Returns a scenario with its knobs as they were set.
fn scenario_piece(name: &str, run: &ArgMatches) -> Result<Piece, CliError> {
    let scenario = scenario::find(name).ok_or_else(|| unknown_scenario(name))?;
    let program = scenario.program;
    let mut knobs = scenario::default_knobs(program);
    for knob in program.knobs {
        let value = match knob.range {
            Range::Switch => run.get_flag(knob.name).then_some("yes"),
            _ => run.get_one::<String>(knob.name).map(String::as_str),
        };
        if let Some(value) = value {
            knobs
                .set(program, knob.name, value)
                .map_err(|source| CliError::Knob {
                    scenario: program.name,
                    source,
                })?;
        }
    }
    knobs.seed = seed(run)?.unwrap_or(knobs.seed);
    knobs.pace = pace(run)?.unwrap_or(knobs.pace);
    knobs.python = run.get_flag("python");
    Ok(Piece::Scenario(scenario, knobs))
}

fn run_arguments(name: &str, run: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    Ok(Command::Run(RunArguments {
        piece: scenario_piece(name, run)?,
        show: show_run(run, looks, Some(LIMIT))?,
        output: run.get_one::<PathBuf>("output").cloned(),
    }))
}

fn program_arguments(run: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    let show = show_run(run, looks, None)?;
    let usual = match show {
        Show::Screen(_) => Stdin::Nothing,
        Show::Text(..) => Stdin::Own,
    };
    Ok(Command::Run(RunArguments {
        piece: Piece::Foreign(foreign(run, usual)?),
        show,
        output: run.get_one::<PathBuf>("output").cloned(),
    }))
}

fn attach_arguments(attach: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    let said = attach.get_one::<String>("pid").cloned().unwrap_or_default();
    let pid = said.parse().ok().filter(|&pid: &u32| pid > 0);
    Ok(Command::Attach(AttachArguments {
        pid: pid.ok_or_else(|| range("PID", &said, "the number of a process"))?,
        show: form(attach).map_or(Show::Screen(looks), |form| Show::Text(form, None)),
        output: attach.get_one::<PathBuf>("output").cloned(),
    }))
}

/// Reads what program is to be run, and how; it reads `usual` if nobody says otherwise.
fn foreign(run: &ArgMatches, usual: Stdin) -> Result<Foreign, CliError> {
    let words = |name| {
        run.get_many::<OsString>(name)
            .into_iter()
            .flatten()
            .cloned()
    };
    let module = run.contains_id("module");
    let python = ["python3", "-m"].map(OsString::from);
    let python = python.into_iter().filter(|_| module);
    let own = [io::stdout().is_terminal(), io::stderr().is_terminal()];
    let terminals = match (run.get_flag("pty"), run.get_flag("pipe")) {
        (true, _) => [true; 2],
        (_, true) => [false; 2],
        _ => own,
    };
    Ok(Foreign {
        argv: python
            .chain(words("module"))
            .chain(words("program"))
            .collect(),
        seed: seed(run)?.unwrap_or(SEED),
        pace: pace(run)?.unwrap_or(1.0),
        stdin: run
            .get_one::<PathBuf>("stdin")
            .cloned()
            .map_or(usual, Stdin::File),
        streams: Streams {
            terminals,
            size: own_size().unwrap_or(Streams::USUAL),
        },
        options: Options {
            values: run.get_flag("values"),
        },
    })
}

fn seed(run: &ArgMatches) -> Result<Option<u64>, CliError> {
    let Some(value) = run.get_one::<String>("seed") else {
        return Ok(None);
    };
    let wrong = |_| range("--seed", value, "a whole number from 0 to 2^64-1");
    value.parse().map(Some).map_err(wrong)
}

fn pace(run: &ArgMatches) -> Result<Option<f64>, CliError> {
    let value = run.get_one::<String>("pace");
    value.map(|value| factor("--pace", value)).transpose()
}

fn replay_arguments(replay: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    let file = replay
        .get_one::<PathBuf>("file")
        .cloned()
        .unwrap_or_default();
    let speed = match replay.get_one::<String>("speed") {
        Some(value) => factor("--speed", value)?,
        None => 1.0,
    };
    let beside = replay.get_one::<PathBuf>("beside").cloned();
    if beside.as_deref() == Some(Path::new("-")) {
        return Err(range("FILE2", "-", "a file"));
    }
    Ok(Command::Replay(ReplayArguments {
        file,
        beside,
        show: form(replay).map_or(Show::Screen(looks), |form| Show::Text(form, None)),
        speed,
    }))
}

fn render_arguments(render: &ArgMatches, looks: &Looks) -> Result<Command, CliError> {
    let path = |name| render.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    Ok(Command::Render(Box::new(RenderArguments {
        file: path("file"),
        film: film_arguments(render, &path("output"), looks)?,
    })))
}

/// Reads how many times as fast something is to be.
fn factor(option: &'static str, value: &str) -> Result<f64, CliError> {
    let within = |factor: &f64| (0.0..=PACE_MAX).contains(factor);
    let factor = value.parse().ok().filter(within);
    factor.ok_or_else(|| range(option, value, "a number from 0 to 1000"))
}

fn range(option: &'static str, value: &str, range: &'static str) -> CliError {
    CliError::Range {
        option,
        value: value.to_owned(),
        range,
    }
}

/// Returns how a run is shown; as a text, with the limit that was set, else with `limit`.
fn show_run(run: &ArgMatches, looks: Looks, limit: Option<Span>) -> Result<Show, CliError> {
    Ok(match (form(run), run.get_one::<String>("limit")) {
        (None, _) => Show::Screen(looks),
        (Some(form), None) => Show::Text(form, limit),
        (Some(form), Some(value)) => Show::Text(form, Some(seconds("--limit", value)?)),
    })
}

/// Returns the form of the text that is wanted; `None` is the screen.
fn form(matches: &ArgMatches) -> Option<Form> {
    let forms = [
        ("plain", Form::Plain),
        ("json", Form::Json),
        ("quiet", Form::Quiet),
    ];
    let said = forms.into_iter().find(|(name, _)| matches.get_flag(name));
    said.map(|(_, form)| form)
}

/// Reads how long something may take.
fn seconds(option: &'static str, value: &str) -> Result<Span, CliError> {
    let seconds = value.parse().ok().filter(|n| LIMITS.contains(n));
    let seconds = seconds.and_then(|n| Duration::try_from_secs_f64(n).ok());
    seconds
        .map(Span::from)
        .ok_or_else(|| range(option, value, "a number of seconds from 0.1 to 86400"))
}

fn looks(matches: &ArgMatches) -> Looks {
    let word = |name| matches.get_one::<String>(name).map(String::as_str);
    Looks {
        theme: word("theme").map(str::to_owned),
        colour: word("color").map_or(Colour::Auto, Colour::of_word),
        ascii: matches.get_flag("ascii"),
        no_mouse: matches.get_flag("no-mouse"),
    }
}
