#!/usr/bin/env python3
"""Programs that do odd things, and programs built with well-known packages, bare and traced.

    tests/foreign/programs.py [--short] [--shim] [--python 3.11] [--only TEXT] [--packages] [--jobs N]

Each file in `programs/` runs bare and by `mpviz run --json` (with `--shim`: with the shim alone) for every
start method that it names and every interpreter that is found: exit code, stdout and stderr must be the
same, but for the shim's own frames in tracebacks, and the events must tell what its head expects. Its
docstring has, after a blank line, lines of `key: value`:

    methods     start methods; one is its first argument       exit      its exit code, if not 0
    since       the first minor version that it runs on        stdin     what it reads
    needs       packages, by pip into an environment of the    order     `any`: the lines of a stream may
                run; those that can't be had are named                   come in another order
    processes, messages, tasks     how many the events tell of at least, such as `4` or `fork=4 spawn=5`
    gaps        why events may be missing, such as `unpaired, ring full`: where the shim can't be, or what is
                put can't be pickled, or a loop tells more than a ring holds
    short       `yes`: also for the gate
"""

import argparse
import ast
import collections
import concurrent.futures
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import ways

PROGRAMS = pathlib.Path(__file__).with_name("programs")
# What can't be the same, and why: (program, which of `code`, `stdout`, `stderr`, the reason).
KNOWN = []
LIMIT = 120
# Addresses, pids and the names of semaphores differ from run to run.
DIFFERENT = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"pid=\d+"), "pid=…"),
    (re.compile(r"/(mp|loky-\d+)-\w{8}"), "/…"),
]
TRIES = 3


