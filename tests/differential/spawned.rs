//! Processes by spawn: what gets there, what does not, and the rules of contexts.

use crate::canon::{attempt, say};
use crate::case::{Case, case};
use mpviz::runtime::process::{Fork, fork, waitpid};
use mpviz::runtime::spawn::Registered;
use mpviz::runtime::sync::{Barrier, Condition, Event, Lock, RLock, Semaphore};
use mpviz::runtime::{
    Array, Connection, Error, JoinableQueue, Process, Queue, Result, SimpleQueue, StartMethod,
    Value, current_process, exit, force_start_method, getpid, getppid, parent_process, pipe,
    pipe_one_way, set_start_method, start_method, start_method_if_set,
};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    case!(exit_codes),
    case!(who_it_is),
    case!(from_a_spawned_process),
    case!(from_a_forked_process),
    case!(start_method_in_the_child),
    case!(start_method_set_twice),
    case!(start_method_unknown),
    case!(arguments),
    case!(large_argument),
    case!(arguments_are_copies),
    case!(memory_stays_behind),
    case!(target_without_a_name),
    case!(value),
    case!(lock_and_event),
    case!(all_of_synchronize),
    case!(lock_made_under_fork),
    case!(queues),
    case!(a_joinable_queue),
    case!(queue_made_under_fork),
    case!(queue_in_a_message),
    case!(connections),
    case!(lock_in_a_message),
    case!(target_that_forks),
    case!(target_that_closes_all),
    case!(target_that_closes_all_and_fails),
    case!(target_that_ends_the_process),
    case!(target_that_panics),
    case!(daemon_has_no_children),
    case!(ended_by_signals),
    case!(left_by_exit),
    case!(joined_at_exit),
    case!(command_line_is_the_parents),
    case!(descriptors_stay_behind),
];

/// Returns what these cases spawn.
pub(crate) fn targets() -> Vec<Registered> {
    vec![
        Registered::new(nothing),
        Registered::new(end),
        Registered::new(fail),
        Registered::new(who),
        Registered::new(spawns_one),
        Registered::new(start_method_there),
        Registered::new(add),
        Registered::new(texts),
        Registered::new(length),
        Registered::new(append),
        Registered::new(tell_changed),
        Registered::new(raise_value),
        Registered::new(hold),
        Registered::new(hand_on),
        Registered::new(do_tasks),
        Registered::new(take_queue),
        Registered::new(answer),
        Registered::new(meet),
        Registered::new(fork_in_between),
        Registered::new(close_all),
        Registered::new(index_out_of_range),
        Registered::new(spawn_nothing),
        Registered::new(wait_for_ever),
        Registered::new(die_early),
        Registered::new(command_line),
        Registered::new(descriptors),
    ]
}

static CHANGED: AtomicU32 = AtomicU32::new(0);

fn join(process: Process) -> Result<()> {
    process.join()?;
    say("exitcode", &process.exitcode()?);
    Ok(())
}

fn nothing() {}

fn end(code: i32) {
    exit(code)
}

fn fail() -> Result<()> {
    Err(Error::Eof)
}

fn exit_codes() -> Result<()> {
    join(Process::new().spawn(nothing, ())?)?;
    for code in [0, 3, 256, 257, -1] {
        join(Process::new().spawn(end, (code,))?)?;
    }
    join(Process::new().spawn(fail, ())?)
}

fn who() -> Result<()> {
    let (me, parent) = (current_process(), parent_process().expect("there is one"));
    say("me", &(&me.name, me.daemon, me.pid == Some(getpid())));
    let is_it = parent.pid() == getppid();
    say("parent", &(parent.name(), is_it, parent.is_alive()?));
    Ok(())
}

fn who_it_is() -> Result<()> {
    join(Process::new().spawn(who, ())?)?;
    join(Process::named("worker").spawn(who, ())?)?;
    join(Process::new().daemon(true).spawn(who, ())?)
}

fn spawns_one() -> Result<()> {
    say("me", &current_process().name);
    join(Process::new().spawn(who, ())?)
}

fn from_a_spawned_process() -> Result<()> {
    join(Process::new().spawn(spawns_one, ())?)
}

fn from_a_forked_process() -> Result<()> {
    join(Process::new().start(spawns_one)?)
}

fn start_method_there() {
    say("there", &start_method_if_set().map(StartMethod::text));
}

fn start_method_in_the_child() -> Result<()> {
    join(Process::new().spawn(start_method_there, ())?)?;
    force_start_method(StartMethod::Spawn);
    join(Process::new().spawn(start_method_there, ())?)
}

fn start_method_set_twice() -> Result<()> {
    force_start_method(None);
    say("nothing yet", &start_method_if_set().map(StartMethod::text));
    attempt("set", set_start_method(StartMethod::Spawn));
    attempt("again", set_start_method(StartMethod::Spawn));
    say("is", start_method().text());
    force_start_method(StartMethod::Fork);
    say("forced", &());
    say("is", start_method().text());
    force_start_method(None);
    say("asked", &(start_method() == StartMethod::Fork));
    attempt("set after asking", set_start_method(StartMethod::Spawn));
    Ok(())
}

