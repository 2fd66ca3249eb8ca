#!/usr/bin/env python3
"""What a Python program costs under mpviz, beside the same program bare, in turns.

    cargo build --release && benches/python/main.py [queue] [start] [pool] [instructions] [million] [--python 3.13]

Under mpviz a program runs on a screen of 120x36, as it does for a person. Each round is a process of its own; what
counts is the median of interleaved rounds, with the smallest and the largest beside it, and the median of what each
round says of the ratio, with the standard error of their mean. VizTracer comes by pip into an environment of the run;
without a registry its row is left out. `instructions` is for what is too little for a clock: it needs valgrind, and is
left out without it.
"""

import argparse
import fcntl
import json
import operator
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "foreign"))
import ways  # noqa: E402

SUBJECTS = str(HERE / "subjects.py")
SIZE = (36, 120)
LIMIT = 300


class Bench:
    """An interpreter, mpviz and a folder for figures."""

    def __init__(self, interpreter, program, folder, rounds):
        self.interpreter, self.program, self.folder, self.rounds = interpreter, program, pathlib.Path(folder), rounds

    def argv(self, name, count, *seed):
        """Returns the command of a subject."""
        return [self.interpreter.path, SUBJECTS, name, str(self.folder / "figure"), str(count), *map(str, seed)]

    def figure(self):
        """Returns the figures that a subject wrote: time, and time of CPUs."""
        path = self.folder / "figure"
        figures = tuple(map(float, path.read_text().split()))
        path.unlink()
        return figures

    def bare(self, name, count, *seed):
        """Runs a subject bare."""
        subprocess.run(self.argv(name, count, *seed), env=ways.environment(), check=True)
        return self.figure()

    def shim(self, name, count, *seed):
        """Runs a subject with the shim alone; what does not fit its rings is lost."""
        way = ways.Shim(self.interpreter)
        try:
            command, env = way.command(self.argv(name, count, *seed))
            subprocess.run(command, env=env, check=True)
        finally:
            way.close()
        return self.figure()

    def viztracer(self, python, name, count):
        """Runs a subject under VizTracer, as its own documentation does with several processes."""
        out = str(self.folder / "viztracer.json")
        command = [python, "-m", "viztracer", "--quiet", "-o", out, *self.argv(name, count)[1:]]
        subprocess.run(command, env=ways.environment(), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self.figure()

    def screen(self, name, count, *seed, options=()):
        """Runs a subject by mpviz on a screen."""
        argv = self.argv(name, count, *seed)
        on_screen([str(self.program), "run", *options, "--", *argv], self.folder / "figure")
        return self.figure()


def on_screen(command, until):
    """Runs a command on a terminal of its own until a file is there, then presses `q`."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, {**ways.environment(), "TERM": "xterm-256color"})
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
    os.kill(pid, signal.SIGWINCH)
    begun, pressed, shown = time.monotonic(), None, b""
    while True:
        now = time.monotonic()
        if now - begun > LIMIT:
            os.kill(pid, signal.SIGTERM)
            ways.fail(f"{command} takes longer than {LIMIT} s:\n{shown[-2000:]!r}")
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if ready:
            try:
                shown = (shown + os.read(terminal, 1 << 16))[-100_000:]
            except OSError:
                break
        # Its end is seen by mpviz a moment after the figure; `q` at an end leaves, before it it asks.
        if until.exists() and (pressed is None or now - pressed > 1):
            if pressed is not None:
                os.write(terminal, b"q")
            pressed = now
    os.waitpid(pid, 0)
    os.close(terminal)


def row(what, figures, beside, unit, aim=""):
    """Prints a row: the median, its range, and the median of its rounds' ratios to another's."""
    ratio = ""
    if beside:
        ratios = list(map(operator.truediv, figures, beside))
        ratio = f"{statistics.median(ratios):.3f}"
        if len(ratios) > 1:
            ratio += f" ± {statistics.stdev(ratios) / len(ratios) ** 0.5:.3f}"
    middle, least, most = (f"{value:.2f}" for value in (statistics.median(figures), min(figures), max(figures)))
    ways.say(f"| {what} | {middle} {unit} | {least} to {most} | {ratio} | {aim} |")


def both(what, figures, beside, unit, scale, aim=""):
    """Prints a row for the time and one for the time of CPUs, which says more on a busy machine."""
    for at, of in enumerate(["", ", CPU of its processes"]):
        mine = [pair[at] / scale for pair in figures]
        theirs = beside and [pair[at] / scale for pair in beside]
        row(what + of, mine, theirs, unit, aim)


def head(title):
    ways.say(f"\n{title}\n\n| what | median | range | ratio | aim |\n| --- | --- | --- | --- | --- |")


def queue(bench):
    """A queue, one writer, one reader."""
    count = 100_000
    viztracer = None
    folder = bench.folder / "viztracer"
    made = subprocess.run([bench.interpreter.path, "-m", "venv", str(folder)], env=ways.environment(), capture_output=True, check=False)
    if made.returncode == 0:
        argv = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "viztracer"]
        came = subprocess.run(argv, env=ways.environment(), capture_output=True, text=True, check=False)
        viztracer = argv[0] if came.returncode == 0 else None
    found = {"bare": [], "short, bare": [], "short, shim alone": [], "mpviz": [], "VizTracer": []}
    for _ in range(bench.rounds):
        found["bare"].append(bench.bare("queue", count))
        if bench.program:
            found["mpviz"].append(bench.screen("queue", count))
        if viztracer:
            found["VizTracer"].append(bench.viztracer(viztracer, "queue", count))
        # So few that they fit the rings, whoever reads them.
        found["short, bare"].append(bench.bare("queue", 4000))
        found["short, shim alone"].append(bench.shim("queue", 4000))
    head(f"Queue, 1 writer, 1 reader, 16 bytes, per message ({count} messages; 4000 in the short ones)")
    both("bare", found["bare"], None, "µs", 1e3)
    if bench.program:
        both("on mpviz's screen", found["mpviz"], found["bare"], "µs", 1e3, "≤ 1.7")
    if viztracer:
        both("VizTracer", found["VizTracer"], found["bare"], "µs", 1e3, "we are cheaper")
    else:
        ways.say("VizTracer can't be had: left out")
    both("short, bare", found["short, bare"], None, "µs", 1e3)
    both("short, the shim alone", found["short, shim alone"], found["short, bare"], "µs", 1e3, "≤ 1.7")


def started(command, env):
    """Returns how many milliseconds a command takes from its start to its end, and of a CPU's time."""
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(command[0], command, env)
    _, status, used = os.wait4(pid, 0)
    took = (time.perf_counter_ns() - begin) / 1e6
    if status != 0:
        ways.fail(f"{command} fails")
    return took, (used.ru_utime + used.ru_stime) * 1e3


def start(bench):
    """The start of an interpreter that does nothing."""
    empty = bench.folder / "empty"
    subprocess.run([bench.interpreter.path, "-m", "venv", "--without-pip", str(empty)], env=ways.environment(), check=True)
    head("Start of an interpreter, `-c pass`")
    for title, python in (("", bench.interpreter.path), (", environment without packages", str(empty / "bin" / "python"))):
        command = [python, "-c", "pass"]
        way = ways.Shim(bench.interpreter)
        try:
            (bare_command, bare_env), (shim_command, shim_env) = ways.Bare().command(command), way.command(command)
            bare, shim = [], []
            for number in range(40 * bench.rounds + 10):
                pair = (started(bare_command, bare_env), started(shim_command, shim_env))
                if number >= 10:
                    bare.append(pair[0])
                    shim.append(pair[1])
        finally:
            way.close()
        # On a busy machine the CPU's time says more.
        for at, of in enumerate(["", ", CPU"]):
            without, within = ([pair[at] for pair in figures] for figures in (bare, shim))
            row(f"bare{title}{of}", without, None, "ms")
            row(f"shim{title}{of}", within, without, "ms")
            more = [one - other for one, other in zip(within, without, strict=True)]
            row(f"the difference{title}{of}", more, None, "ms", "≤ 1.5 ms")


def pool(bench):
    """A pool of two that computes for five seconds, in tasks of some tenths of a second, and in short ones."""
    for name, count in (("pool", 16), ("tasks", 400)):
        alone = bench.bare(name, count)[0]
        length = 2 * alone / count / 1e6
        count = max(count, round(count * 5e9 / alone))
        found = {"bare": [], "bare once more": [], "the shim alone": [], "on mpviz's screen": []}
        runs = list(zip(found, (bench.bare, bench.bare, bench.shim, bench.screen), strict=True))
        runs = runs if bench.program else runs[:-1]
        for number in range(bench.rounds):
            # None of them is always the first, nor always behind the same other.
            order = runs if number % 2 else runs[::-1]
            at = number // 2 % len(order)
            for way, run in order[at:] + order[:at]:
                found[way].append(run(name, count, number))
        head(f"Pool(2), {count} tasks of {length:.0f} ms; memory laid out by chance, for all alike")
        both("bare", found["bare"], None, "s", 1e9)
        both("bare once more", found["bare once more"], found["bare"], "s", 1e9, "1: what chance does")
        both("the shim alone", found["the shim alone"], found["bare"], "s", 1e9, "≤ 1.01")
        if bench.program:
            both("on mpviz's screen", found["on mpviz's screen"], found["bare"], "s", 1e9, "≤ 1.01")


def instructions(bench):
    """What a short task of a pool of two takes, in instructions: what two counts of them differ by."""
    valgrind = shutil.which("valgrind")
    if not valgrind:
        ways.say("\nwithout valgrind there are no instructions: left out")
        return
    few, many = 10, 40
    took = {"bare": [], "shim": []}
    shim = ways.Shim(bench.interpreter)
    try:
        for _ in range(bench.rounds):
            for way in (ways.Bare(), shim):
                totals = [counted(bench, valgrind, way, count) for count in (few, many)]
                took[way.name].append((totals[1] - totals[0]) / (many - few))
                shim.forget()
    finally:
        shim.close()
    head(f"A short task of a Pool(2), {many} less {few} of them, in instructions of all processes")
    both_ways = [[total / 1e6 for total in took[name]] for name in ("bare", "shim")]
    row("bare", both_ways[0], None, "M")
    row("the shim alone", both_ways[1], both_ways[0], "M", "≤ 1.01")


def counted(bench, valgrind, way, count):
    """Returns the instructions of a pool and all its processes."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        counting = [valgrind, "--tool=callgrind", f"--callgrind-out-file={folder}/%p"]
        command, env = way.command([*counting, *bench.argv("tasks", count)])
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        bench.figure()
        outs = [path.read_text() for path in pathlib.Path(folder).iterdir()]
        return sum(int(re.search(r"^(?:summary|totals): (\d+)", out, re.MULTILINE)[1]) for out in outs)


def million(bench):
    """A million messages through one queue: what of them is told."""
    if not bench.program:
        return
    count = 1_000_000
    trace = bench.folder / "million.mpt"
    took = bench.screen("queue", count, options=("-o", str(trace)))[0] / 1000
    replay = subprocess.Popen([str(bench.program), "replay", "--json", str(trace)], stdout=subprocess.PIPE)
    kinds, gaps, lost, unknown = {}, 0, 0, 0
    for line in replay.stdout:
        event = line.rpartition(b'"kind":"')[2].partition(b'"')[0]
        kinds[event] = kinds.get(event, 0) + 1
        if event == b"Gap":
            gaps += 1
            told = json.loads(line).get("count")
            lost, unknown = lost + (told or 0), unknown + (told is None)
    replay.wait()
    ways.say(f"\n{count} messages through one queue, {took:.2f} µs each, recorded to a file of {trace.stat().st_size} bytes\n")
    for kind in (b"MessagePut", b"MessageSent", b"MessageReceived"):
        ways.say(f"{kind.decode()}: {kinds.get(kind, 0)}")
    ways.say(f"gaps: {gaps}, of {lost} events in all, and {unknown} of an unknown number")


SUBJECT_OF = {"queue": queue, "start": start, "pool": pool, "instructions": instructions, "million": million}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECT_OF, []], help="what is measured; all by default")
    parser.add_argument("--python", help="the version, such as 3.11; the newest by default")
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    found = ways.interpreters()
    if arguments.python:
        found = [one for one in found if f"{one}.".startswith(f"{arguments.python}.")]
    if not found:
        ways.fail("no such python3 was found")
    with tempfile.TemporaryDirectory(prefix="mpviz-bench-") as folder:
        bench = Bench(found[-1], ways.mpviz_program(("release",)), folder, arguments.rounds)
        load = os.getloadavg()[0]
        ways.say(f"Python {bench.interpreter}, {bench.program or 'without mpviz'}, load before {load:.1f}")
        for name in arguments.subjects or SUBJECT_OF:
            SUBJECT_OF[name](bench)


if __name__ == "__main__":
    main()
