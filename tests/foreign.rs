//! `mpviz run` of programs that do not use the library: what the kernel tells of their processes.

mod common;

use common::pty::{Pty, comes};
use common::tag::{Tag, send};
use common::{Ran, is_installed, mpviz, mpviz_by, output, read, told};
use mpviz::event::words::End;
use mpviz::event::{ActorId, Event, Kind, Time};
use mpviz::history::{Actor, StateClass};
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::Signal;
use nix::unistd::Pid;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Runs a line of the shell.
#[track_caller]
fn shell(line: &str) -> Ran {
    told(&["run", "--json", "--", "sh", "-c", line])
}

/// Returns the status of a run and what it says on stderr.
fn refused(program: &str) -> (Option<i32>, String) {
    let ran = output(&["run", "--plain", "--", program]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    (ran.status.code(), said)
}

/// Returns who is introduced, with its parent.
fn introduced(ran: &Ran) -> Vec<(ActorId, ActorId)> {
    let started = |event: &mpviz::event::Event| match event.kind {
        Kind::ProcessStarted { parent, .. } => Some((event.actor, parent)),
        _ => None,
    };
    ran.events.iter().filter_map(started).collect()
}

#[test]
fn a_pipeline_is_seen_whole() {
    let ran = shell("sleep 1.1 | sleep 1.2; exit 3");
    assert_eq!(ran.status, Some(3));
    let main = ActorId(1);
    let below: Vec<_> = introduced(&ran);
    let [first, second, third] = below.as_slice() else {
        panic!("{below:?}");
    };
    assert_eq!(*first, (main, ActorId::MPVIZ));
    assert_eq!((second.1, third.1), (main, main));
    let argv = |id| ran.actor(id).argv_at(Time::NEVER).join(" ");
    let (writer, reader) = if argv(second.0) == "sleep 1.1" {
        (second.0, third.0)
    } else {
        (third.0, second.0)
    };
    assert_eq!(argv(writer), "sleep 1.1");
    assert_eq!(argv(reader), "sleep 1.2");
    let code = |id| ran.actor(id).exited.as_ref().and_then(|exit| exit.code);
    assert_eq!(code(main), Some(3));
    for id in [writer, reader] {
        assert_eq!(ran.actor(id).name, "sleep");
        // The shell may reap it before it is looked, on kernels that keep no code for a pidfd.
        assert!(matches!(code(id), Some(0) | None), "{:?}", code(id));
        assert_eq!(ran.actor(id).reaped.map(|(_, by)| by), Some(main));
    }
    let pipes = ran.history.objects();
    let [pipe] = pipes else {
        panic!("{pipes:?}");
    };
    assert_eq!(pipe.name, "pipe 1");
    let ever = ran.history.holders_ever(pipe.id);
    assert!(ever.contains(&(writer, End::Write)), "{ever:?}");
    assert!(ever.contains(&(reader, End::Read)), "{ever:?}");
}

#[test]
fn whoever_is_gone_before_it_can_be_watched_has_ended() {
    // Of so many some are seen just before they end.
    let ran = shell("i=0; while [ $i -lt 300 ]; do /bin/true; (exit 3); i=$((i+1)); done");
    let has_ended = |id: ActorId| {
        let mut events = ran.events.iter();
        events.any(|e| e.actor == id && matches!(e.kind, Kind::ProcessExited { .. }))
    };
    for (id, parent) in introduced(&ran) {
        assert!(has_ended(id), "{id}, below {parent}, never ended");
    }
    assert_eq!(ran.history.findings(), []);
}

#[test]
fn a_command_line_may_be_as_long_as_the_system_takes() {
    // 280 KiB, which no message of a socket holds.
    let words: Vec<String> = (0..50_000).map(|n| n.to_string()).collect();
    let begin = ["run", "--json", "--", "sh", "-c", "echo $#", "sh"];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ran = told(&[&begin[..], &words].concat());
    assert_eq!(ran.status, Some(0));
    assert_eq!(ran.printed(), "50000\n");
    let argv = ran.actor(ActorId(1)).argv_at(Time::NEVER);
    assert_eq!(argv[..4], ["sh", "-c", "echo $#", "sh"]);
}

/// Hands in a file at 3 and at 9.
const TWO_FILES: &str = "exec 3<\"$0\" 9>>\"$0\"; exec \"$@\"";

/// Returns what a program has beside its streams, as `ls -l /proc/self/fd` lists it.
fn beside_streams(listed: &str) -> Vec<(u32, String)> {
    let lines = listed.lines().filter_map(|line| line.split_once(" -> "));
    let numbers = lines.filter_map(|(line, target)| {
        let number = line.rsplit(' ').next()?.parse().ok()?;
        // On a terminal it is quoted. The folder that is listed is one.
        let target = target.trim_matches('\'');
        (number > 2 && !target.starts_with("/proc/")).then(|| (number, target.to_owned()))
    });
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn a_program_has_what_mpviz_was_handed_and_nothing_of_ours() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let list = ["ls", "-l", "/proc/self/fd"];
    for (line, count) in [("exec \"$@\"", 0), (TWO_FILES, 2)] {
        let bare = Command::new("sh")
            .args(["-c", line])
            .arg(file.path())
            .args(list)
            .output();
        let bare = String::from_utf8(bare.expect("it runs").stdout).expect("it is UTF-8");
        let bare = beside_streams(&bare);
        let is_file = |(_, target): &&(u32, String)| Path::new(target) == file.path();
        assert_eq!(bare.iter().filter(is_file).count(), count, "{bare:?}");
        for options in [
            &["run", "--json", "--"][..],
            &["run", "--json", "--pty", "--"],
        ] {
            let mut command = mpviz_by(line, file.path(), &[options, &list].concat());
            let ran = read(&command.output().expect("mpviz runs"));
            assert_eq!(beside_streams(&ran.printed()), bare, "{line} {options:?}");
        }
    }
}

#[test]
fn a_pipe_that_was_handed_in_ends_when_the_program_closes_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let (to, came) = std::sync::mpsc::channel();
    let reader = path.clone();
    std::thread::spawn(move || to.send(std::fs::read_to_string(reader)));
    let program = "echo said >&9; exec 9>&-; read line; exit 7";
    let arguments = ["run", "--json", "--", "sh", "-c", program];
    let tag = Tag::new();
    let (name, word) = tag.variable();
    let mut command = mpviz_by("exec 9>\"$0\"; exec \"$@\"", &path, &arguments);
    command.env(name, word);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    // The program still reads, and mpviz and its supervisor see to it.
    let said = came.recv_timeout(Duration::from_secs(60));
    assert_eq!(said.expect("it is at its end").expect("a text"), "said\n");
    assert!(child.try_wait().expect("it is ours").is_none());
    drop(child.stdin.take());
    let ran = read(&child.wait_with_output().expect("it ends"));
    assert_eq!(ran.status, Some(7));
}

