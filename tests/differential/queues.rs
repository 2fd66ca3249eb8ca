//! `Queue`, `SimpleQueue`, `JoinableQueue`: bounds, closing, feeders, killed holders, counts of tasks.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::{Error, JoinableQueue, Process, Queue, Result, SimpleQueue, Target};
use mpviz::runtime::{exit, sleep};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(one_writers_order),
    case!(each_writers_order),
    case!(several_readers),
    case!(empty_at_its_borders),
    case!(full_at_its_borders),
    case!(no_bound),
    case!(sizes_and_states),
    case!(a_timeout_that_is_answered),
    case!(a_put_that_waits_for_a_get),
    case!(use_after_close),
    case!(join_thread_rules),
    case!(closed_with_its_feeder),
    case!(closed_before_a_child_began),
    case!(what_was_put_before_close_comes),
    case!(join_before_drain),
    case!(join_before_drain_of_little),
    case!(a_feeder_is_joined_at_the_end),
    case!(a_feeder_of_much_at_the_end),
    case!(cancelled_join),
    case!(cancelled_join_thread),
    case!(bare_exit_with_a_full_buffer),
    case!(a_killed_reader_takes_the_lock),
    case!(a_terminated_reader_takes_the_lock),
    case!(a_killed_reader_with_a_sentinel_waiting),
    case!(a_writer_killed_in_a_write),
    case!(sizes),
    case!(in_grandchildren),
    case!(a_childs_buffer_is_its_own),
    case!(simple_queue),
    case!(a_simple_put_waits_itself),
    case!(simple_queue_after_close),
    case!(simple_queue_of_several_writers),
    case!(a_killed_reader_of_a_simple_queue),
    case!(task_done_too_often),
    case!(join_of_nothing),
    case!(join_waits_for_task_done),
    case!(a_worker_does_its_tasks),
    case!(a_task_lost_with_its_worker),
    case!(a_bounded_joinable_queue),
    case!(a_joinable_queue_after_close),
];

const BORDERS: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_micros(1),
    Duration::from_millis(50),
];

fn start<T: Target>(target: impl FnOnce() -> T) -> Result<Process> {
    Process::new().start(target)
}

/// Says whether a process ends within so many milliseconds.
fn ended(what: &str, process: &Process, within: Option<u64>) -> Result<()> {
    match within {
        Some(within) => process.join_timeout(Duration::from_millis(within))?,
        None => process.join()?,
    }
    say(what, &process.exitcode()?);
    Ok(())
}

fn until(condition: impl Fn() -> Result<bool>) -> Result<()> {
    while !condition()? {
        sleep(0.001)?;
    }
    Ok(())
}

fn all<T>(count: usize, get: impl Fn() -> Result<T>) -> Result<Vec<T>> {
    (0..count).map(|_| get()).collect()
}

fn one_writers_order() -> Result<()> {
    let q = Queue::named("q")?;
    let process = start(|| (0..3000).try_for_each(|n| q.put(n)))?;
    say("in order", &all(3000, || q.get())?.into_iter().eq(0..3000));
    ended("writer", &process, None)
}

fn each_writers_order() -> Result<()> {
    let q = Queue::named("q")?;
    let writer = |w: u32| {
        let q = &q;
        move || (0..500).try_for_each(|n: u32| q.put((w, n)))
    };
    let processes = (0..3).map(|w| start(writer(w)));
    let processes: Vec<_> = processes.collect::<Result<_>>()?;
    let items = all(1500, || q.get())?;
    for w in 0..3 {
        let of_it = items.iter().filter(|(writer, _)| *writer == w);
        say("in order", &of_it.map(|(_, n)| *n).eq(0..500));
    }
    processes.iter().try_for_each(Process::join)?;
    say("qsize", &q.qsize());
    Ok(())
}

fn several_readers() -> Result<()> {
    let (q, answers) = (Queue::named("q")?, Queue::named("answers")?);
    (0..300).try_for_each(|n: u32| q.put(Some(n)))?;
    let read = || -> Result<()> {
        while let Some(n) = q.get()? {
            answers.put(n)?;
        }
        Ok(())
    };
    let processes: Vec<_> = (0..3).map(|_| start(read)).collect::<Result<_>>()?;
    for _ in &processes {
        q.put(None)?;
    }
    let mut came = all(300, || answers.get())?;
    came.sort_unstable();
    say("each once", &came.into_iter().eq(0..300));
    for process in processes {
        ended("reader", &process, None)?;
    }
    Ok(())
}

fn empty_at_its_borders() -> Result<()> {
    let q = Queue::<u8>::named("q")?;
    attempt("nowait", q.get_nowait());
    for timeout in BORDERS {
        attempt("timeout", q.get_timeout(timeout));
    }
    Ok(())
}

