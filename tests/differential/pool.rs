//! `Pool`: submitting, chunks, errors, callbacks, endings, and what becomes of a task whose worker
//! is gone.

use crate::canon::{attempt, name_of, say};
use crate::case::{Case, case};
use mpviz::runtime::pool::{Callbacks, Imap};
use mpviz::runtime::process::{Fork, fork, waitpid};
use mpviz::runtime::{
    Error, Pool, Process, Result, current_process, exit, getpid, sync::Semaphore,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(lost_task),
    case!(worker_exits_in_order),
    case!(worker_killed_in_task),
    case!(map_with_a_lost_chunk),
    case!(idle_worker_killed),
    case!(worker_closes_everything),
    case!(fork_in_task),
    case!(daemonic_workers),
    case!(names),
    case!(sizes),
    case!(callback_fails),
    case!(callbacks),
    case!(callback_before_ready),
    case!(callback_of_nothing),
    case!(map_errors),
    case!(map_waits_for_all_chunks),
    case!(error_stops_its_chunk),
    case!(maps),
    case!(chunk_sizes),
    case!(starmaps),
    case!(imaps),
    case!(imap_errors),
    case!(imap_chunksize_of_none),
    case!(imap_of_an_iteration_that_fails),
    case!(imap_next_with_timeout),
    case!(imap_asks_no_more_than_it_can_send),
    case!(imap_feeds_on_its_own_results),
    case!(timeouts),
    case!(get_twice),
    case!(errors_by_name),
    case!(error_not_fetched),
    case!(unsendable_result),
    case!(unsendable_argument),
    case!(join_while_running),
    case!(submit_after_close),
    case!(submit_after_terminate),
    case!(close_and_join),
    case!(terminate_in_a_task),
    case!(end_of_with),
    case!(retired_workers),
    case!(initializers),
    case!(initializer_fails),
    case!(initializer_exits_once),
    case!(large_values),
    case!(tasks_in_order),
    case!(results_after_the_pool),
    case!(apply_waits),
];

const LONG: Duration = Duration::from_secs(5);
const TINY: Duration = Duration::from_micros(1);
const ZERO: Duration = Duration::ZERO;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn square(n: i64) -> Result<i64> {
    Ok(n * n)
}

fn value_error(text: impl ToString) -> Error {
    Error::State(text.to_string())
}

fn odd_fails(n: i64) -> Result<i64> {
    if n % 2 == 0 {
        Ok(n)
    } else {
        Err(value_error(format!("odd: {n}")))
    }
}

fn third_fails(n: i64) -> Result<i64> {
    match n {
        3 => Err(Error::Eof),
        6 => Err(value_error(n)),
        n => Ok(n),
    }
}

fn add(a: i64, b: i64) -> Result<i64> {
    Ok(a + b)
}

fn add_three(a: i64, b: i64, c: i64) -> Result<i64> {
    Ok(a + b + c)
}

fn nap(seconds: f64) -> Result<()> {
    mpviz::runtime::sleep(seconds)
}

fn pid(_: i64) -> Result<u32> {
    Ok(getpid())
}

fn name(_: i64) -> Result<String> {
    Ok(current_process().name)
}

fn leave(code: i32) -> Result<i64> {
    // Without what the runtime does at a process's end, as `os._exit`.
    std::process::exit(code)
}

fn leave_in_order(code: i32) -> Result<i64> {
    exit(code)
}

fn die(_: i64) -> Result<i64> {
    kill(getpid());
    Ok(0)
}

fn kill(pid: u32) {
    let pid = rustix::process::Pid::from_raw(pid.cast_signed()).expect("a pid");
    // One that is gone already is as good.
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

fn close_all(_: i64) -> Result<i64> {
    for fd in 3..1024 {
        let _ = nix::unistd::close(fd);
    }
    Ok(1)
}

fn daemon(_: i64) -> Result<bool> {
    Ok(current_process().daemon)
}

fn child_of_worker(_: i64) -> Result<i64> {
    Process::new().start(|| ())?;
    Ok(0)
}

fn pool_of_worker(_: i64) -> Result<i64> {
    Pool::new(1)?;
    Ok(0)
}

/// A value that can't be encoded.
#[derive(Deserialize)]
struct Unsendable;

impl Serialize for Unsendable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}

