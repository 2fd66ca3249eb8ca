//! Locks, semaphores, conditions, events and barriers.

use crate::canon::{attempt, name_of, say};
use crate::case::{Case, case};
use mpviz::runtime::{
    Barrier, BoundedSemaphore, Condition, Error, Event, Lock, Process, RLock, RawValue, Result,
    Semaphore, Value,
};
use std::time::Duration;

const SOON: Duration = Duration::from_millis(20);
const LATE: Duration = Duration::from_secs(5);
const NO_TIME: Duration = Duration::ZERO;
const BORDERS: [Duration; 3] = [NO_TIME, Duration::from_nanos(1), Duration::from_millis(1)];

pub(crate) const CASES: &[Case] = &[
    case!(lock_once),
    case!(lock_release_unheld),
    case!(lock_release_twice),
    case!(lock_released_by_another_process),
    case!(lock_released_by_another_thread),
    case!(lock_is_not_recursive),
    case!(lock_timeouts_at_their_borders),
    case!(lock_goes_on_after_an_error_inside),
    case!(lock_held_in_a_block),
    case!(lock_of_a_killed_holder),
    case!(lock_keeps_a_child_waiting),
    case!(rlock_counts),
    case!(rlock_release_unheld),
    case!(rlock_of_another_process),
    case!(rlock_of_another_thread),
    case!(rlock_released_once_of_twice),
    case!(rlock_of_a_killed_holder),
    case!(rlock_held_in_blocks),
    case!(semaphore_values),
    case!(semaphore_of_none),
    case!(semaphore_too_large),
    case!(semaphore_released_at_its_most),
    case!(semaphore_of_a_killed_holder),
    case!(semaphore_in_a_block),
    case!(semaphore_lets_so_many_in),
    case!(bounded_released_too_often),
    case!(bounded_of_none),
    case!(bounded_across_processes),
    case!(condition_unheld),
    case!(condition_held_by_another),
    case!(condition_notified_for_nobody),
    case!(condition_timeouts_at_their_borders),
    case!(condition_gives_back_all_of_an_rlock),
    case!(condition_notifies_one_of_two),
    case!(condition_notifies_two_of_three),
    case!(condition_notifies_none),
    case!(condition_on_a_lock),
    case!(condition_on_a_lock_released_by_another),
    case!(conditions_with_one_lock),
    case!(condition_waits_for),
    case!(condition_of_a_killed_waiter),
    case!(condition_forgets_who_gave_up),
    case!(event_flag),
    case!(event_timeouts_at_their_borders),
    case!(event_wakes_all),
    case!(event_set_by_a_child),
    case!(event_of_a_killed_waiter),
    case!(barrier_indices),
    case!(barrier_again),
    case!(barrier_of_one),
    case!(barrier_of_none),
    case!(barrier_acts_once),
    case!(barrier_whose_action_fails),
    case!(barrier_whose_time_is_over),
    case!(barrier_timeouts_at_their_borders),
    case!(barrier_with_a_time_of_its_own),
    case!(barrier_breaks_for_all),
    case!(barrier_aborted),
    case!(barrier_reset_while_one_waits),
    case!(barrier_counts_who_waits),
];

fn start(target: impl FnOnce() -> Result<()>) -> Result<Process> {
    Process::new().start(target)
}

/// Runs a child to its end.
fn child(target: impl FnOnce() -> Result<()>) -> Result<()> {
    start(target)?.join()
}

fn thread(target: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        scope.spawn(target);
    });
}

/// Waits for a condition.
fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn says(what: &str, value: bool) -> Result<()> {
    say(what, &value);
    Ok(())
}

/// Runs a child that does something, says so, and is killed where it stands after it.
fn killed(does: impl FnOnce()) -> Result<()> {
    let (done, never) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let process = start(|| {
        does();
        done.release()?;
        never.acquire();
        Ok(())
    })?;
    done.acquire();
    process.kill()?;
    process.join()
}

/// Says whether a child that does this is still at it after a while.
fn hangs(target: impl FnOnce() -> Result<()>) -> Result<()> {
    let process = start(target)?;
    process.join_timeout(Duration::from_millis(300))?;
    say("hangs", &process.exitcode()?.is_none());
    process.kill()?;
    process.join()
}

fn lock_once() -> Result<()> {
    let lock = Lock::new()?;
    say("first", &lock.try_acquire());
    say("second", &lock.try_acquire());
    attempt("release", lock.release());
    says("third", lock.try_acquire())
}

