"""A writer and a reader share a queue. The reader would wait for ever: it is terminated.

That works, and does harm: a reader that dies inside `get` takes the queue's read lock along.
"""

import argparse
import os
import time
from itertools import cycle, islice
from multiprocessing import Process, Queue
from random import random
from string import ascii_uppercase


def write(q, items):
    print(f"Process to write: {os.getpid()}")
    for value in islice(cycle(ascii_uppercase), items):
        print(f"Put {value} to queue...")
        q.put(value)
        time.sleep(random())


def read(q):
    print(f"Process to read: {os.getpid()}")
    while True:
        value = q.get()
        # Flushed: SIGTERM takes what still waits to be written.
        print(f"Get {value} from queue.", flush=True)


def main(knobs):
    q = Queue()
    pw = Process(target=write, args=(q, knobs.items), name="writer")
    pw.start()
    pr = Process(target=read, args=(q,), name="reader")
    pr.start()
    pw.join()
    # The reader's loop has no end: it can't be joined, only ended.
    pr.terminate()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=3, help="how many are put")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
