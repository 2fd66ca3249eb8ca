//! Which rows the table has.
//!
//! Rows stand in the order of the tree and never change it. Where there are more than room, ended
//! processes go first, then all that are not near the selection; one row says how many are not
//! shown and what they do.

use crate::event::words::{Class, Part, Role};
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::{Form, History, Object, StateClass};
use crate::ui::RunView;

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// A process.
    Process(ActorId),
    /// A thread that has something to say.
    Thread(ActorId),
    /// A queue or pipe, a lock.
    Object(ObjectId),
    /// Processes that have no row: see [`Rows::folded`].
    Folded,
    /// Nothing, between processes and objects.
    Blank,
}

/// The rows of the table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    /// Every row with what stands before its name: the lines of the tree.
    pub rows: Vec<(Row, Branch)>,
    /// What the processes without a row do.
    pub folded: Folded,
    /// Whether there is room for a second line below each process.
    pub has_second_lines: bool,
}

/// The lines of the tree before a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Branch {
    /// How deep the row stands.
    pub depth: u16,
    /// Bit `d` says that a row of depth `d` comes later, below the same parent.
    pub later: u32,
}

/// Processes that have no row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Folded {
    /// How many there are.
    pub count: usize,
    /// How many of them have ended.
    pub ended: usize,
    /// How many of each class of state.
    pub classes: [usize; StateClass::ALL.len()],
}

/// The deepest that a tree is drawn.
pub(super) const DEPTH_MOST: u16 = 6;

/// A thread that waited longer than this in all gets a row of its own.
const WAITS_LONG: Span = Span::millis(10);

/// No more objects than this have a row, however many there are.
const OBJECTS_MOST: usize = 64;

impl Rows {
    /// Returns the rows of a view in at most `most` rows. `is_roomy` asks for a blank row before
    /// objects, locks, and a second line for each process if all of that fits.
    pub fn of(history: &History, run: &RunView, most: u16, is_roomy: Roomy) -> Rows {
        let t = run.t(history);
        let most = usize::from(most);
        let mut objects = object_rows(history, t, is_roomy);
        let processes = known_processes(history, t);
        let threads: usize = processes
            .iter()
            .map(|&(id, _)| waiting_threads(history, id, t).count())
            .sum();
        let blank = usize::from(is_roomy != Roomy::Dense && !objects.is_empty());
        let wanted = processes.len() + threads;
        // Objects get at least a third, so that a queue stays beside a hundred workers.
        let for_objects = most.saturating_sub(wanted + blank).max(most / 3);
        keep_first(history, &mut objects, for_objects);
        let for_processes = most.saturating_sub(objects.len() + blank).max(1);
        let mut rows = Rows::default();
        let kept = if wanted > for_processes {
            fold(history, run, t, processes, for_processes, &mut rows.folded)
        } else {
            processes
        };
        let room = for_processes.saturating_sub(usize::from(rows.folded.count > 0));
        for (id, branch) in kept {
            rows.rows.push((Row::Process(id), branch));
            for thread in waiting_threads(history, id, t) {
                if rows.rows.len() < room {
                    let depth = branch.depth + 1;
                    rows.rows
                        .push((Row::Thread(thread), Branch { depth, later: 0 }));
                }
            }
        }
        rows.rows.truncate(room.max(1));
        if rows.folded.count > 0 {
            rows.rows.push((Row::Folded, Branch::default()));
        }
        rows.has_second_lines =
            is_roomy == Roomy::TwoLines && rows.rows.len() * 2 + blank + objects.len() <= most;
        if !objects.is_empty() {
            if blank == 1 && !rows.has_second_lines {
                rows.rows.push((Row::Blank, Branch::default()));
            }
            let objects = objects.into_iter().map(Row::Object);
            rows.rows
                .extend(objects.map(|row| (row, Branch::default())));
        }
        rows
    }

    /// Returns how many rows of the screen they take.
    pub fn height(&self) -> u16 {
        let seconds = if self.has_second_lines {
            self.rows
                .iter()
                .filter(|(row, _)| row.has_second_line())
                .count()
        } else {
            0
        };
        u16::try_from(self.rows.len() + seconds).unwrap_or(u16::MAX)
    }
}

impl Row {
    /// Returns whether the row has a second line where there is room for it.
    pub fn has_second_line(self) -> bool {
        matches!(self, Row::Process(_) | Row::Thread(_))
    }
}

/// How much room the table has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Roomy {
    /// No blank row, no locks, one object of each kind.
    Dense,
    /// All of that.
    OneLine,
    /// And a second line for each process.
    TwoLines,
}

