"""Queue, SimpleQueue, JoinableQueue: bounds, closing, feeders, killed holders, counts of tasks."""

import multiprocessing as mp
import os
import sys
import time

from canon import attempt, case, main, say


def start(target, *args):
    process = mp.Process(target=target, args=args)
    process.start()
    return process


def ended(what, process, timeout):
    """Says whether a process ends within the time."""
    process.join(timeout)
    say(what, process.exitcode)


def until(condition):
    while not condition():
        time.sleep(0.001)


@case
def one_writers_order():
    q = mp.Queue()
    process = start(lambda: [q.put(n) for n in range(3000)])
    say("in order", [q.get() for _ in range(3000)] == list(range(3000)))
    ended("writer", process, None)


@case
def each_writers_order():
    q = mp.Queue()
    processes = [start(lambda w: [q.put((w, n)) for n in range(500)], w) for w in range(3)]
    items = [q.get() for _ in range(1500)]
    for w in range(3):
        say("in order", [n for writer, n in items if writer == w] == list(range(500)))
    for process in processes:
        process.join()
    say("qsize", q.qsize())


@case
def several_readers():
    q, answers = mp.Queue(), mp.Queue()
    for n in range(300):
        q.put(n)

    def read():
        while (n := q.get()) is not None:
            answers.put(n)

    processes = [start(read) for _ in range(3)]
    for _ in processes:
        q.put(None)
    say("each once", sorted(answers.get() for _ in range(300)) == list(range(300)))
    for process in processes:
        ended("reader", process, None)


@case
def empty_at_its_borders():
    q = mp.Queue()
    attempt("nowait", q.get_nowait)
    for timeout in [0, 0.000001, 0.05]:
        attempt("timeout", q.get, True, timeout)


@case
def full_at_its_borders():
    q = mp.Queue(1)
    q.put(1)
    attempt("nowait", q.put_nowait, 2)
    for timeout in [0, 0.000001, 0.05]:
        attempt("timeout", q.put, 2, True, timeout)
    say("full", q.full())
    say("get", q.get())
    say("full", q.full())
    attempt("nowait", q.put_nowait, 3)
    say("get", q.get())


@case
def no_bound():
    q = mp.Queue(0)
    for n in range(100):
        q.put(n)
    say("full", q.full())
    say("qsize", q.qsize())
    say("last", [q.get() for _ in range(100)][-1])


@case
def sizes_and_states():
    q = mp.Queue(2)
    say("new", [q.qsize(), q.empty(), q.full()])
    q.put("a")
    until(lambda: not q.empty())
    say("one", [q.qsize(), q.empty(), q.full()])
    q.put("b")
    say("two", [q.qsize(), q.empty(), q.full()])
    q.get()
    q.get()
    say("none", [q.qsize(), q.empty(), q.full()])


@case
def a_timeout_that_is_answered():
    q = mp.Queue()

    def child():
        time.sleep(0.05)
        q.put("late")

    process = start(child)
    attempt("get", q.get, True, 10)
    process.join()


@case
def a_put_that_waits_for_a_get():
    q = mp.Queue(1)
    q.put(1)
    process = start(q.put, 2)
    ended("waits", process, 0.1)
    say("get", q.get())
    say("get", q.get())
    ended("done", process, None)


@case
def use_after_close():
    q = mp.Queue()
    q.close()
    attempt("put", q.put, 1)
    attempt("put_nowait", q.put_nowait, 1)
    attempt("get", q.get)
    attempt("get, timeout", q.get, True, 0.01)
    attempt("get_nowait", q.get_nowait)
    say("qsize", q.qsize())
    say("empty", q.empty())
    attempt("again", q.close)


@case
def join_thread_rules():
    q = mp.Queue()
    attempt("before close", q.join_thread)
    q.put(1)
    attempt("before close", q.join_thread)
    q.close()
    attempt("after", q.join_thread)
    attempt("again", q.join_thread)


@case
def closed_with_its_feeder():
    q = mp.Queue()
    q.put(1)
    q.close()
    q.join_thread()
    attempt("empty", q.empty)
    say("qsize", q.qsize())
    attempt("get", q.get)


