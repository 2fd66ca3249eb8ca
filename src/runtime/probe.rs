//! The probe: the one place that says events, hands out ids and asks the control page.
//!
//! Off a stage it is off: everything here is then one load and a branch, and nothing is written
//! anywhere. Which it is, a program finds out at its first operation (`join`). On a stage each thread has a voice, a ring of its own in the arena. A voice is valid
//! only in the process that took it: a forked child that nobody announced is mute, and can't
//! write into its parent's ring.
//!
//! Causes are said before their operation, effects after (see `event::kind`); which is which is up
//! to the caller, this file only stamps.

mod join;
mod source;

use self::source::Sources;
use super::voice::{At, Voice, When};
use crate::channel::desk::{Claim, FileIdentity, Invitation, VARIABLE, capture_pipe, flush};
use crate::channel::{Arena, Control, ForkWord, Published, Slot};
use crate::event::words::{Role, Stream};
use crate::event::{ActorId, FileId, Kind, MessageId, ObjectId, TaskId, Text, Time};
use std::cell::{Cell, RefCell};
use std::os::fd::OwnedFd;
use std::panic::Location;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// Whether this process is on a stage. It changes twice at most, at the first operation.
static STATE: AtomicU8 = AtomicU8::new(UNKNOWN);
/// Nobody has looked yet.
const UNKNOWN: u8 = 0;
/// It is on none, and will not be.
const OFF: u8 = 1;
/// It is on one.
const ON: u8 = 2;
/// One of its threads is looking.
const JOINING: u8 = 3;

static STAGE: OnceLock<OnStage> = OnceLock::new();
/// The actor that this process is; 0 off a stage.
static PROCESS: AtomicU32 = AtomicU32::new(0);
/// Numbers messages and tasks where no stage does.
static LOCAL_COUNT: AtomicU64 = AtomicU64::new(0);

struct OnStage {
    arena: Arena,
    mine: ForkWord,
    sources: Sources,
    /// The name of the supervisor's socket.
    desk: String,
    /// What MainProcess was given as stdout and stderr.
    streams: [FileIdentity; 2],
}

thread_local! {
    static VOICE: RefCell<Option<Voice>> = const { RefCell::new(None) };
    /// The line of the program's own source that this thread is on; 0 if it was on none yet.
    static LINE: Cell<u32> = const { Cell::new(0) };
    /// The file of that line, where it is not the program's first.
    static FILE: Cell<Option<FileId>> = const { Cell::new(None) };
}

/// A place on a stage, as the stage gives it to MainProcess.
#[derive(Debug)]
pub struct Place {
    /// Where events go.
    pub arena: Arena,
    /// The actor that this process is.
    pub actor: ActorId,
    /// Its ring.
    pub slot: Slot,
    /// The path of the program's own source: lines of other files are not told.
    pub source: &'static str,
    /// The name of the supervisor's socket: where subprocesses get pipes for what they print.
    pub desk: String,
}

/// Puts this process on a stage: from here on it says what it does, beginning with that it lives.
/// Called once, by MainProcess.
///
/// # Errors
///
/// If the system has no memory left for the word that tells this process from its children.
pub fn join_stage(place: Place) -> std::io::Result<()> {
    let mine = ForkWord::new()?;
    mine.claim();
    let Place {
        arena,
        actor,
        slot,
        source,
        desk,
    } = place;
    let pid = std::process::id();
    arena.announce(slot, pid);
    let writer = Some(arena.writer(slot));
    let streams = [Stream::Stdout, Stream::Stderr].map(identity_of);
    if STAGE
        .set(OnStage {
            arena,
            mine,
            sources: Sources::One(source),
            desk,
            streams,
        })
        .is_err()
    {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    VOICE.set(Some(Voice::new(writer, actor)));
    PROCESS.store(actor.0, Ordering::Relaxed);
    STATE.store(ON, Ordering::Relaxed);
    say(|| Kind::ProcessStarted {
        pid,
        parent: ActorId::MPVIZ,
        name: Text::const_new("MainProcess"),
    });
    Ok(())
}

fn identity_of(stream: Stream) -> FileIdentity {
    let stat = match stream {
        Stream::Stdout => rustix::fs::fstat(std::io::stdout()),
        Stream::Stderr => rustix::fs::fstat(std::io::stderr()),
    };
    stat.ok().map(|stat| (stat.st_dev, stat.st_ino))
}

/// Returns whether this process is on a stage. The first call looks, and joins it.
#[inline]
pub fn is_on() -> bool {
    if cfg!(feature = "probe-off") {
        return false;
    }
    match STATE.load(Ordering::Relaxed) {
        ON => true,
        OFF => false,
        _ => join::look(),
    }
}

fn stage() -> Option<&'static OnStage> {
    if is_on() { STAGE.get() } else { None }
}

