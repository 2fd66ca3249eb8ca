//! A word that tells a process from its children.
//!
//! What a thread-local says of its owner is copied by a fork, and would make a child that nobody
//! announced write into its parent's ring. This word stands on a page that the kernel zeroes in
//! every child (`MADV_WIPEONFORK`), so that the child knows it is one. Asking costs a load, where
//! `getpid` costs a system call.

use super::sys::Mapping;
use std::sync::atomic::{AtomicU32, Ordering};

/// A word that is set only in the process that set it.
///
/// ```
/// let word = mpviz::channel::ForkWord::new().expect("a page of memory");
/// assert!(!word.is_mine());
/// word.claim();
/// assert!(word.is_mine());
/// ```
pub struct ForkWord {
    page: Mapping,
}

/// The word on its page.
#[repr(C)]
pub(super) struct Word(AtomicU32);

impl ForkWord {
    /// Makes a word that is not set. Keep it in a static: a child needs it too.
    pub fn new() -> std::io::Result<ForkWord> {
        let page = Mapping::wiped_on_fork()?;
        Ok(ForkWord { page })
    }

    /// Returns whether this very process has claimed the word.
    #[inline]
    pub fn is_mine(&self) -> bool {
        self.word().0.load(Ordering::Relaxed) != 0
    }

    /// Sets the word, for this process and not for its children. A child that was announced, and
    /// has a ring of its own, does so first of all.
    pub fn claim(&self) {
        self.word().0.store(1, Ordering::Relaxed);
    }

    #[inline]
    fn word(&self) -> &Word {
        self.page.view::<Word>(0)
    }
}
