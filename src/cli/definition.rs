//! What there is to be said on the command line: commands, options, their help. `arguments` reads it.

pub(super) mod examples;
mod film;
mod themes;

use crate::app::config::settings::COLOURS;
use crate::event::program::{Program, Range};
use crate::scenario::ALL;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgGroup, Command as Clap};
pub(super) use film::FILM;
use film::film_options;
use std::ffi::OsString;
use std::path::PathBuf;

const ABOUT: &str = "Runs multi-process programs as real Linux processes and shows their \
processes, timelines and messages, live and afterwards.";

/// The help is never wider, however wide the terminal is.
const HELP_WIDE: usize = 80;

/// Returns the whole of it.
pub(super) fn definition() -> Clap {
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
        .about("Make a film or a picture of a trace file")
        .long_about(super::render::long_about())
        .arg(file.clone())
        .arg(output("Where it is written to; the format goes by the ending").required(true))
        .args(film_options());
    let replay = Clap::new("replay")
        .about("Show a trace file as if live, or two beside each other")
        .arg(file.clone())
        .arg(
            Arg::new("beside")
                .value_name("FILE2")
                .conflicts_with_all(["plain", "json", "quiet"])
                .value_parser(clap::value_parser!(PathBuf))
                .help("Another one, to be compared with it"),
        )
        .arg(option(
            "speed",
            "N",
            "How many times as fast; 0 shows the end at once",
        ))
        .args(forms());
    let check = Clap::new("check")
        .about("Say whether a file is right, else what is wrong with it")
        .arg(file);
    let all = Clap::new("mpviz")
        .version(super::version::VERSION)
        .about(ABOUT)
        .max_term_width(HELP_WIDE)
        .subcommand_help_heading("Scenarios and commands")
        .subcommand_value_name("SCENARIO|COMMAND")
        .disable_help_subcommand(true)
        .args(looks_options())
        .subcommands(ALL.iter().map(|scenario| subcommand(scenario.program)))
        .subcommand(list)
        .subcommand(run())
        .subcommand(attach())
        .subcommand(replay)
        .subcommand(check)
        .subcommand(render)
        .subcommand(record())
        .subcommand(Clap::new("keys").about("Print which key does what, your own included"))
        .subcommand(
            Clap::new("config")
                .about("Print where your settings are, and a commented file of the defaults"),
        )
        .subcommand(completions())
        .subcommand(manual());
    examples::added(all)
}

const COMPLETIONS: &str = "Prints what a shell needs to complete the command lines of mpviz: \
scenarios, knobs and their values, options and files. It knows them by name, and asks mpviz nothing.";

fn completions() -> Clap {
    let shells = PossibleValuesParser::new(super::completions::SHELL_NAMES);
    Clap::new("completions")
        .about("Print the completions for a shell")
        .long_about(COMPLETIONS)
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(shells)
                .help("The shell"),
        )
}

fn manual() -> Clap {
    Clap::new("man")
        .about("Print the manual page, for `man -l -`")
        .long_about("Prints the manual page of mpviz, in the form that `man` reads.")
}

const RUN: &str = "Runs any program with its arguments. Python programs that use multiprocessing, \
and those that use the library `mpviz`, show all that they do; of any other is seen what the kernel \
tells: its processes, their states and ends, what they print, and who holds which pipe. Of these a \
process that lives shorter than a sample (some milliseconds) may be missed. Its exit status is \
mpviz's, 128+N if signal N ended it. On the screen its stdin is empty, or a file; with --plain and \
--json it is mpviz's own, and the first C-c is the program's.";

fn run() -> Clap {
    let program = Arg::new("program")
        .value_name("PROGRAM [ARGS]")
        .required_unless_present("module")
        .num_args(1..)
        .trailing_var_arg(true)
        .value_parser(clap::value_parser!(OsString))
        .help("The program, looked for as a shell does, and its arguments");
    Clap::new("run")
        .about("Run any program: `mpviz run [OPTIONS] -- PROGRAM ARGS...`")
        .long_about(RUN)
        .args(run_options("none"))
        .args(program_options())
        .group(texts())
        .arg(program)
}

