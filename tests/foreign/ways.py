"""The ways in which a Python program is run to be compared: bare, with the shim alone, and by mpviz.

A way turns an argv into a command with its environment. Nothing of the environment that changes what
a python3 does reaches any of them, so that what differs is the shim's doing.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHIM = pathlib.Path(os.environ.get("MPVIZ_SHIM", ROOT / "assets" / "shim"))
MINORS = range(9, 20)
# A frame of the shim in a traceback: its place and the lines of code and carets below it.
FRAME = re.compile(r'^ *File "[^"\n]*_mpviz_shim[^"\n]*", line \d+, in .*\n(?:    .*\n)*', re.MULTILINE)


class Interpreter:
    """A python3 that is found here."""

    def __init__(self, path, version):
        self.path, self.version = path, tuple(version)

    def __str__(self):
        return ".".join(map(str, self.version))


def interpreters():
    """Returns the newest python3 of each minor version from 3.9 on: on PATH, and of pyenv if it is there."""
    names = ["python3"] + [f"python3.{minor}" for minor in MINORS]
    candidates = [shutil.which(name) for name in names]
    if shutil.which("pyenv"):
        told = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False)
        candidates += map(str, pathlib.Path(told.stdout.strip()).glob("versions/3.*/bin/python3"))
    found = {}
    for path in filter(None, candidates):
        ask = "import sys; print(sys.executable); print(*sys.version_info[:3]); print(sys.implementation.name)"
        told = subprocess.run([path, "-c", ask], capture_output=True, text=True, check=False, env=environment())
        if told.returncode != 0:
            continue
        own, version, kind = told.stdout.splitlines()
        version = tuple(map(int, version.split()))
        if kind == "cpython" and version >= (3, 9):
            known = found.get(version[:2])
            if known is None or known.version < version:
                found[version[:2]] = Interpreter(own, version)
    return [found[minor] for minor in sorted(found)]


def environment():
    """Returns this environment without what changes what a python3 or mpviz does."""
    ours = ("PYTHON", "MPVIZ_", "PYENV_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def mpviz_program(kinds=("release", "debug")):
    """Returns the program that was built last, of these kinds, or None."""
    chosen = os.environ.get("MPVIZ")
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    built = [pathlib.Path(chosen)] if chosen else [target / kind / "mpviz" for kind in kinds]
    built = [path for path in built if path.is_file()]
    return max(built, key=lambda path: path.stat().st_mtime).resolve() if built else None


class Bare:
    """As it is."""

    name = "bare"

    def command(self, argv):
        """Returns the argv and the environment of a run."""
        return list(argv), environment()

    def close(self):
        """Leaves nothing behind."""


class Shim:
    """With the shim on PYTHONPATH, compiled, and nobody who reads its rings."""

    name = "shim"

    def __init__(self, interpreter, options=None):
        shared = pathlib.Path("/dev/shm")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mpviz-ways-", dir=shared if shared.is_dir() else None))
        shim = self.folder / "shim"
        shutil.copytree(SHIM, shim, ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "rings").mkdir()
        (self.folder / "options").write_text(json.dumps(options or {}))
        compiles = [interpreter.path, "-m", "compileall", "-q", str(shim)]
        subprocess.run(compiles, check=True, env=environment())

    def command(self, argv):
        """Returns the argv and the environment of a run."""
        return list(argv), {**environment(), "PYTHONPATH": str(self.folder / "shim")}

    def forget(self):
        """Removes the rings of what has ended."""
        for ring in (self.folder / "rings").iterdir():
            ring.unlink(missing_ok=True)

    def told(self):
        """Returns how many processes wrote how many slots."""
        rings = list((self.folder / "rings").glob("[0-9]*"))
        slots = 0
        for ring in rings:
            data = ring.read_bytes()[4096:]
            slots += sum(1 for slot in struct.iter_unpack("<56xQ", data[: len(data) // 64 * 64]) if slot[0])
        return len(rings), slots

    def said_why(self):
        """Returns why the shim fell silent, wherever it did, and its own errors that it swallowed."""
        log = self.folder / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        told = [json.loads(line) for line in lines]
        return [line["why"] for line in told if line.get("k") in ("off", "mistake")]

    def close(self):
        """Leaves nothing behind."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Mpviz:
    """By `mpviz run`."""

    name = "mpviz"

    def __init__(self, program, *options):
        self.program, self.options = str(program), options

    def command(self, argv):
        """Returns the argv and the environment of a run."""
        return [self.program, "run", *self.options, "--", *argv], environment()

    def close(self):
        """Leaves nothing behind."""


class Ended:
    """What a run came to: its exit code as a shell says it, None if it was ended, and its output."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


def run(command, env, folder, limit, given=b""):
    """Runs a command in a session of its own until it ends, or for at most so many seconds."""
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
    process = subprocess.Popen(
        command, env=env, cwd=folder, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True
    )
    try:
        process.communicate(given, timeout=limit)
        code = process.returncode if process.returncode >= 0 else 128 - process.returncode
    except subprocess.TimeoutExpired:
        code = None
    finally:
        # Its group goes with it: what it left behind would run on beside the next one.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()
    texts = []
    for file in (out, err):
        file.seek(0)
        texts.append(file.read().decode(errors="replace"))
        file.close()
    return Ended(code, *texts)


def without_frames(text):
    """Returns a text without the shim's frames in its tracebacks."""
    return FRAME.sub("", text)


def say(*words):
    """Prints a line at once."""
    print(*words, flush=True)


def fail(why):
    """Ends with a sentence."""
    print(why, file=sys.stderr)
    sys.exit(2)
