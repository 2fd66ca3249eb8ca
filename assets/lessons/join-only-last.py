"""After a loop, the variable is the last process that was started. Joining it waits for that one
alone, and the parent goes on while the others still work.

The remedy: keep them all, and join them all.
"""

import argparse
import time
from multiprocessing import Process, Value
from random import random


def work(i, done):
    time.sleep((5 - i) * 0.4 + random() * 0.2)
    with done.get_lock():
        done.value += 1


def main(knobs):
    done = Value("i", 0)
    processes = []
    for i in range(1, 5):
        p = Process(target=work, args=(i, done))
        p.start()
        processes.append(p)
    if not knobs.fixed:
        processes = [p]
    for p in processes:
        p.join()
    print(f"{done.value} of 4 are done.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
