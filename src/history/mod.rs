//! Everything known, over time, and questions to it.
//!
//! A [`History`] is a store that only grows. It is folded from the log, event by event; *now* is
//! the last horizon, and any other moment is a search, so freezing, scrubbing, stepping back,
//! zooming and replaying are the same questions with another `t`.
//!
//! The fold is a pure function of the log: live, from a file, in one go or in any split, the
//! history is equal. There is no clock in here, no I/O and no terminal, and no sequence of events
//! makes it panic: what makes no sense is counted in [`History::odd`].
//!
//! Reading order: [`lane`], [`steps`] and [`spans`] (the three shapes that time has here, each upon
//! `moments`), [`mod@log`], the
//! things that a program consists of ([`actor`], [`object`], [`message`], [`task`], [`run`],
//! [`counts`], [`finding`]), the store with its questions ([`store`], `quiet`, `about` for the
//! events of a [`thing`], [`waits`] for who waits for whom, `pipes` for what a pipe lets them do,
//! [`wakers`] for who ended a wait, `proof` for the events that a why rests on, [`whole`] for all
//! events again), and how events come into it (`fold`).

mod about;
pub mod actor;
pub mod counts;
pub mod finding;
mod fold;
mod index;
pub mod lane;
pub mod log;
pub mod message;
mod moments;
pub mod object;
mod pipes;
mod proof;
mod quiet;
pub mod run;
mod search;
pub mod several;
pub mod spans;
pub mod steps;
pub mod store;
pub mod task;
pub mod thing;
pub mod told;
pub mod tree;
pub mod waits;
pub mod wakers;
pub mod whole;

pub use actor::{Actor, Adoption, Exit, Form, Sample, Signal};
pub use counts::Counts;
pub use finding::{Code, Finding};
pub use lane::{Interval, Lane, Shares, State, StateClass, Wait};
pub use log::{Log, Outline};
pub use message::Message;
pub use object::Object;
pub use run::{Gap, Run, RunEnd, Source, Unseen};
pub use several::Several;
pub use steps::Steps;
pub use store::{History, Stamp};
pub use task::{Band, Finish, Task};
pub use thing::Thing;
pub use told::Told;
pub use tree::{TreeRow, TreeRun, TreeStamp, stem};
pub use waits::{Need, What};
pub use wakers::Waker;
