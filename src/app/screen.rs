//! The screen: one loop over keys, signals, batches and the clock.
//!
//! A key draws at once, with those that are there already; events draw at most thirty times a second;
//! while a program runs its clock draws ten times a second; nothing is drawn when nothing changed. Nor
//! is anything drawn while the terminal has not shown the last frame: the next one shows what is so by
//! then, first what keys did.

use super::ask::{self, Answer};
use super::config::{Keeper, Places, Settled};
use super::frame::is_gone;
use super::input::{self, Input};
use super::kept;
use super::looks::Looks;
use super::pair::Which;
use super::piece::Piece;
use super::recorder::{Existing, Recorder};
use super::run::Run;
use super::session::{Session, SessionError};
use super::terminal::{Terminal, TerminalError};
use super::twin;
use super::wake::Wake;
use crate::channel::{Batch, clock};
use crate::event::{Span, words::Ending};
use crate::scenario;
use crate::stage::Stage;
use crate::ui::find;
use crate::ui::origin::Origin;
use crate::ui::pair::{Side, update_pair};
use crate::ui::time::play_on;
use crate::ui::update::Effect;
use crate::ui::{Action, Key, Keymap, Place, Spots, Ui, hand};
use crate::view::{self, Memory, Theme};
use crossbeam_channel::{Receiver, unbounded};
use ratatui::buffer::Buffer;
use std::io;
use std::path::PathBuf;

/// So long is searched at a time.
const SEARCH: Span = Span::millis(8);

/// Why the screen ended other than by a key.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// There is no screen.
    #[error(transparent)]
    Terminal(#[from] TerminalError),
    /// The first run could not be started.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// Nobody would hear keys and signals.
    #[error("cannot watch for keys and signals")]
    Input(#[source] io::Error),
    /// The terminal failed while it was used.
    #[error("cannot draw on the terminal")]
    Draw(#[from] io::Error),
}

/// What the screen begins with.
pub enum Opening {
    /// The list of scenarios.
    Picker,
    /// A run.
    Run(Piece),
    /// A trace.
    Replay(Session),
    /// Two traces, one beside the other.
    ReplayPair(Session, Session),
}

/// How the screen looks, and what becomes of what it shows.
pub struct Options {
    /// The looks.
    pub looks: Looks,
    /// Where the trace of the first run is written to, if anywhere.
    pub record: Option<PathBuf>,
    /// What a person has settled.
    pub settled: Settled,
}

/// How the screen ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By a key. Of a program that mpviz does not bring, the exit code, if it had ended by then.
    Quit(Option<i32>),
    /// By a signal.
    Signal(i32),
    /// The terminal went away.
    TerminalLost,
}

/// What is left of the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Left {
    /// How it ended.
    pub ended: Ended,
    /// Why what was chosen on it could not be kept, if that is so.
    pub unkept: Option<String>,
    /// Why what was recorded is not whole, if that is so.
    pub unrecorded: Option<String>,
}

/// Shows the screen until it is left. To be called on the main thread.
///
/// # Errors
///
/// If there is no screen, it fails, or the first run can't be started.
pub fn run(opening: Opening, options: Options) -> Result<Left, ScreenError> {
    let terminal = Terminal::take()?;
    let (to, inputs) = unbounded();
    let (said, answers) = unbounded();
    input::read_signals(to.clone())
        .and_then(|()| input::read_keys(to, said))
        .map_err(ScreenError::Input)?;
    let (ground, width) = options.looks.questions();
    let questions = ask::questions(ground, width);
    questions.iter().for_each(|all| terminal.ask(all));
    let mut ui = Ui::new(scenario::PROGRAMS).with_twins(scenario::TWINS);
    ui.told = crate::view::events::has_row;
    ui.picker.has_python = twin::is_python_there();
    ui.picker.greets = matches!(opening, Opening::Picker) && !options.settled.keeper.state.used;
    for (usual, program) in ui.picker.usual.iter_mut().zip(scenario::PROGRAMS) {
        *usual = scenario::default_knobs(program);
    }
    ui.picker.knobs.clone_from(&ui.picker.usual);
    kept::restore(&mut ui, &options.settled);
    let mut screen = Screen {
        terminal,
        inputs,
        answers,
        ui,
        theme: options.looks.theme(),
        looks: options.looks,
        places: options.settled.places.clone(),
        keymap: options.settled.keymap.clone(),
        memory: Memory::default(),
        other_memory: Memory::default(),
        record: options.record,
        keeper: options.settled.keeper.clone(),
        unkept: None,
        run: None,
        other: None,
        is_dirty: true,
        is_urgent: true,
        is_searching: false,
        before_keys: None,
        spots: Spots::default(),
        drawn: 0,
        ticked: 0,
        said_until: 0,
    };
    match opening {
        Opening::Picker => {}
        Opening::Run(piece) => {
            screen.ui.begin_run();
            screen.start(piece)?;
        }
        Opening::Replay(session) => {
            screen.ui.begin_run();
            screen.run = Some(Run::of(session, None));
        }
        Opening::ReplayPair(session, other) => {
            screen.ui.begin_run();
            screen.run = Some(Run::of(session, None));
            screen.other = Some(Run::of(other, None));
            screen.ui.begin_pair(Side::Upper);
        }
    }
    screen.begin_lines();
    if options.settled.settings.mouse {
        screen.terminal.set_mouse(true);
    }
    if let Some(notice) = options.settled.notice() {
        screen.ui.notice = Some(notice);
    }
    // What it was asked it may have answered while the run was started.
    if questions.is_some() {
        screen.listen();
    }
    let ended = match screen.show() {
        // Whoever reads keys is told too, but may be later.
        Err(ScreenError::Draw(error)) if is_gone(&error) => Ended::TerminalLost,
        ended => ended?,
    };
    screen.keep_layout();
    // What runs has ended when the shell is there again.
    let left = [screen.run.take(), screen.other.take()];
    let left = left.into_iter().flatten().filter_map(Run::leave);
    let unrecorded = left.reduce(|first, other| format!("{first}; {other}"));
    Ok(Left {
        ended,
        unkept: screen.unkept.take(),
        unrecorded,
    })
}