/// Says an event about this thread's actor. The kind is made only if somebody listens.
#[inline]
pub(super) fn say(kind: impl FnOnce() -> Kind) -> Said {
    if !is_on() {
        return Said::Nowhere;
    }
    say_now(When::Now, None, &kind())
}

/// As [`say`], at the moment of this thread's last event. For a cause right after another; for an
/// effect only if that last event was stamped after its operation too.
#[inline]
pub(super) fn say_again(kind: impl FnOnce() -> Kind) {
    say_one_of(1, kind);
}

/// Says one of several events of the same moment: the first, at 0, is stamped now, and those that
/// follow [again](say_again).
#[inline]
pub(super) fn say_one_of(at: usize, kind: impl FnOnce() -> Kind) {
    if is_on() {
        let when = if at == 0 { When::Now } else { When::Again };
        say_now(when, None, &kind());
    }
}

/// Says an event about another actor.
#[inline]
pub(super) fn say_about(actor: ActorId, kind: impl FnOnce() -> Kind) -> Said {
    if !is_on() {
        return Said::Nowhere;
    }
    say_now(When::Now, Some(actor), &kind())
}

/// What became of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    /// It is in the ring.
    Published,
    /// Nobody listens, or the ring was full: the event is gone (and counted).
    Nowhere,
}

#[inline]
fn say_now(when: When, about: Option<ActorId>, kind: &Kind) -> Said {
    let Some(stage) = STAGE.get() else {
        return Said::Nowhere;
    };
    if !stage.mine.is_mine() {
        return Said::Nowhere;
    }
    VOICE.with_borrow_mut(|voice| {
        let said = voice.as_mut().map(|v| v.say(when, about, here(), kind));
        match said {
            Some(Published::Written) => Said::Published,
            Some(Published::Full) | None => Said::Nowhere,
        }
    })
}

/// Returns the place in the program's own source that this thread is at.
#[inline]
fn here() -> At {
    At {
        line: LINE.get(),
        file: FILE.get(),
    }
}

/// Says that a lock was taken. It may be told later, with others: see [`Voice`].
#[inline]
pub(super) fn say_taken(lock: ObjectId) {
    with_voice(|voice| voice.take_lock(here(), lock));
}

/// Says that a lock is given back.
#[inline]
pub(super) fn say_released(lock: ObjectId) {
    with_voice(|voice| voice.release_lock(here(), lock));
}

#[inline]
fn with_voice(say: impl FnOnce(&mut Voice)) {
    if stage().is_some_and(|stage| stage.mine.is_mine()) {
        VOICE.with_borrow_mut(|voice| voice.as_mut().map(say));
    }
}

/// Passes the gate, and notes the line that a public operation was called from. A line outside
/// the program's own source leaves the last known one.
#[inline]
pub(super) fn enter(location: &'static Location<'static>) {
    if let Some(stage) = stage() {
        stage.sources.reach(stage, location);
        stage.arena.control().pass_gate();
    }
}

/// Returns the actor that this thread is; 0 off a stage.
pub fn actor() -> ActorId {
    if !is_on() {
        return ActorId::MPVIZ;
    }
    VOICE.with_borrow(|voice| voice.as_ref().map_or(ActorId::MPVIZ, |voice| voice.actor))
}

/// Returns the actor that this process is; 0 off a stage.
pub fn process() -> ActorId {
    ActorId(PROCESS.load(Ordering::Relaxed))
}

/// Returns the time of the run; 0 off a stage.
pub fn now() -> Time {
    stage().map_or(Time::ZERO, |stage| stage.arena.now())
}

/// Returns how many times as fast as written sleeps and timeouts run. 1 off a stage.
pub fn pace() -> f64 {
    stage().map_or(1.0, |stage| stage.arena.control().pace())
}

/// Returns the seed of the run; off a stage one of this process's own.
pub fn seed() -> u64 {
    stage().map_or_else(
        || u64::from(std::process::id()),
        |stage| stage.arena.control().seed(),
    )
}

/// Returns the arena's control page and so the words that the stage may change while we sleep.
pub(super) fn control() -> Option<&'static Control> {
    stage().map(|stage| stage.arena.control())
}

/// Returns an id for a new object; 0 off a stage.
pub(super) fn next_object() -> ObjectId {
    stage().map_or(ObjectId(0), |stage| stage.arena.control().next_object())
}

/// Returns an id for a new process or thread; 0 off a stage.
pub(super) fn next_actor() -> ActorId {
    stage().map_or(ActorId::MPVIZ, |stage| stage.arena.control().next_actor())
}

/// Returns an id for a new task.
pub(super) fn next_task() -> TaskId {
    let local = || {
        let count = LOCAL_COUNT.fetch_add(1, Ordering::Relaxed);
        TaskId(u32::try_from(count & u64::from(u32::MAX)).unwrap_or(0))
    };
    stage().map_or_else(local, |stage| stage.arena.control().next_task())
}

