//! The form that an event takes in a trace: a flat JSON object.
//!
//! A line just as it is written is read straight (`lean`). Any other is read in two steps: it is a
//! raw event first, then a known kind, or one that is unknown and kept. So a trace of a newer mpviz can be shown as far as it is understood, and is written
//! back unchanged.

use super::id::{ActorId, FileId};
use super::kind::{Event, Kind};
use super::lean;
use super::time::Time;
use serde::de::DeserializeOwned;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value};

/// Why a line is no event.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// It is no JSON. A line is parsed alone, so of the error's own place only the column counts.
    #[error("no JSON from column {} on", .0.column())]
    Json(serde_json::Error),
    /// It is JSON, but no object.
    #[error("no JSON object")]
    NotAnObject,
    /// A field that every event has is missing or has the wrong type.
    #[error("field `{field}` is missing or wrong")]
    Common {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A field of its kind is missing or has the wrong type.
    #[error("field `{field}` of `{kind}` is missing or wrong")]
    Field {
        /// The kind.
        kind: String,
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("t", &self.t)?;
        map.serialize_entry("actor", &self.actor)?;
        if let Some(by) = self.by {
            map.serialize_entry("by", &by)?;
        }
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("kind", self.kind.name())?;
        self.kind.serialize_fields(&mut map)?;
        if let Some(line) = self.line {
            map.serialize_entry("line", &line)?;
        }
        // `SourceSeen` has a field `file` of its own.
        if let (Some(file), false) = (self.file, matches!(self.kind, Kind::SourceSeen { .. })) {
            map.serialize_entry("file", &file)?;
        }
        map.end()
    }
}

/// Reads an event from a line of JSON.
pub fn parse(line: &str) -> Result<Event, EventError> {
    // Nearly every line is just as we write it.
    match lean::event(line) {
        Some(event) => Ok(event),
        None => by_map(line),
    }
}

/// Reads an event from a line of any form.
fn by_map(line: &str) -> Result<Event, EventError> {
    match serde_json::from_str(line).map_err(EventError::Json)? {
        Value::Object(map) => from_map(map),
        _ => Err(EventError::NotAnObject),
    }
}

fn from_map(mut map: Map<String, Value>) -> Result<Event, EventError> {
    let t: Time = take(&mut map, "t")?;
    let actor: ActorId = take(&mut map, "actor")?;
    let by = take(&mut map, "by")?;
    let seq = take(&mut map, "seq")?;
    let line = take(&mut map, "line")?;
    let name: String = take(&mut map, "kind")?;
    let file: Option<FileId> = if name == "SourceSeen" {
        None
    } else {
        take(&mut map, "file")?
    };
    let kind = Kind::from_fields(&name, &mut map).map_err(|(field, source)| EventError::Field {
        kind: name,
        field,
        source,
    })?;
    Ok(Event {
        t,
        actor,
        by,
        seq,
        line,
        file,
        kind,
    })
}

