//! What this bench is when mpviz runs it: programs on the library.
//!
//! All of them end by themselves after a minute or two, whatever becomes of the bench.

use mpviz::channel::clock;
use mpviz::runtime::{Process, Queue, Result, run_main, sleep};
use std::time::Duration;

/// Said before the name of a play.
pub(crate) const PLAY: &str = "--play";

/// How long a play lasts at most, in seconds.
const LASTS: u64 = 120;
/// Between two bursts, in ns.
const TICK: u64 = 1_000_000;
/// Each message is put, sent and received.
const EVENTS_PER_MESSAGE: u64 = 3;

/// Plays what is asked for, if anything is; returns its exit code.
pub(crate) fn play(arguments: &[String]) -> Option<i32> {
    let at = arguments.iter().position(|argument| argument == PLAY)?;
    let number = |n: usize| arguments.get(at + n)?.parse::<u32>().ok();
    let code = match arguments.get(at + 1)?.as_str() {
        "storm" => {
            let (rate, report) = (number(2)?, arguments.get(at + 3)?.clone());
            run_main(move || storm(rate.into(), &report))
        }
        "crowd" => {
            let (processes, alive) = (number(2)?, number(3)?);
            run_main(move || crowd(processes, alive))
        }
        _ => return None,
    };
    Some(code)
}

/// Says so many events a second; how many it says is written into a file, again and again.
fn storm(rate: u64, report: &str) -> Result<()> {
    let queue = Queue::named("q")?;
    let reader = Process::named("reader").start(|| -> Result<()> {
        while queue.get()? != u64::MAX {}
        Ok(())
    })?;
    let begin = clock::monotonic();
    let (mut put, mut told) = (0, begin);
    loop {
        let passed = clock::monotonic() - begin;
        if passed > LASTS * 1_000_000_000 {
            break;
        }
        // What is late is not made up for all at once: no burst is longer than ten ticks'.
        let due = passed / 1_000 * rate / EVENTS_PER_MESSAGE / 1_000_000;
        let most = put + 10 * (rate / EVENTS_PER_MESSAGE / 1_000) + 1;
        while put < due.min(most) {
            queue.put(put)?;
            put += 1;
        }
        if clock::monotonic() - told > 200_000_000 {
            told = clock::monotonic();
            let line = format!("{} {}", put * EVENTS_PER_MESSAGE, told - begin);
            // Nobody reads it any more when the bench has ended.
            let _ = std::fs::write(report, line);
        }
        std::thread::sleep(Duration::from_nanos(TICK));
    }
    queue.put(u64::MAX)?;
    reader.join()
}

/// Has so many processes in its tree, of which the last ones live and sleep.
fn crowd(processes: u32, alive: u32) -> Result<()> {
    let ended = processes.saturating_sub(alive + 1);
    for first in (0..ended).step_by(50) {
        let burst = (first..ended.min(first + 50)).map(|_| Process::new().start(|| ()));
        for process in burst.collect::<Result<Vec<_>>>()? {
            process.join()?;
        }
    }
    let living: Result<Vec<_>> = (0..alive)
        .map(|_| Process::named("sleeper").start(|| sleep(LASTS as f64)))
        .collect();
    let last = Process::named("the last one").start(|| sleep(LASTS as f64))?;
    for process in living? {
        process.join()?;
    }
    last.join()
}
