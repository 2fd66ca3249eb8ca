//! Events that nobody would send: any kind, about anybody, from eight bytes each.
//!
//! Ids come from a small range, so that events meet; now and then one is huge.

use mpviz::event::kind::{KINDS, UnknownKind};
use mpviz::event::words::{
    Class, End, Ending, GapReason, KernelState, Method, Operation, Outcome, Part, Role, Sight,
    Stream,
};
use mpviz::event::{ActorId, Event, FileId, Kind, MessageId, ObjectId, Span, TaskId, Text, Time};

/// Returns a trace whose times do not go back, for each eight bytes an event.
pub(super) fn in_order(all: &[[u8; 8]]) -> Vec<Event> {
    let mut t = 0;
    all.iter()
        .map(|bytes| {
            // Now and then so long that waits have become long ones.
            t += match bytes[2] {
                240.. => 300_000_000,
                short => u64::from(short % 4),
            };
            event(bytes, t)
        })
        .collect()
}

/// Returns a trace with times of any order.
pub(super) fn anyhow(all: &[[u8; 8]]) -> Vec<Event> {
    all.iter()
        .map(|bytes| match bytes[2] {
            255 => event(bytes, u64::MAX),
            t => event(bytes, u64::from(t)),
        })
        .collect()
}

fn event(bytes: &[u8; 8], t: u64) -> Event {
    let actor = ActorId(id(bytes[1]));
    let kind = kind(bytes, t);
    // A source says its file itself.
    let located = !matches!(kind, Kind::SourceSeen { .. });
    Event {
        t: Time(t),
        actor,
        by: (bytes[7].is_multiple_of(5)).then_some(ActorId(id(bytes[7]))),
        seq: u32::from(bytes[6]),
        line: (bytes[6].is_multiple_of(3)).then_some(u32::from(bytes[5])),
        file: (located && bytes[6].is_multiple_of(9)).then_some(FileId(u32::from(bytes[4] % 3))),
        kind,
    }
}

/// Returns an id: mostly one of six.
fn id(byte: u8) -> u32 {
    match byte {
        255 => u32::MAX,
        254 => 4_000_000_000,
        253 => 70_000,
        byte => u32::from(byte % 6),
    }
}

fn word<T: Copy>(all: &[T], byte: u8) -> T {
    all[usize::from(byte) % all.len()]
}

fn name(byte: u8) -> Text {
    match byte % 5 {
        0 => Text::default(),
        1 => "ä long näme that does not fit into the event itself, and some more "
            .repeat(3)
            .into(),
        n => format!("n{n}").into(),
    }
}

fn some<T>(byte: u8, value: T) -> Option<T> {
    (!byte.is_multiple_of(3)).then_some(value)
}

