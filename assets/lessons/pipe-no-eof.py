"""A reader learns that nothing will come any more only when every copy of the pipe's write end is
closed. A child has a copy: here the parent keeps one, too, that it never uses.

The remedy: each process closes the end that it does not use.
"""

import argparse
import time
from multiprocessing import Pipe, Process
from random import random


def write(w):
    for line in ["one", "two", "three"]:
        w.send(line)
        time.sleep(random())


def read(r, w):
    w.close()
    while True:
        try:
            line = r.recv()
        except EOFError:
            break
        print(f"The reader got {line}.", flush=True)
    print("The reader got EOF.")


def main(knobs):
    r, w = Pipe(duplex=False)
    writer = Process(target=write, args=(w,), name="writer")
    writer.start()
    reader = Process(target=read, args=(r, w), name="reader")
    reader.start()
    if knobs.fixed:
        w.close()
    writer.join()
    print("The writer has ended.", flush=True)
    reader.join()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fixed", action="store_true", help="run the remedy")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
