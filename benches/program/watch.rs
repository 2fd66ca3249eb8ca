//! What it costs to watch: ten thousand processes in the tree, of which a thousand live and sleep.
//!
//! Told are the thread of mpviz that samples them and sees their ends, the supervisor, and mpviz as
//! a whole, which draws ten times a second.

use super::plays::PLAY;
use super::terminal::{PATIENCE, Terminal, screen};
use std::fs;
use std::time::Duration;

const PROCESSES: u32 = 10_000;
const ALIVE: u32 = 1_000;
/// How long it is watched.
const WATCHED: Duration = Duration::from_secs(20);
/// How long it may take until all processes are there.
const BUILDING: Duration = Duration::from_secs(90);

pub(crate) fn watching() {
    let own = std::env::current_exe().expect("this bench");
    let (own, mpviz) = (own.display().to_string(), env!("CARGO_BIN_EXE_mpviz"));
    let (processes, alive) = (PROCESSES.to_string(), ALIVE.to_string());
    let argv = [mpviz, "run", "--", &own, PLAY, "crowd", &processes, &alive];
    let mut terminal = Terminal::open(&argv);
    let mut parser = screen();
    let begin = mpviz::channel::clock::monotonic();
    let header = loop {
        let (at, bytes) = terminal.more(PATIENCE).expect("the program draws");
        parser.process(&bytes);
        let text = parser.screen().contents();
        if text.contains(&format!("{} of ", ALIVE + 2)) {
            let header = text.lines().next().unwrap_or_default();
            break header.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        let passed = Duration::from_nanos(at.saturating_sub(begin));
        assert!(passed < BUILDING, "not all processes came: {text}");
    };
    // What comes with their beginning is over.
    std::thread::sleep(Duration::from_secs(5));
    let before = Cost::of(&terminal);
    std::thread::sleep(WATCHED);
    let cost = Cost::of(&terminal).since(&before);
    terminal.end();
    println!("watching, {header}");
    super::report(
        "  the watcher's thread, % of a core",
        cost.watcher,
        1.0,
        &format!(
            "the supervisor {:.2} %, all of mpviz with its screen {:.2} %",
            cost.supervisor, cost.all
        ),
    );
}

/// CPU time in ns, or percent of a core.
struct Cost {
    watcher: f64,
    supervisor: f64,
    all: f64,
}

impl Cost {
    fn of(terminal: &Terminal) -> Cost {
        let pid = terminal.pid();
        let tasks = tasks(pid);
        let watcher = tasks.iter().filter(|(name, _)| name == "watcher");
        let watcher = watcher.map(|(_, ns)| ns).sum();
        // The supervisor is mpviz's only child.
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        let child = children.expect("it has children");
        let child = child.split_whitespace().next().expect("a supervisor");
        Cost {
            watcher,
            supervisor: cpu_of(child.parse().expect("a pid")),
            all: cpu_of(pid),
        }
    }

    fn since(&self, before: &Cost) -> Cost {
        let share = |now: f64, before: f64| (now - before) / WATCHED.as_nanos() as f64 * 100.0;
        Cost {
            watcher: share(self.watcher, before.watcher),
            supervisor: share(self.supervisor, before.supervisor),
            all: share(self.all, before.all),
        }
    }
}

fn cpu_of(pid: u32) -> f64 {
    tasks(pid).iter().map(|(_, ns)| ns).sum()
}

/// Returns the threads of a process, each with its name and its CPU time in ns.
fn tasks(pid: u32) -> Vec<(String, f64)> {
    let folder = fs::read_dir(format!("/proc/{pid}/task")).expect("it lives");
    let task = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.ok()?.path();
        let name = fs::read_to_string(path.join("comm")).ok()?;
        let cpu = fs::read_to_string(path.join("schedstat")).ok()?;
        let ns = cpu.split(' ').next()?.parse().ok()?;
        Some((name.trim_end().to_owned(), ns))
    };
    folder.filter_map(task).collect()
}
