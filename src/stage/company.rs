//! The company: which process of the program is which actor, as the supervisor knows it.
//!
//! Who is forked by the runtime, and whom it starts, has an actor and a slot from before its
//! birth. All others are found here, or join by themselves: then they are given both here.
//! Invariant: nobody has two actors. For pids that nobody has announced the supervisor makes them,
//! which has one thread, and the collector's voice, if there is one; each only while it has the right
//! to introduce (`Control::try_introduce`).
//!
//! Of a program that mpviz is attached to nobody announces anything, and there is no supervisor
//! (`attached`).
//!
//! Processes are found by asking the kernel for the children of those that are known, from the
//! supervisor downwards. The machine's newest pid says cheaply whether that can have an answer, so
//! it is asked often; but a process that lives shorter than the time between two looks is missed.
//!
//! Who has printed a line is known while one process alone holds the stream.

mod attached;
mod hidden;
mod missing;
mod pace;

use self::attached::Tree;
use self::pace::Pace;
use super::control::Reaped;
use super::desk::Asker;
use super::kernel;
use super::teller::Teller;
use super::tree;
use crate::channel::desk::{Answer, Claim, FileIdentity, Seat};
use crate::channel::{Arena, Slot, clock};
use crate::event::kind::layout_hash;
use crate::event::words::Stream;
use crate::event::{ActorId, Kind, Text};
use std::collections::BTreeMap;
use std::os::fd::{AsFd, OwnedFd};

/// No tree of a run is deeper; and parents that end meanwhile do not lead us round.
const DEPTH_MAX: usize = 256;
/// So long a child of a process that speaks may be one that it is about to announce, in ns.
const ANNOUNCED_WITHIN: u64 = 150_000_000;
/// How long after its disappearance a process is said to have been reaped, in ns: its exit code
/// comes before, from who watches it.
const GONE_AFTER: u64 = 10_000_000;
/// The same where a voice may tell that its parent has reaped it: it is heard a moment later.
const HEARD_AFTER: u64 = 100_000_000;
/// So often it is tried to get the right to introduce one who waits for an answer.
const TRIES: u32 = 10_000;
/// So long a new process is looked at often, because most execs come right after a fork, in ns.
const YOUNG: u64 = 1_000_000_000;
/// How often an old one is looked at, in ns.
const OLD_EVERY: u64 = 250_000_000;
/// So many execs of one process are told: one may change its arguments whenever it likes.
const EXECS_MAX: u32 = 32;

/// Who is on the stage.
pub(super) struct Company {
    arena: Arena,
    /// To be given to those who join, if anybody can.
    memory: Option<OwnedFd>,
    /// The supervisor's pid; 0 without one.
    own: u32,
    /// What MainProcess's stdout and stderr are.
    streams: [FileIdentity; 2],
    /// Whether it is looked for processes that nobody announces.
    is_searching: bool,
    /// Whether Python finds the shim, unless somebody keeps it from that.
    has_shim: bool,
    /// The supervisor's arguments: who still has them is about to become the program.
    own_argv: Vec<String>,
    /// Who holds stdout and stderr, `MPVIZ` if several do; and whether somebody has come, gone or
    /// become another since that was looked up.
    writers: [ActorId; 2],
    is_stale: bool,
    members: BTreeMap<u32, Member>,
    /// Since when there are children that may still be announced.
    unannounced: BTreeMap<u32, u64>,
    /// Found ones that have disappeared, and those for whom a voice speaks: when, and their pids.
    gone: Vec<(u64, u32, Member)>,
    pace: Pace,
    /// Without a supervisor, whose company it is.
    tree: Option<Tree>,
}

/// A process of the program.
#[derive(Clone)]
struct Member {
    actor: ActorId,
    parent: ActorId,
    /// Whether its actor was made here: nobody else says that it was reaped.
    is_found: bool,
    /// Whether it uses the library.
    speaks: bool,
    /// Since when it is the program that it is, and whether it was asked why it is silent.
    became: u64,
    was_asked: bool,
    since: u64,
    /// When its arguments were looked at.
    looked: u64,
    argv: Vec<String>,
    execs: u32,
    /// When it started, in clock ticks since the machine did; 0 if that is not known.
    start: u64,
    // What follows is known without a supervisor only.
    /// Its parent's pid, if that is one of the program.
    below: Option<u32>,
    /// Whether it was adopted by somebody outside.
    is_outside: bool,
    /// Whether its end will be seen at once.
    is_watched: bool,
    has_ended: bool,
}

