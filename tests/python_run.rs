//! `mpviz run` of Python programs: how they are started, what they read and print into, how they
//! end, and the private directory that the shim stands in.

mod common;

use common::pty::Pty;
use common::tag::{Tag, send};
use common::{Ran, is_installed, left_out, mpviz, read};
use mpviz::event::words::{Class, End, Operation, Stream};
use mpviz::event::{ActorId, Kind};
use nix::sys::signal::Signal;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Returns mpviz with arguments, and nothing of the environment that changes what Python does.
fn clean(arguments: &[&str]) -> Command {
    let mut command = mpviz(arguments);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    command
}

fn is_python_missing() -> bool {
    !is_installed("python3", "python3")
}

/// Runs a program with these options, a text on its stdin, and reads the trace.
#[track_caller]
fn ran(options: &[&str], program: &[&str], stdin: &str) -> Ran {
    let arguments = [&["run", "--json"], options, program].concat();
    let mut command = clean(&arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    let mut child = command.spawn().expect("mpviz runs");
    let mut to = child.stdin.take().expect("it is piped");
    // It may have ended without reading.
    let _ = to.write_all(stdin.as_bytes());
    drop(to);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    read(&output)
}

/// Runs a piece of Python.
#[track_caller]
fn python(options: &[&str], code: &str) -> Ran {
    ran(options, &["--", "python3", "-c", code], "")
}

/// Returns what was printed into a stream.
fn printed(ran: &Ran, of: Stream) -> String {
    let text = |event: &mpviz::event::Event| match &event.kind {
        Kind::Output { text, stream, .. } if *stream == of => Some(text.to_string()),
        _ => None,
    };
    ran.events.iter().filter_map(text).collect()
}

#[track_caller]
fn refused(arguments: &[&str], status: i32, says: &[&str]) {
    let ran = clean(arguments).output().expect("mpviz runs");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(status), "{arguments:?}: {said}");
    for part in says {
        assert!(said.contains(part), "{part} in {said}");
    }
}

/// Writes an executable file.
fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("it is written");
    let mode = PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("it is ours");
    path.display().to_string()
}

const TERMINALS: &str = "\
import os, sys
print(sys.stdout.isatty(), sys.stderr.isatty())
if sys.stdout.isatty():
    print(*os.get_terminal_size(1))
print('to stderr', file=sys.stderr)
sys.stdout.write('no end')
";

#[test]
fn it_prints_into_what_is_chosen_and_nothing_of_it_changes() {
    if is_python_missing() {
        return;
    }
    for (options, expected) in [
        // What the test captures is no terminal.
        (&[][..], "False False\nno end"),
        (&["--pipe"], "False False\nno end"),
        (&["--pty"], "True True\n80 24\nno end"),
    ] {
        let ran = python(options, TERMINALS);
        assert_eq!(printed(&ran, Stream::Stdout), expected, "{options:?}");
        assert_eq!(printed(&ran, Stream::Stderr), "to stderr\n", "{options:?}");
        assert_eq!(ran.status, Some(0));
    }
}

#[test]
fn what_comes_late_and_in_mass_is_whole_on_a_terminal() {
    if is_python_missing() {
        return;
    }
    // A child prints after its parent has ended; and more than a terminal holds comes at once.
    let code = "import os\n\
                r, w = os.pipe()\n\
                if os.fork(): os._exit(3)\n\
                os.close(w)\n\
                os.read(r, 1)\n\
                print('\\n'.join(str(n) for n in range(20000)))\n";
    let ran = python(&["--pty"], code);
    let expected: String = (0..20000).map(|n| format!("{n}\n")).collect();
    assert!(printed(&ran, Stream::Stdout) == expected);
    assert_eq!(ran.status, Some(3));
}

#[test]
fn on_the_screen_lines_come_when_they_are_printed() {
    if is_python_missing() {
        return;
    }
    // Into a pipe Python would keep it back.
    let code = "print('here', 'it', 'is'); import time; time.sleep(600)";
    let pty = Pty::start((120, 36), &["run", "--", "python3", "-c", code]);
    pty.until_header(&["python3", "● live"]);
    pty.until_text("here it is");
    pty.quit();
}

