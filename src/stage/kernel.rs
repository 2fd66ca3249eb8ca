//! What the kernel says of a process, read from `/proc`.
//!
//! A kept descriptor of `/proc/PID/stat` pins the identity: it still reads the zombie, and fails
//! after the reap instead of reading whoever has the pid next. Not here: what is made of it
//! (`watcher`), and who is to be ended (`tree`).

use crate::event::words::KernelState;
use crate::event::{Span, Text};
use rustix::fs::{Mode, OFlags};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;

/// Of a process's arguments at most so many are told,
const ARGUMENTS_MAX: usize = 32;
/// and of each so many bytes.
const ARGUMENT_MAX: usize = 256;

/// What the kernel notes of its own threads.
const PF_KTHREAD: u64 = 0x0020_0000;

/// A process as its `stat` file tells it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stat {
    pub(super) pid: u32,
    pub(super) state: u8,
    pub(super) parent: u32,
    pub(super) group: u32,
    pub(super) session: u32,
    /// The group that has its terminal; 0 if it has none.
    pub(super) foreground: u32,
    /// Whether it is a thread of the kernel's own.
    pub(super) is_kernel: bool,
    /// How many threads it has.
    pub(super) threads: u32,
    /// User and system time in clock ticks.
    pub(super) cpu_ticks: u64,
    /// When it started, in clock ticks since the machine did.
    pub(super) start: u64,
    /// The status as `wait` tells it; 0 until it has ended, and to those who may not know.
    pub(super) status: i32,
}

impl Stat {
    /// Reads a `stat` file. The command stands in parentheses and may contain anything, so
    /// fields are counted from the last one.
    pub(super) fn parse(text: &[u8]) -> Option<Stat> {
        let open = text.iter().position(|&b| b == b'(')?;
        let close = text.iter().rposition(|&b| b == b')')?;
        let pid = std::str::from_utf8(text.get(..open)?).ok()?.trim();
        let rest = std::str::from_utf8(text.get(close + 1..)?).ok()?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        // `proc_pid_stat(5)` counts the state as field 3.
        let field = |number: usize| fields.get(number - 3).copied();
        let number = |n: usize| field(n)?.parse::<u64>().ok();
        // Session 0 and group 0 are those of other pid namespaces; parents too.
        let id = |n: usize| u32::try_from(field(n)?.parse::<i64>().ok()?.max(0)).ok();
        Some(Stat {
            pid: pid.parse().ok()?,
            state: *field(3)?.as_bytes().first()?,
            parent: id(4)?,
            group: id(5)?,
            session: id(6)?,
            foreground: id(8)?,
            is_kernel: number(9)? & PF_KTHREAD != 0,
            threads: id(20)?,
            cpu_ticks: number(14)?.saturating_add(number(15)?),
            start: number(22)?,
            status: field(52).and_then(|f| f.parse().ok()).unwrap_or(0),
        })
    }

    /// Returns whether the process has ended and only waits to be reaped. A main thread that has
    /// ended before the others is a zombie too, and they go on.
    pub(super) fn is_dead(&self) -> bool {
        self.has_no_main() && self.threads <= 1
    }

    /// Returns whether its main thread has ended.
    fn has_no_main(&self) -> bool {
        matches!(self.state, b'Z' | b'X' | b'x')
    }

    /// Returns a thread that lives, of a process whose main thread has ended: the files of that
    /// one tell nothing any more.
    pub(super) fn other_thread(&self) -> Option<Stat> {
        if !self.has_no_main() || self.is_dead() {
            return None;
        }
        let pid = self.pid;
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).ok()?;
        threads.flatten().find_map(|thread| {
            let thread = thread.file_name().to_str()?.parse::<u32>().ok()?;
            let file = open(pid, &format!("task/{thread}/stat")).ok()?;
            stat_by(file.as_fd()).filter(|thread| !thread.has_no_main())
        })
    }

    /// Returns the state as events say it.
    pub(super) fn kernel_state(&self) -> KernelState {
        match self.state {
            b'R' => KernelState::Running,
            b'S' | b'I' => KernelState::Sleeping,
            b'D' => KernelState::DiskSleep,
            b'Z' | b'X' | b'x' => KernelState::Zombie,
            b'T' | b't' => KernelState::Stopped,
            _ => KernelState::Other,
        }
    }
}

/// Returns a process's arguments, the program first; none of a zombie.
pub(super) fn arguments(pid: u32) -> Vec<String> {
    let mut bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    if bytes.is_empty()
        && let Some(folder) = other_folder(pid)
    {
        bytes = std::fs::read(format!("{folder}/cmdline")).unwrap_or_default();
    }
    let bytes = bytes.strip_suffix(&[0]).unwrap_or(&bytes);
    if bytes.is_empty() {
        return Vec::new();
    }
    bytes
        .split(|&b| b == 0)
        .take(ARGUMENTS_MAX)
        .map(|word| String::from_utf8_lossy(&word[..word.len().min(ARGUMENT_MAX)]).into_owned())
        .collect()
}

