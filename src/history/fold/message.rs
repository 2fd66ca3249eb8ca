//! Messages: from the buffer into the pipe and out of it, and the pressures that follow.

use super::{History, Said, Time};
use crate::event::words::{Class, End};
use crate::event::{MessageId, ObjectId, Text};
use crate::history::index::{NONE, narrow};
use crate::history::message::Message;
use crate::history::object::{Buffer, Object};
use crate::history::spans::Spans;

/// How far beyond the last one a message's number may be to get a place of its own.
const NUMBER_REACH: usize = 256;

impl History {
    pub(super) fn message_put(
        &mut self,
        said: Said,
        object: ObjectId,
        id: MessageId,
        bytes: u64,
        label: &Text,
    ) {
        let process = said.who.map(|who| self.process_of_position(who));
        if self.message_position(id).is_some() {
            return self.strange();
        }
        let queue = self.object_or_new(object, Class::Queue, said);
        let at = self.add_message(id, said.t);
        let message = &mut self.messages[at as usize];
        message.label.clone_from(label);
        message.bytes = bytes;
        message.note_put();
        self.enter_queue(at, queue, said.t);
        if let Some(process) = process.filter(|&process| !self.actors[process].over()) {
            self.enter_buffer(at, queue, process, said.t);
        } else {
            self.strange();
        }
    }

    pub(super) fn message_sent(
        &mut self,
        said: Said,
        object: ObjectId,
        id: MessageId,
        bytes: u64,
        label: Option<&Text>,
        end: Option<End>,
    ) {
        let class = if end.is_some() {
            Class::DuplexPipe
        } else {
            Class::Pipe
        };
        let pipe = self.object_or_new(object, class, said);
        let at = match self.message_position(id) {
            Some(at) => narrow(at),
            None => {
                let at = self.add_message(id, said.t);
                if let Some(queue) = self.queue_of(pipe) {
                    self.enter_queue(at, queue, said.t);
                }
                at
            }
        };
        let message = &mut self.messages[at as usize];
        if message.sent().is_some() || message.received().is_some() {
            return self.strange();
        }
        message.note_sent(said.t, said.actor);
        message.bytes = bytes;
        message.into = end;
        if let Some(label) = label {
            message.label.clone_from(label);
        }
        self.leave_buffer(at, said.t);
        self.enter_pipe(at, pipe, said.t);
    }

    pub(super) fn message_received(&mut self, said: Said, object: ObjectId, id: MessageId) {
        let at = match self.message_position(id) {
            Some(at) => narrow(at),
            None => {
                // Its send is missing: it is told that it came, and counts nowhere.
                self.strange();
                let pipe = self.object_or_new(object, Class::Pipe, said);
                let at = self.add_message(id, said.t);
                self.note_unsent(at, pipe, said.t);
                at
            }
        };
        let message = &mut self.messages[at as usize];
        if message.received().is_some() {
            return self.strange();
        }
        message.note_received(said.t, said.actor);
        self.leave_buffer(at, said.t);
        self.leave_pipe(at, said.t);
        self.leave_queue(at, said.t);
    }

    pub(super) fn bytes_written(&mut self, said: Said, object: ObjectId, bytes: u64) {
        let pipe = self.object_or_new(object, Class::Pipe, said);
        change_bytes(&mut self.objects[pipe], said.t, None, |n| {
            n.saturating_add(bytes)
        });
    }

    pub(super) fn bytes_read(&mut self, said: Said, object: ObjectId, bytes: u64) {
        let pipe = self.object_or_new(object, Class::Pipe, said);
        change_bytes(&mut self.objects[pipe], said.t, None, |n| {
            n.saturating_sub(bytes)
        });
    }

    /// Loses what a process has in its buffers: it was never in a pipe.
    pub(super) fn lose_buffers(&mut self, who: usize, t: Time) {
        for buffer in std::mem::take(&mut self.actors[who].buffers) {
            let left: Vec<usize> = self.buffers[buffer].stays.open_at(t).collect();
            for place in left {
                let at = self.buffers[buffer].messages[place];
                self.messages[at as usize].note_lost(t);
                let queue = self.buffers[buffer].queue;
                self.objects[queue].lost_items += 1;
                self.leave_buffer(at, t);
                self.leave_queue(at, t);
            }
        }
    }

