//! What a run was, once it has ended: one sentence.

use super::life::is_worker;
use super::names;
use super::number::{count, number_word};
use crate::event::words::{Class, Method};
use crate::event::{ActorId, Time};
use crate::history::{Actor, History, Object};

/// So many queues are told one by one.
const QUEUES_MOST: usize = 3;

/// Returns what the run was, in one or two sentences: `Three processes ran five tasks; none was
/// made anew.`
pub(super) fn summary(history: &History, t: Time) -> String {
    [
        of_failure,
        of_pool,
        of_queue,
        of_pipe,
        of_call,
        of_adoption,
        of_processes,
    ]
    .iter()
    .find_map(|about| about(history, t))
    .unwrap_or_default()
}

/// What MainProcess failed with is what there is to know of a run, before all that it did.
fn of_failure(history: &History, t: Time) -> Option<String> {
    let main = history.actor(ActorId(1))?;
    let (_, error) = main.failed.as_ref()?;
    let name = names::full_name(history, main.id, t);
    Some(format!("{name} failed: {}.", super::shown(error)))
}

fn of_pool(history: &History, t: Time) -> Option<String> {
    if history.tasks().is_empty() {
        return None;
    }
    let workers: Vec<_> = history
        .actors()
        .filter(|actor| is_worker(history, actor.id, t))
        .collect();
    let first_end = workers
        .iter()
        .filter_map(|worker| worker.exited.map(|exit| exit.t))
        .min();
    let anew = workers
        .iter()
        .filter(|worker| matches!((worker.forked, first_end), (Some(f), Some(e)) if f > e))
        .count();
    let ran = history
        .tasks()
        .iter()
        .filter(|task| task.finished.is_some())
        .count();
    let anew = match anew {
        0 => "none was made anew".to_owned(),
        1 => "one was made anew".to_owned(),
        n => format!("{} were made anew", number(n)),
    };
    let processes = plural(workers.len(), "process", "processes");
    Some(sentence(&format!(
        "{processes} ran {}; {anew}",
        plural(ran, "task", "tasks")
    )))
}

fn of_queue(history: &History, t: Time) -> Option<String> {
    let is_own = |object: &&Object| match object.class {
        Class::Queue | Class::JoinableQueue => true,
        Class::SimpleQueue => object.part_of.is_none(),
        _ => false,
    };
    let passed = history.objects().iter().filter(is_own).map(|queue| {
        let put = u64::try_from(history.messages_of(queue.id).len()).unwrap_or(u64::MAX);
        let left = queue.items.at(t).map_or(0, u64::from).min(put);
        (names::object(history, queue.id), put, left)
    });
    let used: Vec<(String, u64, u64)> = passed.filter(|&(_, put, _)| put > 0).collect();
    let put: u64 = used.iter().map(|&(_, put, _)| put).sum();
    let left: u64 = used.iter().map(|&(.., left)| left).sum();
    let items = |n: u64| count(n, "item", "items");
    let text = match (used.as_slice(), left) {
        ([], _) => return None,
        (_, 0) => {
            let through = match used.as_slice() {
                [(name, ..)] => format!("{} went through {name}", items(put)),
                many if many.len() <= QUEUES_MOST => {
                    let each = many
                        .iter()
                        .enumerate()
                        .map(|(at, (name, put, _))| match at {
                            0 => format!("{} went through {name}", items(*put)),
                            _ => format!("{put} through {name}"),
                        });
                    each.collect::<Vec<_>>().join(", ")
                }
                many => format!("{} went through {} queues", items(put), many.len()),
            };
            let all = if put == 1 { "arrived" } else { "all arrived" };
            format!("{through}: {all}")
        }
        (all, _) => {
            let of = match all {
                [(name, ..)] => format!("{} of {name}", items(put)),
                many => format!("{} of {} queues", items(put), many.len()),
            };
            let was = if left == 1 { "was" } else { "were" };
            // Where there are several, which they are left in is told.
            let rest = all.iter().filter(|&&(.., left)| left > 0);
            let rest: Vec<&str> = rest
                .map(|(name, ..)| name.as_str())
                .take(QUEUES_MOST)
                .collect();
            let place = match all.len() {
                1 => String::new(),
                _ => format!(" of {}", rest.join(" and ")),
            };
            format!(
                "{} of {of} arrived; {left}{place} {was} never read",
                put - left
            )
        }
    };
    Some(sentence(&text))
}

fn of_pipe(history: &History, t: Time) -> Option<String> {
    let pipe = history.objects().iter().find(|object| {
        object.part_of.is_none() && matches!(object.class, Class::Pipe | Class::DuplexPipe)
    })?;
    let sent = history.messages_of(pipe.id).len();
    let left = pipe.items.at(t).map_or(0, |items| items as usize);
    (sent > 0).then(|| {
        let left = match left {
            0 => "all were received".to_owned(),
            1 => "one was never received".to_owned(),
            n => format!("{} were never received", number(n)),
        };
        sentence(&format!(
            "{} went through the pipe; {left}",
            plural(sent, "message", "messages")
        ))
    })
}

