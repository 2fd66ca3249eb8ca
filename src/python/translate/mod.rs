//! From facts to events: what each fact means for what is known of the program, and what it is in
//! the vocabulary's words.
//!
//! Facts come in the order of the log. A part of it stands in each file: [`files`] (whose lines),
//! [`names`] (what a line calls what it makes),
//! [`people`] (processes and threads as they are known), [`processes`] (how they come to be and end),
//! [`pipes`] (messages, and which receive belongs to which send), [`queues`], [`locks`], [`pools`],
//! [`known`] (which number is whose, and how long), [`waits`]. What is said at a moment may be taken back as long as its cut lasts: a wait of a few
//! microseconds is none.

mod files;
mod known;
mod locks;
mod names;
mod pages;
mod people;
mod pipes;
mod pools;
mod processes;
mod queues;
#[cfg(test)]
mod tests;
mod waits;

use self::files::Files;
use self::locks::Locks;
use self::names::Names;
use self::people::{Process, Source, Thread};
use self::pipes::Pipes;
use self::pools::Pools;
use self::queues::Queues;
use super::link::Link;
use super::ring::{Birth, Fact};
use super::slot::{Slot, Word};
use crate::channel::Arena;
use crate::event::words::GapReason;
use crate::event::{ActorId, Event, Kind, ObjectId, Text, Time};
use std::collections::{BTreeMap, HashMap};

/// What is known of the program, and what is said of it.
pub(super) struct Translator {
    arena: Arena,
    /// What was said at this cut.
    out: Vec<Event>,
    /// How many of them were taken back.
    taken_back: usize,
    /// The number of the cut.
    cut: u64,
    now: Time,
    processes: Vec<Process>,
    threads: Vec<Thread>,
    sources: HashMap<u32, Source>,
    /// Who has a pid, or had it last.
    by_pid: HashMap<u32, usize>,
    by_actor: HashMap<ActorId, usize>,
    /// The names of those who are being made.
    names: HashMap<ActorId, Text>,
    files: Files,
    names_given: Names,
    pipes: Pipes,
    queues: Queues,
    locks: Locks,
    pools: Pools,
    /// What subprocesses are started with, by process.
    arguments: BTreeMap<usize, Vec<Text>>,
    /// Subprocesses' own objects, by process.
    popens: BTreeMap<usize, ObjectId>,
    links: Vec<Link>,
    /// Messages that could not be paired, by whom it was noticed.
    unpaired: BTreeMap<ActorId, (u64, Time)>,
}

/// Who says a fact, and where in its source.
#[derive(Clone, Copy)]
struct At {
    thread: usize,
    line: u32,
    file: u32,
}

impl At {
    /// A thread says it, from no line that is known.
    fn of(thread: usize) -> At {
        At {
            thread,
            line: 0,
            file: 0,
        }
    }
}

impl Translator {
    pub(super) fn new(arena: Arena, sources: Vec<String>) -> Translator {
        Translator {
            arena,
            out: Vec::new(),
            taken_back: 0,
            cut: 0,
            now: Time::ZERO,
            processes: Vec::new(),
            threads: Vec::new(),
            sources: HashMap::new(),
            by_pid: HashMap::new(),
            by_actor: HashMap::new(),
            names: HashMap::new(),
            files: Files::new(sources),
            names_given: Names::default(),
            pipes: Pipes::default(),
            queues: Queues::default(),
            locks: Locks::default(),
            pools: Pools::default(),
            popens: BTreeMap::new(),
            arguments: BTreeMap::new(),
            links: Vec::new(),
            unpaired: BTreeMap::new(),
        }
    }

    /// A file is named so in slots.
    pub(super) fn name_file(&mut self, id: u32, path: String) {
        self.files.name(id, path);
    }

