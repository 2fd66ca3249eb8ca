//! Spawned processes: beside busy threads, from children, on a stage.
//!
//! Each case is this program run again, as a MainProcess of its own; so it has a `main` of its own,
//! and takes a filter and `--list` as other tests do.

use mpviz::runtime::subprocess::{PIPE, Popen, Program, Run, call, check_output, run, text};
use mpviz::runtime::sync::{Event, Lock};
use mpviz::runtime::{
    Error, Process, Result, StartMethod, Value, current_process, parent_process, run_main,
    set_start_method, spawnable,
};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;
use std::time::Duration;

/// A case, as a program.
type Case = fn() -> Result<()>;

const CASES: &[(&str, Case)] = &[
    ("beside_busy_threads", beside_busy_threads),
    ("a_family", a_family),
    (
        "a_child_of_a_spawned_process_is_not_taken_for_one",
        not_taken_for_one,
    ),
    ("nothing_is_left_open", nothing_is_left_open),
    ("the_same_lock_given_twice_is_one_lock", one_lock),
    ("a_parent_that_dies_is_seen", a_parent_that_dies_is_seen),
    (
        "a_dropped_program_is_reaped_by_the_next_start",
        reaped_by_the_next_start,
    ),
    (
        "an_argument_that_cannot_be_read_there",
        an_argument_that_cannot_be_read_there,
    ),
    ("a_hand_over_that_nobody_wrote", nobody_wrote_it),
];

fn main() -> ExitCode {
    spawnable!(
        count,
        family,
        run_another,
        both,
        outlive,
        decode,
        sleep_for_ever
    );
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, name] = arguments.as_slice()
        && flag == "--case"
    {
        let (_, case) = CASES
            .iter()
            .find(|(known, _)| known == name)
            .expect("a case");
        return ExitCode::from(u8::try_from(run_main(case) & 0xff).expect("a byte"));
    }
    run_tests(&arguments)
}

#[expect(clippy::print_stdout, reason = "what a test harness does")]
fn run_tests(arguments: &[String]) -> ExitCode {
    let filters: Vec<&String> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
    let names = CASES.iter().map(|(name, _)| *name);
    let names = names.chain(["on_a_stage"]);
    let wanted = |name: &&str| filters.is_empty() || filters.iter().any(|f| name.contains(*f));
    let wanted: Vec<&str> = names.filter(wanted).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        wanted.iter().for_each(|name| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", wanted.len());
    let mut failed = 0;
    for name in wanted {
        let passed = if name == "on_a_stage" {
            std::panic::catch_unwind(on_a_stage).is_ok()
        } else {
            passes(name)
        };
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += u8::from(!passed);
    }
    ExitCode::from(failed)
}

fn me() -> String {
    let me = std::env::current_exe().expect("own file");
    me.to_str().expect("a text").to_owned()
}

/// Runs a case, for a minute at most.
fn passes(name: &str) -> bool {
    let case = Program::new([me().as_str(), "--case", name]);
    matches!(call(case.timeout(Duration::from_secs(60))), Ok(0))
}

fn expect_code(process: &Process, code: i32) -> Result<()> {
    process.join_timeout(Duration::from_secs(30))?;
    let found = process.exitcode()?;
    process.kill()?;
    assert_eq!(found, Some(code), "{}", process.name());
    Ok(())
}

fn count(to: Value<u32>, times: u32) {
    for _ in 0..times {
        let _held = to.get_lock().guard();
        to.set(to.get() + 1);
    }
}

/// Threads print, allocate and look at the environment while others spawn.
fn beside_busy_threads() -> Result<()> {
    set_start_method(StartMethod::Spawn)?;
    let total = Value::new(0)?;
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let _ = std::env::var("PATH");
                    let _ = std::io::Write::write_all(&mut std::io::stderr(), b"");
                }
            });
        }
        let spawning = (0..3).map(|_| {
            scope.spawn(|| -> Result<()> {
                for _ in 0..10 {
                    expect_code(&Process::new().spawn(count, (&total, 7))?, 0)?;
                }
                Ok(())
            })
        });
        let done: Vec<_> = spawning.collect();
        let done: Vec<_> = done.into_iter().map(|thread| thread.join()).collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        done.into_iter()
            .for_each(|done| done.expect("no panic").expect("no error"));
    });
    assert_eq!(total.get(), 210);
    Ok(())
}

