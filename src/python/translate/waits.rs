//! Waits: what a thread is in, the innermost last.
//!
//! A get of a queue is told by the shim as what it consists of: a wait for the read lock, for
//! something to come, for the message itself. Here it is one wait, with the lock taken inside of it
//! and given back at its end. What the shim can't see is modelled: a feeder with nothing to do is
//! idle, and a write into a full pipe waits, until the thread says another word.
//!
//! A wait that is over within its own cut and within microseconds is taken back: nobody would have
//! seen it.

use super::pipes::Write;
use super::{At, Translator, timeout_of};
use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Kind, ObjectId, Span, Time};
use crate::python::slot::{Slot, Word};
use std::ops::Range;

/// A wait that is shorter is none.
const SHORT: Span = Span::micros(20);
/// No thread of ours is in more at a time.
const FRAMES_MAX: usize = 64;

/// What a thread is in.
pub(super) struct Frame {
    sort: Sort,
    begin: Time,
    /// In which cut it was said, and where.
    cut: u64,
    said: Range<usize>,
    /// How many waits are over with it.
    ends: u8,
    /// What is given back at its end.
    lock: Option<usize>,
    /// What it waits for.
    awaited: Option<usize>,
    timeout: Option<Span>,
    /// Whether something was said of it since.
    is_resaid: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    /// A get of a queue, of which the shim tells the parts.
    Get(usize),
    /// A part of a get: for the read lock.
    GetLock(usize),
    /// A part of a get: for something to come.
    GetPoll,
    /// For a message out of a pipe, also as a part of a get.
    Recv(usize),
    /// For a lock.
    Lock(usize),
    /// For another's end.
    End(ActorId),
    /// A write that has no room. Modelled.
    Write(Write),
    /// A feeder that has nothing to do. Modelled.
    Idle,
    /// Any other.
    Other,
}

/// How a wait is over.
#[derive(Clone, Copy)]
pub(super) struct After {
    outcome: Outcome,
    waker: Option<ActorId>,
}

impl After {
    pub(super) fn outcome(outcome: Outcome, waker: Option<ActorId>) -> After {
        After { outcome, waker }
    }
}

const DONE: After = After {
    outcome: Outcome::Done,
    waker: None,
};

impl Translator {
    pub(super) fn block(&mut self, at: At, slot: &Slot) {
        if self.threads[at.thread].frames.len() >= FRAMES_MAX {
            return;
        }
        let timeout = timeout_of(slot);
        match slot.op {
            2 | 4 => self.block_on_pipe(at, slot, timeout),
            1 => {
                let (pipe, _) = self.pipe_at(at, slot.a);
                let object = self.whole_of(pipe);
                self.begin_wait(at, Operation::Put, Some(object), None, timeout, Sort::Other);
            }
            5 => {
                let (pipe, _) = self.pipe_at(at, slot.a);
                let queue = self.pipes.of(pipe).queue;
                match queue.and_then(|queue| self.write_lock_of(queue)) {
                    Some(lock) => self.block_on_lock(at, lock, timeout),
                    None => {
                        let object = Some(self.pipes.of(pipe).object);
                        self.begin_wait(at, Operation::Write, object, None, timeout, Sort::Other);
                    }
                }
            }
            3 | 13 | 15 => {
                let operation = match slot.op {
                    3 => Operation::Send,
                    13 => Operation::Read,
                    _ => Operation::Poll,
                };
                let (pipe, _) = self.pipe_at(at, slot.a);
                let object = Some(self.pipes.of(pipe).object);
                self.begin_wait(at, operation, object, None, timeout, Sort::Other);
            }
            6 => {
                let queue = self.queue_at(slot.a);
                let object = queue.map(|queue| self.queue_object(queue));
                self.begin_wait(at, Operation::Idle, object, None, timeout, Sort::Other);
            }
            7 => {
                let lock = self.lock_at(at, slot.a);
                self.block_on_lock(at, lock, timeout);
            }
            8 | 11 | 12 => {
                let on = self.actor_by_pid(slot.a);
                let (operation, object) = match slot.op {
                    8 => (Operation::Join, None),
                    11 => (Operation::Wait, self.popen_of(slot.a)),
                    _ => (Operation::Communicate, self.popen_of(slot.a)),
                };
                let sort = on.map_or(Sort::Other, Sort::End);
                self.begin_wait(at, operation, object, on, timeout, sort);
            }
            9 => {
                let queue = self.queue_at(slot.a);
                let object = queue.map(|queue| self.queue_object(queue));
                let on = queue.and_then(|queue| self.feeder_of(at, queue));
                let sort = on.map_or(Sort::Other, Sort::End);
                self.begin_wait(at, Operation::JoinFeeder, object, on, timeout, sort);
            }
            10 | 14 => {
                let operation = match slot.op {
                    10 => Operation::JoinPool,
                    _ => Operation::Fetch,
                };
                let object = self.pool_object(slot.a);
                self.begin_wait(at, operation, object, None, timeout, Sort::Other);
            }
            16 | 17 => {
                let operation = match slot.op {
                    16 => Operation::Await,
                    _ => Operation::Notify,
                };
                let object = match self.queue_at(slot.a) {
                    Some(queue) => self.queue_object(queue),
                    None => {
                        let lock = self.lock_at(at, slot.a);
                        self.lock_seen(lock).0
                    }
                };
                self.begin_wait(at, operation, Some(object), None, timeout, Sort::Other);
            }
            _ => self.push_silent(at, Sort::Other),
        }
    }

