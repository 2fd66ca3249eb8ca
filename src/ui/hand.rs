//! Taking the running program in hand: which signal to send, stopping it, its pace.
//!
//! What is wished is an [`Effect`]; whether it can be done is the system's to say.

use super::action::Action;
use super::state::Ui;
use super::update::Effect;
use crate::event::{ActorId, Time};
use crate::history::{Form, History, State};

/// A question that is open: whether to send a signal to a process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asked {
    /// To whom.
    pub actor: ActorId,
    /// Which of [`SIGNALS`].
    pub at: usize,
}

/// What was wished last, before the history can know of it: a key that is pressed twice means two
/// steps.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Wished {
    pace: Option<f64>,
    is_held: Option<bool>,
    stopped: Option<(ActorId, bool)>,
}

/// A signal that can be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: &'static str,
    /// What it does to a process that does nothing about it.
    pub does: &'static str,
}

const fn choice(number: i32, name: &'static str, does: &'static str) -> Choice {
    Choice { number, name, does }
}

/// The signals that can be sent, the most wanted first.
pub const SIGNALS: &[Choice] = &[
    choice(15, "SIGTERM", "asks it to end; what terminate() sends"),
    choice(9, "SIGKILL", "ends it at once, in the middle of anything"),
    choice(2, "SIGINT", "interrupts it, as Ctrl-C does"),
    choice(19, "SIGSTOP", "stops it until SIGCONT"),
    choice(18, "SIGCONT", "lets a stopped process go on"),
    choice(1, "SIGHUP", "tells it that its terminal is gone"),
    choice(3, "SIGQUIT", "ends it with a core dump"),
    choice(10, "SIGUSR1", "means what the program says; else ends it"),
    choice(12, "SIGUSR2", "means what the program says; else ends it"),
    choice(
        13,
        "SIGPIPE",
        "what a writer gets whom nobody reads; CPython ignores it",
    ),
];

/// Stops a process.
const SIGSTOP: i32 = 19;
/// Has it go on.
const SIGCONT: i32 = 18;

/// The paces that there are to choose from.
const PACES: &[f64] = &[0.0625, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0];

impl Asked {
    /// Returns the signal that is asked about.
    pub fn choice(&self) -> &'static Choice {
        &SIGNALS[self.at.min(SIGNALS.len() - 1)]
    }
}

/// Returns a signal's name.
pub fn signal_name(number: i32) -> String {
    let known = SIGNALS.iter().find(|choice| choice.number == number);
    known.map_or_else(
        || format!("signal {number}"),
        |choice| choice.name.to_owned(),
    )
}

/// Answers the open question, or changes it.
pub(super) fn update_asked(ui: &mut Ui, asked: Asked, action: Action) -> Option<Effect> {
    let count = SIGNALS.len();
    let at = match action {
        Action::Down => (asked.at + 1) % count,
        Action::Up => (asked.at + count - 1) % count,
        Action::First => 0,
        Action::Last => count - 1,
        Action::Confirm => {
            ui.run.asked = None;
            let signal = asked.choice().number;
            return Some(Effect::Signal(asked.actor, signal));
        }
        Action::Back => {
            ui.run.asked = None;
            return None;
        }
        _ => asked.at,
    };
    ui.run.asked = Some(Asked { at, ..asked });
    None
}

/// Takes the program in hand as an action asks; a wish that makes no sense is told so.
pub(super) fn update_hand(ui: &mut Ui, action: Action, history: &History) -> Option<Effect> {
    let done = match action {
        Action::SendSignal => selected_process(ui, history).map(|actor| {
            ui.run.asked = Some(Asked { actor, at: 0 });
            None
        }),
        Action::StopProcess => selected_process(ui, history).map(|actor| {
            let wished = ui.run.wished.stopped.filter(|&(whom, _)| whom == actor);
            let is_stopped = wished.map_or_else(|| is_stopped(history, actor), |(_, is)| is);
            ui.run.wished.stopped = Some((actor, !is_stopped));
            let signal = if is_stopped { SIGCONT } else { SIGSTOP };
            Some(Effect::Signal(actor, signal))
        }),
        Action::FreezeProgram => is_live(history).map(|now| {
            let wished = ui.run.wished.is_held;
            let is_held = !wished.unwrap_or_else(|| history.run().frozen_at(now));
            ui.run.wished.is_held = Some(is_held);
            Some(Effect::Hold(is_held))
        }),
        Action::PaceDown => is_live(history).map(|_| pace(ui, history, false)),
        Action::PaceUp => is_live(history).map(|_| pace(ui, history, true)),
        _ => Ok(None),
    };
    done.unwrap_or_else(|notice| {
        ui.notice = Some(notice.to_owned());
        None
    })
}

/// Returns the process that is selected, a thread's own, if it may still live.
fn selected_process(ui: &Ui, history: &History) -> Result<ActorId, &'static str> {
    is_live(history)?;
    let selected = ui.run.selected_actor();
    let selected = selected.ok_or("no process is selected: select one first, then ask again")?;
    if selected == ActorId::MPVIZ {
        return Err("that is mpviz itself, which holds the program: it is not signalled");
    }
    let actor = history.actor(selected).ok_or("nothing is known of it")?;
    Ok(match actor.form {
        Form::Thread { process, .. } => process,
        Form::Process => selected,
    })
}

fn is_live(history: &History) -> Result<Time, &'static str> {
    if history.run().ended.is_some() {
        return Err("the program has ended: there is nobody to take in hand");
    }
    Ok(history.now())
}

/// Returns whether a process was stopped by a signal.
fn is_stopped(history: &History, actor: ActorId) -> bool {
    let now = history.lane(actor).at(history.now());
    now.is_some_and(|now| now.state == State::Stopped)
}

/// Wishes for the next pace, up or down; nothing at the end of the scale.
fn pace(ui: &mut Ui, history: &History, up: bool) -> Option<Effect> {
    let wished = ui.run.wished.pace;
    let pace = wished.unwrap_or_else(|| history.run().pace_at(history.now()));
    let next = if up {
        PACES.iter().find(|&&other| other > pace)
    } else {
        PACES.iter().rev().find(|&&other| other < pace)
    };
    let next = next.copied();
    ui.run.wished.pace = next.or(wished);
    next.map(Effect::Pace)
}
