"""Heating demand: every source of off is listed, starts and stops by temperature."""

import pytest
from ghp.control import heat_demand
from ghp.control import water_demand as demand
from thermal_parts import Parts


def resting(**settings):
    parts = Parts(**settings)
    parts.engine.rest()
    return parts


def test_starts_below_and_not_within_the_band():
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=58.5).scan(3)
    assert not parts.demand.run_wanted
    assert parts.demand.source == demand.SATISFIED
    assert "starts below" in parts.why(parts.demand)[0][3]
    parts.put(leaving_water=57.7).scan()
    assert parts.demand.run_wanted


def test_water_that_recovers_before_the_start_cancels_it():
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=57.0).scan(4)
    parts.put(leaving_water=59.0).scan(4)
    assert parts.demand.run_wanted
    parts.put(leaving_water=60.1).scan(4)
    assert not parts.demand.run_wanted


@pytest.mark.parametrize(
    ("change", "source"),
    [
        ({"mode": 0}, demand.NOT_ASKED),
        ({"mode": 2}, demand.NOT_ASKED),
        ({"remote": False}, demand.NOT_ASKED),
        ({"call": False, "mode": 3}, demand.NO_CALL),
        ({"call": False, "call_contact": 1}, demand.NO_CALL),
        ({"bad": "leaving_water"}, demand.PROBE),
        ({"leaving_water": 74.0}, heat_demand.TOO_HOT),
        ({"entering_water": 74.0}, heat_demand.TOO_HOT),
        ({"ambient_temp": -19.0}, demand.TOO_COLD),
    ],
)
def test_every_source_of_off_is_named(change, source):
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=50.0)
    for key in ("mode", "call_contact"):
        if key in change:
            parts.settings.set(key, change[key])
    parts.readings.remote_enable.on = change.get("remote", True)
    parts.readings.call_heat.on = change.get("call", True)
    parts.put(**{k: v for k, v in change.items() if k.endswith(("water", "temp"))})
    if "bad" in change:
        parts.bad(change["bad"])
    parts.scan(2)
    assert not parts.demand.run_wanted
    assert parts.demand.source == source
    if source == demand.NOT_ASKED:
        assert parts.why(parts.demand) == []  # the claims tell who says off
    else:
        assert parts.why(parts.demand)[0][1] == heat_demand.TEXT[source]


def test_mode_heat_needs_no_call_contact_unless_told():
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=50.0)
    parts.readings.call_heat.on = False
    parts.scan()
    assert parts.demand.run_wanted


def test_the_pump_circulates_in_standby_only_while_heating_is_enabled():
    parts = resting(hot_setpoint_c=60.0).scan()
    assert parts.demand.circulate
    assert parts.outputs.pump_hot.commanded == 1
    parts.settings.set("standby_flow", 0)
    parts.scan()
    assert parts.outputs.pump_hot.commanded == 0
    parts.settings.set("standby_flow", 1)
    parts.settings.set("mode", 0)
    parts.scan()
    assert not parts.demand.circulate


def test_without_flow_the_entering_probe_decides():
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=60.0, entering_water=50.0)
    parts.readings.flow_switch_hot.on = False
    parts.scan()
    assert parts.demand.run_wanted


def test_stops_warm_at_minimum_capacity_after_the_shortest_run():
    parts = Parts(hot_setpoint_c=60.0, min_run_s=300)
    parts.put(leaving_water=50.0)
    parts.engine.rest()
    parts.scan()
    parts.engine.running = parts.engine.loaded = True
    parts.put(engine_speed=1200, leaving_water=61.6, entering_water=56.0)
    parts.scan(200, follow=True)
    assert parts.capacity.at_minimum
    assert parts.demand.run_wanted, "the shortest run is not over"
    assert any("shortest run" in reason[1] for reason in parts.why(parts.demand))
    parts.scan(420, follow=True)
    assert not parts.demand.run_wanted
    assert parts.demand.by_temperature


def heating(leaving_c):
    """A run that is long enough to end, at the least capacity and at 60 C of set point."""
    parts = Parts(hot_setpoint_c=60.0, min_run_s=300)
    parts.engine.rest()
    parts.put(leaving_water=50.0).scan()
    parts.engine.running = parts.engine.loaded = True
    parts.put(engine_speed=1200, leaving_water=leaving_c, entering_water=leaving_c - 5.0)
    parts.scan(650, follow=True)
    assert parts.capacity.at_minimum and parts.demand.run_wanted
    return parts


