//! Life-lines: which there are, in which order, and where.

use crate::event::words::{Class, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object, Thing};
use crate::ui::flow::first_reader;
use crate::view::flow::FlowView;
use crate::view::words::is_worker;

/// The least columns from one life-line to the next.
const PITCH_MIN: u16 = 8;
/// How many events are looked at for whom something happened to last.
const LOOK_BACK: usize = 256;

/// What a life-line is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Life {
    /// A process.
    Actor(ActorId),
    /// A queue or a pipe.
    Object(ObjectId),
}

impl Life {
    /// Returns the thing that it is of.
    pub(super) fn thing(self) -> Thing {
        match self {
            Life::Actor(id) => id.into(),
            Life::Object(id) => id.into(),
        }
    }
}

/// The life-lines of a sequence.
pub(super) struct Lines {
    /// Each, from the left.
    pub(super) lives: Vec<Life>,
    /// The columns from one to the next.
    pub(super) pitch: u16,
    /// How many have no room.
    pub(super) hidden: usize,
    columns: Vec<u16>,
}

impl Lines {
    /// Returns the life-lines between column `left` and `width`.
    pub(super) fn new(history: &History, view: &FlowView, left: u16, width: u16) -> Lines {
        let room = width.saturating_sub(left);
        let most = usize::from(room / PITCH_MIN).max(2);
        let things = things(history, view.t);
        let known = history.known_until(view.t);
        let hidden = (known + things.len()).saturating_sub(most);
        let lives = most_telling(history, view, things, most);
        // Nobody says anything beside the supervisor's line: half the room is enough for it.
        let is_half = |life: &Life| *life == Life::Actor(ActorId::MPVIZ) && lives.len() > 2;
        let halves = lives.iter().map(|life| if is_half(life) { 1 } else { 2 });
        let halves_all = halves.clone().sum::<u16>().max(1);
        // A few lines have a little more room for words beside the last one.
        let spare = if lives.len() <= 3 { room / 7 } else { 4 };
        let usable = room
            .saturating_sub(spare)
            .min(halves_all.saturating_mul(24));
        // Half a name stands left of the first line.
        let first = left + (usable / halves_all).min(4);
        let mut halves_before: u16 = 0;
        let columns = halves
            .map(|halves| {
                let offset = u32::from(usable) * u32::from(halves_before) / u32::from(halves_all);
                halves_before += halves;
                first.saturating_add(u16::try_from(offset).unwrap_or(u16::MAX))
            })
            .collect();
        Lines {
            pitch: usable.saturating_mul(2) / halves_all,
            lives,
            hidden,
            columns,
        }
    }

    /// Returns the column of a life-line.
    pub(super) fn column(&self, at: usize) -> u16 {
        self.columns.get(at).copied().unwrap_or(u16::MAX)
    }

    /// Returns the column where words beside a life-line must end: before the next one.
    pub(super) fn end_of_text(&self, at: usize, width: u16) -> u16 {
        if at + 1 < self.lives.len() {
            self.column(at + 1).saturating_sub(1)
        } else {
            width
        }
    }

    /// Returns the place of a process, or of a thread's process.
    pub(super) fn of_actor(&self, history: &History, actor: ActorId) -> Option<usize> {
        let life = Life::Actor(history.process_of(actor));
        self.lives.iter().position(|&known| known == life)
    }

    /// Returns the place of a pipe that is no queue's.
    pub(super) fn of_pipe(&self, object: ObjectId) -> Option<usize> {
        self.lives
            .iter()
            .position(|&known| known == Life::Object(object))
    }

    /// Returns the place of a queue or pipe, or of the queue that a pipe is a part of.
    pub(super) fn of_object(&self, history: &History, object: ObjectId) -> Option<usize> {
        let place = |id| {
            self.lives
                .iter()
                .position(|&known| known == Life::Object(id))
        };
        place(object).or_else(|| place(history.object(object)?.part_of?))
    }
}

/// A life-line and where it stands: its process's place in the tree, or that of the process before
/// which a thing stands.
type Placed = (u64, Life);

/// Returns as many life-lines as there is room for, from the left: things, the selected process,
/// those that something happened to last, then the first ones.
fn most_telling(history: &History, view: &FlowView, things: Vec<Placed>, most: usize) -> Vec<Life> {
    let selected = view.life(history).and_then(Thing::actor);
    let until = history.log_until(view.t);
    let last = history.log().range(0..until).rev().take(LOOK_BACK);
    let last = last.map(|event| history.process_of(event.actor));
    let is_known = |id: &ActorId| {
        let row = history.row_of(*id).and_then(|row| history.tree().get(row));
        row.is_some_and(|row| row.known <= view.t)
    };
    let told = selected.into_iter().chain(last).filter(is_known);
    let mut kept = things;
    kept.truncate(most);
    for process in told.chain(history.processes_at(view.t)) {
        if kept.len() >= most {
            break;
        }
        let life = Life::Actor(process);
        if !kept.iter().any(|&(_, known)| known == life) {
            kept.push((history.place_of(process), life));
        }
    }
    // Things stand before the process of their place.
    kept.sort_by_key(|&(place, life)| (place, matches!(life, Life::Actor(_))));
    kept.into_iter().map(|(_, life)| life).collect()
}

/// Returns the things that have a life-line at `t`, from the left: each before the first of those
/// who take out of it, but never before all processes.
fn things(history: &History, t: Time) -> Vec<Placed> {
    let first = history.processes_at(t).next();
    let mut things: Vec<Placed> = history
        .objects()
        .iter()
        .filter(|object| object.created <= t && has_life_line(history, object))
        .map(|object| {
            let taker = first_taker(history, object, t).filter(|&taker| Some(taker) != first);
            let place = taker.map_or(u64::MAX, |taker| history.place_of(taker));
            (place, Life::Object(object.id))
        })
        .collect();
    things.sort_by_key(|&(place, _)| place);
    things
}

/// Returns the first in the order of the tree of those who take out of a thing.
fn first_taker(history: &History, object: &Object, t: Time) -> Option<ActorId> {
    match object.part {
        // Its workers take, also before they have taken anything.
        Some(Part::Inqueue) => history
            .processes_at(t)
            .find(|&id| is_worker(history, id, t)),
        Some(Part::Outqueue) => None,
        _ => {
            let parts = object.parts.iter().filter_map(|&part| history.object(part));
            let pipe = parts.into_iter().find(|part| part.part == Some(Part::Pipe));
            first_reader(history, object, pipe, t)
        }
    }
}

fn has_life_line(history: &History, object: &Object) -> bool {
    match object.class {
        Class::Queue | Class::JoinableQueue | Class::SimpleQueue | Class::DuplexPipe => true,
        // The pipe of a queue has its queue's; a program's streams are told by arrows to it.
        Class::Pipe => object
            .part_of
            .and_then(|whole| history.object(whole))
            .is_none(),
        _ => false,
    }
}
