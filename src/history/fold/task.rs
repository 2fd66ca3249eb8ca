//! Tasks: submitted, begun by a worker, ended, fetched; or lost with the worker.

use super::{History, Said, Time};
use crate::event::words::{Class, Part};
use crate::event::{ObjectId, TaskId, Text};
use crate::history::index::narrow;
use crate::history::task::{Band, Finish, Task};

impl History {
    pub(super) fn task_submitted(
        &mut self,
        said: Said,
        pool: ObjectId,
        id: TaskId,
        function: &Text,
    ) {
        let known = self.object_or_new(pool, Class::Pool, said);
        let at = self.task_or_new(id, said.t);
        let task = &mut self.tasks[at];
        if task.told {
            return self.strange();
        }
        task.told = true;
        task.pool = pool;
        task.function.clone_from(function);
        if pool == ObjectId::default() {
            // It may be any's.
            return;
        }
        // Mostly it is the one that was just made.
        let position = narrow(at);
        if let Some(untold) = self.untold_tasks.iter().rposition(|&at| at == position) {
            self.untold_tasks.remove(untold);
        }
        let tasks = &mut self.objects[known].tasks;
        let place = tasks.partition_point(|&before| before < position);
        tasks.insert(place, position);
    }

    pub(super) fn task_started(&mut self, said: Said, id: TaskId) {
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return self.strange();
        };
        let at = self.task_or_new(id, said.t);
        let task = &mut self.tasks[at];
        if task.started.is_some() || task.finished.is_some() {
            return self.strange();
        }
        task.started = Some((said.t, said.actor));
        let pool = Some(task.pool).filter(|&pool| pool != ObjectId::default());
        self.works_for(who, pool, said.t);
        self.end_band(who, said.t);
        self.actors[who].bands.push(Band {
            task: id,
            start: said.t,
            end: Time::NEVER,
        });
    }

    pub(super) fn task_finished(&mut self, said: Said, id: TaskId, ok: bool, error: Option<&Text>) {
        let at = self.task_or_new(id, said.t);
        let task = &mut self.tasks[at];
        if task.finished.is_some() {
            return self.strange();
        }
        task.finished = Some(Finish {
            t: said.t,
            ok,
            error: error.cloned(),
        });
        let worker = task.started.map(|(_, worker)| worker);
        match worker.and_then(|worker| self.actor_index.get(worker.0)) {
            Some(who) if self.task_of(who) == Some(id) => self.end_band(who, said.t),
            _ => self.strange(),
        }
    }

    pub(super) fn task_fetched(&mut self, said: Said, id: TaskId) {
        let at = self.task_or_new(id, said.t);
        self.tasks[at].fetched.get_or_insert(said.t);
    }

    /// Loses the task that a worker is in when it ends.
    pub(super) fn lose_task(&mut self, who: usize, t: Time) {
        let open = self.task_of(who);
        if let Some(at) = open.and_then(|task| self.task_index.get(task.0)) {
            self.end_band(who, t);
            self.tasks[at].lost = Some(t);
            self.find_lost_task(who, at, t);
        }
    }

    /// Notes whose worker a process is; the first pool that it worked for stays it.
    pub(super) fn works_for(&mut self, who: usize, pool: Option<ObjectId>, t: Time) {
        let worker = &mut self.actors[who];
        if let (Some(pool), None) = (pool, worker.pool.last())
            && worker.is_process()
        {
            worker.pool.tell(t, pool);
        }
    }

    /// Returns the pool whose tasks come out of an object: of its inqueue, or of a part of that.
    pub(super) fn pool_before(&self, object: ObjectId) -> Option<ObjectId> {
        let mut known = self.object(object)?;
        if known.part != Some(Part::Inqueue) {
            known = self.object(known.part_of?)?;
        }
        known.part_of.filter(|_| known.part == Some(Part::Inqueue))
    }

    /// Returns the task that a worker is in.
    fn task_of(&self, who: usize) -> Option<TaskId> {
        let band = self.actors[who].bands.last()?;
        (band.end == Time::NEVER).then_some(band.task)
    }

    fn end_band(&mut self, who: usize, t: Time) {
        if let Some(band) = self.actors[who].bands.last_mut() {
            band.end = band.end.min(t);
        }
    }

    fn task_or_new(&mut self, id: TaskId, t: Time) -> usize {
        if let Some(at) = self.task_index.get(id.0) {
            return at;
        }
        let at = self.tasks.len();
        self.task_index.insert(id.0, at);
        self.untold_tasks.push(narrow(at));
        self.tasks.push(Task::new(id, t));
        at
    }
}
