"""gunicorn with two workers on a socket: requests, a reload, an end by signal.

needs: gunicorn
processes: 4
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

APP = """
import multiprocessing as mp, os

def child(writer):
    writer.send("a child's")

def app(environ, start_response):
    reader, writer = mp.get_context("fork").Pipe(duplex=False)
    process = mp.get_context("fork").Process(target=child, args=(writer,))
    process.start()
    said = reader.recv()
    process.join()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['PATH_INFO']} {said} {process.exitcode}".encode()]
"""


def ask(path, what):
    """Asks until the server answers."""
    for _ in range(600):
        connection = http.client.HTTPConnection("localhost", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(path)
            connection.request("GET", what)
            response = connection.getresponse()
            return response.status, response.read()
        except (FileNotFoundError, ConnectionError):
            time.sleep(0.05)
        finally:
            connection.close()
    return "no answer"


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "application.py"), "w") as file:
            file.write(APP)
        path = os.path.join(folder, "socket")
        argv = [sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"unix:{path}", "--no-control-socket", "application:app"]
        known = subprocess.run([*argv[:3], "--help"], capture_output=True, text=True).stdout
        if "--no-control-socket" not in known:
            argv.remove("--no-control-socket")
        server = subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for number in range(6):
            print(ask(path, f"/{number}"))
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=60)
        print(server.returncode)
        said = re.sub(r"\[[^]]*\] ", "", said)
        print(sorted(re.sub(r"\(?(pid:? ?)?\d+\)?|unix:\S+", "", line).strip() for line in said.splitlines()))


if __name__ == "__main__":
    main()
