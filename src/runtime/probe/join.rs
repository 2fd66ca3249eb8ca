//! Joining a stage: how a program that mpviz did not bring gets there, at its first operation.
//!
//! Whether a process is on a stage is not known when it starts, since nothing of ours runs before
//! its `main`. So the first operation of the runtime looks, once: an environment variable
//! ([`VARIABLE`]) names the supervisor's desk, and there the process is given the arena and told
//! which actor it is. Without the variable it is off a stage for good, and every later look is one
//! load and a branch.
//!
//! A variable that leads nowhere (of an mpviz that has ended, or of something else by the same
//! name) is passed over in silence: the program is nobody's business then. Only a program that
//! was built with another version of the library says so on stderr, because it is visibly on a
//! stage and would else show nothing of itself without a reason.

use super::{
    JOINING, OFF, ON, OnStage, PROCESS, STAGE, STATE, Sources, UNKNOWN, VOICE, Voice, say,
};
use crate::channel::desk::{self, Invitation, JoinError, VARIABLE};
use crate::channel::{Arena, ForkWord, Slot, desk::Seat};
use crate::event::{ActorId, Kind, Text};
use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often, and how many times, another thread that is about to join is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(1);
const LOOKS_MAX: u32 = 2_000;

/// Finds out whether this process is on a stage, and joins it. Threads that come meanwhile wait.
#[cold]
pub(super) fn look() -> bool {
    let first = STATE.compare_exchange(UNKNOWN, JOINING, Ordering::Relaxed, Ordering::Relaxed);
    match first {
        Ok(_) => {
            let joined = invited().and_then(|invitation| join(&invitation));
            STATE.store(joined.map_or(OFF, |_| ON), Ordering::Relaxed);
            if let Some(parent) = joined {
                tell_start(parent);
            }
            joined.is_some()
        }
        Err(JOINING) => wait(),
        Err(state) => state == ON,
    }
}

/// Waits for the thread that joins. It has its own patience, so this ends; but a child that was
/// forked meanwhile, by other means than the runtime's, has no such thread.
fn wait() -> bool {
    for _ in 0..LOOKS_MAX {
        match STATE.load(Ordering::Relaxed) {
            JOINING => std::thread::sleep(LOOK_EVERY),
            state => return state == ON,
        }
    }
    STATE.store(OFF, Ordering::Relaxed);
    false
}

fn invited() -> Option<Invitation> {
    Invitation::parse(std::env::var_os(VARIABLE)?.to_str()?)
}

/// Joins; returns who this process's parent is.
fn join(invitation: &Invitation) -> Option<ActorId> {
    match desk::join(invitation) {
        Ok((arena, slot, seat)) => take(arena, slot, seat, invitation.name.clone()),
        Err(error @ JoinError::OtherVersion) => {
            // Without a stderr nobody is there to read it.
            let _ = writeln!(std::io::stderr(), "mpviz: {error}: it runs unobserved");
            None
        }
        Err(JoinError::Nobody(_) | JoinError::Arena(_)) => None,
    }
}

fn take(arena: Arena, slot: Slot, seat: Seat, desk: String) -> Option<ActorId> {
    let mine = ForkWord::new().ok()?;
    mine.claim();
    let writer = Some(arena.writer(slot));
    let actor = seat.actor;
    let stage = OnStage {
        arena,
        mine,
        sources: Sources::Own,
        desk,
        streams: seat.streams,
    };
    STAGE.set(stage).ok()?;
    VOICE.set(Some(Voice::new(writer, actor)));
    PROCESS.store(actor.0, Ordering::Relaxed);
    Some(seat.parent)
}

/// Says that this process speaks for itself from here on. It keeps the name that it was given.
fn tell_start(parent: ActorId) {
    let name = Text::const_new("");
    let pid = std::process::id();
    say(|| Kind::ProcessStarted { pid, parent, name });
}
