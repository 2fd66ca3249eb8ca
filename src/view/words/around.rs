//! What those around a thing do, in words: `writer-1 has ended, writer-2 sleeps 0.4 s more`.

use super::names;
use super::number::duration;
use crate::event::words::Operation;
use crate::event::{ActorId, Time};
use crate::history::{History, State};

/// What is asked of things: sentences about what is around them.
pub(super) struct Around<'a> {
    pub(super) history: &'a History,
    pub(super) t: Time,
}

/// No more processes than this are told in a sentence.
pub(super) const DOING_MOST: usize = 4;

impl Around<'_> {
    pub(super) fn name(&self, actor: ActorId) -> String {
        names::other(self.history, actor, self.t)
    }

    /// Returns those who live.
    pub(super) fn living(&self, actors: &[ActorId]) -> Vec<ActorId> {
        let lives = |id: &&ActorId| {
            let actor = self.history.actor(**id);
            actor.is_some_and(|actor| actor.known <= self.t && !actor.ended_at(self.t))
        };
        actors.iter().filter(lives).copied().collect()
    }

    /// Returns a name with what its owner does: `writer-1 sleeps 0.4 s more`.
    pub(super) fn doing_now(&self, actor: ActorId) -> String {
        format!("{} {}", self.name(actor), self.does(actor))
    }

    /// Returns what somebody does: `sleeps 0.4 s more`, `waits in get`.
    pub(super) fn does(&self, actor: ActorId) -> String {
        let known = self.history.actor(actor);
        if let Some(exit) = known.and_then(|known| known.exit_at(self.t)) {
            return match exit.code {
                Some(code @ ..0) => {
                    format!("was killed by {}", names::signal(code.saturating_neg()))
                }
                _ => "has ended".to_owned(),
            };
        }
        match self.history.lane(actor).at(self.t).map(|now| now.state) {
            Some(State::Asleep { until }) if until > self.t && until != Time::NEVER => {
                format!("sleeps {} more", duration(until.since(self.t)))
            }
            Some(State::Asleep { .. }) => "sleeps".to_owned(),
            Some(State::Still) => "waits".to_owned(),
            Some(State::Waiting(wait)) => match (wait.operation, wait.on, wait.object) {
                (Operation::Idle, ..) => "is idle".to_owned(),
                (Operation::Acquire, _, Some(lock)) => {
                    format!("waits for the {}", names::object(self.history, lock))
                }
                (Operation::Join | Operation::Wait, Some(on), _) => {
                    format!("waits for the end of {}", self.name(on))
                }
                (Operation::JoinPool, ..) => "joins the pool".to_owned(),
                (Operation::JoinFeeder, ..) => "waits for its feeder".to_owned(),
                (operation, ..) => format!("waits in {}", operation.text()),
            },
            Some(State::Running) => "runs".to_owned(),
            Some(State::Stopped) => "is stopped".to_owned(),
            Some(State::Starting) => "has not begun".to_owned(),
            Some(State::Zombie) => "has ended".to_owned(),
            None => "is not there yet".to_owned(),
        }
    }

    /// Says what several do; of many, only how many more there are.
    pub(super) fn doing_all(&self, actors: &[ActorId]) -> String {
        let mut doing: Vec<String> = actors
            .iter()
            .take(DOING_MOST)
            .map(|&actor| self.doing_now(actor))
            .collect();
        if let Some(more) = actors
            .len()
            .checked_sub(DOING_MOST)
            .filter(|&more| more > 0)
        {
            doing.push(format!("{more} more"));
        }
        doing.join(", ")
    }
}
