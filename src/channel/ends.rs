//! The two ends of a ring: in which order the writer and the collector move them.
//!
//! The writer fills slots and then moves the *head*; the collector copies slots out and then moves
//! the *tail*. Each end is moved by one side and looked at by the other, and the pair of a release
//! and an acquire is what keeps a half-written record from being read, and a record that is being
//! read from being written over. The words are behind a trait, so that a model checker can stand
//! in and try these very orderings (`tests/loom`).

use std::sync::atomic::{AtomicU64, Ordering};

/// A shared word that holds a number of slots.
pub(super) trait Word {
    /// Loads it.
    fn load(&self, ordering: Ordering) -> u64;
    /// Stores it.
    fn store(&self, value: u64, ordering: Ordering);
}

impl Word for AtomicU64 {
    #[inline]
    fn load(&self, ordering: Ordering) -> u64 {
        self.load(ordering)
    }
    #[inline]
    fn store(&self, value: u64, ordering: Ordering) {
        self.store(value, ordering);
    }
}

/// The writer: slots below `head` are filled.
#[inline]
pub(super) fn publish(word: &impl Word, head: u64) {
    // Pairs with the Acquire in `published`: the bytes are there before the head.
    word.store(head, Ordering::Release);
}

/// The collector: returns below which slot everything is filled.
#[inline]
pub(super) fn published(word: &impl Word) -> u64 {
    // Pairs with the Release in `publish`.
    word.load(Ordering::Acquire)
}

/// The collector: slots below `tail` are copied and may be written over.
#[inline]
pub(super) fn give_back(word: &impl Word, tail: u64) {
    // Pairs with the Acquire in `given_back`: the copy is done.
    word.store(tail, Ordering::Release);
}

/// The writer: returns below which slot everything may be written over.
#[inline]
pub(super) fn given_back(word: &impl Word) -> u64 {
    // Pairs with the Release in `give_back`.
    word.load(Ordering::Acquire)
}
