"""Properties of the slow scan's objects under arbitrary readings, faults and settings.

Bounded outputs, no wind-up, monotone maps, a defined end for every sensor that stays bad, never more than a limit
allows, and nothing that depends on where the clock stands.
"""

from ghp.control.expansion import VALVE_CONTROL
from ghp.control.ladder import LADDER_RPM, MIN_PCT, TOP, loaded_pct
from ghp.protection import stops
from ghp.protection.judges import SENSORS
from hypothesis import given, settings
from hypothesis import strategies as st
from thermal_parts import LOADED, Parts

NAMES = [row[1] for row in SENSORS]
RANGES = {
    "suction_pressure": (60.0, 600.0), "discharge_pressure": (300.0, 2600.0), "suction_temp": (-40.0, 60.0),
    "liquid_temp": (-20.0, 80.0), "ambient_temp": (-30.0, 45.0), "entering_water": (5.0, 80.0),
    "condenser_water": (5.0, 80.0), "leaving_water": (5.0, 80.0), "coolant_temp": (-10.0, 112.0),
    "discharge_temp": (0.0, 130.0), "hot_flow": (0.0, 8.0), "engine_speed": (0, 3100),
}


@st.composite
def events(draw):
    """A list of (name, value or None for a fault, scans until the next)."""
    steps = []
    for _ in range(draw(st.integers(1, 12))):
        name = draw(st.sampled_from(sorted(RANGES)))
        low, high = RANGES[name]
        value = draw(st.one_of(st.none(), st.floats(low, high, allow_nan=False)))
        steps.append((name, value, draw(st.integers(1, 60))))
    return steps


def play(parts, steps, check):
    for name, value, scans in steps:
        if value is None:
            parts.bad(name)
        else:
            parts.put(**{name: value})
        for _ in range(scans):
            parts.scan(follow="engine_speed" not in [step[0] for step in steps])
            check(parts)


def bounded(parts):
    capacity = parts.capacity
    assert 0 <= capacity.stage <= TOP
    assert LADDER_RPM[0] <= capacity.rpm <= parts.settings.speed_max_rpm
    assert 0.0 <= capacity.asked_pct <= 100.0
    assert -30.0 <= capacity.integral_pct <= 100.0
    assert MIN_PCT <= parts.limits.cap_pct <= 100.0
    assert 0.0 <= parts.limits.mop_cut_kpa <= 150.0
    assert 0 <= parts.outputs.expansion_valve.commanded <= 500
    assert 0 <= parts.outputs.pump_hot_speed.commanded <= 10000
    assert 0 <= parts.outputs.heat_recovery_valve.commanded <= 10000
    assert 0 <= parts.outputs.lead_fan_speed.commanded <= 10000
    assert parts.settings.ceiling_cold_c <= parts.setpoint.ceiling_c <= parts.settings.ceiling_warm_c
    assert parts.setpoint.effective_c <= min(parts.settings.hot_setpoint_c, parts.setpoint.ceiling_c)
    if not capacity.unloaded and capacity.stage and parts.limits.cap_pct < capacity.achieved_pct - 1.0:
        assert loaded_pct(capacity.rpm) <= max(parts.limits.cap_pct, loaded_pct(parts.envelope.min_rpm)) + 1.0


@settings(max_examples=60)
@given(events(), st.floats(33.0, 71.0))
def test_everything_stays_bounded_whatever_the_sensors_say(steps, setpoint_c):
    play(Parts(hot_setpoint_c=setpoint_c), steps, bounded)


@settings(max_examples=40)
@given(events())
def test_the_position_of_the_clock_does_not_matter(steps):
    def trace(start_ms):
        seen = []
        play(Parts(start_ms=start_ms), steps, lambda p: seen.append(
            (p.capacity.stage, p.capacity.rpm, p.outputs.expansion_valve.commanded, p.limits.cap_pct, p.standing())
        ))
        return seen

    assert trace(1000) == trace((1 << 30) - 7000)


@settings(max_examples=40)
@given(st.sampled_from(list(SENSORS)), st.booleans(), st.integers(0, 400))
def test_every_bad_sensor_ends_in_its_consequence_in_finite_time(row, running, before):
    parts = Parts()
    if not running:
        parts.engine.rest()
    parts.scan(before)
    parts.bad(row[1])
    parts.scan(12)
    assert parts.standing(), row
    if row[2]:
        assert parts.monitor.stop_class >= stops.NORMAL_STOP


@settings(max_examples=40)
@given(st.floats(-2.0, 30.0), st.floats(-2.0, 30.0), st.integers(1, 200))
def test_more_superheat_never_means_a_more_closed_valve(first, second, scans):
    def opening(superheat):
        parts = Parts()
        parts.expansion.position = 200.0
        parts.outputs.unloader.value = 0
        parts.engine.valve_mode = VALVE_CONTROL
        parts.derived.update(0, 0.5)
        parts.put(suction_temp=parts.derived.evaporating_c + superheat)
        for _ in range(scans):
            parts.derived.update(0, 0.5)
            parts.expansion.update(0, 0.5)
        return parts.expansion.position

    low, high = sorted((first, second))
    assert opening(low) <= opening(high) + 0.01


@settings(max_examples=40)
@given(st.floats(-40.0, 40.0), st.floats(-40.0, 40.0))
def test_a_colder_day_never_allows_hotter_water(first, second):
    cold, warm = sorted((first, second))
    setpoint = Parts().setpoint
    assert setpoint.ceiling_at(cold) <= setpoint.ceiling_at(warm)
    assert setpoint.ceiling_at(None) <= setpoint.ceiling_at(cold)


@settings(max_examples=30)
@given(st.integers(10, 3000), st.floats(45.0, 58.0))
def test_no_wind_up_while_the_capacity_is_not_to_be_had(scans, leaving_c):
    """However long the machine could not deliver, water at its set point takes the order back at once."""
    parts = Parts(hot_setpoint_c=60.0).put(leaving_water=leaving_c, entering_water=leaving_c - 6.0, engine_speed=1200)
    parts.scan(scans)  # the engine does not follow
    assert parts.capacity.integral_pct <= 2.0
    parts.put(leaving_water=61.0, entering_water=60.0)
    parts.scan(200, follow=True)
    assert parts.capacity.at_minimum


@settings(max_examples=30)
@given(st.lists(st.booleans(), min_size=5, max_size=60), st.floats(50.0, 65.0))
def test_demand_never_chatters_on_steady_water(calls, leaving_c):
    """At rest, with one temperature, the wish changes only when a person or contact changes something."""
    parts = Parts(hot_setpoint_c=60.0)
    parts.engine.rest()
    parts.put(leaving_water=leaving_c)
    last = None
    for call in calls:
        parts.readings.remote_enable.on = call
        parts.scan(3)
        wish = parts.demand.run_wanted
        assert not wish or call
        if call and last is not None:
            assert wish == last
        if call:
            last = wish


def test_the_loaded_values_of_the_bench_name_every_reading():
    parts = Parts()
    assert {reading.name for reading in parts.readings.analog + parts.readings.pulses} == set(LOADED)