#[test]
fn on_the_screen_it_reads_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("input");
    std::fs::write(&file, "from the file\n").expect("it is written");
    let file = file.to_str().expect("it is UTF-8");
    let mut pty = Pty::start((120, 36), &["run", "--stdin", file, "--", "cat"]);
    pty.until_header(&["cat", "■ ended"]);
    pty.until_text("from the file");
    pty.press("q");
    assert_eq!(pty.end(), 0);
    let text = ran(&["--stdin", file], &["--", "cat"], "not this");
    assert_eq!(printed(&text, Stream::Stdout), "from the file\n");
    let missing = ["run", "--plain", "--stdin", "/no/such", "--", "cat"];
    refused(&missing, 1, &["cannot open `/no/such`"]);
}

#[test]
fn a_module_is_run_with_all_that_follows() {
    if is_python_missing() {
        return;
    }
    let module = ["-m", "json.tool", "--compact", "-"];
    let ran = ran(&[], &module, "{\"a\": 1}");
    assert_eq!(printed(&ran, Stream::Stdout).trim_end(), "{\"a\":1}");
    assert_eq!(ran.status, Some(0));
    let argv = ran.events.iter().find_map(|event| match &event.kind {
        Kind::ProcessExec { argv } => Some(argv.join(" ")),
        _ => None,
    });
    assert_eq!(argv.as_deref(), Some("python3 -m json.tool --compact -"));
}

#[test]
fn a_status_is_passed_on_by_all_that_run_it() {
    if is_python_missing() {
        return;
    }
    for (code, status) in [
        ("raise SystemExit(7)", 7),
        ("import os; os.kill(os.getpid(), 15)", 128 + 15),
        ("0", 0),
    ] {
        let program = ["--", "python3", "-c", code];
        for options in [
            &["run", "--plain"][..],
            &["run", "--json"],
            &["run", "--json", "--pty"],
        ] {
            let arguments = [options, &program].concat();
            let status_of = |ran: Output| ran.status.code();
            let ran = status_of(clean(&arguments).output().expect("mpviz runs"));
            assert_eq!(ran, Some(status), "{arguments:?}");
        }
    }
}

#[test]
fn scripts_run_and_what_cannot_says_why() {
    if is_python_missing() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = "#!/usr/bin/env python3\nimport sys\nprint(sys.argv[1])\n";
    let good = script(folder.path(), "good.py", text);
    let ran = ran(&[], &["--", &good, "an argument"], "");
    assert_eq!(printed(&ran, Stream::Stdout), "an argument\n");
    let run = ["run", "--plain", "--"];
    let check = |program: &str, status, says: &[&str]| {
        refused(&[&run[..], &[program]].concat(), status, says);
        let record = ["record", "-o", "/dev/null/x.mpt", "--", program];
        refused(&record, status, says);
    };
    let missing = script(folder.path(), "missing.py", "#!/no/such/python3 -u\n");
    check(
        &missing,
        127,
        &[&missing, "`/no/such/python3`", "No such file"],
    );
    let windows = script(folder.path(), "windows.py", "#!/bin/sh\r\n");
    check(&windows, 127, &[&windows, "CR LF"]);
    let plain = folder.path().join("plain.py").display().to_string();
    std::fs::write(&plain, "print()\n").expect("it is written");
    check(
        &plain,
        126,
        &[
            &plain,
            "ermission denied",
            &format!("`mpviz run -- python3 {plain}`"),
        ],
    );
    check("/no/such/program.py", 127, &["`/no/such/program.py`"]);
    check("no-such-program", 127, &["`no-such-program`"]);
}

/// A program that is told on a terminal, whose lines are read while it runs.
struct Told {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    tag: Tag,
}

impl Told {
    fn start(code: &str) -> Told {
        let tag = Tag::new();
        let (name, value) = tag.variable();
        let mut command = clean(&["run", "--plain", "--", "python3", "-u", "-c", code]);
        command.env(name, value).stdout(Stdio::piped());
        let mut child = command.spawn().expect("mpviz runs");
        let stdout = child.stdout.take().expect("it is piped");
        let lines = BufReader::new(stdout).lines();
        Told { child, lines, tag }
    }

