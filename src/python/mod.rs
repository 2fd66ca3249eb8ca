//! Python on the stage: how a program that knows nothing of mpviz comes to tell what it does.
//!
//! A shim of pure Python (`assets/shim`) is put before everything else on PYTHONPATH. It writes raw
//! facts into files of the run's private directory, and from these the vocabulary's events are made.
//! Nothing behind the collector knows that the program was Python.
//!
//! Reading order: [`home`] (the directory) with [`shim`] (what is unpacked there) and
//! [`interpreter`] (which Python it is going to be).

pub mod home;
pub mod interpreter;
pub mod shim;

pub use home::{Home, HomeError, Options};
