"""Heating demand: does the hot water want the machine now?  Whether it gets it is for `ghp.control.arbiter`.

Which water decides: while the loop circulates, the leaving probe.  In standby the pump therefore keeps
circulating at its least speed (settings.standby_flow); with it switched off, or without flow, the entering
probe decides, which sits at the bottom of the tank.
"""

from micropython import const

from ghp import units
from ghp.blocks.timers import Stopwatch
from ghp.control.claims import MODE_AUTO, MODE_COOL, MODE_OFF
from ghp.sensing.readings import GOOD
from ghp.table import Words

_STOP_AHEAD_S = 35.0

# why there is no demand; SATISFIED and the rest are not faults
WANTED = const(0)
NOT_ASKED = const(1)  # the mode has no heating: claims or the mode itself tell
NO_CALL = const(2)
PROBE = const(3)
TOO_HOT = const(4)
TOO_COLD = const(5)
SATISFIED = const(6)
ENDING = const(7)
TEXT = Words(
    "Heat is wanted|Mode has no heating|No call for heat at the contact|"
    "No start: leaving water temperature is not known|No start: hot water is already too hot|"
    "No start: outdoor air is too cold|Water is warm enough|A stop that has begun is carried through"
)


class HeatDemand:
    """Decides `run_wanted`.

    run_wanted  True while the hot water wants heat (the sequence still has its own permissives)
    circulate   True while the hot-water pump shall run although no heat is made
    takes_heat  True while the hot water may be given the engine's heat of chilling
    by_temperature  True when run_wanted fell only because the water is warm (the shortest run is honoured)
    source      code of what decides, TEXT gives the sentence
    """

    def __init__(self, readings, settings, setpoint, capacity, engine, duty, claims):
        self._duty = duty
        self._mode = claims.mode
        self._readings = readings
        self._settings = settings
        self._setpoint = setpoint
        self._capacity = capacity
        self._engine = engine
        self._ran = Stopwatch()
        self._was_running = False
        self.run_wanted = False
        self.circulate = False
        self.takes_heat = False
        self.by_temperature = False
        self.source = NOT_ASKED

    def update(self, now_ms, dt_s):
        """Decide."""
        running = self._engine.running
        self._ran.tick(now_ms)
        if running and not self._was_running:
            self._ran.start(now_ms)
        self._was_running = running
        running = running and not self._duty.cooling()
        source = self._off_source()
        self.circulate = source == WANTED and self._settings.standby_flow
        if source == WANTED:
            source = self._by_water(running)
        self.source = source
        self.run_wanted = source == WANTED
        error_k = self._setpoint.error_k
        too_warm = error_k is not None and error_k <= -self._settings.min_run_yield_k
        self.by_temperature = source == SATISFIED and not too_warm
        self.takes_heat = self._may_take(error_k)

    def _off_source(self):
        """Return what switches heating off whatever the water says, or WANTED."""
        mode = self._mode.value
        if mode == MODE_OFF or mode == MODE_COOL:
            return NOT_ASKED
        if (mode == MODE_AUTO or self._settings.call_contact) and not self._readings.call_heat.on:
            return NO_CALL
        return WANTED

    def _may_take(self, error_k):
        """Return whether engine heat of chilling is welcome: up to where heating itself would stop."""
        mode = self._mode.value
        if mode == MODE_OFF or error_k is None:
            return False
        if (mode == MODE_AUTO or self._settings.call_contact) and not self._readings.call_heat.on:
            return False
        return error_k > (-self._settings.stop_error_k if self.takes_heat else 0.0)

    def _by_water(self, running):
        if running:
            return self._may_stop()
        readings = self._readings
        leaving = readings.leaving_water
        if leaving.quality != GOOD:
            return PROBE
        hot_mc = int(self._settings.water_no_start_c * 1000)  # only at rest, when there is time to allocate
        entering = readings.entering_water
        if leaving.scaled >= hot_mc or (entering.quality == GOOD and entering.scaled >= hot_mc):
            return TOO_HOT
        ambient = readings.ambient_temp
        if ambient.quality == GOOD and ambient.scaled < int(self._settings.ambient_min_c * 1000):
            return TOO_COLD
        error_k = self._start_error()
        if self.run_wanted:
            return WANTED if error_k > 0.0 else SATISFIED  # the water recovered before the start
        return WANTED if error_k >= self._settings.start_error_k else SATISFIED

    def _start_error(self):
        entering = self._readings.entering_water
        if self._readings.flow_switch_hot.on or entering.quality != GOOD:
            return self._setpoint.error_k
        return self._setpoint.effective_c - entering.scaled / 1000

    def _may_stop(self):
        if not self.run_wanted:
            return self.source if self.source >= PROBE else ENDING
        error_k = self._setpoint.error_k
        if error_k is None:
            return WANTED  # the sensor alarm stops the unit
        settings = self._settings
        if error_k <= -settings.min_run_yield_k and self._capacity.at_minimum:
            return SATISFIED
        if self._ran.age_ms < settings.min_run_s * 1000:
            return WANTED
        if not self._capacity.at_minimum:
            return WANTED
        rate = self._capacity.rate_k_s
        if rate is not None and rate > 0.0:
            error_k -= rate * _STOP_AHEAD_S  # the machine goes on giving heat while it stops
        if error_k <= -settings.stop_error_k:
            return SATISFIED
        return WANTED

    def reasons(self, add, now_ms):
        """Tell why there is no demand, or what keeps the unit running although the water is warm."""
        source = self.source
        if source == NOT_ASKED:
            return
        us = self._settings.us()
        if source != WANTED:
            value = None
            if source == SATISFIED:
                start_c = self._setpoint.effective_c - self._settings.start_error_k
                value = "starts below " + units.text("c", start_c, us)
            elif source == TOO_HOT:
                value = "starts below " + units.text("c", self._settings.water_no_start_c, us)
            elif source == TOO_COLD:
                value = "starts above " + units.text("c", self._settings.ambient_min_c, us)
            add(0, TEXT[source], None, value)
            return
        error_k = self._setpoint.error_k
        if self._was_running and not self._duty.cooling() and error_k is not None and error_k <= -self._settings.stop_error_k:
            left_s = self._settings.min_run_s - self._ran.age_ms // 1000
            if left_s > 0:
                add(4, "Water is warm enough; shortest run", left_s, None)
