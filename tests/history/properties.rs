//! What holds for any trace.

use super::hostile;
use mpviz::event::words::End;
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId, Span, TaskId, Time};
use mpviz::history::{History, Message, Thing};
use mpviz::trace::{Flush, Header, Reader, Writer};
use proptest::collection::vec;
use proptest::prelude::*;
use std::io::Cursor;

const IDS: [u32; 9] = [0, 1, 2, 3, 4, 5, 70_000, 4_000_000_000, u32::MAX];

fn fold(events: &[Event]) -> History {
    let mut history = History::default();
    for event in events {
        history.apply(event);
    }
    history
}

/// Everything that may be asked about a moment, as one text. Names and ends that are told later
/// are not of that moment.
fn known_at(history: &History, t: Time) -> String {
    let mut known = format!("{:?}\n", history.counts(t));
    let mut say = |what: &str, answer: String| {
        known.push_str(&format!("{what}: {answer}\n"));
    };
    let rows = history.processes().iter();
    let rows = rows.filter(|&&id| history.actor(id).is_some_and(|actor| actor.known <= t));
    say("rows", format!("{:?}", rows.collect::<Vec<_>>()));
    say("log", history.log_until(t).to_string());
    say("frozen", history.run().frozen_at(t).to_string());
    for finding in &history.findings()[..history.findings_until(t)] {
        let holds = finding.holds_at(t);
        let finding = mpviz::history::Finding {
            until: None,
            ..finding.clone()
        };
        say("finding", format!("{finding:?} {holds}"));
    }
    for id in IDS.map(ActorId) {
        let actor = history.actor(id).filter(|actor| actor.known <= t);
        let state = actor.and_then(|_| history.lane(id).at(t).map(|i| (i.start, i.state)));
        let life = actor.map(|actor| {
            let exit = actor.exit_at(t).map(|exit| exit.t);
            let life = (actor.alive_at(t), actor.zombie_at(t), actor.orphan_at(t));
            (exit, life)
        });
        let band = history.band_at(id, t).map(|band| (band.task, band.start));
        say("state", format!("{id} {state:?} {life:?} {band:?}"));
        say("line", format!("{:?}", history.line_at(id, t)));
        say("sample", format!("{:?}", history.sample_at(id, t)));
        say("events", history.events_until(id, t).to_string());
    }
    for id in IDS.map(ObjectId) {
        if let Some(object) = history.object(id).filter(|object| object.created <= t) {
            say("items", format!("{id} {:?}", object.items.change_at(t)));
            say("bytes", format!("{:?}", object.bytes.change_at(t)));
            say("into a", format!("{:?}", object.bytes_into(End::A).at(t)));
            say("into b", format!("{:?}", object.bytes_into(End::B).at(t)));
            say("holder", format!("{:?}", object.holder.change_at(t)));
            say("lost", format!("{:?}", object.lost_at(t)));
            say("count", format!("{:?}", object.count.change_at(t)));
        }
        say("events", history.events_until(id, t).to_string());
        say("ends", format!("{:?}", history.holders_at(id, t)));
        say("in pipe", ids(history.in_pipe(id, None, t)));
        for end in End::ALL {
            say("going", ids(history.in_pipe(id, Some(*end), t)));
        }
        for process in history.putters_of(id, t) {
            let buffered: Vec<&Message> = history.in_buffer(id, process, t).collect();
            assert_eq!(history.count_in_buffer(id, process, t), buffered.len());
            say("buffer", format!("{process} {}", ids(buffered)));
        }
    }
    known
}

fn ids(messages: Vec<&Message>) -> String {
    let ids: Vec<String> = messages
        .iter()
        .map(|message| format!("{}.{}", message.id.sender, message.id.number))
        .collect();
    ids.join(" ")
}

