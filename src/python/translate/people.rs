//! Who says a fact: processes and threads as they are known here.
//!
//! A ring is a process image's. Whose image it is, is known by its pid, once somebody has announced
//! that; by the first word of a child, which names its parent; or nobody has spoken of it, and it is
//! introduced here. A thread is known by its number in the ring; the main thread is the process.

use super::waits::Frame;
use super::{Translator, pid_of};
use crate::channel::Slot;
use crate::event::words::{Role, Sight};
use crate::event::{ActorId, Kind, ObjectId, Text, Time};
use crate::python::link::Link;
use crate::python::ring::{Birth, Fact};
use crate::python::slot::Word;
use std::collections::HashMap;

/// So often it is tried to get the right to introduce somebody, before the next cut.
const TRIES: u32 = 1000;

/// A process of the program.
pub(super) struct Process {
    pub(super) actor: ActorId,
    pub(super) slot: Option<Slot>,
    pub(super) pid: u32,
    pub(super) parent: ActorId,
    /// Whether it has said that it lives.
    pub(super) has_spoken: bool,
    /// Whether it tells by its shim what it does.
    is_voiced: bool,
    /// Its main thread.
    pub(super) main: usize,
    /// Whether its parent has reaped it.
    pub(super) is_reaped: bool,
    /// Whether it says that it is about to end.
    pub(super) is_exiting: bool,
    /// Whether it forks for others.
    pub(super) is_forkserver: bool,
    /// Whom it is about to make, and has not been told the pid of.
    pub(super) starts: Vec<Start>,
}

/// A process that is being made.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) token: u64,
    /// Who makes it.
    pub(super) thread: usize,
    /// Whom.
    pub(super) child: usize,
}

/// A thread.
pub(super) struct Thread {
    pub(super) actor: ActorId,
    pub(super) process: usize,
    /// How many events it has said.
    pub(super) seq: u32,
    /// How many messages it has put or sent.
    pub(super) messages: u64,
    /// What it is in, the innermost last.
    pub(super) frames: Vec<Frame>,
    /// The queue that it feeds.
    pub(super) feeds: Option<usize>,
    /// The number that its last word was about: while it waits, what for.
    pub(super) about: u64,
    /// Whether its last word was a send, whose end may be told.
    pub(super) is_sending: bool,
    /// The start that it is in, and the interpreter that it runs for it.
    pub(super) starting: Option<u64>,
    pub(super) spawning: Option<u64>,
}

/// A ring.
#[derive(Default)]
pub(super) struct Source {
    pub(super) process: Option<usize>,
    /// By the ring's own number.
    threads: HashMap<u32, usize>,
}

impl Thread {
    pub(super) fn new(actor: ActorId, process: usize) -> Thread {
        Thread {
            actor,
            process,
            seq: 0,
            messages: 0,
            frames: Vec::new(),
            feeds: None,
            about: 0,
            is_sending: false,
            starting: None,
            spawning: None,
        }
    }
}

impl Translator {
    /// Returns whose ring it is; `None` if that can't be said yet.
    pub(super) fn process_of(&mut self, source: u32, birth: &Birth, fact: &Fact) -> Option<usize> {
        if let Some(Source {
            process: Some(process),
            ..
        }) = self.sources.get(&source)
        {
            return Some(*process);
        }
        let process = self
            .process_by_pid(birth.pid)
            .or_else(|| self.child_by_boot(birth, fact))
            .or_else(|| self.child_of(birth.ppid, None, birth))
            .or_else(|| self.introduce(birth.pid, birth.ppid, Text::const_new("")))?;
        self.sources.entry(source).or_default().process = Some(process);
        let name = match fact.slot.word {
            Word::Helper => self.be_helper(process, fact.slot.op),
            _ => Text::const_new(""),
        };
        self.let_speak(process, name);
        Some(process)
    }

    /// Returns the thread that says a fact.
    pub(super) fn thread_of(
        &mut self,
        source: u32,
        birth: &Birth,
        process: usize,
        fact: &Fact,
    ) -> usize {
        let known = self.sources.entry(source).or_default();
        if let Some(&thread) = known.threads.get(&fact.thread) {
            return thread;
        }
        let is_main = match birth.main_thread {
            0 => known.threads.is_empty() && fact.slot.word != Word::Thread,
            main => fact.slot.thread == main,
        };
        if is_main {
            let main = self.processes[process].main;
            known.threads.insert(fact.thread, main);
            return main;
        }
        let actor = self.arena.control().next_actor();
        let thread = self.threads.len();
        self.threads.push(Thread::new(actor, process));
        if let Some(known) = self.sources.get_mut(&source) {
            known.threads.insert(fact.thread, thread);
        }
        self.thread_begins(thread, fact);
        thread
    }

