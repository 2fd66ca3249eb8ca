//! The call that a process sleeps in, as `/proc/PID/syscall` tells it.
//!
//! Numbers are those of this machine's own kind of program; one of another kind (32 bits on a
//! machine of 64) has other numbers, and is known by its stack's address. Not here: what the call
//! means for the program (`waits`).

use crate::stage::kernel;
use std::io;
use std::os::fd::AsFd;

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
    let file = kernel::open(pid, "syscall")?;
    let mut buffer = [0; 512];
    let text = kernel::read(file.as_fd(), &mut buffer)?;
    Ok(std::str::from_utf8(text).ok().and_then(parse))
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

    #[test]
    fn a_program_of_another_kind_has_other_numbers() {
        // A read of 32 bits is number 3, which is close() of 64.
        let text = "0 0x3 0x0 0x0 0x0 0x0 0x0 0xffb8c0d0 0xf7f1e579";
        assert_eq!(parse(text), None);
    }
}
