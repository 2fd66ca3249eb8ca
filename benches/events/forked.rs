//! A measurement in a forked child, which sends back its numbers through a pipe.

use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, fork};
use rustix::fd::OwnedFd;
use std::io::Read;

/// A measurement that goes on in a child.
pub(crate) struct Forked {
    pid: nix::unistd::Pid,
    numbers: OwnedFd,
}

/// Runs `measure` in a child. It must not allocate much, nor take a lock that another thread holds.
pub(crate) fn start(measure: impl FnOnce() -> Vec<f64>) -> Forked {
    let (read, write) = rustix::pipe::pipe().expect("a pipe");
    // SAFETY: the child runs `measure`, writes and exits; see above.
    match unsafe { fork() }.expect("a fork") {
        ForkResult::Child => {
            let bytes: Vec<u8> = measure().iter().flat_map(|n| n.to_le_bytes()).collect();
            let mut rest = &bytes[..];
            while let Ok(written @ 1..) = rustix::io::write(&write, rest) {
                rest = &rest[written..];
            }
            // SAFETY: it ends the process at once, which runs nothing of the parent's.
            unsafe { libc::_exit(0) }
        }
        ForkResult::Parent { child } => Forked {
            pid: child,
            numbers: read,
        },
    }
}

impl Forked {
    /// Waits for the child's end and returns its numbers.
    pub(crate) fn numbers(self) -> Vec<f64> {
        let mut bytes = Vec::new();
        std::fs::File::from(self.numbers)
            .read_to_end(&mut bytes)
            .expect("the child's numbers");
        waitpid(self.pid, None).expect("the child's end");
        bytes
            .as_chunks()
            .0
            .iter()
            .map(|&n| f64::from_le_bytes(n))
            .collect()
    }
}
