//! Films of recorded runs, drawn from what was known at each moment.

use mpviz::event::{Event, Span, Time};
use mpviz::history::History;
use mpviz::record::shot::{Caption, Frames, Named, Paper, Shot, Told};
use mpviz::scenario::{PROGRAMS, TWINS};
use mpviz::trace::Reader;
use mpviz::ui::Keymap;
use mpviz::ui::Ui;
use mpviz::view::events::has_row;
use mpviz::view::words::sentence;
use mpviz::view::{Charset, Depth, Feed, Ground, Memory, Scene, Theme, draw, fits};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Frames that stand ready.
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
    /// A film of these shots.
    pub(crate) fn new(told: Told, shots: Vec<Shot>) -> Ready {
        let next = 0;
        Ready { told, shots, next }
    }

    /// The same film from its begin.
    pub(crate) fn again(&mut self) -> &mut Ready {
        self.next = 0;
        self
    }
}

/// A film of a trace: what is stretched how many times, its size, and whether it has both themes.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) trace: &'static str,
    pub(crate) size: (u16, u16),
    pub(crate) fps: u32,
    /// How long the film is, in seconds: the run is stretched to it.
    pub(crate) seconds: u32,
    pub(crate) has_light: bool,
}

fn paper(theme: &Theme) -> Paper {
    let paper = theme.paper();
    Paper {
        text: paper.fg.unwrap_or(Color::Reset),
        ground: paper.bg.unwrap_or(Color::Reset),
    }
}

fn events(path: &str) -> (Vec<Event>, Time) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(path);
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = Reader::new(BufReader::new(file)).expect("a trace");
    let (mut events, mut horizon) = (Vec::new(), Time::ZERO);
    while let Some(chunk) = reader.chunk().expect("a whole trace") {
        horizon = horizon.max(chunk.horizon);
        events.extend(chunk.events);
    }
    (events, horizon)
}

impl Wanted {
    /// Draws the film.
    pub(crate) fn film(self) -> Ready {
        let (events, horizon) = events(self.trace);
        let theme = |ground| Theme::new(ground, Depth::TrueColor, Charset::Unicode).with_paper();
        let (dark, light) = (theme(Ground::Dark), theme(Ground::Light));
        let (columns, rows) = self.size;
        let area = Rect::new(0, 0, columns, rows);
        let mut history = History::default();
        let mut shots: Vec<Shot> = Vec::new();
        let mut transcript = Vec::new();
        let mut fed = 0;
        let ticks = u64::from(self.seconds * self.fps);
        for tick in 0..=ticks {
            let at = Span(tick * 1_000_000_000 / u64::from(self.fps));
            let known = u128::from(horizon.0) * u128::from(tick) / u128::from(ticks);
            let known = Time(u64::try_from(known).expect("within the run"));
            while fed < events.len() && events[fed].t <= known {
                history.apply(&events[fed]);
                if has_row(&history, &events[fed], known)
                    && let Some(said) = sentence(&history, &events[fed])
                {
                    transcript.push(Named {
                        at,
                        text: format!("{} {}", said.who, said.text),
                    });
                }
                fed += 1;
            }
            history.advance(known);
            let drawn = |theme: &Theme| {
                let mut ui = Ui::new(PROGRAMS).with_twins(TWINS);
                ui.told = has_row;
                ui.begin_run();
                ui.run.fits = fits(area, Some(&history), &ui.run, &Memory::default());
                let scene = Scene {
                    history: Some(&history),
                    ui: &ui,
                    theme,
                    keymap: Keymap::brought(),
                    feed: Feed::Live,
                    memory: &Memory::default(),
                };
                let mut frame = Buffer::empty(area);
                draw(&mut frame, area, &scene);
                frame
            };
            let frame = drawn(&dark);
            let light = self.has_light.then(|| drawn(&light));
            let is_new = shots
                .last()
                .is_none_or(|shot| shot.frame != frame || shot.light != light);
            if is_new {
                shots.push(Shot { at, frame, light });
            }
        }
        let seconds = |seconds: u64| Span(seconds * 1_000_000_000);
        let told = Told {
            title: format!("mpviz: {}", history.run().program),
            size: self.size,
            length: seconds(u64::from(self.seconds)),
            fps: self.fps,
            paper: paper(&dark),
            light: self.has_light.then(|| paper(&light)),
            marks: ["begin", "a task ends"]
                .into_iter()
                .zip([1, u64::from(self.seconds) / 2])
                .map(|(text, at)| Named {
                    at: seconds(at),
                    text: text.to_owned(),
                })
                .collect(),
            captions: vec![
                Caption {
                    at: seconds(0),
                    until: seconds(3),
                    text: "Three workers, five tasks: two have to wait.".to_owned(),
                },
                Caption {
                    at: seconds(5),
                    until: seconds(8),
                    text: "Whoever is done first takes the next one.".to_owned(),
                },
            ],
            transcript,
        };
        Ready::new(told, shots)
    }
}