fn full_at_its_borders() -> Result<()> {
    let q = Queue::bounded("q", 1)?;
    q.put(1)?;
    attempt("nowait", q.put_nowait(2));
    for timeout in BORDERS {
        attempt("timeout", q.put_timeout(2, timeout));
    }
    say("full", &q.is_full());
    say("get", &q.get()?);
    say("full", &q.is_full());
    attempt("nowait", q.put_nowait(3));
    say("get", &q.get()?);
    Ok(())
}

fn no_bound() -> Result<()> {
    let q = Queue::bounded("q", 0)?;
    (0..100).try_for_each(|n| q.put(n))?;
    say("full", &q.is_full());
    say("qsize", &q.qsize());
    say("last", &all(100, || q.get())?[99]);
    Ok(())
}

fn sizes_and_states() -> Result<()> {
    let q = Queue::bounded("q", 2)?;
    let states = || -> Result<_> { Ok((q.qsize(), q.is_empty()?, q.is_full())) };
    say("new", &states()?);
    q.put('a')?;
    until(|| Ok(!q.is_empty()?))?;
    say("one", &states()?);
    q.put('b')?;
    say("two", &states()?);
    q.get()?;
    q.get()?;
    say("none", &states()?);
    Ok(())
}

fn a_timeout_that_is_answered() -> Result<()> {
    let q = Queue::named("q")?;
    let child = || -> Result<()> {
        sleep(0.05)?;
        q.put("late".to_owned())
    };
    let process = start(child)?;
    attempt("get", q.get_timeout(Duration::from_secs(10)));
    process.join()
}

fn a_put_that_waits_for_a_get() -> Result<()> {
    let q = Queue::bounded("q", 1)?;
    q.put(1)?;
    let process = start(|| q.put(2))?;
    ended("waits", &process, Some(100))?;
    say("get", &q.get()?);
    say("get", &q.get()?);
    ended("done", &process, None)
}

fn use_after_close() -> Result<()> {
    let q = Queue::named("q")?;
    q.close();
    attempt("put", q.put(1));
    attempt("put_nowait", q.put_nowait(1));
    attempt("get", q.get());
    attempt("get, timeout", q.get_timeout(Duration::from_millis(10)));
    attempt("get_nowait", q.get_nowait());
    say("qsize", &q.qsize());
    say("empty", &q.is_empty()?);
    q.close();
    say("again", &());
    Ok(())
}

fn join_thread_rules() -> Result<()> {
    let q = Queue::named("q")?;
    attempt("before close", q.join_thread());
    q.put(1)?;
    attempt("before close", q.join_thread());
    q.close();
    attempt("after", q.join_thread());
    attempt("again", q.join_thread());
    Ok(())
}

fn closed_with_its_feeder() -> Result<()> {
    let q = Queue::named("q")?;
    q.put(1)?;
    q.close();
    q.join_thread()?;
    attempt("empty", q.is_empty());
    say("qsize", &q.qsize());
    attempt("get", q.get());
    Ok(())
}

fn closed_before_a_child_began() -> Result<()> {
    let (q, answers) = (Queue::named("q")?, Queue::named("answers")?);
    q.close();
    let child = || -> Result<()> {
        q.put("open here".to_owned())?;
        answers.put(q.get()?)
    };
    let process = start(child)?;
    say("answer", &answers.get()?);
    attempt("here", q.get_nowait());
    process.join()
}

fn what_was_put_before_close_comes() -> Result<()> {
    let q = Queue::named("q")?;
    let child = || -> Result<()> {
        (0..100).try_for_each(|n| q.put(n))?;
        q.close();
        attempt("put", q.put(100));
        Ok(())
    };
    start(child)?.join()?;
    say("last", &all(100, || q.get())?[99]);
    Ok(())
}

fn join_before_drain() -> Result<()> {
    let q = Queue::named("q")?;
    let process = start(|| (0..200).try_for_each(|_| q.put("x".repeat(1000))))?;
    ended("with the pipe full", &process, Some(300))?;
    let lengths = all(200, || Ok(q.get()?.len()))?;
    say("items", &lengths.iter().sum::<usize>());
    ended("drained", &process, None)
}

fn join_before_drain_of_little() -> Result<()> {
    let q = Queue::named("q")?;
    let process = start(|| (0..20).try_for_each(|_| q.put("x".repeat(100))))?;
    ended("it fits the pipe", &process, None)?;
    let lengths = all(20, || Ok(q.get()?.len()))?;
    say("items", &lengths.iter().sum::<usize>());
    Ok(())
}

fn a_feeder_is_joined_at_the_end() -> Result<()> {
    let q: Queue<String> = Queue::named("q")?;
    let told = |process: Process| -> Result<()> {
        process.join()?;
        say(&q.get()?, &process.exitcode()?);
        Ok(())
    };
    told(start(|| q.put("returns".into()))?)?;
    told(start(|| -> Result<()> {
        q.put("exits".into())?;
        exit(3)
    })?)?;
    told(start(|| -> Result<()> {
        q.put("fails".into())?;
        Err(Error::other("nobody handles it"))
    })?)
}