@case
def closed_before_a_child_began():
    q, answers = mp.Queue(), mp.Queue()
    q.close()

    def child():
        q.put("open here")
        answers.put(q.get())

    process = start(child)
    say("answer", answers.get())
    attempt("here", q.get_nowait)
    process.join()


@case
def what_was_put_before_close_comes():
    q = mp.Queue()

    def child():
        for n in range(100):
            q.put(n)
        q.close()
        attempt("put", q.put, 100)

    process = start(child)
    process.join()
    say("last", [q.get() for _ in range(100)][-1])


@case
def join_before_drain():
    q = mp.Queue()
    process = start(lambda: [q.put("x" * 1000) for _ in range(200)])
    ended("with the pipe full", process, 0.3)
    say("items", sum(len(q.get()) for _ in range(200)))
    ended("drained", process, None)


@case
def join_before_drain_of_little():
    q = mp.Queue()
    process = start(lambda: [q.put("x" * 100) for _ in range(20)])
    ended("it fits the pipe", process, None)
    say("items", sum(len(q.get()) for _ in range(20)))


@case
def a_feeder_is_joined_at_the_end():
    q = mp.Queue()

    def returns():
        q.put("returns")

    def exits():
        q.put("exits")
        sys.exit(3)

    def fails():
        q.put("fails")
        raise ValueError

    for target in [returns, exits, fails]:
        process = start(target)
        process.join()
        say(q.get(), process.exitcode)


@case
def a_feeder_of_much_at_the_end():
    q = mp.Queue()
    process = start(lambda: [q.put(n) for n in range(20000)] and None)
    say("sum", sum(q.get() for _ in range(20000)))
    ended("writer", process, None)


@case
def cancelled_join():
    q = mp.Queue()

    def child():
        for _ in range(100):
            q.put("x" * 10000)
        q.cancel_join_thread()

    ended("does not wait", start(child), None)


@case
def cancelled_join_thread():
    q = mp.Queue()
    q.cancel_join_thread()
    q.put("x" * (1 << 20))
    q.close()
    attempt("join_thread", q.join_thread)


@case
def bare_exit_with_a_full_buffer():
    q = mp.Queue()

    def child():
        for _ in range(100):
            q.put("x" * 10000)
        os._exit(7)

    ended("does not wait", start(child), None)


@case
def a_killed_reader_takes_the_lock():
    q = mp.Queue()
    process = start(q.get)
    time.sleep(0.1)
    process.kill()
    process.join()
    q.put("there")
    until(lambda: not q.empty())
    attempt("get_nowait", q.get_nowait)
    attempt("get", q.get, True, 0.05)
    say("qsize", q.qsize())
    other = start(q.get)
    ended("another", other, 0.1)
    other.kill()


@case
def a_terminated_reader_takes_the_lock():
    q = mp.Queue()
    process = start(q.get)
    time.sleep(0.1)
    process.terminate()
    process.join()
    q.put("there")
    attempt("get", q.get, True, 0.05)


@case
def a_killed_reader_with_a_sentinel_waiting():
    q = mp.Queue()
    readers = [start(q.get) for _ in range(2)]
    time.sleep(0.1)
    for reader in readers:
        reader.kill()
        reader.join()
    q.put(None)
    attempt("get", q.get, True, 0.05)


@case
def a_writer_killed_in_a_write():
    q = mp.Queue()
    victim = start(q.put, "x" * (1 << 20))
    until(lambda: not q.empty())
    time.sleep(0.05)
    victim.kill()
    victim.join()
    # The item was cut, and the write lock is lost.
    writer = start(q.put, "small")
    reader = start(q.get)
    ended("writer", writer, 0.15)
    ended("reader", reader, 0.15)
    for process in [writer, reader]:
        process.kill()


@case
def sizes():
    q = mp.Queue()
    wanted = [0, 1, 4000, 4096, 65535, 65536, 65537, 1 << 24]
    process = start(lambda: [q.put("x" * size) for size in wanted])
    for _ in wanted:
        say("size", len(q.get()))
    process.join()


@case
def in_grandchildren():
    q = mp.Queue()

    def child():
        start(q.put, "from a grandchild").join()

    process = start(child)
    say("get", q.get())
    ended("child", process, None)


