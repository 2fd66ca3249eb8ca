//! The selection: one thing in all panes, and how keys move it.
//!
//! Up and down select in the focused pane: a row of the table, a station or a chip of the flow in
//! reading order, a row of the sequence or of the events; of a row, what it is about. Whatever a
//! key opened is closed again, one step at a time, by the way back: so a step that moves the
//! cursor and the selection together first keeps where it was.

use super::crowd::{self, GroupKey, Item};
use super::finding;
use super::flow;
use super::rows::{is_row_at, may_be_row_at};
use super::state::{Pane, RunView};
use super::table;
use super::time;
use crate::event::{ActorId, Event, Kind, MessageId, Tag, Time};
use crate::history::{History, Thing};

/// The most events that are looked at for the row before or after one.
const LOOKED_AT_MAX: usize = 50_000;
/// So many steps back are kept.
const TRAIL_MOST: usize = 64;

/// Which events have a row in the events pane at a time. The view's sentences know best.
pub type Told = fn(&History, &Event, Time) -> bool;

/// Where one was before a step: what the way back restores.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Trace {
    selected: Option<Thing>,
    row: Option<usize>,
    frozen: Option<Time>,
    proof: Option<Proof>,
}

/// The proof that is gone through: of what, as of when, and how far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Proof {
    /// What it proves something of.
    pub thing: Thing,
    /// The moment that it explains.
    pub t: Time,
    /// Which of its events is shown, from 0.
    pub at: usize,
}

/// Returns what an event is about: a message or a task that it names, else its actor.
pub fn subject(event: &Event) -> Thing {
    match event.kind {
        Kind::MessagePut { message, .. }
        | Kind::MessageSent { message, .. }
        | Kind::MessageReceived { message, .. } => message.into(),
        Kind::TaskSubmitted { task, .. }
        | Kind::TaskStarted { task }
        | Kind::TaskFinished { task, .. }
        | Kind::TaskFetched { task } => task.into(),
        Kind::LockTaken { object }
        | Kind::LockReleased { object }
        | Kind::LockUsed { object, .. }
        | Kind::ValueWritten { object, .. }
        | Kind::ValueRead { object, .. }
        | Kind::BytesWritten { object, .. }
        | Kind::BytesRead { object, .. }
        | Kind::EofSeen { object }
        | Kind::EndClosed { object, .. }
        | Kind::ObjectCreated { object, .. } => object.into(),
        // What mpviz does it does to others; of the run as a whole the first process stands for it.
        Kind::ProcessForked { child: id, .. }
        | Kind::ProcessReaped { child: id, .. }
        | Kind::ExitCodeRead { child: id, .. }
        | Kind::SignalSent { to: id, .. }
            if event.actor == ActorId::MPVIZ =>
        {
            id.into()
        }
        _ if event.actor == ActorId::MPVIZ => ActorId(1).into(),
        _ => event.actor.into(),
    }
}

/// Returns whether an event at a position of the log is about a thing.
pub fn is_about(history: &History, thing: Thing, position: usize, event: &Event) -> bool {
    let is_named = || {
        u32::try_from(position).is_ok_and(|at| history.events_of(thing).binary_search(&at).is_ok())
    };
    match thing {
        Thing::Actor(id) => {
            event.actor == id || history.process_of(event.actor) == id || is_named()
        }
        Thing::Object(_) | Thing::Message(_) => is_named(),
        Thing::Task(id) => {
            is_named()
                || match subject(event) {
                    Thing::Message(message) => carried_by(history, message) == Some(id),
                    _ => false,
                }
        }
    }
}

/// Returns the task that a message of a pool carries, or whose result it does: its label is the
/// pool's own, `T3` or `r3`.
pub fn carried_by(history: &History, message: MessageId) -> Option<crate::event::TaskId> {
    let message = history.message(message)?;
    let queue = message.queue().or(message.pipe())?;
    let whole = flow::root(history, queue);
    if history.object(whole)?.class != crate::event::words::Class::Pool {
        return None;
    }
    let number = message.label.strip_prefix(['T', 'r'])?;
    number.parse().ok().map(crate::event::TaskId)
}

