"""Every fault does what it says, alone and combined, and goes away when cleared."""

import numpy as np
import pytest
from ghptools.plant import Plant, faults, signals
from ghptools.plant import layout as L
from plant_bench import FixedValve, set_valve, settled

N = signals.SENSORS.index


def exact(**start):
    return Plant(start={"noise": 0.0, "calibration": 0.0, **start})


def test_unknown_faults_say_what_is_known():
    plant = Plant()
    with pytest.raises(ValueError, match="names are.*leaving_water"):
        plant.inject("leaving_watr", "open")
    with pytest.raises(ValueError, match="kinds are.*bursts"):
        plant.inject("leaving_water", "welded")
    with pytest.raises(ValueError, match="takes value"):
        plant.inject("leaving_water", "bias", offset=2)
    with pytest.raises(ValueError, match="must be a number"):
        plant.inject("leaving_water", "bias", value="two")
    with pytest.raises(ValueError, match="with must be one of"):
        plant.inject("leaving_water", "swapped")
    with pytest.raises(ValueError, match="names are"):
        plant.clear("nothing")


ALL = [(name, kind) for name in faults.NAMES for kind in faults.kinds(name)]


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_every_fault_can_be_injected_and_cleared(name, kind):
    plant = Plant()
    healthy = plant.snapshot()
    params = {"with": "entering_water"} if kind == "swapped" else {}
    plant.inject(name, kind, **params)
    plant.advance(200)
    assert np.isfinite(plant.sensed).all() and np.isfinite(plant.truth).all()
    plant.clear(name)
    assert plant.active_faults == {}
    for array in ("_actuators", "_streams", "sensor_fault"):
        assert np.array_equal(getattr(plant, array), healthy[array]), array
    same = [L.F_BIAS, L.F_DRIFT, L.F_BURST, L.F_STUCK, L.F_LOST, L.F_EXTRA, L.F_SLOW, L.F_NOISE, L.F_SWAP, L.F_LATE]
    assert np.array_equal(plant._sensors[:, same], healthy["_sensors"][:, same])


def test_sensor_faults():
    plant = exact(tank_c=50.0, ambient_c=10.0)
    plant.advance(50)
    i = N("leaving_water")
    plant.inject("leaving_water", "open")
    assert plant.sensor_fault[i] == 1
    plant.inject("leaving_water", "short")
    assert plant.sensor_fault[i] == 2
    plant.clear()
    plant.inject("leaving_water", "bias", value=3.0)
    plant.advance(50)
    assert plant.sensed[i] == pytest.approx(53.0, abs=0.1)
    plant.clear()
    plant.inject("leaving_water", "stuck", value=20.0)
    plant.inject("ambient_temp", "stuck")
    plant.set_env(ambient_c=30.0)
    plant.advance(60_000)
    assert plant.sensed[i] == 20.0
    assert plant.sensed[N("ambient_temp")] == pytest.approx(10.0, abs=0.01)
    plant.clear()
    plant.inject("entering_water", "swapped", other="ambient_temp")
    plant.advance(300_000)
    assert plant.sensed[N("entering_water")] == pytest.approx(30.0, abs=0.1)
    assert plant.sensed[N("ambient_temp")] == pytest.approx(50.0, abs=0.5)
    plant.clear("entering_water")
    plant.inject("entering_water", "drift", per_hour=2.0)
    plant.advance(1_800_000)
    assert plant.sensed[N("entering_water")] == pytest.approx(plant.get("entering_c") + 1.0, abs=0.05)


def test_slow_sensor_and_noise_and_bursts():
    plant = exact(ambient_c=10.0)
    plant.inject("coolant_temp", "slow", factor=10.0)
    plant._state[L.S_COOLANT] = 60.0
    plant.advance(8000)
    assert plant.sensed[N("coolant_temp")] < 20.0
    plant = Plant(seed=4, start={"calibration": 0.0})
    quiet, loud = [], []
    for _ in range(200):
        plant.advance(50)
        quiet.append(plant.sensed[N("suction_pressure")])
    plant.inject("suction_pressure", "noise", factor=20)
    for _ in range(200):
        plant.advance(50)
        loud.append(plant.sensed[N("suction_pressure")])
    assert np.std(loud) > 10 * np.std(quiet)
    plant.clear()
    plant.inject("suction_pressure", "bursts", fraction=0.05, size=0.3)
    hits = 0
    for _ in range(2000):
        plant.advance(10)
        hits += abs(plant.sensed[N("suction_pressure")] - plant.get("suction_kpa")) > 300
    assert 50 <= hits <= 160


