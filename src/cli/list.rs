//! `mpviz list`: the scenarios, or one with its knobs.

use super::arguments::unknown_scenario;
use super::error::CliError;
use crate::event::program::{Program, Range};
use crate::scenario::{PROGRAMS, default_knobs, find};
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

/// Prints all scenarios, or one with its knobs.
pub(super) fn print(name: Option<&str>, mut out: impl Write) -> Result<ExitCode, CliError> {
    let whole = match name {
        None => print_all(&mut out),
        Some(name) => {
            let scenario = find(name).ok_or_else(|| unknown_scenario(name))?;
            print_one(scenario.program, &mut out)
        }
    };
    printed(whole.and_then(|()| out.flush()))
}

/// Returns how it ends to have printed a list.
pub(super) fn printed(result: io::Result<()>) -> Result<ExitCode, CliError> {
    match result {
        // A reader that has gone had enough.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::List(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn print_all(out: &mut impl Write) -> io::Result<()> {
    let width = PROGRAMS
        .iter()
        .map(|program| program.name.len())
        .max()
        .unwrap_or(0);
    let mut group = None;
    for program in PROGRAMS {
        if group != Some(program.group) {
            group = Some(program.group);
            writeln!(out, "{}", program.group.text())?;
        }
        writeln!(out, "  {:width$}  {}", program.name, program.title)?;
    }
    writeln!(
        out,
        "\n`mpviz list NAME` shows one with its knobs, `mpviz NAME` runs it"
    )
}

fn print_one(program: &Program, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}: {}\n", program.name, program.title)?;
    writeln!(out, "  {}", program.about)?;
    writeln!(out, "  {}\n", program.size)?;
    writeln!(out, "watch")?;
    for line in program.watch {
        writeln!(out, "  {line}")?;
    }
    writeln!(out, "\nknobs")?;
    let knobs = default_knobs(program);
    for knob in program.knobs {
        let name = format!("--{}", knob.name);
        let (value, range) = (knobs.word(knob.name), knob.range_text());
        writeln!(out, "  {name:13} {value:>10}   {range:20} {}", knob.help)?;
    }
    let (seed, pace) = (knobs.seed, knobs.pace);
    writeln!(
        out,
        "  {:13} {seed:>10}   {:20} what random sleeps come from",
        "--seed", "a number"
    )?;
    let fast = "how many times as fast; 0 leaves sleeps out";
    writeln!(
        out,
        "  {:13} {pace:>10}   {:20} {fast}",
        "--pace", "0 to 1000"
    )?;
    let twin = "run its twin in Python, which has no seed and no pace";
    let switch = Range::Switch.text();
    writeln!(out, "  {:13} {:>10}   {switch:20} {twin}", "--python", "no")
}
