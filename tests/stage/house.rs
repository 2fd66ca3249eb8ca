//! A viewer as a test sees it, and who is left of it.
//!
//! Whoever belongs to a test is known by a word in its environment, which forks and execs hand
//! down. The test process is a subreaper: what outlives viewer and supervisor comes to it.

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Nothing of a run may live longer than this after its end.
pub(crate) const WITHIN: Duration = Duration::from_secs(1);
/// How long a test waits for what must come at some time.
const PATIENCE: Duration = Duration::from_secs(20);
/// How far the two looks are apart that must find nobody.
const LOOKS_APART: Duration = Duration::from_millis(40);
const STEP: Duration = Duration::from_millis(5);

/// Returns a user whom nobody else is, so that only the processes of these tests count where the
/// kernel limits a user's. Another run of them beside this one has another.
fn plain_user() -> u32 {
    static USER: OnceLock<u32> = OnceLock::new();
    let fresh = || mpviz::channel::clock::monotonic() / 1000 + u64::from(std::process::id());
    *USER.get_or_init(|| 50_001 + u32::try_from(fresh() % 15_000).unwrap_or(0))
}

/// Whom a run belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum User {
    /// Whoever runs the test.
    Same,
    /// A plain one; only root can become it.
    Plain,
}

impl User {
    /// Returns those that this test can be.
    pub(crate) fn all() -> &'static [User] {
        if nix::unistd::geteuid().is_root() {
            &[User::Same, User::Plain]
        } else {
            &[User::Same]
        }
    }
}

/// A viewer, with its run.
pub(crate) struct House {
    viewer: Child,
    /// The word in the environment.
    word: String,
    folder: tempfile::TempDir,
    /// Who lived before the end, and the inode of the memory that they shared.
    members: BTreeSet<u32>,
    shared: Option<String>,
    lines: Receiver<String>,
    pub(crate) seen: Vec<String>,
    pub(crate) supervisor: u32,
}

impl House {
    /// Starts a viewer, which launches a play.
    pub(crate) fn open(user: User, args: &[&str]) -> House {
        House::open_with(user, args, |_| {})
    }

    /// Starts a viewer with more settings. Without a supervisor (a failed launch) it has pid 0.
    pub(crate) fn open_with(user: User, args: &[&str], more: impl FnOnce(&mut Command)) -> House {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let word = format!("TEST_RUN={}-{count}", std::process::id());
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut command = Command::new(program_for(user));
        let (name, value) = word.split_once('=').expect("it has one");
        command.arg("view").args(args).env(name, value);
        command.env("TEST_DIR", folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if user == User::Plain {
            let everybody = fs::Permissions::from_mode(0o777);
            fs::set_permissions(folder.path(), everybody).expect("it is ours");
            command.uid(plain_user()).gid(plain_user());
        }
        more(&mut command);
        let mut viewer = command.spawn().expect("this program can be run");
        let stdout = viewer.stdout.take().expect("it is piped");
        let (to, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        let mut house = House {
            viewer,
            word,
            folder,
            members: BTreeSet::new(),
            shared: None,
            lines,
            seen: Vec::new(),
            supervisor: 0,
        };
        let first =
            house.until(|line| line.starts_with("supervisor ") || line.starts_with("error "));
        let pid = first
            .strip_prefix("supervisor ")
            .and_then(|pid| pid.parse().ok());
        house.supervisor = pid.unwrap_or(0);
        house
    }

    /// Returns the viewer's pid.
    pub(crate) fn viewer(&self) -> u32 {
        self.viewer.id()
    }

    /// Reads lines until there is one of that kind.
    pub(crate) fn until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("it never came: {:#?}", self.seen));
            self.seen.push(line.clone());
            if is_it(&line) {
                return line;
            }
        }
    }

    /// Waits until the play says that it stands, and keeps in mind who is there.
    pub(crate) fn until_ready(&mut self) {
        wait_for("the play to stand", || {
            self.folder.path().join("ready-1").exists()
        });
        self.members = self.living();
        self.shared = shared_by(self.viewer.id());
        assert!(!self.members.is_empty() && self.shared.is_some());
    }

    /// Returns how many generations a respawner had.
    pub(crate) fn generations(&self) -> u64 {
        let file = self.folder.path().join("generations");
        fs::metadata(file).map_or(0, |file| file.len())
    }

    /// Gives the viewer an order.
    pub(crate) fn order(&mut self, order: &str) {
        let stdin = self.viewer.stdin.as_mut().expect("it is piped");
        writeln!(stdin, "{order}").expect("the viewer reads");
    }

    /// Reads all that the viewer still prints, and returns its exit code, −N for a signal.
    pub(crate) fn finish(&mut self) -> i32 {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.seen.push(line);
        }
        use std::os::unix::process::ExitStatusExt;
        let status = self.viewer.wait().expect("it is our child");
        status.code().or(status.signal().map(|s| -s)).unwrap_or(0)
    }

    /// Returns the events that were printed, of these kinds.
    pub(crate) fn events(&self, kinds: &[&str]) -> Vec<Value> {
        let lines = self.seen.iter().filter(|line| line.starts_with('{'));
        lines
            .map(|line| serde_json::from_str(line).expect("it is JSON"))
            .filter(|event: &Value| kinds.contains(&event["kind"].as_str().unwrap_or("")))
            .collect()
    }

    /// Returns who of this run lives: everybody but the viewer.
    pub(crate) fn living(&self) -> BTreeSet<u32> {
        let mut living: BTreeSet<u32> = pids().filter(|&pid| self.is_ours(pid)).collect();
        living.remove(&self.viewer.id());
        living
    }

    fn is_ours(&self, pid: u32) -> bool {
        let words = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        words
            .split(|&b| b == 0)
            .any(|word| word == self.word.as_bytes())
    }

    /// Returns the zombies of this run, those aside that have come to the test itself.
    pub(crate) fn zombies(&self) -> BTreeSet<u32> {
        let of_run = |&pid: &u32| {
            let Some((state, parent, session)) = stat(pid) else {
                return false;
            };
            let is_member = session == self.supervisor || self.members.contains(&pid);
            state == 'Z' && is_member && parent != std::process::id()
        };
        pids().filter(of_run).collect()
    }

    /// Checks that within a second nobody lives, and that nobody comes to life any more: whoever
    /// lives too short to be seen is seen by what it counts.
    #[track_caller]
    pub(crate) fn expect_nobody(&mut self) {
        let mut waited = Duration::ZERO;
        loop {
            let left = self.living();
            let generations = self.generations();
            std::thread::sleep(LOOKS_APART);
            waited += LOOKS_APART;
            let born = self.generations() - generations;
            if left.is_empty() && born == 0 && self.living().is_empty() {
                break;
            }
            let stats = left
                .iter()
                .map(|pid| fs::read_to_string(format!("/proc/{pid}/stat")));
            let stats: Vec<_> = stats.collect();
            assert!(
                waited < WITHIN,
                "{born} were born, and there live {stats:#?}"
            );
        }
        let generations = self.generations();
        assert!(
            generations < super::plays::GENERATIONS,
            "it ended by itself"
        );
        // The viewer may live on, and forgets a run when it likes.
        let shares = |&pid: &u32| pid != self.viewer.id() && shared_by(pid) == self.shared;
        let sharing: Vec<u32> = pids().filter(shares).collect();
        assert!(
            self.shared.is_none() || sharing.is_empty(),
            "memory is shared by {sharing:?}"
        );
    }

    /// Checks that nobody waits to be reaped by somebody who is not init.
    #[track_caller]
    pub(crate) fn expect_no_zombie(&self) {
        wait_for("every zombie to be reaped", || {
            reap_adopted(self.viewer.id());
            self.zombies().is_empty()
        });
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.viewer.kill();
        let _ = self.viewer.wait();
        // A failed test leaves nobody either.
        for pid in self.living() {
            send(pid, Signal::SIGKILL);
        }
        reap_adopted(0);
    }
}

