"""How fast things move: speed, pressures, superheat, lost flows, defrost, heating up the tank."""

import pytest
from ghptools.plant import Plant, fastest_heatup
from ghptools.plant import layout as L
from ghptools.plant.regulators import Ideal, running
from plant_bench import FixedValve, c, set_valve, settled, stop_engine, until


def governed(plant, ideal, seconds):
    """Speeds every 50 ms under the governor alone."""
    speeds = []
    for _ in range(round(seconds * 20)):
        ideal.governor.step(plant)
        plant.advance(50)
        speeds.append(plant.get("engine_rpm"))
    return speeds


def last_outside(speeds, target):
    """Seconds after which the speed stays within 1 % of its target."""
    outside = [i for i, speed in enumerate(speeds) if abs(speed - target) > 0.01 * target]
    return (outside[-1] + 1) * 0.05 if outside else 0.0


def test_governed_step_settles_in_a_second_and_a_half():
    plant, ideal = settled(rpm=2000)
    ideal.governor.kp, ideal.governor.ki, ideal.governor.kd = 3e-4, 3e-4, 0.0
    ideal.governor.rpm = 2400
    assert last_outside(governed(plant, ideal, 6), 2400) <= 1.5


def test_an_engine_that_coasts_comes_to_a_full_stop():
    plant, _ = settled()
    stop_engine(plant)
    plant.advance(20000)
    assert plant.get("engine_rpm") == 0.0


def test_torque_step_dips_and_recovers():
    plant, ideal = settled()
    plant.inject("compressor_torque", "factor", factor=1.2)
    speeds = governed(plant, ideal, 6)
    assert 80 <= 2400 - min(speeds) <= 220
    assert last_outside(speeds, 2400) <= 2.5


@pytest.mark.parametrize(("share", "low", "high"), [(0.8, 2370, 2430), (0.7, 900, 2300), (0.6, 0, 100)])
def test_misfire_lugs_then_stalls(share, low, high):
    plant, ideal = settled()
    plant.inject("misfire", "factor", factor=share)
    assert low <= governed(plant, ideal, 20)[-1] <= high


def test_torque_limit_is_what_the_engine_really_gives():
    plant, ideal = settled(leaving_f=140)
    assert 280 <= plant.get("torque_limit_nm") <= 320
    plant.command(throttle=1)
    plant.advance(600)
    assert plant.get("torque_nm") == pytest.approx(plant.get("torque_limit_nm"), rel=0.03)


def test_order_of_reactions():
    """A step of the valve: suction within a second, discharge in a few, leaving water later."""
    plant, ideal = settled()
    ideal.valve = FixedValve()
    set_valve(plant, plant.get("valve_position") * 0.6)
    start = {k: plant.get(k) for k in ("suction_psig", "discharge_psig", "leaving_c")}
    ends = {}
    ideal.leaving_c = None
    for _ in range(1200):
        ideal.governor.step(plant)
        plant.advance(50)
        for k, moved in (("suction_psig", 1.0), ("discharge_psig", 1.5), ("leaving_c", 0.12)):
            if k not in ends and abs(plant.get(k) - start[k]) > moved:
                ends[k] = plant.time_s
    assert ends["suction_psig"] < ends["discharge_psig"]
    assert ends["suction_psig"] < ends["leaving_c"]


@pytest.mark.parametrize(("change", "low", "high"), [(-0.05, 2.2, 4.4), (0.10, -6.1, -5.9)])
def test_superheat_answers_the_valve(change, low, high):
    plant, ideal = settled()
    before = plant.get("superheat_k")
    ideal.valve = FixedValve()
    set_valve(plant, plant.get("valve_position") * (1 + change))
    ideal.run(25)
    part = plant.get("superheat_k") - before
    ideal.run(75)
    whole = plant.get("superheat_k") - before
    assert low <= whole <= high
    assert 0.5 <= part / whole <= 1.0


def test_pressures_after_a_stop():
    plant, _ = settled()
    saved = plant.snapshot()
    stop_engine(plant)
    set_valve(plant, 250)
    assert until(plant, lambda m: m.get("delta_p_psi") < 30, 200, ms=500) == pytest.approx(50, rel=0.3)
    plant.restore(saved)
    stop_engine(plant)
    set_valve(plant, -50)
    before = plant.get("coil_kg")
    assert until(plant, lambda m: m.get("delta_p_psi") < 30, 1200, ms=1000) is None
    assert plant.get("coil_kg") > before + 2.0


