"""The slow scan while chilling, on the plant: both ends of the ambient, fans, engine heat, freeze guard, oil."""

import pytest
from ghp.control.duty import COOLING, HEATING
from ghp.control.expansion import VALVE_CONTROL
from ghp.control.fans import NO_AIR
from ghp.protection.limits import CHILLED, DISCHARGE, FREE, WATER
from thermal_bench import Bench

TON = 3516.85


def fahrenheit(value):
    return (value - 32) / 1.8


def chilling(ambient_f, water_f=54, tank_f=120, engine_c=70, **settings):
    start = {
        "mode": "cool", "ambient_c": fahrenheit(ambient_f), "chilled_c": fahrenheit(water_f),
        "tank_c": fahrenheit(tank_f), "engine_c": engine_c,
    }
    return Bench(1, start, **settings)


def until_run(bench, limit_s=420):
    for _ in range(limit_s):
        if bench.engine.state == "run":
            return
        bench.run(1)
    raise AssertionError(f"not running: {bench.engine.state}, {bench.why()}")


class Extremes:
    """Watches what a test is about."""

    def __init__(self, bench):
        self.wall_c = 99.0
        self.discharge_psig = 0.0
        self.slug_s = 0.0
        bench.each = self

    def __call__(self, bench):
        get = bench.plant.get
        self.wall_c = min(self.wall_c, get("plate_wall_c"))
        self.discharge_psig = max(self.discharge_psig, get("discharge_psig"))
        self.slug_s += 0.5 * get("slugging")


@pytest.mark.slow
def test_a_start_at_10_f_builds_its_pressure_and_chills():
    bench = chilling(10, 56, engine_c=45)
    seen = Extremes(bench)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=25 * TON)
    bench.run(240)
    assert bench.monitor.stop_class == 0 and bench.derived.condensing_c > 25
    bench.run(500)
    assert bench.plant.get("chilled_leaving_c") == pytest.approx(fahrenheit(44), abs=0.6)
    assert bench.plant.get("condensing_c") == pytest.approx(bench.settings.condensing_floor_c, abs=4)
    assert seen.wall_c > -1.0 and bench.monitor.notes == 0


@pytest.mark.slow
def test_a_start_at_115_f_stays_inside_its_limits():
    bench = chilling(115)
    seen = Extremes(bench)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=35 * TON)
    bench.run(600)
    assert bench.monitor.stop_class == 0 and bench.engine.state == "run"
    assert seen.discharge_psig < 245 and bench.plant.get("q_chilled_w") > 28 * TON


@pytest.mark.slow
def test_half_the_fans_lost_at_105_f_ends_without_a_trip():
    bench = chilling(105)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=40 * TON)
    bench.run(400)
    bench.plant.inject("air_flow", "factor", factor=0.5)
    seen = Extremes(bench)
    bench.run(500)
    assert bench.engine.state == "run" and seen.discharge_psig < 270


@pytest.mark.slow
def test_a_tank_that_is_warm_leaves_the_heat_to_the_radiator():
    bench = chilling(95, tank_f=150)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=30 * TON)
    hottest = []
    bench.each = lambda bench: hottest.append((bench.plant.get("coolant_c"), bench.plant.get("leaving_c")))
    bench.run(900)
    assert not bench.water.takes_heat and bench.heat.recovery_pct == 0
    assert max(coolant for coolant, _ in hottest) < 99 and max(water for _, water in hottest) < 68
    assert bench.engine.state == "run" and bench.monitor.stop_class == 0


@pytest.mark.slow
def test_hot_flow_lost_while_chilling_goes_to_the_radiator_with_a_warning():
    bench = chilling(95, tank_f=110)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=30 * TON)
    bench.run(200)
    bench.plant.inject("hot_flow", "factor", factor=0)
    bench.run(300)
    assert bench.monitor.find("hot_flow_missing").active() and bench.heat.recovery_pct == 0
    assert bench.engine.state == "run" and bench.plant.get("coolant_c") < 99


@pytest.mark.slow
def test_oil_comes_back_after_long_lean_running():
    bench = chilling(80, oil_return_after_min=10)
    until_run(bench)
    bench.plant.set_env(chilled_load_w=21 * TON)
    bench.run(300)
    fast_s = coldest_c = cleared = 0.0
    coldest_c = 99.0
    for _ in range(1500):
        before = bench.capacity.oil.lean_ms
        bench.run(1)
        fast_s += not bench.outputs.unloader.value and bench.plant.get("engine_rpm") > 1700
        cleared += before > 500000 and bench.capacity.oil.lean_ms == 0
        coldest_c = min(coldest_c, bench.plant.get("chilled_leaving_c"))
    assert cleared == 1 and fast_s >= 150
    assert bench.monitor.stop_class == 0 and coldest_c > 2.2


