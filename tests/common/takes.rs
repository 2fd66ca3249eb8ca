//! A film without a camera: a run's frames at chosen moments, for the tests of renderers.

use mpviz::event::{Event, Span, Time};
use mpviz::history::History;
use mpviz::record::shot::{Caption, Frames, Named, Paper, Shot, Told};
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::trace::Reader;
use mpviz::ui::{Keymap, Ui};
use mpviz::view::events::has_row;
use mpviz::view::{Feed, Memory, Scene, Theme, draw, fits};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A film that is there as a whole.
#[derive(Clone)]
pub(crate) struct Takes {
    pub(crate) told: Told,
    pub(crate) shots: Vec<Shot>,
    next: usize,
}

impl Frames for Takes {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        self.next += 1;
        self.shots.get(self.next - 1)
    }
}

impl Takes {
    /// Returns a film of these frames, ten in a second.
    pub(crate) fn of(title: &str, size: (u16, u16), frames: Vec<Buffer>) -> Takes {
        let tenth = |n: usize| Span::millis(100 * n as u64);
        let shots: Vec<Shot> = frames
            .into_iter()
            .enumerate()
            .map(|(n, frame)| Shot {
                at: tenth(n),
                frame,
                light: None,
            })
            .collect();
        let told = Told {
            title: title.to_owned(),
            size,
            length: tenth(shots.len() + 10),
            fps: 10,
            paper: Paper {
                text: Color::Rgb(0xC9, 0xCE, 0xD4),
                ground: Color::Rgb(0x16, 0x18, 0x1C),
            },
            light: None,
            marks: Vec::new(),
            captions: Vec::new(),
            transcript: Vec::new(),
        };
        Takes {
            told,
            shots,
            next: 0,
        }
    }

    /// Returns a film of a run: so many frames over its length, equal ones left out.
    pub(crate) fn of_run(title: &str, run: &Events, size: (u16, u16), count: u64) -> Takes {
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        ui.told = has_row;
        ui.begin_run();
        let area = Rect::new(0, 0, size.0, size.1);
        let (theme, memory) = (Theme::default(), Memory::default());
        let mut history = History::default();
        let mut events = run.events.iter().peekable();
        let mut frames: Vec<Buffer> = Vec::new();
        for step in 0..=count {
            let moment = Time(run.horizon.0 / count * step + 1);
            while let Some(event) = events.next_if(|event| event.t <= moment) {
                history.apply(event);
            }
            history.advance(moment.min(run.horizon));
            ui.run.fits = fits(area, Some(&history), &ui.run, &memory);
            let scene = Scene {
                history: Some(&history),
                ui: &ui,
                theme: &theme,
                keymap: Keymap::brought(),
                feed: Feed::Replay,
                memory: &memory,
            };
            let mut frame = Buffer::empty(area);
            draw(&mut frame, area, &scene);
            if frames.last() != Some(&frame) {
                frames.push(frame);
            }
        }
        Takes::of(title, size, frames)
    }

    /// Returns the film with a mark.
    pub(crate) fn with_mark(mut self, at: Span, text: &str) -> Takes {
        let text = text.to_owned();
        self.told.marks.push(Named { at, text });
        self
    }

    /// Returns the film with a caption, which the frames do not show.
    pub(crate) fn with_caption(mut self, at: Span, until: Span, text: &str) -> Takes {
        let text = text.to_owned();
        self.told.captions.push(Caption { at, until, text });
        self
    }
}

/// What a trace tells.
pub(crate) struct Events {
    pub(crate) events: Vec<Event>,
    pub(crate) horizon: Time,
}

impl Events {
    /// Reads a trace.
    #[track_caller]
    pub(crate) fn read(input: impl BufRead) -> Events {
        let mut reader = Reader::new(input).expect("a trace");
        let (mut events, mut horizon) = (Vec::new(), Time::ZERO);
        while let Some(chunk) = reader.chunk().expect("a whole trace") {
            horizon = horizon.max(chunk.horizon);
            events.extend(chunk.events);
        }
        Events { events, horizon }
    }

    /// Reads the trace of a file.
    #[track_caller]
    pub(crate) fn of_file(path: &Path) -> Events {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Events::read(BufReader::new(file))
    }

    /// Returns everything that is known in the end.
    pub(crate) fn history(&self) -> History {
        let mut history = History::default();
        self.events.iter().for_each(|event| history.apply(event));
        history.advance(self.horizon);
        history
    }
}

/// Returns every trace that lies in the tests' folders, with its name.
pub(crate) fn traces() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut all = Vec::new();
    for folder in ["traces", "flow/plays", "view/plays"] {
        let entries = fs::read_dir(root.join(folder)).expect("a folder of traces");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let traces = paths.filter(|path| path.extension().is_some_and(|ext| ext == "mpt"));
        all.extend(traces.map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy();
            (format!("{folder}/{name}"), path.clone())
        }));
    }
    all.sort();
    assert!(!all.is_empty(), "no traces");
    all
}
