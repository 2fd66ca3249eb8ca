//! A Chrome trace: a run as JSON that Perfetto and `chrome://tracing` open.
//!
//! Processes and threads are those of the run, with their actor's number for pid and tid: a pid of
//! the kernel may come again, and stands in the name. States are slices, tasks are slices around
//! them (`track`), messages are flows from the put to the receive (`flow`), how much is in queues
//! and pipes are counters, what is printed, found and marked are instants.
//!
//! Slices are begins and ends, not complete events: a reader that rounds times rounds both ends of
//! neighbours alike. Everything stands in the order of time; at one time slices come first, so that
//! a flow is bound to what begins then. Times are microseconds with all their nanoseconds.

mod flow;
mod track;

use super::film::Lines;
use crate::event::{ActorId, Kind, ObjectId, Time};
use crate::history::{Actor, Form, History};
use crate::view::words::{diagnosis, finding_sentence, full_name, object_name, shown, shown_lines};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::io::{self, Write};

/// An event of the file: when, and its line without the time.
struct Entry {
    t: Time,
    /// Which phase: one letter.
    phase: char,
    pid: u32,
    tid: u32,
    /// The other fields.
    rest: Value,
}

/// Entries in the order of time.
type Stream<'a> = Box<dyn Iterator<Item = Entry> + 'a>;

/// Writes the run of a trace as a Chrome trace, with the marks that its viewer set.
///
/// # Errors
///
/// What the writer fails with.
pub fn of_lines(lines: &Lines, out: &mut dyn Write) -> io::Result<()> {
    let mut history = History::default();
    let mut marks = Vec::new();
    for event in &lines.events {
        match &event.kind {
            Kind::MarkSet { moment, name, .. } => {
                let name = match name.trim() {
                    "" => format!("mark {}", marks.len() + 1),
                    name => name.to_owned(),
                };
                marks.push((*moment, name));
            }
            kind if kind.viewers().is_none() => history.apply(event),
            _ => {}
        }
    }
    history.advance(lines.horizon);
    chrome(&history, &marks, out)
}

/// Writes what is known of a run as a Chrome trace, with the viewer's marks.
///
/// # Errors
///
/// What the writer fails with.
pub fn chrome(history: &History, marks: &[(Time, String)], out: &mut dyn Write) -> io::Result<()> {
    let run = history.run();
    let about = json!({
        "mpviz": env!("CARGO_PKG_VERSION"),
        "program": shown(&run.program),
        "seed": run.seed,
        "pace": run.pace,
        "machine": shown(&run.machine),
        "wall": shown(&run.wall),
    });
    write!(
        out,
        "{{\"displayTimeUnit\":\"ns\",\"otherData\":{about},\"traceEvents\":["
    )?;
    let whole = Whole::of(history);
    let mut before = "\n";
    for line in whole.names(history) {
        write!(out, "{before}{line}")?;
        before = ",\n";
    }
    let mut streams: Vec<Stream<'_>> = Vec::new();
    streams.push(Box::new(whole.run(history).into_iter()));
    for actor in history.actors() {
        let pid = history.process_of(actor.id);
        streams.push(Box::new(track::slices(history, actor.id, pid)));
    }
    streams.extend(whole.counters(history));
    streams.push(Box::new(flow::flows(history)));
    streams.push(Box::new(whole.prints(history)));
    streams.push(Box::new(whole.findings(history)));
    streams.push(Box::new(whole.marks(marks)));
    for entry in merged(streams) {
        write!(out, "{before}{}", entry.line())?;
        before = ",\n";
    }
    writeln!(out, "\n]}}")
}

impl Entry {
    fn line(&self) -> String {
        let (us, ns) = (self.t.0 / 1000, self.t.0 % 1000);
        let rest = self.rest.to_string();
        let rest = rest.strip_prefix('{').unwrap_or("}");
        let comma = if rest == "}" { "" } else { "," };
        format!(
            "{{\"ph\":\"{}\",\"ts\":{us}.{ns:03},\"pid\":{},\"tid\":{}{comma}{rest}",
            self.phase, self.pid, self.tid
        )
    }
}

