"""MCP4728: four 12-bit outputs, 0..10 V after the amplifier [Microchip DS22187].

The internal reference with gain 2 (4.096 V full scale) is used, so the output does not follow the supply.
"""

from ghp.drivers.chip import Chip
from micropython import const

_MULTI_WRITE = const(0x40)
_REFERENCE_GAIN = const(0x90)  # internal reference, gain 2, not powered down
_FULL = const(4095)


class MCP4728(Chip):
    """points: index in image.outputs (percent, 0..10000) of channels A..D, -1: not used, held at 0."""

    def __init__(self, name, bus, address, points, image):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address
        self._points = points
        self._outputs = image.outputs
        self._frame = bytearray(12)

    def write(self, _now_ms):
        """Write all channels from the image.  Never raises.

        Reference and gain travel with every value, so a chip that lost its supply is right again at once.
        """
        if self._rest and self._resting():
            return
        place = 0
        for index in self._points:
            set_channel(self._frame, place, self._outputs[index] if index >= 0 else 0)
            place += 1
        if write_frame(self._bus, self._address, self._frame):
            self._answered()
        else:
            self._missed()


def set_channel(frame, channel, percent):
    """Put `percent` (hundredths, 0..10000) of `channel` (0..3) into a 12-byte multi-write `frame`."""
    code = percent * _FULL // 10000
    place = channel * 3
    frame[place] = _MULTI_WRITE | channel << 1
    frame[place + 1] = _REFERENCE_GAIN | code >> 8
    frame[place + 2] = code & 0xFF


def write_frame(bus, address, frame):
    """Send a frame; return True when the chip took it."""
    try:
        return bus.writeto(address, frame) == len(frame)
    except OSError:
        return False
