//! Processes and threads: how they come to be, and what is told about them.

use super::row::short;
use super::{History, Keep, Said};
use crate::event::words::{KernelState, Method, Role, Sight};
use crate::event::{ActorId, Kind, ObjectId, Span, Text, Time};
use crate::history::actor::{Adoption, Form, RawSample, Signal};
use crate::history::finding::Until;
use crate::history::lane::State;

/// Stops a process; it can't be caught.
const SIGSTOP: i32 = 19;
/// Has a stopped process go on.
const SIGCONT: i32 = 18;

impl History {
    pub(super) fn process_created(
        &mut self,
        said: Said,
        child: ActorId,
        name: &Text,
        daemon: bool,
    ) {
        let known = self.tree.len();
        let Some(who) = self.child(said, child) else {
            return self.strange();
        };
        let actor = &mut self.actors[who];
        actor.created.get_or_insert(said.t);
        actor.daemon = daemon;
        self.rename(who, said.t, name, known == self.tree.len());
    }

    pub(super) fn process_forked(&mut self, said: Said, child: ActorId, kind: &Kind) {
        let Kind::ProcessForked {
            name,
            method,
            daemon,
            function,
            ..
        } = kind
        else {
            return self.strange();
        };
        let (method, daemon) = (*method, *daemon);
        let known = self.tree.len();
        let Some(who) = self.child(said, child) else {
            return self.strange();
        };
        let actor = &mut self.actors[who];
        if actor.forked.is_some() || actor.started.is_some() || actor.over() {
            return self.strange();
        }
        actor.forked = Some(said.t);
        actor.method = Some(method);
        actor.function.clone_from(function);
        actor.daemon = daemon;
        actor.lane.enter(said.t, State::Starting);
        if let (Method::BareFork, Some(line)) = (method, said.line) {
            // It goes on from the line on which it was made.
            actor.reach(said.t, line);
        }
        self.rename(who, said.t, name, known == self.tree.len());
        self.count_in(who, said.t);
        self.inherit_ends(who, said.t);
    }

    /// Returns the position of a child, which must be a process other than its maker; a new one
    /// is added below its maker.
    fn child(&mut self, said: Said, child: ActorId) -> Option<usize> {
        if child == ActorId::MPVIZ || child == said.actor {
            return None;
        }
        match self.actor_index.get(child.0) {
            Some(who) => Some(who).filter(|&who| self.actors[who].is_process()),
            None => Some(self.add_process(child, self.maker(said.actor), said.t)),
        }
    }

    /// Counts a process as one of the program that lives; as an orphan, if its parent does not.
    fn count_in(&mut self, who: usize, t: Time) {
        let parent = self.actors[who].parent.and_then(|id| self.maker(id));
        let orphan = parent.is_some_and(|parent| self.actors[parent].over());
        let actor = &mut self.actors[who];
        if actor.counted {
            return;
        }
        actor.counted = true;
        self.census.change(t, |heads| {
            heads.processes += 1;
            heads.alive += 1;
        });
        if orphan {
            self.orphan(who, t);
        }
    }

    pub(super) fn fork_returned(&mut self, child: ActorId, pid: u32, t: Time) {
        match self.actor_index.get(child.0) {
            Some(who) => self.actors[who].know_pid(pid, t),
            None => self.strange(),
        }
    }

    pub(super) fn fork_failed(&mut self, said: Said, child: ActorId, error: &Text) {
        let Some(who) = self.actor_index.get(child.0) else {
            return self.strange();
        };
        if self.actors[who].over() || !self.actors[who].is_process() {
            return self.strange();
        }
        self.actors[who].fork_failed = Some((said.t, error.clone()));
        self.actors[who].lane.leave(said.t);
        self.end_in_tree(who, said.t, true);
        self.drop_ends(who, said.t);
        let was_orphan = self.actors[who].orphaned.is_some();
        if self.actors[who].counted {
            self.census.change(said.t, |heads| {
                heads.processes -= 1;
                heads.alive -= 1;
                heads.orphans -= u32::from(was_orphan);
            });
        }
    }