@case
def a_childs_buffer_is_its_own():
    q = mp.Queue()
    q.put("parent's")
    until(lambda: not q.empty())
    process = start(q.put, "child's")
    process.join()
    say("items", [q.get(), q.get()])
    attempt("no more", q.get, True, 0.05)


@case
def simple_queue():
    q = mp.SimpleQueue()
    say("empty", q.empty())
    q.put("one")
    q.put("two")
    say("empty", q.empty())
    say("get", q.get())
    say("get", q.get())
    process = start(q.put, "child's")
    say("get", q.get())
    process.join()


@case
def a_simple_put_waits_itself():
    q = mp.SimpleQueue()

    def child():
        q.put("x" * 200000)
        say("put", "returned")

    process = start(child)
    ended("waits", process, 0.1)
    # The child's line may come before or after the get returns here.
    length = len(q.get())
    process.join()
    say("get", length)
    ended("done", process, None)


@case
def simple_queue_after_close():
    q = mp.SimpleQueue()
    q.put(1)
    q.close()
    attempt("put", q.put, 2)
    attempt("get", q.get)
    attempt("empty", q.empty)
    attempt("again", q.close)


@case
def simple_queue_of_several_writers():
    q = mp.SimpleQueue()
    processes = [start(lambda w: [q.put((w, "x" * 5000)) for _ in range(50)], w) for w in range(3)]
    items = [q.get() for _ in range(150)]
    say("whole", all(len(text) == 5000 for _, text in items))
    say("each", [sum(writer == w for writer, _ in items) for w in range(3)])
    for process in processes:
        process.join()


@case
def a_killed_reader_of_a_simple_queue():
    q = mp.SimpleQueue()
    process = start(q.get)
    time.sleep(0.1)
    process.kill()
    process.join()
    q.put("there")
    other = start(q.get)
    ended("another", other, 0.1)
    other.kill()


@case
def task_done_too_often():
    q = mp.JoinableQueue()
    attempt("none", q.task_done)
    q.put(1)
    attempt("one", q.task_done)
    attempt("too often", q.task_done)
    say("get", q.get())


@case
def join_of_nothing():
    q = mp.JoinableQueue()
    attempt("join", q.join)


@case
def join_waits_for_task_done():
    q = mp.JoinableQueue()
    for n in range(3):
        q.put(n)
    joiner = start(q.join)
    for _ in range(3):
        q.get()
    ended("all are got", joiner, 0.1)
    for _ in range(3):
        q.task_done()
    ended("all are done", joiner, None)
    attempt("here", q.join)


@case
def a_worker_does_its_tasks():
    q, answers = mp.JoinableQueue(), mp.Queue()

    def work():
        while True:
            answers.put(q.get() * 2)
            q.task_done()

    worker = mp.Process(target=work, daemon=True)
    worker.start()
    for n in range(10):
        q.put(n)
    q.join()
    say("answers", [answers.get() for _ in range(10)])
    say("worker", worker.is_alive())


@case
def a_task_lost_with_its_worker():
    q = mp.JoinableQueue()
    q.put(1)
    q.put(2)
    started = mp.Queue()

    def work():
        q.get()
        started.put(1)
        time.sleep(60)

    worker = start(work)
    started.get()
    worker.kill()
    worker.join()
    say("get", q.get())
    q.task_done()
    joiner = start(q.join)
    ended("join", joiner, 0.15)
    joiner.kill()


@case
def a_bounded_joinable_queue():
    q = mp.JoinableQueue(1)
    q.put(1)
    attempt("put", q.put_nowait, 2)
    say("get", q.get())
    # Done is what makes room for nobody: the get did.
    attempt("put", q.put_nowait, 2)
    attempt("done", q.task_done)
    attempt("done", q.task_done)
    attempt("done", q.task_done)
    attempt("join", q.join)
    say("get", q.get())


@case
def a_joinable_queue_after_close():
    q = mp.JoinableQueue()
    q.put(1)
    q.close()
    attempt("put", q.put, 1)
    attempt("get", q.get)
    attempt("done", q.task_done)
    attempt("join", q.join)


if __name__ == "__main__":
    main()
