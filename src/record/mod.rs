//! Renderers: a history as text, a trace as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens.

pub mod plain;
