"""Has the reversing valve moved?  What pressures and water say, from seconds to minutes after the clutch.

Seconds.  A valve that slides joins both sides for a moment and swaps them: the pressure difference that moved it falls
away.  One that stays lets it grow; so does one that had moved before, at standstill, and then the water must tell
within 20 s.  One that sticks midway never lets it build up.
Tens of seconds.  The plate's water begins to warm (heating) or to cool (chilling); before that, a condensing
temperature below the warm side, or an evaporating one above the cold side, belongs to the other position.
Minutes.  The coil's liquid end is cold (heating) or warm (chilling).

No water probe condemns the valve by itself.  Two that differ at the clutch, when the same water flows past both, are
left out of this proof; and what they say against the valve counts only while neither the coil nor the saturations show
that it is at its place.

All numbers are integers: Pa and mK.
"""

from micropython import const

from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.sensing.readings import ABOVE, GOOD

UNKNOWN = const(0)
RIGHT = const(1)
WRONG = const(2)

SLIDES_PA = const(22 * 6895)  # the valve slides above 30 psi; half a second lies between two looks
_MUST_PA = const(42 * 6895)  # and must have begun to below this
_FALL_PA = const(14 * 6895)  # fall of the difference that tells a slide
_SWAPPED_PA = const(-5 * 6895)  # a fall to below zero: the peak was between two looks, the sides have changed places
_TOP_PA = const(1379000)  # the suction transducer's end
_MUST_MS = const(3000)  # longer above _MUST_PA without a fall: it does not move
_LATE_PA = const(36 * 6895)  # in the cold the difference never gets to _MUST_PA: 20 % above where it slides, for longer
_LATE_MS = const(6000)
_BUILDS_PA = const(25 * 6895)  # less than this, _BUILDS_MS after the clutch: both sides are joined
_BUILDS_MS = const(40000)
_WATER_MK = const(1200)  # leaving less entering water of the plate that decides
_WRONG_MK = const(1600)
_WRONG_COLD_MK = const(2500)
_COLD_MS = const(60000)
_LOOK_MS = const(4000)
_GAIN_MK = const(250)  # a difference that gets better by this much in _LOOK_MS is left alone
_WATER_MS = const(3000)
_WATER_FROM_MS = const(20000)  # after the slide: plate and probes have forgotten what was before
_UNSEEN_FROM_MS = const(10000)
_UNSEEN_MS = const(18000)
_FORGOTTEN_MS = const(45000)  # plate and probes have forgotten the other loop's water
_DOWNHILL_MK = const(8000)  # a source hardly colder than its sink: the compressor makes no difference there
_SIDE_MK = const(6000)  # a saturation this far on the wrong side
_SIDE_MS = const(10000)
_SIDE_FROM_MS = const(60000)  # after the slide: a cold machine's pressures need this long to find their sides
_SIDE_BLIND_MS = const(95000)  # a coil that was melted boils above the air's temperature; the water would have told sooner
_COIL_HEATING_MC = const(10000)  # 50 F
_COIL_COOLING_MC = const(40000)  # 104 F
_COIL_AMBIENT_MK = const(1500)
_PAIR_MK = const(5000)  # between two probes of the water that flows while the compressor is out
_WASHED_MK = const(150)  # a scan
_LIFT_MK = const(15000)  # a machine that makes this much of a lift, between air and water, is not running downhill
_JOINED_PA = const(20 * 6895)
_JOINED_MS = const(30000)