def test_hot_flow_lost_at_160_f():
    plant, ideal = settled(leaving_f=160)
    ideal.leaving_c = None
    saved = plant.snapshot()
    plant.inject("hot_flow", "factor", factor=0.0)
    first = until(plant, lambda m: m.get("discharge_psig") > 325, 20, step=ideal.governor.step)
    second = until(plant, lambda m: m.get("discharge_psig") > 350, 20, step=ideal.governor.step)
    assert first == pytest.approx(4.5, rel=0.4)
    assert first + second == pytest.approx(7.4, rel=0.4)
    assert plant.sensed[L.N_HIGH_PRESSURE_SWITCH] == 0
    assert plant.sensed[L.N_SAFETY_CHAIN] == 0
    plant.restore(saved)
    plant.inject("hot_flow", "factor", factor=0.0)
    governed(plant, ideal, 2.0)
    stop_engine(plant)
    assert until(plant, lambda m: m.get("discharge_psig") > 325, 30) is None


def test_chilled_flow_lost():
    plant, ideal = settled("cool", ambient_f=95, leaving_f=44)
    ideal.leaving_c = None
    saved = plant.snapshot()
    plant.inject("chilled_flow", "factor", factor=0.0)
    taken = until(plant, lambda m: m.get("evaporating_c") < 0, 20, step=ideal.governor.step)
    assert taken == pytest.approx(2.3, rel=0.4)
    assert until(plant, lambda m: m.get("ice") == 1, 30, step=ideal.governor.step) > 2.0
    plant.restore(saved)
    plant.inject("chilled_flow", "factor", factor=0.0)
    governed(plant, ideal, 1.5)
    stop_engine(plant)
    assert until(plant, lambda m: m.get("ice") == 1, 60) is None
    assert plant.get("plate_water_c") > c(33)


def test_fans_lost_at_105_f():
    plant, ideal = settled("cool", ambient_f=105, leaving_f=44)
    saved = plant.snapshot()
    plant.inject("air_flow", "factor", factor=0.0)
    taken = until(plant, lambda m: m.get("discharge_psig") > 275, 60, step=ideal.governor.step)
    assert taken == pytest.approx(17, rel=0.25)
    plant.restore(saved)
    plant.clear()
    plant.command(fan_bank_2=0, lead_fan_speed=0)
    ideal.run(300)
    assert 248 <= plant.get("discharge_psig") <= 272


def test_cold_engine_warms_up_under_light_load():
    plant = running("heat", 1500, ambient_c=5.0, tank_c=40.0, engine_c=10.0)
    ideal = Ideal(plant, 1500)
    taken = None
    for _ in range(60):
        ideal.run(5)
        if plant.get("coolant_c") > 76:
            taken = plant.time_s
            break
    assert 120 <= taken <= 300


def test_tank_without_load_at_full_speed():
    plant, ideal = settled(leaving_f=130)
    ideal.leaving_c = None
    ideal.run(30)
    before = plant.get("tank_mean_c")
    ideal.run(60)
    assert 1.8 * (plant.get("tank_mean_c") - before) == pytest.approx(6.3, rel=0.15)


def test_fastest_heatup():
    fast = fastest_heatup(c(120), c(160), 120e3)
    slow = fastest_heatup(c(120), c(160), 120e3, rpm=2000)
    assert 300 < fast < slow < 1320


@pytest.mark.slow
def test_defrost_of_45_kg():
    plant = running("heat", 1800, ambient_c=c(35), tank_c=38.0, humidity=0.85)
    ideal = Ideal(plant, 1800)
    ideal.leaving_c = c(105)
    ideal.run(300)
    plant._state[L.S_FROST] = 45.0
    ideal.run(30)
    ideal.leaving_c = None
    plant._state[L.S_TANK_0 : L.S_TANK_3 + 1] = c(105)
    plant.set_env(hot_load_w=200e3)
    plant.command(reversing_valve=1, fan_bank_1=0, fan_bank_2=0, fan_bank_3=0, lead_fan_speed=0)
    ideal.governor.rpm = 2000
    ideal.valve = FixedValve()
    set_valve(plant, 380)
    began = plant.time_s
    ideal.run(400, lambda m: m.get("coil_c") > c(60) and m.get("frost_kg") < 2.0)
    assert plant.time_s - began == pytest.approx(150, rel=0.2)
    assert plant.get("tank_mean_c") == pytest.approx(c(88), abs=2.5)


def test_the_discharge_pipe_cools_while_the_compressor_stands():
    plant = Plant(seed=1, start={"ambient_c": 10.0, "engine_c": 80.0})
    warm = plant.get("discharge_c")
    plant.advance(900_000)
    assert plant.get("discharge_c") - 10.0 == pytest.approx((warm - 10.0) / 2.718, rel=0.02)
