//! A film: what a viewer of a trace sees, frame by frame.
//!
//! A trace that was recorded with a viewer shows what that one saw and did; one without is followed
//! live, and dwells where things happen. Reading order: [`options`], `lines` (when each line of the
//! trace comes), `plan` and `timeline` (which moment a frame shows), `watching` (a viewer is led through the
//! lines), `said` (what is told beside them).
//!
//! The same lines and options give the same frames, whatever the machine. Frames in which nothing
//! can have changed are not drawn, and those that are equal to the one before are left out.

mod lines;
pub mod options;
mod plan;
mod said;
mod timeline;
mod watching;

pub use lines::Lines;
pub use options::{FilmError, Options, Place};

use super::shot::{Frames, Named, Paper, Shot, Told};
use super::viewer::{Viewer, names, thing_named};
use crate::event::Span;
use crate::history::History;
use crate::ui::Ui;
use crate::view::Theme;
use crate::view::overlay::{Overlay, draw_overlay};
use lines::Schedule;
use plan::plan;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use said::{Mark, Press};
use timeline::Timeline;
use watching::{Course, LARGEST, News, Watching};

/// The size that is drawn where nobody said one and none was recorded.
pub const USUAL: (u16, u16) = (120, 36);
/// The longest film.
const LONGEST: Span = Span::millis(24 * 3_600_000);
/// So long a title stands at the beginning.
const TITLE: Span = Span::millis(2500);
/// Between two frames in which nothing happens but time, as on the screen.
const TICK: Span = Span::millis(100);
/// Between two frames of a frozen view, in which only the header says how far live is.
const FROZEN: Span = Span::millis(1000);

/// What sums of speeds may be wrong by.
const ROUNDED: Span = Span::micros(20);

/// See the file's own page.
#[derive(Debug)]
pub struct Film {
    course: Course,
    options: Options,
    timeline: Timeline,
    told: Told,
    presses: Vec<Press>,
    ui: Ui,
    watching: Watching,
    /// The next frame, counted from 0.
    next: u64,
    /// The last frame.
    last: u64,
    shot: Option<Shot>,
    scratch: Buffer,
    /// When the last frame was drawn, and what stood over it.
    drawn: Option<(Span, Overlay)>,
}

impl Film {
    /// Makes the film of a trace. `ui` knows the programs.
    ///
    /// # Errors
    ///
    /// If the options name what is not there.
    pub fn open(lines: Lines, options: Options, ui: Ui) -> Result<Film, FilmError> {
        let mut whole = History::default();
        for event in &lines.events {
            if event.kind.viewers().is_none() {
                whole.apply(event);
            }
        }
        whole.advance(lines.horizon);
        let schedule = Schedule::of(&lines);
        let marks = said::marks(&lines, &schedule);
        let selected = match &options.selected {
            None => None,
            Some(name) => {
                Some(
                    thing_named(&whole, name).ok_or_else(|| FilmError::UnknownName {
                        name: name.clone(),
                        names: names(&whole),
                    })?,
                )
            }
        };
        let plan = plan(&lines, &schedule, &whole, &marks, &options)?;
        let timeline = Timeline::of(&plan);
        if timeline.length() > LONGEST {
            return Err(FilmError::TooLong {
                length: timeline.length(),
                most: LONGEST,
            });
        }
        let last = frame_count(timeline.length(), options.fps);
        let end = frame_time(last, options.fps);
        let length = Span(end.0.saturating_add(options.hold.0));
        let size = size(&lines, &options);
        let told = Told {
            title: options.title.clone().unwrap_or_else(|| title(&whole)),
            size,
            length,
            fps: options.fps.max(1),
            paper: paper(&options.theme),
            light: options.light.as_ref().map(paper),
            marks: shown_marks(&marks, &timeline),
            captions: said::captions(&lines, &schedule, &timeline, length),
            transcript: said::transcript(&lines, &schedule, &timeline, &whole),
        };
        let presses = said::presses(&lines, &schedule, &timeline);
        let watching = Watching::new(&ui, size);
        Ok(Film {
            scratch: Buffer::empty(Rect::new(0, 0, size.0, size.1)),
            course: Course {
                lines,
                schedule,
                view: options.view,
                selected,
            },
            options,
            timeline,
            told,
            presses,
            ui,
            watching,
            next: 0,
            last,
            shot: None,
            drawn: None,
        })
    }

    /// Returns one moment as the film has it: its end, if none is named. Its time is 0.
    ///
    /// # Errors
    ///
    /// If there is no such mark.
    pub fn still(&self, at: Option<&Place>) -> Result<Shot, FilmError> {
        let marks = said::marks(&self.course.lines, &self.course.schedule);
        let at = match at {
            None => self.timeline.viewer(self.timeline.length()),
            Some(place) => place.on(&marks)?,
        };
        let mut watching = Watching::new(&self.ui, self.told.size);
        watching.reach(&self.course, at);
        let mut overlay = Overlay::default();
        if let Some(film) = self.timeline.film(at) {
            overlay = self.overlay(film);
            overlay.title = None;
        } else if let Some(caption) = self.told.captions.last().filter(|_| self.options.captions) {
            let is_open = caption.until >= self.timeline.length();
            overlay.caption = is_open.then(|| caption.text.clone());
        }
        let (columns, rows) = self.told.size;
        let mut draw = |theme: &Theme| {
            let mut frame = Buffer::empty(Rect::new(0, 0, columns, rows));
            draw(&mut watching.viewer, &mut frame, theme, &overlay);
            frame
        };
        Ok(Shot {
            at: Span::ZERO,
            frame: draw(&self.options.theme),
            light: self.options.light.as_ref().map(&mut draw),
        })
    }

