//! Faulty programs, one for each finding that no scenario has; each with its remedy.

use mpviz::runtime::process::{Fork, waitpid};
use mpviz::runtime::subprocess::{Popen, Program};
use mpviz::runtime::sync::Lock;
use mpviz::runtime::{Process, Queue, Result, exit, fork, print, println, sleep};
use std::time::Duration;

/// A faulty program; `true` asks for its remedy.
type Faulty = fn(bool) -> Result<()>;

/// Name, program, and the codes of what is found.
pub(super) const PROGRAMS: &[(&str, Faulty, &str)] = &[
    ("zombie-at-the-end", zombie_at_the_end, "P01"),
    ("orphan-at-the-end", orphan_at_the_end, "P02"),
    ("left-program", left_program, "P03"),
    ("daemon", daemon, "P04"),
    ("bad-exit", bad_exit, "P05"),
    ("read-exit", read_exit, ""),
    ("uncaught-error", uncaught_error, "P05"),
    ("crash", crash, "P05"),
    ("own-lock-kept", own_lock_kept, "L01"),
    ("join-under-lock", join_under_lock, "W01"),
    ("both-wait", both_wait, "W01"),
    ("own-copy-of-the-end", own_copy_of_the_end, "W02"),
    ("starved", starved, "W03"),
    ("bottleneck", bottleneck, "W04"),
    ("never-got", never_got, "Q02"),
    ("torn-line", torn_line, "O01"),
];

/// Its child has ended first, and nobody waits for it.
fn zombie_at_the_end(fixed: bool) -> Result<()> {
    if let Fork::Parent { pid } = fork()? {
        sleep(0.1)?;
        if fixed {
            waitpid(pid)?;
        }
    }
    Ok(())
}

fn orphan_at_the_end(fixed: bool) -> Result<()> {
    match fork()? {
        Fork::Child => sleep(0.1)?,
        Fork::Parent { pid } if fixed => drop(waitpid(pid)?),
        Fork::Parent { .. } => {}
    }
    Ok(())
}

fn left_program(fixed: bool) -> Result<()> {
    let program = Popen::start(Program::new(["sleep", "0.2"]))?;
    if fixed {
        program.wait()?;
    }
    Ok(())
}

fn daemon(fixed: bool) -> Result<()> {
    let child = Process::named("saver").daemon(true).start(|| sleep(0.3))?;
    if fixed {
        child.join()?;
    }
    Ok(())
}

fn bad_exit(fixed: bool) -> Result<()> {
    let child = Process::named("child").start(move || {
        if !fixed {
            exit(3)
        }
    })?;
    child.join()
}

/// Nothing is wrong: the code is asked for, and whoever asks may act on it.
fn read_exit(fixed: bool) -> Result<()> {
    let child = Process::named("child").start(move || {
        if !fixed {
            exit(3)
        }
    })?;
    child.join()?;
    child.exitcode().map(drop)
}

fn uncaught_error(fixed: bool) -> Result<()> {
    let parse = move || -> std::result::Result<(), std::num::ParseIntError> {
        let text = if fixed { "4" } else { "four" };
        text.parse::<u32>().map(drop)
    };
    Process::named("child").start(parse)?.join()
}

fn crash(fixed: bool) -> Result<()> {
    let child = Process::named("child").start(move || {
        if !fixed {
            std::process::abort();
        }
    })?;
    child.join()
}

/// It has ended by itself, and kept the lock.
fn own_lock_kept(fixed: bool) -> Result<()> {
    let lock = Lock::named("lock")?;
    let keep = || -> Result<()> {
        lock.acquire();
        if fixed {
            lock.release()?;
        }
        Ok(())
    };
    Process::named("keeper").start(keep)?.join()?;
    if lock.acquire_timeout(Duration::from_millis(300)) {
        lock.release()?;
    }
    Ok(())
}

/// It joins a child that needs the lock which it holds.
fn join_under_lock(fixed: bool) -> Result<()> {
    let lock = Lock::named("lock")?;
    lock.acquire();
    let child = Process::named("child").start(|| lock.with(|| ()))?;
    if fixed {
        lock.release()?;
        return child.join();
    }
    child.join()?;
    lock.release()
}

/// Each gets first and puts then.
fn both_wait(fixed: bool) -> Result<()> {
    let (to, from) = (Queue::<u32>::named("to")?, Queue::<u32>::named("from")?);
    let answer = || -> Result<()> { from.put(to.get()? + 1) };
    let child = Process::named("child").start(answer)?;
    if fixed {
        to.put(1)?;
    }
    from.get()?;
    child.join()
}

/// The reader has a copy of the write end itself.
fn own_copy_of_the_end(fixed: bool) -> Result<()> {
    let (mut read, mut write) = mpviz::runtime::pipe::pipe_one_way("pipe")?;
    let reader = Process::named("reader").start(|| {
        if fixed {
            write.close();
        }
        while read.recv::<u32>().is_ok() {}
    })?;
    read.close();
    write.send(&1u32)?;
    write.close();
    reader.join()
}

/// One takes the lock again as soon as it has given it back, before another, which is less
/// important to the kernel, has woken up.
fn starved(fixed: bool) -> Result<()> {
    let lock = Lock::named("lock")?;
    let greedy = || -> Result<()> {
        for _ in 0..80 {
            lock.with(|| sleep(0.02))?;
            if fixed {
                sleep(0.02)?;
            }
        }
        Ok(())
    };
    let greedy = Process::named("greedy").start(greedy)?;
    sleep(0.1)?;
    let poor = Process::named("poor").start(|| {
        // Where it may not be less important it is tried as it is.
        let _ = rustix::process::nice(19);
        lock.with(|| ());
    })?;
    poor.join()?;
    greedy.join()
}

/// Four want the lock that one holds while it works.
fn bottleneck(fixed: bool) -> Result<()> {
    let lock = Lock::named("lock")?;
    let work = || -> Result<()> {
        if fixed {
            sleep(1.5)?;
            return lock.with(|| Ok(()));
        }
        lock.with(|| sleep(1.5))
    };
    let name = |n| format!("worker-{n}");
    let workers: Result<Vec<Process>> = (1..=4)
        .map(|n| Process::named(&name(n)).start(work))
        .collect();
    workers?.iter().try_for_each(Process::join)
}

fn never_got(fixed: bool) -> Result<()> {
    let q = Queue::<u32>::named("q")?;
    for n in 0..3 {
        q.put(n)?;
    }
    for _ in 0..if fixed { 3 } else { 2 } {
        q.get()?;
    }
    Ok(())
}

fn torn_line(fixed: bool) -> Result<()> {
    let slow = || -> Result<()> {
        if fixed {
            sleep(0.2)?;
            println!("one line");
            return Ok(());
        }
        print!("one ");
        sleep(0.2)?;
        println!("line");
        Ok(())
    };
    let quick = || -> Result<()> {
        sleep(0.1)?;
        println!("another line");
        Ok(())
    };
    let slow = Process::named("slow").start(slow)?;
    let quick = Process::named("quick").start(quick)?;
    slow.join()?;
    quick.join()
}
