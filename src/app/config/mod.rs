//! What a person has settled once: the files that mpviz reads at its start.
//!
//! Reading order: [`places`] (where they are), `file` (how one is read, and how much of it),
//! [`settings`] (`config.toml`: the one definition of what can be set), [`themes`] (by their names),
//! [`state`] (what was chosen on the screen), `settled` (all of it together).
//!
//! A file that is not there is no fault. One that is broken is one message, [`Wrong`], and counts
//! as not there: what mpviz does never depends on the half of a file that could be read.

mod file;
pub mod places;
pub mod settings;
mod settled;
pub mod state;
pub mod themes;

pub use file::Wrong;
pub use places::Places;
pub use settings::Settings;
pub use settled::Settled;
pub use state::{Keeper, State, Unkept};