fn of_call(history: &History, t: Time) -> Option<String> {
    let called = history
        .actors()
        .find(|actor| actor.method == Some(Method::Exec))?;
    let exit = called.exited?;
    Some(format!(
        "{} ended with {}.",
        names::full_name(history, called.id, t),
        names::verdict(exit.code)
    ))
}

fn of_adoption(history: &History, t: Time) -> Option<String> {
    // Where mpviz ended the run, it is nobody's doing that a parent ended first.
    let has_left = |parent| !history.actor(parent).is_some_and(Actor::is_ended_by_mpviz);
    let orphan = history
        .actors()
        .find(|actor| actor.adopted_at(t).is_some() && actor.parent.is_none_or(has_left))?;
    let parent = orphan
        .parent
        .map(|parent| names::short_name(history, parent, t))?;
    let name = names::short_name(history, orphan.id, t);
    if history.run().is_attached() {
        let adopter = orphan.adopted_at(t)?.ppid;
        return Some(format!(
            "{parent} ended before {name}, so {name} was adopted by process {adopter}."
        ));
    }
    Some(format!(
        "{parent} ended before {name}, so {name} was adopted by mpviz (else: by PID 1)."
    ))
}

fn of_processes(history: &History, t: Time) -> Option<String> {
    let all: Vec<_> = history
        .actors()
        .filter(|actor| actor.is_process())
        .collect();
    let is_child = |actor: &&Actor| actor.parent.is_some() && actor.fork_failed.is_none();
    let children: Vec<&Actor> = all.into_iter().filter(is_child).collect();
    if children.is_empty() {
        return None;
    }
    let ends = how_they_ended(&children, history.run().is_attached(), t);
    let made = plural(children.len(), "process", "processes");
    let was = if children.len() == 1 { "was" } else { "were" };
    let maker = children.first()?.parent?;
    Some(
        match children.iter().all(|child| child.parent == Some(maker)) {
            // A name stays as it is written.
            true => format!(
                "{} made {made}; {ends}.",
                names::full_name(history, maker, t)
            ),
            false => sentence(&format!("{made} {was} made; {ends}")),
        },
    )
}

/// Says how several ended, as far as it was seen: `one of them ended badly, of two the exit code was
/// not seen`. Only those may go on that mpviz was attached to: a run of its own ends with its last
/// process.
fn how_they_ended(children: &[&Actor], may_go_on: bool, t: Time) -> String {
    let (mut badly, mut ours, mut unseen, mut living) = (0, 0, 0, 0);
    for child in children {
        let counted = match child.exit_at(t).map(|exit| exit.code) {
            None if may_go_on => &mut living,
            None => &mut unseen,
            Some(_) if child.is_ended_by_mpviz() => &mut ours,
            Some(Some(0)) => continue,
            Some(Some(_)) => &mut badly,
            Some(None) => &mut unseen,
        };
        *counted += 1;
    }
    let all = children.len();
    match (badly, ours, unseen, living) {
        (0, 0, 0, 0) if all == 1 => return "it ended with exit code 0".to_owned(),
        (0, 0, 0, 0) => return "each ended with exit code 0".to_owned(),
        (0, n, 0, 0) if n == all => return "mpviz ended what was left".to_owned(),
        (0, 0, 1, 0) if all == 1 => return "its exit code was not seen".to_owned(),
        (0, 0, n, 0) if n == all => return "their exit codes were not seen".to_owned(),
        (0, 0, 0, 1) if all == 1 => return "it goes on".to_owned(),
        (0, 0, 0, n) if n == all => return "all of them go on".to_owned(),
        _ => {}
    }
    let mut told: Vec<String> = Vec::new();
    let mut tell = |n: usize, words: &dyn Fn(&str) -> String| {
        if n > 0 {
            told.push(words(&number(n)));
        }
    };
    tell(badly, &|n| format!("{n} of them ended badly"));
    let of = if badly > 0 { "" } else { " of them" };
    tell(ours, &|n| format!("{n}{of} mpviz ended"));
    tell(unseen, &|n| format!("of {n} the exit code was not seen"));
    tell(living, &|n| {
        format!("{n} {}", if living == 1 { "goes on" } else { "go on" })
    });
    told.join(", ")
}

fn number(n: usize) -> String {
    number_word(u64::try_from(n).unwrap_or(u64::MAX))
}

fn plural(n: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// Makes a sentence of words: its first letter large, a full stop behind.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), chars.as_str()),
        None => String::new(),
    }
}