fn unsendable(_: i64) -> Result<Unsendable> {
    Ok(Unsendable)
}

fn takes_unsendable(_: Unsendable) -> Result<()> {
    Ok(())
}

fn nothing(_: i64) -> Result<()> {
    Ok(())
}

fn big(n: usize) -> Result<String> {
    Ok("x".repeat(n))
}

fn length(text: String) -> Result<usize> {
    Ok(text.len())
}

/// What an iteration gives, errors by their names, then the word end.
fn drain<R: Serialize + DeserializeOwned>(results: Imap<R>) -> Vec<Value> {
    let item = |item: Result<R>| match item {
        Ok(value) => json!(value),
        Err(error) => json!(name_of(&error)),
    };
    results.map(item).chain([json!("end")]).collect()
}

fn until(condition: impl Fn() -> Result<bool>) -> Result<()> {
    while !condition()? {
        std::thread::sleep(ms(1));
    }
    Ok(())
}

fn exitcodes(pool: &Pool) -> Result<Vec<Option<i32>>> {
    Ok(pool
        .workers()?
        .iter()
        .map(|worker| worker.exitcode)
        .collect())
}

fn lost_task() -> Result<()> {
    let pool = Pool::new(1)?;
    let lost = pool.apply_async(leave, 3)?;
    say("next", &pool.apply_async(square, 3)?.get_timeout(LONG)?);
    attempt("lost", lost.get_timeout(ms(50)));
    say("ready", &lost.ready());
    attempt("successful", lost.successful());
    Ok(())
}

fn worker_exits_in_order() -> Result<()> {
    let pool = Pool::new(1)?;
    let lost = pool.apply_async(leave_in_order, 3)?;
    say("next", &pool.apply_async(square, 3)?.get_timeout(LONG)?);
    attempt("lost", lost.get_timeout(ms(50)));
    Ok(())
}

fn worker_killed_in_task() -> Result<()> {
    let pool = Pool::new(1)?;
    let lost = pool.apply_async(die, 0)?;
    say("next", &pool.apply_async(square, 3)?.get_timeout(LONG)?);
    attempt("lost", lost.get_timeout(ms(50)));
    Ok(())
}

fn map_with_a_lost_chunk() -> Result<()> {
    let pool = Pool::new(2)?;
    let lost = pool.map_async(die, 0..1)?;
    say("next", &pool.map(square, 0..5)?);
    attempt("lost", lost.get_timeout(ms(50)));
    Ok(())
}

fn idle_worker_killed() -> Result<()> {
    let pool = Pool::new(1)?;
    pool.apply(square, 1)?;
    let before = pool.workers()?[0].pid.expect("started");
    // Until it waits in the read lock: it sleeps, and has nothing else to sleep in.
    until(|| {
        let stat = std::fs::read_to_string(format!("/proc/{before}/stat")).unwrap_or_default();
        Ok(stat.contains(") S "))
    })?;
    std::thread::sleep(ms(50));
    kill(before);
    until(|| {
        let workers = pool.workers()?;
        Ok(workers.len() == 1 && workers[0].pid != Some(before))
    })?;
    attempt("after", pool.apply_async(square, 2)?.get_timeout(ms(300)));
    // Here terminate() does not wait for ever.
    Ok(())
}

fn worker_closes_everything() -> Result<()> {
    let pool = Pool::new(1)?;
    let lost = pool.apply_async(close_all, 0)?;
    say("next", &pool.apply_async(square, 3)?.get_timeout(LONG)?);
    attempt("lost", lost.get_timeout(ms(50)));
    Ok(())
}

fn fork_and_end(_: i64) -> Result<i64> {
    match fork()? {
        Fork::Child => exit(0),
        Fork::Parent { pid } => waitpid(pid)?,
    };
    Ok(7)
}

fn fork_in_task() -> Result<()> {
    let pool = Pool::new(1)?;
    let result = pool.apply_async(fork_and_end, 0)?;
    say("value", &result.get_timeout(LONG)?);
    say("next", &pool.apply(square, 3)?);
    pool.close();
    pool.join()?;
    say("exitcodes", &exitcodes(&pool)?);
    Ok(())
}

