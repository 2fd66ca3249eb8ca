"""One call, two returns: `fork` copies the process, and both go on from the same line.

In the child it returns 0, in the parent the child's pid. If the parent ends first, the child is
adopted: its parent's pid is another one from then on.
"""

import argparse
import os
import time


def main(knobs):
    # Flushed: a copy of the process has a copy of what still waits to be written.
    print(f"current process ({os.getpid()}) starts ...", flush=True)
    pid = os.fork()
    if pid == 0:
        time.sleep(knobs.pause / 1000)
        print(f"I am the child ({os.getpid()}) and my parent is ({os.getppid()}).")
    else:
        print(f"I ({os.getpid()}) created a child ({pid}).")
        if knobs.wait == "yes":
            _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            print(f"My child ({pid}) ended with exit code {code}.")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait", choices=["no", "yes"], default="no")
    parser.add_argument("--pause", type=int, default=200, help="ms that the child sleeps first")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
