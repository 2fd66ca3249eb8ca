"""Pool: submitting, chunks, errors, callbacks, endings, and what becomes of a task whose worker is gone."""

import multiprocessing as mp
import os
import signal
import sys
import threading
import time

from canon import attempt, case, main, say


def square(n):
    return n * n


def odd_fails(n):
    if n % 2:
        raise ValueError(f"odd: {n}")
    return n


def third_fails(n):
    if n == 3:
        raise EOFError
    if n == 6:
        raise ValueError(n)
    return n


def add(a, b):
    return a + b


def add_three(a, b, c):
    return a + b + c


def nap(seconds):
    time.sleep(seconds)


def pid(_):
    return os.getpid()


def name(_):
    return mp.current_process().name


def leave(code):
    os._exit(code)


def leave_in_order(code):
    sys.exit(code)


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def close_all(_):
    os.closerange(3, 1024)
    return 1


def daemon(_):
    return mp.current_process().daemon


def child_of_worker(_):
    process = mp.Process(target=nap, args=(0,))
    process.start()
    return 0


def pool_of_worker(_):
    mp.Pool(1)
    return 0


class Unsendable:
    def __reduce__(self):
        raise ValueError("no")


def unsendable(_):
    return Unsendable()


def nothing(_):
    pass


def big(n):
    return "x" * n


def length(text):
    return len(text)


def drain(results):
    """What an iteration gives, errors by their names, then the word end."""
    found = []
    while True:
        try:
            found.append(next(results))
        except StopIteration:
            return found + ["end"]
        except Exception as error:
            found.append(type(error).__name__)


def until(condition):
    while not condition():
        time.sleep(0.001)


@case
def lost_task():
    pool = mp.Pool(1)
    lost = pool.apply_async(leave, (3,))
    say("next", pool.apply_async(square, (3,)).get(5))
    attempt("lost", lost.get, 0.05)
    say("ready", lost.ready())
    attempt("successful", lost.successful)


@case
def worker_exits_in_order():
    pool = mp.Pool(1)
    lost = pool.apply_async(leave_in_order, (3,))
    say("next", pool.apply_async(square, (3,)).get(5))
    attempt("lost", lost.get, 0.05)


@case
def worker_killed_in_task():
    pool = mp.Pool(1)
    lost = pool.apply_async(die, (0,))
    say("next", pool.apply_async(square, (3,)).get(5))
    attempt("lost", lost.get, 0.05)


@case
def map_with_a_lost_chunk():
    pool = mp.Pool(2)
    lost = pool.map_async(die, range(1))
    say("next", pool.map(square, range(5)))
    attempt("lost", lost.get, 0.05)


@case
def idle_worker_killed():
    pool = mp.Pool(1)
    pool.apply(square, (1,))
    before = pool._pool[0].pid
    # Until it waits in the read lock.
    until(lambda: not pool._inqueue._rlock.acquire(False) or pool._inqueue._rlock.release())
    time.sleep(0.05)
    os.kill(before, signal.SIGKILL)
    until(lambda: len(pool._pool) == 1 and pool._pool[0].pid != before)
    attempt("after", pool.apply_async(square, (2,)).get, 0.3)
    # Its terminate() would wait for ever.
    pool._pool[0].kill()
    os._exit(0)


@case
def worker_closes_everything():
    pool = mp.Pool(1)
    lost = pool.apply_async(close_all, (0,))
    say("next", pool.apply_async(square, (3,)).get(5))
    attempt("lost", lost.get, 0.05)


@case
def fork_in_task():
    pool = mp.Pool(1)

    result = pool.apply_async(fork_and_end, (0,))
    say("value", result.get(5))
    say("next", pool.apply(square, (3,)))
    pool.close()
    pool.join()
    say("exitcodes", [worker.exitcode for worker in pool._pool])


def fork_and_end(_):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return 7


@case
def daemonic_workers():
    pool = mp.Pool(1)
    say("daemon", pool.apply(daemon, (0,)))
    attempt("child", pool.apply, child_of_worker, (0,))
    attempt("pool", pool.apply, pool_of_worker, (0,))


@case
def names():
    pool = mp.Pool(1)
    say("first", pool.apply(name, (0,)))
    say("after it", mp.Process().name)
    other = mp.Pool(1)
    say("second pool", other.apply(name, (0,)))


@case
def sizes():
    for processes in [0, 1]:
        try:
            mp.Pool(processes)
            say(f"{processes}", "made")
        except Exception as error:
            say(f"{processes}", type(error).__name__)
    try:
        mp.Pool(1, maxtasksperchild=0)
    except Exception as error:
        say("no tasks", type(error).__name__)


