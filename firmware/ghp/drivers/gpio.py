"""Bare pins: contacts behind optocouplers, coils, pulse width, and the heartbeat."""

from ghp.image import RAW_OK
from micropython import const

_PWM_FULL = const(65535)
# Outputs are written when they change, and all of them once in so many scans: a bit upset heals by itself.
_REFRESH_CALLS = const(20)


class Contacts:
    """Contacts that pull their pin low when closed.

    pins    tuple of Pin, inputs with pull-up
    points  tuple of the index in image.digital of each
    """

    def __init__(self, pins, points, image):
        self._pins = pins
        self._points = points
        self._levels = image.digital
        self._at = image.digital_at
        for index in points:
            image.digital_status[index] = RAW_OK

    def read(self, now_ms):
        """Read all pins."""
        levels = self._levels
        at = self._at
        pins = self._pins
        place = 0
        for index in self._points:
            levels[index] = pins[place].value() ^ 1
            at[index] = now_ms
            place += 1


class Coils:
    """Outputs on bare pins, high is energised.

    pins    tuple of Pin, already outputs at their safe level
    points  tuple of the index in image.outputs of each
    """

    def __init__(self, pins, points, image):
        self._pins = pins
        self._points = points
        self._outputs = image.outputs
        self._written = bytearray([255] * len(pins))
        self._refresh = 0

    def write(self, _now_ms):
        """Write what changed, now and then everything."""
        outputs = self._outputs
        written = self._written
        self._refresh -= 1
        every = self._refresh < 0
        if every:
            self._refresh = _REFRESH_CALLS
        place = 0
        for index in self._points:
            level = 1 if outputs[index] else 0
            if level != written[place] or every:
                self._pins[place].value(level)
                written[place] = level
            place += 1


class PulseWidth:
    """One percent output (0..10000) as duty of a PWM.

    pwm    machine.PWM at duty 0
    index  in image.outputs
    """

    def __init__(self, pwm, index, image):
        self._pwm = pwm
        self._index = index
        self._outputs = image.outputs
        self._written = -1
        self._refresh = 0

    def write(self, _now_ms):
        """Write the duty when it changed, now and then anyway."""
        percent = self._outputs[self._index]
        self._refresh -= 1
        if percent != self._written or self._refresh < 0:
            self._pwm.duty_u16(percent * _PWM_FULL // 10000)
            self._written = percent
            self._refresh = _REFRESH_CALLS


class Heartbeat:
    """The line that the external window watchdog looks at: it must change every 200 ms or the fuel relay
    drops.  pin: Pin, output."""

    def __init__(self, pin):
        self._pin = pin
        self._level = 0

    def toggle(self):
        """Change the level."""
        self._level ^= 1
        self._pin.value(self._level)