    pub(super) fn process_started(&mut self, said: Said, pid: u32, name: &Text) {
        let Some(who) = said.who.filter(|&who| self.can_live(who)) else {
            return self.strange();
        };
        let actor = &mut self.actors[who];
        if actor.started.is_some() {
            // A program that mpviz did not bring has joined, and speaks for itself from here on.
            if actor.is_foreign() && said.by.is_none() {
                actor.foreign.tell(said.t, false);
                // What the kernel said that it waits for, it knows better.
                actor.open.clear();
                actor.began.clear();
                for unseen in &mut actor.unseen {
                    if unseen.what == Sight::Messages {
                        unseen.until = unseen.until.min(said.t);
                    }
                }
                self.rename(who, said.t, name, true);
                return self.show_state(who, said.t);
            }
            return self.strange();
        }
        actor.started = Some(said.t);
        actor.know_pid(pid, said.t);
        actor.foreign.tell(said.t, said.by == Some(ActorId::MPVIZ));
        self.rename(who, said.t, name, true);
        self.show_state(who, said.t);
        self.count_in(who, said.t);
    }

    /// Returns whether it is a process of the program that has not ended.
    pub(super) fn can_live(&self, who: usize) -> bool {
        let actor = &self.actors[who];
        actor.is_process() && actor.id != ActorId::MPVIZ && !actor.over()
    }

    pub(super) fn process_exec(&mut self, said: Said, argv: &[Text]) {
        let Some(who) = said.who.filter(|&who| self.can_live(who)) else {
            return self.strange();
        };
        let actor = &mut self.actors[who];
        actor.programs.tell(said.t, argv.to_vec());
        actor.foreign.tell(said.t, true);
        if actor.lane.at(said.t).map(|now| now.state) == Some(State::Still) {
            actor.lane.enter(said.t, State::Running);
        }
        if let (Some(program), Some(ActorId::MPVIZ)) = (argv.first(), said.by) {
            // Nobody has said what it is to be called.
            let file = program.rsplit('/').next().unwrap_or(program);
            self.rename(who, said.t, &Text::from(file.trim_start_matches('-')), true);
        }
        self.drop_inherited_ends(who, said.t);
    }

    pub(super) fn process_finishing(&mut self, said: Said) {
        let Some(who) = said.who.filter(|&who| self.can_live(who)) else {
            return self.strange();
        };
        if self.actors[who].noted.finishing.is_none() {
            self.actors[who].noted.finishing = Some(said.t);
            self.find_at_a_finish(who, said.t);
        }
    }

    pub(super) fn process_exiting(&mut self, said: Said, code: i32) {
        let Some(who) = said.who.filter(|&who| self.can_live(who)) else {
            return self.strange();
        };
        self.actors[who].exiting.get_or_insert((said.t, code));
    }

    pub(super) fn process_exited(&mut self, said: Said, code: Option<i32>) -> Keep {
        let Some(who) = said.who.filter(|&who| self.actors[who].is_process()) else {
            self.strange();
            return Keep::Kept;
        };
        let actor = &mut self.actors[who];
        // The stage saw the end, the reaper was told the code.
        if let Some(exit) = actor.know_code(said.t, code) {
            self.code_in_tree(who, exit);
            self.find_bad_exit(who, said.t);
            return Keep::Dropped;
        }
        if self.can_live(who) {
            self.end_process(who, said.t, code);
        } else {
            self.strange();
        }
        Keep::Kept
    }

    /// Whoever reads a child's exit code is taken to act on it.
    pub(super) fn exit_code_read(&mut self, child: ActorId) {
        match self.actor_index.get(child.0) {
            Some(who) => self.actors[who].noted.unread = false,
            None => self.strange(),
        }
    }

    pub(super) fn process_reaped(&mut self, said: Said, child: ActorId, code: Option<i32>) {
        let known = self.actor_index.get(child.0);
        let Some(who) = known.filter(|&who| {
            let actor = &self.actors[who];
            actor.reaped.is_none() && (actor.exited.is_some() || self.can_live(who))
        }) else {
            return self.strange();
        };
        if !self.actors[who].is_process() {
            return self.strange();
        }
        if self.actors[who].exited.is_none() {
            self.end_process(who, said.t, code);
        }
        self.actors[who].know_code(said.t, code);
        self.find_bad_exit(who, said.t);
        self.end_raised(who, Until::Reaped, said.t);
        let actor = &mut self.actors[who];
        actor.reaped = Some((said.t, said.actor));
        actor.lane.leave(said.t);
        if let Some(exit) = actor.exited {
            self.code_in_tree(who, exit);
        }
        let actor = &mut self.actors[who];
        if actor.counted {
            self.census.change(said.t, |heads| heads.zombies -= 1);
            self.watch.zombies -= 1;
        }
    }

