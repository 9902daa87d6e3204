"""Engine heat: as much as possible to the water, never so much that the engine runs cold or the water too hot.

The recovery valve (100 % = all coolant through the water exchanger, 0 % = all through the radiator) holds the
coolant at its target.  Above the radiator fan's switch-on the valve gives a growing share to the radiator, and
water that nears the unit's stop limit gets less and less engine heat.

While chilling the engine's heat is a gift: the hot tank gets it as long as it is no warmer than its set point and the
hot loop proves its flow, else the radiator.  Nobody stops the chiller for the sake of the hot water.

A coolant probe that is bad, or shows an engine that does not get warm under load, is not believed: then everything cools.  A
verdict stays, over stops and parking, until the probe shows a warm engine or the engine has rested for an hour.
"""

from micropython import const

from ghp.blocks.control import PI, Hysteresis, clamp
from ghp.blocks.timers import OnDelay
from ghp.sensing.substitute import GAP_MS, held

_KP_PCT_K = 8.0
_TI_S = 90.0
_WATER_EARLY_K = 0.4  # this far below the unit's stop limit the recovery begins to fade ...
_WATER_FADE_K = 0.8  # ... to nothing over this: less cycling at small loads, less heat after the stop
_CHILLING_FADE_K = 6.0  # the same while chilling: only the engine's heat is there to move it
_COLD_MC = const(60000)  # no engine stays below this under load, unless its thermostat stands open: no harm either
_WARMS_MK = const(3000)  # in _LOOK, at least, even at the least load
_LOOK = const(240)  # scans under load
_HOUR = const(7200)  # scans at rest
_LAG = const(5)  # a scan takes 1/32 of the way, 16 s: a spike is not a rise
_RISE_PCT = 0.5  # a scan
_RADIATOR_FADE_K = 8.0  # from the radiator's switch-on upward: recovery fades to half over this


class EngineHeat:
    """Commands heat_recovery_valve, radiator_fan, pump_coolant, enclosure_fan.

    recovery_pct   % of the coolant sent through the water exchanger
    """

    def __init__(self, readings, settings, setpoint, duty, water, engine, monitor, outputs):
        self._readings = readings
        self._duty = duty
        self._water = water
        self._monitor = monitor
        self._a_missing = monitor.place("hot_flow_missing")
        self._missing = OnDelay(monitor.on_ms(self._a_missing))  # the pump needs a few seconds, the proof as well
        self._shown_mc = None
        self._from_mc = 0
        self._scans = 0  # under load while cold; at rest
        self._doubted = False
        self._settings = settings
        self._setpoint = setpoint
        self._engine = engine
        self._outputs = outputs
        self._loop = PI(_KP_PCT_K, _TI_S, 0.0, 100.0)
        self._radiator = Hysteresis(settings.radiator_on_c, settings.radiator_off_c)
        self.recovery_pct = 0.0

    def update(self, now_ms, dt_s):
        """Command the coolant side."""
        engine = self._engine
        outputs = self._outputs
        coolant = self._readings.coolant_temp
        pump = engine.pump_coolant_wanted
        missing = self._duty.cooling() and outputs.pump_hot.value and not self._water.hot_flow_proven
        self._monitor.judge(self._a_missing, self._missing.update(missing, now_ms), now_ms)
        if self._not_believed(coolant, now_ms):
            # blind, or shown an engine that cannot be so cold: cool by every means while anything can be hot
            self.recovery_pct = 100.0 if pump and self._takes_heat() else 0.0
            self._loop.track(self.recovery_pct)
            fan = pump
        else:
            coolant_c = coolant.scaled / 1000
            self.recovery_pct = self._recovery(coolant_c, pump, dt_s)
            self._radiator.on_at = self._settings.radiator_on_c
            self._radiator.off_at = self._settings.radiator_off_c
            fan = self._radiator.update(coolant_c)
        outputs.pump_coolant.command(1 if pump else 0, now_ms)
        outputs.radiator_fan.command(1 if fan else 0, now_ms)
        outputs.enclosure_fan.command(1 if engine.enclosure_fan_wanted else 0, now_ms)
        outputs.heat_recovery_valve.command(int(self.recovery_pct * 100), now_ms)

    def _not_believed(self, coolant, now_ms):
        """Return whether the coolant is not known: no reading, or one of an engine that has load and stays cold."""
        if held(coolant, now_ms, GAP_MS) is None:
            self._shown_mc = None
            return True
        if self._shown_mc is None:
            self._shown_mc = coolant.scaled
        self._shown_mc += (coolant.scaled - self._shown_mc) >> _LAG
        engine = self._engine
        if self._shown_mc >= _COLD_MC:
            self._scans = 0
            self._doubted = False
        elif not engine.running:
            self._scans = min(0, self._scans) - 1
            if self._scans < -_HOUR:
                self._doubted = False
        elif engine.loaded:
            self._scans = max(0, self._scans)
            if self._scans % _LOOK == 0:
                if self._scans and self._shown_mc < self._from_mc + _WARMS_MK:
                    self._doubted = True
                self._from_mc = self._shown_mc
            self._scans += 1
        else:
            self._scans = 0  # without load it may get colder
        return self._doubted

    def _recovery(self, coolant_c, pump, dt_s):
        if not pump:
            self._loop.track(0.0)
            return 0.0
        settings = self._settings
        # what was refused before, with the radiator's help at best, waits in the coolant: a probe in the water is slower
        self._loop.high = clamp(self._ceiling(coolant_c, settings), 0.0, self._loop.high + _RISE_PCT)
        return self._loop.update(coolant_c - settings.coolant_target_c, dt_s)

    def _takes_heat(self):
        """Return whether the hot water may have it: water that stands would boil, and its probe stop the engine."""
        water = self._water
        free = water.takes_heat and water.hot_flow_proven if self._duty.cooling() else True
        return free and self._outputs.pump_hot.commanded

    def _ceiling(self, coolant_c, settings):
        if not self._takes_heat():
            return 0.0
        error_k = self._setpoint.error_k
        ceiling = 100.0
        if coolant_c > settings.radiator_on_c:
            ceiling = 100.0 - 50.0 * (coolant_c - settings.radiator_on_c) / _RADIATOR_FADE_K
        excess = 0.0 if error_k is None else _WATER_EARLY_K - error_k - settings.stop_error_k
        if excess > 0.0:
            fade = 100.0 - 100.0 * excess / (_CHILLING_FADE_K if self._duty.cooling() else _WATER_FADE_K)
            if fade < ceiling:
                ceiling = fade
        return ceiling
