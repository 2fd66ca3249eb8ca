//! Names of actors, objects, messages, tasks, signals and exit codes.

use super::shown::shown;
use crate::event::words::{Class, Part, Role};
use crate::event::{ActorId, MessageId, ObjectId, TaskId, Time};
use crate::history::{Form, History, Message, Object};
use std::borrow::Cow;

/// Returns an actor's name as it was known at `t`: `MainProcess`, `ForkPoolWorker-1`, `feeder of writer-1`.
pub fn full_name(history: &History, actor: ActorId, t: Time) -> String {
    if actor == ActorId::MPVIZ {
        let is_attached = history.run().is_attached();
        return if is_attached { "mpviz" } else { "supervisor" }.to_owned();
    }
    match history.actor(actor) {
        Some(known) => match &known.form {
            Form::Process => shown(&within(known.name_at(t))).into_owned(),
            Form::Thread { process, role, .. } => {
                format!(
                    "{} of {}",
                    thread_word(*role),
                    full_name(history, *process, t)
                )
            }
        },
        None => format!("process #{actor}"),
    }
}

/// Returns what a thread is called that has no name of its own.
pub(crate) fn thread_word(role: Role) -> &'static str {
    match role {
        Role::Other => "thread",
        role => role.text(),
    }
}

/// The most characters of a name that a sentence has.
const NAME_MOST: usize = 200;

/// Returns a name, cut where it is longer than any that a person would give.
pub(super) fn within(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAME_MOST) {
        Some((end, _)) => Cow::Owned(format!("{}…", &name[..end])),
        None => Cow::Borrowed(name),
    }
}

/// Returns an actor's name for narrow places: `Main`, `Worker-1`, `feeder`. A pool's own threads
/// go by the name of their process.
pub fn short_name(history: &History, actor: ActorId, t: Time) -> String {
    if let Some(known) = history.actor(actor)
        && let Form::Thread { process, role, .. } = &known.form
    {
        return match role {
            // They speak for their process.
            Role::TaskHandler | Role::ResultHandler | Role::WorkerHandler | Role::Other => {
                short_name(history, *process, t)
            }
            role => role.text().to_owned(),
        };
    }
    short(&full_name(history, actor, t)).to_owned()
}

/// Returns the name that processes share but for their numbers, for narrow places: `Worker`.
pub(crate) fn bare_name(stem: &str) -> String {
    let stem = shown(&within(stem)).into_owned();
    for prefix in ["ForkPool", "SpawnPool", "ForkServerPool"] {
        if stem.strip_prefix(prefix) == Some("Worker") {
            return "Worker".to_owned();
        }
    }
    stem
}

/// Returns a process's name for narrow places.
pub(crate) fn short(name: &str) -> &str {
    if name == "MainProcess" {
        return "Main";
    }
    for prefix in ["ForkPool", "SpawnPool", "ForkServerPool"] {
        if let Some(rest) = name.strip_prefix(prefix)
            && rest.starts_with("Worker-")
        {
            return rest;
        }
    }
    name
}

/// Returns an actor's name as the sentence of another one calls it; a process's feeder is its.
pub(super) fn other(history: &History, actor: ActorId, t: Time) -> String {
    match history.actor(actor).map(|known| &known.form) {
        Some(Form::Thread { .. }) => {
            let process = short_name(history, history.process_of(actor), t);
            let name = short_name(history, actor, t);
            if name == process {
                process
            } else {
                format!("{name} of {process}")
            }
        }
        _ => short_name(history, actor, t),
    }
}