/// Returns the process that a thing is of at `t`: who has a message, else who put it; a task's
/// worker; who holds a lock.
pub fn actor_of(history: &History, thing: Thing, t: Time) -> Option<ActorId> {
    match thing {
        Thing::Actor(id) => Some(id),
        Thing::Object(id) => history.object(id)?.holder.at(t).flatten(),
        Thing::Message(id) => {
            let message = history.message(id)?;
            let got = message.received().filter(|&(at, _)| at <= t);
            Some(got.map_or(id.sender, |(_, actor)| actor))
        }
        Thing::Task(id) => {
            let started = history.task(id)?.started.filter(|&(at, _)| at <= t);
            started.map(|(_, worker)| worker)
        }
    }
}

impl RunView {
    /// Selects a thing. The events follow the cursor again.
    pub fn select(&mut self, thing: Option<Thing>) {
        self.selected = thing;
        self.row = None;
        self.table.group = None;
        self.proof = None;
    }

    /// Returns the row of the table that stands for what is selected: a process, or an object.
    pub fn home(&self, history: &History) -> Option<Thing> {
        table::home(history, self.selected?, self.t(history))
    }

    /// Returns the selected row of the events and of the sequence, if it is known at the moment
    /// that is shown.
    pub fn row_at(&self, history: &History) -> Option<usize> {
        self.row
            .filter(|&row| row < history.log_until(self.t(history)))
    }

    /// Keeps where one is, for the way back.
    pub(super) fn keep_trace(&mut self) {
        if self.trail.len() >= TRAIL_MOST {
            self.trail.remove(0);
        }
        self.trail.push(Trace {
            selected: self.selected,
            row: self.row,
            frozen: self.frozen,
            proof: self.proof,
        });
    }
}

/// Moves the selection in the focused pane: by one, by a page, or to the first or last.
pub(super) fn move_by(run: &mut RunView, history: &History, told: Told, by: isize) {
    // Whoever goes on from here does not want to go back there.
    run.trail.clear();
    match run.focus {
        Pane::Processes => move_in_table(run, history, by),
        Pane::Flow => move_in_flow(run, history, by),
        Pane::Events => move_in_rows(run, history, told, by),
        Pane::Sequence => {
            move_in_rows(
                run,
                history,
                |history, event, _| is_drawn(history, event),
                by,
            );
        }
        Pane::Code => {}
    }
}

/// Walks through the rows of the table: those of processes with what is folded, then objects.
fn move_in_table(run: &mut RunView, history: &History, by: isize) {
    let home = run.home(history);
    let process = home.and_then(Thing::actor).map(|id| history.process_of(id));
    let t = run.t(history);
    let mut rows: Vec<Result<Thing, GroupKey>> = Vec::new();
    for (item, _) in crowd::list(history, run, process, crowd::room(run)) {
        match item {
            Item::Group(group) => rows.push(Err(group.key)),
            Item::Process(id) => {
                rows.push(Ok(id.into()));
                let threads = table::waiting_threads(history, id, t);
                rows.extend(threads.map(|id| Ok(id.into())));
            }
        }
    }
    let objects = table::object_rows(history, t, table::Which::All);
    rows.extend(objects.into_iter().map(|id| Ok(id.into())));
    let group = run.selected_group();
    let at = rows.iter().position(|row| match row {
        Ok(thing) => Some(*thing) == home,
        Err(key) => Some(key) == group,
    });
    let Some(at) = moved(at, by, rows.len()) else {
        return;
    };
    match &rows[at] {
        Ok(thing) => run.select(Some(*thing)),
        Err(key) => {
            run.select(None);
            run.table.group = Some(key.clone());
        }
    }
}

