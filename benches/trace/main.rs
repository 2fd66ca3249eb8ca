//! What a trace costs: reading a long one, and writing one beside a program that uses all cores.
//!
//! `cargo bench --bench trace` prints each figure with its aim; `-- read`, `-- write` or `-- run`
//! do one part. Reading has its peer on the same lines in the same run: `serde_json` into `Value`.
//! A run is a pool that keeps two cores busy for `MPVIZ_BENCH_SECONDS` (10), with and without `-o`
//! in turns.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures with a clock and prints"
)]

mod busy;
mod lines;

use mpviz::event::Event;
use mpviz::history::History;
use mpviz::record::check::check;
use mpviz::trace::{Flush, Header, Packer, Reader, Writer, pack};
use mpviz::ui::{Keymap, Ui};
use mpviz::view::{Feed, Memory, Scene, Theme, draw};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value;
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::time::Instant;

/// How many events a long trace has.
const EVENTS: usize = 1_000_000;
/// Rounds, in which what is compared is done in turns.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(code) = busy::program(&arguments) {
        std::process::exit(code);
    }
    let parts = ["read", "write", "run"];
    let is_any = parts.iter().any(|part| arguments.iter().any(|a| a == part));
    let is_asked = |part: &str| !is_any || arguments.iter().any(|a| a == part);
    if is_asked("read") || is_asked("write") {
        let events = lines::events(EVENTS);
        if is_asked("write") {
            writing(&events);
        }
        if is_asked("read") {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("long.mpt");
            write(&events, File::create(&path).expect("a file"));
            drop(events);
            reading(&path);
        }
    }
    if is_asked("run") {
        busy::measure();
    }
}

fn write(events: &[Event], file: File) {
    let out = io::BufWriter::new(file);
    let mut writer = Writer::new(out, &Header::new("long"), Flush::AtEnd).expect("a header");
    for piece in events.chunks(1000) {
        let horizon = piece.last().expect("a piece").t;
        writer.batch(piece, horizon).expect("it is written");
    }
    writer.finish().expect("it is written");
}

fn writing(events: &[Event]) {
    let (mut plain, mut packed) = (Vec::new(), Vec::new());
    let per_event = |start: Instant| start.elapsed().as_secs_f64() * 1e9 / events.len() as f64;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let mut writer =
            Writer::new(io::sink(), &Header::new("long"), Flush::AtEnd).expect("a header");
        writer.batch(events, events[0].t).expect("it is written");
        plain.push(per_event(start));
        let start = Instant::now();
        let packer = Packer::new(io::sink()).expect("a packer");
        let mut writer = Writer::new(packer, &Header::new("long"), Flush::AtEnd).expect("a header");
        writer.batch(events, events[0].t).expect("it is written");
        drop(writer);
        packed.push(per_event(start));
    }
    println!("writing an event: {:.0} ns", median(plain));
    println!("  packed: {:.0} ns", median(packed));
}

fn reading(path: &Path) {
    let mut figures: [Vec<f64>; 5] = Default::default();
    for _ in 0..ROUNDS {
        let seconds = [
            time(|| values(path)),
            time(|| read_all(path)),
            time(|| first_frame(path)),
            time(|| checked(path)),
            time(|| folded(path)),
        ];
        for (figure, seconds) in figures.iter_mut().zip(seconds) {
            figure.push(seconds);
        }
    }
    let [values, read, frame, checked, folded] = figures.map(median);
    println!("{EVENTS} events into `Value`: {:.0} ms", values * 1e3);
    println!(
        "  read: {:.0} ms; read and folded: {:.0} ms",
        read * 1e3,
        folded * 1e3
    );
    report("  open to the frame of the end", frame, values);
    report("  check", checked, values);
}

fn report(what: &str, seconds: f64, peer: f64) {
    let ratio = seconds / peer;
    let met = if ratio <= 1.0 { "ok" } else { "MISSED" };
    println!(
        "{what}: {:.0} ms, {ratio:.2} of it (aim <= 1) {met}",
        seconds * 1e3
    );
}

fn time<T>(what: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(what());
    start.elapsed().as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The peer: each line into a `Value`.
fn values(path: &Path) -> usize {
    let mut input = BufReader::with_capacity(1 << 16, File::open(path).expect("the file"));
    let mut line = String::new();
    let mut count = 0;
    loop {
        line.clear();
        if input.read_line(&mut line).expect("a line") == 0 {
            return count;
        }
        black_box(serde_json::from_str::<Value>(&line).expect("JSON"));
        count += 1;
    }
}

fn open(path: &Path) -> Reader<Box<dyn BufRead + Send>> {
    let file = File::open(path).expect("the file");
    Reader::new(pack::open(Box::new(file)).expect("its first bytes")).expect("a trace")
}

fn read_all(path: &Path) -> usize {
    let mut trace = open(path);
    let mut count = 0;
    while trace.event().expect("an event").is_some() {
        count += 1;
    }
    count
}

fn folded(path: &Path) -> History {
    let mut trace = open(path);
    let mut history = History::default();
    while let Some(chunk) = trace.chunk().expect("a chunk") {
        for event in &chunk.events {
            history.apply(event);
        }
        history.advance(chunk.horizon);
    }
    history
}

fn first_frame(path: &Path) -> Buffer {
    let history = folded(path);
    let mut ui = Ui::new(&[]);
    ui.begin_run();
    let area = Rect::new(0, 0, 120, 36);
    let mut frame = Buffer::empty(area);
    let (theme, memory) = (Theme::default(), Memory::default());
    let scene = Scene {
        history: Some(&history),
        ui: &ui,
        theme: &theme,
        keymap: Keymap::brought(),
        feed: Feed::Replay,
        memory: &memory,
    };
    draw(&mut frame, area, &scene);
    frame
}

fn checked(path: &Path) -> u64 {
    let (report, error) = check(&mut open(path));
    assert!(
        error.is_none() && report.fault_count == 0,
        "{error:?} {:?}",
        report.faults
    );
    report.events
}
