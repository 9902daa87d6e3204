"""Limits act before trips: no more loading, easing off, one step down at a time, in that order.

Each limiter turns its measurement into a level; the highest level rules.  The result is a ceiling on capacity,
`cap_pct`, that control must respect, and `mop_cut_kpa`, by which the expansion valve's pressure limit is lowered:
the engine's torque goes with the suction pressure, so a slower engine would not be a relieved one.
Both pressures are judged some seconds ahead by their rate: water that stops flowing raises the one, a valve that
slams shut lowers the other, faster than steps of five seconds could answer.  While chilling, a discharge pressure that
races towards its trip (the fans have stopped) takes the unit to its least capacity at once.

Thresholds are those of the duty.  A defrost masks what it disturbs by its nature, and for a minute after it.
"""

from micropython import const

from ghp import units
from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.refrigerant import saturation_c, saturation_kpa
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import AMBIENT_HELD_MS, held
from ghp.ticks import ticks_diff
from ghp.table import Words

FREE = const(0)
HOLD = const(1)  # no more loading
EASE = const(2)  # continuous unloading
STEP = const(3)  # a step down every limit_step_s
LEVEL_TEXT = Words("free|no more loading|easing off|unloading")

DISCHARGE = const(0)
SUCTION = const(1)
GAS = const(2)
LOAD = const(3)
COOLANT = const(4)
WATER = const(5)
SUPERHEAT = const(6)
CHILLED = const(7)
CATALYST = const(8)
NAMES = Words(
    "Discharge pressure|Suction saturation|Discharge gas temperature|Engine load|Coolant temperature|"
    "Leaving water above set point|Superheat low|Leaving chilled water|Catalyst temperature"
)

_AHEAD_S = const(7)  # discharge pressure is judged this far ahead
_RATE_TAU_S = const(4)
_RACE_S = const(20)  # chilling: a pressure that would trip within this has lost its air
_AFTER_DEFROST_MS = const(60000)  # the suction dips once more when the coil is an evaporator again
_SUCTION_BLIND_MS = const(60000)  # after the clutch: the suction always dips
_SUCTION_EASY_MS = const(240000)
_SUCTION_EASY_PA = const(16000)
_COLD_MC = const(-10000)
_COLD_PA_MK = const(2)
_COLD_MOST_PA = const(12000)
_SUCTION_AHEAD_S = const(6)
_GAS_BLIND_MS = const(60000)  # the strapped probe shows the last stop
_SUPERHEAT_BLIND_MS = const(120000)  # the strapped probe lags behind a start
_COOLANT_HOLD_MK = const(1500)
_WATER_STEP_MK = const(1000)
_LOAD_STALL = const(9800)  # hundredths of a per cent
_LOAD_LAST_MS = const(8000)
_STALL_MS = const(1500)
_DROOP_RPM = const(250)  # a step of torque that the governor can answer stays below
_JUMP_PCT = 8.0
_JUMP_MS = const(4000)
_DROOP_LOAD = const(8000)  # the estimate follows within half a second
_HOLD_PCT = 1.0
_STEP_PCT = 12.0
_SUCTION_STEP_PCT = 50.0
_EASE_PCT_S = 0.6
_RETURN_PCT_S = 0.5
_CUT_EASE_KPA_S = 1.5
_CUT_STEP_KPA_S = 5.0
_CUT_RETURN_KPA_S = 0.4
_CUT_MOST_KPA = 150.0

_SAME_PA = const(3000)  # between what is measured and what it counts as

_SLOW = (DISCHARGE, SUCTION, GAS, COOLANT, WATER, CATALYST)  # levels that two scans in a row must see

# release distance below the hold threshold, in each limiter's integer unit (Pa, mK, hundredths of a per cent)
_MARGIN = (40000, 3000, 2000, 150, 2000, 500, 500, 500, 3000)


