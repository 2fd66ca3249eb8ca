//! Which events have a row, and what it tells.

use super::lines::Lines;
use super::rows::{Arrow, RowKind, Stroke};
use crate::event::words::{Method, Operation, Outcome};
use crate::event::{ActorId, Event, Kind, MessageId, ObjectId, Time};
use crate::history::{History, State};
use crate::view::theme::Role;
use crate::view::words::{
    NEWS, Sign, bytes, has_no_room, is_news, short_item, short_name, shown, signal, task_of_label,
    wait_ended,
};

/// The program's output is told where words have so many columns.
const OUTPUT_PITCH: u16 = 24;

/// Returns whether the beginning of a wait in an operation has a row if it is news.
pub(super) const fn is_told(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::Put
            | Operation::Send
            | Operation::Write
            | Operation::Join
            | Operation::JoinPool
            | Operation::JoinFeeder
            | Operation::Wait
            | Operation::Communicate
    )
}

/// Tells events as rows.
pub(super) struct Teller<'a> {
    pub(super) history: &'a History,
    pub(super) lines: &'a Lines,
}

impl Teller<'_> {
    /// Returns the row of an event, if it has one.
    pub(super) fn row(&self, event: &Event) -> Option<RowKind> {
        let me = event.actor;
        match &event.kind {
            Kind::Output { text, .. } => self.output(me, text),
            Kind::ProcessForked { child, method, .. } => self.forked(me, *child, *method),
            Kind::ForkReturned { child, pid } => {
                let is_bare = self.method(*child) == Some(Method::BareFork);
                let text = is_bare.then(|| format!("fork() returns {pid}"))?;
                self.said(me, None, text)
            }
            Kind::ForkFailed { .. } => self.said(me, Some(Sign::Alert), "fork failed"),
            Kind::ProcessStarted { .. } => {
                let is_bare = self.method(me) == Some(Method::BareFork);
                is_bare.then(|| self.said(me, None, "fork() returns 0"))?
            }
            Kind::ProcessExited { code } => self.exited(event, *code),
            Kind::ProcessReaped { child, .. } => self.reaped(event, *child),
            Kind::ProcessAdopted { ppid, .. } => self.adopted(me, *ppid, event.t),
            Kind::SignalSent { to, signal: number } => {
                let arrow = self.arrow(me, *to, signal(*number))?;
                let start = Some(Sign::Killed);
                Some(RowKind::Arrow(Arrow {
                    stroke: Stroke::Signal,
                    start,
                    ..arrow
                }))
            }
            Kind::Blocked { operation, .. } => self.blocked(event, *operation),
            Kind::Unblocked { outcome, .. } => self.unblocked(event, *outcome),
            Kind::MessagePut {
                object, message, ..
            } => self.put(me, *object, *message),
            Kind::MessageSent {
                object, message, ..
            } => {
                // What was put is told by its put.
                let put = self
                    .history
                    .message(*message)
                    .and_then(|message| message.put());
                put.is_none().then(|| self.put(me, *object, *message))?
            }
            Kind::MessageReceived {
                object, message, ..
            } => self.got(me, *object, *message),
            Kind::BytesWritten {
                object, bytes: n, ..
            } => {
                let (object, text) = (
                    *object,
                    format!("{} {}", self.part_name(*object)?, bytes(*n)),
                );
                let child = self.popen_child(object)?;
                let arrow = self.arrow(me, child, text)?;
                Some(RowKind::Arrow(Arrow {
                    stroke: Stroke::Message,
                    start: Some(Sign::Message),
                    ..arrow
                }))
            }
            Kind::BytesRead {
                object, bytes: n, ..
            } => {
                let (object, text) = (
                    *object,
                    format!("{} {}", self.part_name(*object)?, bytes(*n)),
                );
                let child = self.popen_child(object)?;
                let arrow = self.arrow(child, me, text)?;
                Some(RowKind::Arrow(Arrow {
                    stroke: Stroke::Message,
                    start: Some(Sign::Message),
                    ..arrow
                }))
            }
            Kind::EofSeen { object } => {
                let name = self.part_name(*object);
                let text = name.map_or("EOF".to_owned(), |name| format!("{name}: EOF"));
                self.said(me, Some(Sign::Closed), text)
            }
            Kind::EndClosed { object, end } => {
                let holders = self.history.holders_at(*object, event.t);
                let is_last = holders.iter().all(|&(_, held)| held != *end);
                // A queue looks after its pipe itself.
                let at = self.lines.of_pipe(*object);
                let (true, Some(to)) = (is_last, at) else {
                    return None;
                };
                let from = self.lines.of_actor(self.history, me)?;
                let label = format!("closes {}", end.text());
                let start = Some(Sign::Closed);
                Some(RowKind::Arrow(Arrow {
                    from,
                    to,
                    label,
                    stroke: Stroke::Plain,
                    start,
                    is_fork: false,
                }))
            }
            Kind::TaskFinished {
                task, ok: false, ..
            } => self.said(me, Some(Sign::Alert), format!("T{task} fails")),
            Kind::Failed { error, .. } => {
                self.said(me, Some(Sign::Alert), shown(error).into_owned())
            }
            _ => None,
        }
    }

    fn said(&self, actor: ActorId, sign: Option<Sign>, text: impl Into<String>) -> Option<RowKind> {
        let at = self.lines.of_actor(self.history, actor)?;
        let role = match sign {
            Some(Sign::Killed | Sign::Alert) => Role::Strong,
            _ => Role::Text,
        };
        Some(RowKind::Said {
            at,
            sign,
            text: text.into(),
            role,
        })
    }

    fn arrow(&self, from: ActorId, to: ActorId, label: String) -> Option<Arrow> {
        let from = self.lines.of_actor(self.history, from)?;
        let to = self.lines.of_actor(self.history, to)?;
        Some(Arrow {
            from,
            to,
            label,
            stroke: Stroke::Plain,
            start: None,
            is_fork: false,
        })
    }

    fn method(&self, actor: ActorId) -> Option<Method> {
        self.history.actor(actor)?.method
    }

    fn output(&self, actor: ActorId, text: &str) -> Option<RowKind> {
        if self.lines.pitch < OUTPUT_PITCH {
            return None;
        }
        let text = shown(text);
        if text.trim().is_empty() {
            return None;
        }
        self.said(actor, Some(Sign::Output), text)
    }

    fn forked(&self, parent: ActorId, child: ActorId, method: Method) -> Option<RowKind> {
        let label = match method {
            Method::Fork | Method::BareFork => "fork",
            Method::Spawn => "spawn",
            Method::Forkserver => "forkserver",
            Method::Exec => "start",
            Method::Stage => return None,
        };
        let arrow = self.arrow(parent, child, label.to_owned())?;
        let is_fork = method != Method::BareFork;
        Some(RowKind::Arrow(Arrow { is_fork, ..arrow }))
    }

    fn exited(&self, event: &Event, code: Option<i32>) -> Option<RowKind> {
        let history = self.history;
        let known = history.actor(event.actor)?;
        if known.exited.is_some_and(|exit| exit.t != event.t) {
            // Its reaper says it once more.
            return None;
        }
        let (sign, text) = match code {
            Some(code @ ..0) => (Sign::Killed, format!("exit {code}")),
            Some(code) => (Sign::Exited, format!("exit {code}")),
            None => (Sign::Exited, "ended".to_owned()),
        };
        let waits = |parent: ActorId| match history.lane(parent).at(event.t).map(|i| i.state) {
            Some(State::Waiting(wait)) => wait.on == Some(event.actor),
            _ => false,
        };
        if let Some(parent) = known.parent.filter(|&parent| waits(parent)) {
            let arrow = self.arrow(event.actor, parent, text)?;
            return Some(RowKind::Arrow(Arrow {
                start: Some(sign),
                ..arrow
            }));
        }
        self.said(event.actor, Some(sign), text)
    }

    fn reaped(&self, event: &Event, child: ActorId) -> Option<RowKind> {
        let history = self.history;
        let known = history.actor(child)?;
        if known.parent.is_none() && known.adopted_at(event.t).is_none() {
            return None;
        }
        let waits = matches!(
            history.lane(event.actor).at(event.t).map(|now| now.state),
            Some(State::Waiting(_))
        );
        if waits {
            return None;
        }
        let code = known.exit_at(event.t).and_then(|exit| exit.code);
        let code = code.map_or_else(String::new, |code| format!(": exit {code}"));
        let name = short_name(history, child, event.t);
        let arrow = self.arrow(event.actor, child, format!("reaps {name}{code}"))?;
        let start = (event.actor == ActorId::MPVIZ).then_some(Sign::Running);
        Some(RowKind::Arrow(Arrow { start, ..arrow }))
    }

    fn adopted(&self, child: ActorId, ppid: u32, t: Time) -> Option<RowKind> {
        let history = self.history;
        let parent = history
            .actor(child)?
            .parent
            .and_then(|parent| history.actor(parent));
        let name = short_name(history, child, t);
        let label = match parent.and_then(|parent| parent.pid_at(t)) {
            Some(old) => format!("adopts {name}: its ppid {old} is now {ppid}"),
            None => format!("adopts {name}: its ppid is now {ppid}"),
        };
        Some(RowKind::Arrow(self.arrow(child, ActorId::MPVIZ, label)?))
    }

    fn blocked(&self, event: &Event, operation: Operation) -> Option<RowKind> {
        if !is_told(operation) || !is_news(self.history, event.actor, event.t) {
            return None;
        }
        let is_given = matches!(
            operation,
            Operation::Put | Operation::Send | Operation::Write
        );
        let object = match event.kind {
            Kind::Blocked { object, .. } => object,
            _ => None,
        };
        if is_given && !has_no_room(self.history, object, event.t + NEWS) {
            // It only takes as long as writing takes.
            return None;
        }
        let has_ended = |actor: ActorId| {
            let known = self.history.actor(actor);
            known.is_some_and(|known| known.ended_at(event.t))
        };
        let text = match operation {
            // It returns at once, which its return tells.
            Operation::Join if matches!(event.kind, Kind::Blocked { on: Some(on), .. } if has_ended(on)) =>
            {
                return None;
            }
            Operation::Join => "join",
            Operation::JoinPool => "join pool",
            Operation::JoinFeeder => "join feeder",
            Operation::Wait => "wait",
            Operation::Communicate => "communicate",
            Operation::Put => "put: full",
            Operation::Send => "send: full",
            Operation::Write => "write: full",
            _ => return None,
        };
        self.said(event.actor, None, text)
    }

    fn unblocked(&self, event: &Event, outcome: Outcome) -> Option<RowKind> {
        let (_, wait) = wait_ended(self.history, event.actor, event.t)?;
        let what = wait.operation.text();
        match outcome {
            Outcome::Done => match wait.operation {
                Operation::Join
                | Operation::JoinPool
                | Operation::Wait
                | Operation::Communicate => self.said(event.actor, None, format!("{what} returns")),
                _ => None,
            },
            Outcome::Full => self.said(event.actor, Some(Sign::Put), format!("{what}: Full")),
            Outcome::Empty => self.said(event.actor, Some(Sign::Get), format!("{what}: Empty")),
            Outcome::TimedOut => self.said(event.actor, None, format!("{what}: timed out")),
            Outcome::Broken => self.said(event.actor, Some(Sign::Alert), "broken pipe"),
            Outcome::Eof | Outcome::Interrupted | Outcome::Failed => None,
        }
    }

    fn put(&self, actor: ActorId, object: ObjectId, message: MessageId) -> Option<RowKind> {
        let from = self.lines.of_actor(self.history, actor)?;
        let to = self.lines.of_object(self.history, object)?;
        self.message(from, to, message)
    }

    fn got(&self, actor: ActorId, object: ObjectId, message: MessageId) -> Option<RowKind> {
        let from = self.lines.of_object(self.history, object)?;
        let to = self.lines.of_actor(self.history, actor)?;
        self.message(from, to, message)
    }

    fn message(&self, from: usize, to: usize, message: MessageId) -> Option<RowKind> {
        let message = self.history.message(message);
        let label = message.map_or("", |message| &message.label);
        let is_result = label.starts_with('r') && task_of_label(label).is_some();
        let (stroke, start) = if is_result {
            (Stroke::Result, Sign::Result)
        } else {
            (Stroke::Message, Sign::Message)
        };
        let label = message.map(short_item).unwrap_or_default();
        Some(RowKind::Arrow(Arrow {
            from,
            to,
            label,
            stroke,
            start: Some(start),
            is_fork: false,
        }))
    }

    /// Returns what a stream is to its program: `stdin`.
    fn part_name(&self, object: ObjectId) -> Option<&'static str> {
        self.history.object(object)?.part.map(|part| part.text())
    }

    /// Returns the process of the program whose stream this is.
    fn popen_child(&self, object: ObjectId) -> Option<ActorId> {
        let history = self.history;
        let popen = history.object(history.object(object)?.part_of?)?;
        let parent = history.process_of(popen.creator);
        let mut children = history.children_of(parent).iter().copied();
        children.find(|&child| self.method(child) == Some(Method::Exec))
    }
}
