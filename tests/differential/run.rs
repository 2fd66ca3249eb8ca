//! Runs one side of a case: bounded in time, and nothing of it is left behind.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

/// What a side that was ended after [`LIMIT`] has done.
pub(crate) const HUNG: &str = "hung for ten seconds";

const LIMIT: Timespec = Timespec {
    tv_sec: 10,
    tv_nsec: 0,
};

/// What a side of a case said and how it ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The lines of its stdout; the last tells its exit code.
    pub(crate) lines: Vec<String>,
    /// Its stderr, which only a person reads.
    pub(crate) complaints: String,
}

/// Python, as it was found.
#[derive(Debug)]
pub(crate) struct Python {
    program: String,
    /// Its version's first two numbers.
    pub(crate) version: (u32, u32),
}

impl Python {
    /// Returns the newest Python from 3.11 on.
    pub(crate) fn find() -> Option<Python> {
        let numbered = (11..30).map(|minor| format!("python3.{minor}"));
        let found = numbered.chain(["python3".to_owned()]).filter_map(|name| {
            let told = Command::new(&name).arg("--version").output().ok()?;
            let told = String::from_utf8(told.stdout).ok()?;
            let mut numbers = told.trim().strip_prefix("Python ")?.split('.');
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            Some(Python {
                program: name,
                version: (major, minor),
            })
        });
        let found = found.filter(|python| python.version >= (3, 11));
        found.max_by_key(|python| python.version)
    }

    /// Runs the Python side of a case, with as little around it as possible: it starts often.
    pub(crate) fn run(&self, area: &str, case: &str) -> Outcome {
        let mut command = Command::new(&self.program);
        command.args(["-E", "-S", "-B"]);
        command.arg(folder().join(format!("{area}.py"))).arg(case);
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PYTHON") {
                command.env_remove(name);
            }
        }
        outcome(command)
    }
}

/// Runs the Rust side of a case: this program again.
pub(crate) fn ours(area: &str, case: &str) -> Outcome {
    let mut command = Command::new(std::env::current_exe().expect("own file"));
    command.args(["--case", area, case]);
    outcome(command)
}

/// Returns whether SIGINT or SIGQUIT is ignored here, as by what a script runs in its background: all
/// that is started inherits that, and what C-c does could not be compared.
pub(crate) fn ignores_keys() -> bool {
    let status = fs::read_to_string("/proc/self/status").expect("its status");
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .expect("a set of signals");
    let bit = |signal: Signal| 1 << (signal.as_raw() - 1);
    ignored & (bit(Signal::INT) | bit(Signal::QUIT)) != 0
}

/// Runs this program again, with nothing ignored, and returns its exit code.
pub(crate) fn again_with_keys(arguments: &[String]) -> ExitCode {
    let mut command = Command::new("env");
    command.arg("--default-signal=INT,QUIT");
    command.arg(std::env::current_exe().expect("own file"));
    let status = command
        .args(arguments)
        .status()
        .expect("`env` of coreutils");
    ExitCode::from(u8::from(!status.success()))
}

/// Returns the folder with the cases.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential"))
}

fn outcome(mut command: Command) -> Outcome {
    // Files, not pipes: a process that outlives the case would keep a pipe open.
    let stdout = tempfile::NamedTempFile::new().expect("a file");
    let stderr = tempfile::NamedTempFile::new().expect("a file");
    let reopened = |file: &tempfile::NamedTempFile| {
        let append = fs::File::options().append(true).open(file.path());
        Stdio::from(append.expect("the file again"))
    };
    command
        .stdin(Stdio::null())
        .stdout(reopened(&stdout))
        .stderr(reopened(&stderr))
        .env("LC_ALL", "C.UTF-8")
        .process_group(0);
    let mut child = command.spawn().expect("a side starts");
    let pid = Pid::from_child(&child);
    let watch = pidfd_open(pid, PidfdFlags::empty()).expect("a pidfd");
    let mut watched = [PollFd::new(&watch, PollFlags::IN)];
    let ended = poll(&mut watched, Some(&LIMIT)).expect("poll") > 0;
    // Not reaped yet, so the number is still the group's.
    let _ = kill_process_group(pid, Signal::KILL);
    let status = child.wait().expect("its end");
    let text = |file: &tempfile::NamedTempFile| {
        let bytes = fs::read(file.path()).expect("the file");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mut lines: Vec<String> = text(&stdout).lines().map(str::to_owned).collect();
    lines.push(match (ended, status.code(), status.signal()) {
        (false, ..) => HUNG.to_owned(),
        (true, Some(code), _) => format!("exit code: {code}"),
        (true, None, signal) => format!("exit code: -{}", signal.unwrap_or(0)),
    });
    Outcome {
        lines,
        complaints: text(&stderr),
    }
}
