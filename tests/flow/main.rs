//! The flow, the sequence, the words and `--plain`, drawn from small plays.
//!
//! `plays/*.mpt` are traces written by hand, one for each form that a program can have. What is
//! drawn from them stands in `snapshots/`, text and styles, to be read before it is accepted.

mod hostile;
mod outside;
mod pictures;
mod plain;
mod plays;
mod words;
