"""The shim against the interpreter that runs this file: nothing changes, and everything is told.

    python3 tests/python/shim_test.py [--short] [NAME …]

Each program of `programs/` runs bare and with the shim, for each start method: same stdout, stderr
and exit code (the programs print what descriptors are open); every receive pairs with a send of the
same length and check; what must be told is told; the shim has swallowed no error of its own. `--short`: one start method each.
"""
import collections
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import decode

HERE = os.path.dirname(os.path.abspath(__file__))
SHIM = os.path.join(HERE, "..", "..", "assets", "shim")
METHODS = ("fork", "spawn", "forkserver")
SHORT = {"queues": "fork", "pipes": "spawn", "pools": "fork", "locks": "spawn", "starts": "forkserver",
         "interrupted": "fork", "odd": "fork"}
IS_SHORT = "--short" in sys.argv
LIMIT = 120
# Numbers of memory, of pids and of temporary files differ from run to run.
CHANCE = [(re.compile(r"0x[0-9a-f]+"), "0x…"), (re.compile(r"/(mp|loky)-\w+"), "/…"),
          (re.compile(r"(handle|pid)=\d+"), "number")]


class Stage:
    """A run's directory, with the shim in it, as mpviz makes it."""

    def __init__(self, options=None):
        root = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = tempfile.mkdtemp(prefix="mpviz-test-", dir=root)
        shutil.copytree(SHIM, self.path + "/shim", ignore=shutil.ignore_patterns("__pycache__"))
        os.mkdir(self.path + "/rings")
        if options is not None:
            with open(self.path + "/options", "w") as file:
                json.dump(options, file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def environment(self):
        return {**bare(), "PYTHONPATH": self.path + "/shim"}

    def run(self):
        return decode.Run(self.path)


def bare():
    """Returns the environment without what changes how a Python behaves."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def begun(command, environment):
    """Starts a command, to be waited for by `came`."""
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def came(child):
    """Waits for a command; returns its code and what it printed."""
    try:
        printed = [text.decode() for text in child.communicate(timeout=LIMIT)]
    except subprocess.TimeoutExpired:
        child.kill()
        raise
    for pattern, instead in CHANCE:
        printed = [pattern.sub(instead, text) for text in printed]
    return [child.returncode, *printed]


def ended(command, environment):
    """Runs a command to its end; returns its code and what it printed."""
    return came(begun(command, environment))


def program(name):
    return os.path.join(HERE, "programs", name + ".py")


class Told(unittest.TestCase):
    """Programs, bare and traced."""

    maxDiff = None

    def check(self, name, method, least, options=None, exact=True, tries=1):
        """Runs a program in both ways. `least` says how many events of a kind there must be.

        With `tries` a program whose output may differ by chance is run again, so often at most.
        """
        command = [sys.executable, program(name), method]
        with Stage(options) as stage:
            both = begun(command, bare()), begun(command, stage.environment())
            ours, theirs = map(came, both)
            run = stage.run()
        if exact and ours != theirs and tries > 1:
            return self.check(name, method, least, options, exact, tries - 1)
        if exact:
            self.assertEqual(ours, theirs)
        self.assertEqual(ours[0], 0, ours)
        mistakes = [fact for fact in run.log if fact["k"] in ("mistake", "off")]
        self.assertEqual(mistakes, [])
        rings = [ring for several in run.rings.values() for ring in several]
        self.assertEqual([ring.mistakes for ring in rings if ring.mistakes], [])
        self.assertEqual(sum(ring.lost for ring in rings), 0)
        pairs, _, wrong = run.messages()
        self.assertEqual(wrong, [])
        counts = collections.Counter(event.kind for event in run.events)
        for kind, count in least.items():
            self.assertGreaterEqual(counts[kind], count, (kind, counts))
        return run, pairs

    def methods(self, name):
        """Returns the start methods for a program."""
        return (SHORT[name],) if IS_SHORT else METHODS

    def each(self, name, least, **more):
        """Checks a program for every start method; returns the last run."""
        for method in self.methods(name):
            with self.subTest(method=method):
                run = self.check(name, method, least, **more)
        return run

    def test_queues(self):
        least = {"QUEUE": 3, "PUT": 25, "SEND": 45, "RECV": 45, "START": 1, "BOOT": 1, "COUNT": 20,
                 "THREAD": 2, "EXITING": 1, "REAPED": 1, "CODE_READ": 1, "FINISHING": 2}
        run, _ = self.each("queues", least)
        # The feeder counts as the buffer does, which only starts anew in a child.
        for kind in ("PUT", "SEND"):
            fed = [event for event in run.of(kind) if kind == "PUT" or event.op]
            self.assertTrue(fed)
            places = collections.defaultdict(list)
            for event in fed:
                places[event.pid, event.a].append(event.c)
            for numbers in places.values():
                self.assertEqual(sorted(numbers), list(range(1, len(numbers) + 1)))

    def test_pipes(self):
        least = {"PIPE": 2, "SEND": 15, "RECV": 15, "EOF": 1, "CONNECT": 2, "ACCEPT": 1}
        self.each("pipes", least)

    def test_pools(self):
        tasks = {kind: 10 for kind in ("TASK_SUBMIT", "TASK_START", "TASK_END", "TASK_FETCHED")}
        run, _ = self.each("pools", {"POOL": 2, "THREAD": 5, **tasks})
        keys = [{(event.a, event.b) for event in run.of(kind)} for kind in list(tasks)[:3]]
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(keys[1], keys[2])
        # What nobody asked for was not fetched; all else was, a `map` at once, and nothing twice.
        whole = {(event.a, event.b >> 32) for event in run.of("TASK_FETCHED") if event.op}
        single = [(event.a, event.b) for event in run.of("TASK_FETCHED") if not event.op]
        self.assertEqual(len(single), len(set(single)))
        fetched = {key for key in keys[0] if (key[0], key[1] >> 32) in whole} | set(single)
        unasked = {(event.a, event.b) for event in run.of("TASK_SUBMIT") if event.text == "lost"}
        self.assertEqual(len(unasked), 2)
        self.assertEqual(keys[0] - fetched, unasked)
        failed = [event.text for event in run.of("TASK_END") if not event.op]
        self.assertEqual(failed, ["ValueError: not three"] * 2)
        self.assertEqual({event.text for event in run.of("TASK_START")}, {"square", "lost"})

    def test_locks(self):
        least = {"LOCK": 9, "TAKEN": 8, "RELEASED": 8, "COUNT": 2}
        for method in self.methods("locks"):
            run, _ = self.check("locks", method, least)
            made = {event.a for event in run.of("LOCK")}
            self.assertLessEqual({event.a for event in run.of("TAKEN", "RELEASED")}, made)
            self.assertEqual({event.op for event in run.of("LOCK")}, set(range(1, 8)))
            waits = {event.op for event in run.of("BLOCK")}
            self.assertLessEqual({7, 8, 16}, waits)

    def test_starts(self):
        least = {"START": 6, "STARTED": 6, "BOOT": 5, "REAPED": 8, "FORK": 1, "FORKED": 1, "SPAWN": 2,
                 "SPAWN_FAILED": 1, "SIGNAL": 1, "FAILED": 1, "HELPER": 1}
        run, _ = self.each("starts", least)
        self.assertIn("KeyError: 'missing'", [event.text for event in run.of("FAILED")])
        self.assertIn("sh\0-c\0echo hello; exit 2", [event.text for event in run.of("SPAWN")])

    def test_values(self):
        run, _ = self.check("queues", "fork", {}, options={"values": True})
        self.assertIn("19", [event.text for event in run.of("PUT")])

    def test_a_handler_that_raises(self):
        exact = sys.version_info >= (3, 11)
        for method in self.methods("interrupted"):
            run, _ = self.check("interrupted", method, {"BLOCK": 12}, exact=exact, tries=3)
            self.assertFalse([ring.holes for several in run.rings.values() for ring in several
                              if ring.holes])

    def test_odd_programs(self):
        # From 3.12 on a fork beside a thread warns, and when a joined thread is quite gone is chance.
        self.each("odd", {"SEND": 5, "RECV": 5, "FORKED": 4})


class Ended(unittest.TestCase):
    """A process that is killed at any instant leaves a ring that can be read."""

    def test_killed(self):
        text = ("import multiprocessing as m\nq = m.SimpleQueue()\nprint(flush=True)\n"
                "while True: q.put(1); q.get()")
        chance = random.Random(1)
        for _ in range(12):
            with Stage() as stage:
                child = subprocess.Popen([sys.executable, "-c", text], env=stage.environment(),
                                         stdout=subprocess.PIPE)
                child.stdout.readline()
                time.sleep(chance.random() * 0.02)
                child.kill()
                child.wait()
                child.stdout.close()
                run = stage.run()
                self.assertEqual(run.messages()[2], [])
                self.assertEqual([ring.mistakes for rings in run.rings.values() for ring in rings
                                  if ring.mistakes], [])

    def test_a_full_ring_counts_what_it_loses(self):
        text = ("import multiprocessing as m\nq = m.SimpleQueue()\n"
                "for i in range(10000): q.put(1); q.get()")
        with Stage() as stage:
            self.assertEqual(ended([sys.executable, "-c", text], stage.environment())[0], 0)
            [[ring]] = stage.run().rings.values()
        self.assertEqual(ring.lost_from, decode.SLOTS + 1)
        self.assertEqual(ring.lost_to, 0)
        told = 30003 if sys.version_info < (3, 9) else ring.lost + decode.SLOTS
        self.assertEqual(ring.lost + decode.SLOTS, told)
        self.assertGreater(ring.lost, 13000)

    def test_a_directory_that_is_gone(self):
        text = ("import shutil, sys, os, multiprocessing as m\n"
                "[shutil.rmtree(p[:-5]) for p in os.environ['PYTHONPATH'].split(':')]\n"
                "q = m.Queue(); q.put(1); print(q.get())")
        with Stage() as stage:
            done = ended([sys.executable, "-c", text], stage.environment())
        self.assertEqual(done, [0, "1\n", ""])

    def test_a_directory_that_cannot_be_written(self):
        text = "import multiprocessing.connection as m, os\n"
        if os.geteuid() == 0:
            text += "os.setuid(65534)\n"
        text += "r, w = m.Pipe(); w.send(1); print(r.recv())"
        with Stage() as stage:
            os.chmod(stage.path + "/rings", 0o500)
            done = ended([sys.executable, "-c", text], stage.environment())
        self.assertEqual(done, [0, "1\n", ""])


class Strained(unittest.TestCase):
    """Signals, threads, forks and interpreters in between."""

    def check(self, text, printed):
        with Stage() as stage:
            done = ended([sys.executable, "-W", "ignore", "-c", text], stage.environment())
            run = stage.run()
        self.assertEqual(done, [0, printed, ""])
        self.assertEqual([fact for fact in run.log if fact["k"] in ("mistake", "off")], [])
        self.assertEqual([ring.mistakes for rings in run.rings.values() for ring in rings
                          if ring.mistakes], [])
        return run

    def test_a_storm_of_signals_whose_handler_raises(self):
        text = """
import multiprocessing as m, signal, time
class Alarm(Exception): pass
def ring(*_): raise Alarm
signal.signal(signal.SIGALRM, ring)
lock, queue, count = m.RLock(), m.SimpleQueue(), 0
end = time.monotonic() + 1.5
while time.monotonic() < end:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005)
        while True:
            with lock: pass
            lock.acquire(timeout=1)
            lock.release()
    except Alarm:
        count += 1
