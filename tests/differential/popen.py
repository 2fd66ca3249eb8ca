"""subprocess: codes, streams, timeouts, and what can't be started."""

import os
import signal
import subprocess
import tempfile

from canon import attempt, case, main, say
from subprocess import DEVNULL, PIPE, STDOUT, Popen

SH = ["sh", "-c"]


def text(data):
    return None if data is None else data.decode()


@case
def call_codes():
    for n in [0, 1, 3, 255, 256]:
        attempt(f"exit {n}", subprocess.call, SH + [f"exit {n}"])
    for name, number in [("TERM", 15), ("KILL", 9), ("INT", 2), ("40", 40)]:
        attempt(f"signal {number}", subprocess.call, SH + [f"kill -{name} $$"])


@case
def missing_programs():
    attempt("no such name", subprocess.call, ["no-such-program-here"])
    attempt("no such path", subprocess.call, ["/no/such/program"])
    attempt("empty name", subprocess.call, [""])
    attempt("a folder", subprocess.call, ["/tmp"])
    attempt("not executable", subprocess.call, ["/etc/passwd"])
    attempt("through a file", subprocess.call, ["/etc/passwd/x"])


@case
def not_a_program():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words")
        with open(path, "w") as file:
            file.write("echo hello\n")
        os.chmod(path, 0o755)
        attempt("no interpreter named", subprocess.call, [path])


@case
def missing_error_names_it():
    for argv in [["no-such-program-here", "x"], ["/no/such/program"]]:
        try:
            subprocess.call(argv)
        except OSError as error:
            say("names it", argv[0] in str(error))


@case
def wrong_folders():
    for folder in ["/no/such/folder", "/etc/passwd"]:
        attempt(folder, subprocess.call, ["true"], cwd=folder)
        try:
            subprocess.call(["true"], cwd=folder)
        except OSError as error:
            say("names it", folder in str(error))
    attempt("both wrong", subprocess.call, ["no-such-program-here"], cwd="/no/such/folder")


@case
def zero_bytes():
    attempt("in an argument", subprocess.call, ["echo", "a\0b"])
    attempt("in the name", subprocess.call, ["ec\0ho"])
    attempt("in a value", subprocess.call, ["true"], env={"A": "b\0"})
    attempt("equals in a name", subprocess.call, ["true"], env={"A=": "b"})


@case
def arguments_as_given():
    argv = ["printf", "<%s>", "a b", "", "$HOME", "*", "'\"", "ü", "-n"]
    attempt("output", lambda: text(subprocess.check_output(argv)))


@case
def check_call_codes():
    attempt("0", lambda: subprocess.check_call(["true"]) or None)
    attempt("1", subprocess.check_call, ["false"])
    attempt("signal", subprocess.check_call, SH + ["kill -9 $$"])
    try:
        subprocess.check_call(SH + ["exit 7"])
    except subprocess.CalledProcessError as error:
        say("returncode", error.returncode)
        say("cmd", error.cmd)
        say("output", error.output)


@case
def check_output_of_failure():
    try:
        subprocess.check_output(SH + ["echo out; echo err >&2; exit 2"], stderr=DEVNULL)
    except subprocess.CalledProcessError as error:
        say("returncode", error.returncode)
        say("output", text(error.output))
        say("stderr", text(error.stderr))


@case
def check_output_merged():
    out = subprocess.check_output(SH + ["echo a; echo b >&2; echo c"], stderr=STDOUT)
    say("output", text(out))


@case
def check_output_input():
    attempt("cat", lambda: text(subprocess.check_output(["cat"], input=b"x\ny")))
    attempt("stdout given", subprocess.check_output, ["true"], stdout=PIPE)


@case
def run_captures():
    done = subprocess.run(SH + ["printf out; printf err >&2; exit 4"], capture_output=True)
    say("returncode", done.returncode)
    say("stdout", text(done.stdout))
    say("stderr", text(done.stderr))
    done = subprocess.run(["true"])
    say("none", [done.returncode, done.stdout, done.stderr])


@case
def run_check():
    attempt("0", lambda: subprocess.run(["true"], check=True).returncode)
    attempt("1", lambda: subprocess.run(["false"], check=True).returncode)
    attempt("later", lambda: subprocess.run(["false"]).check_returncode())
    attempt("later, 0", lambda: subprocess.run(["true"]).check_returncode())


@case
def run_clashes():
    attempt("input and stdin", subprocess.run, ["true"], input=b"", stdin=PIPE)
    attempt("captured and stdout", subprocess.run, ["true"], capture_output=True, stdout=PIPE)
    attempt("captured and stderr", subprocess.run, ["true"], capture_output=True, stderr=STDOUT)
    attempt("stdout to stdout", subprocess.call, ["true"], stdout=STDOUT)


