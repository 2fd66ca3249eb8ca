//! Films to be made into pages: of recorded runs, and made by hand.

use mpviz::event::Span;
use mpviz::record::film::{Film, Lines, Options};
use mpviz::record::shot::{Frames, Paper, Shot, Told};
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::trace::Reader;
use mpviz::ui::Ui;
use mpviz::view::{Charset, Depth, Ground, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Frames that stand ready.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) told: Told,
    pub(crate) shots: Vec<Shot>,
    next: usize,
}

impl Frames for Ready {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        self.next += 1;
        self.shots.get(self.next - 1)
    }
}

impl Ready {
    /// A film of nothing, of a size.
    pub(crate) fn blank(size: (u16, u16)) -> Ready {
        Ready {
            told: Told {
                title: "a film".to_owned(),
                size,
                length: Span::ZERO,
                fps: 10,
                paper: Paper {
                    text: Color::Rgb(0xC9, 0xCE, 0xD4),
                    ground: Color::Rgb(0x16, 0x18, 0x1C),
                },
                light: None,
                marks: Vec::new(),
                captions: Vec::new(),
                transcript: Vec::new(),
            },
            shots: Vec::new(),
            next: 0,
        }
    }

    /// Appends a frame, a tenth of a second after the one before.
    pub(crate) fn then(mut self, draw: impl FnOnce(&mut Buffer)) -> Ready {
        let (width, height) = self.told.size;
        let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
        draw(&mut frame);
        let at = Span::millis(100 * self.shots.len() as u64);
        self.told.length = at;
        let light = None;
        self.shots.push(Shot { at, frame, light });
        self
    }

    /// All that a film shows, to be looked at twice.
    pub(crate) fn of(film: &mut dyn Frames) -> Ready {
        let told = film.told().clone();
        let mut shots = Vec::new();
        while let Some(shot) = film.next() {
            shots.push(shot.clone());
        }
        let next = 0;
        Ready { told, shots, next }
    }
}

/// Returns the film of a trace in the tests' folder, in both themes.
pub(crate) fn recorded(trace: &str, size: (u16, u16), options: Options) -> Ready {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(trace);
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (lines, fault) = Lines::read(&mut Reader::new(BufReader::new(file)).expect("a trace"));
    assert!(fault.is_none(), "{fault:?}");
    let theme = |ground| Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper();
    let options = Options {
        size: Some(size),
        light: Some(theme(Ground::Light)),
        ..options
    };
    let ui = Ui::new(PROGRAMS).with_twins(TWINS);
    Ready::of(&mut Film::open(lines, options, ui).expect("a film"))
}