def test_water_close_to_freezing_is_kept_moving_at_rest_in_either_duty():
    for mode in ("cool", "heat"):
        start = {"mode": mode, "ambient_c": 5.0, "chilled_c": 2.5, "tank_c": 40.0}
        bench = Bench(1, start)
        bench.run(5)
        assert bench.outputs.pump_chilled.value == 1, mode
        assert any("freezing" in reason[1] for reason in bench.why())


def test_warm_water_at_rest_is_left_alone():
    bench = Bench(1, {"mode": "cool", "ambient_c": 5.0, "chilled_c": 6.0, "tank_c": 40.0})
    bench.run(5)
    assert bench.outputs.pump_chilled.value == 0


def test_blind_probes_count_as_cold_only_in_the_cold():
    for ambient, pump in ((25.0, 0), (-5.0, 1)):
        bench = Bench(1, {"mode": "heat", "ambient_c": ambient, "chilled_c": 8.0, "tank_c": 40.0})
        bench.run(1)
        for name in ("chilled_entering", "chilled_leaving"):
            bench.plant.inject(name, "open")
        bench.run(3)
        assert bench.outputs.pump_chilled.value == pump


def loaded(mode, **readings):
    """A bench whose engine counts as loaded, with some readings set by hand; nothing moves."""
    bench = Bench(1, {"mode": "cool" if mode else "heat"})
    bench.sense()
    bench.engine.loaded = bench.engine.clutch_in = True
    bench.engine.clutch_at = -600000
    for name, value in readings.items():
        reading = getattr(bench.readings, name)
        reading.scaled = int(value * reading.scale)
    bench.derived.update(0, 0.5)
    bench.setpoint.update(0, 0.5)
    bench.chilled.update(0, 0.5)
    return bench


def test_each_limit_belongs_to_its_duty():
    hot = {"leaving_water": 75.0, "chilled_leaving": 3.0, "discharge_pressure": 1700.0}
    bench = loaded(COOLING, **hot)
    for scan in range(2):  # what one scan sees alone is noise
        bench.limits.update(scan * 500, 0.5, 60.0)
    assert bench.limits.levels[WATER] == FREE
    assert bench.limits.levels[CHILLED] > FREE and bench.limits.levels[DISCHARGE] > FREE
    bench = loaded(HEATING, **hot)
    for scan in range(2):  # what one scan sees alone is noise
        bench.limits.update(scan * 500, 0.5, 60.0)
    assert bench.limits.levels[WATER] > FREE
    assert bench.limits.levels[CHILLED] == FREE and bench.limits.levels[DISCHARGE] == FREE


def test_hot_water_above_its_trip_stops_the_unit_in_either_duty():
    """While it chills, its engine heats the hot water."""
    for mode in (COOLING, HEATING):
        bench = loaded(mode, leaving_water=78.0)
        for scan in range(6):
            bench.judges.update(scan * 500, 0.5)
        assert bench.monitor.find("leaving_water").standing()


def test_a_change_of_duty_starts_the_loop_anew_and_keeps_what_was_learned():
    bench = loaded(HEATING, engine_speed=1800)
    capacity = bench.capacity
    capacity.update(0, 0.5)
    capacity.integral_pct = 25.0
    learned = list(capacity._need.full_w)
    bench.duty.mode = COOLING
    bench.duty.moving = True
    bench.chilled.update(500, 0.5)
    for scan in range(1, 20):
        capacity.update(scan * 500, 0.5)
    assert capacity.asked_pct == pytest.approx(capacity.achieved_pct)
    assert capacity._need.full_w[HEATING] == learned[HEATING]
    bench.duty.moving = False
    asked = capacity.asked_pct
    capacity.update(10000, 0.5)
    assert abs(capacity.asked_pct - asked) < 35  # the trim's bound: no step of the whole range


def test_nothing_integrates_in_a_defrost():
    bench = loaded(HEATING, engine_speed=1300)
    bench.capacity.update(0, 0.5)
    bench.duty.defrosting = True
    bench.setpoint.error_k = 2.0
    values = set()
    for scan in range(1, 40):
        bench.capacity.update(scan * 500, 0.5)
        values.add(round(bench.capacity.integral_pct, 6))
    assert len(values) == 1


def test_a_defrost_stops_the_air_and_opens_the_valve():
    bench = loaded(HEATING)
    bench.engine.fans_wanted = True
    bench.engine.valve_mode = VALVE_CONTROL
    bench.duty.defrosting = True
    bench.fans.update(0, 0.5)
    bench.expansion.update(0, 0.5)
    assert bench.outputs.lead_fan_speed.commanded == 0 and bench.outputs.fan_bank_2.commanded == 0
    assert bench.expansion.ruling == "defrost" and bench.outputs.expansion_valve.commanded == 500
    bench.duty.defrosting = False
    bench.fans.request = NO_AIR
    bench.fans.update(500, 0.5)
    assert bench.outputs.lead_fan_speed.commanded == 0
