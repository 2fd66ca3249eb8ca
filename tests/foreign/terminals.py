#!/usr/bin/env python3
"""mpviz in terminals that no one here wrote: tmux, and xterm on a screen of its own (Xvfb).

    tests/foreign/terminals.py [--short] [--program FILE]

In each a shell starts mpviz as anybody would. It is used, resized, quit, ended by signals, stopped
and continued, and it panics; after each the terminal is what it was before. What it is is asked of the
terminal itself, by the shell's next command: its modes, margins, pen and cursor, and what `stty` has;
of tmux also what tmux says. What a terminal shows is read from it, too. `--short` has tmux alone, and
nothing that takes long. Needs tmux; without `--short` also xterm, Xvfb, xdotool and cargo.
"""

import argparse
import json
import os
import pathlib
import re
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# How long what must come is waited for.
PATIENCE = 30
# Cursor keys, origin, wrap, cursor blinking and seen, other screens, keypad, mouse reports in every
# form, focus reports, paste, synchronized output.
MODES = [1, 6, 7, 12, 25, 47, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1049, 2004, 2026]
# What tmux knows of a pane.
FLAGS = """alternate_on cursor_flag insert_flag keypad_cursor_flag keypad_flag mouse_all_flag mouse_any_flag
    mouse_button_flag mouse_sgr_flag mouse_standard_flag mouse_utf8_flag origin_flag wrap_flag
    scroll_region_lower scroll_region_upper pane_dead pane_in_mode""".split()


def ask(path):
    """Asks the terminal that stdin is what state it is in, and writes that into a file."""
    fd = sys.stdin.fileno()
    modes = termios.tcgetattr(fd)
    queries = "".join(f"\x1b[?{mode}$p" for mode in MODES)
    # The pen, the cursor's look, the margins.
    queries += "\x1bP$qm\x1b\\\x1bP$q q\x1b\\\x1bP$qr\x1b\\"
    tty.setraw(fd)
    answers = b""
    try:
        # It answers this one in any case, and last.
        os.write(1, queries.encode() + b"\x1b[5n")
        while not answers.endswith(b"\x1b[0n"):
            if not select.select([fd], [], [], PATIENCE)[0]:
                break
            answers += os.read(fd, 4096)
    finally:
        termios.tcsetattr(fd, termios.TCSANOW, modes)
    state = {"stty": repr(modes), "answers": re.findall(r"\x1b(?:\[|P)[^\x1b]*", answers.decode())}
    temporary = f"{path}.part"
    with open(temporary, "w") as file:
        json.dump(state, file)
    os.rename(temporary, path)


