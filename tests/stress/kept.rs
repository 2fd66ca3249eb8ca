//! What this process keeps: memory of its own, descriptors, threads, children.

use std::fs;
use std::time::Duration;

/// How often is looked before something counts as kept: for some seconds.
const LOOKS: u32 = 500;

/// What there is now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kept {
    /// Anonymous memory, in KiB.
    memory: u64,
    descriptors: usize,
    threads: usize,
    mappings: usize,
}

impl Kept {
    pub(crate) fn now() -> Kept {
        let count = |path| fs::read_dir(path).expect("/proc is mounted").count();
        let status = fs::read_to_string("/proc/self/status").expect("it is there");
        let line = status.lines().find(|line| line.starts_with("RssAnon:"));
        let memory = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
        let maps = fs::read_to_string("/proc/self/maps").expect("it is there");
        Kept {
            memory: memory.expect("the kernel tells it"),
            // The one that reads the folder is there each time.
            descriptors: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
            mappings: maps.lines().count(),
        }
    }

    /// Checks that no more is kept than before, but for what an allocator keeps for later.
    #[track_caller]
    pub(crate) fn has_not_grown(self, what: &str) {
        self.has_not_grown_but_children(what);
        let children = fs::read_to_string("/proc/thread-self/children");
        assert_eq!(children.expect("it is there"), "", "{what}: children");
    }

    /// The same, while children live. A thread that was joined may be about to let go.
    #[track_caller]
    pub(crate) fn has_not_grown_but_children(self, what: &str) {
        let mut now = Kept::now();
        for _ in 0..LOOKS {
            if !self.is_outgrown_by(now) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
            now = Kept::now();
        }
        panic!("{what}: {self:?} became {now:?}");
    }

    fn is_outgrown_by(self, now: Kept) -> bool {
        now.descriptors > self.descriptors
            || now.threads > self.threads
            // What an allocator keeps for later is a few MiB.
            || now.memory > self.memory + 8 * 1024
            || now.mappings > self.mappings + 16
    }
}
