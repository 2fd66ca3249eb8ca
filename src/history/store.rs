//! The store and the questions to it.

use super::actor::{Actor, Sample};
use super::counts::Counts;
use super::lane::Lane;
use super::message::Message;
use super::object::Object;
use super::run::{Run, Source};
use super::task::{Band, Task};
use crate::event::words::End;
use crate::event::{ActorId, Event, FileId, MessageId, ObjectId, TaskId, Time};

/// Everything known about a run. See the room's own page.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    pub(super) run: Run,
    pub(super) sources: Vec<Source>,
    pub(super) now: Time,
    pub(super) odd: u64,
    pub(super) unknown: u64,
    pub(super) log: Vec<Event>,
    pub(super) actors: Vec<Actor>,
    pub(super) rows: Vec<ActorId>,
    pub(super) objects: Vec<Object>,
    pub(super) messages: Vec<Message>,
    pub(super) tasks: Vec<Task>,
}

static EMPTY: Lane = Lane::new();

/// The run.
impl History {
    /// Returns what is known of the run as a whole.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Returns the program's own sources.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Returns the moment up to which everything is known.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Returns the numbers that are always shown, at `t`.
    pub fn counts(&self, t: Time) -> Counts {
        let _ = t;
        Counts::default()
    }

    /// Returns how many events made no sense: unknown ids, ends without a beginning, times that
    /// went back. 0 for every trace that mpviz wrote and lost nothing of.
    pub fn odd(&self) -> u64 {
        self.odd
    }

    /// Returns how many events were of kinds that this mpviz does not know.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }
}

/// The log.
impl History {
    /// Returns every event in order, without horizons and samples.
    pub fn log(&self) -> &[Event] {
        &self.log
    }

    /// Returns how many events of the log there are up to and including `t`.
    pub fn log_until(&self, t: Time) -> usize {
        self.log.partition_point(|event| event.t <= t)
    }

    /// Returns the positions in the log of the events about an actor, in order.
    pub fn events_of(&self, actor: ActorId) -> &[u32] {
        self.actor(actor).map_or(&[], |actor| &actor.events)
    }

    /// Returns how many of [`History::events_of`] there are up to and including `t`.
    pub fn events_until(&self, actor: ActorId, t: Time) -> usize {
        self.events_of(actor)
            .partition_point(|&at| self.log.get(at as usize).is_some_and(|e| e.t <= t))
    }
}

/// Processes and threads.
impl History {
    /// Returns every process and thread, in the order in which they became known.
    pub fn actors(&self) -> impl Iterator<Item = &Actor> {
        self.actors.iter()
    }

    /// Returns an actor.
    pub fn actor(&self, id: ActorId) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.id == id)
    }

    /// Returns every process in the order of the tree: a parent, then its children in the order of
    /// their making. A new one comes between others, but none ever changes its place among them.
    /// mpviz's supervisor (actor 0) stands first, if it has adopted somebody.
    pub fn processes(&self) -> &[ActorId] {
        &self.rows
    }

    /// Returns how deep in the tree an actor stands; MainProcess has 0, a thread one more than
    /// its process.
    pub fn depth(&self, actor: ActorId) -> usize {
        self.actor(actor).map_or(0, |actor| actor.depth as usize)
    }

    /// Returns the process that a thread belongs to, and a process itself.
    pub fn process_of(&self, actor: ActorId) -> ActorId {
        match self.actor(actor).map(|actor| actor.form) {
            Some(super::Form::Thread { process, .. }) => process,
            _ => actor,
        }
    }

    /// Returns a process's threads, in the order in which they began.
    pub fn threads_of(&self, process: ActorId) -> &[ActorId] {
        self.actor(process).map_or(&[], |actor| &actor.threads)
    }

    /// Returns a process's children, in the order of their making.
    pub fn children_of(&self, process: ActorId) -> &[ActorId] {
        self.actor(process).map_or(&[], |actor| &actor.children)
    }

    /// Returns an actor's states over time.
    pub fn lane(&self, actor: ActorId) -> &Lane {
        self.actor(actor).map_or(&EMPTY, |actor| &actor.lane)
    }

    /// Returns the tasks that a worker ran, in order.
    pub fn bands(&self, actor: ActorId) -> &[Band] {
        self.actor(actor).map_or(&[], |actor| &actor.bands)
    }

    /// Returns the task that a worker runs at `t`.
    pub fn band_at(&self, actor: ActorId, t: Time) -> Option<Band> {
        let bands = self.bands(actor);
        let later = bands.partition_point(|band| band.start <= t);
        bands[..later].last().copied().filter(|band| t < band.end)
    }

    /// Returns the line of the program's source that an actor is on at `t`, as far as it said so.
    pub fn line_at(&self, actor: ActorId, t: Time) -> Option<(FileId, u32)> {
        let lines = &self.actor(actor)?.lines;
        let later = lines.partition_point(|&(since, ..)| since <= t);
        lines[..later].last().map(|&(_, file, line)| (file, line))
    }

    /// Returns what the kernel last said of a process at `t`; `None` before its first word and
    /// after the process's end.
    pub fn sample_at(&self, actor: ActorId, t: Time) -> Option<Sample> {
        let _ = (actor, t);
        None
    }

    /// Returns an actor's name; `actor 7` for one that has none.
    pub fn name_of_actor(&self, actor: ActorId) -> &str {
        self.actor(actor).map_or("?", |actor| &actor.name)
    }
}

/// Objects.
impl History {
    /// Returns every object, in the order in which they became known.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// Returns an object.
    pub fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.iter().find(|object| object.id == id)
    }

    /// Returns an object's name as a person would say it: `q`, `q read lock`, `pipe of q`,
    /// `inqueue`.
    pub fn name_of(&self, object: ObjectId) -> &str {
        self.object(object).map_or("?", |object| &object.display)
    }

    /// Returns who holds which end of a pipe at `t`, in the order in which they came to it.
    pub fn holders_at(&self, pipe: ObjectId, t: Time) -> Vec<(ActorId, End)> {
        let _ = (pipe, t);
        Vec::new()
    }
}

/// Messages and tasks.
impl History {
    /// Returns every message, in the order in which they became known.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Returns a message.
    pub fn message(&self, id: MessageId) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }

    /// Returns the messages of a queue (those in its pipe included) or of a pipe, in order.
    pub fn messages_of(
        &self,
        object: ObjectId,
    ) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.messages_until(object, Time::NEVER)
    }

    /// Returns the messages of a queue or pipe that had come to it at `t`, in order.
    pub fn messages_until(
        &self,
        object: ObjectId,
        t: Time,
    ) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        let _ = t;
        let all: &[u32] = self.object(object).map_or(&[], |object| &object.messages);
        all.iter().map(|&at| &self.messages[at as usize])
    }

    /// Returns the messages in a process's buffer of a queue at `t`, the next one out first.
    pub fn in_buffer(&self, queue: ObjectId, process: ActorId, t: Time) -> Vec<&Message> {
        let _ = (queue, process, t);
        Vec::new()
    }

    /// Returns the processes that ever put into a queue's buffer, in the order of their first put.
    pub fn putters_of(&self, queue: ObjectId) -> Vec<ActorId> {
        let _ = queue;
        Vec::new()
    }

    /// Returns the messages in a pipe at `t`, the next one out first; with `into`, only those that
    /// went into that end of a duplex pipe.
    pub fn in_pipe(&self, pipe: ObjectId, into: Option<End>, t: Time) -> Vec<&Message> {
        let _ = (pipe, into, t);
        Vec::new()
    }

    /// Returns every task, in the order in which they became known.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Returns a task.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}
