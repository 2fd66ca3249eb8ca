//! The call that a process sleeps in, as `/proc/PID/syscall` tells it.
//!
//! Numbers are those of this machine's own kind of program; one of another kind (32 bits on a
//! machine of 64) has other numbers, and is known by its stack's address. Not here: what the call
//! means for the program (`waits`).
//!
//! Where that may not be read, as of a process that is no child's child of ours under Yama,
//! `/proc/PID/wchan` still names the place in the kernel: it counts if only one thing can be meant.

use crate::stage::{kernel, tree};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Call {
    /// That something can be read from a descriptor.
    Read(u32),
    /// That there is room to write to a descriptor.
    Write(u32),
    /// The end of a child.
    Child(u32),
    /// The end of any of its children.
    Children,
    /// A word in memory, which is a lock that has no name.
    Lock,
}

/// Signals whose handlers end no wait by themselves: a person's `C-c`, a crash, and what the C
/// library keeps for itself.
const HARMLESS: &[i32] = &[
    libc::SIGINT,
    libc::SIGILL,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGSEGV,
    libc::SIGPIPE,
    32,
    33,
    34,
];
/// The same of a wait for children: what others send.
const HARMLESS_TO_PARENTS: &[i32] = &[
    libc::SIGCHLD,
    libc::SIGHUP,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGTSTP,
    libc::SIGCONT,
    libc::SIGWINCH,
];

impl Call {
    /// Returns whether nothing but what it waits for ends the call, where these signals are caught:
    /// a handler may write into the very pipe that is read, as of old.
    pub(super) fn lasts(self, caught: u64) -> bool {
        let bits = |signals: &[i32]| signals.iter().fold(0, |bits, n| bits | 1u64 << (n - 1));
        let harmless = match self {
            Call::Child(_) | Call::Children => bits(HARMLESS) | bits(HARMLESS_TO_PARENTS),
            Call::Read(_) | Call::Write(_) | Call::Lock => bits(HARMLESS),
        };
        caught & !harmless == 0
    }
}

/// `waitid` for one process, and for all.
const P_PID: u64 = 1;
const P_ALL: u64 = 0;
/// What of a futex's operation is no flag, and the operations that wait.
const FUTEX_COMMAND: u64 = 0x7f;
const FUTEX_WAITS: [u64; 4] = [0, 6, 9, 13];

/// Returns the call that a process sleeps in, if it is one of those that say for what.
///
/// # Errors
///
/// If the kernel does not tell us: that we may not look into the process.
pub(super) fn of(pid: u32) -> io::Result<Option<Call>> {
    let told = told(pid);
    match (&told, by_place(pid)) {
        (Err(_), Some(call)) => Ok(Some(call)),
        _ => told,
    }
}

fn told(pid: u32) -> io::Result<Option<Call>> {
    let file = kernel::open(pid, "syscall")?;
    let mut buffer = [0; 512];
    let text = kernel::read(file.as_fd(), &mut buffer)?;
    Ok(std::str::from_utf8(text).ok().and_then(parse))
}

/// Returns what a process sleeps in by the place in the kernel, if only one thing can be meant: the
/// one pipe that it can read or write, its one child.
fn by_place(pid: u32) -> Option<Call> {
    let file = kernel::open(pid, "wchan").ok()?;
    let mut buffer = [0; 128];
    let place = std::str::from_utf8(kernel::read(file.as_fd(), &mut buffer).ok()?).ok()?;
    match place {
        "pipe_read" | "anon_pipe_read" => only_pipe(pid, READS).map(Call::Read),
        "pipe_write" | "anon_pipe_write" => only_pipe(pid, WRITES).map(Call::Write),
        "do_wait" if tree::children_of(pid).len() == 1 => Some(Call::Children),
        _ => None,
    }
}

/// The permissions of a descriptor's link say for what it is open.
const READS: u32 = 0o400;
const WRITES: u32 = 0o200;

/// Returns a descriptor of the one pipe that a process has open for something; named ones count.
fn only_pipe(pid: u32, for_what: u32) -> Option<u32> {
    let mut found: Option<(u64, u32)> = None;
    for entry in std::fs::read_dir(format!("/proc/{pid}/fd")).ok()? {
        let path = entry.ok()?.path();
        let file = std::fs::metadata(&path).ok()?;
        let is_open_for = path.symlink_metadata().ok()?.mode() & for_what != 0;
        if !file.file_type().is_fifo() || !is_open_for {
            continue;
        }
        let fd = path.file_name()?.to_str()?.parse().ok()?;
        match found {
            Some((inode, _)) if inode != file.ino() => return None,
            _ => found = Some((file.ino(), fd)),
        }
    }
    found.map(|(_, fd)| fd)
}

