//! Memory mappings: made, looked into, given back.
#![expect(
    unsafe_code,
    reason = "mmap, madvise, munmap, and references into what they map"
)]

use rustix::fd::BorrowedFd;
use rustix::io;
use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap, mmap_anonymous, munmap};
use std::ffi::c_void;
use std::ptr::NonNull;

/// What may be looked at in memory that others write at the same time.
///
/// # Safety
///
/// The type is `repr(C)`, every bit pattern is one of its values, and it consists of atomics only.
pub(super) unsafe trait Shared {}

// SAFETY: `repr(C)`, and nothing in it but atomics and arrays and structs of them.
unsafe impl Shared for super::control::Control {}
// SAFETY: as above.
unsafe impl Shared for super::arena::Header {}
// SAFETY: as above.
unsafe impl Shared for super::fork_word::Word {}

/// A mapping of whole pages. It lives as long as this value.
pub(super) struct Mapping {
    base: NonNull<u8>,
    len: usize,
}

// SAFETY: it is an address range; what is in it is reached through atomics (`Shared`) or by raw
// copies that `ring` answers for.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// `mmap(MAP_SHARED | MAP_NORESERVE)` of the first `len` bytes of `fd`.
    pub(super) fn shared(fd: BorrowedFd<'_>, len: usize) -> io::Result<Mapping> {
        let prot = ProtFlags::READ | ProtFlags::WRITE;
        let flags = MapFlags::SHARED | MapFlags::NORESERVE;
        // SAFETY: the kernel chooses a free range, so no existing memory is touched.
        let base = unsafe { mmap(std::ptr::null_mut(), len, prot, flags, fd, 0) }?;
        Mapping::new(base, len)
    }

    /// `mmap(MAP_PRIVATE | MAP_ANONYMOUS)` of one page, which a fork's child finds zeroed
    /// (`MADV_WIPEONFORK`).
    pub(super) fn wiped_on_fork() -> io::Result<Mapping> {
        let len = rustix::param::page_size();
        let prot = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: the kernel chooses a free range, so no existing memory is touched.
        let base = unsafe { mmap_anonymous(std::ptr::null_mut(), len, prot, MapFlags::PRIVATE) }?;
        let mapping = Mapping::new(base, len)?;
        mapping.advise(Advice::LinuxWipeOnFork)?;
        Ok(mapping)
    }

    fn new(base: *mut c_void, len: usize) -> io::Result<Mapping> {
        let base = NonNull::new(base.cast()).ok_or(io::Errno::FAULT)?;
        Ok(Mapping { base, len })
    }

    /// `madvise(MADV_DONTDUMP)`: a core dump leaves the mapping out.
    pub(super) fn dont_dump(&self) -> io::Result<()> {
        self.advise(Advice::LinuxDontDump)
    }

    fn advise(&self, advice: Advice) -> io::Result<()> {
        // SAFETY: the range is ours, and neither advice that is used here changes what its memory
        // holds in this process.
        unsafe { madvise(self.base.as_ptr().cast(), self.len, advice) }
    }

    /// Returns how many bytes are mapped.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Returns a view of the `T` at `offset`, which must be aligned and inside.
    pub(super) fn view<T: Shared>(&self, offset: usize) -> &T {
        assert!(offset.is_multiple_of(align_of::<T>()));
        let place = self.range(offset, size_of::<T>()).cast::<T>();
        // SAFETY: the range is mapped for as long as `self` lives, aligned as asserted (mappings
        // begin at pages), and `T: Shared` may be written by others while it is looked at.
        unsafe { place.as_ref() }
    }

    /// Returns the address of `len` bytes at `offset`, which must be inside.
    pub(super) fn range(&self, offset: usize, len: usize) -> NonNull<u8> {
        assert!(offset.checked_add(len).is_some_and(|end| end <= self.len));
        // SAFETY: the sum stays inside the mapping, as asserted.
        unsafe { self.base.add(offset) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: views borrow `self`, and who holds a raw range (`ring`) holds the arena too.
        let unmapped = unsafe { munmap(self.base.as_ptr().cast(), self.len) };
        debug_assert!(unmapped.is_ok());
    }
}
