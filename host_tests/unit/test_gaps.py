"""A filter whose input was away does not go on from what was before: each of these once did."""

import pytest
from engine_bench import Bench as EngineBench
from ghp.control import duty as duties
from ghp.control.fans import Fans
from ghp.protection.limits import SUCTION
from ghp.refrigerant import saturation_kpa
from ghp.sensing.readings import GOOD, OPEN, SETTLING
from thermal_parts import Parts


def test_frost_starts_afresh_after_the_ambient_was_away():
    parts = Parts()
    frost = _frost(parts)
    for _ in range(400):
        _frost_scan(parts, frost)
    parts.bad("ambient_temp")
    for _ in range(1200):
        _frost_scan(parts, frost)
    assert frost.difference_k is None
    parts.put(ambient_temp=12.0)
    _frost_scan(parts, frost)
    assert frost.difference_k == pytest.approx(12.0 - parts.derived.evaporating_c, abs=0.01)
    assert not frost.due


def test_frost_learns_nothing_from_a_coil_that_it_did_not_see_all_the_time():
    parts = Parts()
    frost = _frost(parts)
    frost.begin_learning()
    for _ in range(500):
        _frost_scan(parts, frost)
    parts.bad("ambient_temp")
    for _ in range(3600):
        _frost_scan(parts, frost)
    parts.put(ambient_temp=25.0)  # far more than a clean coil needs: frost has grown
    for _ in range(2000):
        _frost_scan(parts, frost)
    assert not frost.learned and frost.clean_k == parts.settings.frost_clean_k


def _frost(parts):
    from ghp.control.frost import Frost

    parts.put(suction_pressure=240.0, ambient_temp=3.0, engine_speed=2400)
    return Frost(parts.readings, parts.settings, parts.derived, parts.duty, parts.engine, parts.outputs)


def _frost_scan(parts, frost):
    parts.now_ms = (parts.now_ms + 500) & 0x3FFFFFFF
    parts.derived.update(parts.now_ms, 0.5)
    frost.update(parts.now_ms, 0.5)


def test_the_pump_does_not_take_a_gap_for_warming_water():
    parts = Parts(hot_setpoint_c=60.0)
    parts.water.speed_pct = 60.0
    parts.put(leaving_water=50.0, entering_water=41.0).scan(100)
    parts.bad("leaving_water").scan(200)
    before = parts.water.speed_pct
    parts.put(leaving_water=60.4, entering_water=51.4).scan()
    assert parts.water.speed_pct - before < 1.0  # no hurry: nobody has seen it warm


def test_the_first_scan_is_no_warming_either():
    parts = Parts(hot_setpoint_c=60.0)
    parts.water.speed_pct = 60.0
    parts.put(leaving_water=60.4, entering_water=51.4).scan()
    assert parts.water.speed_pct - 60.0 < 1.0


def test_a_low_suction_is_not_judged_ahead_from_before_a_gap():
    bench = EngineBench()
    bench.running()
    trips = bench.trips
    limit = bench.settings.suction_trip_kpa * 1000
    for _ in range(60):
        trips._ahead(int(limit) + 130000)
    trips._suction.quality = OPEN
    trips._pressures(bench.now)
    trips._suction.quality = 0
    assert trips._ahead(int(limit) + 2000) == int(limit) + 2000
    assert trips._ahead(int(limit) + 1000) < int(limit) + 1000  # and then it falls


def test_the_mixture_does_not_close_on_what_the_sensor_said_before_the_gap():
    bench = EngineBench()
    bench.running(1800)
    bench.seconds(30)
    bench.dead.add("lambda_volts")
    bench.seconds(10)
    bench.dead.remove("lambda_volts")
    settling = 0
    while bench.readings.lambda_volts.quality != GOOD:
        bench.scan()
        settling += bench.readings.lambda_volts.quality == SETTLING
        assert bench.readings.lambda_volts.quality == GOOD or not bench.mixture.closed
    bench.seconds(1)
    assert settling and bench.mixture.closed


