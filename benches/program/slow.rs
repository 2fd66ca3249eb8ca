//! How soon a key shows its effect on a terminal that takes 2 KB a second, beside one that takes
//! everything: the view frozen and live again, while a pool of four runs.
//!
//! Measured from the write of the key to the read that brought the last byte of its effect, the
//! word in the header. The terminals answer when they are asked whether they are well, as real ones
//! do; a third does not, and takes everything.

use super::terminal::screen;
use mpviz::channel::clock;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const SIZE: (u16, u16) = (36, 120);
/// How many keys are timed.
const KEYS: u64 = 40;
/// How much longer a key may take on the slow one.
const AIM_MS: f64 = 200.0;
const SLOW: usize = 2000;
/// Between two reads of the slow one.
const STEP: Duration = Duration::from_millis(10);

pub(crate) fn slow() {
    let fast = Took::of(None, true);
    let mute = Took::of(None, false);
    let slow = Took::of(Some(SLOW), true);
    for (took, what) in [
        (&fast, "takes everything"),
        (&mute, "the same, answers nothing"),
        (&slow, "takes 2 KB/s"),
    ] {
        println!(
            "key to its effect on a terminal that {what}: median {:.1} ms, the longest of {KEYS} {:.1} ms; \
             {:.0} bytes/s",
            took.at(50),
            took.at(100),
            took.rate
        );
    }
    super::report(
        "  longer on the slow one, median, ms",
        slow.at(50) - fast.at(50),
        AIM_MS,
        &format!("{:.1} ms", fast.at(50)),
    );
    super::report(
        "  longer on the slow one, the longest, ms",
        slow.at(100) - fast.at(100),
        AIM_MS,
        &format!("{:.1} ms", fast.at(100)),
    );
}

/// What keys took, in ms, the shortest first.
struct Took {
    ms: Vec<f64>,
    /// How many bytes a second were taken.
    rate: f64,
}

impl Took {
    fn of(rate: Option<usize>, answers: bool) -> Took {
        let mut link = Link::open(rate, answers);
        link.until("ForkPoolWorker-4");
        // The first pictures are through.
        link.pass(Duration::from_secs(8));
        let (begin, before) = (clock::monotonic(), link.taken);
        let mut ms = Vec::new();
        for n in 0..KEYS {
            let word = if n % 2 == 0 { "FROZEN" } else { "● live" };
            let pressed = clock::monotonic();
            link.press(" ");
            let at = link.until(word);
            ms.push(at.saturating_sub(pressed) as f64 / 1e6);
            // No two keys come at the same place between two frames.
            link.pass(Duration::from_micros(700_000 + n * 7_919 % 33_000));
        }
        let passed = clock::monotonic().saturating_sub(begin) as f64 / 1e9;
        let rate = (link.taken - before) as f64 / passed;
        ms.sort_by(f64::total_cmp);
        Took { ms, rate }
    }

    fn at(&self, percent: usize) -> f64 {
        self.ms[(self.ms.len() * percent / 100).min(self.ms.len() - 1)]
    }
}

/// A terminal that takes so many bytes a second.
struct Link {
    child: Box<dyn Child + Send + Sync>,
    keys: Arc<Mutex<Box<dyn Write + Send>>>,
    output: Receiver<(u64, Vec<u8>)>,
    parser: vt100::Parser,
    taken: usize,
}

impl Link {
    fn open(rate: Option<usize>, answers: bool) -> Link {
        let size = PtySize {
            rows: SIZE.0,
            cols: SIZE.1,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a pty");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mpviz"));
        command.args(["pool", "--workers", "4", "--pace", "0.02"]);
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).expect("it starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let keys = Arc::new(Mutex::new(writer));
        let (to, output) = channel();
        let answering = answers.then(|| Arc::clone(&keys));
        std::thread::spawn(move || {
            let _master = pair.master;
            let most = rate.map_or(1 << 16, |rate| rate * 10 / 1000);
            let (mut buffer, mut tail) = (vec![0; most], Vec::new());
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if rate.is_some() {
                    std::thread::sleep(STEP);
                }
                let bytes = buffer[..count].to_vec();
                for &byte in answering.iter().flat_map(|_| &bytes) {
                    tail.push(byte);
                    if tail.ends_with(b"\x1b[5n") {
                        write(answering.as_ref().expect("it answers"), b"\x1b[0n");
                        tail.clear();
                    }
                }
                if to.send((clock::monotonic(), bytes)).is_err() {
                    return;
                }
            }
        });
        Link {
            child,
            keys,
            output,
            parser: screen(),
            taken: 0,
        }
    }

    fn press(&mut self, keys: &str) {
        write(&self.keys, keys.as_bytes());
    }

    /// Takes what comes within a while; returns when that was read, if anything came.
    fn take(&mut self, within: Duration) -> Option<u64> {
        let (at, bytes) = self.output.recv_timeout(within).ok()?;
        self.taken += bytes.len();
        self.parser.process(&bytes);
        Some(at)
    }

    /// Waits until a text is on the screen; returns when that was read.
    fn until(&mut self, text: &str) -> u64 {
        loop {
            let at = self.take(super::terminal::PATIENCE).expect("mpviz draws");
            if self.parser.screen().contents().contains(text) {
                return at;
            }
        }
    }

    /// Lets a while pass.
    fn pass(&mut self, span: Duration) {
        let until = clock::monotonic() + u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        while let Some(left) = until.checked_sub(clock::monotonic()) {
            self.take(Duration::from_nanos(left));
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(to: &Mutex<Box<dyn Write + Send>>, bytes: &[u8]) {
    let mut to = to.lock().expect("nobody panics with it");
    to.write_all(bytes)
        .and_then(|()| to.flush())
        .expect("typed");
}