/// Returns what a process is called: its program's file name; where it has no arguments, what the
/// kernel calls it.
pub(super) fn name_of(pid: u32, argv: &[String]) -> Text {
    let file = argv.first().map_or("", String::as_str);
    let file = file.rsplit('/').next().unwrap_or(file);
    // A login shell's stands after a dash; what a process calls itself may go on after a colon.
    let file = file.trim_start_matches('-');
    if !file.is_empty() {
        return Text::from(file);
    }
    let comm = std::fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    Text::from(String::from_utf8_lossy(&comm).trim_end())
}

/// Returns which file a process has open at a place, as device and inode.
pub(super) fn file_at(pid: u32, place: usize) -> Option<(u64, u64)> {
    let file = std::fs::metadata(format!("/proc/{pid}/fd/{place}"));
    let other = |_| std::fs::metadata(format!("{}/fd/{place}", other_folder(pid)?)).ok();
    let file = file.map_or_else(other, Some)?;
    Some((file.dev(), file.ino()))
}

/// Returns the folder in `/proc` that tells of a process whose main thread has ended, and the others
/// have not.
pub(super) fn other_folder(pid: u32) -> Option<String> {
    let thread = stat(pid)?.other_thread()?.pid;
    Some(format!("/proc/{pid}/task/{thread}"))
}

/// Returns a process's exit code, −N for signal N, from a status as `wait` tells it.
pub(super) fn code_of_status(status: i32) -> i32 {
    match status & 0x7f {
        0 => (status >> 8) & 0xff,
        signal => -signal,
    }
}

/// Returns whether the kernel tells us the status of a zombie: a status of 0 may be one that it keeps
/// to itself. Its namespace is told to the same. `None` where a process has none that could be asked for.
pub(super) fn tells_status(pid: u32) -> Option<bool> {
    match std::fs::read_link(format!("/proc/{pid}/ns/user")) {
        Ok(_) => Some(true),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Some(false),
        Err(_) => None,
    }
}

/// Opens a file of a process's folder in `/proc`.
pub(super) fn open(pid: u32, file: &str) -> io::Result<OwnedFd> {
    let path = format!("/proc/{pid}/{file}");
    Ok(rustix::fs::open(
        path,
        OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
    )?)
}

/// Reads a small file of `/proc` from its start.
pub(super) fn read<'b>(fd: BorrowedFd<'_>, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    let len = rustix::io::retry_on_intr(|| rustix::io::pread(fd, &mut *buffer, 0))?;
    Ok(&buffer[..len])
}

/// Reads a process's `stat` file by a kept descriptor: `None` after its reap.
pub(super) fn stat_by(fd: BorrowedFd<'_>) -> Option<Stat> {
    Stat::parse(read(fd, &mut [0; 1024]).ok()?)
}

/// Reads a process's `stat` file.
pub(super) fn stat(pid: u32) -> Option<Stat> {
    stat_by(open(pid, "stat").ok()?.as_fd())
}

