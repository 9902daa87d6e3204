"""Charge and fouling: slow figures of the machine against what a clean, rightly charged one shows.

Every figure is taken only where it means something: ten minutes after a start or defrost, heat enough, fans or valve
where they compare.  Numbers are integers in thousandths.  The reference starts as the table's and follows a machine
that is better, by a tenth at most: a restart does not make a dirty machine the measure.  Every eight hours of such
running the share of the reference is noted: that is the trend.  A filter without a figure for longer than its time constant
starts afresh, and a person's reset forgets what was found wrong: it has to be measured again.

Gas that does not condense is looked for at rest: half an hour after the last run the discharge saturation cannot lie
above everything that the refrigerant touches.
"""

from array import array

from micropython import const

from ghp.protection.doubt import OUT, tell, weighed
from ghp.protection.monitor import SLOW
from ghp.sensing.readings import GOOD

_HIGH = const(0)  # of witnesses.JUDGED
_LOW = const(1)
_BOTH = const(2)
_COUNT = const(12)
POINTS = const(6)

_STEADY = const(210)  # beats of two seconds: seven minutes more than the plausibility waits
READY = const(150)  # beats of a figure until its filter has forgotten the first one
_SHIFT = const(6)  # 64 beats, two minutes
_AWAY = const(64)
FINE = const(4)  # the filter counts in sixteenths, or it would stop short of where it goes
_FOLLOW = const(1024)  # beats in which the reference follows a better machine
_POINT = const(14400)  # eight hours
_PATIENCE = const(120)
_HEAT_W = const(90000)
_MUCH_W = const(190000)  # less heat leaves too little difference for the errors of probe and transducer
_COLD_MUCH_W = const(150000)
_COLD_W = const(50000)
_ENGINE_W = const(20000)
_WARM_MC = const(79000)
_WARM_MOST_MC = const(85000)
_OPEN = const(2000)  # hundredths of a per cent of the recovery valve
_FAN_FULL = const(9500)
_LIFT_MK = const(6000)
_CONTROLLED_K = 8.0  # superheat up to which the valve, not a limit, decides what the evaporator does
_REST = const(900)  # half an hour
_ABOVE_MK = const(3000)
_MOVED = const(206)  # 1e-8 kg/s per rpm and kPa: 2.508 L a turn, 0.0493 kg/m3 a kPa
_DRAWN_LEAST = const(60000)  # rpm * kPa
_DRAWN_MUCH = const(345600)  # 0.6 of 2400 rpm at 240 kPa
_NO_FROST_MC = const(10000)
_ALWAYS_MK = const(3000)  # a coil without load still keeps the superheat below the air
_LOST_W = const(7000)  # engine heat that never gets to the water
_RISE_MK = const(5000)  # with less, the errors of two probes are more than a fifth of it
_BALANCE = const(8)  # place in witnesses.ITEMS


