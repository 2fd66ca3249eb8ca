"""Debian's Chromium, without a window, driven by its DevTools protocol over a pipe.

Needs nothing but Python's standard library and `chromium` (`apt-get install chromium`).

    with Browser() as browser:
        page = browser.open("/tmp/film.svg", size=(900, 540))
        page.media(scheme="light", reduced_motion=True)
        page.seek(1.5)
        page.screenshot()          # PNG bytes
        page.evaluate("1 + 1")     # 2
        page.press("ArrowRight")
        page.errors, page.requests # what went wrong, and what it asked for

`differing(a, b)` says where two screenshots differ. A page has no network: every request that
is not for a file or for data is refused, and stands in `requests`.
"""

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

DEADLINE = 60.0

# Named keys: what the browser wants to know of them beside the name.
KEYS = {
    "Enter": (13, "\r"),
    "Escape": (27, ""),
    "Tab": (9, ""),
    " ": (32, " "),
    "ArrowLeft": (37, ""),
    "ArrowUp": (38, ""),
    "ArrowRight": (39, ""),
    "ArrowDown": (40, ""),
    "Home": (36, ""),
    "End": (35, ""),
    "PageUp": (33, ""),
    "PageDown": (34, ""),
}
MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}


class BrowserError(Exception):
    """The browser said no, or nothing."""


