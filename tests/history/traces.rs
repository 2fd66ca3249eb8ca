//! Traces as data.
