"""Managers: built-in types, own types, a server that is connected to, and what fails in it.

methods: fork spawn forkserver
processes: 8
tasks: 3
"""

import multiprocessing as mp
import multiprocessing.managers
import sys


class Account:
    """A shared object."""

    def __init__(self, balance):
        self.balance = balance

    def pay(self, amount):
        if amount > self.balance:
            raise ValueError(f"{amount} is more than {self.balance}")
        self.balance -= amount
        return self.balance


class Own(mp.managers.BaseManager):
    """A manager of accounts."""


Own.register("Account", Account)


class Remote(mp.managers.BaseManager):
    """One that is connected to."""


Remote.register("Account", Account)


def works(numbers, table, queue, lock, account):
    with lock:
        numbers.append(len(numbers))
        table[mp.current_process().name] = len(table)
    queue.put(account.pay(1))


def main():
    mp.set_start_method(sys.argv[1])
    with mp.Manager() as manager, Own() as own:
        numbers, table, queue, lock = manager.list(), manager.dict(), manager.Queue(), manager.Lock()
        account = own.Account(10)
        children = [
            mp.Process(target=works, args=(numbers, table, queue, lock, account), name=f"worker {number}")
            for number in range(3)
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(list(numbers), sorted(table.keys()), sorted(queue.get() for _ in range(3)))
        try:
            account.pay(1000)
        except ValueError as error:
            print(error)
        space = manager.Namespace(name="n")
        space.more = [1]
        print(space.name, space.more, manager.Value("i", 4).value, list(manager.Array("i", [1, 2])))
        with manager.Pool(2) as pool:
            print(pool.map(abs, [-1, -2, -3]))
        barrier, event = manager.Barrier(1), manager.Event()
        print(barrier.wait(), event.is_set(), event.wait(0.01))
        remote = Remote(address=own.address, authkey=mp.current_process().authkey)
        remote.connect()
        print(remote.Account(5).pay(2))
        try:
            Remote(address=own.address, authkey=b"wrong").connect()
        except mp.AuthenticationError as error:
            print(error)
    try:
        numbers.append(1)
    except Exception as error:
        print(type(error).__name__)


if __name__ == "__main__":
    main()
