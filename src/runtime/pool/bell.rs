//! A bell: a descriptor that one thread of a pool rings and others wait for.
//!
//! It is what CPython's change notifier is, a queue of nothings, in one descriptor.

use crate::runtime::error::{Error, Result};
use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{read, write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// A descriptor that is readable from its first ring on, until it is silenced.
#[derive(Debug)]
pub(super) struct Bell(OwnedFd);

impl Bell {
    /// Makes one that is silent.
    pub(super) fn new() -> Result<Bell> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map(Bell)
            .map_err(|error| Error::system("cannot make a pool's bell", error))
    }

    /// Rings it. One that rings already goes on.
    pub(super) fn ring(&self) {
        // The only error is a counter that is full: it rings.
        let _ = write(&self.0, &1u64.to_ne_bytes());
    }

    /// Silences it.
    pub(super) fn silence(&self) {
        // The only error is that it was silent.
        let _ = read(&self.0, &mut [0u8; 8]);
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
