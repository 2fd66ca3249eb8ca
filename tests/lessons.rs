//! Every scenario and its twin in Python: both print the same, and their lines are paired.

mod common;

use common::{Ran, is_installed, run};
use mpviz::event::FileId;
use mpviz::event::program::Range;
use mpviz::event::twin::Twin;
use mpviz::scenario::{PROGRAMS, TWINS};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, kill_process_group};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// A run of a scenario and of its twin, with the same knobs.
struct Case {
    /// The name of the scenario and its knobs, parted by blanks.
    line: &'static str,
    /// Each line that begins with the first stands before each that begins with the second.
    order: &'static [(&'static str, &'static str)],
    /// Lines that begin so may be more or fewer, where the program leaves that to chance: a reader
    /// that is ended while an item is on its way.
    chance: Option<&'static str>,
    /// Whether the program never ends.
    hangs: bool,
}

const fn case(line: &'static str, order: &'static [(&'static str, &'static str)]) -> Case {
    Case {
        line,
        order,
        chance: None,
        hangs: false,
    }
}

const fn hanging(line: &'static str, order: &'static [(&'static str, &'static str)]) -> Case {
    Case {
        hangs: true,
        ..case(line, order)
    }
}

const GETS: Option<&str> = Some("Get ");

const CASES: &[Case] = &[
    case(
        "fork",
        &[
            ("current process", "I (#) created"),
            ("I (#) created", "I am the child"),
        ],
    ),
    case(
        "fork --wait yes",
        &[
            ("I (#) created", "My child"),
            ("I am the child", "My child (#) ended with exit code 0"),
        ],
    ),
    case(
        "process --work 20",
        &[
            ("Parent process", "Child process will start"),
            ("Child process will start", "Run child process test"),
            ("Run child process test", "Child process end, exit code 0"),
        ],
    ),
    case(
        "processes",
        &[
            ("Parent process", "Process will"),
            ("Child process", "Process end."),
        ],
    ),
    case(
        "processes --processes 3 --join last",
        &[("Child process 2", "Process end.")],
    ),
    case(
        "pool --workers 3 --tasks 4",
        &[
            ("Current process", "Waiting for"),
            ("Task 0 (pid = #) is running", "Task 0 end."),
            ("Task 3 (pid = #) is running", "Task 3 end."),
            ("Task 3 end.", "All subprocesses done."),
        ],
    ),
    case("pool --tasks 0", &[("Waiting for", "All subprocesses")]),
    case(
        "pool-timed --workers 4 --tasks 4",
        &[
            ("Run task 0", "Task 0 runs"),
            ("Task 3 runs", "All subprocesses done."),
        ],
    ),
    case(
        "pool-timed --workers 0 --tasks 1",
        &[("Task 0 runs", "All subprocesses done.")],
    ),
    case(
        "call --program stand-in",
        &[
            ("$ nslookup stand-in", "Server:"),
            ("Address:", "Exit code: 0"),
        ],
    ),
    case(
        "communicate --program stand-in",
        &[
            ("$ nslookup stand-in", "Server:"),
            ("python.org", "Exit code: 0"),
        ],
    ),
    Case {
        chance: GETS,
        ..case(
            "queue",
            &[
                ("Put A", "Get A"),
                ("Get A", "Get B"),
                ("Put B", "Get B"),
                ("Get B", "Put C"),
            ],
        )
    },
    Case {
        chance: GETS,
        ..case(
            "queue-fan-in --writers 2 --items 2",
            &[
                ("Put url_1", "Put url_2"),
                ("Put url_3", "Put url_4"),
                ("Get url_1", "Get url_2"),
                ("Get url_3", "Get url_4"),
            ],
        )
    },
    case(
        "queue-limits --items 3",
        &[
            ("Put item_2", "Get item_1"),
            ("Get item_1", "Get item_2"),
            ("put_nowait: Full", "put, timeout 0.2 s: Full"),
            ("put, timeout", "get_nowait: Empty"),
            ("get_nowait: Empty", "get, timeout 0.2 s: Empty"),
        ],
    ),
    case(
        "queue-limits --maxsize 9 --items 1",
        &[
            ("put_nowait: done", "put, timeout 0.2 s: done"),
            ("put, timeout 0.2 s: done", "Get item_1"),
            ("get_nowait: done", "get, timeout 0.2 s: Empty"),
        ],
    ),
    case(
        "pipe --urls 3",
        &[
            ("Process(#) send: url0", "Process(#) rev: url0"),
            ("Process(#) rev: url2", "Process(#) got EOF"),
        ],
    ),
    case(
        "pipe --urls 2 --reply yes",
        &[
            ("Process(#) rev: url0", "Process(#) send: url1"),
            ("Process(#) rev: url1 ok", "Process(#) got EOF"),
        ],
    ),
    Case {
        chance: Some("Process(#) rev"),
        ..case(
            "pipe --urls 2 --end terminate",
            &[("Process(#) send: url0", "Process(#) rev: url0")],
        )
    },
    case("zombie", &[("The parent goes on", "The parent ends")]),
    case("zombie --fixed", &[("Child 3", "The parent goes on")]),
    case("orphan", &[]),
    Case {
        chance: Some("Worker"),
        ..case("orphan --fixed", &[("Worker", "The manager has ended")])
    },
    hanging("join-full-queue", &[]),
    case(
        "join-full-queue --fixed",
        &[("The writer has put 50", "The parent has got 50")],
    ),
    hanging("killed-reader", &[]),
    case(
        "killed-reader --fixed",
        &[
            ("reader-1 gets A", "reader-1 got the sentinel"),
            ("reader-1 got the sentinel", "reader-2 gets B"),
            ("reader-2 gets B", "reader-2 got the sentinel"),
        ],
    ),
    hanging(
        "pipe-no-eof",
        &[("The reader got one", "The reader got three")],
    ),
    case(
        "pipe-no-eof --fixed",
        &[("The reader got three", "The reader got EOF")],
    ),
    case("swallowed-exception", &[]),
    case(
        "swallowed-exception --fixed",
        &[
            ("Got 4", "A task failed"),
            ("A task failed", "Got 16"),
            ("Got 16", "All tasks are done"),
        ],
    ),
    hanging("killed-worker", &[]),
    case(
        "killed-worker --fixed",
        &[
            ("Task 0 failed", "Task 1 brought"),
            ("Task 1 brought", "Task 2 brought"),
        ],
    ),
    hanging("two-locks", &[]),
    case(
        "two-locks --fixed",
        &[("one has both", "Both have"), ("two has both", "Both have")],
    ),
    case("join-only-last", &[]),
    case("join-only-last --fixed", &[]),
    Case {
        chance: Some("The reader works"),
        ..case(
            "backpressure",
            &[
                ("The reader works on 1.", "The reader works on 2."),
                ("The reader works", "Nobody will read the last"),
            ],
        )
    },
    Case {
        chance: Some("The reader works"),
        ..case(
            "backpressure --fixed",
            &[("The reader works on 1.", "The reader works on 2.")],
        )
    },
];

