//! Looks: what only time shows. Long waits and zombies are gone through at moments that follow from
//! the log.

use super::life::is_asked_to_end;
use super::stuck::Stuck;
use super::{ActorId, GRID, History, NAMED_MAX, SOON, Time};
use crate::event::words::Operation;
use crate::event::{ObjectId, Span};
use crate::history::finding::{Code, Finding, Until};
use crate::history::lane::{State, StateClass};
use std::time::Duration;

/// A zombie is told after so long, if its parent has not even tried to reap meanwhile.
const ZOMBIE: Span = Span::millis(1000);
/// Who waits for a lock for so long may be starved, or for one that all wait for.
const LONG: Span = Span::millis(1000);
/// So often others must have taken a lock for somebody to be starved of it.
const TAKEN: usize = 16;

/// So many processes must wait for one, for it to be told.
const CROWD: usize = 3;

/// Returns when what a look sees is known: events of its own time come before it.
fn after(look: Time) -> Time {
    look + Span(1)
}

/// A wait without a limit.
#[derive(Clone, Copy)]
struct Waiting {
    who: usize,
    operation: Operation,
    object: Option<ObjectId>,
    began: Time,
}

impl History {
    /// Does the looks that are due before what happens at `t`.
    #[inline]
    pub(in crate::history::fold) fn look_before(&mut self, t: Time) {
        while self.watch.next_look < t {
            let at = self.watch.next_look;
            self.watch.next_look = Time::NEVER;
            self.look(at);
        }
    }

    /// Says that a look is due.
    #[inline]
    fn look_by(&mut self, due: Time) {
        if due < self.watch.next_look {
            self.watch.next_look = Time(due.0.div_ceil(GRID.0).saturating_mul(GRID.0));
        }
    }

    /// Says that a wait or a sleep begins at `t`.
    #[inline]
    pub(in crate::history::fold) fn look_at_wait(&mut self, t: Time) {
        self.look_by(t + SOON);
        if self.watch.zombies > 0 {
            self.look_by(t + self.paced(ZOMBIE, t));
        }
    }

    /// Says that a process became a zombie, or closed an end, at `t`.
    pub(in crate::history::fold) fn look_at_zombie(&mut self, t: Time) {
        self.look_by(t + SOON);
        self.look_by(t + self.paced(ZOMBIE, t));
    }

    /// Says that the program goes on after the viewer had stopped it.
    pub(in crate::history::fold) fn look_after_thaw(&mut self, t: Time) {
        self.watch.thawed = t;
        self.look_by(t + SOON);
    }

    /// Returns how long a span of the program takes at the pace of `t`.
    fn paced(&self, span: Span, t: Time) -> Span {
        let pace = self.run.pace_at(t);
        if pace > 1.0 {
            Duration::from_nanos(span.0).div_f64(pace).into()
        } else {
            span
        }
    }

    fn look(&mut self, at: Time) {
        let is_frozen = self
            .run
            .frozen
            .last()
            .is_some_and(|&(_, until)| until == Time::NEVER);
        if is_frozen || self.run.ended.is_some() {
            return;
        }
        if self.watch.zombies > 0 {
            self.look_at_zombies(at);
        }
        self.look_at_waits(at);
    }

    fn look_at_zombies(&mut self, at: Time) {
        for who in 0..self.actors.len() {
            let actor = &self.actors[who];
            let Some(exit) = actor
                .exited
                .filter(|_| actor.counted && actor.reaped.is_none())
            else {
                continue;
            };
            let since = exit.t.max(self.watch.thawed);
            let parent = actor.parent.and_then(|id| self.maker(id));
            let Some(parent) = parent.filter(|&parent| {
                let parent = &self.actors[parent];
                !parent.over() && !parent.is_foreign() && !parent.is_stopped
            }) else {
                continue;
            };
            let due = since + self.paced(ZOMBIE, at);
            if due > at {
                self.look_by(due);
            } else if !self.has_waited_for_children(parent, at) {
                self.find_zombie(who, parent, after(at));
            }
        }
    }

    /// Returns whether a process has waited for a child lately: then it will come to the others.
    fn has_waited_for_children(&self, parent: usize, at: Time) -> bool {
        let lately = at - self.paced(ZOMBIE, at);
        let mut states = self.actors[parent].lane.between(lately..at);
        self.waits_for_children(parent)
            || states.any(|interval| interval.state.class() == StateClass::Joining)
    }

    fn look_at_waits(&mut self, at: Time) {
        let mut old = Vec::new();
        for who in 0..self.actors.len() {
            let actor = &self.actors[who];
            if actor.over() {
                continue;
            }
            let (Some(wait), Some(&(began, _))) = (self.wait_of(who), actor.began.last()) else {
                continue;
            };
            let began = began.max(self.watch.thawed);
            let due = if began + SOON > at {
                began + SOON
            } else {
                began + LONG
            };
            if due > at {
                self.look_by(due);
            }
            if began + SOON <= at && wait.operation != Operation::Idle {
                old.push(Waiting {
                    who,
                    operation: wait.operation,
                    object: wait.object,
                    began,
                });
            }
        }
        if old.is_empty() || self.watch.is_ending {
            return;
        }
        self.find_waits_for_lost(&old, at);
        self.find_starved(&old, at);
        self.find_bottleneck(&old, at);
        if self.is_whole() {
            self.find_stuck(&old, at);
        }
    }

