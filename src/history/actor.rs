//! Actors: processes and threads, with what became of them.

use super::finding::Noted;
use super::lane::{Lane, State};
use super::run::Unseen;
use super::several::Several;
use super::task::Band;
use super::told::Told;
use crate::event::words::{End, KernelState, Method, Role, Sight};
use crate::event::{ActorId, FileId, ObjectId, Span, Text, Time};

/// A process or a thread.
///
/// Every fact has the time since when it is known; a view of a moment `t` shows those up to `t`.
#[derive(Clone, PartialEq, Debug)]
pub struct Actor {
    /// Its id.
    pub id: ActorId,
    /// Its last name; of a thread, its process's name and its role.
    pub name: Text,
    /// Its names, where it has had several.
    pub(super) names: Told<Text>,
    /// Process or thread.
    pub form: Form,
    /// Its pid; of a thread, none.
    pub pid: Option<u32>,
    /// Since when the pid is known.
    pub(super) pid_since: Time,
    /// The process that made it; `None` for what mpviz made, and where it is not known.
    pub parent: Option<ActorId>,
    /// How it was made.
    pub method: Option<Method>,
    /// The function that it runs, where that was told when it was forked.
    pub function: Option<Text>,
    /// Whether it ends with its parent.
    pub daemon: bool,
    /// When the first event named it.
    pub known: Time,
    /// When its process object was made.
    pub created: Option<Time>,
    /// When its parent was about to fork it.
    pub forked: Option<Time>,
    /// When it first lived.
    pub started: Option<Time>,
    /// When it said that it is about to end, and with which code.
    pub exiting: Option<(Time, i32)>,
    /// Its end; a thread's too, without a code.
    pub exited: Option<Exit>,
    /// Since when the code of its end is known.
    pub(super) code_since: Time,
    /// When its end was taken note of, and by whom.
    pub reaped: Option<(Time, ActorId)>,
    /// Since when it is an orphan: it lived on when its parent had ended.
    pub orphaned: Option<Time>,
    /// Its new parents, if its first one ended before it.
    pub adopted: Told<Adoption>,
    /// When its fork failed, and with which error.
    pub fork_failed: Option<(Time, Text)>,
    /// The programs that it became, each with its arguments.
    pub(super) programs: Told<Vec<Text>>,
    /// Whether it runs a program that does not speak for itself: what is known of it is what the
    /// kernel tells.
    pub(super) foreign: Told<bool>,
    /// The pool that it works for.
    pub(super) pool: Told<ObjectId>,
    /// An error or panic that nobody in the program handled.
    pub failed: Option<(Time, Text)>,
    /// What can't be seen of it, and why.
    pub unseen: Vec<Unseen>,
    /// The signals that were sent to it.
    pub signals: Vec<Signal>,
    /// Whether it was sent SIGSTOP, and SIGCONT not since.
    pub(super) is_stopped: bool,
    /// How deep in the tree it stands.
    pub(super) depth: u32,
    /// Of a process with a row in the tree, its position in the order of becoming known.
    pub(super) life: Option<u32>,
    pub(super) lane: Lane,
    pub(super) bands: Vec<Band>,
    /// Each change of its line.
    pub(super) lines: Vec<(Time, FileId, u32)>,
    pub(super) samples: Vec<RawSample>,
    pub(super) threads: Vec<ActorId>,
    pub(super) children: Vec<ActorId>,
    /// Positions in the log of the events about it.
    pub(super) events: Vec<u32>,
    /// Those of them by which it put, sent or got a message.
    pub(super) passed: Vec<u32>,
    /// The operations that it is in, the innermost last.
    pub(super) open: Vec<State>,
    /// When each of `open` began, and the position of its event.
    pub(super) began: Vec<(Time, u32)>,
    /// What the findings need to know of it.
    pub(super) noted: Noted,
    /// What its waits for several things were for, in order.
    pub(super) several: Vec<Several>,
    /// Positions of the locks that it holds.
    pub(super) held: Vec<usize>,
    /// The ends of pipes that it has.
    pub(super) ends: Vec<OwnEnd>,
    /// Positions of its buffers of queues.
    pub(super) buffers: Vec<usize>,
    /// The position of each of its messages, by the message's number less 1.
    pub(super) sent: Vec<u32>,
    /// Whether it counts as a process of the program.
    pub(super) counted: bool,
}

