//! Sentences about waits: what somebody waits for, and how the wait ended.

use super::names;
use super::number::duration;
use super::sentence::{Said, Teller};
use super::several::{any_of, is_for_several};
use super::sign::Sign;
use super::things::has_no_room;
use super::waits::{
    NEWS, fill, has_ended, has_items, holds_read_lock, is_news, is_pool_thread, items, lock_words,
    not_done, state_before, wait_ended,
};
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Event, Kind, Span, Time};
use crate::history::{History, State, Wait};

impl Teller<'_> {
    /// Says what an event means for a wait or a sleep.
    pub(super) fn wait(&self) -> Option<Said> {
        match &self.event.kind {
            Kind::Slept { until } => Said::detail(
                Sign::Asleep,
                format!("sleeps {}", duration(until.since(self.event.t))),
            ),
            Kind::Blocked {
                operation, timeout, ..
            } => self.blocked(*operation, *timeout),
            Kind::Unblocked { outcome, .. } => self.unblocked(*outcome),
            _ => None,
        }
    }

    fn blocked(&self, operation: Operation, timeout: Option<Span>) -> Option<Said> {
        let (history, actor, t) = (self.history, self.event.actor, self.event.t);
        if operation == Operation::Idle || !is_news(history, actor, t) {
            return None;
        }
        let outer = state_before(history, actor, t);
        if outer.is_some() && operation == Operation::Acquire {
            // Told with the operation that it is a part of.
            return None;
        }
        if outer.is_some_and(|outer| outer.operation == Operation::JoinPool)
            || is_pool_thread(history, actor)
        {
            // A pool joins its workers one by one, and its threads wait all the time.
            return None;
        }
        let Kind::Blocked { object, on, .. } = self.event.kind else {
            return None;
        };
        if operation == Operation::Join && on.is_some_and(|on| has_ended(history, on, t)) {
            return None;
        }
        let wait = Wait {
            operation,
            object,
            on,
            timeout,
        };
        let as_of = t + NEWS;
        let inner = match history.lane(actor).at(as_of).map(|now| now.state) {
            Some(State::Waiting(inner)) if inner.operation == Operation::Acquire => Some(inner),
            _ => None,
        };
        if operation == Operation::Get && inner.is_none() && has_items(history, object, t) {
            // It only takes what is there: the message's own sentence tells it.
            return None;
        }
        let gives = sign_of(operation) == Sign::Put;
        if gives && inner.is_none() && !has_no_room(history, object, as_of) {
            // It only took as long as writing takes.
            return None;
        }
        let mut text = waits_for(history, actor, wait, inner, as_of);
        if let Some(timeout) = timeout.filter(|timeout| timeout.0 > 0) {
            text.push_str(", at most ");
            text.push_str(&duration(timeout));
        }
        Said::new(
            sign_of(inner.map_or(operation, |inner| inner.operation)),
            text,
        )
    }

    fn unblocked(&self, outcome: Outcome) -> Option<Said> {
        let (history, actor, t) = (self.history, self.event.actor, self.event.t);
        let (began, wait) = wait_ended(history, actor, t)?;
        if is_pool_thread(history, actor) {
            return None;
        }
        let lasted = t.since(began);
        let what = wait.operation.text();
        match outcome {
            Outcome::Done => self.done(wait, began, lasted),
            // Told by the EOF's own event.
            Outcome::Eof => None,
            Outcome::Full => Said::new(Sign::Put, self.gave_up(wait, "Full", lasted)),
            Outcome::Empty => Said::new(Sign::Get, self.gave_up(wait, "Empty", lasted)),
            Outcome::TimedOut => Said::new(
                sign_of(wait.operation),
                format!(
                    "{what} gives up after {}: the time is over",
                    duration(lasted)
                ),
            ),
            Outcome::Broken if wait.operation == Operation::Await => Said::new(
                Sign::Alert,
                format!(
                    "its wait fails after {}: the barrier is broken",
                    duration(lasted)
                ),
            ),
            Outcome::Broken => {
                let closer = history.waker(actor, wait, began, &self.event.kind, t);
                let closer = closer.map_or_else(String::new, |closer| {
                    format!("; {} had it last", self.name(closer.who))
                });
                Said::new(
                    Sign::Alert,
                    format!("{what} fails: broken pipe, nobody holds the other end{closer}"),
                )
            }
            Outcome::Interrupted => Said::new(
                sign_of(wait.operation),
                format!(
                    "{what} is interrupted by a signal after {}",
                    duration(lasted)
                ),
            ),
            Outcome::Failed => Said::new(
                Sign::Alert,
                format!("{what} fails after {}", duration(lasted)),
            ),
        }
    }

    /// Says that a wait for a process or a pool is over; of the others their result tells.
    fn done(&self, wait: Wait, began: Time, lasted: Span) -> Option<Said> {
        let history = self.history;
        let after = duration(lasted);
        let child = wait.on.and_then(|on| history.actor(on));
        match wait.operation {
            Operation::Join => {
                let now = history.lane(self.event.actor).at(self.event.t);
                if let Some(State::Waiting(outer)) = now.map(|now| now.state)
                    && outer.operation == Operation::JoinPool
                {
                    return None;
                }
                let name = self.name(wait.on?);
                let ended = child
                    .and_then(|child| child.exited.as_ref())
                    .map(|exit| exit.t);
                match ended {
                    Some(ended) if ended < began => Said::new(
                        Sign::Join,
                        format!(
                            "joins {name}, which ended {} ago",
                            duration(self.event.t.since(ended))
                        ),
                    ),
                    _ => {
                        let code = child.and_then(|child| child.exit_at(self.event.t));
                        let exit = match code.and_then(|exit| exit.code) {
                            Some(code) => format!(": exit code {code}"),
                            None => String::new(),
                        };
                        let text = format!("join {name} returns after {after}{exit}");
                        Said::new(Sign::Running, text)
                    }
                }
            }
            Operation::JoinFeeder => {
                Said::new(Sign::Running, format!("its feeder is done after {after}"))
            }
            Operation::JoinPool => Said::new(
                Sign::Running,
                format!("join returns after {after}: all workers have ended"),
            ),
            Operation::Wait | Operation::Communicate => {
                let what = wait.operation.text();
                let code = child
                    .and_then(|child| child.exited.as_ref())
                    .filter(|exit| exit.t <= self.event.t);
                let verdict = match code {
                    Some(exit) => format!(": {}", names::verdict(exit.code)),
                    None => String::new(),
                };
                Said::new(
                    Sign::Running,
                    format!("{what} returns after {after}{verdict}"),
                )
            }
            Operation::Await | Operation::Notify | Operation::Poll if lasted >= Span::millis(1) => {
                let woken = self.woken(wait, began);
                Said::detail(Sign::Running, format!("goes on after {after}{woken}"))
            }
            Operation::Put | Operation::Send if lasted >= Span::millis(1) => {
                let (what, woken) = (wait.operation.text(), self.woken(wait, began));
                Said::detail(
                    Sign::Running,
                    format!("{what} goes on after {after}{woken}"),
                )
            }
            _ => None,
        }
    }

    /// Says who ended a wait, where that is known: `: writer woke it`.
    fn woken(&self, wait: Wait, began: Time) -> String {
        let Event { actor, t, kind, .. } = &self.event;
        let waker = self.history.waker(*actor, wait, began, kind, *t);
        waker.map_or_else(String::new, |waker| {
            format!(": {} woke it", self.name(waker.who))
        })
    }

    fn gave_up(&self, wait: Wait, error: &str, lasted: Span) -> String {
        let what = wait.operation.text();
        let state = match wait.object.map(|id| names::object(self.history, id)) {
            Some(name) => format!("{name} is {}", error.to_lowercase()),
            None => error.to_lowercase(),
        };
        match wait.timeout {
            Some(Span::ZERO) => format!("{what} without waiting fails at once: {error}, {state}"),
            _ => format!("{what} fails: {error}, {state} for {}", duration(lasted)),
        }
    }
}

