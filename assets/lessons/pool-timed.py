"""Each task of a pool measures how long it ran, and says where: in which process."""

import argparse
import os
import time
from multiprocessing import Pool
from random import random


def long_time_task(name):
    print(f"Run task {name} ({os.getpid()})...")
    start = time.time()
    time.sleep(random() * 3)
    end = time.time()
    print(f"Task {name} runs {end - start:.2f} seconds.")


def main(knobs):
    print(f"Parent process {os.getpid()}.")
    if knobs.workers == 0:
        p = Pool()
    else:
        p = Pool(knobs.workers)
    for i in range(knobs.tasks):
        p.apply_async(long_time_task, (i,))
    print("Waiting for all subprocesses done...")
    p.close()
    p.join()
    print("All subprocesses done.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=4, help="how many; 0 is one for each CPU")
    parser.add_argument("--tasks", type=int, default=5, help="how many tasks")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