fn lock_release_unheld() -> Result<()> {
    let lock = Lock::new()?;
    attempt("release", lock.release());
    says("acquire", lock.try_acquire())
}

fn lock_release_twice() -> Result<()> {
    let lock = Lock::new()?;
    lock.acquire();
    attempt("release", lock.release());
    attempt("again", lock.release());
    Ok(())
}

fn lock_released_by_another_process() -> Result<()> {
    let lock = Lock::new()?;
    lock.acquire();
    child(|| {
        attempt("child releases", lock.release());
        Ok(())
    })?;
    says("acquire", lock.try_acquire())
}

fn lock_released_by_another_thread() -> Result<()> {
    let lock = Lock::new()?;
    lock.acquire();
    thread(|| attempt("thread releases", lock.release()));
    says("acquire", lock.try_acquire())
}

fn lock_is_not_recursive() -> Result<()> {
    let lock = Lock::new()?;
    lock.acquire();
    says("again", lock.acquire_timeout(SOON))
}

fn lock_timeouts_at_their_borders() -> Result<()> {
    let lock = Lock::new()?;
    for timeout in BORDERS {
        say("free", &lock.acquire_timeout(timeout));
        say("held", &lock.acquire_timeout(timeout));
        lock.release()?;
    }
    // A negative one can't be said; it is taken for this.
    lock.acquire();
    says("negative", lock.acquire_timeout(NO_TIME))
}

fn lock_goes_on_after_an_error_inside() -> Result<()> {
    let lock = Lock::new()?;
    attempt("inside", lock.with(|| -> Result<()> { Err(Error::Eof) }));
    says("acquire", lock.try_acquire())
}

fn lock_held_in_a_block() -> Result<()> {
    let lock = Lock::new()?;
    lock.with(|| say("inside", &lock.try_acquire()));
    says("after", lock.try_acquire())
}

fn lock_of_a_killed_holder() -> Result<()> {
    let lock = Lock::new()?;
    killed(|| lock.acquire())?;
    say("try", &lock.try_acquire());
    say("in time", &lock.acquire_timeout(SOON));
    attempt("release", lock.release());
    says("then", lock.try_acquire())
}

fn lock_keeps_a_child_waiting() -> Result<()> {
    let (lock, waits) = (Lock::new()?, Semaphore::new(0)?);
    lock.acquire();
    let process = start(|| {
        say("too early", &lock.try_acquire());
        waits.release()?;
        says("child", lock.acquire_timeout(LATE))
    })?;
    waits.acquire();
    lock.release()?;
    process.join()?;
    says("left locked", lock.try_acquire())
}

fn rlock_counts() -> Result<()> {
    let lock = RLock::new()?;
    for _ in 0..3 {
        say("acquire", &lock.try_acquire());
    }
    for _ in 0..4 {
        attempt("release", lock.release());
    }
    Ok(())
}

fn rlock_release_unheld() -> Result<()> {
    attempt("release", RLock::new()?.release());
    Ok(())
}

fn rlock_of_another_process() -> Result<()> {
    let lock = RLock::new()?;
    lock.acquire();
    child(|| {
        attempt("child releases", lock.release());
        say("child acquires", &lock.try_acquire());
        says("in time", lock.acquire_timeout(SOON))
    })?;
    attempt("release", lock.release());
    Ok(())
}

fn rlock_of_another_thread() -> Result<()> {
    let lock = RLock::new()?;
    lock.acquire();
    thread(|| attempt("thread releases", lock.release()));
    thread(|| say("thread acquires", &lock.try_acquire()));
    attempt("release", lock.release());
    thread(|| say("thread acquires", &lock.try_acquire()));
    Ok(())
}

fn rlock_released_once_of_twice() -> Result<()> {
    let lock = RLock::new()?;
    lock.acquire();
    lock.acquire();
    lock.release()?;
    child(|| says("half", lock.try_acquire()))?;
    lock.release()?;
    child(|| says("whole", lock.try_acquire()))
}

fn rlock_of_a_killed_holder() -> Result<()> {
    let lock = RLock::new()?;
    killed(|| lock.acquire())?;
    say("try", &lock.try_acquire());
    attempt("release", lock.release());
    Ok(())
}

fn rlock_held_in_blocks() -> Result<()> {
    let lock = RLock::new()?;
    lock.with(|| -> Result<()> {
        lock.with(|| child(|| says("child", lock.try_acquire())))?;
        child(|| says("child", lock.try_acquire()))
    })?;
    child(|| says("child", lock.try_acquire()))
}

