//! The arguments: one definition, from which parsing and help come.

use super::error::CliError;
use super::looks::{Colour, Looks};
use crate::app::piece::{Foreign, Piece};
use crate::app::text::Form;
use crate::event::Span;
use crate::event::program::{Program, Range};
use crate::scenario::{self, ALL};
use crate::view::Ground;
use clap::builder::PossibleValuesParser;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command as Clap};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Command {
    /// Pick a scenario on the screen.
    Picker(Looks),
    /// Print the scenarios, or one with its knobs.
    List(Option<String>),
    /// Run a scenario, or any program.
    Run(RunArguments),
    /// Show a trace.
    Replay(ReplayArguments),
    /// Make a picture of a trace.
    Render(RenderArguments),
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
pub(super) struct ReplayArguments {
    pub(super) file: PathBuf,
    pub(super) show: Show,
    /// How many times as fast as it happened; 0 at once.
    pub(super) speed: f64,
}

#[derive(Debug)]
pub(super) struct RenderArguments {
    pub(super) file: PathBuf,
    pub(super) output: PathBuf,
    /// Columns and rows.
    pub(super) size: (u16, u16),
    /// The moment to be shown, in seconds; the end, if nothing was said.
    pub(super) at: Option<f64>,
    pub(super) looks: Looks,
}

/// What random sleeps come from, if nobody says so.
const SEED: u64 = 42;

/// How long nobody in a scenario may do anything, if nobody says so.
const LIMIT: Span = Span::millis(10_000);

/// The shortest and the longest limit, in seconds.
const LIMITS: std::ops::RangeInclusive<f64> = 0.1..=86_400.0;

/// The fastest pace.
const PACE_MAX: f64 = 1000.0;

/// Reads the arguments.
pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, CliError> {
    let matches = definition()
        .try_get_matches_from(arguments)
        .map_err(unknown_name)?;
    let looks = looks(&matches);
    match matches.subcommand() {
        None => Ok(Command::Picker(looks)),
        Some(("list", list)) => Ok(Command::List(list.get_one::<String>("scenario").cloned())),
        Some(("replay", replay)) => replay_arguments(replay, looks),
        Some(("render", render)) => render_arguments(render, looks),
        Some(("run", run)) => program_arguments(run, looks),
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

fn unknown_name(error: clap::Error) -> CliError {
    match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(name))) => unknown_scenario(name),
        _ => error.into(),
    }
}

fn run_arguments(name: &str, run: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
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
    Ok(Command::Run(RunArguments {
        piece: Piece::Scenario(scenario, knobs),
        show: show_run(run, looks, Some(LIMIT))?,
        output: run.get_one::<PathBuf>("output").cloned(),
    }))
}

fn program_arguments(run: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    let argv = run.get_many::<OsString>("program").into_iter().flatten();
    let show = show_run(run, looks, None)?;
    Ok(Command::Run(RunArguments {
        piece: Piece::Foreign(Foreign {
            argv: argv.cloned().collect(),
            seed: seed(run)?.unwrap_or(SEED),
            pace: pace(run)?.unwrap_or(1.0),
            reads_stdin: matches!(show, Show::Text(..)),
        }),
        show,
        output: run.get_one::<PathBuf>("output").cloned(),
    }))
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
    Ok(Command::Replay(ReplayArguments {
        file,
        show: form(replay).map_or(Show::Screen(looks), |form| Show::Text(form, None)),
        speed,
    }))
}

fn render_arguments(render: &ArgMatches, looks: Looks) -> Result<Command, CliError> {
    let path = |name| render.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let output = path("output");
    if output.extension().is_none_or(|ending| ending != "svg") {
        return Err(range(
            "--output",
            &output.to_string_lossy(),
            "a name that ends in `.svg`",
        ));
    }
    let size = match render.get_one::<String>("size") {
        None => (120, 36),
        Some(text) => size(text).ok_or_else(|| range("--size", text, "1x1 to 500x200"))?,
    };
    let at = match render.get_one::<String>("at") {
        None => None,
        Some(text) => {
            let seconds = text
                .parse()
                .ok()
                .filter(|at: &f64| at.is_finite() && *at >= 0.0);
            Some(seconds.ok_or_else(|| range("--at", text, "a number of seconds, 0 or more"))?)
        }
    };
    Ok(Command::Render(RenderArguments {
        file: path("file"),
        output,
        size,
        at,
        looks,
    }))
}

/// Reads a size such as `120x36`.
fn size(text: &str) -> Option<(u16, u16)> {
    let (columns, rows) = text.split_once('x')?;
    let (columns, rows) = (columns.parse().ok()?, rows.parse().ok()?);
    ((1..=500).contains(&columns) && (1..=200).contains(&rows)).then_some((columns, rows))
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
    let is_plain = matches.get_flag("plain").then_some(Form::Plain);
    is_plain.or_else(|| matches.get_flag("json").then_some(Form::Json))
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
        theme: match word("theme") {
            Some("light") => Some(Ground::Light),
            Some("dark") => Some(Ground::Dark),
            _ => None,
        },
        colour: match word("color") {
            Some("never") => Colour::Never,
            Some("16") => Colour::Sixteen,
            Some("256") => Colour::Many,
            Some("always") => Colour::Always,
            _ => Colour::Auto,
        },
        ascii: matches.get_flag("ascii"),
    }
}

const ABOUT: &str = "Runs multi-process programs as real Linux processes and shows their \
processes, timelines and messages, live and afterwards.";