fn daemonic_workers() -> Result<()> {
    let pool = Pool::new(1)?;
    say("daemon", &pool.apply(daemon, 0)?);
    attempt("child", pool.apply(child_of_worker, 0));
    attempt("pool", pool.apply(pool_of_worker, 0));
    Ok(())
}

fn names() -> Result<()> {
    let pool = Pool::new(1)?;
    say("first", &pool.apply(name, 0)?);
    say("after it", Process::new().name());
    let other = Pool::new(1)?;
    say("second pool", &other.apply(name, 0)?);
    Ok(())
}

fn sizes() -> Result<()> {
    for processes in [0, 1] {
        let made = Pool::new(processes);
        let word = made.as_ref().map_or_else(name_of, |_| "made");
        say(&processes.to_string(), word);
    }
    let made = Pool::builder().processes(1).maxtasksperchild(0).build();
    if let Err(error) = made {
        say("no tasks", name_of(&error));
    }
    Ok(())
}

fn callback_fails() -> Result<()> {
    let pool = Pool::new(1)?;
    let callbacks = Callbacks::new()
        .callback(|_: i64| -> Result<()> { Err(Error::Runtime("in the callback".into())) });
    let result = pool.apply_async_with(square, 2, callbacks)?;
    attempt("its result", result.get_timeout(ms(300)));
    say("ready", &result.ready());
    attempt("another", pool.apply_async(square, 3)?.get_timeout(ms(300)));
    attempt("terminate", pool.terminate());
    attempt("again", pool.terminate());
    Ok(())
}

/// What callbacks have seen, and the callbacks that note it.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Value>>>);

impl Seen {
    fn note<T: Serialize>(&self, value: &T) {
        self.0.lock().expect("no panic").push(json!(value));
    }

    fn callbacks<T: Serialize + 'static>(&self) -> Callbacks<T> {
        let (good, bad) = (self.clone(), self.clone());
        Callbacks::new()
            .callback(move |value: T| good.note(&value))
            .error_callback(move |error| bad.note(&name_of(&error)))
    }

    fn say(&self, what: &str) {
        say(what, &*self.0.lock().expect("no panic"));
    }
}

fn callbacks() -> Result<()> {
    let pool = Pool::new(2)?;
    let seen = Seen::default();
    pool.apply_async_with(square, 3, seen.callbacks())?.get()?;
    pool.map_async_with(square, 0..3, None, seen.callbacks())?
        .get()?;
    pool.apply_async_with(odd_fails, 1, seen.callbacks())?
        .wait();
    pool.map_async_with(odd_fails, 0..4, Some(1), seen.callbacks())?
        .wait();
    pool.starmap_async_with(add, [(1, 2)], None, seen.callbacks())?
        .get()?;
    seen.say("order");
    Ok(())
}

fn callback_before_ready() -> Result<()> {
    let pool = Pool::new(1)?;
    let (open, gate) = mpsc::channel::<()>();
    let seen = Seen::default();
    let slot: Arc<OnceLock<mpviz::runtime::AsyncResult<i64>>> = Arc::default();
    let (noted, mine) = (seen.clone(), Arc::clone(&slot));
    let callback = move |_: i64| {
        let _ = gate.recv_timeout(LONG);
        noted.note(&mine.get().map(mpviz::runtime::AsyncResult::ready));
    };
    let callbacks = Callbacks::new().callback(callback);
    let result = pool.apply_async_with(square, 3, callbacks)?;
    let _ = slot.set(result.clone());
    attempt("while it runs", result.get_timeout(ms(50)));
    let _ = open.send(());
    say("value", &result.get()?);
    seen.say("ready in the callback");
    Ok(())
}

fn callback_of_nothing() -> Result<()> {
    let pool = Pool::new(1)?;
    let seen = Seen::default();
    let result = pool.map_async_with(square, [], None, seen.callbacks())?;
    say("ready", &result.ready());
    say("successful", &result.successful()?);
    say("value", &result.get()?);
    seen.say("callback");
    Ok(())
}

