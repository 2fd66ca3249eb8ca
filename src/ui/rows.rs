//! Which events are rows of the events pane.
//!
//! Scrolling moves by rows and drawing shows them, so both ask here.

use crate::event::words::{Operation, Outcome};
use crate::event::{ActorId, Event, Kind, Span, Tag, Time};
use crate::history::{History, Outline};

/// A wait shorter than this was none that a person would want to read of.
pub const SHORT: Span = Span::micros(20);

/// Returns whether an event has a row of its own, as far as is known at `t`. Bookkeeping has none,
/// and neither has a wait that was over at once.
pub fn is_row_at(history: &History, event: &Event, t: Time) -> bool {
    if is_bookkeeping(event.kind.tag()) {
        return false;
    }
    match &event.kind {
        Kind::Blocked { operation, .. } => {
            *operation != Operation::Idle && lasts(history, event.actor, event.t, t)
        }
        // What failed is news, however soon.
        Kind::Unblocked { outcome, .. } if *outcome != Outcome::Done => true,
        Kind::Unblocked { .. } => {
            event.t > Time::ZERO && {
                history
                    .lane(event.actor)
                    .at(Time(event.t.0 - 1))
                    .is_some_and(|wait| event.t.since(wait.start) >= SHORT)
            }
        }
        _ => true,
    }
}

/// Returns whether an event may have a row at `t`, as far as its outline tells: where it says no,
/// there is none.
pub fn may_be_row_at(history: &History, event: &Outline, t: Time) -> bool {
    match event.tag {
        Tag::Blocked => lasts(history, event.actor, event.t, t),
        tag => !is_bookkeeping(tag),
    }
}

/// Whether a kind is only for whoever draws: none of its events has a row.
fn is_bookkeeping(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Horizon
            | Tag::Sampled
            | Tag::EndsSampled
            | Tag::CountChanged
            | Tag::SourceSeen
            | Tag::RunStarted
            | Tag::ThreadStarted
            | Tag::ThreadEnded
            | Tag::ProcessFinishing
            | Tag::ObjectCreated
            | Tag::EndOpened
            | Tag::LockTaken
            | Tag::LockReleased
            | Tag::LockUsed
    )
}

/// Whether a wait that began at `begun` has lasted long enough at `t` to be told.
fn lasts(history: &History, actor: ActorId, begun: Time, t: Time) -> bool {
    let t = t.min(history.now());
    let wait = history.lane(actor).at(begun);
    wait.is_some_and(|wait| wait.end.min(t).since(wait.start) >= SHORT)
}

/// Returns since when an event has its row: a wait once it has lasted a while.
pub fn told_since(event: &Event) -> Time {
    match event.kind.tag() {
        Tag::Blocked => event.t + SHORT,
        _ => event.t,
    }
}