class Terminal:
    """A terminal with a shell in it. What differs between terminals is in the classes below."""

    SHELL = ["bash", "--norc", "--noprofile", "-i"]

    def __init__(self, folder):
        self.folder = folder
        self.asked = 0
        self.tag = f"{os.getpid()}-{type(self).__name__}"
        self.environment = dict(
            os.environ, PS1="% ", LANG="C.UTF-8", RUST_BACKTRACE="0", HISTFILE="",
            MPVIZ_TEST_TAG=self.tag, HOME=str(folder),
        )
        for name in ["NO_COLOR", "COLORTERM", "COLORFGBG", "LC_ALL", "LC_CTYPE", "TMUX"]:
            self.environment.pop(name, None)

    def until(self, what, is_so):
        """Waits until the screen is so, and returns it."""
        end = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            if is_so(screen):
                return screen
            if time.monotonic() > end:
                raise SystemExit(f"{self}: waited in vain for {what}; the screen is\n{screen}")
            time.sleep(0.05)

    def until_text(self, *texts):
        return self.until(texts, lambda screen: all(text in screen for text in texts))

    def until_prompt(self):
        """Waits until the shell waits for a command, and for nothing else."""
        return self.until("the prompt", lambda screen: screen.rstrip().split("\n")[-1] == "%")

    def command(self, *words):
        self.type(shlex.join(map(str, words)))
        self.key("Enter")

    def state(self):
        """Asks for the state of the terminal, by a command in it."""
        self.asked += 1
        path = self.folder / f"{self}-{self.asked}.json"
        self.command(sys.executable, HERE / "terminals.py", "--ask", path)
        end = time.monotonic() + PATIENCE
        while not path.exists():
            if time.monotonic() > end:
                raise SystemExit(f"{self}: the shell ran no command:\n{self.screen()}")
            time.sleep(0.02)
        self.until_prompt()
        return {**json.loads(path.read_text()), **self.flags()}

    def flags(self):
        return {}

    def check(self, what, before, keeps=True):
        """Checks that the terminal is as before, what stood there too if it `keeps` that, and that
        nothing was typed."""
        screen = self.until_prompt()
        if "[0n" in screen or keeps and "as it was" not in screen:
            raise SystemExit(f"{self}: after {what} the screen is\n{screen}")
        after = self.state()
        for key in before:
            if after[key] != before[key]:
                raise SystemExit(f"{self}: {what} left {key} as {after[key]}, it was {before[key]}")
        self.command("clear")
        self.until("a clear screen", lambda screen: screen.strip() == "%")
        self.command("echo", "as it was")
        self.until_prompt()
        print(f"  {self}: {what}: as before", flush=True)

    def mpviz(self):
        """Returns the pid of the mpviz that runs, not of its supervisor or keeper."""
        end = time.monotonic() + PATIENCE
        while True:
            for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    words = (stat.parent / "environ").read_bytes().split(b"\0")
                    parent = int(stat.read_text().rpartition(")")[2].split()[1])
                    of_parent = pathlib.Path(f"/proc/{parent}/comm").read_text().strip()
                    name = (stat.parent / "comm").read_text()
                except (OSError, ValueError, IndexError):
                    continue
                is_ours = f"MPVIZ_TEST_TAG={self.tag}".encode() in words
                is_first = not re.match("mpviz|panics|exe", of_parent)
                if is_ours and is_first and re.match("mpviz|panics", name):
                    return int(stat.parent.name)
            if time.monotonic() > end:
                raise SystemExit(f"{self}: no mpviz runs")
            time.sleep(0.02)

    def __str__(self):
        return type(self).__name__.lower()


