//! A flow in reading order: writers with what is in their buffers, the locks, the vessel with what
//! is in it, readers.

use super::choose::{candidates, part};
use super::sides::{readers, writers};
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Message, Object, Thing};

/// No more messages of one vessel than this are walked through: those next to its exit.
const CHIPS_MOST: usize = 32;
/// No more processes on a side than this are.
const SIDE_MOST: usize = 256;

/// Returns what a flow of an object shows at `t`, in reading order, each once.
pub(crate) fn things_of(history: &History, object: &Object, t: Time) -> Vec<Thing> {
    let mut order = Order {
        history,
        t,
        things: Vec::new(),
    };
    match object.class {
        Class::Pool => order.pool(object),
        Class::DuplexPipe => order.duplex(object),
        Class::Popen => order.popen(object),
        _ => order.line(object),
    }
    order.things
}

/// Returns the object whose flow comes `by` after another's, of those that are known at `t`.
pub(crate) fn neighbour(
    history: &History,
    object: ObjectId,
    by: isize,
    t: Time,
) -> Option<ObjectId> {
    let known: Vec<ObjectId> = candidates(history, t).map(|object| object.id).collect();
    let at = known.iter().position(|&id| id == object)?;
    known.get(at.checked_add_signed(by)?).copied()
}

struct Order<'a> {
    history: &'a History,
    t: Time,
    things: Vec<Thing>,
}

impl Order<'_> {
    fn push(&mut self, thing: impl Into<Thing>) {
        let thing = thing.into();
        let known = self.history.known_since(thing);
        if known.is_some_and(|since| since <= self.t) && !self.things.contains(&thing) {
            self.things.push(thing);
        }
    }

    fn push_part(&mut self, object: &Object, which: Part) {
        if let Some(part) = part(self.history, object, which) {
            self.push(part.id);
        }
    }

    /// The next one out stands nearest to the exit.
    fn push_chips(&mut self, waiting: &[&Message], to_right: bool) {
        let first = &waiting[..waiting.len().min(CHIPS_MOST)];
        if to_right {
            first.iter().rev().for_each(|message| self.push(message.id));
        } else {
            first.iter().for_each(|message| self.push(message.id));
        }
    }

    fn line(&mut self, object: &Object) {
        let history = self.history;
        let pipe = match object.class {
            Class::Pipe => Some(object),
            _ => part(history, object, Part::Pipe),
        };
        for writer in writers(history, object, pipe, self.t)
            .into_iter()
            .take(SIDE_MOST)
        {
            self.push(writer);
            let buffered = history.in_buffer(object.id, writer, self.t);
            self.push_chips(&buffered.take(CHIPS_MOST).collect::<Vec<_>>(), true);
            for &thread in history.threads_of(writer) {
                let serves = history.actor(thread).is_some_and(|thread| {
                    matches!(thread.form, crate::history::Form::Thread { object: Some(of), .. } if of == object.id)
                });
                if serves {
                    self.push(thread);
                }
            }
        }
        self.push_part(object, Part::WriteLock);
        self.push(object.id);
        if let Some(pipe) = pipe {
            self.push_chips(&history.in_pipe(pipe.id, None, self.t), true);
        }
        self.push_part(object, Part::ReadLock);
        for reader in readers(history, object, pipe, self.t)
            .into_iter()
            .take(SIDE_MOST)
        {
            self.push(reader);
        }
    }

    fn pool(&mut self, pool: &Object) {
        let history = self.history;
        let master = history.process_of(pool.creator);
        self.push(master);
        let queue = |which| part(history, pool, which);
        if let Some(inqueue) = queue(Part::Inqueue) {
            self.push(inqueue.id);
            if let Some(pipe) = part(history, inqueue, Part::Pipe) {
                self.push_chips(&history.in_pipe(pipe.id, None, self.t), true);
            }
            self.push_part(inqueue, Part::ReadLock);
        }
        let workers: Vec<ActorId> = history.children_of(master).to_vec();
        for worker in workers.into_iter().take(SIDE_MOST) {
            self.push(worker);
            if let Some(band) = history.band_at(worker, self.t) {
                self.push(band.task);
            }
        }
        if let Some(outqueue) = queue(Part::Outqueue) {
            self.push_part(outqueue, Part::WriteLock);
            self.push(outqueue.id);
            if let Some(pipe) = part(history, outqueue, Part::Pipe) {
                self.push_chips(&history.in_pipe(pipe.id, None, self.t), true);
            }
        }
    }

    fn duplex(&mut self, pipe: &Object) {
        let history = self.history;
        for actor in writers(history, pipe, Some(pipe), self.t) {
            self.push(actor);
        }
        self.push(pipe.id);
        self.push_chips(&history.in_pipe(pipe.id, Some(End::A), self.t), true);
        self.push_chips(&history.in_pipe(pipe.id, Some(End::B), self.t), false);
        for (actor, _) in history.holders_at(pipe.id, self.t) {
            self.push(actor);
        }
    }

    fn popen(&mut self, popen: &Object) {
        let parent = self.history.process_of(popen.creator);
        self.push(parent);
        self.push_part(popen, Part::Stdin);
        let mut holders = Vec::new();
        for &stream in &popen.parts {
            holders.extend(self.history.holders_at(stream, self.t));
        }
        for (actor, _) in holders {
            self.push(actor);
        }
        self.push_part(popen, Part::Stdout);
        self.push_part(popen, Part::Stderr);
    }
}
