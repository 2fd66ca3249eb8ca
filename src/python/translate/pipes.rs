//! Pipes, and which receive belongs to which send.
//!
//! A pipe is known by the inodes of its ends: both ends of a one-way pipe have the same one, those
//! of a pair have two. A pipe is first in, first out, so its k-th send is its k-th receive; length
//! and check say whether that is so. Where they differ, the place is looked for ahead, because two
//! writers without a lock may be told in another order than they wrote, or somebody wrote or read
//! who tells nothing. What can't be paired is counted.

use super::known::Known;
use super::names::Maker;
use super::pages::{CAPACITY, Pages};
use super::waits::After;
use super::{At, Translator, shown};
use crate::event::words::{Class, End, Operation, Outcome};
use crate::event::{ActorId, Kind, MessageId, ObjectId};
use crate::python::link::Link;
use crate::python::slot::Slot;
use std::collections::{HashMap, HashSet, VecDeque};

/// How far ahead the place of a receive is looked for.
const AHEAD: usize = 4096;
/// A message that so many later ones have passed was taken by somebody who tells nothing.
const PASSED: u8 = 32;
/// More messages than this no pipe holds: somebody reads who tells nothing.
const IN_PIPE_MAX: usize = 70_000;
/// After so many writes that had room against all facts, somebody reads who tells nothing.
pub(super) const AGAINST_MAX: u8 = 3;
/// A pipe that nobody uses is known until so many others were made.
const PIPES_MAX: usize = 1 << 16;
/// So many connections may wait to be accepted.
const CONNECTS_MAX: usize = 4096;
/// So long an accept waits for the word of a client that has a port, in ns. It comes right after its
/// connect, if that client lives and speaks.
const PORT_WITHIN: u64 = 200_000_000;
/// Marks a port among what an accept says of its client.
const PORT: u64 = 1 << 32;
/// Stands for the number of a pair's other end that nobody has told.
const UNKNOWN: u64 = u64::MAX;
/// What a socket takes if nobody said otherwise.
const SOCKET_CAPACITY: u64 = 212_992;

/// The pipes of the program.
pub(super) struct Pipes {
    by_inode: Known<(usize, u8)>,
    all: Vec<Pipe>,
    /// Connections that were not accepted yet, by address.
    connects: HashMap<u64, VecDeque<Connect>>,
    /// Of those that have a port, which one's it is, by the port as a slot has it.
    ports: HashMap<u64, u64>,
    /// How many messages were received of which no send is known.
    unsent: u64,
}

impl Default for Pipes {
    fn default() -> Pipes {
        Pipes {
            by_inode: Known::new(PIPES_MAX),
            all: Vec::new(),
            connects: HashMap::new(),
            ports: HashMap::new(),
            unsent: 0,
        }
    }
}

/// A connection that is about to be made.
struct Connect {
    pipe: usize,
    /// Of whoever makes it.
    pid: u32,
}

pub(super) struct Pipe {
    pub(super) object: ObjectId,
    is_duplex: bool,
    /// The queue that it is a part of.
    pub(super) queue: Option<usize>,
    capacity: u64,
    /// By the end that is written to; of a one-way pipe the first.
    ways: [Way; 2],
}

/// A direction.
#[derive(Default)]
struct Way {
    sent: VecDeque<Sent>,
    pages: Pages,
    /// The threads that write what has no room.
    writers: Vec<usize>,
    /// How many writes went on, since the last receive, of which the facts say that they had no room.
    against: u8,
}

/// A write into a pipe that has no room for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Write {
    pipe: usize,
    side: u8,
    /// The page that it ends with.
    end: u64,
}

/// A message that is in a pipe.
struct Sent {
    id: MessageId,
    size: u32,
    crc: u32,
    passed: u8,
}

impl Pipes {
    pub(super) fn of(&self, pipe: usize) -> &Pipe {
        &self.all[pipe]
    }
}

impl Translator {
    pub(super) fn pipe(&mut self, at: At, slot: &Slot) {
        let pipe = self.add_pipe(slot.a, slot.b, slot.c, None);
        self.say_pipe(at, pipe);
    }