    /// Waits for a line that ends with a text; returns it.
    #[track_caller]
    fn until(&mut self, end: &str) -> String {
        let mut lines = self.lines.by_ref().map(|line| line.expect("it is text"));
        let line = lines.find(|line| line.trim_end_matches('"').ends_with(end));
        line.unwrap_or_else(|| panic!("`{end}` does not come"))
    }

    fn end(mut self) -> Option<i32> {
        self.lines.by_ref().for_each(drop);
        let status = self.child.wait().expect("it ends").code();
        self.tag.nothing_is_left();
        status
    }
}

const CATCHING: &str = "\
import time
try:
    print('is', 'ready')
    time.sleep(600)
except KeyboardInterrupt:
    print('was', 'caught')
    raise SystemExit(7)
";

#[test]
fn a_key_interrupts_the_program_on_a_terminal() {
    if is_python_missing() {
        return;
    }
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let argv = [mpviz, "run", "--plain", "--", "python3", "-c", CATCHING];
    let mut pty = Pty::command((120, 36), &argv, &[]);
    // It is on a terminal too, and flushes each line.
    pty.until_text("is ready");
    pty.send(b"\x03");
    pty.until_text("was caught");
    assert_eq!(pty.end(), 7);
    pty.nothing_is_left();
}

#[test]
fn the_first_interrupt_is_the_programs_and_the_second_ends_it() {
    if is_python_missing() {
        return;
    }
    let mut told = Told::start(CATCHING);
    told.until("is ready");
    send(told.child.id(), Signal::SIGINT);
    told.until("was caught");
    assert_eq!(told.end(), Some(7));

    let mut told = Told::start("import time; print('is', 'ready'); time.sleep(600)");
    told.until("is ready");
    send(told.child.id(), Signal::SIGINT);
    assert_eq!(told.end(), Some(128 + 2));

    let stubborn = "\
import signal, time
def handler(*_):
    print('it', 'stays')
signal.signal(signal.SIGINT, handler)
print('is', 'ready')
while True:
    time.sleep(600)
";
    for (second, status) in [(Signal::SIGINT, 128 + 2), (Signal::SIGTERM, 128 + 15)] {
        let mut told = Told::start(stubborn);
        told.until("is ready");
        send(told.child.id(), Signal::SIGINT);
        told.until("it stays");
        send(told.child.id(), second);
        // How it ended is told, too.
        let lines = told.lines.by_ref().map(|line| line.expect("it is text"));
        let last = lines.last().unwrap_or_default();
        assert!(last.contains("The run took"), "{last}");
        assert_eq!(told.end(), Some(status));
    }
}

/// Returns the shim's folder from what stands first on a search path.
fn first(path: &str) -> PathBuf {
    PathBuf::from(
        path.trim_end()
            .split(':')
            .next()
            .expect("a split has a first"),
    )
}

#[test]
fn the_shim_stands_first_for_whatever_is_run_and_goes() {
    if is_python_missing() {
        return;
    }
    let code = "import os, stat\n\
                home = os.path.dirname(os.environ['PYTHONPATH'].split(':')[0])\n\
                print(os.environ['PYTHONPATH'])\n\
                print(oct(stat.S_IMODE(os.stat(home).st_mode)), sorted(os.listdir(home)))\n\
                print(open(home + '/options').read())\n";
    let arguments = [
        "run",
        "--json",
        "--values",
        "--",
        "sh",
        "-c",
        "exec \"$@\"",
        "x",
    ];
    let arguments = [&arguments[..], &["python3", "-c", code]].concat();
    let output = clean(&arguments).env("PYTHONPATH", "/a:/b").output();
    let told = printed(&read(&output.expect("mpviz runs")), Stream::Stdout);
    let [path, home, options] = told.lines().collect::<Vec<_>>()[..] else {
        panic!("{told}");
    };
    assert!(path.ends_with("/shim:/a:/b"), "{path}");
    assert!(home.starts_with("0o700 ["), "{home}");
    for name in ["'lock'", "'options'", "'rings'", "'shim'"] {
        assert!(home.contains(name), "{home}");
    }
    assert_eq!(options, "{\"values\":true}");
    assert!(!first(path).exists(), "it is gone after the run");
}

