#!/usr/bin/env python3
"""CPython's own tests of multiprocessing, subprocess, concurrent.futures and fork, bare and with the shim.

    tests/foreign/cpython.py [--short] [--shim] [--python 3.11] [--only TEXT] [--jobs N] [--minutes N]

Each class of tests runs bare and under `mpviz run` (with `--shim`: with the shim alone) for every
interpreter whose `test` package is here, and each test must come to the same outcome; one that fails
bare too is listed. Where outcomes differ, those tests run again in both ways: a test that is unsteady
comes to the same outcome in some pair of runs, and is listed. `--short` takes few classes, for the gate.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import ways

RUNNER = pathlib.Path(__file__).with_name("cpython_tests.py")
METHODS = ("fork", "spawn", "forkserver")
MODULES = [f"test.test_multiprocessing_{method}" for method in METHODS] + [
    "test.test_multiprocessing_main_handling",
    "test.test_subprocess",
    "test.test_concurrent_futures",
    "test.test_fork1",
    "test.test_os",
]
# Of `test_os`, the classes about processes.
OF_OS = ("Fork", "Spawn", "Exec", "Wait", "PosixSpawn", "PidTests", "Pidfd", "Popen", "StatusToExit")
# Some packagings leave out the modules that only name a start method; the tests themselves are in
# `_test_multiprocessing`, and this is all that the others say.
STANDS_FOR = "from test._test_multiprocessing import install_tests_in_module_dict as i\ni(globals(), {!r})\n"

SHORT = [
    "test_multiprocessing_fork:WithProcessesTestQueue",
    "test_multiprocessing_fork:WithProcessesTestConnection",
    "test_multiprocessing_fork:TestSimpleQueue",
    "test_multiprocessing_fork:TestSyncManagerTypes",
    "test_multiprocessing_spawn:WithProcessesTestLock",
    "test_multiprocessing_spawn:_TestImportStar",
    "test_multiprocessing_forkserver:TestForkAwareThreadLock",
    "test_fork1:ForkTest",
    "test_subprocess:ContextManagerTests",
]

# What can't be the same, and why: (part of the test's id, interpreters or None for all, the reason).
KNOWN = []

TEST_SECONDS = 120
TRIES = 3


class Machine:
    """What all units share: the ways, and who may print."""

    def __init__(self, arguments, program):
        self.arguments, self.program = arguments, program
        self.end = time.monotonic() + arguments.minutes * 60
        self.due = self.end
        self.printing = threading.Lock()

    def share(self, count):
        """An interpreter begins, of `count` that are still to come: it has its share of the time."""
        now = time.monotonic()
        self.due = now + (self.end - now) / count

    def left(self):
        """Returns how many seconds this interpreter has left."""
        return self.due - time.monotonic()

    def ways(self, interpreter):
        """Returns the two ways that are compared; the second is to be closed."""
        if self.arguments.shim:
            return ways.Bare(), ways.Shim(interpreter)
        return ways.Bare(), ways.Mpviz(self.program, "--json")


class Folder:
    """A temporary directory with what stands for modules that are left out."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mpviz-cpython-"))
        shutil.copy(RUNNER, self.path)
        self.runner = str(self.path / RUNNER.name)

    def stand_for(self, interpreter):
        """Writes modules that the interpreter's `test` package leaves out; returns the names of all."""
        names = []
        for module in MODULES:
            method = module.rsplit("_", 1)[-1]
            if method in METHODS and not has(interpreter, module) and has(interpreter, "test._test_multiprocessing"):
                module = module.removeprefix("test.")
                (self.path / f"{module}.py").write_text(STANDS_FOR.format(method))
            names.append(module)
        return names

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


def has(interpreter, module):
    """Returns whether an interpreter has a module."""
    ask = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    told = subprocess.run([interpreter.path, "-c", ask], env=ways.environment(), capture_output=True, check=False)
    return told.returncode == 0


