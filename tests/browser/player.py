#!/usr/bin/env python3
"""Proves a page with a player in Debian's Chromium: `player.py FOLDER AXE`.

FOLDER has `page.html` and, for the moments in `moments.json`, stills of both themes; AXE is axe-core's script.
"""

import json
import sys
import time
from pathlib import Path

from chromium import Browser, BrowserError, differing

WIDE = 1300, 1000


def asked(page):
    """Returns what a page asked for beside itself."""
    own = page.evaluate("location.href.split('#')[0]")
    return [url for url in page.requests if url.split("#")[0] != own and not url.startswith("data:")]


def position(page):
    return page.evaluate("+document.getElementById('seek').value")


def is_playing(page):
    return page.evaluate("document.body.classList.contains('playing')")


def same_pictures(browser, folder, film):
    """At each moment the page's picture is the still one, in both themes."""
    told = json.loads((folder / "moments.json").read_text())
    size = told["width"], told["height"]
    for scheme in ("dark", "light"):
        for at in told["moments"]:
            page = browser.open(f"{film}#t={at}", size, media={"scheme": scheme})
            page.press("z")
            box = json.loads(page.evaluate("JSON.stringify(picture.getBoundingClientRect())"))
            full = round(box["width"]), round(box["height"])
            assert full == size, f"full size is {full}"
            # On whole pixels from the corner on, as a still one is.
            page.evaluate("stage.style.cssText = 'position:fixed;inset:0;z-index:9;max-height:none;border:0;border-radius:0'")
            ours = page.screenshot()
            page.close()
            page = browser.open(folder / f"{at}-{scheme}.svg", size, media={"scheme": scheme})
            still = page.screenshot()
            page.close()
            count, first = differing(ours, still)
            if count:
                (folder / f"{at}-{scheme}-page.png").write_bytes(ours)
                (folder / f"{at}-{scheme}-still.png").write_bytes(still)
            assert count == 0, f"{count} pixels differ at {at} s on {scheme}, first {first}: see {folder}"
        print(f"{len(told['moments'])} moments on {scheme}: no pixel differs from the still picture")


