//! Words that all processes of a program share: what locks and semaphores are made of.
#![expect(unsafe_code, reason = "maps memory that children share")]

use rustix::mm::{MapFlags, ProtFlags};
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU32;

/// The words of one page.
const WORDS: usize = 1024;

/// A page of words, shared with every process forked after it was made. All are zero at first.
pub(super) struct SharedWords {
    words: NonNull<[AtomicU32; WORDS]>,
}

// SAFETY: the page holds atomics only, which any thread may use.
unsafe impl Send for SharedWords {}
// SAFETY: as above.
unsafe impl Sync for SharedWords {}

impl SharedWords {
    /// Maps a page.
    pub(super) fn new() -> io::Result<SharedWords> {
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        let null = std::ptr::null_mut();
        // SAFETY: a new mapping at a place of the kernel's choice touches nothing that exists.
        let page = unsafe { rustix::mm::mmap_anonymous(null, WORDS * 4, protection, flags) }?;
        let words = NonNull::new(page.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(SharedWords { words })
    }

    /// Returns word `at`; past the end, the last.
    pub(super) fn word(&self, at: usize) -> &AtomicU32 {
        // SAFETY: the mapping is as long as the array, page-aligned, zeroed by the kernel, and
        // lives until drop.
        let words = unsafe { self.words.as_ref() };
        &words[at.min(WORDS - 1)]
    }
}

impl Drop for SharedWords {
    fn drop(&mut self) {
        // SAFETY: made by `new` with this length; `&mut self` says that nobody uses it here, and
        // other processes have mappings of their own.
        let unmapped = unsafe { rustix::mm::munmap(self.words.as_ptr().cast(), WORDS * 4) };
        debug_assert!(unmapped.is_ok());
    }
}
