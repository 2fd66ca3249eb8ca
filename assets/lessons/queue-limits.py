"""A bounded queue makes a fast writer wait: backpressure. `put` and `get` wait for ever, for a
time, or not at all; when the time is over they fail with Full or Empty.
"""

import argparse
import time
from multiprocessing import Process, Queue
from queue import Empty, Full

SHORT = 0.2


def write(q, items):
    for i in range(1, items + 1):
        q.put(f"item_{i}")
        print(f"Put item_{i}.")
    tell("put_nowait", lambda: q.put_nowait("one more"))
    tell("put, timeout 0.2 s", lambda: q.put("one more", timeout=SHORT))


def read(q, items):
    for _ in range(items):
        time.sleep(0.5)
        print(f"Get {q.get()}.")
    time.sleep(0.5)
    while True:
        tell("get_nowait", q.get_nowait)
        if q.empty():
            break
    tell("get, timeout 0.2 s", lambda: q.get(timeout=SHORT))


def tell(what, attempt):
    try:
        attempt()
        print(f"{what}: done.")
    except Full:
        print(f"{what}: Full.")
    except Empty:
        print(f"{what}: Empty.")


def main(knobs):
    q = Queue(knobs.maxsize)
    writer = Process(target=write, args=(q, knobs.items), name="writer")
    writer.start()
    reader = Process(target=read, args=(q, knobs.items), name="reader")
    reader.start()
    writer.join()
    reader.join()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--maxsize", type=int, default=2, help="how many the queue takes")
    parser.add_argument("--items", type=int, default=5, help="how many are put")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