/// Returns an id for a new message of this thread.
pub(super) fn next_message() -> MessageId {
    if !is_on() {
        let number = LOCAL_COUNT.fetch_add(1, Ordering::Relaxed) + 1;
        return MessageId {
            sender: ActorId::MPVIZ,
            number,
        };
    }
    VOICE.with_borrow_mut(|voice| match voice {
        Some(voice) => {
            voice.messages += 1;
            MessageId {
                sender: voice.actor,
                number: voice.messages,
            }
        }
        None => MessageId {
            sender: process(),
            number: 0,
        },
    })
}

/// An actor that is about to be: its id and its ring are reserved by its maker, before the fork
/// or the thread, so that there is no moment at which it has none.
pub(super) struct Birth {
    actor: ActorId,
    process: ActorId,
    slot: Option<Slot>,
}

impl Birth {
    /// Reserves a ring for a process.
    pub(super) fn of_process(actor: ActorId) -> Birth {
        Birth {
            actor,
            process: actor,
            slot: stage().and_then(|s| s.arena.reserve(actor, actor)),
        }
    }

    /// Reserves an id and a ring for a thread of this process.
    pub(super) fn of_thread() -> Birth {
        let (actor, process) = (next_actor(), process());
        Birth {
            actor,
            process,
            slot: stage().and_then(|s| s.arena.reserve(actor, process)),
        }
    }

    /// Returns the actor that it will be.
    pub(super) fn actor(&self) -> ActorId {
        self.actor
    }

    /// Tells the arena the pid of the process, in the parent.
    pub(super) fn announce(&self, pid: u32) {
        if let (Some(stage), Some(slot)) = (stage(), self.slot) {
            stage.arena.announce(slot, pid);
        }
    }

    /// Returns the environment variable that makes a program that this process starts this very
    /// actor, once it uses the library: to be put into its environment. `None` off a stage.
    ///
    /// To be called by the process that will be its parent, which the supervisor checks. The pid is
    /// announced by whoever is first, this process after the start or the supervisor when the child
    /// joins. A program that does not use the library never joins; what it starts inherits the
    /// variable, and joins as somebody new.
    pub(super) fn invitation(&self) -> Option<(&'static str, String)> {
        let stage = stage()?;
        self.slot?;
        let claim = Some(Claim {
            actor: self.actor,
            parent: std::process::id(),
        });
        let name = stage.desk.clone();
        Some((VARIABLE, Invitation { name, claim }.to_string()))
    }

    /// Gives the ring back: the fork failed.
    pub(super) fn forget(self) {
        if let (Some(stage), Some(slot)) = (stage(), self.slot) {
            stage.arena.release(slot);
        }
    }

    /// Gives a forked child its voice. The first thing that a child does.
    pub(super) fn child_begin(&self) {
        PROCESS.store(self.actor.0, Ordering::Relaxed);
        if let Some(stage) = stage() {
            stage.mine.claim();
            self.announce(std::process::id());
            self.take_voice(stage);
        }
    }

    /// Gives a new thread its voice, and says that it began.
    pub(super) fn thread_begin(self, role: Role, object: ObjectId) {
        if let Some(stage) = stage() {
            self.take_voice(stage);
        }
        let object = Some(object).filter(|object| object.0 != 0);
        say(|| Kind::ThreadStarted {
            process: self.process,
            role,
            object,
        });
    }

    fn take_voice(&self, stage: &OnStage) {
        let writer = self.slot.map(|slot| stage.arena.writer(slot));
        // The parent's voice, copied by the fork, is overwritten but not dropped into the arena:
        // a writer's drop changes nothing there.
        VOICE.set(Some(Voice::new(writer, self.actor)));
    }
}

/// Returns a pipe of its own for what a program prints, so that the stage can tell whose it is;
/// `None` off a stage, where this process's own stream is not the stage's any more, and where the
/// stage has none to give: the program then has this process's stream.
pub(super) fn capture(actor: ActorId, stream: Stream) -> Option<OwnedFd> {
    let stage = stage()?;
    if identity_of(stream) != stage.streams[stream as usize] {
        return None;
    }
    capture_pipe(stage.desk.as_bytes(), actor, stream).ok()
}

/// Returns whether what is printed to a stream is the stage's to tell, or goes elsewhere: a program
/// of which it is not known may have been started with its output in a file or a pipe.
pub(super) fn is_stages(stream: Stream) -> bool {
    stage().is_some_and(|stage| match stage.sources {
        Sources::One(_) => true,
        Sources::Own => identity_of(stream) == stage.streams[stream as usize],
    })
}

/// Waits until the stage has told what programs have printed so far, so that their last lines
/// stand before their end.
pub(super) fn flush_captured() {
    if let Some(stage) = stage() {
        // Without an answer the lines come when they come.
        let _ = flush(stage.desk.as_bytes());
    }
}
