//! Questions about waits: whether they are news, when they began, what they are for.

use super::names;
use super::number::{bytes, count};
use crate::event::words::{Class, Part, Role};
use crate::event::{ActorId, Kind, ObjectId, Span, Time};
use crate::history::{Form, History, State, Wait};

/// Waits shorter than this are no news: the operation did not really wait.
pub(crate) const NEWS: Span = Span::micros(20);

/// Whether a wait that began at `t` has lasted long enough to be told, as far as is known.
pub(crate) fn is_news(history: &History, actor: ActorId, t: Time) -> bool {
    // Waits nest a few deep; each inner one is an interval of its own.
    for now in history.lane(actor).from(t).take(8) {
        if !matches!(now.state, State::Waiting(_)) {
            return false;
        }
        if now.end == Time::NEVER {
            return history.now() >= t + NEWS;
        }
        if now.end >= t + NEWS {
            return true;
        }
    }
    false
}

/// Returns what an actor waited in just before `t`.
pub(super) fn state_before(history: &History, actor: ActorId, t: Time) -> Option<Wait> {
    match history.lane(actor).at(Time(t.0.checked_sub(1)?))?.state {
        State::Waiting(wait) => Some(wait),
        _ => None,
    }
}

/// Returns the wait that ended at `t`, and when it began.
pub(crate) fn wait_ended(history: &History, actor: ActorId, t: Time) -> Option<(Time, Wait)> {
    let (now, earlier) = history.lane(actor).around(t);
    let goes_on = matches!(now.map(|now| now.state), Some(State::Waiting(_)));
    let mut found = None;
    for last in earlier.take(16) {
        let wait = match last.state {
            State::Waiting(wait) => wait,
            // It was stopped in the middle of its wait.
            State::Stopped => continue,
            _ => break,
        };
        found = Some((last.start, wait));
        if goes_on {
            break;
        }
    }
    found.or_else(|| wait_in_log(history, actor, t))
}

/// Finds a wait that took no time at all: its beginning is among the last events.
pub(super) fn wait_in_log(history: &History, actor: ActorId, t: Time) -> Option<(Time, Wait)> {
    let log = history.log();
    let until = history.log_until(t);
    let last = log.range(0..until).rev().take(64);
    last.filter(|event| event.actor == actor)
        .find_map(|event| match event.kind {
            Kind::Blocked {
                operation,
                object,
                on,
                timeout,
            } => Some((
                event.t,
                Wait {
                    operation,
                    object,
                    on,
                    timeout,
                },
            )),
            _ => None,
        })
}

pub(super) fn has_ended(history: &History, actor: ActorId, t: Time) -> bool {
    history
        .actor(actor)
        .and_then(|known| known.exited.as_ref())
        .is_some_and(|exit| exit.t <= t)
}

/// Whether an actor holds the read lock of a queue.
pub(super) fn holds_read_lock(
    history: &History,
    actor: ActorId,
    queue: Option<ObjectId>,
    t: Time,
) -> bool {
    let parts = queue
        .and_then(|queue| history.object(queue))
        .map(|queue| &queue.parts);
    parts.into_iter().flatten().any(|&part| {
        history.object(part).is_some_and(|part| {
            part.part == Some(Part::ReadLock) && part.holder.at(t).flatten() == Some(actor)
        })
    })
}

/// Returns a lock's name and who holds it: `q read lock, held by reader`.
pub(super) fn lock_words(history: &History, lock: ObjectId, t: Time) -> String {
    let name = names::object(history, lock);
    let Some(known) = history.object(lock) else {
        return name;
    };
    if let Some((_, holder)) = known.lost_at(t) {
        return format!("{name}, lost with {}", names::other(history, holder, t));
    }
    match known.holder.at(t).flatten() {
        Some(holder) => format!("{name}, held by {}", names::other(history, holder, t)),
        None => name,
    }
}

/// Whether an actor is one of a pool's own threads.
pub(super) fn is_pool_thread(history: &History, actor: ActorId) -> bool {
    history.actor(actor).is_some_and(|known| {
        matches!(
            known.form,
            Form::Thread {
                role: Role::TaskHandler | Role::ResultHandler | Role::WorkerHandler,
                ..
            }
        )
    })
}

/// Returns how many items of a joinable queue are not done yet, where one waits for that.
pub(super) fn not_done(history: &History, object: Option<ObjectId>, t: Time) -> Option<u64> {
    let queue = history.object(object?)?;
    (queue.class == Class::JoinableQueue).then(|| queue.count.at(t).unwrap_or(0))
}

pub(super) fn has_items(history: &History, queue: Option<ObjectId>, t: Time) -> bool {
    let known = queue.and_then(|queue| history.object(queue));
    known
        .and_then(|queue| queue.items.at(t))
        .is_some_and(|items| items > 0)
}

/// Returns how many items a bounded queue has: `, 3 of 3 items`.
pub(super) fn items(history: &History, queue: Option<ObjectId>, t: Time) -> String {
    let Some(known) = queue.and_then(|queue| history.object(queue)) else {
        return String::new();
    };
    match known.maxsize.filter(|&max| max > 0) {
        Some(max) => format!(", {}", count(max, "item", "items")),
        None => match known.items.at(t) {
            Some(n) if n > 0 => format!(", {}", count(u64::from(n), "item", "items")),
            _ => String::new(),
        },
    }
}

/// Returns how full a pipe is: `, 64 KiB`.
pub(super) fn fill(history: &History, pipe: Option<ObjectId>, t: Time) -> String {
    let known = pipe.and_then(|pipe| history.object(pipe));
    match known.and_then(|known| known.bytes.at(t)) {
        Some(n) if n > 0 => format!(", {}", bytes(n)),
        _ => String::new(),
    }
}
