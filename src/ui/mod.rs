//! The state of the user interface, and what changes it.
//!
//! A key becomes an [`Action`] by the one [`Keymap`]; [`update()`] changes the [`Ui`] and says
//! what is left for the app to do as an [`Effect`]. Nothing here draws, reads a terminal, or
//! touches the program that runs: freezing the view is a time in here, and the collecting goes on.
//!
//! Reading order: [`action`], [`key`] and [`keymap`], then [`state`], [`mod@update`], [`time`]: where
//! the cursor stands and how it moves, [`finding`]: which of them is looked at, and [`rows`]: which
//! events a list of events shows. [`listing`] says what the pane of the code lists, [`lesson`] what a
//! viewer adds to a run, [`layout`] how the panes share the screen, [`pair`] what two runs beside
//! each other have in common. [`spot`], [`mouse`] and [`point`] are the mouse's. [`palette`] finds
//! actions by their names, `field` knows how much each takes of what is typed, [`origin`] says what can't
//! be done, [`written`] reads what people write.

pub mod action;
pub mod crowd;
mod field;
pub mod find;
pub mod finding;
pub(crate) mod flow;
pub mod hand;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod lesson;
pub mod listing;
pub mod mouse;
pub mod origin;
pub mod pair;
pub mod palette;
mod panes;
mod pick;
pub mod point;
pub mod query;
pub mod rows;
pub mod selection;
pub mod spot;
pub mod state;
pub(crate) mod table;
pub mod time;
pub mod update;
pub mod written;

pub use action::Action;
pub use key::Key;
pub use keymap::{Keymap, Place};
pub use layout::{Border, Layout};
pub use lesson::Marked;
pub use listing::Listing;
pub use mouse::Mouse;
pub use pair::{Pair, update_pair};
pub use point::Point;
pub use spot::{Spot, Spots};
pub use state::{Field, Focus, Pane, Picker, RunView, Screen, Ui};
pub use update::{Effect, update};
