//! Objects: queues, pipes, locks, pools, and who holds which lock.

use super::row::short;
use super::{History, Said};
use crate::event::words::{Class, Part};
use crate::event::{Kind, ObjectId, Text, Time};
use crate::history::index::narrow;
use crate::history::object::Object;

impl History {
    pub(super) fn object_created(&mut self, said: Said, kind: &Kind) {
        let Kind::ObjectCreated {
            object,
            class,
            name,
            part_of,
            part,
            maxsize,
            capacity,
        } = kind
        else {
            return;
        };
        let at = self.object_or_new(*object, *class, said);
        if self.objects[at].told {
            return self.strange();
        }
        let whole = part_of
            .filter(|whole| whole != object)
            .map(|whole| self.object_or_new(whole, class_of_whole(*part), said));
        let made = &mut self.objects[at];
        made.told = true;
        made.class = *class;
        made.name.clone_from(name);
        made.part = *part;
        made.maxsize = *maxsize;
        made.capacity = *capacity;
        made.creator = said.actor;
        made.part_of = part_of.filter(|whole| whole != object);
        if let Some(whole) = whole {
            self.objects[whole].parts.push(*object);
        }
        if let (Class::Pool, Some(who)) = (class, said.who) {
            let maker = self.process_of_position(who);
            self.actors[maker].noted.has_pool = true;
        }
        self.objects[at].display = self.display_name(*class, name, *part, whole);
        if !self.objects[at].is_found() {
            self.start_series(at, said.t);
        }
    }

    /// Returns the position of an object; one that is not known is heard of here first.
    #[inline]
    pub(super) fn object_or_new(&mut self, id: ObjectId, class: Class, said: Said) -> usize {
        if let Some(at) = self.object_index.get(id.0) {
            return at;
        }
        let at = self.objects.len();
        let mut object = Object::new(id, class, said.actor, said.t);
        object.display = compact_str::format_compact!("{} {id}", class.text());
        self.object_index.insert(id.0, at);
        self.objects.push(object);
        at
    }

    /// From its making on, a queue and a pipe are known to be empty, and a lock to be free.
    fn start_series(&mut self, at: usize, t: Time) {
        let object = &mut self.objects[at];
        match object.class {
            Class::Queue | Class::SimpleQueue | Class::JoinableQueue
                if object.items.last().is_none() =>
            {
                object.items.push(t, 0);
            }
            Class::Pipe | Class::DuplexPipe
                if object.items.last().is_none() && object.bytes.last().is_none() =>
            {
                object.items.push(t, 0);
                object.bytes.push(t, 0);
                if object.class == Class::DuplexPipe {
                    object.into.iter_mut().for_each(|bytes| bytes.push(t, 0));
                }
            }
            Class::Lock | Class::RLock if object.holder.last().is_none() => {
                object.holder.push(t, None)
            }
            _ => {}
        }
    }

    /// Returns the name that a person would say.
    fn display_name(
        &mut self,
        class: Class,
        name: &Text,
        part: Option<Part>,
        whole: Option<usize>,
    ) -> Text {
        if !name.is_empty() {
            return name.clone();
        }
        let (Some(part), Some(whole)) = (part, whole) else {
            return self.numbered_name(class);
        };
        let whole = &self.objects[whole];
        let of = short(&whole.display);
        match part {
            Part::ReadLock | Part::WriteLock => {
                compact_str::format_compact!("{of} {}", part.text())
            }
            Part::Inqueue | Part::Outqueue if of == Class::Pool.text() => part.text().into(),
            _ => compact_str::format_compact!("{} of {of}", part.text()),
        }
    }

    /// Returns the class, and from the second one of it that has no name on, a number.
    fn numbered_name(&mut self, class: Class) -> Text {
        let number = match self.nameless.iter_mut().find(|(c, _)| *c == class) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.nameless.push((class, 1));
                1
            }
        };
        if number == 1 {
            class.text().into()
        } else {
            compact_str::format_compact!("{} {number}", class.text())
        }
    }

    pub(super) fn lock_taken(&mut self, said: Said, object: ObjectId) {
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return self.strange();
        };
        let at = self.object_or_new(object, Class::Lock, said);
        let lock = &mut self.objects[at];
        if lock.holder.last() == Some(Some(said.actor)) && lock.is_recursive() {
            lock.taken = lock.taken.saturating_add(1);
            return;
        }
        self.put_down(at, said.t);
        let lock = &mut self.objects[at];
        lock.taken = 1;
        lock.holder.push(said.t, Some(said.actor));
        self.actors[who].held.push(at);
    }

    pub(super) fn lock_released(&mut self, said: Said, object: ObjectId) {
        let at = self.object_or_new(object, Class::Lock, said);
        let lock = &mut self.objects[at];
        if lock.holder.last().flatten().is_none() {
            self.strange();
        }
        let lock = &mut self.objects[at];
        if lock.is_recursive() && lock.taken > 1 {
            lock.taken -= 1;
            return;
        }
        self.put_down(at, said.t);
        self.objects[at].holder.push(said.t, None);
    }

    /// Takes a lock from its holder, also from one that is gone.
    pub(super) fn put_down(&mut self, at: usize, t: Time) {
        let lock = &mut self.objects[at];
        if lock.lost.last().flatten().is_some() {
            lock.lost.push(t, None);
            if let Some(found) = lock.found_lost.take() {
                self.end_finding(found, t);
            }
        }
        let lock = &mut self.objects[at];
        lock.taken = 0;
        let holder = lock.holder.last().flatten();
        if let Some(who) = holder.and_then(|holder| self.actor_index.get(holder.0)) {
            let held = &mut self.actors[who].held;
            if let Some(found) = held.iter().rposition(|&lock| lock == at) {
                held.swap_remove(found);
            }
        }
    }

    pub(super) fn count_changed(&mut self, said: Said, object: ObjectId, value: u64) {
        let at = self.object_or_new(object, Class::Semaphore, said);
        self.objects[at].count.push(said.t, value);
    }

    /// `position` is the event's in the log.
    pub(super) fn value_written(&mut self, said: Said, object: ObjectId, position: usize) {
        let at = self.object_or_new(object, Class::Value, said);
        self.objects[at].written.push(said.t, narrow(position));
    }
}

/// Returns what an object is that has such a part.
fn class_of_whole(part: Option<Part>) -> Class {
    match part {
        Some(Part::Inqueue | Part::Outqueue) => Class::Pool,
        Some(Part::Stdin | Part::Stdout | Part::Stderr) => Class::Popen,
        _ => Class::Queue,
    }
}