fn a_feeder_of_much_at_the_end() -> Result<()> {
    let q = Queue::<u32>::named("q")?;
    let process = start(|| (0..20000).try_for_each(|n| q.put(n)))?;
    say("sum", &all(20000, || q.get())?.iter().sum::<u32>());
    ended("writer", &process, None)
}

fn cancelled_join() -> Result<()> {
    let q = Queue::named("q")?;
    let child = || -> Result<()> {
        (0..100).try_for_each(|_| q.put("x".repeat(10000)))?;
        q.cancel_join_thread();
        Ok(())
    };
    ended("does not wait", &start(child)?, None)
}

fn cancelled_join_thread() -> Result<()> {
    let q = Queue::named("q")?;
    q.cancel_join_thread();
    q.put("x".repeat(1 << 20))?;
    q.close();
    attempt("join_thread", q.join_thread());
    Ok(())
}

fn bare_exit_with_a_full_buffer() -> Result<()> {
    let q = Queue::named("q")?;
    let child = || -> Result<()> {
        (0..100).try_for_each(|_| q.put("x".repeat(10000)))?;
        std::process::exit(7)
    };
    ended("does not wait", &start(child)?, None)
}

fn a_killed_reader_takes_the_lock() -> Result<()> {
    let q = Queue::named("q")?;
    let process = start(|| q.get().map(drop))?;
    sleep(0.1)?;
    process.kill()?;
    process.join()?;
    q.put("there".to_owned())?;
    until(|| Ok(!q.is_empty()?))?;
    attempt("get_nowait", q.get_nowait());
    attempt("get", q.get_timeout(Duration::from_millis(50)));
    say("qsize", &q.qsize());
    let other = start(|| q.get().map(drop))?;
    ended("another", &other, Some(100))?;
    other.kill()
}

fn a_terminated_reader_takes_the_lock() -> Result<()> {
    let q = Queue::named("q")?;
    let process = start(|| q.get().map(drop))?;
    sleep(0.1)?;
    process.terminate()?;
    process.join()?;
    q.put("there".to_owned())?;
    attempt("get", q.get_timeout(Duration::from_millis(50)));
    Ok(())
}

fn a_killed_reader_with_a_sentinel_waiting() -> Result<()> {
    let q: Queue<Option<u8>> = Queue::named("q")?;
    let readers = [start(|| q.get().map(drop))?, start(|| q.get().map(drop))?];
    sleep(0.1)?;
    for reader in readers {
        reader.kill()?;
        reader.join()?;
    }
    q.put(None)?;
    attempt("get", q.get_timeout(Duration::from_millis(50)));
    Ok(())
}

fn a_writer_killed_in_a_write() -> Result<()> {
    let q: Queue<String> = Queue::named("q")?;
    let victim = start(|| q.put("x".repeat(1 << 20)))?;
    until(|| Ok(!q.is_empty()?))?;
    sleep(0.05)?;
    victim.kill()?;
    victim.join()?;
    // The item was cut, and the write lock is lost.
    let writer = start(|| q.put("small".into()))?;
    let reader = start(|| q.get().map(drop))?;
    ended("writer", &writer, Some(150))?;
    ended("reader", &reader, Some(150))?;
    writer.kill()?;
    reader.kill()
}

fn sizes() -> Result<()> {
    let q = Queue::named("q")?;
    let wanted = [0, 1, 4000, 4096, 65535, 65536, 65537, 1 << 24];
    let process = start(|| wanted.iter().try_for_each(|&size| q.put("x".repeat(size))))?;
    for _ in wanted {
        say("size", &q.get()?.len());
    }
    process.join()
}

fn in_grandchildren() -> Result<()> {
    let q: Queue<String> = Queue::named("q")?;
    let process = start(|| start(|| q.put("from a grandchild".into()))?.join())?;
    say("get", &q.get()?);
    ended("child", &process, None)
}

fn a_childs_buffer_is_its_own() -> Result<()> {
    let q: Queue<String> = Queue::named("q")?;
    q.put("parent's".into())?;
    until(|| Ok(!q.is_empty()?))?;
    start(|| q.put("child's".into()))?.join()?;
    say("items", &all(2, || q.get())?);
    attempt("no more", q.get_timeout(Duration::from_millis(50)));
    Ok(())
}

fn simple_queue() -> Result<()> {
    let q: SimpleQueue<String> = SimpleQueue::named("q")?;
    say("empty", &q.is_empty()?);
    q.put("one".into())?;
    q.put("two".into())?;
    say("empty", &q.is_empty()?);
    say("get", &q.get()?);
    say("get", &q.get()?);
    let process = start(|| q.put("child's".into()))?;
    say("get", &q.get()?);
    process.join()
}

