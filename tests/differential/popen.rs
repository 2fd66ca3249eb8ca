//! `subprocess`: codes, streams, timeouts, and what can't be started.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::subprocess::{
    DEVNULL, PIPE, Popen, Program, STDOUT, call, check_call, check_output, run, text,
};
use mpviz::runtime::{Error, Process, Result};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(call_codes),
    case!(missing_programs),
    case!(not_a_program),
    case!(missing_error_names_it),
    case!(wrong_folders),
    case!(zero_bytes),
    case!(arguments_as_given),
    case!(check_call_codes),
    case!(check_output_of_failure),
    case!(check_output_merged),
    case!(check_output_input),
    case!(run_captures),
    case!(run_check),
    case!(run_clashes),
    case!(run_timeout_kills),
    case!(call_timeout_kills),
    case!(texts),
    case!(communicate_three_streams),
    case!(communicate_again),
    case!(communicate_timeout_loses_nothing),
    case!(communicate_huge),
    case!(communicate_unwanted_input),
    case!(communicate_without_pipes),
    case!(wait_and_full_pipe),
    case!(wait_timeouts),
    case!(signals),
    case!(ignored_sigterm),
    case!(environments),
    case!(folders),
    case!(sessions),
    case!(redirected_to_files),
    case!(pipeline),
    case!(pipeline_without_reader),
    case!(streams_by_hand),
    case!(inherited_stdout),
    case!(polls),
    case!(in_a_child),
    case!(closes_everything),
    case!(output_of_a_grandchild),
];

fn sh(script: &str) -> Program {
    Program::new(["sh", "-c", script])
}

fn string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("a text")
}

fn maybe(bytes: &Option<Vec<u8>>) -> Option<String> {
    bytes.clone().map(string)
}

/// An output that CPython has as `None` where it was not piped.
fn or_none(bytes: Vec<u8>) -> Option<String> {
    Some(string(bytes)).filter(|text| !text.is_empty())
}

fn call_codes() -> Result<()> {
    for n in [0, 1, 3, 255, 256] {
        attempt(&format!("exit {n}"), call(sh(&format!("exit {n}"))));
    }
    for (name, number) in [("TERM", 15), ("KILL", 9), ("INT", 2), ("40", 40)] {
        attempt(
            &format!("signal {number}"),
            call(sh(&format!("kill -{name} $$"))),
        );
    }
    Ok(())
}

fn missing_programs() -> Result<()> {
    attempt("no such name", call(["no-such-program-here"]));
    attempt("no such path", call(["/no/such/program"]));
    attempt("empty name", call([""]));
    attempt("a folder", call(["/tmp"]));
    attempt("not executable", call(["/etc/passwd"]));
    attempt("through a file", call(["/etc/passwd/x"]));
    Ok(())
}

fn not_a_program() -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("words");
    executable(&path, "echo hello\n");
    attempt("no interpreter named", call(Program::new([path])));
    Ok(())
}

fn executable(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).expect("a file");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, mode).expect("a mode");
}

fn missing_error_names_it() -> Result<()> {
    for argv in [&["no-such-program-here", "x"][..], &["/no/such/program"]] {
        let error = call(Program::new(argv)).expect_err("it is missing");
        say("names it", &error.to_string().contains(argv[0]));
    }
    Ok(())
}

fn wrong_folders() -> Result<()> {
    for folder in ["/no/such/folder", "/etc/passwd"] {
        attempt(folder, call(Program::new(["true"]).cwd(folder)));
        let error = call(Program::new(["true"]).cwd(folder)).expect_err("it is wrong");
        say("names it", &error.to_string().contains(folder));
    }
    let both = Program::new(["no-such-program-here"]).cwd("/no/such/folder");
    attempt("both wrong", call(both));
    Ok(())
}

fn zero_bytes() -> Result<()> {
    attempt("in an argument", call(["echo", "a\0b"]));
    attempt("in the name", call(["ec\0ho"]));
    attempt(
        "in a value",
        call(Program::new(["true"]).env([("A", "b\0")])),
    );
    attempt(
        "equals in a name",
        call(Program::new(["true"]).env([("A=", "b")])),
    );
    Ok(())
}

fn arguments_as_given() -> Result<()> {
    let argv = ["printf", "<%s>", "a b", "", "$HOME", "*", "'\"", "ü", "-n"];
    attempt("output", check_output(argv).map(string));
    Ok(())
}

fn check_call_codes() -> Result<()> {
    attempt("0", check_call(["true"]));
    attempt("1", check_call(["false"]));
    attempt("signal", check_call(sh("kill -9 $$")));
    if let Err(Error::CalledProcess(of)) = check_call(sh("exit 7")) {
        say("returncode", &of.returncode);
        say("cmd", &of.args);
        say("output", &of.stdout);
    }
    Ok(())
}

