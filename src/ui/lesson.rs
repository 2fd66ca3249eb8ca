//! What a viewer adds to a run: marks with names, captions, a recording.
//!
//! A mark and a caption are typed in one line ([`Line`]). What is to be kept of them, and what a
//! recording is, the app knows ([`Effect`]); here is what the screen shows of it.

use super::action::Action;
use super::state::{RunView, Ui};
use super::update::Effect;
use crate::event::{Span, Text, Time};
use crate::history::History;

/// A moment that the user marked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Marked {
    /// When.
    pub t: Time,
    /// Its name; may be empty.
    pub name: Text,
}

/// What was said in a trace, at the moment that it was about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// The moment that was shown.
    pub t: Time,
    /// For how long it was said.
    pub lasts: Span,
    /// What.
    pub text: Text,
}

/// A line that is being typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What it is for.
    pub purpose: Purpose,
    /// What was typed.
    pub text: String,
}

/// What a line is typed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The name of the mark at this moment, which is set already.
    Mark(Time),
    /// What is said on the screen.
    Caption,
}

/// The recording on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recording {
    /// Whether it goes on.
    pub state: RecordingState,
    /// For how long what the viewer does has been kept, pauses left out.
    pub length: Span,
    /// How many bytes were written.
    pub bytes: u64,
}

/// Whether a recording goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordingState {
    /// It does.
    Records,
    /// It waits until the viewer has it go on.
    Pauses,
    /// It could not be written any more.
    Failed,
}

/// A name longer than this fits no screen.
const NAME_MAX: usize = 60;
/// A caption longer than this nobody reads.
const CAPTION_MAX: usize = 240;

/// The least time that a caption is shown.
const SHORTEST: Span = Span::millis(2_000);
/// How long one looks up before one reads.
const LOOK: Span = Span::millis(1_000);
/// How long a character takes to be read: 15 in a second, as subtitles have it.
const CHARACTER: Span = Span(1_000_000_000 / 15);

/// Returns for how long a caption is shown, by the speed of reading.
pub fn reading_time(text: &str) -> Span {
    let characters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    let span = CHARACTER.0.saturating_mul(characters);
    Span(span.saturating_add(LOOK.0)).max(SHORTEST)
}

impl RunView {
    /// Sets a mark, or gives the one that is there a name. Returns whether there was room for it.
    pub fn mark(&mut self, t: Time, name: Text) -> bool {
        match self.marks.binary_search_by_key(&t, |mark| mark.t) {
            Ok(at) => self.marks[at].name = name,
            Err(at) if self.marks.len() < MARKS_MOST => self.marks.insert(at, Marked { t, name }),
            Err(_) => return false,
        }
        true
    }

    /// Returns the mark at a moment.
    pub fn mark_at(&self, t: Time) -> Option<&Marked> {
        let found = self.marks.binary_search_by_key(&t, |mark| mark.t);
        found.ok().map(|at| &self.marks[at])
    }
}

impl Ui {
    /// Returns what is said: just now, or in the trace at the moment that is shown.
    pub fn said(&self) -> Option<&Text> {
        let past = || {
            let t = self.run.frozen?;
            let is_said = |said: &&Caption| said.t <= t && t < said.t + said.lasts;
            self.run.captions.iter().rev().find(is_said)
        };
        self.said.as_ref().or_else(|| past().map(|said| &said.text))
    }
}

/// Nobody remembers more marks than this.
const MARKS_MOST: usize = 1_000;

/// Changes the state as an action about marks, captions or the recording asks. `None` for any
/// other action; else what is left to do.
pub(super) fn update_lesson(
    ui: &mut Ui,
    action: Action,
    history: &History,
) -> Option<Option<Effect>> {
    let effect = match action {
        Action::SetMark => {
            set_mark(ui, ui.run.t(history));
            None
        }
        Action::SayCaption => {
            ui.run.line = Some(Line::new(Purpose::Caption));
            None
        }
        Action::Record => Some(Effect::Record),
        Action::PauseRecording => Some(Effect::PauseRecording),
        Action::SaveTrace => Some(Effect::SaveTrace),
        _ => return None,
    };
    Some(effect)
}

/// Sets a mark at a moment and asks for its name; takes the one away that is there.
fn set_mark(ui: &mut Ui, t: Time) {
    let run = &mut ui.run;
    if let Ok(at) = run.marks.binary_search_by_key(&t, |mark| mark.t) {
        run.marks.remove(at);
    } else if run.mark(t, Text::default()) {
        run.line = Some(Line::new(Purpose::Mark(t)));
    } else {
        ui.notice = Some(format!("there are {MARKS_MOST} marks already"));
    }
}

