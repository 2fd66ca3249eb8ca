"""A reader reads until nothing more can come, but its parent forgot to close its own copy of the write end."""

import multiprocessing as mp
import sys


def reads(reader):
    try:
        while True:
            reader.recv()
    except EOFError:
        print("all read")


def main():
    mp.set_start_method(sys.argv[1])
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=reads, args=(reader,), name="reader")
    child.start()
    for number in range(3):
        writer.send(number)
    child.join()


if __name__ == "__main__":
    main()
