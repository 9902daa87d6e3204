"""SSD1309 128x64 display, one page of 128 bytes at a time [Solomon Systech SSD1309].

The whole picture takes 23 ms at 400 kHz, half a scan; one page takes 3 ms.
"""

from ghp.drivers.chip import Chip

_SETUP = bytes(
    (
        0x00,  # commands follow
        0xFD, 0x12,  # unlock
        0xAE,  # off while it is set up
        0xD5, 0xA0, 0xA8, 0x3F, 0xD3, 0x00, 0x40,  # clock, 64 rows, no offset
        0x20, 0x02,  # page addressing
        0xA1, 0xC8,  # column 0 left, row 0 on top
        0xDA, 0x12, 0x81, 0x8F, 0xD9, 0x25, 0xDB, 0x34,  # pins, contrast, precharge, VCOMH
        0xA4, 0xA6,  # show memory, not inverted
        0xAF,  # on
    )
)  # fmt: skip


class SSD1309(Chip):
    """pages     8
    setups    how often the chip was set up: when it grows, the memory is lost and every page must be shown
    """

    pages = 8

    def __init__(self, name, bus, address):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address
        self.setups = 0
        self._ready = False
        # Page, column low, column high as single commands, then data to the end.
        self._head = bytearray(b"\x80\xb0\x80\x00\x80\x10\x40")
        self._parts = [self._head, None]

    def show(self, page, data):
        """Send 128 bytes to `page` (0..7).  Returns True when the display took them.  Never raises."""
        if self._rest and self._resting():
            return False
        parts = self._parts
        try:
            if not self._ready:
                self._bus.writeto(self._address, _SETUP)
                self._ready = True
                self.setups += 1
            self._head[1] = 0xB0 | page
            parts[1] = data
            self._bus.writevto(self._address, parts)
        except OSError:
            self._ready = False
            self._missed()
            return False
        self._answered()
        return True
