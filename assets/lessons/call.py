"""`call` runs another program, waits for its end and returns its exit code. What the program
prints goes where ours goes.
"""

import argparse
from subprocess import call

import stand_in


def main(knobs):
    nslookup, name = stand_in.choose(knobs.program)
    # Flushed: the program's own output must not overtake ours.
    print(f"$ {name} www.python.org", flush=True)
    r = call([*nslookup, "www.python.org"])
    print(f"Exit code: {r}")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", choices=stand_in.CHOICES, default=stand_in.default())
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
