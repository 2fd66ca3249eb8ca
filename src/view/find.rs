//! What filters look at: a row's sentence and its parts; and how a filter stands in a rule.

use super::brush::{Brush, columns};
use super::theme::Role;
use super::words::{full_name, now_words, object_name, sentence, short_name, shown};
use crate::event::{ActorId, Event, Kind, ObjectId, TaskId, Time};
use crate::history::{History, State};
use crate::ui::find::{Eyes, Filter};
use crate::ui::query::{Facts, Query};
use crate::ui::rows::{is_row, may_be_row_at};
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use std::cell::OnceCell;
use std::ops::Range;

/// What the search looks with.
pub const EYES: Eyes = Eyes {
    events: events_found,
    processes: processes_found,
};

/// Returns the positions of the events in a range of the log that have a row and are found, the
/// last one first.
fn events_found(history: &History, query: &Query, range: Range<usize>) -> Vec<u32> {
    let log = history.log();
    log.outlines_before(range.end, range.len())
        .filter(|outline| may_be_row_at(history, outline, Time::NEVER))
        .filter_map(|outline| {
            let event = log.event(&outline)?;
            is_found(history, query, &event).then(|| u32::try_from(outline.position).ok())?
        })
        .collect()
}

/// Returns whether an event has a row and is found.
pub fn is_found(history: &History, query: &Query, event: &Event) -> bool {
    if !is_row(history, event) {
        return false;
    }
    let row = EventRow {
        history,
        event,
        said: OnceCell::new(),
    };
    query.finds(&row) && row.has_row()
}

/// Returns the processes that are found as they are at `t`.
fn processes_found(history: &History, query: &Query, t: Time) -> Vec<ActorId> {
    history
        .tree()
        .iter()
        .filter(|row| row.known <= t)
        .map(|row| row.id)
        .filter(|&id| is_process_found(history, query, id, t))
        .collect()
}

/// Returns whether a process is found as it is at `t`.
pub fn is_process_found(history: &History, query: &Query, id: ActorId, t: Time) -> bool {
    query.finds(&ProcessRow {
        history,
        id,
        t,
        said: OnceCell::new(),
    })
}

/// An event as a filter sees it.
struct EventRow<'a> {
    history: &'a History,
    event: &'a Event,
    /// Its sentence; `None` if it has no row.
    said: OnceCell<Option<String>>,
}

impl EventRow<'_> {
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

    fn has_row(&self) -> bool {
        self.said().is_some()
    }
}

impl Facts for EventRow<'_> {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let process = self.history.process_of(self.event.actor);
        is_named(self.history, self.event.actor, test)
            || process != self.event.actor && is_named(self.history, process, test)
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
struct ProcessRow<'a> {
    history: &'a History,
    id: ActorId,
    t: Time,
    said: OnceCell<String>,
}

impl Facts for ProcessRow<'_> {
    fn who(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        is_named(self.history, self.id, test)
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
            let mut said = full_name(self.history, self.id);
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

fn is_named(history: &History, id: ActorId, test: &mut dyn FnMut(&str) -> bool) -> bool {
    test(history.name_of_actor(id))
        || test(&short_name(history, id))
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

/// Draws a filter into the rule of its pane, from column `x` to before `end`, with `note` behind
/// it: how much was found.
pub(super) fn draw_filter(
    brush: &mut Brush<'_>,
    (x, y, end): (u16, u16, u16),
    filter: &Filter,
    is_typing: bool,
    note: &str,
) {
    if !is_typing && filter.text.is_empty() {
        return;
    }
    let theme = brush.theme;
    let problem = filter.problem.as_ref().map(ToString::to_string);
    let sign = theme.signs().finding;
    let told = match &problem {
        Some(problem) => format!("{sign} {problem}"),
        None => note.to_owned(),
    };
    let room = end.saturating_sub(x);
    let told_wide = columns(&told, room);
    // What is wrong goes before what was typed, of which the end matters.
    let text_room = room.saturating_sub(told_wide + 5).max(room.min(8));
    let text = shown(&filter.text);
    let text = tail(&text, text_room);
    let style = theme.style(Role::Strong);
    let mut x = brush.text(x, y, room, "/", theme.style(Role::Dim));
    x = brush.text(x, y, text_room, text, style);
    if is_typing {
        brush.sign(x, y, " ", Style::new().add_modifier(Modifier::REVERSED));
        x += 1;
    }
    x = brush.text(x, y, end.saturating_sub(x), " ", Style::new());
    if !told.is_empty() {
        let role = if problem.is_some() {
            Role::Finding
        } else {
            Role::Dim
        };
        x = brush.text(x, y, end.saturating_sub(x), " ", Style::new());
        x = brush.cut(x, y, end.saturating_sub(x + 1), &told, theme.style(role));
        brush.text(x, y, end.saturating_sub(x), " ", Style::new());
    }
}

/// Returns the longest end of a text that has at most `width` columns.
fn tail(text: &str, width: u16) -> &str {
    let mut start = text.len();
    for (at, _) in text.char_indices().rev() {
        if columns(&text[at..], width.saturating_add(1)) > width {
            break;
        }
        start = at;
    }
    &text[start..]
}

/// Returns the column behind a pane's title.
pub(super) fn after_title(pane: Rect, title: &str) -> u16 {
    pane.x.saturating_add(5).saturating_add(columns(title, 40))
}
