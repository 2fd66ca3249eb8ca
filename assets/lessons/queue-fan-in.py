"""Several writers, one reader. Each writer's items arrive in its own order; across writers
nothing is promised.
"""

import argparse
import os
import time
from multiprocessing import Process, Queue
from random import random


def proc_write(q, urls):
    print(f"Process({os.getpid()}) is writing...")
    for url in urls:
        q.put(url)
        print(f"Put {url} to queue...")
        time.sleep(random())


def proc_read(q):
    print(f"Process({os.getpid()}) is reading...")
    while True:
        url = q.get()
        # Flushed: SIGTERM takes what still waits to be written.
        print(f"Get {url} from queue.", flush=True)


def main(knobs):
    items = knobs.items
    q = Queue()
    writing = []
    for w in range(knobs.writers):
        urls = [f"url_{w * items + i}" for i in range(1, items + 1)]
        writer = Process(target=proc_write, args=(q, urls), name=f"writer-{w + 1}")
        writer.start()
        writing.append(writer)
    reader = Process(target=proc_read, args=(q,), name="reader")
    reader.start()
    for writer in writing:
        writer.join()
    # The reader's loop has no end: it can't be joined, only ended.
    reader.terminate()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=2, help="how many processes put")
    parser.add_argument("--items", type=int, default=3, help="how many each puts")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
