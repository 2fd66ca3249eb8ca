//! Who belongs to a run: whoever has its word in the environment, which forks and execs hand down.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The variable that holds the word.
const NAME: &str = "MPVIZ_TEST_TAG";
/// Nothing of a run may live longer than this after its end.
const WITHIN: Duration = Duration::from_secs(1);
/// Between two looks.
const STEP: Duration = Duration::from_millis(10);

/// A run, by its word.
pub(crate) struct Tag {
    value: String,
    /// Everybody who was seen, by pid, with the time of its start: a pid alone is used again.
    seen: BTreeMap<u32, u64>,
}

/// What the kernel says of a process.
struct Stat {
    state: char,
    parent: u32,
    start: u64,
}

impl Tag {
    /// Returns a word that nobody has.
    pub(crate) fn new() -> Tag {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Tag {
            value: format!("{}-{count}", std::process::id()),
            seen: BTreeMap::new(),
        }
    }

    /// Returns the variable that a run is to be started with.
    pub(crate) fn variable(&self) -> (&'static str, &str) {
        (NAME, &self.value)
    }

    /// Returns who lives, and remembers them.
    pub(crate) fn living(&mut self) -> Vec<u32> {
        let word = format!("{NAME}={}", self.value);
        let is_ours = |pid: &u32| {
            let words = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            words.split(|&b| b == 0).any(|w| w == word.as_bytes())
        };
        let folder = fs::read_dir("/proc").expect("/proc is mounted").flatten();
        let pids = folder.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        let mut living = Vec::new();
        for pid in pids.filter(is_ours) {
            if let Some(stat) = stat(pid) {
                self.seen.insert(pid, stat.start);
                if stat.state != 'Z' {
                    living.push(pid);
                }
            }
        }
        living
    }

    /// Returns the process of that name in the kernel's words, such as `mpviz-keeper`.
    pub(crate) fn named(&mut self, name: &str) -> Option<u32> {
        let comm = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm"));
        let is_named = |pid: &u32| comm(pid).is_ok_and(|comm| comm.trim_end() == name);
        self.living().into_iter().find(is_named)
    }

    /// Those who were seen and are dead, but reaped by nobody. Whoever has come to PID 1 or to
    /// somebody else above the run is theirs.
    fn zombies(&self) -> Vec<u32> {
        let is_left = |(pid, start): (&u32, &u64)| {
            let stat = stat(*pid)?;
            let of_run = self.seen.contains_key(&stat.parent);
            (stat.start == *start && stat.state == 'Z' && of_run).then_some(*pid)
        };
        self.seen.iter().filter_map(is_left).collect()
    }

    /// Checks that within a second nobody lives and nobody is left unreaped, by two looks.
    #[track_caller]
    pub(crate) fn nothing_is_left(&mut self) {
        let mut waited = Duration::ZERO;
        loop {
            let left = [self.living(), self.zombies()].concat();
            std::thread::sleep(STEP);
            waited += STEP;
            if left.is_empty() && self.living().is_empty() {
                return;
            }
            let lines: Vec<_> = left.iter().map(|&pid| line_of(pid)).collect();
            assert!(waited < WITHIN, "there is left:\n{}", lines.join("\n"));
        }
    }
}

impl Drop for Tag {
    fn drop(&mut self) {
        // A failed test leaves nobody either.
        for pid in self.living() {
            send(pid, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

/// Sends a signal.
pub(crate) fn send(pid: u32, signal: nix::sys::signal::Signal) {
    let pid = i32::try_from(pid).expect("it is a pid");
    assert!(pid > 1);
    // It may have ended by itself.
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal);
}

/// Returns the state letter of a process, if there is one.
pub(crate) fn state(pid: u32) -> Option<char> {
    stat(pid).map(|stat| stat.state)
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Stat {
        state: fields.first()?.chars().next()?,
        parent: fields.get(1)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
    })
}

fn line_of(pid: u32) -> String {
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let command = String::from_utf8_lossy(&command).replace('\0', " ");
    let comm = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let state = state(pid).unwrap_or('?');
    format!("{pid} {state} {} {command}", comm.trim_end())
}
