//! Sentences: ended.
