//! The flow of a duplex pipe: two directions in one vessel, and who holds which end.
//!
//! ```text
//!                    a to b                 2 wait, oldest 0.21 s            holds      a   b
//!  sender  ━━━━━━━► ▕                               [url6] [url5]▏ ────► receiver   Main       ·   ·
//!  end a   ◄─────── ▕                                            ▏ ◄──── end b      sender     ●   ·
//!                    b to a                                 empty                   receiver   ·   ●
//! ```

use super::Flow;
use super::paths::{Ink, Paths};
use super::recent::Step;
use super::vessel::Vessel;
use crate::event::ActorId;
use crate::event::words::End;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::Role;
use crate::view::words::{self, duration, seconds};

/// How many messages are looked at for who uses an end.
const LOOK: usize = 128;

impl Flow<'_> {
    /// Draws the pipe. Returns the first row that is free below it.
    pub(super) fn draw_duplex(&self, pen: &mut Pen<'_, '_>) -> u16 {
        let size = usize::from(pen.width() >= 72) + usize::from(pen.width() >= 104);
        let pick = |of: [u16; 3]| of[size];
        let top = match pen.height() {
            0..=2 => 0,
            3..=7 => 1,
            _ => 2,
        };
        let (left, right) = (self.user(End::A), self.user(End::B));
        let name = |who: Option<ActorId>| {
            let who = who.map_or(6, |who| {
                columns(&words::short_name(self.history, who, self.view.t), 14)
            });
            who.clamp(6, pick([8, 10, 14]))
        };
        let margin = pick([0, 0, 2]);
        let (left_width, right_width) = (name(left), name(right));
        let arrow = pick([3, 5, 9]);
        let x = margin + left_width + 1 + arrow + 2;
        let holds = if pen.width() >= 72 {
            pick([0, 16, 28])
        } else {
            0
        };
        let fixed = x + 1 + arrow + 2 + 1 + right_width + holds;
        let inner = pen.width().saturating_sub(fixed + 1).clamp(6, 52);
        let there = Vessel {
            x,
            y: top,
            width: inner,
            to_right: true,
        };
        let back = Vessel {
            y: top + 1,
            to_right: false,
            ..there
        };
        let reader = there.end() + arrow + 2;
        self.lay_duplex((margin + left_width + 1, reader), pen, &there);
        self.draw_direction(pen, &there, End::A, top.checked_sub(1));
        self.draw_direction(pen, &back, End::B, Some(top + 2));
        for (who, x, width, end) in [
            (left, margin, left_width, End::A),
            (right, reader, right_width, End::B),
        ] {
            match who {
                Some(who) => drop(self.draw_name(pen, x, top, width, who)),
                None => drop(pen.text(x, top, width, "nobody", pen.style(Role::Dim))),
            }
            let end = format!("end {}", end.text());
            pen.text(x, top + 1, width, &end, pen.style(Role::Dim));
        }
        let x = reader + right_width + pick([0, 2, 4]);
        if holds > 0 && pen.height() >= 8 {
            self.draw_holders(pen, x, top.saturating_sub(1));
        } else if holds > 0 {
            self.draw_held_by(pen, x, top.saturating_sub(1));
        }
        top + 3
    }

    fn lay_duplex(&self, (from, reader): (u16, u16), pen: &mut Pen<'_, '_>, vessel: &Vessel) {
        let mut paths = Paths::new(pen);
        let id = self.object.id;
        let lit = |step, end| Ink::lit(self.recent.at_end(step, id, end));
        let (top, bottom) = (vessel.y, vessel.y + 1);
        let left = vessel.x.saturating_sub(2);
        let right = vessel.end();
        let end = reader.saturating_sub(2);
        paths.arrow(top, from, left, lit(Step::Sent, End::A));
        paths.arrow(top, right, end, lit(Step::Received, End::B));
        for (head, to, ink) in [
            (from, left, lit(Step::Received, End::A)),
            (right, end, lit(Step::Sent, End::B)),
        ] {
            paths.head(head, bottom, false, ink);
            if to > head {
                paths.along(bottom, head + 1, to, (true, true), ink);
            }
        }
        paths.draw(pen);
    }

    /// Draws one direction of the vessel, with its words in the row above or below it.
    fn draw_direction(&self, pen: &mut Pen<'_, '_>, vessel: &Vessel, into: End, row: Option<u16>) {
        let (history, t) = (self.history, self.view.t);
        let waiting = history.in_pipe(self.object.id, Some(into), t);
        let filled = self.object.bytes_into(into).at(t).unwrap_or(0);
        let fill = self.object.capacity.map(|capacity| (filled, capacity));
        vessel.spot(pen, self.object);
        vessel.draw(pen, &self.content(&waiting, waiting.len(), fill));
        self.mark_edges(pen, self.object, vessel);
        let Some(row) = row else {
            return;
        };
        let title = if into == End::A { "a to b" } else { "b to a" };
        let end = pen.text(vessel.x, row, vessel.width, title, pen.style(Role::Dim));
        let oldest = waiting
            .first()
            .and_then(|message| message.sent())
            .map(|(at, _)| t.since(at));
        let (text, role) = match (waiting.len(), oldest) {
            (0, _) => ("empty".to_owned(), Role::Dim),
            (n, Some(oldest)) => {
                let verb = if n == 1 { "waits" } else { "wait" };
                let age = if oldest.0 < 10_000_000 {
                    duration(oldest)
                } else {
                    seconds(oldest)
                };
                let oldest = if n == 1 { "for" } else { "oldest" };
                let comma = if n == 1 { "" } else { "," };
                (format!("{n} {verb}{comma} {oldest} {age}"), Role::Strong)
            }
            (n, None) => (format!("{n} wait"), Role::Strong),
        };
        let room = (vessel.x + vessel.width).saturating_sub(end + 1);
        let short = text.split([',', 'f']).next().unwrap_or_default().trim_end();
        let text = if columns(&text, room + 1) <= room {
            text.as_str()
        } else {
            short
        };
        pen.right(vessel.x + vessel.width, row, text, pen.style(role));
    }

    /// Returns who uses an end: who sent into it or received out of it, else who alone holds it.
    fn user(&self, end: End) -> Option<ActorId> {
        let (history, id) = (self.history, self.object.id);
        let other = if end == End::A { End::B } else { End::A };
        let mut receiver = None;
        for message in history.messages_until(id, self.view.t).take(LOOK) {
            if message.into == Some(end) {
                return Some(history.process_of(message.id.sender));
            }
            if message.into == Some(other) && receiver.is_none() {
                let received = message.received().filter(|&(at, _)| at <= self.view.t);
                receiver = received.map(|(_, who)| history.process_of(who));
            }
        }
        if receiver.is_some() {
            return receiver;
        }
        let holders = history.holders_at(id, self.view.t);
        let mut of_end = holders
            .iter()
            .filter(|&&(_, held)| held == end)
            .map(|&(who, _)| who);
        let creator = history.process_of(self.object.creator);
        let first = of_end.clone().find(|&who| who != creator);
        first.or_else(|| of_end.next())
    }

    /// Draws who holds which end, as a table: a row for each process that could.
    fn draw_holders(&self, pen: &mut Pen<'_, '_>, x: u16, y: u16) {
        let (history, t) = (self.history, self.view.t);
        let holders = history.holders_at(self.object.id, t);
        let creator = history.process_of(self.object.creator);
        let mut who: Vec<ActorId> = vec![creator];
        who.extend([self.user(End::A), self.user(End::B)].into_iter().flatten());
        who.extend(holders.iter().map(|&(who, _)| who));
        let mut rows: Vec<ActorId> = Vec::new();
        for one in who {
            if !rows.contains(&one) {
                rows.push(one);
            }
        }
        let names = rows
            .iter()
            .map(|&one| columns(&words::short_name(history, one, self.view.t), 12));
        let width = names.max().unwrap_or(0).max(6) + 2;
        let dim = pen.style(Role::Dim);
        pen.text(x, y, width, "holds", dim);
        pen.text(x + width, y, 1, "a", dim);
        pen.text(x + width + 4, y, 1, "b", dim);
        let signs = pen.theme().signs();
        let room = pen.height().saturating_sub(y + 1);
        for (at, &one) in rows.iter().enumerate().take(usize::from(room)) {
            let row = y + 1 + u16::try_from(at).unwrap_or(0);
            self.draw_name(pen, x, row, width.saturating_sub(1), one);
            for (end, x) in [(End::A, x + width), (End::B, x + width + 4)] {
                if holders.contains(&(one, end)) {
                    pen.sign(x, row, signs.live, pen.style(Role::Strong));
                } else {
                    pen.sign(x, row, signs.dot, dim);
                }
            }
        }
    }

    /// Draws who holds which end, in a row for each.
    fn draw_held_by(&self, pen: &mut Pen<'_, '_>, x: u16, y: u16) {
        let holders = self.history.holders_at(self.object.id, self.view.t);
        pen.put(x, y, "held by", Role::Dim);
        for (end, y) in [(End::A, y + 1), (End::B, y + 2)] {
            let names: Vec<String> = holders
                .iter()
                .filter(|&&(_, held)| held == end)
                .map(|&(who, _)| words::short_name(self.history, who, self.view.t))
                .collect();
            let after = pen.put(x, y, end.text(), Role::Dim);
            let role = if names.is_empty() {
                Role::Dim
            } else {
                Role::Text
            };
            let names = if names.is_empty() {
                "nobody".to_owned()
            } else {
                names.join(" ")
            };
            pen.put(after + 1, y, &names, role);
        }
    }
}