#[test]
fn a_daemon_is_seen_and_waited_for() {
    let ran = shell("setsid sleep 1.4 & sleep 0.7; exit 0");
    assert_eq!(ran.status, Some(0));
    let daemon = ran.events.iter().find_map(|event| match &event.kind {
        Kind::ProcessExec { argv } if argv.join(" ") == "sleep 1.4" => Some(event.actor),
        _ => None,
    });
    let daemon = ran.actor(daemon.expect("it lives long enough to be seen"));
    let adopted = daemon.adopted.last().expect("its parent ends first");
    assert_eq!(adopted.adopter, ActorId::MPVIZ);
    let exit = daemon.exited.as_ref().expect("the run waits for it");
    assert_eq!(exit.code, Some(0));
    let main_end = ran.actor(ActorId(1)).exited.as_ref().expect("it ends").t;
    assert!(main_end < exit.t);
}

#[test]
fn a_line_has_a_writer_while_one_process_holds_the_stream() {
    // The shell counts, which takes no other process: by the end of it the line was read.
    let count = "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done";
    let line = format!("echo alone; {count}; sleep 1.5 & sleep 0.9; echo both; wait");
    let ran = shell(&line);
    let writer = |line: &str| {
        let is_it = |event: &&mpviz::event::Event| matches!(&event.kind, Kind::Output { text, .. } if text.trim_end() == line);
        let line = ran.events.iter().find(is_it).expect("it was printed");
        line.actor
    };
    assert_eq!(writer("alone"), ActorId(1));
    assert_eq!(writer("both"), ActorId::MPVIZ);
}

#[test]
fn a_status_is_the_programs_own() {
    for (line, status) in [
        ("exit 0", 0),
        ("exit 7", 7),
        ("kill -KILL $$", 128 + 9),
        ("kill -TERM $$", 128 + 15),
    ] {
        assert_eq!(shell(line).status, Some(status), "{line}");
    }
    let (status, said) = refused("/no/such/program");
    assert_eq!(status, Some(127), "{said}");
    assert!(said.contains("/no/such/program"), "{said}");
    assert!(said.contains("No such file"), "{said}");
    let (status, said) = refused("/etc/passwd");
    assert_eq!(status, Some(126), "{said}");
    assert!(said.contains("/etc/passwd"), "{said}");
    assert!(said.contains("ermission denied"), "{said}");
}

