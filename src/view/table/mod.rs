//! The table of processes: a row is tree, name, lane and what it does now.
//!
//! Queues, pipes and locks are rows of the same table, on the same axis. `rows` says which rows
//! there are, `lane` draws what an actor did, `band` its tasks, `points` what happened at a
//! moment, `object` depths and holders; `draw` puts them together.

mod band;
mod draw;
mod lane;
mod object;
mod points;
mod rows;
mod under;

pub use draw::{Columns, draw_table};
pub(in crate::view) use draw::{class_word, cursor_label};
pub use rows::{Folded, Roomy, Row, Rows};
