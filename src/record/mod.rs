//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens, [`mod@svg`] draws a frame's cells.

pub mod plain;
pub mod svg;
