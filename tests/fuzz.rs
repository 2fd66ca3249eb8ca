//! Bytes that nobody of ours has written, for everything that reads some: no panic, no room made
//! for a lying length, and an error that names what is wrong.
//!
//! As many cases as `PROPTEST_CASES` says. What reads bytes that can't be got at from here has its
//! cases beside it: rings (`channel/cut/random.rs`), the frames of a pool, the hand-over of a spawned
//! process, the stage's desk.

use mpviz::channel::desk::{self, Answer, Invitation, Request};
use mpviz::event::json;
use mpviz::event::wire::{Reader, Writer};
use mpviz::event::words::Stream;
use mpviz::event::{ActorId, Event, Kind, MessageId, ObjectId, TaskId, Time};
use mpviz::runtime::{Connection, Error, pipe, pipe_one_way};
use proptest::prelude::*;
use rustix::io::write;
use serde::de::DeserializeOwned;

/// The most that reading a hostile message may add to this process's memory.
const GROWTH_MAX_KIB: u64 = 256 * 1024;

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![2 => 0u8..8, 3 => any::<u8>()], 0..most)
}

/// A message's head, such as a sender writes it but for the length, and something behind it.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let length = prop_oneof![3 => 0u32..100, 1 => any::<u32>(), 1 => Just(i32::MAX as u32)];
    let tag = prop_oneof![2 => Just(0u16), 1 => any::<u16>()];
    (length, any::<u32>(), 0u64..9, tag, bytes(200)).prop_map(|(length, sender, n, tag, rest)| {
        let head = [&length.to_le_bytes()[..], &sender.to_le_bytes()];
        let count = [&n.to_le_bytes()[..6], &tag.to_le_bytes()];
        [&head.concat()[..], &count.concat(), &rest].concat()
    })
}

/// Receives values until the pipe is at its end; returns how it ended.
fn receive_all<T: DeserializeOwned>(reader: &Connection, bytes: usize) -> Error {
    for _ in 0..=bytes / 48 {
        match reader.recv::<T>() {
            Ok(_) => {}
            Err(Error::Undecodable { object, sender, .. }) => {
                assert_eq!(object, "hostile");
                assert!(sender.starts_with("process "), "{sender}");
            }
            Err(error) => return error,
        }
    }
    panic!("{bytes} bytes had more messages in them than they can have");
}

#[track_caller]
fn check_messages<T: DeserializeOwned>(bytes: &[u8], is_duplex: bool) {
    let ends = if is_duplex {
        pipe("hostile")
    } else {
        pipe_one_way("hostile")
    };
    let (reader, writer) = ends.expect("a pipe");
    let written = write(writer.fileno().expect("open"), bytes).expect("written");
    assert_eq!(written, bytes.len());
    drop(writer);
    match receive_all::<T>(&reader, bytes.len()) {
        Error::Eof => {}
        Error::CutMessage { got, wanted } => assert!(got < wanted && got <= bytes.len()),
        Error::MessageTooLong { bytes, max } => assert!(bytes > max),
        error => panic!("{error}"),
    }
}

