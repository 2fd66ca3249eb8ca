//! The watcher: a thread of mpviz that sees to a run from outside of it.
//!
//! It tells who has ended and when (a pidfd per process), what the kernel says of those who live,
//! ends the run when it grows beyond all bounds, and notices when the supervisor is gone. It says
//! `RunEnded`, after the last process and the supervisor were reaped.
//! A program that mpviz is attached to has no supervisor: it finds its processes itself, ends
//! nothing, and leaves all as it was (`attached`).
//! Invariant: it never waits for a process of the program.

mod attached;
mod hand;

use super::control::{Order, Reaped, Word};
use super::crowd::Crowd;
use super::ends::Ends;
use super::holder::Holder;
use super::kernel;
use super::sampler::{Belongs, Facts, Sampler, Watched};
use super::teller::Teller;
use super::waits::Waits;
use crate::channel::{Arena, clock};
use crate::event::words::{Ending, Part};
use crate::event::{ActorId, Kind, ObjectId, Text};
use crate::python::Link;
use attached::Attached;
use crossbeam_channel::{Receiver, Sender};
use rustix::event::{Timespec, epoll};
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
    /// What a process does with its pipes can't be seen: they are looked for.
    Hidden {
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
    pub(super) holder: Holder,
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
/// How long a supervisor has to end a run before it is ended without it, in ns; longer where it says so.
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
    waits: Waits,
    /// Those that became another program.
    foreign: BTreeSet<ActorId>,
    /// Those that have ended, which is not said yet.
    ended: Vec<Ended>,
    /// Those that the viewer has stopped, each by itself.
    stopped: BTreeSet<ActorId>,
    /// Those that were stopped before the viewer stopped all.
    were_stopped: BTreeSet<ActorId>,
    crowd: Crowd,
    /// What the supervisor said at its end.
    over: Option<(Ending, Option<i32>)>,
    /// MainProcess's exit code, if it was seen here.
    main_code: Option<i32>,
    /// Those of whom it has left to say that they were reaped, after their ends.
    left: Vec<Reaped>,
    /// By when the supervisor is to have ended the run.
    stop_until: Option<u64>,
    /// How long it has for that, in ns.
    stop_within: u64,
    next_count: u64,
}