@pytest.mark.parametrize("sensor", ["gas_meter", "hot_flow", "leaving_water"])
def test_cop_leaves_out_minutes_in_which_heat_or_gas_was_not_known(sensor):
    parts = Parts(gas_hhv_mj_m3=38.0).put(hot_flow=6.0, entering_water=50.0, leaving_water=60.0)
    meter = parts.readings.gas_meter

    def minutes(count, gas):
        for _ in range(120 * count):
            meter.total += gas
            parts.scan()

    minutes(12, 5)
    right = parts.derived.cop
    parts.bad(sensor)
    minutes(4, 0 if sensor == "gas_meter" else 5)
    assert parts.derived.cop == pytest.approx(right, rel=0.02)
    parts.put(gas_meter=17.0, hot_flow=6.0, leaving_water=60.0)
    minutes(3, 5)
    assert parts.derived.cop == pytest.approx(right, rel=0.02)


def test_chilling_fans_follow_the_last_ambient_for_ten_minutes_then_the_floor_then_the_new_one():
    parts = Parts()
    parts.duty.mode = duties.COOLING
    fans: Fans = parts.fans
    parts.put(ambient_temp=40.0, discharge_pressure=1200.0).scan(400)
    assert fans.target_c == pytest.approx(51.0, abs=0.1)
    parts.bad("ambient_temp").scan(1199)
    assert fans.target_c == pytest.approx(51.0, abs=0.1)
    parts.scan(2)
    assert fans.target_c == parts.settings.condensing_floor_c
    parts.put(ambient_temp=25.0).scan()
    assert fans.target_c == pytest.approx(36.0, abs=0.1)


def test_chilling_fans_do_not_begin_with_the_air_of_the_last_chilling():
    parts = Parts()
    parts.duty.mode = duties.COOLING
    fans: Fans = parts.fans
    parts.put(ambient_temp=40.0, discharge_pressure=1200.0).scan(400)
    parts.engine.rest()
    parts.put(ambient_temp=20.0).scan(7200)
    parts.engine.fans_wanted = parts.engine.loaded = True
    parts.scan()
    assert fans.target_c == pytest.approx(20.0 + parts.settings.condensing_above_k, abs=0.1)
    parts.duty.mode = duties.HEATING
    parts.put(ambient_temp=5.0).scan(200)
    parts.duty.mode = duties.COOLING
    parts.put(ambient_temp=28.0).scan()
    assert fans.target_c == pytest.approx(28.0 + parts.settings.condensing_above_k, abs=0.1)


def test_the_suction_after_a_defrost_is_not_judged_ahead_from_before_it():
    parts = Parts()
    limits = parts.limits
    levels = limits.levels
    limit = saturation_kpa(parts.settings.suction_hold_c)
    parts.put(suction_pressure=450.0).scan(60)
    parts.duty.defrosting = True
    parts.put(suction_pressure=250.0).scan(200)
    parts.duty.defrosting = False
    parts.put(suction_pressure=limit + 15.0).scan(119)
    assert levels[SUCTION] == 0
    for _ in range(8):
        parts.scan()
        assert levels[SUCTION] == 0  # steady, and above its limit


def test_the_heat_of_full_capacity_is_not_learned_from_before_a_gap():
    parts = Parts()
    need = parts.capacity._need
    parts.put(hot_flow=6.0, entering_water=50.0, leaving_water=60.0)
    for _ in range(400):
        parts.derived.update(parts.now_ms, 0.5)
        need.learn(80.0, 0.5)
    parts.bad("leaving_water")
    parts.derived.update(parts.now_ms, 0.5)
    need.learn(80.0, 0.5)
    assert need._mean_w is None
    full_w = need.full_w[0]
    parts.put(leaving_water=55.0)
    parts.derived.update(parts.now_ms, 0.5)
    need.learn(40.0, 0.5)  # half the capacity, half the heat: the same machine
    assert need.full_w[0] == pytest.approx(full_w, rel=0.01) and need._mean_pct == 40.0