fn map_errors() -> Result<()> {
    let pool = Pool::new(2)?;
    attempt("one chunk", pool.map_chunked(third_fails, 0..8, 8));
    attempt("small chunks", pool.map_chunked(odd_fails, 0..8, 1));
    let result = pool.map_async(odd_fails, [0, 1])?;
    result.wait();
    say("ready", &result.ready());
    say("successful", &result.successful()?);
    attempt("get", result.get());
    attempt("get again", result.get());
    Ok(())
}

/// A semaphore that the workers inherit.
static MARKS: OnceLock<Semaphore> = OnceLock::new();

fn marks() -> &'static Semaphore {
    MARKS.get_or_init(|| Semaphore::new(0).expect("a semaphore"))
}

fn fail_or_mark(n: i64) -> Result<i64> {
    if n == 0 {
        return Err(value_error("zero"));
    }
    mpviz::runtime::sleep(0.02)?;
    marks().release()?;
    Ok(n)
}

fn map_waits_for_all_chunks() -> Result<()> {
    marks();
    let pool = Pool::new(2)?;
    attempt("map", pool.map_chunked(fail_or_mark, 0..6, 1));
    say("others were done", &marks().get_value());
    Ok(())
}

fn error_stops_its_chunk() -> Result<()> {
    marks();
    let pool = Pool::new(2)?;
    attempt("map", pool.map_chunked(fail_or_mark, 0..6, 3));
    say("others were done", &marks().get_value());
    Ok(())
}

fn maps() -> Result<()> {
    let pool = Pool::new(3)?;
    say("map", &pool.map(square, 0..10)?);
    say("of nothing", &pool.map(square, [])?);
    say("of one", &pool.map(square, [7])?);
    say("chunk size 4", &pool.map_chunked(square, 0..10, 4)?);
    say("chunk size 100", &pool.map_chunked(square, 0..10, 100)?);
    say("async", &pool.map_async(square, 0..10)?.get()?);
    say("large", &pool.map(square, 0..1000)?.iter().sum::<i64>());
    say("of nothing in return", &pool.map(nothing, 0..3)?);
    Ok(())
}

fn chunk_sizes() -> Result<()> {
    // As many tasks as a worker may do: each chunk has a worker of its own.
    for (workers, items) in [(1, 4), (1, 5), (1, 8), (1, 9), (2, 8), (2, 9), (2, 17)] {
        let pool = Pool::builder()
            .processes(workers)
            .maxtasksperchild(1)
            .build()?;
        let pids = pool.map(pid, 0..items)?;
        let mut each = pids.clone();
        each.sort_unstable();
        each.dedup();
        let count = |one: &u32| pids.iter().filter(|pid| *pid == one).count();
        let mut sizes: Vec<_> = each.iter().map(count).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        say(&format!("{items} for {workers}"), &sizes);
        pool.terminate()?;
    }
    Ok(())
}

fn starmaps() -> Result<()> {
    let pool = Pool::new(2)?;
    say("two", &pool.starmap(add, [(1, 2), (3, 4)])?);
    say("three", &pool.starmap(add_three, [(1, 2, 3), (4, 5, 6)])?);
    say("async", &pool.starmap_async(add, [(1, 2)])?.get()?);
    say("of nothing", &pool.starmap(add, [])?);
    Ok(())
}

fn sorted(results: Imap<i64>) -> Result<Vec<i64>> {
    let mut found = results.collect::<Result<Vec<_>>>()?;
    found.sort_unstable();
    Ok(found)
}

fn imaps() -> Result<()> {
    let pool = Pool::new(2)?;
    say("imap", &drain(pool.imap(square, 0..6)?));
    say("chunk size 4", &drain(pool.imap_chunked(square, 0..6, 4)?));
    say("unordered", &sorted(pool.imap_unordered(square, 0..6)?)?);
    let chunked = pool.imap_unordered_chunked(square, 0..6, 4)?;
    say("unordered, chunk size 4", &sorted(chunked)?);
    say("of nothing", &drain(pool.imap(square, [])?));
    let unordered = pool.imap_unordered(square, [])?;
    say("of nothing, unordered", &drain(unordered));
    let chunked = pool.imap_chunked(nothing, 0..3, 2)?;
    say("nothing in return, chunked", &drain(chunked));
    Ok(())
}