pub(super) struct Screen {
    // Dropped before the terminal: what runs has ended when the shell is there again.
    /// The selected run.
    pub(super) run: Option<Run>,
    /// The one beside it; while two are not compared, the one that was, if it has ended.
    pub(super) other: Option<Run>,
    pub(super) terminal: Terminal,
    pub(super) inputs: Receiver<Input>,
    /// What the terminal says of itself.
    pub(super) answers: Receiver<Answer>,
    pub(super) ui: Ui,
    pub(super) looks: Looks,
    pub(super) theme: Theme,
    pub(super) places: Places,
    pub(super) keymap: Keymap,
    pub(super) memory: Memory,
    pub(super) other_memory: Memory,
    record: Option<PathBuf>,
    /// What is chosen here is kept for the next time.
    pub(super) keeper: Keeper,
    /// Why something that was chosen could not be kept, the first time that it could not.
    pub(super) unkept: Option<String>,
    /// Something changed since the last frame.
    pub(super) is_dirty: bool,
    /// What changed is to be seen at once.
    pub(super) is_urgent: bool,
    /// What stands where in the last frame.
    pub(super) spots: Spots,
    /// A filter has not looked at everything yet.
    pub(super) is_searching: bool,
    /// What a slow terminal would have shown before the keys that were pressed since the last look.
    pub(super) before_keys: Option<Buffer>,
    /// When the last frame was drawn, by the machine's clock, in ns.
    pub(super) drawn: u64,
    /// Up to when the cursor was moved by what plays, by the same clock.
    ticked: u64,
    /// Up to when what was said is shown, by the same clock.
    pub(super) said_until: u64,
}

impl Screen {
    fn show(&mut self) -> Result<Ended, ScreenError> {
        loop {
            let is_due = self.is_due();
            if is_due || self.inputs.is_empty() {
                self.prefer()?;
            }
            if is_due && self.terminal.has_room() {
                self.draw()?;
            }
            match self.wake() {
                Wake::Input(input) => {
                    if let Some(ended) = self.input(input)? {
                        self.keep_pending();
                        if ended != Ended::TerminalLost {
                            self.settle();
                        }
                        return Ok(ended);
                    }
                }
                Wake::Batch(which, batch) => self.batch(which, Some(batch)),
                Wake::Behind(which) => self.batch(which, None),
                Wake::Over(which) => {
                    if let Some(run) = self.one(which) {
                        run.session.finish();
                    }
                }
                Wake::Closed(which) => self.closed(which),
                Wake::Time => self.is_dirty = true,
                Wake::Written(written) => self.terminal.written(written)?,
                Wake::Said(answer) => self.look_anew(answer),
                Wake::Search => {
                    self.search();
                    self.is_dirty = true;
                    if !self.is_searching {
                        // What was found last is seen at once, also in a frozen view.
                        self.drawn = 0;
                    }
                }
            }
        }
    }

    /// Searches on for what is filtered, for a short while and until a key is pressed.
    pub(super) fn search(&mut self) {
        let Some(run) = &self.run else {
            self.is_searching = false;
            return;
        };
        let until = clock::monotonic().saturating_add(SEARCH.0);
        let inputs = &self.inputs;
        let mut goes_on = || inputs.is_empty() && clock::monotonic() < until;
        let is_done = find::advance(&mut self.ui.run, &run.history, view::EYES, &mut goes_on);
        self.is_searching = !is_done;
        self.is_dirty |= self.is_searching;
    }