/// `nohup` and shells ignore signals for what they start, and whoever ignores the ends of children or
/// lets no file grow may start mpviz, too.
#[test]
fn what_its_starter_ignores_does_not_change_a_run() {
    let place = Path::new("/");
    let ran = |line: &str, program: &str| {
        let arguments = ["run", "--json", "--", "sh", "-c", program];
        let output = mpviz_by(line, place, &arguments).output();
        read(&output.expect("mpviz runs"))
    };
    let (line, program) = (
        "trap '' HUP INT; exec \"$@\"",
        "grep SigIgn /proc/self/status",
    );
    let bare = Command::new("sh")
        .args(["-c", line, "/", "sh", "-c", program])
        .output();
    let bare = String::from_utf8(bare.expect("it runs").stdout).expect("it is UTF-8");
    assert!(bare.ends_with("3\n"), "{bare}");
    assert_eq!(ran(line, program).printed(), bare);
    // The supervisor's parent is mpviz.
    let hangs_up = "read -r _ _ _ up _ </proc/$PPID/stat; kill -HUP $up; sleep 0.1; exit 6";
    assert_eq!(ran("trap '' HUP; exec \"$@\"", hangs_up).status, Some(6));
    assert_eq!(ran("exec \"$@\"", hangs_up).status, Some(128 + 1));
    assert_eq!(ran("trap '' CHLD; exec \"$@\"", "exit 7").status, Some(7));
    let small = "ulimit -f 200000; exec \"$@\"";
    assert_eq!(ran(small, "exit 8").status, Some(8));
    let smaller = mpviz_by(
        "ulimit -f 1000; exec \"$@\"",
        place,
        &["run", "--plain", "--", "true"],
    )
    .output();
    let smaller = smaller.expect("mpviz runs");
    let said = String::from_utf8_lossy(&smaller.stderr).into_owned();
    assert_eq!(smaller.status.code(), Some(1), "{said}");
    assert!(said.contains("File too large"), "{said}");
}

/// Nobody reads what is printed: not the program's success.
#[test]
fn a_run_that_nobody_reads_is_no_success() {
    let line = "{ \"$@\"; echo $? >&2; } | true";
    let output = mpviz_by(line, Path::new("/"), &["run", "--plain", "--", "yes"]).output();
    let said = String::from_utf8(output.expect("mpviz runs").stderr);
    assert_eq!(said.expect("it is UTF-8").trim(), "141");
}

/// Waits until a pipe has all but so much of what it takes.
#[track_caller]
fn fills(pipe: impl AsFd, but: u64) {
    let size = fcntl(&pipe, FcntlArg::F_GETPIPE_SZ).expect("a pipe");
    let size = u64::try_from(size).expect("a size");
    let is_full = || rustix::io::ioctl_fionread(&pipe).expect("a pipe") + but >= size;
    assert!(comes(is_full), "the pipe is never full");
}

