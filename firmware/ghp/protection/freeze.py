"""Protection of the evaporator by totals of cold times time.

suction   K s of the suction saturation below `suction_unload_cool_c`, no more than 13.9 K (25 F) counted at a time:
          full at `freeze_trip_ks`.  It sees what no water probe can, and does not believe in water probes.
          While heating it counts below -23.3 C (-10 F), or 2.2 K below a `suction_unload_c` that was set lower, or as much
          lower as the air is colder than the machine is built for, and trips as `suction_pressure`: that has its own limit,
          at once, only a little lower.
water     K s of the leaving chilled water below `chilled_trip_c`: full at `chilled_trip_ks`.

While the compressor turns both run back as they filled, at most 5.6 K at a time, once it is warmer again; at rest
the suction total is empty after half an hour.  Nothing empties them at a stop, so a machine that trips is not as
patient at its next start.  Both are plain integers in mK s, ready to be kept through a power cut.
"""

from micropython import const

from ghp.protection.monitor import SLOW
from ghp.sensing.readings import GOOD
from ghp.sensing.substitute import AMBIENT_HELD_MS, held

_RATE_MOST_MK = const(13889)
_RETURN_MOST_MK = const(5556)
_REST_MK = const(347)  # 625 K s in half an hour
_HEATING_MC = const(-23333)
_UNLOADED_MK = const(2233)  # below the limiter, which acts first
_COLD_MC = const(-12222)  # 10 F


class Freeze:
    """`update` once per slow scan.

    suction_mks, water_mks   the totals, mK s
    """

    def __init__(self, readings, settings, derived, duty, engine, monitor):
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._duty = duty
        self._engine = engine
        self._monitor = monitor
        self._a_suction = monitor.place("freeze_suction")
        self._a_water = monitor.place("freeze_water")
        self._a_pressure = monitor.place("suction_pressure")
        self._changes = -1
        self._below_mc = 0
        self._heating_below_mc = 0
        self._trip_mks = 0
        self._water_below_mc = 0
        self._water_trip_mks = 0
        self.suction_mks = 0
        self.water_mks = 0
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        self._changes = settings.changes
        self._below_mc = int(settings.suction_unload_cool_c * 1000)
        self._heating_below_mc = min(_HEATING_MC, int(settings.suction_unload_c * 1000) - _UNLOADED_MK)
        self._trip_mks = int(settings.freeze_trip_ks * 1000)
        self._water_below_mc = int(settings.chilled_trip_c * 1000)
        self._water_trip_mks = int(settings.chilled_trip_ks * 1000)

    def update(self, now_ms, dt_s):
        """Fill and empty the totals; tell the monitor."""
        if self._changes != self._settings.changes:
            self.configure()
        dt_ms = int(dt_s * 1000)
        duty = self._duty
        turns = self._engine.clutch_in and not duty.moving
        chilling = turns and duty.cooling()
        heating = turns and not duty.coil_condenses()
        evaporating_c = self._derived.evaporating_c
        leaving = self._readings.chilled_leaving
        suction = self.suction_mks
        water = self.water_mks
        if chilling:
            if evaporating_c is not None:
                suction = grown(suction, self._below_mc - int(evaporating_c * 1000), dt_ms)
            if leaving.quality == GOOD:
                water = grown(water, self._water_below_mc - leaving.scaled, dt_ms)
        else:
            water -= _REST_MK * dt_ms // 1000
            if heating and evaporating_c is not None:
                suction = grown(suction, self._heating_mc(now_ms) - int(evaporating_c * 1000), dt_ms)
            else:
                suction -= _REST_MK * dt_ms // 1000
        self.suction_mks = _bounded(suction, self._trip_mks)
        self.water_mks = _bounded(water, self._water_trip_mks)
        judge = self._monitor.judge
        judge(self._a_suction, chilling and self.suction_mks >= self._trip_mks, now_ms)
        judge(self._a_water, chilling and self.water_mks >= self._water_trip_mks, now_ms)
        judge(self._a_pressure, heating and self.suction_mks >= self._trip_mks, now_ms, SLOW)

    def _heating_mc(self, now_ms):
        """Return the saturation below which heating counts, mC."""
        ambient_mc = held(self._readings.ambient_temp, now_ms, AMBIENT_HELD_MS)
        colder = ambient_mc - _COLD_MC if ambient_mc is not None else 0
        return self._heating_below_mc + (colder if colder < 0 else 0)

    def restore(self, suction_mks, water_mks, passed_s):
        """Take over the totals that were kept `passed_s` ago; the rest since then has emptied them.

        A memory that answers late finds totals that have grown meanwhile: the fuller one holds.
        """
        self.suction_mks = _bounded(max(self.suction_mks, suction_mks - _REST_MK * passed_s), self._trip_mks)
        self.water_mks = _bounded(max(self.water_mks, water_mks - _REST_MK * passed_s), self._water_trip_mks)

    def share_pct(self):
        """Return how full the fuller total is, 0..100 %."""
        suction = 100 * (self.suction_mks // 100) // (self._trip_mks // 100)
        water = 100 * (self.water_mks // 100) // (self._water_trip_mks // 100)
        return suction if suction > water else water

    def reasons(self, add, now_ms):
        """Tell how near a freeze trip is, once it is worth telling."""
        share = self.share_pct()
        if share >= 20:
            what = "Evaporator close to freezing" if self._duty.cooling() else "Suction saturation too low"
            add(2, what, None, "%d %% of the trip" % share)


def grown(total_mks, below_mk, dt_ms):
    """Return the total after `dt_ms` at `below_mk` below its limit (negative: above it)."""
    if below_mk > _RATE_MOST_MK:
        below_mk = _RATE_MOST_MK
    elif below_mk < -_RETURN_MOST_MK:
        below_mk = -_RETURN_MOST_MK
    return total_mks + below_mk * dt_ms // 1000


def _bounded(total_mks, most_mks):
    if total_mks < 0:
        return 0
    return total_mks if total_mks < most_mks else most_mks