/// Reads `NUMBER ARGUMENT×6 STACK PLACE`, all but the first in hexadecimal. One that runs is
/// `running`, one that sleeps outside of a call has -1.
fn parse(text: &str) -> Option<Call> {
    let mut words = text.split_ascii_whitespace();
    let number: i64 = words.next()?.parse().ok()?;
    let hexadecimal = |word: &str| u64::from_str_radix(word.strip_prefix("0x")?, 16).ok();
    let words: Vec<u64> = words.map(hexadecimal).collect::<Option<_>>()?;
    let [first, second, third, fourth, _, _, stack, _] = words.as_slice() else {
        return None;
    };
    if usize::BITS == 64 && *stack <= u64::from(u32::MAX) {
        return None;
    }
    let fd = u32::try_from(*first).ok();
    let hangs = |options: u64| options & u64::from(libc::WNOHANG.unsigned_abs()) == 0;
    match number {
        libc::SYS_read | libc::SYS_readv => fd.map(Call::Read),
        libc::SYS_write | libc::SYS_writev => fd.map(Call::Write),
        // The pid is an `int`, which the register may have with or without its sign.
        libc::SYS_wait4 if hangs(*third) => match low(*first).cast_signed() {
            pid @ 1.. => Some(Call::Child(pid.unsigned_abs())),
            -1 => Some(Call::Children),
            // A process group: some of the children.
            _ => None,
        },
        libc::SYS_waitid if hangs(*fourth) => match *first {
            P_PID => Some(Call::Child(low(*second))),
            P_ALL => Some(Call::Children),
            _ => None,
        },
        // With a timeout it is a sleep.
        libc::SYS_futex if *fourth == 0 => FUTEX_WAITS
            .contains(&(second & FUTEX_COMMAND))
            .then_some(Call::Lock),
        _ => None,
    }
}

/// Returns the lower half of a register.
fn low(register: u64) -> u32 {
    u32::try_from(register & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    #[track_caller]
    fn check(number: i64, arguments: [u64; 4], expected: Option<Call>) {
        let [a, b, c, d] = arguments;
        let rest = "0x0 0xffffffff 0x7ffe18ac88b8 0x7f7ce40ae2ad";
        let text = format!("{number} {a:#x} {b:#x} {c:#x} {d:#x} {rest}\n");
        assert_eq!(parse(&text), expected, "{text}");
    }

    #[test]
    fn a_call_that_says_for_what_is_told() {
        let any = u64::from(u32::MAX);
        check(libc::SYS_read, [3, 0x7000, 16, 0], Some(Call::Read(3)));
        check(libc::SYS_write, [1, 0x7000, 16, 0], Some(Call::Write(1)));
        check(libc::SYS_wait4, [any, 0, 0, 0], Some(Call::Children));
        check(libc::SYS_wait4, [u64::MAX, 0, 0, 0], Some(Call::Children));
        check(libc::SYS_wait4, [77, 0, 0, 0], Some(Call::Child(77)));
        check(libc::SYS_waitid, [1, 77, 0, 4], Some(Call::Child(77)));
        check(libc::SYS_waitid, [0, 0, 0, 4], Some(Call::Children));
        check(libc::SYS_futex, [0x7000, 0x189, 0, 0], Some(Call::Lock));
    }

    #[test]
    fn a_handler_may_end_a_wait() {
        let caught = |signal: i32| 1u64 << (signal - 1);
        for (signal, read, child) in [
            (libc::SIGINT, true, true),
            (libc::SIGSEGV, true, true),
            (33, true, true),
            (libc::SIGTERM, false, true),
            (libc::SIGCHLD, false, true),
            (libc::SIGALRM, false, false),
            (libc::SIGUSR1, false, false),
            (40, false, false),
        ] {
            assert_eq!(Call::Read(0).lasts(caught(signal)), read, "{signal}");
            assert_eq!(Call::Children.lasts(caught(signal)), child, "{signal}");
        }
        assert!(Call::Lock.lasts(0));
    }

    #[test]
    fn what_leaves_a_doubt_is_not() {
        let nohang = 1;
        check(libc::SYS_wait4, [77, 0, nohang, 0], None);
        check(libc::SYS_waitid, [1, 77, 0, 4 | nohang], None);
        // A process group, and a pidfd.
        check(libc::SYS_wait4, [0, 0, 0, 0], None);
        check(libc::SYS_waitid, [3, 5, 0, 4], None);
        // With a timeout, and a wake.
        check(libc::SYS_futex, [0x7000, 0x189, 0, 0x7fff_0000], None);
        check(libc::SYS_futex, [0x7000, 1, 0, 0], None);
        check(libc::SYS_poll, [0x7000, 1, 0, 0], None);
        for text in [
            "running",
            "-1 0x7ffe18ac88b8 0x7f7ce40ae2ad",
            "",
            "0 0x0",
            "x",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    /// Waits until a process sleeps somewhere that says enough.
    fn place_of(child: &Child) -> Option<Call> {
        for _ in 0..2000 {
            if let Some(call) = by_place(child.id()) {
                return Some(call);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    #[test]
    fn a_place_in_the_kernel_counts_where_one_thing_alone_can_be_meant() {
        let piped = |line: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", line]).stdin(Stdio::piped());
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().expect("it runs")
        };
        let mut reader = piped("exec cat");
        let mut parent = piped("cat; exit 0");
        let mut twice = piped("exec cat 3</proc/self/fd/0");
        let read = place_of(&reader);
        // A kernel without names tells no place.
        if read.is_some() {
            assert!(matches!(read, Some(Call::Read(0))), "{read:?}");
            assert_eq!(place_of(&parent), Some(Call::Children));
            // The same pipe twice is one.
            assert!(matches!(place_of(&twice), Some(Call::Read(_))));
        }
        for child in [&mut reader, &mut parent, &mut twice] {
            drop(child.stdin.take());
            child.wait().expect("it ends");
        }
    }

    #[test]
    fn a_program_of_another_kind_has_other_numbers() {
        // A read of 32 bits is number 3, which is close() of 64.
        let text = "0 0x3 0x0 0x0 0x0 0x0 0x0 0xffb8c0d0 0xf7f1e579";
        assert_eq!(parse(text), None);
    }
}
