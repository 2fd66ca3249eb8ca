//! What a lock costs, instrumented, beside CPython's `with lock:`: alone, and contended by four
//! processes.
//!
//! This program runs copies of itself on a stage, in turns with `python3`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints its figures"
)]

#[path = "../stage/mod.rs"]
mod stage;

use mpviz::channel::{Arena, Batch, Collector, clock};
use mpviz::event::ActorId;
use mpviz::runtime::{self, Lock, Process, Result};
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};

const ROUNDS: usize = 7;
const ALONE: u32 = 300_000;
const EACH: u32 = 100_000;
const CONTENDERS: u32 = 4;

const PYTHON: &str = "
import multiprocessing as mp, sys, time
n = int(sys.argv[2]); k = int(sys.argv[3])
lock = mp.get_context('fork').Lock()
def work():
    for _ in range(n):
        with lock:
            pass
t = time.perf_counter()
if sys.argv[1] == 'alone':
    work()
else:
    ps = [mp.get_context('fork').Process(target=work) for _ in range(k)]
    [p.start() for p in ps]
    [p.join() for p in ps]
    n *= k
print((time.perf_counter() - t) * 1e9 / n, file=sys.stderr)
";

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("round") => {
            let what = arguments.next().expect("what");
            round(&what, arguments.next().filter(|path| !path.is_empty()));
        }
        _ => {
            compare("alone", 3.0);
            compare("contended", 2.0);
        }
    }
}

/// One round: prints nanoseconds per acquire and release.
fn round(what: &str, arena: Option<String>) {
    if let Some(path) = arena {
        stage::join(path.as_ref(), file!());
    }
    let code = runtime::run_main(|| -> Result<()> {
        let lock = Lock::new()?;
        let work = |n: u32| {
            for _ in 0..n {
                let _held = lock.guard();
            }
        };
        let begin = clock::monotonic();
        let n = if what == "alone" {
            work(ALONE);
            ALONE
        } else {
            let started: Result<Vec<_>> = (0..CONTENDERS)
                .map(|_| Process::new().start(|| work(EACH)))
                .collect();
            for process in started? {
                process.join()?;
            }
            CONTENDERS * EACH
        };
        let took = clock::monotonic() - begin;
        eprintln!("{}", took as f64 / f64::from(n));
        Ok(())
    });
    std::process::exit(code);
}

fn compare(what: &str, aim: f64) {
    let (mut ours, mut bare, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    let (mut lost, mut events) = (0, 0);
    let n = if what == "alone" { ALONE } else { EACH };
    for _ in 0..ROUNDS {
        let arena = Arena::create().expect("an arena");
        assert_eq!(arena.control().next_actor(), ActorId(1));
        let (to, from) = crossbeam_channel::unbounded::<Batch>();
        let collector = Collector::start(arena.clone(), to).expect("a collector");
        let drain = std::thread::spawn(move || from.iter().map(|b| b.events.len()).sum::<usize>());
        let fd = arena.fd().expect("a memory file").as_raw_fd();
        let path = format!("/proc/{}/fd/{fd}", std::process::id());
        let own = std::env::current_exe().expect("own file");
        ours.push(measure(Command::new(&own).args(["round", what, &path])));
        let tally = collector.finish();
        lost += tally.lost;
        events += tally.events;
        drain.join().expect("drained");
        bare.push(measure(Command::new(&own).args(["round", what, ""])));
        let (n, k) = (n.to_string(), CONTENDERS.to_string());
        theirs.push(measure(
            Command::new("python3").args(["-c", PYTHON, what, &n, &k]),
        ));
    }
    let (ours, bare, theirs) = (median(ours), median(bare), median(theirs));
    let ratio = theirs / ours;
    let met = if ratio >= aim { "ok" } else { "MISSED" };
    println!("lock, {what}: {ours:.0} ns on a stage, {bare:.0} ns off it, CPython {theirs:.0} ns");
    println!("  {ratio:.2} times as fast, aim >= {aim} {met}; {events} events, {lost} lost");
}

fn measure(command: &mut Command) -> f64 {
    let ran = command
        .stdout(Stdio::null())
        .output()
        .expect("a round runs");
    let text = String::from_utf8_lossy(&ran.stderr);
    text.trim()
        .parse()
        .unwrap_or_else(|_| panic!("a round failed: {text}"))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
