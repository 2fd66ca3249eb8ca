//! Who waits for whom: a question to a moment, nothing that is kept.
//!
//! Somebody who waits has one *need*: what it waits for, and who could bring that about (its
//! *movers*). From need to need there is a chain; where all who could move wait in turn for each
//! other, a circle, and no one in it ever goes on by itself.
//!
//! Invariant: a circle is only told where nothing else could end any of its waits: no timeout, no
//! mover that runs, sleeps or is idle, nobody of whom nothing is known. So there are no false ones.

use super::actor::Form;
use super::lane::{State, Wait};
use super::store::History;
use super::thing::Thing;
use crate::event::words::{End, Operation, Role};
use crate::event::{ActorId, ObjectId, Time};

/// The most actors that are looked at for a circle.
const LOOKED_AT_MAX: usize = 256;

/// What somebody who waits needs, and who could bring it about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Need {
    /// Who waits.
    pub who: ActorId,
    /// The innermost operation that it waits in.
    pub wait: Wait,
    /// Since when.
    pub since: Time,
    /// What it needs.
    pub what: What,
    /// Who could bring it about, of those who live; those who did so before stand first. Never
    /// who waits itself.
    pub movers: Vec<ActorId>,
}

/// What can be needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// The end of a process or thread.
    End(ActorId),
    /// That a lock is given back.
    Lock(ObjectId),
    /// Room in a queue or pipe: a get.
    Room(ObjectId),
    /// Something in a queue or pipe: a put, or EOF.
    Item(ObjectId),
    /// Word from an event, a barrier, a condition, a semaphore or a pool.
    Word(ObjectId),
    /// Something in one of several pipes, or the end of one of several processes.
    Any,
    /// A task's result.
    Result,
    /// Nothing: it is idle, or it is not known.
    Nothing,
}

impl What {
    /// Returns the thing that is waited for.
    pub fn thing(self) -> Option<Thing> {
        match self {
            What::End(actor) => Some(actor.into()),
            What::Lock(object) | What::Room(object) | What::Item(object) | What::Word(object) => {
                Some(object.into())
            }
            What::Any | What::Result | What::Nothing => None,
        }
    }
}

impl History {
    /// Returns what an actor needs at `t`, if it waits then.
    pub fn need_at(&self, t: Time, who: ActorId) -> Option<Need> {
        let now = self.lane(who).at(t)?;
        let State::Waiting(wait) = now.state else {
            return None;
        };
        let what = self.needed(wait, t);
        let mut movers = match what {
            What::End(actor) => vec![actor],
            What::Lock(lock) => {
                let lock = self.object(lock);
                let holder = lock.and_then(|lock| lock.holder.at(t).flatten());
                holder.into_iter().collect()
            }
            What::Room(object) => self.takers(object, wait, t, who),
            What::Item(object) => self.givers(object, t, who),
            What::Any => self.movers_of_any(now.start, t, who),
            What::Word(_) | What::Result | What::Nothing => Vec::new(),
        };
        movers.retain(|&mover| {
            mover != who && self.actor(mover).is_some_and(|actor| !actor.ended_at(t))
        });
        Some(Need {
            who,
            wait,
            since: now.start,
            what,
            movers,
        })
    }

    /// Returns a circle of waits that an actor is in at `t`, from its own need on: each is moved
    /// by whoever the next one is of, and the last by the actor itself. None of them can ever go
    /// on, unless it is killed.
    pub fn wait_cycle_at(&self, t: Time, actor: ActorId) -> Option<Vec<Need>> {
        let needs = self.stuck_with(t, actor)?;
        // The shortest way back, over those who could move.
        let need_of = |id: ActorId| needs.iter().position(|need| need.who == id);
        let start = need_of(actor)?;
        let mut came_from: Vec<Option<usize>> = vec![None; needs.len()];
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(at) = queue.pop_front() {
            for next in self.moved_by(&needs[at]).filter_map(need_of) {
                if next == start {
                    let mut circle = vec![at];
                    while let Some(before) = circle.last().and_then(|&at| came_from[at]) {
                        circle.push(before);
                    }
                    circle.reverse();
                    return Some(circle.into_iter().map(|at| needs[at].clone()).collect());
                }
                if came_from[next].is_none() {
                    came_from[next] = Some(at);
                    queue.push_back(next);
                }
            }
        }
        None
    }

