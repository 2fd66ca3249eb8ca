"""A queue without a bound takes whatever is put. If the reader is slower than the writer, items
pile up: they need memory, are old when they are read, and some are never read at all.

The remedy: a bounded queue. Full, it makes the writer wait.
"""

import argparse
import time
from itertools import count
from multiprocessing import Event, Process, Queue


def write(q, stop):
    for i in count(1):
        q.put(i)
        time.sleep(0.02)
        if stop.is_set():
            break
    q.put(None)


def read(q):
    while (i := q.get()) is not None:
        # Flushed: SIGTERM takes what still waits to be written.
        print(f"The reader works on {i}.", flush=True)
        time.sleep(0.1)


def main(knobs):
    if knobs.fixed:
        q = Queue(3)
    else:
        q = Queue()
    stop = Event()
    writer = Process(target=write, args=(q, stop), name="writer")
    writer.start()
    reader = Process(target=read, args=(q,), name="reader")
    reader.start()
    time.sleep(2)
    stop.set()
    writer.join()
    # It is closing time: the reader has a second for what is left.
    reader.join(timeout=1)
    if reader.is_alive():
        print(f"Nobody will read the last {q.qsize()} items.")
        reader.terminate()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
