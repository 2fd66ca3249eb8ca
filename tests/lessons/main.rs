//! Every scenario and its twin in Python: both print the same, and their lines are paired.

mod cases;
#[path = "../common/mod.rs"]
mod common;
mod terminal;

use cases::{CASES, Case};
use common::{Ran, is_installed, run};
use mpviz::event::FileId;
use mpviz::event::program::Range;
use mpviz::event::twin::Twin;
use mpviz::scenario::{PROGRAMS, TWINS};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use terminal::{OnTerminal, canonical};

/// So many cases run at a time: most of them sleep most of the time.
const AT_A_TIME: usize = 6;

fn twin_of(name: &str) -> &'static Twin {
    let twin = TWINS.iter().find(|twin| twin.of == name);
    twin.unwrap_or_else(|| panic!("{name} has no twin"))
}

fn file_of(twin: &Twin) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/lessons");
    folder.join(twin.file)
}

/// Returns python3 on a file, with nothing in the environment that changes what it does.
fn python(file: &Path) -> Command {
    let mut command = Command::new("python3");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    // Nothing is written beside the sources.
    command.arg("-B").arg(file).stdin(Stdio::null());
    command
}

fn printed(ran: &Ran) -> Vec<String> {
    ran.printed().lines().map(canonical).collect()
}

impl Case {
    fn arguments(&self) -> Vec<&'static str> {
        self.line.split(' ').collect()
    }

    fn ours(&self) -> Ran {
        let arguments = [&self.arguments(), ["--pace", "2"].as_slice()].concat();
        if self.hangs {
            common::hanging(&arguments)
        } else {
            run(&arguments)
        }
    }

    /// Runs both sides; returns what is wrong.
    fn check(&self) -> Vec<String> {
        let arguments = self.arguments();
        let mut command = python(&file_of(twin_of(arguments[0])));
        command.args(&arguments[1..]);
        let twin = OnTerminal::start(command);
        let ours = self.ours();
        let printed = printed(&ours);
        let (theirs, ended, complaints) = twin.lines(self.hangs.then_some(printed.len()));
        let mut wrong = self.unpaired(&ours);
        if ended == self.hangs {
            wrong.push(format!("python3 has ended: {ended}"));
        }
        if !complaints.is_empty() {
            wrong.push(format!("python3 says {complaints}"));
        }
        let sides = [("mpviz", printed), ("python3", theirs)];
        for (side, lines) in &sides {
            wrong.extend(self.order.iter().filter_map(|&(before, after)| {
                let last = lines.iter().rposition(|line| line.starts_with(before));
                let first = lines.iter().position(|line| line.starts_with(after));
                let is_missing = first.is_none() && self.is_chance(after);
                let is_so = last.zip(first).is_some_and(|(last, first)| last < first);
                (!is_so && !is_missing)
                    .then(|| format!("{side}: `{before}` is not before `{after}` in {lines:#?}"))
            }));
        }
        let [(_, ours), (_, theirs)] = sides.map(|(side, lines)| {
            let mut lines: Vec<_> = lines
                .into_iter()
                .filter(|line| !self.is_chance(line))
                .collect();
            lines.sort();
            (side, lines)
        });
        if ours != theirs {
            wrong.push(format!("mpviz prints {ours:#?}, python3 {theirs:#?}"));
        }
        wrong
    }

    fn is_chance(&self, line: &str) -> bool {
        self.chance.is_some_and(|chance| line.starts_with(chance))
    }

    /// Returns a complaint for each line that an event names and that has no pair.
    fn unpaired(&self, ran: &Ran) -> Vec<String> {
        let program = ran.history.run().program.clone();
        let source = &ran.history.sources()[0];
        let pairs = twin_of(&program).pairs_with(&source.text);
        let paired: BTreeSet<u32> = pairs.iter().map(|pair| pair.ours).collect();
        let of_source = ran.events.iter().filter(|event| {
            let file = event.file.unwrap_or(FileId(0));
            file == source.file
        });
        let executed: BTreeSet<u32> = of_source.filter_map(|event| event.line).collect();
        assert!(!executed.is_empty(), "{program}: no event has a line");
        let unpaired = executed.difference(&paired);
        unpaired
            .map(|line| format!("line {line} of {} has no pair", source.path))
            .collect()
    }
}

#[test]
fn a_twin_prints_what_its_scenario_prints() {
    if !is_installed("python3", "python3") {
        return;
    }
    let next = AtomicUsize::new(0);
    let verdicts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME)
            .map(|_| {
                scope.spawn(|| {
                    let mut wrong = Vec::new();
                    while let Some(case) = CASES.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let found = case.check();
                        wrong.extend(found.iter().map(|text| format!("{}: {text}", case.line)));
                    }
                    wrong
                })
            })
            .collect();
        let ended = workers.into_iter().map(|worker| worker.join());
        ended
            .map(|wrong| wrong.expect("no panic"))
            .collect::<Vec<_>>()
    });
    let wrong = verdicts.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_has_a_twin_and_a_case() {
    let names: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
    let twins: Vec<_> = TWINS.iter().map(|twin| twin.of).collect();
    assert_eq!(names, twins);
    for name in names {
        let cases = CASES.iter().map(|case| case.arguments()[0]);
        assert!(cases.clone().any(|of| of == name), "{name} has no case");
    }
}

#[test]
fn each_pair_is_in_both_sources() {
    for program in PROGRAMS {
        let twin = twin_of(program.name);
        let pairs = twin.pairs_with(program.source);
        let count = twin.fragments().count();
        assert_eq!(count, twin.pairs.lines().count(), "{}", twin.of);
        let last = pairs.last().expect("some pairs");
        assert_eq!(
            pairs.len(),
            count,
            "{}: some pair is missing; last is {last:?}",
            twin.of
        );
    }
}

#[test]
fn a_twin_has_the_knobs_of_its_scenario() {
    if !is_installed("python3", "python3") {
        return;
    }
    for program in PROGRAMS {
        let help = python(&file_of(twin_of(program.name)))
            .arg("--help")
            .output();
        let help = String::from_utf8(help.expect("python3 runs").stdout).expect("text");
        for knob in program.knobs {
            let words = match knob.range {
                Range::Number { .. } => format!("--{} {}", knob.name, knob.name.to_uppercase()),
                Range::Switch => format!("--{}", knob.name),
                Range::Word(words) => format!("--{} {{{}}}", knob.name, words.join(",")),
            };
            assert!(help.contains(&words), "{}: {words} in {help}", program.name);
        }
    }
}