    /// Somebody waits for a lock that is lost. A pool's own are told only now.
    fn find_waits_for_lost(&mut self, old: &[Waiting], at: Time) {
        for waiting in old {
            let lock = self.lock_of(waiting);
            let Some(lock) = lock.filter(|_| !is_asked_to_end(&self.actors[waiting.who])) else {
                continue;
            };
            let lost = self.objects[lock].lost.last().flatten();
            if let Some(holder) = lost.and_then(|holder| self.actor_index.get(holder.0)) {
                self.tell_lost_lock(lock, holder, Some(waiting.who), after(at));
            }
        }
    }

    /// Somebody has waited long for a lock that others have taken many times meanwhile.
    fn find_starved(&mut self, old: &[Waiting], at: Time) {
        for waiting in old {
            let Some(lock) = self.lock_of(waiting) else {
                continue;
            };
            if waiting.began + self.paced(LONG, at) > at || self.is_told_of_wait(waiting.who) {
                continue;
            }
            let id = self.id_of(waiting.who);
            let lock = &self.objects[lock];
            let changes = lock.holder.between(waiting.began..at).skip(1);
            let takers: Vec<ActorId> = changes
                .filter_map(|(_, holder)| holder.filter(|&holder| holder != id))
                .collect();
            if takers.len() < TAKEN {
                continue;
            }
            let mut finding = Finding::new(Code::Starved, after(at));
            finding.actors = vec![id];
            finding.actors.extend(takers.last());
            finding.object = Some(lock.id);
            finding.count = takers.len() as u64;
            finding.proof = self.wait_proof(waiting.who);
            let lately = lock.events.iter().rev().take(NAMED_MAX - 1);
            finding.proof.extend(lately);
            self.raise_of_waits(finding, &[waiting.who]);
        }
    }

    /// All that do not just wait for their children have waited long for one: it holds the lock
    /// that they want, or is the only one that has got from the queue which is full for them.
    fn find_bottleneck(&mut self, old: &[Waiting], at: Time) {
        let long = |waiting: &&Waiting| waiting.began + self.paced(LONG, at) <= at;
        let waiting: Vec<(usize, usize)> = old
            .iter()
            .filter(long)
            .filter_map(|waiting| {
                let one = self.process_of_position(self.busy_one(waiting)?);
                let who = self.process_of_position(waiting.who);
                (who != one).then_some((who, one))
            })
            .collect();
        let Some(&(_, one)) = waiting.first().filter(|_| waiting.len() >= CROWD) else {
            return;
        };
        let does = self.actors[one].open.last();
        let is_busy = !matches!(does, Some(State::Waiting(_)))
            && !self.actors[one].over()
            && !self.actors[one].is_stopped;
        let is_told = waiting.iter().any(|&(who, _)| self.is_told_of_wait(who));
        let waits = |who: usize| waiting.contains(&(who, one));
        let all = (0..self.actors.len()).all(|who| {
            let actor = &self.actors[who];
            let is_other = actor.counted && !actor.over() && who != one;
            !is_other || waits(who) || self.waits_for_children(who)
        });
        if !is_busy || is_told || !all {
            return;
        }
        let mut finding = Finding::new(Code::Bottleneck, after(at));
        finding.count = waiting.len() as u64;
        finding.actors = vec![self.id_of(one)];
        let members: Vec<usize> = waiting.iter().map(|&(who, _)| who).collect();
        finding
            .actors
            .extend(members.iter().map(|&who| self.id_of(who)));
        finding.object = old.iter().find_map(|waiting| {
            let is_one = members.contains(&self.process_of_position(waiting.who));
            waiting.object.filter(|_| is_one)
        });
        for &member in &members {
            finding.proof.extend(self.wait_proof(member));
        }
        self.raise_of_waits(finding, &members);
    }

    /// Returns the one that somebody waits for, at a lock or at a full queue.
    fn busy_one(&self, waiting: &Waiting) -> Option<usize> {
        let object = self.object(waiting.object?)?;
        let one = match waiting.operation {
            Operation::Acquire => object.holder.last().flatten()?,
            Operation::Put => {
                let last = object.queued.iter().rev().take(TAKEN);
                let mut takers = last.filter_map(|&at| self.messages[at as usize].received());
                let (_, first) = takers.next()?;
                takers.all(|(_, taker)| taker == first).then_some(first)?
            }
            _ => return None,
        };
        self.actor_index.get(one.0)
    }

    fn lock_of(&self, waiting: &Waiting) -> Option<usize> {
        let lock = waiting
            .object
            .filter(|_| waiting.operation == Operation::Acquire)?;
        self.object_index.get(lock.0)
    }