impl Company {
    pub(super) fn new(arena: Arena, memory: OwnedFd, own: u32) -> Company {
        Company::empty(arena, Some(memory), own)
    }

    fn empty(arena: Arena, memory: Option<OwnedFd>, own: u32) -> Company {
        Company {
            arena,
            memory,
            own,
            streams: [None, None],
            is_searching: false,
            has_shim: false,
            own_argv: kernel::arguments(own),
            writers: [ActorId::MPVIZ; 2],
            is_stale: true,
            members: BTreeMap::new(),
            unannounced: BTreeMap::new(),
            gone: Vec::new(),
            pace: Pace::new(),
            tree: None,
        }
    }

    /// Gives who asks its place, and the arena.
    pub(super) fn join(
        &mut self,
        tell: &mut Teller,
        asker: &Asker,
        layout: u64,
        claim: Option<Claim>,
    ) {
        if layout != layout_hash() {
            return asker.answer(&Answer::Refused(libc::EPROTONOSUPPORT), None);
        }
        let Some(parent) = self.parent_of(asker.pid) else {
            // It has the name of the desk from somewhere, but nobody put it on this stage.
            return asker.answer(&Answer::Refused(libc::EPERM), None);
        };
        let arguments = kernel::arguments(asker.pid);
        let (place, is_found) = {
            // Who has the right has it for microseconds.
            let right = (0..TRIES).find_map(|_| self.arena.control().try_introduce());
            let place = self.place_of(asker.pid, claim);
            let is_found = place.is_none() && right.is_some();
            let place = match is_found {
                true => self.introduce(tell, asker.pid, parent, &arguments, &[]),
                false => place,
            };
            (place, is_found)
        };
        let Some((actor, slot)) = place else {
            return asker.answer(&Answer::Refused(libc::EAGAIN), None);
        };
        let member = self
            .members
            .entry(asker.pid)
            .or_insert_with(|| Member::new(actor, parent, is_found));
        member.speaks = true;
        member.know_start(asker.pid);
        let seat = Seat {
            actor,
            slot: slot.numbers(),
            parent,
            streams: self.streams,
        };
        asker.answer(&Answer::Joined(seat), self.memory.as_ref().map(AsFd::as_fd));
    }

    /// Returns the actor and slot that a process has already: its pid was announced, or it is
    /// whom its parent made it to be.
    fn place_of(&self, pid: u32, claim: Option<Claim>) -> Option<(ActorId, Slot)> {
        let arena = &self.arena;
        if let Some(actor) = arena.actor_of_pid(pid) {
            return Some((actor, arena.slot_of(actor)?));
        }
        let Claim { actor, parent } = claim?;
        let slot = arena.slot_of(actor)?;
        let now = kernel::stat(pid)?.parent;
        // Its maker may have ended since; a grandchild with the same variable has another parent,
        // or comes when the place is taken.
        if arena.pid_of(slot).is_some() || (now != parent && now != self.own) {
            return None;
        }
        arena.announce(slot, pid);
        Some((actor, slot))
    }

    /// Makes an actor for a process of which nobody has spoken, and says that it lives. One with
    /// its parent's arguments is a fork of it so far. To be called with the right to introduce.
    fn introduce(
        &self,
        tell: &mut Teller,
        pid: u32,
        parent: ActorId,
        argv: &[String],
        parents_argv: &[String],
    ) -> Option<(ActorId, Slot)> {
        let actor = self.arena.control().next_actor();
        let slot = self.arena.reserve(actor, actor)?;
        self.arena.announce(slot, pid);
        let name = kernel::name_of(pid, argv);
        let by = Some(ActorId::MPVIZ);
        tell.say(actor, by, Kind::ProcessStarted { pid, parent, name });
        if !argv.is_empty() && argv != parents_argv {
            tell.say(actor, by, exec(argv.to_vec()));
        }
        Some((actor, slot))
    }

    /// Returns the nearest one above a process that is known, mpviz for one that stands below the
    /// supervisor itself; `None` for a process that is not below the supervisor.
    fn parent_of(&self, pid: u32) -> Option<ActorId> {
        let mut nearest = None;
        let mut pid = kernel::stat(pid)?.parent;
        for _ in 0..DEPTH_MAX {
            if pid == self.own {
                return Some(nearest.unwrap_or(ActorId::MPVIZ));
            }
            nearest = nearest.or_else(|| self.arena.actor_of_pid(pid));
            pid = kernel::stat(pid)?.parent;
        }
        None
    }

