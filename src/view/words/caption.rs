//! Why the selected process does what it does, and what comes next.

use super::blocked::holds_read_lock;
use super::names::{self, short_name};
use super::now::outermost;
use super::number::{count, duration, moment};
use super::summary::summary;
use super::things::waiting_in;
use crate::event::words::{Class, End, Method, Operation, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{Actor, Exit, History, State, Wait};

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

/// Returns the caption for the selected process, or for the whole run where nobody is selected.
pub fn caption(history: &History, selected: Option<ActorId>, t: Time) -> Caption {
    let ended = history.run().end_at(t);
    let of_selected = selected.and_then(|actor| of_actor(history, actor, t));
    let (why, next) = match (&of_selected, ended) {
        (Some(told), None) => told.clone(),
        (told, Some(end)) => {
            let main = names::full_name(history, MAIN);
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
struct Asked<'a> {
    history: &'a History,
    t: Time,
    actor: &'a Actor,
    /// Its short name.
    me: String,
}

type Told = (String, String);

fn of_actor(history: &History, actor: ActorId, t: Time) -> Option<Told> {
    let known = history.actor(actor)?;
    let me = short_name(history, actor);
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
    if let Some(exit) = known.exit_at(t) {
        return Some(asked.ended(exit));
    }
    let interval = history.lane(actor).at(t)?;
    Some(match interval.state {
        State::Starting => (
            format!("{} is forked, but no CPU has come to it yet.", asked.me),
            "It goes on from the same place as its parent, with a copy of its memory.".to_owned(),
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
        State::Zombie => asked.zombie(),
        State::Waiting(wait) => {
            let (since, outer) = outermost(history, actor, interval, wait);
            asked.waits(since, outer, wait)
        }
    })
}

impl Asked<'_> {
    fn name(&self, actor: ActorId) -> String {
        names::other(self.history, actor)
    }

    fn object(&self, id: Option<ObjectId>) -> String {
        id.map_or_else(|| "it".to_owned(), |id| names::object(self.history, id))
    }

    /// Returns a name with what its owner does: `writer-1 sleeps`.
    fn doing(&self, actor: ActorId) -> String {
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
            Some(State::Running) => format!("{name} runs"),
            Some(State::Starting) => format!("{name} has not begun"),
            Some(State::Zombie) | None => format!("{name} has ended"),
        }
    }

    /// Says why somebody runs or sleeps; within a task, why it has that task.
    fn busy(&self, why: String, next: String) -> Told {
        let history = self.history;
        let Some(band) = history.band_at(self.actor.id, self.t) else {
            return (why, next);
        };
        let before = history
            .bands(self.actor.id)
            .iter()
            .filter(|b| b.start < band.start)
            .last();
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
            None => format!("{me} has ended; nobody saw its exit code."),
        };
        if let Some(adoption) = self.actor.adopted.filter(|adoption| adoption.t <= self.t) {
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

    fn waits(&self, since: Time, outer: Wait, wait: Wait) -> Told {
        let (history, me) = (self.history, &self.me);
        if wait.operation == Operation::Acquire {
            return self.waits_for_lock(wait);
        }
        let on = wait.on;
        let object = self.object(outer.object);
        match wait.operation {
            Operation::Get => self.waits_in_get(since, wait.object),
            Operation::Put => (
                format!(
                    "{me} waits in put: {object} is full{}.",
                    self.bound(wait.object)
                ),
                format!("A get from {object} makes room for it."),
            ),
            Operation::Write | Operation::Send => (
                format!("{me} waits: the pipe is full."),
                "It goes on when somebody reads from the pipe.".to_owned(),
            ),
            Operation::Recv | Operation::Read => self.waits_in_recv(since, wait),
            Operation::Join => match on {
                Some(child) => (
                    format!(
                        "{me} waits in join until {} has ended; {}.",
                        self.name(child),
                        self.doing(child)
                    ),
                    format!("The end of {} wakes it.", self.name(child)),
                ),
                None => (format!("{me} waits in join."), String::new()),
            },
            Operation::JoinFeeder => (
                format!(
                    "{me}'s function is over, but its feeder still has items to put into the pipe."
                ),
                "It ends when its buffer is empty: somebody has to get the items.".to_owned(),
            ),
            Operation::JoinPool => {
                let live = super::now::live_workers(history, self.t);
                let waiting = history.tasks().iter().filter(|task| {
                    task.submitted <= self.t && task.started.is_none_or(|(at, _)| at > self.t)
                });
                let waiting = u64::try_from(waiting.count()).unwrap_or(u64::MAX);
                let tasks = match waiting {
                    0 => "no task waits any more".to_owned(),
                    1 => "1 task still waits".to_owned(),
                    n => format!("{n} tasks still wait"),
                };
                (
                    format!(
                        "{me} waits in join until the pool's workers have ended: {}, {tasks}.",
                        count(live, "worker lives", "workers live")
                    ),
                    "When all tasks are done, each worker gets a sentinel and ends.".to_owned(),
                )
            }
            Operation::Wait | Operation::Communicate => {
                let child = on.map_or(object, |on| self.name(on));
                let verb = if wait.operation == Operation::Wait {
                    format!("{me} waits until {child} has ended.")
                } else {
                    format!("{me} sends input to {child} and reads its output until EOF.")
                };
                (
                    verb,
                    format!("The end of {child} wakes it, and tells its exit code."),
                )
            }
            Operation::Fetch => (
                format!("{me} waits for the result of a task."),
                "It wakes when the result handler has it.".to_owned(),
            ),
            Operation::Idle => (
                format!("{me} has nothing to do: its buffer is empty."),
                String::new(),
            ),
            Operation::Poll | Operation::Await | Operation::Acquire => {
                (format!("{me} waits for {object}."), String::new())
            }
        }
    }

    fn bound(&self, queue: Option<ObjectId>) -> String {
        let max = queue
            .and_then(|queue| self.history.object(queue))
            .and_then(|q| q.maxsize);
        max.map_or_else(String::new, |max| {
            format!(", {max} of {}", count(max, "item", "items"))
        })
    }

    fn waits_for_lock(&self, wait: Wait) -> Told {
        let (history, t, me) = (self.history, self.t, &self.me);
        let name = self.object(wait.object);
        let Some(lock) = wait.object.and_then(|lock| history.object(lock)) else {
            return (format!("{me} waits for a lock."), String::new());
        };
        if let Some((_, holder)) = lock.lost_at(t) {
            let holder = self.name(holder);
            return (
                format!("{me} waits for the {name}, which {holder} held when it was killed."),
                "Nobody will ever give it back.".to_owned(),
            );
        }
        match lock.holder.at(t).flatten() {
            Some(holder) => (
                format!(
                    "{me} waits for the {name}, which {} holds; {}.",
                    self.name(holder),
                    self.doing(holder)
                ),
                format!("It goes on when {} gives the lock back.", self.name(holder)),
            ),
            None => (
                format!("{me} is about to take the {name}: it is free."),
                String::new(),
            ),
        }
    }

    fn waits_in_get(&self, since: Time, queue: Option<ObjectId>) -> Told {
        let (history, t, me) = (self.history, self.t, &self.me);
        let name = self.object(queue);
        let holds = holds_read_lock(history, self.actor.id, queue, t);
        let lock = if holds {
            format!("; {me} holds the read lock meanwhile")
        } else {
            String::new()
        };
        let Some(queue) = queue else {
            return (format!("{me} waits in get."), String::new());
        };
        if let Some(first) = waiting_in(history, queue, t).first() {
            let label = super::shown(&first.label);
            let place = match first.sent.filter(|&(sent, _)| sent <= t) {
                Some((sent, _)) => {
                    format!(
                        "{label} has been in the pipe for {}",
                        duration(t.since(sent))
                    )
                }
                None => format!("{label} is still in its writer's buffer"),
            };
            return (
                format!("{me} is about to wake: {place}{lock}."),
                format!("{me} takes {label}."),
            );
        }
        let part = history.object(queue).and_then(|queue| queue.part);
        if part == Some(Part::Inqueue) {
            return (
                format!("{me} waits for a task: {name} is empty{lock}."),
                "The next task, or a sentinel when the pool is closed, wakes it.".to_owned(),
            );
        }
        let putters = history.putters_of(queue, t);
        let putters: Vec<_> = putters
            .filter(|&putter| history.actor(putter).is_some_and(|p| !p.ended_at(t)))
            .collect();
        let since = duration(t.since(since));
        let why = format!("{me} has waited in get for {since}: {name} is empty{lock}.");
        let next = match putters.as_slice() {
            [] => format!("Nobody who has put into {name} lives: nothing more may come."),
            [one] => format!("{}; its next put wakes {me}.", self.doing(*one)),
            [one, two] => {
                format!(
                    "{}, {}; the next put wakes {me}.",
                    self.doing(*one),
                    self.doing(*two)
                )
            }
            many => format!("The next put of its {} writers wakes {me}.", many.len()),
        };
        (why, next)
    }

    fn waits_in_recv(&self, since: Time, wait: Wait) -> Told {
        let (history, t, me) = (self.history, self.t, &self.me);
        let name = self.object(wait.object);
        let since = duration(t.since(since));
        let why = format!(
            "{me} has waited in {} for {since}: nothing is in {name}.",
            wait.operation.text()
        );
        let Some(pipe) = wait.object.and_then(|pipe| history.object(pipe)) else {
            return (why, String::new());
        };
        let holders = history.holders_at(pipe.id, t);
        let mine = holders
            .iter()
            .find(|&&(holder, _)| holder == self.actor.id)
            .map(|&(_, end)| end);
        let other = match (pipe.class, mine) {
            (Class::DuplexPipe, Some(End::A)) => End::B,
            (Class::DuplexPipe, _) => End::A,
            _ => End::Write,
        };
        let mut writers: Vec<_> = holders.iter().filter(|&&(_, end)| end == other).collect();
        writers.dedup();
        let next = match writers.as_slice() {
            [] => "Every copy of the other end is closed: EOF comes.".to_owned(),
            [(one, _)] if *one == self.actor.id => format!(
                "EOF can never come: {me} itself still holds end {} of {name}.",
                other.text()
            ),
            [(one, _)] => format!(
                "{}; {me} gets EOF when it closes end {}, the last copy.",
                self.doing(*one),
                other.text()
            ),
            many => {
                let who: Vec<_> = many.iter().map(|(who, _)| self.name(*who)).collect();
                format!(
                    "EOF comes only when all have closed end {}: {}.",
                    other.text(),
                    who.join(", ")
                )
            }
        };
        (why, next)
    }
}