    /// Takes in a fact, as of `t`, which never goes back. Returns it when it can't be known yet who
    /// says it: it is to be told again at the next cut.
    pub(super) fn take(&mut self, t: Time, source: u32, birth: &Birth, fact: Fact) -> Option<Fact> {
        self.now = t;
        if fact.slot.word == Word::Accept {
            let age = (t.0 + self.arena.origin()).saturating_sub(fact.slot.t);
            if self.is_client_awaited(&fact.slot, age) {
                return Some(fact);
            }
        }
        let Some(process) = self.process_of(source, birth, &fact) else {
            return Some(fact);
        };
        let thread = self.thread_of(source, birth, process, &fact);
        self.tell(thread, fact);
        None
    }

    /// Returns what was said since the last time.
    pub(super) fn end_cut(&mut self, horizon: Time) -> Vec<Event> {
        self.now = horizon;
        self.tell_fresh_queues();
        self.tell_unpaired();
        self.cut += 1;
        if self.taken_back > 0 {
            self.taken_back = 0;
            self.out.retain(|event| event.actor != TAKEN_BACK);
        }
        for event in &mut self.out {
            if let Some(thread) = self.threads.get_mut(event.seq as usize) {
                event.seq = thread.seq;
                thread.seq = thread.seq.wrapping_add(1);
            }
        }
        std::mem::take(&mut self.out)
    }