    /// Returns by when it is to be looked again, by the clock in ns; `None` if nobody is looked
    /// for.
    pub(super) fn due(&self) -> Option<u64> {
        self.is_searching.then(|| self.pace.due())
    }

    /// Looks who is there, if it is time, and tells who is new, who has become another program,
    /// and who is gone. `keepers` are not of the program.
    pub(super) fn look(&mut self, tell: &mut Teller, keepers: &[u32]) {
        if !self.is_searching || !self.pace.begins() {
            return;
        }
        let before = clock::thread_cpu();
        let now = clock::monotonic();
        if self.pace.is_promising(now) {
            self.search(tell, keepers, now);
        }
        self.tell_gone(tell, now);
        self.pace.ends(clock::thread_cpu().saturating_sub(before));
    }

    fn search(&mut self, tell: &mut Teller, keepers: &[u32], now: u64) {
        if self.tree.is_some() {
            return self.search_tree(tell, now);
        }
        let mut seen = Vec::with_capacity(self.members.len());
        let mut parents = vec![self.own];
        while let Some(parent) = parents.pop() {
            for pid in tree::children_of(parent) {
                let has_room = seen.len() < self.arena.slot_count();
                let is_to_see = has_room || self.members.contains_key(&pid);
                if !keepers.contains(&pid) && is_to_see {
                    self.see(tell, pid, parent, now);
                    seen.push(pid);
                    parents.push(pid);
                }
            }
        }
        seen.sort_unstable();
        let is_seen = |pid: &u32| seen.binary_search(pid).is_ok();
        let mut left = self.take_left(is_seen);
        self.is_stale |= !left.is_empty();
        left.retain(|(_, member)| member.is_found || self.arena.is_voiced(member.actor));
        let left = left.into_iter();
        self.gone
            .extend(left.map(|(pid, member)| (now, pid, member)));
        self.unannounced.retain(|pid, _| is_seen(pid));
    }

    /// A process is there, a child of `parent`.
    fn see(&mut self, tell: &mut Teller, pid: u32, parent: u32, now: u64) {
        if let Some(member) = self.members.get_mut(&pid) {
            self.is_stale |= member.look(tell, pid, now);
            if self.has_shim {
                member.ask(tell, &self.arena, pid, now);
            }
            return;
        }
        if self.returns(pid) {
            return;
        }
        let above = self.members.get(&parent);
        let maker = above.map_or(ActorId::MPVIZ, |member| member.actor);
        if let Some(actor) = self.arena.actor_of_pid(pid) {
            let argv = kernel::arguments(pid);
            if parent == self.own && argv == self.own_argv {
                return;
            }
            // MainProcess, or one that the runtime has made: a fork of it speaks as it does.
            let mut member = Member::new(actor, maker, false);
            member.speaks = above.is_some_and(|above| above.speaks);
            member.argv = argv;
            member.know_start(pid);
            self.members.insert(pid, member);
            self.is_stale = true;
            return;
        }
        let is_told = |above: &Member| {
            let is_voiced = above.speaks || self.arena.is_voiced(above.actor);
            // What a Python said in the last milliseconds may not have been read yet.
            is_voiced || self.has_shim && above.may_speak(parent)
        };
        // One whose maker is still waited for may be announced after it.
        let is_early = above.is_none() && self.unannounced.contains_key(&parent);
        if is_early || above.is_some_and(is_told) {
            let since = *self.unannounced.entry(pid).or_insert(now);
            if now.saturating_sub(since) < ANNOUNCED_WITHIN {
                return;
            }
        }
        let parents_argv = above.map_or(&[][..], |above| &above.argv);
        let argv = kernel::arguments(pid);
        let introduced = {
            let right = self.arena.control().try_introduce();
            if right.is_none() || self.arena.actor_of_pid(pid).is_some() {
                // Somebody else is at it: the next look shows.
                return;
            }
            self.introduce(tell, pid, maker, &argv, parents_argv)
        };
        // Without a slot it is none of ours; a gap says so.
        let actor = introduced.map_or(ActorId::MPVIZ, |(actor, _)| actor);
        let mut member = Member::new(actor, maker, introduced.is_some());
        member.argv = argv;
        member.know_start(pid);
        self.members.insert(pid, member);
        self.is_stale = true;
        self.pace.found();
    }

