//! Playing a script: its steps are done as the viewer's clock and the program go on.
//!
//! There is no clock in here. Whoever has one asks [`Player::go_on`] again and again, and is told
//! what is waited for.

use super::{Line, Script, Step};
use crate::event::{ActorId, Event, Kind, Span, Text, Time};
use crate::history::History;
use crate::record::viewer::Viewer;
use crate::ui::Effect;
use crate::ui::lesson::reading_time;
use crate::ui::{Action, Key};
use crate::view::Theme;
use crate::view::words::{full_name, sentence};

/// Between two keys of one step.
const KEYS: Span = Span::millis(450);
/// Between two characters that are typed.
const CHARACTERS: Span = Span::millis(90);

/// Somebody who does what a script says.
#[derive(Debug)]
pub struct Player {
    script: Script,
    /// The step that is being done.
    next: usize,
    /// When it was begun.
    begun: Option<Time>,
    /// How much of it is done: keys pressed, events looked at.
    done: usize,
    /// Up to which event of the log was awaited.
    seen: usize,
    theme: Theme,
    lines: Vec<Event>,
    effects: Vec<Effect>,
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wants {
    /// A time.
    Until(Time),
    /// Something that happens.
    News,
    /// Nothing any more.
    Nothing,
}

/// What was awaited never came.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: `{step}`: it never came")]
pub struct Missed {
    /// The step's line, from 1.
    pub line: usize,
    /// The step.
    pub step: String,
    /// When it was given up.
    pub at: Time,
    /// What was on the screen then.
    pub screen: String,
}

impl Player {
    /// Returns a player that has done nothing yet.
    pub fn new(script: Script) -> Player {
        Player {
            script,
            next: 0,
            begun: None,
            done: 0,
            seen: 0,
            theme: Theme::default(),
            lines: Vec::new(),
            effects: Vec::new(),
        }
    }

    /// Does what is to be done by now, which is the viewer's clock. Returns what is waited for.
    pub fn go_on(&mut self, viewer: &mut Viewer) -> Wants {
        while let Some(line) = self.script.steps.get(self.next) {
            let begun = *self.begun.get_or_insert(viewer.at());
            let step = line.step.clone();
            if let Some(wants) = self.do_step(&step, begun, viewer) {
                return wants;
            }
            self.next += 1;
            self.begun = None;
            self.done = 0;
        }
        Wants::Nothing
    }

    /// Returns the lines of the viewer that came of it since this was last asked.
    pub fn take_lines(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.lines)
    }

    /// Returns what keys have asked for that somebody else has to do.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// Says that nothing will come any more: what is waited for is missed.
    pub fn missed(&self, viewer: &mut Viewer) -> Missed {
        let line = self.script.steps.get(self.next);
        let (number, text) = line.map_or((0, ""), |Line { number, text, .. }| (*number, text));
        Missed {
            line: number,
            step: text.to_owned(),
            at: viewer.at(),
            screen: viewer.text(&self.theme),
        }
    }

    /// Does a step as far as it can be done. Returns what is waited for, if it is not done yet.
    fn do_step(&mut self, step: &Step, begun: Time, viewer: &mut Viewer) -> Option<Wants> {
        let at = viewer.at();
        match step {
            Step::Wait(span) => (at < begun + *span).then_some(Wants::Until(begun + *span)),
            Step::Event(kind, words) => {
                (!self.has_come(kind, words, viewer.history())).then_some(Wants::News)
            }
            Step::Text(text) => (!viewer.text(&self.theme).contains(text)).then_some(Wants::News),
            Step::End => viewer
                .history()
                .run()
                .ended
                .is_none()
                .then_some(Wants::News),
            Step::Press(keys) => self.press(keys, KEYS, begun, viewer),
            Step::Type(text) => {
                let keys: Vec<Key> = text.chars().map(Key::of_char).collect();
                self.press(&keys, CHARACTERS, begun, viewer)
            }
            Step::Caption(text, lasts) => self.say(viewer, text.into(), *lasts),
            Step::Mark(name) => {
                let moment = viewer.ui().run.t(viewer.history());
                self.mark(viewer, moment, name.into())
            }
            Step::Speed(speed) => self.tell(viewer, Kind::SpeedSet { at, speed: *speed }),
            Step::Pause => self.tell(viewer, Kind::RecordingPaused { at }),
            Step::Resume => self.tell(viewer, Kind::RecordingResumed { at }),
        }
    }

    /// Presses those keys whose time has come.
    fn press(
        &mut self,
        keys: &[Key],
        apart: Span,
        begun: Time,
        viewer: &mut Viewer,
    ) -> Option<Wants> {
        while let Some(&key) = keys.get(self.done) {
            let due = begun + Span(apart.0.saturating_mul(self.done as u64));
            if viewer.at() < due {
                return Some(Wants::Until(due));
            }
            self.done += 1;
            let Some(action) = viewer.action_of(key) else {
                continue;
            };
            let written = match action {
                Action::Type(c) => Text::from(c.encode_utf8(&mut [0; 4]) as &str),
                _ => Text::from(key.to_string()),
            };
            let acted = Kind::ViewerActed {
                at: viewer.at(),
                action: Text::const_new(action.name()),
                key: written,
                moment: viewer.ui().run.frozen,
            };
            self.tell(viewer, acted);
            match viewer.act(action) {
                Some(Effect::Marked(moment, name)) => drop(self.mark(viewer, moment, name)),
                Some(Effect::Say(text)) => {
                    let lasts = reading_time(&text);
                    self.say(viewer, text, lasts);
                }
                effect => self.effects.extend(effect),
            }
        }
        None
    }

    fn say(&mut self, viewer: &Viewer, text: Text, lasts: Span) -> Option<Wants> {
        let said = Kind::CaptionShown {
            at: viewer.at(),
            text: Box::new(text),
            lasts,
            moment: viewer.ui().run.frozen,
        };
        self.tell(viewer, said)
    }

    fn mark(&mut self, viewer: &mut Viewer, moment: Time, name: Text) -> Option<Wants> {
        viewer.mark(moment, name.clone());
        let at = viewer.at();
        self.tell(viewer, Kind::MarkSet { at, moment, name })
    }

    /// Adds a line of the viewer. It is done with that.
    fn tell(&mut self, viewer: &Viewer, kind: Kind) -> Option<Wants> {
        self.lines.push(line(viewer.history().now(), kind));
        None
    }

    /// Returns whether an event came that was not awaited before.
    fn has_come(&mut self, kind: &str, words: &[String], history: &History) -> bool {
        let log = history.log();
        for position in self.seen.max(self.done)..log.len() {
            let found = log.get(position).filter(|event| event.kind.name() == kind);
            if found.is_some_and(|event| words.is_empty() || has_words(history, &event, words)) {
                self.seen = position + 1;
                return true;
            }
        }
        // What was looked at here may be what the next step waits for, so `seen` stays.
        self.done = log.len();
        false
    }
}

/// Returns whether words are in what is told of an event: its sentence, who it is about, its fields.
fn has_words(history: &History, event: &Event, words: &[String]) -> bool {
    let said = sentence(history, event).map_or(String::new(), |said| said.text);
    let who = full_name(history, event.actor, event.t);
    let fields = serde_json::to_string(event).unwrap_or_default();
    let told = format!("{who} {said} {fields}");
    words.iter().all(|word| told.contains(word.as_str()))
}

/// Returns a line of the viewer, who knows everything up to `t`.
pub fn line(t: Time, kind: Kind) -> Event {
    Event {
        t,
        actor: ActorId::MPVIZ,
        by: None,
        seq: 0,
        line: None,
        file: None,
        kind,
    }
}
