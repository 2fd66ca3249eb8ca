//! A pool that keeps two cores busy, on mpviz's screen, with the trace written and without.

use super::median;
use mpviz::runtime::{Error, Pool, Result, run_main};
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

/// The argument that makes this program the pool's.
const BUSY: &str = "busy";
/// How many times a part of a second every task computes.
const TASKS: u64 = 50;
/// Rounds, with and without in turns.
const ROUNDS: usize = 5;

/// Is the program that keeps the cores busy, if that is asked for: `busy STEPS FILE`, which writes
/// its own seconds into the file.
pub(crate) fn program(arguments: &[String]) -> Option<i32> {
    let [what, steps, file, ..] = arguments else {
        return None;
    };
    if what != BUSY {
        return None;
    }
    let steps: u64 = steps.parse().ok()?;
    let file = file.clone();
    Some(run_main(move || {
        let start = Instant::now();
        run_pool(steps)?;
        let told = start.elapsed().as_secs_f64().to_string();
        std::fs::write(&file, told).expect("the file can be written");
        Ok::<(), Error>(())
    }))
}

fn run_pool(steps: u64) -> Result<()> {
    let pool = Pool::new(2)?;
    for result in pool.imap(compute, (0..TASKS).map(move |_| steps))? {
        black_box(result?);
    }
    pool.close();
    pool.join()
}

fn compute(steps: u64) -> Result<u64> {
    Ok((0..steps).fold(1, |value, n| black_box(value ^ (n << (value % 7)))))
}

/// Measures how much longer it takes when its trace is written.
pub(crate) fn measure() {
    let seconds = std::env::var("MPVIZ_BENCH_SECONDS").ok();
    let seconds: u128 = seconds.and_then(|text| text.parse().ok()).unwrap_or(10);
    let folder = tempfile::tempdir().expect("a folder");
    // How many steps are a task, so that two workers need the time.
    let probe = 20_000_000;
    let start = Instant::now();
    let _ = black_box(compute(probe));
    let task_ns = seconds * 1_000_000_000 * 2 / u128::from(TASKS);
    let steps = u128::from(probe) * task_ns / start.elapsed().as_nanos();
    let steps = u64::try_from(steps).expect("fewer than a core has");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(run(folder.path(), steps, None));
        with.push(run(folder.path(), steps, Some("run.mpt.zst")));
    }
    let (without, with) = (median(without), median(with));
    println!("a pool on two cores: {without:.2} s; with its trace written: {with:.2} s");
    report_run(with / without);
}

fn report_run(ratio: f64) {
    let met = if ratio <= 1.01 { "ok" } else { "MISSED" };
    println!("  {ratio:.4} of it (aim <= 1.01) {met}");
}

/// Runs it on a screen; returns its own seconds.
fn run(folder: &Path, steps: u64, trace: Option<&str>) -> f64 {
    let told = folder.join("seconds");
    let _ = std::fs::remove_file(&told);
    let size = PtySize {
        rows: 36,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pty = native_pty_system().openpty(size).expect("a terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mpviz"));
    command.env("TERM", "xterm-256color");
    command.arg("run");
    if let Some(trace) = trace {
        command.arg("-o");
        command.arg(folder.join(trace));
    }
    command.arg("--");
    command.arg(std::env::current_exe().expect("this program"));
    command.args([BUSY, &steps.to_string()]);
    command.arg(&told);
    let mut child = pty.slave.spawn_command(command).expect("mpviz starts");
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().expect("its output");
    let drain = std::thread::spawn(move || {
        let mut place = [0; 1 << 16];
        while reader.read(&mut place).is_ok_and(|count| count > 0) {}
    });
    let seconds = loop {
        let text = std::fs::read_to_string(&told).unwrap_or_default();
        if let Ok(seconds) = text.parse::<f64>() {
            break seconds;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let mut writer = pty.master.take_writer().expect("its keys");
    std::io::Write::write_all(&mut writer, b"q").expect("it is typed");
    child.wait().expect("it ends");
    drop(writer);
    drop(pty.master);
    let _ = drain.join();
    seconds
}
