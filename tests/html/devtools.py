"""A small DevTools client for headless Chromium, over its pipe: no port, no package."""

import base64
import json
import os
import shutil
import subprocess
import tempfile


class Chromium:
    """A browser with one page."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="mpviz-chromium-")
        theirs_in, self.out = os.pipe()
        self.answers, theirs_out = os.pipe()
        flags = ["--headless=new", "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu", "--hide-scrollbars",
                 "--force-color-profile=srgb", "--disable-lcd-text", f"--user-data-dir={self.profile}"]
        # It reads from descriptor 3 and writes to 4; `sh` puts them there.
        command = f'exec chromium "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self.process = subprocess.Popen(["bash", "-c", command, "chromium", *flags, "about:blank"],
                                        pass_fds=(theirs_in, theirs_out), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.calls, self.rest, self.events, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session = None
        try:
            self.call("Browser.close")
            self.process.wait(20)
        except (EOFError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _read(self):
        while b"\0" not in self.rest:
            got = os.read(self.answers, 1 << 20)
            if not got:
                raise EOFError("chromium has gone")
            self.rest += got
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **params):
        """Calls a method and returns its result."""
        self.calls += 1
        message = {"id": self.calls, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        while True:
            got = self._read()
            if got.get("id") == self.calls:
                if "error" in got:
                    raise RuntimeError(f"{method}: {got['error']}")
                return got["result"]
            self.events.append(got)

    def wait(self, method):
        """Waits for an event."""
        while True:
            for at, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(at)
            self.events.append(self._read())

    def open(self, url):
        """Opens a page and waits until it is loaded. Events are those since then."""
        self.call("Page.navigate", url="about:blank")
        self.wait("Page.loadEventFired")
        self.events.clear()
        self.call("Page.navigate", url=url)
        self.wait("Page.loadEventFired")
        self.js("document.fonts ? document.fonts.ready.then(() => 0) : 0")

    def js(self, text):
        """Evaluates an expression in the page; waits for a promise."""
        got = self.call("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in got:
            raise RuntimeError(f"{text[:200]}: {got['exceptionDetails']}")
        return got["result"].get("value")

    def press(self, key, shift=False):
        """Presses a key."""
        params = {"key": key, "modifiers": 8 if shift else 0}
        if len(key) == 1:
            params["text"] = key
        self.call("Input.dispatchKeyEvent", type="keyDown", **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def size(self, width, height, scale=1, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                  mobile=mobile)

    def prefer(self, **features):
        """Says what the reader prefers: `color_scheme="light"`."""
        features = [{"name": "prefers-" + name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self, clip=None):
        """Returns what is seen, as PNG."""
        params = {"clip": {**clip, "scale": 1}} if clip else {}
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", **params)["data"])