    /// Returns what the stage is to know.
    pub(super) fn links(&mut self) -> std::vec::Drain<'_, Link> {
        self.links.drain(..)
    }

    /// Facts of a source were lost, or it made no sense. What its threads were in may be over, and
    /// what they held may be given back: from here on that is what is told next.
    pub(super) fn lose(&mut self, t: Time, source: u32, reason: GapReason, count: Option<u64>) {
        self.now = t;
        let known = self.sources.get(&source);
        let process = known.and_then(|source| source.process);
        let actor = process.map_or(ActorId::MPVIZ, |at| self.processes[at].actor);
        if let Some(process) = process {
            for thread in 0..self.threads.len() {
                if self.threads[thread].process == process {
                    // A process that it was making may be made.
                    self.threads[thread].starting = None;
                    self.threads[thread].spawning = None;
                    self.end_frames(At::of(thread));
                }
            }
            self.forget_holders(process);
        }
        self.say_gap(actor, reason, count, t);
    }

    /// Nothing more comes of a source.
    pub(super) fn forget(&mut self, source: u32) {
        self.sources.remove(&source);
    }

    #[rustfmt::skip]
    fn tell(&mut self, thread: usize, fact: Fact) {
        let Fact { slot, text, .. } = fact;
        let at = At { thread, line: slot.line, file: slot.file };
        let text = text.as_deref().unwrap_or("");
        self.threads[thread].about = slot.a;
        if slot.word != Word::Unblock {
            self.go_on(thread, slot.word);
        }
        match slot.word {
            Word::Text => {}
            Word::Boot => {}
            Word::Start => self.start(at, &slot, text),
            Word::Started => self.started(at, &slot),
            Word::StartFailed | Word::SpawnFailed => self.start_failed(at, &slot, text),
            Word::Fork => self.fork(at, &slot),
            Word::Forked => self.forked(at, &slot),
            Word::Spawn => self.spawn(at, &slot, text),
            Word::Spawned => self.spawned(at, &slot),
            Word::Reaped => self.reaped(at, &slot),
            Word::CodeRead => self.code_read(at, &slot),
            Word::Block => self.block(at, &slot),
            Word::Unblock => self.unblock(at, &slot),
            Word::Pipe => self.pipe(at, &slot),
            Word::Queue => self.queue(at, &slot),
            Word::Queue2 => self.queue2(&slot),
            Word::Lock => self.lock(at, &slot),
            Word::Taken => self.lock_taken(at, &slot),
            Word::Released => self.lock_released(at, &slot),
            Word::Count => self.count(at, &slot),
            Word::Put => self.put(at, &slot, text),
            Word::Dropped => self.dropped(at, &slot),
            Word::Send => self.send(at, &slot, text),
            Word::Recv => self.recv(at, &slot),
            Word::Eof => self.eof(at, &slot),
            Word::Connect => self.connect(at, &slot),
            Word::Accept => self.accept(at, &slot),
            Word::Pool => self.pool(at, &slot),
            Word::TaskSubmit => self.task_submitted(at, &slot, text),
            Word::TaskStart => self.task_started(at, &slot, text),
            Word::TaskEnd => self.task_ended(at, &slot, text),
            Word::TaskFetched => self.task_fetched(at, &slot),
            Word::Thread => {}
            Word::ThreadEnd => self.thread_ended(at),
            Word::Finishing => self.say(at, Kind::ProcessFinishing {}),
            Word::Exiting => self.exiting(at, &slot),
            Word::Signal => self.signal(at, &slot),
            Word::Helper => {}
            Word::Failed => self.failed(at, text),
        }
    }

    /// A thread says something.
    fn say(&mut self, at: At, kind: Kind) {
        let actor = self.threads[at.thread].actor;
        self.say_as(at, actor, None, kind);
    }

    /// A thread says something of another.
    fn say_of(&mut self, at: At, actor: ActorId, kind: Kind) {
        let by = self.threads[at.thread].actor;
        self.say_as(at, actor, Some(by), kind);
    }

    fn say_as(&mut self, at: At, actor: ActorId, by: Option<ActorId>, kind: Kind) {
        let (line, file) = self.place_of(at);
        // Who says it, until it is sure that it is said.
        let seq = u32::try_from(at.thread).unwrap_or(u32::MAX);
        self.out.push(Event {
            t: self.now,
            actor,
            by,
            seq,
            line,
            file,
            kind,
        });
    }

    fn say_gap(&mut self, actor: ActorId, reason: GapReason, count: Option<u64>, since: Time) {
        let gap = Kind::Gap {
            reason,
            count,
            since,
        };
        self.say_mpviz(actor, gap);
    }

    /// mpviz itself says something of a process.
    fn say_mpviz(&mut self, actor: ActorId, kind: Kind) {
        self.out.push(Event {
            t: self.now,
            actor,
            by: Some(ActorId::MPVIZ),
            seq: u32::MAX,
            line: None,
            file: None,
            kind,
        });
    }

    /// Takes back what was said at this cut, from a position on.
    fn take_back(&mut self, said: std::ops::Range<usize>) {
        for event in &mut self.out[said] {
            event.actor = TAKEN_BACK;
            self.taken_back += 1;
        }
    }

    /// Notes that so many messages could not be paired.
    fn note_unpaired(&mut self, actor: ActorId, count: u64) {
        let now = self.now;
        self.unpaired.entry(actor).or_insert((0, now)).0 += count;
    }

    fn tell_unpaired(&mut self) {
        for (actor, (count, since)) in std::mem::take(&mut self.unpaired) {
            self.say_gap(actor, GapReason::Unpaired, Some(count), since);
        }
    }
}

/// Who has what was taken back.
const TAKEN_BACK: ActorId = ActorId(u32::MAX);

/// Returns an exit code as the shim writes it: an `i64`.
fn code_of(word: u64) -> i32 {
    i32::try_from(word.cast_signed()).unwrap_or(i32::MIN)
}

/// Returns a pid as a slot has it.
fn pid_of(word: u64) -> Option<u32> {
    u32::try_from(word).ok().filter(|&pid| pid != 0)
}

/// Returns `Type` and `message` of `Type: message`.
fn error_of(text: &str) -> (Text, Text) {
    let (error, text) = text.split_once(": ").unwrap_or((text, ""));
    (Text::from(error), Text::from(text))
}

/// Returns a text that has a place in a line.
fn shown(text: &str) -> Text {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Text::from(format!("{}…", &text[..end])),
        None => Text::from(text),
    }
}

/// Returns the timeout of a wait, as the shim writes it.
fn timeout_of(slot: &Slot) -> Option<crate::event::Span> {
    (slot.b != u64::MAX).then_some(crate::event::Span(slot.b))
}
