//! Why somebody waits, and who could wake it.

use super::around::{Around, DOING_MOST};
use super::caption::{Asked, Told};
use super::chain::{Target, chain_words, circle_words, wait_chain};
use super::names;
use super::number::{count, duration};
use super::several::{any_of, is_for_several};
use super::things::waiting_in;
use super::waits::{holds_read_lock, not_done};
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{ObjectId, Span, Time};
use crate::history::{Object, State, Task, Wait};

/// Who took out of a pipe within this time goes on doing so, for all that is known.
const TAKES_NOW: Span = Span(1_000_000_000);

impl Asked<'_> {
    /// Says why somebody waits, and who could wake it. `wait` is the innermost operation, `outer`
    /// the one that it is a part of, or the same.
    pub(super) fn waits(&self, since: Time, outer: Wait, wait: Wait) -> Told {
        let (history, me) = (self.history, &self.me);
        if let Some(told) = self.waits_in_circle() {
            return told;
        }
        if wait.operation == Operation::Acquire {
            return self.waits_for_lock(wait);
        }
        if let Some(told) = self.waits_in_chain() {
            return told;
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
                let live = super::now::live_workers(history, wait.object, self.t);
                let is_its = |task: &&Task| wait.object.is_none_or(|pool| task.is_of(pool));
                let waiting = history.tasks().iter().filter(is_its).filter(|task| {
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
            Operation::Notify => (
                format!("{me} has notified those who wait for {object}."),
                "It goes on when as many have said that they woke; one that was killed never does."
                    .to_owned(),
            ),
            Operation::Await if not_done(history, wait.object, self.t).is_some() => {
                let left = not_done(history, wait.object, self.t).unwrap_or(0);
                let left = count(left, "is not yet", "are not yet");
                (
                    format!("{me} waits in join until every item of {object} is done: {left}."),
                    "It goes on when task_done() was called for each.".to_owned(),
                )
            }
            Operation::Await => {
                let known = wait.object.and_then(|id| history.object(id));
                let next = match known.map(|known| known.class) {
                    Some(Class::Event) => "It goes on when somebody sets it.",
                    Some(Class::Barrier) => "It goes on when all have come.",
                    Some(Class::Condition) => "It goes on when somebody notifies it.",
                    _ => "",
                };
                (format!("{me} waits for {object}."), next.to_owned())
            }
            Operation::Poll if is_for_several(wait) => self.waits_for_several(),
            Operation::Poll => self.waits_in_recv(since, wait),
            Operation::Acquire => (format!("{me} waits for {object}."), String::new()),
        }
    }

    /// Says the circle of waits that somebody is in, or waits for.
    fn waits_in_circle(&self) -> Option<Told> {
        let (history, t) = (self.history, self.t);
        let circle = history.wait_cycle_at(t, self.actor.id)?;
        let words = circle_words(history, &circle, t);
        let next = "It is a circle: none of them ever goes on, unless one is killed.";
        Some((words, next.to_owned()))
    }

    fn waits_for_several(&self) -> Told {
        let (history, me) = (self.history, &self.me);
        let what = any_of(history, self.actor.id, self.t);
        let what = what.as_deref().unwrap_or("one of several things");
        let next = "The first of them to come ends its wait; EOF counts as well.";
        (format!("{me} waits for {what}."), next.to_owned())
    }

    /// Says a chain of waits, where there is one.
    fn waits_in_chain(&self) -> Option<Told> {
        let (history, t) = (self.history, self.t);
        let links = wait_chain(history, self.actor.id, t);
        let words = chain_words(history, &links, t)?;
        let next = match links.last().map(|link| link.target) {
            Some(Target::Room(pipe)) => {
                let name = self.object(Some(names::whole(history, pipe)));
                if let Some(next) = self.makes_room(pipe) {
                    return Some((words, next));
                }
                // Who reads from one that was found is not always seen.
                if history.object(pipe).is_some_and(Object::is_found) {
                    let next = format!("The next read from {name} makes room.");
                    return Some((words, next));
                }
                let gets = history.active_at(t).any(|actor| {
                    let now = history.lane(actor.id).at(t).map(|now| now.state);
                    matches!(now, Some(State::Waiting(wait))
                        if matches!(wait.operation, Operation::Get | Operation::Recv))
                });
                if gets {
                    format!("A get from {name} makes room.")
                } else {
                    format!("Nobody gets from {name} now: only that would make room.")
                }
            }
            Some(Target::End(last)) => format!("{}; its end lets all go on.", self.doing(last)),
            None => String::new(),
        };
        Some((words, next))
    }

    /// Says who takes out of a pipe now and then, if somebody does.
    fn makes_room(&self, pipe: ObjectId) -> Option<String> {
        let (history, t) = (self.history, self.t);
        let (at, who) = history.last_taken(pipe, t)?;
        let who = history.process_of(who);
        let lives = history.actor(who).is_some_and(|who| !who.ended_at(t));
        (lives && t.since(at) < TAKES_NOW).then(|| {
            let name = self.name(who);
            format!("{name} took an item just now; each that it takes makes room.")
        })
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
            let is_sentinel = first.label == "end" && names::pool_part(history, queue).is_some();
            let label = if is_sentinel {
                "a sentinel".to_owned()
            } else {
                names::item(first)
            };
            let place = match first.sent().filter(|&(sent, _)| sent <= t) {
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
        let around = Around { history, t };
        let all: Vec<_> = history.putters_of(queue, t).collect();
        let putters = around.living(&all);
        let since = duration(t.since(since));
        let why = format!("{me} has waited in get for {since}: {name} is empty{lock}.");
        let next = match putters.as_slice() {
            [] if all.is_empty() => {
                format!("Nobody has put anything into {name} yet; the first put wakes {me}.")
            }
            [] => format!("Nobody who has put into {name} lives: nothing more may come."),
            [_] if all.len() == 1 => {
                format!("{}; its next put wakes {me}.", around.doing_all(&all))
            }
            _ if all.len() <= DOING_MOST => {
                format!("{}; the next put wakes {me}.", around.doing_all(&all))
            }
            many => format!("The next put of its {} writers wakes {me}.", many.len()),
        };
        (why, next)
    }

    fn waits_in_recv(&self, since: Time, wait: Wait) -> Told {
        let (history, t, me) = (self.history, self.t, &self.me);
        let name = self.object(wait.object);
        let since = duration(t.since(since));
        if history.has_item_for(self.actor.id, wait.object, t) == Some(true) {
            let why = format!("{me} is about to wake: something is in {name}.");
            return (why, format!("{me} takes it."));
        }
        let why = format!(
            "{me} has waited in {} for {since}: nothing is in {name}.",
            wait.operation.text()
        );
        let Some(pipe) = wait.object.and_then(|pipe| history.object(pipe)) else {
            return (why, String::new());
        };
        let holders = history.holders_at(pipe.id, t);
        let other = match pipe.class {
            Class::DuplexPipe => history.far_end(pipe.id, self.actor.id, t),
            _ => End::Write,
        };
        let mut writers: Vec<_> = holders.iter().filter(|&&(_, end)| end == other).collect();
        writers.dedup();
        let is_outside = pipe.is_outside_at(t, other);
        let next = match writers.as_slice() {
            [] if is_outside => format!(
                "Somebody outside may hold end {}: {me} goes on when it writes, or closes it.",
                other.text()
            ),
            many if is_outside => {
                let who: Vec<_> = many.iter().map(|(who, _)| self.name(*who)).collect();
                format!(
                    "The next write of one of them wakes {me}. EOF comes only when all have closed \
                     end {}: {} and others outside.",
                    other.text(),
                    who.join(", ")
                )
            }
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
                let mut others = many.iter().filter(|(who, _)| *who != self.actor.id);
                let sends = match (others.next(), others.next()) {
                    (Some((one, _)), None) => format!("{}; its next send", self.doing(*one)),
                    _ => "The next send of one of them".to_owned(),
                };
                format!(
                    "{sends} wakes {me}. EOF comes only when all have closed end {}: {}.",
                    other.text(),
                    who.join(", ")
                )
            }
        };
        (why, next)
    }
}
