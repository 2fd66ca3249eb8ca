//! Ends of pipes: who has which. A fork copies all, an exec keeps those that are named, an exit
//! closes all; only opening and closing are told.

use super::{History, Said};
use crate::event::words::{Class, End};
use crate::event::{ActorId, ObjectId, Time};
use crate::history::actor::OwnEnd;

impl History {
    pub(super) fn end_opened(&mut self, said: Said, object: ObjectId, end: End) {
        let Some(who) = self.end_owner(said) else {
            return self.strange();
        };
        let pipe = self.object_or_new(object, class_with(end), said);
        self.objects[pipe].ends_told = true;
        self.open_end(who, pipe, end, said.t, false);
    }

    pub(super) fn end_closed(&mut self, said: Said, object: ObjectId, end: End) {
        let Some(who) = self.end_owner(said) else {
            return self.strange();
        };
        let pipe = self.object_or_new(object, class_with(end), said);
        if !self.close_end(who, pipe, end, said.t) {
            self.strange();
        }
    }

    /// The kernel's word counts for processes that became another program; what the others have,
    /// they say themselves, and more exactly. Of a pipe of which nobody has ever said who opened it,
    /// it counts for all.
    pub(super) fn ends_sampled(
        &mut self,
        said: Said,
        object: ObjectId,
        holders: &[(ActorId, End)],
    ) {
        let class = holders
            .first()
            .map_or(Class::Pipe, |&(_, end)| class_with(end));
        let pipe = self.object_or_new(object, class, said);
        let outside = (
            holders.contains(&(ActorId::MPVIZ, End::Read)),
            holders.contains(&(ActorId::MPVIZ, End::Write)),
        );
        if self.objects[pipe].outside.last().unwrap_or_default() != outside {
            self.objects[pipe].outside.push(said.t, outside);
        }
        let had: Vec<(ActorId, End)> = {
            let object = &self.objects[pipe];
            let open = object.hold_spans.open_at(said.t);
            open.map(|at| object.holds[at]).collect()
        };
        for (actor, end) in had {
            if let Some(who) = self
                .stranger(actor, pipe)
                .filter(|_| !holders.contains(&(actor, end)))
            {
                self.close_end(who, pipe, end, said.t);
            }
        }
        for &(actor, end) in holders {
            if let Some(who) = self.stranger(actor, pipe) {
                self.open_end(who, pipe, end, said.t, false);
            }
        }
    }

    /// Returns the position of a process that lives and does not say itself who it is that has a
    /// pipe.
    fn stranger(&self, actor: ActorId, pipe: usize) -> Option<usize> {
        let who = self.actor_index.get(actor.0)?;
        let process = &self.actors[who];
        let is_mute = process.is_foreign() || !self.objects[pipe].ends_told;
        (is_mute && process.is_process() && !process.over()).then_some(who)
    }

    /// Returns the position of the process that has what an actor opens.
    fn end_owner(&self, said: Said) -> Option<usize> {
        let who = self.process_of_position(said.who?);
        (!self.actors[who].over() && self.actors[who].id != ActorId::MPVIZ).then_some(who)
    }

    /// Copies all ends of its parent to a process that is forked.
    pub(super) fn inherit_ends(&mut self, child: usize, t: Time) {
        let parent = self.actors[child].parent.and_then(|id| self.maker(id));
        let Some(parent) = parent else {
            return;
        };
        for own in self.actors[parent].ends.clone() {
            self.open_end(child, own.pipe, own.end, t, true);
        }
    }

    /// Closes all ends of a process.
    pub(super) fn drop_ends(&mut self, who: usize, t: Time) {
        for own in std::mem::take(&mut self.actors[who].ends) {
            self.objects[own.pipe].hold_spans.end(own.hold, t);
        }
    }

    /// Closes the ends that a process has from its parent and that nobody has named.
    pub(super) fn drop_inherited_ends(&mut self, who: usize, t: Time) {
        let (inherited, named): (Vec<OwnEnd>, Vec<OwnEnd>) =
            std::mem::take(&mut self.actors[who].ends)
                .into_iter()
                .partition(|own| own.inherited);
        self.actors[who].ends = named;
        for own in inherited {
            self.objects[own.pipe].hold_spans.end(own.hold, t);
        }
    }

    fn open_end(&mut self, who: usize, pipe: usize, end: End, t: Time, inherited: bool) {
        let actor = &mut self.actors[who];
        let mut own = actor.ends.iter_mut();
        if let Some(own) = own.find(|own| own.pipe == pipe && own.end == end) {
            own.inherited &= inherited;
            return;
        }
        let object = &mut self.objects[pipe];
        let hold = object.hold_spans.begin(t);
        object.holds.push((actor.id, end));
        actor.ends.push(OwnEnd {
            pipe,
            end,
            hold,
            inherited,
        });
    }

    /// Closes a process's end; `false` if it has none.
    fn close_end(&mut self, who: usize, pipe: usize, end: End, t: Time) -> bool {
        let ends = &mut self.actors[who].ends;
        let found = ends
            .iter()
            .position(|own| own.pipe == pipe && own.end == end);
        let Some(found) = found else {
            return false;
        };
        let own = ends.remove(found);
        self.objects[pipe].hold_spans.end(own.hold, t);
        self.look_at_zombie(t);
        true
    }
}

/// Returns the class of a pipe that has such an end.
fn class_with(end: End) -> Class {
    match end {
        End::Read | End::Write => Class::Pipe,
        End::A | End::B => Class::DuplexPipe,
    }
}
