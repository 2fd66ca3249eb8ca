"""Exceptions in every place: targets, initialisers, tasks, feeders, threads, callbacks, and what pickles.

methods: fork spawn forkserver
order: any
exit: 1
processes: 5
messages: 2
tasks: 9
gaps: unpaired
"""

import atexit
import concurrent.futures
import multiprocessing as mp
import sys
import threading


class Stubborn:
    """Can't be pickled."""

    def __reduce__(self):
        raise TypeError("it stays here")


class Broken:
    """Can be pickled, and not be made again."""

    def __reduce__(self):
        return (int, ("no number",))


def fails(number):
    raise KeyError(f"task {number}")


def answers(number):
    return Stubborn() if number == 1 else number


def child(queue):
    queue.put("before")
    try:
        queue.put(1 / 0)
    except ZeroDivisionError as error:
        queue.put(str(error))
    raise RuntimeError("a child's own")


def tried(what, *values):
    """Prints what comes of a call."""
    try:
        print(what.__name__, what(*values))
    except BaseException as error:
        print(what.__name__, type(error).__name__, str(error).splitlines()[0])


def sends():
    reader, writer = mp.Pipe(duplex=False)
    for value in (Stubborn(), Broken()):
        try:
            writer.send(value)
            reader.recv()
        except Exception as error:
            print(type(error).__name__, error)
    writer.send("goes on")
    return reader.recv()


def feeds():
    queue = mp.Queue()
    queue.put(Stubborn())
    queue.put("the next")
    return queue.get()


def pools():
    with mp.Pool(2) as pool:
        tried(pool.apply, fails, (3,))
        tried(pool.map, answers, range(3))
        outcome = pool.apply_async(fails, (4,), error_callback=lambda error: print("told", error))
        tried(outcome.get)
        return pool.apply(abs, (-5,))


def executors():
    with concurrent.futures.ProcessPoolExecutor(2, mp.get_context()) as executor:
        first = executor.submit(fails, 5)
        print(type(first.exception()).__name__, first.exception())
        second = executor.submit(answers, 1)
        print(type(second.exception()).__name__)
        return executor.submit(abs, -6).result()


def threads():
    def work():
        reader, writer = mp.Pipe(duplex=False)
        writer.close()
        try:
            reader.recv()
        except EOFError:
            raise OSError("in a thread") from None

    thread = threading.Thread(target=work, name="worker thread")
    thread.start()
    thread.join()


def closed():
    reader, writer = mp.Pipe()
    reader.close()
    tried(reader.recv)
    tried(writer.send, "nobody reads")
    tried(writer.recv)
    tried(writer.send_bytes, "no bytes")
    queue = mp.Queue()
    queue.close()
    tried(queue.put, 1)
    tried(mp.Lock().release)
    tried(mp.Queue().get, False)
    tried(mp.Queue().get, True, 0.05)
    full = mp.Queue(1)
    full.put(1)
    tried(full.put, 2, False)
    tried(full.put, 2, True, 0.05)
    full.get()
    tried(mp.Process(target=abs).join)
    tried(mp.Pipe, 1, 2, 3)
    tried(mp.BoundedSemaphore(1).release)


def main():
    mp.set_start_method(sys.argv[1])
    atexit.register(fails, "at exit")
    tried(sends)
    tried(feeds)
    tried(pools)
    tried(executors)
    tried(threads)
    closed()
    queue = mp.SimpleQueue()
    process = mp.Process(target=child, args=(queue,), name="child")
    process.start()
    print(queue.get(), queue.get())
    process.join()
    print(process.exitcode)
    reader, writer = mp.Pipe(duplex=False)
    writer.close()
    reader.recv()


if __name__ == "__main__":
    main()
