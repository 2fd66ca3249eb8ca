//! What an event means, as one sentence about one actor.

use super::names;
use super::number::{self, count};
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::{Ending, GapReason, Sight};
use crate::event::{ActorId, Event, Kind};
use crate::history::History;

/// A sentence: `●  Worker-1  takes T3, which waited 1.188 s`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sentence {
    /// Its sign.
    pub sign: Sign,
    /// Whom it is about.
    pub actor: ActorId,
    /// The same by name, short: `Main`, `Worker-1`, `feeder`.
    pub who: String,
    /// What it says, without the name and without a full stop.
    pub text: String,
    /// Whether it is about the inner works: where room is scarce, it is left out first.
    pub detail: bool,
}

/// Returns what an event means; `None` for what is only bookkeeping.
///
/// It looks at what was known at `event.t`, never at what came later, with one exception: a wait
/// is worth a sentence once it has lasted 20 µs, and is told as it is then.
pub fn sentence(history: &History, event: &Event) -> Option<Sentence> {
    let teller = Teller { history, event };
    let said = teller.said()?;
    Some(Sentence {
        sign: said.sign,
        actor: event.actor,
        who: said.who.map_or_else(
            || names::short_name(history, event.actor, event.t),
            str::to_owned,
        ),
        text: said.text,
        detail: said.detail,
    })
}

/// Returns what an event of the inner works means, of which there is no sentence where all is told:
/// the taking of a free lock, the beginning of a short wait.
pub fn detail(history: &History, event: &Event) -> Option<Sentence> {
    let object = |id| names::object(history, id);
    let (sign, text) = match &event.kind {
        Kind::LockTaken { object: id } => (Sign::Lock, format!("takes the {}", object(*id))),
        Kind::LockReleased { object: id } => {
            (Sign::Lock, format!("gives the {} back", object(*id)))
        }
        Kind::Blocked {
            operation,
            object: on,
            on: whom,
            ..
        } => {
            let what = operation.text();
            let what = match (on, whom) {
                (Some(id), _) => format!("{what} {}", object(*id)),
                (None, Some(whom)) => format!("{what} {}", names::other(history, *whom, event.t)),
                (None, None) => what.to_owned(),
            };
            (
                super::blocked::sign_of(*operation),
                format!("begins to wait: {what}"),
            )
        }
        Kind::Unblocked { .. } => (Sign::Running, "goes on".to_owned()),
        Kind::Woke {} => (Sign::Running, "wakes".to_owned()),
        Kind::MessageSent {
            message,
            object: pipe,
            ..
        } => (
            Sign::Message,
            format!(
                "writes {} into the {}",
                names::message(history, *message),
                object(*pipe)
            ),
        ),
        Kind::MessageReceived {
            message,
            object: pipe,
            ..
        } => (
            Sign::Message,
            format!(
                "takes {} out of the {}",
                names::message(history, *message),
                object(*pipe)
            ),
        ),
        Kind::EndClosed { object: pipe, end } => (
            Sign::Closed,
            format!("closes end {} of the {}", end.text(), object(*pipe)),
        ),
        Kind::ProcessReaped { child, .. } => (
            Sign::Running,
            format!("reaps {}", names::other(history, *child, event.t)),
        ),
        Kind::ThreadEnded {} => (Sign::Exited, "ends".to_owned()),
        _ => return None,
    };
    Some(Sentence {
        sign,
        actor: event.actor,
        who: names::short_name(history, event.actor, event.t),
        text,
        detail: true,
    })
}

/// One event and what is known when it happens. The kinds' own sentences stand beside each other
/// by subject: `ended` for lives, `blocked` for waits, `moved` for messages and tasks.
pub(super) struct Teller<'a> {
    pub(super) history: &'a History,
    pub(super) event: &'a Event,
}

/// What a teller says, before it has a name.
pub(super) struct Said {
    sign: Sign,
    who: Option<&'static str>,
    text: String,
    detail: bool,
}

impl Said {
    /// Returns a sentence that matters.
    pub(super) fn new(sign: Sign, text: impl Into<String>) -> Option<Said> {
        Some(Said {
            sign,
            who: None,
            text: text.into(),
            detail: false,
        })
    }

    /// Returns a sentence about the inner works.
    pub(super) fn detail(sign: Sign, text: impl Into<String>) -> Option<Said> {
        Said::new(sign, text).map(|said| Said {
            detail: true,
            ..said
        })
    }

    /// Returns a sentence about mpviz itself.
    pub(super) fn mpviz(sign: Sign, text: impl Into<String>) -> Option<Said> {
        Said::new(sign, text).map(|said| Said {
            who: Some("mpviz"),
            ..said
        })
    }
}

