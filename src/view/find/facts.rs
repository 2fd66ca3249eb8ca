//! Rows as a filter sees them: a sentence, and the parts that the fields of a query ask for.

use crate::event::{ActorId, Event, Kind, ObjectId, TaskId, Time};
use crate::history::{Finding, History, State};
use crate::ui::query::Facts;
use crate::view::words::{
    finding_sentence, full_name, now_words, object_name, sentence, short_name,
};
use std::cell::OnceCell;

/// An event as a filter sees it.
pub(super) struct EventRow<'a> {
    history: &'a History,
    event: &'a Event,
    /// Its sentence; `None` if it has no row.
    said: OnceCell<Option<String>>,
}

impl<'a> EventRow<'a> {
    pub(super) fn new(history: &'a History, event: &'a Event) -> EventRow<'a> {
        EventRow {
            history,
            event,
            said: OnceCell::new(),
        }
    }

    fn said(&self) -> Option<&str> {
        let say = || {
            let said = sentence(self.history, self.event).filter(|said| !said.detail)?;
            let mut text = said.who;
            text.push(' ');
            text.push_str(&said.text);
            Some(text)
        };
        self.said.get_or_init(say).as_deref()
    }

    /// Returns whether it has a row.
    pub(super) fn has_row(&self) -> bool {
        self.said().is_some()
    }
}

impl Facts for EventRow<'_> {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let process = self.history.process_of(self.event.actor);
        is_named(self.history, self.event.actor, self.event.t, test)
            || process != self.event.actor && is_named(self.history, process, self.event.t, test)
    }

    fn on(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        object_of(self.history, &self.event.kind)
            .is_some_and(|object| is_about(self.history, object, test))
    }

    fn kind(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test(self.event.kind.name())
            || match &self.event.kind {
                Kind::Blocked { operation, .. } => test(operation.text()),
                _ => false,
            }
    }

    fn task(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        task_of(self.history, self.event).is_some_and(|task| test(&task.to_string()))
    }

    fn sentence(&self) -> &str {
        self.said().unwrap_or_default()
    }
}

/// A process as a filter sees it: its name and what it does.
pub(super) struct ProcessRow<'a> {
    history: &'a History,
    id: ActorId,
    t: Time,
    said: OnceCell<String>,
}

impl<'a> ProcessRow<'a> {
    pub(super) fn new(history: &'a History, id: ActorId, t: Time) -> ProcessRow<'a> {
        ProcessRow {
            history,
            id,
            t,
            said: OnceCell::new(),
        }
    }
}

impl Facts for ProcessRow<'_> {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        is_named(self.history, self.id, self.t, test)
    }

    fn on(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        match self.history.lane(self.id).at(self.t).map(|now| now.state) {
            Some(State::Waiting(wait)) => {
                let object = wait.object;
                object.is_some_and(|object| is_about(self.history, object, test))
            }
            _ => false,
        }
    }

    fn kind(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let actor = self.history.actor(self.id);
        if let Some(exit) = actor.and_then(|actor| actor.exit_at(self.t)) {
            let is_zombie = actor.is_some_and(|actor| actor.zombie_at(self.t));
            return test("ended exited")
                || exit.code.is_some_and(|code| code < 0) && test("killed")
                || is_zombie && test("zombie");
        }
        match self.history.lane(self.id).at(self.t).map(|now| now.state) {
            Some(State::Starting) => test("alive starting"),
            Some(State::Running) => test("alive running computing"),
            Some(State::Asleep { .. }) => test("alive asleep sleeping"),
            Some(State::Zombie) => test("zombie"),
            Some(State::Stopped) => test("alive stopped"),
            Some(State::Still) => test("alive frozen"),
            Some(State::Waiting(wait)) => {
                test("alive blocked waiting") || test(wait.operation.text())
            }
            None => false,
        }
    }

    fn task(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let band = self.history.band_at(self.id, self.t);
        band.is_some_and(|band| test(&band.task.to_string()))
    }

    fn sentence(&self) -> &str {
        self.said.get_or_init(|| {
            let mut said = full_name(self.history, self.id, self.t);
            if let Some(now) = now_words(self.history, self.id, self.t) {
                if let Some(task) = now.task {
                    said.push_str(&format!(" T{task}"));
                }
                said.push(' ');
                said.push_str(now.words.longest());
            }
            said
        })
    }
}