@case
def run_timeout_kills():
    pids = []
    try:
        argv = SH + ["echo $$; printf x >&2; exec sleep 60"]
        subprocess.run(argv, capture_output=True, timeout=0.3)
    except subprocess.TimeoutExpired as error:
        say("cmd", error.cmd[0])
        say("timeout", error.timeout)
        say("stderr", text(error.stderr))
        pids.append(int(error.stdout))
    say("gone", not os.path.exists(f"/proc/{pids[0]}"))


@case
def call_timeout_kills():
    attempt("late", subprocess.call, ["sleep", "60"], timeout=0.05)
    attempt("zero", subprocess.call, ["sleep", "60"], timeout=0)
    attempt("in time", subprocess.call, ["true"], timeout=60)
    attempt("checked", subprocess.check_call, ["sleep", "60"], timeout=0.05)
    attempt("output", subprocess.check_output, ["sleep", "60"], timeout=0.05)


@case
def texts():
    def run(argv):
        return subprocess.run(argv, capture_output=True, text=True).stdout

    attempt("ends of lines", run, ["printf", "a\\r\\nb\\rc\\n"])
    attempt("no text", run, ["printf", "a\\377"])
    attempt("empty", run, ["true"])


@case
def communicate_three_streams():
    with Popen(SH + ["cat; printf e >&2"], stdin=PIPE, stdout=PIPE, stderr=PIPE) as popen:
        out, err = popen.communicate(b"in")
        say("outputs", [text(out), text(err)])
        say("returncode", popen.returncode)


@case
def communicate_again():
    popen = Popen(SH + ["cat; exit 3"], stdin=PIPE, stdout=PIPE, stderr=PIPE)
    for _ in range(2):
        say("outputs", [text(each) for each in popen.communicate()])
    attempt("input now", popen.communicate, b"x")
    say("returncode", popen.returncode)


@case
def communicate_timeout_loses_nothing():
    argv = SH + ["printf first; printf e >&2; read line; printf \"<$line>\"; cat"]
    popen = Popen(argv, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    popen.send_signal(signal.SIGSTOP)
    # All of it fits the pipe: CPython's second call does not write on what its first did not.
    data = b"line\n" + b"x" * 3000
    try:
        popen.communicate(data, timeout=0.05)
    except subprocess.TimeoutExpired as error:
        say("timeout", error.timeout)
    say("still there", popen.poll())
    attempt("input again", popen.communicate, b"y")
    attempt("late again", popen.communicate, timeout=0.01)
    popen.send_signal(signal.SIGCONT)
    out, err = popen.communicate()
    say("length", len(out))
    say("begins", text(out[:11]))
    say("stderr", text(err))
    say("returncode", popen.returncode)


@case
def communicate_huge():
    data = b"0123456789abcdef" * 65536
    popen = Popen(["cat"], stdin=PIPE, stdout=PIPE)
    out, err = popen.communicate(data * 4)
    say("same", out == data * 4)
    say("stderr", err or None)


@case
def communicate_unwanted_input():
    popen = Popen(["true"], stdin=PIPE, stdout=PIPE)
    popen.wait()
    out, _ = popen.communicate(b"x" * 200000)
    say("output", text(out))
    say("returncode", popen.returncode)
    popen = Popen(SH + ["exec <&-; exec >&-; exit 4"], stdin=PIPE, stdout=PIPE)
    out, _ = popen.communicate(b"x" * 200000)
    say("output", text(out))
    say("returncode", popen.returncode)


@case
def communicate_without_pipes():
    popen = Popen(["true"])
    say("outputs", [each or None for each in popen.communicate(b"ignored")])
    say("returncode", popen.returncode)


@case
def wait_and_full_pipe():
    popen = Popen(SH + ["head -c 200000 /dev/zero"], stdout=PIPE)
    attempt("waits", popen.wait, timeout=0.3)
    say("poll", popen.poll())
    say("length", len(popen.communicate()[0]))
    attempt("then", popen.wait)


@case
def wait_timeouts():
    popen = Popen(["sleep", "60"])
    for timeout in [0, 0.000001, 0.02]:
        attempt(f"{timeout}", popen.wait, timeout=timeout)
    say("poll", popen.poll())
    say("returncode", popen.returncode)
    popen.kill()
    say("before a wait", popen.returncode)
    attempt("wait", popen.wait)
    attempt("again", popen.wait, timeout=0)
    say("returncode", popen.returncode)


@case
def signals():
    for name in ["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP", "SIGUSR1"]:
        popen = Popen(["sleep", "60"])
        attempt(name, popen.send_signal, getattr(signal, name))
        attempt("wait", popen.wait)
        attempt("after the end", popen.send_signal, getattr(signal, name))
    popen = Popen(["sleep", "60"])
    attempt("0", popen.send_signal, 0)
    attempt("9999", popen.send_signal, 9999)
    say("poll", popen.poll())
    popen.terminate()
    attempt("wait", popen.wait)
    attempt("terminate", popen.terminate)
    attempt("kill", popen.kill)


@case
def ignored_sigterm():
    popen = Popen(SH + ["trap '' TERM; echo ready; exec sleep 60"], stdout=PIPE)
    say("ready", text(popen.stdout.readline()))
    popen.terminate()
    attempt("lives on", popen.wait, timeout=0.1)
    popen.kill()
    attempt("killed", popen.wait)


@case
def environments():
    run = subprocess.check_output
    env = {"PATH": os.environ["PATH"], "A": "1", "B": "ü"}
    say("replaced", text(run(SH + ["echo $A$B$HOME"], env=env)))
    say("empty", text(run(["/usr/bin/env"], env={})))
    attempt("other path", run, ["env"], env={"PATH": "/no/such/folder"})


@case
def folders():
    say("root", text(subprocess.check_output(["pwd"], cwd="/")))
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "sub"))
        with open(os.path.join(folder, "sub", "own"), "w") as file:
            file.write("#!/bin/sh\necho own\n")
        os.chmod(os.path.join(folder, "sub", "own"), 0o755)
        attempt("relative", lambda: text(subprocess.check_output(["./own"], cwd=folder + "/sub")))
        attempt("not from there", subprocess.check_output, ["./own"], cwd=folder)


