//! `mpviz attach`: a program that runs already is watched, and left as it was.

mod common;

use common::pty::Pty;
use common::{Ran, is_installed, mpviz, output, read};
use mpviz::event::words::{End, Ending, KernelState, Operation};
use mpviz::event::{ActorId, Event, Kind, Span, Time, json};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// No program here lives longer, whatever happens to its test.
const ALARM: &str = "import os, signal, sys, time; signal.alarm(60)
os.register_at_fork(after_in_child=lambda: signal.alarm(60))\n";

/// A program that was there before mpviz, in a process group of its own.
struct Tree {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Tree {
    fn start(mut command: Command) -> Tree {
        command.process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("it is piped"));
        Tree { child, lines }
    }

    /// Starts a line of the shell.
    fn shell(line: &str) -> Tree {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        Tree::start(command)
    }

    /// Starts a program in Python, and waits until it says that it stands.
    fn python(text: &str) -> Tree {
        let mut command = Command::new("python3");
        command.args(["-c", &format!("{ALARM}{text}")]);
        let mut tree = Tree::start(command);
        tree.until("stands");
        tree
    }

    /// Waits until it prints a line.
    #[track_caller]
    fn until(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            let read = self.lines.read_line(&mut line).expect("it can be read");
            assert_ne!(read, 0, "it ends before it says `{word}`");
        }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("it is there once")
    }

    /// Ends the whole program.
    fn end(&mut self) {
        // It may have ended.
        let _ = killpg(Pid::from_raw(self.pid().cast_signed()), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.end();
    }
}

/// mpviz, attached, with what it has said so far.
struct Watching {
    mpviz: Child,
    lines: Receiver<String>,
    said: String,
}

impl Watching {
    fn start(pid: u32, form: &str) -> Watching {
        Watching::by(mpviz(&["attach", form, &pid.to_string()]))
    }

    fn by(mut command: Command) -> Watching {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut mpviz = command.spawn().expect("mpviz runs");
        let stdout = mpviz.stdout.take().expect("it is piped");
        let (to, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        Watching {
            mpviz,
            lines,
            said: String::new(),
        }
    }

    /// Reads until a line of which this holds.
    #[track_caller]
    fn until(&mut self, is_it: impl Fn(&str) -> bool) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("it never came:\n{}", self.said));
            self.said.push_str(&line);
            self.said.push('\n');
            if is_it(&line) {
                return line;
            }
        }
    }

    /// Reads a trace until an event of which this holds.
    #[track_caller]
    fn until_event(&mut self, is_it: impl Fn(&Event) -> bool) -> Event {
        let is_line = |line: &str| json::parse(line).is_ok_and(|event| is_it(&event));
        let line = self.until(is_line);
        json::parse(&line).expect("it was read before")
    }

    /// Reads to the end; returns the status, what was said, and what on stderr.
    fn end(mut self) -> (Option<i32>, String, String) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push_str(&line);
            self.said.push('\n');
        }
        let status = self.mpviz.wait().expect("it ends");
        let mut errors = String::new();
        let stderr = self.mpviz.stderr.take();
        let _ = stderr.map(|mut stderr| stderr.read_to_string(&mut errors));
        (status.code(), std::mem::take(&mut self.said), errors)
    }

    /// Reads the trace to its end.
    #[track_caller]
    fn trace(self) -> Ran {
        let (status, said, errors) = self.end();
        assert_eq!((status, errors.as_str()), (Some(0), ""));
        let output = Output {
            status: std::process::ExitStatus::default(),
            stdout: said.into_bytes(),
            stderr: Vec::new(),
        };
        read(&output)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // A failed test leaves nobody behind.
        let _ = self.mpviz.kill();
        let _ = self.mpviz.wait();
    }
}

fn blocked(event: &Event) -> Option<(Operation, bool)> {
    match event.kind {
        Kind::Blocked {
            operation, object, ..
        } => Some((operation, object.is_some())),
        _ => None,
    }
}