/// Returns all entries in the order of time; at one time in the order of the streams.
fn merged(mut streams: Vec<Stream<'_>>) -> impl Iterator<Item = Entry> {
    let mut next: Vec<Option<Entry>> = streams.iter_mut().map(Iterator::next).collect();
    let head = |entry: &Option<Entry>, at: usize| entry.as_ref().map(|e| Reverse((e.t, at)));
    let mut heads: BinaryHeap<Reverse<(Time, usize)>> = BinaryHeap::new();
    heads.extend(next.iter().enumerate().filter_map(|(at, e)| head(e, at)));
    std::iter::from_fn(move || {
        let Reverse((_, at)) = heads.pop()?;
        let entry = std::mem::replace(&mut next[at], streams[at].next());
        heads.extend(head(&next[at], at));
        entry
    })
}

/// What is about the run as a whole stands beside the processes, as one more.
struct Whole {
    pid: u32,
    end: Time,
}

impl Whole {
    fn of(history: &History) -> Whole {
        let ids = |actor: &Actor| actor.id.0.max(history.process_of(actor.id).0);
        let highest = history.actors().map(ids).max();
        Whole {
            pid: highest.unwrap_or(0).saturating_add(1),
            end: history.now(),
        }
    }

    /// Returns the lines that name processes and threads, and say in which order they stand.
    fn names(&self, history: &History) -> Vec<String> {
        let mut lines = Vec::new();
        let mut name = |what: &str, pid: u32, tid: u32, args: Value| {
            lines.push(format!(
                "{{\"ph\":\"M\",\"pid\":{pid},\"tid\":{tid},\"name\":\"{what}\",\"args\":{args}}}"
            ));
        };
        let text = match &*shown(&history.run().program) {
            "" => "run".to_owned(),
            program => format!("run of {program}"),
        };
        let pid = self.pid;
        name("process_name", pid, pid, json!({"name": text}));
        name("process_sort_index", pid, pid, json!({"sort_index": 0}));
        name("thread_name", pid, pid, json!({"name": "run"}));
        name("thread_sort_index", pid, pid, json!({"sort_index": pid}));
        // Processes in the order of the tree, then those that threads alone tell of.
        let known = |id: &ActorId| history.actor(*id).is_some();
        let mut processes: Vec<ActorId> = history.processes().to_vec();
        processes.retain(known);
        let known: BTreeSet<ActorId> = processes.iter().copied().collect();
        let all = history.actors().map(|actor| history.process_of(actor.id));
        let others: BTreeSet<ActorId> = all.filter(|id| !known.contains(id)).collect();
        processes.extend(others);
        let place: BTreeMap<ActorId, usize> = processes
            .iter()
            .enumerate()
            .map(|(n, &id)| (id, n + 1))
            .collect();
        for (&process, &index) in &place {
            let pid = history.actor(process).and_then(|known| known.pid);
            let text = match pid {
                Some(pid) => format!("{} (pid {pid})", full_name(history, process, Time::NEVER)),
                None => full_name(history, process, Time::NEVER),
            };
            name("process_name", process.0, process.0, json!({"name": text}));
            name(
                "process_sort_index",
                process.0,
                process.0,
                json!({"sort_index": index}),
            );
        }
        for actor in history.actors() {
            let (process, text) = match actor.form {
                Form::Process => (actor.id, "main thread".to_owned()),
                Form::Thread { process, .. } => {
                    (process, full_name(history, actor.id, Time::NEVER))
                }
            };
            let tid = actor.id.0;
            name("thread_name", process.0, tid, json!({"name": text}));
            name(
                "thread_sort_index",
                process.0,
                tid,
                json!({"sort_index": tid}),
            );
        }
        lines
    }

    /// Returns the run as a slice, with those in which the viewer had stopped the program.
    fn run(&self, history: &History) -> Vec<Entry> {
        let run = history.run();
        let end = self.end;
        let mut since = run.started.unwrap_or_default().min(end);
        let mut entries = vec![self.entry(since, 'B', json!({"cat": "run", "name": "run"}))];
        for &(from, until) in &run.frozen {
            let (from, until) = (from.max(since), until.min(end));
            if from < until {
                let name = json!({"cat": "run", "name": "stopped by the viewer"});
                entries.push(self.entry(from, 'B', name));
                entries.push(self.entry(until, 'E', json!({})));
                since = until;
            }
        }
        entries.push(self.entry(end, 'E', json!({})));
        entries
    }

