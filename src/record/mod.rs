//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens. A picture or a film is made of
//! [shots](shot): [`mod@cast`] is what a terminal is told to show it, [`mod@svg`] draws a frame's cells, with what is geometry from `shape`.

pub mod cast;
pub mod chrome;
pub mod plain;
mod shape;
pub mod shot;
pub mod svg;
