"""Listeners and clients, by sockets of both kinds, with and without a key, many at a time.

methods: fork spawn forkserver
processes: 15
messages: 24
"""

import multiprocessing as mp
import multiprocessing.connection
import sys
import tempfile


def asks(address, key, number):
    with mp.connection.Client(address, authkey=key) as connection:
        connection.send(number)
        if connection.recv() != number * 2:
            sys.exit(2)


def main():
    mp.set_start_method(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for address, family in ((f"{folder}/socket", "AF_UNIX"), (("127.0.0.1", 0), "AF_INET")):
            for key in (None, b"key"):
                with mp.connection.Listener(address, family, authkey=key) as listener:
                    children = [mp.Process(target=asks, args=(listener.address, key, number)) for number in range(3)]
                    for child in children:
                        child.start()
                    found = []
                    for _ in children:
                        with listener.accept() as connection:
                            found.append(connection.recv())
                            connection.send(found[-1] * 2)
                    for child in children:
                        child.join()
                    print(family, key, sorted(found), [child.exitcode for child in children])
                    if key:
                        wrong = mp.Process(target=asks, args=(listener.address, b"wrong", 1))
                        sys.stderr.flush()
                        wrong.start()
                        try:
                            listener.accept()
                        except mp.AuthenticationError as error:
                            print(error)
                        wrong.join()
                        print(wrong.exitcode)


if __name__ == "__main__":
    main()
