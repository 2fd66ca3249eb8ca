//! `Process`: names, states, and exit codes of every kind of end.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::{self, Error, Process, Result, Target, Waitable};
use mpviz::runtime::{current_process, exit, exit_with, getpid, pipe_one_way, sleep, wait};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(default_names),
    case!(names_of_grandchildren),
    case!(renamed),
    case!(exit_codes),
    case!(exit_codes_of_signals),
    case!(exit_in_a_grandchild),
    case!(error_of_the_main_process),
    case!(exit_of_the_main_process),
    case!(terminate_and_kill),
    case!(join_before_start),
    case!(signals_before_start),
    case!(signals_after_the_end),
    case!(started_twice),
    case!(states_over_a_life),
    case!(join_with_timeouts),
    case!(close_of_a_running_process),
    case!(use_after_close),
    case!(close_before_start),
    case!(daemon_rules),
    case!(daemons_have_no_children),
    case!(daemons_end_with_their_parent),
    case!(other_children_are_joined_at_the_end),
    case!(terminate_spares_grandchildren),
    case!(asked_by_another_process),
    case!(made_by_another_process),
    case!(sentinels),
    case!(first_of_several),
    case!(active_children),
    case!(parent_process),
    case!(parent_that_ended),
    case!(reaped_by_another),
    case!(a_child_has_a_copy),
];

fn start<T: Target>(target: impl FnOnce() -> T) -> Result<Process> {
    Process::new().start(target)
}

