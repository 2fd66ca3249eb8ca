//! `mpviz man`: the manual page, made of the definition of the arguments.
//!
//! What many commands have is told once: what a scenario's run has, what a film has, how things look.
//! `roff` knows the page's language.

mod roff;

use super::definition::{FILM, KNOBS, definition, examples};
use super::error::CliError;
use super::list::printed;
use super::status;
use crate::scenario::{ALL, find};
use clap::{Arg, Command};
use roff::Page;
use std::io::Write;
use std::process::ExitCode;

/// What the environment says, by the names of its variables.
const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "NO_COLOR",
        "If it is set and not empty, mpviz draws without colours; `--color` goes before it.",
    ),
    (
        "COLORTERM, TERM",
        "How many colours the terminal has. Without a `TERM` that can move the cursor there is no screen.",
    ),
    (
        "COLORFGBG",
        "Whether the terminal's ground is dark or light; `--theme` goes before it.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Unless the first of these that is set names UTF-8, the screen is drawn with ASCII characters.",
    ),
    (
        "PATH",
        "Where the program of `mpviz run` and `python3` are looked for.",
    ),
    (
        "XDG_CONFIG_HOME, XDG_STATE_HOME, HOME",
        "Where the files below are; without the first two, in `.config` and `.local/state` of the last.",
    ),
    (
        "XDG_RUNTIME_DIR",
        "Where the private directory of a run of Python programs is made.",
    ),
];

const FILES: &[(&str, &str)] = &[(
    "*.mpt, *.mpt.zst",
    "Traces: a run as a line of JSON for each event, as it is or compressed. `-o` and `mpviz record` \
         write them, `mpviz replay`, `render` and `check` read them.",
)];

/// Prints the manual page.
pub(super) fn print(mut out: impl Write) -> Result<ExitCode, CliError> {
    printed(out.write_all(page().as_bytes()).and_then(|()| out.flush()))
}

fn page() -> String {
    let definition = definition();
    let mut page = Page::new("MPVIZ", super::version::VERSION);
    page.section("NAME");
    page.text("mpviz - runs multi-process programs and shows them live");
    page.section("SYNOPSIS");
    for line in [
        "mpviz [OPTIONS]",
        "mpviz SCENARIO [OPTIONS]",
        "mpviz run [OPTIONS] -- PROGRAM [ARGS]",
        "mpviz COMMAND [OPTIONS] [ARGS]",
    ] {
        page.line(line);
    }
    page.section("DESCRIPTION");
    page.text(&about(&definition));
    page.text(
        "Without a command the screen opens with a list of scenarios: small programs, each of which \
         teaches one thing. On the screen, `?` shows every key there is and what the signs mean.",
    );
    page.section("OPTIONS OF EVERY COMMAND");
    options(&mut page, &definition, |_| true);
    scenarios(&mut page, &definition);
    commands(&mut page, &definition);
    films(&mut page, &definition);
    page.section("EXIT STATUS");
    for status in status::ALL {
        page.item(&status.code.to_string(), status.means);
    }
    page.item("others", status::OTHERS);
    page.section("ENVIRONMENT");
    for (name, says) in ENVIRONMENT {
        page.item(name, says);
    }
    page.section("FILES");
    for (name, is) in FILES {
        page.item(name, is);
    }
    page.section("EXAMPLES");
    page.examples(&examples::of("mpviz"));
    page.section("SEE ALSO");
    page.text("`python3`(1), `ps`(1), `strace`(1), `proc`(5)");
    page.finish()
}

fn scenarios(page: &mut Page, definition: &Command) {
    page.section("SCENARIOS");
    page.text(
        "`mpviz SCENARIO` runs one on the screen, `mpviz list SCENARIO` says what to watch in it. Those \
         from `zombie` on have a fault on purpose; `--fixed` runs the remedy. All of them have:",
    );
    if let Some(first) = definition.find_subcommand(ALL[0].program.name) {
        let is_shared = |arg: &Arg| arg.get_help_heading() != Some(KNOBS);
        options(page, first, is_shared);
        let is_python = |arg: &Arg| arg.get_id() == "python";
        options(page, first, is_python);
    }
    let all = definition.get_subcommands();
    for scenario in all.filter(|command| find(command.get_name()).is_some()) {
        page.part(&format!("mpviz {}", scenario.get_name()));
        page.text(&about(scenario));
        let is_own = |arg: &Arg| arg.get_help_heading() == Some(KNOBS) && arg.get_id() != "python";
        options(page, scenario, is_own);
    }
}