/// Returns the most memory that this process ever had mapped.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("a status");
    let line = status.lines().find(|line| line.starts_with("VmPeak:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|number| number.parse().ok()).expect("kB")
}

/// One of each form of field, and what a list of them is in a message.
type Values = (u8, Option<String>, Vec<(i64, bool)>, Result<char, f32>);

proptest! {
    #[test]
    fn arbitrary_bytes_in_a_pipe_are_errors_with_names(
        messages in proptest::collection::vec(prop_oneof![message(), bytes(200)], 1..4),
        is_duplex: bool,
    ) {
        let bytes = messages.concat();
        prop_assume!(!bytes.is_empty());
        let before = peak_kib();
        check_messages::<Values>(&bytes, is_duplex);
        check_messages::<String>(&bytes, is_duplex);
        check_messages::<Vec<Vec<u64>>>(&bytes, is_duplex);
        check_messages::<u32>(&bytes, is_duplex);
        prop_assert!(peak_kib() - before < GROWTH_MAX_KIB);
    }

    #[test]
    fn a_field_of_a_ring_is_read_or_makes_no_sense(bytes in bytes(600), number: u8) {
        let _ = Kind::read(number, &mut Reader::new(&bytes));
        let mut reader = Reader::new(&bytes);
        while reader.text().is_some() {}
        let mut event = Event::empty();
        let _ = event.read_into(&mut Reader::new(&bytes));
        let _ = Kind::read(number, &mut Reader::packed(&bytes));
        let mut reader = Reader::packed(&bytes);
        while reader.text().is_some() {}
    }

    #[test]
    fn an_event_of_a_ring_with_a_wrong_byte_is_read_or_makes_no_sense(
        event in event(),
        flips in proptest::collection::vec((0usize..200, any::<u8>()), 0..4),
        cut in 0usize..400,
    ) {
        let mut place = [0; mpviz::event::kind::WIRE_MAX];
        let mut writer = Writer::new(&mut place);
        event.write(&mut writer);
        let length = writer.len();
        prop_assert_eq!(Event::read(&mut Reader::new(&place[..length])), Some(event));
        for (at, byte) in flips {
            place[at % length] = byte;
        }
        let _ = Event::read(&mut Reader::new(&place[..length.min(cut)]));
    }

    #[test]
    fn a_packed_kind_is_read_as_it_was_written_or_known_to_be_cut(
        event in event(),
        room in 0usize..8000,
    ) {
        let kind = event.kind;
        let mut place = vec![0; room];
        let mut writer = Writer::packed(&mut place);
        kind.write(&mut writer);
        let (length, is_cut) = (writer.len(), writer.is_cut());
        let read = Kind::read(kind.tag() as u8, &mut Reader::packed(&place[..length]));
        prop_assert!(is_cut || read == Some(kind));
    }

    #[test]
    fn an_event_of_a_trace_is_read_as_it_was_written(event in event()) {
        let line = serde_json::to_string(&event).expect("a line");
        prop_assert_eq!(json::parse(&line).expect("an event"), event);
    }

    #[test]
    fn an_arbitrary_line_of_a_trace_is_an_event_or_an_error(line in lines()) {
        if let Err(error) = json::parse(&line) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn an_arbitrary_request_is_one_or_none(bytes in bytes(60), text in "(mpviz-)?[0-9a-f:.]{0,50}") {
        if let Some(request) = desk::from_bytes::<Request>(&bytes) {
            prop_assert_eq!(desk::from_bytes(&desk::to_bytes(&request)), Some(request));
        }
        let _ = desk::from_bytes::<Answer>(&bytes);
        if let Some(invitation) = Invitation::parse(&text) {
            prop_assert_eq!(Invitation::parse(&invitation.to_string()), Some(invitation));
        }
    }
}

#[test]
fn no_room_is_made_for_a_length_that_lies() {
    let before = peak_kib();
    for length in [
        i32::MAX as u32 - 1,
        i32::MAX as u32,
        i32::MAX as u32 + 1,
        u32::MAX,
    ] {
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.resize(100, 1);
        check_messages::<Vec<u8>>(&bytes, false);
    }
    assert!(peak_kib() - before < GROWTH_MAX_KIB);
}

fn event() -> impl Strategy<Value = Event> {
    let id = 0u32..9;
    let kind = prop_oneof![
        Just(Kind::Thawed {}),
        (id.clone(), any::<bool>(), ".{0,20}").prop_map(|(child, daemon, name)| {
            let child = ActorId(child);
            let name = name.as_str().into();
            Kind::ProcessCreated {
                child,
                name,
                daemon,
            }
        }),
        (id.clone(), any::<u64>(), proptest::option::of(".{0,30}")).prop_map(
            |(n, number, label)| {
                let sender = ActorId(n);
                Kind::MessageSent {
                    object: ObjectId(n),
                    message: MessageId {
                        sender,
                        number: number >> 16,
                    },
                    bytes: number >> 12,
                    label: label.map(|label| label.as_str().into()),
                    end: None,
                }
            }
        ),
        (".{0,40}", any::<bool>()).prop_map(|(text, captured)| {
            let text = text.as_str().into();
            Kind::Output {
                stream: Stream::Stderr,
                text,
                captured,
            }
        }),
        id.clone()
            .prop_map(|n| Kind::TaskFetched { task: TaskId(n) }),
    ];
    (0u64..1 << 50, id, any::<u32>(), kind).prop_map(|(t, actor, seq, kind)| Event {
        t: Time(t),
        actor: ActorId(actor),
        seq,
        kind,
        ..Event::empty()
    })
}

/// Lines that are no JSON, JSON that is no event, and events with something else in them.
fn lines() -> impl Strategy<Value = String> {
    let damaged = (event(), 0usize..200, "\\PC{0,3}").prop_map(|(event, at, put)| {
        let line = serde_json::to_string(&event).expect("a line");
        let place = |&at: &usize| line.is_char_boundary(at);
        let at = (0..=at.min(line.len())).rev().find(place).unwrap_or(0);
        let next = (at + 1..=line.len()).find(place).unwrap_or(line.len());
        format!("{}{put}{}", &line[..at], &line[next..])
    });
    let field = "(t|actor|seq|kind|object|message|name|text|by|line|task)";
    let value = "(-?[0-9]{1,22}|null|true|[0-9]e[0-9]{1,4}|\"[A-Za-z]{0,12}\"|\\[[0-9]?(,[0-9])?\\]|\\{\\})";
    let object = proptest::collection::vec((field, value), 0..8).prop_map(|fields| {
        let fields = fields
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    });
    prop_oneof![".{0,80}", damaged, object, Just("[".repeat(100_000))]
}

#[cfg(feature = "tui")]
mod traces {
    use super::{event, lines};
    use mpviz::event::{Event, Time};
    use mpviz::trace::{Flush, Header, Packer, Reader, Writer, pack};
    use proptest::prelude::*;
    use std::io::{Read, Write};

    /// Reads a trace to its end; what comes is in order, and nothing comes after an error.
    fn read(bytes: &[u8]) -> (Vec<Event>, Option<String>) {
        let mut reader = match Reader::new(bytes) {
            Ok(reader) => reader,
            Err(error) => return (Vec::new(), Some(error.to_string())),
        };
        let mut events = Vec::new();
        let mut horizon = Time::ZERO;
        loop {
            match reader.chunk() {
                Ok(Some(chunk)) => {
                    assert!(chunk.horizon >= horizon);
                    horizon = chunk.horizon;
                    events.extend(chunk.events);
                }
                Ok(None) => break,
                Err(error) => {
                    assert!(
                        matches!(reader.chunk(), Ok(None)),
                        "something after {error}"
                    );
                    let line = format!("line {}", reader.line());
                    assert!(
                        error.to_string().contains(&line),
                        "{error} is not of {line}"
                    );
                    return (in_order(events), Some(error.to_string()));
                }
            }
        }
        (in_order(events), None)
    }

    fn in_order(events: Vec<Event>) -> Vec<Event> {
        assert!(events.is_sorted_by_key(|event| event.t));
        events
    }

    /// A sound trace, and how its events came.
    fn trace() -> impl Strategy<Value = (Vec<u8>, Vec<Event>)> {
        proptest::collection::vec(event(), 0..20).prop_map(|mut events| {
            events.sort_by_key(|event| event.t);
            let header = Header::new("hostile");
            let mut writer = Writer::new(Vec::new(), &header, Flush::AtEnd).expect("it is memory");
            let horizon = events.last().map_or(Time::ZERO, |event| event.t);
            writer.batch(&events, horizon).expect("it is memory");
            (writer.finish().expect("it is memory"), events)
        })
    }

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        let mut packer = Packer::new(&mut packed).expect("it is memory");
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            packer.write_all(line).expect("it is memory");
            packer.flush().expect("it is memory");
        }
        drop(packer);
        packed
    }

    #[test]
    fn a_bomb_is_refused_before_it_fills_anything() {
        let mut bomb = Vec::new();
        let mut packer = Packer::new(&mut bomb).expect("it is memory");
        let header = serde_json::to_string(&Header::new("bomb")).expect("a header");
        packer
            .write_all((header + "\n").as_bytes())
            .expect("it is memory");
        let blank = vec![b'\n'; 1 << 20];
        for _ in 0..400 {
            packer.write_all(&blank).expect("it is memory");
        }
        drop(packer);
        assert!(bomb.len() < 64 << 10, "{} bytes", bomb.len());
        let before = super::peak_kib();
        let input = pack::open(Box::new(&bomb[..])).expect("it is memory");
        let mut reader = Reader::new(input).expect("its header");
        let error = reader.event().expect_err("it is refused");
        assert!(
            error.to_string().starts_with("cannot unpack line "),
            "{error}"
        );
        assert!(super::peak_kib() - before < super::GROWTH_MAX_KIB);
    }

    proptest! {
        #[test]
        fn a_sound_trace_is_read_as_it_was_written((bytes, events) in trace()) {
            prop_assert_eq!(read(&bytes), (events, None));
        }

        #[test]
        fn a_trace_that_is_cut_gives_what_stands_before((bytes, events) in trace(), at: usize) {
            let cut = &bytes[..at % (bytes.len() + 1)];
            let whole = cut.iter().filter(|&&byte| byte == b'\n').count();
            let (given, error) = read(cut);
            prop_assert_eq!(&given, &events[..given.len()]);
            // The header's line is the first.
            prop_assert!(given.len() + 2 >= whole.min(events.len()));
            let is_whole = cut.is_empty() || cut.ends_with(b"\n");
            prop_assert!(error.is_some() || is_whole || bytes[cut.len()] == b'\n');
        }

        #[test]
        fn a_trace_with_wrong_bytes_is_read_up_to_them(
            (mut bytes, events) in trace(),
            flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..5),
        ) {
            let length = bytes.len();
            for &(at, byte) in &flips {
                bytes[at % length] = byte;
            }
            let first = flips.iter().map(|(at, _)| at % length).min().unwrap_or(0);
            let sound = bytes[..first].iter().filter(|&&byte| byte == b'\n').count();
            let (given, _) = read(&bytes);
            let sound = sound.saturating_sub(1).min(events.len());
            prop_assert!(given.len() >= sound);
            prop_assert_eq!(&given[..sound], &events[..sound]);
        }

        #[test]
        fn a_trace_of_arbitrary_lines_ends_in_an_error_or_its_end(
            has_header: bool,
            lines in proptest::collection::vec(lines(), 0..4),
        ) {
            let mut text = String::new();
            if has_header {
                text = serde_json::to_string(&Header::new("hostile")).expect("a header") + "\n";
            }
            text += &lines.join("\n");
            let _ = read(text.as_bytes());
        }

        #[test]
        fn a_packed_trace_with_wrong_bytes_gives_what_stands_before(
            (bytes, events) in trace(),
            flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..5),
            at: usize,
        ) {
            let mut packed = packed(&bytes);
            let length = packed.len();
            for (place, byte) in flips {
                packed[place % length] = byte;
            }
            let cut = &packed[..at % (length + 1)];
            let mut input = pack::open(Box::new(cut)).expect("it is memory");
            let mut reader = match Reader::new(&mut input) {
                Ok(reader) => reader,
                Err(error) => {
                    prop_assert!(!error.to_string().is_empty());
                    return Ok(());
                }
            };
            while let Ok(Some(_)) = reader.event() {}
            let _ = events;
        }

        #[test]
        fn arbitrary_bytes_behind_the_magic_end_in_an_error_or_their_end(
            bytes in super::bytes(4000),
            is_frame: bool,
        ) {
            // A frame's head with a window of some size, then blocks of nonsense.
            let head: &[u8] = if is_frame { &[0x00, 0x58] } else { &[] };
            let packed = [&pack::MAGIC[..], head, &bytes].concat();
            let before = super::peak_kib();
            let mut input = pack::open(Box::new(&packed[..])).expect("it is memory");
            let mut place = vec![0; 1 << 16];
            while let Ok(1..) = input.read(&mut place) {}
            prop_assert!(super::peak_kib() - before < super::GROWTH_MAX_KIB);
        }

        #[test]
        fn a_trace_of_arbitrary_bytes_ends_in_an_error_or_its_end(bytes in super::bytes(300)) {
            let _ = read(&bytes);
        }
    }
}

