//! What an object is like at a time, in a few words.

use super::names;
use super::now::{Now, Words};
use super::number::{bytes, count};
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::{Class, End, Part};
use crate::event::{Kind, ObjectId, Time};
use crate::history::{History, Message, Object};

/// How many waiting items are named.
const NAMED: usize = 4;

/// Returns what an object is like at `t`; `None` where it does not exist yet, or has nothing to
/// tell.
///
/// `1 item: url_6`, `2 tasks wait in it`, `held by reader`, `full: 64 of 64 KiB`.
pub fn object_words(history: &History, object: ObjectId, t: Time) -> Option<Now> {
    let known = history.object(object).filter(|known| known.created <= t)?;
    match known.class {
        Class::Queue | Class::JoinableQueue | Class::SimpleQueue => Some(queue(history, known, t)),
        Class::Pipe | Class::DuplexPipe => Some(pipe(history, known, t)),
        Class::Lock | Class::RLock => Some(lock(history, known, t)),
        Class::Condition => Some(condition(history, known, t)),
        Class::Value | Class::Array => Some(value(history, known, t)),
        Class::Event => {
            let (since, flag) = known.count.change_at(t).unwrap_or((known.created, 0));
            let word = if flag > 0 { "set" } else { "not set" };
            Some(quiet(vec![word.into()], since))
        }
        Class::Barrier => {
            let (since, n) = known.count.change_at(t).unwrap_or((known.created, 0));
            let words = match known.maxsize {
                Some(parties) => vec![format!("{n} of {parties} wait"), format!("{n}/{parties}")],
                None => vec![format!("{n} wait")],
            };
            Some(quiet(words, since))
        }
        Class::Semaphore | Class::BoundedSemaphore => {
            let n = known.count.at(t)?;
            let since = known
                .count
                .change_at(t)
                .map_or(known.created, |(since, _)| since);
            Some(quiet(
                vec![
                    format!("{} free", count(n, "place", "places")),
                    n.to_string(),
                ],
                since,
            ))
        }
        _ => None,
    }
}

fn quiet(words: Vec<String>, since: Time) -> Now {
    Now {
        sign: Sign::None,
        task: None,
        words: Words::new(words),
        lasts: None,
        since,
        bad: false,
    }
}

fn queue(history: &History, queue: &Object, t: Time) -> Now {
    let (since, items) = queue.items.change_at(t).unwrap_or((queue.created, 0));
    let items = u64::from(items);
    if items == 0 {
        return quiet(vec!["empty".into()], since);
    }
    match queue.part {
        Some(Part::Inqueue) => {
            let verb = if items == 1 { "waits" } else { "wait" };
            let long = format!("{} {verb} in it", count(items, "task", "tasks"));
            return quiet(vec![long, format!("{items} {verb}")], since);
        }
        Some(Part::Outqueue) => {
            let verb = if items == 1 { "waits" } else { "wait" };
            let long = format!("{} {verb} in it", count(items, "result", "results"));
            return quiet(vec![long, format!("{items} {verb}")], since);
        }
        _ => {}
    }
    let ended = history.run().end_at(t).is_some();
    let what = count(items, "item", "items");
    let named = labels(waiting_in(history, queue.id, t));
    if ended {
        let words = vec![
            format!("{what} left unread: {named}"),
            format!("{what} left"),
        ];
        return Now {
            sign: Sign::Alert,
            bad: true,
            ..quiet(words, since)
        };
    }
    if queue.maxsize.is_some_and(|max| max > 0 && items >= max) {
        let words = vec![
            format!("full, {what}: {named}"),
            format!("full: {what}"),
            "full".into(),
        ];
        return Now {
            sign: Sign::Put,
            bad: true,
            ..quiet(words, since)
        };
    }
    let mut words = vec![what.clone()];
    if !named.is_empty() {
        words.insert(0, format!("{what}: {named}"));
    }
    quiet(words, since)
}

