"""subprocess and its kin in every form, and what they come to.

order: any
processes: 25
"""

import os
import pty
import signal
import subprocess
import sys


def tried(what, *values, **options):
    try:
        done = what(*values, **options)
        print(getattr(done, "returncode", done), getattr(done, "stdout", None), getattr(done, "stderr", None))
    except subprocess.TimeoutExpired as error:
        print("TimeoutExpired", error.cmd)
    except Exception as error:
        print(type(error).__name__, error)


def main():
    tried(subprocess.run, ["echo", "a"], capture_output=True)
    tried(subprocess.run, map(str, ["echo", 1]), capture_output=True)
    tried(subprocess.run, {"echo": 1}, capture_output=True)
    tried(subprocess.run, "echo a; exit 3", shell=True, stdout=subprocess.PIPE)
    tried(subprocess.run, "exit 4", shell=True, check=True)
    tried(subprocess.run, ["no such program"])
    tried(subprocess.run, ["/etc/passwd"])
    tried(subprocess.run, ["true"], cwd="/no/such/folder")
    tried(subprocess.run, ["sleep", "9"], timeout=0.05)
    tried(subprocess.run, ["cat"], input="text", text=True, capture_output=True)
    tried(subprocess.run, ["sh", "-c", "kill -9 $$"])
    tried(subprocess.run, ["true"], preexec_fn=lambda: 1 / 0)
    tried(subprocess.run, ["sh", "-c", "umask"], preexec_fn=lambda: os.umask(0o77), stdout=subprocess.PIPE)
    tried(subprocess.run, ["true"], close_fds=False)
    tried(subprocess.run, ["sh", "-c", "echo $A$PATH"], env={"A": "b"}, stdout=subprocess.PIPE)
    tried(subprocess.run, [b"echo", b"\xff"], stdout=subprocess.PIPE)
    tried(subprocess.run, ["sh", "-c", "echo $0"], executable="/bin/sh", stdout=subprocess.PIPE)
    tried(subprocess.run, ["echo", "x" * 100_000], stdout=subprocess.DEVNULL)
    tried(subprocess.run, [])
    tried(subprocess.run, ["a\0b"])
    tried(subprocess.check_output, ["sh", "-c", "echo out; exit 2"])
    tried(subprocess.getstatusoutput, "echo status; exit 5")
    reader, writer = os.pipe()
    tried(subprocess.run, ["sh", "-c", f"echo passed >&{writer}"], pass_fds=[writer])
    print(os.read(reader, 20))
    process = subprocess.Popen(["sleep", "30"], start_new_session=True)
    print(os.getsid(process.pid) == process.pid, process.poll())
    process.send_signal(signal.SIGINT)
    print(process.wait(), process.poll(), process.wait())
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        process.stdin.write(b"1\n")
        process.stdin.flush()
        print(process.stdout.readline())
    print(process.returncode)
    first = subprocess.Popen(["echo", "b\na"], stdout=subprocess.PIPE)
    second = subprocess.Popen(["sort"], stdin=first.stdout, stdout=subprocess.PIPE)
    first.stdout.close()
    print(second.communicate(), first.wait())
    print(os.system("exit 6") >> 8, os.popen("echo popen").read())
    print(os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "exit 7"))
    pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 8"], os.environ)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    sys.stdout.flush()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execlp("sh", "sh", "-c", "tty >/dev/null && exit 9")
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os.close(terminal)
    # Reaped by another than who made it.
    process = subprocess.Popen(["sh", "-c", "exit 10"])
    print(os.waitstatus_to_exitcode(os.waitpid(process.pid, 0)[1]), process.wait())


if __name__ == "__main__":
    main()
