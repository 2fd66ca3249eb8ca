//! What is wrong about lives: who outlives whom, who is not reaped, what goes with whom.

use super::{ActorId, History, NAMED_MAX, Time};
use crate::event::words::{Method, Operation};
use crate::event::{Event, Kind, ObjectId, Span};
use crate::history::actor::Actor;
use crate::history::finding::{Code, Finding, Until};
use crate::history::fold::Said;
use crate::history::lane::{State, StateClass};

const SIGTERM: i32 = 15;
const SIGKILL: i32 = 9;
const SIGSTOP: i32 = 19;
const SIGCONT: i32 = 18;
/// Of a foreign program a child counts as not reaped when it was a zombie for so long before another
/// reaped it.
const FOREIGN_ZOMBIE: Span = Span::millis(100);
/// Part of parts nest three deep: the lock of the inqueue of a pool.
const PARTS_DEEP: usize = 4;

impl History {
    /// Sees who ends a daemonic process, and whether mpviz ends the run.
    pub(in crate::history::fold) fn find_sent_signal(
        &mut self,
        said: Said,
        to: ActorId,
        number: i32,
    ) {
        let Some(who) = self.actor_index.get(to.0) else {
            return;
        };
        let target = &mut self.actors[who];
        if target.over() || !target.is_process() {
            return;
        }
        if said.actor == ActorId::MPVIZ && number == SIGKILL {
            if target.counted && !std::mem::replace(&mut target.noted.doomed, true) {
                self.watch.doomed += 1;
            }
            return;
        }
        let Some(parent) = said.who.map(|who| self.process_of_position(who)) else {
            return;
        };
        let target = &self.actors[who];
        let is_end_of_parent = target.daemon
            && number == SIGTERM
            && target.parent == Some(self.id_of(parent))
            && self.actors[parent].noted.finishing.is_some();
        // One that waited for more to do has lost nothing.
        let was_idle = target.open.last().is_some_and(|state| {
            matches!(state.class(), StateClass::Taking | StateClass::Acquiring)
        });
        if is_end_of_parent && !was_idle {
            let mut finding = Finding::new(Code::DaemonEnded, said.t);
            finding.actors = vec![to, self.id_of(parent)];
            finding.task = self.actors[who]
                .bands
                .last()
                .filter(|band| band.end == Time::NEVER)
                .map(|band| band.task);
            finding.proof = vec![self.here()];
            finding
                .proof
                .extend(self.event_of(parent, said.t, is_finishing));
            self.raise(finding);
        }
    }

    /// Prepares for the end of a process.
    pub(in crate::history::fold) fn begin_end(&mut self, who: usize) {
        // Before what follows from its end, so that this does not depend on who is ended first.
        if self.is_being_ended() {
            self.watch.is_ending = true;
        }
        if self.actors[who].noted.doomed {
            self.watch.doomed = self.watch.doomed.saturating_sub(1);
        }
    }

    /// Sees what is left when a process has ended.
    pub(in crate::history::fold) fn find_at_an_end(&mut self, who: usize, t: Time) {
        if self.actors[who].counted {
            self.watch.zombies += 1;
        }
        self.look_at_zombie(t);
        if !self.actors[who].is_foreign() {
            for child in self.positions(&self.actors[who].children) {
                let known = &self.actors[child];
                // Who was found has its reaping told by mpviz, which is late: whether somebody
                // adopts it says whether it was a zombie.
                let is_announced = known.forked.is_some();
                let is_zombie = known.exited.is_some() && known.reaped.is_none();
                if is_announced && is_zombie && known.counted {
                    self.find_zombie(child, who, t);
                }
            }
        }
        self.find_unfetched(who, t);
        self.find_unread_exits(who, t);
        self.find_bad_exit(who, t);
    }

    /// A child that has ended is adopted: its parent never took note of it. Of those that a library
    /// announced it was said at the parent's end.
    pub(in crate::history::fold) fn find_adopted_zombie(&mut self, child: usize, t: Time) {
        let known = &self.actors[child];
        let parent = known.parent.and_then(|id| self.actor_index.get(id.0));
        let was_long = known
            .exited
            .is_some_and(|exit| t.since(exit.t) >= FOREIGN_ZOMBIE);
        if let Some(parent) = parent.filter(|&parent| {
            let is_untold = known.forked.is_none() || self.actors[parent].is_foreign();
            was_long && known.counted && known.reaped.is_none() && is_untold
        }) {
            self.find_zombie(child, parent, t);
        }
    }

