//! Locks and their kin under stress: several processes at once, seeded, some of them killed.
//!
//! What must be so in every order: one at a time, no update lost under a lock, everybody comes to
//! an end. The number of operations is fixed; what is waited for is a condition, never a time.

use mpviz::runtime::{
    Barrier, BoundedSemaphore, Condition, Error, Event, Lock, Process, RLock, RawArray, RawValue,
    Result, Semaphore, Value,
};
use std::time::Duration;

const SEEDS: [u64; 3] = [1, 42, 20_260_101];
const PROCESSES: usize = 4;

/// Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn of(seed: u64, process: usize) -> Random {
        Random(seed.wrapping_mul(1_000_003).wrapping_add(process as u64))
    }

    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn micros(&mut self, n: u64) -> Duration {
        Duration::from_micros(self.below(n))
    }
}

/// Runs a function in so many processes; each must end well.
#[track_caller]
fn all_end_well(count: usize, target: impl Fn(usize) -> Result<()>) {
    let start = |at| Process::new().start(|| target(at)).expect("a process");
    let processes: Vec<Process> = (0..count).map(start).collect();
    for process in processes {
        process
            .join_timeout(Duration::from_secs(60))
            .expect("joined");
        let code = process.exitcode().expect("known");
        if code.is_none() {
            process.kill().expect("killed");
        }
        assert_eq!(code, Some(0), "{} waits for ever or failed", process.name());
    }
}

/// Takes something in one of several ways; returns whether it did.
trait Takes: Sync {
    fn take(&self, random: &mut Random) -> bool;
    fn give(&self) -> Result<()>;
}

macro_rules! takes {
    ($($lock:ty)*) => {$(
        impl Takes for $lock {
            fn take(&self, random: &mut Random) -> bool {
                match random.below(4) {
                    0 => self.try_acquire(),
                    1 => self.acquire_timeout(random.micros(50)),
                    _ => {
                        self.acquire();
                        true
                    }
                }
            }
            fn give(&self) -> Result<()> {
                self.release()
            }
        }
    )*};
}
takes! { Lock RLock Semaphore BoundedSemaphore }

/// One at a time: an update of a number without a lock is never lost while this one is held.
#[track_caller]
fn excludes(lock: &impl Takes) {
    for seed in SEEDS {
        let total = RawValue::new(0u64).expect("a value");
        let own = RawArray::<u64>::zeroed(PROCESSES).expect("an array");
        all_end_well(PROCESSES, |me| {
            let mut random = Random::of(seed, me);
            let mut taken = 0;
            for _ in 0..3000 {
                if !lock.take(&mut random) {
                    continue;
                }
                taken += 1;
                let seen = total.get();
                if random.below(50) == 0 {
                    std::thread::yield_now();
                }
                total.set(seen + 1);
                lock.give()?;
            }
            own.set(me, taken)
        });
        let sum: u64 = own.to_vec().iter().sum();
        assert_eq!(total.get(), sum, "seed {seed}: an update was lost");
        assert!(sum >= 3000, "seed {seed}: hardly anything was done");
    }
}

#[test]
fn a_lock_lets_one_in_at_a_time() {
    excludes(&Lock::new().expect("a lock"));
}

#[test]
fn an_rlock_lets_one_in_at_a_time() {
    excludes(&RLock::new().expect("a lock"));
}

#[test]
fn a_semaphore_of_one_lets_one_in_at_a_time() {
    excludes(&Semaphore::new(1).expect("a semaphore"));
    excludes(&BoundedSemaphore::new(1).expect("a semaphore"));
}

#[test]
fn a_semaphore_lets_only_so_many_in() {
    for seed in SEEDS {
        let places = BoundedSemaphore::new(3).expect("a semaphore");
        let inside = Value::new(0u32).expect("a value");
        let change = |by: i32| {
            let _held = inside.get_lock().guard();
            let now = inside.get().wrapping_add_signed(by);
            inside.set(now);
            now
        };
        all_end_well(PROCESSES + 2, |me| {
            let mut random = Random::of(seed, me);
            for _ in 0..1500 {
                if places.take(&mut random) {
                    let now = change(1);
                    assert!((1..=3).contains(&now), "{now} inside");
                    change(-1);
                    places.release()?;
                }
            }
            Ok(())
        });
        assert_eq!(places.get_value(), 3, "seed {seed}");
    }
}

/// Processes that hammer something are killed one after another, wherever they are: holders,
/// waiters, some just woken. What is left must still work for those who come after.
#[track_caller]
fn outlives(lock: &impl Takes, mend: impl Fn()) {
    for seed in SEEDS {
        let mut random = Random::of(seed, 0);
        for _ in 0..8 {
            let done = RawArray::<u64>::zeroed(PROCESSES).expect("an array");
            let hammer = |me: usize| -> Result<()> {
                let mut random = Random::of(seed, me);
                for n in 1.. {
                    if lock.take(&mut random) {
                        done.set(me, n)?;
                        lock.give()?;
                    }
                }
                Ok(())
            };
            let start = |at| Process::new().start(|| hammer(at)).expect("a process");
            let doomed: Vec<Process> = (0..PROCESSES).map(start).collect();
            let enough = 1 + random.below(500);
            // The first may die with the lock, so that the others wait: only it has to come far.
            while done.get(0).expect("an item") < enough {
                std::thread::yield_now();
            }
            for process in &doomed {
                process.kill().expect("killed");
            }
            for process in &doomed {
                process.join().expect("joined");
            }
            mend();
            all_end_well(2, |me| {
                let mut random = Random::of(seed, me + 100);
                for _ in 0..300 {
                    if lock.take(&mut random) {
                        lock.give()?;
                    }
                }
                Ok(())
            });
        }
    }
}

