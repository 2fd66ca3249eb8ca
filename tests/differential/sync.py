"""Locks, semaphores, conditions, events and barriers."""

import multiprocessing as mp
import threading
import time

from canon import attempt, case, main, say

SOON = 0.02
LATE = 5


def start(target):
    process = mp.Process(target=target)
    process.start()
    return process


def child(target):
    """Runs a child to its end."""
    start(target).join()


def thread(target):
    other = threading.Thread(target=target)
    other.start()
    other.join()


def until(is_so):
    """Waits for a condition."""
    while not is_so():
        time.sleep(0.001)


def killed(do):
    """Runs a child that does something, says so, and is killed where it stands after it."""
    done, never = mp.Semaphore(0), mp.Semaphore(0)

    def target():
        do()
        done.release()
        never.acquire()

    process = start(target)
    done.acquire()
    process.kill()
    process.join()


def hangs(target):
    """Says whether a child that does this is still at it after a while."""
    process = start(target)
    process.join(0.3)
    say("hangs", process.exitcode is None)
    process.kill()
    process.join()


@case
def lock_once():
    lock = mp.Lock()
    attempt("first", lock.acquire, False)
    attempt("second", lock.acquire, False)
    attempt("release", lock.release)
    attempt("third", lock.acquire, False)


@case
def lock_release_unheld():
    lock = mp.Lock()
    attempt("release", lock.release)
    attempt("acquire", lock.acquire, False)


@case
def lock_release_twice():
    lock = mp.Lock()
    lock.acquire()
    attempt("release", lock.release)
    attempt("again", lock.release)


@case
def lock_released_by_another_process():
    lock = mp.Lock()
    lock.acquire()
    child(lambda: attempt("child releases", lock.release))
    attempt("acquire", lock.acquire, False)


@case
def lock_released_by_another_thread():
    lock = mp.Lock()
    lock.acquire()
    thread(lambda: attempt("thread releases", lock.release))
    attempt("acquire", lock.acquire, False)


@case
def lock_is_not_recursive():
    lock = mp.Lock()
    lock.acquire()
    attempt("again", lock.acquire, True, SOON)


@case
def lock_timeouts_at_their_borders():
    lock = mp.Lock()
    for timeout in [0, 1e-9, 0.001]:
        attempt("free", lock.acquire, True, timeout)
        attempt("held", lock.acquire, True, timeout)
        lock.release()
    # Rust can't say a negative one.
    lock.acquire()
    attempt("negative", lock.acquire, True, -1)


@case
def lock_goes_on_after_an_error_inside():
    lock = mp.Lock()

    def fail():
        with lock:
            raise EOFError

    attempt("inside", fail)
    attempt("acquire", lock.acquire, False)


@case
def lock_held_in_a_block():
    lock = mp.Lock()
    with lock:
        attempt("inside", lock.acquire, False)
    attempt("after", lock.acquire, False)


@case
def lock_of_a_killed_holder():
    lock = mp.Lock()
    killed(lock.acquire)
    attempt("try", lock.acquire, False)
    attempt("in time", lock.acquire, True, SOON)
    attempt("release", lock.release)
    attempt("then", lock.acquire, False)


@case
def lock_keeps_a_child_waiting():
    lock, waits = mp.Lock(), mp.Semaphore(0)
    lock.acquire()

    def target():
        attempt("too early", lock.acquire, False)
        waits.release()
        attempt("child", lock.acquire, True, LATE)

    process = start(target)
    waits.acquire()
    lock.release()
    process.join()
    attempt("left locked", lock.acquire, False)


@case
def rlock_counts():
    lock = mp.RLock()
    for _ in range(3):
        attempt("acquire", lock.acquire, False)
    for _ in range(4):
        attempt("release", lock.release)


@case
def rlock_release_unheld():
    attempt("release", mp.RLock().release)


@case
def rlock_of_another_process():
    lock = mp.RLock()
    lock.acquire()

    def target():
        attempt("child releases", lock.release)
        attempt("child acquires", lock.acquire, False)
        attempt("in time", lock.acquire, True, SOON)

    child(target)
    attempt("release", lock.release)


@case
def rlock_of_another_thread():
    lock = mp.RLock()
    lock.acquire()
    thread(lambda: attempt("thread releases", lock.release))
    thread(lambda: attempt("thread acquires", lock.acquire, False))
    attempt("release", lock.release)
    thread(lambda: attempt("thread acquires", lock.acquire, False))


@case
def rlock_released_once_of_twice():
    lock = mp.RLock()
    lock.acquire()
    lock.acquire()
    lock.release()
    child(lambda: attempt("half", lock.acquire, False))
    lock.release()
    child(lambda: attempt("whole", lock.acquire, False))


