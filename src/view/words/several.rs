//! Sentences about waits for one of several things.

use super::names;
use super::number::count;
use crate::event::words::Operation;
use crate::event::{ActorId, Time};
use crate::history::{History, Several, State, Thing, Wait};

/// So many are named.
const NAMED_MAX: usize = 4;

/// Whether a wait is for one of several things.
pub(super) fn is_for_several(wait: Wait) -> bool {
    wait.operation == Operation::Poll && wait.object.is_none()
}

/// Returns what an actor waits for at `t`, of which the first to come ends its wait: `a, b or
/// worker-1 to end`; `None` if that was not told.
pub(super) fn any_of(history: &History, actor: ActorId, t: Time) -> Option<String> {
    let several = several_at(history, actor, t)?;
    Some(names_of(history, several, " to end", t))
}

/// Returns the same in several lengths, the longest first: the last is how many they are.
pub(super) fn forms_of_any(history: &History, actor: ActorId, t: Time) -> Vec<String> {
    let Some(several) = several_at(history, actor, t) else {
        return Vec::new();
    };
    let things = u64::try_from(several.things.len()).unwrap_or(u64::MAX);
    let all = things.saturating_add(u64::from(several.others));
    let mut forms = vec![
        names_of(history, several, " to end", t),
        names_of(history, several, "", t),
    ];
    if all > 0 {
        forms.push(count(all, "thing", "things"));
    }
    forms
}

fn several_at(history: &History, actor: ActorId, t: Time) -> Option<&Several> {
    let began = match history.lane(actor).at(t) {
        Some(now) if matches!(now.state, State::Waiting(wait) if is_for_several(wait)) => now.start,
        _ => Time::ZERO,
    };
    history.several_of(actor, began, t)
}

/// Names them; `to_end` stands after processes.
fn names_of(history: &History, several: &Several, to_end: &str, t: Time) -> String {
    let is_end = |thing: &Thing| thing.actor().is_some();
    let (ends, pipes): (Vec<Thing>, Vec<Thing>) = several.things.iter().partition(|it| is_end(it));
    let mut names: Vec<String> = Vec::new();
    let all = pipes.iter().chain(&ends);
    let room = match several.things.len() {
        few if few <= NAMED_MAX => NAMED_MAX,
        _ => NAMED_MAX - 1,
    };
    let mut named_end = false;
    for thing in all.take(room) {
        named_end |= is_end(thing);
        names.extend(match *thing {
            Thing::Actor(actor) => Some(names::other(history, actor, t)),
            Thing::Object(object) => Some(names::object(history, object)),
            Thing::Message(_) | Thing::Task(_) => None,
        });
    }
    let left = several.things.len().saturating_sub(room);
    let mut words = listed(
        &names,
        if left == 0 && several.others == 0 {
            "or"
        } else {
            ","
        },
    );
    if named_end {
        words.push_str(to_end);
    }
    if left > 0 {
        words.push_str(&format!(" or {left} more"));
    }
    match (words.is_empty(), several.others) {
        (true, 0) => "nothing at all".to_owned(),
        (true, others) => count(u64::from(others), "descriptor", "descriptors"),
        (false, 0) => words,
        (false, others) => {
            let others = count(u64::from(others), "other descriptor", "other descriptors");
            format!("{words} or {others}")
        }
    }
}

/// Returns names with commas, and `last` before the last one.
fn listed(names: &[String], last: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., end] if last == "," => format!("{}, {end}", front.join(", ")),
        [front @ .., end] => format!("{} {last} {end}", front.join(", ")),
    }
}
