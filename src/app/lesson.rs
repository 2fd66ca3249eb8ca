//! Marks, captions and recordings: what a viewer adds to the run on the screen, and where it goes.
//!
//! A recording is a trace with what the viewer does. It begins with all that is known already, so
//! that the picture is the same, and goes on until the key is pressed again or the run is left.

use super::lines::{acted, said};
use super::recorder::{Existing, RecordError, Recorder};
use super::run::{Recording, Run};
use super::screen::Screen;
use crate::channel::clock;
use crate::event::{Event, Kind, Span, Text, Time};
use crate::ui::lesson::{self, Caption, RecordingState, reading_time};
use crate::ui::{Action, Effect, Key, Pane, Place, Point, RunView};
use crate::view::words::{bytes, shown};
use std::io;
use std::path::{Path, PathBuf};

/// So many events are handed over to be written at once.
const PIECE: usize = 4096;

/// How often a name that is taken gets another number.
const NAMES_MAX: u32 = 1000;

/// Between two frames of a recording in which nothing happens but its clock.
pub(super) const CLOCK: Span = Span::millis(1_000);

impl Screen {
    /// Keeps what a key did. Keys of the recording itself, and the text of marks and captions, are
    /// told by lines of their own.
    pub(super) fn keep_action(&mut self, action: Action, key: Option<Key>, place: Place) {
        let Some(run) = &mut self.run else { return };
        let view = &self.ui.run;
        let is_own = match action {
            Action::Quit | Action::Suspend | Action::OpenPalette => true,
            // What is chosen there is told, as if its own key had been pressed.
            _ if place == Place::Palette => true,
            Action::SayCaption | Action::Record | Action::PauseRecording | Action::SaveTrace => {
                matches!(place, Place::Run | Place::Pane(_))
            }
            // One is set here; one that is taken away is an action.
            Action::SetMark => view.mark_at(view.t(&run.history)).is_none(),
            // It changes nothing.
            Action::Type(_) if self.ui.full_at().is_some() => true,
            // They are about two runs.
            Action::Compare => self.ui.pair.is_some(),
            Action::NextPane if view.focus == Pane::Processes => self.ui.pair.is_some(),
            _ => place == Place::Line,
        };
        if is_own {
            return;
        }
        let key = match action {
            Action::Type(c) => c.to_string(),
            _ => key.map_or(String::new(), |key| key.to_string()),
        };
        let moment = view.frozen;
        run.keep(|at| acted(at, action.name(), &key, moment));
    }

    /// Keeps a mark that was set.
    pub(super) fn keep_mark(&mut self, moment: Time, name: Text) {
        if let Some(run) = &mut self.run {
            run.keep(|at| Kind::MarkSet { at, moment, name });
        }
    }

    /// Shows a caption and keeps it.
    pub(super) fn say(&mut self, text: Text) {
        let lasts = reading_time(&text);
        let moment = self.ui.run.frozen;
        if let Some(run) = &mut self.run {
            run.keep(|at| said(at, &text, lasts, moment));
        }
        self.show_said(text, lasts);
    }

    fn show_said(&mut self, text: Text, lasts: Span) {
        self.ui.said = Some(text);
        self.said_until = clock::monotonic().saturating_add(lasts.0);
    }

    /// Takes a caption away whose time is over.
    pub(super) fn hush(&mut self) {
        if self.said_left() == Some(Span::ZERO) {
            self.ui.said = None;
        }
    }

    /// Returns how long what is said stays on the screen, if something is.
    pub(super) fn said_left(&self) -> Option<Span> {
        self.ui.said.as_ref()?;
        Some(Span(self.said_until.saturating_sub(clock::monotonic())))
    }

    /// Takes in what a viewer did in the trace that is replayed: its marks are marks, and what was
    /// said is said again.
    pub(super) fn follow_viewer(&mut self, events: Vec<Event>) {
        let Some(run) = &mut self.run else { return };
        let is_watched = run.session.clock().speed > 0.0;
        let mut say = None;
        for event in events {
            match event.kind {
                Kind::MarkSet { moment, name, .. } => {
                    self.ui.run.mark(moment, name.clone());
                    run.keep(|at| Kind::MarkSet { at, moment, name });
                }
                Kind::CaptionShown {
                    text,
                    lasts,
                    moment,
                    ..
                } => {
                    let t = moment.unwrap_or(event.t);
                    let text = *text;
                    self.ui.run.captions.push(Caption {
                        t,
                        lasts,
                        text: text.clone(),
                    });
                    if is_watched {
                        run.keep(|at| said(at, &text, lasts, Some(t)));
                        say = Some((text, lasts));
                    }
                }
                _ => {}
            }
            self.is_dirty = true;
        }
        if let Some((text, lasts)) = say {
            self.show_said(text, lasts);
        }
    }

    /// Keeps the screen's size where it changed.
    pub(super) fn keep_size(&mut self, size: (u16, u16)) {
        for run in [&mut self.run, &mut self.other].into_iter().flatten() {
            if run.lines.resize(size) {
                let (columns, rows) = (size.0.into(), size.1.into());
                run.keep(|at| Kind::ViewerResized { at, columns, rows });
            }
        }
    }