// A table: a kind a line.
#[rustfmt::skip]
fn kind(b: &[u8; 8], t: u64) -> Kind {
    let (x, y, z, w) = (b[3], b[4], b[5], b[6]);
    let actor = ActorId(id(x));
    let object = ObjectId(id(x));
    let task = TaskId(id(x));
    let number = if w == 255 { u64::MAX } else { u64::from(w % 8) };
    let message = MessageId { sender: ActorId(id(y)), number };
    let bytes = if z == 255 { u64::MAX } else { u64::from(z) };
    let end = word(End::ALL, z);
    match b[0] % 48 {
        0 => Kind::RunStarted {
            program: name(x).into(), title: name(y).into(), knobs: vec![(name(x), name(y))], seed: bytes, pace: f64::from(z),
            viewer: 1, supervisor: u32::from(w % 3), machine: name(w).into(), cpus: 2, wall: name(z).into(),
        },
        1 => Kind::RunEnded { ending: word(Ending::ALL, x), code: some(y, i32::from(z)) },
        2 => Kind::Horizon {},
        3 => Kind::Gap { reason: word(GapReason::ALL, x), count: some(y, bytes), since: Time(u64::from(w)) },
        4 => Kind::PaceChanged { factor: f64::from(x) },
        5 => Kind::Frozen {},
        6 => Kind::Thawed {},
        7 => Kind::ProcessCreated { child: actor, name: name(y), daemon: z.is_multiple_of(2) },
        8 | 9 => Kind::ProcessForked {
            child: actor, name: name(y), method: word(Method::ALL, z), daemon: w.is_multiple_of(2), function: some(w, name(z)),
        },
        10 => Kind::ForkReturned { child: actor, pid: u32::from(y) },
        11 => Kind::ForkFailed { child: actor, error: name(y) },
        12 | 13 => Kind::ProcessStarted { pid: u32::from(y), parent: actor, name: name(z) },
        14 => Kind::ProcessExec { argv: vec![name(x); usize::from(y % 3)] },
        15 => Kind::ThreadStarted { process: actor, role: word(Role::ALL, y), object: some(z, ObjectId(id(w))) },
        16 if y.is_multiple_of(2) => Kind::ProcessFinishing {},
        16 => Kind::ThreadEnded {},
        17 => Kind::ProcessExiting { code: i32::from(x) },
        18 => Kind::ProcessExited { code: some(x, i32::from(y) - 128) },
        19 if y.is_multiple_of(2) => Kind::ExitCodeRead { child: actor, code: i32::from(z) },
        19 => Kind::ProcessReaped { child: actor, code: some(y, i32::from(z)) },
        20 => Kind::ProcessAdopted { adopter: actor, ppid: u32::from(y), since: some(z, Time(u64::from(w))) },
        21 => Kind::SignalSent { to: actor, signal: i32::from(y) },
        22 => Kind::Slept { until: Time(t.saturating_add(u64::from(x))) },
        23 => Kind::Woke {},
        24 => Kind::ObjectCreated {
            object, class: word(Class::ALL, y), name: name(z), part_of: some(w, ObjectId(id(z))),
            part: some(z, word(Part::ALL, w)), maxsize: some(y, bytes), capacity: some(w, bytes),
        },
        25 => Kind::EndOpened { object, end },
        26 => Kind::EndClosed { object, end },
        27 | 28 => Kind::Blocked {
            operation: word(Operation::ALL, y), object: some(z, object), on: some(w, actor), timeout: some(z, Span(bytes)),
        },
        29 | 30 => Kind::Unblocked { outcome: word(Outcome::ALL, x), waker: some(y, ActorId(id(z))) },
        31 if y % 4 == 0 => Kind::LockUsed { object, times: bytes },
        31 => Kind::LockTaken { object },
        32 => Kind::LockReleased { object },
        33 => Kind::CountChanged { object, value: bytes },
        34 | 35 => Kind::MessagePut { object, message, bytes, label: name(z) },
        36 | 37 => Kind::MessageSent { object, message, bytes, label: some(z, name(w)), end: some(w, end) },
        38 | 39 => Kind::MessageReceived { object, message, end: some(w, end) },
        40 => match y % 5 {
            3 => Kind::ValueRead { object, index: some(z, bytes), label: name(w) },
            4 => Kind::ValueWritten { object, index: some(z, bytes), label: name(w) },
            0 => Kind::BytesWritten { object, bytes, label: name(w) },
            1 => Kind::BytesRead { object, bytes, label: name(w) },
            _ => Kind::EofSeen { object },
        },
        41 => Kind::TaskSubmitted { pool: object, task: TaskId(id(y)), function: name(z) },
        42 => match y % 4 {
            0 => Kind::TaskFetched { task },
            1 => Kind::TaskFinished { task, ok: z.is_multiple_of(2), error: some(w, name(z)) },
            _ => Kind::TaskStarted { task },
        },
        43 => match y % 5 {
            0 => Kind::Output { stream: word(Stream::ALL, x), text: name(z), captured: w.is_multiple_of(2) },
            1 => Kind::SourceSeen { file: FileId(u32::from(x % 3)), path: name(z), text: name(w) },
            2 | 3 => Kind::Unseen { what: word(Sight::ALL, x), why: name(z) },
            _ => Kind::Failed { error: name(x), text: name(z) },
        },
        44 => match y % 2 {
            0 => Kind::Sampled {
                state: word(KernelState::ALL, x), cpu: Span(bytes), memory: bytes, run_delay: some(w, Span(1)),
            },
            _ => Kind::EndsSampled { object, holders: vec![(actor, end), (ActorId(id(w)), word(End::ALL, w))] },
        },
        45 => Kind::WaitListed { objects: vec![object, ObjectId(id(w))], actors: vec![actor; usize::from(z % 3)], others: u32::from(w % 2) },
        46 => viewers(y, Time(bytes), name(z), u32::from(w)),
        _ => Kind::Unknown(Box::new(UnknownKind { name: "Teleported".into(), fields: serde_json::Map::new() })),
    }
}

#[rustfmt::skip]
fn viewers(which: u8, at: Time, name: Text, number: u32) -> Kind {
    match which % 9 {
        0 => Kind::RecordingStarted { at, columns: number, rows: number, speed: f64::from(number) },
        1 => Kind::RecordingPaused { at },
        2 => Kind::RecordingResumed { at },
        3 => Kind::RecordingEnded { at },
        4 => Kind::ViewerActed { at, action: name.clone(), key: name, moment: None },
        5 => Kind::ViewerResized { at, columns: number, rows: number },
        6 => Kind::MarkSet { at, moment: at, name },
        7 => Kind::CaptionShown { at, text: name.into(), lasts: Span(at.0), moment: None },
        _ => Kind::SpeedSet { at, speed: f64::from(number) },
    }
}

#[test]
fn every_kind_is_among_them() {
    let all =
        (0..=255).flat_map(|first| (0..=255).map(move |fifth| [first, 1, 0, 0, fifth, 0, 0, 0]));
    let events = anyhow(&all.collect::<Vec<_>>());
    let missing: Vec<&str> = KINDS
        .iter()
        .map(|kind| kind.name)
        .filter(|&name| events.iter().all(|event| event.kind.name() != name))
        .collect();
    assert!(missing.is_empty(), "no event of {missing:?}");
}
