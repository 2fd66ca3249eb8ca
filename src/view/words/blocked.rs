//! Sentences: blocked.
