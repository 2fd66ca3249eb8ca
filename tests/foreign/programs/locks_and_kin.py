"""Locks, conditions, barriers, events and semaphores, with timeouts and broken ones, values and arrays.

methods: fork spawn forkserver
processes: 4
"""

import multiprocessing as mp
import sys
import threading


def counts(lock, value, array, event, barrier, condition, semaphore):
    event.wait()
    for number in range(200):
        with lock:
            value.value += 1
        with array.get_lock():
            array[number % len(array)] += 1
    barrier.wait()
    with condition:
        condition.notify()
    with semaphore:
        pass


def breaks(barrier):
    try:
        barrier.wait(0.05)
    except threading.BrokenBarrierError:
        sys.exit(3)


def main():
    mp.set_start_method(sys.argv[1])
    lock, value, array = mp.Lock(), mp.Value("i", 0), mp.Array("i", 4)
    event, barrier, condition, semaphore = mp.Event(), mp.Barrier(3), mp.Condition(), mp.BoundedSemaphore(1)
    shared = (lock, value, array, event, barrier, condition, semaphore)
    children = [mp.Process(target=counts, args=shared, name=f"counter {number}") for number in range(2)]
    with condition:
        for child in children:
            child.start()
        event.set()
        print(barrier.wait() in (0, 1, 2))
        print(condition.wait(30))
    for child in children:
        child.join()
    print(value.value, list(array), [child.exitcode for child in children])
    recursive = mp.RLock()
    with recursive, recursive:
        print(recursive.acquire(timeout=0.01))
        recursive.release()
    held = mp.Lock()
    print(held.acquire(), held.acquire(False), held.acquire(True, 0.01), held.acquire(timeout=0))
    held.release()
    print(event.is_set(), event.wait(0), mp.Event().wait(0.01), condition.acquire(), condition.wait(0.01))
    condition.release()
    print(condition.acquire(), condition.wait_for(lambda: False, 0.02))
    condition.release()
    child = mp.Process(target=breaks, args=(mp.Barrier(2),))
    child.start()
    child.join()
    print(child.exitcode)
    print(mp.Semaphore(3).get_value(), semaphore.acquire(), semaphore.get_value(), semaphore.release())
    for wrong in (semaphore.release, held.release, recursive.release, condition.notify, condition.wait):
        try:
            wrong()
        except (ValueError, AssertionError, RuntimeError) as error:
            print(type(error).__name__, error)
    print(mp.current_process().name, mp.parent_process(), [child.name for child in mp.active_children()])


if __name__ == "__main__":
    main()
