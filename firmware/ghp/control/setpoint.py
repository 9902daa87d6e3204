"""The set point in force: what the person asked for, under the ceiling that the ambient allows.

The ceiling is a line through three points (settings ceiling_*): the colder the air, the lower the hottest
water, because the compressor's pressure ratio has a limit.
"""

from micropython import const

from ghp import units
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import AMBIENT_HELD_MS, held
from ghp.ticks import ticks_diff

USER = const(0)
CEILING = const(1)
RESET = const(2)
LIMITER_TEXT = ("as set", "ceiling by ambient", "outdoor reset")

_REFRESH_MS = const(5000)
_LEAVING_MK = const(1000)  # a slow scan's change of leaving water


def slewed(before, now, most):
    """Return `now`, no further than `most` from `before` (None: nothing before); integers.

    Water cannot change faster; a burst of noise that got through moves little.
    """
    if before is None or -most <= now - before <= most:
        return now
    return before + most if now > before else before - most


def _between(value, low, low_out, high, high_out):
    if value >= high or high <= low:
        return high_out
    if value <= low:
        return low_out
    return low_out + (high_out - low_out) * (value - low) / (high - low)


class Setpoint:
    """Effective hot-water set point.

    effective_c   C, what capacity control holds
    ceiling_c     C, highest allowed now
    limiter       USER, CEILING or RESET: who decides effective_c
    error_k       effective_c less leaving water, K; None while the leaving probe is bad
    """

    def __init__(self, readings, settings):
        self._readings = readings
        self._settings = settings
        self._ambient_c = None  # measured, or its last value for a while
        self._refreshed_at = None
        self._changes = -1
        self._leaving_mc = None
        self.limiter = USER
        self.ceiling_c = settings.ceiling_cold_c
        self.effective_c = settings.hot_setpoint_c
        self.error_k = None

    def update(self, now_ms, dt_s):
        """Refresh the error every scan, the set point every 5 s and whenever a setting changed."""
        if (
            self._changes != self._settings.changes
            or self._refreshed_at is None
            or ticks_diff(now_ms, self._refreshed_at) >= _REFRESH_MS
        ):
            self._changes = self._settings.changes
            self._refreshed_at = now_ms
            self._refresh(now_ms)
        leaving = self._readings.leaving_water
        if leaving.quality != GOOD:
            self._leaving_mc = None
            self.error_k = None
            return
        self._leaving_mc = slewed(self._leaving_mc, leaving.scaled, _LEAVING_MK)
        self.error_k = self.effective_c - self._leaving_mc / 1000

    def _refresh(self, now_ms):
        ambient_mc = held(self._readings.ambient_temp, now_ms, AMBIENT_HELD_MS)
        self._ambient_c = None if ambient_mc is None else ambient_mc / 1000
        settings = self._settings
        self.ceiling_c = self.ceiling_at(self._ambient_c)
        wanted = settings.hot_setpoint_c
        self.limiter = USER
        if settings.reset_enabled and self._ambient_c is not None:
            drop = _between(
                self._ambient_c,
                settings.reset_ambient_low_c, 0.0,
                settings.reset_ambient_high_c, settings.reset_drop_k,
            )
            if drop > 0.0:
                wanted -= drop
                self.limiter = RESET
        if wanted > self.ceiling_c:
            wanted = self.ceiling_c
            self.limiter = CEILING
        self.effective_c = wanted

    def ceiling_at(self, ambient_c):
        """Return the highest set point in C at an ambient in C; unknown (None) counts as the cold end."""
        settings = self._settings
        if ambient_c is None:
            return settings.ceiling_cold_c
        if ambient_c >= settings.ceiling_cool_ambient_c:
            return _between(
                ambient_c,
                settings.ceiling_cool_ambient_c, settings.ceiling_cool_c,
                settings.ceiling_mild_ambient_c, settings.ceiling_warm_c,
            )
        return _between(
            ambient_c,
            settings.ceiling_cold_ambient_c, settings.ceiling_cold_c,
            settings.ceiling_cool_ambient_c, settings.ceiling_cool_c,
        )

    def check(self, value_c):
        """Return None when `value_c` may be asked for now, else the sentence that says why not."""
        us = self._settings.us()
        if value_c <= self.ceiling_c + 0.005:
            return None
        return "set point %s is above %s, %s" % (
            units.text("c", value_c, us), units.text("c", self.ceiling_c, us), self._why_ceiling(us)
        )

    def _why_ceiling(self, us):
        if self._ambient_c is None:
            return "the ceiling while the ambient is not known"
        return "the ceiling at %s ambient" % units.text("c", self._ambient_c, us)

    def text(self):
        """Return the set point in force and its limiter as a person reads it."""
        us = self._settings.us()
        shown = units.text("c", self.effective_c, us)
        if self.limiter == USER:
            return shown
        return "%s (%s, %s asked)" % (
            shown, LIMITER_TEXT[self.limiter], units.text("c", self._settings.hot_setpoint_c, us)
        )

    def reasons(self, add, now_ms):
        """Tell why the set point in force is not the one asked for."""
        if self.limiter == USER:
            return
        us = self._settings.us()
        if self.limiter == RESET:
            text = "Set point lowered by the outdoor reset"
        else:
            text = "Set point limited by " + self._why_ceiling(us)
        add(3, text, None, units.text("c", self.effective_c, us))
