"""Two workers take two locks in different orders, once each has its first: nobody of them can go on."""

import multiprocessing as mp
import sys


def takes(first, second, barrier):
    with first:
        barrier.wait()
        with second:
            pass


def main():
    mp.set_start_method(sys.argv[1])
    left, right, barrier = mp.Lock(), mp.Lock(), mp.Barrier(2)
    one = mp.Process(target=takes, args=(left, right, barrier), name="one")
    two = mp.Process(target=takes, args=(right, left, barrier), name="two")
    one.start()
    two.start()
    one.join()
    two.join()


if __name__ == "__main__":
    main()
