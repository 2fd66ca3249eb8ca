//! Whether a process has ended, and when it started, by its `/proc/PID/stat`.
//!
//! Invariant: a process has ended only where the kernel says so. Whoever can't be asked may live.

use rustix::io::Errno;
use std::io;

/// Returns when a process started, in clock ticks since the machine did; `None` if it has ended, reaped
/// or not.
///
/// # Errors
///
/// If the kernel does not say: without a descriptor left, or where another's `/proc` is hidden.
pub(super) fn start_of(pid: u32) -> io::Result<Option<u64>> {
    start_by(std::fs::read(format!("/proc/{pid}/stat")))
}

fn start_by(stat: io::Result<Vec<u8>>) -> io::Result<Option<u64>> {
    let gone = [Errno::NOENT, Errno::SRCH].map(|errno| Some(errno.raw_os_error()));
    match stat {
        Ok(stat) => parse(&stat).ok_or_else(|| io::ErrorKind::InvalidData.into()),
        // It was reaped before the file was opened, or between that and the reading.
        Err(error) if gone.contains(&error.raw_os_error()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a `stat` file; `None` if it is none.
fn parse(stat: &[u8]) -> Option<Option<u64>> {
    // The command stands in parentheses and may be any bytes: the kernel cuts a name in the middle of
    // a character.
    let close = stat.iter().rposition(|&b| b == b')')?;
    let rest = std::str::from_utf8(stat.get(close + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    // `proc_pid_stat(5)` counts the state as field 3, the number of threads as 20 and the start as 22.
    let state = fields.next()?;
    let threads: u64 = fields.nth(16)?.parse().ok()?;
    let start = fields.nth(1)?.parse().ok()?;
    // One whose main thread has ended looks like a zombie while others go on.
    let has_ended = ["Z", "X", "x"].contains(&state) && threads <= 1;
    Some((!has_ended).then_some(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(errno: Errno) -> io::Error {
        io::Error::from_raw_os_error(errno.raw_os_error())
    }

    #[test]
    fn who_has_ended_is_gone_reaped_or_not() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = child.id();
        let id = rustix::process::Pid::from_child(&child);
        let ended = rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(id), ended).unwrap();
        assert_eq!(start_of(pid).unwrap(), None, "a zombie");
        child.wait().unwrap();
        assert_eq!(start_of(pid).unwrap(), None, "a pid of nobody");
    }

    #[test]
    fn who_cannot_be_asked_may_live() {
        for gone in [Errno::NOENT, Errno::SRCH] {
            assert_eq!(start_by(Err(error(gone))).unwrap(), None);
        }
        for unknown in [Errno::MFILE, Errno::NFILE, Errno::ACCESS, Errno::NOMEM] {
            assert!(start_by(Err(error(unknown))).is_err(), "{unknown}");
        }
        assert!(start_by(Ok(b"42 (sh) S 1".to_vec())).is_err(), "a cut one");
    }

    #[test]
    fn who_goes_on_in_another_thread_has_not_ended() {
        for (threads, expected) in [(1, None), (2, Some(77))] {
            let stat =
                format!("42 (a) Z 1 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 {threads} 21 77 23");
            assert_eq!(start_by(Ok(stat.into_bytes())).unwrap(), expected);
        }
    }
}