/// Returns the state of a process, by the kernel.
fn state_of(pid: u32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn a_pipeline_that_runs_already_is_seen_whole_to_its_end() {
    let mut tree = Tree::shell("cat | cat; exit 3");
    let mut watching = Watching::start(tree.pid(), "--json");
    // The shell waits for its two children, and the second reads what the first writes.
    watching.until_event(|event| blocked(event) == Some((Operation::Poll, false)));
    watching.until_event(|event| blocked(event) == Some((Operation::Read, true)));
    drop(tree.stdin());
    tree.child.wait().expect("it ends");
    let ran = watching.trace();
    let run = ran.history.run();
    assert!(run.is_attached());
    assert_eq!(run.program, "sh");
    let title = format!("attached to {}: sh -c cat | cat; exit 3", tree.pid());
    assert_eq!(run.title, title);
    let end = run.ended.expect("it has ended");
    assert_eq!(end.ending, Ending::Finished);
    let shell = ran.actor(ActorId(1));
    assert_eq!((shell.name.as_str(), shell.pid), ("sh", Some(tree.pid())));
    let code = shell.exited.and_then(|exit| exit.code);
    // Before Linux 6.15 its parent, this test, may be faster.
    assert!(matches!(code, Some(3) | None), "{code:?}");
    assert_eq!(end.code, code);
    let cats = ran.history.children_of(ActorId(1));
    assert_eq!(cats.len(), 2);
    assert!(cats.iter().all(|&cat| ran.actor(cat).name == "cat"));
    let [pipe] = ran.history.objects() else {
        panic!("{:?}", ran.history.objects());
    };
    let ends: Vec<End> = ran
        .history
        .holders_ever(pipe.id)
        .iter()
        .map(|&(_, end)| end)
        .collect();
    assert!(
        ends.contains(&End::Read) && ends.contains(&End::Write),
        "{ends:?}"
    );
    assert_eq!(ran.history.findings(), []);
    assert!(!run.unseen.is_empty(), "it says what it can't see");
}

/// To the kernel it is a zombie, by its main thread; what it has and does is its other threads'.
#[test]
fn a_program_whose_main_thread_has_ended_is_watched_to_its_end() {
    if !is_installed("python3", "python3") {
        return;
    }
    let mut tree = Tree::python(
        "import ctypes, threading
r, w = os.pipe()
if os.fork() == 0:
    os.close(w)
    os.read(r, 1)
    os._exit(0)
os.close(r)
def state(): return open(f'/proc/{os.getpid()}/stat').read().rsplit(')')[1].split()[0]
def goes_on():
    while state() != 'Z': time.sleep(0.001)
    print('stands', flush=True)
    os.read(0, 1)
    os._exit(7)
threading.Thread(target=goes_on).start()
ctypes.CDLL(None).pthread_exit(None)",
    );
    assert_eq!(state_of(tree.pid()), Some('Z'), "it stands for nothing");
    let mut watching = Watching::start(tree.pid(), "--json");
    let lives = |event: &Event| {
        let is_it = |state: KernelState, memory: u64| state == KernelState::Sleeping && memory > 0;
        event.actor == ActorId(1)
            && matches!(event.kind, Kind::Sampled { state, memory, .. } if is_it(state, memory))
    };
    watching.until_event(lives);
    let has_its_end = |event: &Event| match &event.kind {
        Kind::EndsSampled { holders, .. } => holders.contains(&(ActorId(1), End::Write)),
        _ => false,
    };
    watching.until_event(has_its_end);
    drop(tree.stdin());
    let ran = watching.trace();
    let main = ran.actor(ActorId(1));
    assert!(
        main.argv_at(Time::NEVER)[0].ends_with("python3"),
        "{main:?}"
    );
    assert_eq!(main.exited.and_then(|exit| exit.code), Some(7));
    let ended = ran.history.run().ended.map(|end| end.ending);
    assert_eq!(ended, Some(Ending::Finished));
}

#[test]
fn who_comes_later_is_seen_and_who_was_left_is_waited_for() {
    if !is_installed("python3", "python3") {
        return;
    }
    let mut tree = Tree::python(
        "r, w = os.pipe()
print('stands', flush=True)
os.read(0, 1)
if os.fork() == 0:
    # Its parent ends when this one says that it lives.
    os.write(w, b'x')
    os.read(0, 1)
    os._exit(0)
os.read(r, 1)
os.read(0, 1)
os._exit(4)",
    );
    let pid = tree.pid();
    let mut watching = Watching::start(pid, "--json");
    watching.until_event(|event| matches!(event.kind, Kind::ProcessStarted { .. }));
    let mut stdin = tree.stdin();
    stdin.write_all(b"1").expect("it reads");
    let started = |event: &Event| matches!(event.kind, Kind::ProcessStarted { parent, .. } if parent == ActorId(1));
    let child = watching.until_event(started).actor;
    // One of the two takes it and ends; the other one waits on.
    stdin.write_all(b"2").expect("it reads");
    let exited = |event: &Event| matches!(event.kind, Kind::ProcessExited { .. });
    let first = watching.until_event(exited).actor;
    drop(stdin);
    let ran = watching.trace();
    assert_eq!(
        ran.history.run().ended.map(|end| end.ending),
        Some(Ending::Finished)
    );
    let child = ran.actor(child);
    if first == ActorId(1) {
        let adopted = child.adopted.last().expect("its parent ended first");
        assert_eq!(adopted.adopter, ActorId::MPVIZ);
        assert_ne!(adopted.ppid, pid);
    }
    assert!(child.exited.is_some());
    // This test, its parent, has not asked for the code yet.
    let code = ran.actor(ActorId(1)).exited.and_then(|exit| exit.code);
    assert_eq!(code, Some(4));
    assert!(
        ran.history.actor(ActorId::MPVIZ).is_none(),
        "nobody holds them"
    );
}

#[test]
fn a_reader_that_holds_the_end_it_waits_for_is_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    let tree = Tree::python(
        "r, w = os.pipe()
if os.fork() == 0:
    os.read(r, 1)
os.close(r); os.close(w)
print('stands', flush=True)
os.wait()",
    );
    let mut watching = Watching::start(tree.pid(), "--plain");
    let line = watching.until(|line| line.contains("[warn W02]"));
    assert!(line.contains("itself"), "{line}");
}

