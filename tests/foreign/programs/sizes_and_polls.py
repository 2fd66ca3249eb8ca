"""Messages of every size, as objects, bytes and parts of buffers; polls, waits and limits.

methods: fork spawn forkserver
processes: 2
messages: 49
"""

import array
import multiprocessing as mp
import multiprocessing.connection
import sys
import zlib


def echoes(connection):
    while True:
        try:
            data = connection.recv_bytes()
        except EOFError:
            break
        connection.send_bytes(data)


def main():
    mp.set_start_method(sys.argv[1])
    mine, other = mp.Pipe()
    child = mp.Process(target=echoes, args=(other,))
    child.start()
    other.close()
    for size in (0, 1, 15, 255, 256, 257, 16383, 16384, 16385, 65535, 65536, 65537, 1 << 20, 30_000_000):
        data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
        mine.send_bytes(data)
        back = mine.recv_bytes()
        print(size, len(back), zlib.crc32(back) == zlib.crc32(data))
    mine.send_bytes(b"0123456789", 3)
    print(mine.recv_bytes())
    mine.send_bytes(memoryview(b"0123456789"), 3, 4)
    print(mine.recv_bytes())
    mine.send_bytes(bytearray(b"abc"))
    print(mine.recv_bytes())
    buffer = array.array("B", [0] * 8)
    mine.send_bytes(b"into")
    print(mine.recv_bytes_into(buffer, 2), list(buffer))
    mine.send_bytes(b"much too long for it")
    try:
        mine.recv_bytes_into(buffer)
    except mp.BufferTooShort as error:
        print("too short", error.args)
    for values in ((b"abc", -1), (b"abc", 4), (b"abc", 1, 5), (b"abc", 0, -1)):
        try:
            mine.send_bytes(*values)
        except ValueError as error:
            print(error)
    print(mine.poll(), mine.poll(0.01), mp.connection.wait([mine], 0.01))
    mine.send_bytes(b"there")
    print(mp.connection.wait([mine, child.sentinel], 30) == [mine], mine.poll(30), mine.poll())
    print(mine.recv_bytes(5))
    mine.send_bytes(b"over the limit")
    try:
        mine.recv_bytes(3)
    except OSError as error:
        print("over", error)
    try:
        mine.recv_bytes()
    except OSError as error:
        print(type(error).__name__, error)
    # A fork holds a copy of this end, and would never see it closed.
    child.terminate()
    child.join()
    print(child.exitcode)
    one, two = mp.Pipe()
    for value in (None, "", {"nested": [(), b"\0", 1.5]}, "é😀", 1 << 2000, Ellipsis, range(3), mp.Pipe):
        one.send(value)
        print(two.recv() == value)
    print(two.poll(), two.closed, two.readable, two.writable)


if __name__ == "__main__":
    main()
