//! Facts and the events that they are.