impl Watcher {
    /// Makes a watcher; its thread runs it.
    pub(super) fn new(start: Start) -> rustix::io::Result<Watcher> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let has_supervisor = start.holder.supervisor().is_some();
        let watcher = Watcher {
            epoll,
            processes: BTreeMap::new(),
            sampler: Sampler::new(),
            ends: Ends::new(!has_supervisor),
            waits: Waits::new(!has_supervisor),
            foreign: BTreeSet::new(),
            ended: Vec::new(),
            stopped: BTreeSet::new(),
            were_stopped: BTreeSet::new(),
            crowd: Crowd::new(start.live_max),
            over: None,
            main_code: None,
            left: Vec::new(),
            stop_until: None,
            stop_within: STOP_WITHIN,
            next_count: 0,
            start,
        };
        watcher.add(watcher.start.wake.as_fd(), WAKE)?;
        if let Some((control, pidfd)) = watcher.start.holder.fds() {
            watcher.add(control, CONTROL)?;
            watcher.add(pidfd, SUPERVISOR)?;
        }
        Ok(watcher)
    }

    fn add(&self, fd: BorrowedFd<'_>, token: u64) -> rustix::io::Result<()> {
        let data = epoll::EventData::new_u64(token);
        epoll::add(&self.epoll, fd, data, epoll::EventFlags::IN)
    }

    /// Watches until the run is over and nothing of it is left.
    pub(super) fn run(mut self) {
        self.say_unseen();
        while self.wait() {
            self.start.tell.flush();
            let now = clock::monotonic();
            if self.find(now) == Attached::Over {
                return self.leave();
            }
            if self.stop_until.is_some_and(|until| now >= until) {
                self.start.holder.kill_supervisor();
            }
            self.say_ends(|end| now >= end.until);
            if now >= self.next_count {
                self.next_count = now + COUNT_EVERY;
                self.count();
            }
            let Start { arena, tell, .. } = &mut self.start;
            let facts = Facts {
                ends: &mut self.ends,
                waits: &mut self.waits,
                arena,
                tell,
            };
            self.sampler.sample(now, &mut self.processes, facts);
        }
        self.close();
    }

    /// Waits and sees to what comes; returns whether the supervisor lives, if there is one.
    fn wait(&mut self) -> bool {
        let now = clock::monotonic();
        let mut until = self.next_count.min(self.sampler.due());
        until = until.min(self.stop_until.unwrap_or(u64::MAX));
        let company = self.start.holder.company();
        until = until.min(company.and_then(|c| c.due()).unwrap_or(u64::MAX));
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
                // Who is found here is watched since then.
                Note::Started { .. } if self.start.holder.supervisor().is_none() => {}
                Note::Started {
                    pid,
                    actor,
                    is_found,
                } => {
                    self.ends.set_mute(actor, is_found);
                    self.watch(pid, actor, is_found);
                }
                Note::Made { object, part } => self.ends.made(object, part),
                Note::Given { actor, object } => self.given(actor, object),
                Note::Exec { actor } => self.becomes_another(actor),
                Note::Hidden { actor } => {
                    self.ends.set_mute(actor, true);
                    self.sampler.hurry();
                }
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
                Note::Interrupt => self.interrupt(),
                Note::Pace(factor) => self.set_pace(factor),
                Note::Stop => self.stop(),
            }
        }
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
            self.stop_until = Some(clock::monotonic() + self.stop_within);
            self.start.holder.order(Order::Stop);
        }
    }

    fn hear(&mut self) {
        match self.start.holder.hear() {
            Ok(Some(Word::Over { ending, code, left })) => {
                self.over = Some((ending, code));
                self.left = left;
            }
            Ok(Some(Word::Drained { actor })) => self.say_ends(|end| end.actor == actor),
            Ok(Some(Word::CleansUp { within })) => {
                self.stop_within = STOP_WITHIN + within;
                let until = clock::monotonic() + self.stop_within;
                self.stop_until = self.stop_until.map(|_| until);
            }
            Ok(Some(_)) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            // It is gone, and its pidfd says so too.
            Ok(None) | Err(_) => {
                let control = self.start.holder.fds().map(|(control, _)| control);
                let _ = control.map(|control| epoll::delete(&self.epoll, control));
            }
        }
    }

    /// Begins to watch a process, if it still is the one that said it has started.
    fn watch(&mut self, pid: u32, actor: ActorId, is_found: bool) {
        match self.processes.get(&pid) {
            // It has joined, and says so too.
            Some(watched) if watched.actor == actor => return,
            Some(_) => self.exited(pid),
            None => {}
        }
        if let Some(supervisor) = self.start.holder.supervisor() {
            let is_watched = self.begin(pid, actor, Belongs::Below(supervisor));
            if !is_watched && is_found && kernel::stat(pid).is_none() {
                // It ended sooner than its word came, and nobody else says so.
                self.ends.set_mute(actor, false);
                let kind = Kind::ProcessExited { code: None };
                let by = Some(ActorId::MPVIZ);
                self.start.tell.say(actor, by, kind);
            }
        }
    }

    /// Begins to watch a process; returns whether it is watched.
    fn begin(&mut self, pid: u32, actor: ActorId, belongs: Belongs) -> bool {
        let Some(watched) = Watched::open(pid, actor, belongs) else {
            return false;
        };
        let token = PROCESSES + u64::from(pid);
        let is_watched = self.add(watched.pidfd.as_fd(), token).is_ok();
        if is_watched {
            self.processes.insert(pid, watched);
            self.sampler.came(pid);
        }
        is_watched
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
        self.waits.forget(pid);
        let code = watched.code();
        if actor == MAIN {
            self.main_code = code;
        }
        self.ended.push(Ended {
            actor,
            code,
            until: clock::monotonic() + DRAIN_WITHIN,
        });
        let company = self.start.holder.company();
        let is_attached = company.map(|company| company.ended(pid)).is_some();
        if self.foreign.contains(&actor) && !is_attached {
            self.start.holder.order(Order::Drain { actor });
        } else {
            self.say_ends(|end| end.actor == actor);
        }
        self.start.holder.order(Order::Look { since });
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
        let supervisor = self.start.holder.supervisor();
        let Some(supervisor) = supervisor.filter(|_| self.stop_until.is_none()) else {
            return;
        };
        if let Some(live) = self.crowd.too_many(supervisor) {
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
            match self.start.holder.hear() {
                Ok(Some(Word::Over { ending, code, left })) => {
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
            .holder
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
