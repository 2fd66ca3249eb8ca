//! The facts of a message, and of a task.

use super::Fact;
use crate::event::{ActorId, MessageId, TaskId, Time};
use crate::history::{History, Message};
use crate::view::Moment;
use crate::view::words::{
    bytes, duration, moment as stamp, object_name, short_item, short_name, shown,
};

/// Returns what is known of a message.
pub(super) fn facts(id: MessageId, moment: &Moment<'_>) -> Vec<Fact> {
    let (history, t) = (moment.history, moment.t);
    let Some(message) = history.message(id).filter(|message| message.known <= t) else {
        return Vec::new();
    };
    let name = |actor: ActorId| short_name(history, history.process_of(actor), t);
    let put = message.put().filter(|&at| at <= t);
    let sent = message.sent().filter(|&(at, _)| at <= t);
    let received = message.received().filter(|&(at, _)| at <= t);
    let lost = message.lost().filter(|&at| at <= t);
    let value = if message.label.is_empty() {
        "not told".to_owned()
    } else {
        shown(&message.label).into_owned()
    };
    let mut facts = vec![("value", value)];
    let of = short_name(history, id.sender, t);
    let size = format!("{}, message {} of {of}", bytes(message.bytes), id.number);
    facts.push(("size", size));
    if let Some(object) = message.queue().or(message.pipe()) {
        facts.push(("through", object_name(history, object)));
    }
    if let Some(put) = put {
        facts.push(("put", format!("by {} at {} s", name(id.sender), stamp(put))));
        let until = sent.map(|(at, _)| at).or(lost).unwrap_or(t);
        facts.push((
            "in buffer",
            so_long(put, until, sent.is_none() && lost.is_none()),
        ));
    }
    if let Some((at, writer)) = sent {
        if put.is_none() {
            facts.push(("sent", format!("by {} at {} s", name(writer), stamp(at))));
        }
        let until = received.map_or(t, |(at, _)| at);
        facts.push(("in pipe", so_long(at, until, received.is_none())));
    }
    if let Some((at, reader)) = received {
        facts.push(("got", format!("by {} at {} s", name(reader), stamp(at))));
        if let Some(begun) = put.or(sent.map(|(at, _)| at)) {
            facts.push(("in all", duration(at.since(begun))));
        }
    }
    if let Some(at) = lost {
        facts.push(("lost", format!("at {} s, with its process", stamp(at))));
    }
    let (before, after) = neighbours(history, message, t);
    facts.push((
        "before it",
        before.map_or_else(String::new, |other| told(history, other, t)),
    ));
    facts.push((
        "after it",
        after.map_or_else(String::new, |other| told(history, other, t)),
    ));
    facts
}

fn so_long(from: Time, until: Time, goes_on: bool) -> String {
    let lasts = duration(until.since(from));
    if goes_on {
        format!("for {lasts} now")
    } else {
        format!("{lasts}, from {} to {} s", stamp(from), stamp(until))
    }
}

/// Returns the messages that went through the same queue or pipe right before and after one.
fn neighbours<'a>(
    history: &'a History,
    message: &Message,
    t: Time,
) -> (Option<&'a Message>, Option<&'a Message>) {
    let Some(object) = message.queue().or(message.pipe()) else {
        return (None, None);
    };
    // They stand in the order in which they became known.
    let all = history.messages_until(object, t).len();
    let at = |n: usize| history.messages_until(object, t).nth(n);
    let (mut low, mut high) = (0, all);
    while low < high {
        let middle = low + (high - low) / 2;
        if at(middle).is_some_and(|other| other.known < message.known) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let mut place = low;
    while place < all.min(low + 64) && at(place).is_some_and(|other| other.id != message.id) {
        place += 1;
    }
    (place.checked_sub(1).and_then(at), at(place + 1))
}

/// Says what a neighbour is and where.
fn told(history: &History, message: &Message, t: Time) -> String {
    let label = short_item(message);
    let sender = short_name(history, history.process_of(message.id.sender), t);
    match message.received().filter(|&(at, _)| at <= t) {
        Some((at, who)) => {
            let reader = short_name(history, history.process_of(who), t);
            format!("{label} of {sender}, got by {reader} at {} s", stamp(at))
        }
        None => format!("{label} of {sender}, waits"),
    }
}

/// Returns what is known of a task.
pub(super) fn task_facts(id: TaskId, moment: &Moment<'_>) -> Vec<Fact> {
    let (history, t) = (moment.history, moment.t);
    let Some(task) = history.task(id).filter(|task| task.submitted <= t) else {
        return Vec::new();
    };
    let mut facts = vec![
        ("function", shown(&task.function).into_owned()),
        ("submitted", format!("at {} s", stamp(task.submitted))),
    ];
    let started = task.started.filter(|&(at, _)| at <= t);
    let begun = started.map_or(t, |(at, _)| at);
    facts.push(("waited", so_long(task.submitted, begun, started.is_none())));
    if let Some((at, worker)) = started {
        facts.push(("worker", short_name(history, worker, t)));
        let end = task
            .finished
            .as_ref()
            .map(|end| end.t)
            .or(task.lost)
            .filter(|&end| end <= t);
        facts.push(("ran", so_long(at, end.unwrap_or(t), end.is_none())));
        let bands = history.bands(worker);
        let before = bands.iter().rfind(|band| band.start < at);
        let after = bands.iter().find(|band| band.start > at && band.start <= t);
        let told = |band: &crate::history::Band| {
            let function = history.task(band.task).map_or("", |task| &task.function);
            format!(
                "T{} {} from {} s",
                band.task,
                shown(function),
                stamp(band.start)
            )
        };
        facts.push(("before it", before.map_or_else(String::new, told)));
        facts.push(("after it", after.map_or_else(String::new, told)));
    }
    if let Some(end) = task.finished.as_ref().filter(|end| end.t <= t) {
        let text = match (&end.error, end.ok) {
            (_, true) => "went well".to_owned(),
            (Some(error), false) => format!("failed: {}", shown(error)),
            (None, false) => "failed".to_owned(),
        };
        facts.push(("result", text));
        let fetched = match task.fetched.filter(|&at| at <= t) {
            Some(at) => format!("at {} s", stamp(at)),
            None => "by nobody so far".to_owned(),
        };
        facts.push(("fetched", fetched));
    }
    if let Some(at) = task.lost.filter(|&at| at <= t) {
        facts.push(("lost", format!("at {} s, with its worker", stamp(at))));
    }
    facts
}