    /// Returns how far the film has come: the time of the next frame, and of the last.
    pub fn progress(&self) -> (Span, Span) {
        let at = |frame| frame_time(frame, self.options.fps);
        (at(self.next.min(self.last)), at(self.last))
    }

    /// Returns how many events are of kinds that this mpviz does not know.
    pub fn unknown(&self) -> u64 {
        self.course.lines.unknown
    }

    /// Returns what stands over the screen at a moment of the film.
    fn overlay(&self, film: Span) -> Overlay {
        let captions = &self.told.captions;
        let begun = captions.partition_point(|caption| caption.at <= film);
        let caption = captions[..begun]
            .last()
            .filter(|caption| film < caption.until);
        let title = self
            .options
            .title
            .as_ref()
            .filter(|_| film < TITLE && self.last > 0);
        Overlay {
            caption: caption
                .filter(|_| self.options.captions)
                .map(|caption| caption.text.clone()),
            keys: match self.options.keys {
                true => said::pressed(&self.presses, film),
                false => Vec::new(),
            },
            title: title.cloned(),
            lower: None,
        }
    }
}

impl Frames for Film {
    fn told(&self) -> &Told {
        &self.told
    }

    fn next(&mut self) -> Option<&Shot> {
        while self.next <= self.last {
            let film = frame_time(self.next, self.options.fps);
            let is_last = self.next == self.last;
            self.next += 1;
            if self.show(film, is_last) {
                return self.shot.as_ref();
            }
        }
        None
    }
}

impl Film {
    /// Goes on to a moment of the film. Returns whether there is a frame that differs.
    fn show(&mut self, film: Span, is_last: bool) -> bool {
        let at = match is_last {
            true => self.timeline.viewer(self.timeline.length()),
            false => self.timeline.viewer(film),
        };
        let news = self.watching.reach(&self.course, at);
        let overlay = self.overlay(film);
        let viewer = &self.watching.viewer;
        let since = |drawn: &Span| Span(film.0 - drawn.0);
        let is_due = match &self.drawn {
            None => true,
            Some((_, over)) if *over != overlay || news == News::Acted || is_last => true,
            Some(_) if viewer.is_playing() => true,
            Some((drawn, _)) if viewer.is_frozen() => {
                since(drawn) >= FROZEN && !viewer.is_at_rest()
            }
            Some(_) if news == News::Happened => true,
            Some((drawn, _)) => since(drawn) >= TICK && !viewer.is_at_rest(),
        };
        if !is_due {
            return false;
        }
        let viewer = &mut self.watching.viewer;
        draw(viewer, &mut self.scratch, &self.options.theme, &overlay);
        self.drawn = Some((film, overlay));
        match &mut self.shot {
            Some(shot) if shot.frame == self.scratch => return false,
            Some(shot) => std::mem::swap(&mut shot.frame, &mut self.scratch),
            None => {
                self.shot = Some(Shot {
                    at: film,
                    frame: self.scratch.clone(),
                    light: self.options.light.as_ref().map(|_| self.scratch.clone()),
                });
            }
        }
        if let (Some(shot), Some((_, overlay))) = (&mut self.shot, &self.drawn) {
            shot.at = film;
            if let (Some(light), Some(theme)) = (&mut shot.light, &self.options.light) {
                draw(viewer, light, theme, overlay);
            }
        }
        true
    }
}

fn draw(viewer: &mut Viewer, buffer: &mut Buffer, theme: &Theme, overlay: &Overlay) {
    let lower = viewer.draw(buffer, theme);
    if *overlay != Overlay::default() {
        let area = *buffer.area();
        let overlay = Overlay {
            lower,
            ..overlay.clone()
        };
        draw_overlay(buffer, area, theme, &overlay);
    }
}

/// Returns the size that is drawn: the one that is asked for, else the recorded one.
fn size(lines: &Lines, options: &Options) -> (u16, u16) {
    let (columns, rows) = options.size.or(lines.size()).unwrap_or(USUAL);
    (columns.clamp(1, LARGEST.0), rows.clamp(1, LARGEST.1))
}

/// Returns the last frame of a film that shows something for so long.
fn frame_count(length: Span, fps: u32) -> u64 {
    // Nanoseconds that were rounded are no reason for a frame more.
    let length = length.0.saturating_sub(ROUNDED.0);
    let frames = (u128::from(length) * u128::from(fps.max(1))).div_ceil(1_000_000_000);
    u64::try_from(frames).unwrap_or(u64::MAX)
}

/// Returns when a frame comes.
fn frame_time(frame: u64, fps: u32) -> Span {
    let ns = u128::from(frame) * 1_000_000_000 / u128::from(fps.max(1));
    Span(u64::try_from(ns).unwrap_or(u64::MAX))
}

fn title(whole: &History) -> String {
    match whole.run().program.as_str() {
        "" => "mpviz".to_owned(),
        program => format!("mpviz: {program}"),
    }
}

fn paper(theme: &Theme) -> Paper {
    Paper {
        text: theme.paper().fg.unwrap_or(Color::Reset),
        ground: theme.paper().bg.unwrap_or(Color::Reset),
    }
}

fn shown_marks(marks: &[Mark], timeline: &Timeline) -> Vec<Named> {
    let shown = |mark: &Mark| {
        let at = timeline.film(mark.at)?;
        Some(Named {
            at,
            text: mark.name.clone(),
        })
    };
    marks.iter().filter_map(shown).collect()
}