    /// A thread waits for a message, or for what has to come before it.
    fn block_on_pipe(&mut self, at: At, slot: &Slot, timeout: Option<Span>) {
        let (pipe, _) = self.pipe_at(at, slot.a);
        let is_recv = slot.op == 4;
        let Some(queue) = self.pipes.of(pipe).queue else {
            let object = Some(self.pipes.of(pipe).object);
            let (operation, sort) = match is_recv {
                true => (Operation::Recv, Sort::Recv(pipe)),
                false => (Operation::Poll, Sort::Other),
            };
            return self.begin_wait(at, operation, object, None, timeout, sort);
        };
        let part = match is_recv {
            true => Sort::Recv(pipe),
            false => Sort::GetPoll,
        };
        let top = self.threads[at.thread].frames.last();
        if top.is_some_and(|top| top.sort == Sort::Get(queue)) {
            return self.push_silent(at, part);
        }
        let lock = self.read_lock_of(queue);
        let object = Some(self.queue_object(queue));
        let me = self.threads[at.thread].actor;
        let holder = lock.and_then(|lock| self.holder_of(lock));
        let is_for_lock = !is_recv && holder.is_some_and(|holder| holder != me);
        let from = self.out.len();
        match (lock, is_for_lock) {
            (Some(lock), true) => {
                self.begin_wait(at, Operation::Get, object, None, timeout, Sort::Get(queue));
                let (object, ..) = self.lock_seen(lock);
                let sort = Sort::GetLock(queue);
                self.begin_wait(at, Operation::Acquire, Some(object), holder, timeout, sort);
                self.note_awaited(at, lock);
            }
            (Some(lock), false) => {
                self.hold(at, lock);
                self.begin_wait(at, Operation::Get, object, None, timeout, Sort::Get(queue));
                let frame = self.threads[at.thread].frames.last_mut();
                if let Some(frame) = frame {
                    frame.lock = Some(lock);
                    frame.said.start = from;
                }
                self.push_silent(at, part);
            }
            (None, _) => {
                self.begin_wait(at, Operation::Get, object, None, timeout, Sort::Get(queue));
                self.push_silent(at, part);
            }
        }
    }

    fn block_on_lock(&mut self, at: At, lock: usize, timeout: Option<Span>) {
        let (object, ..) = self.lock_seen(lock);
        let on = self.holder_of(lock);
        let sort = Sort::Lock(lock);
        self.begin_wait(at, Operation::Acquire, Some(object), on, timeout, sort);
        self.note_awaited(at, lock);
    }

    fn note_awaited(&mut self, at: At, lock: usize) {
        if let Some(frame) = self.threads[at.thread].frames.last_mut() {
            frame.awaited = Some(lock);
        }
        self.await_lock(at.thread, lock);
    }

