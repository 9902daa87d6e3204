"""Demand defrost: the refrigerant reverses under the running compressor, the hot loop gives the heat.

    WATCH -> (frost, pauses over) -> DEFER (water too cold, at most defrost_defer_s) -> REVERSE -> MELT
          -> BACK (dripping, while the engine is parked) -> DRIP (no air) -> AIR (all of it)
          -> WATCH, learning what the clean coil needs

After a rest in the cold, or once the pressures have been made equal through the open valve, the coil holds nearly all
refrigerant, and a compressor that draws on it draws liquid for half a minute and more.  Then the start itself is a defrost: the pilot turns while the engine warms up, the valve slides with the first pressure, the coil is
on the high side and the water boils what comes from it; when it has become warm, the way back is that of every defrost.

A defrost never starts the engine, is no start and no short cycle.  A stop that is asked for during one is honoured after
it; a stop by an alarm at once.  What else looks wrong in a defrost (fans, suction, superheat, water rise) is masked by
`duty.defrosting` for as long as it may last, and no longer.
"""

from micropython import const

from ghp import units
from ghp.blocks.control import clamp
from ghp.blocks.timers import Stopwatch
from ghp.control import states
from ghp.protection import stops
from ghp.sensing.readings import GOOD
from ghp.table import Table, Words

WATCH = const(0)
DEFER = const(1)
REVERSE = const(2)
MELT = const(3)
BACK = const(4)
DRIP = const(5)
AIR = const(6)

# code, text, limit (a setting in seconds, or milliseconds), what happens at the limit
TABLE = Table(
    """\
0|no defrost||stays until frost asks for one
1|defrost waits for warmer water|defrost_defer_s|defrosts gently, unless the water is too cold for that
2|defrost: reversing|600000|ended: back to heating
3|defrosting|defrost_max_s|ended by time, counted
4|defrost: reversing back|600000|watches again; the changeover has its own end
5|defrost: dripping|drip_s|next: air
6|defrost: blowing the coil dry|drip_air_s|watches again
""",
    "isss",
)


def text(state):
    """Return what `state` is called."""
    return TABLE[state][1]


NEVER = const(0)
FROSTED = const(1)
BY_TIME = const(2)
BY_PERSON = const(3)
BY_LIQUID = const(4)
BEGAN_TEXT = Words("none since power-up|frost|time, without ambient sensor|asked for|liquid in the coil after a rest")
COIL_WARM = const(1)
CONDENSING = const(2)
TIME_OUT = const(3)
STOPPED = const(4)
NO_SHIFT = const(5)
COLD = const(6)
ENDED_TEXT = Words(
    "none since power-up|coil warm|condensing warm|time limit|a stop|the valve did not reverse|water too cold: it would freeze"
)

OBSTACLES = Words(
    "nothing|defrost_enabled is off|the compressor is not loaded|the unit chills|a changeover is under way|an alarm stops the unit"
)

_LEAST_MS = const(30000)  # the coil probe still shows the past
# The plate is the evaporator, its wall 2 to 3 K warmer than the saturation in it; the water that enters warms it.  Measured:
# 70 F and full load, at -7 C for half a minute, then at -4 C and rising; 54 F with the unloader in, at -3 C; 50 F and full
# load, at -19 C and never above -6 C, with a wall of ice.
_FREEZING_MC = const(12000)  # entering water below this is never cooled further
_GENTLY_MC = const(21000)  # below this only with the unloader in
_GENTLE_RPM = const(1200)
_SETTLED_MS = const(60000)
_SETTLED_C = -3.5
_WET_SETTLED_MS = const(180000)  # a flooded coil must first be warm enough to feed the plate, which is dry until then
_FLOODED_C = 5.0  # warmer refrigerant is thick enough to take the liquid along within 20 s
_ICY_C = 0.0
_ICY_MC = const(5500)  # water that leaves the plate as cold as this has no more to give
_DROP_MOST_MK = const(15000)  # more than this is a probe that has changed meanwhile
_DROP_MK = const(4000)  # what a defrost takes from the water, before one has shown it: 1000 gal under full load
_IN_A_ROW = const(3)
_RESUME_MS = const(15000)  # the coil is full of liquid after a defrost: unloaded until it has gone
_SCAN_S = 0.5
_WET_MK = const(3000)
_ENGAGE_S = 15  # from the end of park until the clutch is in


