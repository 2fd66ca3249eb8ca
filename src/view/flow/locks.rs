//! The locks of a program through which nothing flows: who holds each, who waits for it, and the
//! circle of them, if there is one.
//!
//! ```text
//! lock    held by              waits for it
//! a     ◆ one      3.29 s      two    3.29 s
//! b     ◆ two      3.29 s      one    3.29 s
//!
//! circle  one ──needs──► b ──held by──► two ──needs──► a ──held by──► one
//! ```

use super::FlowView;
use super::circle::draw_circle;
use crate::event::{ActorId, ObjectId, Time};
use crate::history::{History, Object, What};
use crate::ui::Spot;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::{Mark, Role};
use crate::view::words::{seconds, short_name};

/// No more locks than these have a row.
const LOCKS_MOST: usize = 8;
/// No more processes than these are asked what they wait for.
const ASKED_MOST: usize = 64;
/// The columns of a name and of a time.
const NAME: u16 = 16;
const SINCE: u16 = 9;

/// Returns the locks of the program itself, those that are no part of a queue or value.
pub(super) fn own_locks(history: &History, t: Time) -> impl Iterator<Item = &Object> {
    let is_own = |object: &&Object| object.part_of.is_none() && object.is_lock();
    history
        .objects()
        .iter()
        .filter(move |object| object.created <= t)
        .filter(is_own)
        .take(LOCKS_MOST)
}

/// Draws the locks as of a moment. Returns whether there are any.
pub(super) fn draw_locks(pen: &mut Pen<'_, '_>, history: &History, view: &FlowView) -> bool {
    let locks: Vec<&Object> = own_locks(history, view.t).collect();
    if locks.is_empty() {
        return false;
    }
    let margin = if pen.width() >= 104 { 2 } else { 1 };
    let name = |lock: &&Object| columns(history.name_of(lock.id), NAME);
    let named = locks.iter().map(name).max().unwrap_or(0).max(4) + 2;
    let holder = margin + named + 2;
    let waiters = holder + NAME + SINCE + 2;
    let mut y = u16::from(pen.height() > 6);
    if pen.height() > 4 {
        pen.put(margin, y, "lock", Role::Dim);
        pen.put(holder, y, "held by", Role::Dim);
        pen.put(waiters, y, "waits for it", Role::Dim);
        y += 1;
    }
    for lock in locks {
        if y >= pen.height() {
            return true;
        }
        pen.spot(0, y, pen.width(), Spot::Thing(lock.id.into()));
        pen.put(margin, y, history.name_of(lock.id), Role::Text);
        draw_holder(pen, (holder, y), history, lock, view.t);
        draw_waiters(pen, (waiters, y), history, lock.id, view.t);
        y += 1;
    }
    let below = y + u16::from(pen.height() > 6);
    if below < pen.height() {
        draw_circle(pen, below, history, view);
    }
    true
}

/// Draws the lock's sign, who holds it, and for how long.
fn draw_holder(
    pen: &mut Pen<'_, '_>,
    (x, y): (u16, u16),
    history: &History,
    lock: &Object,
    t: Time,
) {
    let held = lock.holder.at(t).flatten();
    let is_lost = lock.lost_at(t).is_some();
    let (mark, words, role) = match held {
        _ if is_lost => (Mark::LockLost, "lost".to_owned(), Role::Alarm),
        Some(holder) => (Mark::LockHeld, short_name(history, holder, t), Role::Text),
        None => (Mark::LockFree, "free".to_owned(), Role::Dim),
    };
    let theme = pen.theme();
    // In ASCII a lock's sign is three cells wide.
    let glyph = theme.glyph(mark);
    pen.text(x.saturating_sub(2), y, 3, glyph, theme.mark(mark));
    let x = x + columns(glyph, 3).saturating_sub(1);
    pen.text(x, y, NAME, &words, theme.style(role));
    if held.is_some()
        && let Some((since, _)) = lock.holder.change_at(t)
    {
        let end = x + NAME + SINCE - 2;
        pen.right(end, y, &seconds(t.since(since)), pen.style(Role::Dim));
    }
}

/// Draws who waits for a lock, and for how long the first does.
fn draw_waiters(
    pen: &mut Pen<'_, '_>,
    (x, y): (u16, u16),
    history: &History,
    lock: ObjectId,
    t: Time,
) {
    let mut waiting: Vec<(ActorId, Time)> = Vec::new();
    for &process in history.processes().iter().take(ASKED_MOST) {
        let threads = history.threads_of(process).iter().copied();
        for actor in std::iter::once(process).chain(threads) {
            let need = history.need_at(t, actor);
            if let Some(need) = need.filter(|need| need.what == What::Lock(lock)) {
                waiting.push((need.who, need.since));
            }
        }
    }
    waiting.sort_by_key(|&(_, since)| since);
    let Some(&(_, since)) = waiting.first() else {
        return;
    };
    let names: Vec<String> = waiting
        .iter()
        .map(|&(who, _)| short_name(history, who, t))
        .collect();
    let end = pen.put(x, y, &names.join(", "), Role::Text);
    let since = seconds(t.since(since));
    pen.text(end + 2, y, SINCE, &since, pen.style(Role::Dim));
}
