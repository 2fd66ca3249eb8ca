//! What the tests of whole runs share: running mpviz and reading its trace.
#![allow(
    dead_code,
    reason = "each test file uses its part, and one may use all"
)]

pub(crate) mod pty;
pub(crate) mod tag;
pub(crate) mod takes;

use mpviz::event::{ActorId, Event, Kind, Time};
use mpviz::history::{Actor, History};
use mpviz::trace::Reader;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Where a person's own files are: those of whoever runs the tests are neither read nor written.
pub(crate) const SETTLED: [&str; 2] = ["XDG_CONFIG_HOME", "XDG_STATE_HOME"];

/// Nothing is there, and nothing can be put there.
const NOWHERE: &str = "/dev/null/nowhere";

/// Returns a command that runs mpviz, with nothing of the environment that changes what it does.
pub(crate) fn mpviz(arguments: &[&str]) -> Command {
    let mut command = settled(env!("CARGO_BIN_EXE_mpviz"));
    command.args(arguments);
    command
}

/// Returns a command that runs a line of the shell, in which `"$@"` runs mpviz and `$0` is a file.
pub(crate) fn mpviz_by(line: &str, file: &Path, arguments: &[&str]) -> Command {
    let mut command = settled("sh");
    command.args(["-c", line]).arg(file);
    command.arg(env!("CARGO_BIN_EXE_mpviz")).args(arguments);
    command
}

fn settled(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "LC_ALL", "LC_CTYPE"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
    for name in SETTLED {
        command.env(name, NOWHERE);
    }
    command
}

/// Runs mpviz to its end.
pub(crate) fn output(arguments: &[&str]) -> Output {
    mpviz(arguments).output().expect("mpviz runs")
}

/// A run, as its trace tells it.
pub(crate) struct Ran {
    pub(crate) status: Option<i32>,
    pub(crate) events: Vec<Event>,
    pub(crate) history: History,
}

/// Runs a scenario with `--json` and reads its trace.
#[track_caller]
pub(crate) fn run(arguments: &[&str]) -> Ran {
    told(&[arguments, &["--json"]].concat())
}

/// Runs mpviz, which is told to write a trace to stdout, and reads it.
#[track_caller]
pub(crate) fn told(arguments: &[&str]) -> Ran {
    let ran = output(arguments);
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(stderr, "", "{arguments:?}");
    read(&ran)
}

/// Runs a scenario that hangs, until the limit ends it, and reads its trace.
#[track_caller]
pub(crate) fn hanging(arguments: &[&str]) -> Ran {
    let ran = output(&[arguments, &["--json", "--limit", "2"]].concat());
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let says = "mpviz: nobody computed, slept or moved anything for 2 s: the program was ended\n\
                hint: `--limit SECONDS` has it wait longer\n";
    assert_eq!(stderr, says, "{arguments:?}");
    assert_eq!(ran.status.code(), Some(124), "{arguments:?}");
    read(&ran)
}

/// Reads the trace that mpviz has written to stdout.
#[track_caller]
pub(crate) fn read(ran: &Output) -> Ran {
    let mut reader = Reader::new(ran.stdout.as_slice()).expect("a trace");
    let (mut events, mut history) = (Vec::new(), History::default());
    while let Some(chunk) = reader.chunk().expect("a whole trace") {
        for event in &chunk.events {
            history.apply(event);
        }
        history.advance(chunk.horizon);
        events.extend(chunk.events);
    }
    assert!(history.run().ended.is_some(), "the run has no end");
    assert!(
        !events
            .iter()
            .any(|event| matches!(event.kind, Kind::Gap { .. })),
        "events are lost"
    );
    Ran {
        status: ran.status.code(),
        events,
        history,
    }
}

impl Ran {
    /// Returns the process of a name.
    #[track_caller]
    pub(crate) fn process(&self, name: &str) -> &Actor {
        let named = |&&id: &&ActorId| self.actor(id).name == name;
        let id = self.history.processes().iter().find(named);
        self.actor(*id.unwrap_or_else(|| panic!("no process `{name}`")))
    }

    /// Returns an actor.
    #[track_caller]
    pub(crate) fn actor(&self, id: ActorId) -> &Actor {
        self.history
            .actor(id)
            .unwrap_or_else(|| panic!("no actor {id}"))
    }

    /// Returns the events about an actor.
    pub(crate) fn of(&self, actor: ActorId) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.actor == actor)
    }

    /// Returns when the first event of which this holds happened.
    #[track_caller]
    pub(crate) fn when(&self, what: impl Fn(&Event) -> bool) -> Time {
        self.events
            .iter()
            .find(|event| what(event))
            .expect("the event happened")
            .t
    }

    /// Returns everything that was printed, in order.
    pub(crate) fn printed(&self) -> String {
        let text = |event: &Event| match &event.kind {
            Kind::Output { text, .. } => Some(text.to_string()),
            _ => None,
        };
        self.events.iter().filter_map(text).collect()
    }

    /// Returns when a line was printed.
    #[track_caller]
    pub(crate) fn printed_at(&self, line: &str) -> Time {
        self.when(|event| matches!(&event.kind, Kind::Output { text, .. } if text.contains(line)))
    }
}

/// Returns whether a program is there that a test needs; says which is missing if not, and fails
/// where nothing may be left out (`MPVIZ_TEST_ALL`).
#[track_caller]
pub(crate) fn is_installed(program: &str, package: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let all = std::env::var_os("MPVIZ_TEST_ALL").is_some();
    assert!(found || !all, "`{program}` is missing (Debian: {package})");
    if !found {
        left_out(&format!("`{program}` is missing (Debian: {package})"));
    }
    found
}

/// Says that a test, or a part of it, is left out, and why.
#[expect(clippy::print_stderr, reason = "whoever runs the tests is to read it")]
pub(crate) fn left_out(why: &str) {
    eprintln!("left out: {why}");
}
