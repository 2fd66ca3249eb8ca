//! Sentences about lives: made, forked, started, ended, reaped, adopted, killed.

use super::names;
use super::number::duration;
use super::sentence::{Said, Teller};
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::{Method, Operation, Role};
use crate::event::{ActorId, Kind, ObjectId, Span, Text, Time};
use crate::history::{Form, History, State};

/// So soon after it is told that a process lives, in a program that mpviz is attached to, what it
/// runs is told.
const FIRST: Span = Span::millis(2);

impl Teller<'_> {
    /// Says what an event means for somebody's life.
    pub(super) fn life(&self) -> Option<Said> {
        match &self.event.kind {
            Kind::ProcessCreated { child, .. } => self.created(*child),
            Kind::ProcessForked { child, method, .. } => self.forked(*child, *method),
            Kind::ForkReturned { child, pid } => self.fork_returned(*child, *pid),
            Kind::ForkFailed { child, error } => Said::new(
                Sign::Alert,
                format!("cannot make {}: {}", self.name(*child), shown(error)),
            ),
            Kind::ProcessStarted { pid, .. } => self.started(*pid),
            Kind::ProcessExec { argv } => {
                // What it was when mpviz came is nothing that it becomes.
                let known = self.history.actor(self.event.actor);
                let since = known.and_then(|known| known.started);
                let is_first = since.is_some_and(|since| self.event.t <= since + FIRST);
                let verb = match self.history.run().is_attached() && is_first {
                    true => "runs",
                    false => "becomes",
                };
                Said::new(Sign::Running, format!("{verb} {}", command(argv)))
            }
            Kind::ThreadStarted { role, object, .. } => self.thread_started(*role, *object),
            Kind::ThreadEnded {} => None,
            // Its end itself is told right after, and so is what it still waits for.
            Kind::ProcessFinishing {} => None,
            Kind::ProcessExiting { .. } => None,
            Kind::ProcessExited { code } => self.exited(*code),
            Kind::ProcessReaped { child, code } => self.reaped(*child, *code),
            Kind::ExitCodeRead { child, code } => {
                let text = format!(
                    "reads how {} ended: {}",
                    self.name(*child),
                    names::exit(Some(*code))
                );
                Said::new(Sign::Exited, text)
            }
            Kind::ProcessAdopted { ppid, .. } => self.adopted(*ppid),
            Kind::SignalSent { to, signal } => {
                let text = format!("sends {} to {}", names::signal(*signal), self.name(*to));
                match self.event.actor {
                    ActorId::MPVIZ => Said::mpviz(Sign::Killed, text),
                    _ => Said::new(Sign::Killed, text),
                }
            }
            _ => None,
        }
    }

    /// Returns how this sentence calls another actor.
    pub(super) fn name(&self, actor: ActorId) -> String {
        names::other(self.history, actor, self.event.t)
    }

    fn created(&self, child: ActorId) -> Option<Said> {
        let text = format!("makes {}, which is not started yet", self.name(child));
        if is_worker(self.history, child, self.event.t) {
            return Said::detail(Sign::Running, text);
        }
        Said::new(Sign::Running, text)
    }

    fn forked(&self, child: ActorId, method: Method) -> Option<Said> {
        let name = self.name(child);
        match method {
            Method::Fork => Said::new(Sign::Forked, format!("forks {name}")),
            Method::BareFork => Said::new(Sign::Forked, "calls fork(), which will return twice"),
            Method::Spawn => Said::new(Sign::Forked, format!("spawns {name}")),
            Method::Forkserver => {
                Said::new(Sign::Forked, format!("has the forkserver fork {name}"))
            }
            Method::Exec => Said::new(Sign::Forked, format!("starts {name}")),
            // That mpviz starts the program goes without saying.
            Method::Stage => None,
        }
    }

    fn fork_returned(&self, child: ActorId, pid: u32) -> Option<Said> {
        match self.history.actor(child).and_then(|known| known.method) {
            Some(Method::BareFork) => Said::new(
                Sign::Running,
                format!("fork() returns {pid}, the child's pid"),
            ),
            // The child's own first word tells its pid.
            _ => None,
        }
    }

    fn started(&self, pid: u32) -> Option<Said> {
        let known = self.history.actor(self.event.actor);
        if known.is_some_and(|known| known.started.is_some_and(|since| since < self.event.t)) {
            let text = "joins: it uses the library, and speaks for itself from here on";
            return Said::detail(Sign::Running, text);
        }
        match known.and_then(|known| known.method) {
            Some(Method::BareFork) => {
                Said::new(Sign::Running, "fork() returns 0: this is the child")
            }
            // What it becomes is said right after, by its `ProcessExec`.
            Some(Method::Exec) => Said::detail(Sign::Running, format!("lives, pid {pid}")),
            // It may have run for long.
            _ if self.history.run().is_attached() => {
                Said::new(Sign::Running, format!("lives, pid {pid}"))
            }
            _ => Said::new(Sign::Running, format!("starts, pid {pid}")),
        }
    }

    fn thread_started(&self, role: Role, object: Option<ObjectId>) -> Option<Said> {
        let object = object.map(|id| names::object(self.history, id));
        let text = match (role, object) {
            (Role::Feeder, Some(q)) => {
                format!("starts: it moves items from the buffer into the pipe of {q}")
            }
            (Role::Feeder, None) => "starts".to_owned(),
            (Role::TaskHandler, _) => "starts a thread that puts tasks into the inqueue".to_owned(),
            (Role::ResultHandler, _) => {
                "starts a thread that takes results out of the outqueue".to_owned()
            }
            (Role::WorkerHandler, _) => {
                "starts a thread that replaces workers which end".to_owned()
            }
            (Role::Communicator, Some(object)) => format!("starts a thread for {object}"),
            (Role::Communicator | Role::Other, _) => "starts a thread".to_owned(),
        };
        Said::detail(Sign::Running, text)
    }

    fn exited(&self, code: Option<i32>) -> Option<Said> {
        let Some(code) = code else {
            return Said::new(Sign::Exited, "has ended; nobody saw its exit code");
        };
        let zombie = match self.will_be_joined_by() {
            Some(parent) => format!("; a zombie until {} joins it", self.name(parent)),
            None => String::new(),
        };
        if code >= 0 {
            return Said::new(Sign::Exited, format!("exit {code}{zombie}"));
        }
        let doing = self
            .doing_before()
            .map_or_else(String::new, |doing| format!(" {doing}"));
        let signal = names::signal(code.saturating_neg());
        let text = format!("killed by {signal}{doing}, exit code {code}{zombie}");
        Said::new(Sign::Killed, text)
    }

    /// Returns who has yet to take note of this process's end, unless it does so right now.
    fn will_be_joined_by(&self) -> Option<ActorId> {
        let (history, t) = (self.history, self.event.t);
        let known = history.actor(self.event.actor)?;
        let parent = known.parent?;
        let reaper = self.event.by.unwrap_or(ActorId::MPVIZ);
        if parent == ActorId::MPVIZ || reaper == parent || history.process_of(reaper) == parent {
            return None;
        }
        if known.adopted_at(t).is_some() {
            return None;
        }
        if history
            .actor(parent)?
            .exited
            .as_ref()
            .is_some_and(|exit| exit.t <= t)
        {
            return None;
        }
        let waits_for_it = |actor: ActorId| match history.lane(actor).at(t).map(|i| i.state) {
            Some(State::Waiting(wait)) => {
                wait.on == Some(self.event.actor) || wait.operation == Operation::JoinPool
            }
            _ => false,
        };
        let threads = history.threads_of(parent);
        let waited_for = waits_for_it(parent)
            || threads.iter().any(|&thread| waits_for_it(thread))
            || is_worker(history, self.event.actor, self.event.t);
        (!waited_for).then_some(parent)
    }

    /// Returns what the process did just before this event, as `in get`.
    fn doing_before(&self) -> Option<String> {
        let before = Time(self.event.t.0.checked_sub(1)?);
        match self.history.lane(self.event.actor).at(before)?.state {
            State::Waiting(wait) => Some(match (wait.operation, wait.object) {
                (Operation::Acquire, Some(lock)) => {
                    format!("while it waited for {}", names::object(self.history, lock))
                }
                (operation, _) => format!("in {}", operation.text()),
            }),
            State::Asleep { .. } => Some("in its sleep".to_owned()),
            _ => None,
        }
    }

    fn reaped(&self, child: ActorId, code: Option<i32>) -> Option<Said> {
        if self.event.actor == ActorId::MPVIZ && self.history.run().is_attached() {
            let text = format!("{} is reaped by somebody outside", self.name(child));
            return Said::detail(Sign::Running, text);
        }
        let (history, t) = (self.history, self.event.t);
        // Of a foreign program's child its parent alone was told; the stage may have seen it.
        let seen = history
            .actor(child)
            .and_then(|known| known.exited.as_ref()?.code);
        let code = code.or(seen);
        let text = match code {
            // The code of one that nobody announced may be told a moment later.
            None if self.event.by.is_some() => format!("reaps {}", self.name(child)),
            _ => format!("reaps {}: {}", self.name(child), names::exit(code)),
        };
        let exited = history
            .actor(child)
            .and_then(|known| known.exited.as_ref().map(|e| e.t));
        let waits = history
            .lane(self.event.actor)
            .at(t)
            .is_some_and(|now| matches!(now.state, State::Waiting(_)));
        let known = history.actor(child);
        let is_main =
            known.is_some_and(|child| child.parent.is_none() && child.adopted_at(t).is_none());
        if waits || is_main {
            // The end of the wait tells it; and that mpviz takes note of the program's own end
            // goes without saying.
            return None;
        }
        if is_worker(history, child, self.event.t) {
            return Said::detail(Sign::Running, text);
        }
        // What the stage found out later than it was tells no duration.
        let exited = exited.filter(|_| self.event.by.is_none());
        match exited.map(|ended| t.since(ended)) {
            Some(zombie) if zombie.0 >= 1_000_000 && self.event.actor != ActorId::MPVIZ => {
                Said::new(
                    Sign::Running,
                    format!("{text}; it was a zombie for {}", duration(zombie)),
                )
            }
            _ => Said::new(Sign::Running, text),
        }
    }

    fn adopted(&self, ppid: u32) -> Option<Said> {
        let old = self
            .history
            .actor(self.event.actor)
            .and_then(|known| known.parent)
            .and_then(|parent| self.history.actor(parent))
            .and_then(|parent| parent.pid_at(self.event.t));
        Said::new(
            Sign::Adopted,
            match old {
                Some(old) => format!("adopted: its parent {old} is now {ppid}"),
                None => format!("adopted: its parent is now {ppid}"),
            },
        )
    }
}

/// Whether an actor is a pool's worker, as far as is known at `t`.
pub(crate) fn is_worker(history: &History, actor: ActorId, t: Time) -> bool {
    history.actor(actor).is_some_and(|known| {
        let is_named_so = names::short(known.name_at(t)).starts_with("Worker-");
        known.form == Form::Process && (known.pool_at(t).is_some() || is_named_so)
    })
}

/// Whether an actor is a worker of this pool; one that has not worked yet is its maker's.
pub(crate) fn is_worker_of(history: &History, actor: ActorId, pool: ObjectId, t: Time) -> bool {
    is_worker(history, actor, t)
        && history
            .actor(actor)
            .is_some_and(|worker| match worker.pool_at(t) {
                Some(its) => its == pool,
                None => {
                    let pool = history.object(pool);
                    pool.is_some_and(|pool| worker.parent == Some(history.process_of(pool.creator)))
                }
            })
}

/// Returns a command line, shortened where it is long.
pub(super) fn command(argv: &[Text]) -> String {
    let mut line = String::new();
    for word in argv {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&shown(word));
        if line.len() > 200 {
            let cut: String = line.chars().take(60).collect();
            return format!("{cut}…");
        }
    }
    line
}
