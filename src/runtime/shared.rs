//! Memory that all processes of a program share: what locks, semaphores and shared values are made
//! of.
//!
//! It consists of atomics only, so whatever processes do to it at the same time, it is a lost
//! update at worst and never undefined. Anonymous memory reaches the processes that are forked
//! after it was made; memory with a descriptor can be handed to another program too.
#![expect(unsafe_code, reason = "maps memory that other processes share")]

use super::context::{StartMethod, start_method};
use rustix::fs::MemfdFlags;
use rustix::mm::{MapFlags, ProtFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64};

/// What shared memory may consist of.
///
/// # Safety
///
/// Every pattern of bits is a value of the type, all zeros among them, and it may be changed
/// through a shared reference: an atomic number.
pub unsafe trait Cell: Sync + Send + std::fmt::Debug {}
// SAFETY: an atomic number.
unsafe impl Cell for AtomicU8 {}
// SAFETY: as above.
unsafe impl Cell for AtomicU16 {}
// SAFETY: as above.
unsafe impl Cell for AtomicU32 {}
// SAFETY: as above.
unsafe impl Cell for AtomicU64 {}

/// Where shared memory comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Backing {
    /// From nowhere: only forked processes share it.
    Anonymous,
    /// From a memory file, whose descriptor can be handed to a program that is started anew.
    File,
}

impl Backing {
    /// Returns what an object needs that is made now: under the start method `spawn` it can be
    /// given to a process that is not forked.
    pub(super) fn of_context() -> Backing {
        match start_method() {
            StartMethod::Fork => Backing::Anonymous,
            StartMethod::Spawn => Backing::File,
        }
    }
}

/// Cells that are shared with every process forked after they were made. All are zero at first.
#[derive(Debug)]
pub(super) struct Shared<C: Cell> {
    cells: NonNull<C>,
    len: usize,
    fd: Option<OwnedFd>,
}

/// A page of words.
pub(super) type SharedWords = Shared<AtomicU32>;

// SAFETY: the memory holds atomics only, which any thread may use.
unsafe impl<C: Cell> Send for Shared<C> {}
// SAFETY: as above.
unsafe impl<C: Cell> Sync for Shared<C> {}

impl SharedWords {
    /// The words of one page.
    pub(super) const WORDS: usize = 1024;

    /// Maps a page of words.
    pub(super) fn new(backing: Backing) -> io::Result<SharedWords> {
        Shared::zeroed(Self::WORDS, backing)
    }

    /// Returns word `at`; past the end, the last.
    pub(super) fn word(&self, at: usize) -> &AtomicU32 {
        &self.cells()[at.min(Self::WORDS - 1)]
    }

    /// Maps the page of words that `fd` is.
    pub(super) fn of_fd(fd: OwnedFd) -> io::Result<SharedWords> {
        Shared::mapped(Self::WORDS, Some(fd))
    }
}

impl<C: Cell> Shared<C> {
    /// Maps `len` cells.
    pub(super) fn zeroed(len: usize, backing: Backing) -> io::Result<Shared<C>> {
        let fd = match backing {
            Backing::Anonymous => None,
            Backing::File => {
                let fd = rustix::fs::memfd_create(c"mpviz-shared", MemfdFlags::CLOEXEC)?;
                rustix::fs::ftruncate(&fd, size_of_cells::<C>(len)? as u64)?;
                Some(fd)
            }
        };
        Shared::mapped(len, fd)
    }

    /// Maps `len` cells of the memory file that `fd` is.
    ///
    /// # Errors
    ///
    /// If it is shorter than that: touching what is not there would end this process.
    pub(super) fn of_fd_with(len: usize, fd: OwnedFd) -> io::Result<Shared<C>> {
        Shared::mapped(len, Some(fd))
    }

    fn mapped(len: usize, fd: Option<OwnedFd>) -> io::Result<Shared<C>> {
        let bytes = size_of_cells::<C>(len)?;
        let (protection, flags) = (ProtFlags::READ | ProtFlags::WRITE, MapFlags::SHARED);
        let null = std::ptr::null_mut();
        let memory = match &fd {
            None => {
                // SAFETY: a new mapping at a place of the kernel's choice touches nothing that
                // exists.
                unsafe { rustix::mm::mmap_anonymous(null, bytes, protection, flags) }?
            }
            Some(fd) => {
                let there = u64::try_from(rustix::fs::fstat(fd)?.st_size).unwrap_or(0);
                if there < bytes as u64 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                // SAFETY: as above.
                unsafe { rustix::mm::mmap(null, bytes, protection, flags, fd, 0) }?
            }
        };
        let cells = NonNull::new(memory.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Shared { cells, len, fd })
    }

    /// Returns the cells.
    #[inline]
    pub(super) fn cells(&self) -> &[C] {
        // SAFETY: the mapping is as long as that, page-aligned, of a type for which all bits are
        // right (`Cell`), and lives until drop.
        unsafe { std::slice::from_raw_parts(self.cells.as_ptr(), self.len) }
    }

    /// Returns the descriptor that others can map, if it was made with one.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.fd.as_ref().map(OwnedFd::as_fd)
    }
}

/// Returns the size of a mapping of `len` cells, which is never empty.
fn size_of_cells<C>(len: usize) -> io::Result<usize> {
    let bytes = len.checked_mul(size_of::<C>());
    let bytes = bytes.filter(|&bytes| isize::try_from(bytes).is_ok());
    Ok(bytes.ok_or(io::ErrorKind::OutOfMemory)?.max(1))
}

impl<C: Cell> Drop for Shared<C> {
    fn drop(&mut self) {
        let Ok(bytes) = size_of_cells::<C>(self.len) else {
            return;
        };
        // SAFETY: mapped with this length; `&mut self` says that nobody uses it here, and other
        // processes have mappings of their own.
        let unmapped = unsafe { rustix::mm::munmap(self.cells.as_ptr().cast(), bytes) };
        debug_assert!(unmapped.is_ok());
    }
}
