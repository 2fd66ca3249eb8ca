"""Pipe: directions, ends and their copies, cut messages, sizes, limits, readiness."""

import multiprocessing as mp
import os
import time
from multiprocessing.connection import wait

from canon import attempt, case, main, say


def start(target, *args):
    process = mp.Process(target=target, args=args)
    process.start()
    return process


def one_way():
    return mp.Pipe(duplex=False)


def text(data):
    return None if data is None else data.decode()


@case
def values_there_and_back():
    a, b = mp.Pipe()

    def echo():
        for _ in range(3):
            b.send(b.recv())

    process = start(echo)
    for value in [7, "text", [1, 2]]:
        a.send(value)
        attempt("recv", a.recv)
    process.join()


@case
def both_directions_at_once():
    a, b = mp.Pipe()
    a.send_bytes(b"to b")
    b.send_bytes(b"to a")
    say("a", text(a.recv_bytes()))
    say("b", text(b.recv_bytes()))


@case
def flags():
    for what, ends in [("duplex", mp.Pipe()), ("one way", one_way())]:
        say(what, [[end.readable, end.writable, end.closed] for end in ends])


@case
def wrong_directions():
    reader, writer = one_way()
    attempt("send", reader.send, 1)
    attempt("send_bytes", reader.send_bytes, b"")
    attempt("recv", writer.recv)
    attempt("recv_bytes", writer.recv_bytes)
    attempt("poll", writer.poll)


def use(end):
    attempt("send", end.send, 1)
    attempt("send_bytes", end.send_bytes, b"")
    attempt("recv", end.recv)
    attempt("recv_bytes", end.recv_bytes)
    attempt("poll", end.poll)
    attempt("fileno", end.fileno)
    say("closed", end.closed)


@case
def use_after_close():
    for end in [*mp.Pipe(), *one_way()]:
        end.close()
        end.close()
        use(end)


@case
def eof():
    reader, writer = one_way()
    writer.close()
    say("poll", reader.poll())
    attempt("recv", reader.recv)
    attempt("again", reader.recv_bytes)
    say("closed", reader.closed)


@case
def eof_of_a_duplex_end():
    a, b = mp.Pipe()
    a.close()
    say("poll", b.poll())
    attempt("recv", b.recv)
    attempt("send", b.send, 1)


@case
def data_before_the_end():
    reader, writer = one_way()
    writer.send_bytes(b"one")
    writer.send_bytes(b"two")
    writer.close()
    for _ in range(3):
        attempt("recv", lambda: text(reader.recv_bytes()))


@case
def eof_needs_every_copy():
    reader, writer = one_way()
    go, tell = one_way()
    process = start(go.recv_bytes)
    writer.close()
    # The child has a copy.
    say("poll", reader.poll(0.05))
    tell.send_bytes(b"")
    process.join()
    say("poll", reader.poll())
    attempt("recv", reader.recv)


@case
def ones_own_copy_counts():
    reader, writer = one_way()

    def child():
        # It has a copy of the writing end, too.
        say("poll", reader.poll(0.05))
        writer.close()
        attempt("recv", reader.recv)

    process = start(child)
    time.sleep(0.01)
    writer.close()
    process.join()


@case
def broken_pipe():
    reader, writer = one_way()
    reader.close()
    attempt("send", writer.send, 1)
    attempt("again", writer.send_bytes, b"x")
    say("closed", writer.closed)


@case
def broken_while_it_waits():
    reader, writer = one_way()

    def child():
        reader.close()
        attempt("send", writer.send_bytes, bytes(1 << 20))

    process = start(child)
    process.join(0.1)
    say("waits", process.is_alive())
    reader.close()
    process.join()


@case
def unread_at_close():
    a, b = mp.Pipe()
    a.send_bytes(b"never read")
    b.close()
    attempt("recv", a.recv_bytes)
    attempt("recv", a.recv_bytes)
    attempt("send", a.send_bytes, b"x")


def cut(ends):
    reader, writer = ends

    def child():
        writer.send_bytes(b"whole")
        writer.send_bytes(bytes(1 << 20))

    process = start(child)
    writer.close()
    say("first", text(reader.recv_bytes()))
    process.join(0.1)
    say("waits", process.is_alive())
    process.kill()
    process.join()
    attempt("cut", lambda: len(reader.recv_bytes()))
    attempt("then", lambda: len(reader.recv_bytes()))


@case
def cut_by_its_senders_death():
    cut(one_way())


@case
def cut_on_a_duplex_pipe():
    cut(mp.Pipe())


@case
def ended_between_messages():
    reader, writer = one_way()
    process = start(writer.send_bytes, b"whole")
    writer.close()
    process.join()
    attempt("recv", lambda: text(reader.recv_bytes()))
    attempt("recv", lambda: text(reader.recv_bytes()))


SIZES = [0, 1, 31, 32, 33, 16384, 16385, 65535, 65536, 65537, 1 << 24]


