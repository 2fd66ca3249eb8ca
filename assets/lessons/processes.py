"""Five processes run side by side. They end in any order, whatever the order of their start.

Joining only the last is a fault: "Process end." is then printed while others still run.
"""

import argparse
import os
import time
from multiprocessing import Process
from random import random


def run_proc(name):
    print(f"Child process {name} ({os.getpid()}) Running...")
    time.sleep(random())


def main(knobs):
    print(f"Parent process {os.getpid()}.")
    p_list = []
    for i in range(knobs.processes):
        print("Process will start.")
        p = Process(target=run_proc, args=(i,))
        p.start()
        p_list.append(p)
    if knobs.join == "last":
        p_list = p_list[-1:]
    for p in p_list:
        p.join()
    print("Process end.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=5, help="how many")
    parser.add_argument("--join", choices=["all", "last"], default="all")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
