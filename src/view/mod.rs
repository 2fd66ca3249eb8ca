//! Drawing: a history, a state of the user interface and a theme in, cells out.
//!
//! Everything here is a pure function of what it is given. [`theme`] and [`signs`] say how things
//! look, [`brush`] puts them into the buffer, [`words`] says things in sentences.

pub mod axis;
pub mod brush;
pub mod flow;
mod pen;
pub mod scene;
pub mod sequence;
pub mod signs;
pub mod theme;
pub mod words;

pub use axis::Axis;
pub use brush::{Brush, Head};
pub use scene::{Feed, Moment, Scene};
pub use theme::{Charset, Depth, Ground, Mark, Role, Theme};
