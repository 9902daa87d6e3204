"""What runs by itself, or does not do as it is told.

Judged in the beats of `plausibility` (two seconds).  A check counts up while its sign is there and down while it is
not; out at its patience, in again at zero.  What cannot be judged now stays as it is; a change of mode forgets all
but what is judged at rest.  A new set point restarts what is pending of engine heat, valve and coolant, as seldom as it
restarts the plausibility, so that nobody silences them; clutch, flows, gas and oil are what they are at any set point.
"""

from micropython import const

from ghp.protection.doubt import OUT, tell, weighed
from ghp.protection.monitor import ACTS
from ghp.sensing.readings import GOOD

_BEAT_S = const(2)
_QUIET = const(30)  # beats since the refrigerant was last reversed, or is about to be: a minute
_SWAPPED_PA = const(60000)  # healthy: 17 kPa, two transducers' errors
_UPHILL_MK = const(3000)
_OIL_PA = const(100000)  # healthy: 55 kPa
_PUMP_OFF = const(10)  # beats until coasted water and its switch have come to rest
_FLOW_MLPS = const(300)
_SHUT = const(10)  # beats: the meter is behind a pipe
_LEAK_PULSES = const(20)  # 10 L
_LEAK = const(150)  # beats in which they come: five minutes
_SUPPLY_LOW_PA = const(400)  # the switch closes at 1000 and opens at 750
_SUPPLY_HIGH_PA = const(1500)
_LET_GO = const(2)  # beats after the clutch was let go
_DROP_PA = const(60000)  # healthy: 20 kPa
_DRAWN_MK = const(-5000)
_PUMPED_MK = const(-10000)  # after a pump-down, which leaves nothing more to draw ...
_RISES = const(5)  # ... beats in which a healthy suction has risen by 5 kPa
_NO_LOAD = const(300)  # hundredths of a per cent; healthy: 550
_LOADED = const(1000)
_SLIP_RPM = const(1000)
_COLD_MC = const(60000)
_WIDE = const(490)  # steps
_DRY_K = 12.0
_DRIVES_PA = const(700000)  # with less before it, as in cold weather while chilling, an open valve may pass too little
_LIQUID_K = 3.0

# places in witnesses.CHECKS
_SWAPPED = const(0)
_OIL = const(1)
_HOT = const(2)
_CHILLED = const(3)
_LEAKS = const(4)
_WELDED = const(5)
_SLIPS = const(6)
_SUPPLY = const(7)
_ENGINE_HEAT = const(8)
_VALVE = const(9)
_COOLANT = const(10)
# places in witnesses.NAMES: what the suction side lies in, chilling and heating
_WATER = const(9)
_AIR = const(13)


