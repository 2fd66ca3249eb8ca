"""`Popen` starts a program with a pipe on each of its standard streams. `communicate` writes its
input, closes it, reads both outputs to their ends and waits: so no full pipe can block.
"""

import argparse
from subprocess import PIPE, Popen

import stand_in


def main(knobs):
    nslookup, name = stand_in.choose(knobs.program)
    print(f"$ {name}")
    p = Popen(nslookup, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    output, err = p.communicate(b"set q=mx\npython.org\nexit\n")
    print(output.decode(errors="replace"))
    if err:
        print(f"stderr: {err.decode(errors='replace')}")
    print(f"Exit code: {p.wait()}")


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", choices=stand_in.CHOICES, default=stand_in.default())
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
