//! Whole screens, drawn from small plays.
//!
//! The plays are those of the flow's tests: traces written by hand. For the code there are two
//! recorded runs, in `plays/`. What is drawn stands in `snapshots/`, text and styles, to be read
//! before it is accepted.

mod code;
mod compare;
mod crowd;
mod everything;
mod find;
mod found;
mod hostile;
mod keymaps;
mod lesson;
mod locks;
mod look;
mod modes;
mod mouse;
mod panes;
mod past;
#[path = "../flow/plays.rs"]
mod plays;
mod screens;
mod selection;
mod travel;