/// Asks everything of a moment, and what has no moment.
fn ask(history: &History, t: Time) {
    known_at(history, t);
    for id in IDS {
        history.lane(ActorId(id)).shares(Time::ZERO..t).total();
        history.lane(ActorId(id)).between(t..Time::NEVER).count();
        history
            .lane(ActorId(id))
            .columns(Time::ZERO, Span(t.0 / 3), 5)
            .count();
        history.depth(ActorId(id));
        history.process_of(ActorId(id));
        history.name_of_actor(ActorId(id), Time::NEVER);
        history.name_of(ObjectId(id));
        history.messages_of(ObjectId(id)).rev().count();
        history.messages_until(ObjectId(id), t).len();
        history.task(TaskId(id));
        history.need_at(t, ActorId(id));
        history.wait_cycle_at(t, ActorId(id));
        history.waiters_at(t, ObjectId(id)).count();
        for thing in [ActorId(id).into(), ObjectId(id).into(), TaskId(id).into()] {
            let next = history.waited_for(t, thing, None);
            next.and_then(|next| history.waited_for(t, next, Some(thing)));
        }
        for number in [0, 1, 7, u64::MAX] {
            let sender = ActorId(id);
            history.message(MessageId { sender, number });
        }
        if let Some(object) = history.object(ObjectId(id)) {
            object.items.peak(Time::ZERO..t);
            object.bytes.between(t..Time::NEVER);
        }
    }
}

proptest! {
    #[test]
    fn no_sequence_of_events_makes_it_panic(
        bytes in vec(any::<[u8; 8]>(), 0..300),
        moments in vec(any::<u8>(), 3),
    ) {
        let history = fold(&hostile::anyhow(&bytes));
        for t in moments {
            ask(&history, Time(u64::from(t)));
        }
        ask(&history, Time::NEVER);
    }

    #[test]
    fn findings_do_not_depend_on_how_events_come(
        bytes in vec(any::<[u8; 8]>(), 0..300),
        horizons in vec(any::<u8>(), 300),
    ) {
        let events = hostile::in_order(&bytes);
        let mut live = History::default();
        for (at, event) in events.iter().enumerate() {
            live.apply(event);
            let next = events.get(at + 1).map_or(event.t, |next| next.t);
            let quiet = next.since(event.t).0 / 255;
            live.advance(event.t + Span(quiet * u64::from(horizons[at])));
        }
        let read = fold(&events);
        prop_assert_eq!(live.findings(), read.findings());
    }

    #[test]
    fn a_finding_is_proven_by_what_was_before_it(bytes in vec(any::<[u8; 8]>(), 0..300)) {
        let history = fold(&hostile::in_order(&bytes));
        let mut last = Time::ZERO;
        for finding in history.findings() {
            prop_assert!(finding.since >= last, "{finding:?} stands behind a later one");
            last = finding.since;
            prop_assert!(finding.until.is_none_or(|until| until >= finding.since));
            for &at in &finding.proof {
                let proof = history.log().time(at as usize);
                prop_assert!(proof.is_some_and(|t| t <= finding.since), "{finding:?}");
            }
        }
    }

    #[test]
    fn a_moment_in_the_past_is_answered_as_it_was_then(
        bytes in vec(any::<[u8; 8]>(), 0..300),
        part in 0u64..1000,
    ) {
        let events = hostile::in_order(&bytes);
        let history = fold(&events);
        let last = events.last().map_or(0, |event| event.t.0);
        let t = Time(last * part / 1000);
        let then = events.partition_point(|event| event.t <= t);
        let mut was = fold(&events[..then]);
        was.advance(t);
        prop_assert_eq!(known_at(&history, t), known_at(&was, t));
    }

    /// Live, in batches with horizons, and from the file that was written of these batches.
    #[test]
    fn live_and_from_a_trace_it_is_the_same_history(
        bytes in vec(any::<[u8; 8]>(), 0..200),
        cuts in vec(0usize..200, 0..9),
        quiet in 0u64..300_000_000,
    ) {
        let mut events = hostile::in_order(&bytes);
        events.retain(|event| !matches!(event.kind, Kind::Horizon {}));
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(events.len())).collect();
        cuts.extend([0, events.len()]);
        cuts.sort_unstable();

        let mut live = History::default();
        let mut writer = Writer::new(Vec::new(), &Header::new("p"), Flush::AtEnd).unwrap();
        for cut in cuts.windows(2) {
            let batch = &events[cut[0]..cut[1]];
            let last = events[..cut[1]].last().map_or(Time::ZERO, |event| event.t);
            let next = events.get(cut[1]).map(|event| event.t);
            let horizon = next.unwrap_or(last + Span(quiet));
            batch.iter().for_each(|event| live.apply(event));
            live.advance(horizon);
            writer.batch(batch, horizon).unwrap();
        }

        let file = writer.finish().unwrap();
        let mut replayed = History::default();
        let mut reader = Reader::new(Cursor::new(file)).unwrap();
        while let Some(chunk) = reader.chunk().unwrap() {
            chunk.events.iter().for_each(|event| replayed.apply(event));
            replayed.advance(chunk.horizon);
        }
        prop_assert_eq!(live, replayed);
    }
}

