"""Pythons that are told to look at nothing: `-I`, `-E`, `-S`, an empty environment, own site customisation.

processes: 20
"""

import os
import subprocess
import sys
import tempfile

CODE = """
import multiprocessing as mp, sys
def child(writer):
    writer.send(sys.flags.isolated)
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        reader, writer = mp.get_context(method).Pipe()
        process = mp.get_context(method).Process(target=child, args=(writer,))
        process.start()
        print(method, reader.recv())
        process.join()
        print(process.exitcode)
"""
OWN = "import sys; print('own customisation'); assert 'sitecustomize' in sys.modules or __name__ == 'usercustomize'"


def ran(title, argv, **options):
    done = subprocess.run(argv, capture_output=True, text=True, **options)
    # The resource tracker is one of those that say something, at a time of its own.
    print(title, done.returncode, sorted(done.stdout.split()), done.stderr)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "w") as file:
            file.write(CODE)
        for flag in ("-I", "-E", "-S", "-s", "-B", "-OO", "-Xdev", "-Xutf8"):
            ran(flag, [sys.executable, flag, path])
        ran("empty", [sys.executable, path], env={})
        ran("through env", ["env", "-i", sys.executable, path])
        ran("through a shell", f"PYTHONPATH= '{sys.executable}' {path}", shell=True)
        own = os.path.join(folder, "own")
        os.mkdir(own)
        with open(os.path.join(own, "sitecustomize.py"), "w") as file:
            file.write(OWN)
        before = os.environ.get("PYTHONPATH", "")
        for title, value in (("own first", [own, before]), ("own last", [before, own])):
            joined = os.pathsep.join(filter(None, value))
            ran(title, [sys.executable, path], env={**os.environ, "PYTHONPATH": joined})
        with open(os.path.join(own, "sitecustomize.py"), "w") as file:
            file.write("1 / 0")
        joined = os.pathsep.join(filter(None, [before, own]))
        failing = subprocess.run(
            [sys.executable, "-c", "print('on')"], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": joined}
        )
        print("a failing one", failing.returncode, failing.stdout, "ZeroDivisionError" in failing.stderr)


if __name__ == "__main__":
    main()
