"""Control blocks in integers, for the fast scan: no allocation, every product inside +-2**30."""

from micropython import const

_Q8 = const(256)
_MS_PER_S = const(1000)


def clamp(value, low, high):
    """Return the integer `value` limited to low..high."""
    if value < low:
        return low
    return high if value > high else value


def interpolate(xs, ys, x):
    """Return y at `x` on the straight lines through the points (xs, ys); the ends continue flat.

    xs rises strictly.  Needs |y difference| * |x difference| < 2**30 between neighbours.
    """
    last = len(xs) - 1
    if x <= xs[0]:
        return ys[0]
    if x >= xs[last]:
        return ys[last]
    high = 1
    while xs[high] < x:
        high += 1
    low = high - 1
    below = ys[low]
    return below + (x - xs[low]) * (ys[high] - below) // (xs[high] - xs[low])


class IntegerPI:
    """Proportional-integral controller on integers, with offset, clamping and conditional integration.

        out = clamp(offset + kp * error + integral, low, high)

    Gains are given times 256.  The error is limited to +-`error_max` before use, so that
    error_max * ki_q8 * 256 and error_max * kp_q8 stay inside 2**30.  The integral stops growing where it
    would push the output further into a limit, and only `update` integrates.
    """

    def __init__(self, low, high, error_max):
        self.low = low
        self.high = high
        self.error_max = error_max
        self.kp_q8 = 0
        self.ki_q8 = 0
        self.out = low
        self._integral_q8 = 0

    def update(self, error, offset, dt_ms):
        """Return the output for `error` (set point minus measurement) after `dt_ms` (at most 250 is used)."""
        limit = self.error_max
        if error > limit:
            error = limit
        elif error < -limit:
            error = -limit
        if dt_ms > 250:
            dt_ms = 250
        proportional_q8 = error * self.kp_q8
        step_q8 = error * self.ki_q8 * dt_ms // _MS_PER_S
        raw = offset + (proportional_q8 + self._integral_q8) // _Q8
        if not ((raw >= self.high and step_q8 > 0) or (raw <= self.low and step_q8 < 0)):
            self._integral_q8 += step_q8
            raw = offset + (proportional_q8 + self._integral_q8) // _Q8
        if raw > self.high:
            raw = self.high
        elif raw < self.low:
            raw = self.low
        self.out = raw
        return raw

    def track(self, out, error, offset):
        """Set the integral so that the next output continues from `out` at this error and offset."""
        self.out = clamp(out, self.low, self.high)
        error = clamp(error, -self.error_max, self.error_max)
        self._integral_q8 = (self.out - offset) * _Q8 - error * self.kp_q8

    def integral(self):
        """Return the integral part, in units of the output."""
        return self._integral_q8 // _Q8

    def push(self, change):
        """Move the output by `change` from the next update on: a disturbance that is known to come."""
        self._integral_q8 += change * _Q8
