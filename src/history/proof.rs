//! Proof: the events that a *why* rests on, as positions in the log.

use super::lane::State;
use super::store::History;
use super::thing::Thing;
use super::waits::What;
use crate::event::{ActorId, Event, Kind, ObjectId, Time};

/// The most events of a thing that are looked at for one.
const LOOK_BACK: usize = 256;
/// The most others whose doing is a part of a proof.
const OTHERS_MOST: usize = 8;

impl History {
    /// Returns the positions in the log of the events that prove why a thing is as it is at `t`,
    /// the nearest cause first: what it does itself, then what others did or do that it waits for.
    pub fn proof_of(&self, t: Time, thing: Thing) -> Vec<u32> {
        let mut proof = Vec::new();
        match thing {
            Thing::Actor(id) => self.prove_actor(t, id, &mut proof),
            Thing::Object(id) => self.prove_object(t, id, &mut proof),
            Thing::Message(_) => proof.extend(self.told(t, thing)),
            Thing::Task(id) => {
                proof.extend(self.told(t, thing));
                // That it had to wait: what its worker ran before it.
                let task = self.task(id);
                let started = task
                    .and_then(|task| task.started)
                    .filter(|&(at, _)| at <= t);
                if let Some((at, worker)) = started {
                    let before = self.bands(worker).iter().rfind(|band| band.end <= at);
                    proof.extend(before.and_then(|band| self.told(t, band.task.into()).last()));
                } else {
                    let busy = self.actors.iter().filter_map(|actor| {
                        let band = self.band_at(actor.id, t)?;
                        self.told(t, band.task.into()).last()
                    });
                    proof.extend(busy.take(OTHERS_MOST));
                }
            }
        }
        let mut seen = Vec::new();
        proof.retain(|at| {
            let is_new = !seen.contains(at);
            seen.push(*at);
            is_new
        });
        proof
    }

    /// Returns the events of a thing up to `t`.
    fn told(&self, t: Time, thing: Thing) -> impl DoubleEndedIterator<Item = u32> + '_ {
        let events = self.events_of(thing);
        events[..self.events_until(thing, t)].iter().copied()
    }

    /// Returns the last event of a thing up to `t` that is of a sort.
    fn last_of(&self, t: Time, thing: Thing, is_it: impl Fn(&Event) -> bool) -> Option<u32> {
        let mut last = self.told(t, thing).rev().take(LOOK_BACK);
        last.find(|&at| self.log.get(at as usize).is_some_and(|event| is_it(&event)))
    }

    fn prove_actor(&self, t: Time, id: ActorId, proof: &mut Vec<u32>) {
        let Some(actor) = self.actor(id) else {
            return;
        };
        if let Some(exit) = actor.exit_at(t) {
            let thing = id.into();
            proof.extend(self.last_of(t, thing, |event| {
                matches!(
                    event.kind,
                    Kind::ProcessExited { .. } | Kind::ThreadEnded {}
                )
            }));
            proof.extend(self.last_of(t, thing, |event| {
                matches!(event.kind, Kind::SignalSent { to, .. } if to == id) && event.t <= exit.t
            }));
            proof.extend(self.last_of(t, thing, |event| matches!(event.kind, Kind::Failed { .. })));
            proof.extend(self.last_of(t, thing, |event| {
                matches!(event.kind, Kind::ProcessReaped { .. })
            }));
            return;
        }
        // What it does now it began with the last event of its own.
        let now = self.lane(id).at(t);
        let began = now.and_then(|now| {
            self.last_of(now.start, id.into(), |event| {
                event.actor == id
                    && matches!(
                        event.kind,
                        Kind::Blocked { .. }
                            | Kind::Unblocked { .. }
                            | Kind::Slept { .. }
                            | Kind::Woke {}
                            | Kind::TaskStarted { .. }
                            | Kind::ProcessStarted { .. }
                            | Kind::ProcessForked { .. }
                    )
            })
        });
        proof.extend(began.or_else(|| self.told(t, id.into()).next_back()));
        if let Some(band) = self.band_at(id, t) {
            proof.extend(self.told(t, band.task.into()).last());
        }
        let Some(need) = self.need_at(t, id) else {
            return;
        };
        if let Some(Thing::Object(object)) = need.what.thing() {
            self.prove_object(t, object, proof);
        }
        if let What::Item(object) | What::Room(object) = need.what {
            self.prove_parties(t, object, proof);
        }
        for mover in need.movers.into_iter().take(OTHERS_MOST) {
            let doing = self.lane(mover).at(t).and_then(|now| {
                self.last_of(now.start, mover.into(), |event| event.actor == mover)
            });
            proof.extend(doing);
        }
    }

    /// Ends of those who put or got, and ends of the pipe that were closed: why nothing comes.
    fn prove_parties(&self, t: Time, object: ObjectId, proof: &mut Vec<u32>) {
        for putter in self.putters_of(object, t).take(OTHERS_MOST) {
            proof.extend(self.last_of(t, putter.into(), |event| {
                matches!(event.kind, Kind::ProcessExited { .. })
            }));
        }
    }

    fn prove_object(&self, t: Time, id: ObjectId, proof: &mut Vec<u32>) {
        let Some(object) = self.object(id) else {
            return;
        };
        let thing = id.into();
        if object.is_lock() {
            proof.extend(self.last_of(t, thing, |event| {
                matches!(
                    event.kind,
                    Kind::LockTaken { .. } | Kind::LockReleased { .. }
                )
            }));
            if let Some((_, holder)) = object.lost_at(t) {
                self.prove_actor(t, holder, proof);
            }
        } else {
            proof.extend(self.last_of(t, thing, |event| {
                matches!(
                    event.kind,
                    Kind::MessagePut { .. } | Kind::MessageSent { .. }
                )
            }));
            proof.extend(self.last_of(t, thing, |event| {
                matches!(event.kind, Kind::MessageReceived { .. })
            }));
            proof.extend(self.last_of(t, thing, |event| {
                matches!(event.kind, Kind::EndClosed { .. } | Kind::EofSeen { .. })
            }));
        }
        // Who waits for it now.
        for waiter in self.waiters_at(t, id).take(OTHERS_MOST) {
            if let Some(State::Waiting(_)) = self.lane(waiter).at(t).map(|now| now.state) {
                proof.extend(self.last_of(t, waiter.into(), |event| {
                    event.actor == waiter && matches!(event.kind, Kind::Blocked { .. })
                }));
            }
        }
    }
}