def keyboard(browser, film):
    """Every key does what the page says."""
    page = browser.open(f"{film}#t=1", WIDE)
    length = page.evaluate("+document.getElementById('seek').max")
    assert not is_playing(page) and position(page) == 1000
    cases = [
        ("ArrowRight", 6000), ("ArrowLeft", 1000), ("End", length), ("Home", 0),
        *[(str(n), round(length * n / 10)) for n in range(10)],
    ]
    for key, expected in cases:
        page.press(key)
        got = position(page)
        # A range has steps of 10 ms.
        assert abs(got - min(expected, length)) <= 10, f"{key}: {got}, not {expected}"
    page.press("Home")
    marks = page.evaluate("[...document.querySelectorAll('#marks a')].map(a => +a.hash.slice(3) * 1000)")
    for mark in marks:
        page.press("m")
        assert abs(position(page) - mark) <= 10, f"m: {position(page)}, not {mark}"
    page.press("M", ["Shift"])
    assert position(page) < marks[-1] or len(marks) == 1
    page.press("Home")
    before = page.evaluate("document.querySelector('#picture').textContent")
    page.press(".")
    after = position(page)
    assert after > 0
    page.press(",")
    assert position(page) < after and page.evaluate("document.querySelector('#picture').textContent") == before
    page.press("n")
    page.press("n")
    line = page.evaluate("document.querySelector('#transcript [aria-current] a').hash")
    assert line, "no line is marked"
    page.press("p")
    assert page.evaluate("document.querySelector('#transcript [aria-current] a').hash") != line
    speed = "document.getElementById('speed').value"
    page.press(">", ["Shift"])
    assert page.evaluate(speed) == "1.5", page.evaluate(speed)
    page.press("<", ["Shift"])
    page.press("<", ["Shift"])
    assert page.evaluate(speed) == "0.5", page.evaluate(speed)
    page.press("?", ["Shift"])
    assert page.evaluate("document.getElementById('help').open")
    page.press("?", ["Shift"])
    assert not page.evaluate("document.getElementById('help').open")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    first = page.evaluate(ground)
    page.press("t")
    assert page.evaluate(ground) != first
    page.press("t")
    assert page.evaluate(ground) == first
    page.press("9")
    page.press(" ")
    assert is_playing(page)
    page.press(" ")
    assert not is_playing(page) and position(page) >= length * 0.9 - 10
    # It plays to its end, and from its begin again.
    page.evaluate("document.getElementById('speed').value = '8'")
    page.press(" ")
    ended = "new Promise(done => { const look = () => document.body.classList.contains('playing') ? " \
            "requestAnimationFrame(look) : done(document.getElementById('seek').value); look(); })"
    assert abs(float(page.evaluate(ended)) - length) <= 10
    page.press(" ")
    assert is_playing(page) and position(page) < length
    # Tab goes through the controls, and what has the focus is seen.
    page.close()
    page = browser.open(f"{film}#t=1", WIDE)
    names = []
    for _ in range(12):
        page.press("Tab")
        names.append(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert seen == "solid", f"{names[-1]}: {seen}"
    assert names[:8] == ["back", "play", "next", "seek", "speed", "theme", "zoom", "keys"], names
    assert not page.errors, page.errors
    page.close()
    print("keys: each does what it should")


def reduced_motion(browser, film):
    """Who asks for less motion has to start it, and gets a picture a second at most."""
    page = browser.open(film, WIDE, media={"reduced_motion": True})
    assert not is_playing(page) and position(page) == 0
    page.press(" ")
    changes = page.evaluate("new Promise(done => { let changes = 0; const seen = new MutationObserver(() => changes++);"
                            "seen.observe(document.getElementById('time'), {childList: true});"
                            "setTimeout(() => done(changes), 2500); })")
    assert 1 <= changes <= 4, f"{changes} changes in 2.5 s"
    page.close()
    page = browser.open(film, WIDE)
    assert is_playing(page), "it starts by itself"
    page.close()
    print(f"reduced motion: it waits to be started, and {changes} pictures came in 2.5 s")


def accessible(browser, film, axe):
    """axe-core finds nothing, and a phone need not scroll sideways."""
    tags = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    rules = json.dumps({"runOnly": {"type": "tag", "values": tags}})
    for scheme in ("dark", "light"):
        for size, scale in ((WIDE, 1), ((375, 800), 2)):
            for key in ("", "?", "z"):
                page = browser.open(f"{film}#t=2", size, scale, media={"scheme": scheme})
                if key:
                    page.press(key)
                page.evaluate(axe + ";0")
                found = page.evaluate(f"axe.run(document, {rules})")
                wrong = [(rule["id"], rule["help"], [node["html"][:200] for node in rule["nodes"][:3]])
                         for rule in found["violations"]]
                assert not wrong, f"{scheme} {size} {key}: {wrong}"
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{size}: {wide} pixels too wide"
                page.close()
    print(f"axe-core: nothing found ({len(found['passes'])} rules passed)")


def copied(browser, film):
    """What is copied from the picture keeps its rows; what is clicked in the transcript is jumped to."""
    page = browser.open(f"{film}#t=2", WIDE)
    text = page.evaluate("""(() => {
        const [first, second] = document.querySelectorAll('#picture > g:last-child > g');
        const last = second.querySelectorAll('text');
        getSelection().setBaseAndExtent(first.querySelector('text').firstChild, 0,
                                        last[last.length - 1].firstChild, 1);
        const event = new ClipboardEvent('copy', {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
        document.dispatchEvent(event);
        getSelection().empty();
        return event.clipboardData.getData('text/plain');
    })()""")
    lines = text.split("\n")
    assert len(lines) == 2 and "pool" in lines[0] and "processes" in lines[1], text
    expected = page.evaluate("""(() => {
        const item = document.querySelectorAll('#transcript li')[20];
        item.click();
        return parseFloat(item.querySelector('a').hash.slice(3)) * 1000;
    })()""")
    assert abs(position(page) - expected) <= 10, f"{position(page)}, not {expected}"
    assert page.evaluate("document.querySelectorAll('#transcript li')[20].ariaCurrent") == "true"
    assert not page.errors, page.errors
    page.close()
    print("copying keeps rows; a click on a line jumps to it")


def loading(browser, film):
    """Nothing is asked for from elsewhere, and the first picture comes within a second."""
    times = []
    for _ in range(5):
        page = browser.open(film, WIDE)
        painted = page.evaluate("new Promise(done => { const look = () => { const painted = "
                                "performance.getEntriesByName('first-contentful-paint')[0]; "
                                "painted ? done(painted.startTime) : requestAnimationFrame(look); }; look(); })")
        times.append((painted, page.load_seconds * 1000))
        assert not asked(page), asked(page)
        assert not page.errors, page.errors
        page.close()
    painted, loaded = sorted(times)[2]
    print(f"first picture after {painted:.0f} ms, all of it after {loaded:.0f} ms (median of 5)")
    assert painted <= 1000, times


def without_script(browser, film):
    """Without the script there are the first picture, the last and what is told."""
    page = browser.open("about:blank", WIDE)
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    page.call("Page.navigate", url=film)
    parts = "#picture text", "#end svg text", "#transcript li", "#controls[hidden]"
    found = {}
    end = time.monotonic() + 30
    while time.monotonic() < end and not (found and all(found.values())):
        try:
            root = page.call("DOM.getDocument")["root"]["nodeId"]
            found = {part: len(page.call("DOM.querySelectorAll", nodeId=root, selector=part)["nodeIds"])
                     for part in parts}
        except BrowserError:
            # The page is being put in the other's place.
            continue
    assert found and all(found.values()), found
    page.close()
    print("without the script: both pictures and the transcript are there, and no button that does nothing")


def main():
    folder, axe = Path(sys.argv[1]), Path(sys.argv[2]).read_text()
    film = (folder / "page.html").as_uri()
    with Browser() as browser:
        print(browser.version)
        loading(browser, film)
        same_pictures(browser, folder, film)
        keyboard(browser, film)
        copied(browser, film)
        reduced_motion(browser, film)
        accessible(browser, film, axe)
        without_script(browser, film)


main()
