"""Water pumps: which run, and how fast the hot one.

Heating.  The hot pump goes on and off by the sequence and the demand; while heat is made its flow holds
`water_rise_k` between entering and leaving water.  The loop is slower than the capacity loop on purpose: over seconds
both act on the leaving water, over minutes only the flow decides how cold the water comes back.  In standby and while
a start is proven the speed stands at `flow_min_pct`, so that nothing moves while flow is judged.

Chilling.  The chilled pump goes by the sequence.  The hot pump carries the engine's heat to the tank while the tank is
no warmer than its set point; a tank that is warm is looked at again every ten minutes.

Always.  A loop's pump runs while its water, or the evaporator at rest, is close to freezing: moving water does not
freeze for a long time, and a stop must not end that.
"""

from micropython import const

from ghp.blocks.control import clamp
from ghp.blocks.timers import Stopwatch
from ghp.control.duty import PUMPS_AUTO, PUMPS_CHILLED, PUMPS_GUARD, PUMPS_HOT
from ghp.sensing.readings import GOOD, NO_DATA
from ghp.sensing.substitute import GAP_MS

_RATE_PCT_S = const(3)  # quickest change of speed, % a second
_MELTING_MC = const(27000)  # water colder than this melts the frost at full flow
_HOT_RATE_PCT_S = const(6)  # the same upward while the water gets too hot
_HOT_K = 0.8  # leaving water that will be this far above the set point, at no small rise: more flow at once,
_HOT_EXCESS = 4.0  # this much for a further kelvin and beyond, less before
_LAG_SCANS = const(24)  # water that warms steadily stands above its own lag of 12 s by what it will warm in 12 s
_AHEAD_MK = const(600)  # no further: a burst of noise looks like water that warms quickly
_NO_SMALL_RISE = -0.2
_TAU_S = 25.0  # a rise twice too large doubles the speed in about this time
_TAKES_K = 2.0  # chilling: the tank takes heat again when it is this far below its set point
_LOOK_EVERY_MS = const(600000)
_LOOK_MS = const(90000)  # the probe has seen the tank's water after this
_COLD_BAND_MC = const(1000)
_BLIND_MS = const(300000)  # water that was not cold when it was last seen does not freeze within this, and a water valve arrives
_PLATE_COLD_C = 1.0  # saturation at rest below which the plate could freeze its water
_PLATE_MS = const(1800000)  # its liquid has gone to the colder coil within this


