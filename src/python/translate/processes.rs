//! Processes: how they come to be, and how they end.

use super::people::{Start, helper_by, helper_name};
use super::{At, Translator, code_of, error_of, pid_of};
use crate::event::words::{Class, Method};
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::python::slot::{Slot, Word};

/// So many processes may be in the making at a time; of more the pids alone are known.
const STARTS_MAX: usize = 4096;

/// A process that is about to be made.
struct Make {
    token: u64,
    name: Text,
    method: Method,
    daemon: bool,
    function: Option<Text>,
}

impl Make {
    fn new(token: u64, name: Text, method: Method) -> Make {
        Make {
            token,
            name,
            method,
            daemon: false,
            function: None,
        }
    }
}

impl Translator {
    pub(super) fn start(&mut self, at: At, slot: &Slot, name: &str) {
        let method = match slot.op {
            2 => Method::Spawn,
            3 => Method::Forkserver,
            _ => Method::Fork,
        };
        let daemon = slot.extra & 1 != 0;
        self.threads[at.thread].starting = Some(slot.a);
        let (name, function) = name.split_once('\0').unwrap_or((name, ""));
        let function = (!function.is_empty()).then(|| super::shown(function));
        let make = Make {
            token: slot.a,
            name: Text::from(name),
            method,
            daemon,
            function,
        };
        self.make(at, make);
    }

    pub(super) fn fork(&mut self, at: At, slot: &Slot) {
        // Inside a start it is that one's own, and a forkserver's children have another parent, who
        // tells of them.
        let thread = &self.threads[at.thread];
        let is_forkserver = self.processes[thread.process].is_forkserver;
        if thread.starting.is_none() && !is_forkserver {
            let name = Text::const_new("child");
            self.make(at, Make::new(slot.a, name, Method::BareFork));
        }
    }

    pub(super) fn spawn(&mut self, at: At, slot: &Slot, argv: &str) {
        let is_own = argv.contains("multiprocessing.spawn import");
        if is_own && self.threads[at.thread].starting.is_some() {
            // The interpreter of the process that is started.
            self.threads[at.thread].spawning = Some(slot.a);
            return;
        }
        if let Some(op) = helper_by(argv) {
            // Nobody waits for it: it ends by itself when its program has ended.
            if let Some(child) = self.make(
                at,
                Make {
                    daemon: true,
                    ..Make::new(slot.a, helper_name(op), Method::Exec)
                },
            ) {
                self.be_helper(child, op);
            }
            return;
        }
        let name = argv.split('\0').next().unwrap_or("");
        let name = Text::from(name.rsplit('/').next().unwrap_or(name));
        let object = self.arena.control().next_object();
        let made = Kind::ObjectCreated {
            object,
            class: Class::Popen,
            name: name.clone(),
            part_of: None,
            part: None,
            maxsize: None,
            capacity: None,
        };
        self.say(at, made);
        if let Some(child) = self.make(at, Make::new(slot.a, name, Method::Exec)) {
            self.popens.insert(child, object);
            let argv: Vec<Text> = argv.split('\0').map(Text::from).collect();
            self.arguments.insert(child, argv);
        }
    }

    /// A process is about to be made.
    fn make(&mut self, at: At, make: Make) -> Option<usize> {
        let Make {
            token,
            name,
            method,
            daemon,
            function,
        } = make;
        // A child has what its parent has made.
        self.tell_all_queues();
        let maker = self.threads[at.thread].process;
        if self.processes[maker].starts.len() >= STARTS_MAX {
            return None;
        }
        let actor = self.arena.control().next_actor();
        let slot = self.arena.reserve(actor, actor);
        let is_copy = matches!(method, Method::Fork | Method::BareFork | Method::Forkserver);
        if let Some(slot) = slot.filter(|_| is_copy) {
            // It has the shim of whom it is a copy, though it may have nothing to tell.
            self.arena.set_voiced(slot);
        }
        let parent = self.processes[maker].actor;
        let child = self.add_process(actor, slot, parent);
        self.names.insert(actor, name.clone());
        self.processes[maker].starts.push(Start {
            token,
            thread: at.thread,
            child,
        });
        let forked = Kind::ProcessForked {
            child: actor,
            name,
            method,
            daemon,
            function,
        };
        self.say(at, forked);
        Some(child)
    }

    pub(super) fn started(&mut self, at: At, slot: &Slot) {
        self.threads[at.thread].starting = None;
        if let Some(child) = self.end_start(at, slot.a) {
            self.made(at, child, slot.b);
        }
    }

    /// The pid of whom a thread starts, a moment before the start is over.
    fn know_started(&mut self, at: At, token: u64, slot: &Slot) {
        let maker = self.threads[at.thread].process;
        let starts = &self.processes[maker].starts;
        let start = starts.iter().find(|start| start.token == token).copied();
        if let (Some(start), Some(pid)) = (start, pid_of(slot.b)) {
            self.give_pid(start.child, pid);
        }
    }

    pub(super) fn forked(&mut self, at: At, slot: &Slot) {
        if let Some(token) = self.threads[at.thread].starting {
            return self.know_started(at, token, slot);
        }
        if let Some(child) = self.end_start(at, slot.a) {
            self.made(at, child, slot.b);
            self.say_lives(at, child);
        }
    }