    pub(super) fn process_adopted(
        &mut self,
        said: Said,
        adopter: ActorId,
        ppid: u32,
        since: Option<Time>,
    ) {
        let Some(who) = said.who.filter(|&who| {
            self.actors[who].is_process() && said.actor != ActorId::MPVIZ && said.actor != adopter
        }) else {
            return self.strange();
        };
        let adoption = Adoption {
            t: said.t,
            since,
            adopter,
            ppid,
        };
        self.actors[who].adopted.tell(said.t, adoption);
        if adopter == ActorId::MPVIZ && !self.run.is_attached() {
            self.add_supervisor(said.t);
        }
        if self.can_live(who) {
            self.orphan(who, said.t);
        }
        self.find_adopted_zombie(who, said.t);
    }

    pub(super) fn thread_started(
        &mut self,
        said: Said,
        process: ActorId,
        role: Role,
        object: Option<ObjectId>,
    ) {
        let Some(who) = said.who.filter(|&who| {
            let actor = &self.actors[who];
            !actor.is_process() && actor.started.is_none() && !actor.over()
        }) else {
            return self.strange();
        };
        let owner = self.process_of_position(who);
        let name =
            compact_str::format_compact!("{} {}", short(&self.actors[owner].name), role.text());
        let owner_id = self.actors[owner].id;
        let owner_over = self.actors[owner].over();
        let actor = &mut self.actors[who];
        actor.form = Form::Thread {
            process: owner_id,
            role,
            object,
        };
        actor.name = name;
        actor.started = Some(said.t);
        actor.lane.enter(said.t, State::Running);
        if owner_over || process != owner_id {
            self.strange();
        }
        if owner_over {
            self.end_actor(who, said.t, None);
        }
    }

    pub(super) fn thread_ended(&mut self, said: Said) {
        match said.who.filter(|&who| {
            let actor = &self.actors[who];
            !actor.is_process() && !actor.over()
        }) {
            Some(who) => self.end_actor(who, said.t, None),
            None => self.strange(),
        }
    }

    pub(super) fn signal_sent(&mut self, said: Said, to: ActorId, number: i32) {
        let Some(who) = self.actor_index.get(to.0) else {
            return self.strange();
        };
        self.actors[who].signals.push(Signal {
            t: said.t,
            from: said.actor,
            number,
        });
        match number {
            SIGSTOP => self.stop_actor(who, said.t, true),
            SIGCONT => self.stop_actor(who, said.t, false),
            _ => {}
        }
        self.find_sent_signal(said, to, number);
    }

    pub(super) fn failed(&mut self, said: Said, error: &Text, text: &Text) {
        let Some(who) = said.who else {
            return self.strange();
        };
        let told = if text.is_empty() {
            error.clone()
        } else {
            compact_str::format_compact!("{error}: {text}")
        };
        self.actors[who].failed.get_or_insert((said.t, told));
    }

    /// From here on the kernel's word counts for what a process does.
    pub(super) fn be_hidden(&mut self, who: usize, t: Time) {
        let actor = &mut self.actors[who];
        actor.foreign.tell(t, true);
        actor.started.get_or_insert(t);
        if actor.open.is_empty() {
            actor.lane.enter(t, State::Running);
        }
        if let Some(last) = self.actors[who].samples.last() {
            self.show_sampled(who, t, last.state);
        }
    }

    pub(super) fn sampled(
        &mut self,
        t: Time,
        actor: ActorId,
        state: KernelState,
        cpu: Span,
        memory: u64,
        run_delay: Option<Span>,
    ) {
        let Some(who) = self.actor_index.get(actor.0) else {
            return self.strange();
        };
        self.actors[who].samples.push(RawSample {
            t,
            state,
            cpu,
            memory,
            run_delay,
        });
        self.show_sampled(who, t, state);
    }

    /// Gives a process the name that is told, if there is one.
    fn rename(&mut self, who: usize, t: Time, told: &Text, was_known: bool) {
        let actor = &mut self.actors[who];
        if actor.call(t, told)
            && let Some(life) = actor.life
        {
            self.tree.name(life, t, told, was_known);
        }
    }
}