class Actors:
    """`update` in every beat of the plausibility.

    doubts   of witnesses.CHECKS
    """

    _pulled = False
    _leak_beats = 0
    _pulses = 0
    _suction_pa = 0
    _mode = -1

    def __init__(self, plausibility, governor, pickup):
        from ghp.protection import witnesses  # noqa: PLC0415  only now, see there

        self._pairs = plausibility
        self._governor = governor
        self._pickup = pickup
        self._alarms = []
        places = []
        patience = []
        for _, _, key, patience_s, _, _ in witnesses.CHECKS:
            alarm = plausibility.monitor.place(key)
            if alarm not in self._alarms:
                self._alarms.append(alarm)
            places.append(self._alarms.index(alarm))
            patience.append(patience_s // _BEAT_S)
        self._of = bytes(places)  # place in _alarms of each check
        self._patience = bytes(patience)
        self.doubts = bytearray(len(places))
        self._beats = bytearray(6)  # quiet, hot pump off, chilled pump off, gas shut, clutch out, clutch in

    def update(self, now_ms):
        """Judge everything."""
        pairs = self._pairs
        outputs = pairs.outputs
        duty = pairs.duty
        engine = pairs.engine
        doubts = self.doubts
        changed = pairs.mode ^ self._mode
        if changed:
            self._mode = pairs.mode
            for place in range(len(doubts)):
                if changed & 7:
                    if place != _OIL and place != _LEAKS:  # what is judged at rest holds for any mode
                        doubts[place] = 0
                elif place >= _ENGINE_HEAT and not doubts[place] & OUT:
                    doubts[place] = 0
        beats = self._beats
        for place in range(len(beats)):
            if beats[place] < 255:
                beats[place] += 1
        if duty.moving or duty.defrosting:
            beats[0] = 0
        if outputs.pump_hot.value:
            beats[1] = 0
        if outputs.pump_chilled.value:
            beats[2] = 0
        if outputs.gas_valve.value:
            beats[3] = 0
        if engine.clutch_in or not engine.running:
            beats[4] = 0
        if not engine.clutch_in:
            beats[5] = 0
        self._circuit(pairs.readings, pairs.values, pairs.known)
        self._flows(pairs.readings)
        if pairs.steady < 2:
            self._heat(pairs.values, pairs.known)
        found = 0
        for place in range(len(doubts)):
            if doubts[place] & OUT:
                found |= 1 << self._of[place]
        tell(pairs.monitor, self._alarms, found, now_ms, ACTS)

    def _see(self, place, wrong):
        self.doubts[place] = weighed(self.doubts[place], wrong, self._patience[place])

    def _circuit(self, readings, values, known_values):
        """Pressures, oil, clutch."""
        suction = readings.suction_pressure
        discharge = readings.discharge_pressure
        beats = self._beats
        known = suction.quality == GOOD and discharge.quality == GOOD and beats[0] >= _QUIET
        source = _WATER if self._pairs.duty.mode else _AIR
        above_mk = values[0] - values[source] if known_values[0] and known_values[source] else None
        swapped = known and suction.scaled - discharge.scaled > _SWAPPED_PA
        if swapped and not beats[5]:  # at rest a coil in warm air may be above a condenser in cold water
            swapped = above_mk is not None and above_mk > _UPHILL_MK
        self._see(_SWAPPED, swapped)
        oil = readings.oil_pressure
        self._see(_OIL, self._pickup.standstill and oil.quality == GOOD and oil.scaled > _OIL_PA)
        out = beats[4]
        if out <= _LET_GO:
            self._suction_pa = suction.scaled
        fallen = suction.scaled < self._suction_pa - _DROP_PA
        if above_mk is not None:
            if above_mk > _DRAWN_MK:  # a coil that a defrost has warmed cools down to its air and frost
                fallen = False
            elif above_mk < _PUMPED_MK and out > _RISES:
                fallen = suction.scaled < self._suction_pa
        apart = known and discharge.scaled - suction.scaled > _DROP_PA  # cold water lowers both sides together
        self._see(_WELDED, out > _LET_GO and apart and fallen)
        # a cold machine with an open valve has no load for minutes after the clutch: there must have been one
        load = self._governor.load_pct100
        pulls = beats[5] > _LET_GO and beats[0] >= _QUIET and readings.engine_speed.scaled > _SLIP_RPM
        if not beats[5]:
            self._pulled = False
        elif pulls and load > _LOADED:
            self._pulled = True
        self._see(_SLIPS, pulls and load < _NO_LOAD and (self._pulled or self._pairs.steady < 2))

    def _flows(self, readings):
        """Water and gas that nobody asked for; the two witnesses of the gas supply."""
        beats = self._beats
        flow = readings.hot_flow
        runs = readings.flow_switch_hot.on or (flow.quality == GOOD and flow.scaled > _FLOW_MLPS)
        self._see(_HOT, runs and beats[1] >= _PUMP_OFF)
        flow = readings.chilled_flow
        runs = readings.flow_switch_chilled.on or (flow.quality == GOOD and flow.scaled > _FLOW_MLPS)
        self._see(_CHILLED, runs and beats[2] >= _PUMP_OFF)
        meter = readings.gas_meter
        self._leak_beats += 1
        leaks = (meter.total - self._pulses) & 0x3FFFFFFF
        if leaks > _LEAK_PULSES + 1:  # it goes on: until the meter has stood still for a whole window
            self._leak_beats = 0
            self._pulses = meter.total - _LEAK_PULSES - 1
        if beats[3] < _SHUT or meter.quality != GOOD or self._leak_beats >= _LEAK:
            self._leak_beats = leaks = 0
            self._pulses = meter.total
        self._see(_LEAKS, leaks > _LEAK_PULSES)
        supply = readings.gas_pressure
        switch = readings.gas_pressure_switch
        differ = supply.scaled < _SUPPLY_LOW_PA if switch.on else supply.scaled > _SUPPLY_HIGH_PA
        self._see(_SUPPLY, differ and supply.quality == GOOD and switch.quality == GOOD)

    def _heat(self, values, known):
        """Engine heat by the water against the gas; the expansion valve against the superheat."""
        derived = self._pairs.derived
        flow = self._pairs.readings.hot_flow
        if known[7] and known[8] and flow.quality == GOOD and derived.gas_w:
            watts = flow.scaled // 10 * (values[8] - values[7]) // 100 * 417 // 100
            self._see(_ENGINE_HEAT, watts > derived.gas_w // 5 * 4)
        coolant = self._pairs.readings.coolant_temp
        cold = coolant.quality == GOOD and coolant.scaled < _COLD_MC
        self._see(_COOLANT, cold and self._pairs.outputs.radiator_fan.value)  # engine heat does not believe it
        superheat = derived.superheat_k
        subcool = derived.subcool_k
        if superheat is not None and subcool is not None:
            readings = self._pairs.readings
            drives = readings.discharge_pressure.scaled - readings.suction_pressure.scaled > _DRIVES_PA
            wide = drives and self._pairs.outputs.expansion_valve.value >= _WIDE
            self._see(_VALVE, wide and superheat > _DRY_K and subcool > _LIQUID_K)