    /// Begins a recording into a new file, or ends the one that goes on.
    pub(super) fn record(&mut self) {
        let is_pair = self.ui.pair.is_some();
        let Some(run) = &mut self.run else { return };
        if run.recording.is_some() {
            let told = run.end_recording();
            self.ui.notice = told;
            return;
        }
        let told = create_new(&run.history.run().program, run.lines.size()).map(|recorder| {
            let name = recorder.path().display().to_string();
            run.begin_recording(recorder, run.lines.now());
            name
        });
        self.ui.notice = Some(match told {
            Ok(name) if is_pair => format!("records into `{name}`, the selected run alone"),
            Ok(name) => format!("records into `{name}`"),
            Err(error) => super::reasons(&error),
        });
    }

    /// Pauses the recording, or goes on with it.
    pub(super) fn pause_recording(&mut self) {
        let is_going = self.run.as_mut().and_then(Run::pause_recording);
        self.ui.notice = match is_going {
            None => Some("nothing is recorded: press the key of `record` first".into()),
            Some(_) => None,
        };
    }

    /// Writes what happened so far into a new file.
    pub(super) fn save(&mut self) {
        let Some(run) = &self.run else { return };
        let saved = create_new(&run.history.run().program, run.lines.first_size())
            .and_then(|recorder| run.save(recorder));
        self.ui.notice = Some(match saved {
            Ok((path, count)) => format!("saved: `{}`, {}", path.display(), bytes(count)),
            Err(error) => super::reasons(&error),
        });
    }

    /// Says how far the recording is, and what went wrong with it.
    pub(super) fn look_at_recording(&mut self) {
        let Some(run) = &mut self.run else {
            self.ui.recording = None;
            return;
        };
        let now = run.lines.now();
        let Some(recording) = &mut run.recording else {
            self.ui.recording = None;
            return;
        };
        if let Some(told) = recording.recorder.failure() {
            self.ui.notice = Some(told);
            self.is_dirty = true;
        }
        let state = match recording.since {
            _ if recording.recorder.has_failed() => RecordingState::Failed,
            Some(_) => RecordingState::Records,
            None => RecordingState::Pauses,
        };
        self.ui.recording = Some(lesson::Recording {
            state,
            length: recording.length(now),
            bytes: recording.recorder.bytes(),
        });
    }

    /// Returns whether the recording's clock is to be seen going on.
    pub(super) fn is_recording(&self) -> bool {
        let recording = self.run.as_ref().and_then(|run| run.recording.as_ref());
        recording.is_some_and(|recording| recording.since.is_some())
    }

    /// Keeps the mark whose name was still typed when the screen was left.
    pub(super) fn keep_pending(&mut self) {
        if let Some(Effect::Marked(t, name)) = self.ui.run.end_line() {
            self.keep_mark(t, name);
        }
    }

    /// Keeps how the panes were laid out before the runs began that are there. To be called then.
    pub(super) fn begin_lines(&mut self) {
        let Some(point) = beginning(&self.ui.run) else {
            return;
        };
        for run in [&mut self.run, &mut self.other].into_iter().flatten() {
            if run.lines.is_empty() {
                run.keep(|_| acted(Time::ZERO, Point::ACTION, &point.to_string(), None));
            }
        }
    }

    /// Begins to record the run if that was asked for. To be called when the first events are known.
    pub(super) fn begin_asked(&mut self) {
        let Some(run) = &mut self.run else { return };
        if run.history.log().is_empty() {
            return;
        }
        if let Some(recorder) = run.recorder.take() {
            run.begin_recording(recorder, Time::ZERO);
        }
    }
}

/// Returns what lays out a fresh view as this one is; `None` where it is that already.
fn beginning(run: &RunView) -> Option<Point> {
    let arrangement = run.arrangement();
    (!arrangement.is_empty()).then(|| Point::Arrange(arrangement.as_str().into()))
}

impl Recording {
    fn length(&self, now: Time) -> Span {
        let running = self.since.map_or(Span::ZERO, |since| now.since(since));
        Span(self.before.0.saturating_add(running.0))
    }
}

impl Run {
    /// Begins to record: first all that is known, then what comes. What the viewer did before
    /// `at`, by the viewer's clock, is not shown.
    pub(super) fn begin_recording(&mut self, recorder: Recorder, at: Time) {
        let started = self.lines.started(&self.history, at, self.lines.size());
        if !self.history.log().is_empty() {
            self.hand_over(&recorder, None);
        }
        recorder.take(vec![started], self.history.now());
        self.recording = Some(Recording {
            recorder,
            since: Some(at),
            before: Span::ZERO,
        });
    }

    /// Hands over all that is known.
    fn hand_over(&self, recorder: &Recorder, first: Option<Event>) {
        let mut piece = Vec::new();
        let mut last = Time::ZERO;
        self.lines.each(&self.history, first, &mut |event| {
            last = event.t;
            piece.push(event);
            if piece.len() == PIECE {
                recorder.take(std::mem::take(&mut piece), last);
            }
        });
        recorder.take(piece, self.history.now().max(last));
    }