fn start_method_unknown() -> Result<()> {
    attempt(
        "unknown",
        "clone".parse::<StartMethod>().map(force_start_method),
    );
    Ok(())
}

fn add(a: u32, b: u32) {
    say("sum", &(a + b));
}

fn texts(one: String, two: String, three: String) {
    say("texts", &(one, two, three));
}

fn arguments() -> Result<()> {
    join(Process::new().spawn(add, (3, 4))?)?;
    join(Process::new().spawn(texts, ("a", String::new(), &"ü".repeat(10)))?)
}

fn length(data: Vec<u8>) {
    say("length", &data.len());
}

fn large_argument() -> Result<()> {
    join(Process::new().spawn(length, (vec![b'x'; 1 << 24],))?)
}

fn append(mut items: Vec<u32>) {
    items.push(1);
    say("there", &items);
}

fn arguments_are_copies() -> Result<()> {
    let items = vec![7];
    join(Process::new().spawn(append, (&items,))?)?;
    say("here", &items);
    Ok(())
}

fn tell_changed() {
    say("there", &CHANGED.load(Ordering::Relaxed));
}

fn memory_stays_behind() -> Result<()> {
    CHANGED.store(5, Ordering::Relaxed);
    join(Process::new().start(tell_changed)?)?;
    join(Process::new().spawn(tell_changed, ())?)
}

fn unnamed() {}

fn target_without_a_name() -> Result<()> {
    let started = Process::new().spawn(unnamed, ());
    attempt("start", started.map(drop));
    Ok(())
}

fn raise_value(value: Value<i32>) {
    let _held = value.get_lock().guard();
    value.set(value.get() + 5);
}

fn value() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let value = Value::new(2)?;
    join(Process::new().spawn(raise_value, (&value,))?)?;
    say("here", &value.get());
    Ok(())
}

fn hold(lock: Lock, event: Event) -> Result<()> {
    lock.acquire();
    event.set()
}

fn lock_and_event() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let (lock, event) = (Lock::new()?, Event::new()?);
    join(Process::new().spawn(hold, (&lock, &event))?)?;
    say("set", &event.is_set());
    say("acquire", &lock.try_acquire());
    attempt("release", lock.release());
    say("acquire", &lock.try_acquire());
    Ok(())
}

fn hand_on(from: Queue<u32>, to: SimpleQueue<u32>) -> Result<()> {
    (0..3).try_for_each(|_| to.put(from.get()? * 2))
}

fn queues() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let (from, to) = (Queue::bounded("from", 2)?, SimpleQueue::named("to")?);
    let process = Process::new().spawn(hand_on, (&from, &to))?;
    (0..3).try_for_each(|n| from.put(n))?;
    for _ in 0..3 {
        say("get", &to.get()?);
    }
    say("qsize", &from.qsize());
    join(process)
}

fn do_tasks(q: JoinableQueue<u32>) -> Result<()> {
    for _ in 0..2 {
        q.get()?;
        q.task_done()?;
    }
    attempt("too often", q.task_done());
    Ok(())
}

fn a_joinable_queue() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let q = JoinableQueue::named("q")?;
    q.put(1)?;
    q.put(2)?;
    let process = Process::new().spawn(do_tasks, (&q,))?;
    q.join()?;
    // What the other one says comes first: it may still be about to.
    join(process)?;
    say("joined", &true);
    Ok(())
}

fn take_queue(_: Queue<u32>) {}

fn queue_made_under_fork() -> Result<()> {
    let q = Queue::<u32>::named("q")?;
    force_start_method(StartMethod::Spawn);
    let spawned = Process::new().spawn(take_queue, (&q,));
    attempt("start", spawned.map(drop));
    Ok(())
}

fn queue_in_a_message() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let (_reader, writer) = pipe_one_way("p")?;
    attempt("send", writer.send(&Queue::<u32>::named("q")?));
    Ok(())
}

fn answer(end: Connection, writer: Connection) -> Result<()> {
    end.send(&end.recv::<String>()?.to_uppercase())?;
    writer.send_bytes(b"one way")
}

fn connections() -> Result<()> {
    // However they were made.
    let (a, b) = pipe("p")?;
    let (reader, writer) = pipe_one_way("p")?;
    let process = Process::new().spawn(answer, (&b, &writer))?;
    a.send("text")?;
    say("recv", &a.recv::<String>()?);
    say("recv", &String::from_utf8_lossy(&reader.recv_bytes()?));
    join(process)
}

type Locks = (Lock, Condition, RLock);
type Others = (Semaphore, Barrier, Array<i32>);

