//! The tree of processes: who gets a row, and where.

use super::History;
use crate::event::{ActorId, Event, Kind, Text, Time};
use crate::history::actor::{Actor, Form};

/// How many characters of a name go into names made of it.
const NAME_MAX: usize = 64;

impl History {
    /// Returns the position of the actor that an event is about. One that nobody has announced,
    /// because an event is missing, is taken for a process that runs.
    #[inline]
    pub(super) fn introduce(&mut self, event: &Event) -> Option<usize> {
        match self.actor_index.get(event.actor.0) {
            Some(who) => Some(who),
            None => self.introduce_new(event),
        }
    }

    fn introduce_new(&mut self, event: &Event) -> Option<usize> {
        if event.actor == ActorId::MPVIZ {
            return None;
        }
        match event.kind {
            // These bring it into being themselves, in its right place.
            Kind::ThreadStarted { process, .. } if process != event.actor => {
                let process = self.process_or_new(process, event.t)?;
                let process = self.process_of_position(process);
                Some(self.add_thread(event.actor, process, event.t))
            }
            Kind::ProcessStarted { parent, .. } => {
                Some(self.add_process(event.actor, self.maker(parent), event.t))
            }
            Kind::ProcessExited { .. } => Some(self.add_process(event.actor, None, event.t)),
            _ => self.process_or_new(event.actor, event.t),
        }
    }

    /// Returns the position of an actor; if it is not known, of a process that is heard of first.
    pub(super) fn process_or_new(&mut self, id: ActorId, t: Time) -> Option<usize> {
        if let Some(who) = self.actor_index.get(id.0) {
            return Some(who);
        }
        if id == ActorId::MPVIZ {
            return None;
        }
        let who = self.add_process(id, None, t);
        self.actors[who]
            .lane
            .enter(t, crate::history::State::Running);
        Some(who)
    }

    /// Returns the process that an actor belongs to, by position.
    #[inline]
    pub(super) fn process_of_position(&self, who: usize) -> usize {
        match self.actors[who].form {
            Form::Process => who,
            Form::Thread { process, .. } => self.actor_index.get(process.0).unwrap_or(who),
        }
    }

    /// Returns the position of the process that makes another, if that is one of the program.
    pub(super) fn maker(&self, id: ActorId) -> Option<usize> {
        if id == ActorId::MPVIZ {
            return None;
        }
        let who = self.actor_index.get(id.0)?;
        Some(self.process_of_position(who))
    }

    /// Adds a process below its parent, after what is there.
    pub(super) fn add_process(&mut self, id: ActorId, parent: Option<usize>, t: Time) -> usize {
        let mut actor = Actor::new(id, Form::Process, t);
        actor.name = compact_str::format_compact!("process {id}");
        let mut row = self.tree.len();
        if let Some(parent) = parent {
            row = self.row_below(parent);
            actor.parent = Some(self.actors[parent].id);
            actor.depth = self.actors[parent].depth.saturating_add(1);
            self.actors[parent].children.push(id);
        }
        let life = self.tree.insert(row, id, actor.depth, t);
        self.tree.name(life, t, &actor.name, false);
        actor.life = Some(life);
        self.add_actor(actor)
    }

    /// Adds the row of mpviz's supervisor, which adopts.
    pub(super) fn add_supervisor(&mut self, t: Time) {
        if self.actor_index.get(ActorId::MPVIZ.0).is_some() {
            return;
        }
        let mut actor = Actor::new(ActorId::MPVIZ, Form::Process, t);
        let since = self.run.started.unwrap_or(Time::ZERO);
        actor.name = Text::const_new("supervisor");
        actor.pid = Some(self.run.supervisor).filter(|&pid| pid != 0);
        actor.started = Some(since);
        let until = Time::NEVER;
        actor
            .lane
            .enter(since, crate::history::State::Asleep { until });
        let life = self.tree.insert(0, ActorId::MPVIZ, 0, t);
        self.tree.name(life, t, &actor.name, false);
        actor.life = Some(life);
        self.add_actor(actor);
    }

    fn add_thread(&mut self, id: ActorId, process: usize, t: Time) -> usize {
        let owner = &mut self.actors[process];
        let form = Form::Thread {
            process: owner.id,
            role: crate::event::words::Role::Other,
            object: None,
        };
        let mut actor = Actor::new(id, form, t);
        actor.depth = owner.depth.saturating_add(1);
        actor.parent = Some(owner.id);
        owner.threads.push(id);
        self.add_actor(actor)
    }

    fn add_actor(&mut self, actor: Actor) -> usize {
        let who = self.actors.len();
        self.actor_index.insert(actor.id.0, who);
        self.actors.push(actor);
        who
    }

    /// Returns the row after the last descendant of a process: the last child's of its last child.
    fn row_below(&self, parent: usize) -> usize {
        let mut last = parent;
        while let Some(child) = self.actors[last].children.last() {
            match self.actor_index.get(child.0) {
                Some(child) => last = child,
                None => break,
            }
        }
        let row = self.actors[last]
            .life
            .and_then(|life| self.tree.row_of(life));
        row.map_or(self.tree.len(), |row| row + 1)
    }
}

/// Returns the beginning of a name, for names that are made of it.
pub(super) fn short(name: &str) -> &str {
    match name.char_indices().nth(NAME_MAX) {
        Some((end, _)) => &name[..end],
        None => name,
    }
}