#[cfg(feature = "tui")]
mod casts {
    use mpviz::record::check_cast::{CastReport, check, is_cast};
    use proptest::prelude::*;

    /// Checks bytes as a cast; what is said of them can be shown, and is of one of their lines.
    #[track_caller]
    fn checked(bytes: &[u8]) -> CastReport {
        let _ = is_cast(bytes);
        let report = check(bytes).expect("it is memory");
        let lines = bytes.split(|&byte| byte == b'\n').count() as u64;
        for fault in &report.faults {
            assert!((1..=lines).contains(&fault.line), "{fault}");
            assert!(fault.to_string().len() < 600, "{fault}");
        }
        assert!(report.faults.is_sorted_by_key(|fault| fault.line));
        assert!(report.fault_count <= lines);
        report
    }

    /// A sound cast of either version.
    fn cast() -> impl Strategy<Value = Vec<u8>> {
        let line = (
            0u64..9999,
            "[omirxz]",
            "[a-z0-9 \\\\\"\u{1b}\u{6f22}]{0,12}",
        );
        let lines = proptest::collection::vec(line, 0..12);
        (any::<bool>(), lines).prop_map(|(is_old, lines)| {
            let header = match is_old {
                true => "{\"version\":2,\"width\":80,\"height\":24}",
                false => "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24},\"title\":\"t\"}",
            };
            let mut text = format!("{header}\n");
            let mut now = 0;
            for (passed, code, data) in lines {
                now += passed;
                let ms = if is_old { now } else { passed };
                let data = match code.as_str() {
                    "r" => "80x24".to_owned(),
                    "x" => "0".to_owned(),
                    _ => data,
                };
                let data = serde_json::Value::from(data);
                text += &format!("[{}.{:03}, \"{code}\", {data}]\n", ms / 1000, ms % 1000);
            }
            text.into_bytes()
        })
    }

