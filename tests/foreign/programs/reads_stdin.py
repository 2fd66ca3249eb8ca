r"""Reads its standard input, in the program and in a child that is handed it.

stdin: one line\nanother\nthe rest\nof it\n
processes: 3
short: yes
"""

import os
import subprocess
import sys


def main():
    print(repr(sys.stdin.readline()), sys.stdin.isatty())
    sys.stdout.flush()
    # What `readline` has read ahead is this process's; a child reads what is left.
    rest = sys.stdin.read()
    print(repr(rest))
    done = subprocess.run(["cat"], stdin=sys.stdin, capture_output=True, check=True)
    print(done.stdout)
    done = subprocess.run(["cat"], input=rest.encode(), capture_output=True, check=True)
    print(done.stdout)
    pid = os.fork()
    if pid == 0:
        os._exit(len(os.read(0, 10)) + 2)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    sys.stderr.write("no line end")
    sys.stdout.write("nor here")


if __name__ == "__main__":
    main()