fn semaphore_values() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    say("value", &semaphore.get_value());
    for _ in 0..3 {
        say("acquire", &semaphore.try_acquire());
        say("value", &semaphore.get_value());
    }
    for _ in 0..4 {
        attempt("release", semaphore.release());
    }
    say("value", &semaphore.get_value());
    Ok(())
}

fn semaphore_of_none() -> Result<()> {
    let semaphore = Semaphore::new(0)?;
    say("acquire", &semaphore.acquire_timeout(NO_TIME));
    say("in time", &semaphore.acquire_timeout(SOON));
    child(|| semaphore.release())?;
    says("then", semaphore.try_acquire())
}

fn semaphore_too_large() -> Result<()> {
    let most = 1 << 31;
    attempt("at most", Semaphore::new(most - 1).map(|s| s.get_value()));
    attempt("more", Semaphore::new(most).map(|s| s.get_value()));
    attempt(
        "bounded",
        BoundedSemaphore::new(most).map(|s| s.get_value()),
    );
    Ok(())
}

fn semaphore_released_at_its_most() -> Result<()> {
    let semaphore = Semaphore::new((1 << 31) - 1)?;
    attempt("release", semaphore.release());
    say("value", &semaphore.get_value());
    Ok(())
}

fn semaphore_of_a_killed_holder() -> Result<()> {
    let semaphore = Semaphore::new(2)?;
    killed(|| semaphore.acquire())?;
    say("value", &semaphore.get_value());
    Ok(())
}

fn semaphore_in_a_block() -> Result<()> {
    let semaphore = Semaphore::new(3)?;
    semaphore.with(|| semaphore.with(|| say("value", &semaphore.get_value())));
    say("value", &semaphore.get_value());
    Ok(())
}

fn semaphore_lets_so_many_in() -> Result<()> {
    let places = Semaphore::new(2)?;
    let (inside, go) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let target = || {
        places.with(|| -> Result<()> {
            inside.release()?;
            go.acquire();
            Ok(())
        })
    };
    let processes = (0..4).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    inside.acquire();
    inside.acquire();
    say("a third", &inside.acquire_timeout(SOON));
    for _ in 0..4 {
        go.release()?;
    }
    for process in processes {
        process.join()?;
    }
    say("value", &places.get_value());
    Ok(())
}

fn bounded_released_too_often() -> Result<()> {
    let semaphore = BoundedSemaphore::new(2)?;
    attempt("full", semaphore.release());
    semaphore.acquire();
    attempt("one", semaphore.release());
    attempt("two", semaphore.release());
    say("value", &semaphore.get_value());
    Ok(())
}

fn bounded_of_none() -> Result<()> {
    let semaphore = BoundedSemaphore::new(0)?;
    say("acquire", &semaphore.try_acquire());
    attempt("release", semaphore.release());
    Ok(())
}

fn bounded_across_processes() -> Result<()> {
    let semaphore = BoundedSemaphore::new(1)?;
    child(|| {
        semaphore.acquire();
        Ok(())
    })?;
    say("value", &semaphore.get_value());
    attempt("release", semaphore.release());
    child(|| {
        attempt("child", semaphore.release());
        Ok(())
    })
}

fn condition_unheld() -> Result<()> {
    let condition = Condition::new()?;
    attempt("wait", condition.wait());
    attempt("wait in time", condition.wait_timeout(NO_TIME));
    attempt("notify", condition.notify(1));
    attempt("notify all", condition.notify_all());
    attempt("release", condition.release());
    Ok(())
}

fn condition_held_by_another() -> Result<()> {
    let condition = Condition::new()?;
    condition.with(|| {
        child(|| {
            attempt("wait", condition.wait_timeout(NO_TIME));
            Ok(())
        })?;
        thread(|| attempt("notify", condition.notify(1)));
        Ok(())
    })
}

fn condition_notified_for_nobody() -> Result<()> {
    let condition = Condition::new()?;
    condition.with(|| {
        attempt("notify", condition.notify(1));
        attempt("notify all", condition.notify_all());
        // It is not kept for who comes later.
        attempt("wait", condition.wait_timeout(SOON));
    });
    Ok(())
}

fn condition_timeouts_at_their_borders() -> Result<()> {
    let condition = Condition::new()?;
    condition.with(|| {
        for timeout in BORDERS {
            attempt("wait", condition.wait_timeout(timeout));
        }
        child(|| says("child", condition.try_acquire()))
    })
}

