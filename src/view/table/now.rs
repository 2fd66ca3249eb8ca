//! The columns at the right of the lanes: what a row does now in words, cpu and age.

use super::columns::USAGE_WIDE;
use super::draw::Table;
use crate::event::ActorId;
use crate::history::StateClass;
use crate::view::brush::{Brush, columns};
use crate::view::theme::{Charset, Role};
use crate::view::words::{self, Now};

impl Table<'_> {
    /// Draws what a row does now: its sign or its task's band, words, for how long.
    pub(super) fn draw_now(&self, brush: &mut Brush<'_>, y: u16, now: &Now, is_selected: bool) {
        let (theme, cols) = (brush.theme, self.cols);
        let end = cols.now + cols.now_wide;
        let mut x = cols.now;
        if let Some(task) = now.task {
            let style = theme.style(Role::BandText);
            let (before, behind) = match theme.charset() {
                Charset::Unicode => (" ", " "),
                Charset::Narrow | Charset::Ascii => ("[", "]"),
            };
            x = brush.text(x, y, 1, before, style);
            x = brush.text(x, y, 8, &format!("T{task}"), style);
            x = brush.text(x, y, 1, behind, style) + 1;
        } else {
            let (glyph, style) = now.sign.look(theme);
            brush.sign(x, y, glyph, style);
            x += 2;
        }
        let is_fresh = self.moment.is_fresh(now.since) && !self.moment.is_ended;
        let style = match (now.bad, is_selected) {
            (true, true) => theme.style(Role::Strong),
            (true, false) => theme.style(Role::Alarm),
            (false, true) => theme.style(Role::Strong),
            (false, false) if is_fresh => theme.style(Role::Strong),
            (false, false) if self.moment.is_ended => theme.style(Role::Dim),
            (false, false) => theme.style(Role::Text),
        };
        let mut room = end.saturating_sub(x);
        // At the end nothing lasts any more.
        if let Some(span) = now.lasts.filter(|_| !self.moment.is_ended) {
            let lasts = words::seconds(span);
            let wide = columns(&lasts, 12);
            let words = now.words.fitting(room.saturating_sub(wide + 1));
            if columns(words, room) + wide < room {
                brush.right(end, y, wide, &lasts, theme.style(Role::Dim));
                room -= wide + 1;
            }
        }
        brush.cut(x, y, room, now.words.fitting(room), style);
    }

    pub(super) fn draw_usage(&self, brush: &mut Brush<'_>, y: u16, id: ActorId) {
        let (history, t) = (self.moment.history, self.moment.t);
        let (Some(usage), Some(actor)) = (self.cols.usage, history.actor(id)) else {
            return;
        };
        let dim = brush.theme.style(Role::Dim);
        if let Some(sample) = history.sample_at(id, t) {
            let share = (sample.share * 100.0).clamp(0.0, 100_000.0);
            brush.right(usage + 4, y, 5, &format!("{share:.0}%"), dim);
        }
        let begun = actor.forked.or(actor.started).filter(|&begun| begun <= t);
        if let Some(begun) = begun.filter(|_| actor.is_process()) {
            let end = actor.exit_at(t).map_or(t, |exit| exit.t);
            let age = words::seconds(end.since(begun));
            brush.right(usage + USAGE_WIDE - 2, y, 8, &age, dim);
        }
    }
}

/// Returns the words for a class of states, where they stand beside a count.
pub(in crate::view) const fn class_word(class: StateClass) -> &'static str {
    match class {
        StateClass::Starting => "starting",
        StateClass::Running => "running",
        StateClass::Giving => "in put",
        StateClass::Taking => "in get",
        StateClass::Acquiring => "at a lock",
        StateClass::Joining => "in join",
        StateClass::Asleep => "asleep",
        StateClass::Stopped => "stopped",
        StateClass::Zombie => "zombie",
    }
}
