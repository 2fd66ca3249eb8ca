//! The store and the questions to it.

use super::actor::{Actor, Form, Sample};
use super::counts::{Census, Counts};
use super::finding::{Finding, Watch};
use super::index::{IdMap, Index, NONE};
use super::lane::Lane;
use super::log::Log;
use super::message::Message;
use super::object::{Buffer, Object};
use super::run::{Run, Source};
use super::task::{Band, Task};
use super::tree::Tree;
use crate::event::words::{Class, End};
use crate::event::{ActorId, FileId, MessageId, ObjectId, Span, TaskId, Time};
use std::collections::BTreeMap;

/// Everything known about a run. See the room's own page.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    pub(super) run: Run,
    pub(super) sources: Vec<Source>,
    pub(super) now: Time,
    /// How many events were taken in, and when the last was.
    pub(super) applied: (u64, Time),
    pub(super) odd: u64,
    pub(super) unknown: u64,
    pub(super) log: Log,
    /// Positions in the log of what the program printed.
    pub(super) outputs: Vec<u32>,
    pub(super) census: Census,
    pub(super) actors: Vec<Actor>,
    pub(super) actor_index: Index,
    /// The processes in the order of the tree.
    pub(super) tree: Tree,
    /// The lines that processes were on when they ended, each with when the first did.
    pub(super) left_lines: BTreeMap<(FileId, u32), Time>,
    pub(super) objects: Vec<Object>,
    pub(super) object_index: Index,
    /// How many objects of each class have no name.
    pub(super) nameless: Vec<(Class, u32)>,
    pub(super) buffers: Vec<Buffer>,
    /// From queue and process, by position, to buffer.
    pub(super) buffer_index: IdMap<(usize, usize), usize>,
    pub(super) messages: Vec<Message>,
    /// Messages whose sender is not known or does not count from 1.
    pub(super) far_messages: IdMap<(u32, u64), u32>,
    pub(super) tasks: Vec<Task>,
    pub(super) task_index: Index,
    /// Positions of tasks that were heard of, and of which it was not told whose they are.
    pub(super) untold_tasks: Vec<u32>,
    /// What is wrong, in the order in which it became known.
    pub(super) findings: Vec<Finding>,
    pub(super) watch: Watch,
}