/// An end of a pipe that an actor has.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct OwnEnd {
    /// The pipe's position.
    pub(super) pipe: usize,
    pub(super) end: End,
    /// Its position among the pipe's holds.
    pub(super) hold: usize,
    /// Whether it came with a fork; then an exec closes it.
    pub(super) inherited: bool,
}

/// Whether an actor is a process or a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// A process.
    Process,
    /// A thread of the runtime.
    Thread {
        /// The process that it belongs to.
        process: ActorId,
        /// What it is for.
        role: Role,
        /// The object that it serves.
        object: Option<ObjectId>,
    },
}

/// An end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Exit {
    /// When.
    pub t: Time,
    /// The exit code, −N if signal N killed it; `None` if nobody saw it. Where the reaper alone
    /// was told, it is known from the reap on.
    pub code: Option<i32>,
}

/// A change of parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Adoption {
    /// When it was told.
    pub t: Time,
    /// Since when it is so, if that is known: its parent's end.
    pub since: Option<Time>,
    /// The new parent; 0 is mpviz's supervisor.
    pub adopter: ActorId,
    /// The new parent's pid.
    pub ppid: u32,
}

/// A signal that was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signal {
    /// When.
    pub t: Time,
    /// By whom.
    pub from: ActorId,
    /// Its number.
    pub number: i32,
}

/// What the kernel says of a process.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sample {
    /// When it was looked at.
    pub t: Time,
    /// What it does.
    pub state: KernelState,
    /// CPU time used since its start.
    pub cpu: Span,
    /// The share of one CPU that it used since the sample before; 1 is all of it.
    pub share: f64,
    /// Anonymous memory in bytes.
    pub memory: u64,
    /// Time that it could have run and had no CPU.
    pub run_delay: Option<Span>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct RawSample {
    pub(super) t: Time,
    pub(super) state: KernelState,
    pub(super) cpu: Span,
    pub(super) memory: u64,
    pub(super) run_delay: Option<Span>,
}

impl Actor {
    /// Returns whether it has slept from the last sample but one to the last, while all that it has
    /// said is that it runs.
    pub(super) fn has_slept(&self) -> bool {
        let [.., before, last] = self.samples.as_slice() else {
            return false;
        };
        let is_asleep = |sample: &RawSample| {
            matches!(sample.state, KernelState::Sleeping | KernelState::DiskSleep)
        };
        let used = last.cpu.0.saturating_sub(before.cpu.0);
        is_asleep(before)
            && is_asleep(last)
            && used <= last.t.since(before.t).0 / 100
            && self
                .lane
                .at(last.t)
                .is_some_and(|now| now.state == State::Running && now.start <= before.t)
    }

    pub(super) fn new(id: ActorId, form: Form, known: Time) -> Actor {
        Actor {
            id,
            name: Text::default(),
            names: Told::default(),
            form,
            pid: None,
            pid_since: known,
            parent: None,
            method: None,
            function: None,
            daemon: false,
            known,
            created: None,
            forked: None,
            started: None,
            exiting: None,
            exited: None,
            code_since: Time::ZERO,
            reaped: None,
            orphaned: None,
            adopted: Told::default(),
            fork_failed: None,
            programs: Told::default(),
            foreign: Told::default(),
            pool: Told::default(),
            failed: None,
            signals: Vec::new(),
            is_stopped: false,
            depth: 0,
            life: None,
            lane: Lane::new(),
            bands: Vec::new(),
            lines: Vec::new(),
            samples: Vec::new(),
            threads: Vec::new(),
            children: Vec::new(),
            events: Vec::new(),
            passed: Vec::new(),
            open: Vec::new(),
            began: Vec::new(),
            noted: Noted::default(),
            several: Vec::new(),
            held: Vec::new(),
            ends: Vec::new(),
            unseen: Vec::new(),
            buffers: Vec::new(),
            sent: Vec::new(),
            counted: false,
        }
    }

    /// Says on which line it is.
    #[inline]
    pub(super) fn reach(&mut self, t: Time, (file, line): (FileId, u32)) {
        if self
            .lines
            .last()
            .is_none_or(|&(_, f, l)| (f, l) != (file, line))
        {
            self.lines.push((t, file, line));
        }
    }

    /// Returns whether it has ended for good, or never came to be.
    pub(super) fn over(&self) -> bool {
        self.exited.is_some() || self.fork_failed.is_some()
    }

    /// Returns whether it is a process.
    pub fn is_process(&self) -> bool {
        self.form == Form::Process
    }