    pub(super) fn spawned(&mut self, at: At, slot: &Slot) {
        let thread = &mut self.threads[at.thread];
        if thread.spawning == Some(slot.a) {
            thread.spawning = None;
            if let Some(token) = thread.starting {
                self.know_started(at, token, slot);
            }
            return;
        }
        let Some(child) = self.end_start(at, slot.a) else {
            return;
        };
        self.made(at, child, slot.b);
        self.say_lives(at, child);
        if let Some(argv) = self.arguments.remove(&child) {
            let actor = self.processes[child].actor;
            self.say_of(at, actor, Kind::ProcessExec { argv });
            // It may be a Python itself, which says so when it has begun.
            self.processes[child].has_spoken = false;
        }
    }

    pub(super) fn start_failed(&mut self, at: At, slot: &Slot, text: &str) {
        let thread = &mut self.threads[at.thread];
        if thread.spawning == Some(slot.a) {
            // The start says so, too.
            thread.spawning = None;
            return;
        }
        if slot.word == Word::StartFailed {
            thread.starting = None;
        }
        let Some(child) = self.end_start(at, slot.a) else {
            return;
        };
        self.arguments.remove(&child);
        let known = &self.processes[child];
        let actor = known.actor;
        if let Some(slot) = known.slot.filter(|_| known.pid == 0) {
            self.arena.release(slot);
        }
        let error = Text::from(text);
        self.say(
            at,
            Kind::ForkFailed {
                child: actor,
                error,
            },
        );
    }

    /// Returns whom a thread has made, and forgets that it was at it.
    fn end_start(&mut self, at: At, token: u64) -> Option<usize> {
        let maker = self.threads[at.thread].process;
        let starts = &mut self.processes[maker].starts;
        let is_it = |start: &Start| start.token == token && start.thread == at.thread;
        let place = starts.iter().position(is_it)?;
        let child = starts.swap_remove(place).child;
        self.names.remove(&self.processes[child].actor);
        Some(child)
    }

    fn made(&mut self, at: At, child: usize, pid: u64) {
        let Some(pid) = pid_of(pid) else {
            return;
        };
        self.give_pid(child, pid);
        let child = self.processes[child].actor;
        self.say(at, Kind::ForkReturned { child, pid });
    }

    /// Says of one that may never say a word that it lives.
    fn say_lives(&mut self, at: At, child: usize) {
        let known = &mut self.processes[child];
        if std::mem::replace(&mut known.has_spoken, true) {
            return;
        }
        let (actor, pid, parent) = (known.actor, known.pid, known.parent);
        let name = Text::const_new("");
        self.say_of(at, actor, Kind::ProcessStarted { pid, parent, name });
    }

    pub(super) fn exiting(&mut self, at: At, slot: &Slot) {
        let process = self.threads[at.thread].process;
        if !std::mem::replace(&mut self.processes[process].is_exiting, true) {
            let code = code_of(slot.b);
            self.say(at, Kind::ProcessExiting { code });
        }
    }

    pub(super) fn reaped(&mut self, at: At, slot: &Slot) {
        let reaper = self.threads[at.thread].process;
        if self.processes[reaper].is_forkserver {
            // The parent that asked for it says so.
            return;
        }
        let Some((process, code)) = self.ended(slot) else {
            return;
        };
        let known = &mut self.processes[process];
        known.is_reaped = true;
        let child = known.actor;
        self.say_of(at, child, Kind::ProcessExited { code: Some(code) });
        let code = Some(code);
        self.say(at, Kind::ProcessReaped { child, code });
    }

    pub(super) fn code_read(&mut self, at: At, slot: &Slot) {
        if let Some((process, code)) = self.ended(slot) {
            let child = self.processes[process].actor;
            self.say(at, Kind::ExitCodeRead { child, code });
        }
    }

    fn ended(&mut self, slot: &Slot) -> Option<(usize, i32)> {
        let process = self.last_by_pid(pid_of(slot.a)?)?;
        Some((process, code_of(slot.b)))
    }

    pub(super) fn signal(&mut self, at: At, slot: &Slot) {
        let signal = i32::try_from(slot.b).ok();
        if let (Some(to), Some(signal)) = (self.actor_by_pid(slot.a), signal) {
            self.say(at, Kind::SignalSent { to, signal });
        }
    }

    pub(super) fn failed(&mut self, at: At, text: &str) {
        let (error, text) = error_of(text);
        self.say(at, Kind::Failed { error, text });
    }

    pub(super) fn thread_ended(&mut self, at: At) {
        let thread = &self.threads[at.thread];
        if thread.actor != self.processes[thread.process].actor {
            self.end_frames(at);
            self.say(at, Kind::ThreadEnded {});
        }
    }

    /// Returns who has, or had, a pid.
    pub(super) fn actor_by_pid(&mut self, pid: u64) -> Option<ActorId> {
        let pid = pid_of(pid)?;
        let process = self.last_by_pid(pid)?;
        Some(self.processes[process].actor)
    }

    /// Returns the object of a subprocess, as its starter holds it.
    pub(super) fn popen_of(&mut self, pid: u64) -> Option<ObjectId> {
        let process = self.last_by_pid(pid_of(pid)?)?;
        self.popens.get(&process).copied()
    }
}
