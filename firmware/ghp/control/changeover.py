"""Changeover: the sole owner of reversing valve and water valve, the sole writer of the duty.

    heat <-> cool, running:   unload, clutch out (engine parks) -> pressures equal -> pilot -> exchanger's water
                              inside its rule -> both pumps off -> water valve travels, end switch proves it
                              -> clutch -> valve slides -> proven by pressures and water
    at standstill:            the same without the engine; proven at the next start
    defrost:                  the refrigerant alone, under the running compressor inside its window of pressure
                              difference, or parked when the window is not reached

The pilot turns only where the rules allow: compressor out and pressures equal, or running slow and unloaded inside
the window; never while a stop is in progress.  The water valve travels only with both pumps off and the exchanger's
water inside its rule.  Every state has a time limit and an end, see TABLE.
"""

from micropython import const

from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.control import arbiter as arbitration
from ghp.control import duty as duties
from ghp.control import plate_water, states, wishes
from ghp.control.valve_proof import RIGHT, WRONG, ValveProof
from ghp.protection import stops
from ghp.sensing.readings import GOOD

CHECK = const(0)
REST = const(1)
UNLOADING = const(2)
EQUALISE = const(3)
PLATE = const(4)
TEMPER = const(5)
SETTLE = const(6)
TRAVEL = const(7)
RETURN = const(8)
REPULSE = const(9)
SLIDE = const(10)
PROVE = const(11)
WINDOW = const(12)
LOCKED = const(13)

# code, text, limit (a setting in seconds, or milliseconds), what happens at the limit
TABLE = (
    (CHECK, "proving the water valve's place", "water_valve_s", "alarm water_valve_lost"),
    (REST, "at rest", None, "stays until the other duty is wanted"),
    (UNLOADING, "changeover: taking the compressor out", 400000, "given up, tried again after a while"),
    (EQUALISE, "changeover: equalising pressures", "equalise_s", "goes on: nothing turns against the pressure"),
    (PLATE, "changeover: exchanger's water to temperature", "plate_wait_s", "tempered by the compressor, or given up"),
    (TEMPER, "changeover: compressor tempers the exchanger", 180000, "taken out again; the water decides"),
    (SETTLE, "changeover: waiting for still water", 30000, "given up, tried again after a while"),
    (TRAVEL, "changeover: water valve travels", "water_valve_s", "goes back: alarm water_valve"),
    (RETURN, "changeover: water valve goes back", "water_valve_s", "alarm water_valve_lost"),
    (REPULSE, "changeover: pilot turns back and again", 10000, "next try"),
    (SLIDE, "changeover: engaging, valve slides", 400000, "proven at the next start"),
    (PROVE, "changeover: proving the position", 120000, "next try; after two retries alarm reversing_valve"),
    (WINDOW, "reversing while running", 40000, "parks and reverses then"),
    (LOCKED, "locked out", None, "until a person resets"),
)
TEXT = tuple([row[1] for row in TABLE])

RETRIES = const(2)
_EQUAL_MS = const(2000)
_READY_MS = const(3000)
_STILL_MS = const(4000)
_SWITCH_MS = const(1000)
_SETTLED_MS = const(60000)
_AGAIN_MS = const(600000)  # after giving up
_TEMPER_RPM = const(1200)
_TEMPERS = const(2)  # times the compressor may temper the exchanger in one changeover
_WINDOW_MS = const(1000)
_LOW_MS = const(4000)
_INSIDE_PA = const(35000)  # the window is aimed at this far inside its edges
_RPM_BAND = const(60)
_STILL_MLPS = const(150)


