"""A folder of tests by pytest, alone and spread over two processes by xdist.

needs: pytest pytest-xdist
exit: 1
processes: 5
"""

import os
import re
import subprocess
import sys
import tempfile

TESTS = """
import multiprocessing as mp, multiprocessing.connection, os, subprocess, pytest

def square(number):
    return number * number

@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool(method):
    with mp.get_context(method).Pool(2) as pool:
        assert pool.map(square, range(5)) == [0, 1, 4, 9, 16]

def test_output(capfd):
    print("from the test", flush=True)
    subprocess.run(["echo", "from its child"], check=True)
    assert capfd.readouterr().out == "from the test\\nfrom its child\\n"

def test_patched(monkeypatch):
    monkeypatch.setattr(mp.connection.Connection, "recv", lambda self: "patched")
    assert mp.Pipe()[0].recv() == "patched"

def test_fails():
    assert mp.Pipe()[0].recv is None, "as it should"

def test_exits():
    pid = os.fork()
    if pid == 0:
        os._exit(3)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "test_it.py"), "w") as file:
            file.write(TESTS)
        for more in ([], ["-n", "2"]):
            argv = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "--tb=line", "--color=no", "-W", "ignore", *more]
            done = subprocess.run(argv, cwd=folder, capture_output=True, text=True)
            summary = sorted(re.findall(r"^(?:PASSED|FAILED|ERROR) \S+", done.stdout, re.MULTILINE))
            print(done.returncode, *summary, re.sub(r" in .*", "", done.stdout.splitlines()[-1]), done.stderr, sep="\n")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
