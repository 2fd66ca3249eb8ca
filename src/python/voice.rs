//! The voice: at each cut of the collector, what Python processes have told becomes events.
//!
//! It reads as `channel::voice` asks for: after the cut's time was taken, it looks at all rings, so
//! that whatever was published before is found. The log is read after the rings, because what is told
//! there was told before the slots that need it.

use super::link::Link;
use super::log::{Line, Log};
use super::ring::{Birth, Fact};
use super::rings::{self, Rings};
use super::translate::Translator;
use crate::channel::{Arena, Moment, Told, Voice};
use crate::event::words::GapReason;
use crate::event::{Nature, Time};
use crate::python::slot::Word;
use crossbeam_channel::Sender;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// Speaks for the Python processes of a run.
pub struct PythonVoice {
    origin: u64,
    rings: Rings,
    log: Log,
    translator: Translator,
    links: Sender<Link>,
    births: HashMap<u32, Birth>,
    /// What was read and is later than the last cut, or whose speaker was not known.
    waiting: Vec<Item>,
    /// The last time and rank of each thread: what it says stays in its order.
    last: HashMap<(u32, u32), (u64, u8)>,
    /// The latest time of each ring's facts.
    latest: HashMap<u32, u64>,
    /// How many were read: their order at one time.
    count: u64,
    /// What is told of a ring when nothing more comes of it.
    over: Vec<u32>,
}

/// Something that was told.
struct Item {
    t: u64,
    rank: u8,
    nth: u64,
    what: What,
}

enum What {
    Fact(u32, Fact),
    Hello {
        pid: u32,
        ppid: u32,
        argv: Vec<String>,
    },
    /// The messages of a process can't be seen.
    Hidden(u32, String),
    Gap(u32, GapReason, Option<u64>),
}

/// The rank of what was stamped before the last cut.
const LATE: u8 = 0;

impl PythonVoice {
    /// Takes up a run's directory. `sources` are the paths of files that were told before the program
    /// began, in the order of their numbers. What the stage is to know goes to `links`.
    pub fn new(
        arena: Arena,
        home: &Path,
        sources: Vec<String>,
        links: Sender<Link>,
    ) -> PythonVoice {
        PythonVoice {
            origin: arena.origin(),
            rings: Rings::open(&home.join("rings")),
            log: Log::new(&home.join("log")),
            translator: Translator::new(arena, sources),
            links,
            births: HashMap::new(),
            waiting: Vec::new(),
            last: HashMap::new(),
            latest: HashMap::new(),
            count: 0,
            over: Vec::new(),
        }
    }

    /// Reads all that is new.
    fn read(&mut self, moment: Moment) {
        let readings = self.rings.read(rings::now(), moment.is_last);
        // Whatever was read was stamped before this.
        let bound = rings::now().saturating_sub(self.origin);
        for source in self.rings.sources() {
            self.births
                .entry(source.number)
                .or_insert(source.ring.birth);
        }
        for reading in readings {
            let source = reading.source;
            let is_from_future = reading.facts.iter().any(|fact| self.time(fact) > bound);
            let is_damaged = reading.is_damaged || is_from_future;
            let mut facts = match is_damaged {
                true => Vec::new(),
                false => reading.facts,
            };
            let behind = facts.split_off(reading.whole.min(facts.len()));
            for fact in facts {
                self.enqueue(moment, source, fact);
            }
            if reading.lost > 0 {
                let gap = What::Gap(source, GapReason::RingFull, Some(reading.lost));
                self.enqueue_gap(moment, source, gap);
            }
            for fact in behind {
                self.enqueue(moment, source, fact);
            }
            if is_damaged {
                let gap = What::Gap(source, GapReason::Damaged, None);
                self.enqueue_gap(moment, source, gap);
            }
            if reading.is_over || is_damaged {
                self.over.push(source);
            }
        }
        for line in self.log.read() {
            self.take_line(moment, line);
        }
    }

    fn time(&self, fact: &Fact) -> u64 {
        fact.slot.t.saturating_sub(self.origin)
    }

    fn enqueue(&mut self, moment: Moment, source: u32, fact: Fact) {
        if fact.slot.word == Word::Connect && fact.slot.op == 1 {
            return self.translator.note_port(&fact.slot);
        }
        let (mut t, mut rank) = (self.time(&fact), rank_of(fact.slot.word));
        if t < moment.last.0 {
            (t, rank) = (moment.last.0, LATE);
        }
        let last = self.last.entry((source, fact.thread)).or_insert((0, 0));
        if t <= last.0 {
            (t, rank) = (last.0, rank.max(last.1));
        }
        *last = (t, rank);
        let latest = self.latest.entry(source).or_default();
        *latest = t.max(*latest);
        self.push(t, rank, What::Fact(source, fact));
    }

    /// A gap is told after all that was told before it, and before what follows it.
    fn enqueue_gap(&mut self, moment: Moment, source: u32, gap: What) {
        let latest = self.latest.get(&source).copied().unwrap_or(0);
        let t = latest.max(moment.last.0);
        let t = if moment.is_last {
            t.min(moment.horizon.0)
        } else {
            t
        };
        self.push(t, u8::MAX, gap);
    }

