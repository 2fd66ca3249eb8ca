//! What is wrong, in words: what it is, whom it harms, what is done about it.

mod lives;
mod waits;
mod work;

use super::names::{self, full_name, other};
use super::number::count;
use super::sentence::Sentence;
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::Operation;
use crate::event::{ActorId, Kind, ObjectId, Time};
use crate::history::finding::{Code, Finding};
use crate::history::{Form, History, State};

/// The most names that a sentence lists.
const LISTED: usize = 3;
/// The most characters of what was printed or failed that a sentence quotes.
const QUOTED: usize = 60;

/// A finding in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// Whom or what it is about.
    pub who: String,
    /// What is wrong with it: goes on behind the name, without a full stop.
    pub what: String,
    /// What harm it does: one or two whole sentences.
    pub harm: String,
    /// What is done about it: a whole sentence.
    pub remedy: String,
}

impl Diagnosis {
    /// Returns what is wrong as a whole sentence.
    pub fn sentence(&self) -> String {
        format!("{} {}.", self.who, self.what)
    }
}

/// Returns the row of a finding among the events.
pub fn finding_sentence(history: &History, finding: &Finding) -> Sentence {
    let said = diagnosis(history, finding, finding.since);
    Sentence {
        sign: Sign::Alert,
        actor: finding.actors.first().copied().unwrap_or(ActorId::MPVIZ),
        who: said.who,
        text: format!("{} {}", finding.code.text(), said.what),
        detail: false,
    }
}

/// Returns a finding in words, as far as is known at `t`.
pub fn diagnosis(history: &History, finding: &Finding, t: Time) -> Diagnosis {
    let doctor = Doctor {
        history,
        finding,
        t: t.max(finding.since),
    };
    let (what, harm, remedy) = doctor.says();
    Diagnosis {
        who: doctor.subject(),
        what,
        harm,
        remedy,
    }
}

struct Doctor<'a> {
    history: &'a History,
    finding: &'a Finding,
    t: Time,
}

/// What, harm, remedy.
type Says = (String, String, String);

impl Doctor<'_> {
    fn subject(&self) -> String {
        match (self.finding.code, self.finding.object) {
            (Code::NotEmpty, Some(queue)) => names::object(self.history, queue),
            _ => self.name(0),
        }
    }

    fn says(&self) -> Says {
        match self.finding.code {
            Code::Zombie => self.zombie(),
            Code::Orphan => self.orphan(),
            Code::Outlives => self.outlives(),
            Code::DaemonEnded => self.daemon_ended(),
            Code::BadExit => self.bad_exit(),
            Code::WentOn => self.went_on(),
            Code::LostLock => self.lost_lock(),
            Code::WaitCycle => self.wait_cycle(),
            Code::NoEof => self.no_eof(),
            Code::JoinBeforeDrain => self.join_before_drain(),
            Code::Starved => self.starved(),
            Code::Bottleneck => self.bottleneck(),
            Code::NotEmpty => self.not_empty(),
            Code::TaskLost => self.task_lost(),
            Code::ErrorUnseen => self.error_unseen(),
            Code::NeverFetched => self.never_fetched(),
            Code::TornLine => self.torn_line(),
        }
    }

    fn name(&self, at: usize) -> String {
        match self.finding.actors.get(at) {
            Some(&ActorId::MPVIZ) => full_name(self.history, ActorId::MPVIZ, self.t),
            Some(&actor) => other(self.history, actor, self.t),
            None => "mpviz".to_owned(),
        }
    }

    fn actor(&self, at: usize) -> Option<&crate::history::Actor> {
        self.history.actor(*self.finding.actors.get(at)?)
    }

    /// Returns what somebody did when the finding became known.
    fn state(&self, at: usize) -> Option<State> {
        let who = *self.finding.actors.get(at)?;
        let now = self.history.lane(who).at(self.finding.since)?;
        Some(now.state)
    }

    fn object(&self) -> String {
        let name = |id: ObjectId| names::object(self.history, id);
        self.finding.object.map_or_else(|| "it".to_owned(), name)
    }

    fn task(&self) -> String {
        let Some(id) = self.finding.task else {
            return "a task".to_owned();
        };
        match self.history.task(id) {
            Some(task) if !task.function.is_empty() => format!("T{id} {}", quoted(&task.function)),
            _ => format!("T{id}"),
        }
    }

    /// Returns names from `first` on; `all` is how many there are, named or not.
    fn listed(&self, first: usize, all: u64) -> String {
        let names: Vec<String> = (first..self.finding.actors.len())
            .map(|at| self.name(at))
            .collect();
        join_names(&names, all)
    }

    /// Returns who waits for a lock at the moment that is shown.
    fn waiting_for(&self, lock: Option<ObjectId>) -> Option<String> {
        let waits = |actor: &&crate::history::Actor| {
            let now = self.history.lane(actor.id).at(self.t);
            matches!(now.map(|now| now.state), Some(State::Waiting(wait))
                if wait.operation == Operation::Acquire && wait.object == lock)
        };
        let actor = lock.and(self.history.active_at(self.t).find(waits))?;
        Some(match actor.form {
            Form::Process => other(self.history, actor.id, self.t),
            Form::Thread { .. } => full_name(self.history, actor.id, self.t),
        })
    }

    /// Returns what was printed, as far as that proves something.
    fn printed(&self) -> Option<String> {
        let log = self.history.log();
        let mut proof = self.finding.proof.iter();
        proof.find_map(|&at| match log.get(at as usize)?.kind {
            Kind::Output { text, .. } => Some(quoted(text.trim_end())),
            _ => None,
        })
    }
}

/// Returns a list: `a`, `a and b`, `a, b, c and 4 others`.
fn join_names(names: &[String], all: u64) -> String {
    let listed = &names[..names.len().min(LISTED)];
    let more = all.saturating_sub(listed.len() as u64);
    match (listed, more) {
        ([], 0) => "nobody".to_owned(),
        ([], more) => count(more, "process", "processes"),
        (listed, 1..) => format!(
            "{} and {}",
            listed.join(", "),
            count(more, "other", "others")
        ),
        ([one], _) => one.clone(),
        ([first @ .., last], _) => format!("{} and {last}", first.join(", ")),
    }
}

/// Returns the beginning of a text, harmless.
fn quoted(text: &str) -> String {
    let text = shown(text);
    match text.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
