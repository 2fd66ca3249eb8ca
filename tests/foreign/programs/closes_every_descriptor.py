"""Children that close every descriptor, open files again, and go on sending.

methods: fork spawn forkserver
processes: 3
messages: 12
"""

import multiprocessing as mp
import os
import sys


def closes(writer, name):
    writer.send(f"{name} before")
    kept = writer.fileno()
    os.closerange(0, kept)
    os.closerange(kept + 1, 4096)
    numbers = [os.open("/dev/null", os.O_RDWR) for _ in range(4)]
    for number in numbers:
        os.write(number, b"lost")
    writer.send(f"{name} after")
    writer.send([numbers.index(number) for number in numbers])
    # A pipe of its own, made when everything was closed.
    mine, other = mp.Pipe()
    other.send(name)
    writer.send(mine.recv())
    writer.send(all(os.readlink(f"/proc/self/fd/{number}") == "/dev/null" for number in numbers))
    os._exit(9)


def main():
    mp.set_start_method(sys.argv[1])
    for name in ("first", "second"):
        reader, writer = mp.Pipe(duplex=False)
        child = mp.Process(target=closes, args=(writer, name))
        child.start()
        writer.close()
        while True:
            try:
                print(reader.recv())
            except EOFError:
                break
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    main()