#[test]
fn nothing_else_of_the_environment_is_changed() {
    if is_python_missing() {
        return;
    }
    let code = "import json, os; print(json.dumps(dict(os.environ)))";
    let run = |arguments: &[&str]| {
        let mut command = clean(arguments);
        command.env("MPVIZ_TEST_ODD", "a=b:c d");
        command
    };
    let output = run(&["run", "--json", "--", "python3", "-c", code]).output();
    let traced = printed(&read(&output.expect("mpviz runs")), Stream::Stdout);
    let mut bare = Command::new("python3");
    bare.args(["-c", code]).env_clear();
    let mut kept: std::collections::BTreeMap<_, _> = std::env::vars_os().collect();
    for (name, value) in run(&[]).get_envs() {
        match value {
            Some(value) => kept.insert(name.to_owned(), value.to_owned()),
            None => kept.remove(name),
        };
    }
    let output = bare.envs(kept).output().expect("python3 runs");
    let bare = String::from_utf8(output.stdout).expect("text");
    let read = |text: &str| -> std::collections::BTreeMap<String, String> {
        serde_json::from_str(text.trim_end()).expect("JSON")
    };
    let (mut traced, bare) = (read(&traced), read(&bare));
    for name in ["PYTHONPATH", "MPVIZ_STAGE"] {
        assert!(traced.remove(name).is_some(), "{name}");
    }
    assert_eq!(traced, bare);
}

/// Who is killed while a program runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Killed {
    Viewer,
    Supervisor,
    Both,
}