@case
def callback_fails():
    pool = mp.Pool(1)

    def callback(_):
        raise RuntimeError("in the callback")

    result = pool.apply_async(square, (2,), callback=callback)
    attempt("its result", result.get, 0.3)
    say("ready", result.ready())
    attempt("another", pool.apply_async(square, (3,)).get, 0.3)
    attempt("terminate", pool.terminate)
    attempt("again", pool.terminate)


@case
def callbacks():
    pool = mp.Pool(2)
    order = []
    done = threading.Event()

    def good(value):
        order.append(value)

    def bad(error):
        order.append(type(error).__name__)
        done.set()

    pool.apply_async(square, (3,), callback=good, error_callback=bad).get()
    pool.map_async(square, range(3), callback=good, error_callback=bad).get()
    pool.apply_async(odd_fails, (1,), callback=good, error_callback=bad)
    done.wait(5)
    pool.map_async(odd_fails, range(4), 1, good, bad).wait()
    pool.starmap_async(add, [(1, 2)], callback=good).get()
    say("order", order)


@case
def callback_before_ready():
    pool = mp.Pool(1)
    seen = []
    gate = threading.Event()
    result = None

    def callback(_):
        gate.wait(5)
        seen.append(result.ready())

    result = pool.apply_async(square, (3,), callback=callback)
    attempt("while it runs", result.get, 0.05)
    gate.set()
    say("value", result.get())
    say("ready in the callback", seen)


@case
def callback_of_nothing():
    pool = mp.Pool(1)
    seen = []
    result = pool.map_async(square, [], callback=seen.append)
    say("ready", result.ready())
    say("successful", result.successful())
    say("value", result.get())
    say("callback", seen)


@case
def map_errors():
    pool = mp.Pool(2)
    attempt("one chunk", pool.map, third_fails, range(8), 8)
    attempt("small chunks", pool.map, odd_fails, range(8), 1)
    result = pool.map_async(odd_fails, [0, 1])
    result.wait()
    say("ready", result.ready())
    say("successful", result.successful())
    attempt("get", result.get)
    attempt("get again", result.get)


@case
def map_waits_for_all_chunks():
    pool = mp.Pool(2)
    marks = mp.Value("i", 0)
    globals()["MARKS"] = marks
    pool = mp.Pool(2)
    attempt("map", pool.map, fail_or_mark, range(6), 1)
    say("others were done", marks.value)


def fail_or_mark(n):
    if n == 0:
        raise ValueError
    time.sleep(0.02)
    with MARKS.get_lock():
        MARKS.value += 1


@case
def error_stops_its_chunk():
    globals()["MARKS"] = mp.Value("i", 0)
    pool = mp.Pool(2)
    attempt("map", pool.map, fail_or_mark, range(6), 3)
    say("others were done", MARKS.value)


@case
def maps():
    pool = mp.Pool(3)
    say("map", pool.map(square, range(10)))
    say("of nothing", pool.map(square, []))
    say("of one", pool.map(square, [7]))
    say("chunk size 4", pool.map(square, range(10), 4))
    say("chunk size 100", pool.map(square, range(10), 100))
    say("async", pool.map_async(square, range(10)).get())
    say("large", sum(pool.map(square, range(1000))))
    say("of nothing in return", pool.map(nothing, range(3)))


@case
def chunk_sizes():
    # As many tasks as a worker may do: each chunk has a worker of its own.
    for workers, items in [(1, 4), (1, 5), (1, 8), (1, 9), (2, 8), (2, 9), (2, 17)]:
        pool = mp.Pool(workers, maxtasksperchild=1)
        pids = pool.map(pid, range(items))
        sizes = sorted((pids.count(one) for one in set(pids)), reverse=True)
        say(f"{items} for {workers}", sizes)
        pool.terminate()


@case
def starmaps():
    pool = mp.Pool(2)
    say("two", pool.starmap(add, [(1, 2), (3, 4)]))
    say("three", pool.starmap(add_three, [(1, 2, 3), (4, 5, 6)]))
    say("async", pool.starmap_async(add, [(1, 2)]).get())
    say("of nothing", pool.starmap(add, []))


@case
def imaps():
    pool = mp.Pool(2)
    say("imap", drain(pool.imap(square, range(6))))
    say("chunk size 4", drain(pool.imap(square, range(6), 4)))
    say("unordered", sorted(pool.imap_unordered(square, range(6))))
    say("unordered, chunk size 4", sorted(pool.imap_unordered(square, range(6), 4)))
    say("of nothing", drain(pool.imap(square, [])))
    say("of nothing, unordered", drain(pool.imap_unordered(square, [])))
    say("nothing in return, chunked", drain(pool.imap(nothing, range(3), 2)))


