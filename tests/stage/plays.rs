//! What MainProcess does in these tests: small trees of processes that resist being ended.
//!
//! Each play is bounded in time and in the number of its processes, so that a stage that fails
//! leaves nothing for long. Plays say how far they are by files in the folder `TEST_DIR`.
#![expect(unsafe_code, reason = "trees of processes are made by bare forks")]

use mpviz::channel::{Arena, RingWriter, Slot, desk};
use mpviz::event::words::{Class, End, Method, Part, Stream};
use mpviz::event::{ActorId, Kind, Text};
use mpviz::stage::Entrance;
use nix::sys::signal::{SigHandler, Signal, kill, raise, signal};
use nix::unistd::{ForkResult, Pid, fork, getpid, setsid};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// No play lives longer than this.
const LIFE: Duration = Duration::from_secs(8);
/// How many generations a respawner has, and how long each lives.
pub(crate) const GENERATIONS: u64 = 600;
const GENERATION: Duration = Duration::from_millis(1);

/// Runs a play by its name.
pub(crate) fn run(entrance: Entrance) -> i32 {
    match entrance.name.as_str() {
        "sleeper" => ready(1),
        "told-sleeper" => {
            let _told = Told::main(&entrance);
            ready(1);
        }
        "tree" => tree(),
        "respawner" => respawn(false),
        "setsid-respawner" => respawn(true),
        "daemon" => daemon(),
        "finish" => return finish(),
        "orphan" => return orphan(&entrance),
        "children" => return children(&entrance),
        "lines" => return lines(&entrance),
        "look" => return look(&entrance),
        "ends" => return ends(&entrance),
        "killed" => {
            let _ = raise(Signal::SIGKILL);
        }
        "terminated" => {
            let _ = raise(Signal::SIGTERM);
        }
        "killed-group" => {
            fork_into(|| ready(1));
            until_ready(1);
            let _ = kill(Pid::from_raw(0), Signal::SIGKILL);
        }
        "crowd" => crowd(),
        "panics" => panic!("as told"),
        code => return code.parse().unwrap_or(99),
    }
    0
}

fn folder() -> PathBuf {
    std::env::var_os("TEST_DIR")
        .expect("the test gives one")
        .into()
}

/// Says that `count` processes stand, and lives on for a while.
fn ready(nth: u32) {
    fs::write(folder().join(format!("ready-{nth}")), "").expect("the folder can be written");
    std::thread::sleep(LIFE);
}

