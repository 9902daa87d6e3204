"""Chilling demand: does the chilled water want the machine now?  Whether it gets it is for `ghp.control.arbiter`.

Which water decides: while the loop circulates, the leaving probe; without flow the entering probe.  Never is chilling
asked for, nor kept on at least capacity, near freezing, whatever the shortest run says.
"""

from micropython import const

from ghp import units
from ghp.control.claims import MODE_HEAT
from ghp.control.water_demand import NOT_ASKED, PROBE, SATISFIED, TOO_COLD, WANTED, WaterDemand
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import GAP_MS
from ghp.table import Words

NEAR_FREEZING = const(4)
TEXT = Words(
    "Chilling is wanted|Mode has no chilling|No call for chilling at the contact|"
    "No chilling: leaving chilled-water temperature is not known|No chilling: chilled water is near freezing|"
    "No chilling: outdoor air is too cold|Chilled water is cold enough|A stop that has begun is carried through"
)


class CoolDemand(WaterDemand):
    """Decides `run_wanted`; see WaterDemand.  TEXT gives the sentence of `source`.

    called      True while mode and contact ask for chilling, whatever the water says
    """

    def __init__(self, readings, settings, setpoint, capacity, engine, duty, claims):
        WaterDemand.__init__(
            self, readings, settings, setpoint, capacity, engine, duty, claims, readings.call_cool, MODE_HEAT
        )
        self.called = False

    def update(self, now_ms, dt_s):
        """Decide."""
        running = self._time_run(now_ms)
        source = self._off_source()
        self.called = source == WANTED
        self.circulate = self.called and self._settings.standby_flow
        if source == WANTED:
            source = self._may_stop() if running and self._duty.cooling() else self._may_start(now_ms)
        self.source = source
        self.run_wanted = source == WANTED
        self.by_temperature = source == SATISFIED

    def _may_start(self, now_ms):
        readings = self._readings
        settings = self._settings
        leaving = readings.chilled_leaving
        if leaving.quality != GOOD:
            return WANTED if self.run_wanted and leaving.bad_for_ms(now_ms) < GAP_MS else PROBE
        entering = readings.chilled_entering
        least_mc = int(settings.chilled_no_start_c * 1000)
        if leaving.scaled <= least_mc or (entering.quality == GOOD and entering.scaled <= least_mc):
            return NEAR_FREEZING
        return self._start_source(self._start_error(readings.flow_switch_chilled, entering), settings.chilled_start_k)

    def _may_stop(self):
        if not self.run_wanted:
            return self._ended()
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
            if source == SATISFIED or source == NEAR_FREEZING:
                start_c = self._setpoint.effective_c + settings.chilled_start_k
                error_k = self._start_error(self._readings.flow_switch_chilled, self._readings.chilled_entering)
                if source == NEAR_FREEZING and (error_k or 0) >= settings.chilled_start_k:
                    start_c = settings.chilled_no_start_c  # only the probe that does not decide is as cold as that
                value = "starts above " + units.text("c", start_c, us)
            elif source == TOO_COLD:
                value = "allowed above " + units.text("c", settings.ambient_min_c, us)
            add(0, TEXT[source], None, value)
            return
        if self._duty.cooling():
            self._tell_shortest_run(add, "Chilled water is cold enough; shortest run", settings.chilled_stop_k)