#[test]
fn whoever_is_killed_the_directory_goes() {
    if is_python_missing() {
        return;
    }
    let code = "import os, time\n\
                print(os.environ['PYTHONPATH'].split(':')[0], 'is it')\n\
                time.sleep(600)\n";
    for whom in [Killed::Viewer, Killed::Supervisor, Killed::Both] {
        let mut told = Told::start(code);
        let line = told.until(" is it");
        let at = line.find('/').expect("a path");
        let shim = first(line[at..].split(' ').next().expect("a word"));
        assert!(shim.is_dir(), "{whom:?}: {line}");
        let supervisor = told.tag.named("mpviz-super").expect("it lives");
        if whom != Killed::Viewer {
            send(supervisor, Signal::SIGKILL);
        }
        if whom != Killed::Supervisor {
            send(told.child.id(), Signal::SIGKILL);
        }
        told.end();
        if whom == Killed::Both {
            // The next one sweeps.
            python(&[], "0");
        }
        let home = shim.parent().expect("it has one");
        let mut looks = 0;
        while home.exists() {
            looks += 1;
            assert!(looks < 1000, "{whom:?}: {} stays", home.display());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What has a name in the system is removed by Python's resource tracker, once it is alone.
#[test]
fn an_ended_program_leaves_no_semaphore_and_no_shared_memory() {
    if is_python_missing() {
        return;
    }
    let code = "import multiprocessing as mp, time\n\
                from multiprocessing.shared_memory import SharedMemory\n\
                lock = mp.get_context('spawn').Lock()\n\
                memory = SharedMemory(create=True, size=9)\n\
                print('sem.' + lock._semlock.name.strip('/'), memory.name, 'are it')\n\
                time.sleep(600)\n";
    for is_stopped in [false, true] {
        let mut told = Told::start(code);
        let line = told.until(" are it");
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.len() - 4;
        let names = words[at..at + 2]
            .iter()
            .map(|name| name.trim_matches(['"', '/']));
        let files: Vec<_> = names.map(|name| Path::new("/dev/shm").join(name)).collect();
        for file in &files {
            assert!(file.exists(), "{}: {line}", file.display());
        }
        if is_stopped {
            let is_tracker = |pid: &u32| {
                let words = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
                words.is_ok_and(|words| words.contains("resource_tracker import main"))
            };
            let tracker = told.tag.living().into_iter().find(is_tracker);
            send(tracker.expect("it lives"), Signal::SIGSTOP);
        }
        send(told.child.id(), Signal::SIGTERM);
        assert_eq!(told.end(), Some(128 + 15));
        for file in &files {
            assert!(!file.exists(), "{} is left: {line}", file.display());
        }
    }
}

/// A tracker that takes its time, and a program that waits, which must not look like one itself.
const SLOW_TRACKER: &str = r#"
import subprocess, sys, tempfile, time
name = tempfile.mkstemp()[1]
tracker = """if True:
    # TRACKER
    import os, sys, time
    sys.stdin.read()
    time.sleep(1.5)
    os.unlink(sys.argv[1])
""".replace('TRACKER', 'from multiprocessing.resource_''tracker import main')
process = subprocess.Popen([sys.executable, '-c', tracker, name], stdin=subprocess.PIPE)
print(name, 'is it')
time.sleep(600)
"#;

#[test]
fn a_tracker_that_takes_its_time_is_waited_for() {
    if is_python_missing() {
        return;
    }
    let mut told = Told::start(SLOW_TRACKER);
    let line = told.until(" is it");
    let words: Vec<&str> = line.split_whitespace().collect();
    let name = words[words.len() - 3].trim_matches('"').to_owned();
    assert!(Path::new(&name).exists(), "{name}: {line}");
    send(told.child.id(), Signal::SIGTERM);
    assert_eq!(told.end(), Some(128 + 15));
    assert!(!Path::new(&name).exists(), "{name} is left: {line}");
}

#[test]
fn a_twin_runs_as_real_python_in_the_place_of_the_scenario() {
    if is_python_missing() {
        return;
    }
    let arguments = [
        "pool",
        "--python",
        "--workers",
        "2",
        "--tasks",
        "1",
        "--json",
    ];
    let output = clean(&arguments).output().expect("mpviz runs");
    let ran = read(&output);
    assert_eq!(ran.status, Some(0));
    let run = ran.history.run();
    assert_eq!(run.program, "pool");
    assert!(run.title.contains("Python"), "{}", run.title);
    let knobs: Vec<_> = run.knobs.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(knobs, ["tasks=1", "workers=2", "python=yes"]);
    let source = &ran.history.sources()[0];
    assert!(source.path.ends_with("/pool.py"), "{}", source.path);
    assert!(source.text.contains("p.apply_async(run_task, (i,))"));
    let said = printed(&ran, Stream::Stdout);
    assert!(said.contains("All subprocesses done."), "{said}");
    assert_eq!(said.matches("is running...").count(), 1, "{said}");

    let with_import = ["call", "--python", "--program", "stand-in", "--json"];
    let ran = read(&clean(&with_import).output().expect("mpviz runs"));
    let said = printed(&ran, Stream::Stdout);
    assert!(said.contains("Exit code: 0"), "{said}");
}

#[test]
fn a_twin_needs_python_and_has_neither_seed_nor_pace() {
    refused(
        &["pool", "--python", "--pace", "2", "--plain"],
        2,
        &["--pace"],
    );
    refused(
        &["pool", "--python", "--seed", "2", "--plain"],
        2,
        &["--seed"],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = clean(&["pool", "--python", "--plain"]);
    let ran = command
        .env("PATH", folder.path())
        .output()
        .expect("mpviz runs");
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(127), "{said}");
    assert!(said.contains("cannot run `python3`"), "{said}");
    assert!(said.contains("hint: `--python` runs"), "{said}");
}

#[test]
fn a_twin_is_picked_by_keyboard() {
    if is_python_missing() {
        return;
    }
    let mut pty = Pty::start((120, 36), &[]);
    pty.until_text("─ fork ─");
    pty.press("/ two-locks Enter");
    pty.until_text("─ two-locks ─");
    pty.press("Tab Right");
    pty.until_knob("fixed", "yes");
    pty.press("Down");
    pty.press("Right");
    pty.until_knob("python", "yes");
    pty.press("Enter");
    pty.until_header(&["two-locks", "Python", "■ ended"]);
    pty.until_text("Both have");
    // Beside it comes ours.
    pty.press("=");
    pty.until("two runs that have ended", |screen| {
        screen.lines().take(2).all(|row| row.contains("■ exit 0"))
    });
    pty.quit();
}

/// Runs mpviz where shared memory is mounted as `options` say, without the user's other places.
fn with_memory(options: &str, places: &str, arguments: &[&str]) -> Output {
    let mount = format!("mount -t tmpfs -o {options} tmpfs /dev/shm && unset XDG_RUNTIME_DIR && ");
    let line = format!("{mount} TMPDIR={places} exec \"$@\"");
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        &line,
        "sh",
    ]);
    command.args(arguments);
    for (name, value) in clean(&[]).get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.output().expect("unshare runs")
}

#[test]
fn without_a_place_the_program_runs_all_the_same() {
    if is_python_missing() {
        return;
    }
    if !with_memory("size=1m", "/tmp", &["true"]).status.success() {
        left_out("this machine lets nobody mount in a namespace of its own (unshare)");
        return;
    }
    let code = "import os; print(os.environ.get('PYTHONPATH')); raise SystemExit(3)";
    let mpviz = env!("CARGO_BIN_EXE_mpviz");
    let run = [mpviz, "run", "--json", "--", "python3", "-c", code];
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().to_str().expect("it is UTF-8");
    for options in ["size=16k", "ro", "nr_inodes=2"] {
        let output = with_memory(options, other, &run);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{options}");
        let ran = read(&output);
        let path = printed(&ran, Stream::Stdout);
        assert!(path.starts_with(other), "{options}: {path}");
        assert_eq!(ran.status, Some(3));
        assert!(!first(&path).exists());
    }
    let output = with_memory("ro", "/no/such/folder", &run);
    let said = String::from_utf8_lossy(&output.stderr);
    let says = "mpviz: messages of Python are not visible: cannot make a private directory in `/";
    assert!(said.starts_with(says), "{said}");
    let ran = read(&output);
    assert_eq!(printed(&ran, Stream::Stdout), "None\n");
    assert_eq!(ran.status, Some(3));
}

#[test]
fn helpers_of_multiprocessing_are_no_finding() {
    if is_python_missing() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = "import multiprocessing as mp, sys\n\
                def work(q): q.put(mp.current_process().name)\n\
                if __name__ == '__main__':\n\
                \x20   mp.set_start_method(sys.argv[1])\n\
                \x20   q = mp.Queue()\n\
                \x20   p = mp.Process(target=work, args=(q,), name='child')\n\
                \x20   p.start()\n\
                \x20   print(q.get())\n\
                \x20   p.join()\n";
    let program = folder.path().join("program.py").display().to_string();
    std::fs::write(&program, text).expect("it is written");
    for (method, helpers) in [
        ("fork", &[][..]),
        ("spawn", &["resource tracker"]),
        ("forkserver", &["resource tracker", "forkserver"]),
    ] {
        let ran = ran(&[], &["--", "python3", &program, method], "");
        assert_eq!(ran.status, Some(0), "{method}");
        assert_eq!(printed(&ran, Stream::Stdout), "child\n", "{method}");
        let findings = ran.history.findings();
        assert!(findings.is_empty(), "{method}: {findings:?}");
        for helper in helpers {
            assert!(ran.process(helper).daemon, "{method}");
        }
        assert_eq!(ran.process("child").parent, Some(ActorId(1)), "{method}");
    }
}

#[test]
fn things_are_called_as_the_program_calls_them() {
    if is_python_missing() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = "import multiprocessing as mp\n\
                class Boss:\n\
                \x20   def __init__(self):\n\
                \x20       self.results = mp.Queue()\n\
                \x20       self.locks = [mp.Lock() for _ in range(2)]\n\
                def extract(jobs, results, lock):\n\
                \x20   for job in iter(jobs.get, None):\n\
                \x20       with lock: results.put(job)\n\
                def main():\n\
                \x20   boss, jobs = Boss(), mp.Queue(maxsize=3)\n\
                \x20   here, there = mp.Pipe()\n\
                \x20   p = mp.Process(target=extract, args=(jobs, boss.results, boss.locks[1]))\n\
                \x20   p.start()\n\
                \x20   for job in (1, 2, None): jobs.put(job)\n\
                \x20   for _ in range(2): boss.results.get()\n\
                \x20   p.join()\n\
                if __name__ == '__main__': main()\n";
    let program = folder.path().join("crunch.py").display().to_string();
    std::fs::write(&program, text).expect("it is written");
    let ran = ran(&[], &["--", "python3", "-u", &program], "");
    let history = &ran.history;
    assert_eq!(history.run().program, "crunch");
    let own = history
        .objects()
        .iter()
        .filter(|object| object.part_of.is_none() && object.class != Class::Pipe);
    let mut names: Vec<&str> = own.map(|object| history.name_of(object.id)).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["here/there", "jobs", "locks[0]", "locks[1]", "results"]
    );
    let functions: Vec<_> = history
        .actors()
        .filter_map(|actor| actor.function.as_deref())
        .collect();
    assert_eq!(functions, ["extract"]);
    // What went through all queues is told.
    let told = mpviz::view::words::caption(history, None, history.now());
    let words = format!("{} {}", told.why, told.next);
    for part in [
        "2 items went through results",
        "3 through jobs",
        "all arrived",
    ] {
        assert!(words.contains(part), "no `{part}` in {words}");
    }
}