@case
def imap_errors():
    pool = mp.Pool(2)
    say("one by one", drain(pool.imap(odd_fails, range(6))))
    say("in chunks", drain(pool.imap(third_fails, range(9), 2)))
    say("error first", drain(pool.imap(odd_fails, [1, 2, 4], 2)))
    unordered = drain(pool.imap_unordered(odd_fails, range(4)))
    say("unordered", sorted(str(item) for item in unordered))
    after = pool.imap(odd_fails, [1])
    say("at its end", drain(after))
    say("after its end", drain(after))


@case
def imap_chunksize_of_none():
    pool = mp.Pool(1)
    for call in [pool.imap, pool.imap_unordered]:
        try:
            call(square, range(3), 0)
        except Exception as error:
            say("chunk size 0", type(error).__name__)


@case
def imap_of_an_iteration_that_fails():
    def numbers():
        yield 1
        yield 2
        raise Exception("over")

    pool = mp.Pool(1)
    say("imap", drain(pool.imap(square, numbers())))
    say("in chunks of 2", drain(pool.imap(square, numbers(), 2)))
    say("in chunks of 3", drain(pool.imap(square, numbers(), 3)))
    say("the pool goes on", pool.apply(square, (3,)))


@case
def imap_next_with_timeout():
    pool = mp.Pool(1)
    results = pool.imap(nap, [0.3])
    attempt("0", results.next, 0)
    attempt("tiny", results.next, 0.000001)
    attempt("some", results.next, 0.05)
    attempt("enough", results.next, 5)
    say("end", drain(results))


@case
def imap_asks_no_more_than_it_can_send():
    def endless():
        n = 0
        while True:
            yield n
            n += 1

    pool = mp.Pool(2)
    results = pool.imap(square, endless())
    say("first", [next(results) for _ in range(5)])
    pool.terminate()
    say("terminated", True)


@case
def imap_feeds_on_its_own_results():
    # The iteration waits for the result of what it gave before.
    pool = mp.Pool(1)
    gate = threading.Semaphore(0)
    found = []

    def numbers():
        for n in range(3):
            yield n
            if not gate.acquire(timeout=5):
                return

    for value in pool.imap(square, numbers()):
        found.append(value)
        gate.release()
    say("found", found)


@case
def timeouts():
    pool = mp.Pool(1)
    result = pool.apply_async(nap, (0.2,))
    attempt("0", result.get, 0)
    attempt("tiny", result.get, 0.000001)
    attempt("some", result.get, 0.05)
    say("wait", result.wait(0.01))
    say("ready", result.ready())
    attempt("successful", result.successful)
    attempt("enough", result.get, 5)
    attempt("0, when ready", result.get, 0)
    say("ready", result.ready())
    say("successful", result.successful())


@case
def get_twice():
    pool = mp.Pool(1)
    result = pool.apply_async(square, (3,))
    say("first", result.get())
    say("second", result.get())
    failed = pool.apply_async(odd_fails, (3,))
    attempt("first", failed.get)
    attempt("second", failed.get)


@case
def errors_by_name():
    pool = mp.Pool(1)
    attempt("value", pool.apply, odd_fails, (1,))
    attempt("eof", pool.apply, third_fails, (3,))
    try:
        pool.apply(odd_fails, (5,))
    except ValueError as error:
        say("text", str(error))


@case
def error_not_fetched():
    pool = mp.Pool(1)
    pool.apply_async(odd_fails, (1,))
    say("next", pool.apply(square, (2,)))
    pool.close()
    pool.join()
    say("exitcodes", [worker.exitcode for worker in pool._pool])


@case
def unsendable_result():
    pool = mp.Pool(1)
    attempt("result", pool.apply, unsendable, (0,))
    say("next", pool.apply(square, (3,)))


@case
def unsendable_argument():
    pool = mp.Pool(1)
    result = pool.apply_async(nothing, (Unsendable(),))
    try:
        result.get(5)
    except Exception as error:
        say("an error", error.__class__.__name__ != "TimeoutError")
    say("next", pool.apply(square, (3,)))
    pool.close()
    pool.join()


@case
def join_while_running():
    pool = mp.Pool(1)
    attempt("join", pool.join)
    say("still there", pool.apply(square, (3,)))


