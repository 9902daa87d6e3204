"""MCP23017 port expander: sixteen contacts, or sixteen relays with read-back [Microchip DS20001952]."""

from ghp.image import RAW_NO_ANSWER, RAW_OK
from ghp.drivers.chip import Chip
from micropython import const

_IODIRA = const(0x00)
_IOCON = const(0x0A)
_GPPUA = const(0x0C)
_GPIOA = const(0x12)
OLATA = const(0x14)

_ALL = b"\xff\xff"
_NONE = b"\x00\x00"


class Contacts(Chip):
    """Contacts behind optocouplers: a closed contact pulls its pin low.

    points  tuple of the index in image.digital for GPA0, GPA1, ... (-1: not used)
    """

    def __init__(self, name, bus, address, points, image):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address
        self._points = points
        self._levels = image.digital
        self._at = image.digital_at
        self._status = image.digital_status
        self._buffer = bytearray(2)
        self._ready = False

    def read(self, now_ms):
        """Read all contacts.  Never raises."""
        if self._rest and self._resting():
            return
        buffer = self._buffer
        try:
            if not self._ready:
                self._bus.writeto_mem(self._address, _IOCON, _NONE)
                self._bus.writeto_mem(self._address, _IODIRA, _ALL)
                self._bus.writeto_mem(self._address, _GPPUA, _ALL)
                self._ready = True
            # A chip that lost its supply has no pull-ups and would read all contacts as closed.
            self._bus.readfrom_mem_into(self._address, _GPPUA, buffer)
            set_up = buffer[0] == 0xFF and buffer[1] == 0xFF
            self._bus.readfrom_mem_into(self._address, _GPIOA, buffer)
        except OSError:
            set_up = False
        if not set_up:
            self._ready = False
            self._missed()
            for index in self._points:
                if index >= 0:
                    self._status[index] = RAW_NO_ANSWER
            return
        self._answered()
        open_bits = buffer[0] | buffer[1] << 8
        for index in self._points:
            if index >= 0:
                self._levels[index] = open_bits & 1 ^ 1
                self._at[index] = now_ms
                self._status[index] = RAW_OK
            open_bits >>= 1


class Relays(Chip):
    """Relay coils, high is energised.  Every write is read back, direction registers included: a chip that
    lost its supply for a moment has all pins as inputs and its relays released.

    points  tuple of the index in image.outputs for GPA0..7, GPB0..7 (-1: not used)
    safe    word of 16 bits that make_safe writes
    """

    def __init__(self, name, bus, address, points, image):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address
        self._points = points
        self._outputs = image.outputs
        self._word = bytearray(2)
        self._buffer = bytearray(2)

    def write(self, _now_ms):
        """Write the relays from the image and verify.  Never raises."""
        if self._rest and self._resting():
            return
        bits = 0
        mask = 1
        outputs = self._outputs
        for index in self._points:
            if index >= 0 and outputs[index]:
                bits |= mask
            mask <<= 1
        word = self._word
        word[0] = bits & 0xFF
        word[1] = bits >> 8
        if write_relays(self._bus, self._address, word, self._buffer):
            self._answered()
        else:
            self._missed()


def write_relays(bus, address, word, buffer):
    """Write two latch bytes, make the pins outputs, read both back into `buffer`.

    Returns True when the chip holds what it was told.  The latch is written before the direction, so a pin
    never shows a level that nobody asked for.
    """
    try:
        bus.writeto_mem(address, OLATA, word)
        bus.writeto_mem(address, _IODIRA, _NONE)
        bus.readfrom_mem_into(address, OLATA, buffer)
        if buffer[0] != word[0] or buffer[1] != word[1]:
            return False
        bus.readfrom_mem_into(address, _IODIRA, buffer)
        return buffer[0] == 0 and buffer[1] == 0
    except OSError:
        return False
