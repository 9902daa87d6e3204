"""DS3231: clock with a battery [Maxim 19-5170].  It keeps local *standard* time; daylight saving is added later.

The chip has no time zone and must not be set twice a year, so what it counts never jumps by itself.  It counts the weekday
apart from the date: a date that its weekday contradicts was not counted but spoiled, and is no time until somebody sets it.
"""

from ghp import civil
from ghp.drivers.chip import Chip
from ghp.image import RAW_NEVER, RAW_NO_ANSWER, RAW_OK
from micropython import const

_SECONDS = const(0x00)  # first of seconds, minutes, hours, weekday, date, month with century bit, year
_CONTROL = const(0x0E)
_STATUS = const(0x0F)
_INTERRUPT = const(0x04)  # control: no square wave; EOSC 0: the oscillator runs on the battery
_STOPPED = const(0x80)  # status OSF: the oscillator was stopped since the flag was last cleared
_TWELVE = const(0x40)  # hours: 12 h mode, then 0x20 is afternoon
_AFTERNOON = const(0x20)
_CENTURY = const(0x80)  # month


def _decimal(byte):
    """Return the number of a BCD byte, -1 when it is none."""
    low = byte & 15
    high = byte >> 4
    return 10 * high + low if low < 10 and high < 10 else -1


def _bcd(number):
    return number // 10 << 4 | number % 10


class DS3231(Chip):
    """Fills image.clock_day, clock_s, clock_at and clock_status."""

    def __init__(self, name, bus, address, image):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address
        self._image = image
        self._buffer = bytearray(7)
        self._status = bytearray(1)
        self._date = (-1, 0, 0)  # bytes of date, month, year that image.clock_day was worked out from

    def read(self, now_ms):
        """Read date, time and the oscillator's record.  Never raises."""
        image = self._image
        if self._rest and self._resting():
            image.clock_status = RAW_NO_ANSWER
            return
        try:
            self._bus.readfrom_mem_into(self._address, _SECONDS, self._buffer)
            self._bus.readfrom_mem_into(self._address, _STATUS, self._status)
        except OSError:
            image.clock_status = RAW_NO_ANSWER
            self._missed()
            return
        if self._status[0] & _STOPPED:
            self._answered()
            image.clock_status = RAW_NEVER
        elif self._take():
            self._answered()
            image.clock_at = now_ms
            image.clock_status = RAW_OK
        else:
            image.clock_status = RAW_NO_ANSWER
            self._missed()

    def _take(self):
        """Work the registers out; False when they hold no time."""
        buffer = self._buffer
        seconds = _decimal(buffer[0])
        minutes = _decimal(buffer[1])
        hours = buffer[2]
        if hours & _TWELVE:
            afternoon = hours & _AFTERNOON
            hours = _decimal(hours & 0x1F)
            if not 1 <= hours <= 12:
                return False
            hours = hours % 12 + (12 if afternoon else 0)
        else:
            hours = _decimal(hours)
        if not (0 <= seconds < 60 and 0 <= minutes < 60 and 0 <= hours < 24):
            return False
        known = self._date
        if buffer[4] != known[0] or buffer[5] != known[1] or buffer[6] != known[2]:
            year = _decimal(buffer[6])
            month = _decimal(buffer[5] & 0x7F)
            day = _decimal(buffer[4])
            year += civil.FIRST_YEAR + (100 if buffer[5] & _CENTURY else 0)
            if _decimal(buffer[6]) < 0 or not civil.exists(year, month, day):
                return False
            number = civil.day_of(year, month, day)
            if buffer[3] != civil.weekday_of(number) + 1:
                return False
            self._image.clock_day = number
            self._date = (buffer[4], buffer[5], buffer[6])  # once a day
        self._image.clock_s = 3600 * hours + 60 * minutes + seconds
        return True

    def set(self, day, second, now_ms):
        """Set the clock to a day number (2000 to 2099) and a second of the day, standard time; True when it took.

        The oscillator's record is cleared only after the time is in, so that a power cut between leaves it unset.
        """
        year, month, date = civil.date_of(day)
        buffer = bytes(
            (
                _bcd(second % 60),
                _bcd(second // 60 % 60),
                _bcd(second // 3600),
                civil.weekday_of(day) + 1,
                _bcd(date),
                _bcd(month),
                _bcd(year - civil.FIRST_YEAR),
            )
        )
        try:
            self._bus.writeto_mem(self._address, _SECONDS, buffer)
            self._bus.writeto_mem(self._address, _CONTROL, bytes((_INTERRUPT, 0)))
        except OSError:
            self._missed()
            return False
        self._rest = 0
        self.read(now_ms)
        image = self._image
        return image.clock_status == RAW_OK and image.clock_day == day and image.clock_s == second
