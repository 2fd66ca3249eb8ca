//! States: asleep, blocked, and running in between.

use super::{History, Said};
use crate::event::words::Operation;
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::lane::{State, Wait};

impl History {
    pub(super) fn slept(&mut self, said: Said, until: Time) {
        // Said again, it is the same sleep with another end: the pace has changed.
        if let Some(who) = said.who
            && let Some(State::Asleep { until: known }) = innermost(&mut self.actors[who].open)
        {
            *known = until;
            return self.show_state(who, said.t);
        }
        self.open(said, State::Asleep { until });
    }

    /// A process is stopped: whatever it was in, it does nothing.
    pub(super) fn stop_actor(&mut self, who: usize, t: Time) {
        if !self.actors[who].over() {
            self.actors[who].open.push(State::Stopped);
            self.show_state(who, t);
        }
    }

    /// A process goes on, with what it was in.
    pub(super) fn continue_actor(&mut self, who: usize, t: Time) {
        let open = &mut self.actors[who].open;
        if let Some(at) = open.iter().rposition(|state| *state == State::Stopped) {
            open.remove(at);
            self.show_state(who, t);
        }
    }

    pub(super) fn woke(&mut self, said: Said) {
        self.close(said, |state| matches!(state, State::Asleep { .. }));
    }

    pub(super) fn blocked(
        &mut self,
        said: Said,
        operation: Operation,
        object: Option<ObjectId>,
        on: Option<ActorId>,
        timeout: Option<Span>,
    ) {
        let wait = Wait {
            operation,
            object,
            on,
            timeout,
        };
        if let (Operation::Acquire, Some(holder)) = (operation, on) {
            self.doubt_holder(object, holder, said.t);
        }
        if operation == Operation::Acquire && self.goes_on_waiting(said, wait) {
            return;
        }
        self.open(said, State::Waiting(wait));
    }

    /// Takes a wait for a lock that is said again for the same wait, with another holder. Returns
    /// whether it is one.
    fn goes_on_waiting(&mut self, said: Said, wait: Wait) -> bool {
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return false;
        };
        match self.actors[who].open.last_mut() {
            Some(State::Waiting(known))
                if (known.operation, known.object) == (wait.operation, wait.object) =>
            {
                *known = wait;
                self.show_state(who, said.t);
                true
            }
            _ => false,
        }
    }

    pub(super) fn unblocked(&mut self, said: Said) {
        self.close(said, |state| matches!(state, State::Waiting(_)));
    }

    /// Shows what an actor does: the innermost of what it is in, else it runs.
    #[inline]
    pub(super) fn show_state(&mut self, who: usize, t: Time) {
        let actor = &mut self.actors[who];
        let state = actor.open.last().copied().unwrap_or(State::Running);
        actor.lane.enter(t, state);
    }

    #[inline]
    fn open(&mut self, said: Said, state: State) {
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return self.strange();
        };
        // What was told in the instant of its being stopped lies below that.
        let open = &mut self.actors[who].open;
        let at = open.len() - stops(open);
        open.insert(at, state);
        self.show_state(who, said.t);
    }

    /// Ends the innermost state of a sort. If others are inside it, their ends are missing.
    #[inline]
    fn close(&mut self, said: Said, of_sort: fn(&State) -> bool) {
        let Some(who) = said.who else {
            return self.strange();
        };
        let open = &mut self.actors[who].open;
        match open.iter().rposition(of_sort) {
            Some(at) => {
                let stops = stops(open);
                let inside = open.len() - 1 - at - stops;
                open.truncate(at);
                open.extend(std::iter::repeat_n(State::Stopped, stops));
                self.odd += inside as u64;
                self.show_state(who, said.t);
            }
            None => self.strange(),
        }
    }
}

/// Returns how often an actor is stopped.
fn stops(open: &[State]) -> usize {
    let stopped = open.iter().rev();
    stopped
        .take_while(|state| **state == State::Stopped)
        .count()
}

/// Returns the innermost of what an actor is in, stopped or not.
fn innermost(open: &mut [State]) -> Option<&mut State> {
    let within = open.len() - stops(open);
    open[..within].last_mut()
}