    fn begin_wait(
        &mut self,
        at: At,
        operation: Operation,
        object: Option<ObjectId>,
        on: Option<ActorId>,
        timeout: Option<Span>,
        sort: Sort,
    ) {
        let from = self.out.len();
        let blocked = Kind::Blocked {
            operation,
            object,
            on,
            timeout,
        };
        self.say(at, blocked);
        let said = from..self.out.len();
        self.push(at, sort, said, 1, timeout);
    }

    /// A part of a wait that was said as a whole.
    fn push_silent(&mut self, at: At, sort: Sort) {
        let nothing = self.out.len()..self.out.len();
        self.push(at, sort, nothing, 0, None);
    }

    fn push(&mut self, at: At, sort: Sort, said: Range<usize>, ends: u8, timeout: Option<Span>) {
        let (begin, cut) = (self.now, self.cut);
        self.threads[at.thread].frames.push(Frame {
            sort,
            begin,
            cut,
            said,
            ends,
            lock: None,
            awaited: None,
            timeout,
            is_resaid: false,
        });
    }

    pub(super) fn unblock(&mut self, at: At, slot: &Slot) {
        let outcome = match slot.op {
            0 => Outcome::Done,
            1 => Outcome::Full,
            2 => Outcome::Empty,
            3 => Outcome::TimedOut,
            4 => Outcome::Eof,
            5 => Outcome::Broken,
            6 => Outcome::Interrupted,
            _ => Outcome::Failed,
        };
        let top = self.threads[at.thread].frames.last().map(|top| top.sort);
        let was_sending = std::mem::take(&mut self.threads[at.thread].is_sending);
        if was_sending {
            // It took long to write, and that was seen before, or it did not wait.
            if matches!(top, Some(Sort::Write(_))) {
                self.end_top(at, After::outcome(outcome, None));
                self.rest(at);
            }
            return;
        }
        match top {
            None | Some(Sort::Get(_) | Sort::Write(_) | Sort::Idle) => self.give_up_connect(slot.a),
            Some(Sort::GetPoll | Sort::Recv(_)) => {
                self.end_top(at, After::outcome(outcome, None));
                if outcome != Outcome::Done {
                    self.end_get(at, After::outcome(outcome, None));
                }
            }
            Some(Sort::GetLock(queue)) => {
                let lock = self.read_lock_of(queue);
                let waker = lock.and_then(|lock| self.last_of(lock));
                self.end_top(at, After::outcome(outcome, waker));
                match lock {
                    Some(lock) if outcome == Outcome::Done => {
                        self.hold(at, lock);
                        if let Some(frame) = self.threads[at.thread].frames.last_mut() {
                            frame.lock = Some(lock);
                            frame.is_resaid = true;
                        }
                    }
                    _ => self.end_get(at, After::outcome(Outcome::Empty, None)),
                }
            }
            Some(Sort::Lock(lock)) => {
                let waker = self.last_of(lock);
                self.end_top(at, After::outcome(outcome, waker));
            }
            Some(Sort::End(actor)) => {
                let waker = (outcome == Outcome::Done).then_some(actor);
                self.end_top(at, After::outcome(outcome, waker));
            }
            Some(Sort::Other) => self.end_top(at, After::outcome(outcome, None)),
        }
    }

    /// A message came out of a pipe, or none will: the wait for it is over.
    pub(super) fn end_recv(&mut self, at: At, pipe: usize, after: After) {
        let top = self.threads[at.thread].frames.last().map(|top| top.sort);
        if top == Some(Sort::Recv(pipe)) {
            self.end_top(at, after);
        }
        self.end_get(at, after);
    }

    /// Ends the get that a thread is in, if that is the innermost.
    fn end_get(&mut self, at: At, after: After) {
        let top = self.threads[at.thread].frames.last().map(|top| top.sort);
        if matches!(top, Some(Sort::Get(_))) {
            self.end_top(at, after);
        }
    }

    /// Ends the innermost of what a thread is in.
    fn end_top(&mut self, at: At, after: After) {
        let Some(frame) = self.threads[at.thread].frames.pop() else {
            return;
        };
        if let Some(lock) = frame.awaited {
            self.unawait_lock(at.thread, lock);
        }
        let is_short = self.now.since(frame.begin) < SHORT;
        let was_unseen = frame.cut == self.cut && is_short && !frame.is_resaid;
        if was_unseen && !frame.said.is_empty() {
            self.take_back(frame.said);
            if let Some(lock) = frame.lock {
                self.unhold(lock);
            }
            return;
        }
        if let Some(lock) = frame.lock {
            self.give_back(at, lock);
        }
        for _ in 0..frame.ends {
            let After { outcome, waker } = after;
            self.say(at, Kind::Unblocked { outcome, waker });
        }
    }

