//! A voice: how a thread says events, and what it says of locks when it has little room.
//!
//! A lock that is taken and given back is two events. A loop that does nothing else would fill its
//! ring faster than anybody reads, and what is lost then is lost blindly. So while a ring is more
//! than half full, a lock's taking is kept back: if the lock is given back before the thread says
//! anything else, the two are only counted, and told as one [`Kind::LockUsed`] later; else it is
//! told after all, before what the thread says next. Who waits for such a lock names its holder
//! all the same, which stands in the lock's own page.

use crate::channel::{Published, RingWriter};
use crate::event::{ActorId, FileId, Kind, ObjectId};
use rustix::process::Signal;

/// A place in the program's own source.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// From 1; 0 if no line is known.
    pub(super) line: u32,
    /// Where it is not the first.
    pub(super) file: Option<FileId>,
}

/// The moment that an event is stamped with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Now.
    Now,
    /// That of the thread's last event: the clock is most of what an event costs.
    Again,
}

/// What a thread says events with.
pub(super) struct Voice {
    /// Absent where no ring was free: the thread runs unobserved, and the arena counts it.
    writer: Option<RingWriter>,
    pub(super) actor: ActorId,
    /// How many messages it has put.
    pub(super) messages: u64,
    /// A lock that it has taken and not told.
    kept_back: Option<ObjectId>,
    /// A lock that it took and gave back untold, and how often.
    used: Option<(ObjectId, u64)>,
}

impl Voice {
    /// Returns the voice of an actor.
    pub(super) fn new(writer: Option<RingWriter>, actor: ActorId) -> Voice {
        Voice {
            writer,
            actor,
            messages: 0,
            kept_back: None,
            used: None,
        }
    }

    /// Says an event about this actor or another, with the line that it is on.
    #[inline]
    pub(super) fn say(
        &mut self,
        when: When,
        about: Option<ActorId>,
        at: At,
        kind: &Kind,
    ) -> Published {
        if self.kept_back.is_some() || self.used.is_some() {
            self.catch_up(at);
        }
        self.publish(when, about, at, kind)
    }

    /// Says that a lock was taken, or keeps it back.
    #[inline]
    pub(super) fn take_lock(&mut self, at: At, object: ObjectId) {
        let is_calm = self.writer.as_mut().is_none_or(RingWriter::is_calm);
        if is_calm {
            let _ = self.say(When::Now, None, at, &Kind::LockTaken { object });
            return;
        }
        if self.kept_back.is_some() || self.used.is_some_and(|(used, _)| used != object) {
            self.catch_up(at);
        }
        self.kept_back = Some(object);
    }

    /// Says that a lock is given back, or that it was used, if its taking was kept back.
    #[inline]
    pub(super) fn release_lock(&mut self, at: At, object: ObjectId) {
        if self.kept_back != Some(object) {
            let _ = self.say(When::Now, None, at, &Kind::LockReleased { object });
            return;
        }
        self.kept_back = None;
        let times = self.used.map_or(0, |(_, times)| times);
        self.used = Some((object, times + 1));
    }

    /// Says what was kept back.
    #[cold]
    fn catch_up(&mut self, at: At) {
        if let Some((object, times)) = self.used.take() {
            let _ = self.publish(When::Now, None, at, &Kind::LockUsed { object, times });
        }
        if let Some(object) = self.kept_back.take() {
            let _ = self.publish(When::Now, None, at, &Kind::LockTaken { object });
        }
    }

    #[inline]
    fn publish(&mut self, when: When, about: Option<ActorId>, at: At, kind: &Kind) -> Published {
        let Some(writer) = &mut self.writer else {
            return Published::Full;
        };
        if cfg!(debug_assertions) && writer.arena().control().is_fatal(self.actor, writer.said()) {
            die();
        }
        let line = Some(at.line).filter(|&line| line != 0);
        let (actor, by) = match about {
            Some(about) if about != self.actor => (about, Some(self.actor)),
            _ => (self.actor, None),
        };
        let t = match when {
            When::Now => writer.stamp(),
            When::Again => writer.last_stamp(),
        };
        writer.publish_at(t, actor, by, line, at.file, kind)
    }
}

/// Ends this process as a kill from outside does: nothing is flushed, nothing given back.
#[cold]
fn die() {
    // It takes effect before the call returns; if the system refused, the test would tell.
    let _ = rustix::process::kill_process(rustix::process::getpid(), Signal::KILL);
}
