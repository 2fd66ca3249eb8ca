//! Children, and words that they share with the test.

use mpviz::channel::clock;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::sync::atomic::AtomicU64;

/// A child. It is killed if the test drops it.
pub(crate) struct Child {
    pid: Pid,
    is_gone: bool,
}

/// Runs `run` in a child, which then exits with what it returns.
pub(crate) fn start(run: impl FnOnce() -> u8) -> Child {
    // SAFETY: the child runs `run`, which takes no lock, and exits.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            let code = run();
            // SAFETY: it ends the process at once, which runs nothing of the parent's.
            unsafe { libc::_exit(code.into()) }
        }
        ForkResult::Parent { child } => Child {
            pid: child,
            is_gone: false,
        },
    }
}

impl Child {
    pub(crate) fn kill(&mut self) {
        kill(self.pid, Signal::SIGKILL).unwrap();
        assert!(matches!(
            self.wait(),
            WaitStatus::Signaled(_, Signal::SIGKILL, _)
        ));
    }

    /// Returns its exit code; fails after a minute.
    pub(crate) fn exit_code(mut self) -> i32 {
        match self.wait() {
            WaitStatus::Exited(_, code) => code,
            other => panic!("{other:?}"),
        }
    }

    fn wait(&mut self) -> WaitStatus {
        let limit = clock::monotonic() + 60_000_000_000;
        loop {
            match waitpid(self.pid, Some(WaitPidFlag::WNOHANG)).unwrap() {
                WaitStatus::StillAlive => {
                    assert!(clock::monotonic() < limit, "a child hangs");
                    std::thread::yield_now();
                }
                status => {
                    self.is_gone = true;
                    return status;
                }
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.is_gone {
            let _ = kill(self.pid, Signal::SIGKILL);
            let _ = waitpid(self.pid, None);
        }
    }
}

/// Words that children share with the test, all 0. They stay until the test program ends.
pub(crate) fn shared_words() -> &'static [AtomicU64; 512] {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    let prot = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the kernel chooses a free range.
    let page = unsafe { mmap_anonymous(std::ptr::null_mut(), 4096, prot, MapFlags::SHARED) };
    let page = page.unwrap().cast::<[AtomicU64; 512]>();
    // SAFETY: a page is as large, aligned, never unmapped, and atomics may be shared.
    unsafe { &*page }
}

/// A small generator of delays, without any state of the process.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// Returns a number below `below` (xorshift64).
    pub(crate) fn throw(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}
