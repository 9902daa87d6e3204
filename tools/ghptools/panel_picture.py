"""Pictures of the front panel, made from the display's own memory (1024 bytes, 8 pages of 128 columns).

text(memory)            for a terminal: two pixels a character, Unicode half blocks
png(memory)             for a person: lit pixels on dark glass, with a bezel
cells(memory)           the text that stands in the 6x8 cells, read back with the panel's font
"""

import importlib
import struct
import sys
import zlib
from pathlib import Path

WIDTH, HEIGHT, PAGES = 128, 64, 8
_BLOCKS = " \u2580\u2584\u2588"  # nothing, upper, lower, full
_SIGNS = {
    "\x1a": "\u2191", "\x1b": "\u2193", "\x1c": "\u2190", "\x1d": "\u2192",
    "\x1e": "\u25b2", "\x1f": "\u2713", "\x7f": "\u00b0",
}  # fmt: skip
GLASS, PIXEL, DARK_PIXEL, BEZEL = (10, 14, 20), (190, 226, 255), (17, 23, 32), (40, 42, 46)


def _check(memory):
    if len(memory) != WIDTH * PAGES:
        raise ValueError(f"a picture needs {WIDTH * PAGES} bytes of display memory, not {len(memory)}")
    return bytes(memory)


def pixel(memory, x, y):
    """Return 1 when the pixel in column x, row y (0, 0 is top left) is lit."""
    return memory[(y >> 3) * WIDTH + x] >> (y & 7) & 1


def text(memory, *, border=False):
    """Return 32 lines of 128 half blocks; with `border` a box around them."""
    memory = _check(memory)
    lines = []
    for y in range(0, HEIGHT, 2):
        upper = [pixel(memory, x, y) for x in range(WIDTH)]
        lower = [pixel(memory, x, y + 1) for x in range(WIDTH)]
        lines.append("".join(_BLOCKS[a + 2 * b] for a, b in zip(upper, lower, strict=True)))
    if border:
        lines = ["\u250c" + "\u2500" * WIDTH + "\u2510", *["\u2502" + line + "\u2502" for line in lines],
                 "\u2514" + "\u2500" * WIDTH + "\u2518"]  # fmt: skip
    return "\n".join(lines)


def png(memory, *, scale=6, bezel=18):
    """Return a PNG file's bytes: every pixel `scale` square with a thin gap, the bezel `bezel` wide."""
    memory = _check(memory)
    width = WIDTH * scale + 2 * bezel
    side = bytes(BEZEL) * bezel
    gap = bytes(GLASS)
    rows = [bytes(BEZEL) * width] * (bezel - 2) + [bytes(BEZEL) * (bezel - 2) + gap * (width - 2 * bezel + 4)
                                                     + bytes(BEZEL) * (bezel - 2)] * 2  # fmt: skip
    glass_edge = bytes(BEZEL) * (bezel - 2) + gap * 2
    side = glass_edge
    for y in range(HEIGHT):
        line = bytearray(side)
        for x in range(WIDTH):
            color = bytes(PIXEL if pixel(memory, x, y) else DARK_PIXEL)
            line += color * (scale - 1) + gap
        line += gap * 2 + bytes(BEZEL) * (bezel - 2)
        rows += [bytes(line)] * (scale - 1)
        rows.append(bytes(side) + gap * (WIDTH * scale + 2) + bytes(BEZEL) * (bezel - 2))
    rows += rows[bezel - 2 : bezel] + rows[: bezel - 2]
    raw = b"".join(b"\0" + row for row in rows)
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(raw, 9)) + _chunk(b"IEND", b"")


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def save(memory, path):
    """Write the PNG to `path`; return the path."""
    path = Path(path)
    path.write_bytes(png(memory))
    return path


def _font():
    for folder in ("firmware", "tools/ghptools/virtual/cpython"):
        full = str(Path(__file__).resolve().parents[2] / folder)
        if full not in sys.path:
            sys.path.append(full)
    return importlib.import_module("ghp.panel.font")


def cells(memory, *, x=1, inverted=(0,)):
    """Return 8 lines of text: the cells from column `x` on read back with the panel's small font.

    Pages in `inverted` are dark on light.  A cell that is no glyph reads as '\u00b7'.
    """
    memory = _check(memory)
    small = _font().SMALL
    first = _font().FIRST
    titles, glyphs = {}, {}
    for at in range(0, len(small), 5):
        columns, character = small[at : at + 5], chr(first + at // 5)
        titles[bytes((value & 0x1F | value >> 1 & 0x20) << 1 for value in columns)] = character
        glyphs[bytes(value << 1 for value in columns)] = character  # one pixel below the page's top
    for at in range(0, len(small), 5):
        glyphs[small[at : at + 5]] = chr(first + at // 5)  # at the top
    lines = []
    for page in range(PAGES):
        columns = memory[page * WIDTH : (page + 1) * WIDTH]
        if page in inverted:
            columns = bytes(value ^ 0xFF for value in columns)
        found = []
        for at in range(x, WIDTH - 4, 6):
            character = (titles if page in inverted else glyphs).get(columns[at : at + 5], "\u00b7")
            found.append(_SIGNS.get(character, character))
        lines.append("".join(found).rstrip())
    return lines


def big_text(memory, *, x):
    """Return the big digits that stand on pages 1..3 from column `x`, as far as they are digits."""
    memory = _check(memory)
    font = _font()
    glyphs = {font.BIG[at : at + 36]: sign for at, sign in zip(range(0, 396, 36), font.BIG_CHARACTERS, strict=True)}
    found = ""
    while x + 12 <= WIDTH:
        pages = [memory[page * WIDTH + x : page * WIDTH + x + 12] for page in (1, 2, 3)]
        block = b"".join(pages)
        if pages[2][:3] == b"\x38\x38\x38" and not any(pages[0][:3] + pages[1][:3]):
            found += "."
            x += 6
            continue
        if block not in glyphs:
            break
        found += glyphs[block]
        x += 15
    return found
