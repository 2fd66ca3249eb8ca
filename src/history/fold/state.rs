//! States: asleep, blocked, and running in between.

use super::{History, Said};
use crate::event::words::Operation;
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::lane::{State, Wait};

impl History {
    pub(super) fn slept(&mut self, said: Said, until: Time) {
        self.open(said, State::Asleep { until });
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
        self.open(said, State::Waiting(wait));
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
        self.actors[who].open.push(state);
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
                let inside = open.len() - 1 - at;
                open.truncate(at);
                self.odd += inside as u64;
                self.show_state(who, said.t);
            }
            None => self.strange(),
        }
    }
}
