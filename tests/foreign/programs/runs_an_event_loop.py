"""asyncio: subprocesses, an executor of processes, a pipe's end watched by the loop, and a cancelled wait.

methods: fork spawn forkserver
processes: 8
messages: 5
tasks: 6
"""

import asyncio
import concurrent.futures
import multiprocessing as mp
import sys


def square(number):
    return number * number


def sends(writer):
    for number in range(5):
        writer.send(number)


async def work():
    loop = asyncio.get_running_loop()
    shell = await asyncio.create_subprocess_shell(
        "read line; echo got $line; echo wrong >&2; exit 3",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    print(await shell.communicate(b"a line\n"), shell.returncode)
    both = await asyncio.gather(*(asyncio.create_subprocess_exec("sh", "-c", f"exit {code}") for code in (4, 5)))
    print([await one.wait() for one in both])
    with concurrent.futures.ProcessPoolExecutor(2, mp.get_context(sys.argv[1])) as executor:
        print(await asyncio.gather(*(loop.run_in_executor(executor, square, number) for number in range(6))))
    reader, writer = mp.Pipe(duplex=False)
    child = mp.Process(target=sends, args=(writer,))
    child.start()
    writer.close()
    found, over = [], asyncio.Event()

    def readable():
        try:
            found.append(reader.recv())
        except EOFError:
            loop.remove_reader(reader.fileno())
            over.set()

    loop.add_reader(reader.fileno(), readable)
    await over.wait()
    print(found)
    await loop.run_in_executor(None, child.join)
    print(child.exitcode)
    sleeper = await asyncio.create_subprocess_exec("sleep", "30")
    try:
        await asyncio.wait_for(sleeper.wait(), 0.1)
    except asyncio.TimeoutError:
        sleeper.kill()
        print("cancelled", await sleeper.wait())


if __name__ == "__main__":
    mp.set_start_method(sys.argv[1])
    asyncio.run(work())
