"""Pipes of both kinds, an end of file, a listener with clients, bytes and large messages."""
import multiprocessing
from multiprocessing.connection import Client, Listener, wait

from common import begin, descriptors, say


def echo(end):
    while True:
        item = end.recv()
        if item is None:
            break
        end.send(item)


def tell(end):
    end.send_bytes(b"abc" * 100000)
    end.send_bytes(b"")
    end.close()


def client(address):
    with Client(address, authkey=b"key") as end:
        end.send("hello")
        end.recv()


def main():
    begin()
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.Process(target=echo, args=(theirs,))
    worker.start()
    theirs.close()
    for item in (1, "two", b"three" * 20000):
        ours.send(item)
        say(str(ours.recv())[:10])
    ours.send(None)
    worker.join()
    reader, writer = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.Process(target=tell, args=(writer,))
    worker.start()
    writer.close()
    say(wait([reader], 20) == [reader], len(reader.recv_bytes()))
    buffer = bytearray(10)
    say(reader.recv_bytes_into(buffer))
    try:
        reader.recv_bytes()
    except EOFError:
        say("end of file")
    worker.join()
    say(worker.exitcode)
    with Listener(("localhost", 0), authkey=b"key") as listener:
        worker = multiprocessing.Process(target=client, args=(listener.address,))
        worker.start()
        with listener.accept() as end:
            say(end.recv())
            end.send(1)
        worker.join()
    try:
        Client("/nowhere/at/all")
    except OSError as error:
        say(error)
    say(descriptors())


if __name__ == "__main__":
    main()