impl Teller<'_> {
    fn said(&self) -> Option<Said> {
        let kind = &self.event.kind;
        match kind {
            Kind::RunStarted {
                title,
                supervisor: 0,
                ..
            } => Said::mpviz(Sign::Running, format!("is {}", shown(title))),
            Kind::RunStarted { program, .. } => {
                Said::mpviz(Sign::Running, format!("puts {} on", shown(program)))
            }
            Kind::RunEnded { ending, .. } => self.run_ended(*ending),
            Kind::Gap { reason, count, .. } => self.gap(*reason, *count),
            Kind::PaceChanged { factor } => Said::mpviz(Sign::Running, pace(*factor)),
            Kind::Frozen {} => Said::mpviz(Sign::Asleep, "stops the program"),
            Kind::Thawed {} => Said::mpviz(Sign::Running, "lets the program go on"),
            Kind::Output { text, .. } => self.output(text),
            Kind::Unseen { what, why } => {
                let text = format!("not seen: {}, as {}", what.text(), shown(why));
                match (self.event.actor, what) {
                    (ActorId::MPVIZ, _) => Said::mpviz(Sign::None, text),
                    (_, Sight::Messages) => {
                        let text = format!("messages not visible: {}", shown(why));
                        Said::new(Sign::Alert, text)
                    }
                    _ => Said::new(Sign::None, text),
                }
            }
            Kind::Failed { error, text } => Said::new(Sign::Alert, failure(error, text)),
            Kind::ProcessCreated { .. }
            | Kind::ProcessForked { .. }
            | Kind::ForkReturned { .. }
            | Kind::ForkFailed { .. }
            | Kind::ProcessStarted { .. }
            | Kind::ProcessExec { .. }
            | Kind::ThreadStarted { .. }
            | Kind::ThreadEnded {}
            | Kind::ProcessFinishing {}
            | Kind::ProcessExiting { .. }
            | Kind::ProcessExited { .. }
            | Kind::ProcessReaped { .. }
            | Kind::ExitCodeRead { .. }
            | Kind::ProcessAdopted { .. }
            | Kind::SignalSent { .. } => self.life(),
            Kind::Slept { .. } | Kind::Blocked { .. } | Kind::Unblocked { .. } => self.wait(),
            Kind::Horizon {}
            | Kind::Woke {}
            | Kind::SourceSeen { .. }
            | Kind::Sampled { .. }
            | Kind::EndsSampled { .. }
            | Kind::Unknown(_) => None,
            kind if kind.viewers().is_some() => None,
            _ => self.moved(),
        }
    }

    /// Says a line of the program's own output. Whose it is may not be known.
    fn output(&self, text: &str) -> Option<Said> {
        let said = Said::new(Sign::Output, shown(text).into_owned())?;
        let who = (self.event.actor == ActorId::MPVIZ).then_some("output");
        Some(Said { who, ..said })
    }

    fn run_ended(&self, ending: Ending) -> Option<Said> {
        match ending {
            Ending::Finished => Said::mpviz(Sign::Exited, "the run has ended: no process is left"),
            Ending::Stopped => Said::mpviz(Sign::Killed, "the run was ended by its viewer"),
            Ending::SupervisorLost => Said::mpviz(
                Sign::Alert,
                "the supervisor was killed, so everything was ended",
            ),
            Ending::Left => Said::mpviz(Sign::Exited, "leaves the program, which goes on"),
            Ending::NotStarted => Said::mpviz(Sign::Alert, "the program could not be started"),
        }
    }

    fn gap(&self, reason: GapReason, missing: Option<u64>) -> Option<Said> {
        let missing = missing.map_or_else(
            || "events are missing".to_owned(),
            |n| match n {
                1 => "1 event is missing".to_owned(),
                n => format!("{} are missing", count(n, "event", "events")),
            },
        );
        let why = match reason {
            GapReason::RingFull => "its ring was full",
            GapReason::NoRing => "a thread had no ring and ran unobserved",
            GapReason::Damaged => "a ring's contents made no sense",
            GapReason::Unpaired => "it is not known which send a receive belongs to",
        };
        Said::new(Sign::Alert, format!("{missing}: {why}"))
    }
}

fn pace(factor: f64) -> String {
    if factor == 0.0 {
        "leaves sleeps out from here on".to_owned()
    } else {
        let factor = number::factor(factor);
        format!("sleeps run {factor} times as fast from here on")
    }
}

/// Returns an error that nobody handled: `fails: ValueError: 3 is too much`.
pub(super) fn failure(error: &str, text: &str) -> String {
    match (error.is_empty(), text.is_empty()) {
        (true, _) => format!("fails: {}", shown(text)),
        (_, true) => format!("fails: {}", shown(error)),
        _ => format!("fails: {}: {}", shown(error), shown(text)),
    }
}