/// A spawned process that forks and spawns others, and counts them all.
fn family(to: Value<u32>, depth: u32) -> Result<()> {
    count(to.clone(), 1);
    if depth == 0 {
        return Ok(());
    }
    let name = current_process().name;
    let spawned = Process::new().spawn(family, (&to, depth - 1))?;
    assert_eq!(spawned.name().rsplit_once(':'), Some((name.as_str(), "1")));
    expect_code(&spawned, 0)
}

fn a_family() -> Result<()> {
    set_start_method(StartMethod::Spawn)?;
    let total = Value::new(0)?;
    expect_code(&Process::new().spawn(family, (&total, 3))?, 0)?;
    assert_eq!(total.get(), 4);
    Ok(())
}

/// What a spawned process runs inherits its environment, and may be this very program.
fn run_another(file: String) -> Result<()> {
    let listed = check_output(Program::new([file.as_str(), "--list", "a_family"]))?;
    assert_eq!(text(listed)?, "a_family: test\n");
    // As somebody would who knows nothing of the variable.
    let listed = std::process::Command::new(file)
        .args(["--list", "a_family"])
        .output();
    assert_eq!(listed.expect("it runs").stdout, b"a_family: test\n");
    Ok(())
}

fn not_taken_for_one() -> Result<()> {
    expect_code(&Process::new().spawn(run_another, (me(),))?, 0)
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd")
        .expect("a folder")
        .count()
}

fn nothing_is_left_open() -> Result<()> {
    set_start_method(StartMethod::Spawn)?;
    let value = Value::new(0)?;
    let mut before = 0;
    for round in 0..5 {
        let process = Process::new().spawn(count, (&value, 1))?;
        expect_code(&process, 0)?;
        drop(process);
        if round == 0 {
            before = open_descriptors();
        }
    }
    assert_eq!(open_descriptors(), before);
    Ok(())
}

fn both(one: Lock, other: Lock) {
    assert!(one.try_acquire());
    assert!(!other.try_acquire());
}

fn one_lock() -> Result<()> {
    set_start_method(StartMethod::Spawn)?;
    let lock = Lock::new()?;
    expect_code(&Process::new().spawn(both, (&lock, &lock))?, 0)
}

fn sleep_for_ever(ready: Event) -> Result<()> {
    ready.set()?;
    Event::new()?.wait()
}

/// Says when its parent has died.
fn outlive(ready: Event, seen: Event) -> Result<()> {
    let parent = parent_process().expect("it has one");
    ready.set()?;
    parent.join()?;
    assert!(!parent.is_alive()?);
    seen.set()
}

fn a_parent_that_dies_is_seen() -> Result<()> {
    set_start_method(StartMethod::Spawn)?;
    let (ready, seen) = (Event::new()?, Event::new()?);
    let (to_child, to_grandchild) = (ready.clone(), seen.clone());
    // A closure needs a fork; what it makes by spawn is the point.
    mpviz::runtime::force_start_method(StartMethod::Fork);
    let middle = Process::new().start(move || -> Result<()> {
        let child = Process::new().spawn(outlive, (&to_child, &to_grandchild))?;
        child.join()
    })?;
    mpviz::runtime::force_start_method(StartMethod::Spawn);
    ready.wait()?;
    middle.kill()?;
    assert!(seen.wait_timeout(Duration::from_secs(30))?);
    Ok(())
}

