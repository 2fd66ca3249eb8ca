//! What is wrong about waits: in words.

use super::super::names::{self, other};
use super::super::number::{count, duration};
use super::{Doctor, Says, join_names};
use crate::event::words::{Operation, Part};
use crate::history::State;

impl Doctor<'_> {
    pub(super) fn lost_lock(&self) -> Says {
        let lock = self.object();
        let id = self.finding.object;
        let known = id.and_then(|id| self.history.object(id));
        let queue = known
            .and_then(|lock| lock.part_of)
            .map(|queue| names::object(self.history, queue));
        let what = format!("ended while it held the {lock}: nobody can give it back");
        let waiting = self.waiting_for(id);
        let harm = match (waiting, known.and_then(|lock| lock.part), &queue) {
            (Some(waiting), ..) => format!("{waiting} waits for it, and will for ever."),
            _ if self.history.run().end_at(self.t).is_some() => {
                "It did no harm this time: nobody needed it any more.".to_owned()
            }
            (_, Some(Part::ReadLock), Some(queue)) => {
                format!(
                    "Nobody can get anything from {queue} any more: whoever tries waits for ever."
                )
            }
            (_, Some(Part::WriteLock), Some(queue)) => {
                format!("Nothing that is put into {queue} arrives any more.")
            }
            _ => "Whoever tries to take it waits for ever.".to_owned(),
        };
        let remedy = match queue {
            Some(_) => {
                "End a reader with a last item that says so, such as None, not with terminate()."
                    .to_owned()
            }
            None => {
                "Let whoever holds a lock come to its end by itself: no terminate(), no kill()."
                    .to_owned()
            }
        };
        (what, harm, remedy)
    }

    pub(super) fn wait_cycle(&self) -> Says {
        let history = self.history;
        let t = self.finding.since;
        let mut links = Vec::new();
        let mut has_locks = false;
        for (at, &who) in self.finding.actors.iter().enumerate() {
            let Some(State::Waiting(wait)) = history.lane(who).at(t).map(|now| now.state) else {
                continue;
            };
            let target = match (wait.operation, wait.object, wait.on) {
                (Operation::Acquire, Some(lock), on) => {
                    has_locks = true;
                    let holder = history
                        .object(lock)
                        .and_then(|lock| lock.holder.at(t).flatten());
                    let name = names::object(history, lock);
                    match holder.or(on) {
                        Some(holder) => {
                            format!("{name}, which {} holds", other(history, holder, self.t))
                        }
                        None => name,
                    }
                }
                (_, _, Some(on)) => other(history, on, self.t),
                (operation, Some(object), _) => {
                    format!("{} ({})", names::object(history, object), operation.text())
                }
                (operation, ..) => operation.text().to_owned(),
            };
            links.push(match at {
                0 => format!("waits for {target}"),
                _ => format!("{} for {target}", other(history, who, self.t)),
            });
        }
        let what = format!("{}: nobody of them can go on", links.join("; "));
        let remedy = match has_locks {
            true => "Locks are taken in the same order everywhere, or with a timeout.",
            false => "One of them brings what the other waits for before it waits itself.",
        };
        (
            what,
            "Each waits for the next in a circle, for ever: the program hangs until it is ended."
                .to_owned(),
            remedy.to_owned(),
        )
    }

    pub(super) fn no_eof(&self) -> Says {
        let pipe = self.object();
        let mut holders: Vec<String> = Vec::new();
        let reader = self
            .finding
            .actors
            .first()
            .map(|&who| self.history.process_of(who));
        for &who in self.finding.actors.iter().skip(1) {
            holders.push(match Some(who) == reader {
                true => "itself".to_owned(),
                false => other(self.history, who, self.t),
            });
        }
        let verb = if holders.len() == 1 { "holds" } else { "hold" };
        let holders = join_names(&holders, self.finding.count);
        (
            format!("waits for an EOF that cannot come: {holders} still {verb} a copy of the end of {pipe} that is written to"),
            "EOF comes when the last copy is closed. Whoever could close one waits too: the program hangs.".to_owned(),
            "A fork copies both ends: each process closes the one that it does not use.".to_owned(),
        )
    }

    pub(super) fn join_before_drain(&self) -> Says {
        let queue = self.object();
        let items = count(self.finding.count, "item", "items");
        let is_own = self.finding.actors.len() < 3;
        let (writer, joins) = match is_own {
            true => (self.name(0), "comes to its end".to_owned()),
            false => (self.name(1), format!("joins {}", self.name(1))),
        };
        (
            format!("{joins} before {queue} is emptied: {items} wait, and the pipe is full"),
            format!(
                "{writer} ends only when its feeder has written them all, and nobody gets: both wait for ever."
            ),
            format!("First get all items from {queue}, then join."),
        )
    }

    pub(super) fn starved(&self) -> Says {
        let lock = self.object();
        let times = self.finding.count;
        let began = self.finding.actors.first().and_then(|&who| {
            let lane = self.history.lane(who);
            lane.at(self.finding.since).map(|now| now.start)
        });
        let waited = began.map_or_else(String::new, |began| {
            format!(" for {}", duration(self.finding.since.since(began)))
        });
        (
            format!("has waited{waited} for the {lock}, which others took {times} times meanwhile"),
            "A lock has no queue: who comes back at once takes it again, and this one's work stands still.".to_owned(),
            "Whoever gives a lock back does something else first; or the turns are passed on.".to_owned(),
        )
    }

    pub(super) fn bottleneck(&self) -> Says {
        let waiting = self.listed(1, self.finding.count);
        let object = self.object();
        (
            format!("is the one that all others wait for: {waiting}, at {object}"),
            "However many work beside it, all go at its pace.".to_owned(),
            "Its work is shared by more processes, or made smaller.".to_owned(),
        )
    }
}
