//! Pools and their tasks.

use super::names::Maker;
use super::{At, Translator, shown};
use crate::event::words::{Class, Part};
use crate::event::{Kind, ObjectId, TaskId};
use crate::python::slot::Slot;
use std::collections::{HashMap, VecDeque};

/// So many tasks that were not fetched are known by their number.
const TASKS_MAX: usize = 1 << 20;

/// The pools of the program.
#[derive(Default)]
pub(super) struct Pools {
    by_key: HashMap<u64, ObjectId>,
    tasks: HashMap<(u64, u64), TaskId>,
    /// Their keys, the oldest first; some may be fetched.
    order: VecDeque<(u64, u64)>,
}

impl Translator {
    pub(super) fn pool(&mut self, at: At, slot: &Slot) {
        if self.pools.by_key.contains_key(&slot.a) && self.queue_at(slot.a).is_none() {
            return;
        }
        let object = self.arena.control().next_object();
        self.pools.by_key.insert(slot.a, object);
        self.pools.tasks.retain(|&(pool, _), _| pool != slot.a);
        let name = self.name_made(at, Maker::Pool);
        let made = Kind::ObjectCreated {
            object,
            class: Class::Pool,
            name,
            part_of: None,
            part: None,
            maxsize: None,
            capacity: None,
        };
        self.say(at, made);
        for (inode, part) in [(slot.a, Part::Inqueue), (slot.c, Part::Outqueue)] {
            if let Some(queue) = self.queue_at(inode) {
                self.queue_is_part(queue, object, part);
                self.tell_queue(queue);
            }
        }
    }

    /// Returns the object of a pool.
    pub(super) fn pool_object(&self, key: u64) -> Option<ObjectId> {
        self.pools.by_key.get(&key).copied()
    }

    fn task_of(&mut self, slot: &Slot) -> TaskId {
        let key = (slot.a, slot.b);
        if let Some(&task) = self.pools.tasks.get(&key) {
            return task;
        }
        while self.pools.tasks.len() >= TASKS_MAX {
            // Nobody asked for the oldest so far.
            match self.pools.order.pop_front() {
                Some(old) => self.pools.tasks.remove(&old),
                None => break,
            };
        }
        if self.pools.order.len() >= 2 * TASKS_MAX {
            let known = &self.pools.tasks;
            self.pools.order.retain(|key| known.contains_key(key));
        }
        let task = self.arena.control().next_task();
        self.pools.order.push_back(key);
        self.pools.tasks.insert(key, task);
        task
    }

    pub(super) fn task_submitted(&mut self, at: At, slot: &Slot, text: &str) {
        // A number that was used before is another task's from here on.
        self.pools.tasks.remove(&(slot.a, slot.b));
        let task = self.task_of(slot);
        if let Some(pool) = self.pool_object(slot.a) {
            let function = shown(text);
            self.say(
                at,
                Kind::TaskSubmitted {
                    pool,
                    task,
                    function,
                },
            );
        }
    }

    pub(super) fn task_started(&mut self, at: At, slot: &Slot, _function: &str) {
        let task = self.task_of(slot);
        self.say(at, Kind::TaskStarted { task });
    }

    pub(super) fn task_ended(&mut self, at: At, slot: &Slot, text: &str) {
        let task = self.task_of(slot);
        let ok = slot.op == 1;
        let error = (!ok && !text.is_empty()).then(|| shown(text));
        self.say(at, Kind::TaskFinished { task, ok, error });
    }

    /// The program has a result: of one task, or of all tasks of a job, whose keys follow each other.
    pub(super) fn task_fetched(&mut self, at: At, slot: &Slot) {
        let is_whole = slot.op == 1;
        for key in slot.b..=u64::MAX {
            // What was fetched before is not known any more.
            let Some(task) = self.pools.tasks.remove(&(slot.a, key)) else {
                break;
            };
            self.say(at, Kind::TaskFetched { task });
            if !is_whole {
                break;
            }
        }
    }
}
