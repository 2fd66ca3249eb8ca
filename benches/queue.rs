//! What the probe costs a queue: put and get of 16 bytes through an instrumented `Queue`, beside
//! the same code with the probe compiled out; and what is left of that cost off a stage.
//!
//! The two are two builds, so this program runs copies of itself: one of its own build on a stage,
//! one of a build with `probe-off`, in turns.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its figures"
)]

mod stage;

use mpviz::channel::{Arena, Batch, Collector, clock};
use mpviz::event::ActorId;
use mpviz::runtime::{self, Process, Queue, Result};
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const MESSAGES: u32 = 400_000;
const ROUNDS: usize = 15;
/// On a stage.
const AIM: f64 = 1.15;
/// Off it.
const AIM_OFF_STAGE: f64 = 1.02;

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("round") => round(arguments.next().filter(|path| !path.is_empty())),
        _ => compare(),
    }
}

/// One round: prints nanoseconds per message.
fn round(arena: Option<String>) {
    if let Some(path) = arena {
        stage::join(path.as_ref(), file!());
    }
    let code = runtime::run_main(|| -> Result<()> {
        let q: Queue<String> = Queue::named("q")?;
        let begin = clock::monotonic();
        let writer = Process::named("writer").start(|| -> Result<()> {
            for _ in 0..MESSAGES {
                q.put("0123456789abcdef".to_owned())?;
            }
            Ok(())
        })?;
        for _ in 0..MESSAGES {
            q.get()?;
        }
        let took = clock::monotonic() - begin;
        writer.join()?;
        eprintln!("{}", took as f64 / f64::from(MESSAGES));
        Ok(())
    });
    std::process::exit(code);
}

fn compare() {
    let bare = build_without_probe();
    let own = std::env::current_exe().expect("own file");
    let (mut on, mut alone, mut off) = (Vec::new(), Vec::new(), Vec::new());
    let (mut lost, mut events) = (0, 0);
    for _ in 0..ROUNDS {
        let arena = Arena::create().expect("an arena");
        assert_eq!(arena.control().next_actor(), ActorId(1));
        let (to, from) = crossbeam_channel::unbounded::<Batch>();
        let collector = Collector::start(arena.clone(), to).expect("a collector");
        let drain = std::thread::spawn(move || from.iter().map(|b| b.events.len()).sum::<usize>());
        let fd = arena.fd().expect("a memory file").as_raw_fd();
        let path = format!("/proc/{}/fd/{fd}", std::process::id());
        on.push(measure(&own, &path));
        let tally = collector.finish();
        lost += tally.lost;
        events += tally.events;
        drain.join().expect("drained");
        alone.push(measure(&own, ""));
        off.push(measure(&bare, ""));
    }
    let (on, alone, off) = (median(on), median(alone), median(off));
    println!("queue put+get, 16 bytes: {off:.0} ns without the probe");
    for (what, nanoseconds, aim) in [("on a stage", on, AIM), ("on none", alone, AIM_OFF_STAGE)] {
        let ratio = nanoseconds / off;
        let met = if ratio <= aim { "ok" } else { "MISSED" };
        println!("  {what}: {nanoseconds:.0} ns, ratio {ratio:.3}, aim <= {aim} {met}");
    }
    println!(
        "  {:.1} events a message, {lost} lost",
        events as f64 / (ROUNDS as f64 * f64::from(MESSAGES))
    );
}

fn measure(program: &PathBuf, arena: &str) -> f64 {
    let ran = Command::new(program)
        .args(["round", arena])
        .stdout(Stdio::null())
        .output();
    let ran = ran.expect("a round runs");
    let text = String::from_utf8_lossy(&ran.stderr);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("a round failed: {text}"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Builds this bench with the probe compiled out, beside its own build.
fn build_without_probe() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/target/probe-off");
    let built = Command::new(cargo)
        .args([
            "bench",
            "--no-run",
            "--bench",
            "queue",
            "--features",
            "probe-off",
        ])
        .args(["--message-format", "json", "--target-dir", target])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::null())
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&built.stdout);
    let mut named = text.lines().filter_map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_own = value["target"]["name"] == "queue";
        value["executable"]
            .as_str()
            .filter(|_| is_own)
            .map(PathBuf::from)
    });
    named.next_back().expect("the bench was built")
}
