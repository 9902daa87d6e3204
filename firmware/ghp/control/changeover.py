"""Changeover: the sole owner of reversing valve and water valve, the sole writer of the duty.

    heat <-> cool, running:   unload, clutch out (engine parks) -> pressures equal -> pilot -> exchanger's water
                              inside its rule -> both pumps off -> water valve travels, end switch proves it
                              -> clutch -> valve slides -> proven by pressures and water
    at standstill:            the same without the engine; proven at the next start
    defrost:                  the refrigerant alone, under the running compressor inside its window of pressure
                              difference, or parked when the window is not reached

The pilot turns only where the rules allow: compressor out and pressures equal, or running slow and unloaded inside
the window; never while a stop is in progress.  The water valve travels only with both pumps off and the exchanger's
water inside its rule.  Every state has a time limit and an end, see `changeover_states`.
"""

from micropython import const

from ghp.control import changeover_states as steps
from ghp.control import plate_water, states
from ghp.control.changeover_base import AGAIN_MS, ChangeoverBase
from ghp.control.valve_proof import RIGHT, SLIDES_PA, WRONG
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import GAP_MS

RETRIES = const(2)
_EQUAL_MS = const(5000)  # between equal pressures the compressor turns for 3 s after its clutch
_READY_MS = const(3000)
_STILL_MS = const(4000)
_SETTLED_MS = const(60000)
_TEMPER_RPM = const(1200)
_TEMPERS = const(3)  # times the compressor may temper the exchanger in one changeover
_ICY_C = const(-5)  # too cold for water that stands, whatever a slow or loose probe shows
_ICY_K = const(15)
_ICY_MS = const(20000)  # an exchanger that has just been drawn empty is another matter, and is noticed sooner
_RISE_MS = const(180000)  # a cold coil on the high side warms until the difference can be made
_WINDOW_MS = const(1000)
_INSIDE_PA = const(14000)  # the window is used this far inside its edges: what two transducers may be wrong
_RPM_BAND = const(60)
_STILL_MLPS = const(150)
_SOONEST = const(4)  # a quarter of the time allowed
_SOONEST_MS = const(30000)  # no water valve is as quick


