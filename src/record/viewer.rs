//! A viewer without a terminal: what the screen would show somebody at a moment, and what keys do
//! to it.
//!
//! The size that actions are about (how many columns a step is, which panes have room) may be
//! another than the one that is drawn, so that a recording can be drawn at any size. There is no
//! clock in here: whoever has one says how far it has come.

use crate::event::{Event, Text, Time};
use crate::history::{History, Thing};
use crate::ui::point::point;
use crate::ui::time::{go_to, play_on};
use crate::ui::update::{Effect, update};
use crate::ui::{Action, Keymap, Pane, Point, Screen, Ui, find};
use crate::view::events::has_row;
use crate::view::words::full_name;
use crate::view::{self, EYES, Feed, Memory, Scene, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Somebody who watches a run.
#[derive(Debug)]
pub struct Viewer {
    history: History,
    ui: Ui,
    memory: Memory,
    /// The screen that actions are about.
    acting: Rect,
    /// How far the viewer's clock has come.
    at: Time,
}

impl Viewer {
    /// Returns a viewer of a run of which nothing is known yet. `ui` knows the programs.
    pub fn new(mut ui: Ui, size: (u16, u16)) -> Viewer {
        ui.told = has_row;
        ui.begin_run();
        Viewer {
            history: History::default(),
            ui,
            memory: Memory::default(),
            acting: Rect::new(0, 0, size.0, size.1),
            at: Time::ZERO,
        }
    }

    /// Returns what is known.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Returns what the user interface remembers.
    pub fn ui(&self) -> &Ui {
        &self.ui
    }

    /// Takes in an event.
    pub fn feed(&mut self, event: &Event) {
        self.history.apply(event);
    }

    /// Says that everything up to `horizon` is known.
    pub fn advance(&mut self, horizon: Time) {
        self.history.advance(horizon);
    }

    /// Says that the viewer's clock has come so far: what plays has moved on.
    pub fn pass(&mut self, at: Time) {
        let passed = at.since(self.at);
        self.at = self.at.max(at);
        if self.ui.run.playing.is_some() {
            play_on(&mut self.ui.run, passed, &self.history);
        }
    }

    /// Returns how far the viewer's clock has come.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Says that actions are about a screen of this size from here on.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.acting = Rect::new(0, 0, size.0, size.1);
    }

    /// Sets the cursor to a moment, or follows live, as a recorded viewer did.
    pub fn look_at(&mut self, moment: Option<Time>) {
        let run = &mut self.ui.run;
        if run.frozen == moment {
            return;
        }
        match moment {
            Some(t) => {
                let (playing, row, proof) = (run.playing, run.row, run.proof);
                go_to(run, &self.history, t);
                (run.playing, run.row, run.proof) = (playing, row, proof);
            }
            None => {
                run.frozen = None;
                run.playing = None;
            }
        }
    }

    /// Does what a key asks for. What is left to do is of use only where the program runs now.
    pub fn act(&mut self, action: Action) -> Option<Effect> {
        if matches!(action, Action::RunAgain | Action::Compare | Action::Run) {
            self.ui.notice = Some("a recording is of one run".to_owned());
            return None;
        }
        self.ui.run.fits = view::fits(self.acting, Some(&self.history), &self.ui.run, &self.memory);
        let effect = update(&mut self.ui, action, Some(&self.history));
        self.search();
        effect
    }

    /// Does what a pointer asked for.
    pub fn point(&mut self, asked: &Point) {
        self.ui.run.fits = view::fits(self.acting, Some(&self.history), &self.ui.run, &self.memory);
        point(&mut self.ui, asked, Some(&self.history));
        self.search();
    }

    /// Searches to the end for what is filtered.
    pub fn search(&mut self) {
        find::advance(&mut self.ui.run, &self.history, EYES, &mut || true);
    }

    /// Goes to a pane.
    pub fn show(&mut self, pane: Pane) {
        self.act(Action::show(pane));
    }

    /// Selects something.
    pub fn select(&mut self, thing: Thing) {
        self.ui.run.selected = Some(thing);
    }

    /// Marks a moment.
    pub fn mark(&mut self, moment: Time, name: Text) {
        self.ui.run.mark(moment, name);
    }

    /// Returns the action of a key where the viewer is now.
    pub fn action_of(&self, key: crate::ui::Key) -> Option<Action> {
        let action = Keymap::brought().action(self.ui.place(), key);
        action.or(key.typed().map(Action::Type))
    }

    /// Returns whether time alone changes more than the clock that is shown.
    pub fn is_playing(&self) -> bool {
        self.ui.run.playing.is_some()
    }

    /// Returns whether the view stands at a moment.
    pub fn is_frozen(&self) -> bool {
        self.ui.run.frozen.is_some()
    }

    /// Returns whether nothing will change by itself.
    pub fn is_at_rest(&self) -> bool {
        let is_over = self.history.run().ended.is_some() || self.ui.screen == Screen::Picker;
        is_over && !self.is_playing()
    }

    /// Draws what the viewer sees, in the size of the buffer. Returns where the events and the code
    /// stand.
    pub fn draw(&mut self, buffer: &mut Buffer, theme: &Theme) -> Option<Rect> {
        let area = *buffer.area();
        buffer.reset();
        self.ui.run.fits = view::fits(area, Some(&self.history), &self.ui.run, &self.memory);
        let scene = Scene {
            history: Some(&self.history),
            ui: &self.ui,
            theme,
            keymap: Keymap::brought(),
            feed: Feed::Live,
            memory: &self.memory,
        };
        let spots = view::draw_on_blank(buffer, area, &scene);
        let lower = view::lower_panes(area, &scene);
        self.ui.settle(&spots);
        lower
    }

    /// Returns what the viewer sees as rows of text, in the size that actions are about.
    pub fn text(&mut self, theme: &Theme) -> String {
        let mut buffer = Buffer::empty(self.acting);
        self.draw(&mut buffer, theme);
        text_of(&buffer)
    }
}

/// Returns the rows of a buffer as text.
pub fn text_of(buffer: &Buffer) -> String {
    let area = *buffer.area();
    let mut text = String::new();
    for y in area.top()..area.bottom() {
        let mut row = String::new();
        for x in area.left()..area.right() {
            row.push_str(buffer.cell((x, y)).map_or(" ", |cell| cell.symbol()));
        }
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// Returns the process, thread or object of a name: the short one, the full one, or as the program
/// named it.
pub fn thing_named(history: &History, name: &str) -> Option<Thing> {
    let actors = history
        .actors()
        .find(|actor| actor.name == name || full_name(history, actor.id, Time::NEVER) == name);
    let objects = || {
        history
            .objects()
            .iter()
            .find(|object| history.name_of(object.id) == name)
    };
    actors
        .map(|actor| Thing::Actor(actor.id))
        .or_else(|| objects().map(|object| Thing::Object(object.id)))
}

/// Returns every name that [`thing_named`] knows, in order.
pub fn names(history: &History) -> Vec<Text> {
    let actors = history.actors().map(|actor| actor.name.clone());
    let objects = history
        .objects()
        .iter()
        .map(|object| history.name_of(object.id).into());
    let mut names: Vec<Text> = Vec::new();
    for name in actors.chain(objects) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
