//! The runtime's speed beside CPython's: the same programs on both, in turns.
//!
//!     cargo bench --bench runtime            # all
//!     cargo bench --bench runtime -- pipe    # those whose name contains this
//!
//! Two are measured beside the crate ipc-channel, too, which is not instrumented.
//!
//! Ours run instrumented, on a stage with a collector that takes their events in. A round is a
//! process of its own on both sides; what counts is the median of interleaved rounds. Each subject is
//! a file with a table; `peer.py` has the Python side of all.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its figures"
)]

mod ipc;
mod pipe;
mod pool;
mod queue;
#[path = "../stage/mod.rs"]
mod stage;
mod start;

use mpviz::channel::{Arena, Batch, Collector};
use mpviz::event::ActorId;
use mpviz::runtime::{self, Result};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Command, Stdio};

/// Something that is measured on both sides.
pub(crate) struct Subject {
    /// Its name; Python's function of that name does the same.
    pub(crate) name: &'static str,
    /// How many operations a round has, on our side and on Python's.
    pub(crate) operations: (u32, u32),
    /// How many times as fast as Python it is to be.
    pub(crate) aim: f64,
    /// Does a round of so many operations; returns nanoseconds per operation.
    pub(crate) round: fn(u32) -> Result<f64>,
}

/// All that is measured.
const SUBJECTS: &[&[Subject]] = &[
    pipe::SUBJECTS,
    pool::SUBJECTS,
    queue::SUBJECTS,
    start::SUBJECTS,
];

const ROUNDS: usize = 7;

fn main() {
    runtime::spawnable!(start::nothing);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name, rest @ ..] = arguments.as_slice()
        && flag == "round"
    {
        return round(name, rest.first().map(Path::new));
    }
    if let [flag, name] = arguments.as_slice()
        && flag == "ipc"
    {
        return ipc::round(name);
    }
    let filters: Vec<_> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    println!("nanoseconds per operation, medians of {ROUNDS} rounds; ours on a stage");
    let mut one_to_one = None;
    for subject in SUBJECTS.iter().copied().flatten() {
        if filters.is_empty() || filters.iter().any(|part| subject.name.contains(*part)) {
            let ours = compare(subject);
            match (subject.name, one_to_one) {
                ("queue_1_to_1", _) => one_to_one = Some(ours),
                ("queue_64_to_64", Some(alone)) => {
                    let ratio: f64 = alone / ours;
                    let met = if ratio >= 0.5 { "ok" } else { "MISSED" };
                    println!(
                        "{:24} {ratio:.2} times as fast as 1 to 1, aim 0.5 {met}",
                        ""
                    );
                }
                _ => {}
            }
        }
    }
}

/// Measures a subject beside its peers; returns our nanoseconds per operation.
fn compare(subject: &Subject) -> f64 {
    let own = std::env::current_exe().expect("own file");
    let peer = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/runtime/peer.py");
    let peer_crate = ipc::PEERS.iter().find(|other| other.of == subject.name);
    let (mut ours, mut theirs, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let mut lost = 0;
    for _ in 0..ROUNDS {
        let arena = Arena::create().expect("an arena");
        assert_eq!(arena.control().next_actor(), ActorId(1));
        let (to, from) = crossbeam_channel::unbounded::<Batch>();
        let collector = Collector::start(arena.clone(), to).expect("a collector");
        let drain = std::thread::spawn(move || from.iter().map(|b| b.events.len()).sum::<usize>());
        let fd = arena.fd().expect("a memory file").as_raw_fd();
        let path = format!("/proc/{}/fd/{fd}", std::process::id());
        ours.push(run(Command::new(&own).args(["round", subject.name, &path])));
        lost += collector.finish().lost;
        drain.join().expect("drained");
        let count = subject.operations.1.to_string();
        theirs.push(run(Command::new("python3").args([
            "-S",
            peer,
            subject.name,
            &count,
        ])));
        if peer_crate.is_some() {
            others.push(run(Command::new(&own).args(["ipc", subject.name])));
        }
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = theirs / ours;
    let met = if ratio >= subject.aim { "ok" } else { "MISSED" };
    println!(
        "{:24} ours {ours:12.0}  python {theirs:12.0}  {ratio:6.2} times as fast, aim {} {met}{}",
        subject.name,
        subject.aim,
        if lost > 0 {
            format!("; {lost} events lost")
        } else {
            String::new()
        }
    );
    if let Some(peer_crate) = peer_crate {
        let (other, aim) = (median(others), peer_crate.aim);
        let ratio = other / ours;
        let met = if ratio >= aim { "ok" } else { "MISSED" };
        println!(
            "{:22} ipc-channel {other:12.0}  {ratio:26.2} times as fast, aim {aim} {met}",
            ""
        );
    }
    ours
}

/// Runs one round in a process of its own; it prints its figure to stderr.
fn run(command: &mut Command) -> f64 {
    let ran = command
        .stdout(Stdio::null())
        .output()
        .expect("a round runs");
    let text = String::from_utf8_lossy(&ran.stderr);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{command:?} failed: {text}"))
}

/// One round of ours, on the stage whose arena is there; without one off a stage.
fn round(name: &str, arena: Option<&Path>) {
    let subject = SUBJECTS.iter().copied().flatten();
    let subject = subject.into_iter().find(|subject| subject.name == name);
    let subject = subject.expect("a subject");
    if let Some(path) = arena {
        stage::join(path, file!());
    }
    let code = runtime::run_main(|| -> Result<()> {
        eprintln!("{}", (subject.round)(subject.operations.0)?);
        Ok(())
    });
    std::process::exit(code);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
