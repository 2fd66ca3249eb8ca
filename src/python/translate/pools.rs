//! Pools and their tasks.

use super::{At, Translator, shown};
use crate::event::words::{Class, Part};
use crate::event::{Kind, ObjectId, TaskId, Text};
use crate::python::slot::Slot;
use std::collections::HashMap;

/// So many tasks that were not fetched are known by their number.
const TASKS_MAX: usize = 1 << 20;

/// The pools of the program.
#[derive(Default)]
pub(super) struct Pools {
    by_key: HashMap<u64, ObjectId>,
    tasks: HashMap<(u64, u64), TaskId>,
}

impl Translator {
    pub(super) fn pool(&mut self, at: At, slot: &Slot) {
        if self.pools.by_key.contains_key(&slot.a) && self.queue_at(slot.a).is_none() {
            return;
        }
        let object = self.arena.control().next_object();
        self.pools.by_key.insert(slot.a, object);
        self.pools.tasks.retain(|&(pool, _), _| pool != slot.a);
        let made = Kind::ObjectCreated {
            object,
            class: Class::Pool,
            name: Text::const_new(""),
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
        if self.pools.tasks.len() >= TASKS_MAX {
            self.pools.tasks.clear();
        }
        let control = self.arena.control();
        let key = (slot.a, slot.b);
        *self
            .pools
            .tasks
            .entry(key)
            .or_insert_with(|| control.next_task())
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

    pub(super) fn task_fetched(&mut self, at: At, slot: &Slot) {
        let task = self.task_of(slot);
        self.say(at, Kind::TaskFetched { task });
        self.pools.tasks.remove(&(slot.a, slot.b));
    }
}