#[test]
fn a_lock_outlives_those_who_were_killed_with_it() {
    let lock = Lock::new().expect("a lock");
    // Nobody lives who holds it; anybody may release it.
    outlives(&lock, || {
        if lock.locked() {
            lock.release().expect("taken by a dead one");
        }
    });
}

#[test]
fn a_semaphore_outlives_those_who_were_killed_with_it() {
    let places = BoundedSemaphore::new(2).expect("a semaphore");
    outlives(&places, || {
        while places.get_value() < 2 {
            places.release().expect("taken by a dead one");
        }
    });
}

#[test]
fn what_conditions_hand_over_arrives_once() {
    const ITEMS: u64 = 400;
    for seed in SEEDS {
        let lock = Lock::new().expect("a lock");
        let filled = Condition::with_lock(&lock).expect("a condition");
        let emptied = Condition::with_lock(&lock).expect("a condition");
        // How many are there, how many were ever put, what was got together.
        let state = RawArray::<u64>::zeroed(3).expect("an array");
        let put = |random: &mut Random| -> Result<()> {
            let _held = lock.guard();
            emptied.wait_for(|| state.get(0).is_ok_and(|n| n < 3))?;
            state.set(0, state.get(0)? + 1)?;
            state.set(1, state.get(1)? + 1)?;
            match random.below(3) {
                0 => filled.notify_all(),
                _ => filled.notify(1),
            }
        };
        let get = |random: &mut Random| -> Result<()> {
            loop {
                let _held = lock.guard();
                let is_there = || state.get(0).is_ok_and(|n| n > 0);
                if random.below(3) > 0 {
                    filled.wait_for(is_there)?;
                } else if !filled.wait_for_timeout(is_there, random.micros(300))? {
                    continue;
                }
                state.set(0, state.get(0)? - 1)?;
                state.set(2, state.get(2)? + 1)?;
                return emptied.notify(1);
            }
        };
        all_end_well(PROCESSES, |me| {
            let mut random = Random::of(seed, me);
            for _ in 0..ITEMS {
                if me % 2 == 0 {
                    put(&mut random)?;
                } else {
                    get(&mut random)?;
                }
            }
            Ok(())
        });
        let both = ITEMS * PROCESSES as u64 / 2;
        assert_eq!(state.to_vec(), [0, both, both], "seed {seed}");
    }
}

#[test]
fn a_barrier_holds_until_all_have_come() {
    for seed in SEEDS {
        let barrier = Barrier::new(u32::try_from(PROCESSES).expect("few")).expect("a barrier");
        let rounds = RawArray::<u64>::zeroed(PROCESSES).expect("an array");
        all_end_well(PROCESSES, |me| {
            let mut random = Random::of(seed, me);
            for round in 1..=300 {
                if random.below(20) == 0 {
                    std::thread::sleep(random.micros(200));
                }
                rounds.set(me, round)?;
                let index = barrier.wait()?;
                assert!((index as usize) < PROCESSES);
                // Who is ahead is ahead by one round at most: it can't pass the next one alone.
                let seen = rounds.to_vec();
                let is_right = |&other: &u64| other == round || other == round + 1;
                assert!(seen.iter().all(is_right), "round {round}: {seen:?}");
            }
            Ok(())
        });
        assert!(!barrier.broken());
    }
}

#[test]
fn a_barrier_breaks_for_all_or_for_none() {
    for seed in SEEDS {
        let barrier = Barrier::new(3).expect("a barrier");
        let met = Semaphore::new(0).expect("a semaphore");
        all_end_well(3, |me| {
            let mut random = Random::of(seed, me);
            loop {
                match barrier.wait_timeout(random.micros(3000)) {
                    Ok(_) => met.release()?,
                    Err(Error::BrokenBarrier) => return Ok(()),
                    Err(other) => return Err(other),
                }
            }
        });
        assert!(barrier.broken());
        assert_eq!(met.get_value() % 3, 0, "seed {seed}: all or none have met");
    }
}

#[test]
fn an_event_wakes_all_who_wait() {
    for seed in SEEDS {
        let (event, ready) = (Event::new().expect("an event"), Semaphore::new(0));
        let (ready, left) = (ready.expect("a semaphore"), Semaphore::new(0));
        let left = left.expect("a semaphore");
        all_end_well(PROCESSES, |me| {
            let mut random = Random::of(seed, me);
            for _ in 0..200 {
                if me > 0 {
                    ready.release()?;
                    while !event.wait_timeout(random.micros(500))? {}
                    left.release()?;
                    // Until the first has set it back.
                    while event.is_set() {
                        std::thread::yield_now();
                    }
                    ready.release()?;
                    continue;
                }
                (1..PROCESSES).for_each(|_| ready.acquire());
                event.set()?;
                (1..PROCESSES).for_each(|_| left.acquire());
                event.clear();
                (1..PROCESSES).for_each(|_| ready.acquire());
            }
            Ok(())
        });
    }
}