class Changeover(ChangeoverBase):
    """The steps; see ChangeoverBase for what can be read.

    `update` once per slow scan, after the arbiter and before capacity, expansion valve, fans and water.
    """

    def update(self, now_ms, dt_s):
        """One step; commands both valves and refreshes the duty."""
        if self._changes != self._settings.changes:
            self._configure()
        self._age.tick(now_ms)
        self._again.tick(now_ms)
        self._whole.tick(now_ms)
        self.may_run = True
        self.shift_rpm = 0
        self._watch_end(now_ms)
        if self._moved and not self._engine.clutch_in and (self.proof.difference_pa() or 0) <= -SLIDES_PA:
            self._parked = False  # it may slide by itself now (hot water at a cold plate), and then nobody sees a fall
        _STEPS[self.state](self, now_ms)
        self._publish(now_ms)

    def _check(self, now_ms):
        """After power-up nothing runs until the end switch, if it can be believed, shows the water valve at its place."""
        self.may_run = False
        if self._switch.update(self._at_place(), now_ms) and (not self._unproven or self._had_its_time()):
            self._unproven = 0
            self._enter(steps.REST, now_ms)
        elif self._overdue():
            self._lock(self._a_lost, now_ms)

    def _rest(self, now_ms):
        engine = self._engine
        mode = self._duty.mode
        self.target = mode
        if self.failure and self._again.age_ms >= AGAIN_MS and not self._monitor.stands(self._a_water):
            self.failure = ""
            self._unblock()
        self._watch(now_ms)
        if not engine.running:
            self._parked = False
        if self.state != steps.REST or self._stopping():
            return
        wanted = self._wanted()
        other = wanted is not None and wanted != mode and not self._defrost_wanted and not self._duty.defrosting
        if other and not self.failure:
            self.target = wanted
            self._moves_water = True
            self._tempers = 0
            self._whole.start(now_ms)
            self._enter(steps.UNLOADING, now_ms)
            self._unloading(now_ms)
        elif self._pilot_for(mode) != self.pilot:
            self._moves_water = False
            if engine.loaded:
                self._enter(steps.WINDOW, now_ms)
            elif self._defrost_wanted and not engine.running:
                self._defrost_wanted = False  # not running: nothing to defrost with
            else:
                self._enter(steps.UNLOADING, now_ms)
                self._unloading(now_ms)
        elif self._moved and engine.running:
            self._enter(steps.SLIDE, now_ms)
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
        if proof.update(now_ms) == WRONG:
            self._failed(now_ms)
        elif self._running.age_ms >= self._settings.valve_proof_s * 1000 and not self._duty.defrosting:
            if proof.holds():
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
            self._enter(steps.EQUALISE, now_ms)
        elif self._withdrawn():
            self._turn_back(now_ms)
        elif self._overdue() and engine.state != states.OFF:  # at rest it waits for the alarm that stopped the unit
            self._give_up("the compressor could not be taken out", now_ms)

    def _withdrawn(self):
        """Return whether the wish for the other water is over before any water has moved."""
        return self._moves_water and self.water != self.target and self._wanted() != self.target

    def _turn_back(self, now_ms):
        """Nothing has moved but perhaps the pilot: leave it, or turn it back where that is allowed."""
        self._moves_water = False
        self._arbiter.stays = True
        self.target = self._duty.mode
        if self.pilot == self._pilot_for(self.target):
            self._enter(steps.REST, now_ms)
        else:
            self._enter(steps.UNLOADING, now_ms)

    def _equalise(self, now_ms):
        """Pressures come together with the valve wide open; then the pilot turns."""
        self._hold_start()
        if not self._compressor_out() or self._stopping():
            self._enter(steps.UNLOADING, now_ms)
        elif self._withdrawn():
            self._turn_back(now_ms)
        elif self._tempered():
            self._enter(steps.PLATE, now_ms)
        elif self._held_for(self._equal() and not self.linger, _EQUAL_MS, now_ms) or self._overdue():
            self._turn_pilot(self._pilot_for(self.target))
            if self._moves_water and self.water != self.target:
                self._enter(steps.PLATE, now_ms)
            else:
                self._engage(now_ms)

    def _tempered(self):
        """Return whether the compressor has just tempered the exchanger.

        The valve has slid by then, and equal pressures would only undo the work: they wait until the water has moved.
        """
        return self._tempers > 0 and not self._moved and self._moves_water and self.pilot == self._pilot_for(self.target)

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
        self._enter(steps.SLIDE if self._engine.running else steps.REST, now_ms)

    def _plate(self, now_ms):
        """The exchanger's water must be inside the rule of the loop that it is to join."""
        parked = self._engine.parked
        if not parked and not self._engine_starts():
            self._hold_start()
        if self._stopping():
            self._enter(steps.UNLOADING, now_ms)
            return
        if self._withdrawn():
            self._turn_back(now_ms)
            return
        ready = plate_water.ready(self._readings, self._settings, self._duty.mode, self.target)
        if self._held_for(ready is True and self._compressor_out(), _READY_MS, now_ms):
            self._enter(steps.SETTLE, now_ms)
        elif self._overdue() and not ready:
            if parked and ready is False and self._tempers < _TEMPERS:
                self._tempers += 1
                self._enter(steps.TEMPER, now_ms)
            elif self._age.age_ms >= 3 * self._limits[steps.PLATE] + 900000 or (
                parked and (ready is False or self._age.age_ms >= self._limits[steps.PLATE] + GAP_MS)
            ):
                self._give_up("exchanger's water is not at its temperature", now_ms)

    def _temper(self, now_ms):
        """The compressor, unloaded, on the standing water of the exchanger, which cools or warms quickly."""
        engine = self._engine
        self.shift_rpm = _TEMPER_RPM
        if not engine.clutch_in:
            self._begin_proof(now_ms)
        elif self._slides_wrong(now_ms):
            return
        done = plate_water.tempered(self._readings, self._settings, self._derived, self._duty.mode, self.target)
        boils_c = self._derived.evaporating_c
        icy = boils_c is not None and boils_c < _ICY_C and not self._duty.cooling()
        icy = icy and engine.clutch_in and self.proof.slid  # before that, the suction is the cold coil
        gas_k = self._derived.superheat_k  # little refrigerant in warm water boils cold, too: its gas is warm
        icy = icy and (gas_k is None or gas_k < _ICY_K)
        icy = self._held_for(icy, _ICY_MS, now_ms)
        if done or icy or self._overdue() or self._stopping() or not engine.running:
            self._enter(steps.UNLOADING, now_ms)

    def _settle(self, now_ms):
        """Both pumps off, both meters still."""
        self._hold_start()
        readings = self._readings
        still = self._outputs.pump_hot.value == 0 and self._outputs.pump_chilled.value == 0
        still = still and _stands(readings.hot_flow, readings.flow_switch_hot)
        still = still and _stands(readings.chilled_flow, readings.flow_switch_chilled)
        placed = self._at_place()  # a switch that shows the other end already would prove a travel that has hardly begun
        if not self._compressor_out() or self._stopping():
            self._enter(steps.UNLOADING, now_ms)
        elif self._held_for(still and placed, _STILL_MS, now_ms):
            self.water = self.target
            self._unproven = 1
            self._enter(steps.TRAVEL, now_ms)
        elif self._overdue():
            self._give_up("water did not come to rest" if placed else "end switches do not prove the water valve's place", now_ms)

    def _travel(self, now_ms):
        """Nothing but its end switch ends the travel, and not at once; a stop meanwhile does not matter to it."""
        self._hold_start()
        arrived = self._switch.update(self._at_place(), now_ms)
        early = arrived and self._age.age_ms < min(self._limits[steps.TRAVEL] // _SOONEST, _SOONEST_MS)
        if arrived and not early:
            self._unproven = 0
            self._duty.mode = self.target
            self.count += 1
            self.failure = ""
            self.last_s = self._whole.age_ms // 1000
            self._engage(now_ms)
        elif early or self._overdue():
            self.failure = "end switch answers too soon" if early else "water valve did not travel"
            self._event = self._a_water
            self.water = self.target = self._duty.mode
            self._enter(steps.RETURN, now_ms)

    def _return(self, now_ms):
        self._hold_start()
        arrived = self._switch.update(self._at_place(), now_ms)
        if arrived and self._had_its_time():  # the other switch may be the one that lies
            self._unproven = 0
            self._give_up(self.failure, now_ms)
        elif self._overdue():
            self._lock(self._a_lost, now_ms)

    def _begin_proof(self, now_ms):
        """The clutch is about to engage."""
        self.proof.begin(self.pilot == 1, self._moved, self._parked, now_ms)

    def _slides_wrong(self, now_ms):
        """Let the proof judge and note a slide; return whether this try has failed: its verdict, or no refrigerant."""
        proof = self.proof
        if self.warms_coil and self._age.age_ms < _RISE_MS:
            proof.wait(now_ms)
        verdict = proof.update(now_ms)
        if proof.slid:
            self._moved = False
        empty = not proof.slid and verdict != WRONG and self._pumps_empty(now_ms)
        if empty:
            proof.evidence = "suction side is empty"
        if empty or verdict == WRONG:
            self._failed(now_ms)
            self._slid = self._slid or empty  # it is there: the other side has all the refrigerant
        return empty or verdict == WRONG

    def _slide(self, now_ms):
        """From the order to engage until the clutch is in and the slide is seen."""
        engine = self._engine
        self._duty.moving = True
        proof = self.proof
        if engine.loaded:
            self.shift_rpm = self._settings.shift_rpm
        if not engine.clutch_in:
            self._begin_proof(now_ms)
            if not engine.running or self._overdue():
                self._enter(steps.REST, now_ms)
            return
        if not self._slides_wrong(now_ms) and proof.slid:
            self._duty.moving = False
            self._enter(steps.PROVE, now_ms)

    def _prove(self, now_ms):
        self._duty.moving = False
        if not self._engine.clutch_in:
            self._enter(steps.REST, now_ms)
            return
        verdict = self.proof.update(now_ms)
        if verdict == WRONG or (self._overdue() and verdict != RIGHT and not self._duty.defrosting):
            if verdict != WRONG:
                self.proof.evidence = "nothing shows that it moved"
            self._failed(now_ms)
        elif verdict == RIGHT or self._overdue():
            self._running.start(now_ms)
            self._begun = True  # the long proof goes on from what is known
            self._enter(steps.REST, now_ms)

    def _failed(self, now_ms):
        """This try did not bring the valve to its place: take the compressor out, turn the pilot once more."""
        self.verified = False
        self.attempts += 1
        if self.state == steps.TEMPER:
            self._tempers -= 1
        self.failure = "reversing valve: " + self.proof.evidence
        self._slid = self.proof.slid and self.proof.must_slide  # then it may well be there: the next try judges afresh
        # it was only believed to be there; or the last try with water that flows: what slid before the clutch nobody saw
        last = self.attempts == RETRIES and self.state == steps.SLIDE and not self._defrost_wanted
        if last or not self.proof.must_slide:
            self._parked = False
        if self.attempts > RETRIES:
            self._lock(self._a_valve, now_ms)
        else:
            self._whole.start(now_ms)
            self._enter(steps.REPULSE, now_ms)

    def _repulse(self, now_ms):
        """With equal pressures: pilot back for a moment, and again; then the shift goes on where it was."""
        self._hold_start()
        if self._stopping():
            self._enter(steps.UNLOADING, now_ms)
            return
        turned = self.pilot != self._goal
        equal = self._equal() or self._whole.age_ms >= self._limits[steps.EQUALISE] + self._limits[steps.UNLOADING]
        if not self._compressor_out() or not (equal or turned):
            self._age.start(now_ms)
        elif not turned:
            if self._age.age_ms >= _EQUAL_MS:
                self.pilot = 1 - self._goal
                self._moved = self._slid
                self._age.start(now_ms)
        elif self._overdue():
            if self._goal == self._pilot_for(self.target):  # else nobody wants it any more: a defrost has given up
                self.pilot = self._goal
                self._moved = not self._slid
            self._goal = self.pilot
            self._begun = False
            if self._moves_water and self.water != self.target:
                self._enter(steps.EQUALISE, now_ms)
            else:
                self._engage(now_ms)

    def _window(self, now_ms):
        """Under the running compressor: slow and unloaded the difference falls into its window by itself, or does not.

        It is not forced there: a valve opened wide floods the compressor, a closed one starves it.
        """
        engine = self._engine
        if not engine.loaded or self._stopping():
            self._enter(steps.REST, now_ms)
            return
        if self.pilot == self._pilot_for(self._duty.mode):
            self._enter(steps.REST, now_ms)
            return
        self.shift_rpm = self._settings.shift_rpm
        difference = self.proof.difference_pa()
        ready = (
            difference is not None
            and self._low_pa + _INSIDE_PA <= difference <= self._high_pa - _INSIDE_PA
            and engine.speed.scaled <= self._settings.shift_rpm + _RPM_BAND
            and self._outputs.unloader.value == 1
            and not self._too_hot()
        )
        if self._held_for(ready, _WINDOW_MS, now_ms):
            self._turn_pilot(self._pilot_for(self._duty.mode))
            self.proof.begin(self.pilot == 1, True, True, now_ms)
            self._enter(steps.SLIDE, now_ms)
        elif self._overdue() or self._low.update(difference is not None and self._never_inside(difference), now_ms):
            # It is not for the expansion valve to make the difference: it would starve or flood the compressor.
            self._enter(steps.UNLOADING, now_ms)

    def _locked(self, now_ms):
        self.may_run = False
        self._unproven &= not self._held_for(self._at_place(), self._limits[steps.CHECK], now_ms)
        if self._event is None and not (self._monitor.stands(self._a_valve) or self._monitor.stands(self._a_lost)):
            self.attempts = 0
            self.failure = ""
            self._unblock()
            self._enter(steps.CHECK, now_ms)

    # --- people ---------------------------------------------------------------------------------------------

    def reasons(self, add, now_ms):
        """Tell what a changeover waits for, or why the last one failed."""
        state = self.state
        limit_ms = self._limits[state]
        left_s = (limit_ms - self._age.age_ms + 999) // 1000 if limit_ms else None
        if state not in (steps.REST, steps.LOCKED):
            value = None
            if state == steps.PLATE or state == steps.TEMPER:
                value = plate_water.text(self._readings, self._settings, self._duty.mode, self.target)
            add(1, steps.text(state), left_s if left_s is None or left_s > 0 else 0, value)
        if self.failure:
            left_s = (AGAIN_MS - self._again.age_ms) // 1000
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
