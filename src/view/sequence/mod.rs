//! The sequence: time runs down, a life-line for each process and each thing that messages go
//! through, arrows between them.
//!
//! A life-line carries the state's texture, a queue's its depth. A row is an event that somebody
//! would tell; a stretch in which nothing is to be told is one row that tells its length. Rows are
//! made from the end of the log backwards, as many as are seen.
//!
//! Reading order: `lines` (which life-lines, and where), `rows` and `told` (which rows), and
//! the drawing here.

mod lines;
mod rows;
mod told;

use super::brush::{Brush, columns};
use super::flow::FlowView;
use super::pen::Pen;
use super::theme::{Mark, Role};
use super::words::{Sign, duration, short_name};
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::History;
use crate::ui::{Pane, Spot};
use lines::{Life, Lines};
use ratatui::layout::Rect;
use rows::{Arrow, Row, RowKind, Stroke};
use std::ops::Range;

/// The columns of the times, with a blank after them.
const TIMES: u16 = 9;
/// A run that took less than this is told in milliseconds.
const SHORT: Time = Time(20_000_000);

/// Draws the sequence as of a moment: the last rows, or those around the selected one.
pub fn draw_sequence(brush: &mut Brush<'_>, area: Rect, history: &History, view: &FlowView) {
    let mut pen = Pen::new(area, brush);
    if pen.width() < TIMES + 8 || pen.height() < 2 {
        return;
    }
    let lines = Lines::new(history, view, TIMES, pen.width());
    let room = usize::from(pen.height() - 1);
    let rows = rows::rows_to_show(history, &lines, view, room);
    let sequence = Sequence {
        history,
        view: *view,
        lines,
    };
    sequence.draw_head(&mut pen);
    // Not every event of the list has a row of its own here: then it is the one before.
    let is_at = |row: &Row| row.position.is_some() && row.position <= view.row;
    let selected = view.row.and_then(|_| rows.iter().rposition(is_at));
    for (at, (y, row)) in (1..).zip(&rows).enumerate() {
        if let Some(position) = row.position {
            let end = pen.width();
            pen.spot(0, y, end, Spot::Row(Pane::Sequence, position));
        }
        sequence.draw_row(&mut pen, y, row);
        sequence.mark_row(&mut pen, y, row, selected == Some(at));
    }
}

/// A sequence at a moment.
struct Sequence<'a> {
    history: &'a History,
    view: FlowView,
    lines: Lines,
}

