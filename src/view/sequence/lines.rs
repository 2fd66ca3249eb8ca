//! Life-lines: which there are, in which order, and where.

use crate::event::words::{Class, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object, Thing};
use crate::ui::flow::readers;
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
        let mut lives = all(history, view.t);
        let room = width.saturating_sub(left);
        let most = usize::from(room / PITCH_MIN).max(2);
        let hidden = lives.len().saturating_sub(most);
        if hidden > 0 {
            let kept = most_telling(history, view, &lives, most);
            lives.retain(|life| kept.contains(life));
        }
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

/// Returns the life-lines that stay where there is no room for all: things, the selected process,
/// those that something happened to last, then the first ones.
fn most_telling(history: &History, view: &FlowView, lives: &[Life], most: usize) -> Vec<Life> {
    let mut kept: Vec<Life> = Vec::with_capacity(most);
    let things = lives
        .iter()
        .filter(|life| matches!(life, Life::Object(_)))
        .copied();
    let selected = view.life(history).and_then(Thing::actor).map(Life::Actor);
    let until = history.log_until(view.t);
    let last = history.log().range(0..until).rev().take(LOOK_BACK);
    let last = last.map(|event| Life::Actor(history.process_of(event.actor)));
    for life in things
        .chain(selected)
        .chain(last)
        .chain(lives.iter().copied())
    {
        if kept.len() >= most {
            break;
        }
        if lives.contains(&life) && !kept.contains(&life) {
            kept.push(life);
        }
    }
    kept
}

/// Returns every life-line at `t`: the processes in the order of the tree, each thing before the
/// first of those who take out of it.
fn all(history: &History, t: Time) -> Vec<Life> {
    let mut lives: Vec<Life> = history.processes_at(t).map(Life::Actor).collect();
    for object in history
        .objects()
        .iter()
        .filter(|object| object.created <= t && has_life_line(history, object))
    {
        let pipe = object
            .parts
            .iter()
            .filter_map(|&part| history.object(part))
            .find(|part| part.part == Some(Part::Pipe));
        let takers: Vec<Life> = match object.part {
            // Its workers take, also before they have taken anything.
            Some(Part::Inqueue) => {
                let workers = history.processes_at(t).filter(|&id| is_worker(history, id));
                workers.map(Life::Actor).collect()
            }
            Some(Part::Outqueue) => Vec::new(),
            _ => readers(history, object, pipe, t)
                .into_iter()
                .map(Life::Actor)
                .collect(),
        };
        let first = lives.iter().position(|life| takers.contains(life));
        let at = first.filter(|&at| at > 0).unwrap_or(lives.len());
        lives.insert(at, Life::Object(object.id));
    }
    lives
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
