//! The traces `tests/traces/trouble-NAME.mpt` and `trouble-NAME-fixed.mpt`: what tests of the history
//! and of what is made of it read instead of running the programs.
//!
//! Each is `mpviz NAME [--fixed] --json --limit 1`, with its place and date left out.
//! `MPVIZ_REWRITE=1 cargo test --test trouble recorded` records them anew; then the same with
//! `--test history` writes the answers beside them.

use super::common::output;
use mpviz::event::program::Group;
use mpviz::event::words::Ending;
use mpviz::event::{Event, Kind, Text, json};
use mpviz::history::History;
use mpviz::scenario::PROGRAMS;
use mpviz::trace::Reader;
use std::fs;
use std::path::{Path, PathBuf};

/// Those that never end by themselves.
const HANG: &[&str] = &[
    "join-full-queue",
    "killed-reader",
    "pipe-no-eof",
    "killed-worker",
    "two-locks",
];

fn path(name: &str, is_fixed: bool) -> PathBuf {
    let fixed = if is_fixed { "-fixed" } else { "" };
    let file = format!("tests/traces/trouble-{name}{fixed}.mpt");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Records a run.
fn record(name: &str, is_fixed: bool) {
    let fixed: &[&str] = if is_fixed { &["--fixed"] } else { &[] };
    let ran = output(&[&[name, "--json", "--limit", "1"], fixed].concat());
    let trace = String::from_utf8(ran.stdout).expect("a trace is text");
    let lines = trace.lines().map(|line| match json::parse(line) {
        Ok(event) if matches!(event.kind, Kind::RunStarted { .. }) => anywhere(event),
        _ => line.to_owned(),
    });
    let lines: Vec<String> = lines.collect();
    fs::write(path(name, is_fixed), lines.join("\n") + "\n").expect("it can be written");
}

/// Returns the first event's line without where and when it was.
fn anywhere(mut event: Event) -> String {
    if let Kind::RunStarted {
        machine,
        cpus,
        wall,
        ..
    } = &mut event.kind
    {
        **machine = Text::from("Linux x86_64");
        *cpus = 4;
        **wall = Text::from("2026-01-01T00:00:00Z");
    }
    serde_json::to_string(&event).expect("an event has a text")
}

#[test]
fn each_program_of_trouble_and_its_remedy_is_recorded() {
    for program in PROGRAMS.iter().filter(|p| p.group == Group::Trouble) {
        for is_fixed in [false, true] {
            let path = path(program.name, is_fixed);
            if std::env::var_os("MPVIZ_REWRITE").is_some() {
                record(program.name, is_fixed);
            }
            let file = fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let mut history = History::default();
            let mut reader = Reader::new(file.as_slice()).expect("a trace");
            while let Some(chunk) = reader.chunk().expect("a whole trace") {
                chunk.events.iter().for_each(|event| history.apply(event));
                history.advance(chunk.horizon);
            }
            let run = history.run();
            let fixed = if is_fixed { "yes" } else { "no" };
            let knobs: Vec<_> = run.knobs.iter().map(|(k, v)| (&**k, &**v)).collect();
            assert_eq!(
                (&*run.program, knobs),
                (program.name, vec![("fixed", fixed)])
            );
            let ending = match !is_fixed && HANG.contains(&program.name) {
                true => Ending::Stopped,
                false => Ending::Finished,
            };
            let ended = run.ended.as_ref().map(|ended| ended.ending);
            assert_eq!(ended, Some(ending), "{}", path.display());
        }
    }
}