proptest! {
    #[test]
    fn the_log_gives_back_what_went_in(bytes in vec(any::<[u8; 8]>(), 0..300)) {
        let mut events = hostile::in_order(&bytes);
        let history = fold(&events);
        // Not in the log: horizons, samples, what the viewer did, a second end of the same process,
        // and what can't be seen a second time.
        events.retain(|event| {
            !matches!(event.kind, Kind::Horizon {} | Kind::Sampled { .. })
                && event.kind.viewers().is_none()
        });
        let mut log = history.log().iter();
        let mut next = log.next();
        for event in events {
            if next.as_ref() == Some(&event) {
                next = log.next();
            } else {
                let is_left_out =
                    matches!(event.kind, Kind::ProcessExited { .. } | Kind::Unseen { .. });
                prop_assert!(is_left_out, "{event:?}");
            }
        }
        prop_assert_eq!(next, None);
    }
}

proptest! {
    #[test]
    fn the_events_of_a_thing_are_those_that_name_it_in_order(
        bytes in vec(any::<[u8; 8]>(), 0..300),
        moment in any::<u8>(),
    ) {
        let history = fold(&hostile::anyhow(&bytes));
        let log: Vec<_> = history.log().iter().collect();
        let messages = history.messages().iter().map(|message| Thing::from(message.id));
        let tasks = history.tasks().iter().map(|task| Thing::from(task.id));
        let actors = history.actors().map(|actor| Thing::from(actor.id));
        let objects = history.objects().iter().map(|object| Thing::from(object.id));
        for thing in actors.chain(objects).chain(messages).chain(tasks) {
            let events = history.events_of(thing);
            prop_assert!(events.is_sorted_by(|a, b| a < b), "{thing:?} {events:?}");
            for &at in events {
                let event = &log[at as usize];
                prop_assert!(names(&history, event, thing), "{thing:?} {event:?}");
            }
            // The ways to the next and the one before agree with the list.
            let t = Time(u64::from(moment));
            let times = || events.iter().map(|&at| (at as usize, log[at as usize].t));
            let after = times().find(|&(_, at)| at > t);
            let before = times().rfind(|&(_, at)| at < t);
            prop_assert_eq!(history.event_of_after(thing, t), after);
            prop_assert_eq!(history.event_of_before(thing, t), before);
        }
    }
}

/// Whether an event names a thing, or an object that is a part of it, in whatever way.
fn names(history: &History, event: &Event, thing: Thing) -> bool {
    let said = format!("{event:?}");
    match thing {
        Thing::Actor(id) => said.contains(&format!("ActorId({id})")),
        Thing::Message(id) => said.contains(&format!("{id:?}")),
        Thing::Task(id) => said.contains(&format!("TaskId({id})")),
        Thing::Object(id) => {
            history.objects().iter().any(|object| {
                (object.id == id || object.part_of == Some(id))
                    && said.contains(&format!("ObjectId({})", object.id))
            }) || said.contains("task: ")
        }
    }
}

#[test]
fn huge_ids_take_no_more_room_than_small_ones() {
    let mut history = History::default();
    for n in 0..1000u32 {
        let id = u32::MAX - n * 4_000_000;
        for kind in [
            Kind::LockTaken {
                object: ObjectId(id),
            },
            Kind::TaskStarted { task: TaskId(id) },
        ] {
            history.apply(&Event {
                t: Time(u64::from(n)),
                actor: ActorId(id),
                by: None,
                seq: 0,
                line: None,
                file: None,
                kind,
            });
        }
    }
    assert_eq!(history.actors().count(), 1000);
    assert_eq!(history.objects().len(), 1000);
    assert_eq!(history.tasks().len(), 1000);
    assert_eq!(
        history.task(TaskId(u32::MAX)).map(|task| task.id),
        Some(TaskId(u32::MAX))
    );
}

proptest! {
    #[test]
    fn a_pools_tasks_are_counted_as_a_search_through_all_finds_them(
        bytes in vec(any::<[u8; 8]>(), 0..300),
        at in 0u64..400,
    ) {
        let history = fold(&hostile::anyhow(&bytes));
        for pool in history.objects() {
            let t = Time(at);
            let is_put = |task: &&mpviz::history::Task| task.is_of(pool.id) && task.submitted <= t;
            let put = history.tasks().iter().filter(is_put).count();
            prop_assert_eq!(history.tasks_put(pool.id, t), put);
        }
    }
}