#[test]
fn two_that_wait_for_each_other_are_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    let tree = Tree::python(
        "a, b = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(a[1]); os.close(b[0])
    os.read(a[0], 1)
if os.fork() == 0:
    os.close(a[0]); os.close(b[1])
    os.read(b[0], 1)
for end in a + b: os.close(end)
print('stands', flush=True)
os.wait()",
    );
    let mut watching = Watching::start(tree.pid(), "--plain");
    watching.until(|line| line.contains("[warn W02]"));
}

/// A handler of a signal writes what it reads, as of old.
#[test]
fn one_that_waits_for_a_signal_by_a_pipe_of_its_own_is_not_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    let mut tree = Tree::python(
        "r, w = os.pipe()
signal.signal(signal.SIGUSR1, lambda *_: os.write(w, b'x'))
print('stands', flush=True)
os.read(r, 1)",
    );
    let mut watching = Watching::start(tree.pid(), "--json");
    let sleeps = |event: &Event| matches!(event.kind, Kind::Sampled { state, .. } if state == KernelState::Sleeping);
    let first = watching.until_event(sleeps).t;
    watching.until_event(|event| event.t > first + Span::millis(3000));
    kill(Pid::from_raw(tree.pid().cast_signed()), Signal::SIGUSR1).expect("it lives");
    tree.child.wait().expect("it ends");
    let ran = watching.trace();
    assert_eq!(ran.history.findings(), []);
}

