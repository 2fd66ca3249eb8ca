//! From an id to a position, without trust in ids.
