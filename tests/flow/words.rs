//! What everyone does, why, and what comes next, as tables.

use crate::plays::{events, folded, history, ms, names};
use mpviz::event::kind::KINDS;
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId, Text};
use mpviz::view::words::{caption, now_words, object_words, sentence};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Kinds that are never told: others tell of them, or nobody needs to know.
const BOOKKEEPING: &[&str] = &[
    "Horizon",
    "ProcessFinishing",
    "ProcessExiting",
    "ThreadEnded",
    "Woke",
    "SourceSeen",
    "Sampled",
    "EndsSampled",
    "LockReleased",
    "CountChanged",
    "WaitListed",
    // The viewer knows what the viewer did.
    "RecordingStarted",
    "RecordingPaused",
    "RecordingResumed",
    "RecordingEnded",
    "ViewerActed",
    "ViewerResized",
    "MarkSet",
    "CaptionShown",
    "SpeedSet",
];

#[test]
fn every_kind_has_its_sentence_or_is_bookkeeping() {
    let mut told = BTreeSet::new();
    for name in names() {
        let history = history(&name);
        for event in history.log() {
            if sentence(&history, &event).is_some() {
                told.insert(event.kind.name().to_owned());
            }
        }
    }
    let silent: Vec<&str> = KINDS
        .iter()
        .map(|kind| kind.name)
        .filter(|name| !told.contains(*name))
        .collect();
    assert_eq!(
        silent,
        in_order(BOOKKEEPING),
        "of all kinds, only these are silent"
    );
}

fn in_order(names: &[&'static str]) -> Vec<&'static str> {
    let is_one = |name: &&str| names.contains(name);
    KINDS.iter().map(|kind| kind.name).filter(is_one).collect()
}

/// At each moment of each play: what each process and object does, and each process's caption.
#[test]
fn what_everyone_does_and_why() {
    let moments: &[(&str, &[f64])] = &[
        (
            "fan-in",
            &[8.0, 100.0, 620.1, 620.4, 1200.0, 1520.0, 1523.0, 1528.0],
        ),
        ("pool", &[9.0, 1480.0, 2600.0, 2882.0, 2887.0, 2896.0]),
        ("pipe", &[20.0, 1320.0, 1811.5, 2003.0, 2020.0]),
        ("fork", &[0.05, 0.3, 0.5, 0.6, 0.79, 0.9]),
        ("join-full", &[1900.0]),
        ("communicate", &[4.2, 50.0, 90.0]),
        ("limits", &[400.0, 900.0]),
        (
            "lost-update",
            &[10.0, 75.0, 97.0, 110.0, 125.0, 145.0, 160.0],
        ),
        ("processes", &[50.0, 250.0, 480.0]),
        ("troubles", &[6.5, 50.0, 908.2, 911.0]),
        ("many", &[120.0]),
        ("wakers", &[30.0, 70.0, 100.0]),
    ];
    let mut text = String::new();
    for &(name, moments) in moments {
        let history = history(name);
        for &at in moments {
            let t = ms(at);
            let _ = writeln!(text, "{name} at {at} ms");
            for actor in history.actors() {
                let Some(now) = now_words(&history, actor.id, t) else {
                    continue;
                };
                let task = now.task.map_or(String::new(), |task| format!("T{task} "));
                let lasts = now.lasts.map_or("-".into(), mpviz::view::words::seconds);
                let forms = [36, 24, 13].map(|width| now.words.fitting(width).to_owned());
                let bad = if now.bad { " BAD" } else { "" };
                let name = mpviz::view::words::full_name(&history, actor.id, t);
                let _ = writeln!(
                    text,
                    "  {name}: {:?} {task}{} | {} | {} | {lasts}{bad}",
                    now.sign, forms[0], forms[1], forms[2]
                );
                let told = caption(&history, Some(actor.id.into()), t);
                let _ = writeln!(text, "      why: {}", told.why);
                let _ = writeln!(text, "      {}: {}", told.next_label, told.next);
            }
            for object in history.objects() {
                if let Some(now) = object_words(&history, object.id, t) {
                    let bad = if now.bad { " BAD" } else { "" };
                    let words = now.words.longest();
                    let name = history.name_of(object.id);
                    let _ = writeln!(text, "  {name}: {words}{bad}");
                    let told = caption(&history, Some(object.id.into()), t);
                    let _ = writeln!(text, "      why: {}", told.why);
                    let _ = writeln!(text, "      {}: {}", told.next_label, told.next);
                }
            }
        }
    }
    insta::assert_snapshot!("everyone", text);
}

/// A queue that is full, of which another process takes an item: who waits for room is told.
#[test]
fn who_takes_now_and_then_makes_room() {
    let (mut events, _) = events("join-full");
    let reader = ActorId(9);
    let kinds = [
        Kind::ProcessStarted {
            pid: 27502,
            parent: ActorId(1),
            name: Text::from("reader"),
        },
        Kind::MessageReceived {
            object: ObjectId(2),
            message: MessageId {
                sender: ActorId(2),
                number: 1,
            },
            end: None,
        },
    ];
    events.extend((1..).zip(kinds).map(|(seq, kind)| Event {
        t: ms(1920.0),
        actor: reader,
        by: None,
        seq,
        line: None,
        file: None,
        kind,
    }));
    let history = folded(&events, ms(4000.0));
    let next = |t| caption(&history, Some(ActorId(2).into()), ms(t)).next;
    assert_eq!(
        next(1970.0),
        "reader took an item just now; each that it takes makes room."
    );
    assert_eq!(
        next(3000.0),
        "Nobody gets from q now: only that would make room."
    );
}

#[test]
fn who_is_not_there_does_nothing() {
    let history = history("fork");
    assert_eq!(now_words(&history, ActorId(2), ms(0.1)), None);
    assert_eq!(now_words(&history, ActorId(77), ms(0.1)), None);
    assert_eq!(object_words(&history, ObjectId(77), ms(0.1)), None);
    let nobody = caption(&history, Some(ActorId(77).into()), ms(0.1));
    assert_eq!((nobody.why.as_str(), nobody.next.as_str()), ("", ""));
}