/// They seem to wait for each other whenever one looks at them one by one.
#[test]
fn two_that_play_ball_are_not_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    let tree = Tree::python(
        "a, b = os.pipe(), os.pipe()
until = time.monotonic() + 3
def play(mine, other):
    ball = b'x'
    while ball == b'x':
        ball = os.read(mine[0], 1)
        time.sleep(0.001)
        # Who ends says so: the other one would wait for ever.
        if time.monotonic() > until: ball = b'e'
        os.write(other[1], ball)
    os._exit(0)
if os.fork() == 0: play(a, b)
if os.fork() == 0: play(b, a)
os.write(a[1], b'x')
print('stands', flush=True)
os.wait(); os.wait()",
    );
    let ran = Watching::start(tree.pid(), "--json").trace();
    assert_eq!(ran.history.objects().len(), 2);
    assert_eq!(ran.history.findings(), []);
}

#[test]
fn what_somebody_outside_could_still_write_is_waited_for_in_peace() {
    if !is_installed("python3", "python3") {
        return;
    }
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let own = File::from(OwnedFd::from(writer.try_clone().expect("a copy")));
    // It has both ends of its stdin.
    let text = format!("{ALARM}print('stands', file=sys.stderr, flush=True)\nos.read(0, 1)");
    let mut command = Command::new("python3");
    command.args(["-c", &text]).process_group(0);
    command.stdin(reader).stdout(writer).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut line = String::new();
    let stderr = child.stderr.take().expect("it is piped");
    BufReader::new(stderr)
        .read_line(&mut line)
        .expect("it stands");
    drop(command);
    let mut watching = Watching::start(child.id(), "--json");
    let waits = watching.until_event(|event| blocked(event) == Some((Operation::Read, true)));
    watching.until_event(|event| event.t > waits.t + Span::millis(1500));
    (&own).write_all(b"x").expect("it reads");
    child.wait().expect("it ends");
    let ran = watching.trace();
    assert_eq!(ran.history.findings(), []);
    let [pipe] = ran.history.objects() else {
        panic!("{:?}", ran.history.objects());
    };
    assert!(pipe.is_outside_at(waits.t, End::Write));
}

