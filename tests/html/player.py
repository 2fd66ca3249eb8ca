#!/usr/bin/env python3
"""Proves a page with a player in Debian's Chromium: `player.py FOLDER AXE`.

FOLDER has `page.html` and, for moments named in `moments.json`, stills of both themes; AXE is axe-core's script.
"""

import json
import struct
import sys
import time
import zlib
from pathlib import Path

from devtools import Chromium


def pixels(png):
    """Returns a PNG's width, height and rows."""
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at:at + 4])
        kind, body = png[at + 4:at + 8], png[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, _, colour = struct.unpack(">IIBB", body[:10])
            size = {2: 3, 6: 4}[colour]
        elif kind == b"IDAT":
            data += body
        at += length + 12
    data, rows, above = zlib.decompress(data), [], bytes(width * size)
    for y in range(height):
        line = bytearray(data[y * (width * size + 1) + 1:(y + 1) * (width * size + 1)])
        filtered = data[y * (width * size + 1)]
        for x, byte in enumerate(line):
            a = line[x - size] if x >= size else 0
            b, c = above[x], above[x - size] if x >= size else 0
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[x] = (byte + (0, a, b, (a + b) // 2, nearest)[filtered]) & 255
        above = bytes(line)
        rows.append([above[x:x + 3] for x in range(0, width * size, size)])
    return width, height, rows


def differing(one, other):
    """Returns how many pixels of two pictures differ."""
    if one == other:
        return 0
    (width, height, rows), (width2, height2, rows2) = pixels(one), pixels(other)
    assert (width, height) == (width2, height2), f"{width}x{height}, {width2}x{height2}"
    return sum(a != b for row, row2 in zip(rows, rows2) for a, b in zip(row, row2))


def requests(browser):
    """Returns what was asked for from elsewhere than the page itself."""
    asked = [event["params"]["request"]["url"] for event in browser.events
             if event.get("method") == "Network.requestWillBeSent"]
    return [url for url in asked if not url.startswith("data:") and not url.split("#")[0].endswith(".html")]


def faults(browser):
    """Returns what the page complained about."""
    kinds = ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
    return [event["params"] for event in browser.events if event.get("method") in kinds]


def position(browser):
    return browser.js("+document.getElementById('seek').value")


def is_playing(browser):
    return browser.js("document.body.classList.contains('playing')")


def same_pictures(browser, folder, page):
    """At each moment the page's picture is the still one, in both themes."""
    told = json.loads((folder / "moments.json").read_text())
    browser.size(told["width"] + 200, told["height"] + 400)
    for scheme in ("dark", "light"):
        browser.prefer(color_scheme=scheme)
        for at in told["moments"]:
            browser.open(f"{page}#t={at}")
            browser.press("z")
            browser.js("document.querySelector('#stage').style.cssText = 'max-height:none;border:0'")
            box = browser.js("JSON.stringify(document.querySelector('#picture').getBoundingClientRect())")
            box = json.loads(box)
            size = round(box["width"]), round(box["height"])
            assert size == (told["width"], told["height"]), f"full size is {size}"
            # On whole pixels, as a still one is.
            browser.js(f"document.querySelector('#stage').style.cssText += ';position:absolute;left:0;top:0;"
                       f"width:{told['width']}px;border-radius:0;z-index:9'")
            clip = {"x": 0, "y": 0, "width": told["width"], "height": told["height"]}
            ours = browser.picture(clip)
            browser.open(f"file://{folder}/{at}-{scheme}.svg")
            still = browser.picture(clip)
            count = differing(ours, still)
            if count:
                (folder / f"{at}-{scheme}-page.png").write_bytes(ours)
                (folder / f"{at}-{scheme}-still.png").write_bytes(still)
            assert count == 0, f"{count} pixels differ at {at} s on {scheme}: see {folder}"
        print(f"{len(told['moments'])} moments on {scheme}: no pixel differs from the still picture")


def keyboard(browser, page):
    """Every key does what the page says."""
    browser.open(f"{page}#t=1")
    length = browser.js("+document.getElementById('seek').max")
    assert not is_playing(browser) and position(browser) == 1000
    cases = [
        ("ArrowRight", 6000), ("ArrowLeft", 1000), ("End", length), ("Home", 0),
        *[(str(n), round(length * n / 10)) for n in range(10)],
    ]
    for key, expected in cases:
        browser.press(key)
        got = position(browser)
        # A range has steps of 10 ms.
        assert abs(got - min(expected, length)) <= 10, f"{key}: {got}, not {expected}"
    browser.press("Home")
    marks = browser.js("[...document.querySelectorAll('#marks a')].map(a => +a.hash.slice(3) * 1000)")
    for mark in marks:
        browser.press("m")
        assert abs(position(browser) - mark) <= 10, f"m: {position(browser)}, not {mark}"
    browser.press("M", shift=True)
    assert position(browser) < marks[-1] or len(marks) == 1
    browser.press("Home")
    before = browser.js("document.querySelector('#picture').textContent")
    browser.press(".")
    after = position(browser)
    assert after > 0
    browser.press(",")
    assert position(browser) < after and browser.js("document.querySelector('#picture').textContent") == before
    browser.press("n")
    browser.press("n")
    line = browser.js("document.querySelector('#transcript [aria-current] a').hash")
    assert line, "no line is marked"
    browser.press("p")
    assert browser.js("document.querySelector('#transcript [aria-current] a').hash") != line
    speed = "document.getElementById('speed').value"
    browser.press(">", shift=True)
    assert browser.js(speed) == "1.5", browser.js(speed)
    browser.press("<", shift=True)
    browser.press("<", shift=True)
    assert browser.js(speed) == "0.5", browser.js(speed)
    browser.press("?", shift=True)
    assert browser.js("document.getElementById('help').open")
    browser.press("?", shift=True)
    assert not browser.js("document.getElementById('help').open")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    first = browser.js(ground)
    browser.press("t")
    assert browser.js(ground) != first
    browser.press("t")
    assert browser.js(ground) == first
    browser.press("9")
    browser.press(" ")
    assert is_playing(browser)
    browser.press(" ")
    assert not is_playing(browser) and position(browser) >= length * 0.9 - 10
    # It plays to its end, and from its begin again.
    browser.js("document.getElementById('speed').value = '8'")
    browser.press(" ")
    ended = "new Promise(done => { const look = () => document.body.classList.contains('playing') ? " \
            "requestAnimationFrame(look) : done(document.getElementById('seek').value); look(); })"
    assert abs(float(browser.js(ended)) - length) <= 10
    browser.press(" ")
    assert is_playing(browser) and position(browser) < length
    # Tab goes through the controls, and what has the focus is seen.
    browser.open(f"{page}#t=1")
    names = []
    for _ in range(12):
        browser.press("Tab")
        names.append(browser.js("document.activeElement.id || document.activeElement.tagName"))
        seen = browser.js("getComputedStyle(document.activeElement).outlineStyle")
        assert seen == "solid", f"{names[-1]}: {seen}"
    assert names[:8] == ["back", "play", "next", "seek", "speed", "theme", "zoom", "keys"], names
    assert not faults(browser), faults(browser)
    print("keys: each does what it should")


def reduced_motion(browser, page):
    """Who asks for less motion has to start it, and gets a picture a second at most."""
    browser.prefer(reduced_motion="reduce")
    browser.open(page)
    assert not is_playing(browser) and position(browser) == 0
    count = "new Promise(done => { let changes = 0; const seen = new MutationObserver(() => changes++);" \
            "seen.observe(document.getElementById('time'), {childList: true});" \
            "setTimeout(() => done(changes), 2500); })"
    browser.press(" ")
    changes = browser.js(count)
    assert 1 <= changes <= 4, f"{changes} changes in 2.5 s"
    browser.prefer(reduced_motion="no-preference")
    browser.open(page)
    assert is_playing(browser), "it starts by itself"
    print(f"reduced motion: it waits to be started, and {changes} pictures came in 2.5 s")


def accessible(browser, page, axe):
    """axe-core finds nothing."""
    for scheme in ("dark", "light"):
        browser.prefer(color_scheme=scheme)
        for size in ((1300, 1000, 1, False), (375, 800, 2, True)):
            for keys in ("", "?", "z"):
                browser.size(*size)
                browser.open(f"{page}#t=2")
                if keys:
                    browser.press(keys)
                browser.js(axe + ";0")
                tags = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
                found = browser.js(f"axe.run(document, {{runOnly: {{type: 'tag', values: {json.dumps(tags)}}}}})")
                wrong = [(rule["id"], rule["help"], [node["html"][:200] for node in rule["nodes"][:3]])
                         for rule in found["violations"]]
                assert not wrong, f"{scheme} {size} {keys}: {wrong}"
                wide = browser.js("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{size}: {wide} pixels too wide"
    print(f"axe-core: nothing found ({len(found['passes'])} rules passed)")


def loading(browser, page):
    """Nothing is asked for from elsewhere, and the first picture comes within a second."""
    browser.size(1300, 1000)
    times = []
    for _ in range(5):
        begun = time.monotonic()
        browser.open(page)
        painted = browser.js("new Promise(done => { const look = () => { const painted = "
                             "performance.getEntriesByName('first-contentful-paint')[0]; "
                             "painted ? done(painted.startTime) : requestAnimationFrame(look); }; look(); })")
        times.append((painted, (time.monotonic() - begun) * 1000))
        assert not requests(browser), requests(browser)
        assert not faults(browser), faults(browser)
    painted, loaded = sorted(times)[2]
    print(f"first picture after {painted:.0f} ms, with the harness {loaded:.0f} ms (medians of 5)")
    assert painted <= 1000, times


def without_script(browser, page):
    """Without the script there are the first picture, the last and what is told."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.call("Page.navigate", url=page)
    browser.wait("Page.loadEventFired")
    browser.call("DOM.enable")
    root = browser.call("DOM.getDocument")["root"]["nodeId"]
    for selector in ("#picture text", "#end svg text", "#transcript li"):
        found = browser.call("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"]
        assert len(found) > 5, f"{selector}: {len(found)}"
    hidden = browser.call("DOM.querySelectorAll", nodeId=root, selector="#controls[hidden]")["nodeIds"]
    assert hidden, "buttons that do nothing"
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    print("without the script: both pictures and the transcript are there")


def main():
    folder, axe = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
    page = f"file://{folder}/page.html"
    with Chromium() as browser:
        browser.prefer(color_scheme="dark")
        loading(browser, page)
        same_pictures(browser, folder, page)
        browser.size(1300, 1000)
        keyboard(browser, page)
        reduced_motion(browser, page)
        accessible(browser, page, axe)
        without_script(browser, page)


main()