    fn entry(&self, t: Time, phase: char, rest: Value) -> Entry {
        Entry {
            t,
            phase,
            pid: self.pid,
            tid: self.pid,
            rest,
        }
    }

    /// Returns how much is in each queue and pipe, over time.
    fn counters<'a>(&'a self, history: &'a History) -> impl Iterator<Item = Stream<'a>> {
        let names = counter_names(history);
        history.objects().iter().flat_map(move |object| {
            let name = names.get(&object.id).cloned().unwrap_or_default();
            // A counter of its own for each: values of one counter are drawn on top of each other.
            let of = |what: &'static str| {
                let name = match what {
                    "items" => name.clone(),
                    _ => format!("{name}, {what}"),
                };
                move |t: Time, value: u64| {
                    self.entry(t, 'C', json!({"name": name, "args": {what: value}}))
                }
            };
            let (items, bytes, count) = (of("items"), of("bytes"), of("count"));
            let all: [Stream<'a>; 3] = [
                Box::new(object.items.changes().map(move |(t, n)| items(t, n.into()))),
                Box::new(object.bytes.changes().map(move |(t, n)| bytes(t, n))),
                Box::new(object.count.changes().map(move |(t, n)| count(t, n))),
            ];
            all
        })
    }

    /// Returns what was printed.
    fn prints<'a>(&'a self, history: &'a History) -> impl Iterator<Item = Entry> + 'a {
        let log = history.log();
        let events = history.outputs().iter().map(|&at| log.get(at as usize));
        events.flatten().flat_map(|event| {
            let (pid, tid) = self.place_of(history, event.actor);
            let text = match &event.kind {
                Kind::Output { text, .. } => text.as_str(),
                _ => "",
            };
            let lines = shown_lines(text).map(|line| Entry {
                t: event.t,
                phase: 'i',
                pid,
                tid,
                rest: json!({"s": "p", "cat": "output", "name": line}),
            });
            lines.collect::<Vec<Entry>>()
        })
    }

    /// Returns what is wrong with the program.
    fn findings<'a>(&'a self, history: &'a History) -> impl Iterator<Item = Entry> + 'a {
        history.findings().iter().map(|finding| {
            let said = diagnosis(history, finding, finding.since);
            let row = finding_sentence(history, finding);
            let (pid, tid) = self.place_of(history, row.actor);
            let name = format!("{}: {}", finding.code.text(), said.sentence());
            let args = json!({"harm": said.harm, "remedy": said.remedy});
            Entry {
                t: finding.since,
                phase: 'i',
                pid,
                tid,
                rest: json!({"s": "p", "cat": "finding", "name": name, "args": args}),
            }
        })
    }

    /// Returns the viewer's marks.
    fn marks<'a>(&'a self, marks: &[(Time, String)]) -> impl Iterator<Item = Entry> + 'a {
        let mut marks = marks.to_vec();
        marks.sort_by_key(|(t, _)| *t);
        marks.into_iter().map(|(t, name)| {
            let name = match &*shown(&name) {
                "" => "mark".to_owned(),
                name => name.to_owned(),
            };
            self.entry(
                t.min(self.end),
                'i',
                json!({"s": "g", "cat": "mark", "name": name}),
            )
        })
    }

    /// Returns the pid and the tid of an actor; those of the run for nobody that is known.
    fn place_of(&self, history: &History, actor: ActorId) -> (u32, u32) {
        match history.actor(actor) {
            Some(_) => (history.process_of(actor).0, actor.0),
            None => (self.pid, self.pid),
        }
    }
}

/// Returns a name for the counters of each object; those that share one have their number too.
fn counter_names(history: &History) -> BTreeMap<ObjectId, String> {
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    let names = history.objects().iter().map(|object| {
        let name = object_name(history, object.id);
        *times.entry(name.clone()).or_default() += 1;
        (object.id, name)
    });
    let mut names: BTreeMap<ObjectId, String> = names.collect();
    for (id, name) in &mut names {
        if times.get(name).is_some_and(|&times| times > 1) {
            name.push_str(&format!(" #{id}"));
        }
    }
    names
}