while True:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        break
    except Alarm:
        count += 1
print(count > 100)
"""
        run = self.check(text, "True\n")
        self.assertGreater(len(run.of("TAKEN")), 100)
        [[ring]] = run.rings.values()
        # Struck between its number and its writing, an event's place stays empty.
        self.assertLess(ring.holes, 20)

    def test_forks_beside_busy_threads(self):
        text = """
import multiprocessing as m, os, threading
import multiprocessing.connection  # a fork beside an import hangs without us, too
def busy(stop):
    reader, writer = m.Pipe(duplex=False)
    while not stop.is_set():
        writer.send(1)
        reader.recv()
stop = threading.Event()
threads = [threading.Thread(target=busy, args=(stop,)) for _ in range(3)]
for thread in threads: thread.start()
for number in range(40):
    pid = os.fork()
    if not pid:
        reader, writer = m.Pipe(duplex=False)
        writer.send(number)
        os._exit(reader.recv())
    assert os.waitpid(pid, 0)[1] == number << 8
stop.set()
for thread in threads: thread.join()
print("done")
"""
        run = self.check(text, "done\n")
        # The parent's ring is full soon, as nobody reads it.
        told = [several[0].events for several in run.rings.values()]
        # A write that took long is told to be over.
        small = [[event.kind for event in events if event.kind != "UNBLOCK"]
                 for events in told if len(events) < 100]
        self.assertEqual(small, [["PIPE", "SEND", "BLOCK", "RECV"]] * 40)

    def test_a_deep_recursion(self):
        text = """
