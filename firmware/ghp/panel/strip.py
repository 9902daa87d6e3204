"""One page of the display, eight pixels high, drawn in memory: 128 columns, bit 0 the top pixel."""

from micropython import const

from ghp.panel import font

WIDTH = 128
TOP = 0  # text stands at the page's upper edge
LOWER = 1  # one pixel lower
TITLE = 2  # six pixels high, one free above and below: for dark on light
_CELL = const(6)
_BIG_CELL = const(15)
_POINT_CELL = const(6)


class Strip:
    """A page buffer and the few things the panel draws.  What does not fit is cut off at the edge.

    data   the 128 columns
    """

    def __init__(self):
        self.data = bytearray(WIDTH)

    def clear(self):
        """Blank the page."""
        data = self.data
        for x in range(WIDTH):
            data[x] = 0

    def text(self, x, text, form=LOWER):
        """Write `text` in the small font from column `x`; a character without a glyph shows as '?'."""
        data = self.data
        glyphs = font.SMALL
        for code in text.encode():
            if x + 5 > WIDTH:
                return
            if code < font.FIRST or code > 127:
                code = 63
            at = (code - font.FIRST) * 5
            for column in range(5):
                value = glyphs[at + column]
                if form == TITLE:  # without the sixth row of the glyph, which letters miss least
                    value = value & 0x1F | value >> 1 & 0x20
                data[x + column] = value << 1 if form else value
            x += _CELL

    def big(self, x, text, part):
        """Write page `part` (0 top, 1 middle, 2 bottom) of `text` in the big font: digits, '-', '.', space."""
        data = self.data
        glyphs = font.BIG
        for character in text:
            if character == ".":
                if part == 2:
                    for column in range(3):
                        data[x + column] = 0x38
                x += _POINT_CELL
                continue
            place = font.BIG_CHARACTERS.find(character)
            if x + 12 > WIDTH:
                return
            if place >= 0:
                at = (place * 3 + part) * 12
                for column in range(12):
                    data[x + column] = glyphs[at + column]
            x += _BIG_CELL

    def invert(self):
        """Turn the whole page over: dark on light."""
        data = self.data
        for x in range(WIDTH):
            data[x] ^= 0xFF

    def rule(self):
        """Draw a hair line along the page's lower edge."""
        data = self.data
        for x in range(WIDTH):
            data[x] |= 0x80

    def bar(self, x, boxes, filled):
        """Draw `boxes` boxes of 7 columns from `x`, the first `filled` of them solid."""
        data = self.data
        for box in range(boxes):
            solid = box < filled
            for column in range(6):
                edge = column == 0 or column == 5
                data[x + column] = 0x3E if solid or edge else 0x22
            x += 7


def big_width(text):
    """Return the columns that `text` takes in the big font."""
    return sum([_POINT_CELL if character == "." else _BIG_CELL for character in text]) - 3
