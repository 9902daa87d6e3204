"""Conservation, standstill, starting, frost: what must hold whatever the control does."""

import pytest
from ghptools.plant import Plant
from ghptools.plant import layout as L
from ghptools.plant.regulators import Governor, Ideal, running
from plant_bench import c, set_valve, settled, stop_engine, until


def test_fuel_cut_at_load_stops_the_engine():
    plant, _ = settled()
    plant.command(gas_valve=0)
    assert 0.4 <= until(plant, lambda m: m.get("engine_rpm") < 300, 5.0, ms=10) <= 1.5


def test_ten_minutes_off_equalises_and_the_cold_vessel_takes_the_liquid():
    plant, _ = settled()
    stop_engine(plant)
    set_valve(plant, 250)
    plant.advance(600_000)
    assert abs(plant.get("delta_p_psi")) < 0.2
    liquid = plant.get("coil_liquid_kg") + plant.get("plate_liquid_kg")
    assert plant.get("coil_liquid_kg") / liquid > 0.9  # 8 °C coil, 40 °C plate
    assert plant.get("charge_kg") == pytest.approx(46.0, abs=1e-9)


def cranked(ambient_c=10.0, **start):
    """An engine started and idling at 1000 rpm, clutch out; Δp as the start sets it."""
    plant = Plant(seed=3, start={"ambient_c": ambient_c, "tank_c": 30.0, **start})
    plant.command(
        fuel_relay=1, ignition=1, starter=1, liquid_valve=1, pump_hot=1, pump_hot_speed=0.8, pump_coolant=1,
        mixture_valve=0.5, heat_recovery_valve=1, throttle=0.15,
    )
    plant.advance(4000)
    plant.command(gas_valve=1)
    governor = Governor(1000, opening=0.12)
    for _ in range(300):
        if plant.get("engine_rpm") > 450:
            plant.command(starter=0)
        governor.step(plant)
        plant.advance(50)
    return plant, governor


@pytest.mark.parametrize("ambient", [-20.0, 10.0, 40.0])
def test_engine_starts_at_any_season(ambient):
    plant, _ = cranked(ambient)
    assert plant.get("engine_rpm") == pytest.approx(1000, abs=30)
    assert plant.get("firing") == 1
    assert plant.get("oil_kpa") > 69  # 10 psig


def test_cranking_without_gas_or_spark_never_fires():
    for missing in ({"gas_valve": 0}, {"ignition": 0}, {"fuel_relay": 0}):
        plant = Plant(start={"ambient_c": 10.0})
        plant.command(**({"gas_valve": 1, "ignition": 1, "fuel_relay": 1, "starter": 1, "throttle": 0.15} | missing))
        plant.advance(8000)
        assert plant.get("firing") == 0
        assert 100 < plant.get("engine_rpm") < 380
        assert 9.5 < plant.get("battery_v") < 12.0


def clutch_against(psi):
    """Engage the unloaded compressor at 1100 rpm against ``psi``; lowest engine speed, last compressor speed."""
    plant, governor = cranked(coil_c=0.0)
    S = plant._state
    base = S[L.COIL + L.V_P]
    while (S[L.PLATE + L.V_P] - base) / 6894.757 < psi:  # gas into the plate
        u = S[L.PLATE + L.V_J] / S[L.PLATE + L.V_KG]
        S[L.PLATE + L.V_KG] *= 1.01
        S[L.PLATE + L.V_J] = S[L.PLATE + L.V_KG] * u
        plant.advance(10)
        base = S[L.COIL + L.V_P]
    governor.rpm = 1100
    plant.command(unloader=1)
    for _ in range(20):
        governor.step(plant)
        plant.advance(50)
    plant.command(clutch=1)
    lowest = 9e9
    for _ in range(120):
        governor.step(plant)
        plant.advance(50)
        lowest = min(lowest, plant.get("engine_rpm"))
    return lowest, plant.get("compressor_rpm")


def test_a_start_against_pressure_fails():
    lowest, compressor = clutch_against(55)
    assert lowest < 200
    assert compressor < 50


def test_a_start_at_equal_pressures_succeeds():
    lowest, compressor = clutch_against(5)
    assert lowest > 700
    assert compressor == pytest.approx(1100, abs=40)