/// Says what an actor waits for, as of `t`. `inner` is the lock that it waits for within the
/// operation, if it does.
pub(super) fn waits_for(
    history: &History,
    actor: ActorId,
    wait: Wait,
    inner: Option<Wait>,
    t: Time,
) -> String {
    let object = wait.object.map(|id| names::object(history, id));
    let object = object.as_deref().unwrap_or("it");
    let on = wait.on.map(|on| names::other(history, on, t));
    let on = on.as_deref();
    if let Some(lock) = inner.and_then(|inner| inner.object) {
        return format!(
            "waits in {} for {}",
            wait.operation.text(),
            lock_words(history, lock, t)
        );
    }
    match wait.operation {
        Operation::Get | Operation::Recv | Operation::Read
            if history.has_item_for(actor, wait.object, t) == Some(true) =>
        {
            format!("is about to take what is in {object}")
        }
        Operation::Get => {
            let holds = holds_read_lock(history, actor, wait.object, t);
            let holds = if holds { ", holds the read lock" } else { "" };
            format!("waits in get: {object} is empty{holds}")
        }
        Operation::Put => format!(
            "waits in put: {object} is full{}",
            items(history, wait.object, t)
        ),
        Operation::Send => format!(
            "waits in send: {object} is full{}",
            fill(history, wait.object, t)
        ),
        Operation::Write => format!(
            "waits in write: the pipe is full{}",
            fill(history, wait.object, t)
        ),
        Operation::Recv => format!("waits in recv: nothing has come through {object}"),
        Operation::Read => format!("waits in read: nothing has come through {object}"),
        Operation::Poll if is_for_several(wait) => {
            let what = any_of(history, actor, t);
            format!(
                "waits for {}",
                what.as_deref().unwrap_or("one of several things")
            )
        }
        Operation::Poll => format!("waits until {object} has something to read"),
        Operation::Acquire => match wait.object {
            Some(lock) => format!("waits for {}", lock_words(history, lock, t)),
            None => "waits for a lock".to_owned(),
        },
        Operation::Join => format!("joins {}: waits for its end", on.unwrap_or("a process")),
        Operation::JoinFeeder => "joins its feeder: its buffer must get into the pipe".to_owned(),
        Operation::JoinPool => "joins the pool: waits until its workers have ended".to_owned(),
        Operation::Wait => format!("waits for {} to end", on.unwrap_or(object)),
        Operation::Communicate => {
            format!(
                "communicates with {}: until EOF and its end",
                on.unwrap_or(object)
            )
        }
        Operation::Fetch => "waits for the result of a task".to_owned(),
        Operation::Await => match not_done(history, wait.object, t) {
            Some(_) => format!("joins {object}: waits until every item is done"),
            None => format!("waits for {object}"),
        },
        Operation::Notify => "waits until those that it notified have woken".to_owned(),
        Operation::Idle => "waits for something to do".to_owned(),
    }
}

/// Returns the sign of what one waits in.
pub(crate) fn sign_of(operation: Operation) -> Sign {
    match operation {
        Operation::Put | Operation::Send | Operation::Write => Sign::Put,
        Operation::Get
        | Operation::Recv
        | Operation::Read
        | Operation::Poll
        | Operation::Fetch
        | Operation::Idle => Sign::Get,
        Operation::Acquire | Operation::Await | Operation::Notify => Sign::Lock,
        Operation::Join
        | Operation::JoinFeeder
        | Operation::JoinPool
        | Operation::Wait
        | Operation::Communicate => Sign::Join,
    }
}
