//! Renderers: a history as text, a film as pictures.
//!
//! [`plain`] writes a run as lines of text while it happens. Pictures are made of [shots](shot),
//! which a [`film`] makes of a trace as a [`viewer`] without a terminal sees it, and a [`script`]
//! may lead: [`mod@svg`] draws a frame's cells, with what is geometry from `shape` and what is text
//! from the [`font`] that is brought along; [`mod@png`] draws them as the pixels of [`raster`], and
//! [`mod@gif`] a film of them; [`html`] makes a page with a player, [`mod@cast`] what terminals
//! play, told as [`escape`] tells a live one too, [`transcript`] a text to read. [`mod@chrome`] writes a run itself, for Perfetto.
//! [`mod@check`] says whether a file is right.

pub mod cast;
pub mod check;
pub mod check_cast;
pub mod chrome;
mod colour;
pub mod escape;
pub mod film;
pub mod font;
pub mod gif;
pub mod html;
pub mod plain;
pub mod png;
pub mod raster;
pub mod script;
mod shape;
pub mod shot;
pub mod svg;
pub mod transcript;
pub mod viewer;