import multiprocessing as m, sys
lock = m.RLock()
def deeper(depth):
    try:
        with lock:
            return deeper(depth + 1)
    except RecursionError:
        return depth
found = {deeper(0) > 100 for _ in range(20)}
with lock: pass
print(found)
"""
        with Stage() as stage:
            done = ended([sys.executable, "-c", text], stage.environment())
        self.assertEqual(done, [0, "{True}\n", ""])

    def test_sub_interpreters_are_left_alone(self):
        text = """
try:
    import _interpreters as i
except ImportError:
    import _xxsubinterpreters as i
one = i.create()
run = getattr(i, "exec", None) or i.run_string
run(one, "import multiprocessing.connection as c; r, w = c.Pipe(); w.send(1); print(r.recv(), flush=True)")
i.destroy(one)
"""
        with Stage() as stage:
            done = ended([sys.executable, "-c", text], stage.environment())
            run = stage.run()
            self.assertEqual(done[1:], ended([sys.executable, "-c", text], bare())[1:])
        self.assertEqual([fact["k"] for fact in run.log], ["hello"])
        self.assertEqual(run.rings, {})


class Loaded(unittest.TestCase):
    """How the shim comes into an interpreter."""

    def run_in(self, stage, *command, **more):
        return ended([sys.executable, *command], {**stage.environment(), **more})

    def test_the_next_sitecustomize_runs(self):
        text = "import sys, sitecustomize; print(sitecustomize.MARK, sitecustomize.__file__)"
        with Stage() as stage, tempfile.TemporaryDirectory() as folder:
            with open(folder + "/sitecustomize.py", "w") as file:
                file.write("import sys\nMARK = 'theirs'\n")
            path = stage.path + "/shim:" + folder
            done = self.run_in(stage, "-c", text, PYTHONPATH=path)
            self.assertEqual(done, [0, "theirs %s/sitecustomize.py\n" % folder, ""])
            with open(folder + "/sitecustomize.py", "w") as file:
                file.write("raise KeyError('theirs')\n")
            ours = ended([sys.executable, "-c", "pass"], {**bare(), "PYTHONPATH": folder})
            self.assertEqual(self.run_in(stage, "-c", "pass", PYTHONPATH=path), ours)
            with open(folder + "/sitecustomize.py", "w") as file:
                file.write("import nowhere_at_all\n")
            ours = ended([sys.executable, "-c", "pass"], {**bare(), "PYTHONPATH": folder})
            self.assertEqual(self.run_in(stage, "-c", "pass", PYTHONPATH=path), ours)

    def test_nothing_of_it_is_seen(self):
        text = ("import os, sys; print(sys.path, os.getcwd(), sorted(sys.modules), "
                "[k for k in os.environ if k.startswith(('PYTHON', 'MPVIZ'))])")
        with Stage() as stage:
            code, out, err = self.run_in(stage, "-c", text)
            ours = ended([sys.executable, "-c", text], {**bare(), "PYTHONPATH": "/nowhere"})
        for word in ("'/nowhere', ",):
            out, ours[1] = out.replace(word, ""), ours[1].replace(word, "")
        self.assertEqual([code, out, err], ours)

    def test_it_compiles_itself_and_leaves_nothing_elsewhere(self):
        with Stage() as stage, tempfile.TemporaryDirectory() as folder:
            more = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": folder}
            self.assertEqual(self.run_in(stage, "-c", "pass", **more)[0], 0)
            self.assertIn("begin.%s.pyc" % sys.implementation.cache_tag,
                          os.listdir(stage.path + "/shim/_mpviz_shim/__pycache__"))
            del more["PYTHONDONTWRITEBYTECODE"]
            self.assertEqual(self.run_in(stage, "-c", "pass", **more)[0], 0)
            left = [name for _, _, files in os.walk(folder) for name in files]
            self.assertEqual([name for name in left if "sitecustomize" in name], [])
            self.assertEqual([where for where, _, _ in os.walk(folder) if "mpviz-test" in where], [])

    def test_where_it_cannot_be(self):
        for flag in ("-I", "-E", "-S"):
            with Stage() as stage:
                self.assertEqual(self.run_in(stage, flag, "-c", "print(1)"), [0, "1\n", ""])
                self.assertEqual(stage.run().log, [])

    def test_hello(self):
        with Stage() as stage:
            self.run_in(stage, "-c", "pass", 'quo"te', "snow ☃ and \udcff")
            [hello] = stage.run().log
        self.assertEqual(hello["version"], list(sys.version_info[:3]))
        self.assertEqual(hello["argv"][-2:], ['quo"te', "snow ☃ and ?"])

    def test_what_each_message_passes_is_grafted(self):
        text = (
            "import multiprocessing.connection as c, multiprocessing.synchronize as s, multiprocessing.process as p\n"
            "for one in (c.Connection._send_bytes, c.Connection._recv_bytes, c.SocketClient, c.SocketListener.accept,\n"
            "            s.SemLock.__enter__, s.SemLock.__exit__, p.BaseProcess.run):\n"
            "    print(hasattr(one, '__wrapped__'), 'mpviz' in one.__code__.co_filename)\n")
        with Stage() as stage:
            self.assertEqual(self.run_in(stage, "-c", text), [0, "True False\n" * 7, ""])

    def test_functions_look_like_what_they_replace(self):
        text = (
            "import inspect, multiprocessing as m, os, pickle, subprocess, concurrent.futures.process as f\n"
            "import multiprocessing.connection as c, multiprocessing.pool as p, multiprocessing.queues as q\n"
            "import multiprocessing.synchronize as s, multiprocessing.process as b\n"
            "for one in (os.fork, os.kill, os.waitpid, p.worker, f._process_worker, c.Pipe, c.Connection.recv,\n"
            "            c.Connection._recv_bytes, b.BaseProcess.start, q.Queue.put, s.Lock.__init__,\n"
            "            subprocess.Popen.wait, subprocess.Popen._execute_child):\n"
            "    try: signature = inspect.signature(one)\n"
            "    except ValueError: signature = None\n"
            "    print(one.__module__, one.__qualname__, one.__doc__, signature)\n"
            "for one in (os.fork, os.kill, p.worker, f._process_worker, c.Pipe):\n"
            "    print(pickle.loads(pickle.dumps(one)) is one)\n")
        with Stage() as stage:
            self.assertEqual(self.run_in(stage, "-c", text), ended([sys.executable, "-c", text], bare()))


if __name__ == "__main__":
    unittest.main(argv=[word for word in sys.argv if word != "--short"])
