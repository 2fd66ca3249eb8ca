//! Quiet: that nobody does anything any more, and since when.
//!
//! A program hangs when all that live wait for each other. Silence alone does not say so: who
//! computes or sleeps says nothing either, and will go on by itself.

use super::actor::{Actor, Form};
use super::lane::State;
use super::store::History;
use crate::event::words::{KernelState, Role};
use crate::event::{ActorId, Span, Time};

impl History {
    /// Returns whether nobody has computed, slept or moved anything for so long.
    pub fn is_quiet_for(&self, span: Span) -> bool {
        // The cheap question first: mostly somebody has just said something.
        self.now.since(self.last_told()) >= span
            && self
                .quiet_since()
                .is_some_and(|since| self.now.since(since) >= span)
    }

    /// Returns since when nobody has computed, slept or moved anything, as far as is known now;
    /// `None` while somebody does, could wake by himself, or where nobody lives.
    ///
    /// Of a program that does not speak for itself nobody knows whether it sleeps or waits for
    /// something that never comes: it counts as asleep, unless it is stopped.
    pub fn quiet_since(&self) -> Option<Time> {
        let living = || self.actors.iter().filter(|actor| self.lives(actor));
        if living().any(|actor| self.goes_on(actor)) {
            return None;
        }
        let computed = living().map(|actor| self.computed(actor)).max()?;
        Some(computed.max(self.last_told()))
    }

    /// Returns when the last event was.
    fn last_told(&self) -> Time {
        let last = self.log.len().checked_sub(1);
        last.and_then(|last| self.log.time(last))
            .unwrap_or(Time::ZERO)
    }

    /// Returns whether an actor lives now, and with it its process.
    fn lives(&self, actor: &Actor) -> bool {
        let lives = |actor: &Actor| actor.id != ActorId::MPVIZ && actor.alive_at(self.now);
        match actor.form {
            Form::Process => lives(actor),
            Form::Thread { process, .. } => {
                actor.exited.is_none() && self.actor(process).is_some_and(lives)
            }
        }
    }

    /// Returns whether one that lives computes, sleeps, or waits for a limited time.
    fn goes_on(&self, actor: &Actor) -> bool {
        let wakes = |state: &State| match state {
            State::Waiting(wait) => wait.timeout.is_some(),
            _ => true,
        };
        match (actor.samples.last().map(|sample| sample.state), actor.form) {
            (Some(KernelState::Running), _) => true,
            _ if !actor.open.is_empty() => actor.open.iter().any(wakes),
            (Some(KernelState::Stopped), _) => false,
            // The runtime's own threads say nothing while there is nothing to do for them.
            (_, Form::Thread { role, .. }) => role == Role::Other,
            (_, Form::Process) => true,
        }
    }

    /// Returns when one was last seen to have used CPU time: threads that say nothing do so, too.
    fn computed(&self, actor: &Actor) -> Time {
        let used = actor.samples.windows(2).rev();
        let mut used = used.skip_while(|pair| pair[0].cpu == pair[1].cpu);
        used.next().map_or(Time::ZERO, |pair| pair[1].t)
    }
}
