//! Drawing: a history, a state of the user interface and a theme in, cells out.
//!
//! Everything here is a pure function of what it is given. [`theme`] and [`signs`] say how things
//! look, [`brush`] puts them into the buffer.

pub mod brush;
pub mod signs;
pub mod theme;
pub mod words;

pub use brush::{Brush, Head};
pub use theme::{Charset, Depth, Ground, Mark, Role, Theme};
