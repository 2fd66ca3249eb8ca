//! Drawing: a history, a state of the user interface and a theme in, cells out.
//!
//! Everything here is a pure function of what it is given. [`theme`] and [`signs`] say how things
//! look, [`brush`] puts them into the buffer, [`words`] says things in sentences. [`grid`] divides
//! the screen, [`draw()`] draws it; a pane has a file with one entry, which draws from a [`Moment`].

pub mod axis;
pub mod brush;
pub mod caption;
pub mod card;
pub mod code;
mod colour;
mod coming;
pub mod compare;
mod draw;
pub mod events;
pub mod find;
mod finding;
pub mod flow;
mod greeting;
pub mod grid;
pub mod header;
pub mod help;
pub mod keys;
pub mod lesson;
mod looks;
pub mod memory;
pub mod overlay;
mod palette;
mod pen;
pub mod picker;
mod preview;
pub mod scene;
pub mod sequence;
pub mod signs;
pub mod syntax;
pub mod table;
pub mod theme;
pub mod too_small;
pub mod whole_run;
pub mod words;

pub use axis::Axis;
pub use brush::{Brush, Head};
pub use compare::{Beside, draw_pair, pair_fits};
pub use draw::{draw, draw_on_blank, fits, lower_panes};
pub use find::EYES;
pub use memory::Memory;
pub use scene::{Feed, Moment, Scene};
pub use theme::{Charset, Contrast, Depth, Ground, Mark, Palette, Role, Theme};
