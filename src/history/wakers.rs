//! Who ended a wait: a question to the events before its end, nothing that is kept.
//!
//! Where the runtime knows it, the event says so. At the other end of a pipe nobody leaves a mark,
//! so there it is inferred: from the message that came, from the receive that made room, from who
//! closed the last end. Invariant: nothing that happened after the end of the wait counts.

use super::lane::Wait;
use super::object::Object;
use super::store::History;
use super::thing::Thing;
use crate::event::words::{Class, End, Operation, Outcome};
use crate::event::{ActorId, Kind, ObjectId, Time};

/// The most messages of a pipe that are looked at.
const LOOKED_AT_MAX: usize = 64;

/// Who ended a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waker {
    /// Who.
    pub who: ActorId,
    /// When it did what ended the wait; the end of the wait where only that is known.
    pub t: Time,
    /// Whether it said so itself or another did; else it is inferred.
    pub is_told: bool,
}

impl History {
    /// Returns who ended a wait of `who` that had begun at `began`, by the end itself, which is an
    /// [`Kind::Unblocked`] at `t`. Nobody did where its time was over.
    pub fn waker(
        &self,
        who: ActorId,
        wait: Wait,
        began: Time,
        end: &Kind,
        t: Time,
    ) -> Option<Waker> {
        let Kind::Unblocked { outcome, waker } = *end else {
            return None;
        };
        if let Some(waker) = waker {
            return Some(Waker {
                who: waker,
                t,
                is_told: true,
            });
        }
        let done = matches!(outcome, Outcome::Done | Outcome::Eof | Outcome::Broken);
        match (wait.operation, wait.object) {
            _ if !done => None,
            (Operation::Poll, None) => self.first_of_several(who, began, t),
            (Operation::Poll | Operation::Recv | Operation::Read | Operation::Get, Some(pipe)) => {
                self.giver(who, pipe, t)
            }
            (Operation::Send | Operation::Write | Operation::Put, Some(pipe)) => match outcome {
                Outcome::Broken => self.closer(pipe, self.end_to_read(who, pipe, t), t),
                _ => self.taker(who, pipe, began, t),
            },
            _ => None,
        }
    }

    /// Returns who closed the last copy of the other end of a pipe, where that is how an actor got
    /// to its end of file at `t`.
    pub fn eof_maker(&self, who: ActorId, pipe: ObjectId, t: Time) -> Option<Waker> {
        self.closer(pipe, self.end_to_write(who, pipe, t), t)
    }

    /// Whatever of several things was there first has ended the wait for them.
    fn first_of_several(&self, who: ActorId, began: Time, t: Time) -> Option<Waker> {
        let several = self.several_of(who, began, t)?;
        let wakers = several.things.iter().filter_map(|&thing| match thing {
            Thing::Actor(actor) => self.end_of(actor, t),
            Thing::Object(pipe) => self.giver(who, pipe, t),
            Thing::Message(_) | Thing::Task(_) => None,
        });
        wakers.min_by_key(|waker| waker.t)
    }

    /// A process that is about to end says so; the end itself may be seen a moment later.
    fn end_of(&self, actor: ActorId, t: Time) -> Option<Waker> {
        let known = self.actor(actor)?;
        let said = known.exiting.map(|(at, _)| at);
        let seen = known.exited.map(|exit| exit.t);
        let at = said.or(seen).filter(|&at| at <= t)?;
        Some(inferred(actor, at))
    }