def test_pulse_and_contact_faults():
    plant, _ = settled(seconds=2)
    plant.inject("engine_revs", "lost", fraction=1.0)
    plant.inject("hot_flow", "lost", fraction=0.5)
    plant.inject("flow_switch_hot", "stuck", value=0)
    plant.inject("call_heat", "stuck", value=1)
    before = plant.sensed.copy()
    plant.advance(1000)
    gained = plant.sensed - before
    assert gained[N("engine_revs")] == 0
    assert gained[N("hot_flow")] == pytest.approx(plant.get("hot_flow_lps") / 2, rel=0.02)
    assert plant.sensed[N("flow_switch_hot")] == 0
    assert plant.sensed[N("call_heat")] == 1
    plant.clear()
    plant.inject("chilled_flow", "noise", per_second=5.0, fraction=0.1)
    plant.advance(20_000)
    assert plant.sensed[N("chilled_flow")] == pytest.approx(100, rel=0.4)


def test_a_late_contact_keeps_its_old_value_for_a_while():
    plant = exact()
    i = N("call_heat")
    plant.inject("call_heat", "late", seconds=5.0)
    plant.advance(60_000)
    plant.set_env(call_heat=1)
    plant.advance(4900)
    assert plant.sensed[i] == 0
    plant.advance(200)
    assert plant.sensed[i] == 1
    plant.set_env(call_heat=0)
    plant.advance(4900)
    assert plant.sensed[i] == 1
    plant.set_env(call_heat=1)  # a shorter one is never seen
    plant.advance(100)
    plant.set_env(call_heat=0)
    plant.advance(4900)
    assert plant.sensed[i] == 1
    plant.clear("call_heat")
    plant.advance(50)
    assert plant.sensed[i] == 0
    with pytest.raises(ValueError, match="seconds must be 0 to"):
        plant.inject("call_heat", "late", seconds=-1)


def test_actuator_faults():
    plant = Plant(start={"valve_steps": 200.0})
    i = L.C_EXPANSION_VALVE
    plant.inject("expansion_valve", "lost_steps", fraction=0.25)
    plant.cmd[i] += 100
    plant.advance(3000)
    assert plant.get("valve_position") == pytest.approx(275)
    plant.clear()
    plant.inject("expansion_valve", "stuck")
    plant.cmd[i] -= 200
    plant.advance(5000)
    assert plant.get("valve_position") == pytest.approx(275)
    plant.clear()
    plant.inject("expansion_valve", "slow", factor=0.1)
    plant.cmd[i] -= 100
    plant.advance(4000)
    assert plant.get("valve_position") == pytest.approx(250, abs=1)
    plant.inject("throttle", "stuck", at=0.7)
    plant.inject("pump_hot", "welded")
    plant.inject("pump_chilled", "dead")
    plant.inject("water_valve", "stuck", at=0.5)
    plant.command(throttle=0.1, pump_chilled=1)
    plant.advance(5000)
    assert plant.get("throttle_actual") == 0.7
    assert plant.get("hot_flow_lps") > 1.0
    assert plant.get("chilled_flow_lps") == 0.0
    assert plant.sensed[N("valve_at_hot")] == plant.sensed[N("valve_at_chilled")] == 0


def test_reversing_valve_stuck_midway_bleeds_the_pressure():
    plant, ideal = settled()
    ideal.valve = FixedValve()
    healthy = plant.get("delta_p_psi")
    plant.inject("reversing_valve", "stuck", at=0.45)
    ideal.run(20)
    assert plant.get("reversing_position") == 0.45
    assert plant.get("delta_p_psi") < 0.7 * healthy


def test_engine_faults_stop_the_engine():
    for name, kind, params in (
        ("ignition", "fail", {}), ("gas", "factor", {"factor": 0.0}), ("gas", "pressure", {"kpa": 0.0}),
        ("gas_valve", "dead", {}), ("throttle", "stuck", {"at": 0.0}),
    ):
        plant, ideal = settled(seconds=3)
        plant.inject(name, kind, **params)
        ideal.run(5)
        assert plant.get("engine_rpm") < 400, (name, kind)
    assert plant.sensed[N("gas_pressure_switch")] == 1


def test_gas_pressure_is_seen():
    plant = exact()
    plant.inject("gas", "pressure", kpa=0.4)
    plant.advance(1000)
    assert plant.sensed[N("gas_pressure_switch")] == 0
    assert plant.sensed[N("gas_pressure")] == pytest.approx(0.4, abs=0.01)


def test_starter_and_battery():
    for name, kind, params in (("starter", "dead", {}), ("battery", "factor", {"factor": 0.6})):
        plant = Plant(start={"ambient_c": 10.0})
        plant.inject(name, kind, **params)
        plant.command(starter=1)
        plant.advance(4000)
        assert plant.get("engine_rpm") < 150, name
    assert plant.get("battery_v") < 6.0


