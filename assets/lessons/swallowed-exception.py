"""An error in a pool's task travels to the parent as the task's result. If nobody fetches the
result, nobody learns of the error.

The remedy: `get` every result.
"""

import argparse
import time
from multiprocessing import Pool
from random import random


def double(text):
    time.sleep(random())
    number = int(text)
    return 2 * number


def main(knobs):
    p = Pool(2)
    results = []
    for text in ["1", "2", "four", "8"]:
        results.append(p.apply_async(double, (text,)))
    p.close()
    if knobs.fixed:
        for result in results:
            try:
                number = result.get()
                print(f"Got {number}.")
            except ValueError as error:
                print(f"A task failed: {error}.")
    p.join()
    print("All tasks are done.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