fn imap_errors() -> Result<()> {
    let pool = Pool::new(2)?;
    say("one by one", &drain(pool.imap(odd_fails, 0..6)?));
    say(
        "in chunks",
        &drain(pool.imap_chunked(third_fails, 0..9, 2)?),
    );
    let first = pool.imap_chunked(odd_fails, [1, 2, 4], 2)?;
    say("error first", &drain(first));
    let mut unordered: Vec<String> = drain(pool.imap_unordered(odd_fails, 0..4)?)
        .iter()
        .map(|item| {
            item.as_str()
                .map_or_else(|| item.to_string(), str::to_owned)
        })
        .collect();
    unordered.sort_unstable();
    say("unordered", &unordered);
    let mut after = pool.imap(odd_fails, [1])?;
    let mut found = Vec::new();
    for item in after.by_ref() {
        found.push(item.map_or_else(|error| json!(name_of(&error)), |value| json!(value)));
    }
    found.push(json!("end"));
    say("at its end", &found);
    say("after its end", &drain(after));
    Ok(())
}

fn imap_chunksize_of_none() -> Result<()> {
    let pool = Pool::new(1)?;
    for made in [
        pool.imap_chunked(square, 0..3, 0),
        pool.imap_unordered_chunked(square, 0..3, 0),
    ] {
        if let Err(error) = made {
            say("chunk size 0", name_of(&error));
        }
    }
    Ok(())
}

fn imap_of_an_iteration_that_fails() -> Result<()> {
    fn numbers() -> impl Iterator<Item = i64> + Send {
        (1..4).inspect(|&n| assert!(n < 3, "over"))
    }
    let pool = Pool::new(1)?;
    say("imap", &drain(pool.imap(square, numbers())?));
    let two = pool.imap_chunked(square, numbers(), 2)?;
    say("in chunks of 2", &drain(two));
    let three = pool.imap_chunked(square, numbers(), 3)?;
    say("in chunks of 3", &drain(three));
    say("the pool goes on", &pool.apply(square, 3)?);
    Ok(())
}

fn imap_next_with_timeout() -> Result<()> {
    let pool = Pool::new(1)?;
    let mut results = pool.imap(nap, [0.3])?;
    let mut next = |timeout| results.next_timeout(timeout).unwrap_or(Err(Error::Eof));
    attempt("0", next(ZERO));
    attempt("tiny", next(TINY));
    attempt("some", next(ms(50)));
    attempt("enough", next(LONG));
    say("end", &drain(results));
    Ok(())
}

fn imap_asks_no_more_than_it_can_send() -> Result<()> {
    let pool = Pool::new(2)?;
    let results = pool.imap(square, 0..)?;
    say("first", &results.take(5).collect::<Result<Vec<_>>>()?);
    pool.terminate()?;
    say("terminated", &true);
    Ok(())
}

fn imap_feeds_on_its_own_results() -> Result<()> {
    let pool = Pool::new(1)?;
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    // The iteration waits for the result of what it gave before.
    let numbers = (0..3).inspect(move |&n| {
        if n > 0 {
            let waited = gate.lock().expect("no panic").recv_timeout(LONG);
            assert!(waited.is_ok(), "its result did not come");
        }
    });
    let mut found = Vec::new();
    for value in pool.imap(square, numbers)? {
        found.push(value?);
        let _ = open.send(());
    }
    say("found", &found);
    Ok(())
}

fn timeouts() -> Result<()> {
    let pool = Pool::new(1)?;
    let result = pool.apply_async(nap, 0.2)?;
    attempt("0", result.get_timeout(ZERO));
    attempt("tiny", result.get_timeout(TINY));
    attempt("some", result.get_timeout(ms(50)));
    result.wait_timeout(ms(10));
    say("wait", &());
    say("ready", &result.ready());
    attempt("successful", result.successful());
    attempt("enough", result.get_timeout(LONG));
    attempt("0, when ready", result.get_timeout(ZERO));
    say("ready", &result.ready());
    say("successful", &result.successful()?);
    Ok(())
}

