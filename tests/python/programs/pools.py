"""A Pool, an executor, tasks that fail, an initialiser, a pool that replaces its workers."""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from common import begin, descriptors, say


def square(number):
    if number == 3:
        raise ValueError("not three")
    return number * number


def lost(number):
    return number


def main():
    begin()
    taken = []
    with multiprocessing.Pool(2, maxtasksperchild=5) as pool:
        say(pool.map(square, [1, 2], chunksize=1))
        say(list(pool.imap(square, [4, 5])), pool.apply(square, (6,)), pool.starmap(square, [(7,)]))
        try:
            pool.apply(square, (3,))
        except ValueError as error:
            say(repr(error))
        say(sorted(pool.imap_unordered(square, [8, 9])), pool.map(square, range(4, 9), chunksize=2))
        pool.apply_async(square, (10,), callback=taken.append)
        pool.apply_async(lost, (11,))
        pool.close()
        pool.join()
    with ProcessPoolExecutor(2) as executor:
        say(list(executor.map(square, [1, 2])))
        say(repr(executor.submit(square, 3).exception()))
        executor.submit(square, 12).add_done_callback(lambda future: taken.append(future.result()))
        executor.submit(lost, 13)
    say(taken)
    # Which numbers are free when depends on the order of threads.
    say(len(descriptors()))


if __name__ == "__main__":
    main()
