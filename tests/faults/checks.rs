//! What holds whoever died when: CPython's promises, no more and no less.

use super::round::{Ended, Play, Round};
use super::stuck;
use mpviz::event::{ActorId, Event, Kind, MessageId};
use mpviz::history::{History, Message};
use std::collections::{BTreeMap, BTreeSet};

/// Checks a round that has come to its end, or is stuck.
#[track_caller]
pub(crate) fn check(round: &Round, history: &History, log: &[Event], is_stuck: bool) -> Ended {
    let lost: u64 = log.iter().filter_map(lost_events).sum();
    assert_eq!(lost, 0, "events are lost");
    assert_eq!(history.odd(), 0, "the events make sense");
    let dead = killed(history);
    assert!(dead.len() <= 1, "{dead:?} died");
    let dead = dead.first().copied();
    // A thread that died before its first word is known to nobody.
    if let Some(dead) = dead.filter(|_| history.actor(round.victim).is_some()) {
        assert_eq!(dead, history.process_of(round.victim), "who died");
    }
    let printed = printed(log);
    nothing_twice(history, &printed);
    order_is_kept(history);
    let is_harmed = is_stuck || dead.is_some();
    match round.play {
        Play::Queue => queue(round, history, &printed, dead, is_stuck),
        Play::Pipe => pipe(round, history, log, &printed, dead),
        Play::Pool => pool(round, history, &printed, dead, is_stuck),
    }
    match (is_harmed, is_stuck) {
        (false, _) => Ended::Unharmed,
        (true, false) => Ended::Survived,
        (true, true) => {
            assert!(
                dead.is_some(),
                "stuck though nobody died: {}",
                stuck::describe(history)
            );
            Ended::Stuck
        }
    }
}

fn lost_events(event: &Event) -> Option<u64> {
    match event.kind {
        Kind::Gap { count, .. } => Some(count.unwrap_or(1)),
        _ => None,
    }
}

/// Returns who was killed.
fn killed(history: &History) -> Vec<ActorId> {
    let is_killed = |&&id: &&ActorId| {
        let exited = history.actor(id).and_then(|actor| actor.exited.as_ref());
        exited.is_some_and(|exit| exit.code == Some(-9))
    };
    history
        .processes()
        .iter()
        .filter(is_killed)
        .copied()
        .collect()
}

/// An item, as who got it printed it: by whom it was written, and its number.
type Item = (u64, u64);

/// Returns what each process printed that it got, in order.
fn printed(log: &[Event]) -> BTreeMap<ActorId, Vec<Item>> {
    let mut printed: BTreeMap<ActorId, Vec<Item>> = BTreeMap::new();
    for event in log {
        let Kind::Output { text, .. } = &event.kind else {
            continue;
        };
        let mut words = text.split_whitespace();
        if words.next() == Some("got") {
            let mut number = || words.next().and_then(|word| word.parse().ok());
            let item = number().zip(number()).expect("two numbers");
            printed.entry(event.actor).or_default().push(item);
        }
    }
    printed
}

/// No message was received or printed twice.
fn nothing_twice(history: &History, printed: &BTreeMap<ActorId, Vec<Item>>) {
    let mut seen = BTreeSet::new();
    for item in printed.values().flatten() {
        assert!(seen.insert(item), "{item:?} came twice");
    }
    // That one message has two receives would be odd, and is counted as such by the history.
    let ids: BTreeSet<MessageId> = history.messages().iter().map(|m| m.id).collect();
    assert_eq!(ids.len(), history.messages().len(), "a message has two ids");
}

/// What each writer wrote came in its own order, without a hole but at the end.
fn order_is_kept(history: &History) {
    let mut of_sender: BTreeMap<(ActorId, Option<mpviz::event::ObjectId>), Vec<&Message>> =
        BTreeMap::new();
    for message in history.messages() {
        of_sender
            .entry((message.id.sender, message.pipe()))
            .or_default()
            .push(message);
    }
    for messages in of_sender.values_mut() {
        messages.sort_by_key(|message| message.id.number);
        let sent = messages.iter().map(|m| m.sent().map(|(t, _)| t));
        assert!(is_order(sent), "sent out of order");
        let received = messages.iter().map(|m| m.received().map(|(t, _)| t));
        assert!(
            is_order(received.filter(Option::is_some)),
            "received out of order"
        );
    }
}