@case
def rlock_of_a_killed_holder():
    lock = mp.RLock()
    killed(lock.acquire)
    attempt("try", lock.acquire, False)
    attempt("release", lock.release)


@case
def rlock_held_in_blocks():
    lock = mp.RLock()
    with lock:
        with lock:
            child(lambda: attempt("child", lock.acquire, False))
        child(lambda: attempt("child", lock.acquire, False))
    child(lambda: attempt("child", lock.acquire, False))


@case
def semaphore_values():
    semaphore = mp.Semaphore(2)
    say("value", semaphore.get_value())
    for _ in range(3):
        attempt("acquire", semaphore.acquire, False)
        say("value", semaphore.get_value())
    for _ in range(4):
        attempt("release", semaphore.release)
    say("value", semaphore.get_value())


@case
def semaphore_of_none():
    semaphore = mp.Semaphore(0)
    attempt("acquire", semaphore.acquire, True, 0)
    attempt("in time", semaphore.acquire, True, SOON)
    child(semaphore.release)
    attempt("then", semaphore.acquire, False)


@case
def semaphore_too_large():
    attempt("at most", lambda: mp.Semaphore(2**31 - 1).get_value())
    attempt("more", lambda: mp.Semaphore(2**31).get_value())
    attempt("bounded", lambda: mp.BoundedSemaphore(2**31).get_value())


@case
def semaphore_released_at_its_most():
    semaphore = mp.Semaphore(2**31 - 1)
    attempt("release", semaphore.release)
    say("value", semaphore.get_value())


@case
def semaphore_of_a_killed_holder():
    semaphore = mp.Semaphore(2)
    killed(semaphore.acquire)
    say("value", semaphore.get_value())


@case
def semaphore_in_a_block():
    semaphore = mp.Semaphore(3)
    with semaphore:
        with semaphore:
            say("value", semaphore.get_value())
    say("value", semaphore.get_value())


@case
def semaphore_lets_so_many_in():
    places, inside, go = mp.Semaphore(2), mp.Semaphore(0), mp.Semaphore(0)

    def target():
        with places:
            inside.release()
            go.acquire()

    processes = [start(target) for _ in range(4)]
    inside.acquire()
    inside.acquire()
    attempt("a third", inside.acquire, True, SOON)
    for _ in range(4):
        go.release()
    for process in processes:
        process.join()
    say("value", places.get_value())


@case
def bounded_released_too_often():
    semaphore = mp.BoundedSemaphore(2)
    attempt("full", semaphore.release)
    semaphore.acquire()
    attempt("one", semaphore.release)
    attempt("two", semaphore.release)
    say("value", semaphore.get_value())


@case
def bounded_of_none():
    semaphore = mp.BoundedSemaphore(0)
    attempt("acquire", semaphore.acquire, False)
    attempt("release", semaphore.release)


@case
def bounded_across_processes():
    semaphore = mp.BoundedSemaphore(1)
    child(semaphore.acquire)
    say("value", semaphore.get_value())
    attempt("release", semaphore.release)
    child(lambda: attempt("child", semaphore.release))


@case
def condition_unheld():
    condition = mp.Condition()
    attempt("wait", condition.wait)
    attempt("wait in time", condition.wait, 0)
    attempt("notify", condition.notify)
    attempt("notify all", condition.notify_all)
    attempt("release", condition.release)


@case
def condition_held_by_another():
    condition = mp.Condition()
    with condition:
        child(lambda: attempt("wait", condition.wait, 0))
        thread(lambda: attempt("notify", condition.notify))


@case
def condition_notified_for_nobody():
    condition = mp.Condition()
    with condition:
        attempt("notify", condition.notify)
        attempt("notify all", condition.notify_all)
        # It is not kept for who comes later.
        attempt("wait", condition.wait, SOON)


@case
def condition_timeouts_at_their_borders():
    condition = mp.Condition()
    with condition:
        for timeout in [0, 1e-9, 0.001]:
            attempt("wait", condition.wait, timeout)
        child(lambda: attempt("child", condition.acquire, False))


@case
def condition_gives_back_all_of_an_rlock():
    condition, ready = mp.Condition(), mp.Semaphore(0)

    def target():
        condition.acquire()
        condition.acquire()
        ready.release()
        attempt("wait", condition.wait, LATE)
        attempt("release", condition.release)
        attempt("release", condition.release)
        attempt("release", condition.release)

    process = start(target)
    ready.acquire()
    with condition:
        condition.notify()
    process.join()


def waiting(condition, count):
    """Starts so many who wait; returns them and the semaphore that they release when woken."""
    ready, woken = mp.Semaphore(0), mp.Semaphore(0)

    def target():
        with condition:
            ready.release()
            condition.wait()
        woken.release()

    processes = [start(target) for _ in range(count)]
    for _ in range(count):
        ready.acquire()
    return processes, woken


