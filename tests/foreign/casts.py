#!/usr/bin/env python3
"""Casts in programs that no one here wrote: `asciinema` plays and converts them, and its player in
Debian's Chromium shows the same text at chosen times and lists the marks.

    MPVIZ_TEST_CASTS=DIR cargo test --test casts
    tests/foreign/casts.py DIR

The tests keep each cast with what it is to show (`NAME.shown.json`). Needs `chromium`, `cargo` and
`npm`; what is fetched (asciinema's current release and the published package of its player) goes to
a temporary directory. With ASCIINEMA=PROGRAM and PLAYER=FOLDER what is there is used.
"""

import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "browser"))
from chromium import Browser  # noqa: E402

# What the player draws as geometry instead of text: lines, blocks, shades and a square.
GEOMETRY = {chr(c) for c in range(0x2500, 0x25A0)} | {"■"}
# The cells of every line of text that the player shows, by the places that it gives its parts.
READ = """
[...document.querySelectorAll('.ap-line')].map(line => {
  const cells = [];
  for (const part of line.children) {
    let at = Number(part.style.getPropertyValue('--offset'));
    for (const symbol of part.textContent) cells[at++] = symbol;
  }
  return Array.from(cells, symbol => symbol ?? ' ').join('');
})
"""


def asciinema(folder):
    """Returns asciinema's program."""
    if "ASCIINEMA" in os.environ:
        return os.environ["ASCIINEMA"]
    root = folder / "asciinema"
    run(["cargo", "install", "--quiet", "--locked", "asciinema", "--root", str(root)])
    return str(root / "bin" / "asciinema")


def player(folder):
    """Returns the folder of the player's published package."""
    if "PLAYER" in os.environ:
        return pathlib.Path(os.environ["PLAYER"])
    run(["npm", "pack", "--silent", "asciinema-player"], cwd=folder)
    (package,) = folder.glob("asciinema-player-*.tgz")
    run(["tar", "xzf", str(package)], cwd=folder)
    return folder / "package"


def run(command, **options):
    """Runs a command, and ends if it fails."""
    return subprocess.run(command, check=True, **options)


def events(path):
    """Returns a cast's lines after the first, with times since the begin in milliseconds."""
    header, *lines = path.read_text().splitlines()
    now, found = 0, []
    for line in lines:
        time, code, data = json.loads(line)
        ms = round(time * 1000)
        now = ms if json.loads(header)["version"] == 2 else now + ms
        found.append((now, code, data))
    return found


def check_converted(program, path, folder):
    """Converts a cast to both versions and to text: nothing is lost."""
    wanted = events(path)
    for version in ("asciicast-v2", "asciicast-v3"):
        out = folder / "converted.cast"
        run([program, "convert", "--overwrite", "-f", version, str(path), str(out)])
        assert events(out) == wanted, f"{path.name} as {version}"
    out = folder / "converted.txt"
    run([program, "convert", "--overwrite", "-f", "txt", str(path), str(out)])
    text = [line.rstrip() for line in out.read_text().splitlines()]
    shown = json.loads(path.with_suffix("").with_suffix(".shown.json").read_text())
    frame = [line.rstrip() for line in shown["frames"][-1][1]]
    while frame and not frame[-1]:
        frame.pop()
    assert text[-len(frame):] == frame, f"{path.name} as text:\n" + "\n".join(text)


def check_played(program, path):
    """Plays a cast on a terminal, as fast as it goes: the terminal is told all of it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(program, [program, "play", "--speed", "100000", str(path)])
    told = b""
    while True:
        try:
            read = os.read(terminal, 1 << 16)
        except OSError:
            break
        if not read:
            break
        told += read
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, f"{path.name}: {told[-200:]!r}"
    wanted = "".join(data for _, code, data in events(path) if code == "o")
    assert wanted in told.decode(), f"{path.name} was not played whole"


def text_of(row):
    """Returns a row of text without what is geometry, and without the room behind it."""
    return "".join(" " if symbol in GEOMETRY else symbol for symbol in row).rstrip()


def check_player(browser, package, path, folder):
    """Opens a cast in the player and looks at five of its frames, and at its marks."""
    shown = json.loads(path.with_suffix("").with_suffix(".shown.json").read_text())
    bundle = (package / "dist" / "bundle").as_uri()
    cast = json.dumps(path.read_text()).replace("</", "<\\/")
    place = folder / "player.html"
    place.write_text(
        f'<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{bundle}/asciinema-player.css">'
        f'<div id="p"></div><script src="{bundle}/asciinema-player.min.js"></script>'
        f'<script>var player = AsciinemaPlayer.create({{data: {cast}}}, document.getElementById("p"),'
        f'{{preload: true, controls: true, fit: false}});</script>'
    )
    page = browser.open(place, size=(1400, 900))
    page.wait_for("player.getDuration() > 0")
    length = page.evaluate("player.getDuration()")
    assert abs(length * 1000 - shown["length"]) < 2, f"{path.name} has {length} s"
    frames = shown["frames"]
    for number in sorted({len(frames) * part // 5 for part in range(5)} | {len(frames) - 1}):
        at, rows = frames[number]
        wanted = [text_of(row) for row in rows]
        page.evaluate(f"player.seek({(at + 1) / 1000})")
        try:
            page.wait_for(f"JSON.stringify({READ}.map(row => row.trimEnd()).length) !== '0'")
            until_same(page, wanted)
        except AssertionError as error:
            raise AssertionError(f"{path.name} at {at} ms: {error}") from None
    marks = page.evaluate("[...document.querySelectorAll('.ap-marker-container')].map(e => e.textContent)")
    assert len(marks) == len(shown["marks"]), f"{path.name}: {marks}"
    for mark, (_, name) in zip(marks, shown["marks"]):
        assert name in mark, f"{path.name}: {mark}"
    assert not page.errors, f"{path.name}: {page.errors}"
    page.close()


def until_same(page, wanted):
    """Waits until the player shows a text: it draws when the browser has time."""
    for _ in range(200):
        rows = [text_of(row) for row in page.evaluate(READ)]
        if rows == wanted:
            return
        page.evaluate("new Promise(done => requestAnimationFrame(() => done(true)))")
    wrong = next((pair for pair in zip(rows, wanted) if pair[0] != pair[1]), (len(rows), len(wanted)))
    raise AssertionError(f"shows {wrong[0]!r}\ninstead of {wrong[1]!r}")


def main():
    kept = pathlib.Path(sys.argv[1])
    casts = sorted(kept.glob("*.cast"))
    assert casts, f"no casts in {kept}"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        program, package = asciinema(folder), player(folder)
        for path in casts:
            check_converted(program, path, folder)
            check_played(program, path)
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        print(f"{len(casts)} casts are played and converted by {told.stdout.strip()}")
        with Browser() as browser:
            for path in casts:
                check_player(browser, package, path, folder)
            version = json.loads((package / "package.json").read_text())["version"]
            print(f"and shown by asciinema-player {version} in {browser.version}")


main()
