"""What a changeover knows and asks, without its steps: valves, duty, engine, alarms, the other waters.

See `ghp.control.changeover` for the order of the steps.
"""

from micropython import const

from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.control import arbiter as arbitration
from ghp.control import changeover_states as steps
from ghp.control import duty as duties
from ghp.control import plate_water, states, wishes
from ghp.control.valve_proof import ValveProof
from ghp.protection import stops
from ghp.refrigerant import saturation_kpa
from ghp.sensing.readings import GOOD

_SWITCH_MS = const(1000)
_HOT_PA = const(1500000)  # denser gas is beyond what the suction side may show for as long as it would take
# What comes from a coil that slides over under the running compressor lifts the condensing temperature this far above the
# entering water, whatever the coil holds: 7.2 to 9.6 K in a dozen slides of the simulated machine at 1270 to 1580 kPa.
_LIFT_K = 9.0
_SLIDES_MS = const(10000)
_BELIEVED_MS = const(3000)
_GONE_SCANS = const(6)
AGAIN_MS = const(600000)  # after giving up
_LOW_MS = const(4000)
_BUILDS_FROM_PA = const(350000)  # the slide's 30 psi above a suction that the compressor may have


class ChangeoverBase:
    """What can be read:

    state       code of `changeover_states`, its TEXT for people
    pilot       level of reversing_valve: 1 coil condenses
    water       level of water_valve: 1 exchanger on the chilled loop
    park, shift_rpm, still   for the orders
    may_run     the engine may start and run
    warms_coil  no air on the coil, until its pressure can slide the valve
    linger      set by the defrost: stay parked, the coil drips
    verified    the reversing valve's position is proven since power-up or since it moved
    attempts    tries of this shift that failed
    count       changeovers that ended in the other duty, since power-up
    last_s      length of the last changeover, s
    failure     why the last attempt ended without success, in words, or ''
    """

    def __init__(self, readings, settings, derived, monitor, engine, duty, arbiter, outputs):
        self._readings = readings
        self._settings = settings
        self._monitor = monitor
        self._derived = derived
        self._engine = engine
        self._duty = duty
        self._arbiter = arbiter
        self._outputs = outputs
        self.proof = ValveProof(readings, derived, duty)
        self._a_valve = monitor.place("reversing_valve")
        self._a_water = monitor.place("water_valve")
        self._a_lost = monitor.place("water_valve_lost")
        self._a_given_up = monitor.place("changeover_given_up")
        self._age = Stopwatch(started=True)
        self._again = Stopwatch()
        self._whole = Stopwatch()
        self._running = Stopwatch()
        self._held = OnDelay(0)
        self._switch = OnDelay(_SWITCH_MS)
        self._low = OnDelay(_LOW_MS)
        self._event = None
        self._limits = [0] * len(steps.TABLE)
        self._changes = -1
        self._tempers = 0
        self._goal = outputs.reversing_valve.value  # level of the pilot that the present shift aims at
        self._moved = False  # the pilot has turned since the valve was last seen to slide
        self._slid = False
        self._parked = False  # the engine has run since then, so the pressures were equal until the clutch
        self._begun = False  # the proof runs
        self._gone = 0  # scans without the end switch of a water valve that nobody moves
        self._unproven = 0  # 1: the water valve may be on its way: a switch that hangs shows an end before it is there
        self._dry = False  # the compressor tempers the exchanger, or is on its way out after that
        self._moves_water = False
        self._defrost_wanted = False
        self.pilot = outputs.reversing_valve.value
        self.water = outputs.water_valve.value
        self.target = self.water
        duty.mode = duties.COOLING if self.water else duties.HEATING
        self.state = steps.CHECK
        self.park = False
        self.shift_rpm = 0
        self.still = False
        self.may_run = False
        self.warms_coil = False
        self.linger = False
        self.verified = False
        self.attempts = 0
        self.count = 0
        self.last_s = 0
        self.failure = ""

    # --- what outlives a power cut --------------------------------------------------------------------------

    def kept(self):
        """Return what `restore` wants to know: 1 the water valve is not proven at its end, 2 its end is the chilled one."""
        return self._unproven | self.water << 1

    def restore(self, kept):
        """Before the first check is over: the valve that was elsewhere than the relay holds it now is on its way."""
        if self.state == steps.CHECK:
            self._unproven = (kept & 1) | (kept >> 1 ^ self.water)

    # --- what defrost asks ----------------------------------------------------------------------------------

    def reverse(self, defrosting):
        """Reverse the refrigerant for a defrost (True) or back; the water stays.  See `has_slid`, `busy`."""
        self._defrost_wanted = defrosting

    def busy(self):
        """Return True while a shift of either kind is under way."""
        return self.state not in (steps.REST, steps.LOCKED, steps.CHECK)

    def has_slid(self):
        """Return True once the valve has followed its pilot under the running compressor, proven or not."""
        return self._engine.loaded and not self._moved and self.state in (steps.SLIDE, steps.PROVE, steps.REST)

    # --- the scan -------------------------------------------------------------------------------------------

    def _configure(self):
        settings = self._settings
        self._changes = settings.changes
        self._limits = steps.limits(settings)
        self._empty_pa = int(settings.suction_trip_kpa * 800)  # the trip of the first minutes, which is blind until then
        self._equalise_pa = int(settings.equalise_dp_kpa * 1000)
        self._low_pa = int(settings.shift_dp_low_kpa * 1000)
        self._high_pa = int(settings.shift_dp_high_kpa * 1000)

    def _enter(self, state, now_ms):
        self.state = state
        self._age.start(now_ms)
        self._held.reset()
        self._switch.reset()
        self._low.reset()

    def _overdue(self):
        limit = self._limits[self.state]
        return limit > 0 and self._age.age_ms >= limit

    def _held_for(self, condition, delay_ms, now_ms):
        self._held.delay_ms = delay_ms
        return self._held.update(condition, now_ms)

    def _publish(self, now_ms):
        state = self.state
        duty = self._duty
        duty.wanted = self._wanted()
        outputs = self._outputs
        outputs.reversing_valve.command(self.pilot, now_ms)
        outputs.water_valve.command(self.water, now_ms)
        self.park = steps.UNLOADING <= state <= steps.REPULSE and state != steps.TEMPER
        tempers = state == steps.TEMPER
        clutch_in = self._engine.clutch_in
        self.still = self._dry = clutch_in and (self._dry or (tempers and self.proof.slid))
        if state < steps.SLIDE or state > steps.PROVE:
            duty.moving = self.park or self.still or state == steps.CHECK
        duty.slides = clutch_in and steps.SLIDE <= state <= steps.PROVE and self._age.age_ms < _SLIDES_MS
        duty.defrosting = duty.mode == duties.HEATING and self.pilot == 1
        pumps = duties.PUMPS_AUTO
        if state == steps.CHECK or steps.SETTLE <= state <= steps.RETURN or self._dry:
            pumps = duties.PUMPS_STILL
        elif state == steps.LOCKED and (self._unproven or not self._at_place()):
            pumps = duties.PUMPS_GUARD
        elif tempers:  # until the valve has slid the exchanger works the wrong way round
            pumps = duties.PUMPS_CHILLED if duty.mode == duties.COOLING else duties.PUMPS_HOT
        elif state == steps.PLATE and self._engine_starts() and not self._engine.parked:
            pumps = duties.PUMPS_AUTO  # its start proves the flow
        elif state == steps.EQUALISE or state == steps.PLATE:
            pumps = plate_water.pumps(self._readings, self._settings, duty.mode, self.target, self._moves_water)
            if plate_water.freezes(self._readings, self._derived, duty.mode):
                pumps = duties.PUMPS_CHILLED if duty.mode == duties.COOLING else duties.PUMPS_HOT
        duty.pumps = pumps
        valve = None
        tempered = self._tempers and not self._moved and not clutch_in and self._moves_water
        if (tempered and steps.UNLOADING <= state <= steps.TRAVEL) or steps.SETTLE <= state <= steps.RETURN:
            valve = wishes.VALVE_SHUT  # what the hot coil holds would warm the exchanger again, or the cold one cool it
        elif state == steps.EQUALISE or state == steps.PLATE:
            valve = wishes.VALVE_EQUALISE
        waits = (state == steps.SLIDE or tempers) and clutch_in and not self.proof.slid
        self.warms_coil = waits and not self._may_build()
        if waits and not self.warms_coil:
            valve = wishes.VALVE_SHUT
        duty.valve = valve
        duty.air = self.park and not clutch_in and not self.linger and plate_water.coil_too_warm(self._readings, self._derived)
        self._raise_events(now_ms)

    def _raise_events(self, now_ms):
        """An event's alarm stands until the engine is at rest; then a person may reset it."""
        event = self._event
        if event is not None:
            rest = self._engine.standstill or self._monitor.class_of(event) < stops.NORMAL_STOP
            over = rest and self._age.age_ms >= 1000
            self._monitor.judge(event, not over, now_ms)
            if over:
                self._event = None
        self._monitor.judge(self._a_given_up, bool(self.failure) and self._again.age_ms < AGAIN_MS, now_ms)

    def _may_build(self):
        """Return whether the difference that slides the valve can grow by the suction alone.

        Towards heating the coil is the high side until it slides.  A cold one that made a try fail has to warm first,
        and that takes an open expansion valve and still air.
        """
        if not self.attempts:
            return True
        high = self._readings.discharge_pressure
        return self.pilot == 1 or high.quality != GOOD or high.scaled >= _BUILDS_FROM_PA

    def _pumps_empty(self, now_ms):
        """Return whether the compressor draws on a side that has no refrigerant and gets none through the shut valve."""
        suction = self._readings.suction_pressure
        low = self._duty.valve == wishes.VALVE_SHUT and suction.quality == GOOD and suction.scaled < self._empty_pa
        return self._low.update(low, now_ms)

    # --- what the states ask --------------------------------------------------------------------------------

    def _compressor_out(self):
        engine = self._engine
        return engine.parked or (engine.state == states.OFF and engine.standstill)

    def _stopping(self):
        """Return whether a stop is in progress, or an alarm forbids to run."""
        engine = self._engine
        if self._monitor.stop_class >= stops.NORMAL_STOP:
            return True
        if engine.state == states.UNLOAD:
            return not engine.parking
        return engine.state > states.UNLOAD or (engine.state == states.OFF and not engine.standstill)

    def _equal(self):
        difference = self.proof.difference_pa()
        return difference is not None and -self._equalise_pa < difference < self._equalise_pa

    def _wanted(self):
        """Return the duty that is wanted, or None."""
        want = self._arbiter.want
        if want == arbitration.HEAT:
            return duties.HEATING
        return duties.COOLING if want == arbitration.COOL else None

    def _at_place(self):
        """Return whether the end switches say that the water valve is where it is commanded, and nowhere else."""
        hot = self._readings.valve_at_hot
        chilled = self._readings.valve_at_chilled
        if hot.quality != GOOD or chilled.quality != GOOD:
            return False
        return chilled.on and not hot.on if self.water else hot.on and not chilled.on

    def _had_its_time(self):
        """Return whether the water valve may be believed to have arrived: three seconds are left to say so."""
        return self._age.age_ms >= self._limits[self.state] - _BELIEVED_MS

    def _watch_end(self, now_ms):
        """Lock out when the water valve leaves its end unasked: two pumps would run through one open valve.

        A second switch that is on, too, is a switch that lies; one that is not known proves nothing.
        """
        own = self._readings.valve_at_chilled if self.water else self._readings.valve_at_hot
        rests = self.state != steps.CHECK and self.state != steps.LOCKED and not steps.TRAVEL <= self.state <= steps.RETURN
        self._gone = self._gone + 1 if rests and own.quality == GOOD and not own.on else 0
        if self._gone >= _GONE_SCANS:
            self._lock(self._a_lost, now_ms)

    def _never_inside(self, difference):
        """Return whether the window cannot be reached: too close already, or the water itself keeps the pressure up."""
        if difference < self._low_pa or self._too_hot():
            return True
        suction = self._readings.suction_pressure
        water = self._readings.entering_water
        if self._duty.defrosting or suction.quality != GOOD or water.quality != GOOD:
            return False
        return saturation_kpa(water.scaled / 1000) * 1000 - suction.scaled > self._high_pa

    def _too_hot(self):
        """Return whether the coil that is to come to the suction side holds more than the hot water could take up."""
        if self.pilot == 0:
            return False
        high = self._readings.discharge_pressure
        water = self._readings.entering_water
        if water.quality == GOOD and saturation_kpa(water.scaled / 1000 + _LIFT_K) > self._settings.discharge_hold_kpa:
            return True
        return high.quality == GOOD and high.scaled > _HOT_PA

    def _give_up(self, why, now_ms):
        """End without the other duty: what was served goes on, and it is tried again after a while."""
        self.failure = why
        self.target = self.water
        self._again.start(now_ms)
        self._block(why)
        if self.pilot != self._pilot_for(self._duty.mode):
            self._moves_water = False
            self._enter(steps.EQUALISE if self._compressor_out() else steps.UNLOADING, now_ms)
        else:
            self._enter(steps.REST, now_ms)

    def _block(self, why):
        water = arbitration.HEAT if self._duty.mode == duties.COOLING else arbitration.COOL
        self._arbiter.block(water, why)

    def _unblock(self):
        self._arbiter.block(arbitration.HEAT, "")
        self._arbiter.block(arbitration.COOL, "")

    def _lock(self, alarm, now_ms):
        self._event = alarm
        if alarm == self._a_lost:
            self._unproven = 1
        self._monitor.judge(alarm, True, now_ms)
        self._enter(steps.LOCKED, now_ms)

    def _engine_starts(self):
        """At standstill the engine may come to park, to temper the exchanger, once waiting has not helped."""
        return self._age.age_ms >= 3 * self._limits[steps.PLATE] and self._wanted() == self.target

    def _pilot_for(self, mode):
        return 1 if mode == duties.COOLING or self._defrost_wanted else 0
