"""A worker that is killed takes its task along. The pool starts another worker, but no other does
the task again: `get` waits for ever.

The remedy: a task minds its time itself, and fails. `get` then hands the error over.
"""

import argparse
import time
from multiprocessing import Pool, active_children


def work(task, limit):
    needs = 60 if task == 0 else 0.5
    time.sleep(min(needs, limit))
    if needs > limit:
        raise TimeoutError("no time left")
    return task * 100


def main(knobs):
    limit = 1 if knobs.fixed else 60
    p = Pool(1)
    results = []
    for task in range(3):
        results.append(p.apply_async(work, (task, limit)))
    time.sleep(1)
    if not knobs.fixed:
        print("Task 0 takes too long: its worker is killed.", flush=True)
        active_children()[0].kill()
    for task, result in enumerate(results):
        try:
            number = result.get()
            print(f"Task {task} brought {number}.")
        except TimeoutError as error:
            print(f"Task {task} failed: {error}.")
    p.close()
    p.join()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
