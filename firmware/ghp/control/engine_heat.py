"""Engine heat: as much as possible to the water, never so much that the engine runs cold or the water too hot.

The recovery valve (100 % = all coolant through the water exchanger, 0 % = all through the radiator) holds the
coolant at its target.  Above the radiator fan's switch-on the valve gives a growing share to the radiator, and
water that nears the unit's stop limit gets less and less engine heat.

While chilling the engine's heat is a gift: the hot tank gets it as long as it is no warmer than its set point and the
hot loop proves its flow, else the radiator.  Nobody stops the chiller for the sake of the hot water.

A coolant probe that is bad, or shows an engine that stays cold for two minutes under load, is not believed: then everything cools.
"""

from micropython import const

from ghp.blocks.control import PI, Hysteresis, clamp
from ghp.blocks.timers import OnDelay
from ghp.sensing.readings import GOOD

_KP_PCT_K = 8.0
_TI_S = 90.0
_WATER_EARLY_K = 0.4  # this far below the unit's stop limit the recovery begins to fade ...
_WATER_FADE_K = 0.8  # ... to nothing over this: less cycling at small loads, less heat after the stop
_CHILLING_FADE_K = 6.0  # the same while chilling: only the engine's heat is there to move it
_COLD_MC = const(60000)  # no engine stays below this under load, unless its thermostat stands open: no harm either
_WARMS_MK = const(3000)  # in _COLD_MS, at least
_COLD_MS = const(120000)
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
        self._cold = OnDelay(_COLD_MS)
        self._cold_mc = 0
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
        if coolant.quality != GOOD or self._too_cold(coolant.scaled, now_ms):
            # blind, or shown an engine that cannot be so cold: cool by every means while anything can be hot
            self.recovery_pct = self._blind_ceiling() if pump else 0.0
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

    def _too_cold(self, coolant_mc, now_ms):
        """Return whether a loaded engine seems to stay cold: one that is cold gets warmer."""
        cold = self._engine.loaded and coolant_mc < min(_COLD_MC, self._cold_mc + _WARMS_MK)
        if not cold or coolant_mc < self._cold_mc:
            self._cold_mc = coolant_mc
        return self._cold.update(cold, now_ms)

    def _recovery(self, coolant_c, pump, dt_s):
        if not pump:
            self._loop.track(0.0)
            return 0.0
        settings = self._settings
        # what was refused before, with the radiator's help at best, waits in the coolant: a probe in the water is slower
        self._loop.high = clamp(self._ceiling(coolant_c, settings), 0.0, self._loop.high + _RISE_PCT)
        return self._loop.update(coolant_c - settings.coolant_target_c, dt_s)

    def _blind_ceiling(self):
        return 100.0 if not self._duty.cooling() or self._water.takes_heat else 0.0

    def _ceiling(self, coolant_c, settings):
        if self._duty.cooling() and not (self._water.takes_heat and self._water.hot_flow_proven):
            return 0.0
        if not self._outputs.pump_hot.commanded:
            return 0.0  # standing water, as in a changeover: it would boil, and its probe stop the engine
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
