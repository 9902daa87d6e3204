"""Freeze totals: how they fill, run back, rest and trip."""

from types import SimpleNamespace

import pytest
from ghp import settings
from ghp.control.duty import COOLING, HEATING
from ghp.protection.freeze import Freeze, grown
from ghp.protection.monitor import Monitor
from ghp.sensing.readings import GOOD, OPEN
from ghp.settings import Settings
from hypothesis import given
from hypothesis import strategies as st

SCAN_S = 0.5


class Duty:
    moving = False

    mode = COOLING

    def cooling(self):
        return self.mode == COOLING

    def coil_condenses(self):
        return self.mode == COOLING


class Rig:
    """A freeze protection with hand-set temperatures."""

    def __init__(self):
        self.duty = Duty()
        self.engine = SimpleNamespace(clutch_in=True)
        self.derived = SimpleNamespace(evaporating_c=5.0)
        self.leaving = SimpleNamespace(quality=GOOD, scaled=7000)
        self.monitor = Monitor()
        self.ambient = SimpleNamespace(quality=GOOD, scaled=-10000, bad_for_ms=lambda now_ms: 600000)
        readings = SimpleNamespace(chilled_leaving=self.leaving, ambient_temp=self.ambient)
        self.settings = Settings()
        self.freeze = Freeze(readings, self.settings, self.derived, self.duty, self.engine, self.monitor)
        self.now = 0

    def run(self, seconds, evaporating=None, leaving=None):
        if evaporating is not None:
            self.derived.evaporating_c = evaporating
        if leaving is not None:
            self.leaving.scaled = int(leaving * 1000)
        for _ in range(int(seconds / SCAN_S)):
            self.freeze.update(self.now, SCAN_S)
            self.now += 500

    def standing(self, key):
        return self.monitor.find(key).standing()


def test_a_deep_suction_trips_after_45_seconds():
    rig = Rig()
    rig.run(44, evaporating=-30.0)
    assert not rig.standing("freeze_suction")
    rig.run(2)
    assert rig.standing("freeze_suction")


def test_two_kelvin_below_trip_after_five_minutes():
    rig = Rig()
    rig.run(305, evaporating=-1.89 - 2.0)
    assert not rig.standing("freeze_suction")
    rig.run(12)
    assert rig.standing("freeze_suction")


def test_at_the_hold_limit_it_never_trips():
    rig = Rig()
    rig.run(7200, evaporating=-1.2)
    assert rig.freeze.suction_mks == 0


def test_leaving_water_at_35_f_trips_after_half_a_minute():
    rig = Rig()
    rig.run(29, leaving=1.667)
    assert not rig.standing("freeze_water")
    rig.run(3)
    assert rig.standing("freeze_water")


def test_a_stop_keeps_the_total_and_half_an_hour_empties_it():
    rig = Rig()
    rig.run(40, evaporating=-20.0)
    kept = rig.freeze.suction_mks
    rig.engine.clutch_in = False
    rig.run(1)
    assert kept * 0.99 < rig.freeze.suction_mks < kept
    rig.run(1800)
    assert rig.freeze.suction_mks == 0


def test_heating_and_bad_readings_do_not_fill():
    rig = Rig()
    rig.duty.mode = HEATING
    rig.run(300, evaporating=-20.0, leaving=-1.0)
    assert (rig.freeze.suction_mks, rig.freeze.water_mks) == (0, 0)
    rig.duty.mode = COOLING
    rig.derived.evaporating_c = None
    rig.leaving.quality = OPEN
    rig.run(300)
    assert (rig.freeze.suction_mks, rig.freeze.water_mks) == (0, 0)


def test_heating_below_minus_10_f_trips_by_its_total():
    rig = Rig()
    rig.duty.mode = HEATING
    rig.run(1020, evaporating=-23.34 - 0.6)
    assert not rig.standing("suction_pressure")
    rig.run(20)
    assert rig.standing("suction_pressure") and not rig.standing("freeze_suction")
    assert rig.monitor.stop_class == rig.monitor.find("suction_pressure").stop_class


def test_heating_in_colder_air_than_it_is_built_for_counts_as_much_lower():
    rig = Rig()
    rig.duty.mode = HEATING
    rig.ambient.scaled = -15222
    rig.run(3600, evaporating=-26.2)
    assert rig.freeze.suction_mks == 0
    rig.ambient.quality = OPEN
    rig.run(300)
    assert rig.standing("suction_pressure")


def test_a_restored_total_is_not_patient():
    rig = Rig()
    rig.freeze.suction_mks = 620000
    rig.run(3, evaporating=-6.0)
    assert rig.standing("freeze_suction")


@given(st.lists(st.tuples(st.floats(-60.0, 60.0), st.floats(-20.0, 60.0), st.booleans()), max_size=200))
def test_totals_stay_between_nothing_and_their_trip(steps):
    rig = Rig()
    for evaporating, leaving, turning in steps:
        rig.engine.clutch_in = turning
        rig.run(SCAN_S, evaporating, leaving)
        assert 0 <= rig.freeze.suction_mks <= 625000
        assert 0 <= rig.freeze.water_mks <= 16700
        assert isinstance(rig.freeze.suction_mks, int) and isinstance(rig.freeze.water_mks, int)


@given(st.integers(0, 1 << 20), st.integers(-100000, 100000), st.integers(-100000, 100000))
def test_colder_never_fills_less(total, below, other):
    low, high = sorted((below, other))
    assert grown(total, low, 500) <= grown(total, high, 500)
    assert abs(grown(total, below, 500) - total) <= 13889 * 500 // 1000 + 1


@pytest.mark.parametrize(("unload_c", "safe_c"), [(-21.1, -23.2), (-28.0, -30.1), (-15.0, -23.2)])
def test_heating_counts_below_the_limiters_only(unload_c, safe_c):
    """The total begins where the limiter has acted already, whatever the settings; the fixed limit is its upper end."""
    rig = Rig()
    rig.duty.mode = HEATING
    rig.settings.suction_trip_kpa = 60.0
    rig.settings.suction_unload_c = unload_c
    rig.settings.changes += 1
    rig.run(7200, evaporating=safe_c)
    assert not rig.standing("suction_pressure") and rig.freeze.suction_mks == 0
    rig.run(7200, evaporating=safe_c - 1.0)
    assert rig.standing("suction_pressure")


def test_the_limiter_has_given_up_its_patience_of_a_start_before_the_least_total_is_full():
    """For four minutes after the clutch the suction limiter gives way: as deep as it lets, the total lasts longer."""
    rig = Rig()
    rig.duty.mode = HEATING
    low = next(row[4] for row in settings.ROWS if row[1] == "freeze_trip_ks")
    rig.settings.set("freeze_trip_ks", low)
    rig.run(240, evaporating=-24.3)
    assert not rig.standing("suction_pressure")