const ATTACH: &str = "Watches a program that runs already: the process PID and all that live below \
it, now and later. Seen is what the kernel tells: processes, their states, CPU time and memory, \
their ends and arguments, who holds which pipe, and what they wait for where that is certain. Not \
seen are messages, tasks, locks and output; of another user's processes less, which is said. Nothing \
is ended or stopped unless you say so, and when mpviz goes the program is as it was.";

fn attach() -> Clap {
    let pid = Arg::new("pid")
        .value_name("PID")
        .required(true)
        .allow_negative_numbers(true)
        .help("The process, by its number");
    Clap::new("attach")
        .about("Watch a program that runs already, with all its processes")
        .long_about(ATTACH)
        .arg(trace_output())
        .args(forms())
        .arg(pid)
}

/// What runs of programs have that mpviz does not bring.
fn program_options() -> [Arg; 5] {
    let flag = |name, help| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    [
        Arg::new("module")
            .short('m')
            .value_name("MODULE [ARGS]")
            .num_args(1..)
            .allow_hyphen_values(true)
            .value_parser(clap::value_parser!(OsString))
            .help("Run a module of Python: `python3 -m MODULE`, with all arguments that follow"),
        Arg::new("stdin")
            .long("stdin")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("What the program reads as its stdin"),
        flag(
            "pty",
            "Have it print into a pseudo-terminal [if mpviz's own output is a terminal]",
        )
        .conflicts_with("pipe"),
        flag("pipe", "Have it print into pipes"),
        flag(
            "values",
            "Of Python, show the values of messages, as a short `repr`",
        ),
    ]
}

const RECORD: &str = "Records a run without a screen. By the ending of FILE that is the trace \
itself (`.mpt`, `.mpt.zst`), to be rendered whenever and however one likes, or what `mpviz render` \
would make of it. A script says what a viewer does meanwhile; without one the run is followed live. \
A run that hangs is ended as with --plain, and is recorded up to then.";

fn record() -> Clap {
    let program = Arg::new("program")
        .value_name("PROGRAM [ARGS]")
        .num_args(1..)
        .last(true)
        .value_parser(clap::value_parser!(OsString))
        .help("Any program and its arguments, instead of a scenario");
    let limit = "End a program once nobody in it has computed, slept or moved anything for so long \
                 [10 of a scenario]";
    let global = |option: Arg| option.global(true);
    Clap::new("record")
        .about("Record a run without a screen, into a trace or a film")
        .long_about(RECORD)
        .arg(global(output(
            "Where it is recorded to; the format goes by the ending",
        )))
        .args(chance_options().map(global))
        .arg(global(option("limit", "SECONDS", limit)))
        .args(film_options().into_iter().map(global))
        .args(program_options())
        .arg(program)
        .disable_help_subcommand(true)
        .subcommand_help_heading("Scenarios")
        .subcommand_value_name("SCENARIO")
        .subcommands(ALL.iter().map(|scenario| {
            let program = scenario.program;
            Clap::new(program.name)
                .about(capital(program.title))
                .args(knobs(program))
        }))
}

fn output(help: &'static str) -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help(help)
}

/// The heading of a scenario's own options.
pub(super) const KNOBS: &str = "Knobs";

fn knobs(program: &'static Program) -> impl Iterator<Item = Arg> {
    let python = Arg::new("python")
        .long("python")
        .action(ArgAction::SetTrue)
        .conflicts_with_all(["seed", "pace"])
        .help("Run its twin in Python, as `mpviz run` does; it has neither seed nor pace")
        .help_heading(KNOBS);
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
        arg.help_heading(KNOBS)
    });
    knobs.chain([python])
}

fn subcommand(program: &'static Program) -> Clap {
    Clap::new(program.name)
        .about(capital(program.title))
        .long_about(capital(program.about))
        .args(knobs(program))
        .args(run_options("10"))
        .group(texts())
}

