//! Why a message is where it is, and why a task runs where and when it does.

use super::around::Around;
use super::caption::Told;
use super::names;
use super::number::{count, duration, moment};
use crate::event::words::{Operation, Part};
use crate::event::{ActorId, MessageId, TaskId, Time};
use crate::history::{Finish, Message, State, Task};
use crate::ui::flow::{part, readers};

impl Around<'_> {
    /// Says why a message is where it is; `None` for one that is not known yet.
    pub(super) fn message_told(&self, id: MessageId) -> Option<Told> {
        let message = self
            .history
            .message(id)
            .filter(|known| known.known <= self.t)?;
        let label = super::names::item(message);
        let t = self.t;
        let put = message.put().filter(|&at| at <= t);
        let sent = message.sent().filter(|&(at, _)| at <= t);
        let received = message.received().filter(|&(at, _)| at <= t);
        let sender = self.name(self.history.process_of(id.sender));
        if let Some((at, who)) = received {
            let mut way = String::new();
            if let (Some(put), Some((sent, _))) = (put, sent) {
                way = format!(", {} in the buffer", duration(sent.since(put)));
            }
            if let Some((sent, _)) = sent {
                way.push_str(&format!(", {} in the pipe", duration(at.since(sent))));
            }
            let begun = put.or(sent.map(|(at, _)| at)).unwrap_or(at);
            let reader = self.name(self.history.process_of(who));
            return Some((
                format!(
                    "{label} went from {sender} to {reader}: put at {} s{way}.",
                    moment(begun)
                ),
                format!(
                    "{reader} got it at {} s, {} after its put.",
                    moment(at),
                    duration(at.since(begun))
                ),
            ));
        }
        if let Some(lost) = message.lost().filter(|&at| at <= t) {
            return Some((
                format!(
                    "{label} is lost: {sender} ended at {} s with it in its buffer.",
                    moment(lost)
                ),
                "It was never in the pipe: nobody can get it any more.".to_owned(),
            ));
        }
        Some(match (put, sent) {
            (_, Some((at, _))) => self.in_pipe(message, &label, at),
            (Some(at), None) => self.in_buffer(message, &label, at),
            (None, None) => (format!("{label} is known by name alone."), String::new()),
        })
    }

    fn in_buffer(&self, message: &Message, label: &str, put: Time) -> Told {
        let sender = self.history.process_of(message.id.sender);
        let mut threads = self.history.threads_of(sender).iter().copied();
        let feeder = threads.find(|&id| self.serves(id, message));
        let why = format!(
            "{label} is in {}'s buffer for {}: only its feeder moves it into the pipe.",
            self.name(sender),
            duration(self.t.since(put))
        );
        let next = feeder.map_or_else(
            || "The feeder has not begun yet.".to_owned(),
            |feeder| format!("{}.", self.doing_now(feeder)),
        );
        (why, next)
    }

    fn serves(&self, thread: ActorId, message: &Message) -> bool {
        use crate::history::Form;
        let form = self.history.actor(thread).map(|actor| actor.form);
        matches!(form, Some(Form::Thread { object: Some(of), .. }) if Some(of) == message.queue())
    }

    fn in_pipe(&self, message: &Message, label: &str, since: Time) -> Told {
        let history = self.history;
        let object = message.queue().or(message.pipe());
        let name = object.map_or_else(|| "the pipe".to_owned(), |id| names::object(history, id));
        let lasts = duration(self.t.since(since));
        let why = format!("{label} is in the pipe of {name} for {lasts}: nobody has taken it yet.");
        let Some(object) = object.and_then(|id| history.object(id)) else {
            return (why, String::new());
        };
        if let Some((_, holder)) =
            part(history, object, Part::ReadLock).and_then(|lock| lock.lost_at(self.t))
        {
            return (
                why,
                format!(
                    "The read lock was lost with {}: nobody can ever take it.",
                    self.name(holder)
                ),
            );
        }
        let ahead = history.in_pipe(message.pipe().unwrap_or(object.id), message.into, self.t);
        let ahead = ahead
            .iter()
            .position(|other| other.id == message.id)
            .unwrap_or(0);
        let pipe = message.pipe().and_then(|id| history.object(id));
        let takers = self.living(&readers(history, object, pipe, self.t));
        let before = match ahead {
            0 => "It is the next one out".to_owned(),
            n => format!(
                "{} before it",
                count(n as u64, "message comes out", "messages come out")
            ),
        };
        let next = if takers.is_empty() {
            format!("{before}; nobody gets from it now.")
        } else {
            self.taken_next(&takers, ahead == 0)
                .unwrap_or_else(|| format!("{before}. Readers: {}.", self.doing_all(&takers)))
        };
        (why, next)
    }

    /// Says who is about to take what is next, if somebody waits for it.
    pub(super) fn taken_next(&self, takers: &[ActorId], is_next: bool) -> Option<String> {
        let takes = |id: &&ActorId| {
            let now = self.history.lane(**id).at(self.t).map(|now| now.state);
            matches!(now, Some(State::Waiting(wait))
                if matches!(wait.operation, Operation::Get | Operation::Recv))
        };
        let taker = takers.iter().find(takes).filter(|_| is_next)?;
        Some(format!(
            "{} waits in get and is about to take it.",
            self.name(*taker)
        ))
    }

    /// Says why a task runs where and when it does; `None` for one that is not known yet.
    pub(super) fn task_told(&self, id: TaskId) -> Option<Told> {
        let task = self
            .history
            .task(id)
            .filter(|known| known.submitted <= self.t)?;
        let t = self.t;
        if let Some(lost) = task.lost.filter(|&at| at <= t) {
            let worker = task
                .started
                .map_or_else(|| "its worker".to_owned(), |(_, who)| self.name(who));
            return Some((
                format!(
                    "T{id} is lost: {worker} ended at {} s in the middle of it.",
                    moment(lost)
                ),
                "Its result never comes: whoever waits for it waits for ever.".to_owned(),
            ));
        }
        let Some((started, worker)) = task.started.filter(|&(at, _)| at <= t) else {
            return Some(self.task_waits(task));
        };
        let name = self.name(worker);
        let waited = self.why_waited(task, started, worker);
        let next = match task.finished.as_ref().filter(|end| end.t <= t) {
            None => format!(
                "{name} runs it since {} s, and {}; then it sends the result.",
                moment(started),
                self.does(worker)
            ),
            Some(end) => format!(
                "{name} ran it from {} to {} s. {}",
                moment(started),
                moment(end.t),
                self.after_task(task, end)
            ),
        };
        Some((waited, next))
    }

    fn task_waits(&self, task: &Task) -> Told {
        let busy: Vec<String> = self
            .busy_at(self.t)
            .map(|(worker, task)| format!("{} in T{task}", self.name(worker)))
            .collect();
        let since = duration(self.t.since(task.submitted));
        let why = if busy.is_empty() {
            format!("T{} waits for a worker for {since}.", task.id)
        } else {
            format!(
                "T{} waits for a worker for {since}: {} busy, {}.",
                task.id,
                if busy.len() == 1 { "1 is" } else { "all are" },
                busy.join(", ")
            )
        };
        (why, "It goes to the worker that ends first.".to_owned())
    }

    /// Says why a task was not begun earlier.
    fn why_waited(&self, task: &Task, started: Time, worker: ActorId) -> String {
        let (id, waited) = (task.id, started.since(task.submitted));
        let (name, lasted) = (self.name(worker), duration(waited));
        if waited.0 < 20_000_000 {
            return format!("T{id} waited only {lasted}: {name} was free to take it.");
        }
        let bands = self.history.bands(worker);
        match bands.iter().rfind(|band| band.end <= started) {
            Some(before) => format!(
                "T{id} waited {lasted}: no worker was free before {name} ended T{} at {} s.",
                before.task,
                moment(before.end)
            ),
            None => format!("T{id} waited {lasted} until {name} took it."),
        }
    }

    fn after_task(&self, task: &Task, end: &Finish) -> String {
        let outcome = match (&end.error, end.ok) {
            (_, true) => "It went well".to_owned(),
            (Some(error), false) => format!("It failed: {}", super::shown(error)),
            (None, false) => "It failed".to_owned(),
        };
        match task.fetched.filter(|&at| at <= self.t) {
            Some(at) => format!("{outcome}; its result was fetched at {} s.", moment(at)),
            None if end.ok => format!("{outcome}; nobody has fetched its result."),
            None => {
                format!("{outcome}; nobody has fetched its result, so nobody has seen the error.")
            }
        }
    }

    /// Returns who was in a task at a moment, and in which.
    fn busy_at(&self, t: Time) -> impl Iterator<Item = (ActorId, TaskId)> + '_ {
        let living = self.history.living_at(t).into_iter();
        living.filter_map(move |id| {
            let band = self.history.band_at(id, t)?;
            Some((id, band.task))
        })
    }
}