fn until_ready(nth: u32) {
    let file = folder().join(format!("ready-{nth}"));
    for _ in 0..4000 {
        if file.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn fork_into(child: impl FnOnce()) -> Pid {
    // SAFETY: plays have one thread.
    match unsafe { fork() }.expect("a play has few processes") {
        ForkResult::Child => {
            child();
            // SAFETY: `_exit` has no preconditions.
            unsafe { libc::_exit(0) }
        }
        ForkResult::Parent { child } => child,
    }
}

fn ignore(which: Signal) {
    // SAFETY: ignoring runs no code.
    unsafe { signal(which, SigHandler::SigIgn) }.expect("it can be ignored");
}

/// A child that ignores every polite signal with a grandchild, one that is stopped, an orphan,
/// and a grandchild with a session of its own.
fn tree() {
    fork_into(|| {
        for polite in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
            ignore(polite);
        }
        fork_into(|| ready(2));
        ready(3);
    });
    let stopped = fork_into(|| ready(4));
    fork_into(|| {
        fork_into(|| ready(5));
    });
    until_ready(4);
    let _ = kill(stopped, Signal::SIGSTOP);
    (2..=5).for_each(until_ready);
    ready(1);
}

/// A chain of processes, each of which forks the next and ends.
fn respawn(own_session: bool) {
    let count = folder().join("generations");
    fs::write(&count, "").expect("the folder can be written");
    for generation in 0..GENERATIONS {
        if generation > 0 {
            std::thread::sleep(GENERATION);
        }
        if generation == 20 {
            fs::write(folder().join("ready-1"), "").expect("as above");
        }
        // SAFETY: plays have one thread.
        match unsafe { fork() } {
            Ok(ForkResult::Parent { .. }) if generation == 0 => std::thread::sleep(LIFE),
            // SAFETY: `_exit` has no preconditions.
            Ok(ForkResult::Parent { .. }) => unsafe { libc::_exit(0) },
            Ok(ForkResult::Child) => {}
            Err(_) => return,
        }
        if own_session {
            let _ = setsid();
        }
        let file = fs::OpenOptions::new().append(true).open(&count);
        let _ = file.and_then(|mut file| file.write_all(b"."));
    }
}

/// A daemon, as daemons are made: an orphan in a session of its own.
fn daemon() {
    fork_into(|| {
        let _ = setsid();
        fork_into(|| ready(2));
    });
    until_ready(2);
    ready(1);
}

/// Ends by itself, a moment after its orphan was left.
fn finish() -> i32 {
    fork_into(|| std::thread::sleep(Duration::from_millis(50)));
    3
}

/// More processes than are allowed, but not many.
fn crowd() {
    for _ in 0..60 {
        fork_into(|| std::thread::sleep(LIFE));
    }
    ready(1);
}

/// What the runtime does for a process that it forks.
struct Told {
    arena: Arena,
    writer: RingWriter,
    actor: ActorId,
}

impl Told {
    fn begin(arena: &Arena, slot: Slot, actor: ActorId, parent: ActorId) -> Told {
        let pid = std::process::id();
        arena.announce(slot, pid);
        let mut told = Told {
            arena: arena.clone(),
            writer: arena.writer(slot),
            actor,
        };
        let name = Text::from(format!("process {actor}"));
        told.say(&Kind::ProcessStarted { pid, parent, name });
        told
    }

    fn main(entrance: &Entrance) -> Told {
        Told::begin(
            &entrance.arena,
            entrance.slot,
            entrance.actor,
            ActorId::MPVIZ,
        )
    }

    fn say(&mut self, kind: &Kind) {
        let _ = self.writer.publish(self.actor, None, None, None, kind);
    }

    fn say_about(&mut self, child: ActorId, kind: &Kind) {
        let _ = self
            .writer
            .publish(child, Some(self.actor), None, None, kind);
    }

    fn fork(&mut self, child: impl FnOnce(Told) -> i32) -> (ActorId, Pid) {
        let actor = self.arena.control().next_actor();
        let slot = self.arena.reserve(actor, actor).expect("there are many");
        let name = Text::from(format!("process {actor}"));
        self.say(&Kind::ProcessForked {
            child: actor,
            name,
            method: Method::Fork,
            daemon: false,
            function: None,
        });
        let (arena, parent) = (self.arena.clone(), self.actor);
        let pid = fork_into(move || {
            let told = Told::begin(&arena, slot, actor, parent);
            let code = child(told);
            // SAFETY: `_exit` has no preconditions.
            unsafe { libc::_exit(code) }
        });
        self.arena.announce(slot, pid.as_raw().unsigned_abs());
        (actor, pid)
    }
}

/// Leaves a child with a code of its own, and ends first.
fn orphan(entrance: &Entrance) -> i32 {
    let mut told = Told::main(entrance);
    let parent = getpid();
    told.fork(|_| {
        while nix::unistd::getppid() == parent {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(30));
        17
    });
    told.fork(|_| {
        while nix::unistd::getppid() == parent {
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = raise(Signal::SIGTERM);
        0
    });
    0
}

/// Has a child that it does not reap for a while, and one that it reaps at once.
fn children(entrance: &Entrance) -> i32 {
    let mut told = Told::main(entrance);
    let nap = Duration::from_millis(150);
    let (_, zombie) = told.fork(|_| {
        std::thread::sleep(nap);
        21
    });
    std::thread::sleep(nap * 3);
    let _ = nix::sys::wait::waitpid(zombie, None);
    let (_, killed) = told.fork(|_| {
        std::thread::sleep(LIFE);
        0
    });
    std::thread::sleep(nap);
    let _ = kill(killed, Signal::SIGKILL);
    let _ = nix::sys::wait::waitpid(killed, None);
    0
}

/// Prints by itself, and by subprocesses with and without pipes of their own.
fn lines(entrance: &Entrance) -> i32 {
    let mut told = Told::main(entrance);
    print_raw(1, b"first\nsec");
    print_raw(1, b"ond\n\xff\x1b[31m\xc3\xa4\nno end");
    let script = "echo to stdout; echo to stderr >&2; for i in 1 2 3 4 5; do echo line $i; done";
    let child = told.arena.control().next_actor();
    let slot = told.arena.reserve(child, child).expect("there are many");
    let pipe = |stream| {
        let end = desk::capture_pipe(entrance.desk.as_bytes(), child, stream);
        end.expect("the supervisor answers")
    };
    let mut program = Command::new("sh");
    program.args(["-c", script]);
    program
        .stdout(pipe(Stream::Stdout))
        .stderr(pipe(Stream::Stderr));
    let started = program.spawn();
    // It has the write ends.
    drop(program);
    let mut started = started.expect("there is a shell");
    let (pid, parent) = (started.id(), told.actor);
    told.arena.announce(slot, pid);
    let name = Text::const_new("sh");
    let argv = vec![name.clone()];
    told.say_about(child, &Kind::ProcessStarted { pid, parent, name });
    told.say_about(child, &Kind::ProcessExec { argv });
    let code = started.wait().ok().and_then(|status| status.code());
    desk::flush(entrance.desk.as_bytes()).expect("the supervisor answers");
    told.say_about(child, &Kind::ProcessExited { code });
    print_raw(2, b"at last\n");
    code.unwrap_or(98)
}

fn print_raw(fd: i32, bytes: &[u8]) {
    // SAFETY: 1 and 2 are this process's own streams, open as long as it lives.
    let fd = unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) };
    nix::unistd::write(fd, bytes).expect("the supervisor reads");
}