    /// Returns everybody who must move for an actor to go on, the actor first, if all of them wait
    /// for each other at `t` and for nobody else: it can never go on.
    pub fn stuck_with(&self, t: Time, actor: ActorId) -> Option<Vec<Need>> {
        if self.run().end_at(t).is_some() {
            return None;
        }
        let mut needs = vec![self.need_at(t, actor)?];
        let mut at = 0;
        while at < needs.len() {
            let need = &needs[at];
            let is_free = self.may_take(need, t) || self.is_moved_outside(need, t);
            if !need.lasts() || is_free || needs.len() > LOOKED_AT_MAX {
                return None;
            }
            let mut movers = need.movers.clone();
            // Also a process's other threads could.
            for mover in need.movers.iter().copied() {
                let threads = self.threads_of(mover).iter().copied();
                let lives = |&id: &ActorId| self.actor(id).is_some_and(|a| !a.ended_at(t));
                let is_other = |&id: &ActorId| id != need.who && !self.is_feeder(id);
                movers.extend(threads.filter(lives).filter(is_other));
            }
            if movers.is_empty() {
                return None;
            }
            // Mostly somebody is free, which is soon seen.
            let waits = |&id: &ActorId| {
                matches!(
                    self.lane(id).at(t).map(|now| now.state),
                    Some(State::Waiting(_))
                )
            };
            if !movers.iter().all(waits) {
                return None;
            }
            for mover in movers {
                if needs.iter().all(|need| need.who != mover) {
                    // Whoever does not wait may still move.
                    needs.push(self.need_at(t, mover)?);
                }
            }
            at += 1;
        }
        Some(needs)
    }

    /// Returns the next thing that a thing waits for, as of `t`: from a process what it needs, from
    /// a lock its holder, from a queue who would have to put or get, from a message who has to take
    /// it, from a task its worker. `came_from` is what was left for it: the other side of a queue
    /// leads on.
    pub fn waited_for(&self, t: Time, thing: Thing, came_from: Option<Thing>) -> Option<Thing> {
        match thing {
            Thing::Actor(id) => {
                let need = self.need_at(t, id);
                match need.map(|need| (need.what.thing(), need.movers)) {
                    Some((Some(thing), _)) => Some(thing),
                    Some((None, movers)) => movers.first().map(|&id| id.into()),
                    None => self.zombie_waits_for(id, t).map(Thing::from),
                }
            }
            Thing::Object(id) => {
                // Who waits for it says what for; of several the one that one came from.
                let from = came_from.and_then(Thing::actor);
                let waiting = from
                    .into_iter()
                    .chain(self.waiters_at(t, id))
                    .filter_map(|who| self.need_at(t, who))
                    .find(|need| need.what.thing() == Some(thing))?;
                waiting.movers.first().map(|&id| id.into())
            }
            Thing::Message(id) => {
                let message = self.message(id)?;
                if message.received().is_some_and(|(at, _)| at <= t) {
                    return None;
                }
                match message.sent().filter(|&(at, _)| at <= t) {
                    Some(_) => message.queue().or(message.pipe()).map(Thing::from),
                    None => {
                        let sender = self.process_of(id.sender);
                        let mut threads = self.threads_of(sender).iter().copied();
                        let feeder = threads.find(|&id| self.is_feeder(id));
                        feeder.map(Thing::from).or(message.queue().map(Thing::from))
                    }
                }
            }
            Thing::Task(id) => {
                let task = self.task(id)?;
                if task.finished.as_ref().is_some_and(|end| end.t <= t) {
                    return None;
                }
                match task.started.filter(|&(at, _)| at <= t) {
                    Some((_, worker)) => Some(worker.into()),
                    // The next worker to be free is not known: the one that is busy longest.
                    None => {
                        let bands = self.active_at(t).filter_map(|actor| {
                            let band = self.band_at(actor.id, t)?;
                            Some((band.start, actor.id))
                        });
                        bands.min().map(|(_, worker)| worker.into())
                    }
                }
            }
        }
    }

