//! The facts of a process or a thread.

use super::{Fact, names};
use crate::event::words::{End, Sight};
use crate::event::{ActorId, Time};
use crate::history::{Actor, Form, History, Unseen};
use crate::view::Moment;
use crate::view::words::{
    duration, moment as stamp, now_words, object_name, short_name, shown, signal, thread_word,
};

/// Returns what is known of a process.
pub(super) fn facts(id: ActorId, moment: &Moment<'_>) -> Vec<Fact> {
    let (history, t) = (moment.history, moment.t);
    let Some(actor) = history.actor(id) else {
        return Vec::new();
    };
    let mut facts = vec![made(history, actor, t)];
    let argv = actor.argv_at(t);
    if !argv.is_empty() {
        facts.push(("program", shown(&argv.join(" ")).into_owned()));
    }
    if let Some(function) = actor.function_at(t) {
        facts.push(("function", shown(function).into_owned()));
    }
    let begun = actor.forked.or(actor.started).filter(|&begun| begun <= t);
    if let Some(begun) = begun {
        let since = stamp(begun);
        let lived = match actor.exit_at(t) {
            Some(exit) => format!(
                "{since} to {} s, {}",
                stamp(exit.t),
                duration(exit.t.since(begun))
            ),
            None => format!("since {since} s, {}", duration(t.since(begun))),
        };
        facts.push(("lived", lived));
    }
    if let Some(now) = now_words(history, id, t) {
        let label = if actor.ended_at(t) { "exit" } else { "now" };
        let mut words = now.words.longest().to_owned();
        if let Some(lasts) = now.lasts {
            words.push_str(&format!(", for {}", duration(lasts)));
        }
        facts.push((label, words));
    }
    if let Some((at, by)) = actor.reaped.filter(|&(at, _)| at <= t) {
        facts.push((
            "reaped",
            format!("by {} at {} s", short_name(history, by, t), stamp(at)),
        ));
    }
    if let Some(adoption) = actor.adopted_at(t) {
        facts.push(("adopted", format!("its parent is now {}", adoption.ppid)));
    }
    for sent in actor
        .signals
        .iter()
        .filter(|sent| sent.t <= t)
        .rev()
        .take(2)
    {
        let from = short_name(history, sent.from, t);
        let text = format!("{} from {from} at {} s", signal(sent.number), stamp(sent.t));
        facts.push(("signal", text));
    }
    if let Some(reason) = actor.hidden_at(t) {
        facts.push(("messages", format!("not visible: {}", shown(reason))));
    }
    if let Some((_, error)) = actor.failed.as_ref().filter(|(at, _)| *at <= t) {
        facts.push(("error", shown(error).into_owned()));
    }
    if let Some(band) = history.band_at(id, t) {
        let function = history.task(band.task).map_or("", |task| &task.function);
        let text = format!(
            "T{} {}, {}",
            band.task,
            shown(function),
            duration(t.since(band.start))
        );
        facts.push(("task", text));
    }
    let unseen = actor.unseen.iter().chain(&history.run().unseen);
    let is_told = |unseen: &&Unseen| {
        let is_own = actor.hidden_at(t) == Some(&unseen.why);
        unseen.holds_at(t) && !(is_own && unseen.what == Sight::Messages)
    };
    for unseen in unseen.filter(is_told) {
        let text = format!("{}: {}", unseen.what.text(), shown(&unseen.why));
        facts.push(("not seen", text));
    }
    let children = history.children_of(id).iter().copied();
    let known = |id: &ActorId| history.actor(*id).is_some_and(|actor| actor.known <= t);
    facts.push(("children", names(history, children.filter(known), t)));
    let threads = history.threads_of(id).iter().copied();
    facts.push(("threads", names(history, threads.filter(known), t)));
    facts.push(("holds", held(history, id, t)));
    facts.push(("ends", ends(history, id, t)));
    if let Some(sample) = history.sample_at(id, t) {
        let text = format!(
            "cpu {}, memory {} KiB, {}",
            duration(sample.cpu),
            sample.memory / 1024,
            sample.state.text()
        );
        facts.push(("used", text));
    }
    facts
}

/// Says which process it is, whose child, and how it was made.
fn made(history: &History, actor: &Actor, t: Time) -> Fact {
    if let Form::Thread {
        process,
        role,
        object,
    } = actor.form
    {
        let of = short_name(history, process, t);
        let text = match object {
            Some(object) => format!(
                "{} of {of}, for {}",
                thread_word(role),
                object_name(history, object)
            ),
            None => format!("{} of {of}", thread_word(role)),
        };
        return ("thread", text);
    }
    let pid = |id: ActorId| {
        let pid = history.actor(id).and_then(|actor| actor.pid_at(t));
        pid.map_or_else(String::new, |pid| format!(" {pid}"))
    };
    let mut text = match pid(actor.id).trim() {
        "" => "no pid yet".to_owned(),
        pid => pid.to_owned(),
    };
    if let Some(parent) = actor.parent {
        let name = short_name(history, parent, t);
        text.push_str(&format!(", child of {name}{}", pid(parent)));
    }
    // How it was made is told by its fork.
    let begun = actor
        .forked
        .or(actor.started)
        .is_some_and(|begun| begun <= t);
    if let Some(method) = actor.method.filter(|_| begun) {
        text.push_str(&format!(", by {}", method.text()));
    }
    if actor.daemon && begun {
        text.push_str(", daemon");
    }
    ("process", text)
}

/// Returns the locks that an actor holds.
fn held(history: &History, id: ActorId, t: Time) -> String {
    let locks = history
        .objects()
        .iter()
        .filter(|object| object.holder.at(t).flatten() == Some(id));
    let names: Vec<String> = locks
        .take(6)
        .map(|lock| object_name(history, lock.id))
        .collect();
    names.join(", ")
}

/// Returns the ends of pipes that a process has: `write of data, a of pipe`.
fn ends(history: &History, id: ActorId, t: Time) -> String {
    let mut ends: Vec<String> = Vec::new();
    for object in history.objects() {
        let held = history.holders_at(object.id, t);
        let mine: Vec<&str> = held
            .iter()
            .filter(|&&(who, _)| who == id)
            .map(|&(_, end)| End::text(end))
            .collect();
        if !mine.is_empty() {
            ends.push(format!(
                "{} of {}",
                mine.join(" and "),
                object_name(history, object.id)
            ));
        }
        if ends.len() == 4 {
            break;
        }
    }
    ends.join(", ")
}