const EXAMPLES: &str = "Examples:
  mpviz                      pick a scenario with the keyboard
  mpviz pool --workers 5     run one, with a knob set
  mpviz queue --plain        a sentence per event, for pipes and screen readers
  mpviz fork -o fork.mpt     write the trace beside the screen
  mpviz run -- ./prog --fast run a program of your own, with its arguments
  mpviz replay fork.mpt      show it again
  mpviz render fork.mpt -o fork.svg";

fn definition() -> Clap {
    let list = Clap::new("list")
        .about("List the scenarios, or one with its knobs")
        .arg(
            Arg::new("scenario")
                .value_name("SCENARIO")
                .help("The one whose knobs are to be shown"),
        );
    let file = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .value_parser(clap::value_parser!(PathBuf))
        .help("What `-o` or `--json` wrote; `-` reads it from stdin");
    let render = Clap::new("render")
        .about("Draw a moment of a trace file as a picture")
        .arg(file.clone())
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("FILE.svg")
                .required(true)
                .value_parser(clap::value_parser!(PathBuf))
                .help("Where the picture is written to"),
        )
        .arg(option(
            "size",
            "COLSxROWS",
            "How large the screen is [120x36]",
        ))
        .arg(option("at", "SECONDS", "The moment; the end if left out"));
    let replay = Clap::new("replay")
        .about("Show a trace file as if live")
        .arg(file)
        .arg(option(
            "speed",
            "N",
            "How many times as fast; 0 shows the end at once",
        ))
        .args(forms());
    Clap::new("mpviz")
        .version(clap::crate_version!())
        .about(ABOUT)
        .after_help(EXAMPLES)
        .subcommand_help_heading("Scenarios and commands")
        .subcommand_value_name("SCENARIO|COMMAND")
        .disable_help_subcommand(true)
        .args(looks_options())
        .subcommands(ALL.iter().map(|scenario| subcommand(scenario.program)))
        .subcommand(list)
        .subcommand(run())
        .subcommand(replay)
        .subcommand(render)
}

const RUN: &str = "Runs any program with its arguments. One that uses the library `mpviz` shows \
all that it does; of any other is seen what the kernel tells: its processes, their states and \
ends, what they print, and who holds which pipe. A process that lives shorter than a sample (some \
milliseconds) may be missed. Its exit status is mpviz's, 128+N if signal N ended it. On the screen \
its stdin is empty; with --plain and --json it is mpviz's own.";

fn run() -> Clap {
    let program = Arg::new("program")
        .value_name("PROGRAM [ARGS]")
        .required(true)
        .num_args(1..)
        .trailing_var_arg(true)
        .value_parser(clap::value_parser!(OsString))
        .help("The program, looked for as a shell does, and its arguments");
    Clap::new("run")
        .about("Run any program: `mpviz run [OPTIONS] -- PROGRAM ARGS...`")
        .long_about(RUN)
        .args(run_options("none"))
        .group(texts())
        .arg(program)
}

fn subcommand(program: &'static Program) -> Clap {
    let knobs = program.knobs.iter().map(|knob| {
        let arg = match knob.range {
            Range::Switch => Arg::new(knob.name)
                .long(knob.name)
                .action(ArgAction::SetTrue)
                .help(capital(knob.help)),
            _ => {
                let help = format!("{} [{}]", capital(knob.help), knob.range_text());
                option(knob.name, "VALUE", "").help(help)
            }
        };
        arg.help_heading("Knobs")
    });
    Clap::new(program.name)
        .about(capital(program.title))
        .long_about(capital(program.about))
        .args(knobs)
        .args(run_options("10"))
        .group(texts())
}

/// What every run has; `limit` is the one that holds if nobody sets one.
fn run_options(limit: &str) -> Vec<Arg> {
    let output = Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE.mpt")
        .value_parser(clap::value_parser!(PathBuf))
        .conflicts_with_all(["plain", "json"])
        .help("Write the trace beside the screen");
    let pace = "How many times as fast; 0 leaves sleeps out [1]";
    let limit_help = format!(
        "As a text, end a program (124) in which for so long nobody computes, sleeps or moves \
         anything [{limit}]"
    );
    let mut options = vec![
        option("seed", "N", "What random sleeps come from [42]"),
        option("pace", "N", pace),
        output,
    ];
    options.extend(forms());
    // On the screen the viewer ends what hangs.
    let limit = option("limit", "SECONDS", "").requires("text");
    options.push(limit.help(limit_help));
    options
}

/// The forms of a text: what holds for texts alone requires one.
fn texts() -> ArgGroup {
    ArgGroup::new("text").args(["plain", "json"]).multiple(true)
}

fn forms() -> [Arg; 2] {
    let flag = |name, help| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    [
        flag("plain", "Print a sentence per event instead"),
        flag("json", "Print the trace instead: an event per line").conflicts_with("plain"),
    ]
}

fn looks_options() -> [Arg; 3] {
    let words = |name, value, words: &'static [&str], help| {
        option(name, value, help)
            .value_parser(PossibleValuesParser::new(words))
            .global(true)
    };
    let colours = &["auto", "never", "16", "256", "always"];
    let ascii = Arg::new("ascii")
        .long("ascii")
        .action(ArgAction::SetTrue)
        .global(true);
    [
        words(
            "theme",
            "THEME",
            &["dark", "light"],
            "The ground to draw on",
        ),
        words(
            "color",
            "WHEN",
            colours,
            "How many colours; NO_COLOR means never",
        ),
        ascii.help("Draw with ASCII characters only"),
    ]
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .allow_negative_numbers(true)
        .help(help)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        definition().debug_assert();
    }
}
