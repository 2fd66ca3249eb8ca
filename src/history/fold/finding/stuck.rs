//! Who is stuck: waits for what can't come, as all who could bring it are stuck themselves.
//!
//! All that wait without a limit are taken for stuck at first; then, again and again, whoever may
//! still be served is taken out. What is left waits for itself, for ever. Where it is not known who
//! could serve (a get, a put, a condition), anybody could who lives.

use super::{ActorId, History};
use crate::event::ObjectId;
use crate::event::words::{Class, End, Operation};
use crate::history::lane::{State, Wait};

/// After so many rounds without a result nothing is said.
const ROUNDS_MAX: usize = 32;

/// Who is stuck, by position.
pub(super) struct Stuck {
    pub(super) is_stuck: Vec<bool>,
    /// Whether no process of the program can do anything.
    pub(super) all: bool,
}

impl History {
    /// Returns who is stuck.
    pub(super) fn stuck(&self) -> Stuck {
        let waits = |who: usize| !self.actors[who].over() && self.wait_of(who).is_some();
        let mut stuck = Stuck {
            is_stuck: (0..self.actors.len()).map(waits).collect(),
            all: false,
        };
        for _ in 0..ROUNDS_MAX {
            stuck.all = self.are_all_stuck(&stuck);
            let served: Vec<usize> = (0..stuck.is_stuck.len())
                .filter(|&who| stuck.is_stuck[who] && !self.waits_in_vain(who, &stuck))
                .collect();
            if served.is_empty() {
                return stuck;
            }
            for who in served {
                stuck.is_stuck[who] = false;
            }
        }
        stuck.is_stuck.fill(false);
        stuck.all = false;
        stuck
    }

    fn are_all_stuck(&self, stuck: &Stuck) -> bool {
        let mut living = (0..self.actors.len()).filter(|&who| {
            let actor = &self.actors[who];
            actor.counted && !actor.over()
        });
        living.all(|who| self.is_process_stuck(who, stuck))
    }

    /// Returns whether a process with all its threads is stuck. A feeder with an empty buffer does
    /// nothing before its process does.
    fn is_process_stuck(&self, who: usize, stuck: &Stuck) -> bool {
        let is_thread_stuck = |id: &ActorId| {
            self.actor_index.get(id.0).is_none_or(|thread| {
                let actor = &self.actors[thread];
                let is_idle = matches!(actor.open.last(), Some(State::Waiting(wait)) if wait.operation == Operation::Idle);
                actor.over() || is_idle || stuck.is_stuck[thread]
            })
        };
        stuck.is_stuck[who] && self.actors[who].threads.iter().all(is_thread_stuck)
    }

    /// Returns whether nobody who is not stuck can end a wait.
    fn waits_in_vain(&self, who: usize, stuck: &Stuck) -> bool {
        let Some(wait) = self.wait_of(who) else {
            return false;
        };
        match wait.operation {
            Operation::Join | Operation::JoinFeeder | Operation::Wait => {
                self.is_actor_stuck(wait.on, stuck)
            }
            Operation::Acquire => self.acquires_in_vain(who, wait, stuck),
            Operation::Recv | Operation::Read | Operation::Poll => wait
                .object
                .is_some_and(|pipe| self.reads_in_vain(who, pipe, stuck)),
            Operation::Get => {
                let queue = wait.object.and_then(|queue| self.object(queue));
                stuck.all && queue.is_some_and(|queue| queue.items.last() == Some(0))
            }
            // Somebody outside may make room.
            Operation::Send | Operation::Write
                if self.may_move_outside(wait.object, End::Read, self.now) =>
            {
                false
            }
            Operation::Put
            | Operation::Send
            | Operation::Write
            | Operation::Await
            | Operation::Notify => stuck.all,
            // A pool replaces its workers, and a started program is not seen inside.
            Operation::JoinPool | Operation::Fetch | Operation::Communicate | Operation::Idle => {
                false
            }
        }
    }

    fn is_actor_stuck(&self, on: Option<ActorId>, stuck: &Stuck) -> bool {
        let Some(on) = on.and_then(|on| self.actor_index.get(on.0)) else {
            return false;
        };
        let actor = &self.actors[on];
        !actor.over()
            && match actor.is_process() {
                true => self.is_process_stuck(on, stuck),
                false => stuck.is_stuck[on],
            }
    }

    fn acquires_in_vain(&self, who: usize, wait: Wait, stuck: &Stuck) -> bool {
        let Some(lock) = wait.object.and_then(|lock| self.object(lock)) else {
            return false;
        };
        if lock.lost.last().flatten().is_some() {
            return true;
        }
        match lock.holder.last().flatten().or(wait.on) {
            // Another one may give back what this one has taken itself.
            Some(holder) if holder == self.actors[who].id => stuck.all,
            Some(holder) => self.is_actor_stuck(Some(holder), stuck),
            // A semaphore has no holder.
            None => stuck.all && !lock.is_lock(),
        }
    }

    /// Returns whether a pipe is empty, and all who could write into it are stuck.
    fn reads_in_vain(&self, who: usize, pipe: ObjectId, stuck: &Stuck) -> bool {
        let Some(known) = self.object(pipe) else {
            return false;
        };
        // What is in a pipe that was found is not seen, but the kernel says that its reader waits:
        // it is empty. Who holds it is known if nobody outside can.
        let is_empty = match known.is_found() {
            true => !known.is_outside_at(self.now, End::Write),
            false => known.bytes.last() == Some(0) && known.items.last() == Some(0),
        };
        let writers = self.writers_of(who, pipe);
        is_empty
            && !writers.is_empty()
            && writers
                .iter()
                .all(|&writer| self.is_process_stuck(writer, stuck))
    }

    /// Returns the processes that hold an end from which somebody's read could be served. Of a
    /// duplex pipe of which the reader has both ends, either may be meant.
    pub(super) fn writers_of(&self, reader: usize, pipe: ObjectId) -> Vec<usize> {
        let Some(at) = self.object_index.get(pipe.0) else {
            return Vec::new();
        };
        let object = &self.objects[at];
        let own = &self.actors[self.process_of_position(reader)].ends;
        let has = |end: End| own.iter().any(|own| own.pipe == at && own.end == end);
        let serves = |end: End| match (object.class, has(End::A), has(End::B)) {
            (Class::DuplexPipe, true, false) => end == End::B,
            (Class::DuplexPipe, false, true) => end == End::A,
            (Class::DuplexPipe, ..) => true,
            _ => end == End::Write,
        };
        let mut writers = Vec::new();
        for hold in object.hold_spans.open_at(self.now) {
            let (holder, end) = object.holds[hold];
            if let Some(holder) = self.actor_index.get(holder.0)
                && serves(end)
                && !writers.contains(&holder)
            {
                writers.push(holder);
            }
        }
        writers
    }
}