    /// Takes note of the code of its end, which the one who reaped it may know later than another saw
    /// the end itself.
    pub(super) fn know_code(&mut self, t: Time, code: Option<i32>) -> Option<Exit> {
        let exit = self.exited.as_mut()?;
        if exit.code.is_none() && code.is_some() {
            exit.code = code;
            self.code_since = t;
        }
        Some(*exit)
    }

    /// Returns whether it lives at `t`: forked, and not yet ended.
    pub fn alive_at(&self, t: Time) -> bool {
        self.begun().is_some_and(|begun| begun <= t) && !self.ended_at(t)
    }

    /// Returns whether it has ended at `t`.
    pub fn ended_at(&self, t: Time) -> bool {
        self.exited.is_some_and(|exit| exit.t <= t)
            || self.fork_failed.as_ref().is_some_and(|(at, _)| *at <= t)
    }

    /// Returns its end, if that is known at `t`.
    pub fn exit_at(&self, t: Time) -> Option<Exit> {
        let exit = self.exited.filter(|exit| exit.t <= t)?;
        let code = exit.code.filter(|_| self.code_since <= t);
        Some(Exit { code, ..exit })
    }

    /// Returns whether it is a zombie at `t`: ended, and not yet reaped.
    pub fn zombie_at(&self, t: Time) -> bool {
        self.is_process() && self.exit_at(t).is_some() && self.reaped.is_none_or(|(at, _)| at > t)
    }

    /// Takes note of the pid, which is told once.
    pub(super) fn know_pid(&mut self, pid: u32, t: Time) {
        if self.pid.is_none() {
            self.pid = Some(pid);
            self.pid_since = t;
        }
    }

    /// Gives it a name; returns whether it is another than it had.
    pub(super) fn call(&mut self, t: Time, name: &Text) -> bool {
        if name.is_empty() || self.name == *name {
            return false;
        }
        // Of one that is heard of now nobody has seen the name that it has without one.
        if self.known < t {
            if self.names.last().is_none() {
                self.names.tell(self.known, self.name.clone());
            }
            self.names.tell(t, name.clone());
        }
        self.name.clone_from(name);
        true
    }

    /// Returns its name, as it was known at `t`.
    pub fn name_at(&self, t: Time) -> &Text {
        self.names.at(t).unwrap_or(&self.name)
    }

    /// Returns the function that it runs, if that is known at `t`.
    pub fn function_at(&self, t: Time) -> Option<&Text> {
        let is_forked = self.forked.is_some_and(|forked| forked <= t);
        self.function.as_ref().filter(|_| is_forked)
    }

    /// Returns the program that it has become at `t`, with its arguments.
    pub fn argv_at(&self, t: Time) -> &[Text] {
        self.programs.at(t).map_or(&[], Vec::as_slice)
    }

    /// Returns whether it runs a program at `t` that does not speak for itself: what is known of it is
    /// what the kernel tells.
    pub fn is_foreign_at(&self, t: Time) -> bool {
        self.foreign.at(t).copied().unwrap_or(false)
    }

    /// Returns whether it runs such a program now.
    pub(super) fn is_foreign(&self) -> bool {
        self.foreign.last().copied().unwrap_or(false)
    }

    /// Returns the pool that it works for at `t`: it has begun a task of it, or waited for one.
    pub fn pool_at(&self, t: Time) -> Option<ObjectId> {
        self.pool.at(t).copied()
    }

    /// Returns its new parent at `t`, if one before ended before it.
    pub fn adopted_at(&self, t: Time) -> Option<Adoption> {
        self.adopted.at(t).copied()
    }

    /// Returns whether mpviz killed it, as it ended the run.
    pub fn is_ended_by_mpviz(&self) -> bool {
        self.noted.doomed
    }

    /// Returns why its messages can't be seen at `t`, of a Python whose shim does not speak.
    pub fn hidden_at(&self, t: Time) -> Option<&Text> {
        let is_it = |unseen: &&Unseen| unseen.what == Sight::Messages && unseen.holds_at(t);
        self.unseen.iter().find(is_it).map(|unseen| &unseen.why)
    }

    /// Returns its pid, if it is known at `t`.
    pub fn pid_at(&self, t: Time) -> Option<u32> {
        self.pid.filter(|_| self.pid_since <= t)
    }

    /// Returns whether it is an orphan at `t`: it lives, and its first parent does not.
    pub fn orphan_at(&self, t: Time) -> bool {
        self.orphaned.is_some_and(|since| since <= t) && !self.ended_at(t)
    }

    fn begun(&self) -> Option<Time> {
        self.forked.or(self.started)
    }
}
