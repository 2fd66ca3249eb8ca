//! How events come into the store: a match with one line an arm, and a function per kind.
//!
//! Functions are grouped by what they are about: [`process`], [`row`] (the tree), [`ending`],
//! [`state`], [`object`], [`ends`], [`message`], [`task`], [`run`]. Each takes [`Said`], which is
//! what all events have, and the fields of its kind. What makes no sense changes nothing but the
//! count of what is odd; it is in the log all the same.

mod about;
mod end;
mod ending;
mod finding;
mod message;
mod object;
mod process;
mod row;
mod run;
mod state;
mod task;

use super::index::narrow;
use super::store::History;
use crate::event::{ActorId, Event, FileId, Kind, Time};

/// What every event says.
#[derive(Clone, Copy)]
struct Said {
    t: Time,
    actor: ActorId,
    /// Who says so, where that is another.
    by: Option<ActorId>,
    /// The actor's position; none for mpviz, unless it has a row.
    who: Option<usize>,
    /// The line of the program's source that led to it.
    line: Option<(FileId, u32)>,
}

/// Whether an event is kept in the log.
#[derive(Clone, Copy, PartialEq)]
enum Keep {
    Kept,
    Dropped,
}

impl History {
    /// Takes in an event. Times never go back: an event that comes late is taken as of now, and
    /// counted in [`History::odd`].
    #[inline]
    pub fn apply(&mut self, event: &Event) {
        if event.t < self.now {
            let mut late = event.clone();
            late.t = self.now;
            self.odd += 1;
            return self.apply(&late);
        }
        self.look_before(event.t);
        match event.kind {
            Kind::Horizon {} => self.advance(event.t),
            Kind::Sampled {
                state,
                cpu,
                memory,
                run_delay,
            } => {
                self.now = event.t;
                self.applied = (self.applied.0 + 1, event.t);
                self.sampled(event.t, event.actor, state, cpu, memory, run_delay);
            }
            _ => {
                self.now = event.t;
                self.applied = (self.applied.0 + 1, event.t);
                self.fold(event);
            }
        }
    }

    /// Says that everything up to `horizon` is known. After the end of the run, time stands still.
    pub fn advance(&mut self, horizon: Time) {
        if self.run.ended.is_none() {
            self.look_before(horizon);
            self.now = self.now.max(horizon);
        }
    }

    fn fold(&mut self, event: &Event) {
        let said = Said {
            t: event.t,
            actor: event.actor,
            by: event.by,
            who: self.introduce(event),
            line: event
                .line
                .map(|line| (event.file.unwrap_or(FileId(0)), line)),
        };
        let position = self.log.len();
        if self.dispatch(said, &event.kind, position) == Keep::Dropped {
            return;
        }
        if let Some(who) = said.who {
            let actor = &mut self.actors[who];
            actor.events.push(narrow(position));
            if let Kind::MessagePut { .. }
            | Kind::MessageSent { .. }
            | Kind::MessageReceived { .. } = event.kind
            {
                actor.passed.push(narrow(position));
            }
            // A line of somebody else's says where that one is.
            if let (Some(line), None) = (said.line, event.by) {
                actor.reach(said.t, line);
            }
        }
        self.note_things(&event.kind, narrow(position));
        self.log.push(event);
    }

