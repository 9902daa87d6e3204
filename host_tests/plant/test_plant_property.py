"""Whatever is commanded and whatever fails: finite, bounded, charge and energy kept."""

import numpy as np
from ghptools.plant import Plant, faults, signals
from ghptools.plant import layout as L
from ghptools.plant.regulators import running
from hypothesis import given, settings
from hypothesis import strategies as st

NAN = float("nan")
phase = st.tuples(
    st.lists(st.floats(-0.5, 1.5) | st.sampled_from([0.0, 1.0, NAN]), min_size=len(signals.COMMANDS),
             max_size=len(signals.COMMANDS)),
    st.integers(-700, 700),  # stepper
    st.sampled_from([50, 200, 1000, 5000, 60_000]),  # ms at a time
    st.floats(-35, 50),  # ambient
    st.floats(0, 1),  # humidity
    st.floats(0, 400e3),  # loads
)
fault = st.sampled_from([(name, kind) for name in faults.NAMES for kind in faults.kinds(name)])


def check(plant):
    truth = dict(zip(signals.TRUTH, plant.truth, strict=True))
    bad = [name for name, value in truth.items() if not np.isfinite(value)]
    assert bad == []
    assert np.isfinite(plant.sensed).all()
    assert np.isfinite(plant._state).all()
    assert 0 <= truth["engine_rpm"] < 5800
    assert 0 <= truth["discharge_kpa"] < 6000
    assert -60 <= truth["coil_c"] <= 200 and -60 <= truth["plate_c"] <= 200
    assert min(truth["coil_kg"], truth["plate_kg"]) > 0
    assert 0 <= truth["valve_position"] <= 500
    assert 0 <= truth["frost_kg"] <= 250


def drive(plant, phases):
    for values, steps, ms, ambient, humidity, load in phases:
        plant.cmd[:] = values
        plant.cmd[L.C_EXPANSION_VALVE] = steps
        plant.set_env(ambient_c=ambient, humidity=humidity, hot_load_w=load, chilled_load_w=load / 2)
        for _ in range(4):
            plant.advance(ms)
            check(plant)


@given(st.integers(0, 2**31), st.lists(phase, min_size=1, max_size=5), st.booleans())
@settings(max_examples=30, deadline=None)
def test_commands_never_break_the_plant_nor_lose_charge(seed, phases, cool):
    plant = Plant(seed=seed, start={"mode": "cool" if cool else "heat"})
    drive(plant, phases)
    kept = plant.get("charge_kg") + plant.get("vented_kg")
    assert abs(kept - 46.0) < 46e-9


@given(st.lists(phase, min_size=1, max_size=4), st.lists(fault, max_size=5), st.booleans(), st.floats(1000, 3000))
@settings(max_examples=40, deadline=None)
def test_faults_on_a_running_plant_never_break_it(phases, injected, cool, rpm):
    plant = running("cool" if cool else "heat", rpm)
    for name, kind in injected:
        plant.inject(name, kind, **({"with": "entering_water"} if kind == "swapped" else {}))
    drive(plant, phases)


@given(st.lists(phase, min_size=1, max_size=4), st.booleans())
@settings(max_examples=30, deadline=None)
def test_refrigerant_energy_is_kept(phases, cool):
    """Change of the vessels' energy = evaporator + 95 % of the shaft − condenser, less what was vented."""
    plant = running("cool" if cool else "heat", 2000)
    S = plant._state

    def stored():
        return S[L.S_COIL_J] + S[L.S_PLATE_J]

    def moved():
        t = plant.get
        return t("evaporator_j") + 0.95 * t("shaft_j") - t("condenser_j")

    start, flow = stored(), moved()
    drive(plant, phases)
    if plant.get("vented_kg") == 0:
        through = abs(plant.get("condenser_j")) + abs(plant.get("evaporator_j")) + plant.get("shaft_j")
        assert abs((stored() - start) - (moved() - flow)) <= 0.002 * through + 20e3


@given(st.floats(0, 250e3), st.floats(0, 200e3), st.booleans(), st.floats(20, 5000))
@settings(max_examples=20, deadline=None)
def test_water_energy_is_kept(hot_load, chilled_load, cool, gallons):
    """Change of both tanks = delivered − served − losses; what the unit's own water holds is a small rest."""
    plant = running("cool" if cool else "heat", 1500, tank_c=45.0, ambient_c=15.0, tank_volume_gal=gallons,
                    chilled_volume_gal=gallons)
    plant.set_env(hot_load_w=hot_load, chilled_load_w=chilled_load)
    litres = gallons * 3.785412
    hot0, cold0 = plant.get("tank_mean_c"), plant.get("chilled_mean_c")
    hot_j, cold_j, loss_hot, loss_cold = 0.0, 0.0, 0.0, 0.0
    for _ in range(600):
        plant.advance(100)
        hot_j += 0.1 * plant.get("hot_load_served_w")
        cold_j += 0.1 * plant.get("chilled_load_served_w")
        loss_hot += 1.2 * (plant.get("tank_mean_c") - 15.0)
        loss_cold += 1.2 * 0.75 * (plant.get("chilled_mean_c") - 15.0)
    gained = litres * 4140 * (plant.get("tank_mean_c") - hot0)
    assert abs(gained - (plant.get("hot_j") - hot_j - loss_hot)) < 0.01 * plant.get("hot_j") + 2e5
    gained = litres * 4195 * (plant.get("chilled_mean_c") - cold0)
    assert abs(gained - (cold_j - plant.get("chilled_j") - loss_cold)) < 0.01 * abs(plant.get("chilled_j")) + 2e5