/// Returns an object's name: `q`, `q read lock`, `inqueue`, `stdin`. Of which pool or program the
/// latter are stands with it only where it is not the first.
pub(crate) fn object(history: &History, id: ObjectId) -> String {
    let name = of_object(history, id);
    let Some(whole) = top(history, id).filter(|whole| whole.id != id) else {
        return name;
    };
    // The first of several keeps its short name: what is called so once is called so ever.
    let same = |object: &&Object| object.part_of.is_none() && object.class == whole.class;
    let is_first = history.objects().iter().find(same).map(|first| first.id) == Some(whole.id);
    if matches!(whole.class, Class::Pool | Class::Popen) && is_first {
        return name.replace(&format!(" of {}", of_object(history, whole.id)), "");
    }
    name
}

fn of_object(history: &History, id: ObjectId) -> String {
    shown(&within(history.name_of(id))).into_owned()
}

/// Returns what an object is a part of, at the top.
fn top(history: &History, id: ObjectId) -> Option<&Object> {
    let mut at = history.object(id)?;
    // Parts nest three deep: the pipe of the inqueue of a pool.
    for _ in 0..4 {
        match at.part_of.and_then(|whole| history.object(whole)) {
            Some(whole) => at = whole,
            None => break,
        }
    }
    Some(at)
}

/// Returns the queue that a pipe or lock is a part of, else the object itself.
pub(super) fn whole(history: &History, id: ObjectId) -> ObjectId {
    let part_of = history.object(id).and_then(|known| known.part_of);
    match part_of.and_then(|whole| history.object(whole)) {
        Some(whole) if is_queue(whole.class) => whole.id,
        _ => id,
    }
}

/// Whether objects of the class have a pipe and two locks for parts.
pub(crate) fn is_queue(class: Class) -> bool {
    matches!(
        class,
        Class::Queue | Class::SimpleQueue | Class::JoinableQueue
    )
}

/// Returns what the queue of a pipe is to a pool, where it is a pool's.
pub(super) fn pool_part(history: &History, id: ObjectId) -> Option<Part> {
    history
        .object(whole(history, id))?
        .part
        .filter(|part| matches!(part, Part::Inqueue | Part::Outqueue))
}

/// Returns what a message is called.
pub(super) fn message(history: &History, id: MessageId) -> String {
    match history.message(id) {
        Some(known) => item(known),
        None => format!("item {}", id.number),
    }
}

/// Returns what a message is called in a sentence: by what it is or, where that is not told, by its
/// sender's count.
pub(super) fn item(message: &Message) -> String {
    if message.label.is_empty() {
        format!("item {}", message.id.number)
    } else {
        shown(&within(&message.label)).into_owned()
    }
}

/// Returns what a message is called in narrow places.
pub(crate) fn short_item(message: &Message) -> String {
    if message.label.is_empty() {
        format!("#{}", message.id.number)
    } else {
        shown(&within(&message.label)).into_owned()
    }
}

/// Returns the task that a pool's message is about: `T3` and `r3` are both of task 3.
pub(crate) fn task_of_label(label: &str) -> Option<TaskId> {
    let number = label.strip_prefix(['T', 'r'])?;
    number.parse().ok().map(TaskId)
}

/// Returns a signal's name.
pub(crate) fn signal(number: i32) -> String {
    nix::sys::signal::Signal::try_from(number)
        .map_or_else(|_| format!("signal {number}"), |s| s.as_str().to_owned())
}

/// Returns what an exit code means: `exit 0`, `SIGTERM, exit code -15`.
pub(super) fn exit(code: Option<i32>) -> String {
    match code {
        None => "ended, exit code not seen".to_owned(),
        Some(code @ ..0) => format!("{}, exit code {code}", signal(code.saturating_neg())),
        Some(code) => format!("exit {code}"),
    }
}

/// Returns what a called program's exit code says of it: `exit code 0: success`.
pub(super) fn verdict(code: Option<i32>) -> String {
    match code {
        None => "exit code not seen".to_owned(),
        Some(0) => "exit code 0: success".to_owned(),
        Some(code @ ..0) => format!(
            "exit code {code}: killed by {}",
            signal(code.saturating_neg())
        ),
        Some(code) => format!("exit code {code}: the program says that it failed"),
    }
}
