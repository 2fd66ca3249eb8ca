//! The flow of a started program: its three streams, as pipes to and from its starter.
//!
//! ```text
//!           stdin                               stdout
//!  Main ──►▕ set q=mx       ▏──► nslookup ──┬──►▕ Server: …       ▏──┬─► Main
//!            25 B, closed                   │    236 B, EOF          │
//!                                           │   stderr               │
//!                                           ╰──►▕                 ▏──╯
//!                                                nothing
//! ```

use super::Flow;
use super::paths::{Ink, Paths};
use super::recent::{Step, last_events};
use super::vessel::{Content, Vessel};
use crate::event::words::{End, Method, Part};
use crate::event::{ActorId, Kind, Text};
use crate::history::Object;
use crate::ui::flow::part;
use crate::view::brush::columns;
use crate::view::pen::Pen;
use crate::view::theme::Role;
use crate::view::words::{bytes, shown};

/// What is known of a stream.
#[derive(Default)]
struct Stream {
    /// How many bytes went through it, as its starter saw.
    total: u64,
    /// The beginning of the last of them.
    last: Option<Text>,
    /// Whether its reader has seen the end.
    eof: bool,
}

impl Flow<'_> {
    /// Draws the program. Returns the first row that is free below it.
    pub(super) fn draw_popen(&self, pen: &mut Pen<'_, '_>) -> u16 {
        let size = usize::from(pen.width() >= 72) + usize::from(pen.width() >= 104);
        let pick = |of: [u16; 3]| of[size];
        let history = self.history;
        let streams = [Part::Stdin, Part::Stdout, Part::Stderr];
        let [stdin, stdout, stderr] = streams.map(|which| part(history, self.object, which));
        let parent = history.process_of(self.object.creator);
        let child = self.child(parent);
        let top = match pen.height() {
            0..=2 => 0,
            3..=7 => 1,
            _ => 2,
        };
        let below = top + if pen.height() >= 8 { 3 } else { 1 };
        let margin = pick([0, 1, 2]);
        let name = columns(&self.name(parent, 8), 8).max(4);
        let arrow = pick([2, 3, 4]);
        let child_name = child.map_or("program".to_owned(), |child| self.name(child, 14));
        let child_width = columns(&child_name, pick([8, 10, 14]));
        let fixed = margin + 2 * name + child_width + 4 * (arrow + 2) + pick([6, 8, 8]);
        let free = pen.width().saturating_sub(fixed).max(8);
        let inner = (free / 2).min(34);
        let input = Vessel {
            x: margin + name + arrow + 3,
            y: top,
            width: inner,
            to_right: true,
        };
        let child_x = input.end() + arrow + 2;
        let split = child_x + child_width + pick([1, 2, 2]);
        let output = Vessel {
            x: split + arrow + 2,
            y: top,
            width: inner,
            to_right: true,
        };
        let errors = Vessel { y: below, ..output };
        let merge = output.end() + pick([1, 2, 2]);
        let right = merge + arrow + 1;
        let mut paths = Paths::new(pen);
        let lit = |step, object: Option<&Object>| {
            Ink::lit(self.recent.any(step, object.map(|object| object.id)))
        };
        if let Some(stdin) = stdin {
            let ink = lit(Step::Sent, Some(stdin));
            paths.arrow(top, margin + name + 1, input.x.saturating_sub(2), ink);
            paths.arrow(top, input.end(), child_x.saturating_sub(2), ink);
        }
        for (object, vessel) in [(stdout, output), (stderr, errors)] {
            let Some(object) = object else {
                continue;
            };
            let ink = lit(Step::Received, Some(object));
            let from = if vessel.y == top {
                child_x + child_width + 1
            } else {
                split
            };
            paths.along(top, from.min(split), split, (true, false), ink);
            paths.down(split, top, vessel.y, ink);
            let head = vessel.x.saturating_sub(2);
            paths.along(vessel.y, split, head.saturating_sub(1), (false, true), ink);
            paths.head(head, vessel.y, true, ink);
            paths.along(vessel.y, vessel.end(), merge, (true, false), ink);
            paths.down(merge, top, vessel.y, ink);
            let end = right.saturating_sub(2);
            paths.along(
                top,
                merge,
                end.saturating_sub(1).max(merge),
                (false, true),
                ink,
            );
            paths.head(end, top, true, ink);
        }
        paths.draw(pen);
        self.draw_name(pen, margin, top, name, parent);
        if stdout.is_some() || stderr.is_some() {
            self.draw_name(pen, right, top, name, parent);
        }
        match child {
            Some(child) => drop(self.draw_name(pen, child_x, top, child_width, child)),
            None => drop(pen.text(child_x, top, child_width, &child_name, pen.style(Role::Dim))),
        }
        let titled = [
            (stdin, input, "stdin"),
            (stdout, output, "stdout"),
            (stderr, errors, "stderr"),
        ];
        for (object, vessel, title) in titled {
            if let Some(object) = object {
                self.draw_stream(pen, object, vessel, title, top);
            }
        }
        below + 2
    }

    /// Returns the process that was started.
    fn child(&self, parent: ActorId) -> Option<ActorId> {
        let history = self.history;
        let name = history.name_of(self.object.id);
        let children = history.children_of(parent).iter().copied();
        let mut started = children.filter(|&child| {
            history
                .actor(child)
                .is_some_and(|child| child.method == Some(Method::Exec))
        });
        let first = started.clone().next();
        started
            .find(|&child| history.name_of_actor(child, self.view.t) == name)
            .or(first)
    }

    fn draw_stream(
        &self,
        pen: &mut Pen<'_, '_>,
        object: &Object,
        vessel: Vessel,
        title: &str,
        top: u16,
    ) {
        let stream = self.stream(object);
        let is_input = title == "stdin";
        let step = if is_input { Step::Sent } else { Step::Received };
        vessel.spot(pen, object);
        vessel.draw(
            pen,
            &Content {
                selected: None,
                waiting: &[],
                count: 0,
                fill: None,
            },
        );
        if let Some(last) = &stream.last {
            let lit = self.recent.any(step, Some(object.id));
            let text = shown(last);
            let x = vessel.x + 1;
            let room = vessel.width.saturating_sub(2);
            let style = if lit {
                pen.style(Role::Chip)
            } else {
                pen.style(Role::Vessel)
            };
            pen.text(x, vessel.y, room, &text, style);
        }
        let closed = is_input && self.is_closed(object);
        let roomy = pen.height() >= 8;
        let mut words = match stream.total {
            0 if stream.eof || closed => "nothing".to_owned(),
            0 => "nothing yet".to_owned(),
            n => bytes(n),
        };
        if closed {
            words.push_str(if roomy { ", closed: EOF" } else { ", EOF" });
        } else if stream.eof {
            words.push_str(if roomy { ", then EOF" } else { ", EOF" });
        }
        let dim = pen.style(Role::Dim);
        let above = vessel.y.checked_sub(1).filter(|_| vessel.y == top || roomy);
        let below = vessel.y + 1;
        match above {
            // Title above, words below, where both have a row of their own.
            Some(y) if roomy => {
                pen.text(vessel.x, y, vessel.width, title, dim);
                pen.text(vessel.x, below, vessel.width, &words, dim);
            }
            Some(y) => drop(pen.text(vessel.x, y, vessel.width, &format!("{title}: {words}"), dim)),
            None if pen.height() >= 3 => {
                let words = format!("{title}: {words}");
                pen.text(vessel.x, below, vessel.width, &words, dim);
            }
            None => {}
        }
    }

    /// Returns whether the starter has closed its end.
    fn is_closed(&self, object: &Object) -> bool {
        let parent = self.history.process_of(self.object.creator);
        let holders = self.history.holders_at(object.id, self.view.t);
        object.created <= self.view.t && !holders.contains(&(parent, End::Write))
    }

    /// Returns what went through a stream so far.
    fn stream(&self, object: &Object) -> Stream {
        let mut stream = Stream::default();
        for event in last_events(self.history, self.view.t) {
            match &event.kind {
                Kind::BytesWritten {
                    object: at,
                    bytes,
                    label,
                }
                | Kind::BytesRead {
                    object: at,
                    bytes,
                    label,
                } if *at == object.id => {
                    stream.total = stream.total.saturating_add(*bytes);
                    stream.last.get_or_insert_with(|| label.clone());
                }
                Kind::EofSeen { object: at } if *at == object.id => stream.eof = true,
                _ => {}
            }
        }
        stream
    }
}
