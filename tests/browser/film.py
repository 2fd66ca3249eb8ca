"""Compares films with stills of their moments, in one browser, pixel by pixel.

Takes the folder that `tests/svg/browser.rs` fills: `cases.json` names the films and stills.
"""

import json
import pathlib
import sys
import time

from chromium import Browser, differing

folder = pathlib.Path(sys.argv[1])
wrong = []
compared = 0
slowest = 0.0


def same(what, one, other):
    """Notes whether two screenshots are the same."""
    global compared
    compared += 1
    count, first = differing(one, other)
    if count:
        wrong.append(f"{what}: {count} pixels differ, the first is {first}")


def nothing_asked(page, what):
    """Notes what a picture must not do: fail, or ask for anything but itself."""
    asked = [url for url in page.requests[1:] if not url.startswith("data:")]
    if page.errors or asked:
        wrong.append(f"{what}: {page.errors} {asked}")


def image_of(film):
    """Writes a page with a film as an image, and returns its path."""
    html = film.with_suffix(".html")
    html.write_text(
        '<!doctype html><meta name="color-scheme" content="dark light"><body style="margin:0">'
        f'<img src="{film.name}" style="display:block">'
    )
    return html


with Browser() as browser:
    for case in json.loads((folder / "cases.json").read_text()):
        film, size = folder / case["film"], case["size"]
        for scheme in ("dark", "light"):
            media = {"scheme": scheme}
            page = browser.open(film, size, media=media)
            slowest = max(slowest, page.load_seconds)
            stills = {}
            for still in case["stills"]:
                picture = browser.open(folder / still["file"], size, media=media)
                stills[still["file"]] = picture.screenshot()
                nothing_asked(picture, still["file"])
                picture.close()
            for still in case["stills"]:
                page.seek(still["at"])
                same(f"{film.name}, {scheme}, {still['at']} s", page.screenshot(), stills[still["file"]])
            # Backwards, too: nothing is left of what was shown before.
            for still in case["stills"][::-3]:
                page.seek(still["at"])
                same(f"{film.name}, {scheme}, back at {still['at']} s", page.screenshot(), stills[still["file"]])
            nothing_asked(page, film.name)
            page.close()
            last = stills[case["stills"][-1]["file"]]
            page = browser.open(film, size, media={"scheme": scheme, "reduced_motion": True})
            same(f"{film.name}, {scheme}, less motion", page.screenshot(), last)
            page.seek(case["stills"][0]["at"])
            same(f"{film.name}, {scheme}, less motion, at its begin", page.screenshot(), last)
            page.close()
            # As READMEs show it: an image, which runs by itself, in the page's theme.
            if film.stem == "short":
                page = browser.open(image_of(film), size, media=media)
                page.wait_for("document.images[0].complete && document.images[0].naturalWidth > 0")
                end = time.monotonic() + 20
                while differing(page.screenshot(), last)[0] and time.monotonic() < end:
                    time.sleep(0.1)
                same(f"{film.name}, {scheme}, as an image", page.screenshot(), last)
                if page.errors or len(page.requests) > 2:
                    wrong.append(f"{film.name} as an image: {page.errors} {page.requests}")
                page.close()
    print(f"{browser.version}: {compared} pictures compared, {len(wrong)} wrong; "
          f"{slowest:.2f} s to load at most")

for line in wrong:
    print(line)
sys.exit(1 if wrong else 0)
