//! Is a run stuck, and why: by the history alone, which is what a person sees.
//!
//! Everybody who lives must wait for something that never comes: for a lock that was lost with its
//! holder, for somebody who waits so himself, for an item that nobody is left to write, for room
//! that nobody is left to make, for a result that no worker has.

use mpviz::event::words::{Class, Operation, Part, Role};
use mpviz::event::{ActorId, ObjectId};
use mpviz::history::{Form, History, Object, State, Wait};
use std::fmt::Write as _;

/// Returns the locks that were lost, if everybody who lives waits for ever.
pub(crate) fn why(history: &History) -> Option<Vec<ObjectId>> {
    let living = living(history);
    if living.is_empty() {
        return None;
    }
    let mut on_the_way = Vec::new();
    let all = living
        .iter()
        .all(|&actor| waits_for_ever(history, actor, &mut on_the_way));
    all.then(|| {
        let lost = |object: &&Object| object.lost_at(history.now()).is_some();
        let lost = history.objects().iter().filter(lost);
        lost.map(|object| object.id).collect()
    })
}

/// Returns the processes that live, and are not of mpviz.
fn living(history: &History) -> Vec<ActorId> {
    let processes = history.processes().iter().copied();
    processes
        .filter(|&id| id != ActorId::MPVIZ)
        .filter(|&id| history.actor(id).is_some_and(|a| a.exited.is_none()))
        .collect()
}

fn wait_of(history: &History, actor: ActorId) -> Option<Wait> {
    match history.lane(actor).at(history.now())?.state {
        State::Waiting(wait) => Some(wait),
        _ => None,
    }
}

/// Whether an actor waits for what never comes. Who is met again on the way waits in a circle.
fn waits_for_ever(history: &History, actor: ActorId, on_the_way: &mut Vec<ActorId>) -> bool {
    let known = history.actor(actor);
    if known.is_none_or(|known| known.exited.is_some()) || on_the_way.contains(&actor) {
        return true;
    }
    let Some(wait) = wait_of(history, actor) else {
        return false;
    };
    if wait.timeout.is_some() {
        return false;
    }
    on_the_way.push(actor);
    let object = wait.object.and_then(|object| history.object(object));
    let for_ever = match wait.operation {
        Operation::Acquire => object.is_some_and(|lock| never_free(history, lock, on_the_way)),
        Operation::Join | Operation::JoinFeeder | Operation::Wait => wait.on.is_some_and(|on| {
            on_the_way.contains(&on) || goes_on_for_ever(history, on, on_the_way)
        }),
        Operation::JoinPool | Operation::Fetch => others(history, actor)
            .into_iter()
            .all(|worker| waits_for_ever(history, worker, on_the_way)),
        // Who could write: everybody but readers who wait here themselves.
        Operation::Get | Operation::Recv | Operation::Read => {
            others(history, actor).into_iter().all(|other| {
                waits_for_ever(history, other, on_the_way)
                    && threads_are_done(history, other, on_the_way)
            })
        }
        Operation::Put | Operation::Send | Operation::Write => others(history, actor)
            .into_iter()
            .all(|other| waits_for_ever(history, other, on_the_way)),
        _ => false,
    };
    on_the_way.pop();
    for_ever
}

/// Whether a process or thread that somebody joins never ends.
fn goes_on_for_ever(history: &History, on: ActorId, on_the_way: &mut Vec<ActorId>) -> bool {
    let ended = history.actor(on).is_none_or(|on| on.exited.is_some());
    !ended && waits_for_ever(history, on, on_the_way)
}

/// Whether a lock is lost, or held by somebody who waits for ever.
fn never_free(history: &History, lock: &Object, on_the_way: &mut Vec<ActorId>) -> bool {
    if lock.lost_at(history.now()).is_some() {
        return true;
    }
    let holder = lock.holder.at(history.now()).flatten();
    holder.is_some_and(|holder| waits_for_ever(history, holder, on_the_way))
}

/// Returns the living processes, but the one of `actor`.
fn others(history: &History, actor: ActorId) -> Vec<ActorId> {
    let own = history.process_of(actor);
    let mut others = living(history);
    others.retain(|&other| other != own);
    others
}

fn is_gone(history: &History, actor: ActorId) -> bool {
    let exited = |id| history.actor(id).is_none_or(|actor| actor.exited.is_some());
    exited(actor) || exited(history.process_of(actor))
}

/// Whether the threads of a process are idle or stuck: nothing more will come of them. A pool's
/// handlers do not say that they are idle; that nothing has happened for a while says it.
fn threads_are_done(history: &History, process: ActorId, on_the_way: &mut Vec<ActorId>) -> bool {
    history.threads_of(process).iter().all(|&thread| {
        is_gone(history, thread)
            || match wait_of(history, thread) {
                Some(wait) if wait.operation == Operation::Idle => true,
                Some(_) => waits_for_ever(history, thread, on_the_way),
                None => is_handler(history, thread),
            }
    })
}

fn is_handler(history: &History, thread: ActorId) -> bool {
    let form = history.actor(thread).map(|thread| &thread.form);
    matches!(
        form,
        Some(Form::Thread {
            role: Role::TaskHandler | Role::ResultHandler | Role::WorkerHandler,
            ..
        })
    )
}

/// Returns who does what, in words for a failed test.
pub(crate) fn describe(history: &History) -> String {
    let mut text = String::new();
    for actor in history.actors() {
        let state = history.lane(actor.id).at(history.now()).map(|i| i.state);
        let gone = if actor.exited.is_some() { "gone" } else { "" };
        let _ = writeln!(text, "{} {} {gone} {state:?}", actor.id, actor.name);
    }
    for object in history.objects() {
        let (holder, lost) = (
            object.holder.at(history.now()).flatten(),
            object.lost_at(history.now()),
        );
        let items = object.items.at(history.now());
        let is_lock = matches!(object.part, Some(Part::ReadLock | Part::WriteLock));
        if is_lock || object.class == Class::Pipe {
            let _ = writeln!(
                text,
                "{} {:?} of {:?}: held {holder:?} lost {lost:?} items {items:?}",
                object.id, object.part, object.part_of
            );
        }
    }
    text
}
