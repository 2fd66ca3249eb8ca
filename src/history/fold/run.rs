//! The run as a whole.

use super::{History, Keep, Said};
use crate::event::words::{Ending, GapReason, Sight, Stream};
use crate::event::{ActorId, FileId, Kind, Text, Time};
use crate::history::index::narrow;
use crate::history::run::{Gap, RunEnd, Source, Unseen};

impl History {
    pub(super) fn run_started(&mut self, said: Said, kind: &Kind) {
        let Kind::RunStarted {
            program,
            title,
            knobs,
            seed,
            pace,
            viewer,
            supervisor,
            machine,
            cpus,
            wall,
        } = kind
        else {
            return;
        };
        if self.run.started.is_some() {
            return self.strange();
        }
        let run = &mut self.run;
        run.started = Some(said.t);
        run.program.clone_from(program);
        run.title.clone_from(title);
        run.knobs.clone_from(knobs);
        run.seed = *seed;
        run.pace = *pace;
        run.viewer = *viewer;
        run.supervisor = *supervisor;
        run.machine.clone_from(machine);
        run.cpus = *cpus;
        run.wall.clone_from(wall);
    }

    pub(super) fn run_ended(&mut self, said: Said, ending: Ending, code: Option<i32>) {
        if self.run.ended.is_some() {
            return self.strange();
        }
        self.run.ended = Some(RunEnd {
            t: said.t,
            ending,
            code,
        });
        self.find_at_the_end(said.t, ending);
        if let Some(supervisor) = self.actor_index.get(ActorId::MPVIZ.0) {
            self.actors[supervisor].lane.leave(said.t);
        }
    }

    pub(super) fn gap(&mut self, said: Said, reason: GapReason, count: Option<u64>, since: Time) {
        self.run.gaps.push(Gap {
            actor: said.actor,
            since: since.min(said.t),
            until: said.t,
            reason,
            count,
        });
        self.census.lose(said.t, count.unwrap_or(1));
        if reason != GapReason::Unpaired {
            self.forget_held(said);
        }
    }

    /// Takes its locks from one of whom events were lost: it may have given them back. What one says of
    /// itself is its own; what mpviz says of a process is also its threads'.
    fn forget_held(&mut self, said: Said) {
        let Some(process) = said.who else {
            return;
        };
        let mut threads = Vec::new();
        if said.by.is_some() {
            threads.clone_from(&self.actors[process].threads);
        }
        let threads = threads.iter().filter_map(|id| self.actor_index.get(id.0));
        for who in threads.chain([process]).collect::<Vec<_>>() {
            for lock in self.actors[who].held.clone() {
                self.put_down(lock, said.t);
                self.objects[lock].holder.push(said.t, None);
            }
        }
    }

    /// Something can't be seen. Of one thing the first reason is the one.
    pub(super) fn unseen(&mut self, said: Said, what: Sight, why: &Text) -> Keep {
        let unseen = Unseen {
            t: said.t,
            until: Time::NEVER,
            what,
            why: why.clone(),
        };
        let is_of_one = what == Sight::Messages;
        if let Some(who) = said.who.filter(|_| is_of_one) {
            if !self.can_live(who) {
                self.strange();
                return Keep::Kept;
            }
            self.be_hidden(who, said.t);
        }
        let known = match said.who {
            Some(who) => &mut self.actors[who].unseen,
            None => &mut self.run.unseen,
        };
        if known
            .iter()
            .any(|known| known.what == what && known.until == Time::NEVER)
        {
            return Keep::Dropped;
        }
        known.push(unseen);
        Keep::Kept
    }

    pub(super) fn frozen(&mut self, said: Said) {
        match self.run.frozen.last() {
            Some(&(_, Time::NEVER)) => self.strange(),
            _ => self.run.frozen.push((said.t, Time::NEVER)),
        }
    }

    pub(super) fn thawed(&mut self, said: Said) {
        match self.run.frozen.last_mut() {
            Some((_, until)) if *until == Time::NEVER => {
                *until = said.t;
                self.look_after_thaw(said.t);
            }
            _ => self.strange(),
        }
    }

    pub(super) fn source_seen(&mut self, file: FileId, path: &Text, text: &Text) {
        if self.sources.iter().any(|source| source.file == file) {
            return self.strange();
        }
        self.sources.push(Source {
            file,
            path: path.clone(),
            text: text.clone(),
        });
    }

    pub(super) fn output(
        &mut self,
        said: Said,
        position: usize,
        stream: Stream,
        text: &str,
        captured: bool,
    ) {
        self.outputs.push(narrow(position));
        if let Some(who) = said.who.filter(|_| !captured) {
            let process = self.process_of_position(who);
            self.actors[process].noted.printed = Some((said.t, narrow(position)));
            self.find_torn_line(process, narrow(position), said.t, stream, text);
        }
    }
}
