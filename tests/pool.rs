//! Pools as a program has them for long: many workers, many tasks, and nothing that grows.
//!
//! What a pool does beside CPython's stands in `tests/differential/pool.rs`.

use mpviz::runtime::{Error, Pool, Result, getpid, run_main, sync::Semaphore};
use std::fs;
use std::sync::Mutex;

/// What these tests count is the process's own: one at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// As many tasks as `.ci/run` takes; `MPVIZ_TEST_TASKS` says another number.
fn tasks() -> u64 {
    let asked = std::env::var("MPVIZ_TEST_TASKS").ok();
    asked.map_or(60_000, |text| text.parse().expect("a number of tasks"))
}

/// Returns how many descriptors are open, but for those of the C library: where a thread allocates for
/// the first time, another test's too, it asks below /sys how many CPUs there are.
fn descriptors() -> usize {
    let all = fs::read_dir("/proc/self/fd").expect("our descriptors");
    let links = all.flatten().map(|entry| fs::read_link(entry.path()));
    links
        .filter(|link| !link.as_ref().is_ok_and(|link| link.starts_with("/sys")))
        .count()
}

/// Returns this process's anonymous memory in kilobytes.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("our status");
    let line = status.lines().find(|line| line.starts_with("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|number| number.parse().ok())
        .expect("RssAnon")
}

fn check(main: impl FnOnce() -> Result<()>) {
    let _alone = ALONE
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let before = descriptors();
    assert_eq!(run_main(main), 0);
    assert_eq!(descriptors(), before, "descriptors were left open");
    let children = fs::read_to_string(format!("/proc/self/task/{}/children", getpid()));
    // Of the main thread only, where the kernel tells; workers are made by it.
    assert_eq!(children.unwrap_or_default().trim(), "");
}

fn square(n: u64) -> Result<u64> {
    Ok(n.wrapping_mul(n))
}

#[test]
fn a_pool_of_64_does_many_tasks_without_growing() {
    check(|| {
        let pool = Pool::new(64)?;
        let tenth = tasks() / 10;
        let mut sum = 0u64;
        let (mut fds, mut kilobytes) = (0, 0);
        for (done, value) in pool.imap_unordered(square, 0..tasks())?.enumerate() {
            sum = sum.wrapping_add(value?);
            if done as u64 == tenth {
                (fds, kilobytes) = (descriptors(), memory());
            }
        }
        let wanted = (0..tasks()).fold(0u64, |sum, n| sum.wrapping_add(n.wrapping_mul(n)));
        assert_eq!(sum, wanted, "each result came once");
        assert_eq!(descriptors(), fds);
        // What came faster than it was asked for may lie there: less than all that came.
        assert!(
            memory() < kilobytes + 8192,
            "{} then {}",
            kilobytes,
            memory()
        );
        pool.close();
        pool.join()?;
        assert!(
            pool.workers()?
                .iter()
                .all(|worker| worker.exitcode == Some(0))
        );
        Ok(())
    });
}

#[test]
fn results_that_are_dropped_leave_nothing() {
    check(|| {
        let pool = Pool::new(2)?;
        let round = || -> Result<()> {
            let results = (0..2000).map(|n| pool.apply_async(square, n));
            let results = results.collect::<Result<Vec<_>>>()?;
            results.iter().try_for_each(|result| result.get().map(drop))
        };
        round()?;
        let kilobytes = memory();
        for _ in 0..10 {
            round()?;
        }
        assert!(
            memory() < kilobytes + 2048,
            "{} then {}",
            kilobytes,
            memory()
        );
        Ok(())
    });
}

#[test]
fn pools_come_and_go() {
    check(|| {
        let round = |end: u32| -> Result<()> {
            let pool = Pool::new(3)?;
            assert_eq!(pool.map(square, 0..10)?.len(), 10);
            match end {
                0 => {
                    pool.close();
                    pool.join()
                }
                1 => pool.terminate(),
                _ => Ok(()),
            }
        };
        round(0)?;
        let fds = descriptors();
        for n in 0..12 {
            round(n % 3)?;
            assert_eq!(descriptors(), fds);
        }
        Ok(())
    });
}

#[test]
fn workers_that_keep_dying_are_replaced_and_no_task_is_done_twice() {
    check(|| {
        let done = Semaphore::new(0)?;
        DONE.lock().expect("no panic").replace(done.clone());
        let pool = Pool::new(4)?;
        let results = (0..200).map(|n| pool.apply_async(one_in_ten_dies, n));
        let results = results.collect::<Result<Vec<_>>>()?;
        for (n, result) in results.iter().enumerate() {
            if n % 10 != 0 {
                assert_eq!(result.get()?, n as u64);
            }
        }
        let lost = results.iter().filter(|result| !result.ready()).count();
        assert_eq!(lost, 20, "the task of each that died, and no other");
        assert_eq!(done.get_value(), 180);
        // The last that died may not be replaced yet.
        while pool.workers()?.len() < 4 {
            std::thread::yield_now();
        }
        Ok(())
    });
}

static DONE: Mutex<Option<Semaphore>> = Mutex::new(None);

fn one_in_ten_dies(n: u64) -> Result<u64> {
    if n.is_multiple_of(10) {
        std::process::exit(3);
    }
    if let Some(done) = DONE.lock().expect("no panic").as_ref() {
        done.release()?;
    }
    Ok(n)
}

#[test]
fn a_panic_in_a_task_is_its_callers_error_and_nothing_else() {
    check(|| {
        let pool = Pool::new(1)?;
        let failed = pool.apply(|n: u64| -> Result<u64> { Ok(7 / n) }, 0);
        let Err(Error::Task { text, .. }) = failed else {
            panic!("not a task's error: {failed:?}");
        };
        assert_eq!(text, "panicked: attempt to divide by zero");
        assert_eq!(pool.apply(square, 3)?, 9);
        Ok(())
    });
}

#[test]
fn a_forked_childs_copy_of_a_pool_takes_no_tasks() {
    use mpviz::runtime::Process;
    check(|| {
        let pool = Pool::new(1)?;
        let child = Process::new().start(|| -> Result<()> {
            let refused = pool.apply_async(square, 3).map(drop);
            assert_eq!(refused.expect_err("refused").kind(), "AssertionError");
            assert!(pool.join().is_err() && pool.terminate().is_err());
            Ok(())
        })?;
        child.join()?;
        assert_eq!(child.exitcode()?, Some(0));
        assert_eq!(pool.apply(square, 3)?, 9);
        Ok(())
    });
}
