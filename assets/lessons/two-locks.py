"""Two processes need the same two locks. Each takes one, then waits for the one that the other
has: a deadlock.

The remedy: all take the locks in the same order.
"""

import argparse
import time
from multiprocessing import Lock, Process


def work(name, first, second):
    first.acquire()
    print(f"{name} has its first lock.", flush=True)
    time.sleep(0.5)
    second.acquire()
    print(f"{name} has both.")
    time.sleep(0.5)
    second.release()
    first.release()


def main(knobs):
    a, b = Lock(), Lock()
    if knobs.fixed:
        first, second = a, b
    else:
        first, second = b, a
    one = Process(target=work, args=("one", a, b), name="one")
    one.start()
    two = Process(target=work, args=("two", first, second), name="two")
    two.start()
    one.join()
    two.join()
    print("Both have ended.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
