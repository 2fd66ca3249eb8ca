"""billiard, celery's multiprocessing: processes, pipes, queues and a pool.

needs: billiard
processes: 4
messages: 2
"""

import billiard


def square(number):
    return number * number


def fails(number):
    raise KeyError(number)


def child(connection, queue):
    connection.send("by a pipe")
    queue.put("by a queue")
    raise SystemExit(3)


def main():
    mine, other = billiard.Pipe()
    queue = billiard.Queue()
    process = billiard.Process(target=child, args=(other, queue), name="child")
    process.start()
    print(mine.recv(), queue.get())
    process.join()
    print(process.exitcode)
    pool = billiard.Pool(2)
    print(pool.map(square, range(10)))
    try:
        pool.apply(fails, (1,))
    except KeyError as error:
        print(type(error).__name__)
    pool.close()
    pool.join()


if __name__ == "__main__":
    main()