@case
def condition_notifies_one_of_two():
    condition = mp.Condition()
    processes, woken = waiting(condition, 2)
    with condition:
        condition.notify()
    attempt("one", woken.acquire, True, LATE)
    attempt("two", woken.acquire, True, SOON)
    with condition:
        condition.notify_all()
    attempt("two", woken.acquire, True, LATE)
    for process in processes:
        process.join()


@case
def condition_notifies_two_of_three():
    condition = mp.Condition()
    processes, woken = waiting(condition, 3)
    with condition:
        condition.notify(2)
    for _ in range(2):
        attempt("woken", woken.acquire, True, LATE)
    attempt("third", woken.acquire, True, SOON)
    with condition:
        condition.notify(5)
    attempt("third", woken.acquire, True, LATE)
    for process in processes:
        process.join()


@case
def condition_notifies_none():
    condition = mp.Condition()
    processes, woken = waiting(condition, 1)
    with condition:
        attempt("notify", condition.notify, 0)
    attempt("woken", woken.acquire, True, SOON)
    with condition:
        condition.notify()
    attempt("woken", woken.acquire, True, LATE)
    for process in processes:
        process.join()


@case
def condition_on_a_lock():
    lock = mp.Lock()
    condition = mp.Condition(lock)
    attempt("unheld", condition.wait, 0)
    with lock:
        attempt("held", condition.wait, SOON)
        attempt("taken", condition.acquire, False)
    processes, woken = waiting(condition, 1)
    with lock:
        condition.notify()
    attempt("woken", woken.acquire, True, LATE)
    processes[0].join()


@case
def condition_on_a_lock_released_by_another():
    lock = mp.Lock()
    condition = mp.Condition(lock)
    lock.acquire()

    def target():
        lock.release()
        lock.acquire()
        # It counts one less than nothing, so the lock that it holds is not its own.
        attempt("wait", condition.wait, 0)
        attempt("notify", condition.notify)
        attempt("release", lock.release)

    child(target)
    attempt("ours still", condition.notify)


@case
def conditions_with_one_lock():
    lock = mp.RLock()
    empty, full = mp.Condition(lock), mp.Condition(lock)
    place = mp.Value("i", 0, lock=False)

    def target():
        for _ in range(3):
            with lock:
                full.wait_for(lambda: place.value != 0)
                say("got", place.value)
                place.value = 0
                empty.notify()

    process = start(target)
    for item in [1, 2, 3]:
        with lock:
            empty.wait_for(lambda: place.value == 0)
            place.value = item
            full.notify()
    process.join()


@case
def condition_waits_for():
    condition = mp.Condition()
    # Who need not wait need not hold it.
    attempt("true", condition.wait_for, lambda: True)
    attempt("no time", condition.wait_for, lambda: False, 0)
    attempt("some time", condition.wait_for, lambda: False, SOON)
    with condition:
        attempt("held", condition.wait_for, lambda: False, SOON)
        asked = []
        attempt("later", condition.wait_for, lambda: asked.append(1) or len(asked) > 1, SOON)


@case
def condition_of_a_killed_waiter():
    condition, ready = mp.Condition(), mp.Semaphore(0)

    def target():
        with condition:
            ready.release()
            condition.wait()

    process = start(target)
    ready.acquire()
    with condition:
        pass
    process.kill()
    process.join()

    def notify():
        with condition:
            condition.notify()

    # It waits until the dead one says that it woke.
    hangs(notify)


@case
def condition_forgets_who_gave_up():
    condition = mp.Condition()

    def target():
        with condition:
            attempt("gives up", condition.wait, SOON)

    child(target)
    processes, woken = waiting(condition, 1)
    with condition:
        condition.notify()
    attempt("woken", woken.acquire, True, LATE)
    processes[0].join()


@case
def event_flag():
    event = mp.Event()
    say("new", event.is_set())
    for what in [event.set, event.set, event.clear, event.clear, event.set]:
        attempt("does", what)
        say("is set", event.is_set())
    child(lambda: say("child", event.is_set()))


@case
def event_timeouts_at_their_borders():
    event = mp.Event()
    for timeout in [0, 1e-9, 0.001]:
        attempt("not set", event.wait, timeout)
    event.set()
    for timeout in [0, 1e-9, 0.001]:
        attempt("set", event.wait, timeout)


@case
def event_wakes_all():
    event, ready, woken = mp.Event(), mp.Semaphore(0), mp.Semaphore(0)

    def target():
        ready.release()
        if event.wait(LATE):
            woken.release()

    processes = [start(target) for _ in range(3)]
    for _ in range(3):
        ready.acquire()
    event.set()
    for _ in range(3):
        attempt("woken", woken.acquire, True, LATE)
    for process in processes:
        process.join()


@case
def event_set_by_a_child():
    event = mp.Event()
    child(event.set)
    say("is set", event.is_set())
    child(event.clear)
    say("is set", event.is_set())