/// Where a trace goes beside the screen.
fn trace_output() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("FILE.mpt")
        .value_parser(clap::value_parser!(PathBuf))
        .conflicts_with_all(["plain", "json", "quiet"])
        .help("Write the trace beside the screen")
}

/// What every run has; `limit` is the one that holds if nobody sets one.
fn run_options(limit: &str) -> Vec<Arg> {
    let limit_help = format!(
        "With --plain, --json and --quiet: end a program, exit status 124, once nobody in it has computed, \
         slept or moved anything for so long [{limit}]"
    );
    let mut options = Vec::from(chance_options());
    options.push(trace_output());
    options.extend(forms());
    // On the screen the viewer ends what hangs.
    let limit = option("limit", "SECONDS", "").requires("text");
    options.push(limit.help(limit_help));
    options
}

fn chance_options() -> [Arg; 2] {
    let pace = "How many times as fast; 0 leaves sleeps out [1]";
    [
        option("seed", "N", "What random sleeps come from [42]"),
        option("pace", "N", pace),
    ]
}

/// The forms of a text: what holds for texts alone requires one.
fn texts() -> ArgGroup {
    ArgGroup::new("text")
        .args(["plain", "json", "quiet"])
        .multiple(true)
}

fn forms() -> [Arg; 3] {
    let flag = |name, help| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    [
        flag("plain", "Print a sentence per event instead"),
        flag("json", "Print the trace instead: an event per line").conflicts_with("plain"),
        flag("quiet", "Print only what was wrong, and how it went")
            .short('q')
            .conflicts_with_all(["plain", "json"]),
    ]
}

/// The heading of what says how things look, in every command's help.
const LOOKS: &str = "Looks";

fn looks_options() -> [Arg; 4] {
    let words = |name, value, words: &'static [&str], help| {
        option(name, value, help)
            .value_parser(PossibleValuesParser::new(words))
            .help_heading(LOOKS)
            .global(true)
    };
    let ascii = Arg::new("ascii")
        .long("ascii")
        .action(ArgAction::SetTrue)
        .help_heading(LOOKS)
        .global(true);
    [
        option(
            "theme",
            "THEME",
            "The theme: auto follows the terminal; else its name",
        )
        .value_parser(themes::ThemeNames(&themes::ASKED))
        .global(true),
        words(
            "color",
            "WHEN",
            COLOURS,
            "How many colours; NO_COLOR means never",
        ),
        ascii.help("Draw with ASCII characters only"),
        Arg::new("no-mouse")
            .long("no-mouse")
            .action(ArgAction::SetTrue)
            .global(true)
            .help("Leave the mouse to the terminal"),
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

    /// Returns every command that there is, those of `record` too.
    fn commands() -> Vec<Clap> {
        let mut all = definition();
        all.build();
        let mut commands = vec![all];
        let mut at = 0;
        while at < commands.len() {
            let below: Vec<Clap> = commands[at].get_subcommands().cloned().collect();
            commands.extend(below);
            at += 1;
        }
        commands
    }

    #[test]
    fn every_help_fits_its_columns_and_has_examples() {
        for mut command in commands() {
            let helps = [command.render_help(), command.render_long_help()];
            for help in helps.map(|help| help.to_string()) {
                assert!(help.contains("\nExamples:\n  "), "{help}");
                let wide = help.lines().find(|line| line.chars().count() > HELP_WIDE);
                assert_eq!(wide, None, "{}", command.get_name());
            }
        }
    }

    #[test]
    fn every_example_can_be_read() {
        for command in commands() {
            let help = command.get_after_help().map(ToString::to_string);
            let help = help.expect("examples");
            for line in help.lines().skip(1) {
                let typed = line.trim().split("  ").next().expect("a line");
                let typed = typed.trim_start_matches("source <(").trim_end_matches(')');
                let typed = typed.split(['|', '>']).next().expect("a first part");
                let words = typed.split_whitespace();
                let read = definition().try_get_matches_from(words);
                assert!(read.is_ok(), "{typed}: {read:?}");
            }
        }
    }
}