#[test]
fn tasks_are_called_as_their_functions_are() {
    if is_python_missing() {
        return;
    }
    let program = "import functools, multiprocessing as mp\n\
                   @functools.lru_cache\n\
                   def cached(x): return x\n\
                   class Wrapper:\n\
                   \x20   def __init__(self, function): functools.update_wrapper(self, function)\n\
                   \x20   def __call__(self, *values): return 0\n\
                   class Odd:\n\
                   \x20   def __getattr__(self, name): raise AttributeError(name)\n\
                   \x20   def __call__(self, *values): return 0\n\
                   def plain(x): return x\n\
                   kinds = [cached, Wrapper(plain), Odd(), plain, functools.partial(plain), str.upper, max]\n\
                   with mp.get_context('fork').Pool(1) as pool:\n\
                   \x20   for kind in kinds: pool.apply(kind, ('ab',))\n\
                   \x20   list(pool.imap(str.lower, ['A']))\n";
    let ran = python(&[], program);
    let functions: Vec<&str> = ran
        .history
        .tasks()
        .iter()
        .map(|task| &*task.function)
        .collect();
    let expected = [
        "cached",
        "plain",
        "Odd",
        "plain",
        "plain",
        "str.upper",
        "max",
        "str.lower",
    ];
    assert_eq!(functions, expected);
}

