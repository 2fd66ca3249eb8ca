//! Ends: what goes with a process or thread when it is gone.
//!
//! The kernel closes its ends of pipes and ends its threads. What the kernel knows nothing of stays
//! as it was, and that is the lesson: a lock it held is held by nobody who could give it back, an
//! item in its buffer never comes, a task it was in has no result.

use super::{ActorId, History, Time};
use crate::event::ObjectId;
use crate::event::words::Operation;
use crate::history::actor::Exit;
use crate::history::finding::Until;
use crate::history::lane::State;

impl History {
    /// Ends a process: it is a zombie until it is reaped.
    pub(super) fn end_process(&mut self, who: usize, t: Time, code: Option<i32>) {
        self.begin_end(who);
        self.end_actor(who, t, code);
        self.actors[who].lane.enter(t, State::Zombie);
        for thread in self.positions(&self.actors[who].threads) {
            if !self.actors[thread].over() {
                self.end_actor(thread, t, None);
            }
        }
        self.lose_buffers(who, t);
        self.lose_untold_locks(who, t);
        self.drop_ends(who, t);
        let orphan = self.actors[who].orphaned.is_some();
        if self.actors[who].counted {
            self.census.change(t, |heads| {
                heads.alive -= 1;
                heads.zombies += 1;
                heads.orphans -= u32::from(orphan);
            });
        }
        // Of a foreign program's processes nobody knows who ended first: who adopts one says so.
        if !self.actors[who].is_foreign() {
            for child in self.positions(&self.actors[who].children) {
                self.orphan(child, t);
            }
        }
        self.find_at_an_end(who, t);
    }

    /// Ends what a process and a thread have alike: states, band, locks.
    pub(super) fn end_actor(&mut self, who: usize, t: Time, code: Option<i32>) {
        let actor = &mut self.actors[who];
        actor.exited = Some(Exit { t, code });
        actor.open = Vec::new();
        actor.began = Vec::new();
        if actor.is_process() {
            self.end_in_tree(who, t, code.is_some_and(|code| code != 0));
        } else {
            actor.lane.leave(t);
        }
        self.end_raised(who, Until::End, t);
        self.lose_task(who, t);
        self.lose_locks(who, t);
    }

    /// Says that a process lives on while its parent does not.
    pub(super) fn orphan(&mut self, who: usize, t: Time) {
        let actor = &mut self.actors[who];
        if actor.counted && !actor.over() && actor.orphaned.is_none() {
            actor.orphaned = Some(t);
            self.census.change(t, |heads| heads.orphans += 1);
            self.find_orphan(who, t);
        }
    }

    fn lose_locks(&mut self, who: usize, t: Time) {
        let id = self.actors[who].id;
        for object in std::mem::take(&mut self.actors[who].held) {
            self.objects[object].lost.push(t, Some(id));
            self.find_lost_lock(object, who, t);
        }
    }

    /// Loses the locks that others wait for and say that this process holds. Nobody told that it
    /// took them, as a queue's locks are told only when that is worth it.
    fn lose_untold_locks(&mut self, who: usize, t: Time) {
        let exit = self.actors[who].exited.and_then(|exit| exit.code);
        if exit.is_some_and(|code| code >= 0) {
            // Who was not killed gives them back.
            return;
        }
        let waits = self.active_at(t).flat_map(|actor| &actor.open);
        let named: Vec<(Option<ObjectId>, ActorId)> = waits
            .filter_map(|state| match state {
                State::Waiting(wait) if wait.operation == Operation::Acquire => {
                    Some((wait.object, wait.on?))
                }
                _ => None,
            })
            .collect();
        let process = self.actors[who].id;
        for (lock, holder) in named {
            if self.process_of(holder) == process {
                self.doubt_holder(lock, holder, t);
            }
        }
    }

    /// Loses a lock that somebody waits for and says that `holder` holds, if that one was killed.
    /// Should it have given the lock back before, the next one to take it will tell.
    pub(super) fn doubt_holder(&mut self, lock: Option<ObjectId>, holder: ActorId, t: Time) {
        let process = self.actor_index.get(self.process_of(holder).0);
        let was_killed = process.is_some_and(|process| {
            let exit = self.actors[process].exited.as_ref();
            exit.is_some_and(|exit| exit.code.is_none_or(|code| code < 0))
        });
        let lock = lock.and_then(|lock| self.object_index.get(lock.0));
        let Some(at) = lock.filter(|_| was_killed) else {
            return;
        };
        let lock = &mut self.objects[at];
        let is_free = lock.holder.last().flatten().is_none();
        if is_free && lock.lost.last().flatten().is_none() {
            lock.lost.push(t, Some(holder));
            if let Some(who) = self.actor_index.get(holder.0) {
                self.find_lost_lock(at, who, t);
            }
        }
    }

    pub(super) fn positions(&self, ids: &[ActorId]) -> Vec<usize> {
        ids.iter()
            .filter_map(|id| self.actor_index.get(id.0))
            .collect()
    }
}
