"""A process that has ended stays in the kernel's table, as a zombie, until its parent asks how it
ended. A parent that works on and never asks collects them.

The remedy: join the children.
"""

import argparse
import os
import time
from multiprocessing import Process
from random import random


def work(i):
    print(f"Child {i} ({os.getpid()}) works.")
    time.sleep(i * 0.4 + random() * 0.3)


def main(knobs):
    children = []
    for i in range(1, 4):
        child = Process(target=work, args=(i,), name=f"child-{i}")
        child.start()
        children.append(child)
    if knobs.fixed:
        for child in children:
            child.join()
    print("The parent goes on with other work.")
    time.sleep(3)
    print("The parent ends.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
