"""The boundary: names, steps, copies, determinism, cost."""

import subprocess
import sys
import time
from pathlib import Path

import ghptools.plant
import numpy as np
import pytest
from ghptools.plant import START_DEFAULTS, Plant, faults, signals
from ghptools.plant import layout as L
from plant_bench import settled

PACKAGE = Path(ghptools.plant.__file__).parent


def test_names_can_be_had_without_numba():
    code = (
        "import sys; from ghptools.plant import signals, faults; "
        "assert 'numba' not in sys.modules and 'numpy' not in sys.modules; print(len(signals.COMMANDS))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         env={"PYTHONPATH": str(PACKAGE.parent.parent)})
    assert out.stdout.strip() == str(len(signals.COMMANDS))


def test_arrays_follow_the_tables():
    plant = Plant()
    assert plant.cmd.shape == (len(signals.COMMANDS),)
    assert plant.sensed.shape == plant.sensor_fault.shape == (len(signals.SENSORS),)
    assert plant.truth.shape == (len(signals.TRUTH),)
    assert plant.env.shape == (len(signals.ENV),)
    assert plant.sensor_fault.dtype == np.int32
    for name, value in signals.ENV_DEFAULTS.items():
        assert plant.env[signals.ENV.index(name)] == value
    for table in (signals.COMMAND_DOCS, signals.SENSOR_DOCS, signals.TRUTH_DOCS, signals.ENV_DEFAULTS):
        assert len(set(table)) == len(table)
    assert set(signals.ENV_DEFAULTS) == set(signals.ENV)


def test_index_constants_match_the_tables():
    assert L.C_EXPANSION_VALVE == signals.COMMANDS.index("expansion_valve")
    assert L.N_ENGINE_REVS == signals.SENSORS.index("engine_revs")
    assert L.O_FROST_KG == signals.TRUTH.index("frost_kg")
    assert L.PLATE == L.S_PLATE_KG and L.COIL == L.S_COIL_KG


def test_every_truth_is_written():
    plant, _ = settled(seconds=5)
    plant.truth[:] = np.nan
    plant.advance(50)
    missing = [name for name, value in zip(signals.TRUTH, plant.truth, strict=True) if np.isnan(value)]
    assert missing == []


def test_wrong_arguments_say_what_is_allowed():
    with pytest.raises(ValueError, match="tank_c"):
        Plant(start={"tank_f": 120})
    with pytest.raises(ValueError, match="mode"):
        Plant(start={"mode": "dry"})
    with pytest.raises(ValueError, match="tank_volume_gal"):
        Plant(start={"tank_volume_gal": 0})
    plant = Plant()
    with pytest.raises(ValueError, match="multiple of 10"):
        plant.advance(5)
    with pytest.raises(ValueError, match="commands are"):
        plant.command(trottle=1)
    with pytest.raises(ValueError, match="they are"):
        plant.set_env(rain=1)


@pytest.mark.parametrize("key", ["tank_c", "chilled_c", "ambient_c", "engine_c", "coil_c", "plate_c", "catalyst_c"])
def test_start_keys_reach_the_machine(key):
    plant = Plant(start={key: 33.0})
    name = {"tank_c": "tank_mean_c", "chilled_c": "chilled_mean_c", "engine_c": "coolant_c"}.get(key, key)
    assert plant.get(name) == pytest.approx(33.0, abs=0.01)
    assert key in START_DEFAULTS


def test_a_start_is_at_rest():
    for mode in ("heat", "cool"):
        for coil in (-15.0, 20.0, 45.0):
            plant = Plant(start={"mode": mode, "coil_c": coil, "ambient_c": coil})
            assert plant.get("charge_kg") == pytest.approx(46.0)
            assert abs(plant.get("delta_p_psi")) < 3.0
            assert plant.sensed[L.N_VALVE_AT_CHILLED] == (mode == "cool")
            plant.advance(10_000)
            assert plant.get("engine_rpm") == 0
            assert abs(plant.get("delta_p_psi")) < 6.0


def trace(plant, seconds=5):
    rows = []
    for k in range(seconds * 20):
        plant.cmd[L.C_THROTTLE] = 0.3 + 0.001 * k
        plant.advance(50)
        rows.append(np.concatenate([plant.sensed, plant.truth]))
    return np.array(rows)


def test_equal_seeds_give_equal_runs():
    runs = [trace(settled(seconds=2)[0]) for _ in range(2)]
    assert np.array_equal(runs[0], runs[1])
    a, b = Plant(seed=1), Plant(seed=2)
    a.advance(100)
    b.advance(100)
    assert not np.array_equal(a.sensed, b.sensed)
    assert np.array_equal(a.truth, b.truth)


def test_one_long_advance_equals_many_short_ones():
    a, _ = settled(seconds=2)
    saved = a.snapshot()
    a.advance(1000)
    long = a.get("discharge_psig"), a.get("engine_rpm"), a.get("leaving_c")
    a.restore(saved)
    for _ in range(100):
        a.advance(10)
    assert (a.get("discharge_psig"), a.get("engine_rpm"), a.get("leaving_c")) == pytest.approx(long, rel=1e-3)


def test_snapshot_restores_everything():
    plant, _ = settled(seconds=2)
    plant.inject("leaving_water", "bias", value=2.0)
    plant.inject("hot_flow", "factor", factor=0.5)
    saved = plant.snapshot()
    first = trace(plant)
    plant.clear()
    plant.restore(saved)
    assert np.array_equal(trace(plant), first)
    other = Plant(seed=9)
    other.restore(saved)
    assert np.array_equal(trace(other), first)
    assert other.time_s == plant.time_s
    assert set(other.active_faults) == {("leaving_water", "bias"), ("hot_flow", "factor")}


def test_stepper_loses_count_at_its_stops():
    plant = Plant(start={"valve_steps": 100.0})
    i = L.C_EXPANSION_VALVE
    plant.cmd[i] = 50
    plant.advance(400)
    assert plant.get("valve_position") == pytest.approx(125, abs=1)  # 62.5 steps/s
    plant.advance(1000)
    assert plant.get("valve_position") == pytest.approx(150)
    plant.cmd[i] = -600  # overdrive shut: finds zero
    plant.advance(12_000)
    assert plant.get("valve_position") == 0
    plant.cmd[i] += 10
    plant.advance(1000)
    assert plant.get("valve_position") == pytest.approx(10)


def test_pulse_inputs_count_quantities():
    plant, _ = settled(seconds=2)
    before = plant.sensed.copy()
    plant.advance(10_000)
    gained = plant.sensed - before
    assert gained[L.N_ENGINE_REVS] == pytest.approx(400, rel=0.1)
    assert gained[L.N_HOT_FLOW] == pytest.approx(63.1, rel=0.01)
    assert gained[L.N_CHILLED_FLOW] == 0
    assert 0.02 < gained[L.N_GAS_METER] < 0.08


def test_electric_power_at_full():
    plant = Plant()
    plant.command(pump_hot=1, pump_hot_speed=1, pump_chilled=1, pump_coolant=1, fan_bank_1=1, fan_bank_2=1,
                  fan_bank_3=1, lead_fan_speed=1)
    plant.advance(10_000)
    assert plant.get("electric_w") == pytest.approx(6600, rel=0.01)


def test_pumps_give_their_flows():
    plant = Plant()
    for speed, gpm in ((0, 20), (0.5, 70), (1, 120)):
        plant.command(pump_hot=1, pump_hot_speed=speed, pump_chilled=1)
        plant.advance(20_000)
        assert plant.get("hot_flow_lps") / 0.0630902 == pytest.approx(gpm, rel=0.01)
        assert plant.get("chilled_flow_lps") / 0.0630902 == pytest.approx(120, rel=0.01)
        assert plant.sensed[L.N_FLOW_SWITCH_HOT] == plant.sensed[L.N_FLOW_SWITCH_CHILLED] == 1
    plant.command(pump_hot=0, pump_chilled=0)
    plant.advance(10_000)
    assert plant.sensed[L.N_FLOW_SWITCH_HOT] == plant.sensed[L.N_FLOW_SWITCH_CHILLED] == 0


def test_closed_loop_mixture_has_something_to_do():
    """The map's error is a few percent over the speed range; 0.5 is near 1.0; the sensor switches in the window."""
    lambdas = []
    for rpm in (1200, 2000, 3000):
        plant, ideal = settled(rpm=rpm, seconds=2)
        plant.command(mixture_valve=0.5)
        for _ in range(60):
            ideal.governor.step(plant)
            plant.advance(50)
        lambdas.append(plant.get("lambda"))
    assert all(0.93 < value < 1.07 for value in lambdas)
    assert max(lambdas) - min(lambdas) > 0.01


def test_catalyst_works_inside_its_window():
    plant, ideal = settled(seconds=120)
    clean = plant.get("nox_ppm"), plant.get("co_ppm")
    volts = {}
    for target in (0.975, 1.01):
        ideal.target_lambda = target
        ideal.run(20)
        volts[target] = plant.sensed[L.N_LAMBDA_VOLTS]
        assert plant.get("nox_ppm") + plant.get("co_ppm") > 2 * sum(clean)
    assert volts[0.975] > 0.7
    assert volts[1.01] < 0.2


def test_cost_per_simulated_second():
    """The target is 3000 times real time on a quiet core; the bound here leaves room for a busy one."""
    plant, _ = settled(seconds=1)
    saved = plant.snapshot()
    best = 9e9
    for _ in range(3):
        plant.restore(saved)
        began = time.perf_counter()
        for _ in range(1200):
            plant.advance(50)
        best = min(best, (time.perf_counter() - began) / 60)
    assert best < 1e-3


def test_source_files_stay_short():
    for path in PACKAGE.glob("*.py"):
        assert len(path.read_text().splitlines()) < 400, path.name
    assert len((PACKAGE / "README.md").read_text().splitlines()) <= 20


def test_physics_does_not_know_the_controller():
    for path in PACKAGE.glob("*.py"):
        text = path.read_text()
        assert "import ghp\n" not in text and "from ghp." not in text and "import time" not in text, path.name


def test_kinds_are_offered_for_every_name():
    for name in (*signals.SENSORS, *signals.COMMANDS):
        assert faults.kinds(name), name