class Defrost:
    """`update` once per slow scan, after the changeover and before capacity and fans.

    state       code, `text(state)` for people
    holds_run   a stop that a person or the water asks for waits until this falls
    air         fans.request: 0 as usual, 1 none, 2 all
    rpm         speed ordered while melting, 0: none
    began, ended   why the last one began and ended (codes); last_s its length, s
    count, time_outs, in_a_row   since power-up; time-outs one after the other
    """

    def __init__(self, readings, settings, derived, monitor, engine, duty, changeover, frost, outputs):
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._monitor = monitor
        self._engine = engine
        self._outputs = outputs
        self._duty = duty
        self._changeover = changeover
        self.frost = frost
        self._a_time_outs = monitor.place("defrost_time_outs")
        self._age = Stopwatch(started=True)
        self._since = Stopwatch()
        self._drop_mk = _DROP_MK
        self._begun_mc = 0
        self._dripped_s = 0.0
        self._rpm_before = 0
        self.state = WATCH
        self._limit_ms = 0
        self.asked = False
        self.holds_run = False
        self.air = 0
        self.rpm = 0
        self.began = NEVER
        self.ended = NEVER
        self.last_s = 0
        self.count = 0
        self.time_outs = 0
        self.in_a_row = 0

    def ask(self):
        """A person asks for a defrost: frost and pauses are not asked, everything else is.  Returns False: not now."""
        if self.state != WATCH or self.obstacle():
            return False
        self.asked = True
        return True

    def update(self, now_ms, dt_s, flooded=False):
        """Watch, and carry a defrost through.  `flooded`: the coil is full of liquid after a rest."""
        self._age.tick(now_ms)
        self._since.tick(now_ms)
        self.frost.update(now_ms, dt_s)
        if self.state >= REVERSE and self._aborted():
            self._end(STOPPED, now_ms)
            self._changeover.reverse(False)
            self._enter(WATCH, now_ms)
        if flooded and self.state == WATCH:
            self._start_reversed(now_ms)
        _STEPS[self.state](self, now_ms)
        state = self.state
        liquid = self.began == BY_LIQUID  # until the clutch is in, it is a start like any other
        self.holds_run = state == MELT or (state == REVERSE and (self._engine.clutch_in or not liquid))
        self._changeover.linger = state == BACK and self._dripped_s < self._settings.drip_s - _ENGAGE_S
        self.air = 0
        if state == MELT or state == DRIP or (state == BACK and (self._duty.defrosting or self._engine.parked)):
            self.air = 1
        elif state == AIR or state == BACK:
            self.air = 2
        self.rpm = 0
        if state == MELT:
            self.rpm = self._settings.defrost_rpm
            if self.gently() and self._age.age_ms < _SETTLED_MS:
                self.rpm = _GENTLE_RPM  # the liquid is in the coil still: the suction falls deepest now
        elif state == AIR and self._age.age_ms >= _RESUME_MS:
            self.rpm = self._rpm_before
        self._monitor.judge(self._a_time_outs, self.in_a_row >= _IN_A_ROW, now_ms)

    def _enter(self, state, now_ms):
        self.state = state
        self._limit_ms = states.limit_ms(TABLE[state][2], self._settings)
        self._age.start(now_ms)

    def _overdue(self):
        return 0 < self._limit_ms <= self._age.age_ms

    def _aborted(self):
        """Return whether the engine stops: by an alarm, or because it died."""
        return self._monitor.stop_class >= stops.NORMAL_STOP or not self._engine.running

    def gently(self):
        """Return whether the loaded compressor would be too much: for the cold water that it began with, or just started."""
        return self._begun_mc < _GENTLY_MC or self.began == BY_LIQUID

    def _freezes(self, age_ms):
        """Return whether the plate could freeze, or the suction trip."""
        evaporating_c = self._derived.evaporating_c
        if evaporating_c is None:
            return False  # the suction transducer stops the unit
        water = self._readings.condenser_water
        if water.quality != GOOD:
            water = self._readings.leaving_water
        if evaporating_c < _ICY_C and water.scaled < _ICY_MC:
            return True
        settled_ms = _WET_SETTLED_MS if self.began == BY_LIQUID else _SETTLED_MS
        least_c = _SETTLED_C if age_ms >= settled_ms else self._settings.suction_unload_c
        return evaporating_c < least_c

    def obstacle(self, starting=False):
        """Return why the machine may not defrost in its present state, a place in OBSTACLES; 0: it may."""
        if not self._settings.defrost_enabled:
            return 1
        if not self._engine.loaded and not starting:
            return 2
        if self._duty.cooling():
            return 3
        if self._duty.moving or self._changeover.busy():
            return 4
        return 5 if self._monitor.stop_class >= stops.NORMAL_STOP else 0

    def _pauses_over(self, now_ms):
        settings = self._settings
        return (
            self._since.age_ms >= settings.defrost_interval_min * 60000
            and self._engine.clutch_ms(now_ms) >= settings.defrost_run_min * 60000
        )

    def _needed_mc(self):
        """Return the entering water that a defrost needs, mC: its limit and what the last one took beyond 1 K."""
        more = self._drop_mk - 1000
        return int(self._settings.defrost_water_c * 1000) + (more if more > 0 else 0)

    def _water(self):
        """Return the reading of the water that a defrost takes its heat from."""
        water = self._readings.entering_water
        return water if water.quality == GOOD else self._readings.leaving_water

    def _begin(self, water_mc, now_ms):
        self._begun_mc = water_mc
        self._rpm_before = 0 if self._outputs.unloader.value else self._engine.speed.scaled
        self._changeover.reverse(True)
        self._enter(REVERSE, now_ms)

    def _start_reversed(self, now_ms):
        """Begin while the engine warms up, if the water can give the heat; else it starts as ever, unloaded."""
        engine = self._engine
        coil_c = self._derived.evaporating_c
        ambient = self._readings.ambient_temp
        if coil_c is not None and ambient.quality == GOOD:  # the liquid that came when pressures were made equal is warm yet
            coil_c = min(coil_c, ambient.scaled / 1000)
        if (
            engine.running and not engine.clutch_in and not self.obstacle(True)
            and coil_c is not None and coil_c < _FLOODED_C
        ):  # fmt: skip
            water_mc = self._standing_mc()
            if water_mc is not None and water_mc >= self._needed_mc():
                self.began = BY_LIQUID
                self._begin(water_mc, now_ms)

    def _standing_mc(self):
        """Return the water's temperature while nothing heats it, mC or None: of three probes the middle one, whatever one shows."""
        readings = self._readings
        water = self._water()
        one = readings.condenser_water
        other = readings.leaving_water
        if water.quality != GOOD:
            return None
        if one.quality != GOOD or other.quality != GOOD:
            return water.scaled
        low = min(one.scaled, other.scaled)
        return max(low, min(water.scaled, one.scaled + other.scaled - low))

    # --- the states -------------------------------------------------------------------------------------

    def _watch(self, now_ms):
        asked = self.asked
        self.asked = False
        if self.obstacle() or not (asked or (self.frost.due and self._pauses_over(now_ms))):
            return
        self.began = BY_PERSON if asked else BY_TIME if self.frost.by_time else FROSTED
        self._enter(DEFER, now_ms)

    def _defer(self, now_ms):
        """Warm water, or enough of waiting."""
        if self.obstacle():
            self._enter(WATCH, now_ms)
            return
        water = self._water()
        if water.quality != GOOD:
            return  # the leaving probe stops the unit
        overdue = self._age.age_ms >= self._limit_ms  # 0: no waiting
        if water.scaled >= self._needed_mc() or (overdue and water.scaled >= _FREEZING_MC):
            self._begin(water.scaled, now_ms)
        elif overdue:
            self._since.start(now_ms)  # nothing to melt with: the next try after the usual pause
            self._enter(WATCH, now_ms)

    def _reverse(self, now_ms):
        """The changeover finds its window, or parks."""
        if self._duty.defrosting and self._changeover.has_slid():
            self._enter(MELT, now_ms)
        elif self._overdue() or (self._age.age_ms >= 2000 and not self._changeover.busy()):
            self._leave(NO_SHIFT, now_ms)

    def _melt(self, now_ms):
        settings = self._settings
        if not self._duty.defrosting:
            self._leave(NO_SHIFT, now_ms)
            return
        age_ms = self._age.age_ms
        coil = self._readings.coil_temp
        condensing_c = self._derived.condensing_c
        warm = coil.quality == GOOD and coil.scaled >= int(settings.defrost_end_coil_c * 1000)
        if warm and condensing_c is not None:  # a wet probe: no coil is warmer than what condenses in it
            warm = coil.scaled <= int(condensing_c * 1000) + _WET_MK
        if age_ms >= _LEAST_MS and warm:
            self._leave(COIL_WARM, now_ms)
        elif age_ms >= _LEAST_MS and condensing_c is not None and condensing_c >= settings.defrost_end_condensing_c:
            self._leave(CONDENSING, now_ms)
        elif self._freezes(age_ms):
            self._leave(COLD, now_ms)
        elif self._overdue():
            self._leave(TIME_OUT, now_ms)

    def _leave(self, why, now_ms):
        self._end(why, now_ms)
        self._changeover.reverse(False)
        self._dripped_s = 0.0
        self._enter(BACK, now_ms)

    def _end(self, why, now_ms):
        if self.state == MELT:
            self.count += 1
            self.last_s = self._age.age_ms // 1000
            if why == TIME_OUT:
                self.time_outs += 1
                self.in_a_row += 1
            elif why < TIME_OUT:
                self.in_a_row = 0
            water = self._readings.entering_water
            if water.quality == GOOD:
                self._drop_mk = clamp(self._begun_mc - water.scaled, 0, _DROP_MOST_MK)
        if self.state < BACK:
            self.ended = why
        self._since.start(now_ms)

    def _back(self, now_ms):
        """The way back leads through park when the pressures are too close: then the warm coil drips there."""
        self._dripped_s += _SCAN_S
        if not self._duty.defrosting and self._changeover.has_slid():
            self._enter(AIR if self._dripped_s >= self._settings.drip_s else DRIP, now_ms)
        elif self._overdue():
            self._enter(WATCH, now_ms)

    def _drip(self, now_ms):
        if self._age.age_ms >= self._limit_ms:
            self._enter(AIR, now_ms)

    def _air(self, now_ms):
        if self._age.age_ms >= self._limit_ms:
            if self.ended < TIME_OUT:  # else frost may be left
                self.frost.begin_learning()
            elif self.ended != COLD:
                self.frost.cold_s = 0.0
            self._enter(WATCH, now_ms)

    # --- people -------------------------------------------------------------------------------------------

    def reset(self):
        """A person has looked at the time-outs."""
        self.in_a_row = 0

    def near(self, add, now_ms):
        """Tell every criterion's value against its limit: add(text, value, limit, met)."""
        settings = self._settings
        us = settings.us()
        ambient = self._readings.ambient_temp.value()
        coil = self._derived.evaporating_c
        frost = self.frost
        add("ambient", _text("c", ambient, us), "below " + units.text("c", settings.frost_ambient_c, us),
            ambient is not None and ambient < settings.frost_ambient_c)
        add("coil saturation", _text("c", coil, us), "below " + units.text("c", settings.frost_coil_c, us),
            coil is not None and coil < settings.frost_coil_c)
        add("growth", _text("k", frost.growth_k, us), "above " + units.text("k", settings.frost_growth_k, us), frost.due)
        since_min = self._since.age_ms // 60000
        add("since the last", "%d min" % since_min if since_min < 1440 else "long ago",
            "at least %d min" % settings.defrost_interval_min, since_min >= settings.defrost_interval_min)
        run_min = self._engine.clutch_ms(now_ms) // 60000
        add("running", "%d min" % run_min, "at least %d min" % settings.defrost_run_min, run_min >= settings.defrost_run_min)
        water = self._readings.entering_water.value()
        needed = self._needed_mc() / 1000
        add("entering water", _text("c", water, us), "at least " + units.text("c", needed, us),
            water is not None and water >= needed)

    def reasons(self, add, now_ms):
        """Tell what a defrost does or waits for."""
        state = self.state
        if state == WATCH:
            if self.frost.due and not self.obstacle():
                settings = self._settings
                left_ms = max(
                    settings.defrost_interval_min * 60000 - self._since.age_ms,
                    settings.defrost_run_min * 60000 - self._engine.clutch_ms(now_ms),
                )
                if left_ms > 0:
                    add(4, "Frost: defrost waits for its pauses", (left_ms + 999) // 1000, None)
            return
        left_s = (self._limit_ms - self._age.age_ms + 999) // 1000
        value = None
        if state == MELT:
            coil = self._readings.coil_temp.value()
            value = "coil %s, ends at %s" % (
                _text("c", coil, self._settings.us()),
                units.text("c", self._settings.defrost_end_coil_c, self._settings.us()),
            )
        title = text(state)
        add(1, title[0].upper() + title[1:], left_s if left_s > 0 else 0, value)


def _text(kind, value, us):
    return "not known" if value is None else units.text(kind, value, us)


_STEPS = (
    Defrost._watch, Defrost._defer, Defrost._reverse, Defrost._melt, Defrost._back, Defrost._drip, Defrost._air,
)