    /// Those who wait for what can never come.
    fn find_stuck(&mut self, old: &[Waiting], at: Time) {
        let stuck = self.stuck();
        let is_old = |&waiting: &&Waiting| stuck.is_stuck[waiting.who];
        let old: Vec<Waiting> = old.iter().filter(is_old).copied().collect();
        for &waiting in &old {
            if self.is_told_of_wait(waiting.who) {
                continue;
            }
            match waiting.operation {
                Operation::Recv | Operation::Read => self.find_no_eof(waiting, at),
                Operation::Write => self.find_undrained(waiting, &stuck, at),
                _ => {}
            }
        }
        // What is known of one who is stuck tells why all others are.
        let is_told = |who: usize| {
            let lock = self
                .wait_of(who)
                .filter(|wait| wait.operation == Operation::Acquire);
            let lock = lock.and_then(|wait| self.object(wait.object?));
            lock.is_some_and(|lock| lock.found_lost.is_some()) || self.is_told_of_wait(who)
        };
        // Of whose wait is young, more may be known when it is old.
        let is_young = |who: usize| {
            let wait = self.wait_of(who);
            wait.is_some_and(|wait| wait.operation != Operation::Idle)
                && !old.iter().any(|waiting| waiting.who == who)
        };
        let mut stuck_ones = (0..self.actors.len()).filter(|&who| stuck.is_stuck[who]);
        let is_open = |who: usize| is_told(who) || is_young(who);
        if stuck.all && !old.is_empty() && !stuck_ones.any(is_open) {
            self.find_standstill(&old, at);
        }
        // Who never gets on reads no exit code.
        for waiting in &old {
            self.find_unread_exits(waiting.who, after(at));
        }
    }

    /// A reader waits for messages or EOF; whoever could write or close waits for it.
    fn find_no_eof(&mut self, reader: Waiting, at: Time) {
        let Some(pipe) = reader.object else {
            return;
        };
        let writers = self.writers_of(reader.who, pipe);
        let mut finding = Finding::new(Code::NoEof, after(at));
        finding.actors = vec![self.id_of(reader.who)];
        finding
            .actors
            .extend(writers.iter().map(|&who| self.id_of(who)));
        finding.object = Some(pipe);
        finding.count = writers.len() as u64;
        finding.proof = self.wait_proof(reader.who);
        for &writer in &writers {
            finding.proof.extend(self.wait_proof(writer));
        }
        self.raise_of_waits(finding, &[reader.who]);
    }

    /// A feeder waits for room in its queue's pipe, its process for the feeder, another one for
    /// the process; and nobody gets.
    fn find_undrained(&mut self, feeder: Waiting, stuck: &Stuck, at: Time) {
        let process = self.process_of_position(feeder.who);
        let joins = |who: usize, operation: Operation, on: usize| {
            let wait = self.wait_of(who);
            wait.is_some_and(|wait| {
                wait.operation == operation && wait.on == Some(self.actors[on].id)
            })
        };
        if !joins(process, Operation::JoinFeeder, feeder.who) {
            return;
        }
        let joiner = (0..self.actors.len())
            .find(|&who| stuck.is_stuck[who] && joins(who, Operation::Join, process));
        let members: Vec<usize> = joiner.into_iter().chain([process, feeder.who]).collect();
        let pipe = feeder.object.and_then(|pipe| self.object(pipe));
        let mut finding = Finding::new(Code::JoinBeforeDrain, after(at));
        finding.object = pipe.map(|pipe| pipe.part_of.unwrap_or(pipe.id));
        let queue = finding.object.and_then(|queue| self.object(queue));
        finding.count = queue
            .and_then(|queue| queue.items.last())
            .unwrap_or(0)
            .into();
        for &member in &members {
            finding.actors.push(self.id_of(member));
            finding.proof.extend(self.wait_proof(member));
        }
        self.raise_of_waits(finding, &members);
    }

    /// Everybody waits, and nobody is left who could end a wait.
    fn find_standstill(&mut self, old: &[Waiting], at: Time) {
        let mut finding = Finding::new(Code::WaitCycle, after(at));
        finding.count = old.len() as u64;
        let mut members = Vec::new();
        for waiting in old.iter().take(NAMED_MAX) {
            members.push(waiting.who);
            finding.actors.push(self.id_of(waiting.who));
            finding.object = finding.object.or(waiting.object);
            finding.proof.extend(self.wait_proof(waiting.who));
        }
        self.raise_of_waits(finding, &members);
    }

    /// Returns whether a finding is about the wait that somebody is in.
    fn is_told_of_wait(&self, who: usize) -> bool {
        let mut raised = self.actors[who].noted.raised.iter();
        raised.any(|&(until, _)| until == Until::Wait)
    }

    /// Returns what proves the wait that somebody is in.
    fn wait_proof(&self, who: usize) -> Vec<u32> {
        let began = self.actors[who].began.last();
        began.map(|&(_, at)| at).into_iter().collect()
    }
}