fn get_twice() -> Result<()> {
    let pool = Pool::new(1)?;
    let result = pool.apply_async(square, 3)?;
    say("first", &result.get()?);
    say("second", &result.get()?);
    let failed = pool.apply_async(odd_fails, 3)?;
    attempt("first", failed.get());
    attempt("second", failed.get());
    Ok(())
}

fn errors_by_name() -> Result<()> {
    let pool = Pool::new(1)?;
    attempt("value", pool.apply(odd_fails, 1));
    attempt("eof", pool.apply(third_fails, 3));
    if let Err(error) = pool.apply(odd_fails, 5) {
        say("text", &error.to_string());
    }
    Ok(())
}

fn error_not_fetched() -> Result<()> {
    let pool = Pool::new(1)?;
    drop(pool.apply_async(odd_fails, 1)?);
    say("next", &pool.apply(square, 2)?);
    pool.close();
    pool.join()?;
    say("exitcodes", &exitcodes(&pool)?);
    Ok(())
}

fn unsendable_result() -> Result<()> {
    let pool = Pool::new(1)?;
    attempt("result", pool.apply(unsendable, 0));
    say("next", &pool.apply(square, 3)?);
    Ok(())
}

fn unsendable_argument() -> Result<()> {
    let pool = Pool::new(1)?;
    let result = pool.apply_async(takes_unsendable, Unsendable)?;
    if let Err(error) = result.get_timeout(LONG) {
        say("an error", &(name_of(&error) != "TimeoutError"));
    }
    say("next", &pool.apply(square, 3)?);
    pool.close();
    pool.join()
}

fn join_while_running() -> Result<()> {
    let pool = Pool::new(1)?;
    attempt("join", pool.join());
    say("still there", &pool.apply(square, 3)?);
    Ok(())
}

fn submit_after_close() -> Result<()> {
    let pool = Pool::new(1)?;
    pool.close();
    pool.close();
    attempt("apply", pool.apply(square, 3));
    attempt("apply_async", pool.apply_async(square, 3).map(drop));
    attempt("map", pool.map(square, 0..3));
    attempt("map of nothing", pool.map(square, []));
    attempt("starmap", pool.starmap(add, [(1, 2)]));
    attempt("imap", pool.imap(square, 0..3).map(drop));
    let unordered = pool.imap_unordered(square, 0..3);
    attempt("imap_unordered", unordered.map(drop));
    pool.join()
}

fn submit_after_terminate() -> Result<()> {
    let pool = Pool::new(1)?;
    pool.terminate()?;
    attempt("apply", pool.apply(square, 3));
    attempt("join", pool.join());
    pool.close();
    say("close", &());
    attempt("terminate", pool.terminate());
    Ok(())
}

fn close_and_join() -> Result<()> {
    let pool = Pool::new(3)?;
    let results = (0..20)
        .map(|n| pool.apply_async(square, n))
        .collect::<Result<Vec<_>>>()?;
    let lazy = pool.imap(square, 0..20)?;
    pool.close();
    pool.join()?;
    attempt("join again", pool.join());
    let values = results.iter().map(|result| result.get());
    say("results", &values.collect::<Result<Vec<_>>>()?);
    say("lazy", &lazy.collect::<Result<Vec<_>>>()?);
    say("exitcodes", &exitcodes(&pool)?);
    Ok(())
}

fn start_and_sleep(seconds: f64) -> Result<()> {
    marks().release()?;
    mpviz::runtime::sleep(seconds)
}

fn terminate_in_a_task() -> Result<()> {
    marks();
    let pool = Pool::new(2)?;
    let results = (0..2)
        .map(|_| pool.apply_async(start_and_sleep, 60.0))
        .collect::<Result<Vec<_>>>()?;
    marks().acquire();
    marks().acquire();
    pool.terminate()?;
    pool.join()?;
    say("exitcodes", &exitcodes(&pool)?);
    attempt("result", results[0].get_timeout(ms(50)));
    Ok(())
}

