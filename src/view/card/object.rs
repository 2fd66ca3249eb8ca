//! The facts of a queue, a pipe, a lock, and other objects.

use super::{Fact, names};
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object};
use crate::ui::flow::{part, readers, writers};
use crate::view::Moment;
use crate::view::words::{
    bytes, count, duration, holds, moment as stamp, object_name, object_words, short_name,
};

/// Returns what is known of an object.
pub(super) fn facts(id: ObjectId, moment: &Moment<'_>) -> Vec<Fact> {
    let (history, t) = (moment.history, moment.t);
    let Some(object) = history.object(id).filter(|object| object.created <= t) else {
        return Vec::new();
    };
    let mut made = format!(
        "by {} at {} s",
        short_name(history, object.creator, t),
        stamp(object.created)
    );
    if let Some(whole) = object.part_of {
        made = format!("a part of {}", object_name(history, whole));
    }
    let mut facts = match object.is_found() {
        true => vec![("found", format!("at {} s", stamp(object.created)))],
        false => vec![("made", made)],
    };
    if let Some(now) = object_words(history, id, t) {
        facts.push(("now", now.words.longest().to_owned()));
    }
    if object.is_queue() {
        queue(history, object, t, &mut facts);
    } else if object.is_lock() {
        lock(history, object, t, &mut facts);
    } else if matches!(object.class, Class::Pipe | Class::DuplexPipe) {
        // What comes through one that was found is not seen.
        if !object.is_found() {
            facts.push(("came", passed(history, object, t)));
            pressure(object, t, &mut facts);
        }
        ends(history, object, t, &mut facts);
    }
    facts.push(("waits", waiting(history, id, t)));
    facts
}

fn queue(history: &History, queue: &Object, t: Time, facts: &mut Vec<Fact>) {
    let pipe = part(history, queue, Part::Pipe);
    let items = u64::from(queue.items.at(t).unwrap_or(0));
    let mut text = count(items, "item", "items");
    if let Some(max) = queue.maxsize.filter(|&max| max > 0) {
        text = format!("{items} of {}", count(max, "place", "places"));
    }
    if let Some(peak) = queue.items.peak(Time::ZERO..t) {
        text.push_str(&format!(", {peak} at the most"));
    }
    facts.push(("items", text));
    if let Some(pipe) = pipe {
        pressure(pipe, t, facts);
    }
    facts.push(("came", passed(history, queue, t)));
    facts.push((
        "writers",
        names(history, writers(history, queue, pipe, t).into_iter(), t),
    ));
    facts.push((
        "readers",
        names(history, readers(history, queue, pipe, t).into_iter(), t),
    ));
    for (label, which) in [
        ("read lock", Part::ReadLock),
        ("write lock", Part::WriteLock),
    ] {
        let lock = part(history, queue, which);
        if let Some(now) = lock.and_then(|lock| object_words(history, lock.id, t)) {
            facts.push((label, now.words.longest().to_owned()));
        }
    }
    if let Some(pipe) = pipe {
        ends(history, pipe, t, facts);
    }
}

/// Says how full a pipe is.
fn pressure(pipe: &Object, t: Time, facts: &mut Vec<Fact>) {
    let Some(filled) = pipe.bytes.at(t) else {
        return;
    };
    // What is written counts from the attempt on: beyond the capacity it waits.
    let most = pipe.capacity.filter(|&most| most > 0).unwrap_or(u64::MAX);
    let mut text = match pipe.capacity {
        Some(capacity) => format!("{} of {}", bytes(filled.min(most)), bytes(capacity)),
        None => bytes(filled),
    };
    if let Some(peak) = pipe.bytes.peak(Time::ZERO..t) {
        text.push_str(&format!(", {} at the most", bytes(peak.min(most))));
    }
    facts.push(("in pipe", text));
}

/// Says how much came through: how many, how many a second.
fn passed(history: &History, object: &Object, t: Time) -> String {
    let all = history.messages_until(object.id, t).len() as u64;
    let left = u64::from(object.items.at(t).unwrap_or(0));
    let since = t.since(object.created).0;
    let noun = count(all, "message", "messages");
    let rate = if since > 0 {
        all as f64 * 1e9 / since as f64
    } else {
        0.0
    };
    format!(
        "{noun}, {} taken, {rate:.1} a second",
        all.saturating_sub(left)
    )
}

/// Says who has which end.
fn ends(history: &History, pipe: &Object, t: Time, facts: &mut Vec<Fact>) {
    let holders = history.holders_at(pipe.id, t);
    for (label, end) in [
        ("read end", End::Read),
        ("write end", End::Write),
        ("end a", End::A),
        ("end b", End::B),
    ] {
        let ever = history
            .holders_until(pipe.id, t)
            .iter()
            .any(|&(_, held)| held == end);
        let is_outside = pipe.is_outside_at(t, end) && matches!(end, End::Read | End::Write);
        if !ever && !is_outside {
            continue;
        }
        let of_end = holders.iter().filter(|&&(_, held)| held == end);
        let who = names(history, of_end.map(|&(who, _)| who), t);
        let who = match (who.is_empty(), is_outside) {
            (true, true) => "somebody outside".to_owned(),
            (true, false) => "nobody: closed".to_owned(),
            (false, true) => format!("{who} and others outside"),
            (false, false) => who,
        };
        facts.push((label, who));
    }
}

fn lock(history: &History, lock: &Object, t: Time, facts: &mut Vec<Fact>) {
    if let Some((since, Some(holder))) = lock.holder.change_at(t) {
        let text = format!(
            "{} since {} s, {}",
            short_name(history, holder, t),
            stamp(since),
            duration(t.since(since))
        );
        facts.push(("holder", text));
    }
    let (times, longest) = holds(lock, t);
    if times > 0 {
        let text = format!(
            "{}, {} at the longest",
            count(times, "time", "times"),
            duration(longest)
        );
        facts.push(("taken", text));
    }
    let known = lock.holder.until(t);
    let ever: Vec<ActorId> = known.filter_map(|(_, holder)| holder).take(256).collect();
    facts.push(("holders", names(history, ever.into_iter(), t)));
}

/// Says who waits for an object, and for how long.
fn waiting(history: &History, id: ObjectId, t: Time) -> String {
    let waiting = history.waiters_at(t, id).take(4).filter_map(|who| {
        let now = history.lane(who).at(t)?;
        let lasts = duration(t.since(now.start));
        Some(format!("{} {lasts}", short_name(history, who, t)))
    });
    waiting.collect::<Vec<_>>().join(", ")
}
