//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens. A picture or a film is made of
//! [shots](shot): [`mod@svg`] draws a frame's cells, with what is geometry from `shape` and what is
//! text from the [`font`] that is brought along; [`mod@png`] draws them as the pixels of [`raster`],
//! and [`mod@gif`] a film of them.

pub mod font;
pub mod gif;
pub mod plain;
pub mod png;
pub mod raster;
mod shape;
pub mod shot;
pub mod svg;