    /// A child has ended, and its parent does not take note of it.
    pub(super) fn find_zombie(&mut self, child: usize, parent: usize, t: Time) {
        let known = &self.actors[child];
        let is_told = known
            .noted
            .raised
            .iter()
            .any(|&(until, _)| until == Until::Reaped);
        if self.watch.is_ending || is_told {
            return;
        }
        let mut finding = Finding::new(Code::Zombie, t);
        finding.actors = vec![known.id, self.id_of(parent)];
        finding.proof = self.exit_proof(child, t);
        if self.actors[parent].over() {
            finding.proof.extend(self.exit_proof(parent, t));
        }
        self.raise_until(finding, Until::Reaped, child);
    }

    /// A process lives on when its parent has ended.
    pub(in crate::history::fold) fn find_orphan(&mut self, who: usize, t: Time) {
        let child = &self.actors[who];
        // A program that is daemonic is a helper of its parent's (Python has such), and ends when it
        // sees that nobody needs it any more.
        let is_helper = child.daemon && child.method == Some(Method::Exec);
        if self.watch.is_ending || is_helper {
            return;
        }
        let parent = child.parent.and_then(|id| self.maker(id));
        let was_killed = parent.is_some_and(|parent| {
            let parent = &self.actors[parent];
            match parent.exited.and_then(|exit| exit.code) {
                Some(code) => code < 0,
                // One that speaks for itself says when it is about to end.
                None => !parent.is_foreign() && parent.exiting.is_none(),
            }
        });
        let code = if was_killed || child.method == Some(Method::Exec) {
            Code::Outlives
        } else {
            Code::Orphan
        };
        let mut finding = Finding::new(code, t);
        finding.actors = vec![child.id];
        finding
            .actors
            .extend(parent.map(|parent| self.id_of(parent)));
        finding.proof = vec![self.here()];
        let of_fork = |event: &Event| matches!(event.kind, Kind::ProcessForked { .. });
        finding.proof.extend(self.event_of(who, t, of_fork));
        self.raise_until(finding, Until::End, who);
    }

    /// A process has ended with another code than 0, and nobody asked for it or reads it.
    pub(in crate::history::fold) fn find_bad_exit(&mut self, who: usize, t: Time) {
        let actor = &self.actors[who];
        let exit = actor.exited.filter(|exit| exit.code.is_some());
        let Some(exit) = exit.filter(|_| !actor.noted.judged) else {
            return;
        };
        // The code of a started program and of a bare fork is what their waits return.
        let is_unread = matches!(
            actor.method,
            Some(Method::Fork | Method::Spawn | Method::Forkserver | Method::Stage)
        );
        let was_asked_for = is_asked_to_end(actor);
        // That its task is lost says more.
        let lost = |task| {
            self.task(task)
                .is_some_and(|task| task.lost == Some(exit.t))
        };
        let has_lost_task = actor.bands.last().is_some_and(|band| lost(band.task));
        let is_bad = exit.code != Some(0) && actor.counted && is_unread;
        let is_found = is_bad && !was_asked_for && !has_lost_task && !self.watch.is_ending;
        self.actors[who].noted.judged = true;
        if !is_found {
            return;
        }
        let parent = self.actors[who]
            .parent
            .and_then(|id| self.actor_index.get(id.0));
        let may_be_read = parent.is_some_and(|parent| {
            let parent = &self.actors[parent];
            !parent.over() && !parent.is_foreign() && parent.noted.finishing.is_none()
        });
        // What was killed from outside is news to whoever reads it, too.
        if may_be_read && exit.code.is_some_and(|code| code > 0) {
            self.actors[who].noted.unread = true;
        } else {
            self.tell_bad_exit(who, t);
        }
    }

    /// Nobody is left who could read the bad exit codes of a process's children.
    pub(super) fn find_unread_exits(&mut self, parent: usize, t: Time) {
        for child in self.positions(&self.actors[parent].children) {
            if std::mem::take(&mut self.actors[child].noted.unread) && !self.watch.is_ending {
                self.tell_bad_exit(child, t);
            }
        }
    }

    fn tell_bad_exit(&mut self, who: usize, t: Time) {
        let mut finding = Finding::new(Code::BadExit, t);
        finding.actors = vec![self.id_of(who)];
        finding.proof = self.exit_proof(who, t);
        let failed = |event: &Event| matches!(event.kind, Kind::Failed { .. });
        finding.proof.extend(self.event_of(who, t, failed));
        self.raise(finding);
    }

