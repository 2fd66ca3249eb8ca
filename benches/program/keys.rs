//! How soon a key shows its effect: the help, opened again and again, while a program says nothing and
//! while it says a hundred thousand events a second.
//!
//! Measured from the write of the key to the read that brought the last byte of the frame with the
//! help on it.

use super::plays::PLAY;
use super::terminal::{PATIENCE, Terminal, screen};
use mpviz::channel::clock;
use std::time::Duration;

/// How many keys are timed.
const KEYS: usize = 300;
/// On the screen while the help is open, and only then.
const HELP: &str = "─ keys ─";
/// So long is a frame in which everything was seen on the help.
const AIM_MS: f64 = 33.0;
const RATE: u64 = 100_000;

pub(crate) fn keys() {
    let idle = Keys::of(0);
    let loaded = Keys::of(RATE);
    for keys in [&idle, &loaded] {
        println!(
            "key to its frame, {:.0} events/s arrive: median {:.2} ms, 99 in 100 {:.2} ms, the longest \
             {:.2} ms; {}",
            keys.rate,
            keys.at(50),
            keys.at(99),
            keys.at(100),
            keys.header
        );
    }
    let what = format!("  p99 while {RATE} events/s arrive, ms");
    let beside = format!("idle, {:.2} ms", idle.at(99));
    super::report(&what, loaded.at(99), AIM_MS, &beside);
}

/// What keys took, in ms, the shortest first.
struct Keys {
    took: Vec<f64>,
    /// How many events a second the program said.
    rate: f64,
    /// What the header says at the end.
    header: String,
}

impl Keys {
    fn of(rate: u64) -> Keys {
        let own = std::env::current_exe().expect("this bench");
        let report = std::env::temp_dir().join(format!("mpviz-keys-{}", std::process::id()));
        let (own, path) = (own.display().to_string(), report.display().to_string());
        let (rate, mpviz) = (rate.to_string(), env!("CARGO_BIN_EXE_mpviz"));
        let argv = [mpviz, "run", "--", &own, PLAY, "storm", &rate, &path];
        let mut screen = Screen::of(Terminal::open(&argv));
        screen.wait(|text| text.contains("reader"));
        // The storm has begun, and the axis has its length.
        std::thread::sleep(Duration::from_secs(2));
        let before = said(&path);
        let took: Vec<u64> = (0..KEYS as u64).map(|n| screen.open_help(n)).collect();
        let after = said(&path);
        let header = screen.header();
        screen.terminal.end();
        // It was written into the folder for such files.
        let _ = std::fs::remove_file(&report);
        let mut took: Vec<f64> = took.into_iter().map(|ns| ns as f64 / 1e6).collect();
        took.sort_by(f64::total_cmp);
        let rate = match (before, after) {
            (Some(before), Some(after)) => (after.0 - before.0) * 1e9 / (after.1 - before.1),
            _ => 0.0,
        };
        Keys { took, rate, header }
    }

    fn at(&self, percent: usize) -> f64 {
        self.took[(self.took.len() * percent / 100).min(self.took.len() - 1)]
    }
}

/// Returns how many events the storm has said, and in how many ns.
fn said(path: &str) -> Option<(f64, f64)> {
    let text = std::fs::read_to_string(path).ok()?;
    let (events, ns) = text.split_once(' ')?;
    Some((events.parse().ok()?, ns.parse().ok()?))
}

/// A terminal and what is on it.
struct Screen {
    terminal: Terminal,
    parser: vt100::Parser,
}

impl Screen {
    fn of(terminal: Terminal) -> Screen {
        let parser = screen();
        Screen { terminal, parser }
    }

    /// Waits until the screen is as it should be; returns when that was read.
    fn wait(&mut self, is_it: impl Fn(&str) -> bool) -> u64 {
        loop {
            let (at, bytes) = self.terminal.more(PATIENCE).expect("the program draws");
            self.parser.process(&bytes);
            if is_it(&self.parser.screen().contents()) {
                return at;
            }
        }
    }

    /// Opens the help and closes it again; returns how long it took to be open, in ns.
    fn open_help(&mut self, n: u64) -> u64 {
        // No two keys come at the same place between two frames.
        let pause = Duration::from_micros(30_000 + n * 7_919 % 33_000);
        std::thread::sleep(pause);
        while let Some((_, bytes)) = self.terminal.more(Duration::ZERO) {
            self.parser.process(&bytes);
        }
        let before = clock::monotonic();
        self.terminal.type_keys("?");
        let opened = self.wait(|text| text.contains(HELP));
        self.terminal.type_keys("?");
        self.wait(|text| !text.contains(HELP));
        opened.saturating_sub(before)
    }

    fn header(&self) -> String {
        let rows = self.parser.screen().contents();
        let header = rows.lines().next().unwrap_or_default();
        header.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
