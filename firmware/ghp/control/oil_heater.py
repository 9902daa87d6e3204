"""Crankcase heater: the oil is kept warm while the compressor rests, so that it does not take up refrigerant.

After a power cut the oil may be cold and full of it: with settings.crankcase_wait_min the first start waits until the
heater has been on for that long.  Once the compressor has run the wait is over for good.
"""

from ghp.ticks import ticks_diff


class OilHeater:
    """Commands crankcase_heater; `update` once per slow scan.

    waiting   the first start waits for the heater
    on_ms     how long the heater has been on since power-up; integer, stays below a day
    """

    _MOST_MS = 86400000

    def __init__(self, settings, engine, outputs, power_up):
        self._settings = settings
        self._engine = engine
        self._output = outputs.crankcase_heater
        self._at = None
        self._cold = power_up
        self.waiting = False
        self.on_ms = 0

    def update(self, now_ms):
        """Command the heater, count its time."""
        if self._engine.clutch_in:
            self._cold = False
        self._output.command(0 if self._engine.clutch_in else 1, now_ms)
        if self._at is not None and self._output.value and self.on_ms < self._MOST_MS:
            self.on_ms += ticks_diff(now_ms, self._at)
        self._at = now_ms
        self.waiting = self._cold and not self._engine.running and self.left_s() > 0

    def left_s(self):
        """Return the seconds that the heater still has to be on."""
        left_ms = self._settings.crankcase_wait_min * 60000 - self.on_ms
        return (left_ms + 999) // 1000 if left_ms > 0 else 0

    def reasons(self, add, now_ms):
        """Tell that the oil has to get warm."""
        if self.waiting:
            add(0, "Compressor oil is warmed after a power cut", self.left_s(), None)
