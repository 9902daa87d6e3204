"""Expansion valve: superheat PI, maximum operating pressure as override, never driven on a bad suction reading.

Both loops are in velocity form and the smaller movement wins, so that neither winds up while the other rules.
Movements are shares of the present opening: the circuit answers to relative changes of flow, which is what keeps
one pair of gains right from the unloaded start to full speed.  A change of compressor flow (speed, unloader) moves
the valve in proportion at once, because superheat answers too late to do it.

The same valve feeds the outdoor coil (heating) or the plate (chilling).  The plate holds a third of the coil's liquid and
answers three times as fast, but its probe is strapped to the pipe as the other, so its loop is slower, not quicker.
After a rest the evaporator may be full of liquid, and whatever the valve adds goes into the compressor: then the
valve stays shut after the clutch until the compressor has taken the surplus away or the suction begins to fall.

In a defrost superheat means nothing: the valve stands at `defrost_valve_pct`.  Towards its end, when the pressure difference has
come back, it passes what the compressor takes.
"""

from math import sqrt

from micropython import const

from ghp.blocks.control import clamp
from ghp.blocks.timers import Stopwatch
from ghp.protection.limits import DISCHARGE, SUCTION
from ghp.sensing.readings import GOOD

# engine.valve_mode
VALVE_HOLD = const(0)
VALVE_EQUALISE = const(1)
VALVE_START = const(2)
VALVE_CONTROL = const(3)
VALVE_SHUT = const(4)

STEPS = const(500)
_STEPS_PCT = 5.0  # steps per per cent of travel
_EQUAL_PA = const(207000)  # 30 psi: what a start needs
_EXERCISE_SCANS = const(200)  # 100 s open without that: the valve is not where it is believed to be
_EXERCISE_END_SCANS = const(224)  # 12 s shut, time for the whole travel

# Steps for a balanced flow: rpm * share * p_s * eta_v / sqrt(dp), from m = eta_v V_d N rho_s and
# m = A sqrt(2 rho dp) with rho_s = 0.049 kg/m3 a kPa, rho = 1130 kg/m3, A = 4.8e-5 m2 at 500 steps.
_BALANCE = 0.0142

# coil, plate
_KP = (0.018, 0.012)  # share of the opening per K of superheat
_TI_S = (45.0, 50.0)
_CLOSING = 1.3  # too little superheat is answered faster than too much
_FORWARD = 0.8  # steady openings go with the 0.8th power of displacement: suction falls as it grows
_RICH_K = 4.0  # more superheat while the suction is too high to load: it helps the fans to bring it down
_LEAN_K = 1.5  # less superheat while the suction is at its lower limit: cold air less superheat is all there is
_AIR_SHARE = 0.6  # of the distance from the saturation to the air: as superheat, all that a wet coil can give
_LEAST_OVER_K = 1.5  # above the limiter of low superheat
_STARVED_K = 3.0
_STARVED_S = 0.0006  # share of the opening a second per K beyond _STARVED_K: a dry coil answers little to the valve
_DRAIN_S = 0.006  # share of the opening a second that empties a flooded condenser
_DRAIN_SUBCOOL_K = 12.0
_MOP_KP = 0.004  # share of the opening per kPa
_MOP_TI_S = 6.0
_MELTED_KPA = 180.0  # before, a plate in cold water would be starved by a balance with the little that it gives
_LOW_CLOSE_S = 0.006  # share of the opening a second while the superheat limiter acts
_SETTLING_MS = const(75000)  # after the clutch: pressures build up and the strapped probe still shows the past
_FULL_REST_MS = const(3600000)
_EQUAL_REST_MS = const(240000)  # heating: what the condenser held has come over when the pressures were made equal
_FULL_MS = const(28000)  # longest with the valve shut after the clutch
_FULL_SUPERHEAT_K = 3.0  # at rest: a full evaporator shows none
_FULL_FALL_K = 9.0  # the saturation falls by this much once the surplus has gone
_COLD_SETTLING_MS = const(300000)
_COLD_K = 5.0
_SETTLING_SHARE = 0.95  # a little on the dry side of balance meanwhile
_HIGH_SCANS = const(8)  # the discharge pressure needs no quicker answer
_VOTES = const(40)
_PROBE_MS = const(30000)  # the strapped probe has begun to show the present
_DRYING_MS = const(180000)
_DRYING_SHARE = 0.75  # a coil full of liquid is emptied by passing clearly less than the compressor takes
_BOOST_K = 6.0  # superheat above its set point that tells a starved evaporator
_BOOST_S = 0.06
_BOOST_MOST = 4.0
_RATE_S = 0.04  # largest movement, share of the opening a second
_ERROR_HIGH_K = 8.0


