"""A `Pool` makes its workers once. A task waits in the queue until one of them is free; no worker
is made for it. After `close` no task is taken, and `join` waits for the workers' end.
"""

import argparse
import os
import time
from multiprocessing import Pool
from random import random


def run_task(name):
    print(f"Task {name} (pid = {os.getpid()}) is running...")
    time.sleep(random() * 3)
    print(f"Task {name} end.")


def main(knobs):
    print(f"Current process {os.getpid()}.")
    p = Pool(knobs.workers)
    for i in range(knobs.tasks):
        p.apply_async(run_task, (i,))
    print("Waiting for all subprocesses done...")
    p.close()
    p.join()
    print("All subprocesses done.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=3, help="how many processes")
    parser.add_argument("--tasks", type=int, default=5, help="how many tasks")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
