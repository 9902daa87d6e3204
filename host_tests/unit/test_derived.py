"""Derived values: right when known, None when not, integer totals."""

import pytest
from CoolProp.CoolProp import PropsSI
from ghp.sensing.readings import GOOD
from thermal_parts import Parts


def test_superheat_and_subcooling_agree_with_reference_properties():
    parts = Parts().put(suction_pressure=250.0, suction_temp=4.0, discharge_pressure=1800.0, liquid_temp=55.0)
    parts.scan()
    evaporating = PropsSI("T", "P", 250e3, "Q", 1, "R134a") - 273.15
    condensing = PropsSI("T", "P", 1800e3, "Q", 0, "R134a") - 273.15
    assert parts.derived.superheat_k == pytest.approx(4.0 - evaporating, abs=0.02)
    assert parts.derived.subcool_k == pytest.approx(condensing - 55.0, abs=0.02)


@pytest.mark.parametrize(
    ("sensor", "lost"),
    [
        ("suction_pressure", ("evaporating_c", "superheat_k")),
        ("suction_temp", ("superheat_k",)),
        ("discharge_pressure", ("condensing_c", "subcool_k", "discharge_superheat_k")),
        ("entering_water", ("water_rise_k", "heat_w")),
        ("leaving_water", ("water_rise_k", "heat_w")),
        ("hot_flow", ("heat_w",)),
        ("gas_meter", ("gas_w",)),
    ],
)
def test_a_bad_input_takes_what_depends_on_it_at_once_and_nothing_else(sensor, lost):
    parts = Parts().scan(2)
    names = (
        "evaporating_c", "superheat_k", "condensing_c", "subcool_k", "discharge_superheat_k", "water_rise_k", "heat_w",
        "gas_w",
    )
    assert all(getattr(parts.derived, name) is not None for name in names)
    parts.bad(sensor).scan()
    assert {name for name in names if getattr(parts.derived, name) is None} == set(lost)


def test_liquid_temperature_comes_back_after_its_fault():
    parts = Parts().bad("liquid_temp").scan(3)
    assert parts.derived.subcool_k is None
    parts.put(liquid_temp=50.0).scan(2)
    assert parts.derived.subcool_k is not None


def test_heat_by_flow_and_rise():
    parts = Parts().put(hot_flow=6.0, entering_water=50.0, leaving_water=60.0).scan()
    assert parts.derived.heat_w == pytest.approx(6.0 * 10.0 * 4170, rel=0.002)


def test_totals_are_integers_and_cop_is_heat_over_gas():
    parts = Parts(gas_hhv_mj_m3=38.0).put(hot_flow=6.0, entering_water=50.0, leaving_water=60.0)
    meter = parts.readings.gas_meter
    for _ in range(7200):  # an hour at 180 kW of gas: 9.47 pulses a second
        meter.total += 5
        parts.scan()
    gas_kw = 10 * 38000 / 2000
    assert parts.derived.cop == pytest.approx(250.2 / gas_kw, rel=0.01)
    assert type(parts.derived.heat_kwh) is int
    assert parts.derived.heat_kwh == pytest.approx(250, abs=1)
    assert parts.derived.gas_kwh == pytest.approx(gas_kw, abs=4)


def test_cop_is_unknown_without_gas():
    parts = Parts()
    parts.scan(2000)
    assert parts.derived.cop is None


def test_negative_heat_does_not_enter_the_total():
    parts = Parts().put(entering_water=60.0, leaving_water=50.0)
    parts.scan(4000)
    assert parts.derived.heat_kwh == 0
    assert parts.readings.hot_flow.quality == GOOD
