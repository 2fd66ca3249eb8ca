//! Chrome traces, held to what the format documents: slices nest, flows have both ends in slices,
//! ids are unique, everything has a name. And to the history: nothing is told that is not known.

mod common;

use common::takes::{history, of_file, traces};
use mpviz::event::{Event, Time};
use mpviz::history::History;
use mpviz::record::chrome::chrome;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A thread of the file.
type Thread = (u64, u64);

/// What a file has in it, as far as the rules hold.
#[derive(Default, Debug, PartialEq)]
struct Counted {
    states: usize,
    tasks: usize,
    flows: usize,
    findings: usize,
    marks: usize,
    lines: usize,
    /// The last value of each counter.
    counters: BTreeMap<String, u64>,
    /// Nanoseconds in states and waits, by thread.
    busy: BTreeMap<u64, u64>,
}

/// A slice that is open.
struct Open {
    begin_ns: u64,
    /// The same, as a reader has it that multiplies and cuts.
    begin_cut: u64,
    category: String,
}

/// Reads a time both ways: exactly, and as a number with a fraction that is multiplied and cut.
#[track_caller]
fn time(event: &Value) -> (u64, u64) {
    let text = event["ts"].to_string();
    let (us, ns) = text.split_once('.').unwrap_or((&text, ""));
    let exact = format!("{us}{ns:0<3}").parse().expect("nanoseconds");
    let float = event["ts"].as_f64().expect("a number") * 1000.0;
    let cut = format!("{:.0}", float.trunc()).parse().expect("a number");
    (exact, cut)
}

/// Checks every rule, and returns what there is.
#[track_caller]
fn check(name: &str, text: &str) -> Counted {
    let file: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let events = file["traceEvents"].as_array().expect("a list");
    let mut counted = Counted::default();
    let mut names: BTreeMap<(String, u64, u64), usize> = BTreeMap::new();
    let mut used: BTreeSet<Thread> = BTreeSet::new();
    let mut stacks: BTreeMap<Thread, Vec<Open>> = BTreeMap::new();
    let mut flows: BTreeMap<u64, (String, String)> = BTreeMap::new();
    let mut now = (0, 0);
    for event in events {
        let number = |field: &str| event[field].as_u64().unwrap_or_else(|| panic!("{event}"));
        let text = |field: &str| event[field].as_str().unwrap_or_default().to_owned();
        let thread = (number("pid"), number("tid"));
        let phase = text("ph");
        if phase == "M" {
            let (pid, tid) = thread;
            *names.entry((text("name"), pid, tid)).or_default() += 1;
            continue;
        }
        used.insert(thread);
        let (at, cut) = time(event);
        assert!((at, cut) >= now, "{name}: out of order: {event}");
        now = (at, cut);
        let stack = stacks.entry(thread).or_default();
        match phase.as_str() {
            "B" => {
                let category = text("cat");
                assert!(!text("name").is_empty(), "{name}: {event}");
                match category.as_str() {
                    "state" | "wait" => {
                        counted.states += 1;
                        let around = stack.last().map(|open| open.category.as_str());
                        assert!(matches!(around, None | Some("task")), "{name}: {event}");
                    }
                    "task" => {
                        counted.tasks += 1;
                        assert!(stack.is_empty(), "{name}: {event}");
                    }
                    _ => {}
                }
                stack.push(Open {
                    begin_ns: at,
                    begin_cut: cut,
                    category,
                });
            }
            "E" => {
                let open = stack.pop().unwrap_or_else(|| panic!("{name}: {event}"));
                assert!(open.begin_cut <= cut, "{name}: {event}");
                if matches!(open.category.as_str(), "state" | "wait") {
                    assert!(open.begin_ns < at, "{name}: {event}");
                    *counted.busy.entry(thread.1).or_default() += at - open.begin_ns;
                }
            }
            "s" | "t" | "f" => {
                assert!(!stack.is_empty(), "{name}: no slice around {event}");
                assert_eq!(text("bp") == "e", phase == "f", "{name}: {event}");
                let id = number("id");
                let key = format!("{} {}", text("cat"), text("name"));
                let (known, last) = flows.entry(id).or_default();
                let before = match phase.as_str() {
                    "s" => last.is_empty(),
                    _ => *known == key && matches!(last.as_str(), "s" | "t"),
                };
                assert!(before, "{name}: after {known} {last}: {event}");
                (*known, *last) = (key, phase);
            }
            "C" => {
                let values = event["args"].as_object().expect("values");
                for (what, value) in values {
                    let value = value.as_u64().expect("a number");
                    let counter = format!("{} {what}", text("name"));
                    counted.counters.insert(counter, value);
                }
            }
            "i" => match text("cat").as_str() {
                "finding" => counted.findings += 1,
                "output" => counted.lines += 1,
                "mark" => {
                    assert_eq!(text("s"), "g", "{name}: {event}");
                    counted.marks += 1;
                }
                _ => panic!("{name}: {event}"),
            },
            _ => panic!("{name}: {event}"),
        }
    }
    for (thread, stack) in stacks {
        assert!(stack.is_empty(), "{name}: {thread:?} has no end");
    }
    let ended = |(_, last): &(String, String)| last == "f";
    assert!(flows.values().all(ended), "{name}: {flows:?}");
    counted.flows = flows.len();
    assert!(names.values().all(|&times| times == 1), "{name}: {names:?}");
    let mut tids = BTreeSet::new();
    for (pid, tid) in used {
        let named = |what: &str, tid: u64| names.contains_key(&(what.to_owned(), pid, tid));
        assert!(named("process_name", pid), "{name}: process {pid}");
        assert!(named("process_sort_index", pid), "{name}: process {pid}");
        assert!(named("thread_name", tid), "{name}: thread {tid}");
        assert!(named("thread_sort_index", tid), "{name}: thread {tid}");
        assert!(tids.insert(tid), "{name}: thread {tid} is in two processes");
    }
    counted
}