class Browser:
    """A browser of its own, with an empty profile."""

    def __init__(self, program="chromium"):
        found = shutil.which(program)
        if found is None:
            raise BrowserError(f"`{program}` is missing: apt-get install chromium")
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4; ours must not be these.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        os.close(to_browser)
        os.close(from_browser)

        def hand_over():
            os.dup2(ends[0], 3)
            os.dup2(ends[1], 4)

        arguments = [
            found, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--force-color-profile=srgb", "--force-device-scale-factor=1", "--mute-audio",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-extensions", "--disable-dev-shm-usage", "--disable-lcd-text",
            "--remote-debugging-pipe",
            f"--user-data-dir={self._profile.name}", "about:blank",
        ]
        self._process = subprocess.Popen(
            arguments, preexec_fn=hand_over, close_fds=False, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for end in ends:
            os.close(end)
        self._numbers = itertools.count(1)
        self._bytes = b""
        self._pages = {}
        self.version = self.call("Browser.getVersion")["product"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends it."""
        try:
            self.call("Browser.close")
        except (BrowserError, OSError):
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._profile.cleanup()

    def open(self, path, size=(900, 540), scale=1, media=None, wait=True):
        """Opens a file (or a URL) in a page of its own, and waits until all of it is there."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        self._pages[session] = page
        page.call("Page.enable")
        page.call("Runtime.enable")
        page.call("Log.enable")
        page.call("Network.enable")
        page.call("Fetch.enable", patterns=[{"urlPattern": "*"}])
        page.resize(size, scale)
        if media:
            page.media(**media)
        url = str(path)
        if "://" not in url and not url.startswith("data:"):
            url = pathlib.Path(url).resolve().as_uri()
        begun = time.monotonic()
        page.call("Page.navigate", url=url)
        if wait:
            page.wait_for("document.readyState === 'complete'")
            page.load_seconds = time.monotonic() - begun
            page.evaluate("document.fonts ? document.fonts.ready.then(() => true) : true")
        return page

    def call(self, method, session=None, **parameters):
        """Calls a method of the protocol and returns what it gives."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data):]
        end = time.monotonic() + DEADLINE
        while True:
            answer = self._next(end, method)
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']['message']}")
                return answer.get("result", {})
            self._hear(answer)

    def _next(self, end, method):
        while b"\0" not in self._bytes:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._in], [], [], left)[0]:
                raise BrowserError(f"{method}: no answer within {DEADLINE:.0f} s")
            got = os.read(self._in, 1 << 20)
            if not got:
                raise BrowserError(f"{method}: the browser has ended")
            self._bytes += got
        message, self._bytes = self._bytes.split(b"\0", 1)
        return json.loads(message)

    def _send(self, method, session, **parameters):
        """Calls a method whose answer nobody needs."""
        message = {"id": next(self._numbers), "method": method, "params": parameters, "sessionId": session}
        os.write(self._out, json.dumps(message).encode() + b"\0")

    def _hear(self, event):
        page = self._pages.get(event.get("sessionId"))
        if page is not None and "method" in event:
            page._hear(event["method"], event["params"])


class Page:
    """A page. `errors` holds what went wrong in it, `requests` every URL that it asked for."""

    def __init__(self, browser, session, target):
        self._browser, self._session, self._target = browser, session, target
        self.errors, self.requests, self.load_seconds = [], [], 0.0

    def close(self):
        """Closes it."""
        self._browser.call("Target.closeTarget", targetId=self._target)
        self._browser._pages.pop(self._session, None)

    def call(self, method, **parameters):
        """Calls a method of the protocol on this page."""
        return self._browser.call(method, session=self._session, **parameters)

    def resize(self, size, scale=1):
        """Sets the window's size, and how many of the screen's pixels one of the page's has."""
        self.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                  deviceScaleFactor=scale, mobile=False)

    def media(self, scheme="dark", reduced_motion=False):
        """Sets what the reader prefers."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"},
        ])

    def evaluate(self, expression):
        """Evaluates JavaScript, waits if it is a promise, and returns its value."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True,
                           returnByValue=True, userGesture=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            said = details.get("exception", {}).get("description") or details["text"]
            raise BrowserError(f"{expression}: {said}")
        return answer["result"].get("value")

    def wait_for(self, expression, seconds=DEADLINE):
        """Waits until an expression holds."""
        end = time.monotonic() + seconds
        while True:
            try:
                if self.evaluate(expression):
                    return
            except BrowserError as error:
                # The page is being put in the other's place.
                if "context" not in str(error):
                    raise
            if time.monotonic() > end:
                raise BrowserError(f"not within {seconds} s: {expression}")
            time.sleep(0.01)

    def seek(self, seconds):
        """Stops every animation at a moment: those of SVG, of CSS and of scripts."""
        self.evaluate(f"""new Promise(done => {{
            for (const svg of document.querySelectorAll('svg'))
                if (svg.ownerSVGElement === null) {{
                    svg.pauseAnimations();
                    svg.setCurrentTime({seconds});
                }}
            for (const animation of document.getAnimations()) {{
                animation.pause();
                animation.currentTime = {seconds * 1000};
            }}
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
        }})""")

    def screenshot(self):
        """Returns what is seen, as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        return base64.b64decode(shot["data"])

    def press(self, key, modifiers=()):
        """Presses a key by its name (`ArrowLeft`, `Enter`, `a`), with `Shift` and the like held."""
        held = sum(MODIFIERS[name] for name in modifiers)
        code, text = KEYS.get(key, (ord(key[0].upper()), key))
        about = {"key": key, "modifiers": held, "windowsVirtualKeyCode": code,
                 "code": key if len(key) > 1 else ("Space" if key == " " else "")}
        if text and not held & ~MODIFIERS["Shift"]:
            about["text"] = text
        self.call("Input.dispatchKeyEvent", type="keyDown" if "text" in about else "rawKeyDown", **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in about.items() if k != "text"})

    def click(self, x, y):
        """Clicks at a place of the window."""
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def _hear(self, method, said):
        if method == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(a.get("value", a.get("description"))) for a in said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] == "error":
            self.errors.append(said["entry"]["text"])
        elif method == "Fetch.requestPaused":
            url = said["request"]["url"]
            self.requests.append(url)
            is_here = url.startswith(("file:", "data:", "about:", "blob:"))
            if is_here:
                self._browser._send("Fetch.continueRequest", self._session, requestId=said["requestId"])
            else:
                self._browser._send("Fetch.failRequest", self._session, requestId=said["requestId"],
                                    errorReason="BlockedByClient")


def pixels(png):
    """Returns a PNG's width, height, bytes per pixel and rows of bytes; 8 bits, not interlaced."""
    if png[:8] != b"\x89PNG\r\n\x1a\n":
        raise BrowserError("no PNG")
    at, packed, head = 8, b"", None
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8: at + 8 + length]
        at += 12 + length
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    width, height, depth, colour, _, _, interlaced = head
    if depth != 8 or interlaced or colour not in (2, 6):
        raise BrowserError(f"a PNG of another kind: {head}")
    step = {2: 3, 6: 4}[colour]
    data, rows, above = zlib.decompress(packed), [], bytes(width * step)
    for y in range(height):
        begin = y * (width * step + 1)
        rows.append(above := _unfiltered(data[begin], data[begin + 1: begin + 1 + width * step], above, step))
    return width, height, step, rows


def _unfiltered(kind, row, above, step):
    row = bytearray(row)
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(row, above))
    for at in range(len(row) if kind else 0):
        left = row[at - step] if at >= step else 0
        up, corner = above[at], above[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            base = left + up - corner
            far = abs(base - left), abs(base - up), abs(base - corner)
            guess = (left, up, corner)[far.index(min(far))]
        row[at] = (row[at] + guess) & 255
    return bytes(row)


def differing(one, other):
    """Returns how many pixels of two PNGs differ, with the first as (x, y, its bytes in each)."""
    if one == other:
        return 0, None
    (width, height, step, rows), (*size, other_step, others) = pixels(one), pixels(other)
    if [width, height] != size or step != other_step:
        return max(width * height, size[0] * size[1]), (0, 0, (width, height), tuple(size))
    count, first = 0, None
    for y, (row, other_row) in enumerate(zip(rows, others)):
        if row == other_row:
            continue
        for x in range(width):
            a, b = row[x * step: (x + 1) * step], other_row[x * step: (x + 1) * step]
            if a != b:
                count += 1
                first = first or (x, y, tuple(a), tuple(b))
    return count, first
