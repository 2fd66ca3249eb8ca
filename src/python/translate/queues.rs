//! Queues: a buffer in each process that puts, a feeder, a pipe, and locks.
//!
//! A queue is told when it is used, or at the end of a cut: a pool says a moment after its queues
//! were made that they are its own.

use super::names::Maker;
use super::{At, Translator, shown};
use crate::event::words::{Class, Part};
use crate::event::{Kind, MessageId, ObjectId, Span, Text, Time};
use crate::python::slot::Slot;
use std::collections::{HashMap, HashSet, VecDeque};

/// So long it may take a pool to say that a queue is its own.
const FRESH: Span = Span::millis(3);
/// So many items of a process's buffer are known by name; of more the oldest are forgotten.
const PUTS_MAX: usize = 1 << 22;

/// The queues of the program.
#[derive(Default)]
pub(super) struct Queues {
    all: Vec<Queue>,
    /// Those that were not told yet.
    fresh: Vec<usize>,
    /// What is in the buffers, by process and queue, in the order of their numbers.
    puts: HashMap<(usize, usize), VecDeque<Item>>,
}

/// An item in a buffer.
struct Item {
    /// Its number in it, from 1.
    number: u64,
    id: MessageId,
}

struct Queue {
    object: ObjectId,
    class: Class,
    pipe: usize,
    maxsize: u64,
    read: Option<usize>,
    write: Option<usize>,
    slots: Option<usize>,
    part: Option<(ObjectId, Part)>,
    /// Who made it, and when, until that was told.
    fresh: Option<(At, Time)>,
}

impl Translator {
    pub(super) fn queue(&mut self, at: At, slot: &Slot) {
        let class = match slot.op {
            2 => Class::JoinableQueue,
            3 => Class::SimpleQueue,
            _ => Class::Queue,
        };
        let object = self.arena.control().next_object();
        let queue = self.queues.all.len();
        let pipe = self.add_pipe(slot.a, 0, 0, Some(queue));
        let read = (slot.c != 0).then(|| self.add_lock(slot.c, Class::Lock, 1));
        self.queues.all.push(Queue {
            object,
            class,
            pipe,
            maxsize: slot.b,
            read,
            write: None,
            slots: None,
            part: None,
            fresh: Some((at, self.now)),
        });
        self.queues.fresh.push(queue);
    }

    pub(super) fn queue2(&mut self, slot: &Slot) {
        let Some(queue) = self.queue_at(slot.a) else {
            return;
        };
        if self.queues.all[queue].fresh.is_none() {
            return;
        }
        if slot.b != 0 {
            self.queues.all[queue].write = Some(self.add_lock(slot.b, Class::Lock, 1));
        }
        if slot.c != 0 {
            let places = self.queues.all[queue].maxsize;
            let slots = self.add_lock(slot.c, Class::BoundedSemaphore, places);
            self.queues.all[queue].slots = Some(slots);
        }
    }

    /// Returns the locks of the queues that are known: they are used with them, and rarely told.
    pub(super) fn parts_of_queues(&self) -> HashSet<usize> {
        let queues = self.queues_known().map(|queue| &self.queues.all[queue]);
        let locks = queues.flat_map(|queue| [queue.read, queue.write, queue.slots]);
        locks.flatten().collect()
    }

    /// A queue is a part of a pool.
    pub(super) fn queue_is_part(&mut self, queue: usize, of: ObjectId, part: Part) {
        let known = &mut self.queues.all[queue];
        if known.fresh.is_some() {
            known.part = Some((of, part));
        }
    }

    /// Says that a queue and its parts were made, if that was not said.
    pub(super) fn tell_queue(&mut self, queue: usize) {
        let known = &mut self.queues.all[queue];
        let Some((at, _)) = known.fresh.take() else {
            return;
        };
        self.queues.fresh.retain(|&fresh| fresh != queue);
        let known = &self.queues.all[queue];
        let (object, class) = (known.object, known.class);
        let maxsize = (known.maxsize != 0).then_some(known.maxsize);
        let pipe = self.pipes.of(known.pipe).object;
        let parts = [
            (known.read, Part::ReadLock),
            (known.write, Part::WriteLock),
            (known.slots, Part::Slots),
        ];
        let part = known.part;
        let name = match part {
            Some((_, part)) => Text::const_new(part.text()),
            None => self.name_made(at, Maker::Queue),
        };
        let made = Kind::ObjectCreated {
            object,
            class,
            name,
            part_of: part.map(|(of, _)| of),
            part: part.map(|(_, part)| part),
            maxsize,
            capacity: None,
        };
        self.say(at, made);
        let capacity = Some(super::pages::CAPACITY);
        self.say_part(at, pipe, Class::Pipe, object, Part::Pipe, capacity);
        for (lock, part) in parts {
            let Some(lock) = lock else {
                continue;
            };
            let (lock, class, value) = self.lock_seen(lock);
            self.say_part(at, lock, class, object, part, None);
            if part == Part::Slots {
                let object = lock;
                self.say(at, Kind::CountChanged { object, value });
            }
        }
    }