/// Returns the first messages that wait in a queue, the next one out first: those in its pipe, then
/// a few of those in the buffers.
pub(crate) fn waiting_in(history: &History, queue: ObjectId, t: Time) -> Vec<&Message> {
    let Some(known) = history.object(queue) else {
        return Vec::new();
    };
    let mut waiting = Vec::new();
    for &part in &known.parts {
        if history
            .object(part)
            .is_some_and(|part| part.part == Some(Part::Pipe))
        {
            waiting.extend(history.in_pipe(part, None, t));
        }
    }
    for process in history.putters_of(queue, t) {
        if waiting.len() > NAMED {
            break;
        }
        waiting.extend(history.in_buffer(queue, process, t).take(NAMED + 1));
    }
    waiting
}

/// Returns the names of the first few messages: `url_4 url_5 …`.
fn labels(waiting: Vec<&Message>) -> String {
    let mut text = String::new();
    for (at, message) in waiting.iter().enumerate() {
        if at >= NAMED {
            text.push_str(" …");
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&names::short_item(message));
    }
    text
}

fn pipe(history: &History, pipe: &Object, t: Time) -> Now {
    if let Some(part @ (Part::Stdin | Part::Stdout | Part::Stderr)) = pipe.part {
        return stream(history, pipe, part, t);
    }
    if pipe.is_found() {
        return found_pipe(history, pipe, t);
    }
    let (since, filled) = pipe.bytes.change_at(t).unwrap_or((pipe.created, 0));
    let items = pipe.items.at(t).unwrap_or(0);
    if let Some(capacity) = pipe.capacity.filter(|&capacity| {
        // The kernel counts pages, a message that does not fit as a whole waits.
        capacity > 0 && (filled >= capacity || is_written_by_a_waiter(history, pipe.id, t))
    }) {
        let words = vec![full_pipe(filled, capacity), "full".into()];
        return Now {
            sign: Sign::Put,
            bad: true,
            ..quiet(words, since)
        };
    }
    if items > 0 {
        let verb = if items == 1 { "waits" } else { "wait" };
        let long = format!("{} {verb}", count(u64::from(items), "message", "messages"));
        let mut words = vec![long, format!("{items} {verb}")];
        if pipe.class == Class::DuplexPipe {
            let into = |end| history.in_pipe(pipe.id, Some(end), t).len();
            let (a, b) = (into(End::A), into(End::B));
            if a > 0 && b > 0 {
                words.insert(0, format!("{a} wait a to b, {b} wait b to a"));
            }
        }
        return quiet(words, since);
    }
    if filled > 0 {
        return quiet(
            vec![format!("{} wait in it", bytes(filled)), bytes(filled)],
            since,
        );
    }
    quiet(vec!["empty".into()], since)
}

/// Says from whom to whom a pipe leads of which nothing else is known.
fn found_pipe(history: &History, pipe: &Object, t: Time) -> Now {
    let holders = history.holders_at(pipe.id, t);
    if holders.is_empty() {
        let mut ends = [End::Read, End::Write].into_iter();
        let state = match ends.any(|end| pipe.is_outside_at(t, end)) {
            true => "held outside",
            false => "closed",
        };
        return quiet(vec![state.into()], pipe.created);
    }
    let names = |wanted: End| -> String {
        let of_end = holders.iter().filter(|&&(_, end)| end == wanted);
        let names: Vec<&str> = of_end
            .map(|&(id, _)| history.name_of_actor(id, t))
            .collect();
        match names.as_slice() {
            _ if pipe.is_outside_at(t, wanted) => match names.as_slice() {
                [] => "somebody outside".to_owned(),
                [one] => format!("{one} and others outside"),
                many => format!("{} and others outside", many.len()),
            },
            [] => "nobody".to_owned(),
            [one] => (*one).to_owned(),
            many => count(many.len() as u64, "process", "processes"),
        }
    };
    let words = format!("{} to {}", names(End::Write), names(End::Read));
    quiet(vec![words, "in use".into()], pipe.created)
}