/// Sends a signal.
pub(crate) fn send(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).expect("it is a pid"));
    assert!(pid.as_raw() > 1);
    let _ = kill(pid, signal);
}

/// Waits until a process is stopped.
pub(crate) fn until_stopped(pid: u32) {
    wait_for("a process to stop", || matches!(stat(pid), Some(('T', ..))));
}

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let mut waited = Duration::ZERO;
    while !is_so() {
        assert!(waited < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(STEP);
        waited += STEP;
    }
}

fn pids() -> impl Iterator<Item = u32> {
    let folder = fs::read_dir("/proc").expect("it is mounted").flatten();
    folder.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// The inode of the arena that a process has mapped.
fn shared_by(pid: u32) -> Option<String> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let line = maps.lines().find(|line| line.contains("/memfd:mpviz"))?;
    line.split_whitespace().nth(4).map(str::to_owned)
}

/// State, parent and session of a process.
fn stat(pid: u32) -> Option<(char, u32, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let parent = fields.next()?.parse().ok()?;
    Some((state, parent, fields.nth(1)?.parse().ok()?))
}

/// Reaps who has come to the test because everybody above is gone: init's part.
fn reap_adopted(except: u32) {
    let own = std::process::id();
    for pid in pids().filter(|&pid| pid != except) {
        if matches!(stat(pid), Some(('Z', parent, _)) if parent == own) {
            let pid = Pid::from_raw(i32::try_from(pid).expect("it is a pid"));
            assert!(!matches!(
                waitpid(pid, Some(WaitPidFlag::WNOHANG)),
                Ok(WaitStatus::StillAlive)
            ));
        }
    }
}

/// Returns this program, where a plain user may run it.
fn program_for(user: User) -> PathBuf {
    let own = std::env::current_exe().expect("it has a path");
    if user == User::Same {
        return own;
    }
    static COPY: OnceLock<PathBuf> = OnceLock::new();
    let copy = || {
        let path = Path::new("/tmp").join(format!("mpviz-stage-test-{}", std::process::id()));
        fs::copy(&own, &path).expect("it can be copied");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        path
    };
    COPY.get_or_init(copy).clone()
}

/// Removes what [`House`] has put into the folder of temporary files.
pub(crate) fn clean_up() {
    let path = Path::new("/tmp").join(format!("mpviz-stage-test-{}", std::process::id()));
    let _ = fs::remove_file(path);
}