    proptest! {
        #[test]
        fn a_sound_cast_has_no_faults(bytes in cast()) {
            let report = checked(&bytes);
            prop_assert_eq!(report.faults, []);
            prop_assert!(is_cast(&bytes));
        }

        #[test]
        fn a_cast_that_is_cut_is_cut_in_its_last_line(bytes in cast(), at: usize) {
            let cut = &bytes[..at % (bytes.len() + 1)];
            let report = checked(cut);
            let last = cut.split(|&byte| byte == b'\n').count() as u64;
            prop_assert!(report.faults.iter().all(|fault| fault.line == last));
        }

        #[test]
        fn a_cast_with_wrong_bytes_is_checked_to_its_end(
            mut bytes in cast(),
            flips in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..5),
        ) {
            let length = bytes.len();
            for (at, byte) in flips {
                bytes[at % length] = byte;
            }
            checked(&bytes);
        }

        #[test]
        fn arbitrary_lines_are_a_cast_or_not(
            has_header: bool,
            lines in proptest::collection::vec(super::lines(), 0..4),
        ) {
            let header = "{\"version\":3,\"term\":{\"cols\":80,\"rows\":24}}\n";
            let text = [if has_header { header } else { "" }, &lines.join("\n")].concat();
            checked(text.as_bytes());
        }

        #[test]
        fn arbitrary_bytes_are_a_cast_or_not(bytes in super::bytes(300)) {
            checked(&bytes);
        }
    }
}