/// Returns the status of a run whose text nobody reads, ended by a signal while it waits for a reader.
fn unread(signals: &[Signal]) -> Option<i32> {
    let mut command = mpviz(&["run", "--plain", "--", "yes"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    let pipe = child.stdout.take().expect("it is piped");
    fills(&pipe, 4096);
    for signal in signals {
        let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
        nix::sys::signal::kill(pid, *signal).expect("it is ours");
    }
    child.wait().expect("it ends").code()
}

#[test]
fn signals_are_heard_although_nobody_reads() {
    assert_eq!(unread(&[Signal::SIGTERM]), Some(128 + 15));
    assert_eq!(unread(&[Signal::SIGHUP]), Some(128 + 1));
}

/// As a terminal that a program shares with mpviz, and has made so.
#[test]
fn a_stdout_that_never_waits_is_waited_for() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("it is open");
    let mut command = mpviz(&["run", "--plain", "--", "seq", "50000"]);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .spawn()
        .expect("mpviz runs");
    drop(command);
    // Its pages are not filled up by what is written in pieces.
    fills(&reader, 48 << 10);
    let text = std::io::read_to_string(reader).expect("it is UTF-8");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    let printed = text.lines().filter(|line| line.contains("seq prints: "));
    assert_eq!(printed.count(), 50_000);
}

#[test]
fn text_hands_stdin_on() {
    let mut command = mpviz(&["run", "--plain", "--", "sh", "-c", "read x; echo got $x"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(b"word\n").expect("it reads");
    drop(stdin);
    let ran = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(said.contains("got word"), "{said}");
}

#[test]
fn on_the_screen_stdin_is_empty_and_quitting_gives_the_status() {
    let line = "read x || echo nothing comes; sleep 0.3 | sleep 0.4; exit 5";
    let mut pty = Pty::start((120, 36), &["run", "--", "sh", "-c", line]);
    pty.until_header(&["sh", "■ ended"]);
    let screen = pty.text();
    assert!(screen.contains("nothing comes"), "{screen}");
    assert!(screen.contains("pipe 1"), "{screen}");
    pty.press("q");
    assert_eq!(pty.end(), 5);
    pty.nothing_is_left();
}

/// Who is killed while a program runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Killed {
    Viewer,
    Supervisor,
    Both,
}

/// Kills while the program of a line of the shell, and its `sleep`, live.
#[track_caller]
fn killed(line: &str, whom: Killed) {
    let mut tag = Tag::new();
    let mut command = mpviz(&["run", "--plain", "--", "sh", "-c", line]);
    let (name, value) = tag.variable();
    command.env(name, value);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut viewer = command.spawn().expect("mpviz runs");
    let mut looks = 0;
    let supervisor = loop {
        if tag.named("sleep").is_some()
            && let Some(supervisor) = tag.named("mpviz-super")
        {
            break supervisor;
        }
        looks += 1;
        assert!(looks < 2000, "{line} does not get so far");
        std::thread::sleep(Duration::from_millis(5));
    };
    if whom != Killed::Viewer {
        send(supervisor, Signal::SIGKILL);
    }
    if whom != Killed::Supervisor {
        send(viewer.id(), Signal::SIGKILL);
    }
    assert!(!viewer.wait().expect("it ends").success());
    tag.nothing_is_left();
}

#[test]
fn whoever_is_killed_nothing_is_left() {
    for whom in [Killed::Viewer, Killed::Supervisor, Killed::Both] {
        killed("sleep 30 & sleep 30 | sleep 30", whom);
    }
    // What leaves group and session while both are killed is the documented hole.
    for whom in [Killed::Viewer, Killed::Supervisor] {
        killed("setsid sleep 30 & exit 0", whom);
        killed("(setsid sh -c 'sleep 30 & exit 0' &) ; exit 0", whom);
    }
}

#[test]
fn a_trace_beside_the_screen_has_it_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("run.mpt");
    let file = file.to_str().expect("it is UTF-8");
    let line = "sleep 0.9 | sleep 1; exit 4";
    let mut pty = Pty::start((80, 24), &["run", "-o", file, "--", "sh", "-c", line]);
    pty.until_header(&["sh", "■ ended"]);
    pty.press("q");
    assert_eq!(pty.end(), 4);
    let ran = told(&["replay", "--json", file]);
    assert_eq!(introduced(&ran).len(), 3);
    assert_eq!(ran.history.objects().len(), 1);
}

/// Its parent ends right after it, so that nobody is left to see it go but the watcher.
#[test]
fn an_end_at_the_very_end_is_told_before_it_is_reaped() {
    let ran = shell("sleep 1.3; exit 3");
    let sleep = ran.events.iter().find_map(|event| match &event.kind {
        Kind::ProcessExec { argv } if argv.join(" ") == "sleep 1.3" => Some(event.actor),
        _ => None,
    });
    let sleep = sleep.expect("it lives long enough to be seen");
    let place = |is_it: &dyn Fn(&Event) -> bool| ran.events.iter().position(is_it);
    let exited = place(&|event: &Event| {
        event.actor == sleep && matches!(event.kind, Kind::ProcessExited { .. })
    });
    let reaped = place(
        &|event: &Event| matches!(event.kind, Kind::ProcessReaped { child, .. } if child == sleep),
    );
    let (exited, reaped) = (exited.expect("its end"), reaped.expect("its reaping"));
    assert!(exited < reaped, "{:?}", &ran.events[reaped.min(exited)..]);
    assert_eq!(
        ran.actor(sleep).reaped.map(|(_, by)| by),
        Some(ActorId(1)),
        "by its parent"
    );
    let over = ran.events.last().map(|event| event.kind.name());
    assert_eq!(over, Some("RunEnded"), "nothing comes after the end");
}

/// Its lane is what its words say: the shell waits for its child, and the child for nobody.
#[test]
fn a_silent_program_that_sleeps_is_drawn_so() {
    let ran = shell("sleep 2; exit 0");
    let mostly = |class: StateClass| {
        let is_so = |actor: &&Actor| {
            let lane = ran.history.lane(actor.id);
            let shares = lane.shares(Time::ZERO..ran.history.now());
            // The first look at it comes a few samples after its start.
            shares.of(class) * 2 > shares.total()
        };
        let actors = ran.history.actors().filter(is_so);
        actors.map(|actor| actor.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(mostly(StateClass::Asleep), ["sleep"]);
    assert_eq!(mostly(StateClass::Joining), ["sh"]);
}

/// A copy of the write end that is left open, in the reader itself: the oldest mistake with pipes.
#[test]
fn a_reader_that_waits_for_itself_is_found() {
    if !is_installed("python3", "python3") {
        return;
    }
    let text = "import os, signal; signal.alarm(60); r, w = os.pipe()
if os.fork() == 0: os.read(r, 1)
os.close(r); os.close(w); os.wait()";
    let ran = output(&[
        "run", "--plain", "--limit", "3", "--", "python3", "-S", "-c", text,
    ]);
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(said.contains("[warn W02]"), "{said}");
    assert_eq!(ran.status.code(), Some(124), "{said}");
}