@case
def event_of_a_killed_waiter():
    event, ready = mp.Event(), mp.Semaphore(0)
    # That it sleeps is seen where the kernel says so.
    process = start(lambda: (ready.release(), event.wait()))
    ready.acquire()
    until(lambda: is_asleep(process.pid))
    process.kill()
    process.join()
    hangs(event.set)


def is_asleep(pid):
    with open(f"/proc/{pid}/syscall") as file:
        # futex, on x86 and on ARM.
        return file.read().split()[0] in ("202", "98")


@case
def barrier_indices():
    barrier, seen = mp.Barrier(3), [mp.Semaphore(0) for _ in range(3)]

    def target():
        seen[barrier.wait()].release()

    processes = [start(target) for _ in range(3)]
    for index in range(3):
        attempt(f"index {index}", seen[index].acquire, True, LATE)
    for process in processes:
        process.join()
    say("waiting", barrier.n_waiting)


@case
def barrier_again():
    barrier = mp.Barrier(2)

    def target():
        for _ in range(5):
            barrier.wait()

    process = start(target)
    sums = 0
    for _ in range(5):
        sums += barrier.wait() >= 0
    process.join()
    say("rounds", sums)
    say("broken", barrier.broken)


@case
def barrier_of_one():
    barrier = mp.Barrier(1)
    attempt("wait", barrier.wait)
    attempt("again", barrier.wait)
    attempt("no time", barrier.wait, 0)


@case
def barrier_of_none():
    barrier = mp.Barrier(0)
    say("parties", barrier.parties)
    attempt("wait", barrier.wait, SOON)


@case
def barrier_acts_once():
    acted = mp.Value("i", 0)

    def act():
        with acted.get_lock():
            acted.value += 1

    barrier = mp.Barrier(2, action=act)
    process = start(barrier.wait)
    barrier.wait()
    process.join()
    say("acted", acted.value)


@case
def barrier_whose_action_fails():
    def act():
        raise EOFError

    barrier = mp.Barrier(2, act)
    process = start(lambda: attempt("first", barrier.wait))
    until(lambda: barrier.n_waiting == 1)
    failed = None
    try:
        barrier.wait()
    except Exception as error:
        failed = type(error).__name__
    process.join()
    say("last", failed)
    say("broken", barrier.broken)


@case
def barrier_whose_time_is_over():
    barrier = mp.Barrier(2)
    attempt("wait", barrier.wait, SOON)
    say("broken", barrier.broken)
    attempt("then", barrier.wait)
    attempt("reset", barrier.reset)
    say("broken", barrier.broken)
    process = start(barrier.wait)
    attempt("again", lambda: barrier.wait(LATE) >= 0)
    process.join()


@case
def barrier_timeouts_at_their_borders():
    for timeout in [0, 1e-9, 0.001]:
        barrier = mp.Barrier(2)
        attempt("wait", barrier.wait, timeout)
        say("broken", barrier.broken)


@case
def barrier_with_a_time_of_its_own():
    barrier = mp.Barrier(2, timeout=SOON)
    attempt("wait", barrier.wait)
    say("broken", barrier.broken)


@case
def barrier_breaks_for_all():
    barrier = mp.Barrier(3)
    process = start(lambda: attempt("long", barrier.wait, LATE))
    until(lambda: barrier.n_waiting == 1)
    broke = False
    try:
        barrier.wait(SOON)
    except threading.BrokenBarrierError:
        broke = True
    process.join()
    say("short", broke)


@case
def barrier_aborted():
    barrier = mp.Barrier(2)
    process = start(lambda: attempt("wait", barrier.wait))
    until(lambda: barrier.n_waiting == 1)
    barrier.abort()
    process.join()
    say("broken", barrier.broken)
    say("waiting", barrier.n_waiting)
    attempt("then", barrier.wait)


@case
def barrier_reset_while_one_waits():
    barrier = mp.Barrier(2)
    process = start(lambda: attempt("wait", barrier.wait))
    until(lambda: barrier.n_waiting == 1)
    barrier.reset()
    process.join()
    say("broken", barrier.broken)
    process = start(barrier.wait)
    attempt("then", lambda: barrier.wait(LATE) >= 0)
    process.join()


@case
def barrier_counts_who_waits():
    barrier = mp.Barrier(3)
    say("parties", barrier.parties)
    say("waiting", barrier.n_waiting)
    processes = [start(lambda: barrier.wait(LATE)) for _ in range(2)]
    until(lambda: barrier.n_waiting == 2)
    say("waiting", barrier.n_waiting)
    barrier.wait()
    for process in processes:
        process.join()
    say("waiting", barrier.n_waiting)
    say("exits", [process.exitcode for process in processes])


if __name__ == "__main__":
    main()
