"""The programs that are measured: `subjects.py NAME FILE COUNT [SEED]` writes two figures to the file: nanoseconds, and
nanoseconds of CPUs of all its processes. With a seed its memory is laid out by chance, as that changes a loop's speed
by some hundredths: where its integers come to lie, in cache lines and in the allocator's pools."""

import random
import sys

if len(sys.argv) > 4:
    by_chance = random.Random(int(sys.argv[4]))
    # What is imported next comes to lie behind these, and in the gaps between them.
    laid = [bytes(by_chance.randrange(1, 480)) for _ in range(by_chance.randrange(4000))]
    del laid[:: by_chance.randrange(2, 9)]

import multiprocessing as mp  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import time  # noqa: E402


def used():
    """Returns nanoseconds of CPUs of this process and of those that it has reaped."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(rusage.ru_utime + rusage.ru_stime for rusage in map(resource.getrusage, kinds)) * 1e9


def writes(queue, count):
    message = b"\7" * 16
    for _ in range(count):
        queue.put(message)


def queue(count):
    """Returns both per message of 16 bytes, from one writer to one reader."""
    context, before = mp.get_context("fork"), used()
    own = context.Queue()
    child = context.Process(target=writes, args=(own, count + 1))
    child.start()
    own.get()
    begin = time.perf_counter_ns()
    for _ in range(count):
        own.get()
    took = (time.perf_counter_ns() - begin) / count
    child.join()
    return took, (used() - before) / count


def computes(rounds):
    total = 0
    for number in range(rounds):
        total += number * number % 7
    return total


def pool(count, rounds=2_500_000):
    """Returns both for so many tasks that compute in a pool of two, the making of the pool included."""
    before, begin = used(), time.perf_counter_ns()
    with mp.get_context("fork").Pool(2) as workers:
        workers.map(computes, [rounds] * count, chunksize=1)
        took = time.perf_counter_ns() - begin
        workers.close()
        workers.join()
    return took, used() - before


def tasks(count):
    """Returns both for short tasks."""
    return pool(count, 100_000)


if __name__ == "__main__":
    name, path, count = sys.argv[1:4]
    figures = {"queue": queue, "pool": pool, "tasks": tasks}[name](int(count))
    # Whoever waits for the file finds it whole.
    with open(f"{path}.new", "w") as file:
        file.write("{} {}".format(*figures))
    os.rename(f"{path}.new", path)
