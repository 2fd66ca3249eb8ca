"""Processes that become other programs: a Python again, in place, with messages before and after.

methods: fork spawn forkserver
exit: 4
processes: 3
messages: 7
short: yes
"""

import multiprocessing as mp
import os
import subprocess
import sys

AGAIN = """
import sys
from multiprocessing.connection import Connection
writer = Connection(int(sys.argv[1]), readable=False)
for number in range(3):
    writer.send(("executed", number))
"""


def becomes(writer):
    writer.send("before")
    descriptor = os.dup(writer.fileno())
    os.set_inheritable(descriptor, True)
    os.execv(sys.executable, [sys.executable, "-c", AGAIN, str(descriptor)])


def becomes_a_shell(writer):
    writer.send("a shell next")
    os.execlp("sh", "sh", "-c", "exit 6")


def main():
    mp.set_start_method(sys.argv[1])
    for work in (becomes, becomes_a_shell):
        reader, writer = mp.Pipe(duplex=False)
        child = mp.Process(target=work, args=(writer,))
        child.start()
        writer.close()
        while True:
            try:
                print(reader.recv())
            except EOFError:
                break
        child.join()
        print(child.exitcode)
    # This process, too, once it has sent.
    reader, writer = mp.Pipe(duplex=False)
    writer.send("it is there")
    print(reader.recv())
    sys.stdout.flush()
    os.set_inheritable(writer.fileno(), True)
    more = "from multiprocessing.connection import Connection; print('read', Connection(int(sys.argv[2])).recv())"
    os.set_inheritable(reader.fileno(), True)
    both = AGAIN + more + "; sys.exit(4)"
    os.execv(sys.executable, [sys.executable, "-c", both, str(writer.fileno()), str(reader.fileno())])


if __name__ == "__main__":
    main()
