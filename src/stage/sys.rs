//! System calls of the stage that no crate wraps safely. Each function makes one call and decides
//! nothing.

#![expect(
    unsafe_code,
    reason = "fork, clone, signal dispositions and a few ioctls have no safe wrappers"
)]

use rustix::io::{Errno, Result};
use rustix::process::Pid;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

/// What a fork returns, twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Forked {
    /// In the child.
    Child,
    /// In the parent, with the child's pid.
    Parent(Pid),
}

fn check(returned: libc::c_int) -> Result<libc::c_int> {
    if returned >= 0 {
        return Ok(returned);
    }
    let errno = std::io::Error::last_os_error().raw_os_error();
    Err(Errno::from_raw_os_error(errno.unwrap_or(libc::EINVAL)))
}

fn forked(pid: i32) -> Result<Forked> {
    Ok(Pid::from_raw(check(pid)?).map_or(Forked::Child, Forked::Parent))
}

/// `fork()`. Only the supervisor calls it, which has a single thread.
pub(super) fn fork() -> Result<Forked> {
    // SAFETY: the supervisor never starts a thread, so no lock can be held by another one, and
    // the child may do whatever the parent could.
    forked(unsafe { libc::fork() })
}

/// `clone(0)`: a fork whose end raises no signal, and which a wait without `__WALL` passes over.
pub(super) fn fork_unseen() -> Result<Forked> {
    // SAFETY: no flag is set and no stack given, so this is a fork in all but its exit signal;
    // all arguments are zero, so their order, which differs by architecture, does not matter. For
    // the child the same holds as in `fork`.
    let pid = unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) };
    forked(i32::try_from(pid).unwrap_or(-1))
}

/// `fcntl(F_GETFD)`: whether a number is open and would be so after an exec.
pub(super) fn is_inherited(fd: RawFd) -> bool {
    // SAFETY: it asks for a number's flags, and is an error for a number that is not open.
    unsafe { libc::fcntl(fd, libc::F_GETFD) == 0 }
}

/// `_exit(code)`: ends the process without running what was to run at its end.
pub(super) fn exit_now(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(code) }
}

/// Not in `libc` for Linux.
const F_SETSIG: libc::c_int = 10;

/// `fcntl(F_SETSIG)`: the signal that readiness raises, instead of SIGIO.
pub(super) fn set_async_signal(fd: BorrowedFd<'_>, signal: i32) -> Result<()> {
    // SAFETY: the descriptor is borrowed, so it is open; the argument is an integer.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), F_SETSIG, signal) }).map(drop)
}

/// `fcntl(F_SETOWN)` with a process group: whom readiness signals.
pub(super) fn set_async_group(fd: BorrowedFd<'_>, group: Pid) -> Result<()> {
    let owner = -group.as_raw_nonzero().get();
    // SAFETY: the descriptor is borrowed, so it is open; the argument is an integer.
    check(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETOWN, owner) }).map(drop)
}

/// `signal(signal, SIG_DFL)`. A number that is none is an error.
pub(super) fn default_signal(signal: i32) -> Result<()> {
    dispose(signal, libc::SIG_DFL)
}

/// `signal(signal, SIG_IGN)`.
pub(super) fn ignore_signal(signal: i32) -> Result<()> {
    dispose(signal, libc::SIG_IGN)
}

/// `disposition` is the default one, or to ignore.
fn dispose(signal: i32, disposition: libc::sighandler_t) -> Result<()> {
    // SAFETY: neither disposition runs code of ours.
    let old = unsafe { libc::signal(signal, disposition) };
    if old == libc::SIG_ERR {
        return check(-1).map(drop);
    }
    Ok(())
}

/// `close_range(first, last)`. Only children that never return to their caller use it, and who closes what
/// was handed in.
pub(super) fn close_range(first: RawFd, last: RawFd) -> Result<()> {
    let (Ok(first), Ok(last)) = (u32::try_from(first), u32::try_from(last)) else {
        return Err(Errno::INVAL);
    };
    // SAFETY: callers are fresh children that own every descriptor of theirs and reach no
    // `OwnedFd` of their parent's any more: they end by `_exit` or exec. Or it is one that was open
    // before anything of ours, so no `OwnedFd` has it; `handed` sees to that.
    let returned = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    check(i32::try_from(returned).unwrap_or(-1)).map(drop)
}

/// The kernel's `struct pidfd_info`, as of its first version (64 bytes).
#[repr(C)]
#[derive(Default)]
struct PidfdInfo {
    mask: u64,
    cgroup_id: u64,
    ids: [u32; 11],
    exit_code: i32,
}

const _: () = assert!(size_of::<PidfdInfo>() == 64);
const PIDFD_INFO_EXIT: u64 = 1 << 3;
/// `_IOWR(0xFF, 11, struct pidfd_info)`
const PIDFD_GET_INFO: libc::c_ulong = 0xC040_FF0B;

/// `ioctl(PIDFD_GET_INFO)` for the exit status of a process that was reaped: `None` as long as it
/// was not. Kernels before 6.15 answer with an error.
pub(super) fn reaped_status(pidfd: BorrowedFd<'_>) -> Result<Option<i32>> {
    let mut info = PidfdInfo {
        mask: PIDFD_INFO_EXIT,
        ..PidfdInfo::default()
    };
    // SAFETY: the kernel writes at most the 64 bytes that the request number says, and `info` is
    // a live `repr(C)` value of that size in which every bit pattern is valid.
    check(unsafe { libc::ioctl(pidfd.as_raw_fd(), PIDFD_GET_INFO as _, &raw mut info) })?;
    Ok((info.mask & PIDFD_INFO_EXIT != 0).then_some(info.exit_code))
}

/// Returns whether this process may send a signal to the one of a pidfd, and it lives.
pub(super) fn may_signal(pidfd: BorrowedFd<'_>) -> Result<()> {
    let (nothing, no_info, no_flags) = (0, std::ptr::null::<libc::siginfo_t>(), 0);
    // SAFETY: signal 0 only checks, and without information there is nothing to be read.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            nothing,
            no_info,
            no_flags,
        )
    };
    check(libc::c_int::try_from(sent).unwrap_or(-1)).map(drop)
}
