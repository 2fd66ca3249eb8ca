"""The programs that are measured: `subjects.py NAME FILE COUNT` writes nanoseconds to the file."""

import multiprocessing as mp
import sys
import time


def writes(queue, count):
    message = b"\7" * 16
    for _ in range(count):
        queue.put(message)


def queue(count):
    """Returns nanoseconds per message of 16 bytes, from one writer to one reader."""
    context = mp.get_context("fork")
    own = context.Queue()
    child = context.Process(target=writes, args=(own, count + 1))
    child.start()
    own.get()
    begin = time.perf_counter_ns()
    for _ in range(count):
        own.get()
    took = (time.perf_counter_ns() - begin) / count
    child.join()
    return took


def computes(rounds):
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


def pool(count):
    """Returns how long a pool of two takes for so many computations, the making of the pool included."""
    begin = time.perf_counter_ns()
    with mp.get_context("fork").Pool(2) as workers:
        workers.map(computes, [100_000] * count, chunksize=1)
    return time.perf_counter_ns() - begin


if __name__ == "__main__":
    name, path, count = sys.argv[1:]
    figure = {"queue": queue, "pool": pool}[name](int(count))
    with open(path, "w") as file:
        file.write(str(figure))