#[track_caller]
fn written(history: &History, marks: &[(Time, String)]) -> String {
    let mut bytes = Vec::new();
    chrome(history, marks, &mut bytes).expect("it is memory");
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn every_trace_follows_the_rules_and_tells_all() {
    let mut all = Counted::default();
    for (name, path) in traces() {
        let history = history(&of_file(&path));
        let marks = vec![(history.now(), "end".to_owned()), (Time(1), String::new())];
        let counted = check(&name, &written(&history, &marks));
        assert_eq!(counted.findings, history.findings().len(), "{name}");
        assert_eq!(counted.marks, 2, "{name}");
        assert!(counted.lines >= history.outputs().len(), "{name}");
        let bands: usize = history.actors().map(|a| history.bands(a.id).len()).sum();
        assert_eq!(counted.tasks, bands, "{name}");
        let is_received = |m: &&mpviz::history::Message| m.received().is_some();
        let received = history.messages().iter().filter(is_received).count();
        assert!(counted.flows <= received, "{name}");
        for actor in history.actors() {
            let lane = history.lane(actor.id);
            let total = lane.shares(Time::ZERO..history.now()).total();
            let busy = counted.busy.get(&actor.id.0.into()).copied();
            assert_eq!(busy.unwrap_or(0), total, "{name}: {}", actor.name);
        }
        for object in history.objects().iter().filter(|object| object.is_queue()) {
            let Some(items) = object.items.last() else {
                continue;
            };
            let of_it = |name: &&String| {
                let plain = name.strip_suffix(" items");
                plain.is_some_and(|plain| {
                    plain.ends_with(&format!(" #{}", object.id))
                        || plain == history.name_of(object.id)
                })
            };
            let counter = counted.counters.keys().find(of_it);
            if let Some(counter) = counter {
                assert_eq!(
                    counted.counters[counter],
                    u64::from(items),
                    "{name}: {counter}"
                );
            }
        }
        all.flows += counted.flows;
        all.tasks += counted.tasks;
        all.states += counted.states;
    }
    assert!(
        all.flows > 100 && all.tasks > 20 && all.states > 1000,
        "{all:?}"
    );
}

#[test]
fn a_messages_flow_goes_from_the_put_through_the_feeder_to_the_get() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/traces/queue-way.mpt");
    let history = history(&of_file(path.as_ref()));
    let marks = [(Time(2_000), "a \"mark\"".to_owned())];
    insta::assert_snapshot!(written(&history, &marks));
}

fn folded(events: &[Event]) -> History {
    let mut history = History::default();
    events.iter().for_each(|event| history.apply(event));
    history.advance(events.last().map_or(Time::ZERO, |event| event.t));
    history
}

proptest! {
    #[test]
    fn a_trace_with_holes_follows_the_rules_too(
        which: prop::sample::Index,
        cut: prop::sample::Index,
        holes in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
        others in proptest::collection::vec(any::<(prop::sample::Index, prop::sample::Index)>(), 0..4),
    ) {
        let traces = traces();
        let (name, path) = which.get(&traces);
        let mut events = of_file(path).events;
        for hole in holes {
            if events.len() > 1 {
                events.remove(hole.index(events.len()));
            }
        }
        // What one has done is another's.
        for (whose, by) in others {
            let by = by.get(&events).actor;
            let at = whose.index(events.len());
            events[at].actor = by;
        }
        events.truncate(cut.index(events.len()) + 1);
        let history = folded(&events);
        check(name, &written(&history, &[]));
    }
}
