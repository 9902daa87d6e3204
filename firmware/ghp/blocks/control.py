"""Elementary control blocks in floating point, for the slow scan.  Units are the caller's."""


def clamp(value, low, high):
    """Return `value` limited to low..high."""
    if value < low:
        return low
    return high if value > high else value


class PI:
    """Proportional-integral controller with conditional integration and output tracking.

        out = clamp(kp * error + integral, low, high);   integral grows by kp * error * dt / ti

    The integral stops where it would push the output further into a limit.  `track(out, error)` sets the
    integral so that the next output continues from what was *achieved*: use it while a limit, a ramp or a
    person holds the output, and while the loop is off.  Nothing integrates unless `update` is called.
    """

    def __init__(self, kp, ti_s, low, high):
        self.kp = kp
        self.ti_s = ti_s
        self.low = low
        self.high = high
        self.integral = 0.0
        self.out = low

    def update(self, error, dt_s):
        """Return the new output for `error` (set point minus measurement, or its negative) after dt_s seconds."""
        proportional = self.kp * error
        step = proportional * dt_s / self.ti_s
        raw = proportional + self.integral
        if not ((raw >= self.high and step > 0.0) or (raw <= self.low and step < 0.0)):
            self.integral += step
        self.out = clamp(proportional + self.integral, self.low, self.high)
        return self.out

    def track(self, out, error=0.0):
        """Continue bumplessly from an output that someone else decided."""
        self.out = clamp(out, self.low, self.high)
        self.integral = self.out - self.kp * error


class FirstOrder:
    """First-order lag: out moves towards the input with time constant tau_s; the first input sets it."""

    def __init__(self, tau_s):
        self.tau_s = tau_s
        self.out = None

    def update(self, value, dt_s):
        """Return the filtered value; a None (bad reading) resets the filter and returns None."""
        if value is None or self.out is None:
            self.out = value
        else:
            self.out += (value - self.out) * dt_s / (self.tau_s + dt_s)
        return self.out


class Rate:
    """Rate of change per second of a filtered signal, itself filtered; None until two samples are known."""

    def __init__(self, tau_s):
        self._lag = FirstOrder(tau_s)
        self._last = None
        self.out = None

    def update(self, value, dt_s):
        """Return the rate; a bad (None) value forgets everything."""
        before = self._last
        self._last = self._lag.update(value, dt_s)
        if before is None or self._last is None:
            self.out = None
        else:
            self.out = (self._last - before) / dt_s
        return self.out


class Hysteresis:
    """On above `on_at`, off below `off_at` (on_at > off_at), else as before."""

    def __init__(self, on_at, off_at):
        self.on_at = on_at
        self.off_at = off_at
        self.out = False

    def update(self, value):
        """Judge `value`; a bad (None) value keeps the state, the caller decides what a bad value means."""
        if value is not None:
            if value >= self.on_at:
                self.out = True
            elif value <= self.off_at:
                self.out = False
        return self.out