    /// Returns who waits for an object at `t`, or for something within an operation on it, in the
    /// order in which they became known.
    pub fn waiters_at(&self, t: Time, object: ObjectId) -> impl Iterator<Item = ActorId> + '_ {
        self.active_at(t).filter_map(move |actor| {
            let State::Waiting(wait) = actor.lane.at(t)?.state else {
                return None;
            };
            let waits = wait.object.is_some_and(|on| {
                on == object || self.object(on).and_then(|on| on.part_of) == Some(object)
            });
            waits.then_some(actor.id)
        })
    }

    fn may_take(&self, need: &Need, t: Time) -> bool {
        match need.what {
            What::Item(object) => self.has_item_for(need.who, Some(object), t) != Some(false),
            _ => false,
        }
    }

    /// Whether somebody outside of the program may bring about what is needed.
    fn is_moved_outside(&self, need: &Need, t: Time) -> bool {
        let writes = |pipe| self.may_move_outside(Some(pipe), End::Write, t);
        match need.what {
            What::Item(pipe) => writes(pipe),
            What::Room(pipe) => self.may_move_outside(Some(pipe), End::Read, t),
            What::Any => {
                let several = self.several_of(need.who, need.since, t);
                let mut things = several.iter().flat_map(|several| &several.things);
                things.any(|thing| matches!(*thing, Thing::Object(pipe) if writes(pipe)))
            }
            _ => false,
        }
    }

    /// Returns who moves a need, for the way that is told: room is rather made by others than by
    /// the process whose own feeder waits for it.
    fn moved_by<'a>(&'a self, need: &'a Need) -> impl Iterator<Item = ActorId> + 'a {
        let own = self.process_of(need.who);
        let others = need.movers.iter().any(|&mover| mover != own);
        let movers = need.movers.iter().copied();
        movers.filter(move |&mover| !others || mover != own)
    }

    fn needed(&self, wait: Wait, t: Time) -> What {
        let of_object = |what: fn(ObjectId) -> What| wait.object.map_or(What::Nothing, what);
        match wait.operation {
            Operation::Join | Operation::JoinFeeder | Operation::Wait | Operation::Communicate => {
                match wait.on {
                    Some(on) => What::End(on),
                    None => of_object(What::Word),
                }
            }
            Operation::Acquire => match wait.object.and_then(|lock| self.object(lock)) {
                Some(lock) if lock.is_lock() => What::Lock(lock.id),
                Some(other) => What::Word(other.id),
                None => What::Nothing,
            },
            Operation::Put | Operation::Send | Operation::Write => {
                if self.has_no_room(wait.object, t) {
                    of_object(What::Room)
                } else {
                    What::Nothing
                }
            }
            Operation::Poll if wait.object.is_none() => What::Any,
            Operation::Get | Operation::Recv | Operation::Read | Operation::Poll => {
                of_object(What::Item)
            }
            Operation::JoinPool | Operation::Await | Operation::Notify => of_object(What::Word),
            Operation::Fetch => What::Result,
            Operation::Idle => What::Nothing,
        }
    }

    fn is_feeder(&self, id: ActorId) -> bool {
        let form = self.actor(id).map(|actor| actor.form);
        matches!(
            form,
            Some(Form::Thread {
                role: Role::Feeder,
                ..
            })
        )
    }

    /// A zombie waits for its parent to take note of its end.
    fn zombie_waits_for(&self, id: ActorId, t: Time) -> Option<ActorId> {
        let actor = self.actor(id).filter(|actor| actor.zombie_at(t))?;
        let adopter = actor.adopted_at(t);
        adopter.map(|adoption| adoption.adopter).or(actor.parent)
    }
}

impl Need {
    /// Whether the wait ends by what it needs alone.
    fn lasts(&self) -> bool {
        self.wait.timeout.is_none()
            && !matches!(self.what, What::Word(_) | What::Result | What::Nothing)
    }
}
