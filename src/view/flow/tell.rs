//! The words below a flow: the last messages with their times; other objects; after the end, how
//! it all went.

use super::Flow;
use super::circle::draw_circle;
use super::line_parts::stem_of;
use super::recent::{last_events, last_messages};
use crate::event::words::{Class, End, Part};
use crate::event::{ActorId, Kind, MessageId, ObjectId, Time};
use crate::history::{Message, Object, Task};
use crate::ui::flow::{candidates, part};
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::Role;
use crate::view::words::{
    count, duration, moment, object_name, object_words, sentence, short_item, short_name,
    task_of_label,
};

/// The most messages that are told.
const TOLD: usize = 3;
/// How many messages or tasks are summed up by name; of more, only their number is told.
const SUMMED: usize = 40;

impl Flow<'_> {
    /// Draws the words into the rows from `row` on, with one left free.
    pub(super) fn draw_words(&self, pen: &mut Pen<'_, '_>, row: u16) {
        if pen.height() < 6 {
            return;
        }
        let bottom = pen.height();
        let mut y = row + u16::from(row + 2 < bottom);
        let others = self.others();
        let last = bottom.saturating_sub(u16::from(!others.is_empty()));
        if self.object.class == Class::Popen {
            y = self.draw_streams(pen, y, last);
        } else {
            let is_told = if self.is_ended() {
                y < last && self.draw_sum(pen, y)
            } else {
                y < last
                    && (draw_circle(pen, y, self.history, &self.view) || self.draw_chain(pen, y))
            };
            y += u16::from(is_told);
            let most = usize::from(last.saturating_sub(y)).min(TOLD);
            for message in last_messages(self.history, &self.pipes(), self.view.t, most) {
                self.draw_message(pen, y, message);
                y += 1;
            }
        }
        if !others.is_empty() && y < bottom {
            let x = pen.text(2, y, 6, "also  ", pen.style(Role::Dim));
            pen.put(x, y, &others, Role::Dim);
        }
    }

    /// Returns the object and every part of it.
    pub(super) fn pipes(&self) -> Vec<ObjectId> {
        let mut found = vec![self.object.id];
        let mut at = 0;
        while let Some(object) = found.get(at).and_then(|&id| self.history.object(id)) {
            found.extend(&object.parts);
            at += 1;
        }
        found
    }

    /// Draws what it came to, once the run has ended. Returns whether there was anything to say.
    fn draw_sum(&self, pen: &mut Pen<'_, '_>, y: u16) -> bool {
        let (history, object) = (self.history, self.object);
        let is_pool = object.class == Class::Pool;
        let (title, shares, remark) = if is_pool {
            let ran = self
                .tasks_of_pool()
                .filter(|task| task.finished.is_some())
                .count();
            (
                format!("{} ran", count(ran as u64, "task", "tasks")),
                self.shares_of_workers(),
                "",
            )
        } else {
            let all = history.messages_of(object.id).len() as u64;
            let left = object.items.at(self.view.t).map_or(0, u64::from);
            let arrived = all.saturating_sub(left);
            let shares = self.shares_of_writers();
            let remark = if shares.len() > 1 {
                "each in its own order"
            } else {
                ""
            };
            (
                format!("{arrived} of {} arrived", count(all, "item", "items")),
                shares,
                remark,
            )
        };
        if title.starts_with("0 ") {
            return false;
        }
        let mut x = pen.put(
            if pen.width() >= 104 { 2 } else { 1 },
            y,
            &title,
            Role::Text,
        );
        for (name, labels) in shares {
            let words = format!("{name}: {}", labels.join(" "));
            if columns(&words, pen.width()) + x + 3 >= pen.width() {
                break;
            }
            x = pen.put(x + 3, y, &words, Role::Dim);
        }
        if columns(remark, pen.width()) + x + 3 < pen.width() {
            pen.put(x + 3, y, remark, Role::Dim);
        }
        true
    }

    /// Returns the tasks of the pool.
    fn tasks_of_pool(&self) -> impl Iterator<Item = &Task> {
        self.history.tasks_of(self.object.id)
    }

    /// Returns how many tasks the pool was handed so far.
    pub(super) fn tasks_put(&self) -> usize {
        self.history.tasks_put(self.object.id, self.view.t)
    }

    /// Returns which tasks each worker ran.
    fn shares_of_workers(&self) -> Vec<(String, Vec<String>)> {
        let tasks = self.tasks_of_pool().take(SUMMED);
        let ran = tasks.filter_map(|task| Some((task.started?, task.id)));
        let mut ran: Vec<_> = ran.collect();
        ran.sort();
        shares(ran.into_iter().map(|((_, worker), task)| {
            (
                short_name(self.history, worker, self.view.t),
                format!("T{task}"),
            )
        }))
    }

    /// Returns what each writer put, in the order in which it came out.
    fn shares_of_writers(&self) -> Vec<(String, Vec<String>)> {
        let history = self.history;
        let messages: Vec<&Message> = history.messages_of(self.object.id).take(SUMMED).collect();
        let labels: Vec<_> = messages.iter().copied().map(short_item).collect();
        let stem = stem_of(&labels);
        shares(messages.iter().zip(&labels).map(|(message, label)| {
            let writer = history.process_of(message.id.sender);
            (
                short_name(history, writer, self.view.t),
                label[stem..].to_owned(),
            )
        }))
    }

    /// Returns the other objects, in a few words each.
    fn others(&self) -> String {
        let others = candidates(self.history, self.view.t)
            .filter(|object| object.id != self.object.id)
            .take(6)
            .map(|object| {
                let name = object_name(self.history, object.id);
                match object_words(self.history, object.id, self.view.t) {
                    Some(words) => format!("{name}: {}", words.words.longest()),
                    None => name,
                }
            });
        others.collect::<Vec<_>>().join("   ")
    }

    /// Draws a message's way: its name, from where to where, when, and how long it took.
    fn draw_message(&self, pen: &mut Pen<'_, '_>, y: u16, id: MessageId) {
        let Some(message) = self.history.message(id) else {
            return;
        };
        let t = self.view.t;
        let label = short_item(message);
        let moved = last_move(message, t);
        let is_lit = moved > t - self.view.lit && !self.is_ended();
        let name = if is_lit { Role::Lit } else { Role::Text };
        let x = if pen.width() >= 104 { 2 } else { 1 };
        let x = pen.text(x, y, 12, &label, pen.style(name)) + 2;
        let (way, times) = self.way(message);
        let role = if is_lit { Role::Text } else { Role::Dim };
        let x = pen.put(x, y, &way, role) + 3;
        pen.put(x, y, &times, Role::Dim);
    }

    /// Returns a message's way and times, as of the view's moment.
    fn way(&self, message: &Message) -> (String, String) {
        let (history, t) = (self.history, self.view.t);
        let name = |actor: ActorId| short_name(history, history.process_of(actor), t);
        let sender = name(message.id.sender);
        let put = message.put().filter(|&at| at <= t);
        let sent = message.sent().map(|(at, _)| at).filter(|&at| at <= t);
        let received = message.received().filter(|&(at, _)| at <= t);
        match (put, sent, received) {
            (_, sent, Some((at, who))) => {
                let since = put.or(sent).map(|begun| at.since(begun));
                let took = since.map_or_else(String::new, |since| {
                    let took = duration(since);
                    if put.is_some() {
                        format!("{took} after its put")
                    } else {
                        self.waited(message, sent.unwrap_or(at), at, &took)
                    }
                });
                let (from, to) = self.ends(message, sender, name(who));
                (
                    format!("{from} to {to}"),
                    format!("{} s   {took}", moment(at)),
                )
            }
            (Some(put), Some(sent), None) => (
                format!("{sender} to the pipe"),
                format!(
                    "put at {} s, in the buffer {}, in the pipe since {} s",
                    moment(put),
                    duration(sent.since(put)),
                    moment(sent)
                ),
            ),
            (None, Some(sent), None) => (
                match self.pool_part(message) {
                    Some(part) => format!("{sender} to the {}", part.text()),
                    None => format!("{sender} to the pipe"),
                },
                format!(
                    "in it since {} s, {}",
                    moment(sent),
                    duration(t.since(sent))
                ),
            ),
            (Some(put), None, None) => (
                format!("in the buffer of {sender}"),
                format!("put at {} s, {} ago", moment(put), duration(t.since(put))),
            ),
            (None, None, None) => (String::new(), String::new()),
        }
    }

    /// Returns from where to where a message went: a task comes out of the inqueue.
    fn ends(&self, message: &Message, sender: String, reader: String) -> (String, String) {
        match self.pool_part(message) {
            Some(Part::Inqueue) => ("inqueue".to_owned(), reader),
            _ => match message.into {
                Some(End::B) => (format!("{sender} (end b)"), reader),
                _ => (sender, reader),
            },
        }
    }

    /// Says how long a message was in its pipe, and of a task that waited why.
    fn waited(&self, message: &Message, sent: Time, received: Time, took: &str) -> String {
        let is_task = self.pool_part(message) == Some(Part::Inqueue)
            && task_of_label(&message.label).is_some();
        if is_task && received.since(sent).0 > 50_000_000 {
            return format!("after {took} in the pipe: no worker was free");
        }
        if received.since(sent).0 > 10_000_000 {
            return format!("after {took} in the pipe");
        }
        format!("{took} on the way")
    }

    /// Returns what the queue of a message is to the pool.
    fn pool_part(&self, message: &Message) -> Option<Part> {
        let history = self.history;
        let is_in = |which: Part| {
            part(history, self.object, which)
                .and_then(|queue: &Object| part(history, queue, Part::Pipe))
                .is_some_and(|pipe| Some(pipe.id) == message.pipe())
        };
        [Part::Inqueue, Part::Outqueue]
            .into_iter()
            .find(|&which| is_in(which))
    }

    /// Draws what last went through the streams of a program. Returns the row after it.
    fn draw_streams(&self, pen: &mut Pen<'_, '_>, mut y: u16, last: u16) -> u16 {
        let streams = &self.object.parts;
        let events = last_events(self.history, self.view.t).filter(|event| match event.kind {
            Kind::BytesWritten { object, .. }
            | Kind::BytesRead { object, .. }
            | Kind::EofSeen { object }
            | Kind::EndClosed { object, .. } => streams.contains(&object),
            _ => false,
        });
        for event in events.take(TOLD) {
            if y >= last {
                break;
            }
            if let Some(said) = sentence(self.history, &event) {
                let x = pen.put(2, y, &moment(event.t), Role::Dim) + 2;
                let x = pen.put(x, y, &said.who, Role::Text) + 1;
                pen.put(x, y, &said.text, Role::Dim);
                y += 1;
            }
        }
        y
    }
}

/// Gathers what belongs to one name, names in order.
fn shares(pairs: impl Iterator<Item = (String, String)>) -> Vec<(String, Vec<String>)> {
    let mut shares: Vec<(String, Vec<String>)> = Vec::new();
    for (name, label) in pairs {
        match shares.iter_mut().find(|(known, _)| *known == name) {
            Some((_, labels)) => labels.push(label),
            None => shares.push((name, vec![label])),
        }
    }
    shares.sort();
    shares
}

/// Returns when a message moved last, at `t` at the latest.
fn last_move(message: &Message, t: Time) -> Time {
    let times = [
        message.received().map(|(at, _)| at),
        message.sent().map(|(at, _)| at),
        message.put(),
    ];
    times
        .into_iter()
        .flatten()
        .find(|&at| at <= t)
        .unwrap_or_default()
}