/// What the states of a moment depend on: where two stamps of one run are equal, everybody does the
/// same at both moments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// A moment before the last event: what it was is final.
    Past(Time),
    /// Any moment since, with so many events known.
    Since(u64),
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

    /// Returns what the states at `t` depend on.
    pub fn stamp(&self, t: Time) -> Stamp {
        let (count, last) = self.applied;
        match t < last {
            true => Stamp::Past(t),
            false => Stamp::Since(count),
        }
    }

    /// Returns the numbers that are always shown, at `t`.
    pub fn counts(&self, t: Time) -> Counts {
        let heads = self.census.heads_at(t);
        let messages = self.messages.partition_point(|m| m.known <= t);
        Counts {
            alive: heads.alive,
            processes: heads.processes,
            zombies: heads.zombies,
            orphans: heads.orphans,
            messages: messages as u64,
            lost: self.census.lost_at(t),
        }
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
    /// Returns every event in order, without horizons and samples, and without the second word on
    /// an end that was told before.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Returns how many events of the log there are up to and including `t`.
    pub fn log_until(&self, t: Time) -> usize {
        self.log.until(t)
    }

    /// Returns the positions in the log of what the program printed, in order.
    pub fn outputs(&self) -> &[u32] {
        &self.outputs
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
        self.actors.get(self.actor_index.get(id.0)?)
    }

    /// Returns every process in the order of the tree: a parent, then its children in the order of
    /// their making. A new one comes between others, but none ever changes its place among them.
    /// mpviz's supervisor (actor 0) stands first, if it has adopted somebody.
    pub fn processes(&self) -> &[ActorId] {
        self.tree.ids()
    }

    /// Returns the processes of [`History::processes`] that are known at `t`.
    pub fn processes_at(&self, t: Time) -> impl Iterator<Item = ActorId> + '_ {
        let known = self.tree().iter().filter(move |row| row.known <= t);
        known.map(|row| row.id)
    }

    /// Returns how deep in the tree an actor stands; MainProcess has 0, a thread one more than
    /// its process.
    pub fn depth(&self, actor: ActorId) -> usize {
        self.actor(actor).map_or(0, |actor| actor.depth as usize)
    }

    /// Returns the process that a thread belongs to, and a process itself.
    pub fn process_of(&self, actor: ActorId) -> ActorId {
        match self.actor(actor).map(|actor| actor.form) {
            Some(Form::Thread { process, .. }) => process,
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
        // Mostly the last is asked for.
        if let Some(&(_, file, line)) = lines.last().filter(|&&(since, ..)| since <= t) {
            return Some((file, line));
        }
        let later = lines.partition_point(|&(since, ..)| since <= t);
        lines[..later].last().map(|&(_, file, line)| (file, line))
    }

    /// Returns the lines that processes were on that have ended at `t`, each once.
    pub fn lines_left_at(&self, t: Time) -> impl Iterator<Item = (FileId, u32)> + '_ {
        let left = self.left_lines.iter();
        left.filter(move |&(_, &first)| first <= t)
            .map(|(&line, _)| line)
    }

    /// Returns what the kernel last said of a process at `t`; `None` before its first word and
    /// after the process's end.
    pub fn sample_at(&self, actor: ActorId, t: Time) -> Option<Sample> {
        let actor = self.actor(actor).filter(|actor| !actor.ended_at(t))?;
        let later = actor.samples.partition_point(|sample| sample.t <= t);
        let at = later.checked_sub(1)?;
        let sample = actor.samples[at];
        let (since, used) = match at.checked_sub(1) {
            Some(before) => (actor.samples[before].t, actor.samples[before].cpu),
            None => {
                let started = actor.started.filter(|&started| started <= sample.t);
                (started.unwrap_or(actor.known), Span::ZERO)
            }
        };
        let used_ns = sample.cpu.0.saturating_sub(used.0);
        let span_ns = sample.t.since(since).0;
        Some(Sample {
            t: sample.t,
            state: sample.state,
            cpu: sample.cpu,
            share: if span_ns == 0 {
                0.0
            } else {
                used_ns as f64 / span_ns as f64
            },
            memory: sample.memory,
            run_delay: sample.run_delay,
        })
    }

    /// Returns an actor's name as it was known at `t`; `?` for one that nobody knows.
    pub fn name_of_actor(&self, actor: ActorId, t: Time) -> &str {
        match self.actor(actor) {
            Some(actor) => actor.name_at(t),
            None if actor == ActorId::MPVIZ => "mpviz",
            None => "?",
        }
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
        self.objects.get(self.object_index.get(id.0)?)
    }

    /// Returns an object's name as a person would say it: `q`, `q read lock`, `pipe of q`,
    /// `inqueue`.
    pub fn name_of(&self, object: ObjectId) -> &str {
        self.object(object).map_or("?", |object| &object.display)
    }

    /// Returns who holds which end of a pipe at `t`, in the order in which they came to it.
    pub fn holders_at(&self, pipe: ObjectId, t: Time) -> Vec<(ActorId, End)> {
        self.object(pipe)
            .map(|pipe| {
                pipe.hold_spans
                    .open_at(t)
                    .map(|at| pipe.holds[at])
                    .collect()
            })
            .unwrap_or_default()
    }

    /// Returns who held which end of a pipe at `t` or before, in the order in which they came to
    /// it.
    pub fn holders_until(&self, pipe: ObjectId, t: Time) -> &[(ActorId, End)] {
        self.object(pipe)
            .map_or(&[], |pipe| &pipe.holds[..pipe.hold_spans.begun(t)])
    }

    /// Returns who ever held which end of a pipe, in the order in which they came to it.
    pub fn holders_ever(&self, pipe: ObjectId) -> &[(ActorId, End)] {
        self.object(pipe).map_or(&[], |pipe| &pipe.holds)
    }
}

/// Findings.
impl History {
    /// Returns what is wrong with the program, in the order in which it became known.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns how many of [`History::findings`] were known at `t`.
    pub fn findings_until(&self, t: Time) -> usize {
        self.findings.partition_point(|finding| finding.since <= t)
    }

    /// Returns the findings that hold at `t`, in the order in which they became known.
    pub fn findings_at(&self, t: Time) -> impl DoubleEndedIterator<Item = &Finding> {
        let known = &self.findings[..self.findings_until(t)];
        known.iter().filter(move |finding| finding.holds_at(t))
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
        self.messages.get(self.message_position(id)?)
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
        let all: &[u32] = self.object(object).map_or(&[], |object| {
            if object.is_queue() {
                let all = &object.queued;
                &all[..all.partition_point(|&at| self.messages[at as usize].known <= t)]
            } else {
                &object.piped[..object.transit.begun(t)]
            }
        });
        all.iter().map(|&at| &self.messages[at as usize])
    }

