//! The first events of a run, which mpviz says itself: what is run, where, when, and its sources.
//!
//! They do not go through a ring, where a text is cut at 4 KiB: who shows or writes the run puts
//! them before the first batch.

use super::launch::Launch;
use crate::channel::clock;
use crate::event::{ActorId, Event, FileId, Kind, Text, Time};

/// Of a source, at most this many bytes are told.
pub(super) const SOURCE_MAX: usize = 256 * 1024;

/// Returns the run's first events, all at time 0.
pub(super) fn events(launch: &Launch, supervisor: u32) -> Vec<Event> {
    let knobs = launch
        .knobs
        .iter()
        .map(|(k, v)| (Text::from(k), Text::from(v)));
    let started = started(Head {
        program: launch.name.clone(),
        title: &launch.title,
        knobs: knobs.collect(),
        seed: launch.seed,
        pace: launch.pace,
        supervisor,
    });
    let sources = (0..).zip(&launch.sources).map(|(number, source)| {
        let end = floor_char_boundary(&source.text, SOURCE_MAX);
        Kind::SourceSeen {
            file: FileId(number),
            path: Text::from(&source.path),
            text: Text::from(&source.text[..end]),
        }
    });
    let kinds = std::iter::once(started).chain(sources);
    (0..).zip(kinds).map(event).collect()
}

/// Returns the first events of a run that was there before mpviz: one.
pub(super) fn attached(program: &str, title: &str) -> Vec<Event> {
    let head = Head {
        program: program.to_owned(),
        title,
        knobs: Vec::new(),
        seed: 0,
        pace: 1.0,
        supervisor: 0,
    };
    vec![event((0, started(head)))]
}

fn event((seq, kind): (u32, Kind)) -> Event {
    Event {
        t: Time::ZERO,
        actor: ActorId::MPVIZ,
        by: None,
        seq,
        line: None,
        file: None,
        kind,
    }
}

/// What the first event says of the program.
struct Head<'a> {
    program: String,
    title: &'a str,
    knobs: Vec<(Text, Text)>,
    seed: u64,
    pace: f64,
    supervisor: u32,
}

fn started(head: Head<'_>) -> Kind {
    Kind::RunStarted {
        program: Box::new(Text::from(head.program)),
        title: Box::new(Text::from(head.title)),
        knobs: head.knobs,
        seed: head.seed,
        pace: head.pace,
        viewer: std::process::id(),
        supervisor: head.supervisor,
        machine: Box::new(Text::from(machine())),
        cpus: std::thread::available_parallelism()
            .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
        wall: Box::new(Text::from(clock::wall_text())),
    }
}

fn machine() -> String {
    let kernel = sysinfo::System::kernel_version().unwrap_or_default();
    format!("Linux {kernel} {}", sysinfo::System::cpu_arch())
}

pub(super) fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