    // A table: one line an arm, however long.
    #[rustfmt::skip]
    fn dispatch(&mut self, said: Said, kind: &Kind, position: usize) -> Keep {
        match kind {
            Kind::RunStarted { .. } => self.run_started(said, kind),
            Kind::RunEnded { ending, code } => self.run_ended(said, *ending, *code),
            Kind::Horizon {} | Kind::Sampled { .. } => {}
            Kind::Gap { reason, count, since } => self.gap(said, *reason, *count, *since),
            Kind::PaceChanged { factor } => self.run.paces.push((said.t, *factor)),
            Kind::Frozen {} => self.frozen(said),
            Kind::Thawed {} => self.thawed(said),
            Kind::SourceSeen { file, path, text } => self.source_seen(*file, path, text),
            Kind::Output { stream, text, captured } => self.output(said, position, *stream, text, *captured),
            Kind::Unseen { what, why } => return self.unseen(said, *what, why),
            Kind::Unknown(_) => self.unknown += 1,

            Kind::ProcessCreated { child, name, daemon } => self.process_created(said, *child, name, *daemon),
            Kind::ProcessForked { child, .. } => self.process_forked(said, *child, kind),
            Kind::ForkReturned { child, pid } => self.fork_returned(*child, *pid, said.t),
            Kind::ForkFailed { child, error } => self.fork_failed(said, *child, error),
            Kind::ProcessStarted { pid, name, .. } => self.process_started(said, *pid, name),
            Kind::ProcessExec { argv } => self.process_exec(said, argv),
            Kind::ProcessFinishing {} => self.process_finishing(said),
            Kind::ProcessExiting { code } => self.process_exiting(said, *code),
            Kind::ProcessExited { code } => return self.process_exited(said, *code),
            Kind::ProcessReaped { child, code } => self.process_reaped(said, *child, *code),
            Kind::ExitCodeRead { child, .. } => self.exit_code_read(*child),
            Kind::ProcessAdopted { adopter, ppid, since } => self.process_adopted(said, *adopter, *ppid, *since),
            Kind::ThreadStarted { process, role, object } => self.thread_started(said, *process, *role, *object),
            Kind::ThreadEnded {} => self.thread_ended(said),
            Kind::SignalSent { to, signal } => self.signal_sent(said, *to, *signal),
            Kind::Failed { error, text } => self.failed(said, error, text),

            Kind::Slept { until } => self.slept(said, *until),
            Kind::Woke {} => self.woke(said),
            Kind::Blocked { operation, object, on, timeout } => self.blocked(said, *operation, *object, *on, *timeout),
            Kind::WaitListed { objects, actors, others } => self.wait_listed(said, objects, actors, *others),
            Kind::Unblocked { outcome, .. } => self.unblocked(said, *outcome),

            Kind::ObjectCreated { .. } => self.object_created(said, kind),
            Kind::LockTaken { object } => self.lock_taken(said, *object),
            Kind::LockReleased { object } => self.lock_released(said, *object),
            Kind::CountChanged { object, value } => self.count_changed(said, *object, *value),
            Kind::ValueWritten { object, .. } => self.value_written(said, *object, position),
            Kind::ValueRead { .. } | Kind::LockUsed { .. } => {}
            Kind::EndOpened { object, end } => self.end_opened(said, *object, *end),
            Kind::EndClosed { object, end } => self.end_closed(said, *object, *end),
            Kind::EndsSampled { object, holders } => self.ends_sampled(said, *object, holders),
            Kind::EofSeen { .. } => {}

            Kind::MessagePut { object, message, bytes, label } => self.message_put(said, *object, *message, *bytes, label),
            Kind::MessageSent { object, message, bytes, label, end } => self.message_sent(said, *object, *message, *bytes, label.as_ref(), *end),
            Kind::MessageReceived { object, message, .. } => self.message_received(said, *object, *message),
            Kind::BytesWritten { object, bytes, .. } => self.bytes_written(said, *object, *bytes),
            Kind::BytesRead { object, bytes, .. } => self.bytes_read(said, *object, *bytes),

            Kind::TaskSubmitted { pool, task, function } => self.task_submitted(said, *pool, *task, function),
            Kind::TaskStarted { task } => self.task_started(said, *task),
            Kind::TaskFinished { task, ok, error } => self.task_finished(said, *task, *ok, error.as_ref()),
            Kind::TaskFetched { task } => self.task_fetched(said, *task),

            // Of the viewer: no part of what happened.
            Kind::RecordingStarted { .. } | Kind::RecordingPaused { .. } | Kind::RecordingResumed { .. } | Kind::RecordingEnded { .. }
            | Kind::ViewerActed { .. } | Kind::ViewerResized { .. } | Kind::MarkSet { .. } | Kind::CaptionShown { .. } | Kind::SpeedSet { .. } => return Keep::Dropped,
        }
        Keep::Kept
    }

    /// Counts an event that makes no sense.
    fn strange(&mut self) {
        self.odd += 1;
    }
}
