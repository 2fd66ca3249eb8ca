//! A run without a screen, kept whole: for a trace or a film. A script may lead a viewer of it.

use super::lines::ViewerClock;
use super::session::Session;
use super::text::watch_signals;
use crate::event::words::Ending;
use crate::event::{ActorId, Event, Kind, Span, Time};
use crate::record::film::Lines;
use crate::record::script::Script;
use crate::record::script::perform::started;
use crate::record::script::player::{Missed, Player, Wants, line};
use crate::record::viewer::Viewer;
use crate::ui::{Effect, Ui};
use crossbeam_channel::{Receiver, after, never, select};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::io;
use std::time::Duration;

/// So often a script looks at the screen while nothing happens.
const LOOK: Span = Span::millis(33);

/// A run that was recorded.
#[derive(Debug)]
pub struct Recorded {
    /// All of it.
    pub lines: Lines,
    /// How it ended.
    pub ended: Ended,
}

/// How a run that was recorded ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// By itself, or by its script.
    Done,
    /// Nobody did anything any more for so long: it was ended.
    Quiet(Span),
    /// A signal ended it.
    Signal(i32),
    /// The supervisor was killed.
    SupervisorLost,
}

/// Why a run was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// What the script waits for never came.
    #[error(transparent)]
    Missed(Box<Missed>),
    /// Signals can't be watched for.
    #[error("cannot watch for signals")]
    Signals(#[source] io::Error),
}

/// Records a run to its end, or to that of its script. Ends it once nobody in it has computed, slept
/// or moved anything for as long as `limit`.
///
/// # Errors
///
/// If the script waits for what never comes.
pub fn record(
    session: Session,
    limit: Option<Span>,
    script: Option<Script>,
    size: (u16, u16),
    ui: Ui,
) -> Result<Recorded, RecordError> {
    let signals = watch_signals().map_err(RecordError::Signals)?;
    let clock = session.clock();
    let mut recording = Recording {
        session,
        clock,
        viewer: Viewer::new(ui, size),
        player: script.map(Player::new),
        lines: Lines::default(),
        size,
        has_begun: false,
        is_open: true,
        ended: Ended::Done,
        limit,
        was_interrupted: false,
    };
    recording.go(&signals)?;
    let ending = recording
        .viewer
        .history()
        .run()
        .ended
        .map(|ended| ended.ending);
    if ending == Some(Ending::SupervisorLost) {
        recording.ended = Ended::SupervisorLost;
    }
    Ok(Recorded {
        lines: recording.lines,
        ended: recording.ended,
    })
}

struct Recording {
    session: Session,
    clock: ViewerClock,
    viewer: Viewer,
    /// Who plays the script, until its end.
    player: Option<Player>,
    lines: Lines,
    size: (u16, u16),
    /// Whether a process was seen.
    has_begun: bool,
    /// Whether batches may still come.
    is_open: bool,
    ended: Ended,
    limit: Option<Span>,
    /// Whether the program was sent a SIGINT: a second one ends it.
    was_interrupted: bool,
}

impl Recording {
    fn go(&mut self, signals: &Receiver<i32>) -> Result<(), RecordError> {
        loop {
            let wants = self.play()?;
            if !self.is_open && self.player.is_none() {
                return Ok(());
            }
            let wait = match wants {
                Wants::Nothing => never(),
                Wants::Until(t) => after(Duration::from(t.since(self.clock.now()))),
                Wants::News => after(Duration::from(LOOK)),
            };
            let no_batches = never();
            let batches = match self.is_open {
                true => self.session.batches(),
                false => &no_batches,
            };
            select! {
                recv(batches) -> batch => match batch {
                    Ok(batch) => self.take(batch.events, batch.horizon),
                    Err(_) => self.is_open = false,
                },
                recv(self.session.over()) -> _ => self.session.finish(),
                recv(signals) -> signal => {
                    let signal = signal.unwrap_or(SIGTERM);
                    if signal == SIGINT && !self.was_interrupted && self.session.interrupt() {
                        self.was_interrupted = true;
                        continue;
                    }
                    // What there is by then is kept.
                    self.ended = Ended::Signal(signal);
                    self.end_script();
                    self.session.stop();
                }
                recv(wait) -> _ => {}
            }
        }
    }

    /// Takes a batch in.
    fn take(&mut self, mut events: Vec<Event>, horizon: Time) {
        self.session.follow(&mut events);
        for event in events {
            if !self.has_begun && event.actor != ActorId::MPVIZ {
                self.has_begun = true;
                if self.player.is_some() {
                    self.add(started(event.t, self.size));
                }
            }
            self.viewer.feed(&event);
            self.lines.add(vec![event], Time::ZERO);
        }
        self.viewer.advance(horizon);
        self.lines.add(Vec::new(), horizon);
        let is_quiet = |limit: &Span| self.viewer.history().is_quiet_for(*limit);
        if let Some(limit) = self.limit.filter(is_quiet) {
            self.limit = None;
            self.ended = Ended::Quiet(limit);
            self.session.stop();
        }
    }

    /// Adds a line of the viewer, as of now.
    fn add(&mut self, kind: Kind) {
        let line = line(self.viewer.history().now(), kind);
        self.lines.add(vec![line], Time::ZERO);
    }

    /// Goes on with the script. Returns what it waits for.
    fn play(&mut self) -> Result<Wants, RecordError> {
        let Some(player) = self
            .player
            .as_mut()
            .filter(|_| self.has_begun || !self.is_open)
        else {
            return Ok(Wants::Nothing);
        };
        self.viewer.pass(self.clock.now());
        self.viewer.search();
        let wants = player.go_on(&mut self.viewer);
        let effects = player.take_effects();
        let lines = player.take_lines();
        let is_missed = wants == Wants::News && !self.is_open && !self.viewer.is_playing();
        if is_missed {
            let missed = player.missed(&mut self.viewer);
            return Err(RecordError::Missed(Box::new(missed)));
        }
        self.lines.add(lines, Time::ZERO);
        let quits = effects.contains(&Effect::Quit);
        for effect in effects {
            self.do_effect(&effect);
        }
        if wants == Wants::Nothing || quits {
            self.end_script();
            self.session.stop();
            return Ok(Wants::Nothing);
        }
        Ok(wants)
    }

    /// Takes the program in hand, as a key asks.
    fn do_effect(&self, effect: &Effect) {
        let Some(stage) = self.session.stage() else {
            return;
        };
        match *effect {
            // Who is gone gets no signal, which the run itself shows.
            Effect::Signal(actor, signal) => drop(stage.signal(actor, signal)),
            Effect::Hold(is_held) => stage.hold(is_held),
            Effect::Pace(factor) => stage.set_pace(factor),
            _ => {}
        }
    }

    /// Ends what the viewer does.
    fn end_script(&mut self) {
        if self.player.take().is_some() {
            let at = self.clock.now();
            self.add(Kind::RecordingEnded { at });
        }
    }
}