class Limits:
    """Levels of all limiters, the capacity ceiling and the cut of the MOP.

    level         highest level
    active        the limiter that rules (index of NAMES), or None
    cap_pct       capacity ceiling, per cent (100 when nothing limits)
    mop_cut_kpa   lowering of the maximum operating pressure, kPa
    superheat_low True when the expansion valve shall close in spite of its loop
    racing        True while the discharge pressure races towards its trip (chilling)
    """

    def __init__(self, readings, settings, derived, setpoint, duty, engine, governor, least_pct):
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._setpoint = setpoint
        self._duty = duty
        self._engine = engine
        self._governor = governor
        self._least_pct = least_pct
        self._changes = -1
        self._mode = -1
        self._trip_pa = 0
        self._since_defrost = Stopwatch()
        self._hold = [0] * len(NAMES)
        self._unload = [0] * len(NAMES)
        self._value = [0] * len(NAMES)
        self._slow_pa = None
        self._slow_suction_pa = None
        self._stepped_at = None
        self._low_superheat = OnDelay(30000)
        self._overloaded = OnDelay(_LOAD_LAST_MS)
        self._stalling = OnDelay(_STALL_MS)
        self._jumped = Stopwatch()
        self._achieved_pct = 0.0
        self.levels = bytearray(len(NAMES))
        self._seen = bytearray(len(NAMES))
        self.level = FREE
        self.active = None
        self.cap_pct = 100.0
        self.mop_cut_kpa = 0.0
        self.superheat_low = False
        self.racing = False

    def configure(self):
        """Turn the settings into the integer thresholds of the limiters; larger is worse for every one."""
        settings = self._settings
        self._changes = settings.changes
        self._mode = self._duty.mode
        hold = self._hold
        unload = self._unload
        if self._duty.cooling():
            hold[DISCHARGE] = int(settings.discharge_hold_cool_kpa * 1000)
            unload[DISCHARGE] = int(settings.discharge_unload_cool_kpa * 1000)
            self._trip_pa = int(settings.discharge_trip_cool_kpa * 1000)
            hold[SUCTION] = -int(saturation_kpa(settings.suction_hold_cool_c) * 1000)
            unload[SUCTION] = -int(saturation_kpa(settings.suction_unload_cool_c) * 1000)
        else:
            hold[DISCHARGE] = int(settings.discharge_hold_kpa * 1000)
            unload[DISCHARGE] = int(settings.discharge_unload_kpa * 1000)
            self._trip_pa = int(settings.discharge_trip_kpa * 1000)
            hold[SUCTION] = -int(saturation_kpa(settings.suction_hold_c) * 1000)
            unload[SUCTION] = -int(saturation_kpa(settings.suction_unload_c) * 1000)
        self._engine.pumpdown_high_pa = hold[DISCHARGE]  # nobody would load any more
        hold[CHILLED] = -int(settings.chilled_hold_c * 1000)
        unload[CHILLED] = -int(settings.chilled_unload_c * 1000)
        hold[GAS] = int(settings.discharge_temp_hold_c * 1000)
        unload[GAS] = int(settings.discharge_temp_unload_c * 1000)
        hold[LOAD] = int(settings.load_hold_pct * 100)
        unload[LOAD] = int(settings.load_unload_pct * 100)
        unload[COOLANT] = int(settings.coolant_derate_c * 1000)
        hold[COOLANT] = unload[COOLANT] - _COOLANT_HOLD_MK
        hold[CATALYST] = int(settings.catalyst_hold_c * 1000)
        unload[CATALYST] = int(settings.catalyst_unload_c * 1000)
        hold[WATER] = int(settings.leaving_high_k * 1000)
        unload[WATER] = hold[WATER] + _WATER_STEP_MK

    def update(self, now_ms, dt_s, achieved_pct):
        """Judge every limiter; `achieved_pct` is the capacity running now."""
        if self._changes != self._settings.changes or self._mode != self._duty.mode:
            self.configure()
        self._since_defrost.tick(now_ms)
        self._jumped.tick(now_ms)
        if self._duty.defrosting:
            self._since_defrost.start(now_ms)
        if not self._engine.loaded:
            self._rest()
            return
        self._judge_all(now_ms)
        level = FREE
        active = None
        levels = self.levels
        for index in range(len(levels)):
            if levels[index] > level:
                level = levels[index]
                active = index
        self.level = level
        self.active = active
        self._relieve_engine(now_ms, dt_s, achieved_pct)
        # the load limiter relieves through the valve; for the capacity it only holds, and hides nobody who eases
        level = HOLD if levels[LOAD] > FREE else FREE
        for index in range(len(levels)):
            if index != LOAD and levels[index] > level:
                level = levels[index]
        self._move_cap(level, now_ms, dt_s, achieved_pct)

    def _rest(self):
        for index in range(len(self.levels)):
            self.levels[index] = FREE
            self._seen[index] = FREE
        self.level = FREE
        self.active = None
        self.cap_pct = 100.0
        self.mop_cut_kpa = 0.0
        self.superheat_low = False
        self.racing = False
        self._slow_pa = None
        self._slow_suction_pa = None
        self._stepped_at = None
        self._low_superheat.reset()
        self._overloaded.reset()
        self._stalling.reset()

    # --- judging ----------------------------------------------------------------------------------------

    def _judge(self, index, value):
        """Judge one limiter; None: its sensor is bad, nobody loads blindly."""
        self._value[index] = value
        if value is None:
            self.levels[index] = HOLD
            return
        hold = self._hold[index]
        unload = self._unload[index]
        if value >= unload:
            level = STEP
        elif value >= (hold + unload) // 2:
            level = EASE
        elif value >= hold or (self.levels[index] and value > hold - _MARGIN[index]):
            level = HOLD
        else:
            level = FREE
        seen = self._seen[index]
        self._seen[index] = level
        # what one scan sees alone is noise, and a step down costs minutes
        self.levels[index] = level if index not in _SLOW or level <= seen else seen

    def _judge_all(self, now_ms):
        readings = self._readings
        levels = self.levels
        pressure = readings.discharge_pressure
        if pressure.quality == GOOD:
            self._judge(DISCHARGE, self._ahead(pressure.scaled))
        else:
            self._slow_pa = None
            self.racing = False
            self._judge(DISCHARGE, None)
        cooling = self._duty.cooling()
        disturbed = self._since_defrost.age_ms < _AFTER_DEFROST_MS
        if disturbed:
            levels[SUCTION] = FREE
            self._slow_suction_pa = None
        else:
            self._judge_suction(cooling, now_ms)
        gas = readings.discharge_temp
        if self._engine.clutch_ms(now_ms) < _GAS_BLIND_MS:
            levels[GAS] = FREE
        else:
            self._judge(GAS, gas.scaled if gas.quality == GOOD else None)
        coolant = readings.coolant_temp
        self._judge(COOLANT, coolant.scaled if coolant.quality == GOOD else None)
        catalyst = readings.catalyst_temp
        self._judge(CATALYST, catalyst.scaled if catalyst.quality == GOOD else None)
        self._judge_water(cooling)
        self._judge(LOAD, self._governor.load_pct100)
        superheat = self._derived.superheat_k
        low = (  # a gap ends no low superheat, as for the trip
            (superheat < self._settings.superheat_low_k if superheat is not None else self._low_superheat.elapsed_ms(now_ms) > 0)
            and not disturbed
            and self._engine.clutch_ms(now_ms) >= _SUPERHEAT_BLIND_MS
        )
        self.superheat_low = self._low_superheat.update(low, now_ms)
        levels[SUPERHEAT] = EASE if self.superheat_low else FREE

    def _judge_water(self, cooling):
        """Hot water too warm while heating, chilled water too cold while chilling; never the other way round."""
        levels = self.levels
        if cooling:
            levels[WATER] = FREE
            leaving = self._readings.chilled_leaving
            self._judge(CHILLED, -leaving.scaled if leaving.quality == GOOD else None)
            return
        levels[CHILLED] = FREE
        error = self._setpoint.error_k
        if error is None:
            self._judge(WATER, None)
        elif self._duty.defrosting:
            levels[WATER] = self._seen[WATER] = FREE
        else:
            self._judge(WATER, int(error * -1000))

    def _ahead(self, pascal):
        slow = self._slow_pa
        if slow is None:
            slow = pascal
        slow += (pascal - slow) // (2 * _RATE_TAU_S)
        self._slow_pa = slow
        rising = pascal - slow
        self.racing = (
            rising > 0 and self._duty.cooling() and pascal + rising * _RACE_S // _RATE_TAU_S >= self._trip_pa
        )
        rise = rising * _AHEAD_S // _RATE_TAU_S
        return pascal + rise if rise > 0 else pascal

    def _judge_suction(self, cooling, now_ms):
        suction = self._readings.suction_pressure
        if suction.quality != GOOD:
            self._slow_suction_pa = None
            self._judge(SUCTION, None)
            return
        pascal = suction.scaled
        slow = self._slow_suction_pa
        if slow is None:
            slow = pascal
        slow += (pascal - slow) // (2 * _RATE_TAU_S)
        self._slow_suction_pa = slow
        since_ms = self._engine.clutch_ms(now_ms)
        if since_ms < _SUCTION_BLIND_MS:
            self.levels[SUCTION] = FREE
            return
        if not cooling:
            if pascal < slow:  # falling: a coil that is pumped empty loses its last pressure at once
                pascal -= (slow - pascal) * _SUCTION_AHEAD_S // _RATE_TAU_S
            pascal += _SUCTION_EASY_PA if since_ms < _SUCTION_EASY_MS else self._cold_pa(now_ms)
        self._judge(SUCTION, -pascal)

    def _cold_pa(self, now_ms):
        """Return by how much cold air explains a low suction: it cannot be warmer than the air less the superheat.

        Less capacity would not raise it; the trip below stays where it is.
        """
        ambient_mc = held(self._readings.ambient_temp, now_ms, AMBIENT_HELD_MS)
        if ambient_mc is None or ambient_mc >= _COLD_MC:
            return 0
        shift = (_COLD_MC - ambient_mc) * _COLD_PA_MK
        return shift if shift < _COLD_MOST_PA else _COLD_MOST_PA

    # --- acting -----------------------------------------------------------------------------------------

    def _move_cap(self, level, now_ms, dt_s, achieved_pct):
        cap = self.cap_pct
        stepped_at = self._stepped_at  # forgotten once it no longer matters: a week later it would seem to lie ahead
        if stepped_at is not None and ticks_diff(now_ms, stepped_at) >= self._settings.limit_step_s * 1000:
            self._stepped_at = None
        if level == FREE:
            if cap < 100.0:
                cap += _RETURN_PCT_S * dt_s
        else:
            if cap > achieved_pct + _HOLD_PCT:
                cap = achieved_pct  # not less than that: what is held must not creep down with the speed's noise
            if level == EASE:
                cap -= _EASE_PCT_S * dt_s
            elif level == STEP:
                if self._stepped_at is None:
                    self._stepped_at = now_ms
                    # the suction can be pumped empty within seconds, by a valve that slams shut
                    cap -= _STEP_PCT if self.levels[SUCTION] != STEP else _SUCTION_STEP_PCT
        if self.racing:
            cap = self._least_pct
        if cap < self._least_pct:
            cap = self._least_pct
        elif cap > 100.0:
            cap = 100.0
        self.cap_pct = cap

    def _relieve_engine(self, now_ms, dt_s, achieved_pct):
        load = self._governor.load_pct100
        level = self.levels[LOAD]
        cut = self.mop_cut_kpa
        if level == STEP:
            cut += _CUT_STEP_KPA_S * dt_s
        elif level == EASE:
            cut += _CUT_EASE_KPA_S * dt_s
        elif level == HOLD:  # torque hardly depends on the speed: only the valve leads out of it
            cut += _CUT_RETURN_KPA_S * dt_s
        elif level == FREE and cut > 0.0:
            cut -= _CUT_RETURN_KPA_S * dt_s
            if cut < 0.0:
                cut = 0.0
        self.mop_cut_kpa = cut if cut < _CUT_MOST_KPA else _CUT_MOST_KPA
        # an engine that falls away from its own ramp at full throttle has lost torque: seconds are left
        governor = self._governor
        if achieved_pct > self._achieved_pct + _JUMP_PCT:
            self._jumped.start(now_ms)  # the unloader opened: that dip is the governor's business
        self._achieved_pct = achieved_pct
        drooping = (
            self._jumped.age_ms >= _JUMP_MS
            and load >= _DROOP_LOAD
            and governor.setpoint_rpm - self._readings.engine_speed.scaled > _DROOP_RPM
        )
        stalling = self._stalling.update(load >= _LOAD_STALL, now_ms)
        if self._overloaded.update(level == STEP, now_ms) or stalling or drooping:
            self.cap_pct = self._least_pct  # the unloader is the only thing that helps at once

    # --- people -----------------------------------------------------------------------------------------

    def reasons(self, add, now_ms):
        """List every limiter that acts, with its value and what frees it."""
        us = self._settings.us()
        for index in range(len(self.levels)):
            level = self.levels[index]
            if level == FREE:
                continue
            add(
                1 if level == STEP else 2, "%s: %s" % (NAMES[index], LEVEL_TEXT[level]), None,
                self._value_text(index, us),
            )
        if self.level == FREE and self.cap_pct < 100.0:
            left_s = int((100.0 - self.cap_pct) / _RETURN_PCT_S)
            add(3, "Capacity returns after a limit", left_s, "%.0f %% now" % self.cap_pct)

    def _value_text(self, index, us):
        value = self._value[index]
        if value is None:
            return "not known"
        counts = value  # with what is to come, and what cold air excuses
        if index == DISCHARGE:
            value = self._readings.discharge_pressure.scaled
        elif index == SUCTION:
            value = -self._readings.suction_pressure.scaled
        counts = None if -_SAME_PA < counts - value < _SAME_PA else counts / 1000
        value /= 1000
        limit = (self._unload if self.levels[index] == STEP else self._hold)[index] / 1000
        free = (self._hold[index] - _MARGIN[index]) / 1000
        if index == DISCHARGE:
            kind = "kpa"
        elif index == LOAD:
            return "%.0f %%, limit %.0f %%, free below %.0f %%" % (value * 10, limit * 10, free * 10)
        elif index == WATER:
            kind = "k"
        elif index == SUPERHEAT:
            low = self._settings.superheat_low_k
            return "%s, free above %s" % (
                units.text("k", self._derived.superheat_k, us), units.text("k", low, us)
            )
        else:
            kind = "c"
        word = "below"
        if index == SUCTION:
            value = saturation_c(-value)
            counts = counts and saturation_c(-counts)
            limit = saturation_c(-limit)
            free = saturation_c(-free)
            word = "above"
        elif index == CHILLED:
            value = -value
            limit = -limit
            free = -free
            word = "above"
        texts = [units.text(kind, number, us) for number in (value, limit, free)]
        if counts is not None:
            texts[0] += ", counts as " + units.text(kind, counts, us)
        return "%s, limit %s, free %s %s" % (texts[0], texts[1], word, texts[2])
