//! What a pair does.