    fn push(&mut self, t: u64, rank: u8, what: What) {
        let nth = self.count;
        self.count += 1;
        self.waiting.push(Item { t, rank, nth, what });
    }

    fn take_line(&mut self, moment: Moment, line: Line) {
        match line {
            Line::Hello {
                pid,
                ppid,
                t,
                version,
                implementation,
                argv,
            } => {
                let t = t.saturating_sub(self.origin);
                let t = t.clamp(moment.last.0, moment.horizon.0);
                let what = match unfit(&implementation, &version) {
                    Some(why) => What::Hidden(pid, why),
                    None => What::Hello { pid, ppid, argv },
                };
                self.push(t, LATE, what);
            }
            Line::File { id, path } => self.translator.name_file(id, path),
            Line::Off { pid, t, why } => {
                let t = t.saturating_sub(self.origin);
                let t = t.clamp(moment.last.0, moment.horizon.0);
                let why = format!("its shim fell silent: {why}");
                self.push(t, u8::MAX, What::Hidden(pid, why));
            }
        }
    }

    /// Tells what is not later than the horizon, in the log's order.
    fn tell(&mut self, moment: Moment) {
        let horizon = moment.horizon.0;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.sort_by_key(|item| (item.t, item.rank, item.nth));
        let mut held: HashSet<u32> = HashSet::new();
        for item in waiting {
            if item.t > horizon {
                self.waiting.push(item);
                continue;
            }
            let t = Time(item.t.max(moment.last.0));
            match item.what {
                What::Fact(source, fact) => {
                    let left = match (held.contains(&source), self.births.get(&source)) {
                        (false, Some(birth)) => self.translator.take(t, source, birth, fact),
                        (true, _) if !moment.is_last => Some(fact),
                        _ => None,
                    };
                    if let Some(fact) = left {
                        held.insert(source);
                        let what = What::Fact(source, fact);
                        self.waiting.push(Item {
                            rank: LATE,
                            what,
                            ..item
                        });
                    }
                }
                What::Hello { pid, ppid, argv } => self.translator.greet(t, pid, ppid, &argv),
                What::Hidden(pid, why) => self.translator.hide(t, pid, &why),
                // What was told before it comes first.
                What::Gap(source, ..) if held.contains(&source) && !moment.is_last => {
                    self.waiting.push(item);
                }
                What::Gap(source, reason, count) => {
                    self.translator.lose(t, source, reason, count);
                }
            }
        }
        let over = std::mem::take(&mut self.over);
        if !over.is_empty() {
            self.forget(&over, &held);
        }
    }

    fn forget(&mut self, over: &[u32], held: &HashSet<u32>) {
        let (later, gone): (Vec<u32>, Vec<u32>) = over.iter().partition(|source| {
            let is_its = |item: &Item| matches!(item.what, What::Fact(of, _) | What::Gap(of, ..) if of == **source);
            held.contains(source) || self.waiting.iter().any(is_its)
        });
        self.rings.forget(&gone);
        for source in gone {
            self.births.remove(&source);
            self.latest.remove(&source);
            self.translator.forget(source);
            self.last.retain(|&(of, _), _| of != source);
        }
        self.over = later;
    }
}

impl Voice for PythonVoice {
    fn speak(&mut self, moment: Moment, told: &mut Told) {
        self.read(moment);
        self.tell(moment);
        told.events = self.translator.end_cut(moment.horizon);
        let of_last = told
            .events
            .iter()
            .take_while(|event| event.t == moment.last);
        told.late = of_last.count();
        for link in self.translator.links() {
            // Nobody looks any more if nobody receives.
            let _ = self.links.send(link);
        }
    }
}

/// Returns where a fact stands among those of its time.
fn rank_of(word: Word) -> u8 {
    let nature = match word {
        Word::Start
        | Word::Fork
        | Word::Spawn
        | Word::Put
        | Word::Send
        | Word::Released
        | Word::Signal
        | Word::TaskSubmit
        | Word::TaskEnd
        | Word::Finishing
        | Word::Exiting
        | Word::Connect => Nature::Cause,
        Word::Block => Nature::Begin,
        Word::Unblock => Nature::Finish,
        _ => Nature::Effect,
    };
    LATE + 1 + nature as u8
}

/// Returns why an interpreter has no shim for its messages.
fn unfit(implementation: &str, version: &[u32]) -> Option<String> {
    let numbers: Vec<String> = version.iter().map(u32::to_string).collect();
    let version_text = numbers.join(".");
    if implementation != "cpython" && !implementation.is_empty() {
        return Some(format!(
            "it is {implementation} {version_text}, not CPython"
        ));
    }
    let is_old = version < &[3, 9][..] && !version.is_empty();
    is_old.then(|| format!("Python {version_text} is too old: 3.9 is needed"))
}