    fn say_part(
        &mut self,
        at: At,
        object: ObjectId,
        class: Class,
        of: ObjectId,
        part: Part,
        capacity: Option<u64>,
    ) {
        let made = Kind::ObjectCreated {
            object,
            class,
            name: Text::const_new(""),
            part_of: Some(of),
            part: Some(part),
            maxsize: None,
            capacity,
        };
        self.say(at, made);
    }

    /// Says all queues that were not told.
    pub(super) fn tell_all_queues(&mut self) {
        for queue in self.queues.fresh.clone() {
            self.tell_queue(queue);
        }
    }

    /// Says the queues that nobody has used for a while.
    pub(super) fn tell_fresh_queues(&mut self) {
        let now = self.now;
        for queue in self.queues.fresh.clone() {
            let since = self.queues.all[queue].fresh.map(|(_, since)| since);
            if since.is_none_or(|since| now.since(since) > FRESH) {
                self.tell_queue(queue);
            }
        }
    }

    pub(super) fn queue_object(&mut self, queue: usize) -> ObjectId {
        self.tell_queue(queue);
        self.queues.all[queue].object
    }

    pub(super) fn read_lock_of(&self, queue: usize) -> Option<usize> {
        self.queues.all[queue].read
    }

    pub(super) fn write_lock_of(&self, queue: usize) -> Option<usize> {
        self.queues.all[queue].write
    }

    pub(super) fn put(&mut self, at: At, slot: &Slot, text: &str) {
        let (pipe, _) = self.pipe_at(at, slot.a);
        let Some(queue) = self.pipes.of(pipe).queue else {
            return;
        };
        let process = self.threads[at.thread].process;
        self.count_places(at, queue, false);
        let id = self.next_message(at);
        let puts = self.queues.puts.entry((process, queue)).or_default();
        let before = puts.len();
        // One that was broken off after it was told has left its number to the next.
        while puts.back().is_some_and(|last| last.number >= slot.c) {
            puts.pop_back();
        }
        let number = slot.c;
        puts.push_back(Item { number, id });
        if puts.len() > PUTS_MAX {
            puts.pop_front();
        }
        let given_up = before + 1 - puts.len();
        if given_up > 0 {
            let actor = self.threads[at.thread].actor;
            self.note_unpaired(actor, given_up as u64);
        }
        let object = self.queues.all[queue].object;
        let label = shown(text);
        self.say(
            at,
            Kind::MessagePut {
                object,
                message: id,
                bytes: 0,
                label,
            },
        );
    }

    /// The feeder has given up an item: it was never in the pipe.
    pub(super) fn dropped(&mut self, at: At, slot: &Slot) {
        let (pipe, _) = self.pipe_at(at, slot.a);
        if let Some(queue) = self.pipes.of(pipe).queue {
            // One that was on its way into the pipe is known as sent.
            if self.next_put(at, queue, slot.c).is_some() {
                let actor = self.threads[at.thread].actor;
                self.note_unpaired(actor, 1);
            }
        }
    }

    /// Returns the item with a number, which a feeder takes out of its process's buffer. Those before
    /// it were taken out without a word, or their word was lost.
    pub(super) fn next_put(&mut self, at: At, queue: usize, number: u64) -> Option<MessageId> {
        let process = self.threads[at.thread].process;
        let puts = self.queues.puts.entry((process, queue)).or_default();
        let passed = puts.iter().take_while(|put| put.number < number).count();
        puts.drain(..passed);
        let is_it = puts.front().is_some_and(|put| put.number == number);
        let item = is_it.then(|| puts.pop_front()).flatten();
        let unpaired = passed as u64 + u64::from(item.is_none());
        if unpaired > 0 {
            let actor = self.threads[at.thread].actor;
            self.note_unpaired(actor, unpaired);
        }
        item.map(|item| item.id)
    }

    /// Returns whether a process has nothing in its buffer of a queue.
    pub(super) fn is_buffer_empty(&self, process: usize, queue: usize) -> bool {
        let puts = self.queues.puts.get(&(process, queue));
        puts.is_none_or(VecDeque::is_empty)
    }

    /// An item came out of a queue's pipe: a bounded one has a place more.
    pub(super) fn note_taken_out(&mut self, at: At, queue: usize) {
        self.count_places(at, queue, true);
    }

    /// A place of a bounded queue is taken, or free again.
    fn count_places(&mut self, at: At, queue: usize, is_more: bool) {
        let Some(slots) = self.queues.all[queue].slots else {
            return;
        };
        let places = self.queues.all[queue].maxsize;
        let (object, value) = self.change_count(slots, is_more, places);
        self.say(at, Kind::CountChanged { object, value });
    }
}
