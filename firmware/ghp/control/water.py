"""Hot-water pump: on and off by the sequence and the demand, its speed by the temperature rise.

While heat is made the flow holds `water_rise_k` between entering and leaving water.  The loop is slower than
the capacity loop on purpose: over seconds both act on the leaving water, over minutes only the flow decides how
cold the water comes back.  In standby and while a start is proven the speed stands at `flow_min_pct`, so that
nothing moves while flow is judged.
"""

from micropython import const

from ghp.blocks.control import clamp
from ghp.sensing.readings import GOOD

_RATE_PCT_S = const(3)  # quickest change of speed, % a second
_HOT_RATE_PCT_S = const(6)  # the same upward while the water gets too hot
_HOT_K = 0.8  # leaving water that will be this far above the set point, at no small rise: more flow at once
_HOT_EXCESS = 4.0
_LAG_SCANS = const(24)  # water that warms steadily stands above its own lag of 12 s by what it will warm in 12 s
_AHEAD_MK = const(600)  # no further: a burst of noise looks like water that warms quickly
_NO_SMALL_RISE = -0.2
_TAU_S = 25.0  # a rise twice too large doubles the speed in about this time


class Water:
    """Commands pump_hot and pump_hot_speed.

    speed_pct   % of pump speed commanded
    """

    def __init__(self, readings, settings, setpoint, engine, demand, outputs):
        self._setpoint = setpoint
        self._readings = readings
        self._settings = settings
        self._engine = engine
        self._demand = demand
        self._outputs = outputs
        self._lagged_mc = 0
        self.speed_pct = settings.flow_min_pct

    def update(self, now_ms, dt_s):
        """Command the pump."""
        on = self._engine.pump_hot_wanted or self._demand.circulate
        self.speed_pct = self._speed(dt_s)
        self._outputs.pump_hot.command(1 if on else 0, now_ms)
        self._outputs.pump_hot_speed.command(int(self.speed_pct * 100), now_ms)

    def _speed(self, dt_s):
        settings = self._settings
        leaving = self._readings.leaving_water
        warming_mk = leaving.scaled - self._lagged_mc
        self._lagged_mc += warming_mk // _LAG_SCANS
        low = settings.flow_min_pct
        if not settings.flow_variable:
            return settings.fixed_flow_pct
        if not self._engine.loaded:
            return low
        entering = self._readings.entering_water
        if entering.quality != GOOD or leaving.quality != GOOD:
            # without the rise: the fixed speed, which the commissioning has made sufficient
            target = settings.fixed_flow_pct
            return clamp(target, self.speed_pct - _RATE_PCT_S * dt_s, self.speed_pct + _RATE_PCT_S * dt_s)
        excess = (leaving.scaled - entering.scaled) / 1000 / settings.water_rise_k - 1.0
        most = _RATE_PCT_S
        ahead_k = self._setpoint.error_k
        if warming_mk > 0:
            ahead_k -= min(warming_mk, _AHEAD_MK) / 1000
        if ahead_k < -_HOT_K and _NO_SMALL_RISE < excess < _HOT_EXCESS:
            excess = _HOT_EXCESS
            most = _HOT_RATE_PCT_S
        step = clamp(self.speed_pct * excess * dt_s / _TAU_S, -_RATE_PCT_S * dt_s, most * dt_s)
        return clamp(self.speed_pct + step, low, 100.0)