/// A finding as a filter sees it: a row among the events.
pub(super) struct FindingRow<'a> {
    history: &'a History,
    finding: &'a Finding,
    said: String,
}

impl<'a> FindingRow<'a> {
    pub(super) fn new(history: &'a History, finding: &'a Finding) -> FindingRow<'a> {
        let said = finding_sentence(history, finding);
        FindingRow {
            history,
            finding,
            said: format!("{} {}", said.who, said.text),
        }
    }
}

impl Facts for FindingRow<'_> {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let mut actors = self.finding.actors.iter();
        actors.any(|&id| is_named(self.history, id, self.finding.since, test))
    }

    fn on(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let object = self.finding.object;
        object.is_some_and(|object| is_about(self.history, object, test))
    }

    fn kind(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        test("finding") || test(self.finding.code.text())
    }

    fn task(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        self.finding
            .task
            .is_some_and(|task| test(&task.to_string()))
    }

    fn sentence(&self) -> &str {
        &self.said
    }
}

/// Whether somebody goes by a name: by that of a moment, or by the last one.
fn is_named(history: &History, id: ActorId, t: Time, test: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut goes_by =
        |t: Time| test(history.name_of_actor(id, t)) || test(&short_name(history, id, t));
    goes_by(t)
        || goes_by(Time::NEVER)
        || history
            .actor(id)
            .and_then(|actor| actor.pid)
            .is_some_and(|pid| test(&pid.to_string()))
}

/// Whether `test` holds for an object or for what it is a part of.
fn is_about(history: &History, id: ObjectId, test: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut at = Some(id);
    // Parts nest three deep: the pipe of the inqueue of a pool.
    for _ in 0..4 {
        let Some(id) = at else { return false };
        if test(&object_name(history, id)) || test(history.name_of(id)) {
            return true;
        }
        at = history.object(id).and_then(|object| object.part_of);
    }
    false
}

/// Returns the object that an event is about.
fn object_of(history: &History, kind: &Kind) -> Option<ObjectId> {
    match kind {
        Kind::Blocked { object, .. } => *object,
        Kind::TaskSubmitted { pool, .. } => Some(*pool),
        Kind::TaskStarted { task }
        | Kind::TaskFinished { task, .. }
        | Kind::TaskFetched { task } => history.task(*task).map(|task| task.pool),
        Kind::ThreadStarted { object, .. } => *object,
        Kind::ObjectCreated { object, .. }
        | Kind::EndOpened { object, .. }
        | Kind::EndClosed { object, .. }
        | Kind::LockTaken { object }
        | Kind::LockReleased { object }
        | Kind::LockUsed { object, .. }
        | Kind::CountChanged { object, .. }
        | Kind::ValueRead { object, .. }
        | Kind::ValueWritten { object, .. }
        | Kind::MessagePut { object, .. }
        | Kind::MessageSent { object, .. }
        | Kind::MessageReceived { object, .. }
        | Kind::BytesWritten { object, .. }
        | Kind::BytesRead { object, .. }
        | Kind::EofSeen { object } => Some(*object),
        _ => None,
    }
}

/// Returns the task that an event is about: its own, else the one that its actor is in.
fn task_of(history: &History, event: &Event) -> Option<TaskId> {
    match &event.kind {
        Kind::TaskSubmitted { task, .. }
        | Kind::TaskStarted { task }
        | Kind::TaskFinished { task, .. }
        | Kind::TaskFetched { task } => Some(*task),
        _ => {
            let process = history.process_of(event.actor);
            history.band_at(process, event.t).map(|band| band.task)
        }
    }
}