    fn thread_begins(&mut self, thread: usize, fact: &Fact) {
        let (role, object) = match (fact.slot.word, fact.slot.op) {
            (Word::Thread, 1) => (Role::Feeder, self.feeds(thread, fact.slot.a)),
            (Word::Thread, op @ 2..=5) => {
                let role = match op {
                    2 => Role::TaskHandler,
                    3 => Role::ResultHandler,
                    4 => Role::WorkerHandler,
                    _ => Role::Other,
                };
                (role, self.pool_object(fact.slot.a))
            }
            _ => (Role::Other, None),
        };
        let process = self.processes[self.threads[thread].process].actor;
        let at = super::At::of(thread);
        let kind = Kind::ThreadStarted {
            process,
            role,
            object,
        };
        self.say(at, kind);
    }

    fn feeds(&mut self, thread: usize, inode: u64) -> Option<ObjectId> {
        let queue = self.queue_at(inode)?;
        self.threads[thread].feeds = Some(queue);
        Some(self.queue_object(queue))
    }

    /// Says that a process lives, if it has not.
    pub(super) fn let_speak(&mut self, process: usize, name: Text) {
        let known = &mut self.processes[process];
        if !std::mem::replace(&mut known.is_voiced, true) {
            self.links.push(Link::Speaks(known.actor));
            if let Some(slot) = known.slot {
                self.arena.set_voiced(slot);
            }
        }
        if std::mem::replace(&mut known.has_spoken, true) {
            return;
        }
        let (pid, parent) = (known.pid, known.parent);
        let thread = known.main;
        let at = super::At::of(thread);
        self.say(at, Kind::ProcessStarted { pid, parent, name });
    }

    /// Adds a process. Its slot is its actor's.
    pub(super) fn add_process(
        &mut self,
        actor: ActorId,
        slot: Option<Slot>,
        parent: ActorId,
    ) -> usize {
        let process = self.processes.len();
        let main = self.threads.len();
        self.threads.push(Thread::new(actor, process));
        self.by_actor.insert(actor, process);
        self.processes.push(Process {
            actor,
            slot,
            pid: 0,
            parent,
            has_spoken: false,
            is_voiced: false,
            main,
            is_reaped: false,
            is_exiting: false,
            is_forkserver: false,
            starts: Vec::new(),
        });
        process
    }

    /// Returns the process that has a pid: announced by us or by another.
    pub(super) fn process_by_pid(&mut self, pid: u32) -> Option<usize> {
        let announced = self.announced_by(pid);
        if let Some(&process) = self.by_pid.get(&pid) {
            let known = &self.processes[process];
            let has_it = match announced {
                Some(actor) => actor == known.actor,
                // Who has a slot is announced by it until its end.
                None => known.slot.is_none() && !known.is_reaped,
            };
            if has_it {
                return Some(process);
            }
        }
        let actor = announced?;
        let process = match self.by_actor.get(&actor) {
            Some(&process) => process,
            None => {
                let slot = self.arena.slot_of(actor);
                self.add_process(actor, slot, ActorId::MPVIZ)
            }
        };
        self.processes[process].pid = pid;
        self.by_pid.insert(pid, process);
        Some(process)
    }

    /// Returns the process that has a pid, or had it last.
    pub(super) fn last_by_pid(&mut self, pid: u32) -> Option<usize> {
        self.process_by_pid(pid)
            .or_else(|| self.by_pid.get(&pid).copied())
    }

    /// Returns who is announced with a pid. One that was reaped has a slot for a while; its pid may be
    /// another's already.
    fn announced_by(&self, pid: u32) -> Option<ActorId> {
        let actor = self.arena.actor_of_pid(pid)?;
        let known = self.by_actor.get(&actor);
        let is_reaped = known.is_some_and(|&process| self.processes[process].is_reaped);
        (!is_reaped).then_some(actor)
    }

    /// Returns the child that says its first word: one that its logical parent makes just now.
    fn child_by_boot(&mut self, birth: &Birth, fact: &Fact) -> Option<usize> {
        if fact.slot.word != Word::Boot {
            return None;
        }
        let parent = pid_of(fact.slot.a)?;
        self.child_of(parent, fact.text.as_deref(), birth)
    }

    /// Returns whom a process makes just now, and gives it its pid. Of several it is the one of that
    /// name, else the oldest.
    fn child_of(&mut self, parent: u32, name: Option<&str>, birth: &Birth) -> Option<usize> {
        let parent = *self.by_pid.get(&parent)?;
        let starts = &self.processes[parent].starts;
        let unborn: Vec<Start> = starts
            .iter()
            .filter(|start| self.processes[start.child].pid == 0)
            .copied()
            .collect();
        let is_named = |start: &&Start| {
            let child = self.processes[start.child].actor;
            name.is_some_and(|name| self.names.get(&child).is_some_and(|known| known == name))
        };
        let start = unborn.iter().find(is_named).or(unborn.first())?;
        let child = start.child;
        self.give_pid(child, birth.pid);
        Some(child)
    }

    /// A process-to-be has a pid. Returns whether it is the first to say so.
    pub(super) fn give_pid(&mut self, child: usize, pid: u32) -> bool {
        let known = &mut self.processes[child];
        if known.pid != 0 {
            return false;
        }
        known.pid = pid;
        if let Some(slot) = known.slot {
            self.arena.announce(slot, pid);
        }
        self.by_pid.insert(pid, child);
        true
    }