fn take<T: DeserializeOwned>(
    map: &mut Map<String, Value>,
    field: &'static str,
) -> Result<T, EventError> {
    serde_json::from_value(map.remove(field).unwrap_or(Value::Null))
        .map_err(|source| EventError::Common { field, source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::kind::KINDS;

    /// Whatever is read straight is what the map gives.
    #[track_caller]
    fn check(line: &str) -> bool {
        let straight = lean::event(line);
        if let Some(event) = &straight {
            let by_map = by_map(line).expect("what is read straight is an event");
            assert_eq!(format!("{event:?}"), format!("{by_map:?}"), "{line}");
        }
        straight.is_some()
    }

    /// A value of a type, as it is written.
    fn value(ty: &str) -> String {
        let ty = ty.replace(' ', "");
        if let Some(inner) = ty.strip_prefix("Option<").or(ty.strip_prefix("Box<")) {
            return value(inner.strip_suffix('>').expect("it is closed"));
        }
        if let Some(inner) = ty.strip_prefix("Vec<") {
            let inner = inner.strip_suffix('>').expect("it is closed");
            return format!("[{},{}]", value(inner), value(inner));
        }
        if let Some(inner) = ty.strip_prefix('(') {
            let inner = inner.strip_suffix(')').expect("it is closed");
            let (a, b) = inner.split_once(',').expect("two of them");
            return format!("[{},{}]", value(a), value(b));
        }
        let word = |word: &str| format!("\"{word}\"");
        match ty.as_str() {
            "u32" | "ActorId" | "ObjectId" | "TaskId" | "FileId" => "4294967295".to_owned(),
            "u64" | "Time" | "Span" => u64::MAX.to_string(),
            "i32" => "-9".to_owned(),
            "f64" => "0.30000000000000004".to_owned(),
            "bool" => "false".to_owned(),
            "MessageId" => "[2,9]".to_owned(),
            "Text" => r#""a\n\"\u001b ü ►""#.to_owned(),
            "Class" => word("duplex pipe"),
            "End" => word("a"),
            "Ending" => word("supervisor lost"),
            "GapReason" => word("ring full"),
            "KernelState" => word("?"),
            "Method" => word("bare-fork"),
            "Operation" => word("join pool"),
            "Outcome" => word("timed out"),
            "Part" => word("read lock"),
            "Role" => word("task handler"),
            "Sight" => word("messages, tasks and locks"),
            "Stream" => word("stderr"),
            ty => panic!("there is a type {ty}"),
        }
    }

    #[test]
    fn every_kind_is_read_straight_with_all_its_fields_and_with_those_it_needs() {
        for kind in KINDS {
            for is_whole in [true, false] {
                let fields = kind.fields.iter();
                let fields = fields.filter(|field| is_whole || !field.ty.starts_with("Option"));
                let fields: String = fields
                    .map(|field| format!(",\"{}\":{}", field.name, value(field.ty)))
                    .collect();
                let file = match kind.name {
                    "SourceSeen" => "",
                    _ => ",\"file\":1",
                };
                let name = kind.name;
                for (by, line) in [
                    ("", String::new()),
                    (",\"by\":3", format!(",\"line\":17{file}")),
                ] {
                    let line = format!(
                        "{{\"t\":5,\"actor\":2{by},\"seq\":7,\"kind\":\"{name}\"{fields}{line}}}"
                    );
                    assert!(check(&line), "not read straight: {line}");
                    let written = serde_json::to_string(&parse(&line).expect("an event"));
                    assert_eq!(written.expect("it is written"), line);
                }
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_is_read_all_the_same() {
        let expected = parse(r#"{"t":5,"actor":2,"seq":7,"kind":"LockTaken","object":4}"#);
        let expected = expected.expect("an event");
        for line in [
            r#"{"actor":2,"t":5,"seq":7,"kind":"LockTaken","object":4}"#,
            r#"{ "t": 5, "actor": 2, "seq": 7, "kind": "LockTaken", "object": 4 }"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"LockTaken","object":4,"line":null}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"LockTaken","object":4,"new":[{}]}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"LockTaken","object":3,"object":4}"#,
            r#"{"t":5,"actor":2,"seq":7,"object":4,"kind":"Lock\u0054aken"}"#,
        ] {
            assert!(!check(line), "{line}");
            assert_eq!(parse(line).expect("an event"), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_event_is_not_read_straight() {
        for line in [
            r#"{"t":05,"actor":2,"seq":7,"kind":"Frozen"}"#,
            r#"{"t":5.0,"actor":2,"seq":7,"kind":"Frozen"}"#,
            r#"{"t":5e1,"actor":2,"seq":7,"kind":"Frozen"}"#,
            r#"{"t":18446744073709551616,"actor":2,"seq":7,"kind":"Frozen"}"#,
            r#"{"t":5,"actor":4294967296,"seq":7,"kind":"Frozen"}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"Frozen"}}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"Frozen""#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"LockTaken"}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"ProcessExiting","code":-0}"#,
            "{\"t\":5,\"actor\":2,\"seq\":7,\"kind\":\"Failed\",\"error\":\"\u{1}\",\"text\":\"\"}",
            r#"{"t":5,"actor":2,"seq":7,"kind":"Failed","error":"\ud800","text":""}"#,
            r#"{"t":5,"actor":2,"seq":7,"kind":"Failed","error":"\"#,
        ] {
            assert!(!check(line), "{line}");
            assert!(by_map(line).is_err(), "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_line_with_a_wrong_character_is_read_alike(at: usize, put in "\\PC{0,2}", n: u64) {
            let line = format!(
                r#"{{"t":{n},"actor":2,"seq":7,"kind":"MessageSent","object":4,"message":[2,{n}],"bytes":21,"label":"a\nü","end":"a","line":17}}"#
            );
            let place = |at: &usize| line.is_char_boundary(*at);
            let at = at % line.len();
            let from = (0..=at).rev().find(place).unwrap_or(0);
            let to = (at + 1..=line.len()).find(place).unwrap_or(line.len());
            check(&format!("{}{put}{}", &line[..from], &line[to..]));
        }
    }
}
