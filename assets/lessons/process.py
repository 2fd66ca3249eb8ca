"""A `Process` runs a function in a process of its own. It is made first, then started, and `join`
waits until it has ended. Nothing comes back but the exit code.
"""

import argparse
import os
import time
from multiprocessing import Process


def run_proc(name, work_ms):
    print(f"Run child process {name} ({os.getpid()})...")
    time.sleep(work_ms / 1000)


def main(knobs):
    print(f"Parent process {os.getpid()}.")
    p = Process(target=run_proc, args=("test", knobs.work))
    print("Child process will start.")
    p.start()
    p.join()
    code = p.exitcode
    print(f"Child process end, exit code {code}.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=int, default=500, help="ms that the child takes")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