fn condition_gives_back_all_of_an_rlock() -> Result<()> {
    let (condition, ready) = (Condition::new()?, Semaphore::new(0)?);
    let process = start(|| {
        condition.acquire();
        condition.acquire();
        ready.release()?;
        attempt("wait", condition.wait_timeout(LATE));
        for _ in 0..3 {
            attempt("release", condition.release());
        }
        Ok(())
    })?;
    ready.acquire();
    condition.with(|| condition.notify(1))?;
    process.join()
}

/// Starts so many who wait; returns them and the semaphore that they release when woken.
fn waiting(condition: &Condition, count: usize) -> Result<(Vec<Process>, Semaphore)> {
    let (ready, woken) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let target = || {
        condition.with(|| {
            ready.release()?;
            condition.wait()
        })?;
        woken.release()
    };
    let processes = (0..count)
        .map(|_| start(target))
        .collect::<Result<Vec<_>>>()?;
    for _ in 0..count {
        ready.acquire();
    }
    Ok((processes, woken))
}

fn join_all(processes: Vec<Process>) -> Result<()> {
    processes.iter().try_for_each(|process| process.join())
}

fn condition_notifies_one_of_two() -> Result<()> {
    let condition = Condition::new()?;
    let (processes, woken) = waiting(&condition, 2)?;
    condition.with(|| condition.notify(1))?;
    say("one", &woken.acquire_timeout(LATE));
    say("two", &woken.acquire_timeout(SOON));
    condition.with(|| condition.notify_all())?;
    say("two", &woken.acquire_timeout(LATE));
    join_all(processes)
}

fn condition_notifies_two_of_three() -> Result<()> {
    let condition = Condition::new()?;
    let (processes, woken) = waiting(&condition, 3)?;
    condition.with(|| condition.notify(2))?;
    for _ in 0..2 {
        say("woken", &woken.acquire_timeout(LATE));
    }
    say("third", &woken.acquire_timeout(SOON));
    condition.with(|| condition.notify(5))?;
    say("third", &woken.acquire_timeout(LATE));
    join_all(processes)
}

fn condition_notifies_none() -> Result<()> {
    let condition = Condition::new()?;
    let (processes, woken) = waiting(&condition, 1)?;
    condition.with(|| attempt("notify", condition.notify(0)));
    say("woken", &woken.acquire_timeout(SOON));
    condition.with(|| condition.notify(1))?;
    say("woken", &woken.acquire_timeout(LATE));
    join_all(processes)
}

fn condition_on_a_lock() -> Result<()> {
    let lock = Lock::new()?;
    let condition = Condition::with_lock(&lock)?;
    attempt("unheld", condition.wait_timeout(NO_TIME));
    lock.with(|| {
        attempt("held", condition.wait_timeout(SOON));
        say("taken", &condition.try_acquire());
    });
    let (processes, woken) = waiting(&condition, 1)?;
    lock.with(|| condition.notify(1))?;
    say("woken", &woken.acquire_timeout(LATE));
    join_all(processes)
}

fn condition_on_a_lock_released_by_another() -> Result<()> {
    let lock = Lock::new()?;
    let condition = Condition::with_lock(&lock)?;
    lock.acquire();
    child(|| {
        lock.release()?;
        lock.acquire();
        // It counts one less than nothing, so the lock that it holds is not its own.
        attempt("wait", condition.wait_timeout(NO_TIME));
        attempt("notify", condition.notify(1));
        attempt("release", lock.release());
        Ok(())
    })?;
    attempt("ours still", condition.notify(1));
    Ok(())
}

fn conditions_with_one_lock() -> Result<()> {
    let lock = RLock::new()?;
    let (empty, full) = (Condition::with_lock(&lock)?, Condition::with_lock(&lock)?);
    let place = RawValue::new(0)?;
    let process = start(|| {
        for _ in 0..3 {
            let _held = lock.guard();
            full.wait_for(|| place.get() != 0)?;
            say("got", &place.get());
            place.set(0);
            empty.notify(1)?;
        }
        Ok(())
    })?;
    for item in [1, 2, 3] {
        let _held = lock.guard();
        empty.wait_for(|| place.get() == 0)?;
        place.set(item);
        full.notify(1)?;
    }
    process.join()
}

