//! The watcher: a thread of mpviz that sees to a run from outside of it.
//!
//! It tells who has ended and when (a pidfd per process), what the kernel says of those who live,
//! ends the run when it grows beyond all bounds, and notices when the supervisor is gone. It says
//! `RunEnded`, after the last process and the supervisor were reaped.
//! Invariant: it never waits for a process of the program.

use super::control::{Order, Reaped, Word, hear, tell};
use super::crowd::Crowd;
use super::ends::Ends;
use super::kernel;
use super::net::Net;
use super::sampler::{Sampler, Watched};
use super::sys;
use super::teller::Teller;
use crate::channel::{Arena, clock};
use crate::event::words::{Ending, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::python::Link;
use crossbeam_channel::{Receiver, Sender};
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// What the watcher is told by the rest of mpviz.
#[derive(Debug)]
pub(super) enum Note {
    /// A process lives.
    Started {
        /// Its pid.
        pid: u32,
        /// Who it is.
        actor: ActorId,
        /// Whether the stage has found it; else somebody told of it.
        is_found: bool,
    },
    /// A process becomes another program, whose output is captured.
    Exec {
        /// The process.
        actor: ActorId,
    },
    /// An object was made that is a part of another.
    Made {
        /// The object.
        object: ObjectId,
        /// What it is to the other.
        part: Part,
    },
    /// A process that can't say so itself was given an end of an object.
    Given {
        /// The process.
        actor: ActorId,
        /// The object.
        object: ObjectId,
    },
    /// What a Python process has told.
    Link(Link),
    /// A process is to be sent a signal.
    Signal {
        /// The process.
        actor: ActorId,
        /// The signal's number.
        signal: i32,
        /// Where what the system says to it goes.
        answer: Sender<rustix::io::Result<()>>,
    },
    /// The program's group is to be sent SIGINT.
    Interrupt,
    /// All processes are to be stopped, or to go on.
    Hold {
        /// Whether they are to be stopped.
        is_held: bool,
    },
    /// Sleeps and timeouts run so many times as fast as written from now on.
    Pace(f64),
    /// The run is to be ended.
    Stop,
}

/// What the watcher begins with.
pub(super) struct Start {
    pub(super) net: Net,
    /// The program's process group, which stands as long as the supervisor.
    pub(super) group: Pid,
    pub(super) arena: Arena,
    pub(super) tell: Teller,
    /// Those of one batch come together: a process may have ended before they do.
    pub(super) notes: Receiver<Vec<Note>>,
    /// An eventfd, written after each note.
    pub(super) wake: Arc<OwnedFd>,
    pub(super) live_max: usize,
}

/// How often it is looked how many processes there are, in ns.
const COUNT_EVERY: u64 = 200_000_000;
/// How long the end of a foreign program waits for its last lines, in ns: they are told before.
const DRAIN_WITHIN: u64 = 100_000_000;
/// How long a supervisor has to end a run before it is ended without it, in ns.
const STOP_WITHIN: u64 = 600_000_000;

/// MainProcess: the first actor that the supervisor makes.
const MAIN: ActorId = ActorId(1);

const WAKE: u64 = 0;
const CONTROL: u64 = 1;
const SUPERVISOR: u64 = 2;
/// Processes have their pid, above these.
const PROCESSES: u64 = 1 << 32;

/// An end that is about to be said.
struct Ended {
    actor: ActorId,
    code: Option<i32>,
    /// By when it is said in any case.
    until: u64,
}

pub(super) struct Watcher {
    start: Start,
    epoll: OwnedFd,
    processes: BTreeMap<u32, Watched>,
    sampler: Sampler,
    ends: Ends,
    /// Those that became another program.
    foreign: BTreeSet<ActorId>,
    /// Those that have ended, which is not said yet.
    ended: Vec<Ended>,
    /// Those that the viewer has stopped, each by itself.
    stopped: BTreeSet<ActorId>,
    crowd: Crowd,
    /// What the supervisor said at its end.
    over: Option<(Ending, Option<i32>)>,
    /// Those of whom it has left to say that they were reaped, after their ends.
    left: Vec<Reaped>,
    /// By when the supervisor is to have ended the run.
    stop_until: Option<u64>,
    next_count: u64,
}

impl Watcher {
    /// Makes a watcher; its thread runs it.
    pub(super) fn new(start: Start) -> rustix::io::Result<Watcher> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let watcher = Watcher {
            epoll,
            processes: BTreeMap::new(),
            sampler: Sampler::new(),
            ends: Ends::default(),
            foreign: BTreeSet::new(),
            ended: Vec::new(),
            stopped: BTreeSet::new(),
            crowd: Crowd::new(start.live_max),
            over: None,
            left: Vec::new(),
            stop_until: None,
            next_count: 0,
            start,
        };
        watcher.add(watcher.start.wake.as_fd(), WAKE)?;
        watcher.add(watcher.start.net.control(), CONTROL)?;
        watcher.add(watcher.start.net.pidfd(), SUPERVISOR)?;
        Ok(watcher)
    }

    fn add(&self, fd: BorrowedFd<'_>, token: u64) -> rustix::io::Result<()> {
        let data = epoll::EventData::new_u64(token);
        epoll::add(&self.epoll, fd, data, epoll::EventFlags::IN)
    }

    /// Watches until the run is over and nothing of it is left.
    pub(super) fn run(mut self) {
        while self.wait() {
            self.start.tell.flush();
            let now = clock::monotonic();
            if self.stop_until.is_some_and(|until| now >= until) {
                self.start.net.kill_supervisor();
            }
            self.say_ends(|end| now >= end.until);
            if now >= self.next_count {
                self.next_count = now + COUNT_EVERY;
                self.count();
            }
            let Start { arena, tell, .. } = &mut self.start;
            let processes = &mut self.processes;
            self.sampler
                .sample(now, processes, &mut self.ends, arena, tell);
        }
        self.close();
    }

    /// Waits and sees to what comes; returns whether the supervisor lives.
    fn wait(&mut self) -> bool {
        let now = clock::monotonic();
        let mut until = self.next_count.min(self.sampler.due());
        until = until.min(self.stop_until.unwrap_or(u64::MAX));
        let ends = self.ended.iter().map(|end| end.until);
        until = until.min(ends.min().unwrap_or(u64::MAX));
        let ns = until.saturating_sub(now).min(1_000_000_000);
        let timeout = Timespec {
            tv_sec: 0,
            tv_nsec: i64::try_from(ns.min(999_999_999)).unwrap_or(0),
        };
        let mut events = [MaybeUninit::uninit(); 64];
        let tokens: Vec<u64> = match epoll::wait(&self.epoll, &mut events, Some(&timeout)) {
            Ok((events, _)) => events.iter().map(|event| event.data.u64()).collect(),
            Err(_) => Vec::new(),
        };
        let mut lives = true;
        for token in tokens {
            match token {
                WAKE => self.read_notes(),
                CONTROL => self.hear(),
                SUPERVISOR => lives = false,
                process => self.exited(u32::try_from(process - PROCESSES).unwrap_or(0)),
            }
        }
        lives
    }

    fn read_notes(&mut self) {
        // It counts notes; they are all read below.
        let _ = rustix::io::read(&self.start.wake, &mut [0; 8]);
        let notes: Vec<Note> = self.start.notes.try_iter().flatten().collect();
        for note in notes {
            match note {
                Note::Started {
                    pid,
                    actor,
                    is_found,
                } => {
                    self.ends.set_mute(actor, is_found);
                    self.watch(pid, actor);
                }
                Note::Made { object, part } => self.ends.made(object, part),
                Note::Given { actor, object } => self.given(actor, object),
                Note::Exec { actor } => self.becomes_another(actor),
                Note::Link(link) => self.link(link),
                Note::Signal {
                    actor,
                    signal,
                    answer,
                } => {
                    // Nobody waits for the answer any more: it is not needed.
                    let _ = answer.try_send(self.signal(actor, signal));
                }
                Note::Hold { is_held } => self.hold(is_held),
                Note::Interrupt => {
                    // The group stands as long as the supervisor does, by its keeper, which
                    // takes no signal.
                    let _ = rustix::process::kill_process_group(self.start.group, Signal::INT);
                }
                Note::Pace(factor) => self.set_pace(factor),
                Note::Stop => self.stop(),
            }
        }
    }

    /// Sends a signal to a process, if it lives.
    fn signal(&mut self, actor: ActorId, signal: i32) -> rustix::io::Result<()> {
        let mut watched = self.processes.values();
        let watched = watched.find(|watched| watched.actor == actor);
        let watched = watched.ok_or(Errno::SRCH)?;
        let number = Signal::from_named_raw(signal).ok_or(Errno::INVAL)?;
        // Asked first, so that none is told that the system refuses.
        sys::may_signal(watched.pidfd.as_fd())?;
        let kind = Kind::SignalSent { to: actor, signal };
        self.start.tell.say(ActorId::MPVIZ, None, kind);
        match number {
            Signal::STOP => drop(self.stopped.insert(actor)),
            Signal::CONT => drop(self.stopped.remove(&actor)),
            _ => {}
        }
        rustix::process::pidfd_send_signal(&watched.pidfd, number)?;
        self.sampler.hurry();
        Ok(())
    }

    /// Stops all processes, or lets them go on but for those that were stopped by themselves. The
    /// group is stopped as one, so nobody in it gets away; who has left it is stopped besides.
    fn hold(&mut self, is_held: bool) {
        let control = self.start.arena.control();
        if is_held == control.frozen() {
            return;
        }
        let now = self.start.arena.now();
        let kind = if is_held {
            Kind::Frozen {}
        } else {
            Kind::Thawed {}
        };
        if is_held {
            self.start.tell.say(ActorId::MPVIZ, None, kind);
            control.set_frozen(true, now);
        } else {
            // Said before anybody can say a word.
            control.set_frozen(false, now);
            self.start.tell.say(ActorId::MPVIZ, None, kind);
        }
        let signal = if is_held { Signal::STOP } else { Signal::CONT };
        // Who has just ended needs no signal.
        let _ = rustix::process::kill_process_group(self.start.group, signal);
        for watched in self.processes.values() {
            let is_stopped = is_held || self.stopped.contains(&watched.actor);
            let signal = if is_stopped {
                Signal::STOP
            } else {
                Signal::CONT
            };
            let _ = rustix::process::pidfd_send_signal(&watched.pidfd, signal);
        }
        self.sampler.hurry();
    }

    fn set_pace(&mut self, factor: f64) {
        let kind = Kind::PaceChanged { factor };
        self.start.tell.say(ActorId::MPVIZ, None, kind);
        self.start.arena.control().set_pace(factor);
    }

    fn becomes_another(&mut self, actor: ActorId) {
        self.foreign.insert(actor);
        if actor == MAIN {
            self.ends.set_mute(actor, true);
        }
        self.sampler.hurry();
    }

    fn link(&mut self, link: Link) {
        match link {
            Link::Speaks(actor) => self.ends.set_voiced(actor),
            Link::Pipe { object, link, end } => {
                self.ends.linked(object, link, end);
                self.sampler.hurry();
            }
        }
    }

    fn given(&mut self, actor: ActorId, object: ObjectId) {
        let is_it = |(_, watched): &(&u32, &Watched)| watched.actor == actor;
        if let Some((&pid, _)) = self.processes.iter().find(is_it) {
            self.ends.given(object, pid);
        }
    }

    fn stop(&mut self) {
        if self.stop_until.is_none() {
            self.stop_until = Some(clock::monotonic() + STOP_WITHIN);
            self.order(Order::Stop);
        }
    }

    fn order(&self, order: Order) {
        // If it is gone, that is noticed; if it does not read, it is ended in time.
        let _ = tell(self.start.net.control(), &order, &[]);
    }

    fn hear(&mut self) {
        match hear::<Word>(self.start.net.control()) {
            Ok(Some((Word::Over { ending, code, left }, _))) => {
                self.over = Some((ending, code));
                self.left = left;
            }
            Ok(Some((Word::Drained { actor }, _))) => self.say_ends(|end| end.actor == actor),
            Ok(Some(_)) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            // It is gone, and its pidfd says so too.
            Ok(None) | Err(_) => {
                let _ = epoll::delete(&self.epoll, self.start.net.control());
            }
        }
    }

    /// Begins to watch a process, if it still is the one that said it has started.
    fn watch(&mut self, pid: u32, actor: ActorId) {
        match self.processes.get(&pid) {
            // It has joined, and says so too.
            Some(watched) if watched.actor == actor => return,
            Some(_) => self.exited(pid),
            None => {}
        }
        let Some(watched) = Watched::open(pid, actor, self.start.net.pid()) else {
            return;
        };
        let token = PROCESSES + u64::from(pid);
        if self.add(watched.pidfd.as_fd(), token).is_ok() {
            self.processes.insert(pid, watched);
            self.sampler.came(pid);
        }
    }

    /// A watched process has ended, or it is looked whether it has.
    fn exited(&mut self, pid: u32) {
        let Some(watched) = self.processes.remove(&pid) else {
            return;
        };
        let since = self.start.arena.now();
        let _ = epoll::delete(&self.epoll, &watched.pidfd);
        let actor = watched.actor;
        self.ends.set_mute(actor, false);
        let code = watched.code();
        self.ended.push(Ended {
            actor,
            code,
            until: clock::monotonic() + DRAIN_WITHIN,
        });
        if self.foreign.contains(&actor) {
            self.order(Order::Drain { actor });
        } else {
            self.say_ends(|end| end.actor == actor);
        }
        self.order(Order::Look { since });
    }

    /// Says the ends whose time has come.
    fn say_ends(&mut self, has_come: impl Fn(&Ended) -> bool) {
        let tell = &mut self.start.tell;
        self.ended.retain(|end| {
            let has_come = has_come(end);
            if has_come {
                let code = end.code;
                let kind = Kind::ProcessExited { code };
                tell.say(end.actor, Some(ActorId::MPVIZ), kind);
            }
            !has_come
        });
    }

    /// Ends the run if too many processes of it live.
    fn count(&mut self) {
        if self.stop_until.is_some() {
            return;
        }
        if let Some(live) = self.crowd.too_many(self.start.net.pid()) {
            let text = format!(
                "{live} processes live, at most {} may: the run is ended",
                self.crowd.live_max
            );
            let kind = Kind::Failed {
                error: Text::const_new("too many processes"),
                text: Text::from(text),
            };
            self.start.tell.say(ActorId::MPVIZ, None, kind);
            self.stop();
        }
    }

    /// Ends and reaps what the supervisor has left, and says how it all ended.
    fn close(mut self) {
        // Its last word may have come together with its end.
        while self.over.is_none() {
            match hear::<Word>(self.start.net.control()) {
                Ok(Some((Word::Over { ending, code, left }, _))) => {
                    self.over = Some((ending, code));
                    self.left = left;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        let actors: BTreeMap<u32, ActorId> = self
            .processes
            .iter()
            .map(|(&pid, watched)| (pid, watched.actor))
            .collect();
        let mut reaped = Vec::new();
        self.start
            .net
            .cut(|pid, status| reaped.push((pid, kernel::code_of_status(status))));
        for pid in actors.keys() {
            self.exited(*pid);
        }
        self.say_ends(|_| true);
        for Reaped { child, parent } in std::mem::take(&mut self.left) {
            let kind = Kind::ProcessReaped { child, code: None };
            self.start.tell.say(parent, Some(ActorId::MPVIZ), kind);
        }
        let arena = &self.start.arena;
        let mut main_code = None;
        for (pid, code) in reaped {
            let Some(child) = actors
                .get(&pid)
                .copied()
                .or_else(|| arena.actor_of_pid(pid))
            else {
                continue;
            };
            let code = Some(code);
            if child == MAIN {
                main_code = code;
            }
            let by = Some(ActorId::MPVIZ);
            self.start.tell.say(child, by, Kind::ProcessExited { code });
            let kind = Kind::ProcessReaped { child, code };
            self.start.tell.say(ActorId::MPVIZ, None, kind);
        }
        let (ending, code) = match (self.over, self.stop_until) {
            (Some(over), _) => over,
            (None, Some(_)) => (Ending::Stopped, main_code),
            (None, None) => (Ending::SupervisorLost, main_code),
        };
        let kind = Kind::RunEnded { ending, code };
        self.start.tell.say(ActorId::MPVIZ, None, kind);
        self.start.tell.finish();
    }
}