    /// The last process is gone. Returns those of whom nobody has said that they were reaped, each
    /// with its parent: whoever sees their ends says it, after these.
    pub(super) fn close(&mut self) -> Vec<Reaped> {
        let left = std::mem::take(&mut self.members);
        let gone = self.gone.drain(..).map(|(_, pid, member)| (pid, member));
        let arena = &self.arena;
        gone.chain(left)
            .filter(|(pid, member)| {
                // Whom a voice speaks for it may have told to be reaped: then the slot is free.
                let is_untold = arena.actor_of_pid(*pid) == Some(member.actor);
                let is_voiced = is_untold && arena.is_voiced(member.actor);
                member.is_found || is_voiced
            })
            .map(|(_, member)| member)
            .map(|Member { actor, parent, .. }| Reaped {
                child: actor,
                parent,
            })
            .collect()
    }

    /// The supervisor itself has reaped a process, and says so.
    pub(super) fn reaped(&mut self, pid: u32) {
        self.is_stale |= self.members.remove(&pid).is_some();
    }

    /// Returns who prints into a stream that MainProcess was given, if one process alone has it;
    /// else `MPVIZ`. What somebody printed who has ended since is said to be his by whom it was
    /// held last.
    pub(super) fn writer(&mut self, stream: Stream) -> ActorId {
        if !self.is_searching {
            return ActorId::MPVIZ;
        }
        if self.is_stale {
            self.is_stale = false;
            for (place, writer) in self.writers.iter_mut().enumerate() {
                let held = self.streams[place];
                let holds = |pid: u32| held.is_some() && kernel::file_at(pid, place + 1) == held;
                let mut holders = self.members.iter().filter(|&(&pid, _)| holds(pid));
                match (holders.next(), holders.next()) {
                    (Some((_, only)), None) => *writer = only.actor,
                    (Some(_), Some(_)) => *writer = ActorId::MPVIZ,
                    (None, _) => {}
                }
            }
        }
        match stream {
            Stream::Stdout => self.writers[0],
            Stream::Stderr => self.writers[1],
        }
    }

    /// MainProcess is about to be started with these streams; `is_searching` if it may have
    /// processes that nobody announces. As yet it is the only one that prints.
    /// `has_shim` if a Python among them would tell what it does.
    pub(super) fn begin(
        &mut self,
        main: ActorId,
        streams: [FileIdentity; 2],
        is_searching: bool,
        has_shim: bool,
    ) {
        self.streams = streams;
        self.is_searching = is_searching;
        self.has_shim = has_shim;
        self.writers = [main; 2];
    }
}

impl Member {
    fn new(actor: ActorId, parent: ActorId, is_found: bool) -> Member {
        let now = clock::monotonic();
        Member {
            actor,
            parent,
            is_found,
            speaks: false,
            became: now,
            was_asked: false,
            since: now,
            looked: now,
            argv: Vec::new(),
            execs: 0,
            start: 0,
            below: None,
            is_outside: false,
            is_watched: true,
            has_ended: false,
        }
    }

    fn know_start(&mut self, pid: u32) {
        self.start = kernel::stat(pid).map_or(0, |stat| stat.start);
    }

    fn say_gone(&self, tell: &mut Teller) {
        let (child, code) = (self.actor, None);
        let kind = Kind::ProcessReaped { child, code };
        tell.say(self.parent, Some(ActorId::MPVIZ), kind);
    }

    /// Looks whether it has become another program, and returns whether it has. Who speaks says so
    /// itself.
    fn look(&mut self, tell: &mut Teller, pid: u32, now: u64) -> bool {
        let is_young = now.saturating_sub(self.since) < YOUNG;
        let is_due = is_young || now.saturating_sub(self.looked) >= OLD_EVERY;
        if self.speaks || !is_due || self.execs >= EXECS_MAX || self.actor == ActorId::MPVIZ {
            return false;
        }
        self.looked = now;
        let argv = kernel::arguments(pid);
        if self.argv.is_empty() && !self.is_found {
            // In the midst of an exec there are none. Who is announced has said what it becomes.
            self.argv = argv;
            return false;
        }
        let is_other = !argv.is_empty() && argv != self.argv;
        if is_other {
            self.execs += 1;
            self.argv.clone_from(&argv);
            (self.became, self.was_asked) = (now, false);
            tell.say(self.actor, Some(ActorId::MPVIZ), exec(argv));
        }
        is_other
    }
}

fn exec(argv: Vec<String>) -> Kind {
    Kind::ProcessExec {
        argv: argv.into_iter().map(Text::from).collect(),
    }
}
