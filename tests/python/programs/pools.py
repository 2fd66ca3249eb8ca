"""A Pool, an executor, tasks that fail, an initialiser, a pool that replaces its workers."""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

from common import begin, descriptors, say


def square(number):
    if number == 3:
        raise ValueError("not three")
    return number * number


def main():
    begin()
    with multiprocessing.Pool(2, maxtasksperchild=5) as pool:
        say(pool.map(square, [1, 2], chunksize=1))
        say(list(pool.imap(square, [4, 5])), pool.apply(square, (6,)), pool.starmap(square, [(7,)]))
        try:
            pool.apply(square, (3,))
        except ValueError as error:
            say(repr(error))
        pool.close()
        pool.join()
    with ProcessPoolExecutor(2) as executor:
        say(list(executor.map(square, [1, 2])))
        say(repr(executor.submit(square, 3).exception()))
    # Which numbers are free when depends on the order of threads.
    say(len(descriptors()))


if __name__ == "__main__":
    main()