    /// Makes an actor for a process of which nobody has spoken. `None` while another has the right.
    fn introduce(&mut self, pid: u32, ppid: u32, name: Text) -> Option<usize> {
        let parent = self.parent_of(ppid);
        let (actor, slot) = {
            let arena = self.arena.clone();
            let _right = (0..TRIES).find_map(|_| {
                std::hint::spin_loop();
                arena.control().try_introduce()
            })?;
            match self.announced_by(pid) {
                Some(actor) => (actor, arena.slot_of(actor)),
                None => {
                    let actor = arena.control().next_actor();
                    let slot = arena.reserve(actor, actor);
                    if let Some(slot) = slot {
                        arena.announce(slot, pid);
                    }
                    (actor, slot)
                }
            }
        };
        let process = self.add_process(actor, slot, parent);
        self.processes[process].pid = pid;
        self.by_pid.insert(pid, process);
        self.let_speak(process, name);
        Some(process)
    }

    /// Returns the actor of a parent, else mpviz's.
    fn parent_of(&mut self, ppid: u32) -> ActorId {
        let parent = (ppid != 0).then(|| self.process_by_pid(ppid)).flatten();
        parent.map_or(ActorId::MPVIZ, |parent| self.processes[parent].actor)
    }

    /// An interpreter has started with the shim.
    pub(in crate::python) fn greet(&mut self, t: Time, pid: u32, ppid: u32, argv: &[String]) {
        self.now = t;
        let helper = argv.iter().find_map(|word| helper_by(word));
        if let Some(process) = self.process_by_pid(pid) {
            // One that has become another program speaks for itself again.
            let known = &mut self.processes[process];
            known.has_spoken &= !known.is_voiced;
            let name = helper.map(|op| self.be_helper(process, op));
            return self.let_speak(process, name.unwrap_or_default());
        }
        let is_made = self.by_pid.get(&ppid).is_some_and(|&parent| {
            let starts = &self.processes[parent].starts;
            starts
                .iter()
                .any(|start| self.processes[start.child].pid == 0)
        });
        // Whom somebody makes just now is told of in a moment.
        if !is_made || helper.is_some() {
            let name = helper.map_or_else(|| name_of(argv), helper_name);
            let process = self.introduce(pid, ppid, name);
            if let Some((process, op)) = process.zip(helper) {
                self.be_helper(process, op);
            }
        }
    }

    /// The messages of a process can't be seen, though it has said so itself.
    pub(in crate::python) fn hide(&mut self, t: Time, pid: u32, reason: &str) {
        self.now = t;
        let Some(process) = self.process_by_pid(pid) else {
            return;
        };
        let (actor, slot) = (self.processes[process].actor, self.processes[process].slot);
        if let Some(slot) = slot {
            // Nobody needs to ask it.
            self.arena.set_voiced(slot);
        }
        let what = Sight::Messages;
        let why = super::shown(reason);
        self.say_mpviz(actor, Kind::Unseen { what, why });
    }

    /// A process is one of multiprocessing's own. Returns its name.
    pub(super) fn be_helper(&mut self, process: usize, op: u8) -> Text {
        self.processes[process].is_forkserver |= op == FORKSERVER;
        helper_name(op)
    }
}

/// The number of the forkserver among multiprocessing's own processes.
const FORKSERVER: u8 = 2;

/// Returns the name of one of multiprocessing's own processes.
pub(super) fn helper_name(op: u8) -> Text {
    Text::const_new(match op {
        1 => "resource tracker",
        2 => "forkserver",
        3 => "manager server",
        _ => "",
    })
}

/// Returns which of multiprocessing's own processes is started with an argument. loky has a tracker
/// of its own.
pub(super) fn helper_by(argument: &str) -> Option<u8> {
    if argument.contains("resource_tracker import main") {
        return Some(1);
    }
    let is_forkserver = argument.contains("multiprocessing.forkserver import");
    is_forkserver.then_some(FORKSERVER)
}

/// Returns the name of a process by its arguments.
fn name_of(argv: &[String]) -> Text {
    let program = argv.first().map_or("", String::as_str);
    Text::from(program.rsplit('/').next().unwrap_or(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_of_multiprocessing_and_of_loky_are_known_by_what_they_run() {
        for (argument, expected) in [
            (
                "from multiprocessing.resource_tracker import main;main(5)",
                Some(1),
            ),
            (
                "from joblib.externals.loky.backend.resource_tracker import main; main(3, False)",
                Some(1),
            ),
            (
                "from multiprocessing.forkserver import main; main(5, 6, ['a'])",
                Some(2),
            ),
            (
                "from multiprocessing.spawn import spawn_main; spawn_main(5)",
                None,
            ),
        ] {
            assert_eq!(helper_by(argument), expected, "{argument}");
        }
    }
}