/// Starts a program that closes its stdin long before it ends, and tells of both as the runtime
/// does.
fn ends(entrance: &Entrance) -> i32 {
    let mut told = Told::main(entrance);
    let (popen, pipe) = (
        told.arena.control().next_object(),
        told.arena.control().next_object(),
    );
    told.say(&Kind::ObjectCreated {
        object: pipe,
        class: Class::Pipe,
        name: Text::default(),
        part_of: Some(popen),
        part: Some(Part::Stdin),
        maxsize: None,
        capacity: None,
    });
    let child = told.arena.control().next_actor();
    let slot = told.arena.reserve(child, child).expect("there are many");
    let script = "sleep 0.6; exec <&-; sleep 0.8";
    let mut program = Command::new("sh");
    let started = program.args(["-c", script]).stdin(Stdio::piped()).spawn();
    let mut started = started.expect("there is a shell");
    told.arena.announce(slot, started.id());
    let parent = told.actor;
    for kind in [
        Kind::ProcessStarted {
            pid: started.id(),
            parent,
            name: Text::const_new("sh"),
        },
        Kind::EndOpened {
            object: pipe,
            end: End::Read,
        },
    ] {
        told.say_about(child, &kind);
    }
    // Until the program ends, its stdin is open on this side.
    let stdin = started.stdin.take();
    let code = started.wait().ok().and_then(|status| status.code());
    drop(stdin);
    code.unwrap_or(98)
}

/// Tells what MainProcess finds around itself.
fn look(entrance: &Entrance) -> i32 {
    let list = |path: &str| {
        let names = fs::read_dir(path).expect("it is there").flatten();
        let mut names: Vec<String> = names
            .filter_map(|entry| {
                let target = fs::read_link(entry.path()).ok()?;
                // The folder that is being read is one, too.
                let is_this = target.to_string_lossy().starts_with("/proc/");
                (!is_this).then(|| entry.file_name().to_string_lossy().into_owned())
            })
            .collect();
        names.sort();
        names.join(" ")
    };
    let status = fs::read_to_string("/proc/self/status").expect("it is there");
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.map(|line| {
            line.split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .unwrap_or_default()
    };
    let stdin = fs::read_link("/proc/self/fd/0").expect("it is open");
    let text = format!(
        "fds: {}\nstdin: {}\nblocked: {}\nignored: {}\ngroup is another's: {}\nknobs: {:?}\n\
         seed and pace: {} {}\ncontrol: {} {}\nthreads: {}\n",
        list("/proc/self/fd"),
        stdin.display(),
        field("SigBlk:"),
        field("SigIgn:"),
        nix::unistd::getpgrp() != getpid(),
        entrance.knobs,
        entrance.seed,
        entrance.pace,
        entrance.arena.control().seed(),
        entrance.arena.control().pace(),
        field("Threads:"),
    );
    print_raw(1, text.as_bytes());
    0
}
