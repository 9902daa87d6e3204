"""What the demands of both waters share: who asks, when a start may be wanted, how long the engine has run.

`heat_demand` and `cool_demand` say what each water adds; whether it gets the machine is for `ghp.control.arbiter`.
"""

from micropython import const

from ghp.blocks.timers import Stopwatch
from ghp.control.claims import MODE_AUTO, MODE_HEAT, MODE_OFF
from ghp.sensing.readings import GOOD

# why there is no demand; 4 is the water's own
WANTED = const(0)
NOT_ASKED = const(1)  # the mode leaves this water out: claims or the mode itself tell
NO_CALL = const(2)
PROBE = const(3)
TOO_COLD = const(5)  # outdoors
SATISFIED = const(6)
ENDING = const(7)


class WaterDemand:
    """call: the water's contact; left_out: the mode, besides off, that does not serve it.

    run_wanted  True while the water wants the machine (the sequence still has its own permissives)
    circulate   True while the water's pump shall run although it is not served
    by_temperature  True when run_wanted fell only because the water is satisfied (the shortest run is honoured)
    source      code of what decides
    """

    def __init__(self, readings, settings, setpoint, capacity, engine, duty, claims, call, left_out):
        self._readings = readings
        self._settings = settings
        self._setpoint = setpoint
        self._capacity = capacity
        self._engine = engine
        self._duty = duty
        self._mode = claims.mode
        self._call = call
        self._left_out = left_out
        self._ran = Stopwatch()
        self._was_running = False
        self.run_wanted = False
        self.circulate = False
        self.by_temperature = False
        self.source = NOT_ASKED

    def _time_run(self, now_ms):
        """Time the run; return whether the engine runs."""
        running = self._engine.running
        self._ran.tick(now_ms)
        if running and not self._was_running:
            self._ran.start(now_ms)
        self._was_running = running
        return running

    def _is_called(self):
        """Return whether the contact asks, or need not be asked."""
        return (self._mode.value != MODE_AUTO and not self._settings.call_contact) or self._call.on

    def _off_source(self):
        """Return what switches the demand off whatever the water says, or WANTED."""
        mode = self._mode.value
        if mode == MODE_OFF or mode == self._left_out:
            return NOT_ASKED
        return WANTED if self._is_called() else NO_CALL

    def _start_error(self, flow_switch, entering):
        """Return the error that a start goes by: without flow that of the entering water."""
        if flow_switch.on or entering.quality != GOOD:
            return self._setpoint.error_k
        entering_c = entering.scaled / 1000
        if self._left_out == MODE_HEAT:  # chilled water
            return entering_c - self._setpoint.effective_c
        return self._setpoint.effective_c - entering_c

    def _start_source(self, error_k, start_k):
        """Return whether a start is wanted: the air is warm enough, and the water `start_k` from its set point."""
        ambient = self._readings.ambient_temp
        if ambient.quality == GOOD and ambient.scaled < int(self._settings.ambient_min_c * 1000):
            return TOO_COLD
        if self.run_wanted:
            return WANTED if error_k > 0.0 else SATISFIED  # the water recovered before the start
        return WANTED if error_k >= start_k else SATISFIED

    def _ended(self):
        """Return why the demand that has ended stays ended until the engine is at rest."""
        return self.source if self.source >= PROBE else ENDING

    def _tell_shortest_run(self, add, text, stop_k):
        """Tell that the run goes on only because it was short."""
        error_k = self._setpoint.error_k
        if self._was_running and error_k is not None and error_k <= -stop_k:
            left_s = self._settings.min_run_s - self._ran.age_ms // 1000
            if left_s > 0:
                add(4, text, left_s, None)