fn condition_waits_for() -> Result<()> {
    let condition = Condition::new()?;
    // Who need not wait need not hold it.
    attempt("true", condition.wait_for(|| true).map(|()| true));
    attempt("no time", condition.wait_for_timeout(|| false, NO_TIME));
    attempt("some time", condition.wait_for_timeout(|| false, SOON));
    condition.with(|| {
        attempt("held", condition.wait_for_timeout(|| false, SOON));
        let mut asked = 0;
        let second = || {
            asked += 1;
            asked > 1
        };
        attempt("later", condition.wait_for_timeout(second, SOON));
    });
    Ok(())
}

fn condition_of_a_killed_waiter() -> Result<()> {
    let (condition, ready) = (Condition::new()?, Semaphore::new(0)?);
    let process = start(|| {
        condition.with(|| {
            ready.release()?;
            condition.wait()
        })
    })?;
    ready.acquire();
    condition.with(|| ());
    process.kill()?;
    process.join()?;
    // It waits until the dead one says that it woke.
    hangs(|| condition.with(|| condition.notify(1)))
}

fn condition_forgets_who_gave_up() -> Result<()> {
    let condition = Condition::new()?;
    child(|| {
        condition.with(|| attempt("gives up", condition.wait_timeout(SOON)));
        Ok(())
    })?;
    let (processes, woken) = waiting(&condition, 1)?;
    condition.with(|| condition.notify(1))?;
    say("woken", &woken.acquire_timeout(LATE));
    join_all(processes)
}

fn event_flag() -> Result<()> {
    let event = Event::new()?;
    say("new", &event.is_set());
    for sets in [true, true, false, false, true] {
        if sets {
            attempt("does", event.set());
        } else {
            event.clear();
            attempt("does", Ok(()));
        }
        say("is set", &event.is_set());
    }
    child(|| says("child", event.is_set()))
}

fn event_timeouts_at_their_borders() -> Result<()> {
    let event = Event::new()?;
    for timeout in BORDERS {
        attempt("not set", event.wait_timeout(timeout));
    }
    event.set()?;
    for timeout in BORDERS {
        attempt("set", event.wait_timeout(timeout));
    }
    Ok(())
}

fn event_wakes_all() -> Result<()> {
    let event = Event::new()?;
    let (ready, woken) = (Semaphore::new(0)?, Semaphore::new(0)?);
    let target = || {
        ready.release()?;
        if event.wait_timeout(LATE)? {
            woken.release()?;
        }
        Ok(())
    };
    let processes = (0..3).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    for _ in 0..3 {
        ready.acquire();
    }
    event.set()?;
    for _ in 0..3 {
        say("woken", &woken.acquire_timeout(LATE));
    }
    join_all(processes)
}

fn event_set_by_a_child() -> Result<()> {
    let event = Event::new()?;
    child(|| event.set())?;
    say("is set", &event.is_set());
    child(|| {
        event.clear();
        Ok(())
    })?;
    says("is set", event.is_set())
}

fn event_of_a_killed_waiter() -> Result<()> {
    let (event, ready) = (Event::new()?, Semaphore::new(0)?);
    let process = start(|| {
        ready.release()?;
        event.wait()
    })?;
    ready.acquire();
    // That it sleeps is seen where the kernel says so.
    until(|| process.pid().is_ok_and(|pid| pid.is_some_and(is_asleep)));
    process.kill()?;
    process.join()?;
    hangs(|| event.set())
}

fn is_asleep(pid: u32) -> bool {
    let call = std::fs::read_to_string(format!("/proc/{pid}/syscall")).unwrap_or_default();
    // futex, on x86 and on ARM.
    matches!(call.split(' ').next(), Some("202" | "98"))
}

fn barrier_indices() -> Result<()> {
    let barrier = Barrier::new(3)?;
    let seen = (0..3)
        .map(|_| Semaphore::new(0))
        .collect::<Result<Vec<_>>>()?;
    let target = || seen[barrier.wait()? as usize].release();
    let processes = (0..3).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    for (index, seen) in seen.iter().enumerate() {
        say(&format!("index {index}"), &seen.acquire_timeout(LATE));
    }
    join_all(processes)?;
    say("waiting", &barrier.n_waiting());
    Ok(())
}

fn barrier_again() -> Result<()> {
    let barrier = Barrier::new(2)?;
    let process = start(|| (0..5).try_for_each(|_| barrier.wait().map(drop)))?;
    let mut rounds = 0;
    for _ in 0..5 {
        barrier.wait()?;
        rounds += 1;
    }
    process.join()?;
    say("rounds", &rounds);
    says("broken", barrier.broken())
}