fn reaped_by_the_next_start() -> Result<()> {
    let popen = Popen::start(Program::new(["cat"]).stdin(PIPE))?;
    let file = format!("/proc/{}/stat", popen.pid());
    drop(popen);
    // It reads an end of file, and ends.
    let is_zombie = || std::fs::read_to_string(&file).is_ok_and(|stat| stat.contains(") Z "));
    while !is_zombie() {
        mpviz::runtime::sleep(0.001)?;
    }
    call(["true"])?;
    assert!(!std::path::Path::new(&file).exists());
    Ok(())
}

/// A value that can be made but not read.
#[derive(serde::Serialize)]
struct Unreadable(u32);

impl<'de> serde::Deserialize<'de> for Unreadable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> std::result::Result<Self, D::Error> {
        Err(serde::de::Error::custom("it can't be read"))
    }
}

fn decode(value: Unreadable) {
    assert_eq!(value.0, 7);
}

/// An argument that can't be read there ends the process as an error of its target does.
fn an_argument_that_cannot_be_read_there() -> Result<()> {
    expect_code(&Process::new().spawn(decode, (Unreadable(7),))?, 1)
}

/// The trace of a run has the spawned processes as actors of their own, and their events.
fn on_a_stage() {
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let staged = [mpviz, "run", "--json", "--", &me(), "--case", "a_family"];
    let done = run(Run::from(Program::new(staged)).capture_output());
    let done = done.expect("mpviz runs");
    let said = String::from_utf8_lossy(done.stderr.as_deref().unwrap_or_default()).into_owned();
    assert_eq!(done.returncode, 0, "{said}");
    let text = text(done.stdout.unwrap_or_default()).expect("a text");
    let events: Vec<serde_json::Value> = text
        .lines()
        .skip(1)
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of = |kind: &str| -> Vec<&serde_json::Value> {
        events
            .iter()
            .filter(|event| event["kind"] == kind)
            .collect()
    };
    let spawned: BTreeMap<u64, &str> = of("ProcessForked")
        .into_iter()
        .filter(|event| event["method"] == "spawn")
        .map(|event| {
            let child = event["child"].as_u64().expect("an id");
            (child, event["name"].as_str().expect("a name"))
        })
        .collect();
    let names: Vec<&str> = spawned.values().copied().collect();
    let wanted = [
        "Process-1",
        "Process-1:1",
        "Process-1:1:1",
        "Process-1:1:1:1",
    ];
    assert_eq!(names, wanted, "{text}");
    for (child, name) in &spawned {
        let is_its = |event: &&&serde_json::Value| event["actor"] == *child;
        let started = of("ProcessStarted");
        let started: Vec<_> = started.iter().filter(is_its).collect();
        assert_eq!(started.len(), 1, "{name}: {text}");
        assert_eq!(
            of("LockTaken").iter().filter(is_its).count(),
            1,
            "{name}: {text}"
        );
        assert_eq!(
            of("ProcessExiting").iter().filter(is_its).count(),
            1,
            "{name}"
        );
    }
}

/// A process whose hand-over is none says so and ends; it never takes itself for MainProcess, which
/// would spawn again.
fn nobody_wrote_it() -> Result<()> {
    let folder = tempfile::tempdir().map_err(Error::other)?;
    let path = folder.path().join("handed");
    let mut state = 1u32;
    for length in 0..40 {
        let mut byte = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Small ones often: lengths that fit.
            let [.., low, high] = state.to_be_bytes().map(|byte| byte >> (length % 6));
            low ^ high
        };
        let bytes: Vec<u8> = (0..length).map(|_| byte()).collect();
        std::fs::write(&path, &bytes).map_err(Error::other)?;
        let file = std::fs::File::open(&path).map_err(Error::other)?;
        let stat = file.metadata().map_err(Error::other)?;
        let word = format!("0:{}.{}", stat.dev(), stat.ino());
        let ended = std::process::Command::new(me())
            .env("MPVIZ_SPAWNED", word)
            .stdin(file)
            .output()
            .map_err(Error::other)?;
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(1), "{bytes:?}: {said}");
        assert!(said.starts_with("a spawned process: "), "{bytes:?}: {said}");
    }
    Ok(())
}
