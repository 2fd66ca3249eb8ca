//! Why the selected process does what it does, and what comes next.

use super::around::Around;
use super::names::{self, short_name};
use super::now::outermost;
use super::number::{duration, moment};
use super::summary::summary;
use crate::event::words::Method;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{Actor, Exit, History, State, Thing};

/// The two lines below everything. Each is one or two whole sentences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caption {
    /// Why it is as it is; after the end and with nobody selected, what the run was.
    pub why: String,
    /// What stands before [`Caption::why`]: `why`.
    pub why_label: &'static str,
    /// What comes next, or who could change it. Empty if there is nothing to say.
    pub next: String,
    /// What stands before [`Caption::next`]: `next`, or `end` once the run has ended.
    pub next_label: &'static str,
}

/// Returns the caption for the selected thing. Where nobody is selected it is about the program's
/// first process while the run goes on, and about the whole run once it has ended.
pub fn caption(history: &History, selected: Option<Thing>, t: Time) -> Caption {
    let ended = history.run().end_at(t);
    let selected = selected.or(ended.is_none().then_some(MAIN.into()));
    let of_selected = selected.and_then(|thing| of_thing(history, thing, t));
    let (why, next) = match (&of_selected, ended) {
        (Some(told), None) => told.clone(),
        (told, Some(end)) => {
            let main = names::full_name(history, MAIN, t);
            let outcome = match end.code {
                Some(code @ ..0) => format!("{main} was ended by {}", names::exit(Some(code))),
                Some(code) => format!("{main} ended with exit code {code}"),
                None => format!("the exit code of {main} was not seen"),
            };
            let run = format!(
                "The run took {}. {outcome}.",
                duration(end.t.since(Time::ZERO))
            );
            let summary = summary(history, end.t);
            match told {
                // MainProcess's own end is the run's.
                Some(_)
                    if selected == Some(MAIN.into())
                        && end.code == Some(0)
                        && !summary.is_empty() =>
                {
                    (summary, run)
                }
                Some((why, _)) if !summary.is_empty() => (why.clone(), format!("{summary} {run}")),
                Some((why, _)) => (why.clone(), run),
                None => (summary, run),
            }
        }
        (None, None) => (String::new(), String::new()),
    };
    Caption {
        why,
        why_label: "why",
        next,
        next_label: if ended.is_some() { "end" } else { "next" },
    }
}

/// The program's first process.
const MAIN: ActorId = ActorId(1);

/// What is said, as of `t`.
pub(super) struct Asked<'a> {
    pub(super) history: &'a History,
    pub(super) t: Time,
    pub(super) actor: &'a Actor,
    /// Its short name.
    pub(super) me: String,
}

/// Why, and what comes next.
pub(super) type Told = (String, String);

fn of_thing(history: &History, thing: Thing, t: Time) -> Option<Told> {
    let around = Around { history, t };
    match thing {
        Thing::Actor(id) => of_actor(history, id, t),
        Thing::Object(id) => around.object_told(id),
        Thing::Message(id) => around.message_told(id),
        Thing::Task(id) => around.task_told(id),
    }
}

fn of_actor(history: &History, actor: ActorId, t: Time) -> Option<Told> {
    let known = history.actor(actor)?;
    let me = short_name(history, actor, t);
    let asked = Asked {
        history,
        t,
        actor: known,
        me,
    };
    if actor == ActorId::MPVIZ {
        return Some((
            "mpviz's supervisor stands in for init: it adopts processes whose parent has ended."
                .to_owned(),
            "Without mpviz it would be PID 1.".to_owned(),
        ));
    }
    if let Some((_, error)) = known.fork_failed.as_ref().filter(|(at, _)| *at <= t) {
        let why = format!("{} was never made: {}.", asked.me, super::shown(error));
        return Some((why, String::new()));
    }
    if let Some(exit) = known.exit_at(t) {
        return Some(asked.ended(exit));
    }
    let interval = history.lane(actor).at(t)?;
    if history.run().frozen_at(t) && interval.state != State::Zombie {
        return Some(asked.held());
    }
    Some(match interval.state {
        State::Starting => (
            format!("{} is forked, but no CPU has come to it yet.", asked.me),
            "It goes on from the same place as its parent, with a copy of its memory.".to_owned(),
        ),
        State::Running if known.is_foreign_at(t) || known.method == Some(Method::Exec) => (
            format!(
                "{} runs; what another program does inside is not seen.",
                asked.me
            ),
            String::new(),
        ),
        State::Still if known.is_foreign_at(t) => (
            format!(
                "{} waits; for what is not seen of another program.",
                asked.me
            ),
            String::new(),
        ),
        State::Still => asked.busy(
            format!(
                "{} is asleep in a call of its own: a sleep, a socket or a file.",
                asked.me
            ),
            String::new(),
        ),
        State::Running => asked.busy(format!("{} computes.", asked.me), String::new()),
        State::Asleep { until } => asked.busy(
            format!(
                "{} sleeps for {}, as its program says.",
                asked.me,
                duration(until.since(interval.start))
            ),
            format!("It wakes at {} s.", moment(until)),
        ),
        State::Stopped => asked.stopped(),
        State::Zombie => asked.zombie(),
        State::Waiting(wait) => {
            let (since, outer) = outermost(history, actor, interval, wait);
            asked.waits(since, outer, wait)
        }
    })
}

