//! The first line of a trace: that it is one, of which format, of which program.

use super::format::{Format, Unreadable};
use crate::event::{Kind, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The first line of a trace. It is the only one without a `kind`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The version of the mpviz that wrote the trace.
    pub mpviz: String,
    /// The format of the lines that follow.
    pub format: Format,
    /// The program's name. The rest is told by `RunStarted`.
    #[serde(default)]
    pub program: String,
    /// Each knob's name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub knobs: Vec<(String, String)>,
    /// What random sleeps come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Kernel and architecture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// How many columns and rows the screen has, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<(u16, u16)>,
    /// Fields that this mpviz does not know, written back unchanged.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Why a line is no header.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// It is no JSON. A line is parsed alone, so of the error's own place only the column counts.
    #[error("no JSON from column {} on", .0.column())]
    Json(serde_json::Error),
    /// It is JSON, but not an object with `mpviz` and `format`.
    #[error("no field `{field}`")]
    Field {
        /// The field that is missing.
        field: &'static str,
    },
    /// It is an event: the line before it is missing.
    #[error("it is an event already")]
    Event,
    /// A field has a value of another type.
    #[error("a field is wrong")]
    Value(#[source] serde_json::Error),
    /// The trace is of another format.
    #[error(transparent)]
    Format(#[from] Unreadable),
}

impl Header {
    /// Returns the header of a trace that is written now.
    pub fn new(program: &str) -> Header {
        Header {
            mpviz: env!("CARGO_PKG_VERSION").to_owned(),
            format: Format::CURRENT,
            program: program.to_owned(),
            knobs: Vec::new(),
            seed: None,
            machine: None,
            size: None,
            more: Map::new(),
        }
    }

    /// Returns the header of a trace of a run that begins with `started`, if that is known.
    pub fn of(started: Option<&Kind>) -> Header {
        let Some(Kind::RunStarted {
            program,
            knobs,
            seed,
            machine,
            ..
        }) = started
        else {
            return Header::new("");
        };
        let text = |(name, value): &(Text, Text)| (name.to_string(), value.to_string());
        Header {
            knobs: knobs.iter().map(text).collect(),
            seed: Some(*seed),
            machine: Some(machine.to_string()),
            ..Header::new(program)
        }
    }

    /// Returns it as this mpviz writes it.
    #[must_use]
    pub fn of_now(self) -> Header {
        let Header { mpviz, format, .. } = Header::new("");
        Header {
            mpviz,
            format,
            ..self
        }
    }

    /// Returns it with the size of the screen; one that is not known yet is left out.
    #[must_use]
    pub fn with_size(self, size: (u16, u16)) -> Header {
        let size = (size != (0, 0)).then_some(size);
        Header { size, ..self }
    }

    /// Reads a header. The format is looked at before anything else: of a newer one, no other field
    /// may mean what it means here.
    pub fn parse(line: &str) -> Result<Header, HeaderError> {
        let value: Value = serde_json::from_str(line).map_err(HeaderError::Json)?;
        if value.get("kind").is_some() {
            return Err(HeaderError::Event);
        }
        for field in ["mpviz", "format"] {
            if value.get(field).is_none() {
                return Err(HeaderError::Field { field });
            }
        }
        let written_by = value["mpviz"].as_str().unwrap_or("of an unknown version");
        if let Some(format) = value["format"].as_u64() {
            // A number beyond u32 is newer than any other.
            Format(u32::try_from(format).unwrap_or(u32::MAX)).check(written_by)?;
        }
        serde_json::from_value(value).map_err(HeaderError::Value)
    }
}