    /// Returns who made something come out of a pipe: the sender of the message that is the next
    /// to come out at `t`, of the last one that went in if others took it, or who closed the last
    /// end.
    fn giver(&self, who: ActorId, pipe: ObjectId, t: Time) -> Option<Waker> {
        let pipe = self.inner_pipe(pipe)?;
        let end = self.end_to_write(who, pipe.id, t);
        let into = end.filter(|_| pipe.class == Class::DuplexPipe);
        let waiting = self.in_pipe(pipe.id, into, t);
        let message = waiting.first().copied().or_else(|| {
            let last = pipe.piped.iter().rev().take(LOOKED_AT_MAX);
            let mut last = last.map(|&at| &self.messages[at as usize]);
            last.find(|message| {
                let was_sent = message.sent().is_some_and(|(at, _)| at <= t);
                was_sent && (into.is_none() || message.into == into)
            })
        });
        let closed = end.and_then(|end| self.closer(pipe.id, Some(end), t));
        match (waiting.is_empty(), closed) {
            // Nothing is left to read: what has come is the end of file.
            (true, Some(closed)) => Some(closed),
            _ => message?.sent().map(|(at, sender)| inferred(sender, at)),
        }
    }

    /// Returns who made room in a pipe: whoever took the last message out while the wait lasted,
    /// or by a part of a message the only one who could, or of several the one who took before.
    fn taker(&self, who: ActorId, pipe: ObjectId, began: Time, t: Time) -> Option<Waker> {
        let pipe = self.inner_pipe(pipe)?;
        let end = self.end_to_read(who, pipe.id, t);
        let own_end = match end {
            Some(End::A) => Some(End::B),
            Some(End::B) => Some(End::A),
            _ => None,
        };
        let sent = pipe.piped.iter().rev().take(LOOKED_AT_MAX);
        let taken = sent.filter_map(|&at| {
            let message = &self.messages[at as usize];
            let is_ours = own_end.is_none() || message.into == own_end;
            let taken = message.received().filter(|_| is_ours);
            taken.filter(|&(at, _)| at <= t)
        });
        let last = taken.max_by_key(|&(at, _)| at);
        if let Some((at, taker)) = last.filter(|&(at, _)| began <= at) {
            return Some(inferred(taker, at));
        }
        let process = self.process_of(who);
        let mut holders = self.holders_at(pipe.id, t);
        holders.retain(|&(holder, held)| Some(held) == end && holder != process);
        match holders.as_slice() {
            [(only, _)] => Some(inferred(*only, t)),
            // Whoever took the one before takes this one too, as far as can be known.
            several => {
                let (_, taker) = last?;
                let is_one = |&(holder, _): &(ActorId, End)| holder == self.process_of(taker);
                several.iter().any(is_one).then(|| inferred(taker, t))
            }
        }
    }

    /// Returns who closed an end of a pipe last, if nobody has it any more at `t`.
    fn closer(&self, pipe: ObjectId, end: Option<End>, t: Time) -> Option<Waker> {
        let (pipe, end) = (self.inner_pipe(pipe)?, end?);
        let holds = pipe.holds.iter().enumerate();
        let mut last = None;
        for (at, &(holder, _)) in holds.filter(|&(_, &(_, held))| held == end) {
            let (began, over) = pipe.hold_spans.span(at)?;
            match over {
                _ if began > t => {}
                over if over > t => return None,
                over => last = last.max(Some((over, holder))),
            }
        }
        last.map(|(at, holder)| inferred(holder, at))
    }

    /// Returns the pipe itself, of a queue the one that it has.
    fn inner_pipe(&self, object: ObjectId) -> Option<&Object> {
        let object = self.object(object)?;
        Some(self.pipe_of(object).unwrap_or(object))
    }

    /// Returns the end that what an actor receives went into; none where it is not known.
    fn end_to_write(&self, who: ActorId, pipe: ObjectId, t: Time) -> Option<End> {
        match self.object(pipe)?.class {
            Class::DuplexPipe => self.other_end(pipe, who, t),
            _ => Some(End::Write),
        }
    }

    /// Returns the end that what an actor sends comes out of; none where it is not known.
    fn end_to_read(&self, who: ActorId, pipe: ObjectId, t: Time) -> Option<End> {
        match self.object(pipe)?.class {
            Class::DuplexPipe => self.other_end(pipe, who, t),
            _ => Some(End::Read),
        }
    }
}

fn inferred(who: ActorId, t: Time) -> Waker {
    Waker {
        who,
        t,
        is_told: false,
    }
}
