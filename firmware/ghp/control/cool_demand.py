"""Chilling demand: does the chilled water want the machine now?  Whether it gets it is for `ghp.control.arbiter`.

Which water decides: while the loop circulates, the leaving probe; without flow the entering probe.  Never is chilling
asked for, nor kept on at least capacity, near freezing, whatever the shortest run says.
"""

from micropython import const

from ghp import units
from ghp.blocks.timers import Stopwatch
from ghp.control.claims import MODE_AUTO, MODE_HEAT, MODE_OFF
from ghp.sensing.readings import GOOD
from ghp.table import Words

# why there is no demand
WANTED = const(0)
NOT_ASKED = const(1)
NO_CALL = const(2)
PROBE = const(3)
NEAR_FREEZING = const(4)
TOO_COLD = const(5)
SATISFIED = const(6)
ENDING = const(7)
TEXT = Words(
    "Chilling is wanted|Mode has no chilling|No call for chilling at the contact|"
    "No chilling: leaving chilled-water temperature is not known|No chilling: chilled water is near freezing|"
    "No chilling: outdoor air is too cold|Chilled water is cold enough|A stop that has begun is carried through"
)


class CoolDemand:
    """Decides `run_wanted`.

    run_wanted  True while the chilled water wants chilling (the sequence still has its own permissives)
    called      True while mode and contact ask for chilling, whatever the water says
    circulate   True while the chilled-water pump shall run although nothing is chilled
    by_temperature  True when run_wanted fell only because the water is cold (the shortest run is honoured)
    source      code of what decides, TEXT gives the sentence
    """

    def __init__(self, readings, settings, setpoint, capacity, engine, duty, claims):
        self._readings = readings
        self._settings = settings
        self._setpoint = setpoint
        self._capacity = capacity
        self._engine = engine
        self._duty = duty
        self._mode = claims.mode
        self._ran = Stopwatch()
        self._was_running = False
        self.run_wanted = False
        self.called = False
        self.circulate = False
        self.by_temperature = False
        self.source = NOT_ASKED

    def update(self, now_ms, dt_s):
        """Decide."""
        running = self._engine.running
        self._ran.tick(now_ms)
        if running and not self._was_running:
            self._ran.start(now_ms)
        self._was_running = running
        source = self._off_source()
        self.called = source == WANTED
        self.circulate = self.called and self._settings.standby_flow
        if source == WANTED:
            source = self._may_stop() if running and self._duty.cooling() else self._may_start()
        self.source = source
        self.run_wanted = source == WANTED
        self.by_temperature = source == SATISFIED

    def _off_source(self):
        mode = self._mode.value
        if mode == MODE_OFF or mode == MODE_HEAT:
            return NOT_ASKED
        if (mode == MODE_AUTO or self._settings.call_contact) and not self._readings.call_cool.on:
            return NO_CALL
        return WANTED

    def _may_start(self):
        readings = self._readings
        settings = self._settings
        leaving = readings.chilled_leaving
        if leaving.quality != GOOD:
            return PROBE
        entering = readings.chilled_entering
        least_mc = int(settings.chilled_no_start_c * 1000)
        if leaving.scaled <= least_mc or (entering.quality == GOOD and entering.scaled <= least_mc):
            return NEAR_FREEZING
        ambient = readings.ambient_temp
        if ambient.quality == GOOD and ambient.scaled < int(settings.ambient_min_c * 1000):
            return TOO_COLD
        error_k = self._setpoint.error_k
        if not readings.flow_switch_chilled.on and entering.quality == GOOD:
            error_k = entering.scaled / 1000 - self._setpoint.effective_c
        if self.run_wanted:
            return WANTED if error_k > 0.0 else SATISFIED  # the water recovered before the start
        return WANTED if error_k >= settings.chilled_start_k else SATISFIED

    def _may_stop(self):
        if not self.run_wanted:
            return self.source if self.source >= PROBE else ENDING
        error_k = self._setpoint.error_k
        if error_k is None:
            return WANTED  # the sensor alarm stops the unit
        settings = self._settings
        if self._capacity.at_minimum:
            if error_k + self._setpoint.effective_c <= settings.chilled_no_start_c:
                return NEAR_FREEZING
            if error_k <= -settings.chilled_stop_k and self._ran.age_ms >= settings.min_run_s * 1000:
                return SATISFIED
        return WANTED

    def reasons(self, add, now_ms):
        """Tell why there is no demand, or what keeps the unit chilling although the water is cold."""
        source = self.source
        if source == NOT_ASKED:
            return
        settings = self._settings
        us = settings.us()
        if source != WANTED:
            value = None
            if source == SATISFIED:
                value = "starts above " + units.text("c", self._setpoint.effective_c + settings.chilled_start_k, us)
            elif source == NEAR_FREEZING:
                value = "starts above " + units.text("c", settings.chilled_no_start_c, us)
            elif source == TOO_COLD:
                value = "starts above " + units.text("c", settings.ambient_min_c, us)
            add(0, TEXT[source], None, value)
            return
        error_k = self._setpoint.error_k
        if self._was_running and self._duty.cooling() and error_k is not None and error_k <= -settings.chilled_stop_k:
            left_s = settings.min_run_s - self._ran.age_ms // 1000
            if left_s > 0:
                add(4, "Chilled water is cold enough; shortest run", left_s, None)
