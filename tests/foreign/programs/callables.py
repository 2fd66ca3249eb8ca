"""Callables of every kind as targets and tasks, and errors that live no longer than they are handled.

methods: fork spawn forkserver
order: any
processes: fork=15 spawn=16 forkserver=17
tasks: 11
gaps: unpaired
exit: 1
"""

import concurrent.futures
import functools
import multiprocessing as mp
import multiprocessing.connection
import operator
import sys
import unittest.mock


class Options:
    """Has what it was given, and refuses all else with an error of its own."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return {}[name]

    def __call__(self, *values):
        return len(values)


class Answers:
    """Has every attribute but those with underscores at both ends."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Answers()

    def __call__(self, *values):
        return len(values)


class Meta(type):
    """A class of classes."""


class Made(metaclass=Meta):
    """Called, it makes one."""

    def __init__(self, *values):
        self.values = values

    def __len__(self):
        return len(self.values)


class Freed:
    def __del__(self):
        print("freed")


def fails():
    kept = Freed()
    raise ValueError("handled by its caller") if kept else None


class Careful(mp.Process):
    def run(self):
        try:
            super().run()
        except ValueError as error:
            print("handled", error)
        print("goes on", flush=True)


def connects():
    kept = Freed()
    return mp.connection.Client("/no/such/listener"), kept


def count(*values):
    return len(values)


def main():
    mp.set_start_method(sys.argv[1])
    kinds = [Answers(), functools.partial(count, 1), functools.partial(functools.partial(count), 1), max, Made]
    kinds += [operator.itemgetter(0), "a,b".split, [].count, Options(), str.upper]
    for made in kinds:
        process = mp.Process(target=made, args=([3],))
        process.start()
        process.join()
        print(process.exitcode)
    with mp.Pool(1) as pool:
        print([pool.apply(made, ([3, 4],)) for made in kinds[:4]])
        print(len(pool.apply(Made, (1, 2))), list(pool.imap(Answers(), range(2))), pool.starmap(count, [(1, 2)]))
    with concurrent.futures.ProcessPoolExecutor(1, mp.get_context()) as executor:
        print(executor.submit(Answers(), 1, 2).result(), executor.submit(Options(), 1, 2).result())
        print(type(executor.submit(unittest.mock.Mock(), 1).exception()).__name__)
        print(executor.submit(functools.partial(count, 1), 2).result())
    Careful(target=fails).run()
    print("after")
    child = Careful(target=fails)
    child.start()
    child.join()
    print(child.exitcode)
    try:
        connects()
    except OSError as error:
        print(type(error).__name__)
    print("after")
    try:
        raise KeyError("its parent handles this while it forks")
    except KeyError:
        child = mp.Process(target=count, name="whole")
        child.start()
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    main()
    mp.connection.Client("/no/such/listener either")