    /// Adds a message that is not known.
    #[inline]
    fn add_message(&mut self, id: MessageId, t: Time) -> u32 {
        let at = narrow(self.messages.len());
        self.messages.push(Message::new(id, t));
        let slot = id
            .number
            .checked_sub(1)
            .and_then(|n| usize::try_from(n).ok());
        let sender = self.actor_index.get(id.sender.0);
        match sender.map(|who| &mut self.actors[who].sent).zip(slot) {
            Some((sent, slot)) if slot == sent.len() => sent.push(at),
            Some((sent, slot)) if slot < sent.len() => sent[slot] = at,
            Some((sent, slot)) if slot - sent.len() < NUMBER_REACH => {
                sent.resize(slot, NONE);
                sent.push(at);
            }
            _ => {
                self.far_messages.insert((id.sender.0, id.number), at);
            }
        }
        at
    }

    /// Returns the queue that a pipe is a part of.
    fn queue_of(&self, pipe: usize) -> Option<usize> {
        let whole = self.object_index.get(self.objects[pipe].part_of?.0)?;
        self.objects[whole].is_queue().then_some(whole)
    }

    fn enter_queue(&mut self, at: u32, queue: usize, t: Time) {
        let object = &mut self.objects[queue];
        object.queued.push(at);
        object
            .items
            .push(t, object.items.last().unwrap_or(0).saturating_add(1));
        let message = &mut self.messages[at as usize];
        message.note_queue(object.id);
        message.counted = true;
    }

    fn leave_queue(&mut self, at: u32, t: Time) {
        let message = &mut self.messages[at as usize];
        if !std::mem::take(&mut message.counted) {
            return;
        }
        if let Some(queue) = message
            .queue()
            .and_then(|queue| self.object_index.get(queue.0))
        {
            let items = &mut self.objects[queue].items;
            items.push(t, items.last().unwrap_or(0).saturating_sub(1));
        }
    }

    fn enter_buffer(&mut self, at: u32, queue: usize, process: usize, t: Time) {
        let buffer = match self.buffer_index.get(&(queue, process)) {
            Some(&buffer) => buffer,
            None => self.add_buffer(queue, process),
        };
        let place = self.buffers[buffer].stays.begin(t);
        self.buffers[buffer].messages.push(at);
        self.messages[at as usize].note_buffer(narrow(buffer), narrow(place));
    }

    fn add_buffer(&mut self, queue: usize, process: usize) -> usize {
        let buffer = self.buffers.len();
        self.buffers.push(Buffer {
            process: self.actors[process].id,
            queue,
            messages: Vec::new(),
            stays: Spans::default(),
        });
        self.buffer_index.insert((queue, process), buffer);
        self.objects[queue].buffers.push(buffer);
        self.actors[process].buffers.push(buffer);
        buffer
    }

    fn leave_buffer(&mut self, at: u32, t: Time) {
        if let Some((buffer, place)) = self.messages[at as usize].in_buffer() {
            self.buffers[buffer as usize].stays.end(place as usize, t);
        }
    }

    fn enter_pipe(&mut self, at: u32, pipe: usize, t: Time) {
        let message = &mut self.messages[at as usize];
        let object = &mut self.objects[pipe];
        message.note_pipe(object.id, narrow(object.transit.begin(t)));
        object.piped.push(at);
        object
            .items
            .push(t, object.items.last().unwrap_or(0).saturating_add(1));
        let bytes = message.bytes;
        change_bytes(object, t, message.into, |n| n.saturating_add(bytes));
    }

    fn leave_pipe(&mut self, at: u32, t: Time) {
        let message = &self.messages[at as usize];
        let pipe = message
            .pipe()
            .and_then(|pipe| self.object_index.get(pipe.0));
        let (Some(pipe), Some(place)) = (pipe, message.in_pipe()) else {
            return;
        };
        let object = &mut self.objects[pipe];
        if !object.transit.is_open(place as usize) {
            return;
        }
        object.transit.end(place as usize, t);
        object
            .items
            .push(t, object.items.last().unwrap_or(0).saturating_sub(1));
        let bytes = message.bytes;
        change_bytes(object, t, message.into, |n| n.saturating_sub(bytes));
    }

    /// Puts a message that was received without having been sent among its pipe's.
    fn note_unsent(&mut self, at: u32, pipe: usize, t: Time) {
        let object = &mut self.objects[pipe];
        let place = object.transit.begin(t);
        object.transit.end(place, t);
        object.piped.push(at);
        let message = &mut self.messages[at as usize];
        message.note_pipe(object.id, narrow(place));
    }
}

#[inline]
fn change_bytes(pipe: &mut Object, t: Time, into: Option<End>, change: impl Fn(u64) -> u64) {
    pipe.bytes.push(t, change(pipe.bytes.last().unwrap_or(0)));
    let direction = match into {
        Some(End::A) => Some(0),
        Some(End::B) => Some(1),
        _ => None,
    };
    if let Some(bytes) = direction.map(|direction| &mut pipe.into[direction]) {
        bytes.push(t, change(bytes.last().unwrap_or(0)));
    }
}
