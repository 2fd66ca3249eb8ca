//! The vocabulary: what can happen, to whom, when.
//!
//! Everything that mpviz shows was said once in these words, by a process of the program, by the
//! collector or by the stage. Reading order: [`id`] and [`time`], then [`kind`] (the vocabulary
//! itself) and [`words`] (what its fields may say), then the two forms that an event takes:
//! [`wire`] in the rings, [`json`] in traces (`lean` is its short way). [`program`] describes a program as plain data, [`twin`] the same
//! program in Python. [`names`] knows which known name is near to an unknown one.
//!
//! Nothing here does I/O, reads a clock, or knows where events come from or go to.

pub mod id;
pub mod json;
pub mod kind;
mod lean;
pub mod names;
pub mod program;
pub mod time;
pub mod twin;
pub mod wire;
pub mod words;

pub use id::{ActorId, FileId, MessageId, ObjectId, TaskId};
pub use kind::{Event, Kind, Nature, Tag, Text};
pub use time::{Span, Time};