fn a_simple_put_waits_itself() -> Result<()> {
    let q = SimpleQueue::named("q")?;
    let child = || -> Result<()> {
        q.put("x".repeat(200_000))?;
        say("put", "returned");
        Ok(())
    };
    let process = start(child)?;
    ended("waits", &process, Some(100))?;
    // The child's line may come before or after the get returns here.
    let length = q.get()?.len();
    process.join()?;
    say("get", &length);
    ended("done", &process, None)
}

fn simple_queue_after_close() -> Result<()> {
    let q = SimpleQueue::named("q")?;
    q.put(1)?;
    q.close()?;
    attempt("put", q.put(2));
    attempt("get", q.get());
    attempt("empty", q.is_empty());
    attempt("again", q.close());
    Ok(())
}

fn simple_queue_of_several_writers() -> Result<()> {
    let q: SimpleQueue<(usize, String)> = SimpleQueue::named("q")?;
    let writer = |w: usize| {
        let q = &q;
        move || (0..50).try_for_each(|_| q.put((w, "x".repeat(5000))))
    };
    let processes: Vec<_> = (0..3).map(|w| start(writer(w))).collect::<Result<_>>()?;
    let items = all(150, || q.get())?;
    say("whole", &items.iter().all(|(_, text)| text.len() == 5000));
    let of = |w| items.iter().filter(|(writer, _)| *writer == w).count();
    say("each", &[of(0), of(1), of(2)]);
    processes.iter().try_for_each(Process::join)
}

fn a_killed_reader_of_a_simple_queue() -> Result<()> {
    let q: SimpleQueue<String> = SimpleQueue::named("q")?;
    let process = start(|| q.get().map(drop))?;
    sleep(0.1)?;
    process.kill()?;
    process.join()?;
    q.put("there".into())?;
    let other = start(|| q.get().map(drop))?;
    ended("another", &other, Some(100))?;
    other.kill()
}

fn task_done_too_often() -> Result<()> {
    let q = JoinableQueue::named("q")?;
    attempt("none", q.task_done());
    q.put(1)?;
    attempt("one", q.task_done());
    attempt("too often", q.task_done());
    say("get", &q.get()?);
    Ok(())
}

fn join_of_nothing() -> Result<()> {
    let q = JoinableQueue::<u8>::named("q")?;
    attempt("join", q.join());
    Ok(())
}

fn join_waits_for_task_done() -> Result<()> {
    let q = JoinableQueue::named("q")?;
    (0..3).try_for_each(|n| q.put(n))?;
    let joiner = start(|| q.join())?;
    all(3, || q.get())?;
    ended("all are got", &joiner, Some(100))?;
    all(3, || q.task_done())?;
    ended("all are done", &joiner, None)?;
    attempt("here", q.join());
    Ok(())
}

fn a_worker_does_its_tasks() -> Result<()> {
    let (q, answers) = (JoinableQueue::<u32>::named("q")?, Queue::named("answers")?);
    let work = || -> Result<()> {
        loop {
            answers.put(q.get()? * 2)?;
            q.task_done()?;
        }
    };
    let worker = Process::new().daemon(true).start(work)?;
    (0..10).try_for_each(|n| q.put(n))?;
    q.join()?;
    say("answers", &all(10, || answers.get())?);
    say("worker", &worker.is_alive()?);
    Ok(())
}

fn a_task_lost_with_its_worker() -> Result<()> {
    let q = JoinableQueue::named("q")?;
    q.put(1)?;
    q.put(2)?;
    let started = Queue::named("started")?;
    let work = || -> Result<()> {
        q.get()?;
        started.put(1)?;
        sleep(60.0)
    };
    let worker = start(work)?;
    started.get()?;
    worker.kill()?;
    worker.join()?;
    say("get", &q.get()?);
    q.task_done()?;
    let joiner = start(|| q.join())?;
    ended("join", &joiner, Some(150))?;
    joiner.kill()
}

fn a_bounded_joinable_queue() -> Result<()> {
    let q = JoinableQueue::bounded("q", 1)?;
    q.put(1)?;
    attempt("put", q.put_nowait(2));
    say("get", &q.get()?);
    // Done is what makes room for nobody: the get did.
    attempt("put", q.put_nowait(2));
    attempt("done", q.task_done());
    attempt("done", q.task_done());
    attempt("done", q.task_done());
    attempt("join", q.join());
    say("get", &q.get()?);
    Ok(())
}

fn a_joinable_queue_after_close() -> Result<()> {
    let q = JoinableQueue::named("q")?;
    q.put(1)?;
    q.close();
    attempt("put", q.put(1));
    attempt("get", q.get());
    attempt("done", q.task_done());
    attempt("join", q.join());
    Ok(())
}