fn check_output_of_failure() -> Result<()> {
    let failing = sh("echo out; echo err >&2; exit 2").stderr(DEVNULL);
    if let Err(Error::CalledProcess(of)) = check_output(failing) {
        say("returncode", &of.returncode);
        say("output", &maybe(&of.stdout));
        say("stderr", &maybe(&of.stderr));
    }
    Ok(())
}

fn check_output_merged() -> Result<()> {
    let out = check_output(sh("echo a; echo b >&2; echo c").stderr(STDOUT))?;
    say("output", &string(out));
    Ok(())
}

fn check_output_input() -> Result<()> {
    attempt(
        "cat",
        check_output(Program::new(["cat"]).input("x\ny")).map(string),
    );
    let given = check_output(Program::new(["true"]).stdout(PIPE));
    attempt("stdout given", given.map(string));
    Ok(())
}

fn run_captures() -> Result<()> {
    let done = run(sh("printf out; printf err >&2; exit 4").capture_output())?;
    say("returncode", &done.returncode);
    say("stdout", &maybe(&done.stdout));
    say("stderr", &maybe(&done.stderr));
    let done = run(["true"])?;
    say("none", &(done.returncode, &done.stdout, &done.stderr));
    Ok(())
}

fn run_check() -> Result<()> {
    let code = |program: &str| run(Program::new([program]).check()).map(|done| done.returncode);
    attempt("0", code("true"));
    attempt("1", code("false"));
    attempt("later", run(["false"])?.check_returncode());
    attempt("later, 0", run(["true"])?.check_returncode());
    Ok(())
}

fn run_clashes() -> Result<()> {
    let none = |result: Result<_>| result.map(|_: mpviz::runtime::subprocess::CompletedProcess| ());
    let program = || Program::new(["true"]);
    attempt(
        "input and stdin",
        none(run(program().stdin(PIPE).input(""))),
    );
    attempt(
        "captured and stdout",
        none(run(program().stdout(PIPE).capture_output())),
    );
    attempt(
        "captured and stderr",
        none(run(program().stderr(STDOUT).capture_output())),
    );
    attempt("stdout to stdout", call(program().stdout(STDOUT)));
    Ok(())
}

fn run_timeout_kills() -> Result<()> {
    let slow = sh("echo $$; printf x >&2; exec sleep 60").capture_output();
    let Err(Error::TimeoutExpired(of)) = run(slow.timeout(Duration::from_millis(300))) else {
        return Ok(());
    };
    say("cmd", &of.args[0]);
    say("timeout", &of.timeout.as_secs_f64());
    say("stderr", &maybe(&of.stderr));
    let pid = maybe(&of.stdout).expect("its pid");
    let gone = !std::path::Path::new(&format!("/proc/{}", pid.trim())).exists();
    say("gone", &gone);
    Ok(())
}

fn call_timeout_kills() -> Result<()> {
    let sleep = |ms| Program::new(["sleep", "60"]).timeout(Duration::from_millis(ms));
    attempt("late", call(sleep(50)));
    attempt("zero", call(sleep(0)));
    attempt(
        "in time",
        call(Program::new(["true"]).timeout(Duration::from_secs(60))),
    );
    attempt("checked", check_call(sleep(50)));
    attempt("output", check_output(sleep(50)).map(string));
    Ok(())
}

fn texts() -> Result<()> {
    let run = |argv: &[&str]| -> Result<String> {
        let done = run(Program::new(argv).capture_output())?;
        text(done.stdout.unwrap_or_default())
    };
    attempt("ends of lines", run(&["printf", "a\\r\\nb\\rc\\n"]));
    attempt("no text", run(&["printf", "a\\377"]));
    attempt("empty", run(&["true"]));
    Ok(())
}

fn communicate_three_streams() -> Result<()> {
    let mut popen = Popen::start(sh("cat; printf e >&2").piped())?;
    let (out, err) = popen.communicate(b"in")?;
    say("outputs", &(string(out), string(err)));
    say("returncode", &popen.returncode());
    Ok(())
}

fn communicate_again() -> Result<()> {
    let mut popen = Popen::start(sh("cat; exit 3").piped())?;
    for _ in 0..2 {
        let (out, err) = popen.communicate(b"")?;
        say("outputs", &(string(out), string(err)));
    }
    attempt("input now", popen.communicate(b"x"));
    say("returncode", &popen.returncode());
    Ok(())
}

