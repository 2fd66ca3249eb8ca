"""A process that has put items ends only when its feeder has written them all into the pipe. A
pipe takes 64 KiB: who joins the process before taking the items out waits for ever.

The remedy: take all items out, then join.
"""

import argparse
import time
from multiprocessing import Process, Queue

ITEMS = 50


def write(q):
    for i in range(1, ITEMS + 1):
        q.put(f"item_{i} " + "x" * 4000)
    print(f"The writer has put {ITEMS} items.", flush=True)


def drain(q):
    for _ in range(ITEMS):
        q.get()
        time.sleep(0.03)
    print(f"The parent has got {ITEMS} items.")


def main(knobs):
    q = Queue()
    writer = Process(target=write, args=(q,), name="writer")
    writer.start()
    if knobs.fixed:
        drain(q)
        writer.join()
    else:
        writer.join()
        drain(q)


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
