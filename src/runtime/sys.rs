//! System calls that no crate wraps safely, one call a function.
#![expect(unsafe_code, reason = "fork, _exit and the like have no safe form")]

use rustix::process::{Pid, WaitIdOptions, WaitIdStatus};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// `fork(2)`: returns the child's pid in the parent, `None` in the child.
///
/// Only `fork.rs` calls this, with its guard held.
pub(super) fn fork() -> io::Result<Option<u32>> {
    // SAFETY: `fork.rs` holds std's stdout and stderr locks, glibc takes care of malloc's, and
    // whatever else another thread may hold in this moment the child never touches: it replaces
    // it (`fork_local`).
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => Ok(None),
        pid => Ok(Some(pid.cast_unsigned())),
    }
}

/// `_exit(2)`: ends the process without running anything registered for its end.
pub(super) fn exit_now(code: i32) -> ! {
    // SAFETY: ending needs no invariant; a forked child must not run what its parent registered.
    unsafe { libc::_exit(code) }
}

/// `waitid(2)` with `WNOHANG` for one child: returns its exit code, −N for signal N; `None` while
/// it lives. `Err(ECHILD)` if somebody else took it.
pub(super) fn wait_child(pid: u32) -> io::Result<Option<i32>> {
    let pid = Pid::from_raw(pid.cast_signed()).ok_or(io::ErrorKind::InvalidInput)?;
    loop {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        match rustix::process::waitid(rustix::process::WaitId::Pid(pid), options) {
            Ok(status) => return Ok(status.as_ref().and_then(exit_code)),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn exit_code(status: &WaitIdStatus) -> Option<i32> {
    status
        .exit_status()
        .or_else(|| status.terminating_signal().map(|signal| -signal))
}

/// `dup3(2)` of `/dev/null` onto a descriptor: what it referred to is closed for this process,
/// while the number stays open, so that whoever owns it may go on to close it.
pub(super) fn retire(fd: BorrowedFd<'_>) -> io::Result<()> {
    let null = std::fs::File::open("/dev/null")?;
    // SAFETY: both descriptors are open; the owner of `fd` keeps a descriptor, and every later
    // read or write of it meets `/dev/null`.
    match unsafe { libc::dup3(null.as_raw_fd(), fd.as_raw_fd(), libc::O_CLOEXEC) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// `fcntl(F_SETFD)`: takes charge of a descriptor that this program was started with, and closes it
/// on exec. `Err(EBADF)` if it is not open.
///
/// Only `spawn` calls this, in a new process, for descriptors that its parent has passed to it.
pub(super) fn own(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: fcntl looks at the number only, and fails if it names nothing.
    if unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it is open, and nobody else here knows of it: the parent has opened it for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `pidfd_send_signal(2)`, for numbers of signals that have no name, too.
pub(super) fn send_signal(pidfd: BorrowedFd<'_>, signal: i32) -> io::Result<()> {
    let null = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the kernel looks at two numbers; without a siginfo it makes its own.
    let sent = unsafe {
        libc::syscall(
            libc::SYS_pidfd_send_signal,
            pidfd.as_raw_fd(),
            signal,
            null,
            0,
        )
    };
    match sent {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

/// `setsid(2)` in the program that `command` starts.
pub(super) fn in_new_session(command: &mut Command) {
    let new_session = || rustix::process::setsid().map(drop).map_err(io::Error::from);
    // SAFETY: between fork and exec this makes one system call, and an error without allocating.
    unsafe { command.pre_exec(new_session) };
}