#[test]
fn leaving_ends_nobody() {
    let mut tree = Tree::shell("cat | cat; exit 3");
    let mut watching = Watching::start(tree.pid(), "--plain");
    watching.until(|line| line.contains("lives, pid"));
    let pid = Pid::from_raw(watching.mpviz.id().cast_signed());
    kill(pid, Signal::SIGINT).expect("it lives");
    let (status, said, errors) = watching.end();
    assert_eq!((status, errors.as_str()), (Some(130), ""));
    assert!(said.contains("leaves the program, which goes on"), "{said}");
    assert!(matches!(tree.child.try_wait(), Ok(None)), "it goes on");
    drop(tree.stdin());
    let status = tree.child.wait().expect("it ends by itself");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn on_the_screen_it_is_stopped_when_asked_and_goes_on_when_mpviz_goes() {
    let tree = Tree::shell("cat | cat; exit 3");
    let pid = tree.pid();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.mpt");
    let file = file.to_str().expect("it is UTF-8");
    let mut pty = Pty::start((120, 36), &["attach", "-o", file, &pid.to_string()]);
    pty.until_header(&["sh", "● live"]);
    pty.until_text(&format!("attached to {pid}"));
    pty.until_text("pipe 1");
    pty.until_text("3 of 3 alive");
    // Its own pace is not mpviz's to set.
    pty.press(")");
    pty.until_text("goes at its own pace");
    assert_eq!(state_of(pid), Some('S'));
    pty.press("P");
    pty.until_text("program stopped");
    pty.until("all are stopped", |_| state_of(pid) == Some('T'));
    pty.press("q");
    assert_eq!(pty.end(), 0);
    // The signal has been sent; the kernel may take a moment.
    let mut looks = 0;
    while state_of(pid) != Some('S') {
        looks += 1;
        assert!(looks < 2000, "it stays stopped");
        std::thread::sleep(Duration::from_millis(5));
    }
    let replayed = common::told(&["replay", "--json", file]);
    let ended = replayed.history.run().ended.map(|end| end.ending);
    assert_eq!(ended, Some(Ending::Left));
    let states = replayed.events.iter().filter_map(|event| match event.kind {
        Kind::Sampled { state, .. } => Some(state),
        _ => None,
    });
    assert!(
        states
            .into_iter()
            .any(|state| state == KernelState::Sleeping)
    );
}

#[track_caller]
fn refused(pid: &str, status: i32, says: &[&str]) {
    let ran = output(&["attach", "--plain", pid]);
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(status), "{errors}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "");
    for words in says {
        assert!(errors.contains(words), "`{words}` is missing in:\n{errors}");
    }
}

#[test]
fn what_can_t_be_watched_is_refused_with_its_reason() {
    for none in ["abc", "0", "-1", "4711x", "99999999999", ""] {
        refused(
            none,
            2,
            &[&format!("`PID` is `{none}`"), "the number of a process"],
        );
    }
    refused(
        "2147483647",
        1,
        &["cannot attach", "there is no process 2147483647"],
    );
    // mpviz is below this test.
    let own = std::process::id();
    let above = format!("mpviz itself runs below process {own}");
    refused(&own.to_string(), 2, &[&above]);
    let mut tree = Tree::shell("exit 0");
    let mut rest = String::new();
    tree.lines.read_to_string(&mut rest).expect("it ends");
    let mut looks = 0;
    while state_of(tree.pid()) != Some('Z') {
        looks += 1;
        assert!(looks < 2000, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    refused(&tree.pid().to_string(), 1, &["it is a zombie"]);
    let ran = output(&["attach"]);
    assert_eq!(ran.status.code(), Some(2));
}

/// To who may not look into a process the kernel tells a status of 0, whatever it was.
#[test]
fn an_exit_code_that_is_kept_from_mpviz_is_none() {
    let without = ["--bounding-set=-sys_ptrace", "--inh-caps=-sys_ptrace"];
    let drops = Command::new("setpriv").args(without).arg("true").output();
    let is_root = nix::unistd::geteuid().is_root();
    if !is_root || !drops.is_ok_and(|ran| ran.status.success()) {
        return common::left_out("only root has a right that setpriv could drop");
    }
    let mut tree = Tree::shell("echo stands; read x; exit 5");
    tree.until("stands");
    let whole = mpviz(&["attach", "--json", &tree.pid().to_string()]);
    let mut command = Command::new("setpriv");
    command.args(without).arg(whole.get_program());
    command.args(whole.get_args());
    for (name, value) in whole.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut watching = Watching::by(command);
    watching.until_event(|event| matches!(event.kind, Kind::ProcessStarted { .. }));
    drop(tree.stdin());
    // It is a zombie as long as this test, its parent, does not ask.
    let ran = watching.trace();
    let exited = ran.actor(ActorId(1)).exited.as_ref();
    assert_eq!(exited.map(|exit| exit.code), Some(None));
}

/// Of another user's processes is seen what everybody may see, and it is said what not.
#[test]
fn another_users_process_is_seen_as_far_as_the_system_tells() {
    if !nix::unistd::geteuid().is_root() {
        common::left_out("only root can become another user");
        return;
    }
    let mut tree = Tree::shell("read x; exit 5");
    let mut command = mpviz(&["attach", "--json", &tree.pid().to_string()]);
    // Whatever the folders above may be, the file itself is open already.
    let file = File::open(env!("CARGO_BIN_EXE_mpviz")).expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("mpviz");
    std::io::copy(
        &mut &file,
        &mut File::create(&copy).expect("it can be made"),
    )
    .expect("room");
    let modes = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&copy, modes).expect("it is ours");
    let modes = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), modes).expect("it is ours");
    let arguments: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
    command = Command::new(&copy);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .uid(65_534)
        .gid(65_534);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    let stdout = child.stdout.take().expect("it is piped");
    let mut text = String::new();
    let mut stdin = Some(tree.stdin());
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if line.contains("another user") {
            drop(stdin.take());
        }
        text.push_str(&line);
        text.push('\n');
    }
    tree.child.wait().expect("it ends");
    assert!(stdin.is_none(), "it does not say so:\n{text}");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
    assert!(text.contains("of user 0"), "{text}");
    assert!(text.contains("RunEnded"), "{text}");
}
