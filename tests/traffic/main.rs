//! mpviz and its terminal: how much it is told, one that is slow, stuck or gone, and environments
//! that say little or nonsense.

#[path = "../common/mod.rs"]
mod common;

mod bytes;
mod environments;
mod held;
mod slow;