/// Says how a stream of another program is: what that program does with it is not seen.
fn stream(history: &History, pipe: &Object, part: Part, t: Time) -> Now {
    let (since, filled) = pipe.bytes.change_at(t).unwrap_or((pipe.created, 0));
    let holders = history.holders_at(pipe.id, t);
    let is_open = holders.iter().any(|&(_, end)| end == End::Write);
    let state = if is_open { "open" } else { "closed" };
    // Of its input it is known what went in, and not what it has taken.
    if part == Part::Stdin && filled > 0 {
        let words = vec![
            format!("{} written, {state}", bytes(filled)),
            state.to_owned(),
        ];
        return quiet(words, since);
    }
    quiet(vec![state.to_owned()], since)
}

/// Whether there may be no room in a queue or pipe at `t`: a bounded queue is full, or a pipe more
/// than half. How much a pipe takes before a writer waits depends on the kernel's pages.
pub(crate) fn has_no_room(history: &History, object: Option<ObjectId>, t: Time) -> bool {
    history.has_no_room(object, t)
}

/// Whether somebody waits for room in a pipe at `t`.
pub(crate) fn is_written_by_a_waiter(history: &History, pipe: ObjectId, t: Time) -> bool {
    use crate::event::words::Operation;
    use crate::history::State;
    if !has_no_room(history, Some(pipe), t) {
        return false;
    }
    history.active_at(t).any(|actor| {
        matches!(
            history.lane(actor.id).at(t).map(|now| now.state),
            Some(State::Waiting(wait)) if wait.object == Some(pipe)
                && matches!(wait.operation, Operation::Write | Operation::Send)
        )
    })
}

/// Returns `full: 64 of 64 KiB`. What is written counts from the attempt on: beyond the capacity it
/// waits.
pub(crate) fn full_pipe(filled: u64, capacity: u64) -> String {
    let (a, b) = (bytes(filled.min(capacity)), bytes(capacity));
    match (a.split_once(' '), b.split_once(' ')) {
        (Some((n, unit)), Some((_, other))) if unit == other => format!("full: {n} of {b}"),
        _ => format!("full: {a} of {b}"),
    }
}

fn lock(history: &History, lock: &Object, t: Time) -> Now {
    if let Some((since, holder)) = lock.lost_at(t) {
        let holder = names::short_name(history, holder, t);
        let words = vec![format!("lost with {holder}"), "lost".into()];
        return Now {
            sign: Sign::Killed,
            bad: true,
            ..quiet(words, since)
        };
    }
    match lock.holder.change_at(t) {
        Some((since, Some(holder))) => {
            let holder = names::other(history, holder, t);
            quiet(vec![format!("held by {holder}"), "held".into()], since)
        }
        Some((since, None)) => quiet(vec!["free".into()], since),
        None => quiet(vec!["free".into()], lock.created),
    }
}

/// Says how many wait for a condition, and who holds its lock.
fn condition(history: &History, condition: &Object, t: Time) -> Now {
    let mut now = lock(history, condition, t);
    if let Some((since, n)) = condition.count.change_at(t).filter(|&(_, n)| n > 0) {
        let held = condition.holder.at(t).flatten().is_some();
        let waiting = format!("{n} wait");
        let long = format!("{waiting}, {}", now.words.longest());
        let words = if held || now.bad {
            vec![long, waiting]
        } else {
            vec![waiting]
        };
        now.words = Words::new(words);
        now.since = now.since.max(since);
    }
    now
}

/// Says what was written last, and who holds the lock.
fn value(history: &History, value: &Object, t: Time) -> Now {
    let now = lock(history, value, t);
    let last = value.written.change_at(t);
    let label = last.and_then(|(since, at)| {
        let at = usize::try_from(at).ok()?;
        match history.log().range(at..at + 1).next()?.kind {
            Kind::ValueWritten { label, index, .. } => Some((since, index, label)),
            _ => None,
        }
    });
    let Some((since, index, label)) = label else {
        return now;
    };
    let what = match index {
        Some(index) => format!("[{index}] {}", shown(&label)),
        None => shown(&label).to_string(),
    };
    let held = value.holder.at(t).flatten().is_some();
    if held || now.bad {
        let words = vec![format!("{what}, {}", now.words.longest()), what];
        return Now {
            words: Words::new(words),
            ..now
        };
    }
    quiet(vec![what], since)
}