    /// Writes all that is known. Returns where it is and how many bytes it has.
    fn save(&self, recorder: Recorder) -> Result<(PathBuf, u64), RecordError> {
        let started = self
            .lines
            .started(&self.history, Time::ZERO, self.lines.first_size());
        self.hand_over(&recorder, Some(started));
        let at = self.lines.now();
        let ended = self
            .lines
            .of_recording(&self.history, Kind::RecordingEnded { at });
        recorder.take(vec![ended], self.history.now());
        let path = recorder.path().to_owned();
        recorder.finish().map(|count| (path, count))
    }

    /// Pauses the recording, or goes on with it; returns whether it goes on then, if there is one.
    fn pause_recording(&mut self) -> Option<bool> {
        let at = self.lines.now();
        let recording = self.recording.as_mut()?;
        let kind = match recording.since.take() {
            Some(since) => {
                recording.before = Span(recording.before.0.saturating_add(at.since(since).0));
                Kind::RecordingPaused { at }
            }
            None => {
                recording.since = Some(at);
                Kind::RecordingResumed { at }
            }
        };
        let event = self.lines.of_recording(&self.history, kind);
        recording.recorder.take(vec![event], self.history.now());
        Some(recording.since.is_some())
    }

    /// Ends the recording, if there is one; returns what is to be told.
    pub(super) fn end_recording(&mut self) -> Option<String> {
        let ended = self.finish_recording()?;
        Some(ended.unwrap_or_else(|error| super::reasons(&error)))
    }

    /// Ends the recording, if there is one; returns what was recorded.
    pub(super) fn finish_recording(&mut self) -> Option<Result<String, RecordError>> {
        let at = self.lines.now();
        let recording = self.recording.take()?;
        let length = recording.length(at);
        let path = recording.recorder.path().to_owned();
        let event = self
            .lines
            .of_recording(&self.history, Kind::RecordingEnded { at });
        recording.recorder.take(vec![event], self.history.now());
        let finished = recording.recorder.finish();
        Some(finished.map(|count| {
            format!(
                "recorded: `{}`, {}, {}",
                path.display(),
                crate::view::words::seconds(length),
                bytes(count)
            )
        }))
    }
}

/// Creates a file in the working directory that says which program it is of, and when.
fn create_new(program: &str, size: (u16, u16)) -> Result<Recorder, RecordError> {
    let name = file_name(program, &clock::wall_text());
    let mut tried = Recorder::create(Path::new(&format!("{name}.mpt")), Existing::Kept, size);
    for n in 2..NAMES_MAX {
        match &tried {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let path = format!("{name}-{n}.mpt");
                tried = Recorder::create(Path::new(&path), Existing::Kept, size);
            }
            _ => break,
        }
    }
    tried
}

/// Returns a file's name without its ending: `pool-20260102T030405Z`.
fn file_name(program: &str, wall: &str) -> String {
    let last = program.rsplit('/').next().unwrap_or_default();
    let name: String = shown(last)
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() || "-_.".contains(c) => c,
            _ => '_',
        })
        .take(40)
        .collect();
    // A name that begins with a dot is hidden, one with a dash an option.
    let name = name.trim_start_matches(['.', '-']);
    let name = if name.is_empty() { "run" } else { name };
    let moment: String = wall.chars().filter(|c| c.is_alphanumeric()).collect();
    format!("{name}-{moment}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Ui;
    use crate::ui::point::point;

    #[test]
    fn a_file_says_what_and_when() {
        let wall = "2026-01-02T03:04:05Z";
        for (program, expected) in [
            ("pool", "pool-20260102T030405Z"),
            ("/usr/bin/sort", "sort-20260102T030405Z"),
            ("../..", "run-20260102T030405Z"),
            ("-rf x\u{1b}[0m", "rf_x"),
        ] {
            let name = file_name(program, wall);
            assert!(name.starts_with(expected), "{name}");
            assert!(
                name.chars()
                    .all(|c| c.is_alphanumeric() || "-_.".contains(c))
            );
        }
    }

    #[test]
    fn a_recording_begins_with_the_panes_as_they_were() {
        let mut ui = Ui::new(&[]);
        ui.begin_run();
        assert_eq!(beginning(&ui.run), None);
        for layout in [
            "focus=flow",
            "focus=code",
            "middle=sequence",
            "lower=code",
            "focus=events lower=code zoom",
            "focus=sequence middle=flow hide=code table=400 list=twin",
            "list=both",
        ] {
            let mut ui = Ui::new(&[]);
            ui.begin_run();
            ui.run.arrange(layout).unwrap();
            ui.begin_run();
            let mut again = Ui::new(&[]);
            again.begin_run();
            // It is kept as text.
            let told = beginning(&ui.run).unwrap().to_string();
            point(&mut again, &Point::parse(&told).unwrap(), None);
            assert_eq!(again.run, ui.run, "{layout}: {told}");
        }
    }
}
