//! The table of processes: a row is tree, name, lane and what it does now.
//!
//! Queues, pipes and locks are rows of the same table, on the same axis. `rows` says which rows
//! there are, `lane` draws what an actor did, `band` its tasks, `points` what happened at a
//! moment, `object` depths and holders; `head` the axis above all; `draw` puts them together.

mod band;
mod columns;
mod draw;
mod extent;
mod groups;
mod head;
mod lane;
mod now;
mod object;
mod points;
mod rows;
mod share;
mod under;

pub use columns::Columns;
pub use draw::{Title, draw_table, draw_titled_table};
pub(in crate::view) use now::class_word;
pub(in crate::view) use rows::Census;
pub use rows::{Roomy, Row, Rows};
