//! Reading the plays.

use mpviz::event::{Event, Time};
use mpviz::history::History;
use mpviz::trace::Reader;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flow/plays")
}

/// Returns the name of every play.
pub(crate) fn names() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("the folder of plays")
        .map(|entry| entry.expect("an entry of it").path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "mpt"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no plays");
    names
}

/// Returns the events of a play and the moment up to which it is known.
#[track_caller]
pub(crate) fn events(name: &str) -> (Vec<Event>, Time) {
    let path = folder().join(name).with_extension("mpt");
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = Reader::new(BufReader::new(file)).expect("a trace");
    let (mut events, mut horizon) = (Vec::new(), Time::ZERO);
    while let Some(chunk) = reader
        .chunk()
        .unwrap_or_else(|error| panic!("{name}: {error}"))
    {
        horizon = horizon.max(chunk.horizon);
        events.extend(chunk.events);
    }
    (events, horizon)
}

/// Returns everything that a play tells.
#[track_caller]
pub(crate) fn history(name: &str) -> History {
    let (events, horizon) = events(name);
    folded(&events, horizon)
}

/// Returns what a play has told at `t`, as if it still went on.
#[track_caller]
pub(crate) fn history_until(name: &str, t: Time) -> History {
    let (events, horizon) = events(name);
    let until = events.partition_point(|event| event.t <= t);
    folded(&events[..until], t.min(horizon))
}

pub(crate) fn folded(events: &[Event], horizon: Time) -> History {
    let mut history = History::default();
    events.iter().for_each(|event| history.apply(event));
    history.advance(horizon);
    history
}

/// Returns a moment so many milliseconds after the start.
pub(crate) fn ms(ms: f64) -> Time {
    let span = std::time::Duration::from_secs_f64(ms / 1e3);
    Time::ZERO + span.into()
}