impl Sequence<'_> {
    fn is_short(&self) -> bool {
        let ended = self.history.run().ended;
        ended.is_some_and(|end| end.t < SHORT)
    }

    /// Draws the names, each over the middle of its life-line.
    fn draw_head(&self, pen: &mut Pen<'_, '_>) {
        let unit = if self.is_short() { "ms" } else { "s" };
        pen.put(1, 0, unit, Role::Dim);
        let home = self.view.life(self.history);
        for (at, &life) in self.lines.lives.iter().enumerate() {
            let is_selected = home == Some(life.thing());
            let role = match life {
                _ if is_selected => Role::Strong,
                Life::Actor(_) => Role::Text,
                Life::Object(_) => Role::Dim,
            };
            let name = match life {
                Life::Actor(actor) => short_name(self.history, actor, self.view.t),
                Life::Object(object) => super::words::object_name(self.history, object),
            };
            let x = self.lines.column(at);
            let most = self.lines.pitch.saturating_sub(1).max(3);
            let name = squeezed(name, most);
            let wide = columns(&name, most);
            let from = x.saturating_sub(wide / 2).max(TIMES - 1);
            let from = from.min(pen.width().saturating_sub(wide));
            let end = pen.text(from, 0, wide, &name, pen.style(role));
            pen.spot(from, 0, end, Spot::Thing(life.thing()));
            if is_selected {
                let tint = pen.style(Role::Selection);
                pen.tint(from, 0, end.saturating_sub(from), tint);
            }
        }
        if self.lines.hidden > 0 {
            let words = format!("+{}", self.lines.hidden);
            pen.right(pen.width(), 0, &words, pen.style(Role::Dim));
        }
    }

    /// Marks a row that is selected, or about what is.
    fn mark_row(&self, pen: &mut Pen<'_, '_>, y: u16, row: &Row, is_selected: bool) {
        if is_selected {
            let tint = pen.style(Role::Selection);
            pen.tint(0, y, pen.width(), tint);
        }
        if is_selected || row.is_about {
            let theme = pen.theme();
            pen.sign(0, y, theme.signs().gutter, theme.style(Role::Strong));
        }
    }

    fn draw_row(&self, pen: &mut Pen<'_, '_>, y: u16, row: &Row) {
        let time = match row.kind {
            RowKind::Quiet(span) => duration(span),
            _ if self.is_short() => format!("{:.2}", row.t.0 as f64 / 1e6),
            _ => super::words::moment(row.t),
        };
        pen.text(1, y, TIMES - 1, &time, pen.style(Role::Dim));
        for at in 0..self.lines.lives.len() {
            match row.kind {
                RowKind::Quiet(span) => self.draw_quiet(pen, at, y, row.t..row.t + span),
                _ => drop(self.draw_life(pen, at, y, row.t)),
            }
        }
        match &row.kind {
            RowKind::Quiet(_) => {}
            RowKind::Said {
                at,
                sign,
                text,
                role,
            } => {
                self.draw_said(pen, y, *at, *sign, (text, *role));
            }
            RowKind::Arrow(arrow) => self.draw_arrow(pen, y, row.t, arrow),
        }
    }

    /// Draws one life-line in one row: the state at `t`, or the depth. Returns whether there was
    /// anything.
    fn draw_life(&self, pen: &mut Pen<'_, '_>, at: usize, y: u16, t: Time) -> bool {
        match self.lines.lives[at] {
            Life::Actor(actor) => self.draw_mark(pen, at, y, self.mark_at(actor, t)),
            Life::Object(object) => {
                let Some(depth) = self.depth_at(object, t) else {
                    return false;
                };
                let role = if depth == 0 { Role::Dim } else { Role::Text };
                let x = self.lines.column(at);
                pen.text(x, y, 4, &depth.to_string(), pen.style(role));
                true
            }
        }
    }

    /// Draws one life-line in a row that stands for a stretch: the state that took most of it.
    fn draw_quiet(&self, pen: &mut Pen<'_, '_>, at: usize, y: u16, stretch: Range<Time>) {
        match self.lines.lives[at] {
            Life::Actor(actor) if actor != ActorId::MPVIZ => {
                let shares = self.history.lane(actor).shares(stretch);
                self.draw_mark(pen, at, y, shares.most().map(Mark::of));
            }
            _ => drop(self.draw_life(pen, at, y, stretch.start)),
        }
    }

    fn draw_mark(&self, pen: &mut Pen<'_, '_>, at: usize, y: u16, mark: Option<Mark>) -> bool {
        if let Some(mark) = mark {
            let theme = pen.theme();
            let x = self.lines.column(at);
            pen.sign(x, y, theme.life(mark), theme.mark(mark));
        }
        mark.is_some()
    }

    fn mark_at(&self, actor: ActorId, t: Time) -> Option<Mark> {
        if actor == ActorId::MPVIZ {
            return Some(Mark::Asleep);
        }
        Some(Mark::of(self.history.lane(actor).at(t)?.state.class()))
    }

    fn depth_at(&self, object: ObjectId, t: Time) -> Option<u32> {
        let known = self
            .history
            .object(object)
            .filter(|known| known.created <= t)?;
        Some(known.items.at(t).unwrap_or(0))
    }

    /// Draws what somebody does, right of its life-line, up to the next one.
    fn draw_said(
        &self,
        pen: &mut Pen<'_, '_>,
        y: u16,
        at: usize,
        sign: Option<Sign>,
        (text, role): (&str, Role),
    ) {
        let x = self.lines.column(at);
        if let Some(sign) = sign {
            let (glyph, style) = sign.look(pen.theme());
            pen.sign(x, y, glyph, style);
        }
        let end = self.lines.end_of_text(at, pen.width());
        let room = end.saturating_sub(x + 2);
        let is_ours = sign != Some(Sign::Output);
        let is_long = columns(text, room.saturating_add(1)) > room;
        let text = if is_ours && is_long {
            shorter(text)
        } else {
            text
        };
        pen.text(x + 2, y, room, text, pen.style(role));
    }

    fn draw_arrow(&self, pen: &mut Pen<'_, '_>, y: u16, t: Time, arrow: &Arrow) {
        let (from, to) = (self.lines.column(arrow.from), self.lines.column(arrow.to));
        if from == to {
            return;
        }
        let theme = pen.theme();
        let signs = theme.signs();
        let is_new = t > self.view.t - self.view.lit
            && t <= self.view.t
            && self.history.run().end_at(self.view.t).is_none();
        let (line, style) = match arrow.stroke {
            Stroke::Message | Stroke::Result if is_new => (signs.lit, theme.style(Role::Lit)),
            Stroke::Message | Stroke::Result => (signs.rule, theme.mark(Mark::Message)),
            Stroke::Signal => (signs.lit, theme.mark(Mark::Killed)),
            Stroke::Plain => (signs.rule, theme.style(Role::Dim)),
        };
        let label_role = match arrow.stroke {
            Stroke::Signal => Role::Strong,
            _ if is_new => Role::Strong,
            _ => Role::Text,
        };
        let (left, right) = (from.min(to), from.max(to));
        pen.run(left + 1, y, right - left - 1, line, style);
        let (head, sign) = if to > from {
            (to - 1, signs.arrow)
        } else {
            (to + 1, signs.arrow_left)
        };
        pen.sign(head, y, sign, style);
        match arrow.start {
            Some(start) => {
                let (glyph, style) = start.look(theme);
                pen.sign(from, y, glyph, style);
            }
            None => drop(self.draw_life(pen, arrow.from, y, t)),
        }
        // What it ends in keeps its state; who is just reaped was a zombie until now.
        if !self.draw_life(pen, arrow.to, y, t) {
            self.draw_life(pen, arrow.to, y, t - Span(1));
        }
        let room = right.saturating_sub(left + 6);
        let wide = columns(&arrow.label, room.max(1));
        if wide == 0 || room < 1 {
            return;
        }
        let x = if right - left < 16 {
            left + 1 + (right - left - 1).saturating_sub(wide + 2) / 2
        } else {
            left + 3
        };
        let end = pen.text(x, y, 1, " ", pen.style(Role::Text));
        let end = pen.text(end, y, wide, &arrow.label, pen.style(label_role));
        pen.text(end, y, 1, " ", pen.style(Role::Text));
    }
}

/// Returns a name that fits into `most` columns if it ends with a number: `wri-12` for `writer-12`.
fn squeezed(name: String, most: u16) -> String {
    if columns(&name, most.saturating_add(1)) <= most {
        return name;
    }
    let Some((stem, number)) = name.rsplit_once('-') else {
        return name;
    };
    let room = usize::from(most).saturating_sub(number.len() + 1);
    if room == 0 || !stem.is_ascii() {
        return name;
    }
    format!("{}-{number}", &stem[..stem.len().min(room)])
}

/// Returns what matters most of a few words: `returns` of `join returns`, `Full` of `put: Full`.
fn shorter(text: &str) -> &str {
    if let Some((_, outcome)) = text.split_once(": ") {
        return outcome;
    }
    match text.rsplit_once(' ') {
        Some((_, "returns")) => "returns",
        Some((verb, "pool" | "feeder")) => verb,
        _ => text,
    }
}
