//! What the reader gives of sound and of damaged traces.

use super::*;
use crate::trace::{Flush, Writer};
use std::error::Error;
use std::io::Cursor;

const HEADER: &str = r#"{"mpviz":"0.1.0","format":1,"program":"p"}"#;
const FIRST: &str = r#"{"t":5,"actor":0,"seq":1,"kind":"Frozen"}"#;
const SECOND: &str = r#"{"t":7,"actor":0,"seq":2,"kind":"Thawed"}"#;

/// Returns how many events come, and the error with its causes, if one does.
fn read(bytes: &[u8], line_max: usize) -> (usize, Option<String>) {
    let mut reader = match Reader::with_line_max(Cursor::new(bytes), line_max) {
        Ok(reader) => reader,
        Err(error) => return (0, Some(chain(&error))),
    };
    let mut count = 0;
    loop {
        match reader.chunk() {
            Ok(Some(chunk)) => count += chunk.events.len(),
            Ok(None) => return (count, None),
            Err(error) => {
                assert!(
                    matches!(reader.event(), Ok(None)),
                    "something after {error}"
                );
                return (count, Some(chain(&error)));
            }
        }
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[track_caller]
fn check(lines: &[&str], events: usize, error: Option<&str>) {
    let text = lines.join("\n") + "\n";
    let (count, said) = read(text.as_bytes(), 1000);
    assert_eq!((count, said.as_deref()), (events, error), "{text}");
}

#[test]
fn a_sound_trace_is_given_whole() {
    check(&[HEADER], 0, None);
    check(&[HEADER, FIRST, SECOND], 2, None);
    check(&[HEADER, FIRST, "", SECOND, "  "], 2, None);
}

#[test]
fn what_is_no_trace_says_why() {
    let no_header = "not a trace: line 1 is no header: ";
    let (_, error) = read(b"", 1000);
    assert_eq!(error.as_deref(), Some("not a trace: it is empty"));
    check(
        &[FIRST],
        0,
        Some(&format!("{no_header}it is an event already")),
    );
    check(&["{}"], 0, Some(&format!("{no_header}no field `mpviz`")));
    check(&["[1]"], 0, Some(&format!("{no_header}no field `mpviz`")));
    check(
        &[r#"{"mpviz":"0.1.0"}"#],
        0,
        Some(&format!("{no_header}no field `format`")),
    );
    check(
        &["#!/bin/sh"],
        0,
        Some(&format!("{no_header}no JSON from column 1 on")),
    );
    check(
        &[r#"{"mpviz":"0.1.0","format":"one"}"#],
        0,
        Some(&format!(
            "{no_header}a field is wrong: invalid type: string \"one\", expected u32"
        )),
    );
}

#[test]
fn another_format_is_said_before_anything_else() {
    check(
        &[
            r#"{"mpviz":"9.0.0","format":4,"program":{"name":"p"}}"#,
            "%",
        ],
        0,
        Some("format 4, this mpviz reads 1"),
    );
    check(
        &[r#"{"mpviz":"0.0.1","format":0}"#],
        0,
        Some("format 0, this mpviz reads 1"),
    );
    check(
        &[r#"{"mpviz":"9.0.0","format":99999999999}"#],
        0,
        Some("format 4294967295, this mpviz reads 1"),
    );
}

#[test]
fn a_wrong_line_is_named_after_everything_before_it() {
    check(
        &[HEADER, FIRST, "oops", SECOND],
        1,
        Some("line 3 is no event: no JSON from column 1 on"),
    );
    check(
        &[HEADER, SECOND, FIRST],
        1,
        Some("line 3 is out of order: 5 ns comes after 7 ns"),
    );
    check(
        &[HEADER, FIRST, r#"{"t":9,"actor":1,"kind":"Woke"}"#],
        1,
        Some(
            "line 3 is no event: field `seq` is missing or wrong: invalid type: null, expected u32",
        ),
    );
    check(
        &[
            HEADER,
            FIRST,
            r#"{"t":9,"actor":1,"seq":1,"kind":"LockTaken"}"#,
        ],
        1,
        Some(
            "line 3 is no event: field `object` of `LockTaken` is missing or wrong: \
             invalid type: null, expected u32",
        ),
    );
}

#[test]
fn a_kind_of_the_future_is_kept() {
    let future = r#"{"t":6,"actor":0,"seq":3,"kind":"Teleported","to":[1,"x"]}"#;
    let text = [HEADER, FIRST, future, SECOND].join("\n");
    let mut reader = Reader::new(Cursor::new(text)).unwrap();
    let mut lines = Vec::new();
    while let Some(event) = reader.event().unwrap() {
        lines.push(serde_json::to_string(&event).unwrap());
    }
    assert_eq!(lines, [FIRST, future, SECOND]);
    assert_eq!(reader.unknown(), 1);
}

#[test]
fn a_trace_cut_at_any_byte_gives_the_lines_before() {
    let named = r#"{"t":9,"actor":1,"seq":1,"kind":"Failed","error":"Fehler","text":"für ► ∅"}"#;
    let text = [HEADER, FIRST, named].join("\n") + "\n";
    let header_len = HEADER.len();
    let first_len = header_len + 1 + FIRST.len();
    for end in header_len..=text.len() {
        let (count, error) = read(&text.as_bytes()[..end], 1000);
        let (events, expected) = match end {
            _ if end <= header_len + 1 => (0, None),
            _ if end < first_len => (0, Some("line 2 is cut")),
            _ if end <= first_len + 1 => (1, None),
            _ if end < text.len() - 1 => (1, Some("line 3 is cut")),
            _ => (2, None),
        };
        assert_eq!(
            (count, error.as_deref()),
            (events, expected),
            "cut at {end}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_named() {
    let mut bytes = format!("{HEADER}\n{FIRST}\n").into_bytes();
    bytes.extend(b"{\"t\":\xff}\n");
    let (count, error) = read(&bytes, 1000);
    assert_eq!(count, 1);
    assert_eq!(error.as_deref(), Some("line 3 is not UTF-8 from byte 6 on"));
}

#[test]
fn a_line_without_an_end_is_not_read_for_ever() {
    let mut bytes = format!("{HEADER}\n{FIRST}\n").into_bytes();
    bytes.extend(std::iter::repeat_n(b'x', 5000));
    let (count, error) = read(&bytes, 1000);
    assert_eq!(count, 1);
    assert_eq!(error.as_deref(), Some("line 3 is longer than 1000 bytes"));
}

#[test]
fn a_name_of_a_million_characters_is_fine() {
    let name = "n".repeat(1_000_000);
    let event = format!(
        r#"{{"t":9,"actor":1,"seq":1,"kind":"ProcessStarted","pid":9,"parent":0,"name":"{name}"}}"#
    );
    let text = [HEADER, &event].join("\n");
    assert_eq!(read(text.as_bytes(), LINE_MAX), (1, None));
}

/// `batches` are `events@horizon`, both in milliseconds; `lines` is what is written.
#[track_caller]
fn check_written(batches: &str, lines: &str) {
    let mut writer = Writer::new(Vec::new(), &Header::new("p"), Flush::AtEnd).unwrap();
    let mut seq = 0;
    for batch in batches.split_whitespace() {
        let (events, horizon) = batch.split_once('@').unwrap();
        let events: Vec<Event> = events
            .split_terminator(',')
            .map(|t| {
                seq += 1;
                let (t, kind) = match t.strip_suffix('!') {
                    None => (t, Kind::Woke {}),
                    Some(t) => {
                        let ending = crate::event::words::Ending::Finished;
                        (t, Kind::RunEnded { ending, code: None })
                    }
                };
                Event {
                    t: ms(t),
                    actor: crate::event::ActorId(1),
                    by: None,
                    seq,
                    line: None,
                    file: None,
                    kind,
                }
            })
            .collect();
        writer.batch(&events, ms(horizon)).unwrap();
    }
    let bytes = writer.finish().unwrap();
    let mut reader = Reader::new(Cursor::new(bytes)).unwrap();
    let mut written = Vec::new();
    while let Some(event) = reader.event().unwrap() {
        let t = event.t.0 / 1_000_000;
        let mark = if matches!(event.kind, Kind::Horizon {}) {
            "h"
        } else {
            ""
        };
        written.push(format!("{t}{mark}"));
    }
    assert_eq!(written.join(" "), lines);
}

fn ms(text: &str) -> Time {
    Time(text.parse::<u64>().unwrap() * 1_000_000)
}

#[test]
fn horizons_are_written_after_events_and_seldom_in_quiet() {
    check_written("1,2@5 @50 @106 @107 @300", "1 2 5h 106h 300h");
    check_written("1,2@2 3@3", "1 2 3");
    check_written("1@1 @20", "1 20h");
    check_written("1,4!@9 @500", "1 4");
}

#[test]
fn a_chunk_ends_at_a_horizon() {
    let horizon = r#"{"t":6,"actor":0,"seq":1,"kind":"Horizon"}"#;
    let text = [HEADER, FIRST, horizon, SECOND].join("\n");
    let mut reader = Reader::new(Cursor::new(text)).unwrap();
    let mut chunks = Vec::new();
    while let Some(chunk) = reader.chunk().unwrap() {
        chunks.push((chunk.events.len(), chunk.horizon));
    }
    assert_eq!(chunks, [(1, Time(6)), (1, Time(7))]);
}
