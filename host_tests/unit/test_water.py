"""Hot-water pump: on with sequence or standby, steady while flow is judged, rise held slowly under load."""

import pytest
from ghp.control.duty import COOLING, PUMPS_GUARD
from thermal_parts import Parts


def speed(parts):
    return parts.outputs.pump_hot_speed.commanded / 100


def test_speed_stands_while_a_start_is_proven():
    parts = Parts(flow_min_pct=40.0)
    parts.engine.loaded = False
    for rise in (0.0, 20.0, -5.0):
        parts.put(entering_water=50.0, leaving_water=50.0 + rise).scan(10)
        assert speed(parts) == 40.0


@pytest.mark.parametrize(("rise", "direction"), [(15.0, 1), (4.0, -1)])
def test_rise_moves_the_speed_slowly_within_its_limits(rise, direction):
    parts = Parts(hot_setpoint_c=60.0)
    parts.water.speed_pct = 70.0
    parts.put(leaving_water=60.0, entering_water=60.0 - rise)
    speeds = []
    for _ in range(1200):
        parts.scan()
        speeds.append(speed(parts))
    steps = [b - a for a, b in zip(speeds, speeds[1:], strict=False)]
    assert all(step * direction >= 0 for step in steps)
    assert max(abs(step) for step in steps) <= 1.51
    assert speeds[-1] == (100.0 if direction > 0 else 40.0)


def test_single_pass_is_a_matter_of_settings():
    parts = Parts(hot_setpoint_c=71.0, water_rise_k=28.0, flow_min_pct=10.0)
    parts.water.speed_pct = 60.0
    parts.put(leaving_water=71.0, entering_water=55.0).scan(600)
    assert speed(parts) == 10.0


def test_hot_water_at_no_small_rise_gets_more_flow_at_once():
    parts = Parts(hot_setpoint_c=60.0)
    parts.water.speed_pct = 50.0
    parts.put(leaving_water=61.5, entering_water=53.0).scan(10)
    assert speed(parts) > 60.0


def test_water_a_little_too_hot_does_not_double_the_flow():
    """Twice the flow within seconds made the water sag by 4 K where the load had just risen."""
    gained = []
    for leaving_c in (61.0, 63.0):
        parts = Parts(hot_setpoint_c=60.0)
        parts.put(leaving_water=leaving_c, entering_water=leaving_c - 11.0)
        parts.scan()
        before = speed(parts)
        parts.scan(10)
        gained.append(speed(parts) - before)
    assert 0.0 < 3 * gained[0] < gained[1]


def test_without_the_rise_the_fixed_speed():
    parts = Parts(fixed_flow_pct=80.0)
    parts.water.speed_pct = 40.0
    parts.bad("entering_water").scan(200)
    assert speed(parts) == 80.0


@pytest.mark.parametrize("entering, full", [(24.0, True), (35.0, False)])
def test_cold_water_melts_the_frost_at_full_flow(entering, full):
    parts = Parts().put(entering_water=entering, leaving_water=entering - 8.0)
    parts.duty.defrosting = True
    parts.scan(120)
    assert parts.water.speed_pct == (100.0 if full else parts.settings.flow_min_pct)


def test_fixed_flow():
    parts = Parts(flow_variable=0, fixed_flow_pct=65.0).scan(2)
    assert speed(parts) == 65.0


def test_pump_is_off_at_rest_without_demand():
    parts = Parts(standby_flow=0)
    parts.engine.rest()
    parts.scan()
    assert parts.outputs.pump_hot.commanded == 0


@pytest.mark.parametrize("probe", ["entering_water", "leaving_water"])
def test_the_hot_loop_does_not_freeze_either(probe):
    parts = Parts()
    parts.engine.rest()
    parts.settings.set("mode", 0)
    parts.put(entering_water=20.0, leaving_water=20.0).scan(4)
    assert not parts.outputs.pump_hot.commanded
    parts.put(**{probe: 1.0}).scan(2)
    assert parts.outputs.pump_hot.commanded
    parts.put(entering_water=4.0, leaving_water=4.0).scan(2)
    assert parts.outputs.pump_hot.commanded  # a little more than where it began
    parts.put(entering_water=9.0, leaving_water=9.0).scan(2)
    assert not parts.outputs.pump_hot.commanded
    parts.bad("entering_water", "leaving_water").put(ambient_temp=-5.0).scan(2)
    assert parts.outputs.pump_hot.commanded


def test_nobody_knows_where_the_water_valve_stands_and_the_chilled_loop_is_kept_from_freezing():
    parts = Parts()
    parts.engine.rest()
    parts.duty.pumps = PUMPS_GUARD
    parts.put(chilled_entering=9.0, chilled_leaving=9.0).scan(2)
    assert (parts.outputs.pump_hot.commanded, parts.outputs.pump_chilled.commanded) == (0, 0)
    parts.put(chilled_leaving=0.5).scan(2)
    assert (parts.outputs.pump_hot.commanded, parts.outputs.pump_chilled.commanded) == (0, 1)


def test_who_sees_no_temperature_keeps_water_from_freezing_after_five_minutes():
    """Long enough for a water valve that is on its way, too short for water that was not cold."""
    parts = Parts()
    parts.engine.rest()
    parts.duty.pumps = PUMPS_GUARD
    parts.put(chilled_entering=9.0, chilled_leaving=9.0).scan(2)
    parts.bad("chilled_entering", "chilled_leaving", "ambient_temp")
    parts.scan(590)
    assert not parts.outputs.pump_chilled.commanded
    parts.scan(20)
    assert parts.outputs.pump_chilled.commanded
    parts.put(chilled_entering=9.0, chilled_leaving=9.0).scan(2)
    assert not parts.outputs.pump_chilled.commanded


def test_a_restart_forgets_no_refrigerant_that_boils_in_the_plate():
    parts = Parts()
    parts.engine.rest()
    parts.duty.mode = COOLING
    parts.put(chilled_entering=9.0, chilled_leaving=9.0)
    parts.derived.evaporating_c = -5.0
    parts.scan(2)
    assert parts.outputs.pump_chilled.commanded
    parts.scan(2 * 1800)
    assert not parts.outputs.pump_chilled.commanded
