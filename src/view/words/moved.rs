//! Sentences about what moves: messages, bytes, tasks, locks, and the objects themselves.

use super::names;
use super::number::{bytes, count, duration};
use super::sentence::{Said, Teller};
use super::shown::shown;
use super::sign::Sign;
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{Event, Kind, MessageId, ObjectId, Span, TaskId};
use crate::history::Object;

/// From this size on a message's size is worth telling.
const LARGE: u64 = 1024;

impl Teller<'_> {
    /// Says what an event means for a message, a task or an object.
    pub(super) fn moved(&self) -> Option<Said> {
        match &self.event.kind {
            Kind::ObjectCreated {
                object,
                class,
                part_of,
                maxsize,
                ..
            } => self.object_created(*object, *class, *part_of, *maxsize),
            Kind::EndOpened { object, end } => self.end_opened(*object, *end),
            Kind::EndClosed { object, end } => self.end_closed(*object, *end),
            Kind::LockTaken { object } => self.lock_taken(*object),
            Kind::MessagePut {
                object,
                message,
                bytes,
                ..
            } => {
                let text = format!(
                    "puts {} into {}{}",
                    self.message(*message),
                    self.object(*object),
                    size(*bytes)
                );
                Said::new(Sign::Message, text)
            }
            Kind::MessageSent {
                object,
                message,
                bytes,
                end,
                ..
            } => self.sent(*object, *message, *bytes, *end),
            Kind::MessageReceived {
                object, message, ..
            } => self.received(*object, *message),
            Kind::BytesWritten {
                object,
                bytes: n,
                label,
            } => Said::new(
                Sign::Message,
                format!(
                    "writes {} into {}{}",
                    bytes(*n),
                    self.object(*object),
                    beginning(label)
                ),
            ),
            Kind::BytesRead {
                object,
                bytes: n,
                label,
            } => Said::new(
                Sign::Message,
                format!(
                    "reads {} from {}{}",
                    bytes(*n),
                    self.object(*object),
                    beginning(label)
                ),
            ),
            Kind::LockUsed { object, times } => Said::detail(
                Sign::Lock,
                format!(
                    "takes {} and gives it back {}, for a moment each",
                    self.object(*object),
                    count(*times, "time", "times")
                ),
            ),
            Kind::ValueRead {
                object,
                index,
                label,
            } => Said::new(
                Sign::Message,
                format!("reads {}: {}", self.item(*object, *index), shown(label)),
            ),
            Kind::ValueWritten {
                object,
                index,
                label,
            } => Said::new(
                Sign::Message,
                format!("writes {}: {}", self.item(*object, *index), shown(label)),
            ),
            Kind::EofSeen { object } => Said::new(
                Sign::Closed,
                format!(
                    "gets EOF from {}: every copy of the other end is closed{}",
                    self.object(*object),
                    self.last_closer(*object)
                ),
            ),
            Kind::TaskSubmitted { task, function, .. } => Said::new(
                Sign::Message,
                format!("submits T{task} {}", shown(&names::within(function))),
            ),
            Kind::TaskStarted { task } => self.task_started(*task),
            Kind::TaskFinished { task, ok, error } => {
                self.task_finished(*task, *ok, error.as_deref())
            }
            Kind::TaskFetched { task } => {
                Said::new(Sign::Result, format!("fetches the result of T{task}"))
            }
            _ => None,
        }
    }

    /// Says who had the other end of a pipe last: `, writer's was the last`.
    fn last_closer(&self, pipe: ObjectId) -> String {
        let Event { actor, t, .. } = self.event;
        let last = self.history.eof_maker(*actor, pipe, *t);
        let last = last.filter(|last| last.who != *actor);
        last.map_or_else(String::new, |last| {
            format!(", {}'s was the last", self.name(last.who))
        })
    }

    fn object(&self, id: ObjectId) -> String {
        names::object(self.history, id)
    }

    /// Returns the name of a shared value, or of an item of a shared array: `a[3]`.
    fn item(&self, id: ObjectId, index: Option<u64>) -> String {
        let name = self.object(id);
        index.map_or(name.clone(), |index| format!("{name}[{index}]"))
    }

    fn message(&self, id: MessageId) -> String {
        names::message(self.history, id)
    }

    /// Says that a lock was taken, if it had to be waited for. The taking of free ones and the
    /// giving back is what queues do all the time.
    fn lock_taken(&self, lock: ObjectId) -> Option<Said> {
        let (history, actor, t) = (self.history, self.event.actor, self.event.t);
        let (since, wait) = super::waits::wait_ended(history, actor, t)?;
        let waited = t.since(since);
        // It may be free now, and the wait one of long ago.
        let ended = history.lane(actor).at(t).map_or(since, |now| now.start);
        let is_its_end = wait.object == Some(lock) && t.since(ended) < Span::millis(1);
        let is_news = waited >= super::waits::NEWS && is_its_end;
        if wait.operation != Operation::Acquire || !is_news {
            return None;
        }
        let text = format!("takes {} after {}", self.object(lock), duration(waited));
        Said::detail(Sign::Lock, text)
    }

    fn object_created(
        &self,
        object: ObjectId,
        class: Class,
        part_of: Option<ObjectId>,
        maxsize: Option<u64>,
    ) -> Option<Said> {
        if part_of.is_some() {
            return None;
        }
        let bound = match maxsize.filter(|&max| max > 0) {
            Some(parties) if class == Class::Barrier => format!(", for {parties} to meet"),
            Some(items) if class == Class::Array => {
                format!(", of {}", count(items, "item", "items"))
            }
            Some(max) => format!(", for {} at most", count(max, "item", "items")),
            None => String::new(),
        };
        let name = self.object(object);
        if self.history.object(object).is_some_and(Object::is_found) {
            return Said::new(Sign::Running, format!("finds {name}"));
        }
        // An object that the program gave no name is called by its class.
        let class = match class {
            Class::Popen => return None,
            Class::Pipe => "one-way pipe",
            class => class.text(),
        };
        let name = if class.ends_with(&name) {
            class.to_owned()
        } else if name.starts_with(class) {
            name
        } else {
            format!("{class} {name}")
        };
        Said::new(Sign::Running, format!("makes the {name}{bound}"))
    }

    fn end_opened(&self, object: ObjectId, end: End) -> Option<Said> {
        // Who makes a pipe has both ends: that is said by its making.
        let creator = self.history.object(object)?.creator;
        if creator == self.event.actor {
            return None;
        }
        let part = self.history.object(object)?.part;
        let text = match part {
            Some(part @ Part::Stdin) => format!("its {} comes out of a pipe", part.text()),
            Some(part @ (Part::Stdout | Part::Stderr)) => {
                format!("its {} goes into a pipe", part.text())
            }
            _ => format!("holds end {} of {}", end.text(), self.object(object)),
        };
        Said::detail(Sign::Running, text)
    }

    fn end_closed(&self, object: ObjectId, end: End) -> Option<Said> {
        if names::whole(self.history, object) != object {
            // A queue looks after its pipe itself.
            return None;
        }
        let (history, t) = (self.history, self.event.t);
        let mine = self.event.actor;
        let holders = history.holders_at(object, t);
        let others: Vec<_> = holders
            .iter()
            .filter(|&&(holder, held)| held == end && holder != mine)
            .map(|&(holder, _)| self.name(holder))
            .collect();
        let name = self.object(object);
        let known = history.object(object);
        let text = match others.as_slice() {
            [] if known.is_some_and(|pipe| pipe.is_outside_at(t, end)) => format!(
                "closes its end {} of {name}; somebody outside may still hold one",
                end.text()
            ),
            [] => format!("closes end {} of {name}, the last copy", end.text()),
            [one] => format!(
                "closes its end {} of {name}; {one} still holds one",
                end.text()
            ),
            many => format!(
                "closes its end {} of {name}; {} still hold one",
                end.text(),
                many.join(", ")
            ),
        };
        Said::new(Sign::Closed, text)
    }

    fn sent(
        &self,
        pipe: ObjectId,
        message: MessageId,
        bytes: u64,
        end: Option<End>,
    ) -> Option<Said> {
        let history = self.history;
        let label = self.message(message);
        let known = history.message(message);
        if let Some(put) = known.and_then(|known| known.put()) {
            let waited = duration(self.event.t.since(put));
            let text = format!(
                "writes {label} into {}, {waited} after its put",
                self.object(pipe)
            );
            return Said::detail(Sign::Message, text);
        }
        if let Some(part) = names::pool_part(history, pipe) {
            let queue = self.object(names::whole(history, pipe));
            return match (part, label.as_str()) {
                (Part::Inqueue, "end") => Said::new(
                    Sign::Message,
                    format!("puts a sentinel into {queue}: one worker will end"),
                ),
                // Between the pool's own threads.
                (_, "end") => None,
                // The task's own end told it.
                (Part::Outqueue, _) => None,
                _ => Said::detail(Sign::Message, format!("puts {label} into {queue}")),
            };
        }
        let text = match end {
            Some(end) => format!("sends {label} into {}", end.text()),
            None => format!(
                "sends {label} into {}",
                self.object(names::whole(history, pipe))
            ),
        };
        Said::new(Sign::Message, text + &size(bytes))
    }

    fn received(&self, pipe: ObjectId, message: MessageId) -> Option<Said> {
        let (history, t) = (self.history, self.event.t);
        let label = self.message(message);
        let known = history.message(message);
        let sent = known
            .and_then(|known| known.sent())
            .map(|(sent, _)| t.since(sent));
        if let Some(part) = names::pool_part(history, pipe) {
            return match (part, names::task_of_label(&label)) {
                (Part::Outqueue, Some(task)) => {
                    Said::new(Sign::Result, format!("receives the result of T{task}"))
                }
                (Part::Inqueue, None) if label == "end" => {
                    Said::new(Sign::Message, "gets a sentinel: nothing more to do")
                }
                // The task's own beginning tells it.
                (Part::Inqueue, Some(_)) => None,
                (Part::Outqueue, None) if label == "end" => None,
                _ => Said::detail(
                    Sign::Message,
                    format!(
                        "gets {label} from {}",
                        self.object(names::whole(history, pipe))
                    ),
                ),
            };
        }
        if let Some(put) = known.and_then(|known| known.put()) {
            let after = duration(t.since(put));
            return Said::new(
                Sign::Message,
                format!("gets {label}, {after} after its put"),
            );
        }
        let after = match sent {
            Some(sent) => format!(", after {} in the pipe", duration(sent)),
            None => String::new(),
        };
        Said::new(Sign::Message, format!("receives {label}{after}"))
    }

    fn task_started(&self, task: TaskId) -> Option<Said> {
        let known = self.history.tasks().iter().find(|known| known.id == task);
        let waited = known.map(|known| duration(self.event.t.since(known.submitted)));
        Said::new(
            Sign::Message,
            match waited {
                Some(waited) => format!("takes T{task}, which waited {waited}"),
                None => format!("takes T{task}"),
            },
        )
    }

    fn task_finished(&self, task: TaskId, ok: bool, error: Option<&str>) -> Option<Said> {
        let known = self.history.tasks().iter().find(|known| known.id == task);
        let after = match known.and_then(|known| known.started) {
            Some((started, _)) => format!(" after {}", duration(self.event.t.since(started))),
            None => String::new(),
        };
        if ok {
            return Said::new(
                Sign::Result,
                format!("ends T{task}{after}, sends its result"),
            );
        }
        let error = error.map_or_else(String::new, |error| format!(": {}", shown(error)));
        Said::new(
            Sign::Alert,
            format!("T{task} fails{after}{error}; sends the error as its result"),
        )
    }
}

/// Returns the size of what is large: `, 4 KiB`.
fn size(n: u64) -> String {
    if n < LARGE {
        String::new()
    } else {
        format!(", {}", bytes(n))
    }
}

/// Returns the beginning of a stream's bytes: `: set q=mx`.
fn beginning(label: &str) -> String {
    let label = names::within(label);
    let label = shown(&label);
    if label.trim().is_empty() {
        String::new()
    } else {
        format!(": {label}")
    }
}
