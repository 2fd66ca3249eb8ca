//! The program as a whole: how soon it is there, what it costs to leave it open, how soon a key shows
//! its effect, and what it costs to watch a thousand processes.
//!
//! Starting is compared with btop on the same kind of terminal, resting with htop; both are left
//! out, by name, where they are missing. Rounds are interleaved, figures are medians. Arguments
//! (`cargo bench --bench program -- keys`) ask for a part alone: start, settled, rest, keys, watch.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod keys;
mod plays;
mod settled;
mod slow;
mod terminal;
mod watch;

use std::fs;
use std::time::Duration;
use terminal::Terminal;

const ROUNDS: usize = 11;
/// How long resting is watched.
const REST: Duration = Duration::from_secs(5);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = plays::play(&arguments) {
        std::process::exit(code);
    }
    let parts = ["start", "settled", "rest", "keys", "slow", "watch"];
    let is_any_asked = parts.iter().any(|part| arguments.iter().any(|a| a == part));
    let is_asked = |part: &str| !is_any_asked || arguments.iter().any(|a| a == part);
    if is_asked("start") {
        starting();
    }
    if is_asked("settled") {
        settled::starting();
    }
    if is_asked("rest") {
        resting();
    }
    if is_asked("keys") {
        keys::keys();
    }
    if is_asked("slow") {
        slow::slow();
    }
    if is_asked("watch") {
        watch::watching();
    }
    let size = fs::metadata(env!("CARGO_BIN_EXE_mpviz")).map_or(0, |file| file.len());
    println!(
        "program as built for this bench (not stripped): {:.1} MB",
        size as f64 / 1e6
    );
}

fn starting() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let (mut picker, mut process, mut btop) = (Vec::new(), Vec::new(), Vec::new());
    let has_btop = is_installed("btop");
    for _ in 0..ROUNDS {
        // The footer's last word is the last that the picker draws.
        picker.push(Terminal::time(&[mpviz], |seen| contains(seen, b"quit")));
        process.push(Terminal::time(&[mpviz, "fork"], |seen| {
            contains(seen, b"MainProcess")
        }));
        if has_btop {
            btop.push(Terminal::time(&["btop"], |seen| seen.len() >= 2048));
        }
    }
    let (picker, process) = (median(picker), median(process));
    println!(
        "start to the whole picker: {:.1} ms; to the first process: {:.1} ms",
        ms(picker),
        ms(process)
    );
    if has_btop {
        let btop = median(btop);
        report(
            "  picker",
            picker / btop,
            1.0,
            &format!("btop's first 2 KB, {:.1} ms", ms(btop)),
        );
        report("  first process", process / btop, 3.0, "the same");
    } else {
        println!("  btop is missing (Debian: btop)");
    }
}

fn resting() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let quit = |seen: &[u8]| contains(seen, b"quit");
    let ended = |seen: &[u8]| contains(seen, b"ended");
    let picker = Rest::of(Terminal::open(&[mpviz]), quit, "");
    let over = Rest::of(Terminal::open(&[mpviz, "queue", "--pace", "20"]), ended, "");
    let frozen = Rest::of(Terminal::open(&[mpviz, "pool", "--pace", "0.1"]), quit, " ");
    println!(
        "cpu in {} s at rest: picker {:.1} ms, after the end {:.1} ms, frozen {:.1} ms (a program runs)",
        REST.as_secs(),
        picker.cpu_ms,
        over.cpu_ms,
        frozen.cpu_ms
    );
    if is_installed("htop") {
        let htop = Rest::of(Terminal::open(&["htop"]), |seen| seen.len() > 1000, "");
        let most = picker.cpu_ms.max(over.cpu_ms).max(frozen.cpu_ms);
        report(
            "  cpu",
            most / htop.cpu_ms,
            1.0,
            &format!("htop, {:.1} ms", htop.cpu_ms),
        );
    } else {
        println!("  htop is missing (Debian: htop)");
    }
    report(
        "anonymous memory after a scenario",
        over.anonymous_kb as f64 / 1024.0,
        25.0,
        "MB",
    );
}

fn report(what: &str, figure: f64, aim: f64, beside: &str) {
    let met = if figure <= aim { "ok" } else { "MISSED" };
    println!("{what}: {figure:.2} (aim <= {aim}) {met}; beside: {beside}");
}

/// What a program costs at rest.
struct Rest {
    cpu_ms: f64,
    anonymous_kb: u64,
}

impl Rest {
    /// Returns what a program costs at rest, once enough is seen and the keys are typed.
    fn of(mut terminal: Terminal, enough: impl Fn(&[u8]) -> bool, keys: &str) -> Rest {
        terminal.wait(enough);
        terminal.type_keys(keys);
        // What it still draws is over when nothing came for a while.
        while terminal.more(Duration::from_millis(700)).is_some() {}
        let before = cpu_ms(terminal.pid());
        std::thread::sleep(REST);
        let rest = Rest {
            cpu_ms: cpu_ms(terminal.pid()) - before,
            anonymous_kb: anonymous_kb(terminal.pid()),
        };
        terminal.end();
        rest
    }
}

/// Returns the CPU time of all threads that live, in ms.
fn cpu_ms(pid: u32) -> f64 {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("it lives");
    let of_task = |task: std::io::Result<fs::DirEntry>| {
        let stat = fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    tasks.filter_map(of_task).sum::<f64>() / 1e6
}

fn anonymous_kb(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .expect("RssAnon")
}

fn contains(seen: &[u8], text: &[u8]) -> bool {
    seen.windows(text.len()).any(|window| window == text)
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn ms(ns: f64) -> f64 {
    ns / 1e6
}