    /// A thread says another word: what was modelled of it is over.
    pub(super) fn go_on(&mut self, thread: usize, word: Word) {
        self.threads[thread].is_sending = false;
        let at = At::of(thread);
        while let Some(top) = self.threads[thread].frames.last() {
            match top.sort {
                Sort::Write(write) => {
                    self.note_written(write);
                    self.end_top(at, DONE);
                }
                Sort::Idle => {
                    let process = self.threads[thread].process;
                    let waker = Some(self.processes[process].actor);
                    self.end_top(at, After::outcome(Outcome::Done, waker));
                }
                Sort::Get(_) if !matches!(word, Word::Block | Word::Recv | Word::Eof) => {
                    self.end_top(at, DONE);
                }
                _ => return,
            }
        }
    }

    /// Ends all that a thread is in.
    pub(super) fn end_frames(&mut self, at: At) {
        while !self.threads[at.thread].frames.is_empty() {
            self.end_top(at, DONE);
        }
    }

    /// A thread writes what has no room, with a lock taken if there is one.
    pub(super) fn begin_write(
        &mut self,
        at: At,
        operation: Operation,
        object: ObjectId,
        lock: Option<usize>,
        write: Write,
    ) {
        let from = self.out.len();
        if let Some(lock) = lock {
            self.hold(at, lock);
        }
        let sort = Sort::Write(write);
        self.begin_wait(at, operation, Some(object), None, None, sort);
        if let Some(frame) = self.threads[at.thread].frames.last_mut() {
            frame.lock = lock;
            frame.said.start = from;
        }
    }

    /// Returns the write that a thread is in and that has no room.
    pub(super) fn write_of(&self, thread: usize) -> Option<Write> {
        match self.threads[thread].frames.last()?.sort {
            Sort::Write(write) => Some(write),
            _ => None,
        }
    }

    /// A write that a thread is in has room now, by somebody who has read.
    pub(super) fn end_write(&mut self, thread: usize, reader: ActorId) {
        let at = At::of(thread);
        self.end_top(at, After::outcome(Outcome::Done, Some(reader)));
        self.rest(at);
    }

    /// A feeder that has nothing to do is idle.
    pub(super) fn rest(&mut self, at: At) {
        let thread = &self.threads[at.thread];
        let Some(queue) = thread.feeds else {
            return;
        };
        if self.is_buffer_empty(thread.process, queue) {
            let object = Some(self.queue_object(queue));
            self.begin_wait(at, Operation::Idle, object, None, None, Sort::Idle);
        }
    }

    /// Who waits for a lock waits for its next holder.
    pub(super) fn wait_again(&mut self, thread: usize, lock: usize, object: ObjectId, on: ActorId) {
        let Some(frame) = self.threads[thread].frames.last_mut() else {
            return;
        };
        if frame.awaited != Some(lock) {
            return;
        }
        frame.is_resaid = true;
        let timeout = frame.timeout;
        let at = At::of(thread);
        let blocked = Kind::Blocked {
            operation: Operation::Acquire,
            object: Some(object),
            on: Some(on),
            timeout,
        };
        self.say(at, blocked);
    }

    /// Returns the object that a pipe is a part of, else its own.
    fn whole_of(&mut self, pipe: usize) -> ObjectId {
        match self.pipes.of(pipe).queue {
            Some(queue) => self.queue_object(queue),
            None => self.pipes.of(pipe).object,
        }
    }

    /// Returns the feeder of a queue in the process of who asks.
    fn feeder_of(&self, at: At, queue: usize) -> Option<ActorId> {
        let process = self.threads[at.thread].process;
        let is_it =
            |thread: &&super::Thread| thread.process == process && thread.feeds == Some(queue);
        let feeder = self.threads.iter().rev().find(is_it)?;
        Some(feeder.actor)
    }
}
