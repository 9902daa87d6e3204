"""Stepper of the expansion valve: step pulses by RMT, direction and enable by pins.

The valve has no position switch: it is driven shut against its stop once, further than its whole travel, and
counted from there.  It keeps its place without power, so the coils are off at rest.
"""

import esp32
from micropython import const

TRAVEL = const(500)
HOMING_STEPS = const(550)

_RESOLUTION_HZ = const(500000)  # 2 us, so that half a step fits the transmitter's 15 bits
_HALF_STEP = const(4000)  # 8 ms high, 8 ms low: 62.5 steps a second
_MOST = const(3)  # steps a 50 ms scan has room for
_REST_CALLS = const(4)  # scans without a step before the coils go off


def transmitter(step_pin):
    """Return the RMT transmitter that owns `step_pin` (a Pin, output, low)."""
    return esp32.RMT(0, pin=step_pin, resolution_hz=_RESOLUTION_HZ, idle_level=False)


class Stepper:
    """Walks towards image.outputs[index] (0..500 steps open), at most three steps a call.

    rmt       see `transmitter`
    position  steps open, -1 until homing is done
    """

    def __init__(self, rmt, direction_pin, enable_pin, index, image):
        self._rmt = rmt
        self._direction = direction_pin
        self._enable = enable_pin
        self._index = index
        self._outputs = image.outputs
        self._pulses = tuple([(_HALF_STEP,) * (2 * steps) for steps in range(_MOST + 1)])
        self._homing = HOMING_STEPS
        self._target = -1
        self._idle = 0
        self.position = -1

    def aim(self, _now_ms):
        """Take the target from the image; the first call starts homing."""
        target = self._outputs[self._index]
        self._target = TRAVEL if target > TRAVEL else target if target > 0 else 0

    def walk(self, _now_ms):
        """Make the next steps, if there are any to make and the last ones are out."""
        position = self.position
        target = self._target
        if position == target:  # at rest, or -1 twice: nobody has aimed yet
            if self._idle < _REST_CALLS:
                self._idle += 1
                if self._idle == _REST_CALLS:
                    self._enable.value(0)
            return
        if not self._rmt.wait_done():
            return
        self._idle = 0
        self._enable.value(1)
        homing = self._homing
        if homing:
            steps = _MOST if homing > _MOST else homing
            self._direction.value(0)
            self._homing = homing - steps
            if homing == steps:
                self.position = 0
        elif target > position:
            steps = target - position
            steps = _MOST if steps > _MOST else steps
            self._direction.value(1)
            self.position = position + steps
        else:
            steps = position - target
            steps = _MOST if steps > _MOST else steps
            self._direction.value(0)
            self.position = position - steps
        self._rmt.write_pulses(self._pulses[steps], True)
