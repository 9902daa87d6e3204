"""ADS1115 analog-to-digital converter, one channel after the other [TI SBAS444].

Each call reads the conversion that the previous call selected and selects the next.  In continuous mode at
860 samples a second the new channel is ready after 1.2 ms, so any call distance above 2 ms gives a fresh,
settled sample; the time between two calls is otherwise the age the chip adds, nothing.
"""

from ghp.image import RAW_NO_ANSWER, RAW_OK
from ghp.drivers.chip import Chip
from micropython import const

_CONVERSION = const(0)
_CONFIG = const(1)
# Single-ended AIN0 + 0x10 per channel, +-6.144 V, continuous; 860 samples a second, comparator off.
_CONFIG_HIGH = const(0x40)
_CONFIG_LOW = const(0xE3)


class ADS1115(Chip):
    """Samples a repeating pattern of channels into the image.

    bus, address  I2C object and 7-bit address
    pattern       tuple of (channel 0..3, index in image.analog), walked one entry per call
    """

    def __init__(self, name, bus, address, pattern, image):
        Chip.__init__(self, name, False)
        self._bus = bus
        self._address = address
        self._image = image
        self._points = bytes([index for _, index in pattern])
        self._channels = bytes([channel for channel, _ in pattern])
        self._next = 0
        self._selected = -1  # place in the pattern that the chip converts, -1: none
        self._buffer = bytearray(2)

    def advance(self, now_ms):
        """Take the selected channel's sample, select the next.  Never raises."""
        if self._rest and self._resting():
            return
        place = self._selected
        ahead = self._next
        code = 0
        try:
            buffer = self._buffer
            if place >= 0:
                self._bus.readfrom_mem_into(self._address, _CONVERSION, buffer)
                code = buffer[0] << 8 | buffer[1]
                if code & 0x8000:
                    code -= 0x10000
            buffer[0] = _CONFIG_HIGH | self._channels[ahead] << 4
            buffer[1] = _CONFIG_LOW
            self._bus.writeto_mem(self._address, _CONFIG, buffer)
        except OSError:
            self._selected = -1
            self._missed()
            for index in self._points:
                self._image.analog_status[index] = RAW_NO_ANSWER
            return
        if place >= 0:
            index = self._points[place]
            image = self._image
            image.analog[index] = code
            image.analog_at[index] = now_ms
            image.analog_status[index] = RAW_OK
            self._answered()
        self._selected = ahead
        ahead += 1
        self._next = ahead if ahead < len(self._channels) else 0