fn barrier_of_one() -> Result<()> {
    let barrier = Barrier::new(1)?;
    attempt("wait", barrier.wait());
    attempt("again", barrier.wait());
    attempt("no time", barrier.wait_timeout(NO_TIME));
    Ok(())
}

fn barrier_of_none() -> Result<()> {
    let barrier = Barrier::new(0)?;
    say("parties", &barrier.parties());
    attempt("wait", barrier.wait_timeout(SOON));
    Ok(())
}

fn barrier_acts_once() -> Result<()> {
    let acted = Value::new(0)?;
    let seen = acted.clone();
    let barrier = Barrier::new(2)?.action(move || {
        let _held = acted.get_lock().guard();
        acted.set(acted.get() + 1);
        Ok(())
    });
    let process = start(|| barrier.wait().map(drop))?;
    barrier.wait()?;
    process.join()?;
    say("acted", &seen.get());
    Ok(())
}

fn barrier_whose_action_fails() -> Result<()> {
    let barrier = Barrier::new(2)?.action(|| Err(Error::Eof));
    let process = start(|| {
        attempt("first", barrier.wait());
        Ok(())
    })?;
    until(|| barrier.n_waiting() == 1);
    let failed = barrier.wait().err();
    process.join()?;
    say("last", &failed.as_ref().map(name_of));
    says("broken", barrier.broken())
}

fn barrier_whose_time_is_over() -> Result<()> {
    let barrier = Barrier::new(2)?;
    attempt("wait", barrier.wait_timeout(SOON));
    say("broken", &barrier.broken());
    attempt("then", barrier.wait());
    attempt("reset", barrier.reset());
    say("broken", &barrier.broken());
    let process = start(|| barrier.wait().map(drop))?;
    attempt("again", barrier.wait_timeout(LATE).map(|_| true));
    process.join()
}

fn barrier_timeouts_at_their_borders() -> Result<()> {
    for timeout in BORDERS {
        let barrier = Barrier::new(2)?;
        attempt("wait", barrier.wait_timeout(timeout));
        say("broken", &barrier.broken());
    }
    Ok(())
}

fn barrier_with_a_time_of_its_own() -> Result<()> {
    let barrier = Barrier::new(2)?.timeout(SOON);
    attempt("wait", barrier.wait());
    says("broken", barrier.broken())
}

fn barrier_breaks_for_all() -> Result<()> {
    let barrier = Barrier::new(3)?;
    let process = start(|| {
        attempt("long", barrier.wait_timeout(LATE));
        Ok(())
    })?;
    until(|| barrier.n_waiting() == 1);
    let broke = matches!(barrier.wait_timeout(SOON), Err(Error::BrokenBarrier));
    process.join()?;
    says("short", broke)
}

fn barrier_aborted() -> Result<()> {
    let barrier = Barrier::new(2)?;
    let process = start(|| {
        attempt("wait", barrier.wait());
        Ok(())
    })?;
    until(|| barrier.n_waiting() == 1);
    barrier.abort()?;
    process.join()?;
    say("broken", &barrier.broken());
    say("waiting", &barrier.n_waiting());
    attempt("then", barrier.wait());
    Ok(())
}

fn barrier_reset_while_one_waits() -> Result<()> {
    let barrier = Barrier::new(2)?;
    let process = start(|| {
        attempt("wait", barrier.wait());
        Ok(())
    })?;
    until(|| barrier.n_waiting() == 1);
    barrier.reset()?;
    process.join()?;
    say("broken", &barrier.broken());
    let process = start(|| barrier.wait().map(drop))?;
    attempt("then", barrier.wait_timeout(LATE).map(|_| true));
    process.join()
}

fn barrier_counts_who_waits() -> Result<()> {
    let barrier = Barrier::new(3)?;
    say("parties", &barrier.parties());
    say("waiting", &barrier.n_waiting());
    let target = || barrier.wait_timeout(LATE).map(drop);
    let processes = (0..2).map(|_| start(target)).collect::<Result<Vec<_>>>()?;
    until(|| barrier.n_waiting() == 2);
    say("waiting", &barrier.n_waiting());
    barrier.wait()?;
    for process in &processes {
        process.join()?;
    }
    say("waiting", &barrier.n_waiting());
    let exits = processes.iter().map(Process::exitcode);
    say("exits", &exits.collect::<Result<Vec<_>>>()?);
    Ok(())
}