class Program:
    """A program and what its head says."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        head = ast.get_docstring(ast.parse(path.read_text())) or ""
        self.keys = {}
        for line in head.partition("\n\n")[2].splitlines():
            key, _, value = line.partition(":")
            self.keys[key] = value.strip()
        known = {"methods", "exit", "since", "stdin", "needs", "order", "short", "processes", "messages", "tasks", "gaps"}
        if unknown := set(self.keys) - known:
            ways.fail(f"{path.name}: `{', '.join(sorted(unknown))}` is no key")
        self.methods = self.keys.get("methods", "").split() or [None]
        self.needs = self.keys.get("needs", "").split()
        self.since = tuple(map(int, self.keys.get("since", "3.9").split(".")))
        self.code = int(self.keys.get("exit", "0"))
        self.given = self.keys.get("stdin", "").encode().decode("unicode_escape").encode()

    def expected(self, what, method):
        """Returns how many the events are to tell of at least."""
        text = self.keys.get(what, "0")
        if "=" in text:
            return int(dict(pair.split("=") for pair in text.split()).get(method, 0))
        return int(text)


class Case:
    """A program on an interpreter by a start method."""

    def __init__(self, program, interpreter, method):
        self.program, self.interpreter, self.method = program, interpreter, method
        self.argv = [interpreter.path, str(program.path), *filter(None, [method])]

    def __str__(self):
        return f"{self.interpreter} {self.program.name} {self.method or ''}".strip()


class Told:
    """What the events of a run tell."""

    def __init__(self, text):
        self.out = self.err = ""
        self.processes, self.tasks, self.started = set(), set(), set()
        self.counts = collections.Counter()
        self.gaps, self.is_whole = [], False
        for line in text.splitlines()[1:]:
            self.take(json.loads(line))

    def take(self, event):
        """Takes an event in."""
        kind = event["kind"]
        self.counts[kind] += 1
        if kind == "Output":
            if event["stream"] in ("Stdout", "stdout"):
                self.out += event["text"]
            else:
                self.err += event["text"]
        elif kind == "ProcessStarted":
            self.processes.add(event["actor"])
        elif kind == "ForkReturned":
            # One that is ended before its first word is told of by its parent.
            self.processes.add(event["child"])
        elif kind == "TaskFinished":
            self.tasks.add(event["task"])
        elif kind == "Gap":
            self.gaps.append(event)
        elif kind == "RunEnded":
            self.is_whole = True


def traced(case, arguments, cwd):
    """Runs a case traced; returns what it came to, and what its events tell if there are any."""
    if arguments.shim:
        way = ways.Shim(case.interpreter)
        try:
            command, env = way.command(case.argv)
            ended = ways.run(command, env, cwd, LIMIT, case.program.given)
            rings, slots = way.told()
            silent = "".join(f"; silent: {why}" for why in sorted(set(way.said_why())))
            return ended, f"rings={rings} slots={slots}{silent}"
        finally:
            way.close()
    command, env = ways.Mpviz(arguments.mpviz, "--json").command(case.argv)
    ended = ways.run(command, env, cwd, LIMIT, case.program.given)
    told = Told(ended.out)
    # What mpviz itself has to say, it says on stderr.
    ended.out, ended.err = told.out, told.err + ended.err
    return ended, told


def bare(case, cwd):
    """Runs a case bare."""
    command, env = ways.Bare().command(case.argv)
    return ways.run(command, env, cwd, LIMIT, case.program.given)


def in_order(text, case):
    """Returns a text as it is compared."""
    text = ways.without_frames(text)
    for pattern, instead in DIFFERENT:
        text = pattern.sub(instead, text)
    return "\n".join(sorted(text.splitlines())) if case.program.keys.get("order") == "any" else text


def differences(case, ours, theirs):
    """Returns what differs: (what, bare, traced)."""
    pairs = [
        ("code", ours.code, theirs.code),
        ("stdout", in_order(ours.out, case), in_order(theirs.out, case)),
        ("stderr", in_order(ours.err, case), in_order(theirs.err, case)),
    ]
    known = {what for name, what, _ in KNOWN if name == case.program.name}
    return [pair for pair in pairs if pair[1] != pair[2] and pair[0] not in known]


def missing(case, told):
    """Returns what the events do not tell."""
    found = {
        "processes": len(told.processes),
        "messages": told.counts["MessageReceived"],
        "tasks": len(told.tasks),
    }
    wrong = []
    for what, count in found.items():
        wanted = case.program.expected(what, case.method)
        if count < wanted:
            wrong.append(f"{count} {what} are told of, {wanted} are expected")
    if not told.is_whole:
        wrong.append("the trace has no end")
    allowed = [reason.strip() for reason in case.program.keys.get("gaps", "").split(",")]
    wrong += [f"events are missing: {gap}" for gap in told.gaps if gap["reason"] not in allowed]
    return wrong, found


def checked(case, arguments):
    """Runs a case in both ways; returns a line for it, and what is wrong."""
    unsteady = []
    with tempfile.TemporaryDirectory(prefix="mpviz-programs-") as folder:
        for attempt in range(TRIES):
            ours = bare(case, folder)
            theirs, told = traced(case, arguments, folder)
            wrong = differences(case, ours, theirs)
            if not wrong:
                break
            unsteady += wrong
    # Of what differed once and not again, it is said how.
    lines, facts, steady = [], "", ""
    if unsteady and not wrong:
        told_how = "".join(diff(one, other) for _, one, other in unsteady)
        steady = f" (the same at attempt {attempt + 1}; before:\n{told_how}   )"
    if ours.code != case.program.code:
        lines.append(f"bare it ends with {ours.code}, its head says {case.program.code}:\n{ours.err}")
    for what, one, other in wrong:
        lines.append(f"{what} differs:\n" + diff(one, other))
    frames = len(ways.FRAME.findall(theirs.out + theirs.err))
    if isinstance(told, str):
        facts = told
    else:
        more, found = missing(case, told)
        lines += more
        facts = " ".join(f"{what}={count}" for what, count in found.items())
    if frames:
        facts += f" frames={frames}"
    return f"{case}: {'WRONG' if lines else 'same' + steady} {facts}".rstrip(), lines


def diff(one, other):
    """Returns what differs between two values."""
    import difflib

    if not isinstance(one, str):
        return f"   bare {one}\n   traced {other}\n"
    lines = difflib.unified_diff(one.splitlines(), other.splitlines(), "bare", "traced", lineterm="", n=1)
    return "".join(f"   {line}\n" for line in list(lines)[:60])


class Environments:
    """An environment by pip for each interpreter that packages are wanted for."""

    def __init__(self, kept):
        self.kept = pathlib.Path(kept) if kept else None
        self.folder = self.kept or pathlib.Path(tempfile.mkdtemp(prefix="mpviz-packages-"))
        self.left_out = {}

    def of(self, interpreter, needs):
        """Returns the interpreter of an environment with the packages, or says which can't be had."""
        folder = self.folder / str(interpreter)
        python = folder / "bin" / "python"
        if not python.exists():
            made = subprocess.run(
                [interpreter.path, "-m", "venv", str(folder)], env=ways.environment(), capture_output=True, text=True, check=False
            )
            if made.returncode != 0:
                return None, made.stderr.strip().splitlines()[-1:]
        for package in needs:
            if package in self.left_out:
                return None, [self.left_out[package]]
            ask = f"import importlib.metadata as m; m.version({package!r})"
            if subprocess.run([python, "-c", ask], env=ways.environment(), capture_output=True, check=False).returncode:
                argv = [python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", package]
                if not self.installed(argv, package):
                    return None, [self.left_out[package]]
        return ways.Interpreter(str(python), interpreter.version), []

    def installed(self, argv, package):
        """Installs a package; returns whether it came."""
        try:
            came = subprocess.run(argv, env=ways.environment(), capture_output=True, text=True, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            self.left_out[package] = f"{package} can't be had in ten minutes"
            return False
        if came.returncode != 0:
            why = came.stderr.strip().splitlines()[-1:] or [""]
            self.left_out[package] = f"{package} can't be had: {why[0]}"
        return came.returncode == 0

    def close(self):
        if not self.kept:
            shutil.rmtree(self.folder, ignore_errors=True)


def cases(found, programs, environments, arguments):
    """Returns all cases, and says what is left out."""
    listed = []
    for program in programs:
        interpreters = [one for one in found if one.version[:2] >= program.since]
        if program.needs:
            if not arguments.packages:
                continue
            # Of packages it is their newest that counts: two interpreters, the oldest of which may lack wheels.
            usable = []
            for one in interpreters if arguments.python else [*interpreters[-1:], *interpreters[-3:-2]]:
                own, why = environments.of(one, program.needs)
                if own is None:
                    ways.say(f"left out: {program.name} on {one}: {' '.join(why)}")
                else:
                    usable.append(own)
            interpreters = usable
        if arguments.short:
            if program.keys.get("short") != "yes":
                continue
            interpreters = interpreters[:1] + interpreters[1:][-1:]
        for interpreter in interpreters:
            listed += [Case(program, interpreter, method) for method in program.methods]
    return listed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="few programs on two interpreters, for the gate")
    parser.add_argument("--shim", action="store_true", help="the shim alone, without mpviz")
    parser.add_argument("--packages", action="store_true", help="also programs that need packages, which pip gets")
    parser.add_argument("--environments", metavar="DIR", help="keep the packages here")
    parser.add_argument("--python", action="append", help="only these versions, such as 3.11")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="only programs with this in their name")
    parser.add_argument("--jobs", type=int, default=2, help="how many cases at a time")
    arguments = parser.parse_args()
    arguments.mpviz = ways.mpviz_program()
    if not arguments.shim and arguments.mpviz is None:
        ways.fail("mpviz is not built; `cargo build` builds it, `--shim` tests the shim alone")
    found = ways.interpreters()
    if arguments.python:
        found = [one for one in found if any(f"{one}.".startswith(f"{want}.") for want in arguments.python)]
    if not found:
        ways.say("left out: no python3 from 3.9 on was found")
        return
    programs = [Program(path) for path in sorted(PROGRAMS.glob("*.py"))]
    programs = [one for one in programs if all(text in one.name for text in arguments.only)]
    begun, environments, printing, wrong = time.monotonic(), Environments(arguments.environments), threading.Lock(), []
    try:
        todo = cases(found, programs, environments, arguments)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:

            def one(case):
                line, lines = checked(case, arguments)
                with printing:
                    ways.say(line)
                    for text in lines:
                        ways.say("   " + text.rstrip())
                    if lines:
                        wrong.append(case)

            list(pool.map(one, todo))
    finally:
        environments.close()
    took = time.monotonic() - begun
    ways.say(f"{len(todo)} cases in {took:.0f} s on {', '.join(map(str, found))}: {len(wrong)} are wrong")
    for case in wrong:
        ways.say(f"   {case}")
    sys.exit(1 if wrong or not todo else 0)


if __name__ == "__main__":
    main()
