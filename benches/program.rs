//! The program as a whole: how soon it is there, and what it costs to leave it open.
//!
//! Starting is compared with btop on the same kind of terminal, resting with htop; both are left
//! out, by name, where they are missing. Rounds are interleaved, figures are medians.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use mpviz::channel::clock;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::fs;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const ROUNDS: usize = 11;
/// How long resting is watched.
const REST: Duration = Duration::from_secs(5);
/// How long anything may take to appear.
const PATIENCE: Duration = Duration::from_secs(20);

fn main() {
    starting();
    resting();
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
    let picker = Terminal::open(&[mpviz]).rest(quit, "");
    let over = Terminal::open(&[mpviz, "queue", "--pace", "20"]).rest(ended, "");
    let frozen = Terminal::open(&[mpviz, "pool", "--pace", "0.1"]).rest(quit, " ");
    println!(
        "cpu in {} s at rest: picker {:.1} ms, after the end {:.1} ms, frozen {:.1} ms (a program runs)",
        REST.as_secs(),
        picker.cpu_ms,
        over.cpu_ms,
        frozen.cpu_ms
    );
    if is_installed("htop") {
        let htop = Terminal::open(&["htop"]).rest(|seen| seen.len() > 1000, "");
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

/// A program on a terminal of its own.
struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Terminal {
    fn open(argv: &[&str]) -> Terminal {
        let size = PtySize {
            rows: 36,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(argv[0]);
        command.args(&argv[1..]);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let (to, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 65536];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if to.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            child,
            master: pair.master,
            output,
            seen: Vec::new(),
        }
    }

    /// Returns the nanoseconds from the start to the moment at which enough is seen.
    fn time(argv: &[&str], enough: impl Fn(&[u8]) -> bool) -> f64 {
        let begin = clock::monotonic();
        let mut terminal = Terminal::open(argv);
        terminal.wait(enough);
        let took = (clock::monotonic() - begin) as f64;
        terminal.end();
        took
    }

    fn wait(&mut self, enough: impl Fn(&[u8]) -> bool) {
        while !enough(&self.seen) {
            let more = self
                .output
                .recv_timeout(PATIENCE)
                .expect("the program draws");
            self.seen.extend(more);
        }
    }

    /// Returns what it costs at rest, once enough is seen and the keys are typed.
    fn rest(mut self, enough: impl Fn(&[u8]) -> bool, keys: &str) -> Rest {
        self.wait(enough);
        let mut writer = self.master.take_writer().expect("a writer");
        writer.write_all(keys.as_bytes()).expect("typed");
        // What it still draws is over when nothing came for a while.
        while self.output.recv_timeout(Duration::from_millis(700)).is_ok() {}
        let pid = self.child.process_id().expect("a pid");
        let before = cpu_ms(pid);
        std::thread::sleep(REST);
        let cpu_ms = cpu_ms(pid) - before;
        let anonymous_kb = anonymous_kb(pid);
        self.end();
        Rest {
            cpu_ms,
            anonymous_kb,
        }
    }

    fn end(mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
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