#[test]
fn a_hidden_python_that_a_python_starts_is_looked_at_as_others_are() {
    if is_python_missing() {
        return;
    }
    let hidden = "import os, time\n\
                  r, w = os.pipe()\n\
                  if os.fork() == 0:\n\
                  \x20   os.close(w)\n\
                  \x20   os.read(r, 1)\n\
                  \x20   os._exit(0)\n\
                  os.close(r)\n\
                  time.sleep(2)\n\
                  os.write(w, b'x')\n\
                  os.wait()\n";
    let program =
        format!("import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', {hidden:?}])");
    let ran = python(&[], &program);
    let history = &ran.history;
    let is_hidden = |actor: &&mpviz::history::Actor| actor.hidden_at(history.now()).is_some();
    let hidden = history.actors().find(is_hidden).expect("it says nothing");
    let is_its = |pipe: &&mpviz::history::Object| {
        let ever = history.holders_ever(pipe.id);
        pipe.is_found() && ever.contains(&(hidden.id, End::Write))
    };
    let pipe = history.objects().iter().find(is_its);
    let pipe = pipe.expect("its pipe is found");
    let child = history.children_of(hidden.id).first().expect("its child");
    let waits = |event: &mpviz::event::Event| {
        event.actor == *child
            && matches!(event.kind, Kind::Blocked { object, .. } if object == Some(pipe.id))
    };
    assert!(ran.events.iter().any(waits), "its child waits for it");
}

