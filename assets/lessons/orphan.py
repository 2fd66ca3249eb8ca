"""A process that is killed can't see to its children. They go on as orphans, adopted by another,
and nobody of the program knows them any more.

The remedy: ask it to stop, so that it ends its children first.
"""

import argparse
import os
import time
from multiprocessing import get_context

# Under `forkserver` a server makes every process, and is the parent of all.
mp = get_context("fork")


def work():
    for _ in range(6):
        # Flushed: it may be ended by SIGTERM, and that takes what still waits to be written.
        print(f"Worker ({os.getpid()}), my parent is ({os.getppid()}).", flush=True)
        time.sleep(0.5)


def manage(stop):
    worker = mp.Process(target=work, name="worker")
    worker.start()
    stop.wait()
    worker.terminate()
    worker.join()


def main(knobs):
    stop = mp.Event()
    manager = mp.Process(target=manage, args=(stop,), name="manager")
    manager.start()
    time.sleep(1.2)
    if knobs.fixed:
        stop.set()
    else:
        manager.terminate()
    manager.join()
    print("The manager has ended.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