class Changeover:
    """`update` once per slow scan, after the arbiter and before capacity, expansion valve, fans and water.

    state       code, TEXT[state] for people
    pilot       level of reversing_valve: 1 coil condenses
    water       level of water_valve: 1 exchanger on the chilled loop
    park, shift_rpm, still   for the orders
    may_run     the engine may start and run
    linger      set by the defrost: stay parked, the coil drips
    verified    the reversing valve's position is proven since power-up or since it moved
    attempts    tries of this shift that failed
    count       changeovers that ended in the other duty, since power-up
    last_dip_s, last_s   length of the last changeover, s
    failure     why the last attempt ended without success, in words, or ''
    """

    def __init__(self, readings, settings, derived, monitor, engine, duty, arbiter, outputs):
        self._readings = readings
        self._settings = settings
        self._monitor = monitor
        self._engine = engine
        self._duty = duty
        self._arbiter = arbiter
        self._outputs = outputs
        self.proof = ValveProof(readings, derived, duty)
        self._a_valve = monitor.find("reversing_valve")
        self._a_water = monitor.find("water_valve")
        self._a_lost = monitor.find("water_valve_lost")
        self._a_given_up = monitor.find("changeover_given_up")
        self._age = Stopwatch(started=True)
        self._again = Stopwatch()
        self._whole = Stopwatch()
        self._running = Stopwatch()
        self._held = OnDelay(0)
        self._switch = OnDelay(_SWITCH_MS)
        self._low = OnDelay(_LOW_MS)
        self._event = None
        self._limits = [0] * len(TABLE)
        self._changes = -1
        self._tempers = 0
        self._goal = outputs.reversing_valve.value  # level of the pilot that the present shift aims at
        self._moved = False  # the pilot has turned since the valve was last seen to slide
        self._parked = False  # the engine has run since then, so the pressures were equal until the clutch
        self._begun = False  # the proof runs
        self._dry = False  # the compressor tempers the exchanger, or is on its way out after that
        self._moves_water = False
        self._defrost_wanted = False
        self.pilot = outputs.reversing_valve.value
        self.water = outputs.water_valve.value
        self.target = self.water
        duty.mode = duties.COOLING if self.water else duties.HEATING
        self.state = CHECK
        self.park = False
        self.shift_rpm = 0
        self.still = False
        self.may_run = False
        self.linger = False
        self.verified = False
        self.attempts = 0
        self.count = 0
        self.last_s = 0
        self.failure = ""

    # --- what defrost asks ----------------------------------------------------------------------------------

    def reverse(self, defrosting):
        """Reverse the refrigerant for a defrost (True) or back; the water stays.  See `reversed`, `busy`."""
        self._defrost_wanted = defrosting

    def busy(self):
        """Return True while a shift of either kind is under way."""
        return self.state not in (REST, LOCKED, CHECK)

    # --- the scan -------------------------------------------------------------------------------------------

    def update(self, now_ms, dt_s):
        """One step; commands both valves and refreshes the duty."""
        if self._changes != self._settings.changes:
            self._configure()
        self._age.tick(now_ms)
        self._again.tick(now_ms)
        self._whole.tick(now_ms)
        self.may_run = True
        self.shift_rpm = 0
        _STEPS[self.state](self, now_ms)
        self._publish(now_ms)

    def _configure(self):
        settings = self._settings
        self._changes = settings.changes
        for row in TABLE:
            limit = row[2]
            if isinstance(limit, str):
                limit = getattr(settings, limit) * 1000
            self._limits[row[0]] = limit or 0
        self._equalise_pa = int(settings.equalise_dp_kpa * 1000)
        self._low_pa = int(settings.shift_dp_low_kpa * 1000)
        self._high_pa = int(settings.shift_dp_high_kpa * 1000)

    def _enter(self, state, now_ms):
        self.state = state
        self._age.start(now_ms)
        self._held.reset()
        self._switch.reset()

    def _overdue(self):
        limit = self._limits[self.state]
        return limit > 0 and self._age.age_ms >= limit

    def _held_for(self, condition, delay_ms, now_ms):
        self._held.delay_ms = delay_ms
        return self._held.update(condition, now_ms)

    def _publish(self, now_ms):
        state = self.state
        duty = self._duty
        outputs = self._outputs
        outputs.reversing_valve.command(self.pilot, now_ms)
        outputs.water_valve.command(self.water, now_ms)
        self.park = UNLOADING <= state <= REPULSE and state != TEMPER
        tempers = state == TEMPER
        clutch_in = self._engine.clutch_in
        self.still = self._dry = clutch_in and (self._dry or (tempers and self.proof.slid))
        if state < SLIDE or state > PROVE:
            duty.moving = self.park or self.still or state == CHECK
        duty.defrosting = duty.mode == duties.HEATING and self.pilot == 1
        pumps = duties.PUMPS_AUTO
        if state == CHECK or SETTLE <= state <= RETURN or self._dry or (state == LOCKED and not self._at_place()):
            pumps = duties.PUMPS_STILL
        elif tempers:  # until the valve has slid the exchanger works the wrong way round
            pumps = duties.PUMPS_CHILLED if duty.mode == duties.COOLING else duties.PUMPS_HOT
        elif state == PLATE and self._engine_starts() and not self._engine.parked:
            pumps = duties.PUMPS_AUTO  # its start proves the flow
        elif state == EQUALISE or state == PLATE:
            pumps = plate_water.pumps(self._readings, self._settings, duty.mode, self.target, self._moves_water)
        duty.pumps = pumps
        valve = None
        if state == EQUALISE or state == PLATE:
            valve = wishes.VALVE_EQUALISE
        elif (state == SLIDE or state == TEMPER) and self._engine.clutch_in and not self.proof.slid:
            valve = wishes.VALVE_SHUT
        duty.valve = valve
        self._raise_events(now_ms)

    def _raise_events(self, now_ms):
        """An event's alarm stands until the engine is at rest; then a person may reset it."""
        event = self._event
        if event is not None:
            rest = self._engine.standstill or event.stop_class < stops.NORMAL_STOP
            over = rest and self._age.age_ms >= 1000
            self._monitor.judge(event, not over, now_ms)
            if over:
                self._event = None
        self._monitor.judge(self._a_given_up, bool(self.failure) and self._again.age_ms < _AGAIN_MS, now_ms)

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

    def _give_up(self, why, now_ms):
        """End without the other duty: what was served goes on, and it is tried again after a while."""
        self.failure = why
        self.target = self.water
        self._again.start(now_ms)
        self._block(why)
        if self.pilot != self._pilot_for(self._duty.mode):
            self._moves_water = False
            self._enter(EQUALISE if self._compressor_out() else UNLOADING, now_ms)
        else:
            self._enter(REST, now_ms)

    def _block(self, why):
        water = arbitration.HEAT if self._duty.mode == duties.COOLING else arbitration.COOL
        self._arbiter.block(water, why)

    def _unblock(self):
        self._arbiter.block(arbitration.HEAT, "")
        self._arbiter.block(arbitration.COOL, "")

    def _lock(self, alarm, now_ms):
        self._event = alarm
        self._monitor.judge(alarm, True, now_ms)
        self._enter(LOCKED, now_ms)

    def _pilot_for(self, mode):
        return 1 if mode == duties.COOLING or self._defrost_wanted else 0

    # --- the states -----------------------------------------------------------------------------------------

    def _check(self, now_ms):
        """After power-up: nothing runs until the end switch shows the water valve where the relay holds it."""
        self.may_run = False
        if self._switch.update(self._at_place(), now_ms):
            self._enter(REST, now_ms)
        elif self._overdue():
            self._lock(self._a_lost, now_ms)

    def _rest(self, now_ms):
        engine = self._engine
        mode = self._duty.mode
        self.target = mode
        if self.failure and self._again.age_ms >= _AGAIN_MS:
            self.failure = ""
            if not self._a_water.standing():
                self._unblock()
        self._watch(now_ms)
        if not engine.running:
            self._parked = False
        if self.state != REST or self._stopping():
            return
        wanted = self._wanted()
        other = wanted is not None and wanted != mode and not self._defrost_wanted and not self._duty.defrosting
        if other and not self.failure:
            self.target = wanted
            self._moves_water = True
            self._tempers = 0
            self._whole.start(now_ms)
            self._enter(UNLOADING, now_ms)
            self._unloading(now_ms)
        elif self._pilot_for(mode) != self.pilot:
            self._moves_water = False
            if engine.loaded:
                self._enter(WINDOW, now_ms)
            elif self._defrost_wanted:
                self._defrost_wanted = False  # not running: nothing to defrost with
            else:
                self._enter(UNLOADING, now_ms)
                self._unloading(now_ms)
        elif self._moved and engine.running:
            self._enter(SLIDE, now_ms)
        elif other:
            self.may_run = False

    def _watch(self, now_ms):
        """Prove a position that nobody has proven yet; notice a valve that came to rest midway."""
        engine = self._engine
        proof = self.proof
        if not engine.clutch_in or self._moved:
            self._running.start(now_ms)
            self._begun = False
            proof.joined(False, now_ms)
            return
        if not self._begun:
            self._begun = True
            proof.begin(self.pilot == 1, False, False, now_ms)
            self._running.start(now_ms)
        self._running.tick(now_ms)
        if self.verified:
            if proof.joined(self._running.age_ms >= _SETTLED_MS and engine.loaded, now_ms):
                proof.evidence = "pressure difference is gone"
                self._failed(now_ms)
            return
        verdict = proof.update(now_ms)
        if verdict == WRONG:
            self._failed(now_ms)
        elif self._running.age_ms >= self._settings.valve_proof_s * 1000 and not self._duty.defrosting:
            if verdict == RIGHT and proof.coil_agrees() is not False:
                self.verified = True
                self.attempts = 0
            else:
                proof.evidence = "water and coil do not agree with the position"
                self._failed(now_ms)

    def _unloading(self, now_ms):
        """Until the compressor is out: parked, or at standstill.  An engine not yet cranked does not start."""
        engine = self._engine
        if engine.state < states.PURGE:
            self.may_run = False
        if self._compressor_out() and not self._stopping():
            self._enter(EQUALISE, now_ms)
        elif self._withdrawn():
            self._turn_back(now_ms)
        elif self._overdue():
            self._give_up("the compressor could not be taken out", now_ms)

    def _withdrawn(self):
        """Return whether the wish for the other water is over before any water has moved."""
        return self._moves_water and self.water != self.target and self._wanted() != self.target

    def _turn_back(self, now_ms):
        """Nothing has moved but perhaps the pilot: leave it, or turn it back where that is allowed."""
        self._moves_water = False
        self.target = self._duty.mode
        if self.pilot == self._pilot_for(self.target):
            self._enter(REST, now_ms)
        else:
            self._enter(UNLOADING, now_ms)

    def _equalise(self, now_ms):
        """Pressures come together with the valve wide open; then the pilot turns."""
        self._hold_start()
        if not self._compressor_out() or self._stopping():
            self._enter(UNLOADING, now_ms)
        elif self._withdrawn():
            self._turn_back(now_ms)
        elif self._held_for(self._equal() and not self.linger, _EQUAL_MS, now_ms) or self._overdue():
            self._turn_pilot(self._pilot_for(self.target))
            if self._moves_water and self.water != self.target:
                self._enter(PLATE, now_ms)
            else:
                self._engage(now_ms)

    def _turn_pilot(self, level):
        if self.pilot != level:
            self.pilot = level
            self._parked = self._engine.running
            self._moved = not self._moved  # turned back before it slid: it has not moved
            self.verified = False
        self._goal = level
        self._begun = False

    def _hold_start(self):
        if self._engine.state < states.PURGE:
            self.may_run = False

    def _engage(self, now_ms):
        self._moves_water = False
        self._enter(SLIDE if self._engine.running else REST, now_ms)

    def _plate(self, now_ms):
        """The exchanger's water must be inside the rule of the loop that it is to join."""
        parked = self._engine.parked
        if not parked and not self._engine_starts():
            self._hold_start()
        if self._stopping():
            self._enter(UNLOADING, now_ms)
            return
        if self._withdrawn():
            self._turn_back(now_ms)
            return
        ready = plate_water.ready(self._readings, self._settings, self._duty.mode, self.target)
        if self._held_for(ready is True and self._compressor_out(), _READY_MS, now_ms):
            self._enter(SETTLE, now_ms)
        elif self._overdue():
            if parked and ready is False and self._tempers < _TEMPERS:
                self._tempers += 1
                self._enter(TEMPER, now_ms)
            elif self._age.age_ms >= 3 * self._limits[PLATE] + 900000 or parked:
                self._give_up("exchanger's water is not at its temperature", now_ms)

    def _engine_starts(self):
        """At standstill the engine may come to park, to temper the exchanger, once waiting has not helped."""
        return self._age.age_ms >= 3 * self._limits[PLATE] and self._wanted() == self.target

    def _temper(self, now_ms):
        """The compressor, unloaded, on the standing water of the exchanger, which cools or warms quickly."""
        engine = self._engine
        self.shift_rpm = _TEMPER_RPM
        if not engine.clutch_in:
            self.proof.begin(self.pilot == 1, self._moved, self._parked, now_ms)
        elif self._slides(now_ms) == WRONG:
            self._failed(now_ms)
            return
        done = plate_water.tempered(self._readings, self._settings, self._duty.mode, self.target)
        if done or self._overdue() or self._stopping() or not engine.running:
            self._enter(UNLOADING, now_ms)

    def _settle(self, now_ms):
        """Both pumps off, both meters still."""
        self._hold_start()
        readings = self._readings
        still = self._outputs.pump_hot.value == 0 and self._outputs.pump_chilled.value == 0
        still = still and _stands(readings.hot_flow, readings.flow_switch_hot)
        still = still and _stands(readings.chilled_flow, readings.flow_switch_chilled)
        if not self._compressor_out() or self._stopping():
            self._enter(UNLOADING, now_ms)
        elif self._held_for(still, _STILL_MS, now_ms):
            self.water = self.target
            self._enter(TRAVEL, now_ms)
        elif self._overdue():
            self._give_up("water did not come to rest", now_ms)

    def _travel(self, now_ms):
        """Nothing but its end switch ends the travel; a stop meanwhile does not matter to it."""
        self._hold_start()
        if self._switch.update(self._at_place(), now_ms):
            self._duty.mode = self.target
            self.count += 1
            self.failure = ""
            self.last_s = self._whole.age_ms // 1000
            self._engage(now_ms)
        elif self._overdue():
            self.failure = "water valve did not travel"
            self._event = self._a_water
            self.water = 1 - self.water
            self.target = self.water
            self._enter(RETURN, now_ms)

    def _return(self, now_ms):
        self._hold_start()
        if self._switch.update(self._at_place(), now_ms):
            self._give_up(self.failure, now_ms)
        elif self._overdue():
            self._lock(self._a_lost, now_ms)

    def _slides(self, now_ms):
        """Let the proof judge; a slide that was seen is noted."""
        verdict = self.proof.update(now_ms)
        if self.proof.slid:
            self._moved = False
        return verdict

    def _slide(self, now_ms):
        """From the order to engage until the clutch is in and the slide is seen."""
        engine = self._engine
        self._duty.moving = True
        proof = self.proof
        if engine.loaded:
            self.shift_rpm = self._settings.shift_rpm
        if not engine.clutch_in:
            proof.begin(self.pilot == 1, self._moved, self._parked, now_ms)
            if not engine.running or self._overdue():
                self._enter(REST, now_ms)
            return
        if self._slides(now_ms) == WRONG:
            self._failed(now_ms)
        elif proof.slid:
            self._duty.moving = False
            self._enter(PROVE, now_ms)

    def _prove(self, now_ms):
        self._duty.moving = False
        if not self._engine.clutch_in:
            self._enter(REST, now_ms)
            return
        verdict = self.proof.update(now_ms)
        if verdict == WRONG or (self._overdue() and verdict != RIGHT and not self._duty.defrosting):
            if verdict != WRONG:
                self.proof.evidence = "nothing shows that it moved"
            self._failed(now_ms)
        elif verdict == RIGHT or self._overdue():
            self._running.start(now_ms)
            self._begun = True  # the long proof goes on from what is known
            self._enter(REST, now_ms)

    def _failed(self, now_ms):
        """This try did not bring the valve to its place: take the compressor out, turn the pilot once more."""
        self.verified = False
        self.attempts += 1
        if self.state == TEMPER:
            self._tempers -= 1
        self.failure = "reversing valve: " + self.proof.evidence
        if self.attempts > RETRIES:
            self._lock(self._a_valve, now_ms)
        else:
            self._whole.start(now_ms)
            self._enter(REPULSE, now_ms)

    def _repulse(self, now_ms):
        """With equal pressures: pilot back for a moment, and again; then the shift goes on where it was."""
        self._hold_start()
        if self._stopping():
            self._enter(UNLOADING, now_ms)
            return
        turned = self.pilot != self._goal
        equal = self._equal() or self._whole.age_ms >= self._limits[EQUALISE] + self._limits[UNLOADING]
        if not self._compressor_out() or not (equal or turned):
            self._age.start(now_ms)
        elif not turned:
            if self._age.age_ms >= _EQUAL_MS:
                self.pilot = 1 - self._goal
                self._age.start(now_ms)
        elif self._overdue():
            self.pilot = self._goal
            self._moved = True
            self._begun = False
            if self._moves_water and self.water != self.target:
                self._enter(EQUALISE, now_ms)
            else:
                self._engage(now_ms)

    def _window(self, now_ms):
        """Under the running compressor: slow and unloaded the difference falls into its window by itself, or does not.

        It is not forced there: a valve opened wide floods the compressor, a closed one starves it.
        """
        engine = self._engine
        if not engine.loaded or self._stopping():
            self._enter(REST, now_ms)
            return
        if self.pilot == self._pilot_for(self._duty.mode):
            self._enter(REST, now_ms)
            return
        self.shift_rpm = self._settings.shift_rpm
        difference = self.proof.difference_pa()
        ready = (
            difference is not None
            and self._low_pa + _INSIDE_PA <= difference <= self._high_pa - _INSIDE_PA
            and engine.speed.scaled <= self._settings.shift_rpm + _RPM_BAND
            and self._outputs.unloader.value == 1
        )
        if self._held_for(ready, _WINDOW_MS, now_ms):
            self._turn_pilot(self._pilot_for(self._duty.mode))
            self.proof.begin(self.pilot == 1, True, True, now_ms)
            self._enter(SLIDE, now_ms)
        elif self._overdue() or self._low.update(difference is not None and difference < self._low_pa, now_ms):
            # Too small a difference is not for the valve to make: it would starve the compressor.
            self._low.reset()
            self._enter(UNLOADING, now_ms)

    def _locked(self, now_ms):
        self.may_run = False
        if self._event is None and not (self._a_valve.standing() or self._a_lost.standing()):
            self.attempts = 0
            self.failure = ""
            self._unblock()
            self._enter(CHECK, now_ms)

    # --- people ---------------------------------------------------------------------------------------------

    def reasons(self, add, now_ms):
        """Tell what a changeover waits for, or why the last one failed."""
        state = self.state
        limit_ms = self._limits[state]
        left_s = (limit_ms - self._age.age_ms + 999) // 1000 if limit_ms else None
        if state not in (REST, LOCKED):
            value = None
            if state == PLATE or state == TEMPER:
                value = plate_water.text(self._readings, self._settings, self._duty.mode, self.target)
            add(1, TEXT[state], left_s if left_s is None or left_s > 0 else 0, value)
        if self.failure:
            left_s = (_AGAIN_MS - self._again.age_ms) // 1000
            add(1, "Changeover failed", left_s if left_s > 0 else None, self.failure)


def _stands(flow, switch):
    """Return whether a loop's water stands: by its meter, or by its switch when the meter is bad."""
    if flow.quality != GOOD:
        return not switch.on
    return flow.scaled < _STILL_MLPS


_STEPS = (
    Changeover._check, Changeover._rest, Changeover._unloading, Changeover._equalise, Changeover._plate,
    Changeover._temper, Changeover._settle, Changeover._travel, Changeover._return, Changeover._repulse,
    Changeover._slide, Changeover._prove, Changeover._window, Changeover._locked,
)