    /// A lock is held by somebody who has ended.
    pub(in crate::history::fold) fn find_lost_lock(&mut self, lock: usize, who: usize, t: Time) {
        // Nobody is left who could want it. And a pool's own locks matter only if somebody still
        // waits for them: it may be terminated.
        let is_last = self.census.heads_at(t).alive <= 1;
        if self.watch.is_ending || is_last || self.is_in_pool(self.objects[lock].id) {
            return;
        }
        self.tell_lost_lock(lock, who, None, t);
    }

    /// Says that a lock is lost, unless that is said.
    pub(super) fn tell_lost_lock(
        &mut self,
        lock: usize,
        holder: usize,
        waiter: Option<usize>,
        t: Time,
    ) {
        if self.objects[lock].found_lost.is_some() {
            return;
        }
        let mut finding = Finding::new(Code::LostLock, t);
        finding.actors = vec![self.id_of(holder)];
        finding.actors.extend(waiter.map(|who| self.id_of(who)));
        finding.object = Some(self.objects[lock].id);
        finding.proof = self.exit_proof(self.process_of_position(holder), t);
        let taken = self.objects[lock].holder.changes().next_back();
        let taken = taken.map(|(t, _)| t);
        let lock_id = self.objects[lock].id;
        let is_taking =
            |event: &Event| matches!(event.kind, Kind::LockTaken { object } if object == lock_id);
        finding
            .proof
            .extend(taken.and_then(|t| self.event_at(t, is_taking)));
        let waits = waiter.and_then(|who| self.actors[who].began.last());
        finding.proof.extend(waits.map(|&(_, at)| at));
        let at = self.raise(finding);
        self.objects[lock].found_lost = Some(at);
    }

    /// A worker has ended in the middle of a task.
    pub(in crate::history::fold) fn find_lost_task(&mut self, who: usize, task: usize, t: Time) {
        let worker = &self.actors[who];
        // A pool's end terminates its workers: its parent asks for it.
        let is_asked_for = worker.signals.last().is_some_and(|signal| {
            signal.number == SIGTERM && Some(self.process_of(signal.from)) == worker.parent
        });
        if is_asked_for || self.watch.is_ending || !worker.is_process() {
            return;
        }
        let task = &self.tasks[task];
        let mut finding = Finding::new(Code::TaskLost, t);
        finding.actors = vec![worker.id];
        finding.object = Some(task.pool).filter(|pool| *pool != ObjectId::default());
        finding.task = Some(task.id);
        finding.count = 1;
        finding.proof = self.events_of(task.id).to_vec();
        finding.proof.push(self.here());
        self.raise(finding);
    }

    /// Returns whether a process waits for children of its.
    pub(super) fn waits_for_children(&self, who: usize) -> bool {
        let mut open = self.actors[who].open.iter();
        open.any(|state| {
            matches!(state, State::Waiting(wait) if matches!(
                wait.operation,
                Operation::Join | Operation::JoinPool | Operation::Wait | Operation::Communicate
            ))
        })
    }

    /// Returns whether an object is a part of a pool.
    pub(super) fn is_in_pool(&self, object: ObjectId) -> bool {
        let mut next = self.object(object);
        for _ in 0..PARTS_DEEP {
            let Some(object) = next else {
                return false;
            };
            if object.class == crate::event::words::Class::Pool {
                return true;
            }
            next = object.part_of.and_then(|whole| self.object(whole));
        }
        false
    }

    /// Returns what proves a process's end, which may be what is being folded.
    fn exit_proof(&self, who: usize, t: Time) -> Vec<u32> {
        let is_exit = |event: &Event| matches!(event.kind, Kind::ProcessExited { .. });
        let told = self.event_of(who, t, is_exit);
        let is_here = self.actors[who].exited.is_some_and(|exit| exit.t == t);
        told.or(is_here.then(|| self.here()))
            .into_iter()
            .take(NAMED_MAX)
            .collect()
    }
}

/// Returns whether a signal was sent to a process that may end it: not one that stops it or has it
/// go on.
pub(super) fn is_asked_to_end(actor: &Actor) -> bool {
    let mut signals = actor.signals.iter();
    signals.any(|signal| !matches!(signal.number, SIGSTOP | SIGCONT))
}

fn is_finishing(event: &Event) -> bool {
    matches!(event.kind, Kind::ProcessFinishing {})
}
