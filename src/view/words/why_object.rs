//! Why an object is as it is, and what would change it.

use super::around::Around;
use super::caption::Told;
use super::names;
use super::number::{count, duration, moment};
use super::things::{has_no_room, object_words, waiting_in};
use crate::event::words::{Class, End, Operation, Part};
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::{Object, State};
use crate::ui::flow::{part, readers, writers};

/// No more names than this stand in a sentence.
const NAMED: usize = 4;

impl Around<'_> {
    /// Says why an object is as it is; `None` for one that is not known yet.
    pub(super) fn object_told(&self, id: ObjectId) -> Option<Told> {
        let history = self.history;
        let known = history.object(id).filter(|known| known.created <= self.t)?;
        Some(match known.class {
            Class::Queue | Class::JoinableQueue | Class::SimpleQueue => self.queue(known),
            Class::Lock | Class::RLock => self.lock(known),
            Class::Pipe | Class::DuplexPipe => match (known.part, known.part_of) {
                (Some(Part::Pipe), Some(whole)) => self.object_told(whole)?,
                _ => self.pipe(known),
            },
            Class::Pool => self.pool(known),
            _ => self.other(known),
        })
    }

    fn queue(&self, queue: &Object) -> Told {
        let (history, t) = (self.history, self.t);
        let name = names::object(history, queue.id);
        let pipe = part(history, queue, Part::Pipe);
        let items = u64::from(queue.items.at(t).unwrap_or(0));
        let put = history.messages_until(queue.id, t).len() as u64;
        let lock = part(history, queue, Part::ReadLock);
        let lost = lock.and_then(|lock| lock.lost_at(t));
        let takers = self.living(&readers(history, queue, pipe, t));
        let givers = writers(history, queue, pipe, t);
        let getting = self.waiting(queue.id, |operation| operation == Operation::Get);
        let giving = self.waiting(queue.id, |operation| {
            matches!(operation, Operation::Put | Operation::Write)
        });
        let next_out = waiting_in(history, queue.id, t);
        let first = next_out.first().map_or(String::new(), |message| {
            let is_sentinel =
                message.label == "end" && names::pool_part(history, queue.id).is_some();
            let label = if is_sentinel {
                "a sentinel".to_owned()
            } else {
                names::item(message)
            };
            format!(", {label} the next one out")
        });
        let is_full = pipe.is_some_and(|pipe| has_no_room(history, Some(pipe.id), t))
            || queue.maxsize.is_some_and(|max| max > 0 && items >= max);
        if history.run().end_at(t).is_some() {
            let why = match items {
                0 => format!(
                    "{name} is empty: {} came through it.",
                    count(put, "item", "items")
                ),
                n => format!(
                    "{} of {put} were left unread in {name}{first}.",
                    count(n, "item", "items")
                ),
            };
            return (why, self.lost_words(lost));
        }
        match (items, getting.as_slice(), giving.as_slice()) {
            (0, [], _) if put == 0 => (
                format!("{name} is empty: nothing was put into it yet."),
                self.who_puts(&givers),
            ),
            (0, [], _) => (
                match put {
                    1 => format!("{name} is empty: its one item was taken."),
                    n => format!("{name} is empty: all {n} items were taken."),
                },
                self.who_puts(&givers),
            ),
            (0, [(who, since), ..], _) => (
                format!(
                    "{name} is empty: {} waits in get for {}.",
                    self.name(*who),
                    duration(t.since(*since))
                ),
                self.who_puts(&givers),
            ),
            (n, _, [(who, since), ..]) if is_full => (
                format!(
                    "{name} is full, {}{first}: {} waits for room for {}.",
                    count(n, "item", "items"),
                    self.name(*who),
                    duration(t.since(*since))
                ),
                self.who_gets(&takers, lost),
            ),
            (n, ..) => {
                let verb = if n == 1 { "waits" } else { "wait" };
                (
                    format!("{} {verb} in {name}{first}.", count(n, "item", "items")),
                    self.who_gets(&takers, lost),
                )
            }
        }
    }

    fn lost_words(&self, lost: Option<(Time, ActorId)>) -> String {
        lost.map_or_else(String::new, |(_, holder)| {
            format!(
                "Its read lock was lost with {}: nobody could ever get from it again.",
                self.name(holder)
            )
        })
    }

    /// Says who could put, and what keeps them from it.
    fn who_puts(&self, givers: &[ActorId]) -> String {
        match givers {
            [] => "Nobody has put anything into it yet.".to_owned(),
            _ if self.living(givers).is_empty() => format!(
                "Nobody who has put into it lives: {}.",
                self.doing_all(givers)
            ),
            _ => format!("Its writers: {}.", self.doing_all(givers)),
        }
    }

    fn who_gets(&self, takers: &[ActorId], lost: Option<(Time, ActorId)>) -> String {
        if lost.is_some() {
            return self.lost_words(lost);
        }
        match takers {
            [] => "Nobody gets from it.".to_owned(),
            _ => self
                .taken_next(takers, true)
                .unwrap_or_else(|| format!("Its readers: {}.", self.doing_all(takers))),
        }
    }

    fn lock(&self, lock: &Object) -> Told {
        let (history, t) = (self.history, self.t);
        let name = names::object(history, lock.id);
        let waiting = self.waiting(lock.id, |operation| operation == Operation::Acquire);
        let names: Vec<String> = waiting
            .iter()
            .take(NAMED)
            .map(|(who, _)| self.name(*who))
            .collect();
        let wait = if names.len() == 1 { "waits" } else { "wait" };
        let names = names.join(", ");
        if let Some((since, holder)) = lock.lost_at(t) {
            let next = if waiting.is_empty() {
                "Nobody will ever give it back: who wants it next waits for ever.".to_owned()
            } else {
                format!("Nobody will ever give it back: {names} {wait} for ever.")
            };
            let holder = self.name(holder);
            return (
                format!(
                    "The {name} is lost: {holder} held it when it ended at {} s.",
                    moment(since)
                ),
                next,
            );
        }
        match lock.holder.change_at(t) {
            Some((since, Some(holder))) => {
                let next = if waiting.is_empty() {
                    "Nobody waits for it.".to_owned()
                } else {
                    format!(
                        "{names} {wait} for it; it goes on when {} gives it back.",
                        self.name(holder)
                    )
                };
                (
                    format!(
                        "{} holds the {name} for {}; it {}.",
                        self.name(holder),
                        duration(t.since(since)),
                        self.does(holder)
                    ),
                    next,
                )
            }
            _ => {
                let (times, longest) = holds(lock, t);
                let why = match times {
                    0 => format!("The {name} is free: nobody has taken it yet."),
                    n => format!(
                        "The {name} is free. It was taken {}, for {} at the longest.",
                        count(n, "time", "times"),
                        duration(longest)
                    ),
                };
                (why, "Whoever wants it next gets it at once.".to_owned())
            }
        }
    }

    fn pipe(&self, pipe: &Object) -> Told {
        let (history, t) = (self.history, self.t);
        let name = names::object(history, pipe.id);
        let holders = history.holders_at(pipe.id, t);
        let held = |wanted| {
            let of_end = holders.iter().filter(|&&(_, end)| end == wanted);
            let names: Vec<String> = of_end.map(|&(who, _)| self.name(who)).collect();
            match (names.is_empty(), pipe.is_outside_at(t, wanted)) {
                (true, true) => "somebody outside".to_owned(),
                (true, false) => "nobody".to_owned(),
                (false, true) => format!("{} and others outside", names.join(", ")),
                (false, false) => names.join(", "),
            }
        };
        let mut ends: Vec<_> = holders.iter().map(|&(_, end)| end).collect();
        let both = [End::Read, End::Write].into_iter();
        ends.extend(both.filter(|&end| pipe.is_outside_at(t, end)));
        ends.sort_unstable();
        ends.dedup();
        let ends: Vec<String> = ends
            .into_iter()
            .map(|end| format!("end {} is held by {}", end.text(), held(end)))
            .collect();
        let next = if ends.is_empty() {
            "Every copy of both ends is closed.".to_owned()
        } else {
            format!(
                "Its {}: EOF comes when the last copy is closed.",
                ends.join(", its ")
            )
        };
        let waiting = self.waiting(pipe.id, |_| true);
        let next = self.no_eof(pipe, &holders).unwrap_or(next);
        if pipe.is_found() {
            return (self.in_found(pipe, &waiting), next);
        }
        let items = pipe.items.at(t).unwrap_or(0);
        let why = match (items, waiting.as_slice()) {
            (_, [(who, since), ..]) => format!(
                "{} waits for {name} for {}: {}.",
                self.name(*who),
                duration(t.since(*since)),
                if items == 0 {
                    "nothing is in it"
                } else {
                    "it is full"
                }
            ),
            (0, []) => format!("{name} is empty."),
            (n, []) => {
                let verb = if n == 1 { "waits" } else { "wait" };
                format!(
                    "{} {verb} in {name}.",
                    count(u64::from(n), "message", "messages")
                )
            }
        };
        (why, next)
    }

    /// Says of a pipe that was found what those who wait for it show of what is in it.
    fn in_found(&self, pipe: &Object, waiting: &[(ActorId, Time)]) -> String {
        let name = names::object(self.history, pipe.id);
        let Some(&(who, since)) = waiting.first() else {
            return format!("What is in {name} is not seen.");
        };
        let puts = self.waiting(pipe.id, puts);
        let what = match puts.contains(&(who, since)) {
            true => "it is full",
            false => "nothing is in it",
        };
        let lasts = duration(self.t.since(since));
        format!("{} waits for {name} for {lasts}: {what}.", self.name(who))
    }

    /// Says that those who wait for EOF keep it away themselves, if it is so: nobody else holds the
    /// other end.
    fn no_eof(&self, pipe: &Object, holders: &[(ActorId, End)]) -> Option<String> {
        if pipe.is_outside_at(self.t, End::Write) {
            return None;
        }
        let waiting = self.waiting(pipe.id, |operation| !puts(operation));
        let mut writers = holders
            .iter()
            .filter(|&&(_, end)| end == End::Write)
            .peekable();
        writers.peek()?;
        let own = |who: ActorId| waiting.iter().any(|&(waits, _)| waits == who);
        let (last, _) = *writers.clone().next_back()?;
        writers.all(|&(who, _)| own(who)).then(|| {
            format!(
                "EOF can never come: {}, which waits for it, itself holds the last end write.",
                self.name(last)
            )
        })
    }

    fn pool(&self, pool: &Object) -> Told {
        let (history, t) = (self.history, self.t);
        let tasks = history.tasks().iter().filter(|task| task.is_of(pool.id));
        let submitted = tasks.filter(|task| task.submitted <= t);
        let (mut waiting, mut done, mut all) = (0u64, 0u64, 0u64);
        for task in submitted {
            all += 1;
            waiting += u64::from(task.started.is_none_or(|(at, _)| at > t));
            done += u64::from(task.finished.as_ref().is_some_and(|end| end.t <= t));
        }
        let live = super::now::live_workers(history, Some(pool.id), t);
        (
            format!(
                "{} of {} done, {waiting} wait; {}.",
                done,
                count(all, "task", "tasks"),
                count(live, "worker lives", "workers live")
            ),
            "A task goes to whichever worker takes it out of the inqueue first.".to_owned(),
        )
    }

    fn other(&self, object: &Object) -> Told {
        let name = names::object(self.history, object.id);
        let words = object_words(self.history, object.id, self.t);
        let words = words.map_or_else(String::new, |now| format!(": {}", now.words.longest()));
        let waiting = self.waiting(object.id, |_| true);
        let names: Vec<String> = waiting
            .iter()
            .take(NAMED)
            .map(|(who, _)| self.name(*who))
            .collect();
        let next = match names.len() {
            0 => "Nobody waits for it.".to_owned(),
            1 => format!("{} waits for it.", names[0]),
            _ => format!("{} wait for it.", names.join(", ")),
        };
        (format!("{name}{words}."), next)
    }

    /// Returns who waits for an object in an operation of a sort, and since when.
    fn waiting(&self, id: ObjectId, is_it: fn(Operation) -> bool) -> Vec<(ActorId, Time)> {
        let waiters = self.history.waiters_at(self.t, id);
        let waiting = waiters.filter_map(|who| {
            let now = self.history.lane(who).at(self.t)?;
            match now.state {
                State::Waiting(wait) if is_it(wait.operation) => Some((who, now.start)),
                _ => None,
            }
        });
        waiting.collect()
    }
}

/// Whether who waits in it waits for room.
fn puts(operation: Operation) -> bool {
    matches!(operation, Operation::Write | Operation::Send)
}

/// Returns how often a lock was taken up to `t`, and for how long at the longest.
pub(crate) fn holds(lock: &Object, t: Time) -> (u64, Span) {
    let mut times = 0;
    let mut longest = Span::ZERO;
    let mut changes = lock.holder.until(t).peekable();
    while let Some((since, holder)) = changes.next() {
        if holder.is_some() {
            times += 1;
            let end = changes.peek().map_or(t, |&(end, _)| end);
            longest = longest.max(end.since(since));
        }
    }
    (times, longest)
}