@case
def submit_after_close():
    pool = mp.Pool(1)
    pool.close()
    pool.close()
    attempt("apply", pool.apply, square, (3,))
    attempt("apply_async", pool.apply_async, square, (3,))
    attempt("map", pool.map, square, range(3))
    attempt("map of nothing", pool.map, square, [])
    attempt("starmap", pool.starmap, add, [(1, 2)])
    attempt("imap", pool.imap, square, range(3))
    attempt("imap_unordered", pool.imap_unordered, square, range(3))
    pool.join()


@case
def submit_after_terminate():
    pool = mp.Pool(1)
    pool.terminate()
    attempt("apply", pool.apply, square, (3,))
    attempt("join", pool.join)
    attempt("close", pool.close)
    attempt("terminate", pool.terminate)


@case
def close_and_join():
    pool = mp.Pool(3)
    results = [pool.apply_async(square, (n,)) for n in range(20)]
    lazy = pool.imap(square, range(20))
    pool.close()
    pool.join()
    attempt("join again", pool.join)
    say("results", [result.get() for result in results])
    say("lazy", list(lazy))
    say("exitcodes", [worker.exitcode for worker in pool._pool])


@case
def terminate_in_a_task():
    pool = mp.Pool(2)
    started = mp.Semaphore(0)
    globals()["STARTED"] = started
    pool.terminate()
    pool = mp.Pool(2)
    results = [pool.apply_async(start_and_sleep, (60,)) for _ in range(2)]
    started.acquire()
    started.acquire()
    pool.terminate()
    pool.join()
    say("exitcodes", [worker.exitcode for worker in pool._pool])
    attempt("result", results[0].get, 0.05)


def start_and_sleep(seconds):
    STARTED.release()
    time.sleep(seconds)


@case
def end_of_with():
    with mp.Pool(2) as pool:
        result = pool.apply_async(square, (3,))
        say("in it", result.get())
        lost = pool.apply_async(nap, (60,))
    say("result", result.get())
    attempt("lost", lost.get, 0.05)


@case
def retired_workers():
    pool = mp.Pool(1, maxtasksperchild=2)
    pids = [pool.apply(pid, (0,)) for _ in range(5)]
    say("same worker", [a == b for a, b in zip(pids, pids[1:])])
    pool = mp.Pool(1, maxtasksperchild=1)
    pids = pool.map(pid, range(8), 2)
    say("a chunk is one task", [a == b for a, b in zip(pids, pids[1:])])
    pool.close()
    pool.join()


@case
def initializers():
    def begin(word, number):
        globals()["BEGUN"] = f"{word} {number}"

    pool = mp.Pool(1, begin, ("ready", 7), 1)
    say("begun", pool.apply(begun, (0,)))
    say("begun again", pool.apply(begun, (0,)))


def begun(_):
    return BEGUN


@case
def initializer_fails():
    started = mp.Semaphore(0)

    def begin():
        started.release()
        raise ValueError("cannot begin")

    pool = mp.Pool(1, begin)
    for _ in range(3):
        say("another begins", started.acquire(timeout=5))
    attempt("task", pool.apply_async(square, (3,)).get, 0.1)
    pool.terminate()


@case
def initializer_exits_once():
    started = mp.Semaphore(0)
    first = mp.Value("i", 0)

    def begin():
        with first.get_lock():
            first.value += 1
            if first.value == 1:
                sys.exit(5)

    pool = mp.Pool(1, begin)
    say("value", pool.apply(square, (3,)))
    say("begun", first.value)


@case
def large_values():
    pool = mp.Pool(2)
    for size in [0, 15, 16, 17, 4095, 4096, 65535, 65536, 65537, 5_000_000]:
        say(f"there {size}", pool.apply(length, ("y" * size,)))
        say(f"back {size}", len(pool.apply(big, (size,))))
    say("many", [len(text) for text in pool.map(big, [100_000] * 20, 1)])


@case
def tasks_in_order():
    pool = mp.Pool(1)
    globals()["SEEN"] = []
    results = [pool.apply_async(remember, (n,)) for n in range(5)]
    say("last", results[-1].get())


SEEN = []


def remember(n):
    SEEN.append(n)
    return SEEN


@case
def results_after_the_pool():
    pool = mp.Pool(1)
    result = pool.apply_async(square, (3,))
    result.wait()
    pool.terminate()
    say("value", result.get())


@case
def apply_waits():
    pool = mp.Pool(1)
    attempt("apply", pool.apply, nap, (0.01,))
    attempt("error", pool.apply, odd_fails, (1,))


if __name__ == "__main__":
    main()