def classes(interpreter, arguments, folder):
    """Returns the names of the classes of tests that are to be run, and what is missing."""
    names = folder.stand_for(interpreter)
    argv = [interpreter.path, folder.runner, "list", *names]
    told = subprocess.run(argv, env=ways.environment(), cwd=folder.path, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        ways.fail(f"the tests of {interpreter} cannot be listed:\n{told.stderr}")
    found, missing = [], []
    for line in told.stdout.splitlines():
        name, count = line.split(" ", 1)
        if name == "-":
            missing.append(count)
            continue
        module, own = name.rsplit(".", 1)
        if module == "test.test_os" and not any(part in own for part in OF_OS):
            continue
        if arguments.short and not any(is_of(name, short) for short in SHORT):
            continue
        if all(part in name for part in arguments.only) and not any(part in name for part in arguments.without):
            found.append((name, int(count)))
    return found, missing


def is_of(name, short):
    """Returns whether a class is one of the short run's, which are written `module:class`."""
    module, own = short.split(":")
    return module in name.split(".") and name.rsplit(".", 1)[-1] == own


def outcomes(interpreter, way, names, folder, machine):
    """Runs tests in one way; returns each one's outcome with its reason. One that hangs is ended, and the rest
    runs without it."""
    came, hung = {}, 0
    with tempfile.TemporaryDirectory(prefix="mpviz-cwd-") as cwd:
        told = pathlib.Path(cwd) / "told"
        todo = list(names)
        while todo and hung < 3:
            told.write_text("")
            argv = [interpreter.path, folder.runner, "run", str(told), *todo]
            command, env = way.command(argv)
            limit = max(5, min(TEST_SECONDS, machine.left()))
            began, is_over, text = followed(command, env, cwd, told, limit)
            came.update(text)
            if is_over:
                break
            stuck = [name for name in began if name not in came]
            if not stuck:
                # It ended before its first test, or between two.
                came.setdefault(f"{todo[0]} (all)", ("no end", "the run ended early"))
                break
            hung += 1
            came[stuck[-1]] = ("hangs or dies", "")
            todo = rest(interpreter, names, came, folder)
    return came


def rest(interpreter, names, came, folder):
    """Returns the tests that have no outcome yet."""
    ask = (
        "import sys, unittest\n"
        "def each(suite):\n"
        "    for item in suite:\n"
        "        yield from each(item) if isinstance(item, unittest.TestSuite) else [item.id()]\n"
        "print(*each(unittest.TestLoader().loadTestsFromNames(sys.argv[1:])), sep='\\n')\n"
    )
    argv = [interpreter.path, "-c", ask, *names]
    told = subprocess.run(argv, env=ways.environment(), cwd=folder.path, capture_output=True, text=True, check=False)
    return [name for name in told.stdout.split() if name not in came]


def followed(command, env, cwd, told, limit):
    """Runs tests until they are over, or until one takes longer than the limit; returns those that were begun,
    whether it came to its end, and the outcomes."""
    process = subprocess.Popen(
        command, env=env, cwd=cwd, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    size, since = 0, time.monotonic()
    while True:
        try:
            process.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            now = told.stat().st_size if told.exists() else 0
            if now != size:
                size, since = now, time.monotonic()
            elif time.monotonic() - since > limit:
                break
    end_of(process)
    began, came, is_over = [], {}, False
    for line in told.read_text().splitlines():
        line = json.loads(line)
        if "begun" in line:
            began.append(line["begun"])
        elif "ended" in line:
            came[line["ended"]] = (line["outcome"], line["why"])
        else:
            is_over = True
    return began, is_over, came


def end_of(process):
    """Ends what is left of a run: mpviz by SIGTERM, which takes its program along, then its session."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            break
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


class Verdicts:
    """What came of all tests of an interpreter."""

    def __init__(self):
        self.same, self.failing, self.unsteady, self.known, self.different = 0, [], [], [], []


def reason(name, interpreter):
    """Returns why a test can't be the same, if that is known."""
    for part, minors, why in KNOWN:
        if part in name and (minors is None or interpreter.version[1] in minors):
            return why
    return None


def compare(interpreter, name, folder, machine, verdicts):
    """Runs a class in both ways and sorts its tests."""
    bare, traced = machine.ways(interpreter)
    try:
        ours = outcomes(interpreter, bare, [name], folder, machine)
        theirs = outcomes(interpreter, traced, [name], folder, machine)
        tests = sorted(set(ours) | set(theirs))
        differ = [test for test in tests if kind(ours, test) != kind(theirs, test)]
        seen = {test: ([kind(ours, test)], [kind(theirs, test)]) for test in differ}
        for _ in range(TRIES):
            again = [test for test in differ if not set(seen[test][0]) & set(seen[test][1])]
            again = [test for test in again if not test.endswith(")")]
            if not again or machine.left() < 0:
                break
            for test in again:
                seen[test][0].append(kind(outcomes(interpreter, bare, [test], folder, machine), test))
                came = outcomes(interpreter, traced, [test], folder, machine)
                seen[test][1].append(kind(came, test))
                theirs.update(came)
        silent = traced.said_why() if isinstance(traced, ways.Shim) else []
    finally:
        traced.close()
    with machine.printing:
        sort(interpreter, name, tests, ours, theirs, seen, verdicts)
        for why in sorted(set(silent)):
            ways.say(f"      {name}: the shim fell silent {silent.count(why)} times: {why}")


def kind(came, test):
    """Returns the outcome of a test."""
    return came.get(test, ("not there", ""))[0]


def sort(interpreter, name, tests, ours, theirs, seen, verdicts):
    """Sorts the tests of a class, and says what is to be said of it."""
    bad = 0
    for test in tests:
        if test not in seen:
            verdicts.same += 1
            if kind(ours, test) not in ("ok", "skipped", "expected failure"):
                verdicts.failing.append((test, kind(ours, test)))
            continue
        bare, traced = seen[test]
        told = f"{test}: bare {', '.join(bare)}; traced {', '.join(traced)}"
        if set(bare) & set(traced):
            verdicts.unsteady.append(told)
        elif reason(test, interpreter):
            verdicts.known.append(f"{told} ({reason(test, interpreter)})")
        else:
            bad += 1
            verdicts.different.append(told)
            why = theirs.get(test, ("", ""))[1] or ours.get(test, ("", ""))[1]
            ways.say(f"   DIFFERS {told}\n" + "".join(f"      | {line}\n" for line in why.splitlines()[-25:]))
    ways.say(f"   {interpreter} {name}: {len(tests)} tests" + (f", {bad} differ" if bad else ""))


def one_interpreter(interpreter, machine):
    """Compares all classes of an interpreter; returns the verdicts."""
    folder, verdicts = Folder(), Verdicts()
    try:
        found, missing = classes(interpreter, machine.arguments, folder)
        total = sum(count for _, count in found)
        ways.say(f"== {interpreter} ({interpreter.path}): {total} tests in {len(found)} classes")
        for why in missing:
            ways.say(f"   left out: {why}")
        with concurrent.futures.ThreadPoolExecutor(machine.arguments.jobs) as pool:
            # The largest first, so that none is left alone at the end.
            jobs = {}
            for name, _ in sorted(found, key=lambda pair: -pair[1]):
                jobs[pool.submit(in_time, interpreter, name, folder, machine, verdicts)] = name
            late = [jobs[job] for job in concurrent.futures.as_completed(jobs) if not job.result()]
        for name in sorted(late):
            ways.say(f"   not in time: {name}")
    finally:
        folder.close()
    return verdicts, len(late)


def in_time(interpreter, name, folder, machine, verdicts):
    """Compares a class if there is time; returns whether there was."""
    if machine.left() <= 0:
        return False
    compare(interpreter, name, folder, machine, verdicts)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a few classes, for the gate")
    parser.add_argument("--shim", action="store_true", help="the shim alone, without mpviz")
    parser.add_argument("--python", action="append", help="only these versions, such as 3.11")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="only classes with this in their name")
    parser.add_argument("--without", action="append", default=[], metavar="TEXT", help="no classes with this in their name")
    parser.add_argument("--jobs", type=int, default=2, help="how many classes at a time")
    parser.add_argument("--minutes", type=float, default=90, help="no class is begun after this; shared by the interpreters")
    arguments = parser.parse_args()
    program = ways.mpviz_program()
    if not arguments.shim and program is None:
        ways.fail("mpviz is not built; `cargo build` builds it, `--shim` tests the shim alone")
    found = ways.interpreters()
    if arguments.python:
        found = [one for one in found if any(f"{one}.".startswith(f"{want}.") for want in arguments.python)]
    found = [one for one in found if has(one, "test.test_fork1")]
    if not found:
        ways.say("left out: no python3 from 3.9 on with its `test` package was found")
        return
    if arguments.short:
        # The oldest and the newest.
        found = found[:1] + found[1:][-1:]
    # Started in the background it may be ignored here, and would be in the tests.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    machine = Machine(arguments, program)
    ways.say(f"with {'the shim alone' if arguments.shim else program}")
    all_verdicts = []
    for number, one in enumerate(found):
        machine.share(len(found) - number)
        all_verdicts.append((one, *one_interpreter(one, machine)))
    is_well = True
    for interpreter, verdicts, late in all_verdicts:
        ways.say(
            f"== {interpreter}: {verdicts.same} tests came to the same outcome, {len(verdicts.unsteady)} are unsteady, "
            f"{len(verdicts.known)} differ for a stated reason, {len(verdicts.different)} differ"
            + (f", {late} classes were not in time" if late else "")
        )
        for test, outcome in verdicts.failing:
            ways.say(f"   in both ways {outcome}: {test}")
        for title, lines in (("unsteady", verdicts.unsteady), ("known", verdicts.known), ("DIFFERS", verdicts.different)):
            for line in lines:
                ways.say(f"   {title}: {line}")
        is_well &= not verdicts.different
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