    /// Moves the cursor by what was played since this was last asked.
    pub(super) fn tick(&mut self) {
        let now = clock::monotonic();
        let passed = Span(now.saturating_sub(self.ticked));
        self.ticked = now;
        if self.ui.run.playing.is_none() {
            return;
        }
        self.meet();
        if let Some(run) = &self.run {
            play_on(&mut self.ui.run, passed, &run.history);
        }
    }

    fn input(&mut self, input: Input) -> Result<Option<Ended>, ScreenError> {
        match input {
            Input::Key(key) => {
                let place = self.ui.place();
                let action = self.keymap.action(place, key);
                let typed = key.typed().map(Action::Type);
                if let Some(action) = action.or(typed) {
                    let (action, key, place) = self.chosen(action, Some(key), place);
                    // Up to now it was played as before.
                    self.tick();
                    self.keep_action(action, key, place);
                    if self.before_keys.is_none() {
                        self.before_keys = self.seen_if_slow()?;
                    }
                    // A key shows its effect at once, and before all else.
                    self.is_urgent = true;
                    return self.act(action);
                }
            }
            Input::Mouse(mouse) => return self.mouse(mouse),
            Input::Pasted(text) => return self.pasted(&text),
            Input::Redraw => {
                self.terminal.forget();
                self.is_urgent = true;
            }
            Input::Suspend => {
                if let Some(ended) = self.settle() {
                    return Ok(Some(ended));
                }
                self.terminal.suspend()?;
                self.is_urgent = true;
            }
            Input::Answer(at) => self.terminal.answered(at),
            Input::End(signal) => return Ok(Some(Ended::Signal(signal))),
            Input::Lost => return Ok(Some(Ended::TerminalLost)),
        }
        Ok(None)
    }

    /// Returns where the run comes from that keys are for.
    fn origin(&self) -> Origin {
        match self.run.as_ref().map_or(Origin::default(), Run::origin) {
            Origin::Trace if self.other.is_some() => Origin::Traces,
            origin => origin,
        }
    }

    /// Returns what is asked for where that was chosen in the palette: as if its own key had been
    /// pressed.
    pub(super) fn chosen(
        &mut self,
        action: Action,
        key: Option<Key>,
        place: Place,
    ) -> (Action, Option<Key>, Place) {
        if place != Place::Palette || action != Action::Confirm {
            return (action, key, place);
        }
        let history = self.run.as_ref().map(|run| &run.history);
        let other = self.other.as_ref().map(|run| &run.history);
        self.ui.notice = None;
        match self.ui.choose(history, other) {
            None => (action, key, place),
            Some(chosen) => {
                let place = self.ui.place();
                let own = self.keymap.key_of(place, chosen);
                (chosen, own.or(key), place)
            }
        }
    }

    pub(super) fn act(&mut self, action: Action) -> Result<Option<Ended>, ScreenError> {
        self.ui.origin = self.origin();
        let history = self.run.as_ref().map(|run| &run.history);
        let other = self.other.as_ref().map(|run| &run.history);
        match update_pair(&mut self.ui, action, history, other) {
            Some(effect) if let Some(why) = self.ui.origin.refuses(&effect) => {
                self.ui.notice = Some(why.into());
            }
            None if action == Action::UsualKnobs => self.keep_knobs(),
            None => {}
            Some(Effect::Quit) => {
                let code = self.upper().and_then(Run::foreign_code);
                return Ok(Some(Ended::Quit(code)));
            }
            Some(Effect::NextTheme) => self.next_theme(),
            Some(Effect::Copy) => self.copy()?,
            Some(Effect::ToggleMouse) => self.toggle_mouse(),
            Some(Effect::Suspend) => return self.input(Input::Suspend),
            Some(Effect::RunAgain) => {
                // A trace has no piece, and was refused.
                if let Some(piece) = self.run.as_ref().and_then(|run| run.piece.clone()) {
                    self.restart(piece);
                }
            }
            Some(Effect::Compare(settings)) => {
                if settings.is_some() {
                    self.keep_knobs();
                }
                self.compare(settings);
            }
            Some(Effect::RunPair(name, knobs, beside)) => {
                self.keep_knobs();
                self.run_pair(name, knobs, beside);
            }
            Some(Effect::Switch) => self.switch(),
            Some(Effect::Alone(stays)) => self.alone(stays),
            Some(Effect::Signal(actor, signal)) => {
                let sent = self.on_stage(|stage| stage.signal(actor, signal));
                if let Some(Err(error)) = sent {
                    let name = hand::signal_name(signal);
                    self.ui.notice = Some(format!("{name} was not sent: {error}"));
                }
            }
            Some(Effect::Marked(t, name)) => self.keep_mark(t, name),
            Some(Effect::Say(text)) => self.say(text),
            Some(Effect::Record) => self.record(),
            Some(Effect::PauseRecording) => self.pause_recording(),
            Some(Effect::SaveTrace) => self.save(),
            Some(Effect::Hold(is_held)) => drop(self.on_stage(|stage| stage.hold(is_held))),
            Some(Effect::Pace(factor)) => {
                if let Some(Piece::Attached(_)) =
                    self.run.as_ref().and_then(|run| run.piece.as_ref())
                {
                    let what = "a program that mpviz is attached to goes at its own pace";
                    self.ui.notice = Some(what.into());
                } else {
                    self.on_stage(|stage| stage.set_pace(factor));
                }
            }
            Some(Effect::Run(name, knobs)) => {
                self.keep_knobs();
                self.keep_used();
                self.other = None;
                if let Some(scenario) = scenario::find(name) {
                    self.restart(Piece::Scenario(scenario, knobs));
                }
            }
        }
        Ok(None)
    }

