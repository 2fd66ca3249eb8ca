//! Circles of waits: each waits for the next, and the last for the first.

use super::{History, NAMED_MAX, Time};
use crate::event::Kind;
use crate::event::words::Operation;
use crate::history::finding::{Code, Finding};
use crate::history::lane::{State, Wait};

impl History {
    /// Sees whether a wait that begins closes a circle: of processes that join each other, and of
    /// locks whose holders wait for each other's.
    pub(in crate::history::fold) fn find_cycle(&mut self, who: usize, t: Time) {
        let Some(next) = self.waits_on(who).filter(|&next| next != who) else {
            return;
        };
        // Mostly whoever is waited for does not wait itself.
        let Some(mut at) = self.waits_on(next) else {
            return;
        };
        let mut members = vec![who, next];
        while at != who {
            if members.len() == NAMED_MAX || members.contains(&at) {
                return;
            }
            members.push(at);
            let Some(next) = self.waits_on(at) else {
                return;
            };
            at = next;
        }
        let mut finding = Finding::new(Code::WaitCycle, t);
        finding.count = members.len() as u64;
        for &member in &members {
            finding.actors.push(self.id_of(member));
            finding
                .proof
                .extend(self.actors[member].began.last().map(|&(_, at)| at));
            let lock = self.wait_of(member).and_then(|wait| wait.object);
            finding.object = finding.object.or(lock);
            finding.proof.extend(lock.and_then(|lock| {
                let taken = self.object(lock)?.holder.changes().next_back()?.0;
                self.event_at(
                    taken,
                    |event| matches!(event.kind, Kind::LockTaken { object } if object == lock),
                )
            }));
        }
        self.raise_of_waits(finding, &members);
    }

    /// Returns what an actor waits for at last, if it may wait for ever.
    pub(super) fn wait_of(&self, who: usize) -> Option<Wait> {
        match self.actors[who].open.last() {
            Some(State::Waiting(wait)) if wait.timeout.is_none() => Some(*wait),
            _ => None,
        }
    }

    /// Returns the one actor whose doing alone ends an actor's wait.
    fn waits_on(&self, who: usize) -> Option<usize> {
        let wait = self.wait_of(who)?;
        let id = match wait.operation {
            Operation::Join | Operation::JoinFeeder | Operation::Wait => wait.on,
            Operation::Acquire => self.object(wait.object?)?.holder.last()?,
            _ => None,
        };
        let on = self.actor_index.get(id?.0)?;
        (!self.actors[on].over()).then_some(on)
    }
}
