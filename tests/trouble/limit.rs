//! `--limit`: a program that hangs is ended, one that goes on is not.

use super::common::{output, run};
use mpviz::runtime::{Lock, Process, Result, run_main, time::time};
use std::process::Output;

/// Tells the program of a test what to do.
const WHAT: &str = "MPVIZ_TEST_LIMIT";

#[test]
fn a_program_that_hangs_is_ended_and_it_is_said_why() {
    let ran = output(&["two-locks", "--plain", "--pace", "4", "--limit", "1"]);
    assert_eq!(ran.status.code(), Some(124));
    let text = String::from_utf8_lossy(&ran.stdout);
    let says = "mpviz ends the program: for 1 s nobody computed, slept or moved anything";
    assert_eq!(text.matches(says).count(), 1, "{text}");
    let stderr = String::from_utf8_lossy(&ran.stderr);
    assert!(stderr.starts_with("mpviz: nobody computed"), "{stderr}");
}

#[test]
fn one_that_only_sleeps_is_not_ended() {
    let ran = run(&["process", "--work", "1500", "--limit", "0.5"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.printed().contains("Child process end, exit code 0."));
}

#[test]
fn a_wait_that_ends_by_itself_is_not_ended() {
    // `get_timeout` waits for 1 s, and nobody else does anything.
    let ran = run(&[
        "queue-limits",
        "--pace",
        "0.2",
        "--items",
        "1",
        "--limit",
        "0.5",
    ]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.printed().contains("get, timeout 0.2 s: Empty."));
}

#[test]
fn one_that_only_computes_is_not_ended() {
    let ran = run_this("compute");
    assert_eq!(
        (text(&ran.stderr), ran.status.code()),
        (String::new(), Some(0))
    );
    assert!(text(&ran.stdout).contains("computed for 1.5 s"));
}

#[test]
fn a_program_that_is_run_has_the_limit_that_it_is_given() {
    let ran = run_this("hang");
    assert_eq!(ran.status.code(), Some(124));
    assert!(text(&ran.stderr).contains("nobody computed, slept or moved anything for 0.5 s"));
}

/// Runs this test program again, as a program on the runtime.
fn run_this(what: &str) -> Output {
    let this = std::env::current_exe().expect("this test's own file");
    let this = this.display().to_string();
    let what = format!("{WHAT}={what}");
    let run = ["run", "--plain", "--limit", "0.5", "--"];
    // `env` becomes it.
    output(&[&run[..], &["env", &what, &this, "--exact", "limit::is_run"]].concat())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The program of the tests above; no test without them.
#[test]
fn is_run() {
    let compute = || -> Result<()> {
        let child = Process::named("computes").start(|| {
            let start = time();
            while time() - start < 1.5 {}
            mpviz::println!("computed for 1.5 s");
        })?;
        child.join()
    };
    let hang = || -> Result<()> {
        let lock = Lock::new()?;
        lock.acquire();
        lock.acquire();
        Ok(())
    };
    match std::env::var(WHAT).as_deref() {
        Ok("compute") => assert_eq!(run_main(compute), 0),
        Ok("hang") => assert_eq!(run_main(hang), 0),
        _ => {}
    }
}

#[test]
fn one_that_does_not_use_the_library_is_not_ended() {
    for script in ["sleep 1.5", "timeout 1.5 sh -c 'while :; do :; done'; true"] {
        let ran =
            super::common::told(&["run", "--json", "--limit", "0.5", "--", "sh", "-c", script]);
        assert_eq!(ran.status, Some(0), "{script}");
    }
}

#[test]
fn a_run_of_any_program_has_no_limit_unless_it_is_given_one() {
    let help = |arguments: &[&str]| {
        let ran = output(arguments);
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ")
    };
    assert!(help(&["run", "--help"]).contains("for so long [none]"));
    assert!(help(&["pool", "--help"]).contains("for so long [10]"));
}
