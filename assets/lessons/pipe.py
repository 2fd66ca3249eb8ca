"""A duplex pipe has two ends, and both send and receive. `recv` learns that nothing will come any
more, by EOFError, only when every copy of the other end is closed: a child has copies of both, so
each process closes what it does not use.
"""

import argparse
import os
import time
from multiprocessing import Pipe, Process
from random import random


def proc_send(a, b, knobs):
    if knobs.end == "eof":
        b.close()
    for i in range(knobs.urls):
        print(f"Process({os.getpid()}) send: url{i}")
        a.send(f"url{i}")
        if knobs.reply == "yes":
            print(f"Process({os.getpid()}) rev: {a.recv()}")
        time.sleep(random())


def proc_recv(a, b, knobs):
    if knobs.end == "eof":
        a.close()
    while True:
        try:
            url = b.recv()
        except EOFError:
            break
        # Flushed: SIGTERM would take what still waits to be written.
        print(f"Process({os.getpid()}) rev: {url}", flush=True)
        if knobs.reply == "yes":
            b.send(f"{url} ok")
        time.sleep(random())
    print(f"Process({os.getpid()}) got EOF.")


def main(knobs):
    a, b = Pipe()
    sender = Process(target=proc_send, args=(a, b, knobs), name="sender")
    sender.start()
    receiver = Process(target=proc_recv, args=(a, b, knobs), name="receiver")
    receiver.start()
    if knobs.end == "eof":
        a.close()
        b.close()
    sender.join()
    if knobs.end == "eof":
        receiver.join()
    else:
        receiver.terminate()


def parse_knobs():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--end", choices=["eof", "terminate"], default="eof")
    parser.add_argument("--reply", choices=["no", "yes"], default="no")
    parser.add_argument("--urls", type=int, default=10, help="how many are sent")
    return parser.parse_args()


if __name__ == "__main__":
    main(parse_knobs())
