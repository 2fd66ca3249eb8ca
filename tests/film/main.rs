//! Films: what a viewer of a trace sees, frame by frame.

mod properties;
mod recorded;
mod scripts;

use mpviz::event::{Event, Time};
use mpviz::record::film::{Film, FilmError, Lines, Options};
use mpviz::record::shot::{Frames, Shot};
use mpviz::scenario::{PROGRAMS, TWINS, default_knobs};
use mpviz::trace::Reader;
use mpviz::ui::Ui;
use std::fs;
use std::path::Path;

/// A real run of a pool, of 1.7 s.
pub(crate) const POOL: &str = "../view/plays/pool";

/// Every trace that is a test of the history.
pub(crate) fn traces() -> Vec<(String, Lines)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces");
    let mut found: Vec<_> = fs::read_dir(folder)
        .expect("a folder of ours")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "mpt"))
        .collect();
    found.sort();
    assert!(found.len() > 40);
    found
        .iter()
        .map(|path| {
            (
                path.display().to_string(),
                read(&fs::read(path).expect("a file")),
            )
        })
        .collect()
}

pub(crate) fn trace(name: &str) -> Lines {
    let path = format!("{}/tests/traces/{name}.mpt", env!("CARGO_MANIFEST_DIR"));
    read(&fs::read(path).expect("a trace"))
}

pub(crate) fn read(bytes: &[u8]) -> Lines {
    let (lines, fault) = Lines::read(&mut Reader::new(bytes).expect("a trace"));
    assert!(fault.is_none(), "{fault:?}");
    lines
}

pub(crate) fn ui() -> Ui {
    let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
    for (knobs, program) in ui.picker.knobs.iter_mut().zip(PROGRAMS) {
        *knobs = default_knobs(program);
    }
    ui
}

pub(crate) fn open(lines: &Lines, options: &Options) -> Result<Film, FilmError> {
    Film::open(lines.clone(), options.clone(), ui())
}

/// Returns every frame of a film.
pub(crate) fn shots(film: &mut Film) -> Vec<Shot> {
    let mut shots = Vec::new();
    while let Some(shot) = film.next() {
        shots.push(shot.clone());
    }
    shots
}

/// Returns a frame's rows as text.
pub(crate) fn text(shot: &Shot) -> String {
    mpviz::record::viewer::text_of(&shot.frame)
}

/// Returns a line of the viewer.
pub(crate) fn line(t: Time, json: &str) -> Event {
    let json = format!("{{\"t\":{},\"actor\":0,\"seq\":0,{}}}", t.0, json);
    mpviz::event::json::parse(&json).expect("an event")
}