    /// Does something to the program that runs. `None` where none does, which is told.
    fn on_stage<T>(&mut self, act: impl FnOnce(&Stage) -> T) -> Option<T> {
        let stage = self.run.as_ref().and_then(|run| run.session.stage());
        if stage.is_none() {
            self.ui.notice = Some("this is a trace: nothing of it runs any more".into());
        }
        stage.map(act)
    }

    /// Starts a run in the place of the one there is. The screen lives on if that fails.
    pub(super) fn restart(&mut self, piece: Piece) {
        if self.ui.pair.is_none() {
            // It was beside the one that goes now.
            self.other = None;
        }
        if let Err(error) = self.start(piece) {
            self.ui.notice = Some(super::reasons(&error));
            self.ui.screen = crate::ui::state::Screen::Picker;
            self.lose_selected();
            self.ui.has_run = self.run.is_some();
        }
    }

    /// Starts a piece; nothing is shown of it yet.
    pub(super) fn begin(&self, piece: Piece) -> Result<Run, SessionError> {
        let terminal = self.terminal.for_stage().ok();
        let session = Session::start(&piece, terminal)?;
        Ok(Run::of(session, Some(piece)))
    }

    /// Says why messages of a Python are not visible, if that is so.
    fn tell_blind(&mut self, run: &Run) {
        if let Some(error) = run.session.blind() {
            let why = super::reasons(error);
            self.ui.notice = Some(format!("messages of Python are not visible: {why}"));
        }
    }

    fn start(&mut self, piece: Piece) -> Result<(), SessionError> {
        // The one before ends first: its processes are gone before others come.
        let recorded = self.run.as_mut().and_then(Run::end_recording);
        if recorded.is_some() {
            self.ui.notice = recorded;
        }
        self.run = None;
        // Before the run: once it has begun, what a shell has opened for us is the program's alone.
        let recorder = self.record.take().map(|path| {
            let area = self.terminal.area().unwrap_or_default();
            Recorder::create(&path, Existing::Replaced, (area.width, area.height))
        });
        let mut run = self.begin(piece)?;
        self.tell_blind(&run);
        match recorder.transpose() {
            Ok(recorder) => run.recorder = recorder,
            Err(error) => self.ui.notice = Some(super::reasons(&error)),
        }
        self.run = Some(run);
        self.begin_lines();
        self.is_dirty = true;
        Ok(())
    }

    /// Takes in a batch that came, or more of what came before.
    fn batch(&mut self, which: Which, batch: Option<Batch>) {
        let run = match which {
            Which::Selected => &mut self.run,
            Which::Other => &mut self.other,
        };
        let Some(run) = run else { return };
        let was_empty = run.history.processes().is_empty();
        let is_first = run.history.log().is_empty();
        if let Some(batch) = batch {
            run.put(batch);
        }
        self.is_dirty |= run.is_behind();
        let viewers = run.take();
        if was_empty && !run.history.processes().is_empty() {
            // The first process is seen at once, however short ago the empty screen was drawn.
            self.drawn = 0;
        }
        if run.is_ended()
            && let Some(Piece::Scenario(scenario, _)) = &run.piece
        {
            self.ui.has_run_program(scenario.program.name);
        }
        if which == Which::Selected {
            if is_first {
                self.begin_asked();
            }
            self.follow_viewer(viewers);
        }
    }

    fn closed(&mut self, which: Which) {
        let run = match which {
            Which::Selected => &mut self.run,
            Which::Other => &mut self.other,
        };
        let Some(run) = run else { return };
        run.is_open = false;
        self.is_dirty = true;
        if let Some(error) = run.session.broken() {
            self.ui.notice = Some(super::reasons(&error));
        }
        let ending = run.history.run().ended.as_ref().map(|ended| ended.ending);
        if ending == Some(Ending::SupervisorLost) {
            let what = "the supervisor was killed: everything it ran was ended";
            self.ui.notice = Some(what.into());
        }
    }
}