/// Returns whether the process that started at `start` is there, a zombie included; also if the
/// system does not say so.
pub(super) fn is_there(pid: u32, start: u64) -> bool {
    let mut buffer = [0; 1024];
    match open(pid, "stat") {
        Ok(fd) => {
            let text = read(fd.as_fd(), &mut buffer).ok();
            text.and_then(Stat::parse)
                .is_some_and(|stat| stat.start == start)
        }
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Returns the anonymous memory in bytes from a kept `statm`: what is resident less what is
/// shared. The arena's pages count as shared, in each process of the program.
pub(super) fn anonymous_by(fd: BorrowedFd<'_>) -> Option<u64> {
    let mut buffer = [0; 256];
    let text = std::str::from_utf8(read(fd, &mut buffer).ok()?).ok()?;
    let mut fields = text.split_ascii_whitespace().skip(1);
    let resident: u64 = fields.next()?.parse().ok()?;
    let shared: u64 = fields.next()?.parse().ok()?;
    let page = u64::try_from(rustix::param::page_size()).ok()?;
    Some(resident.saturating_sub(shared).saturating_mul(page))
}

/// Returns the time that a process could have run and had no CPU, from a kept `schedstat`.
pub(super) fn run_delay_by(fd: BorrowedFd<'_>) -> Option<Span> {
    let mut buffer = [0; 128];
    let text = std::str::from_utf8(read(fd, &mut buffer).ok()?).ok()?;
    Some(Span(text.split_ascii_whitespace().nth(1)?.parse().ok()?))
}

/// Returns the process that a thread belongs to, by their numbers.
pub(super) fn process_of(thread: u32) -> Option<u32> {
    status(thread, "Tgid:")?.parse().ok()
}

/// Returns the signals for which a process has a handler: signal N is bit N-1.
pub(super) fn caught(pid: u32) -> Option<u64> {
    u64::from_str_radix(&status(pid, "SigCgt:")?, 16).ok()
}

/// Returns the signals that a process ignores: signal N is bit N-1.
pub(super) fn ignored(pid: u32) -> Option<u64> {
    u64::from_str_radix(&status(pid, "SigIgn:")?, 16).ok()
}

/// Returns the signals that were sent to a process and that it has still to take.
pub(super) fn pending(pid: u32) -> Option<u64> {
    u64::from_str_radix(&status(pid, "ShdPnd:")?, 16).ok()
}

/// Returns what a process's `status` file says under a heading. Its name, which stands there too, may be
/// any bytes: the kernel cuts it in the middle of a character.
fn status(pid: u32, heading: &str) -> Option<String> {
    let text = std::fs::read(format!("/proc/{pid}/status")).ok()?;
    let mut lines = text.split(|&b| b == b'\n');
    let words = lines.find_map(|line| line.strip_prefix(heading.as_bytes()))?;
    Some(std::str::from_utf8(words).ok()?.trim().to_owned())
}

/// Returns how often a process has run on a CPU: as long as that is the same, it has not run.
pub(super) fn turns(pid: u32) -> Option<u64> {
    let file = open(pid, "schedstat").ok()?;
    let mut buffer = [0; 128];
    let text = std::str::from_utf8(read(file.as_fd(), &mut buffer).ok()?).ok()?;
    text.split_ascii_whitespace().nth(2)?.parse().ok()
}

/// What `/proc/loadavg` says of all processes of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Population {
    /// How many processes and threads there are.
    pub(super) threads: usize,
    /// The pid of the newest.
    pub(super) newest: u32,
}

/// Returns how many processes and threads the machine has, and which is the newest, from a kept
/// `/proc/loadavg`.
pub(super) fn population_by(fd: BorrowedFd<'_>) -> Option<Population> {
    let mut buffer = [0; 128];
    let text = std::str::from_utf8(read(fd, &mut buffer).ok()?).ok()?;
    let mut fields = text.split_ascii_whitespace().skip(3);
    let threads = fields.next()?.split_once('/')?.1.parse().ok()?;
    Some(Population {
        threads,
        newest: fields.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_look_like_anything() {
        // The state is field 3, the start 22, the status 52.
        let tail = format!(
            "S 7 8 9 34816 6 0 0 0 0 0 3 4 0 0 20 0 1 0 555 {}15",
            "0 ".repeat(29)
        );
        for command in ["sh", "a) R 1 (b", "((", "x y\nz", ") S 1 1 1"] {
            let stat = Stat::parse(format!("42 ({command}) {tail}").as_bytes());
            let expected = Stat {
                pid: 42,
                state: b'S',
                parent: 7,
                group: 8,
                session: 9,
                foreground: 6,
                is_kernel: false,
                threads: 1,
                cpu_ticks: 7,
                start: 555,
                status: 15,
            };
            assert_eq!(stat, Some(expected), "{command}");
        }
    }

    #[test]
    fn a_cut_or_strange_stat_is_none() {
        let text = b"42 (sh) S 7 8 9 0 -1 0 0 0 0 0 3 4 0 0 20 0 1 0 555";
        assert!(Stat::parse(text).is_some());
        for end in 0..text.len() - 3 {
            assert_eq!(Stat::parse(&text[..end]), None, "{end}");
        }
        assert_eq!(Stat::parse(b")("), None);
        assert_eq!(Stat::parse(b"4 (\xff) \xff 1"), None);
    }

    #[test]
    fn a_status_is_a_code_or_a_signal() {
        for (status, code) in [(0, 0), (3 << 8, 3), (255 << 8, 255), (9, -9), (15, -15)] {
            assert_eq!(code_of_status(status), code);
        }
        assert_eq!(code_of_status(11 | 0x80), -11, "with a core dump");
    }

    #[test]
    fn a_process_is_read_whatever_it_is_called() {
        let named = std::thread::spawn(|| {
            rustix::thread::set_name(c"a\xe6\xb5").expect("a name");
            let me = crate::stage::tree::number_of(rustix::thread::gettid());
            (process_of(me), caught(me), pending(me))
        });
        let (process, caught, pending) = named.join().expect("it ends");
        assert_eq!(process, Some(std::process::id()));
        assert!(caught.is_some() && pending.is_some());
    }

    #[test]
    fn this_process_reads_itself() {
        let pid = std::process::id();
        let me = stat(pid).unwrap();
        assert_eq!((me.pid, me.is_dead()), (pid, false));
        let statm = open(pid, "statm").unwrap();
        assert!(anonymous_by(statm.as_fd()).unwrap() > 0);
        let file = std::fs::File::open("/proc/loadavg").unwrap();
        assert!(population_by(file.as_fd()).is_some_and(|machine| machine.threads > 0));
    }
}