fn communicate_timeout_loses_nothing() -> Result<()> {
    let script = "printf first; printf e >&2; read line; printf \"<$line>\"; cat";
    let mut popen = Popen::start(sh(script).piped())?;
    popen.send_signal(libc::SIGSTOP)?;
    let data = [&b"line\n"[..], &[b'x'; 3000]].concat();
    let late = popen.communicate_timeout(&data, Duration::from_millis(50));
    if let Err(Error::TimeoutExpired(of)) = late {
        say("timeout", &of.timeout.as_secs_f64());
    }
    say("still there", &popen.poll()?);
    attempt("input again", popen.communicate(b"y"));
    attempt(
        "late again",
        popen.communicate_timeout(b"", Duration::from_millis(10)),
    );
    popen.send_signal(libc::SIGCONT)?;
    let (out, err) = popen.communicate(b"")?;
    say("length", &out.len());
    say("begins", &string(out[..11].to_vec()));
    say("stderr", &string(err));
    say("returncode", &popen.returncode());
    Ok(())
}

fn communicate_huge() -> Result<()> {
    let data = b"0123456789abcdef".repeat(4 * 65_536);
    let mut popen = Popen::start(Program::new(["cat"]).stdin(PIPE).stdout(PIPE))?;
    let (out, err) = popen.communicate(&data)?;
    say("same", &(out == data));
    say("stderr", &or_none(err));
    Ok(())
}

fn communicate_unwanted_input() -> Result<()> {
    let mut popen = Popen::start(Program::new(["true"]).stdin(PIPE).stdout(PIPE))?;
    popen.wait()?;
    let input = [b'x'; 200_000];
    say("output", &string(popen.communicate(&input)?.0));
    say("returncode", &popen.returncode());
    let closing = sh("exec <&-; exec >&-; exit 4");
    let mut popen = Popen::start(closing.stdin(PIPE).stdout(PIPE))?;
    say("output", &string(popen.communicate(&input)?.0));
    say("returncode", &popen.returncode());
    Ok(())
}

fn communicate_without_pipes() -> Result<()> {
    let mut popen = Popen::start(["true"])?;
    let (out, err) = popen.communicate(b"ignored")?;
    say("outputs", &(or_none(out), or_none(err)));
    say("returncode", &popen.returncode());
    Ok(())
}

fn wait_and_full_pipe() -> Result<()> {
    let mut popen = Popen::start(sh("head -c 200000 /dev/zero").stdout(PIPE))?;
    attempt("waits", popen.wait_timeout(Duration::from_millis(300)));
    say("poll", &popen.poll()?);
    say("length", &popen.communicate(b"")?.0.len());
    attempt("then", popen.wait());
    Ok(())
}

fn wait_timeouts() -> Result<()> {
    let popen = Popen::start(["sleep", "60"])?;
    for (name, micros) in [("0", 0), ("1e-06", 1), ("0.02", 20_000)] {
        attempt(name, popen.wait_timeout(Duration::from_micros(micros)));
    }
    say("poll", &popen.poll()?);
    say("returncode", &popen.returncode());
    popen.kill()?;
    say("before a wait", &popen.returncode());
    attempt("wait", popen.wait());
    attempt("again", popen.wait_timeout(Duration::ZERO));
    say("returncode", &popen.returncode());
    Ok(())
}

fn signals() -> Result<()> {
    let all = [
        ("SIGTERM", libc::SIGTERM),
        ("SIGKILL", libc::SIGKILL),
        ("SIGINT", libc::SIGINT),
        ("SIGHUP", libc::SIGHUP),
        ("SIGUSR1", libc::SIGUSR1),
    ];
    for (name, signal) in all {
        let popen = Popen::start(["sleep", "60"])?;
        attempt(name, popen.send_signal(signal));
        attempt("wait", popen.wait());
        attempt("after the end", popen.send_signal(signal));
    }
    let popen = Popen::start(["sleep", "60"])?;
    attempt("0", popen.send_signal(0));
    attempt("9999", popen.send_signal(9999));
    say("poll", &popen.poll()?);
    popen.terminate()?;
    attempt("wait", popen.wait());
    attempt("terminate", popen.terminate());
    attempt("kill", popen.kill());
    Ok(())
}

fn ignored_sigterm() -> Result<()> {
    let mut popen = Popen::start(sh("trap '' TERM; echo ready; exec sleep 60").stdout(PIPE))?;
    let mut line = [0; 6];
    let stdout = popen.stdout.as_mut().expect("a pipe");
    stdout.read_exact(&mut line).expect("a line");
    say("ready", &string(line.to_vec()));
    popen.terminate()?;
    attempt("lives on", popen.wait_timeout(Duration::from_millis(100)));
    popen.kill()?;
    attempt("killed", popen.wait());
    Ok(())
}

fn environments() -> Result<()> {
    let path = std::env::var("PATH").expect("a path");
    let env = [("PATH", path.as_str()), ("A", "1"), ("B", "ü")];
    say(
        "replaced",
        &string(check_output(sh("echo $A$B$HOME").env(env))?),
    );
    let none: [(&str, &str); 0] = [];
    let all = Program::new(["/usr/bin/env"]).env(none);
    say("empty", &string(check_output(all)?));
    let elsewhere = Program::new(["env"]).env([("PATH", "/no/such/folder")]);
    attempt("other path", check_output(elsewhere).map(string));
    Ok(())
}

