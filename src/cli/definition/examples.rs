//! The examples at the end of every command's help.
//!
//! A test reads each as it stands, so none can name an option that is not there.

use crate::event::program::{Program, Range};
use crate::scenario::find;
use clap::Command;

/// A command line with what it does.
pub(in crate::cli) struct Example {
    /// What is typed.
    pub(in crate::cli) line: String,
    /// What it does, in a few words.
    pub(in crate::cli) about: &'static str,
}

const USUAL: &[(&str, &[(&str, &str)])] = &[
    (
        "mpviz",
        &[
            ("mpviz", "pick a scenario with the keyboard"),
            ("mpviz pool --workers 5", "run one, with a knob set"),
            (
                "mpviz queue --plain",
                "a sentence per event, for pipes and ears",
            ),
            (
                "mpviz fork -o fork.mpt",
                "write the trace beside the screen",
            ),
            (
                "mpviz run -- python3 p.py",
                "run a program of your own, as it is",
            ),
            ("mpviz attach 4711", "watch a program that runs already"),
            ("mpviz replay fork.mpt", "show it again"),
            ("mpviz render fork.mpt -o fork.svg", "make a film of it"),
        ],
    ),
    (
        "list",
        &[
            ("mpviz list", "all scenarios"),
            ("mpviz list pool", "what to watch in one, and its knobs"),
        ],
    ),
    (
        "run",
        &[
            ("mpviz run -- python3 p.py 3", "a program and its arguments"),
            ("mpviz run -m pack.tool -v", "as `python3 -m` does"),
            ("mpviz run --plain -- make -j4", "as text"),
            ("mpviz run --values -- ./p.py", "with what messages carry"),
        ],
    ),
    (
        "attach",
        &[
            ("mpviz attach 4711", "on the screen"),
            ("mpviz attach --plain 4711", "as text; C-c leaves it alone"),
        ],
    ),
    (
        "replay",
        &[
            ("mpviz replay pool.mpt", "as if live"),
            ("mpviz replay pool.mpt --speed 0", "its end at once"),
            ("mpviz replay a.mpt b.mpt", "two beside each other"),
            ("mpviz replay pool.mpt --plain", "as text"),
        ],
    ),
    ("keys", &[("mpviz keys", "by pane, as they are for you")]),
    (
        "config",
        &[("mpviz config", "the places, then what can be set")],
    ),
    (
        "check",
        &[
            ("mpviz check pool.mpt", "a trace"),
            ("mpviz pool --json | mpviz check -", "what comes by a pipe"),
        ],
    ),
    (
        "render",
        &[
            ("mpviz render pool.mpt -o pool.svg", "for a page"),
            (
                "mpviz render pool.mpt -o p.html --theme both",
                "with a player in it",
            ),
            (
                "mpviz render pool.mpt -o p.png --at 1.2",
                "a picture of one moment",
            ),
        ],
    ),
    (
        "record",
        &[
            ("mpviz record pool -o pool.mpt", "the trace"),
            ("mpviz record pool --tasks 9 -o pool.gif", "a film"),
            ("mpviz record -o p.html -- python3 p.py", "of any program"),
        ],
    ),
    (
        "completions",
        &[
            ("source <(mpviz completions bash)", "in ~/.bashrc"),
            (
                "mpviz completions zsh >_mpviz",
                "in a folder of zsh's $fpath",
            ),
            ("mpviz completions fish | source", "in config.fish"),
        ],
    ),
    (
        "keys",
        &[("mpviz keys", "which key does what, yours included")],
    ),
    (
        "config",
        &[("mpviz config", "the path, and a file to begin with")],
    ),
    ("man", &[("mpviz man | man -l -", "to read it")]),
];

/// Returns the examples of a command; none where nobody wrote one.
pub(in crate::cli) fn of(command: &str) -> Vec<Example> {
    if let Some(scenario) = find(command) {
        return of_scenario(scenario.program);
    }
    let own = USUAL.iter().find(|(name, _)| *name == command);
    own.map_or_else(Vec::new, |(_, examples)| {
        examples
            .iter()
            .map(|&(line, about)| example(line, about))
            .collect()
    })
}

fn example(line: &str, about: &'static str) -> Example {
    Example {
        line: line.to_owned(),
        about,
    }
}

fn of_scenario(program: &Program) -> Vec<Example> {
    let name = program.name;
    let mut set = program.knobs.iter().map(|knob| match knob.range {
        Range::Number { max, default, .. } => format!("{} {}", knob.name, (default + 1).min(max)),
        Range::Word(words) => format!("{} {}", knob.name, words.last().copied().unwrap_or("")),
        Range::Switch => knob.name.to_owned(),
    });
    let knob = set.next_back().map(|knob| format!("mpviz {name} --{knob}"));
    let mut examples = vec![example(&format!("mpviz {name}"), "on the screen")];
    examples.extend(knob.map(|line| example(&line, "with a knob set")));
    examples.push(example(&format!("mpviz {name} --plain"), "as text"));
    examples.push(example(
        &format!("mpviz {name} --python"),
        "the same in Python",
    ));
    examples
}

/// Returns the definition with the examples of each command at the end of its help.
pub(super) fn added(definition: Command) -> Command {
    let definition = definition.after_help(text(&of("mpviz")));
    definition.mut_subcommands(|command| {
        let own = of(command.get_name());
        let command = match command.get_name() {
            "record" => command.mut_subcommands(|scenario| {
                let text = text(&of_recording(scenario.get_name()));
                scenario.after_help(text)
            }),
            _ => command,
        };
        match own.is_empty() {
            true => command,
            false => command.after_help(text(&own)),
        }
    })
}

fn of_recording(name: &str) -> Vec<Example> {
    let made = |ending, about| example(&format!("mpviz record {name} -o {name}.{ending}"), about);
    vec![made("mpt", "the trace"), made("svg", "a film for a page")]
}

fn text(examples: &[Example]) -> String {
    let wide = examples.iter().map(|example| example.line.len()).max();
    let wide = wide.unwrap_or(0);
    let lines: Vec<String> = examples
        .iter()
        .map(|Example { line, about }| format!("  {line:wide$}  {about}"))
        .collect();
    format!("Examples:\n{}", lines.join("\n"))
}