    /// Adds a pipe; the numbers that it has were another's before.
    pub(super) fn add_pipe(
        &mut self,
        first: u64,
        second: u64,
        capacity: u64,
        queue: Option<usize>,
    ) -> usize {
        let object = self.arena.control().next_object();
        let is_duplex = second != 0;
        let usual = if is_duplex { SOCKET_CAPACITY } else { CAPACITY };
        let pipe = self.pipes.all.len();
        self.pipes.all.push(Pipe {
            object,
            is_duplex,
            queue,
            capacity: if capacity == 0 { usual } else { capacity },
            ways: [Way::default(), Way::default()],
        });
        if self.pipes.by_inode.is_due() {
            self.forget_pipes();
        }
        let kind = if is_duplex { "socket" } else { "pipe" };
        for (inode, side, end) in [(first, 0, End::A), (second, 1, End::B)] {
            let is_end = side == 0 || is_duplex;
            if is_end && inode != UNKNOWN {
                self.pipes.by_inode.insert(inode, (pipe, side));
                self.link(
                    object,
                    format!("{kind}:[{inode}]"),
                    is_duplex.then_some(end),
                );
            }
        }
        pipe
    }

    /// Forgets the pipes that nobody has used for long or waits for, and that are empty.
    fn forget_pipes(&mut self) {
        let awaited = self.awaited().into_iter();
        let Pipes { by_inode, all, .. } = &mut self.pipes;
        // Whoever waits at one end waits for the other.
        let awaited = awaited.filter_map(|inode| by_inode.get(inode));
        let awaited: HashSet<usize> = awaited.map(|(pipe, _)| pipe).collect();
        by_inode.forget(|_, (pipe, _)| {
            let is_empty = |way: &Way| way.sent.is_empty();
            awaited.contains(&pipe) || !all[pipe].ways.iter().all(is_empty)
        });
    }

    /// Returns the numbers of what threads wait for.
    pub(super) fn awaited(&self) -> HashSet<u64> {
        let waiting = self.threads.iter().filter(|it| !it.frames.is_empty());
        waiting.map(|thread| thread.about).collect()
    }

    /// Returns the queues whose pipes are known.
    pub(super) fn queues_known(&self) -> impl Iterator<Item = usize> {
        let pipes = self.pipes.by_inode.values();
        pipes.filter_map(|(pipe, _)| self.pipes.all[pipe].queue)
    }

    fn link(&mut self, object: ObjectId, link: String, end: Option<End>) {
        self.links.push(Link::Pipe { object, link, end });
    }

    fn say_pipe(&mut self, at: At, pipe: usize) {
        let name = self.name_made(at, Maker::Pipe);
        let known = &self.pipes.all[pipe];
        let made = Kind::ObjectCreated {
            object: known.object,
            class: match known.is_duplex {
                true => Class::DuplexPipe,
                false => Class::Pipe,
            },
            name,
            part_of: None,
            part: None,
            maxsize: None,
            capacity: Some(known.capacity),
        };
        self.say(at, made);
    }

    /// Returns the pipe with an inode, and which end of it that is; one of which nobody has spoken is
    /// made here.
    pub(super) fn pipe_at(&mut self, at: At, inode: u64) -> (usize, u8) {
        if let Some(known) = self.pipes.by_inode.get(inode) {
            if let Some(queue) = self.pipes.all[known.0].queue {
                self.tell_queue(queue);
            }
            return known;
        }
        let pipe = self.add_pipe(inode, 0, 0, None);
        self.say_pipe(at, pipe);
        (pipe, 0)
    }

    /// Returns the queue whose pipe has an inode.
    pub(super) fn queue_at(&self, inode: u64) -> Option<usize> {
        let (pipe, _) = self.pipes.by_inode.get(inode)?;
        self.pipes.all[pipe].queue
    }

    pub(super) fn send(&mut self, at: At, slot: &Slot, text: &str) {
        let (pipe, side) = self.pipe_at(at, slot.a);
        let queue = self.pipes.all[pipe].queue;
        let id = match queue.filter(|_| slot.op == 1) {
            Some(queue) => self.next_put(at, queue, slot.c),
            None => None,
        };
        let label = id.is_none().then(|| shown(text));
        let id = id.unwrap_or_else(|| self.next_message(at));
        let bytes = bytes_of(slot.size);
        let known = &mut self.pipes.all[pipe];
        let (object, is_duplex) = (known.object, known.is_duplex);
        let side = if is_duplex { side } else { 0 };
        let way = &mut known.ways[usize::from(side)];
        way.sent.push_back(Sent {
            id,
            size: slot.size,
            crc: crc_of(slot),
            passed: 0,
        });
        // Where somebody reads who tells nothing it is not known what is in the pipe.
        let is_known = way.against < AGAINST_MAX;
        let end = is_known.then(|| way.pages.push(bytes, known.capacity));
        let end = end.filter(|&end| !way.pages.has_room(end, known.capacity));
        let mut lost = 0;
        while way.sent.len() > IN_PIPE_MAX {
            way.sent.pop_front();
            lost += 1;
        }
        self.say(
            at,
            Kind::MessageSent {
                object,
                message: id,
                bytes,
                label,
                end: is_duplex.then(|| end_of(side)),
            },
        );
        if lost > 0 {
            let actor = self.threads[at.thread].actor;
            self.note_unpaired(actor, lost);
        }
        self.threads[at.thread].is_sending = true;
        match end {
            Some(end) => self.write_waits(at, Write { pipe, side, end }),
            None => self.rest(at),
        }
    }