/// Its numbers mean other processes here: none of them is taken for another.
#[test]
fn a_python_in_a_pid_namespace_of_its_own_is_hidden_and_changes_nobody() {
    if is_python_missing() {
        return;
    }
    let unshare = ["--", "unshare", "-pf", "--mount-proc"];
    if ran(&[], &[&unshare[..], &["true"]].concat(), "").status != Some(0) {
        common::left_out("no pid namespace can be made here");
        return;
    }
    let program = "import multiprocessing as mp, time\n\
                   q = mp.Queue()\n\
                   p = mp.Process(target=q.put, args=(1,))\n\
                   p.start()\n\
                   print(q.get())\n\
                   p.join()\n\
                   time.sleep(1)\n";
    let python = [&unshare[..], &["python3", "-c", program]].concat();
    let ran = ran(&[], &python, "");
    assert_eq!(ran.status, Some(0));
    assert_eq!(printed(&ran, Stream::Stdout), "1\n");
    let history = &ran.history;
    let hidden = history
        .actors()
        .find_map(|actor| actor.hidden_at(history.now()));
    let why = hidden.expect("it says nothing");
    assert!(
        format!("{why:?}").contains("a pid namespace of its own"),
        "{why:?}"
    );
    assert!(history.messages().is_empty());
    let gone =
        |actor: &&mpviz::history::Actor| actor.id != ActorId::MPVIZ && actor.exited.is_none();
    assert_eq!(
        history
            .actors()
            .filter(|actor| actor.is_process())
            .find(gone)
            .map(|a| a.id),
        None
    );
}

#[test]
fn waits_and_signals_of_os_are_told() {
    if is_python_missing() {
        return;
    }
    // The child lives on for a while when it is told to end, so that it is waited for.
    let program = "import os, signal, time\n\
                   def ends(*_):\n\
                   \x20   time.sleep(0.2)\n\
                   \x20   signal.signal(signal.SIGUSR1, signal.SIG_DFL)\n\
                   \x20   os.kill(os.getpid(), signal.SIGUSR1)\n\
                   os.system('sleep 0.1; exit 3')\n\
                   r, w = os.pipe()\n\
                   pid = os.fork()\n\
                   if pid == 0:\n\
                   \x20   os.setpgid(0, 0)\n\
                   \x20   signal.signal(signal.SIGUSR1, ends)\n\
                   \x20   os.write(w, b'x')\n\
                   \x20   time.sleep(600)\n\
                   os.read(r, 1)\n\
                   os.killpg(pid, signal.SIGUSR1)\n\
                   os.waitid(os.P_PID, pid, os.WEXITED)\n\
                   try: os.waitpid(pid, 0)\n\
                   except ChildProcessError: print('gone')\n";
    let ran = python(&[], program);
    assert_eq!(ran.status, Some(0));
    assert!(printed(&ran, Stream::Stdout).ends_with("gone\n"));
    let waits_for = |whom: Option<ActorId>| {
        ran.events.iter().any(|event| {
            let wait = Operation::Wait;
            let is_it = matches!(event.kind, Kind::Blocked { operation, on, .. } if operation == wait && on == whom);
            event.actor == ActorId(1) && is_it
        })
    };
    assert!(waits_for(None), "for the shell, whoever that is");
    assert!(waits_for(Some(ran.process("child").id)));
    let child = ran.process("child");
    assert!(
        child
            .signals
            .iter()
            .any(|sent| sent.number == 10 && sent.from == ActorId(1))
    );
    assert_eq!(child.exited.and_then(|exit| exit.code), Some(-10));
    assert_eq!(child.reaped.map(|(_, by)| by), Some(ActorId(1)));
}

#[test]
fn a_program_that_comes_by_a_pipe_runs_to_its_end() {
    if is_python_missing() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pipe");
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a pipe");
    let pipe = path.display().to_string();
    // What it makes is called as its line says, which can't be read a second time.
    let program = "import multiprocessing as mp\nlock = mp.Lock()\nwith lock: print('done')\n";
    let tag = Tag::new();
    let (name, word) = tag.variable();
    let mut command = clean(&["run", "--json", "--", "python3", &pipe]);
    let child = command.env(name, word).stdout(Stdio::piped()).spawn();
    let child = child.expect("mpviz runs");
    let (to, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || to.send(child.wait_with_output()));
    // It waits for whoever reads.
    std::thread::spawn(move || std::fs::write(&path, program));
    let output = ended.recv_timeout(Duration::from_secs(60));
    let ran = read(&output.expect("it ends").expect("its output"));
    assert_eq!(printed(&ran, Stream::Stdout), "done\n");
    let is_lock = |object: &&mpviz::history::Object| object.class == Class::Lock;
    assert_eq!(ran.history.objects().iter().filter(is_lock).count(), 1);
}
