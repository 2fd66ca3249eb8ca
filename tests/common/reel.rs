//! A film for tests of renderers: prefixes of a trace, drawn by the view, frame after frame.
//!
//! It follows the run live and does nothing else; what a whole film can do is `record::film`'s.

use mpviz::event::{Event, Kind, Span, Time};
use mpviz::history::History;
use mpviz::record::shot::{Frames, Named, Paper, Shot, Told};
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::trace::Reader;
use mpviz::ui::{Keymap, Ui};
use mpviz::view::events::has_row;
use mpviz::view::{Charset, Depth, Feed, Ground, Memory, Scene, Theme, draw, fits};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::path::Path;

/// See the file's own page.
pub(crate) struct Reel {
    told: Told,
    events: Vec<Event>,
    fed: usize,
    history: History,
    themes: Vec<Theme>,
    next: u64,
    shot: Option<Shot>,
}

impl Reel {
    /// Returns the film of a trace in `tests/traces`, as long as asked for: the run is stretched.
    pub(crate) fn of(trace: &str, size: (u16, u16), fps: u32, length: Span) -> Reel {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/traces/{trace}.mpt"));
        let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        Reel::read(&file, size, fps, length)
    }

    /// Returns the film of a trace.
    pub(crate) fn read(file: &[u8], size: (u16, u16), fps: u32, length: Span) -> Reel {
        let mut reader = Reader::new(file).expect("a trace");
        let mut events = Vec::new();
        while let Some(event) = reader.event().expect("an event") {
            events.push(event);
        }
        let ends = events.last().map_or(0, |event| event.t.0).max(1);
        for event in &mut events {
            let t = u128::from(event.t.0) * u128::from(length.0) / u128::from(ends);
            event.t = Time(u64::try_from(t).expect("shorter than time"));
        }
        let themes: Vec<Theme> = [Ground::Dark, Ground::Light]
            .map(|ground| Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper())
            .into();
        let marks = vec![Named {
            at: Span(length.0 / 2),
            text: "half of it".to_owned(),
        }];
        Reel {
            told: Told {
                title: "a film".to_owned(),
                size,
                length: Span(length.0 + 2_000_000_000),
                fps,
                paper: paper(&themes[0]),
                light: None,
                marks,
                captions: Vec::new(),
                transcript: Vec::new(),
            },
            events,
            fed: 0,
            history: History::default(),
            themes,
            next: 0,
            shot: None,
        }
    }

    /// Returns it in both themes.
    pub(crate) fn both(mut self) -> Reel {
        self.told.light = Some(paper(&self.themes[1]));
        self
    }

    fn drawn(&self, theme: &Theme) -> Buffer {
        let area = Rect::new(0, 0, self.told.size.0, self.told.size.1);
        let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
        ui.told = has_row;
        ui.begin_run();
        ui.run.fits = fits(area, Some(&self.history), &ui.run, &Memory::default());
        let mut frame = Buffer::empty(area);
        let memory = Memory::default();
        let scene = Scene {
            history: Some(&self.history),
            ui: &ui,
            theme,
            keymap: Keymap::brought(),
            feed: Feed::Live,
            memory: &memory,
        };
        draw(&mut frame, area, &scene);
        frame
    }
}

impl Frames for Reel {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        loop {
            let at = Span(self.next * 1_000_000_000 / u64::from(self.told.fps));
            if at > self.told.length {
                return None;
            }
            self.next += 1;
            while let Some(event) = self.events.get(self.fed) {
                if event.t > Time(at.0) {
                    break;
                }
                self.fed += 1;
                if !matches!(event.kind, Kind::Horizon { .. }) {
                    self.history.apply(event);
                }
            }
            self.history.advance(Time(at.0));
            let frame = self.drawn(&self.themes[0]);
            if self.shot.as_ref().is_some_and(|shot| shot.frame == frame) {
                continue;
            }
            let light = self.told.light.map(|_| self.drawn(&self.themes[1]));
            return Some(self.shot.insert(Shot { at, frame, light }));
        }
    }
}

fn paper(theme: &Theme) -> Paper {
    let paper = theme.paper();
    Paper {
        text: paper.fg.unwrap_or(Color::Reset),
        ground: paper.bg.unwrap_or(Color::Reset),
    }
}