/// Changes the line that is typed, or ends it.
pub(super) fn update_line(ui: &mut Ui, action: Action) -> Option<Effect> {
    let line = ui.run.line.as_mut()?;
    match action {
        Action::Type(c) => line.text.push(c),
        Action::Erase => drop(line.text.pop()),
        Action::EraseAll => line.text.clear(),
        Action::Back => line.text.clear(),
        _ => {}
    }
    match action {
        Action::Confirm | Action::Back => ui.run.end_line(),
        _ => None,
    }
}

impl RunView {
    /// Ends the line that is typed, if there is one, as it stands.
    pub fn end_line(&mut self) -> Option<Effect> {
        let line = self.line.take()?;
        let text = Text::from(line.text.trim());
        match line.purpose {
            Purpose::Mark(t) => {
                self.mark(t, text.clone());
                Some(Effect::Marked(t, text))
            }
            Purpose::Caption if text.is_empty() => None,
            Purpose::Caption => Some(Effect::Say(text)),
        }
    }
}

impl Line {
    fn new(purpose: Purpose) -> Line {
        let text = String::new();
        Line { purpose, text }
    }
}

impl Purpose {
    /// Returns how many characters it has at most.
    pub(super) const fn most(self) -> usize {
        match self {
            Purpose::Mark(_) => NAME_MAX,
            Purpose::Caption => CAPTION_MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::update;

    fn press(ui: &mut Ui, action: Action) -> Option<Effect> {
        update(ui, action, Some(&History::default()))
    }

    fn typed(ui: &mut Ui, text: &str) {
        for c in text.chars() {
            assert_eq!(press(ui, Action::Type(c)), None);
        }
    }

    fn ui_at(t: u64) -> Ui {
        let mut ui = Ui::new(&[]);
        ui.begin_run();
        ui.run.frozen = Some(Time(t));
        ui
    }

    #[test]
    fn a_mark_is_there_at_once_and_takes_a_name() {
        let mut ui = ui_at(7);
        assert_eq!(press(&mut ui, Action::SetMark), None);
        assert_eq!(ui.run.marks.len(), 1);
        typed(&mut ui, " the lockx");
        press(&mut ui, Action::Erase);
        let expected = Some(Effect::Marked(Time(7), "the lock".into()));
        assert_eq!(press(&mut ui, Action::Confirm), expected);
        assert_eq!(ui.run.mark_at(Time(7)).map(|m| &*m.name), Some("the lock"));
        assert_eq!(press(&mut ui, Action::SetMark), None);
        assert_eq!((ui.run.marks.len(), &ui.run.line), (0, &None));
    }

    #[test]
    fn a_mark_may_have_no_name() {
        let mut ui = ui_at(7);
        press(&mut ui, Action::SetMark);
        typed(&mut ui, "never mind");
        let expected = Some(Effect::Marked(Time(7), Text::default()));
        assert_eq!(press(&mut ui, Action::Back), expected);
        assert_eq!(ui.run.marks.len(), 1);
    }

    #[test]
    fn a_caption_is_said_when_it_is_whole() {
        let mut ui = ui_at(7);
        press(&mut ui, Action::SayCaption);
        typed(&mut ui, "see: q?");
        let expected = Some(Effect::Say("see: q?".into()));
        assert_eq!(press(&mut ui, Action::Confirm), expected);
        press(&mut ui, Action::SayCaption);
        typed(&mut ui, "no");
        assert_eq!(press(&mut ui, Action::Back), None);
        press(&mut ui, Action::SayCaption);
        assert_eq!(press(&mut ui, Action::Confirm), None);
    }

    #[test]
    fn a_caption_is_shown_as_long_as_it_is_read() {
        assert_eq!(reading_time("so"), Span::millis(2_000));
        assert_eq!(reading_time(&"x".repeat(45)).0 / 1_000_000, 3_999);
    }

    #[test]
    fn no_line_grows_for_ever() {
        let mut ui = ui_at(7);
        press(&mut ui, Action::SayCaption);
        typed(&mut ui, &"ü".repeat(1_000));
        let Some(Effect::Say(text)) = press(&mut ui, Action::Confirm) else {
            panic!("nothing was said");
        };
        assert_eq!(text.chars().count(), CAPTION_MAX);
    }
}
