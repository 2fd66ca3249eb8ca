"""Pools in every form: maps, iterators, chunks, callbacks, maximum tasks, initialisers, threads, and a killed worker.

methods: fork spawn forkserver
processes: 9
tasks: 36
"""

import concurrent.futures
import multiprocessing as mp
import multiprocessing.dummy
import os
import signal
import sys
import time

state = None


def say(*words):
    """Prints a line at once: what waits in a buffer while the pool's thread forks is printed twice, in every
    seventh run without mpviz too."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def prepares(value):
    global state
    state = value


def uses(number):
    return number + state


def both(first, second):
    return first * second


def slow(number):
    time.sleep(0.02 * (3 - number))
    return number


def dies(_):
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    mp.set_start_method(sys.argv[1])
    with mp.Pool(2, prepares, (100,), maxtasksperchild=3) as pool:
        say(pool.map(uses, range(10)), pool.map(uses, range(7), chunksize=2))
        say(list(pool.imap(uses, range(5))), sorted(pool.imap_unordered(slow, range(3))))
        say(pool.starmap(both, [(1, 2), (3, 4)]), pool.apply(both, (5, 6)))
        told = []
        pool.map_async(uses, range(3), callback=told.append).wait()
        result = pool.apply_async(both, (7, 8), callback=told.append)
        say(result.get(30), result.ready(), result.successful())
        late = pool.apply_async(time.sleep, (0.2,))
        try:
            late.get(0.01)
        except mp.TimeoutError:
            say("not yet")
        late.wait()
        iterator = pool.imap(slow, range(2))
        say(iterator.next(30), iterator.next(30), next(iterator, "over"))
        say(pool.map(abs, []), told)
        pool.close()
        pool.join()
    with mp.Pool(1) as pool:
        pool.apply_async(dies, (0,))
        say(pool.apply(abs, (-3,)))
    with mp.dummy.Pool(2) as pool:
        say(pool.map(abs, [-1, -2]))
    with concurrent.futures.ProcessPoolExecutor(2, initializer=prepares, initargs=(10,)) as executor:
        say(list(executor.map(uses, range(6), chunksize=2)), list(executor.map(both, [1, 2], [3, 4])))
        pending = {executor.submit(slow, number): number for number in range(3)}
        say(sorted(pending[done] for done in concurrent.futures.as_completed(pending)))
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        try:
            executor.submit(dies, 0).result()
        except concurrent.futures.process.BrokenProcessPool:
            say("broken")


if __name__ == "__main__":
    main()