def test_reversing_valve_needs_pressure_to_move():
    plant = Plant(start={"ambient_c": 10.0, "tank_c": 10.0})
    plant.command(reversing_valve=1)
    plant.advance(10_000)
    assert plant.get("reversing_position") == 0
    plant, _ = settled()
    plant.command(reversing_valve=1)
    taken = until(plant, lambda m: m.get("reversing_position") == 1, 5.0, ms=10)
    assert 0.4 <= taken <= 2.0


def test_flooded_start_clears_when_unloaded():
    """Eight hours at 2 °C put the charge into the coil; unloaded at 1200 rpm it returns within 20 s."""
    plant, governor = cranked(2.0, coil_c=2.0)
    assert plant.get("coil_liquid_kg") > 40
    governor.rpm = 1200
    plant.command(unloader=1, fan_bank_1=1, fan_bank_2=1, fan_bank_3=1, lead_fan_speed=1)
    set_valve(plant, 15)
    for _ in range(100):
        governor.step(plant)
        plant.advance(50)
    plant.command(clutch=1)
    wet = 0.0
    lowest = 9e9
    for _ in range(1200):
        governor.step(plant)
        plant.advance(50)
        wet += 0.05 * plant.get("slugging")
        lowest = min(lowest, plant.get("engine_rpm"))
    assert 2.0 < wet <= 22.0
    assert lowest > 700


def test_water_changeover_takes_its_time_and_keeps_the_energy():
    plant = Plant(start={"tank_c": 60.0, "chilled_c": 10.0, "ambient_c": 20.0})
    plant.command(pump_hot=1, pump_hot_speed=0.8, pump_chilled=1, water_valve=1)
    i = L.N_VALVE_AT_HOT
    plant.advance(2000)
    assert plant.sensed[i] == 0
    assert until(plant, lambda m: m.sensed[L.N_VALVE_AT_CHILLED] == 1, 120, ms=100) == pytest.approx(88, abs=2)


@pytest.mark.slow
def test_frost_at_35_f():
    plant = running("heat", 2400, ambient_c=c(35), tank_c=38.0, humidity=0.85)
    ideal = Ideal(plant, 2400)
    ideal.leaving_c = c(120)
    ideal.run(300)
    plant._state[L.S_FROST] = 0.0
    ideal.run(60)
    clean = plant.get("q_hot_w")
    ideal.run(3600 - 60)
    assert plant.get("frost_kg") == pytest.approx(49, rel=0.1)
    ideal.run(60)
    assert plant.get("q_hot_w") / clean - 1 == pytest.approx(-0.10, abs=0.03)


@pytest.mark.slow
def test_dry_cold_leaves_almost_no_frost():
    plant = running("heat", 2400, ambient_c=-10.0, tank_c=38.0, humidity=0.6)
    ideal = Ideal(plant, 2400)
    ideal.leaving_c = c(120)
    ideal.run(3600)
    assert plant.get("frost_kg") < 2.0


@pytest.mark.slow
def test_charge_is_kept_over_a_day_with_twenty_reversals():
    plant = running("heat", 1800, ambient_c=18.0, tank_c=35.0, tank_volume_gal=1000.0)
    plant.set_env(hot_load_w=150e3, chilled_load_w=110e3)
    plant.command(pump_chilled=1)
    governor = Governor(1800, kp=1e-4, ki=1e-4, kd=0.0, opening=0.4)
    set_valve(plant, 180)
    moved = 0
    while plant.time_s < 24 * 3600:
        cool = int(plant.time_s / 4300) % 2
        if plant.cmd[L.C_REVERSING_VALVE] != cool:
            plant.command(reversing_valve=cool, water_valve=cool)
        before = plant.get("reversing_position")
        governor.step(plant, 0.2)
        plant.advance(200)
        moved += before != cool and plant.get("reversing_position") == cool
    assert moved == 20
    assert plant.get("firing") == 1
    assert plant.get("charge_kg") == pytest.approx(46.0, rel=1e-9)
    assert plant.get("vented_kg") == 0
    balance = plant.get("evaporator_j") + 0.95 * plant.get("shaft_j") - plant.get("condenser_j")
    assert abs(balance) < 0.005 * plant.get("condenser_j")
