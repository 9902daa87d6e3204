"""Oil return: what counts, what clears, what ends it."""

from types import SimpleNamespace

from ghp.control.oil_return import OilReturn
from ghp.settings import Settings
from hypothesis import given
from hypothesis import strategies as st

SCAN_MS = 500


class Rig:
    def __init__(self):
        self.speed = SimpleNamespace(scaled=1200)
        self.unloader = SimpleNamespace(value=1)
        self.limits = SimpleNamespace(level=0)
        self.oil = OilReturn(
            SimpleNamespace(engine_speed=self.speed), Settings(), self.limits, SimpleNamespace(unloader=self.unloader)
        )

    def run(self, seconds, rpm=1200, unloaded=1, permitted=True):
        self.speed.scaled = rpm
        self.unloader.value = unloaded
        for _ in range(int(seconds * 1000 / SCAN_MS)):
            self.oil.update(bool(unloaded), permitted, SCAN_MS)
        return self.oil.active


def test_an_hour_of_lean_running_calls_for_it_and_three_minutes_end_it():
    rig = Rig()
    assert not rig.run(3595)
    assert rig.run(6)
    assert rig.run(178, 1800, 0)
    assert not rig.run(3, 1800, 0)
    assert rig.oil.lean_ms == 0


def test_running_fast_for_the_water_clears_it_as_well():
    rig = Rig()
    rig.run(3000)
    rig.run(185, 2400, 0)
    assert rig.oil.lean_ms == 0 and not rig.oil.active


def test_fast_but_unloaded_is_not_fast():
    rig = Rig()
    assert rig.run(3605, 2800, 1)


def test_a_limit_that_unloads_ends_it_for_ten_minutes_and_the_rest_follows():
    rig = Rig()
    rig.run(3605)
    rig.run(100, 1800, 0)
    rig.limits.level = 3
    assert not rig.run(1, 1800, 0)
    rig.limits.level = 0
    assert not rig.run(590)
    assert rig.run(15)
    rig.run(82, 1800, 0)
    assert rig.oil.lean_ms == 0


def test_it_waits_for_permission_and_for_free_limits():
    rig = Rig()
    assert not rig.run(4000, permitted=False)
    rig.limits.level = 1
    assert not rig.run(60)
    rig.limits.level = 0
    assert rig.run(1)


@given(st.lists(st.tuples(st.integers(1, 900), st.sampled_from((1200, 1800, 3000)), st.booleans(), st.integers(0, 3)), max_size=30))
def test_counts_never_go_below_nothing_and_a_run_always_ends(steps):
    rig = Rig()
    for seconds, rpm, unloaded, level in steps:
        rig.limits.level = level
        rig.run(seconds, rpm, int(unloaded))
        assert rig.oil.lean_ms >= 0 and rig.oil.left_s() <= 180
    rig.limits.level = 0
    rig.run(200, 1800, 0)
    assert not rig.oil.active