fn long_sleep() -> Result<()> {
    sleep(60.0)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// All that can be asked, after close too.
fn state(process: &Process) {
    attempt("pid", process.pid());
    attempt("exitcode", process.exitcode());
    attempt("is_alive", process.is_alive());
}

fn default_names() -> Result<()> {
    say("me", &current_process().name);
    for process in [Process::new(), Process::named("worker"), Process::new()] {
        say("name", process.name());
    }
    Ok(())
}

fn names_of_grandchildren() -> Result<()> {
    let child = || -> Result<()> {
        say("child", &current_process().name);
        start(|| say("grandchild", &current_process().name))?.join()?;
        say("second grandchild", Process::new().name());
        Ok(())
    };
    start(child)?.join()
}

fn renamed() -> Result<()> {
    let mut process = Process::new();
    process.set_name("other");
    let mut process = process.start(|| say("inside", &current_process().name))?;
    process.join()?;
    process.set_name("third");
    say("outside", process.name());
    Ok(())
}

fn code<T: Target>(what: &str, target: impl FnOnce() -> T) -> Result<()> {
    let process = start(target)?;
    process.join()?;
    say(what, &process.exitcode()?);
    Ok(())
}

fn exit_codes() -> Result<()> {
    code("returned", || ())?;
    for n in [0, 3, 256, 257, -1] {
        code(&format!("exit {n}"), || -> () { exit(n) })?;
    }
    code("error", || -> Result<()> { Err(Error::Eof) })?;
    code("text", || -> () { exit_with("no such file") })?;
    code("bare exit", || -> () { std::process::exit(7) })?;
    code("abort", || -> () { std::process::abort() })
}

fn exit_codes_of_signals() -> Result<()> {
    for number in [1, 2, 3, 6, 8, 9, 10, 11, 14, 15] {
        code(&format!("signal {number}"), || -> Result<()> {
            let signal = Signal::from_named_raw(number).expect("a signal");
            let me = rustix::process::getpid();
            // Std has a handler of its own for 11, which takes the first and restores the default.
            let times = if number == 11 { 2 } else { 1 };
            for _ in 0..times {
                kill_process(me, signal).map_err(|error| Error::system("kill", error))?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn exit_in_a_grandchild() -> Result<()> {
    code("child", || -> Result<()> {
        let process = start(|| -> () { exit(5) })?;
        process.join()?;
        exit(process.exitcode()?.unwrap_or(0) + 1)
    })
}

fn error_of_the_main_process() -> Result<()> {
    say("before", &1);
    Err(Error::other("nobody handles it"))
}

fn exit_of_the_main_process() -> Result<()> {
    start(|| say("child", &1))?.join()?;
    exit(9)
}

fn terminate_and_kill() -> Result<()> {
    let process = start(long_sleep)?;
    process.terminate()?;
    process.join()?;
    say("terminate", &process.exitcode()?);
    let process = start(long_sleep)?;
    process.kill()?;
    process.join()?;
    say("kill", &process.exitcode()?);
    Ok(())
}

fn join_before_start() -> Result<()> {
    let process = Process::new();
    state(&process);
    attempt("join", process.join());
    attempt("join, timeout", process.join_timeout(ms(100)));
    Ok(())
}

fn signals_before_start() -> Result<()> {
    let process = Process::new();
    attempt("terminate", process.terminate());
    attempt("kill", process.kill());
    Ok(())
}

fn signals_after_the_end() -> Result<()> {
    let process = start(|| ())?;
    process.join()?;
    attempt("terminate", process.terminate());
    attempt("kill", process.kill());
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn started_twice() -> Result<()> {
    let process = start(|| ())?;
    attempt("start", process.start(|| ()).map(drop));
    Ok(())
}

fn states_over_a_life() -> Result<()> {
    let process = Process::new();
    let state = |process: &Process| -> Result<_> {
        let has_pid = process.pid()?.is_some();
        Ok((process.is_alive()?, process.exitcode()?, has_pid))
    };
    say("before", &process.is_alive()?);
    let process = process.start(long_sleep)?;
    say("running", &state(&process)?);
    process.kill()?;
    process.join()?;
    say("after", &state(&process)?);
    Ok(())
}

fn join_with_timeouts() -> Result<()> {
    let process = start(long_sleep)?;
    for timeout in [Duration::ZERO, Duration::from_micros(1), ms(50)] {
        attempt("join", process.join_timeout(timeout));
        say("exitcode", &process.exitcode()?);
    }
    process.terminate()?;
    attempt("join", process.join_timeout(ms(10_000)));
    attempt("again", process.join());
    attempt("and again", process.join_timeout(Duration::ZERO));
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn close_of_a_running_process() -> Result<()> {
    let process = start(long_sleep)?;
    attempt("close", process.close());
    say("is_alive", &process.is_alive()?);
    process.kill()?;
    process.join()?;
    attempt("close", process.close());
    attempt("again", process.close());
    Ok(())
}

fn use_after_close() -> Result<()> {
    let process = Process::named("gone").daemon(true).start(|| ())?;
    process.join()?;
    process.close()?;
    state(&process);
    attempt("join", process.join());
    attempt("terminate", process.terminate());
    attempt("kill", process.kill());
    attempt("sentinel", process.sentinel().map(|_| ()));
    say("name", process.name());
    say("daemon", &process.is_daemon());
    Ok(())
}

fn close_before_start() -> Result<()> {
    let process = Process::new();
    attempt("close", process.close());
    state(&process);
    attempt("start", process.start(|| ()).map(drop));
    Ok(())
}

fn daemon_rules() -> Result<()> {
    let mut process = Process::new();
    say("default", &process.is_daemon());
    process.set_daemon(true)?;
    say("set", &process.is_daemon());
    let mut process = process.start(long_sleep)?;
    attempt("set again", process.set_daemon(false));
    say("still", &process.is_daemon());
    process.kill()?;
    process.join()
}

fn daemons_have_no_children() -> Result<()> {
    let daemon = || {
        say("me", &current_process().daemon);
        let process = Process::new();
        say("child's", &process.is_daemon());
        attempt("start", process.start(|| ()).map(drop));
    };
    Process::new().daemon(true).start(daemon)?.join()
}

fn daemons_end_with_their_parent() -> Result<()> {
    let (reader, mut writer) = pipe_one_way("p")?;
    let middle = || Process::new().daemon(true).start(long_sleep).map(drop);
    let process = start(middle)?;
    process.join()?;
    writer.close();
    // Its last copy was the daemon's.
    attempt("recv", reader.recv::<()>());
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn other_children_are_joined_at_the_end() -> Result<()> {
    let slow = || -> Result<()> {
        sleep(0.1)?;
        say("child", "done");
        Ok(())
    };
    let middle = || -> Result<()> {
        start(slow)?;
        say("middle", "returns");
        Ok(())
    };
    start(middle)?.join()?;
    say("main", "joined");
    Ok(())
}

fn terminate_spares_grandchildren() -> Result<()> {
    let (reader, writer) = pipe_one_way("p")?;
    let (started, start_it) = pipe_one_way("started")?;
    let grandchild = || -> Result<()> {
        start_it.send_bytes(b"")?;
        sleep(0.1)?;
        writer.send_bytes(b"still here")
    };
    let middle = || -> Result<()> {
        start(grandchild)?;
        sleep(60.0)
    };
    let process = start(middle)?;
    started.recv_bytes()?;
    process.terminate()?;
    process.join()?;
    say("middle", &process.exitcode()?);
    say(
        "grandchild",
        &String::from_utf8_lossy(&reader.recv_bytes()?),
    );
    Ok(())
}

fn asked_by_another_process() -> Result<()> {
    let process = start(long_sleep)?;
    let sibling = || {
        attempt("join", process.join());
        attempt("is_alive", process.is_alive());
        attempt("exitcode", process.exitcode());
        attempt("close", process.close());
        attempt("terminate", process.terminate());
    };
    start(sibling)?.join()?;
    process.join()?;
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn made_by_another_process() -> Result<()> {
    let process = Process::new();
    start(|| attempt("start", process.start(|| ()).map(drop)))?.join()
}

fn sentinels() -> Result<()> {
    let process = Process::new();
    attempt("before", process.sentinel().map(|_| ()));
    let process = process.start(long_sleep)?;
    say("running", &wait(&[&process.sentinel()?], Some(ms(50)))?);
    process.kill()?;
    say("ended", &wait(&[&process.sentinel()?], None)?.len());
    process.join()?;
    let reaped = wait(&[&process.sentinel()?], Some(Duration::ZERO))?;
    say("reaped", &reaped.len());
    Ok(())
}

fn first_of_several() -> Result<()> {
    let (slow, quick) = (start(long_sleep)?, start(|| ())?);
    let sentinels: [&dyn Waitable; 2] = [&slow.sentinel()?, &quick.sentinel()?];
    say("ended", &wait(&sentinels, None)?);
    slow.kill()
}

fn active_children() -> Result<()> {
    let names = || {
        let mut names: Vec<_> = runtime::active_children()
            .iter()
            .map(|child| child.name().to_owned())
            .collect();
        names.sort();
        names
    };
    say("none", &names().len());
    let one = Process::named("one").start(long_sleep)?;
    let two = Process::named("two").start(long_sleep)?;
    say("both", &names());
    one.kill()?;
    one.join()?;
    say("left", &names());
    for child in runtime::active_children() {
        child.terminate()?;
        child.join()?;
    }
    say("exitcode", &two.exitcode()?);
    say("none", &names().len());
    Ok(())
}

fn parent_process() -> Result<()> {
    say("of main", &runtime::parent_process().is_none());
    let main_pid = getpid();
    let name = || {
        let parent = runtime::parent_process();
        parent.map(|parent| parent.name().to_owned())
    };
    let child = || -> Result<()> {
        let parent = runtime::parent_process().expect("a child's parent");
        say("name", parent.name());
        say("pid", &(parent.pid() == main_pid));
        say("is_alive", &parent.is_alive()?);
        attempt("join", parent.join_timeout(ms(50)));
        start(|| say("of a grandchild", &name()))?.join()
    };
    Process::named("child").start(child)?.join()
}

fn parent_that_ended() -> Result<()> {
    let (reader, writer) = pipe_one_way("p")?;
    let grandchild = || -> Result<()> {
        let parent = runtime::parent_process().expect("a child's parent");
        parent.join()?;
        say("is_alive", &parent.is_alive()?);
        writer.send_bytes(b"")
    };
    let child = || -> Result<()> {
        start(grandchild)?;
        std::process::exit(0)
    };
    start(child)?.join()?;
    reader.recv_bytes().map(drop)
}

fn reaped_by_another() -> Result<()> {
    let process = start(|| -> () { exit(3) })?;
    let pid = process
        .pid()?
        .and_then(|pid| Pid::from_raw(pid.cast_signed()));
    waitpid(pid, WaitOptions::empty()).map_err(|error| Error::system("waitpid", error))?;
    attempt("join", process.join());
    attempt("exitcode", process.exitcode());
    Ok(())
}

fn a_child_has_a_copy() -> Result<()> {
    let mut value = 1;
    let child = || {
        value += 1;
        say("child", &value);
    };
    start(child)?.join()?;
    say("parent", &value);
    Ok(())
}