class Health:
    """`update` in every beat of the plausibility.

    lagged       the figures, see witnesses.ITEMS, thousandths << FINE
    references   what a clean machine shows
    limits       per cent of the reference
    ready        beats in a figure's filter, READY: it counts; behind them the beats since its last figure, to _AWAY
    doubts       of the figures and, last, of gas that does not condense
    points       noted shares of the reference, per cent halved, POINTS a figure, oldest first; 0: none yet
    """

    _steady = 0
    _rest = 0

    def __init__(self, plausibility):
        from ghp.protection import witnesses  # noqa: PLC0415  only now, see there

        self._pairs = plausibility
        find = plausibility.monitor.place
        self._alarms = [find(key) for key in witnesses.HEALTH_ALARMS]
        rows = list(witnesses.ITEMS)
        self.lagged = array("i", bytes(4 * _COUNT))
        self.references = array("H", [row[2] for row in rows])
        self.limits = bytes([row[4] for row in rows])
        self._kinds = bytes([row[3] + 4 * row[5] for row in rows])
        self._least = array("H", [row[2] * 9 // 10 for row in rows])
        self._beats = array("H", bytes(2 * _COUNT))
        self.doubts = bytearray(_COUNT + 1)
        self.ready = bytearray(2 * _COUNT)
        self.points = bytearray(_COUNT * POINTS)

    def update(self, now_ms):
        """Take what can be taken now, and tell the monitor."""
        pairs = self._pairs
        if pairs.steady > 1:
            self._steady = 0
            self._at_rest(pairs.values, pairs.known)
        else:
            self._rest = 0
            if self._steady < _STEADY:
                self._steady += 1
            elif pairs.known[1]:
                if pairs.steady:
                    self._chilling(pairs.values, pairs.known)
                else:
                    self._heating(pairs.values, pairs.known)
        doubts = self.doubts
        found = 8 if doubts[_COUNT] & OUT else 0
        ready = self.ready
        for place in range(_COUNT):
            if ready[_COUNT + place] < _AWAY:
                ready[_COUNT + place] += 1
            if doubts[place] & OUT:
                found |= 1 << (self._kinds[place] >> 2)
        tell(pairs.monitor, self._alarms, found, now_ms, SLOW)

    def reset(self):
        """A person has looked: forget what was found wrong, its filter and its trend."""
        doubts = self.doubts
        for place in range(_COUNT + 1):
            if doubts[place] & OUT:
                doubts[place] = 0
                if place < _COUNT:
                    self.ready[place] = self._beats[place] = 0
                    for at in range(place * POINTS, place * POINTS + POINTS):
                        self.points[at] = 0
        tell(self._pairs.monitor, self._alarms, 0, 0, SLOW)

    # --- the figures ---------------------------------------------------------------------------------------

    def _heating(self, values, known):
        pairs = self._pairs
        flow = pairs.readings.hot_flow
        if not (known[6] and known[7]) or flow.quality != GOOD:
            return
        if known[3]:
            self._take(5, values[1] - values[3])
        drawn = self._drawn()
        if known[0] and known[5] and values[5] > _NO_FROST_MC and drawn > _DRAWN_MUCH and self._full_air():
            self._take(9, (values[5] - values[0] - _ALWAYS_MK) * 576 // (drawn // 1000))
        watts = flow.scaled // 10 * (values[7] - values[6]) // 100 * 417 // 100
        if watts > _HEAT_W:
            approach = (values[1] - values[7]) * 1000 // (watts // 100)
            self._take(0, approach)
            if watts > _MUCH_W:
                self._take(10, approach)
            if known[0] and known[3]:
                self._balance(watts, 2450, drawn)
        coolant = pairs.readings.coolant_temp
        if not known[8] or coolant.quality != GOOD or not _WARM_MC < coolant.scaled < _WARM_MOST_MC:
            return
        watts = flow.scaled // 10 * (values[8] - values[7]) // 100 * 417 // 100
        opening = pairs.outputs.heat_recovery_valve.value
        if watts > _ENGINE_W:
            if opening > _OPEN:
                self._take(3, (coolant.scaled - values[7]) // 10 * opening // 1000 * 1000 // (watts // 100))
            gas_w = pairs.derived.gas_w
            if gas_w and not pairs.outputs.radiator_fan.value and values[8] - values[7] > _RISE_MK:
                self._take(4, (watts + _LOST_W) // 10 * 1000 // (gas_w // 10))

    def _chilling(self, values, known):
        derived = self._pairs.derived
        watts = derived.cold_w
        if known[3]:
            self._take(6, values[1] - values[3])
        lift = values[1] - values[5]
        if self._full_air() and known[5] and lift > _LIFT_MK:
            if known[3]:
                self._take(7, (values[1] - values[3]) * 1000 // lift)
            if watts is not None and watts > _HEAT_W:
                self._take(2, lift * 1000 // (watts // 100))
                if watts > _COLD_MUCH_W:
                    self._take(11, lift * 1000 // (watts // 100))
        superheat = derived.superheat_k
        if known[0] and known[10] and superheat is not None and superheat < _CONTROLLED_K:
            if watts is not None and watts > _HEAT_W:
                self._take(1, (values[10] - values[0]) * 1000 // (watts // 100))
        if known[0] and known[2] and known[3] and watts is not None and watts > _COLD_W:
            # what leaves the plate: gas at saturation, and its superheat
            self._balance(watts, 1986 + values[0] * 57 // 10000 + (values[2] - values[0]) * 9 // 1000, self._drawn())

    def _full_air(self):
        """Return whether all fans run at full speed."""
        outputs = self._pairs.outputs
        return (
            outputs.fan_bank_1.value
            and outputs.fan_bank_2.value
            and outputs.fan_bank_3.value
            and outputs.lead_fan_speed.value >= _FAN_FULL
        )

    def _drawn(self):
        """Return what the compressor draws, rpm times kPa of suction."""
        readings = self._pairs.readings
        drawn = readings.engine_speed.scaled * (readings.suction_pressure.scaled // 1000)
        return drawn // 2 if self._pairs.outputs.unloader.value else drawn

    def _balance(self, watts, gas, drawn):
        """Compare the heat at the plate with what the compressor moves; `gas`: its enthalpy less 200, tenths of kJ/kg.

        Liquid at 0 C has 200 kJ/kg and 1.43 more a kelvin.
        """
        readings = self._pairs.readings
        if drawn < _DRAWN_LEAST:
            return
        ratio = readings.discharge_pressure.scaled // 10 // (readings.suction_pressure.scaled // 1000)  # hundredths
        rpm = readings.engine_speed.scaled
        filled = 1015 - 34 * ratio // 100 - rpm * rpm // 180000  # per mille of the displacement
        possible_w = drawn // 1000 * filled * _MOVED // 10000 * (gas - self._pairs.values[3] * 143 // 10000) // 100
        if possible_w > 0:
            self._take(_BALANCE, watts * 1000 // possible_w)

    def _take(self, place, value):
        """Filter one figure; judge it once the filter is full."""
        ready = self.ready[place]
        if self.ready[_COUNT + place] >= _AWAY:
            ready = 0
        self.ready[_COUNT + place] = 0
        lagged = value << FINE
        if ready:
            lagged = self.lagged[place]
            lagged += ((value << FINE) - lagged) >> _SHIFT
        self.lagged[place] = lagged
        value = lagged >> FINE
        if ready < READY:
            self.ready[place] = ready + 1
            return
        kind = self._kinds[place] & 3
        reference = self.references[place]
        beats = self._beats[place] + 1
        if kind == _HIGH and value < reference and not beats & 15:
            step = (reference - value) // (_FOLLOW // 16)
            if reference - step > self._least[place]:
                self.references[place] = reference - step
        if beats >= _POINT:
            beats = 0
            points = self.points
            at = place * POINTS
            for step in range(at, at + POINTS - 1):
                points[step] = points[step + 1]
            share = 50 * value // reference
            points[at + POINTS - 1] = 255 if share > 255 else share if share > 1 else 1
        self._beats[place] = beats
        limit = reference * self.limits[place] // 100
        wrong = value < limit if kind == _LOW else value > limit
        if kind == _BOTH:
            wrong = wrong or value * self.limits[place] < reference * 100
        self.doubts[place] = weighed(self.doubts[place], wrong, _PATIENCE)

    def _at_rest(self, values, known):
        """Is the discharge saturation above everything that the refrigerant touches?"""
        engine = self._pairs.engine
        if engine.clutch_in or engine.running or self._pairs.duty.moving:
            self._rest = 0
        elif self._rest < _REST:
            self._rest += 1
        elif known[1] and known[4] and known[5] and known[7] and known[10]:
            above = values[1] - _ABOVE_MK
            wrong = above > values[4] and above > values[5] and above > values[7] and above > values[10]
            self.doubts[_COUNT] = weighed(self.doubts[_COUNT], wrong, _PATIENCE)