def test_a_short_overload_ends_by_itself():
    plant, ideal = settled()
    plant.inject("compressor_torque", "factor", factor=1.6, seconds=0.6)
    ideal.run(0.5)
    loaded = plant.get("compressor_torque_nm")
    ideal.run(1.0)
    assert plant.get("compressor_torque_nm") < 0.75 * loaded


def test_charge_faults():
    plant, ideal = settled()
    before = plant.get("charge_kg")
    healthy = plant.get("discharge_psig"), plant.get("subcool_k")
    saved = plant.snapshot()
    plant.inject("charge", "leak", kg_per_hour=360.0)
    ideal.run(120)
    assert plant.get("charge_kg") == pytest.approx(before - 12.0, abs=0.1)
    assert plant.get("vented_kg") == pytest.approx(12.0, abs=0.1)
    assert plant.get("subcool_k") < healthy[1] - 2.0
    plant.restore(saved)
    plant.inject("charge", "overcharge", kg=6.0)
    ideal.run(120)
    assert plant.get("charge_kg") == pytest.approx(before + 6.0, abs=1e-6)
    assert plant.get("subcool_k") > healthy[1] + 1.0
    plant.restore(saved)
    plant.inject("charge", "non_condensables", kpa=100.0)
    ideal.run(120)
    assert plant.get("discharge_psig") > healthy[0] + 10.0


def test_slow_leak_starves_the_machine():
    plant, ideal = settled()
    healthy = plant.get("q_hot_w")
    plant.inject("charge", "undercharge", kg=25.0)  # the receiver's reserve: hardly felt
    ideal.run(200)
    assert plant.get("q_hot_w") > 0.95 * healthy
    plant.inject("charge", "undercharge", kg=12.0)
    ideal.run(200)
    assert plant.get("q_hot_w") < 0.9 * healthy


@pytest.mark.parametrize(("name", "mode"), [("condenser", "heat"), ("coil", "heat"), ("evaporator", "cool"),
                                            ("coil", "cool")])
def test_fouling_moves_the_pressures(name, mode):
    args = ("heat", 2400, 47, 120) if mode == "heat" else ("cool", 2400, 95, 44)
    plant, ideal = settled(*args)
    before = plant.get("discharge_psig"), plant.get("suction_psig")
    plant.inject(name, "fouling", factor=0.5)
    ideal.run(200)
    hot_side = (name == "condenser") or (name == "coil" and mode == "cool")
    if hot_side:
        assert plant.get("discharge_psig") > before[0] + 4
    else:
        assert plant.get("suction_psig") < before[1] - 1


def test_engine_exchanger_fouling_and_lost_coolant_heat_the_engine():
    plant, ideal = settled()
    before = plant.get("coolant_c")
    plant.inject("engine_exchanger", "fouling", factor=0.1)
    ideal.run(120)
    assert plant.get("coolant_c") > before + 2
    plant.inject("coolant_flow", "factor", factor=0.0)
    ideal.run(120)
    assert plant.get("coolant_c") > 110


def test_high_pressure_switch_latches():
    plant, _ = settled(seconds=2)
    plant._state[L.S_HP_OPEN] = 1.0
    plant.advance(50)
    assert plant.sensed[N("high_pressure_switch")] == 0
    assert plant.reset_high_pressure_switch()
    plant.advance(50)
    assert plant.sensed[N("high_pressure_switch")] == plant.sensed[N("safety_chain")] == 1


def test_emergency_stop_opens_the_chain():
    plant = Plant()
    plant.set_env(emergency_stop_pressed=1)
    plant.advance(50)
    assert plant.sensed[N("emergency_stop")] == plant.sensed[N("safety_chain")] == 0


def test_valve_slammed_shut_pulls_the_suction_down():
    plant, ideal = settled()
    ideal.valve = FixedValve()
    set_valve(plant, -50)
    ideal.run(60)
    assert plant.get("suction_psig") < 0
    assert plant.get("superheat_k") > 8.0


def test_faults_combine():
    plant, ideal = settled(seconds=5)
    for name, kind, params in (
        ("leaving_water", "bias", {"value": 2.0}), ("hot_flow", "factor", {"factor": 0.6}),
        ("misfire", "factor", {"factor": 0.9}), ("charge", "leak", {"kg_per_hour": 2.0}),
        ("expansion_valve", "lost_steps", {"fraction": 0.2}), ("coil", "fouling", {"factor": 0.8}),
    ):
        plant.inject(name, kind, **params)
    ideal.run(30)
    assert len(plant.active_faults) == 6
    assert plant.get("firing") == 1
