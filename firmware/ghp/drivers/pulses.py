"""Pulse inputs and the knob: hardware counters, and one slow counter by interrupt.

The ESP32-S3 has four PCNT units; see the board for who gets one.
"""

from ghp.image import RAW_OK
from micropython import const

_LAST = const(0x3FFFFFFF)  # 30 bits


class HardwareCounters:
    """Free-running 30-bit counts of machine.Counter objects.

    counters  tuple of Counter
    points    tuple of the index in image.pulses of each
    ticks_us  function that returns microseconds
    """

    def __init__(self, counters, points, image, ticks_us):
        self._counters = counters
        self._points = points
        self._counts = image.pulses
        self._at_us = image.pulses_at_us
        self._ticks_us = ticks_us
        for index in points:
            image.pulses_status[index] = RAW_OK

    def read(self, _now_ms):
        """Add what came since the last call.  Reading sets the counter back to 0, so its own count never
        leaves the small integers, which at 6000 counts a second it would do after two days."""
        counts = self._counts
        at_us = self._at_us
        counters = self._counters
        place = 0
        for index in self._points:
            more = counters[place].value(0)
            # Wrapped without ever adding beyond 2**30 - 1, where a small integer of the target ends.
            room = _LAST - counts[index]
            counts[index] = more - room - 1 if more > room else counts[index] + more
            at_us[index] = self._ticks_us()
            place += 1


class InterruptCounter:
    """Rising edges of a slow input, counted by a pin interrupt (soft: the handler is queued by MicroPython).

    Good for some tens of pulses a second; the input needs a filter of about 3 ms against contact bounce.
    """

    def __init__(self, pin, index, image, ticks_us):
        self._count = 0
        self._index = index
        self._counts = image.pulses
        self._at_us = image.pulses_at_us
        self._ticks_us = ticks_us
        image.pulses_status[index] = RAW_OK
        pin.irq(self._edge, pin.IRQ_RISING)

    def _edge(self, _pin):
        self._count = 0 if self._count == _LAST else self._count + 1

    def read(self, _now_ms):
        """Copy the count to the image."""
        self._counts[self._index] = self._count
        self._at_us[self._index] = self._ticks_us()


class Knob:
    """Rotary encoder with 24 detents, four quadrature steps to a detent, clockwise positive."""

    def __init__(self, encoder, image):
        self._encoder = encoder
        self._knob = image.knob

    def read(self, _now_ms):
        """Put the detents turned so far into the image.  Half a detent rounds to the nearer one, so a contact
        that trembles at rest does not count."""
        self._knob[0] = (self._encoder.value() + 2) >> 2
