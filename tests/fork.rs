//! Forking beside busy threads: no child hangs on a lock that a thread of its parent held.

use mpviz::runtime::{Process, Queue, Result};
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How often to fork: `MPVIZ_TEST_FORKS` where more is wanted.
fn forks() -> u32 {
    std::env::var("MPVIZ_TEST_FORKS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(500)
}

/// Far longer than any child needs that does not hang.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn no_child_hangs_beside_busy_threads() -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let q: Queue<u32> = Queue::named("busy")?;
    let shared = Arc::new(Mutex::new(Vec::new()));
    let busy: Vec<_> = (0..3u32)
        .map(|n| {
            let (stop, q, shared) = (Arc::clone(&stop), q.clone(), Arc::clone(&shared));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    // stderr's lock, malloc, the environment's lock, the queue's own.
                    let _ = std::io::stderr().write_all(b"");
                    shared.lock().expect("not poisoned").push(vec![n; 100]);
                    let _ = std::env::var("PATH");
                    if q.put(n).is_err() || q.get().is_err() {
                        return;
                    }
                    shared.lock().expect("not poisoned").clear();
                }
            })
        })
        .collect();
    for n in 0..forks() {
        let child = Process::new().start(|| -> Result<()> {
            // What a child may do at once: print, allocate, use a queue of its own, fork.
            let _ = std::io::stderr().write_all(b"");
            let own: Queue<Vec<u32>> = Queue::named("own")?;
            own.put(vec![n; 1000])?;
            assert_eq!(own.get()?.len(), 1000);
            Ok(())
        })?;
        child.join_timeout(PATIENCE)?;
        if child.is_alive()? {
            child.kill()?;
            panic!("child {n} hangs");
        }
        assert_eq!(child.exitcode()?, Some(0), "child {n}");
    }
    stop.store(true, Ordering::Relaxed);
    for thread in busy {
        thread.join().expect("a busy thread");
    }
    Ok(())
}
