//! Renderers: a history as text, a frame as a picture.
//!
//! [`plain`] writes a run as lines of text while it happens. A picture or a film is made of
//! [shots](shot): [`mod@svg`] draws a frame's cells, with what is geometry from `shape` and what is
//! text from the [`font`] that is brought along; [`html`] makes a page with a player.

pub mod font;
pub mod html;
pub mod plain;
mod shape;
pub mod shot;
pub mod svg;
