"""From unloaded to loaded: suction down first, speed down next, unloader last.

The expansion valve holds its pressure limit from the stage change on.  The unloaded machine keeps its speed, and so
its heat, until the suction is where the engine can carry it; slowing down lets it rise a little.
"""

from micropython import const

from ghp.blocks.timers import OnDelay
from ghp.control.ladder import UNLOADED_SHARE, rpm_for
from ghp.sensing.readings import GOOD

_BELOW_PA = const(1030)  # 3 % above the maximum operating pressure, Pa a kPa
_LATEST_MS = const(40000)  # after the stage change
_ANYWAY_MS = const(300000)
_BELOW_RPM = const(400)  # the unloader goes out only when the engine is no faster than this above its loaded speed


class Loading:
    """Judges when the unloader may go out."""

    def __init__(self, readings, envelope):
        self._readings = readings
        self._envelope = envelope
        self._waiting = OnDelay(_ANYWAY_MS)
        self._pulled = False

    def begin(self):
        """The unit runs unloaded."""
        self._pulled = False

    def order(self, rpm, wanted_pct, most_rpm, since_change_ms):
        """Return (rpm, unloaded) on the way to the loaded `rpm`; `wanted_pct` is what the water wants."""
        if not self._pulled:
            self._pulled = not self._suction_high() or since_change_ms >= _LATEST_MS
        if not self._pulled:
            keeping = int(rpm_for(wanted_pct / UNLOADED_SHARE))
            if keeping > most_rpm:
                keeping = most_rpm
            return keeping if keeping > rpm else rpm, True
        return rpm, self._readings.engine_speed.scaled > rpm + _BELOW_RPM

    def rich(self, wish, now_ms):
        """Return whether the suction is too high for the engine to carry the loaded compressor.

        Fewer fans bring it down; if that takes too long, the limits are left to do it with the expansion valve.
        """
        high = self._suction_high()
        waiting = self._waiting.update(wish and high, now_ms)
        self._envelope.too_rich = wish and high and not waiting
        return self._envelope.too_rich

    def _suction_high(self):
        suction = self._readings.suction_pressure
        return suction.quality == GOOD and suction.scaled > self._envelope.mop_kpa * _BELOW_PA