def pattern(size):
    return bytes(at % 251 for at in range(251)) * (size // 251 + 1)


def sizes(ends):
    reader, writer = ends

    def child():
        for size in SIZES:
            writer.send_bytes(memoryview(pattern(size))[:size])

    process = start(child)
    for size in SIZES:
        data = reader.recv_bytes()
        say("size", [len(data), data == pattern(size)[:size]])
    process.join()


@case
def sizes_one_way():
    sizes(one_way())


@case
def sizes_on_a_duplex_pipe():
    sizes(mp.Pipe())


@case
def sizes_of_values():
    reader, writer = one_way()

    def child():
        for size in SIZES:
            writer.send("x" * size)

    process = start(child)
    for _ in SIZES:
        say("size", len(reader.recv()))
    process.join()


@case
def a_limit():
    reader, writer = one_way()
    writer.send_bytes(b"four")
    writer.send_bytes(b"four")
    writer.send_bytes(b"")
    attempt("exact", lambda: text(reader.recv_bytes(4)))
    attempt("less", lambda: text(reader.recv_bytes(3)))
    say("closed", reader.closed)
    attempt("then", reader.recv_bytes)
    attempt("send", writer.send_bytes, b"x")


@case
def a_limit_of_nothing():
    reader, writer = one_way()
    writer.send_bytes(b"")
    attempt("empty", lambda: text(reader.recv_bytes(0)))
    writer.send_bytes(b"1")
    attempt("one", lambda: text(reader.recv_bytes(0)))


@case
def a_limit_on_a_duplex_pipe():
    a, b = mp.Pipe()
    a.send_bytes(b"four")
    attempt("less", b.recv_bytes, 3)
    say("flags", [b.readable, b.writable, b.closed])
    attempt("then", b.recv_bytes)
    attempt("poll", b.poll)
    attempt("send", b.send_bytes, b"still")
    attempt("recv", lambda: text(a.recv_bytes()))


@case
def into_a_buffer():
    reader, writer = one_way()
    for data in [b"four", b"", b"fifth", b"next"]:
        writer.send_bytes(data)
    buffer = bytearray(4)
    attempt("exact", reader.recv_bytes_into, buffer)
    say("buffer", text(buffer))
    attempt("nothing", reader.recv_bytes_into, buffer)
    attempt("too long", reader.recv_bytes_into, buffer)
    attempt("next", reader.recv_bytes_into, buffer)
    say("buffer", text(buffer))


@case
def poll_with_timeouts():
    a, b = mp.Pipe()
    for timeout in [0, 0.000001, 0.05]:
        say("poll", b.poll(timeout))
    a.send(1)
    for timeout in [0, 0.000001, 0.05, None]:
        say("poll", b.poll(timeout))
    say("recv", b.recv())
    say("poll", b.poll())


@case
def poll_that_is_answered():
    reader, writer = one_way()

    def child():
        time.sleep(0.05)
        writer.send_bytes(b"x")

    process = start(child)
    say("poll", reader.poll(10))
    process.join()


def places(objects, timeout):
    return sorted(objects.index(ready) for ready in wait(objects, timeout))


@case
def wait_for_several():
    pipes = [one_way() for _ in range(3)]
    readers = [reader for reader, _ in pipes]
    say("none", places(readers, 0))
    say("none", places(readers, 0.05))
    pipes[2][1].send_bytes(b"x")
    say("one", places(readers, None))
    pipes[0][1].close()
    say("two", places(readers, None))
    readers[2].recv_bytes()
    say("eof", places(readers, None))


@case
def wait_for_nothing():
    say("none", len(wait([], 0)))
    say("none", len(wait([], 0.05)))


@case
def wait_for_a_closed_one():
    reader, _writer = one_way()
    reader.close()
    attempt("wait", lambda: len(wait([reader], 0)))


@case
def wait_for_a_process_too():
    reader, writer = one_way()
    process = start(time.sleep, 60)
    say("none", places([reader, process.sentinel], 0.05))
    process.kill()
    say("process", places([reader, process.sentinel], None))
    writer.send_bytes(b"x")
    say("both", places([reader, process.sentinel], None))


@case
def one_writers_order():
    reader, writer = one_way()

    def child():
        for n in range(5000):
            writer.send(n)

    process = start(child)
    say("in order", [reader.recv() for _ in range(5000)] == list(range(5000)))
    process.join()


@case
def readers_in_turn():
    reader, writer = one_way()
    for n in range(3):
        writer.send_bytes(str(n).encode())
    start(lambda: say("child", text(reader.recv_bytes()))).join()
    say("parent", text(reader.recv_bytes()))
    start(lambda: say("child", text(reader.recv_bytes()))).join()


@case
def a_killed_reader_takes_nothing():
    reader, writer = one_way()
    process = start(reader.recv_bytes)
    time.sleep(0.05)
    process.kill()
    process.join()
    writer.send_bytes(b"left")
    say("recv", text(reader.recv_bytes()))


@case
def what_is_no_value():
    reader, writer = one_way()
    writer.send_bytes(b"\xff\xff\xff")
    writer.send("good")
    attempt("bad", reader.recv)
    attempt("then", reader.recv)


@case
def two_that_only_send():
    a, b = mp.Pipe()
    big = bytes(1 << 22)

    def side(end):
        end.send_bytes(big)
        end.recv_bytes()

    sides = [start(side, a), start(side, b)]
    sides[0].join(0.15)
    say("wait for each other", [process.is_alive() for process in sides])
    for process in sides:
        process.kill()


if __name__ == "__main__":
    main()
