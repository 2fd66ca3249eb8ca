#!/usr/bin/env python3
"""Makes the two fonts of this folder from JetBrains Mono: README.md says how and why."""

import sys
from array import array
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphCoordinates
from fontTools.ttLib.tables.ttProgram import Program

# What the screen draws beside geometry, and what names of programs are likely to be written in.
CHARACTERS = [
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin-1, Latin Extended-A
    (0x386, 0x3CE),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x2010, 0x2040),  # dashes, quotes, ellipsis
    (0x20AC, 0x20AC),  # euro
    (0x2122, 0x2122),  # trade mark
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x226F),  # mathematical operators
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2713, 0x2713),  # check
    (0x2717, 0x2717),  # cross
    (0xFFFD, 0xFFFD),  # replacement character
]


def contours(font, name):
    """Returns a simple glyph's contours: each a list of (x, y, is on the curve)."""
    glyph = font["glyf"][name]
    points, ends, flags = glyph.getCoordinates(font["glyf"])
    begin, all_of_them = 0, []
    for end in ends:
        all_of_them.append(
            [(x, y, bool(on & 1)) for (x, y), on in zip(points[begin : end + 1], flags[begin : end + 1])]
        )
        begin = end + 1
    return all_of_them


def box(left, bottom, right, top):
    """Returns the contour of a filled rectangle."""
    return [(left, bottom, True), (left, top, True), (right, top, True), (right, bottom, True)]


def add(font, character, name, drawn):
    """Adds a glyph of one cell."""
    glyph = Glyph()
    glyph.numberOfContours = len(drawn)
    glyph.coordinates = GlyphCoordinates([(x, y) for contour in drawn for x, y, _ in contour])
    glyph.flags = array("B", [int(on) for contour in drawn for _, _, on in contour])
    glyph.endPtsOfContours = []
    count = 0
    for contour in drawn:
        count += len(contour)
        glyph.endPtsOfContours.append(count - 1)
    glyph.program = Program()
    glyph.program.fromBytecode(b"")
    glyph.recalcBounds(font["glyf"])
    font["glyf"][name] = glyph
    font["hmtx"][name] = (600, glyph.xMin)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[ord(character)] = name


def draw_missing(font):
    """Draws what JetBrains Mono lacks, of its own parts."""
    known = font.getBestCmap()
    (disc,) = contours(font, known[ord("●")])
    hole = [(300 + (x - 300) * 0.78, 360 + (y - 360) * 0.78, on) for x, y, on in reversed(disc)]
    add(font, "○", "ring", [disc, [(round(x), round(y), on) for x, y, on in hole]])
    (arrow,) = contours(font, known[ord("↑")])
    head = [(x, 400 if y == 0 else y, on) for x, y, on in arrow]
    add(font, "⇡", "dashedup", [head, box(255, 200, 345, 320), box(255, 0, 345, 120)])
    add(font, "▮", "bar", [box(190, 0, 410, 730)])


def keep_in_cells(font):
    """Squeezes signs that reach over their cell: what stands beside them may be painted later."""
    for code, name in font.getBestCmap().items():
        glyph = font["glyf"][name]
        # Letters meet letters, and marks are parts of them.
        if code < 0x2010 or glyph.numberOfContours < 1:
            continue
        left, right = glyph.xMin, glyph.xMax
        if left >= 0 and right <= 600:
            continue
        to_left, to_right = max(left, 0), min(right, 600)
        scale = (to_right - to_left) / (right - left)
        for at, (x, y) in enumerate(glyph.coordinates):
            glyph.coordinates[at] = (round(to_left + (x - left) * scale), y)
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (600, glyph.xMin)


def make(source, target):
    """Writes the subset of one font."""
    font = TTFont(source, recalcTimestamp=False)
    draw_missing(font)
    keep_in_cells(font)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "STAT", "DSIG", "gasp"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in CHARACTERS for c in range(first, last + 1)])
    subsetter.subset(font)
    # It is a changed font: it goes by a name of its own.
    for record in font["name"].names:
        if record.nameID == 1:
            record.string = "mpviz mono"
    # One table of characters, of the form that every reader knows.
    font["cmap"].tables = [
        table for table in font["cmap"].tables if (table.platformID, table.platEncID) == (3, 1)
    ]
    font.save(target)
    print(f"{target}: {Path(target).stat().st_size} bytes, {len(font.getBestCmap())} characters")


folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype/jetbrains-mono")
here = Path(__file__).parent
make(folder / "JetBrainsMono-Regular.ttf", here / "regular.ttf")
make(folder / "JetBrainsMono-Bold.ttf", here / "bold.ttf")