fn meet((lock, condition, rlock): Locks, (places, barrier, array): Others) -> Result<()> {
    let no_time = Duration::ZERO;
    attempt("unheld", condition.wait_timeout(no_time));
    // The condition's lock is this very lock.
    lock.with(|| attempt("held", condition.wait_timeout(no_time)));
    rlock.with(|| array.set(1, 7))?;
    places.release()?;
    barrier.wait()?;
    Ok(())
}

fn all_of_synchronize() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let lock = Lock::new()?;
    let (condition, rlock) = (Condition::with_lock(&lock)?, RLock::new()?);
    let (places, barrier) = (Semaphore::new(2)?, Barrier::new(2)?);
    let array = Array::new(&[1, 2, 3])?;
    let locks = (lock, condition, rlock);
    let others = (places, barrier, array);
    let process = Process::new().spawn(meet, (&locks, &others))?;
    let ((_, _, rlock), (places, barrier, array)) = (locks, others);
    attempt("met", barrier.wait().map(|index| index < 2));
    process.join()?;
    say("value", &places.get_value());
    say("all", &array.to_vec());
    say("acquire", &rlock.try_acquire());
    say("exit", &process.exitcode()?);
    Ok(())
}

fn lock_made_under_fork() -> Result<()> {
    let lock = Lock::new()?;
    force_start_method(StartMethod::Spawn);
    let event = Event::new()?;
    attempt(
        "start",
        Process::new().spawn(hold, (&lock, &event)).map(drop),
    );
    Ok(())
}

fn lock_in_a_message() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    let (reader, writer) = pipe_one_way("pipe")?;
    attempt("send", writer.send(&Lock::new()?));
    attempt("send after", writer.send(&1));
    attempt("recv", reader.recv::<i32>());
    Ok(())
}

fn spawn_nothing() {
    attempt("start", Process::new().spawn(nothing, ()).map(drop));
}

fn daemon_has_no_children() -> Result<()> {
    join(Process::new().daemon(true).spawn(spawn_nothing, ())?)
}

fn wait_for_ever(event: Event) -> Result<()> {
    event.set()?;
    Event::new()?.wait()
}

fn ended_by_signals() -> Result<()> {
    force_start_method(StartMethod::Spawn);
    for end in [Process::terminate, Process::kill] {
        let event = Event::new()?;
        let process = Process::new().spawn(wait_for_ever, (&event,))?;
        event.wait()?;
        say("alive", &process.is_alive()?);
        end(&process)?;
        join(process)?;
    }
    Ok(())
}

fn die_early(code: i32) {
    // CPython's os._exit. Nothing is registered for the end, so that is what this does.
    std::process::exit(code);
}

fn left_by_exit() -> Result<()> {
    join(Process::new().spawn(die_early, (9,))?)
}

fn joined_at_exit() -> Result<()> {
    Process::new().spawn(add, (1, 2)).map(drop)
}

fn command_line() {
    say("last", &std::env::args().next_back());
}

fn command_line_is_the_parents() -> Result<()> {
    join(Process::new().spawn(command_line, ())?)
}

fn descriptors() {
    let open = std::fs::read_dir("/proc/self/fd")
        .expect("a folder")
        .count();
    say("few", &(open < 15));
}

fn descriptors_stay_behind() -> Result<()> {
    let open = || std::fs::File::open("/dev/null").expect("a file");
    let kept: Vec<_> = (0..20).map(|_| open()).collect();
    join(Process::new().spawn(descriptors, ())?)?;
    say("kept", &kept.len());
    Ok(())
}

fn fork_in_between() -> Result<()> {
    match fork()? {
        Fork::Parent { pid } => say("ended", &waitpid(pid)?),
        Fork::Child => {
            say("copy", &());
            std::process::exit(6);
        }
    }
    Ok(())
}

fn target_that_forks() -> Result<()> {
    join(Process::new().start(fork_in_between)?)?;
    join(Process::new().spawn(fork_in_between, ())?)
}

fn close_all() {
    for fd in 0..64 {
        // Most are not open.
        let _ = nix::unistd::close(fd);
    }
}

fn target_that_closes_all() -> Result<()> {
    join(Process::new().start(close_all)?)?;
    join(Process::new().spawn(close_all, ())?)
}

fn close_all_and_fail() -> Result<()> {
    close_all();
    Err(Error::Eof)
}

fn target_that_closes_all_and_fails() -> Result<()> {
    join(Process::new().start(close_all_and_fail)?)
}

fn target_that_ends_the_process() -> Result<()> {
    join(Process::new().start(|| die_early(3))?)
}

fn index_out_of_range() {
    let none: Vec<u32> = Vec::new();
    say("never", &none[1]);
}

fn target_that_panics() -> Result<()> {
    join(Process::new().start(index_out_of_range)?)?;
    join(Process::new().spawn(index_out_of_range, ())?)
}