class Water:
    """Commands pump_hot, pump_hot_speed and pump_chilled.

    speed_pct        % of pump speed commanded
    takes_heat       True while the hot tank may be given engine heat (chilling)
    hot_flow_proven  hot-water flow is present now
    guarding         True while the chilled pump runs against freezing
    warming          True while the hot pump does
    """

    def __init__(self, readings, settings, setpoint, derived, duty, engine, heat_demand, cool_demand, proof, outputs):
        self._setpoint = setpoint
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._duty = duty
        self._engine = engine
        self._heat_demand = heat_demand
        self._cool_demand = cool_demand
        self._proof = proof
        self._outputs = outputs
        self._lagged_mc = None
        self._look = Stopwatch()
        self._since_clutch = Stopwatch(started=True)  # a restart may have come just after
        self._cold = False
        self.speed_pct = settings.flow_min_pct
        self.takes_heat = True
        self.hot_flow_proven = False
        self.guarding = False
        self.warming = False

    def update(self, now_ms, dt_s):
        """Command the pumps."""
        self._look.tick(now_ms)
        self._since_clutch.tick(now_ms)
        wanted = self._engine.pump_hot_wanted  # the pump of the water served
        cooling = self._duty.cooling()
        readings = self._readings
        entering = readings.entering_water
        leaving = readings.leaving_water
        # a lost transfer: nothing moves for it
        gap = max(entering.bad_for_ms(now_ms), leaving.bad_for_ms(now_ms)) < GAP_MS
        gap = gap and (entering.quality != GOOD or leaving.quality != GOOD)
        self.hot_flow_proven = self._proof.hot.present
        hot = self._heat_demand.circulate
        if cooling:
            hot = (wanted and self._tank_takes_heat(now_ms, gap)) or hot
        else:
            self.takes_heat = True
            hot = wanted or hot
        self.speed_pct = self._speed(dt_s, gap)
        self._cold = self._is_cold(readings.chilled_entering, readings.chilled_leaving, self._cold, now_ms)
        self.guarding = self._cold or self._plate_is_cold(now_ms)
        self.warming = self._is_cold(entering, leaving, self.warming, now_ms)
        chilled = (wanted and cooling) or self._cool_demand.circulate or self.guarding
        hot = hot or self.warming
        pumps = self._duty.pumps
        if pumps != PUMPS_AUTO:
            hot = pumps == PUMPS_HOT
            chilled = pumps == PUMPS_CHILLED or (pumps == PUMPS_GUARD and self.guarding)
        outputs = self._outputs
        outputs.pump_hot.command(1 if hot else 0, now_ms)
        outputs.pump_hot_speed.command(int(self.speed_pct * 100), now_ms)
        outputs.pump_chilled.command(1 if chilled else 0, now_ms)

    def _tank_takes_heat(self, now_ms, gap):
        """Return whether the hot pump shall run for the engine's heat; refreshes takes_heat, but not in a gap."""
        look = self._look
        if gap:
            return self.takes_heat or look.age_ms < _LOOK_MS + 1000
        tank_k = self._tank_below_k()
        if tank_k is None:
            self.takes_heat = False
            return False
        if self.takes_heat:
            if tank_k <= 0.0:
                self.takes_heat = False
                look.start(now_ms)
            return True
        # the probe shows the tank only while its water flows: look from time to time
        flowing = self._outputs.pump_hot.value and look.age_ms >= _LOOK_MS
        if look.age_ms >= _LOOK_EVERY_MS:
            look.start(now_ms)
        elif flowing and tank_k >= _TAKES_K:
            self.takes_heat = True
        return look.age_ms < _LOOK_MS + 1000

    def _tank_below_k(self):
        """Return how far the water that comes from the tank is below its set point, K; None when not known.

        Without the leaving probe nobody would see what the engine's heat makes of it.
        """
        entering = self._readings.entering_water
        if entering.quality != GOOD or self._readings.leaving_water.quality != GOOD:
            return self._setpoint.error_k
        return self._setpoint.effective_c - entering.scaled / 1000

    def _is_cold(self, entering, leaving, was_cold, now_ms):
        """Return whether a loop is close to freezing; by the air when neither of its probes is known."""
        if leaving.quality == NO_DATA:
            return False  # just powered up
        limit = int(self._settings.chilled_pump_on_c * 1000)
        if was_cold:
            limit += _COLD_BAND_MC
        if entering.quality != GOOD and leaving.quality != GOOD:
            ambient = self._readings.ambient_temp
            if ambient.quality != GOOD:
                return was_cold or min(ambient.bad_for_ms(now_ms), leaving.bad_for_ms(now_ms)) >= _BLIND_MS
            return ambient.scaled < limit
        return (entering.quality == GOOD and entering.scaled < limit) or (leaving.quality == GOOD and leaving.scaled < limit)

    def _plate_is_cold(self, now_ms):
        """After chilling in the cold, what is left in the plate boils off into the coil and takes heat with it."""
        since = self._since_clutch
        if self._engine.clutch_in:
            since.start(now_ms)
            return False
        if since.age_ms >= _PLATE_MS or not self._duty.cooling():
            return False
        evaporating_c = self._derived.evaporating_c
        return evaporating_c is None or evaporating_c < _PLATE_COLD_C

    def _speed(self, dt_s, gap):
        settings = self._settings
        leaving = self._readings.leaving_water
        if leaving.quality != GOOD:
            self._lagged_mc = None
        elif self._lagged_mc is None:
            self._lagged_mc = leaving.scaled
        warming_mk = 0 if self._lagged_mc is None else leaving.scaled - self._lagged_mc
        if warming_mk:
            self._lagged_mc += warming_mk // _LAG_SCANS
        low = settings.flow_min_pct
        if not settings.flow_variable:
            return settings.fixed_flow_pct
        entering = self._readings.entering_water
        if self._duty.defrosting and (entering.quality == GOOD or gap) and entering.scaled < _MELTING_MC:
            # the plate is chilled: the more water, the further it is from freezing
            return clamp(100.0, low, self.speed_pct + _RATE_PCT_S * dt_s)
        if not self._engine.loaded:
            return low
        if gap:
            return self.speed_pct
        if entering.quality != GOOD or leaving.quality != GOOD:
            # without the rise: the fixed speed, which the commissioning has made sufficient
            target = settings.fixed_flow_pct
            return clamp(target, self.speed_pct - _RATE_PCT_S * dt_s, self.speed_pct + _RATE_PCT_S * dt_s)
        excess = (leaving.scaled - entering.scaled) / 1000 / settings.water_rise_k - 1.0
        most = _RATE_PCT_S
        ahead_k = self._setpoint.error_k
        if warming_mk > 0:
            ahead_k -= min(warming_mk, _AHEAD_MK) / 1000
        if ahead_k < -_HOT_K:
            hot = min(-_HOT_K - ahead_k, 1.0) * _HOT_EXCESS
            if _NO_SMALL_RISE < excess < hot:
                excess = hot
                most = _HOT_RATE_PCT_S
        step = clamp(self.speed_pct * excess * dt_s / _TAU_S, -_RATE_PCT_S * dt_s, most * dt_s)
        return clamp(self.speed_pct + step, low, 100.0)

    def reasons(self, add, now_ms):
        """Tell when a pump runs against freezing."""
        if self.guarding and self._outputs.pump_chilled.value:
            add(3, "Chilled pump runs against freezing", None, None)
        if self.warming and self._outputs.pump_hot.value:
            add(3, "Hot pump runs against freezing", None, None)