def test_a_defrost_that_parks_ends_no_run():
    parts = heating(60.5)
    parts.engine.loaded = parts.engine.clutch_in = False
    for step in range(20):  # the water comes back from the plate that has melted the frost
        parts.put(leaving_water=60.5 + 0.05 * step).scan()
        assert parts.capacity.at_minimum and parts.demand.run_wanted
    parts.put(leaving_water=63.2).scan(4)
    assert not parts.demand.run_wanted  # truly too warm


def test_water_that_comes_back_fast_and_cold_ends_no_run():
    parts = heating(60.5)
    assert parts.capacity.at_minimum
    parts.capacity.rate_k_s = 0.5
    for error_k in (10.0, 5.0, 1.0):
        parts.setpoint.error_k = error_k
        parts.demand.update(parts.now_ms, 0.5)
        assert parts.demand.run_wanted
    parts.setpoint.error_k = -0.5
    parts.demand.update(parts.now_ms, 0.5)
    assert not parts.demand.run_wanted


def test_water_far_too_warm_ends_even_a_short_run():
    parts = Parts(hot_setpoint_c=60.0)
    parts.engine.rest()
    parts.put(leaving_water=50.0).scan()
    parts.engine.running = parts.engine.loaded = True
    parts.put(leaving_water=63.2, entering_water=60.0).scan(60, follow=True)
    assert not parts.demand.run_wanted
    assert not parts.demand.by_temperature


def test_a_person_s_off_stops_at_once_and_not_by_temperature():
    parts = Parts(hot_setpoint_c=60.0)
    parts.engine.rest()
    parts.put(leaving_water=50.0).scan()
    parts.engine.running = True
    parts.scan(2)
    assert parts.demand.run_wanted
    parts.settings.set("mode", 0)
    parts.scan()
    assert not parts.demand.run_wanted
    assert not parts.demand.by_temperature


def test_a_bad_leaving_probe_does_not_stop_by_demand():
    parts = Parts(hot_setpoint_c=60.0)
    parts.engine.rest()
    parts.put(leaving_water=50.0).scan()
    parts.engine.running = True
    parts.scan(2)
    parts.bad("leaving_water").scan(2)
    assert parts.demand.run_wanted


def told_c(value, words):
    """Return the limit in C that the `value` of a reason tells after `words`, in F."""
    assert value.startswith(words) and value.endswith(" F"), value
    return (float(value[len(words) : -2]) - 32.0) / 1.8


@pytest.mark.parametrize(
    ("water", "moved", "flow", "start_c"),
    [
        ({"leaving_water": 74.0, "entering_water": 74.0}, ("leaving_water", "entering_water"), True, 57.8),  # of the set point
        ({"leaving_water": 59.0, "entering_water": 55.0}, ("leaving_water",), True, 57.8),  # warm enough
        ({"leaving_water": 50.0, "entering_water": 74.0}, ("entering_water",), True, 73.3),  # only the other one is too hot
        ({"leaving_water": 74.0, "entering_water": 50.0}, ("leaving_water",), False, 73.3),  # stands in the hot plate
        ({"leaving_water": 50.0, "entering_water": 74.0}, ("entering_water",), False, 57.8),
    ],
)
def test_it_starts_where_why_says(water, moved, flow, start_c):
    parts = resting(hot_setpoint_c=60.0).put(**water)
    parts.readings.flow_switch_hot.on = flow
    parts.scan(3)
    value = parts.why(parts.demand)[0][3]
    assert told_c(value, "starts below ") == pytest.approx(start_c, abs=0.05)
    parts.put(**dict.fromkeys(moved, start_c + 0.1)).scan(40)
    assert not parts.demand.run_wanted
    assert parts.why(parts.demand)[0][3] == value
    parts.put(**dict.fromkeys(moved, start_c - 0.1)).scan(40)
    assert parts.demand.run_wanted


def test_a_limit_below_the_set_point_is_where_it_starts():
    parts = resting(hot_setpoint_c=71.0, water_no_start_c=60.0).put(leaving_water=65.0, entering_water=55.0, ambient_temp=15.0).scan(3)
    assert told_c(parts.why(parts.demand)[0][3], "starts below ") == pytest.approx(60.0, abs=0.05)


def test_cold_air_does_not_promise_a_start_of_water_that_is_warm_enough():
    parts = resting(hot_setpoint_c=60.0).put(leaving_water=60.0, ambient_temp=-19.0).scan(2)
    assert parts.demand.source == demand.TOO_COLD
    assert parts.why(parts.demand)[0][3].startswith("allowed above ")
