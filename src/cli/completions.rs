//! `mpviz completions`: what a shell needs to complete our command lines.
//!
//! The definition of the arguments becomes a table of rows, and each shell's script, in
//! `assets/completions`, has its copy of it and knows how to look into it. Nothing is asked of mpviz
//! while a key is waited for, and no script says what the definition does not.

use super::definition::definition;
use super::error::CliError;
use super::list::printed;
use crate::event::program::Range;
use crate::scenario::{PROGRAMS, find};
use crate::ui::Pane;
use clap::builder::ValueHint;
use clap::{Arg, Command};
use std::io::Write;
use std::process::ExitCode;

/// A shell that completes.
struct Shell {
    name: &'static str,
    script: &'static str,
    /// How a `'` stands within `'`.
    quote: &'static str,
    /// How a `\` stands there.
    backslash: &'static str,
}

const SHELLS: [Shell; 3] = [
    Shell {
        name: "bash",
        script: include_str!("../../assets/completions/mpviz.bash"),
        quote: r"'\''",
        backslash: r"\",
    },
    Shell {
        name: "zsh",
        script: include_str!("../../assets/completions/mpviz.zsh"),
        quote: r"'\''",
        backslash: r"\",
    },
    Shell {
        name: "fish",
        script: include_str!("../../assets/completions/mpviz.fish"),
        quote: r"\'",
        backslash: r"\\",
    },
];

/// The names of the shells.
pub(super) const SHELL_NAMES: [&str; 3] = [SHELLS[0].name, SHELLS[1].name, SHELLS[2].name];

/// Of a number so many values at most are offered, else its least, its usual one and its most.
const VALUES_MAX: u64 = 16;

/// Prints a shell's script.
pub(super) fn print(shell: &str, mut out: impl Write) -> Result<ExitCode, CliError> {
    let script = script(shell).unwrap_or_default();
    printed(out.write_all(script.as_bytes()).and_then(|()| out.flush()))
}

fn script(shell: &str) -> Option<String> {
    let shell = SHELLS.iter().find(|known| known.name == shell)?;
    let lines: Vec<String> = table(&definition()).iter().map(Row::line).collect();
    let table = lines.join("\n");
    let table = table
        .replace('\\', shell.backslash)
        .replace('\'', shell.quote);
    let script = shell.script.replace("@VERSION@", super::version::VERSION);
    Some(script.replace("@TABLE@", &format!("'{table}'")))
}

/// What can stand on a command line, and where.
#[derive(PartialEq, Debug)]
struct Row {
    /// An option, a command, or which argument of its command it is; `--` stands after that.
    name: String,
    /// The values that it takes: words, or of which kind they are; `>` marks a command.
    values: String,
    /// The commands that it belongs to, as `record/pool`; `.` is none.
    places: Vec<String>,
    help: String,
}

impl Row {
    fn line(&self) -> String {
        let help = self.help.replace('|', "/");
        let places = self.places.join(" ");
        format!("{}|{}|{places}|{help}", self.name, self.values)
    }
}

fn table(definition: &Command) -> Vec<Row> {
    let mut command = definition.clone();
    command.build();
    let mut rows = Vec::new();
    let mut places = Vec::new();
    walk(&command, ".", &mut rows, &mut places);
    for row in &mut rows {
        row.places = covered(&row.places, &places);
    }
    rows
}

/// Adds what a command has, and those below it.
fn walk(command: &Command, place: &str, rows: &mut Vec<Row>, places: &mut Vec<String>) {
    places.push(place.to_owned());
    for below in command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
    {
        let about = below.get_about().map(ToString::to_string);
        let name = below.get_name();
        add(rows, name, ">", place, about.unwrap_or_default());
        let place = match place {
            "." => name.to_owned(),
            above => format!("{above}/{name}"),
        };
        walk(below, &place, rows, places);
    }
    let mut arguments = 1..;
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let values = values(command.get_name(), arg);
        let help = match arg.get_id().as_str() {
            "help" => "Print help".to_owned(),
            _ => arg.get_help().map(ToString::to_string).unwrap_or_default(),
        };
        if arg.is_positional() {
            let name = match arg.is_last_set() {
                true => "--".to_owned(),
                false => arguments.next().unwrap_or(1).to_string(),
            };
            add(rows, &name, &values, place, help);
            continue;
        }
        let long = arg.get_long().map(|long| format!("--{long}"));
        let short = arg.get_short().map(|short| format!("-{short}"));
        for name in long.iter().chain(&short) {
            add(rows, name, &values, place, help.clone());
        }
    }
}

/// Adds a row, or a place to the one that is the same elsewhere.
fn add(rows: &mut Vec<Row>, name: &str, values: &str, place: &str, help: String) {
    let same = |row: &&mut Row| row.name == name && row.values == values && row.help == help;
    match rows.iter_mut().find(same) {
        Some(row) => row.places.push(place.to_owned()),
        None => rows.push(Row {
            name: name.to_owned(),
            values: values.to_owned(),
            places: vec![place.to_owned()],
            help,
        }),
    }
}

/// Returns places as few patterns: all there are, and all below one, are one each.
fn covered(places: &[String], all: &[String]) -> Vec<String> {
    if places.len() == all.len() {
        return vec!["*".to_owned()];
    }
    let below = |above: &str| -> Vec<&String> {
        let above = format!("{above}/");
        all.iter()
            .filter(|place| place.starts_with(&above))
            .collect()
    };
    let mut patterns: Vec<String> = Vec::new();
    for place in places {
        let pattern = match place.split_once('/') {
            Some((above, _)) if below(above).iter().all(|place| places.contains(place)) => {
                format!("{above}/*")
            }
            _ => place.clone(),
        };
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    patterns
}

/// Returns the values of an option or an argument: words, or one that names their kind.
fn values(command: &str, arg: &Arg) -> String {
    if !arg.is_positional() && !arg.get_action().takes_values() {
        return String::new();
    }
    let words: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if !words.is_empty() {
        return words.join(" ");
    }
    let id = arg.get_id().as_str();
    let knob = find(command).and_then(|scenario| {
        let mut knobs = scenario.program.knobs.iter();
        knobs.find(|knob| knob.name == id)
    });
    match (knob.map(|knob| knob.range), id) {
        (Some(range), _) => knob_values(range),
        (_, "scenario") => {
            let names: Vec<&str> = PROGRAMS.iter().map(|program| program.name).collect();
            names.join(" ")
        }
        (_, "view") => Pane::ALL.map(Pane::title).join(" "),
        (_, "file") if command == "check" => "file mpt zst json jsonl cast".to_owned(),
        (_, "file" | "beside") => "file mpt zst json jsonl".to_owned(),
        (_, "program") => "program".to_owned(),
        (_, "pid") => "pid".to_owned(),
        _ if arg.get_value_hint() == ValueHint::AnyPath => "file".to_owned(),
        _ => "any".to_owned(),
    }
}

fn knob_values(range: Range) -> String {
    match range {
        Range::Number { min, max, .. } if max - min < VALUES_MAX => {
            let all: Vec<String> = (min..=max).map(|n| n.to_string()).collect();
            all.join(" ")
        }
        Range::Number { min, max, default } => {
            let mut some = vec![min, default, max];
            some.dedup();
            let some: Vec<String> = some.iter().map(u64::to_string).collect();
            some.join(" ")
        }
        Range::Word(words) => words.join(" "),
        Range::Switch => String::new(),
    }
}