fn commands(page: &mut Page, definition: &Command) {
    page.section("COMMANDS");
    let all = definition.get_subcommands();
    for command in all.filter(|command| find(command.get_name()).is_none()) {
        page.part(&usage(command));
        page.text(&about(command));
        let heading = |arg: &Arg| arg.get_help_heading().map(str::to_owned);
        options(page, command, |arg| heading(arg).as_deref() != Some(FILM));
        if command
            .get_arguments()
            .any(|arg| heading(arg).as_deref() == Some(FILM))
        {
            page.text("And the options of a film, below.");
        }
        page.examples(&examples::of(command.get_name()));
    }
}

fn films(page: &mut Page, definition: &Command) {
    page.section("OPTIONS OF A FILM");
    if let Some(render) = definition.find_subcommand("render") {
        options(page, render, |arg| arg.get_help_heading() == Some(FILM));
    }
}

/// Tells of a command's options and arguments.
fn options(page: &mut Page, command: &Command, is_wanted: impl Fn(&Arg) -> bool) {
    for arg in command.get_arguments().filter(|arg| is_wanted(arg)) {
        let short = arg.get_short().map(|short| format!("-{short}"));
        let long = arg.get_long().map(|long| format!("--{long}"));
        let names: Vec<String> = short.into_iter().chain(long).collect();
        let value = arg
            .get_value_names()
            .filter(|_| arg.get_action().takes_values())
            .map(|names| names.join(" "));
        let words: Vec<String> = [names.join(", ")].into_iter().chain(value).collect();
        let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let possible = arg.get_possible_values();
        if !possible.is_empty() && arg.get_action().takes_values() {
            let names: Vec<&str> = possible.iter().map(|value| value.get_name()).collect();
            help = format!("{help} [{}]", names.join(", "));
        }
        page.item(words.join(" ").trim(), &help);
    }
}

fn about(command: &Command) -> String {
    let about = command.get_long_about().or_else(|| command.get_about());
    about.map(ToString::to_string).unwrap_or_default()
}

fn usage(command: &Command) -> String {
    let mut command = command
        .clone()
        .bin_name(format!("mpviz {}", command.get_name()));
    let usage = command.render_usage().to_string();
    usage.trim_start_matches("Usage: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_and_every_status_is_on_the_page() {
        let page = page();
        let definition = definition();
        let below: Vec<&Command> = definition.get_subcommands().collect();
        let last = below.iter().flat_map(|command| command.get_subcommands());
        for command in last.chain(below.iter().copied()) {
            let name = command.get_name();
            assert!(
                page.contains(&format!("mpviz {}", name.replace('-', "\\-"))),
                "{name}"
            );
            for long in command.get_arguments().filter_map(Arg::get_long) {
                let long = format!("\\-\\-{}", long.replace('-', "\\-"));
                assert!(page.contains(&long), "{name} {long}");
            }
        }
        for status in status::ALL {
            assert!(
                page.contains(&format!(".TP\n\\fB{}\\fR\n", status.code)),
                "{status:?}"
            );
        }
    }

    #[test]
    fn the_variables_on_the_page_are_those_that_are_read() {
        let read = include_str!("looks.rs").to_owned()
            + include_str!("../app/terminal.rs")
            + include_str!("../app/config/places.rs")
            + include_str!("../python/home.rs")
            + include_str!("../python/interpreter.rs");
        for name in ENVIRONMENT.iter().flat_map(|(names, _)| names.split(", ")) {
            assert!(read.contains(&format!("\"{name}\"")), "{name}");
        }
    }
}