    /// Returns when the last message came out of a pipe, as of `t`, and who took it. What comes out
    /// comes in order, but for the two directions of a duplex pipe: there it is about the last.
    pub fn last_taken(&self, pipe: ObjectId, t: Time) -> Option<(Time, ActorId)> {
        let pipe = self.object(pipe)?;
        let gone = pipe.transit.begun(t) - pipe.transit.count_open_at(t);
        let last = self.messages[*pipe.piped.get(gone.checked_sub(1)?)? as usize].received();
        last.filter(|&(at, _)| at <= t)
    }

    /// Returns the messages in a process's buffer of a queue at `t`, the next one out first.
    pub fn in_buffer(
        &self,
        queue: ObjectId,
        process: ActorId,
        t: Time,
    ) -> impl Iterator<Item = &Message> {
        let stays = self.buffer(queue, process).into_iter();
        let waiting = stays.flat_map(move |buffer| {
            let open = buffer.stays.open_at(t);
            open.map(|at| buffer.messages[at])
        });
        waiting.map(|at| &self.messages[at as usize])
    }

    /// Returns how many messages are in a process's buffer of a queue at `t`: there may be very many.
    pub fn count_in_buffer(&self, queue: ObjectId, process: ActorId, t: Time) -> usize {
        let buffer = self.buffer(queue, process);
        buffer.map_or(0, |buffer| buffer.stays.count_open_at(t))
    }

    /// Returns the processes that had put into a queue's buffer at `t`, in the order of their
    /// first put.
    pub fn putters_of(&self, queue: ObjectId, t: Time) -> impl Iterator<Item = ActorId> {
        let buffers: &[usize] = self.object(queue).map_or(&[], |queue| &queue.buffers);
        buffers
            .iter()
            .map(|&at| &self.buffers[at])
            .take_while(move |buffer| buffer.stays.begun(t) > 0)
            .map(|buffer| buffer.process)
    }

    /// Returns the messages in a pipe at `t`, the next one out first; with `into`, only those that
    /// went into that end of a duplex pipe.
    pub fn in_pipe(&self, pipe: ObjectId, into: Option<End>, t: Time) -> Vec<&Message> {
        let Some(pipe) = self.object(pipe) else {
            return Vec::new();
        };
        pipe.transit
            .open_at(t)
            .map(|at| &self.messages[pipe.piped[at] as usize])
            .filter(|message| into.is_none() || message.into == into)
            .collect()
    }

    fn buffer(&self, queue: ObjectId, process: ActorId) -> Option<&Buffer> {
        let queue = self.object_index.get(queue.0)?;
        let process = self.actor_index.get(process.0)?;
        self.buffers.get(*self.buffer_index.get(&(queue, process))?)
    }

    /// Returns a message's position.
    #[inline]
    pub(super) fn message_position(&self, id: MessageId) -> Option<usize> {
        let near = self
            .actor_index
            .get(id.sender.0)
            .and_then(|sender| {
                let slot = usize::try_from(id.number.checked_sub(1)?).ok()?;
                self.actors[sender].sent.get(slot)
            })
            .filter(|&&at| at != NONE);
        match near {
            Some(&at) => Some(at as usize),
            None if self.far_messages.is_empty() => None,
            None => self
                .far_messages
                .get(&(id.sender.0, id.number))
                .map(|&at| at as usize),
        }
    }

    /// Returns every task, in the order in which they became known.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Returns the tasks that a pool was handed, and those of which it is not known to which.
    pub fn tasks_of(&self, pool: ObjectId) -> impl Iterator<Item = &Task> {
        let own = self.object(pool).map_or(&[][..], |pool| &pool.tasks);
        let all = own.iter().chain(&self.untold_tasks);
        all.map(|&at| &self.tasks[at as usize])
    }

    /// Returns how many of [`History::tasks_of`] there are at `t`.
    pub fn tasks_put(&self, pool: ObjectId, t: Time) -> usize {
        let own = self.object(pool).map_or(&[][..], |pool| &pool.tasks);
        let is_put = |&at: &u32| self.tasks[at as usize].submitted <= t;
        own.partition_point(is_put) + self.untold_tasks.partition_point(is_put)
    }

    /// Returns a task.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(self.task_index.get(id.0)?)
    }
}
