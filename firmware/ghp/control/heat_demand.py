"""Heating demand: does the hot water want the machine now?  Whether it gets it is for `ghp.control.arbiter`.

Which water decides: while the loop circulates, the leaving probe.  In standby the pump therefore keeps
circulating at its least speed (settings.standby_flow); with it switched off, or without flow, the entering
probe decides, which sits at the bottom of the tank.
"""

from micropython import const

from ghp import units
from ghp.control.claims import MODE_COOL, MODE_OFF
from ghp.control.water_demand import NOT_ASKED, PROBE, SATISFIED, TOO_COLD, WANTED, WaterDemand
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import GAP_MS
from ghp.table import Words

_STOP_AHEAD_S = 35.0
_AHEAD_MOST_K = 2.0  # what stopping gives; water behind a plate that a defrost has cooled comes back faster

TOO_HOT = const(4)
TEXT = Words(
    "Heat is wanted|Mode has no heating|No call for heat at the contact|"
    "No start: leaving water temperature is not known|No start: hot water is already too hot|"
    "No start: outdoor air is too cold|Water is warm enough|A stop that has begun is carried through"
)


class HeatDemand(WaterDemand):
    """Decides `run_wanted`; see WaterDemand.  TEXT gives the sentence of `source`.

    takes_heat  True while the hot water may be given the engine's heat of chilling
    """

    def __init__(self, readings, settings, setpoint, capacity, engine, duty, claims):
        WaterDemand.__init__(
            self, readings, settings, setpoint, capacity, engine, duty, claims, readings.call_heat, MODE_COOL
        )
        self.takes_heat = False

    def update(self, now_ms, dt_s):
        """Decide."""
        running = self._time_run(now_ms) and not self._duty.cooling()
        source = self._off_source()
        self.circulate = source == WANTED and self._settings.standby_flow
        if source == WANTED:
            source = self._by_water(running, now_ms)
        self.source = source
        self.run_wanted = source == WANTED
        error_k = self._setpoint.error_k
        too_warm = error_k is not None and error_k <= -self._settings.min_run_yield_k
        self.by_temperature = source == SATISFIED and not too_warm
        self.takes_heat = self._may_take(error_k)

    def _may_take(self, error_k):
        """Return whether engine heat of chilling is welcome: up to where heating itself would stop."""
        if self._mode.value == MODE_OFF or error_k is None or not self._is_called():
            return False
        return error_k > (-self._settings.stop_error_k if self.takes_heat else 0.0)

    def _by_water(self, running, now_ms):
        if running:
            return self._may_stop()
        readings = self._readings
        leaving = readings.leaving_water
        if leaving.quality != GOOD:
            return WANTED if self.run_wanted and leaving.bad_for_ms(now_ms) < GAP_MS else PROBE
        hot_mc = int(self._settings.water_no_start_c * 1000)  # only at rest, when there is time to allocate
        entering = readings.entering_water
        if leaving.scaled >= hot_mc or (entering.quality == GOOD and entering.scaled >= hot_mc):
            return TOO_HOT
        return self._start_source(self._start_error(readings.flow_switch_hot, entering), self._settings.start_error_k)

    def _may_stop(self):
        if not self.run_wanted:
            return self._ended()
        error_k = self._setpoint.error_k
        if error_k is None:
            return WANTED  # the sensor alarm stops the unit
        settings = self._settings
        if error_k <= -settings.min_run_yield_k and self._capacity.at_minimum:
            return SATISFIED
        if self._ran.age_ms < settings.min_run_s * 1000:
            return WANTED
        if not (self._capacity.at_minimum and self._engine.loaded):
            return WANTED  # parked for a defrost is no least capacity
        rate = self._capacity.rate_k_s
        if rate is not None and rate > 0.0:
            error_k -= min(rate * _STOP_AHEAD_S, _AHEAD_MOST_K)  # the machine goes on giving heat while it stops
        if error_k <= -settings.stop_error_k:
            return SATISFIED
        return WANTED

    def reasons(self, add, now_ms):
        """Tell why there is no demand, or what keeps the unit running although the water is warm."""
        source = self.source
        if source == NOT_ASKED:
            return
        settings = self._settings
        us = settings.us()
        if source != WANTED:
            value = None
            if source == SATISFIED or source == TOO_HOT:
                start_c = settings.water_no_start_c
                error_k = self._start_error(self._readings.flow_switch_hot, self._readings.entering_water)
                # unless only the probe that does not decide is too hot
                if source == SATISFIED or (error_k or 0) < settings.start_error_k:
                    start_c = min(start_c, self._setpoint.effective_c - settings.start_error_k)
                value = "starts below " + units.text("c", start_c, us)
            elif source == TOO_COLD:
                value = "allowed above " + units.text("c", settings.ambient_min_c, us)
            add(0, TEXT[source], None, value)
            return
        if not self._duty.cooling():
            self._tell_shortest_run(add, "Water is warm enough; shortest run", settings.stop_error_k)