/// Whether times rise, and nothing comes after one that is missing.
fn is_order(times: impl Iterator<Item = Option<mpviz::event::Time>>) -> bool {
    let times: Vec<_> = times.collect();
    times.windows(2).all(|pair| match (pair[0], pair[1]) {
        (Some(a), Some(b)) => a <= b,
        (None, Some(_)) => false,
        (_, None) => true,
    })
}

fn name(history: &History, id: ActorId) -> &str {
    history.actor(id).map_or("", |actor| actor.name.as_str())
}

/// Returns the messages that went into the pipe and did not come out.
fn left_in_pipe(history: &History) -> usize {
    let is_left = |m: &&Message| m.sent().is_some() && m.received().is_none();
    history.messages().iter().filter(is_left).count()
}

fn queue(
    round: &Round,
    history: &History,
    printed: &BTreeMap<ActorId, Vec<Item>>,
    dead: Option<ActorId>,
    is_stuck: bool,
) {
    let dead_name = dead.map_or("", |dead| name(history, dead));
    let count: usize = printed.values().map(Vec::len).sum();
    let all = round.sizes.count(round.sizes.writers * round.sizes.items);
    if dead.is_none() {
        assert_eq!((count, is_stuck), (all, false), "nobody died, and all came");
    }
    // Each reader sees each writer's items in order.
    for items in printed.values() {
        for writer in 0..round.sizes.writers {
            let of_writer: Vec<u64> = items
                .iter()
                .filter(|item| item.0 == writer)
                .map(|item| item.1)
                .collect();
            assert!(of_writer.is_sorted(), "writer {writer}: {of_writer:?}");
        }
    }
    let read_by_dead = usize::from(dead_name.starts_with("reader"));
    if is_stuck || read_by_dead == round.sizes.count(round.sizes.readers) {
        // With nobody left to read, what fits into the pipe stays there.
        return;
    }
    // Everybody came to an end: of those who live nothing is lost but what a dead reader had.
    for writer in 0..round.sizes.writers {
        if dead_name == format!("writer-{writer}") {
            continue;
        }
        let got = printed
            .values()
            .flatten()
            .filter(|item| item.0 == writer)
            .count();
        let items = round.sizes.count(round.sizes.items);
        // A dead reader may have taken one that it had not printed yet.
        assert!(
            got + read_by_dead >= items,
            "writer {writer}: {got} of {items} came"
        );
    }
    // One sentinel stays for a reader that died.
    assert!(
        left_in_pipe(history) <= 1 + read_by_dead,
        "messages are left in the pipe"
    );
}

fn pipe(
    round: &Round,
    history: &History,
    log: &[Event],
    printed: &BTreeMap<ActorId, Vec<Item>>,
    dead: Option<ActorId>,
) {
    let said = |words: &str| {
        log.iter().any(|event| match &event.kind {
            Kind::Output { text, .. } => text.trim_end() == words,
            _ => false,
        })
    };
    let got: Vec<u64> = printed.values().flatten().map(|item| item.1).collect();
    let all: Vec<u64> = (0..round.sizes.items).collect();
    assert!(all.starts_with(&got), "{got:?} came");
    match dead.map(|dead| name(history, dead)) {
        None => {
            assert_eq!(got, all, "nobody died, and all came");
            assert!(said("receiver EOFError"));
        }
        Some("sender") => {
            // What it had written whole has come; in the middle of one it is an error.
            assert!(
                said("receiver EOFError") || said("receiver OSError"),
                "an end"
            );
        }
        Some("receiver") => {
            let sent = history
                .messages()
                .iter()
                .filter(|m| m.sent().is_some())
                .count();
            // Who writes when nobody reads is told; what fits before that is just lost.
            let is_told = said("sender BrokenPipeError");
            assert!(is_told || sent == all.len(), "{sent} were sent");
        }
        Some(name) => panic!("{name} died"),
    }
}

fn pool(
    round: &Round,
    history: &History,
    printed: &BTreeMap<ActorId, Vec<Item>>,
    dead: Option<ActorId>,
    is_stuck: bool,
) {
    let count: usize = printed.values().map(Vec::len).sum();
    let all = round.sizes.count(round.sizes.items);
    if dead.is_none() {
        assert_eq!((count, is_stuck), (all, false), "nobody died, and all came");
    }
    if !is_stuck {
        assert_eq!(count, all, "it came to its end, so all came");
    }
    // A task is lost only with the worker that was in it.
    for task in history.tasks() {
        if let Some((_, by)) = task.started
            && task.finished.is_none()
        {
            assert_eq!(
                Some(by),
                dead,
                "task {} was started and not finished",
                task.id
            );
        }
    }
}
