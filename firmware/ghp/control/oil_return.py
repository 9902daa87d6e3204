"""Oil return: after a long time at little capacity the compressor runs loaded and faster for some minutes.

Slow gas leaves oil lying in coil and pipes.  The time at little capacity is counted over all runs; `oil_return_s` of
loaded running at `oil_return_rpm` or more clears it, in one go or in parts, whoever asked for it.  A run made for the
oil alone waits for a moment without limits and for permission, and ends with either: a small water loop changes by 4 K in
three minutes.  After a limit that unloads the rest of it follows ten minutes later.

While chilling only: hot water is kept within 0.5 K for hours at half capacity, which such a run would end.  Heating that
runs fast clears the count all the same.
"""

from micropython import const

_RETRY_MS = const(600000)
_UNLOADING = const(3)  # level of ghp.protection.limits
_NEAR_RPM = const(60)
_MOST_MS = const(1 << 29)


class OilReturn:
    """`update` once per slow scan while the unit is loaded.

    active    True while the unit shall run for its oil
    lean_ms   time at little capacity since the last oil return, an integer ready to be kept
    """

    def __init__(self, readings, settings, limits, outputs):
        self._readings = readings
        self._settings = settings
        self._limits = limits
        self._outputs = outputs
        self._fast_ms = 0
        self._wait_ms = 0
        self.active = False
        self.lean_ms = 0

    def rest(self):
        """The unit is not loaded: a run that was on is over, the counts stay."""
        self.active = False

    def update(self, lean, permitted, scan_ms):
        """Count `scan_ms` with (lean) or without little capacity; return whether an oil-return run is on."""
        settings = self._settings
        limits = self._limits
        # a machine that never runs so fast has its oil from its own top speed
        rpm = min(settings.oil_return_rpm, settings.speed_max_rpm)
        fast = not self._outputs.unloader.value and self._readings.engine_speed.scaled >= rpm - _NEAR_RPM
        if fast:
            self._fast_ms += scan_ms
            if self._fast_ms >= settings.oil_return_s * 1000:
                self._fast_ms = 0
                self.lean_ms = 0
        elif lean and not self.active and self.lean_ms < _MOST_MS:
            self.lean_ms += scan_ms
        if self._wait_ms > 0:
            self._wait_ms -= scan_ms
        due = settings.oil_return_s > 0 and self.lean_ms >= settings.oil_return_after_min * 60000
        if not self.active:
            self.active = due and permitted and self._wait_ms <= 0 and limits.level == 0
        elif not due or not permitted or limits.level >= _UNLOADING:
            self.active = False
            if limits.level >= _UNLOADING:
                self._wait_ms = _RETRY_MS
        return self.active

    def left_s(self):
        """Return the seconds that the oil-return run still takes."""
        left_s = self._settings.oil_return_s - self._fast_ms // 1000
        return left_s if left_s > 0 else 0
