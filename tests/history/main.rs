//! The history from the outside: traces with their expected answers, and what holds for any trace.
#![cfg(feature = "tui")]

mod answers;
mod circles;
mod hostile;
mod lost;
mod outside;
mod properties;
mod quiet;
mod room;
mod told;
mod traces;
