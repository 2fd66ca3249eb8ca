//! The form that an event takes in a trace: a flat JSON object.
//!
//! Reading has two steps: a line is a raw event first, then a known kind, or one that is unknown
//! and kept. So a trace of a newer mpviz can be shown as far as it is understood, and is written
//! back unchanged.

use super::id::{ActorId, FileId};
use super::kind::{Event, Kind};
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
