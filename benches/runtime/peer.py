"""The Python side of the benches: `peer.py SUBJECT COUNT` prints nanoseconds per operation to stderr."""

import multiprocessing as mp
import sys
import time


def timed(count, run):
    begin = time.perf_counter_ns()
    run()
    return (time.perf_counter_ns() - begin) / count


def one_way(size, count):
    reader, writer = mp.Pipe(duplex=False)
    message = b"\7" * size

    def send():
        for _ in range(count + 1):
            writer.send_bytes(message)

    child = mp.Process(target=send)
    child.start()
    writer.close()
    reader.recv_bytes()

    def receive():
        for _ in range(count):
            assert len(reader.recv_bytes()) == size

    took = timed(count, receive)
    child.join()
    return took


def pipe_16(count):
    return one_way(16, count)


def pipe_64k(count):
    return one_way(1 << 16, count)


def pipe_16m(count):
    return one_way(1 << 24, count)


def pipe_ping_pong(count):
    a, b = mp.Pipe()

    def echo():
        for _ in range(count + 1):
            b.send_bytes(b.recv_bytes())

    child = mp.Process(target=echo)
    child.start()

    def one():
        a.send_bytes(b"0123456789abcdef")
        a.recv_bytes()

    def rounds():
        for _ in range(count):
            one()

    one()
    took = timed(count, rounds)
    child.join()
    return took


def flow(writers, readers, count):
    q = mp.Queue()

    def put():
        for _ in range(count // writers):
            q.put("0123456789abcdef")

    def get():
        for _ in range(count // readers):
            q.get()

    def run():
        children = [mp.Process(target=put) for _ in range(writers)]
        if readers > 1:
            children += [mp.Process(target=get) for _ in range(readers)]
        for child in children:
            child.start()
        if readers == 1:
            get()
        for child in children:
            child.join()

    return timed(count, run)


def queue_1_to_1(count):
    return flow(1, 1, count)


def queue_4_to_1(count):
    return flow(4, 1, count)


def queue_64_to_64(count):
    return flow(64, 64, count)


def nothing():
    pass


def start_and_join(count):
    def run():
        for _ in range(count):
            process = mp.Process(target=nothing)
            process.start()
            process.join()

    return timed(count, run)


def start_8_and_join(count):
    def run():
        for _ in range(count // 8):
            processes = [mp.Process(target=nothing) for _ in range(8)]
            for process in processes:
                process.start()
            for process in processes:
                process.join()

    return timed(count, run)


def spawn_and_join(count):
    spawn = mp.get_context("spawn")

    def run():
        for _ in range(count):
            process = spawn.Process(target=nothing)
            process.start()
            process.join()

    return timed(count, run)


def call_true(count):
    import subprocess

    def run():
        for _ in range(count):
            subprocess.call(["true"])

    return timed(count, run)


def square(n):
    return n * n


def pool(count, work):
    """The fastest of three rounds in one pool, as on the other side."""
    with mp.Pool(4) as workers:
        workers.map(square, range(100))
        return min(timed(count, lambda: work(workers, count)) for _ in range(3))


def pool_map(count):
    return pool(count, lambda workers, n: workers.map(square, range(n)))


def pool_map_chunksize_1(count):
    return pool(count, lambda workers, n: workers.map(square, range(n), 1))


def pool_apply_async(count):
    def work(workers, n):
        for result in [workers.apply_async(square, (i,)) for i in range(n)]:
            result.get()

    return pool(count, work)


if __name__ == "__main__":
    mp.set_start_method("fork")
    print(globals()[sys.argv[1]](int(sys.argv[2])), file=sys.stderr)
