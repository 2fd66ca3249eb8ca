//! The peer among tracers: LTTng-UST, which also writes a ring in shared memory per event.
//!
//! A small C program of ours is compiled and run under a session of a daemon of its own. What is
//! missing for that is named, with the Debian package that has it.

use crate::figures::{Aim, print};
use crate::writer::{Costs, costs};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const SESSION: &str = "mpviz-bench";

/// An event in a forked process beside a tracepoint of LTTng-UST.
pub(crate) fn beside() {
    let ours = costs();
    match theirs() {
        Ok(theirs) => {
            let aim = Aim::Cheaper(3.0);
            let peer = |ns| Some(("LTTng-UST", ns));
            print(
                "an event, forked writer, bursts",
                ours.burst,
                "ns",
                peer(theirs.burst),
                &aim,
            );
            print(
                "an event, forked writer, 200 per ms, mean",
                ours.paced,
                "ns",
                peer(theirs.paced),
                &aim,
            );
            print(
                "  a clock read",
                ours.clock,
                "ns",
                Some(("clock read there", theirs.clock)),
                &Aim::None,
            );
        }
        Err(missing) => println!("an event beside LTTng-UST: NOT MEASURED: {missing}"),
    }
}

fn theirs() -> Result<Costs, String> {
    let dir = tempfile::tempdir().map_err(|error| format!("no directory for it: {error}"))?;
    let program = compile(dir.path())?;
    let _daemon = Daemon::start()?;
    let output = format!("--output={}", dir.path().join("trace").display());
    lttng(&["create", SESSION, &output])?;
    let session = Session;
    let channel = ["--num-subbuf=8", "--subbuf-size=1M", "--discard", "channel"];
    lttng(&[&["enable-channel", "-u", "-s", SESSION][..], &channel].concat())?;
    lttng(&[
        "enable-event",
        "-u",
        "-s",
        SESSION,
        "-c",
        "channel",
        "mpviz_bench:*",
    ])?;
    lttng(&["start", SESSION])?;
    let run = run(Command::new(program).env("LTTNG_UST_REGISTER_TIMEOUT", "-1"))?;
    drop(session);
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    let numbers: Vec<f64> = text
        .split_whitespace()
        .filter_map(|n| n.parse().ok())
        .collect();
    match numbers[..] {
        [clock, burst, paced] => Ok(Costs {
            clock,
            burst,
            paced,
        }),
        _ => Err(format!("its program said `{text}`")),
    }
}

fn compile(dir: &Path) -> Result<std::path::PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/events");
    let program = dir.join("lttng");
    let mut cc = Command::new("cc");
    cc.arg("-O2")
        .arg("-I")
        .arg(&source)
        .arg(source.join("lttng.c"));
    cc.arg("-o").arg(&program).args(["-llttng-ust", "-ldl"]);
    run(&mut cc).map_err(|error| format!("{error} (packages gcc, liblttng-ust-dev)"))?;
    Ok(program)
}

fn lttng(args: &[&str]) -> Result<Output, String> {
    run(Command::new("lttng").args(args)).map_err(|error| format!("{error} (package lttng-tools)"))
}

fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("cannot run `{name}`: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said
        .lines()
        .find(|line| line.contains("rror"))
        .unwrap_or_default();
    Err(format!("`{name}` failed: {first}"))
}

/// A session of the daemon, which is given up at the end.
struct Session;

impl Drop for Session {
    fn drop(&mut self) {
        let _ = lttng(&["destroy", SESSION]);
    }
}

/// LTTng's daemon, unless one runs already.
struct Daemon(Option<Child>);

impl Daemon {
    fn start() -> Result<Daemon, String> {
        if lttng(&["list"]).is_ok() {
            return Ok(Daemon(None));
        }
        let mut command = Command::new("lttng-sessiond");
        command
            .arg("--no-kernel")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let missing = |error| format!("cannot run `lttng-sessiond`: {error} (package lttng-tools)");
        let daemon = Daemon(Some(command.spawn().map_err(missing)?));
        for _ in 0..100 {
            if lttng(&["list"]).is_ok() {
                return Ok(daemon);
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Err("its daemon does not answer".to_owned())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.0 {
            // SIGTERM, so that it takes its own children along.
            let pid = i32::try_from(daemon.id()).map(nix::unistd::Pid::from_raw);
            let _ = pid.map(|pid| nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM));
            let _ = daemon.wait();
        }
    }
}