/// Returns every process that is known at `t`, with the lines of the tree.
fn known_processes(history: &History, t: Time) -> Vec<(ActorId, Branch)> {
    let mut rows: Vec<(ActorId, Branch)> = history
        .processes_at(t)
        .map(|id| {
            let depth = history.depth(id).min(usize::from(DEPTH_MOST));
            let depth = u16::try_from(depth).unwrap_or(DEPTH_MOST);
            (id, Branch { depth, later: 0 })
        })
        .collect();
    // From below: which depths go on further down, below the same parent.
    let mut later = 0u32;
    for (_, branch) in rows.iter_mut().rev() {
        let own = 1u32 << branch.depth;
        branch.later = later & (own | (own - 1));
        later = branch.later | own;
    }
    rows
}

/// Returns the threads of a process that waited long enough to be worth a row.
fn waiting_threads(
    history: &History,
    process: ActorId,
    t: Time,
) -> impl Iterator<Item = ActorId> + '_ {
    history
        .threads_of(process)
        .iter()
        .copied()
        .filter(move |&thread| {
            let is_feeder = history.actor(thread).is_some_and(|actor| {
                matches!(
                    actor.form,
                    Form::Thread {
                        role: Role::Feeder,
                        ..
                    }
                )
            });
            is_feeder && {
                let shares = history.lane(thread).shares(Time::ZERO..t);
                let waited = shares.of(StateClass::Giving) + shares.of(StateClass::Acquiring);
                waited >= WAITS_LONG.0
            }
        })
}

/// Returns the objects that have a row, in order of making.
fn object_rows(history: &History, t: Time, roomy: Roomy) -> Vec<ObjectId> {
    history
        .objects()
        .iter()
        .filter(|object| object.created <= t && is_shown(history, object, roomy, t))
        .map(|object| object.id)
        .take(OBJECTS_MOST)
        .collect()
}

fn is_shown(history: &History, object: &Object, roomy: Roomy, t: Time) -> bool {
    let whole = object.part_of.and_then(|id| history.object(id));
    match (object.class, whole.map(|whole| whole.class)) {
        (Class::Queue | Class::JoinableQueue | Class::DuplexPipe, _)
        | (Class::Pipe, None | Some(Class::Popen)) => true,
        (Class::SimpleQueue, _) => roomy != Roomy::Dense || object.part != Some(Part::Outqueue),
        // Of a queue's locks the read lock is the one that lessons are about.
        (Class::Lock, Some(Class::Queue | Class::JoinableQueue)) => {
            roomy != Roomy::Dense
                && object.part == Some(Part::ReadLock)
                && object.holder.at(t).is_some()
        }
        (
            Class::Lock
            | Class::RLock
            | Class::Semaphore
            | Class::BoundedSemaphore
            | Class::Condition
            | Class::Event
            | Class::Barrier
            | Class::Value
            | Class::Array,
            None,
        ) => true,
        _ => false,
    }
}

/// Keeps at most `most` objects: locks go before queues, later ones before earlier ones.
fn keep_first(history: &History, objects: &mut Vec<ObjectId>, most: usize) {
    while objects.len() > most {
        let lock = objects.iter().rposition(|&id| {
            history
                .object(id)
                .is_some_and(|object| object.part == Some(Part::ReadLock))
        });
        objects.remove(lock.unwrap_or(objects.len() - 1));
    }
}

/// Chooses the processes that have a row, and counts the others.
fn fold(
    history: &History,
    run: &RunView,
    t: Time,
    processes: Vec<(ActorId, Branch)>,
    room: usize,
    folded: &mut Folded,
) -> Vec<(ActorId, Branch)> {
    // One row says what the others do.
    let room = room.saturating_sub(1).max(1);
    let has_ended = |id: ActorId| history.actor(id).is_some_and(|actor| actor.ended_at(t));
    let is_kept = |id: ActorId, branch: Branch| {
        branch.depth == 0 || run.selected_actor() == Some(id) || !has_ended(id)
    };
    let living = processes.iter().filter(|&&(id, b)| is_kept(id, b)).count();
    // If ended ones are enough to fold, the first of them keep their row.
    let mut ended_kept = room.saturating_sub(living);
    let mut rows = Vec::with_capacity(living.min(processes.len()));
    for (id, branch) in processes {
        if is_kept(id, branch) {
            rows.push((id, branch));
        } else if ended_kept > 0 {
            ended_kept -= 1;
            rows.push((id, branch));
        } else {
            count_folded(history, id, t, folded);
        }
    }
    if rows.len() > room {
        let selected = run
            .selected_actor()
            .and_then(|selected| rows.iter().position(|&(id, _)| id == selected))
            .unwrap_or(0);
        let first = (selected + 1 + room / 3)
            .saturating_sub(room)
            .min(rows.len() - room);
        for &(id, _) in rows[..first].iter().chain(&rows[first + room..]) {
            count_folded(history, id, t, folded);
        }
        rows.truncate(first + room);
        rows.drain(..first);
    }
    rows
}

fn count_folded(history: &History, id: ActorId, t: Time, folded: &mut Folded) {
    folded.count += 1;
    match history.lane(id).at(t) {
        Some(interval) => folded.classes[interval.state.class() as usize] += 1,
        None => folded.ended += 1,
    }
}