    pub(super) fn recv(&mut self, at: At, slot: &Slot) {
        let (pipe, side) = self.pipe_at(at, slot.a);
        let known = &mut self.pipes.all[pipe];
        let (object, is_duplex) = (known.object, known.is_duplex);
        let from = if is_duplex { usize::from(1 - side) } else { 0 };
        let way = &mut known.ways[from];
        way.pages.pop(bytes_of(slot.size), known.capacity);
        way.against = 0;
        let writers = std::mem::take(&mut way.writers);
        let (id, lost) = way.take(slot.size, crc_of(slot));
        let mut unpaired = lost;
        let message = id.unwrap_or_else(|| {
            unpaired += 1;
            self.pipes.unsent += 1;
            MessageId {
                sender: ActorId::MPVIZ,
                number: self.pipes.unsent,
            }
        });
        let end = is_duplex.then(|| end_of(side));
        self.say(
            at,
            Kind::MessageReceived {
                object,
                message,
                end,
            },
        );
        if unpaired > 0 {
            let actor = self.threads[at.thread].actor;
            self.note_unpaired(actor, unpaired);
        }
        let reader = self.threads[at.thread].actor;
        for thread in writers {
            self.write_goes_on(thread, reader);
        }
        let waker = id.map(|id| id.sender);
        self.end_recv(at, pipe, After::outcome(Outcome::Done, waker));
        if let Some(queue) = self.pipes.all[pipe].queue {
            self.note_taken_out(at, queue);
        }
    }

    pub(super) fn eof(&mut self, at: At, slot: &Slot) {
        let (pipe, _) = self.pipe_at(at, slot.a);
        let object = self.pipes.all[pipe].object;
        self.say(at, Kind::EofSeen { object });
        self.end_recv(at, pipe, After::outcome(Outcome::Eof, None));
    }

    /// A client has connected, and has a port. This is taken in as soon as it is read, not at its
    /// time: whatever follows from the connection comes after it.
    pub(in crate::python) fn note_port(&mut self, slot: &Slot) {
        if self.pipes.ports.len() >= CONNECTS_MAX {
            self.pipes.ports.clear();
        }
        self.pipes.ports.insert(slot.c, slot.a);
    }

    /// Returns whether an accept, `age` ns ago, has to wait until it is known whose it is.
    pub(super) fn is_client_awaited(&self, slot: &Slot, age: u64) -> bool {
        let is_due = slot.c & PORT != 0 && !self.pipes.ports.contains_key(&slot.c);
        is_due && age < PORT_WITHIN && self.pipes.connects.contains_key(&slot.b)
    }

    /// A client is about to connect: from here on it has a pipe, whose other end nobody has yet.
    pub(super) fn connect(&mut self, at: At, slot: &Slot) {
        let waiting: usize = self.pipes.connects.len();
        let pipe = self.add_pipe(slot.a, UNKNOWN, 0, None);
        self.say_pipe(at, pipe);
        if waiting >= CONNECTS_MAX {
            self.pipes.connects.clear();
        }
        let connects = self.pipes.connects.entry(slot.b).or_default();
        if connects.len() < CONNECTS_MAX {
            let process = self.threads[at.thread].process;
            let pid = self.processes[process].pid;
            connects.push_back(Connect { pipe, pid });
        }
    }

    /// A client that was about to connect has not: nobody accepts it.
    pub(super) fn give_up_connect(&mut self, inode: u64) {
        let Some((pipe, _)) = self.pipes.by_inode.get(inode) else {
            return;
        };
        self.pipes.connects.retain(|_, connects| {
            connects.retain(|connect| connect.pipe != pipe);
            !connects.is_empty()
        });
    }

