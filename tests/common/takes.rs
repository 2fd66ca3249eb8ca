//! Films whose frames are kept, for the tests of renderers, and the traces that they are of.

use mpviz::event::Span;
use mpviz::history::History;
use mpviz::record::film::{Film, Lines, Options};
use mpviz::record::shot::{Caption, Frames, Named, Paper, Shot, Told};
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::trace::Reader;
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme};
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

    /// Returns a film of nothing, of a size.
    pub(crate) fn blank(size: (u16, u16)) -> Takes {
        let mut film = Takes::of("a film", size, Vec::new());
        film.told.length = Span::ZERO;
        film
    }

    /// Appends a frame, a tenth of a second after the one before.
    pub(crate) fn then(mut self, draw: impl FnOnce(&mut Buffer)) -> Takes {
        let (width, height) = self.told.size;
        let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
        draw(&mut frame);
        let at = Span::millis(100 * self.shots.len() as u64);
        self.told.length = at;
        let light = None;
        self.shots.push(Shot { at, frame, light });
        self
    }

    /// Returns every frame of a film.
    pub(crate) fn of_film(film: &mut dyn Frames) -> Takes {
        let told = film.told().clone();
        let shots = std::iter::from_fn(|| film.next().cloned()).collect();
        Takes {
            told,
            shots,
            next: 0,
        }
    }

    /// Returns the film of a run.
    #[track_caller]
    pub(crate) fn of_run(run: &Lines, options: Options) -> Takes {
        let ui = Ui::new(PROGRAMS).with_twins(TWINS);
        let mut film = Film::open(run.clone(), options, ui).expect("a film");
        Takes::of_film(&mut film)
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

/// Returns the film of a trace in the tests' folder, in both themes.
#[track_caller]
pub(crate) fn recorded(trace: &str, size: (u16, u16), options: Options) -> Takes {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let theme = |ground| Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper();
    let options = Options {
        size: Some(size),
        light: Some(theme(Ground::Light)),
        ..options
    };
    Takes::of_run(&of_file(&tests.join(trace)), options)
}

/// Reads a trace.
#[track_caller]
pub(crate) fn read(input: impl BufRead) -> Lines {
    let mut reader = Reader::new(input).expect("a trace");
    let (lines, fault) = Lines::read(&mut reader);
    assert!(fault.is_none(), "{fault:?}");
    lines
}

/// Reads the trace of a file.
#[track_caller]
pub(crate) fn of_file(path: &Path) -> Lines {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    read(BufReader::new(file))
}

/// Returns everything that is known in the end.
pub(crate) fn history(lines: &Lines) -> History {
    let mut history = History::default();
    let events = lines.events.iter();
    let programs = events.filter(|event| event.kind.viewers().is_none());
    programs.for_each(|event| history.apply(event));
    history.advance(lines.horizon);
    history
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
