//! States: asleep, blocked, and running in between.

use super::{History, Said};
use crate::event::words::{KernelState, Operation, Outcome};
use crate::event::{ActorId, ObjectId, Span, Time};
use crate::history::Thing;
use crate::history::finding::Until;
use crate::history::index::narrow;
use crate::history::lane::{State, Wait};
use crate::history::several::Several;

impl History {
    pub(super) fn slept(&mut self, said: Said, until: Time) {
        // Said again, it is the same sleep with another end: the pace has changed.
        if let Some(who) = said.who
            && let Some(State::Asleep { until: known }) = self.actors[who].open.last_mut()
        {
            *known = until;
            return self.show_state(who, said.t);
        }
        self.open(said, State::Asleep { until });
    }

    /// A process is stopped by a signal, or goes on with what it was in.
    pub(super) fn stop_actor(&mut self, who: usize, t: Time, is_stopped: bool) {
        if !self.actors[who].over() && self.actors[who].is_stopped != is_stopped {
            self.actors[who].is_stopped = is_stopped;
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
        if self.is_no_word_of(said) {
            return;
        }
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
        if let (Some(who), Some(object), Operation::Get | Operation::Recv | Operation::Acquire) =
            (said.who, object, operation)
            && self.actors[who].pool.last().is_none()
        {
            self.works_for(who, self.pool_before(object), said.t);
        }
        if let Some(who) = said.who {
            self.find_cycle(who, said.t);
        }
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

    /// Keeps what the wait that begins next is for.
    pub(super) fn wait_listed(
        &mut self,
        said: Said,
        objects: &[ObjectId],
        actors: &[ActorId],
        others: u32,
    ) {
        if self.is_no_word_of(said) {
            return;
        }
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return self.strange();
        };
        let objects = objects.iter().map(|&object| Thing::from(object));
        let actors = actors.iter().map(|&actor| Thing::from(actor));
        self.actors[who].several.push(Several {
            since: said.t,
            things: objects.chain(actors).collect(),
            others,
        });
    }

    pub(super) fn unblocked(&mut self, said: Said, outcome: Outcome) {
        if self.is_no_word_of(said) {
            return;
        }
        let closed = self.close(said, |state| matches!(state, State::Waiting(_)));
        let (Some(who), Some(State::Waiting(wait))) = (said.who, closed) else {
            return;
        };
        if wait.operation == Operation::Join && outcome == Outcome::Done {
            self.actors[who].noted.joined = Some(said.t);
        }
        self.end_raised(who, Until::Wait, said.t);
        // Of one that says nothing it is not known that it runs, only that it waits for this no more.
        if let Some(state) = self.actors[who].samples.last().map(|sample| sample.state) {
            self.show_sampled(who, said.t, state);
        }
    }

    /// Returns whether the kernel's word on a wait is about one that speaks for itself by now, and
    /// counts for nothing: it knows better.
    fn is_no_word_of(&self, said: Said) -> bool {
        let speaks = |who: usize| !self.actors[who].is_foreign() || self.actors[who].over();
        said.by == Some(ActorId::MPVIZ) && said.who.is_some_and(speaks)
    }

    /// Shows what an actor does: the innermost of what it is in, else it runs.
    #[inline]
    pub(super) fn show_state(&mut self, who: usize, t: Time) {
        let actor = &mut self.actors[who];
        let state = match actor.open.last() {
            _ if actor.is_stopped => State::Stopped,
            Some(&state) => state,
            None => State::Running,
        };
        actor.lane.enter(t, state);
    }

    /// Shows what the kernel says of one that does not speak for itself; and of one that does, where
    /// it has said of nothing that it waits for, and yet has slept from sample to sample.
    pub(super) fn show_sampled(&mut self, who: usize, t: Time, state: KernelState) {
        let actor = &mut self.actors[who];
        if actor.over() || !actor.open.is_empty() {
            return;
        }
        let now = actor.lane.at(t).map(|now| now.state);
        match state {
            KernelState::Running if actor.is_foreign() || now == Some(State::Still) => {
                actor.lane.enter(t, State::Running);
            }
            KernelState::Sleeping | KernelState::DiskSleep | KernelState::Stopped
                if actor.is_foreign() || actor.has_slept() =>
            {
                actor.lane.enter(t, State::Still);
            }
            // The end of a zombie is told by an event of its own.
            _ => {}
        }
    }

    #[inline]
    fn open(&mut self, said: Said, state: State) {
        let Some(who) = said.who.filter(|&who| !self.actors[who].over()) else {
            return self.strange();
        };
        let position = narrow(self.log.len());
        let actor = &mut self.actors[who];
        actor.open.push(state);
        actor.began.push((said.t, position));
        self.look_at_wait(said.t);
        self.show_state(who, said.t);
    }

    /// Ends the innermost state of a sort. If others are inside it, their ends are missing.
    #[inline]
    fn close(&mut self, said: Said, of_sort: fn(&State) -> bool) -> Option<State> {
        let Some(who) = said.who else {
            self.strange();
            return None;
        };
        let actor = &mut self.actors[who];
        let Some(at) = actor.open.iter().rposition(of_sort) else {
            self.strange();
            return None;
        };
        let closed = actor.open[at];
        let inside = actor.open.len() - 1 - at;
        actor.open.truncate(at);
        actor.began.truncate(at);
        self.odd += inside as u64;
        self.show_state(who, said.t);
        Some(closed)
    }
}