/// Returns the place `by` after another in a list; from none into the list, from the side that it
/// is entered at.
fn moved(at: Option<usize>, by: isize, len: usize) -> Option<usize> {
    let last = len.checked_sub(1)?;
    Some(match at {
        Some(at) => at.saturating_add_signed(by).min(last),
        None if by == isize::MAX => last,
        None if by < 0 && by != isize::MIN => last,
        None => 0,
    })
}

/// Walks through the flow that has the room; beyond its end lies the next object's.
fn move_in_flow(run: &mut RunView, history: &History, by: isize) {
    let t = run.t(history);
    let Some(object) = flow::chosen(history, run.selected, t) else {
        return;
    };
    let things = flow::things_of(history, object, t);
    let at = run
        .selected
        .and_then(|selected| things.iter().position(|&thing| thing == selected));
    let at_end = match at {
        Some(0) if by == -1 => true,
        Some(at) => by == 1 && at + 1 == things.len(),
        None => false,
    };
    if at_end {
        let next = flow::neighbour(history, object.id, by, t);
        let next = next.and_then(|next| history.object(next));
        if let Some(next) = next {
            let things = flow::things_of(history, next, t);
            // Its own things say which flow is meant; a process may be in several.
            let own = |thing: &&Thing| thing.object().is_some();
            let first = things.iter().find(own).or(things.first());
            run.select(first.copied().or(Some(next.id.into())));
        }
        return;
    }
    if let Some(at) = moved(at, by, things.len()) {
        run.select(things.get(at).copied());
    }
}

/// Selects a row of the log and what it is about.
fn move_in_rows(run: &mut RunView, history: &History, told: Told, by: isize) {
    let t = run.t(history);
    let known = history.log_until(t);
    let row = run.row.filter(|&row| row < known);
    let filtered = (run.focus == Pane::Events)
        .then(|| run.find.row_moved(known, row, by))
        .flatten();
    let found = match (row, by) {
        _ if filtered.is_some() => filtered.flatten(),
        (_, isize::MIN) => row_after(history, 0, t, told),
        (_, isize::MAX) | (None, _) => row_before(history, known, t, told),
        (Some(row), by) => {
            let mut at = row;
            for _ in 0..by.unsigned_abs() {
                let next = match by < 0 {
                    true => row_before(history, at, t, told),
                    false => row_after(history, at + 1, t, told),
                };
                match next {
                    Some(next) => at = next,
                    None => break,
                }
            }
            Some(at)
        }
    };
    if let Some(found) = found
        && let Some(event) = history.log().get(found)
    {
        run.select(Some(subject(&event)));
        run.row = Some(found);
    }
}

/// Returns the last row before a position.
fn row_before(history: &History, end: usize, t: Time, told: Told) -> Option<usize> {
    let outlines = history.log().outlines_before(end, LOOKED_AT_MAX);
    let mut may = outlines.filter(|outline| may_be_row_at(history, outline, t));
    let found = may.find(|outline| {
        let event = history.log().event(outline);
        event.is_some_and(|event| told(history, &event, t))
    });
    found.map(|outline| outline.position)
}

/// Returns the first row from a position on, up to `t`.
fn row_after(history: &History, from: usize, t: Time, told: Told) -> Option<usize> {
    let known = history.log_until(t);
    let events = (from..known).zip(history.log().range(from..known));
    let mut looked_at = events.take(LOOKED_AT_MAX);
    looked_at
        .find(|(_, event)| is_row_at(history, event, t) && told(history, event, t))
        .map(|(at, _)| at)
}

