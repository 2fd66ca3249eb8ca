//! `spawn`: the program run anew for one of its functions.

pub(in crate::runtime) mod handover;