@case
def sessions():
    say_it = SH + ["[ $(ps -o sid= -p $$) = $$ ] && echo leads || echo follows"]
    say("own", text(subprocess.check_output(say_it, start_new_session=True)))
    say("ours", text(subprocess.check_output(say_it)))


@case
def redirected_to_files():
    with tempfile.TemporaryFile() as file:
        subprocess.call(SH + ["echo a; echo b >&2"], stdout=file, stderr=STDOUT)
        file.seek(0)
        say("file", text(file.read()))
        file.seek(0)
        say("as input", text(subprocess.check_output(["cat"], stdin=file)))
    say("nothing", text(subprocess.check_output(["cat"], stdin=DEVNULL)))
    done = subprocess.run(SH + ["echo a; echo b >&2"], stdout=DEVNULL, stderr=PIPE)
    say("stderr alone", [done.stdout, text(done.stderr)])


@case
def pipeline():
    first = Popen(["printf", "b\\na\\n"], stdout=PIPE)
    second = Popen(["sort"], stdin=first.stdout, stdout=PIPE)
    first.stdout.close()
    say("sorted", text(second.communicate()[0]))
    attempt("first", first.wait)


@case
def pipeline_without_reader():
    first = Popen(["yes"], stdout=PIPE)
    second = Popen(["head", "-n1"], stdin=first.stdout, stdout=PIPE)
    first.stdout.close()
    say("one line", text(second.communicate()[0]))
    # SIGPIPE: nobody reads any more.
    attempt("first", first.wait)


@case
def streams_by_hand():
    popen = Popen(["cat"], stdin=PIPE, stdout=PIPE)
    popen.stdin.write(b"by hand")
    popen.stdin.close()
    say("read", text(popen.stdout.read()))
    attempt("wait", popen.wait)
    popen = Popen(["true"], stdin=PIPE)
    popen.wait()

    def write():
        popen.stdin.write(b"x")
        popen.stdin.flush()

    attempt("nobody reads", write)


@case
def inherited_stdout():
    attempt("prints", subprocess.call, ["echo", "straight through"])
    attempt("stderr there", subprocess.call, SH + ["echo by stderr >&2"], stderr=STDOUT)


@case
def polls():
    popen = Popen(["cat"], stdin=PIPE)
    say("poll", popen.poll())
    say("args", popen.args)
    say("has a pid", popen.pid > 0)
    popen.stdin.close()
    popen.wait()
    say("poll", popen.poll())


@case
def in_a_child():
    import multiprocessing

    def child():
        attempt("call", subprocess.call, ["true"])
        attempt("output", lambda: text(subprocess.check_output(["echo", "hi"])))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    say("exitcode", process.exitcode)


@case
def closes_everything():
    argv = SH + ["exec 0<&- 1>&- 2>&-; exit 5"]
    done = subprocess.run(argv, capture_output=True, input=b"x")
    say("all", [done.returncode, text(done.stdout), text(done.stderr)])


@case
def output_of_a_grandchild():
    # The end of file comes when the last copy of the end is closed, not when the program ends.
    argv = SH + ["(sleep 0.2; echo late) & echo early"]
    say("output", text(subprocess.check_output(argv)))


main()
