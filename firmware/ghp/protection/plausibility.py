"""Do two witnesses of the same thing agree?  The pairs of `witnesses`, judged every two seconds.

A pair is judged once its condition has lasted three minutes: then a start, a defrost, a changeover is over for every
probe.  So these masks end by themselves.  A change of mode or of duty forgets every doubt.  A new set point of the water
served (another whole kelvin) forgets what is pending, not what stands.  It does that after five minutes of judging at the
earliest, and the longest patience is four: who turns the knob all day delays a doubt and silences none.  Trips and limits
take no notice of it.

What stops the unit clears when the engine is at rest (a strike is counted, the third waits for a person); a warning
stays until the same pair has agreed for as long as it had disagreed.
"""

from micropython import const

from ghp.protection.doubt import OUT, tell, weighed
from ghp.protection.monitor import SLOW
from ghp.sensing.readings import GOOD

_FIRST = const(2)  # places in witnesses.NAMES: of the points, behind the two saturations
_SEVERAL = const(12)  # of what several of them agree on
_BEAT_S = const(2)
_SETTLED = const(90)  # beats: three minutes
_CALM = const(240)  # five more: a new set point may restart what is pending
_ALLOWANCE = const(100)  # is kept as a byte: tenths of a kelvin, and this
_TENTH_MK = const(100)
_STOPS = const(2)  # the first alarms of FOLLOWS stop the unit
_ROW = const(6)
_NEVER = const(4)
_COMPRESSED_MK = const(9500)  # discharge superheat of gas with a usual superheat, and what a pressure ratio of 0.01 adds
_RATIO_MK = const(24)
_RECOVERY = const(200)  # hundredths of a per cent: a recovery valve that is shut


class Plausibility:
    """`update` once per slow scan.

    values, known   what the witnesses of `witnesses.NAMES` say, mK, and whether they say anything
    when, settled   which of WHEN holds (_NEVER: none), and for how many beats, up to _CALM; a restart takes it back to _SETTLED
    steady          `when` once it has lasted three minutes, else _NEVER: 0 heats, 1 chills
    mode            mode asked, duty (4) and set point (8 a kelvin) that what is pending began with
    said            per alarm: place in PAIRS of what raised it last, and the two values then, mK; equal: nobody, or it is over
    """

    when = _NEVER
    steady = _NEVER
    settled = 0
    mode = -1
    _beat = 0

    def __init__(self, readings, settings, derived, duty, engine, flow, outputs, monitor):
        from ghp.protection import witnesses  # noqa: PLC0415  only now, see there

        self.readings = readings
        self.settings = settings
        self.derived = derived
        self.duty = duty
        self.engine = engine
        self.outputs = outputs
        self.monitor = monitor
        self._flow = flow
        names = list(witnesses.NAMES)
        self._probes = [getattr(readings, name) for name in names[_FIRST:_SEVERAL]]
        self.alarms = [monitor.place(key) for key in witnesses.FOLLOWS]
        self.values = [0] * len(names)
        self.known = bytearray(len(names))
        groups = []
        for _, _, one, other, warmer in witnesses.GROUPS:
            groups += (names.index(one), names.index(other), warmer)
        self._groups = bytes(groups)
        pairs = []
        for _, when, low, high, allowed_k, patience_s, alarm, _ in witnesses.PAIRS:
            allowance = int(allowed_k * 10) + _ALLOWANCE
            pairs += (when, names.index(low), names.index(high), allowance, patience_s // _BEAT_S, alarm)
        self._pairs = bytes(pairs)
        self._doubts = bytearray(len(pairs) // _ROW)
        self.said = [0] * (3 * len(self.alarms))

    def update(self, now_ms):
        """Look every fourth time: one in which the high side's saturation is not worked out.  Returns whether it did."""
        self._beat = (self._beat + 1) & 3
        if self._beat:
            return False
        duty = self.duty
        settings = self.settings
        mode = int(settings.chilled_setpoint_c if duty.mode else settings.hot_setpoint_c)
        mode = settings.mode + 4 * duty.mode + 8 * mode
        changed = mode ^ self.mode
        if changed & 7 or (changed and self.settled >= _CALM and self.steady < 2):
            self.mode = mode
            if self.settled > _SETTLED:
                self.settled = _SETTLED
            doubts = self._doubts
            for place in range(len(doubts)):
                if changed & 7 or not doubts[place] & OUT:
                    doubts[place] = 0
        when = _NEVER
        if not duty.moving and not duty.defrosting:
            if self.engine.clutch_in:
                if self.engine.loaded:
                    when = duty.mode
            elif self._flow.chilled.present and (duty.mode or not self._flow.hot.present):
                when = 3
            elif not duty.mode and self._flow.hot.present and self.outputs.heat_recovery_valve.value <= _RECOVERY:
                when = 2
        if when != self.when:
            self.when = when
            self.settled = 0
        elif self.settled < _CALM:
            self.settled += 1
        self.steady = when if self.settled >= _SETTLED else _NEVER
        self._look()
        self._judge(now_ms)
        return True

    def _look(self):
        """Take what every witness says, in mK."""
        values = self.values
        known = self.known
        evaporating_c = self.derived.evaporating_c
        condensing_c = self.derived.condensing_c
        known[0] = evaporating_c is not None
        if evaporating_c is not None:
            values[0] = int(evaporating_c * 1000)
        known[1] = condensing_c is not None
        if condensing_c is not None:
            values[1] = int(condensing_c * 1000)
        place = _FIRST
        for probe in self._probes:
            known[place] = probe.quality == GOOD
            values[place] = probe.scaled
            place += 1
        groups = self._groups
        at = 0
        while at < len(groups):
            one = groups[at]
            other = groups[at + 1]
            known[place] = known[one] and known[other]
            first_is_warmer = values[one] > values[other]
            values[place] = values[one] if first_is_warmer == groups[at + 2] else values[other]
            place += 1
            at += 3
        known[place] = known[0] and known[1]
        suction_kpa = self.readings.suction_pressure.scaled // 1000
        if known[place] and suction_kpa > 0:
            ratio = self.readings.discharge_pressure.scaled // 10 // suction_kpa  # hundredths
            values[place] = values[1] + _COMPRESSED_MK + ratio * _RATIO_MK

    def _judge(self, now_ms):
        """Count for and against every pair, and tell the monitor."""
        pairs = self._pairs
        doubts = self._doubts
        known = self.known
        values = self.values
        when = self.steady
        running = self.engine.running
        found = 0
        at = 0
        for place in range(len(doubts)):
            doubt = doubts[place]
            alarm = pairs[at + 5]
            low = pairs[at + 1]
            high = pairs[at + 2]
            if pairs[at] != when:
                if alarm < _STOPS and not running:
                    doubt = 0
            elif known[low] and known[high]:  # what cannot be compared now stays as it is
                before = doubt & OUT
                wrong = values[high] - values[low] > (pairs[at + 3] - _ALLOWANCE) * _TENTH_MK
                doubt = weighed(doubt, wrong, pairs[at + 4])
                if doubt & OUT and not before:
                    said = alarm * 3
                    self.said[said] = place
                    self.said[said + 1] = values[low]
                    self.said[said + 2] = values[high]
            doubts[place] = doubt
            if doubt & OUT:
                found |= 1 << alarm
            at += _ROW
        for alarm in range(len(self.alarms)):
            if not found >> alarm & 1 and (alarm >= _STOPS or not self.monitor.stands(self.alarms[alarm])):
                self.said[3 * alarm + 1] = self.said[3 * alarm + 2]  # `why` names its witnesses no more
        tell(self.monitor, self.alarms, found, now_ms, SLOW)
