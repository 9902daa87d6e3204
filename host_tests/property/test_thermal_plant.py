"""The slow scan's objects on the plant, by themselves: no converters, no trips, a stand-in sequence.

The whole firmware is judged by the scenarios; here the loops are, over seeds and loads that scenarios do not walk.
"""

import pytest
from ghp.protection import stops
from ghptools.plant import fastest_heatup
from hypothesis import given, settings
from hypothesis import strategies as st
from thermal_bench import Bench

HOT_C = 71.1111


def running(setpoint_c=HOT_C, load_w=240e3, minutes=30, seed=1, **start):
    bench = Bench(seed, {"tank_c": setpoint_c - 5.0, "engine_c": 75.0} | start, mode=1, hot_setpoint_c=setpoint_c)
    bench.plant.set_env(hot_load_w=load_w)
    bench.run(minutes * 60)
    assert bench.engine.state == "run"
    return bench


def watch(bench, seconds, signal="leaving_c"):
    """Run and return (lowest, highest) of a plant signal and the highest discharge in psig."""
    seen, high = [], []

    def each(b):
        seen.append(b.plant.get(signal))
        high.append(b.plant.get("discharge_psig"))

    bench.each = each
    bench.run(seconds)
    bench.each = None
    return min(seen), max(seen), max(high)


@settings(max_examples=6)
@given(st.integers(1, 1000), st.floats(45.0, HOT_C), st.floats(90e3, 230e3))
def test_steady_water_is_held_within_one_fahrenheit(seed, setpoint_c, load_w):
    bench = running(setpoint_c, load_w, 40, seed)
    low, high, pressure = watch(bench, 600)
    assert low > setpoint_c - 0.56 and high < setpoint_c + 0.56
    assert pressure <= 320.0
    assert bench.monitor.stop_class < stops.NORMAL_STOP


@pytest.mark.parametrize("load_w", [20e3, 120e3])
def test_120_to_160_overshoots_little_and_takes_little_longer_than_the_plant_needs(load_w):
    bench = running(48.9, 100e3, 25)
    bench.plant.set_env(hot_load_w=load_w)
    began_c = bench.plant.get("tank_mean_c")
    bench.settings.set("hot_setpoint_c", HOT_C)
    began = bench.now_ms
    while bench.plant.get("tank_mean_c") < began_c + 19.0 and bench.now_ms - began < 3600000:
        bench.run(2)
    taken_s = (bench.now_ms - began) / 1000
    assert taken_s <= 1.3 * fastest_heatup(began_c, began_c + 19.0, load_w)
    _, high, pressure = watch(bench, 1200)
    assert high <= HOT_C + 3.0 / 1.8
    assert pressure <= 320.0


@pytest.mark.parametrize("load_w", [150e3, 250e3])
def test_warm_air_and_hot_water_stay_within_the_engine_s_torque(load_w):
    bench = Bench(1, {"tank_c": 55.0, "engine_c": 75.0, "ambient_c": 21.1}, mode=1, hot_setpoint_c=HOT_C)
    bench.plant.set_env(hot_load_w=load_w)
    shares = []
    bench.each = lambda b: shares.append(b.plant.get("torque_nm") / b.plant.get("torque_limit_nm"))
    bench.run(3600)
    assert max(shares) <= 0.95
    assert bench.plant.get("leaving_c") > HOT_C - 1.0
    assert bench.engine.state == "run"


@pytest.mark.parametrize("load_w", [60e3, 120e3, 240e3])
def test_a_stuck_leaving_probe_is_found_before_the_water_is_too_hot(load_w):
    bench = running()
    bench.plant.inject("leaving_water", "stuck")
    bench.plant.set_env(hot_load_w=load_w)
    began, high = bench.now_ms, 0.0
    while "water_stuck" not in [alarm.key for alarm in bench.monitor.standing()]:
        _, seen, _ = watch(bench, 1)
        high = max(high, seen)
        assert bench.now_ms - began <= 120000
    assert high <= 77.8


@pytest.mark.parametrize("name", ["suction_temp", "suction_pressure"])
@pytest.mark.parametrize("kind", ["open", "short"])
def test_a_broken_suction_sensor_never_moves_the_valve(name, kind):
    bench = running(load_w=200e3)
    before = bench.expansion.position
    bench.plant.inject(name, kind)
    bench.run(1)
    assert bench.expansion.position == before
    bench.run(3)
    if bench.engine.state == "run":
        assert bench.expansion.position == before
    bench.run(3)
    assert bench.engine.state != "run"


def test_the_bench_runs_twice_alike():
    first, second = running(minutes=5), running(minutes=5)
    assert (first.plant.truth == second.plant.truth).all()
