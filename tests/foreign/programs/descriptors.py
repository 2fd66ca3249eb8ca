"""What `/proc/self/fd` has, in the program and in its children, before and after messages.

methods: fork spawn forkserver
processes: 3
messages: 6
tasks: 3
short: yes
"""

import multiprocessing as mp
import os
import subprocess
import sys

LIST = "import os; print(sorted(os.listdir('/proc/self/fd')))"


def descriptors():
    """Returns every descriptor with the kind of what it is."""
    found = []
    for name in sorted(os.listdir("/proc/self/fd"), key=int):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except FileNotFoundError:
            # The one that listed them.
            continue
        found.append((int(name), target.split(":")[0] if ":" in target else target))
    # Output goes to a file, a pipe or a terminal: whoever runs this decides.
    return [pair for pair in found if pair[0] > 2]


def child(writer, queue):
    writer.send(descriptors())
    queue.put("through a feeder")
    writer.send(descriptors())
    inner = mp.Pipe()
    inner[0].send(1)
    inner[1].recv()
    writer.send(descriptors())
    writer.send(subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True).stdout)


def main():
    print("at first", descriptors())
    mp.set_start_method(sys.argv[1])
    print("with a method", descriptors())
    reader, writer = mp.Pipe(duplex=False)
    print("with a pipe", descriptors())
    queue = mp.Queue()
    print("with a queue", descriptors())
    process = mp.Process(target=child, args=(writer, queue))
    process.start()
    for _ in range(4):
        print("in the child", reader.recv())
    print(queue.get())
    process.join()
    print("after it", descriptors())
    process.close()
    for end in (reader, writer, queue):
        end.close()
    print("all closed", descriptors())
    with mp.Pool(1) as pool:
        print("in a pool", pool.map(abs, [-1, -2]))
        print("with a pool", len(descriptors()))
        print("in its worker", pool.apply(worker))
    print("after a pool", descriptors())
    print(subprocess.run([sys.executable, "-c", LIST], capture_output=True, text=True, close_fds=False).stdout)


def worker():
    return descriptors()


if __name__ == "__main__":
    main()
