//! Chains of waiting: who waits for whom, from one process on.

use super::names;
use super::things::has_no_room;
use crate::event::words::Operation;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{Form, History, Need, State, What};

/// The most links that are followed.
const LINKS: usize = 8;

/// One link: somebody waits, for somebody or for room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    /// Who waits.
    pub(crate) who: ActorId,
    /// Whom or what it waits for.
    pub(crate) target: Target,
}

/// What a link leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// The end of a process or thread.
    End(ActorId),
    /// Room in a pipe.
    Room(ObjectId),
}

/// Returns the links from an actor on, as of `t`: it joins another, which joins its feeder, which
/// needs room in a pipe. It ends where somebody does not wait, or where the chain meets itself.
pub(crate) fn wait_chain(history: &History, from: ActorId, t: Time) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut who = from;
    while links.len() < LINKS {
        let Some(State::Waiting(wait)) = history.lane(who).at(t).map(|now| now.state) else {
            break;
        };
        let target = match (wait.operation, wait.on, wait.object) {
            (Operation::Join | Operation::JoinFeeder | Operation::Wait, Some(on), _) => {
                Target::End(on)
            }
            (Operation::Write | Operation::Send, _, Some(pipe))
                if has_no_room(history, Some(pipe), t) =>
            {
                Target::Room(pipe)
            }
            _ => break,
        };
        links.push(Link { who, target });
        match target {
            Target::End(on) if links.iter().all(|link| link.who != on) => who = on,
            _ => break,
        }
    }
    links
}

/// Returns a chain of two links or more as a sentence: `Main waits for writer, writer for its
/// feeder, feeder for room in the pipe.`
pub(super) fn chain_words(history: &History, links: &[Link], t: Time) -> Option<String> {
    if links.len() < 2 {
        return None;
    }
    let mut words = String::new();
    for link in links {
        let who = names::short_name(history, link.who, t);
        let target = match link.target {
            Target::End(on) if is_thread_of(history, on, link.who) => {
                format!("its {}", names::short_name(history, on, t))
            }
            Target::End(on) => names::short_name(history, on, t),
            Target::Room(_) => "room in the pipe".to_owned(),
        };
        if words.is_empty() {
            words = format!("{who} waits for {target}");
        } else {
            words.push_str(&format!(", {who} for {target}"));
        }
    }
    words.push('.');
    Some(words)
}

/// Returns a circle as a sentence: `Main waits for writer, writer for its feeder, feeder for room
/// in the pipe of q, which only Main could make.`
pub(super) fn circle_words(history: &History, circle: &[Need], t: Time) -> String {
    let mut words = String::new();
    for (at, need) in circle.iter().enumerate() {
        let next = circle.get(at + 1).or(circle.first());
        let next = next.map_or(need.who, |next| next.who);
        let (who, mover) = (
            names::short_name(history, need.who, t),
            names::short_name(history, next, t),
        );
        let target = match need.what {
            What::End(on) if is_thread_of(history, on, need.who) => format!("its {mover}"),
            What::End(_) => mover,
            What::Lock(lock) => {
                format!("the {}, which {mover} holds", names::object(history, lock))
            }
            What::Room(object) => {
                format!(
                    "room in the {}, which {mover} could make",
                    names::object(history, object)
                )
            }
            What::Item(object) => {
                format!(
                    "something from {}, which {mover} could send",
                    names::object(history, object)
                )
            }
            What::Word(_) | What::Any | What::Result | What::Nothing => mover,
        };
        if at == 0 {
            words = format!("{who} waits for {target}");
        } else {
            words.push_str(&format!(", {who} for {target}"));
        }
    }
    words.push('.');
    words
}

fn is_thread_of(history: &History, thread: ActorId, process: ActorId) -> bool {
    let form = history.actor(thread).map(|known| known.form);
    matches!(form, Some(Form::Thread { process: of, .. }) if of == process)
}
