"""MAX31855K thermocouple converter [Maxim 19-5793]: 32 bits over SPI, read only."""

from ghp.image import RAW_NO_ANSWER, RAW_OK, RAW_OPEN, RAW_SHORT
from ghp.drivers.chip import Chip
from micropython import const

_FAULT = const(0x01)  # in byte 1
_OPEN = const(0x01)  # in byte 3
_SHORTS = const(0x06)
_ALWAYS_ZERO_1 = const(0x02)
_ALWAYS_ZERO_3 = const(0x08)


class MAX31855(Chip):
    """Quarter degrees Celsius into image.analog[index].

    spi     bus, mode 0, up to 5 MHz
    select  its select Pin (high when idle)
    """

    def __init__(self, name, spi, select, index, image):
        Chip.__init__(self, name)
        self._spi = spi
        self._select = select
        self._index = index
        self._codes = image.analog
        self._at = image.analog_at
        self._status = image.analog_status
        self._buffer = bytearray(4)

    def read(self, now_ms):
        """Read the latest conversion (the chip makes one every 100 ms).  Never raises."""
        buffer = self._buffer
        self._select.value(0)
        self._spi.readinto(buffer)
        self._select.value(1)
        index = self._index
        # The data line is pulled up: nobody there reads all ones, a line held low all zeros.  Both break the
        # two bits that are always 0, or the internal temperature and the thermocouple being exactly 0.
        high = buffer[1]
        low = buffer[3]
        if high & _ALWAYS_ZERO_1 or low & _ALWAYS_ZERO_3 or not (buffer[0] or high or buffer[2] or low):
            self._status[index] = RAW_NO_ANSWER
            self._missed()
            return
        self._answered()
        if high & _FAULT:
            self._status[index] = RAW_SHORT if low & _SHORTS else RAW_OPEN
            return
        quarters = buffer[0] << 6 | high >> 2
        if quarters & 0x2000:
            quarters -= 0x4000
        self._codes[index] = quarters
        self._at[index] = now_ms
        self._status[index] = RAW_OK
