"""A reader waits inside `get` with the queue's read lock in its hand. Killed there, it takes the
lock along: nobody can ever get again, though an item is there.

The remedy: a sentinel, an item that says "end", instead of a signal.
"""

import argparse
import time
from multiprocessing import Process, Queue


def read(name, q):
    while (item := q.get()) is not None:
        # Flushed: SIGTERM takes what still waits to be written.
        print(f"{name} gets {item}.", flush=True)
    print(f"{name} got the sentinel.")


def main(knobs):
    q = Queue()
    first = Process(target=read, args=("reader-1", q), name="reader-1")
    first.start()
    q.put("A")
    time.sleep(1)
    if knobs.fixed:
        q.put(None)
    else:
        first.terminate()
    first.join()
    second = Process(target=read, args=("reader-2", q), name="reader-2")
    second.start()
    q.put("B")
    q.put(None)
    second.join()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