    pub(super) fn accept(&mut self, at: At, slot: &Slot) {
        // Who is told to connect first need not be the first that does.
        let inode = self.pipes.ports.remove(&slot.c);
        let known = inode.and_then(|inode| self.pipes.by_inode.get(inode));
        let known = known.map(|(pipe, _)| pipe);
        let is_its = |connect: &Connect| match known {
            Some(pipe) => connect.pipe == pipe,
            None if slot.c & PORT != 0 => true,
            None => slot.c == 0 || u64::from(connect.pid) == slot.c,
        };
        let connects = self.pipes.connects.get_mut(&slot.b);
        let connect = connects.and_then(|connects| {
            let place = connects.iter().position(is_its)?;
            connects.remove(place)
        });
        self.pipes
            .connects
            .retain(|_, connects| !connects.is_empty());
        match connect {
            Some(Connect { pipe, .. }) => {
                self.pipes.by_inode.insert(slot.a, (pipe, 1));
                let object = self.pipes.all[pipe].object;
                self.link(object, format!("socket:[{}]", slot.a), Some(End::B));
            }
            None => {
                let pipe = self.add_pipe(UNKNOWN, slot.a, 0, None);
                self.say_pipe(at, pipe);
            }
        }
    }

    /// Returns the id of the message that a thread puts or sends now.
    pub(super) fn next_message(&mut self, at: At) -> MessageId {
        let thread = &mut self.threads[at.thread];
        thread.messages += 1;
        MessageId {
            sender: thread.actor,
            number: thread.messages,
        }
    }

    /// A writer waits, because what it writes has no room in the pipe.
    fn write_waits(&mut self, at: At, write: Write) {
        let known = &mut self.pipes.all[write.pipe];
        let (object, queue) = (known.object, known.queue);
        let writers = &mut known.ways[usize::from(write.side)].writers;
        if !writers.contains(&at.thread) {
            writers.push(at.thread);
        }
        let operation = match self.threads[at.thread].feeds {
            Some(_) => Operation::Write,
            None => Operation::Send,
        };
        let lock = queue.and_then(|queue| self.write_lock_of(queue));
        self.begin_write(at, operation, object, lock, write);
    }

    /// A reader has made room: whoever wrote what has its place now goes on.
    fn write_goes_on(&mut self, thread: usize, reader: ActorId) {
        let Some(write) = self.write_of(thread) else {
            return;
        };
        let known = &mut self.pipes.all[write.pipe];
        let way = &mut known.ways[usize::from(write.side)];
        if way.pages.has_room(write.end, known.capacity) {
            self.end_write(thread, reader);
        } else if !way.writers.contains(&thread) {
            way.writers.push(thread);
        }
    }

    /// A write went on that had no room, as far as is known: the facts are not all.
    pub(super) fn note_written(&mut self, write: Write) {
        let known = &mut self.pipes.all[write.pipe];
        let way = &mut known.ways[usize::from(write.side)];
        if !way.pages.has_room(write.end, known.capacity) {
            way.against = way.against.saturating_add(1);
            if way.against >= AGAINST_MAX {
                way.pages.clear();
            }
        }
    }
}

impl Way {
    /// Takes out the message that a receive says it is. Returns it, and how many were given up.
    fn take(&mut self, size: u32, crc: u32) -> (Option<MessageId>, u64) {
        let is_it = |sent: &Sent| sent.size == size && sent.crc == crc;
        let Some(place) = self.sent.iter().take(AHEAD).position(is_it) else {
            return (None, 0);
        };
        let id = self.sent.remove(place).map(|sent| sent.id);
        let mut lost = 0;
        if place > 0 {
            for sent in self.sent.iter_mut().take(place) {
                sent.passed = sent.passed.saturating_add(1);
            }
            while self.sent.front().is_some_and(|sent| sent.passed > PASSED) {
                self.sent.pop_front();
                lost += 1;
            }
        }
        (id, lost)
    }
}

fn crc_of(slot: &Slot) -> u32 {
    u32::try_from(slot.b & 0xffff_ffff).unwrap_or(0)
}

/// Returns how many bytes a message of so many has in the pipe.
fn bytes_of(size: u32) -> u64 {
    u64::from(size) + if size > 0x7fff_ffff { 12 } else { 4 }
}

fn end_of(side: u8) -> End {
    if side == 0 { End::A } else { End::B }
}
