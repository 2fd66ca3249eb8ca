//! Which rows the table has.
//!
//! Which processes are listed and which are folded is said in [`crate::ui::crowd`]; here that is
//! cut to the room there is, threads and objects come in, and a row says what is scrolled away.

use crate::event::words::Part;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, StateClass, Thing};
use crate::ui::RunView;
use crate::ui::crowd::{self, Branch, Group, Item};
use crate::ui::table::{Which, home, object_rows, waiting_threads};
use crate::view::Memory;

/// A row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Row {
    /// A process.
    Process(ActorId),
    /// A thread that has something to say.
    Thread(ActorId),
    /// A queue or pipe, a lock.
    Object(ObjectId),
    /// Processes that are folded: their position among [`Rows::groups`].
    Group(usize),
    /// How many rows are scrolled away.
    More,
    /// Nothing, between processes and objects.
    Blank,
}

/// The rows of the table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rows {
    /// Every row with what stands before its name: the lines of the tree.
    pub rows: Vec<(Row, Branch)>,
    /// Processes that are folded.
    pub groups: Vec<Group>,
    /// How many rows are scrolled away above and below.
    pub more: (usize, usize),
    /// How many rows there are for processes.
    pub room: usize,
    /// How many processes were found, where they are filtered.
    pub found: Option<usize>,
    /// Whether there is room for a second line below each process.
    pub has_second_lines: bool,
}

impl Rows {
    /// Returns the rows of a view in at most `most` rows. `is_roomy` asks for a blank row before
    /// objects, locks, and a second line for each process if all of that fits.
    pub fn of(
        history: &History,
        run: &RunView,
        most: u16,
        is_roomy: Roomy,
        memory: &Memory,
    ) -> Rows {
        let t = run.t(history);
        let most = usize::from(most);
        let which = match is_roomy {
            Roomy::Dense => Which::Few,
            Roomy::OneLine | Roomy::TwoLines => Which::All,
        };
        let mut objects = object_rows(history, t, which);
        // What is selected has its row, or what it is a part of has.
        let selected = run.selected.and_then(|thing| home(history, thing, t));
        let object = selected.and_then(Thing::object);
        if let Some(object) = object.filter(|object| !objects.contains(object)) {
            let place = |id: ObjectId| history.objects().iter().position(|known| known.id == id);
            let at = objects.partition_point(|&id| place(id) < place(object));
            objects.insert(at, object);
        }
        let blank = usize::from(is_roomy != Roomy::Dense && !objects.is_empty());
        // Objects get at least a third, so that a queue stays beside a hundred workers.
        let room = most
            .saturating_sub(objects.len().min(most / 3) + blank)
            .max(1);
        let mut rows = Rows {
            room,
            found: run.find.processes_found().map(<[ActorId]>::len),
            ..Rows::default()
        };
        let selected = selected.and_then(Thing::actor);
        rows.add_processes(history, run, selected, memory);
        let for_objects = most.saturating_sub(rows.rows.len() + blank);
        keep_first(history, &mut objects, for_objects, object);
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

    /// Adds the rows of processes, and of threads as far as there is room left for them.
    fn add_processes(
        &mut self,
        history: &History,
        run: &RunView,
        selected: Option<ActorId>,
        memory: &Memory,
    ) {
        let t = run.t(history);
        let selected = selected.map(|id| history.process_of(id));
        let listed = memory.list(history, run, selected, self.room);
        let len = listed.items.len();
        let room = match len > self.room {
            true => self.room.saturating_sub(1).max(1),
            false => self.room,
        };
        let window = crowd::window(len, listed.selected, room);
        self.more = (window.start, len - window.end);
        let mut room_left = room - window.len();
        for &(ref item, branch) in &listed.items[window] {
            match *item {
                Item::Group(ref group) => {
                    self.rows.push((Row::Group(self.groups.len()), branch));
                    self.groups.push(group.clone());
                }
                Item::Process(id) => {
                    self.rows.push((Row::Process(id), branch));
                    let depth = branch.depth + 1;
                    for thread in waiting_threads(history, id, t).take(room_left) {
                        self.rows
                            .push((Row::Thread(thread), Branch { depth, later: 0 }));
                        room_left -= 1;
                    }
                }
            }
        }
        if self.more != (0, 0) && self.room > 1 {
            self.rows.push((Row::More, Branch::default()));
        }
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

/// Keeps at most `most` objects: locks go before queues, later ones before earlier ones, what is
/// selected last.
fn keep_first(
    history: &History,
    objects: &mut Vec<ObjectId>,
    most: usize,
    selected: Option<ObjectId>,
) {
    while objects.len() > most {
        let lock = objects.iter().rposition(|&id| {
            selected != Some(id)
                && history
                    .object(id)
                    .is_some_and(|object| object.part == Some(Part::ReadLock))
        });
        let last = objects.iter().rposition(|&id| selected != Some(id));
        objects.remove(lock.or(last).unwrap_or(objects.len() - 1));
    }
}

/// Returns how many of a group's members are in each class of state, and how many in a task.
pub(super) fn census(history: &History, members: &[ActorId], t: Time) -> Census {
    let mut census = Census::default();
    for &id in members {
        if history.band_at(id, t).is_some() {
            census.in_task += 1;
        } else if let Some(interval) = history.lane(id).at(t) {
            census.classes[interval.state.class() as usize] += 1;
        }
    }
    census
}

/// What the members of a group do.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::view) struct Census {
    /// How many are in a task, whatever they do in it.
    pub(super) in_task: usize,
    /// How many of the others are in each class of state.
    pub(super) classes: [usize; StateClass::ALL.len()],
}