class Expansion:
    """Commands expansion_valve (steps 0..500) and liquid_valve.

    position     steps asked for
    ruling       "hold", "equalise", "start", "emptying", "settling", "superheat", "mop", "defrost", "shut" or "frozen"
    full         True while the evaporator is full of liquid after a rest
    limited      True while the maximum operating pressure has lately ruled
    mop_kpa      maximum operating pressure in force, kPa absolute
    """

    def __init__(self, readings, settings, derived, duty, envelope, limits, engine, outputs):
        self._readings = readings
        self._duty = duty
        self._anew = False
        self._settings = settings
        self._derived = derived
        self._envelope = envelope
        self._limits = limits
        self._engine = engine
        self._outputs = outputs
        self._rested = Stopwatch()  # since the compressor turned; unknown at power-up counts as long ago
        self.full = False
        self._from_c = 0.0  # saturation before the clutch
        self._boost = 1.0
        self._last_error = None
        self._last_mop = None
        self._flow = None
        self._high_pa = 0
        self._scans = 0
        self._votes = 0
        self._since = Stopwatch()  # since a reversal of the flow while running
        self._equalising = 0
        self.limited = False
        self.position = 0.0
        self.ruling = "hold"
        self.mop_kpa = envelope.limit_kpa()

    def update(self, now_ms, dt_s):
        """Move the valve as the sequence's mode says."""
        self._since.tick(now_ms)
        mode = self._engine.valve_mode
        if self._duty.valve is not None:  # a changeover has the valve; the refrigerant turns round
            mode = self._duty.valve
            self._anew = True
        if self._emptying(mode, now_ms):
            self._forget()
            self.limited = False
            self.ruling = "emptying"
            self.position = 0.0
        elif mode != VALVE_CONTROL:
            self._forget()
            self.limited = False
            self._place(mode)
        elif self._duty.defrosting and not self._duty.moving:  # not while a changeover tempers the exchanger
            self._forget()
            self.limited = False
            self._anew = True
            self.ruling = "defrost"
            self.position = self._balanced(self._settings.defrost_valve_pct * _STEPS_PCT, _MELTED_KPA)
        else:
            if self._anew:
                self._settle_from(now_ms)
            self._control(now_ms, dt_s)
        outputs = self._outputs
        liquid = self._engine.liquid_valve_wanted or self._duty.valve == VALVE_EQUALISE
        outputs.liquid_valve.command(1 if liquid else 0, now_ms)
        steps = outputs.expansion_valve.commanded
        target = int(self.position + 0.5)
        if target - steps > 1 or steps - target > 1 or target == 0 or target == STEPS:
            steps = target  # a single step is left out: it would only wear the drive
        outputs.expansion_valve.command(steps, now_ms)

    def _forget(self):
        self._boost = 1.0
        self._last_error = None
        self._last_mop = None
        self._flow = None
        self._high_pa = 0
        self._votes = 0

    def _settle_from(self, now_ms):
        """The circuit begins anew from here, as after the clutch."""
        self._anew = False
        self._since.start(now_ms)

    def _settling(self, wet, now_ms):
        clutch_ms = self._engine.clutch_ms(now_ms)
        if clutch_ms < _SETTLING_MS or self._since.age_ms < _SETTLING_MS:
            return True
        if wet and clutch_ms < _DRYING_MS and self.ruling == "settling":
            return True
        # chilling in the cold: as long as the condenser warms, the pressure over the valve multiplies
        condensing_c = self._derived.condensing_c
        return (
            self._duty.cooling()
            and clutch_ms < _COLD_SETTLING_MS
            and condensing_c is not None
            and condensing_c < self._settings.condensing_floor_c - _COLD_K
        )

    def _emptying(self, mode, now_ms):
        """Return whether the valve stays shut because the evaporator is full after a long rest."""
        rested = self._rested
        rested.tick(now_ms)
        if not self._engine.clutch_in:
            superheat = self._derived.superheat_k
            evaporating_c = self._derived.evaporating_c
            if superheat is not None and evaporating_c is not None:
                rest_ms = _FULL_REST_MS if self._duty.cooling() else _EQUAL_REST_MS
                self.full = rested.age_ms >= rest_ms and superheat < _FULL_SUPERHEAT_K
                self._from_c = evaporating_c
            return self.full and mode == VALVE_START
        rested.start(now_ms)
        if self.full:
            evaporating_c = self._derived.evaporating_c
            fallen = evaporating_c is not None and evaporating_c < self._from_c - _FULL_FALL_K
            reversed_ = self._duty.defrosting and not self._duty.moving  # what was full is the condenser now
            self.full = self._engine.clutch_ms(now_ms) < _FULL_MS and not fallen and not reversed_
        return self.full

    def _starved(self, superheat, dt_s):
        """Return by how much more than balance the valve opens while chilling starts on a cold condenser.

        There the pressure that should feed the evaporator is only being made: without liquid the suction collapses.
        """
        if self._duty.cooling() and superheat > self._settings.superheat_cool_k + _BOOST_K:
            self._boost = clamp(self._boost * (1.0 + _BOOST_S * dt_s), 1.0, _BOOST_MOST)
        else:
            self._boost = clamp(self._boost * (1.0 - _BOOST_S * dt_s), 1.0, _BOOST_MOST)
        return self._boost

    def _place(self, mode):
        if mode != VALVE_EQUALISE:
            self._equalising = 0
        if mode == VALVE_EQUALISE:
            self.ruling = "equalise"
            self.position = 0.0 if self._lost_its_place() else float(STEPS)
        elif mode == VALVE_START:
            self.ruling = "start"
            self.position = _SETTLING_SHARE * self._balanced(self._settings.valve_start_pct * _STEPS_PCT)
        elif mode == VALVE_SHUT:
            self.ruling = "shut"
            self.position = 0.0
        else:
            self.ruling = "hold"

    def _lost_its_place(self):
        """Return whether the valve is to be driven shut and then open again: so long open, it should have equalised.

        A valve that missed steps is not where it is believed to be; its stop is where both agree again.
        """
        suction = self._readings.suction_pressure
        discharge = self._readings.discharge_pressure
        known = suction.quality == GOOD and discharge.quality == GOOD
        if not known or discharge.scaled - suction.scaled < _EQUAL_PA:
            self._equalising = 0
            return False
        self._equalising = self._equalising + 1 if self._equalising < _EXERCISE_END_SCANS else 1
        return self._equalising > _EXERCISE_SCANS

    def _balanced(self, most, from_kpa=10.0):
        """Return the opening that passes what the compressor takes now, at most `most` steps; that, below `from_kpa` of difference."""
        suction = self._readings.suction_pressure
        discharge = self._readings.discharge_pressure
        least = self._settings.valve_min_pct * _STEPS_PCT
        if suction.quality != GOOD or discharge.quality != GOOD or suction.scaled < 1000:
            return most
        suction_kpa = suction.scaled / 1000
        difference = discharge.scaled / 1000 - suction_kpa
        if difference < from_kpa:
            return most
        efficiency = clamp(0.98 - 0.03 * discharge.scaled / suction.scaled, 0.5, 0.95)
        return clamp(_BALANCE * self._compressor() * suction_kpa * efficiency / sqrt(difference), least, most)

    def _compressor(self):
        """Return the displacement working now, as rpm of the loaded compressor."""
        rpm = self._readings.engine_speed.scaled
        return rpm // 2 if self._outputs.unloader.value else rpm

    def _control(self, now_ms, dt_s):
        readings = self._readings
        superheat = self._derived.superheat_k
        if superheat is None or readings.suction_pressure.quality != GOOD:
            self.ruling = "frozen"
            self._forget()
            return
        wet = superheat < self._settings.superheat_low_k
        if self._settling(wet, now_ms):
            self.ruling = "settling"
            drying = wet and self._engine.clutch_ms(now_ms) >= _PROBE_MS
            share = (_DRYING_SHARE if drying else _SETTLING_SHARE) * self._starved(superheat, dt_s)
            self.position = clamp(share * self._balanced(float(STEPS)), 0.0, float(STEPS))
            return
        forward = self._feed_forward()
        cooling = self._duty.cooling()
        settings = self._settings
        error = superheat - (settings.superheat_cool_k if cooling else settings.superheat_k)
        starved = 0.0
        if self._envelope.too_rich:
            error -= _RICH_K
        elif self._limits.levels[SUCTION]:
            error += _LEAN_K
            ambient = readings.ambient_temp
            if not cooling and ambient.quality == GOOD:
                # gas gets no warmer than the air: aiming near that empties the coil, and the suction sinks to its trip
                air_k = ambient.scaled / 1000 - self._derived.evaporating_c
                starved = superheat - max(_AIR_SHARE * air_k, settings.superheat_low_k + _LEAST_OVER_K)
                error = max(error, starved)
        starved = max(starved, error - _STARVED_K)
        if error > _ERROR_HIGH_K:
            error = _ERROR_HIGH_K
        if error < 0.0:
            error = error * _CLOSING
        gain = _KP[cooling]
        by_superheat = gain * error * dt_s / _TI_S[cooling]
        if self._last_error is not None:
            by_superheat += gain * (error - self._last_error)
        self._last_error = error
        if starved > 0.0:
            by_superheat += _STARVED_S * starved * dt_s
        if self._limits.superheat_low:
            by_superheat -= _LOW_CLOSE_S * dt_s
        elif error > -1.0 and self._flooded():
            by_superheat += _DRAIN_S * dt_s

        self.mop_kpa = self._envelope.limit_kpa() - self._limits.mop_cut_kpa
        room = self.mop_kpa - readings.suction_pressure.scaled / 1000
        by_mop = _MOP_KP * room * dt_s / _MOP_TI_S
        if self._last_mop is not None:
            by_mop += _MOP_KP * (room - self._last_mop)
        self._last_mop = room
        if by_mop < by_superheat and room < 15.0:
            self.ruling = "mop"
            move = by_mop
        else:
            self.ruling = "superheat"
            move = by_superheat
        # the two loops alternate at the edge: which one rules is judged over some time
        votes = self._votes
        if self.ruling == "mop":
            votes += 2
        elif votes > 0:
            votes -= 1
        self._votes = votes if votes < _VOTES else _VOTES
        self.limited = votes > (0 if self.limited else _VOTES // 2)
        move = clamp(move, -_RATE_S * dt_s, _RATE_S * dt_s)
        least = settings.valve_min_pct * _STEPS_PCT
        self.position = clamp(self.position * forward * (1.0 + move), least, float(STEPS))

    def _flooded(self):
        """Return whether liquid stands in the condenser: it costs pressure there and is missing in the coil."""
        subcool = self._derived.subcool_k
        return self._limits.levels[DISCHARGE] and subcool is not None and subcool > _DRAIN_SUBCOOL_K

    def _feed_forward(self):
        """Return the ratio by which the need has changed since the last scan.

        Displacement over the root of the discharge pressure; the suction pressure is left out, because it answers
        to the valve itself and would take the circuit's self-regulation away.
        """
        flow = self._compressor()
        before = self._flow
        self._flow = flow if self._readings.engine_speed.scaled > 300 else None
        ratio = 1.0
        if before is not None and self._flow is not None and flow != before:
            ratio += _FORWARD * (clamp(flow / before, 0.4, 2.5) - 1.0)
        self._scans += 1
        if self._scans < _HIGH_SCANS:
            return ratio
        self._scans = 0
        discharge = self._readings.discharge_pressure
        if discharge.quality != GOOD or discharge.scaled <= 0:
            self._high_pa = 0
            return ratio
        if self._high_pa:
            ratio *= clamp(sqrt(self._high_pa / discharge.scaled), 0.8, 1.25)
        self._high_pa = discharge.scaled
        return ratio

    def reasons(self, add, now_ms):
        """Tell when the valve is not on its superheat loop while the machine runs."""
        if self.ruling == "frozen":
            add(1, "Expansion valve frozen: suction pressure or temperature is bad", None, None)
        elif self.ruling == "mop":
            add(3, "Expansion valve holds the suction pressure down for the engine", None, "%.0f kPa" % self.mop_kpa)