class Tmux(Terminal):
    """A pane of a tmux server of its own."""

    KEYS = {"Escape": "Escape", "ctrl+z": "C-z"}

    def __enter__(self):
        self.socket = self.folder / "tmux"
        settings = self.folder / "tmux.conf"
        settings.write_text('set -g default-terminal tmux-256color\n')
        self.tmux("-f", settings, "new-session", "-d", "-x", 120, "-y", 36, *self.SHELL)
        self.until_prompt()
        return self

    def __exit__(self, *_):
        self.tmux("kill-server")

    def tmux(self, *words):
        argv = ["tmux", "-S", self.socket, *words]
        done = subprocess.run(
            list(map(str, argv)), env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def key(self, name):
        self.tmux("send-keys", self.KEYS.get(name, name))

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", columns, "-y", rows)

    def flags(self):
        format = " ".join(f"{flag}=#{{{flag}}}" for flag in FLAGS)
        said = self.tmux("display-message", "-p", format)
        return dict(word.split("=") for word in said.split())

    def click(self, column, row, button=0):
        """Tells the pane of a click as tmux does, which makes none by itself, and only if it would."""
        flags = self.flags()
        if [flags["mouse_button_flag"], flags["mouse_sgr_flag"]] != ["1", "1"]:
            raise SystemExit(f"tmux: the pane wants no clicks: {flags}")
        for end in "Mm":
            told = f"\x1b[<{button};{column + 1};{row + 1}{end}"
            self.tmux("send-keys", "-H", *[f"{byte:x}" for byte in told.encode()])

    def wheel(self, column, row):
        self.click(column, row, 64)


class Xterm(Terminal):
    """xterm, on an X server of its own."""

    KEYS = {"Enter": "Return"}

    def __enter__(self):
        # The server chooses a display that is free, and says which.
        reader, writer = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"],
            pass_fds=[writer], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as said:
            self.environment["DISPLAY"] = f":{said.readline().strip()}"
        self.shots = self.folder / "xterm-shots"
        self.shots.mkdir()
        resources = [
            "*printFileImmediate: " + str(self.shots / "shot"),
            "*VT100.translations: #override <Key>F12: print-immediate()",
            "*printAttributes: 0", "*allowWindowOps: false", "*utf8: 2", "*saveLines: 0",
        ]
        options = [word for resource in resources for word in ("-xrm", "XTerm" + resource)]
        self.emulator = subprocess.Popen(
            ["xterm", "-geometry", "120x36+0+0", *options, "-e", *self.SHELL],
            env=self.environment, cwd=self.folder,
        )
        window = self.x("search", "--sync", "--onlyvisible", "--class", "xterm").split()[-1]
        self.window = window
        # Without a window manager the keys are of whoever is below the pointer.
        self.x("mousemove", "--window", window, 200, 200)
        self.until_prompt()
        return self

    def __exit__(self, *_):
        for process in [self.emulator, self.server]:
            process.terminate()
            process.wait()

    def x(self, *words):
        argv = ["xdotool", *map(str, words)]
        done = subprocess.run(
            argv, env=self.environment, check=True, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.stdout

    def screen(self):
        """Has xterm write what it shows."""
        self.x("key", "F12")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for path in self.shots.iterdir():
                text = path.read_text(errors="replace")
                # Its last line is written last.
                if text.endswith("\n"):
                    path.unlink()
                    return text
            time.sleep(0.02)
        raise SystemExit("xterm: it writes no picture of itself")

    def type(self, text):
        self.x("type", "--delay", 1, text)

    def key(self, name):
        self.x("key", self.KEYS.get(name, name))

    def resize(self, columns, rows):
        self.x("windowsize", "--usehints", self.window, columns, rows)

    def click(self, column, row):
        self.point(column, row, 1)

    def wheel(self, column, row):
        self.point(column, row, 4)

    def point(self, column, row, button):
        size = self.x("getwindowgeometry", "--shell", self.window)
        size = dict(line.split("=") for line in size.split())
        # It has 120x36 cells then, and a narrow border.
        across, down = (int(size[name]) - 4 for name in ["WIDTH", "HEIGHT"])
        x, y = 2 + (column + 0.5) * across // 120, 2 + (row + 0.5) * down // 36
        self.x("mousemove", "--window", self.window, int(x), int(y), "click", button)


def use(terminal, program):
    """Starts mpviz, uses it as a newcomer would, at several sizes, and quits it."""
    terminal.command(program)
    terminal.until_text("real processes, made visible", "─ fork ─")
    terminal.key("Down")
    terminal.until_text("─ process ─")
    terminal.key("Enter")
    terminal.until_text("MainProcess", "■ ended")
    terminal.type("?")
    terminal.until_text("freezes the view")
    terminal.key("Escape")
    terminal.until("no help", lambda screen: "freezes the view" not in screen)
    terminal.click(10, 4)
    terminal.wheel(10, 4)
    terminal.type(" ")
    terminal.type(" ")
    terminal.type("q")


def resize(terminal, program):
    """Shows an ended run at several sizes, and quits it."""
    terminal.command(program, "process", "--pace", "23")
    terminal.until_text("MainProcess", "■ ended")
    for columns, rows in [(80, 24), (50, 10), (60, 16), (120, 36)]:
        terminal.resize(columns, rows)
        texts = ["mpviz needs 60x16"] if columns < 60 else ["■ ended", "MainProcess", "quit"]
        terminal.until(f"{texts} on {columns}x{rows}", lambda screen: fits(screen, columns, rows, texts))
    terminal.type("q")


def fits(screen, columns, rows, texts):
    """Whether a screen has some texts, and is no larger than it may be."""
    lines = [line.rstrip() for line in screen.rstrip("\n").split("\n")]
    is_small = len(lines) <= rows and max(map(len, lines)) <= columns
    return is_small and all(text in screen for text in texts)


def run_long(terminal, *program):
    """Starts a run that lasts half a minute."""
    terminal.command(*program, "pipe", "--pace", "0.2")
    terminal.until_text("● live", "rev: url0")


def stop(terminal, program, before):
    """Stops mpviz where a click selects, and lets it go on: a click selects again."""
    terminal.command(program)
    terminal.until_text("─ fork ─")
    click_on(terminal, "queue")
    terminal.key("ctrl+z")
    terminal.until_text("Stopped")
    terminal.check("stopping the picker", before)
    terminal.command("fg")
    terminal.until_text("─ queue ─")
    click_on(terminal, "pool")
    terminal.type("q")
    terminal.check("continuing and quitting the picker", before)


def click_on(terminal, name):
    """Clicks on a scenario in the list of the picker."""
    lines = terminal.screen().split("\n")
    row = next(row for row, line in enumerate(lines) if line.split()[:1] == [name])
    terminal.click(lines[row].index(name), row)
    terminal.until_text(f"─ {name} ─")


def kill(terminal, program, before, times):
    """Kills mpviz so that it can do nothing any more, while a shell waits for it."""
    for number in range(times):
        run_long(terminal, program)
        stand_still(terminal)
        os.kill(terminal.mpviz(), signal.SIGKILL)
        # A prompt may come first, on mpviz's screen.
        terminal.until_text("as it was")
        terminal.check(f"SIGKILL {number + 1}", before)
    # By no shell that knows of jobs. Until the key nothing but the supervisor touches the terminal.
    shell = shlex.join(terminal.SHELL)
    script = f'"$0" "$@"; read line; exec {shell}'
    run_long(terminal, "exec", "sh", "-c", script, program)
    stand_still(terminal)
    os.kill(terminal.mpviz(), signal.SIGKILL)
    terminal.until_text("as it was")
    terminal.key("Enter")
    terminal.check("SIGKILL without a shell", before)


def stand_still(terminal):
    """Freezes the view, so that no answer of the terminal is under way: who reads that one when
    mpviz is gone is the shell."""
    terminal.type(" ")
    terminal.until_text("FROZEN")


def prove(terminal, program, panics):
    """Does everything to mpviz that it must come back from."""
    terminal.command("echo", "as it was")
    terminal.until_prompt()
    before = terminal.state()
    print(f"  {terminal}: {len(before['answers'])} answers, {len(terminal.flags())} flags", flush=True)
    use(terminal, program)
    terminal.check("using and quitting", before)

    # A terminal that was small for a while may have lost its upper lines.
    resize(terminal, program)
    terminal.check("resizing", before, keeps=False)

    run_long(terminal, program)
    terminal.type("q")
    terminal.check("quitting while a program runs", before)

    run_long(terminal, program)
    terminal.key("ctrl+z")
    terminal.until_text("Stopped")
    terminal.check("stopping", before)
    terminal.command("fg")
    terminal.until_text("● live", "MainProcess")
    terminal.type("q")
    terminal.check("continuing and quitting", before)

    stop(terminal, program, before)

    kill(terminal, program, before, 4 if panics is None else 12)
    signals = [signal.SIGTERM] if panics is None else [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
    for number in signals:
        run_long(terminal, program)
        os.kill(terminal.mpviz(), number)
        terminal.check(number.name, before)

    if panics is not None:
        terminal.command(panics, "live")
        terminal.until_text("● live", "rev: url0")
        os.kill(terminal.mpviz(), signal.SIGUSR1)
        terminal.until_text("as told")
        terminal.check("a panic", before)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true")
    options.add_argument("--program", type=pathlib.Path, default=ROOT / "target/release/mpviz")
    options.add_argument("--ask")
    options = options.parse_args()
    if options.ask:
        return ask(options.ask)
    program = options.program.resolve()
    panics = None if options.short else panicking()
    for kind in [Tmux] if options.short else [Tmux, Xterm]:
        with tempfile.TemporaryDirectory(prefix="mpviz-terminals-") as folder:
            with kind(pathlib.Path(folder)) as terminal:
                prove(terminal, program, panics)
    print("terminals: all as before")


def panicking():
    """Returns the program of the tests that is mpviz with a thread that panics when told to."""
    argv = ["cargo", "test", "--locked", "--test", "panics", "--no-run", "--message-format=json"]
    built = subprocess.run(argv, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    lines = map(json.loads, built.stdout.splitlines())
    # mpviz itself is built with it, before or after.
    built = [line for line in lines if line.get("executable")]
    return pathlib.Path(next(line["executable"] for line in built if line["target"]["name"] == "panics"))


if __name__ == "__main__":
    main()