class ValveProof:
    """`begin` with the position that must result, then `update` once per slow scan while the clutch is in.

    verdict    UNKNOWN, RIGHT or WRONG
    evidence   what decided, in words
    slid       the fall of the pressure difference was seen
    """

    def __init__(self, readings, derived, duty):
        self._readings = readings
        self._derived = derived
        self._duty = duty
        self._since = Stopwatch()
        self._after = Stopwatch()
        self._late = OnDelay(_LATE_MS)
        self._lasts = OnDelay(0)  # what speaks against the valve: a difference, then a wrong side, after the proof none at all
        self._peak_pa = 0
        self._unseen = False
        self._strict = False
        self._doubted = False
        self._clutch_mk = 0
        self._water = OnDelay(_WATER_MS)
        self._water_cools = False
        self._look = Stopwatch()
        self._reference_mk = 0
        self._recovering = False
        self.coil_condenses = False
        self.must_slide = False
        self.slid = False
        self.verdict = UNKNOWN
        self.evidence = ""

    def begin(self, coil_condenses, must_slide, strict, now_ms):
        """The clutch engages, or the pilot has turned under the running compressor.

        must_slide: the valve was on the other side, so a slide is waited for.  strict: it cannot have slid unseen,
        because the pressures were equal all the time.
        """
        self._strict = strict
        self.coil_condenses = coil_condenses
        self.must_slide = must_slide
        self.slid = not must_slide
        self.verdict = UNKNOWN
        self.evidence = ""
        self._unseen = False
        self._peak_pa = self.difference_pa() or 0
        if self._peak_pa < _LATE_PA:  # else it turns under the running compressor, and what was seen at its clutch holds
            self._doubted = False
            water_mk = self._plate_mk() or 0
            # water of another loop that is still being washed out brings them together
            self._doubted = abs(water_mk) >= _PAIR_MK and abs(water_mk) > abs(self._clutch_mk) - _WASHED_MK
            self._clutch_mk = water_mk
        self._since.start(now_ms)
        self._after.start(now_ms)
        self._late.reset()
        self._lasts.reset()
        self._water.reset()
        self._reference_mk = 0
        self._recovering = False
        self._look.start(now_ms)

    def wait(self, now_ms):
        """The difference cannot build up yet: its time begins now."""
        self._since.start(now_ms)

    def difference_pa(self):
        """Return discharge less suction pressure in Pa, or None."""
        high = self._readings.discharge_pressure
        low = self._readings.suction_pressure
        if high.quality != GOOD or low.quality != GOOD:
            return None
        return high.scaled - low.scaled

    def _plate_mk(self):
        """Return leaving less entering water of the plate in mK, or None."""
        readings = self._readings
        if self._duty.mode:
            leaving = readings.chilled_leaving
            entering = readings.chilled_entering
        else:
            leaving = readings.condenser_water
            entering = readings.entering_water
        if self._doubted or leaving.quality != GOOD or entering.quality != GOOD:
            return None
        return leaving.scaled - entering.scaled

    def update(self, now_ms):
        """Judge; returns the verdict, which stays once it is reached."""
        since_ms = self._since.tick(now_ms)
        after_ms = self._after.tick(now_ms)
        if self.verdict != UNKNOWN:
            return self.verdict
        difference = self.difference_pa()
        if difference is None:
            high = self._readings.discharge_pressure
            if self.slid or high.quality != GOOD or self._readings.suction_pressure.quality not in ABOVE:
                return UNKNOWN  # the sensor alarm stops the unit
            difference = high.scaled - _TOP_PA  # a coil hot from a defrost comes to the suction side
        if not self.slid:
            self._watch_slide(difference, since_ms, now_ms)
        elif after_ms >= _BUILDS_MS and difference < _BUILDS_PA and not self.downhill():
            self._decide(WRONG, "pressure difference does not build up")
        else:
            self._watch_water(now_ms, after_ms)
        return self.verdict

    def _against(self, condition, delay_ms, now_ms):
        self._lasts.delay_ms = delay_ms
        return self._lasts.update(condition, now_ms)

    def _decide(self, verdict, evidence):
        self.verdict = verdict
        self.evidence = evidence

    def _watch_slide(self, difference, since_ms, now_ms):
        if difference > self._peak_pa:
            self._peak_pa = difference
        if difference <= -SLIDES_PA:
            self._strict = False
        late = self._late.update(difference >= _LATE_PA, now_ms)
        slides = self._peak_pa >= SLIDES_PA or difference <= _SWAPPED_PA
        if slides and self._peak_pa - difference >= _FALL_PA:
            self.slid = True
            self._after.start(now_ms)
        elif self._against(difference >= _MUST_PA, _MUST_MS, now_ms) or late:
            if self._strict:
                self._decide(WRONG, "pressure difference grows without a slide")
                return
            # it stays, or had moved before anybody looked: the water must tell, and soon
            self.slid = True
            self._unseen = True
            self._after.start(now_ms)
        elif since_ms >= _BUILDS_MS:
            self._decide(WRONG, "pressure difference does not build up")

    def _recovers(self, water_mk, now_ms):
        """Return whether a wrong sign is on its way out: what is left of the time before, in plate and probes."""
        better = water_mk < self._reference_mk if self.coil_condenses else water_mk > self._reference_mk
        gain = self._reference_mk - water_mk if self.coil_condenses else water_mk - self._reference_mk
        if self._look.tick(now_ms) >= _LOOK_MS or not better:
            self._recovering = gain >= _GAIN_MK
            self._reference_mk = water_mk
            self._look.start(now_ms)
        return self._recovering

    def downhill(self):
        """Return whether the heat would flow by itself, so that no pressure difference can be expected."""
        water = self._duty.leaving()
        ambient = self._readings.ambient_temp
        if water.quality != GOOD or ambient.quality != GOOD:
            return False
        if self.coil_condenses and not self._duty.mode:
            return True  # a defrost
        lift = ambient.scaled - water.scaled
        return (lift if self.coil_condenses else -lift) < _DOWNHILL_MK

    def _watch_water(self, now_ms, after_ms):
        water_mk = self._plate_mk()
        if water_mk is not None:
            cools = water_mk < 0
            right = cools == self.coil_condenses
            if cools != self._water_cools:
                self._water_cools = cools
                self._water.reset()
            from_ms = _UNSEEN_FROM_MS if self._unseen else _WATER_FROM_MS
            least_mk = _WATER_MK
            if not right:
                # a cold charge takes heat from the water for a minute before it gives any
                least_mk = _WRONG_MK if self.must_slide else _WRONG_COLD_MK
                if not self._unseen:  # nor does a slow probe condemn a valve that was seen to slide
                    from_ms = _COLD_MS
                if self._recovers(water_mk, now_ms) or self._in_place():
                    self._water.reset()
            tells = after_ms >= from_ms and (water_mk >= least_mk or water_mk <= -least_mk)
            if self._water.update(tells, now_ms):
                words = "exchanger cools its water" if cools else "exchanger warms its water"
                self._decide(RIGHT if right else WRONG, words)
                return
            forgets = self._recovering and not right and after_ms < _FORGOTTEN_MS
            if self._unseen and after_ms >= _UNSEEN_MS and not forgets and not self._in_place():
                self._decide(WRONG, "pressure difference grew without a slide, and the water does not tell")
                return
        # a probe of the exchanger's water is bad, or stands still
        agrees = self.coil_agrees() if water_mk is None else self.coil_agrees(False)
        if water_mk is not None and self._duty.mode and water_mk > self._clutch_mk - _WATER_MK:
            agrees = False  # chilled water that has not got colder may not be the water in the plate
        wrong_side = self._on_wrong_side()
        settled = after_ms >= _SIDE_FROM_MS
        if self._late.update(settled and agrees and not wrong_side, now_ms):
            self._decide(RIGHT, "coil agrees")
            return
        if water_mk is None and self.must_slide and not self.coil_condenses:
            settled = after_ms >= _SIDE_BLIND_MS
        if self._against(settled and wrong_side and not self.coil_agrees(False), _SIDE_MS, now_ms):
            self._decide(WRONG, "saturation on the wrong side")

    def _in_place(self):
        """Return whether the coil, or a lift that the compressor makes, shows the valve at its place, whatever the water says."""
        ambient = self._readings.ambient_temp
        lift = ambient.scaled - self._duty.leaving().scaled
        if not self.coil_condenses:
            lift = -lift
        return bool(self.coil_agrees(False)) or (lift >= _LIFT_MK and self._on_wrong_side() is False)

    def _on_wrong_side(self):
        """Return whether a saturation temperature belongs to the other position, None when nobody knows."""
        readings = self._readings
        derived = self._derived
        water = self._duty.leaving()
        ambient = readings.ambient_temp
        if derived.condensing_c is None or derived.evaporating_c is None:
            return None
        if water.quality != GOOD or ambient.quality != GOOD or (self._doubted and self._duty.mode):
            return None
        condensing = int(derived.condensing_c * 1000)
        evaporating = int(derived.evaporating_c * 1000)
        warm = ambient.scaled if self.coil_condenses else water.scaled
        cold = water.scaled if self.coil_condenses else ambient.scaled
        if self.coil_condenses and not self._duty.mode:
            warm = min(0, warm)  # a defrost: the coil is at the melting point, or not yet, whatever the air
        return condensing < warm - _SIDE_MK or evaporating > cold + _SIDE_MK

    def coil_agrees(self, anyhow=True):
        """Return whether the coil's liquid end fits the position: True, False, or None when it does not tell.

        Not `anyhow`: only against the air, because what is cold in winter tells nothing.
        """
        coil = self._readings.coil_temp
        ambient = self._readings.ambient_temp
        if coil.quality != GOOD:
            return None
        if not anyhow and not self.coil_condenses and -_COIL_AMBIENT_MK < coil.scaled < _COIL_AMBIENT_MK:
            return None  # ice that melts keeps it there, whichever way the valve stands
        cold = anyhow and coil.scaled <= _COIL_HEATING_MC
        warm = anyhow and coil.scaled >= _COIL_COOLING_MC
        if ambient.quality == GOOD:
            cold = cold or coil.scaled <= ambient.scaled - _COIL_AMBIENT_MK
            warm = warm or coil.scaled >= ambient.scaled + _COIL_AMBIENT_MK
        if cold == warm:
            return None
        return warm == self.coil_condenses

    def holds(self):
        """Return whether what was decided stands: nothing, or not the coil alone, speaks against it."""
        if self.verdict != RIGHT:
            return False
        water_mk = self._plate_mk() or 0
        if self.coil_condenses:
            water_mk = -water_mk
        return self.coil_agrees() is not False or (water_mk >= _WATER_MK and not self._on_wrong_side())

    def joined(self, running, now_ms):
        """Return whether both sides are joined while the compressor runs: the valve has come to rest midway."""
        difference = self.difference_pa()
        running = running and difference is not None and difference < _JOINED_PA
        return self._against(running and not self.downhill(), _JOINED_MS, now_ms)