/// Returns whether the sequence has a row for an event, as far as it can be told without its
/// life-lines.
fn is_drawn(history: &History, event: &Event) -> bool {
    match event.kind.tag() {
        Tag::MessageSent => {
            let Kind::MessageSent { message, .. } = event.kind else {
                return false;
            };
            // What was put is told by its put.
            history
                .message(message)
                .is_none_or(|message| message.put().is_none())
        }
        Tag::ProcessForked
        | Tag::ProcessExited
        | Tag::SignalSent
        | Tag::ProcessAdopted
        | Tag::MessagePut
        | Tag::MessageReceived
        | Tag::BytesWritten
        | Tag::BytesRead
        | Tag::EofSeen
        | Tag::Failed => event.actor != ActorId::MPVIZ || event.kind.tag() != Tag::ProcessForked,
        _ => false,
    }
}

/// Goes to the events that prove why the selected thing is as it is, one after the other: the
/// cursor stands at the event, its row is selected. Says so where there is none.
pub(super) fn go_to_proof(run: &mut RunView, history: &History) -> Result<(), String> {
    let known = run.proof.filter(|proof| Some(proof.thing) == run.selected);
    let (thing, t) = match known {
        Some(proof) => (proof.thing, proof.t),
        None => (
            run.selected.unwrap_or(Thing::Actor(ActorId(1))),
            run.t(history),
        ),
    };
    let events = history.proof_of(t, thing);
    if events.is_empty() {
        return Err("nothing has happened that would prove it".to_owned());
    }
    let at = known.map_or(0, |proof| (proof.at + 1) % events.len());
    let position = events[at] as usize;
    let Some(then) = history.log().time(position) else {
        return Ok(());
    };
    if known.is_none() {
        run.keep_trace();
    }
    run.selected = Some(thing);
    run.row = Some(position);
    run.frozen = Some(then);
    run.playing = None;
    run.proof = Some(Proof { thing, t, at });
    Ok(())
}

/// Selects whatever the selected thing waits for. Says where the chain ends, and where it closes
/// to a circle.
pub(super) fn follow_chain(run: &mut RunView, history: &History) -> Result<(), String> {
    let t = run.proof.map_or_else(|| run.t(history), |proof| proof.t);
    let from = run.selected.unwrap_or(Thing::Actor(ActorId(1)));
    let before = run.trail.last().and_then(|trace| trace.selected);
    let Some(next) = history.waited_for(t, from, before) else {
        return Err(end_of_chain(history, from, t).to_owned());
    };
    let closes = run.trail.iter().any(|trace| trace.selected == Some(next));
    run.keep_trace();
    run.select(Some(next));
    // The proof that was looked at was at another moment.
    run.frozen = (t < history.now() || run.frozen.is_some()).then_some(t);
    if closes {
        return Err("the chain comes back to where it was: a circle".to_owned());
    }
    Ok(())
}

/// Says why a chain goes no further.
fn end_of_chain(history: &History, at: Thing, t: Time) -> &'static str {
    let waits = |id: ActorId| history.need_at(t, id);
    let need = match at {
        Thing::Actor(id) => waits(id),
        Thing::Object(id) => history.waiters_at(t, id).find_map(waits),
        Thing::Message(_) | Thing::Task(_) => None,
    };
    match need {
        Some(need) if need.wait.timeout.is_some() => "it waits no longer than its timeout",
        Some(need) if need.movers.is_empty() && need.what.thing().is_some() => {
            "nobody who lives could end this wait: the chain ends here"
        }
        _ => "it waits for nobody: the chain ends here",
    }
}

/// Goes back one step: from a step along a chain or to a proof, the card, a row, the cursor, the
/// selection. `false` says that nothing was left.
pub(super) fn back(run: &mut RunView, history: &History) -> bool {
    if run.card {
        run.card = false;
        return true;
    }
    if let Some(trace) = run.trail.pop() {
        run.selected = trace.selected;
        run.row = trace.row;
        run.frozen = trace.frozen;
        run.proof = trace.proof;
        return true;
    }
    run.proof = None;
    if run.row.take().is_some() {
        return true;
    }
    if finding::close(run, history) {
        return true;
    }
    if run.frozen.is_some() {
        time::thaw(run);
        return true;
    }
    if run.window.take().is_some() {
        return true;
    }
    run.selected.take().is_some()
}