fn folders() -> Result<()> {
    say(
        "root",
        &string(check_output(Program::new(["pwd"]).cwd("/"))?),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let sub = folder.path().join("sub");
    std::fs::create_dir(&sub).expect("a folder");
    executable(&sub.join("own"), "#!/bin/sh\necho own\n");
    let own = || Program::new(["./own"]);
    attempt("relative", check_output(own().cwd(sub)).map(string));
    attempt(
        "not from there",
        check_output(own().cwd(folder.path())).map(string),
    );
    Ok(())
}

fn sessions() -> Result<()> {
    let script = "[ $(ps -o sid= -p $$) = $$ ] && echo leads || echo follows";
    say("own", &string(check_output(sh(script).new_session())?));
    say("ours", &string(check_output(sh(script))?));
    Ok(())
}

fn redirected_to_files() -> Result<()> {
    let mut file = tempfile::tempfile().expect("a file");
    let copy = || file.try_clone().expect("a copy");
    call(sh("echo a; echo b >&2").stdout(copy()).stderr(STDOUT))?;
    let again = copy();
    let mut words = String::new();
    file.rewind().expect("a file");
    file.read_to_string(&mut words).expect("a text");
    say("file", &words);
    file.rewind().expect("a file");
    say(
        "as input",
        &string(check_output(Program::new(["cat"]).stdin(again))?),
    );
    say(
        "nothing",
        &string(check_output(Program::new(["cat"]).stdin(DEVNULL))?),
    );
    let done = run(sh("echo a; echo b >&2").stdout(DEVNULL).stderr(PIPE))?;
    say("stderr alone", &(maybe(&done.stdout), maybe(&done.stderr)));
    Ok(())
}

fn pipeline() -> Result<()> {
    let mut first = Popen::start(Program::new(["printf", "b\\na\\n"]).stdout(PIPE))?;
    let sort = Program::new(["sort"]).stdin(first.stdout.take().expect("a pipe"));
    let mut second = Popen::start(sort.stdout(PIPE))?;
    say("sorted", &string(second.communicate(b"")?.0));
    attempt("first", first.wait());
    Ok(())
}

fn pipeline_without_reader() -> Result<()> {
    let mut first = Popen::start(Program::new(["yes"]).stdout(PIPE))?;
    let head = Program::new(["head", "-n1"]).stdin(first.stdout.take().expect("a pipe"));
    let mut second = Popen::start(head.stdout(PIPE))?;
    say("one line", &string(second.communicate(b"")?.0));
    attempt("first", first.wait());
    Ok(())
}

fn streams_by_hand() -> Result<()> {
    let mut popen = Popen::start(Program::new(["cat"]).stdin(PIPE).stdout(PIPE))?;
    let mut stdin = popen.stdin.take().expect("a pipe");
    stdin.write_all(b"by hand").expect("it reads");
    drop(stdin);
    let mut words = String::new();
    let stdout = popen.stdout.as_mut().expect("a pipe");
    stdout.read_to_string(&mut words).expect("a text");
    say("read", &words);
    attempt("wait", popen.wait());
    let mut popen = Popen::start(Program::new(["true"]).stdin(PIPE))?;
    popen.wait()?;
    let written = popen.stdin.as_mut().expect("a pipe").write(b"x");
    attempt(
        "nobody reads",
        written.map_err(|error| Error::system("write", error)),
    );
    Ok(())
}

fn inherited_stdout() -> Result<()> {
    attempt("prints", call(["echo", "straight through"]));
    attempt(
        "stderr there",
        call(sh("echo by stderr >&2").stderr(STDOUT)),
    );
    Ok(())
}

fn polls() -> Result<()> {
    let mut popen = Popen::start(Program::new(["cat"]).stdin(PIPE))?;
    say("poll", &popen.poll()?);
    say("args", popen.args());
    say("has a pid", &(popen.pid() > 0));
    popen.stdin = None;
    popen.wait()?;
    say("poll", &popen.poll()?);
    Ok(())
}

fn in_a_child() -> Result<()> {
    let process = Process::new().start(|| {
        attempt("call", call(["true"]));
        attempt("output", check_output(["echo", "hi"]).map(string));
    })?;
    process.join()?;
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn closes_everything() -> Result<()> {
    let program = sh("exec 0<&- 1>&- 2>&-; exit 5");
    let done = run(program.capture_output().input("x"))?;
    say(
        "all",
        &(done.returncode, maybe(&done.stdout), maybe(&done.stderr)),
    );
    Ok(())
}

fn output_of_a_grandchild() -> Result<()> {
    let out = check_output(sh("(sleep 0.2; echo late) & echo early"))?;
    say("output", &string(out));
    Ok(())
}