impl Asked<'_> {
    pub(super) fn name(&self, actor: ActorId) -> String {
        names::other(self.history, actor, self.t)
    }

    pub(super) fn object(&self, id: Option<ObjectId>) -> String {
        id.map_or_else(|| "it".to_owned(), |id| names::object(self.history, id))
    }

    /// Returns a name with what its owner does: `writer-1 sleeps`.
    pub(super) fn doing(&self, actor: ActorId) -> String {
        let name = self.name(actor);
        let Some(known) = self.history.actor(actor) else {
            return name;
        };
        if known.ended_at(self.t) {
            return format!("{name} has ended");
        }
        match self.history.lane(actor).at(self.t).map(|now| now.state) {
            Some(State::Asleep { .. }) => format!("{name} sleeps"),
            Some(State::Waiting(wait)) => format!("{name} waits in {}", wait.operation.text()),
            Some(State::Still) => format!("{name} waits"),
            Some(State::Running) => format!("{name} runs"),
            Some(State::Starting) => format!("{name} has not begun"),
            Some(State::Stopped) => format!("{name} is stopped"),
            Some(State::Zombie) | None => format!("{name} has ended"),
        }
    }

    /// Says that everybody is stopped.
    fn held(&self) -> Told {
        (
            "The whole program is stopped: no time passes for its sleeps and timeouts.".to_owned(),
            String::new(),
        )
    }

    /// Says what has stopped it.
    fn stopped(&self) -> Told {
        (
            format!(
                "{} was stopped by SIGSTOP, in the middle of what it did.",
                self.me
            ),
            "It goes on with SIGCONT; until then others wait for it as for one that is slow."
                .to_owned(),
        )
    }

    /// Says why somebody runs or sleeps; within a task, why it has that task.
    fn busy(&self, why: String, next: String) -> Told {
        let history = self.history;
        let Some(band) = history.band_at(self.actor.id, self.t) else {
            return (why, next);
        };
        let bands = history.bands(self.actor.id);
        let before = bands.iter().rfind(|earlier| earlier.start < band.start);
        let why = match before {
            Some(before) => format!(
                "{} runs T{} because it was free first. It ran T{} before: a Pool makes its workers once.",
                self.me, band.task, before.task
            ),
            None => format!(
                "{} runs T{}: it was free when the task came out of the inqueue.",
                self.me, band.task
            ),
        };
        let waiting = history.tasks().iter().find(|task| {
            task.submitted <= self.t && task.started.is_none_or(|(started, _)| started > self.t)
        });
        let next = match waiting {
            Some(task) => format!("T{} goes to the worker that ends first.", task.id),
            None => format!(
                "No task waits: when T{} ends, {} waits in get.",
                band.task, self.me
            ),
        };
        (why, next)
    }

    fn zombie(&self) -> Told {
        let parent = self
            .actor
            .parent
            .map(|parent| (self.name(parent), self.doing(parent)));
        match parent {
            Some((name, doing)) => (
                format!(
                    "{} has ended, but its parent has not yet asked for its exit code; {doing}.",
                    self.me
                ),
                format!("It is gone when {name} joins it."),
            ),
            None => (
                format!("{} has ended and is not yet reaped.", self.me),
                String::new(),
            ),
        }
    }

    fn ended(&self, exit: Exit) -> Told {
        if self.actor.zombie_at(self.t) {
            return self.zombie();
        }
        let me = &self.me;
        let reaper = match self.actor.reaped.filter(|&(at, _)| at <= self.t) {
            Some((_, reaper)) => format!("{} has taken note of it.", self.name(reaper)),
            None => String::new(),
        };
        let why = match exit.code {
            Some(code @ ..0) => {
                let number = code.saturating_neg();
                let signal = names::signal(number);
                let sent = self
                    .actor
                    .signals
                    .iter()
                    .rev()
                    .find(|s| s.number == number && s.t <= exit.t);
                match sent {
                    Some(sent) => {
                        format!(
                            "{me} ended because {} sent {signal} to it.",
                            self.name(sent.from)
                        )
                    }
                    None => format!("{me} was ended by {signal}; who sent it was not seen."),
                }
            }
            Some(0) if self.actor.method == Some(Method::Exec) => {
                format!("{me} ended with exit code 0, which means success.")
            }
            Some(code) if self.actor.method == Some(Method::Exec) => {
                format!("{me} ended with exit code {code}: by it the program says that it failed.")
            }
            Some(0) => format!("{me} came to its end by itself."),
            Some(code) => match &self.actor.failed {
                Some((_, error)) => {
                    format!("{me} failed with exit code {code}: {}", super::shown(error))
                }
                None => format!("{me} ended itself with exit code {code}."),
            },
            None if !self.actor.is_process() => {
                let name = names::full_name(self.history, self.actor.id, self.t);
                format!("The {name} has ended.")
            }
            None => format!("{me} has ended; nobody saw its exit code."),
        };
        if let Some(adoption) = self.actor.adopted_at(self.t) {
            let run = self.history.run();
            if run.is_attached() {
                let ppid = adoption.ppid;
                let why = format!("{me}'s parent ended first, so process {ppid} adopted {me}.");
                return (why, reaper);
            }
            let why = format!(
                "{me}'s parent ended first, so the kernel gave {me} to mpviz, pid {} (else: to PID 1).",
                adoption.ppid
            );
            return (
                why,
                "Nobody of its own program can learn how it ended.".to_owned(),
            );
        }
        (why, reaper)
    }
}
