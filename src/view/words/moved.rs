//! Sentences: moved.
