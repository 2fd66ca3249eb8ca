//! Who lives below whom, and how all of them are ended.
//!
//! Both nets end a tree in the same way: kill each process group of it, which is atomic against
//! forks, then each process, reap, and look again, until there is none. A process is killed by a
//! pidfd that was checked after it was opened, so that a reused pid is never hit.
//! Invariant: mpviz itself and what stands in its own session is never touched.

use super::kernel::{self, Stat};
use rustix::process::{Pid, PidfdFlags, Signal};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What a resource tracker of Python runs: `multiprocessing`'s, and joblib's.
const TRACKER: &str = "resource_tracker import main";
/// So many bytes of a list of children are read at once.
const CHILDREN_READ: usize = 1 << 16;

/// Returns a process that lives or is a zombie, for each one that the kernel lists.
pub(super) fn all() -> Vec<Stat> {
    let Ok(folder) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    folder
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(kernel::stat)
        .collect()
}

/// Returns the pids of a process's children, zombies included. One may be missing who moves from one
/// parent to another meanwhile, or whose sibling goes.
pub(super) fn children_of(pid: u32) -> Vec<u32> {
    match children_by_kernel(pid) {
        Some(children) => children,
        // A kernel without CONFIG_PROC_CHILDREN.
        None => {
            let all = all().into_iter();
            all.filter(|p| p.parent == pid).map(|p| p.pid).collect()
        }
    }
}

fn children_by_kernel(pid: u32) -> Option<Vec<u32>> {
    let mut children = Vec::new();
    let mut buffer = vec![0; CHILDREN_READ];
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let path = task.ok()?.path().join("children");
        let text = match read_whole(&path, &mut buffer) {
            Ok(text) => String::from_utf8_lossy(text),
            // The thread has ended; its children are another thread's.
            Err(_) if !path.with_file_name("stat").exists() => continue,
            Err(_) => return None,
        };
        let pids = text.split_ascii_whitespace();
        children.extend(pids.filter_map(|pid| pid.parse::<u32>().ok()));
    }
    Some(children)
}

/// Reads a file in as few reads as the kernel allows: each goes on at a place by its number, so a
/// child that goes meanwhile hides one that lives.
fn read_whole<'b>(path: &Path, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    let mut file = File::open(path)?;
    let mut len = 0;
    loop {
        if len == buffer.len() {
            buffer.resize(2 * len.max(CHILDREN_READ), 0);
        }
        match file.read(&mut buffer[len..]) {
            Ok(0) => return Ok(&buffer[..len]),
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns all that live below a process, zombies included. An orphan that moves to it meanwhile is
/// among them, which with [`children_of`] read first it might not be: only its `/proc/PID/stat`
/// says whose it is.
pub(super) fn descendants_of(pid: u32) -> Vec<Stat> {
    let mut found = below(&[pid]);
    found.retain(|process| process.pid != pid);
    found
}

/// Returns all that live below `roots`, the roots included.
fn below(roots: &[u32]) -> Vec<Stat> {
    let all = all();
    let mut found: BTreeSet<u32> = roots.iter().copied().collect();
    // Parents are mostly older and so listed first: few rounds.
    loop {
        let before = found.len();
        for process in &all {
            if found.contains(&process.parent) {
                found.insert(process.pid);
            }
        }
        if found.len() == before {
            break;
        }
    }
    all.into_iter().filter(|p| found.contains(&p.pid)).collect()
}

/// Kills everything below `roots` that lives, the roots included: group by group, then one by
/// one. `own` is the caller's own group, which is spared as such.
pub(super) fn kill(roots: &[u32], own: u32) {
    let living: Vec<Stat> = below(roots).into_iter().filter(|p| !p.is_dead()).collect();
    let groups: BTreeSet<u32> = living.iter().map(|p| p.group).collect();
    for group in groups.into_iter().filter(|&g| g > 1 && g != own) {
        kill_group(group);
    }
    for process in living {
        kill_same(&process);
    }
}

/// Kills children of the caller. As nobody else reaps them, their pids are still theirs.
pub(super) fn kill_children(children: &[u32]) {
    for pid in children.iter().filter_map(|&pid| pid_of(pid)) {
        // As below.
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
}

/// Sends SIGKILL to a process group. Of a run every group is below its supervisor: a process
/// joins only groups of its session, and sessions are only inherited or made new.
pub(super) fn kill_group(group: u32) {
    if let Some(group) = pid_of(group) {
        // It may be gone, or not ours to kill: a look afterwards tells.
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
}

/// Sends SIGKILL to a process if it is still the same one.
pub(super) fn kill_same(process: &Stat) {
    let Some(pid) = pid_of(process.pid) else {
        return;
    };
    let Ok(pidfd) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    if kernel::stat(process.pid).is_some_and(|now| now.start == process.start) {
        // As above.
        let _ = rustix::process::pidfd_send_signal(pidfd, Signal::KILL);
    }
}

/// Returns whether a process removes what others leave in the system, and ends when they have.
pub(super) fn is_tracker(pid: u32) -> bool {
    let arguments = kernel::arguments(pid);
    let mut code = arguments.iter().skip_while(|word| *word != "-c").skip(1);
    code.next().is_some_and(|code| code.contains(TRACKER))
}

/// Returns a pid as the system calls take it; `None` for 0 and what is no pid.
pub(super) fn pid_of(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

/// Returns a pid as events say it.
pub(super) fn number_of(pid: Pid) -> u32 {
    pid.as_raw_nonzero().get().unsigned_abs()
}
