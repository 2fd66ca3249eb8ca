//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens. A picture or a film is made of
//! [shots](shot), which a [`film`] makes of a trace as a [`viewer`] without a terminal sees it:
//! [`mod@svg`] draws a frame's cells, with what is geometry from `shape`.

pub mod film;
pub mod plain;
mod shape;
pub mod shot;
pub mod svg;
pub mod viewer;
