//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens. A picture or a film is made of
//! [shots](shot): [`mod@svg`] draws a frame's cells, with what is geometry from `shape`, and [`html`]
//! makes a page with a player of a film.

pub mod html;
pub mod plain;
mod shape;
pub mod shot;
pub mod svg;