/// No twin is silent for longer than this.
const LIMIT: Duration = Duration::from_secs(60);

/// So many cases run at a time: most of them sleep most of the time.
const AT_A_TIME: usize = 6;

fn twin_of(name: &str) -> &'static Twin {
    let twin = TWINS.iter().find(|twin| twin.of == name);
    twin.unwrap_or_else(|| panic!("{name} has no twin"))
}

fn file_of(twin: &Twin) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/lessons");
    folder.join(twin.file)
}

/// Returns python3 on a file, with nothing in the environment that changes what it does.
fn python(file: &Path) -> Command {
    let mut command = Command::new("python3");
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    // Nothing is written beside the sources.
    command.arg("-B").arg(file).stdin(Stdio::null());
    command
}

/// A program on a terminal of its own, so that each line is written when it is printed.
struct OnTerminal {
    child: Child,
    /// What is written; it ends when nobody has the terminal any more.
    written: Receiver<Vec<u8>>,
}

impl OnTerminal {
    fn start(mut command: Command) -> OnTerminal {
        let pty = nix::pty::openpty(None, None).expect("a terminal");
        for end in [&pty.master, &pty.slave] {
            fcntl_setfd(end, FdFlags::CLOEXEC).expect("it is open");
        }
        command
            .stdout(Stdio::from(pty.slave))
            .stderr(Stdio::piped())
            .process_group(0);
        let child = command.spawn().expect("python3 starts");
        // It has the terminal's other end.
        drop(command);
        let (sender, written) = mpsc::channel();
        let mut master = File::from(pty.master);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // A terminal that nobody has any more can't be read.
            while let Ok(count) = master.read(&mut bytes) {
                if sender.send(bytes[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        OnTerminal { child, written }
    }

    /// Reads until nobody has the terminal any more, or until so many lines are there, and all is
    /// ended. Returns the lines, whether it ended by itself, and what it says is wrong.
    fn lines(mut self, enough: Option<usize>) -> (Vec<String>, bool, String) {
        let mut text = Vec::new();
        let is_enough = |text: &[u8]| {
            let lines = text.iter().filter(|&&byte| byte == b'\n').count();
            enough.is_some_and(|enough| lines >= enough)
        };
        while !is_enough(&text) {
            match self.written.recv_timeout(LIMIT) {
                Ok(bytes) => text.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    text.extend(b"(nothing more came)\n");
                    break;
                }
            }
        }
        // Its first process is not reaped yet, so the number is still the group's.
        let group = Pid::from_child(&self.child);
        let ended = if enough.is_some() {
            let ended = self.child.try_wait().expect("a child");
            if ended.is_none() {
                kill_process_group(group, Signal::KILL).expect("it hangs");
            }
            ended.is_some()
        } else {
            true
        };
        let mut complaints = String::new();
        let mut stderr = self.child.stderr.take().expect("a pipe");
        stderr.read_to_string(&mut complaints).expect("text");
        let status = self.child.wait().expect("its end");
        if ended && !status.success() {
            complaints.push_str(&status.to_string());
        }
        let text = String::from_utf8_lossy(&text).replace('\r', "");
        (text.lines().map(canonical).collect(), ended, complaints)
    }
}

/// Returns a line without what differs from run to run: `#` for a pid, no time and no
/// words of an error. Who has adopted a child may have a short pid.
fn canonical(line: &str) -> String {
    let (mut text, mut digits) = (String::new(), String::new());
    for c in line.chars().chain(['\n']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let is_alone = text.ends_with('(') && c == ')' && !digits.is_empty();
        let is_pid = digits.len() > 2 || is_alone;
        text.push_str(if is_pid { "#" } else { &digits });
        digits.clear();
        text.push(c);
    }
    let text = text.trim_end_matches('\n');
    for varies in [" runs ", " failed: ", " the last "] {
        if let Some((before, _)) = text.split_once(varies) {
            return format!("{before}{varies}...");
        }
    }
    text.to_owned()
}

fn printed(ran: &Ran) -> Vec<String> {
    ran.printed().lines().map(canonical).collect()
}

impl Case {
    fn arguments(&self) -> Vec<&'static str> {
        self.line.split(' ').collect()
    }

    fn ours(&self) -> Ran {
        let arguments = [&self.arguments(), ["--pace", "2"].as_slice()].concat();
        if self.hangs {
            common::hanging(&arguments)
        } else {
            run(&arguments)
        }
    }

    /// Runs both sides; returns what is wrong.
    fn check(&self) -> Vec<String> {
        let arguments = self.arguments();
        let mut command = python(&file_of(twin_of(arguments[0])));
        command.args(&arguments[1..]);
        let twin = OnTerminal::start(command);
        let ours = self.ours();
        let printed = printed(&ours);
        let (theirs, ended, complaints) = twin.lines(self.hangs.then_some(printed.len()));
        let mut wrong = self.unpaired(&ours);
        if ended == self.hangs {
            wrong.push(format!("python3 has ended: {ended}"));
        }
        if !complaints.is_empty() {
            wrong.push(format!("python3 says {complaints}"));
        }
        let sides = [("mpviz", printed), ("python3", theirs)];
        for (side, lines) in &sides {
            wrong.extend(self.order.iter().filter_map(|&(before, after)| {
                let last = lines.iter().rposition(|line| line.starts_with(before));
                let first = lines.iter().position(|line| line.starts_with(after));
                let is_missing = first.is_none() && self.is_chance(after);
                let is_so = last.zip(first).is_some_and(|(last, first)| last < first);
                (!is_so && !is_missing)
                    .then(|| format!("{side}: `{before}` is not before `{after}` in {lines:#?}"))
            }));
        }
        let [(_, ours), (_, theirs)] = sides.map(|(side, lines)| {
            let mut lines: Vec<_> = lines
                .into_iter()
                .filter(|line| !self.is_chance(line))
                .collect();
            lines.sort();
            (side, lines)
        });
        if ours != theirs {
            wrong.push(format!("mpviz prints {ours:#?}, python3 {theirs:#?}"));
        }
        wrong
    }

    fn is_chance(&self, line: &str) -> bool {
        self.chance.is_some_and(|chance| line.starts_with(chance))
    }

    /// Returns a complaint for each line that an event names and that has no pair.
    fn unpaired(&self, ran: &Ran) -> Vec<String> {
        let program = ran.history.run().program.clone();
        let source = &ran.history.sources()[0];
        let pairs = twin_of(&program).pairs_with(&source.text);
        let paired: BTreeSet<u32> = pairs.iter().map(|pair| pair.ours).collect();
        let of_source = ran.events.iter().filter(|event| {
            let file = event.file.unwrap_or(FileId(0));
            file == source.file
        });
        let executed: BTreeSet<u32> = of_source.filter_map(|event| event.line).collect();
        assert!(!executed.is_empty(), "{program}: no event has a line");
        let unpaired = executed.difference(&paired);
        unpaired
            .map(|line| format!("line {line} of {} has no pair", source.path))
            .collect()
    }
}

#[test]
fn a_twin_prints_what_its_scenario_prints() {
    if !is_installed("python3", "python3") {
        return;
    }
    let next = AtomicUsize::new(0);
    let verdicts = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_A_TIME)
            .map(|_| {
                scope.spawn(|| {
                    let mut wrong = Vec::new();
                    while let Some(case) = CASES.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let found = case.check();
                        wrong.extend(found.iter().map(|text| format!("{}: {text}", case.line)));
                    }
                    wrong
                })
            })
            .collect();
        let ended = workers.into_iter().map(|worker| worker.join());
        ended
            .map(|wrong| wrong.expect("no panic"))
            .collect::<Vec<_>>()
    });
    let wrong = verdicts.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_has_a_twin_and_a_case() {
    let names: Vec<_> = PROGRAMS.iter().map(|program| program.name).collect();
    let twins: Vec<_> = TWINS.iter().map(|twin| twin.of).collect();
    assert_eq!(names, twins);
    for name in names {
        let cases = CASES.iter().map(|case| case.arguments()[0]);
        assert!(cases.clone().any(|of| of == name), "{name} has no case");
    }
}

#[test]
fn each_pair_is_in_both_sources() {
    for program in PROGRAMS {
        let twin = twin_of(program.name);
        let pairs = twin.pairs_with(program.source);
        let count = twin.fragments().count();
        assert_eq!(count, twin.pairs.lines().count(), "{}", twin.of);
        let last = pairs.last().expect("some pairs");
        assert_eq!(
            pairs.len(),
            count,
            "{}: some pair is missing; last is {last:?}",
            twin.of
        );
    }
}

#[test]
fn a_twin_has_the_knobs_of_its_scenario() {
    if !is_installed("python3", "python3") {
        return;
    }
    for program in PROGRAMS {
        let help = python(&file_of(twin_of(program.name)))
            .arg("--help")
            .output();
        let help = String::from_utf8(help.expect("python3 runs").stdout).expect("text");
        for knob in program.knobs {
            let words = match knob.range {
                Range::Number { .. } => format!("--{} {}", knob.name, knob.name.to_uppercase()),
                Range::Switch => format!("--{}", knob.name),
                Range::Word(words) => format!("--{} {{{}}}", knob.name, words.join(",")),
            };
            assert!(help.contains(&words), "{}: {words} in {help}", program.name);
        }
    }
}