fn end_of_with() -> Result<()> {
    let (result, lost) = {
        let pool = Pool::new(2)?;
        let result = pool.apply_async(square, 3)?;
        say("in it", &result.get()?);
        (result, pool.apply_async(nap, 60.0)?)
    };
    say("result", &result.get()?);
    attempt("lost", lost.get_timeout(ms(50)));
    Ok(())
}

fn same(pids: &[u32]) -> Vec<bool> {
    pids.windows(2).map(|pair| pair[0] == pair[1]).collect()
}

fn retired_workers() -> Result<()> {
    let retiring = |tasks| Pool::builder().processes(1).maxtasksperchild(tasks).build();
    let pool = retiring(2)?;
    let pids = (0..5).map(|n| pool.apply(pid, n));
    say("same worker", &same(&pids.collect::<Result<Vec<_>>>()?));
    let pool = retiring(1)?;
    let pids = pool.map_chunked(pid, 0..8, 2)?;
    say("a chunk is one task", &same(&pids));
    pool.close();
    pool.join()
}

static BEGUN: Mutex<String> = Mutex::new(String::new());

fn begun(_: i64) -> Result<String> {
    Ok(BEGUN.lock().expect("no panic").clone())
}

fn initializers() -> Result<()> {
    let begin = |(word, number): (String, i32)| {
        *BEGUN.lock().expect("no panic") = format!("{word} {number}");
    };
    let pool = Pool::builder()
        .processes(1)
        .initializer(begin, ("ready".to_owned(), 7))
        .maxtasksperchild(1)
        .build()?;
    say("begun", &pool.apply(begun, 0)?);
    say("begun again", &pool.apply(begun, 0)?);
    Ok(())
}

fn initializer_fails() -> Result<()> {
    marks();
    let begin = |()| -> Result<()> {
        marks().release()?;
        Err(value_error("cannot begin"))
    };
    let pool = Pool::builder()
        .processes(1)
        .initializer(begin, ())
        .build()?;
    for _ in 0..3 {
        say("another begins", &marks().acquire_timeout(LONG));
    }
    attempt("task", pool.apply_async(square, 3)?.get_timeout(ms(100)));
    pool.terminate()
}

fn initializer_exits_once() -> Result<()> {
    // The first that begins finds it closed.
    let begun = Semaphore::new(0)?;
    let gate = Semaphore::new(1)?;
    let (mine, counted) = (gate.clone(), begun.clone());
    let begin = move |()| -> Result<()> {
        counted.release()?;
        if mine.try_acquire() {
            exit(5);
        }
        Ok(())
    };
    let pool = Pool::builder()
        .processes(1)
        .initializer(begin, ())
        .build()?;
    say("value", &pool.apply(square, 3)?);
    say("begun", &begun.get_value());
    Ok(())
}

fn large_values() -> Result<()> {
    let pool = Pool::new(2)?;
    for size in [0, 15, 16, 17, 4095, 4096, 65535, 65536, 65537, 5_000_000] {
        say(
            &format!("there {size}"),
            &pool.apply(length, "y".repeat(size))?,
        );
        say(&format!("back {size}"), &pool.apply(big, size)?.len());
    }
    let many = pool.map_chunked(big, [100_000; 20], 1)?;
    say("many", &many.iter().map(String::len).collect::<Vec<_>>());
    Ok(())
}

static SEEN: Mutex<Vec<i64>> = Mutex::new(Vec::new());

fn remember(n: i64) -> Result<Vec<i64>> {
    let mut seen = SEEN.lock().expect("no panic");
    seen.push(n);
    Ok(seen.clone())
}

fn tasks_in_order() -> Result<()> {
    let pool = Pool::new(1)?;
    let results = (0..5)
        .map(|n| pool.apply_async(remember, n))
        .collect::<Result<Vec<_>>>()?;
    say("last", &results[4].get()?);
    Ok(())
}

fn results_after_the_pool() -> Result<()> {
    let pool = Pool::new(1)?;
    let result = pool.apply_async(square, 3)?;
    result.wait();
    pool.terminate()?;
    say("value", &result.get()?);
    Ok(())
}

fn apply_waits() -> Result<()> {
    let pool = Pool::new(1)?;
    attempt("apply", pool.apply(nap, 0.01));
    attempt("error", pool.apply(odd_fails, 1));
    Ok(())
}
