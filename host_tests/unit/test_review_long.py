"""What lasts longer than half the clock's period (6.2 days) keeps its age: nothing is disarmed or forgotten."""

from types import SimpleNamespace

import pytest
from engine_bench import Bench
from ghp.blocks.timers import LONG_MS, OnDelay, Stopwatch
from ghp.image import RAW_NO_ANSWER, RAW_OK, Image
from ghp.outputs import Outputs
from ghp.protection.stuck import StuckWater
from ghp.sensing.readings import GOOD, STALE, Readings
from ghp.ticks import TICKS_PERIOD, ticks_add
from hypothesis import given
from hypothesis import strategies as st
from thermal_parts import Parts, StandIn

HOUR = 3600000
DAY = 24 * HOUR
EIGHT_DAYS = 8 * 24
IDLE_DAYS = [1, 3, 7, 10, 13, 20]


def hours(start_ms, count=EIGHT_DAYS):
    for hour in range(count):
        yield ticks_add(start_ms, hour * HOUR)


def test_the_time_of_a_condition_saturates():
    timer = OnDelay(1000)
    last = 0
    for now in hours(TICKS_PERIOD - 5000):
        out = timer.update(True, now)
        assert timer.elapsed_ms(now) >= last
        last = timer.elapsed_ms(now)
    assert out


def test_oil_is_judged_after_eight_days_of_running():
    parts = Parts()
    parts.scan(2)
    for _ in range(EIGHT_DAYS):
        parts.now_ms = ticks_add(parts.now_ms, HOUR)
        parts.scan(1)
    parts.put(oil_pressure=0.0)
    parts.scan(10)
    assert parts.monitor.find("oil_pressure").active()


@pytest.mark.parametrize("name", ["oil_pressure", "catalyst_temp", "leaving_water", "ambient_temp"])
def test_a_sensor_dead_for_eight_days_is_still_bad(name):
    image = Image()
    readings = Readings(image)
    reading = getattr(readings, name)
    image.analog_status[reading.index] = RAW_NO_ANSWER
    for now in hours(12345):
        reading.update(image, now)
        if now != 12345:
            assert reading.bad_for_ms(now) >= HOUR


def test_a_sensor_that_never_spoke_is_bad_since_the_start():
    image = Image()
    readings = Readings(image)
    for now in range(0, 7000, 50):
        readings.oil_pressure.update(image, now)
    assert readings.oil_pressure.quality != GOOD
    assert readings.oil_pressure.bad_for_ms(7000) >= 6900


def test_a_limiter_unloads_though_its_last_step_was_a_week_ago():
    parts = Parts()
    parts.scan(2)
    limits = parts.limits

    def judged(pressure_kpa, hour):
        now = ticks_add(parts.now_ms, hour * HOUR)
        parts.put(discharge_pressure=pressure_kpa)
        parts.derived.update(now, 0.5)
        limits.update(now, 0.5, 90.0)
        return limits.cap_pct

    judged(2350.0, 0)  # a level that one scan sees alone is noise
    assert judged(2350.0, 0) == 78.0
    for hour in range(EIGHT_DAYS):
        judged(1650.0, hour)
    limits.cap_pct = 100.0
    judged(2350.0, EIGHT_DAYS)
    assert judged(2350.0, EIGHT_DAYS) == 78.0


def test_the_speed_count_stays_small():
    bench = Bench()
    speed = bench.readings.engine_speed
    image = bench.image
    image.pulses_status[speed.index] = RAW_OK
    count = 0
    for scan in range(400):
        image.pulses[speed.index] = count & (TICKS_PERIOD - 1)
        image.pulses_at_us[speed.index] = scan * 50000 % TICKS_PERIOD
        speed.update(image, scan * 50)
        count += 1 << 22  # two days' worth in a few scans
    assert 0 <= speed.total < TICKS_PERIOD


# --- long idle: a time that nobody asks for meanwhile is long ago, not ahead ---------------------------------


@given(st.lists(st.tuples(st.booleans(), st.integers(0, Stopwatch.LIMIT_MS + TICKS_PERIOD // 2 - 1)), max_size=12))
def test_a_stopwatch_is_a_plain_integer_that_saturates(steps):
    """A gap may be so long that the difference of the ticks is negative."""
    watch = Stopwatch()
    now = 0
    age = Stopwatch.LIMIT_MS
    watch.tick(now)
    for starts, gap in steps:
        now += gap
        age = min(age + gap, Stopwatch.LIMIT_MS)
        if starts:
            age = 0
            watch.start(now % TICKS_PERIOD)
        assert watch.tick(now % TICKS_PERIOD) == watch.age_ms == age
        assert watch.age_ms < 1 << 30


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, TICKS_PERIOD - LONG_MS - 1)), max_size=12))
def test_the_time_of_a_condition_that_is_seldom_looked_at_is_a_plain_integer_that_saturates(steps):
    timer = OnDelay(LONG_MS - 1000)
    now = 0
    since = None
    for what, gap in steps:
        now += gap
        condition = what > 0
        since = None if not condition else now if since is None else since
        if since is not None:
            since = max(since, now - LONG_MS)
        age = 0 if since is None else now - since
        assert timer.update(condition, now % TICKS_PERIOD) == (condition and age >= LONG_MS - 1000)
        assert timer.elapsed_ms(now % TICKS_PERIOD) == age


def idle(parts, days):
    """The unit stands still: one slow scan every six hours, then the machine is loaded again."""
    parts.engine.rest()
    for _ in range(4 * days):
        parts.scan(1)
        parts.now_ms = ticks_add(parts.now_ms, DAY // 4)
    parts.engine.__dict__.update(StandIn().__dict__)


@pytest.mark.parametrize("days", IDLE_DAYS)
def test_superheat_is_held_after_days_without_a_run(days):
    parts = Parts()
    parts.duty.defrosting = True
    parts.scan(4)
    parts.duty.defrosting = False
    parts.scan(400)
    assert parts.expansion.ruling == "superheat"
    idle(parts, days)
    parts.engine.since_clutch_ms = 600000
    parts.put(suction_temp=-2.0)  # wet
    parts.scan(10)
    assert parts.expansion.ruling == "superheat"
    before = parts.expansion.position
    parts.scan(200)
    assert parts.expansion.position < 0.8 * before


@pytest.mark.parametrize("days", IDLE_DAYS)
def test_the_tank_is_looked_at_after_days_without_chilling(days):
    parts = Parts(hot_setpoint_c=60.0)
    parts.duty.mode = 1
    parts.put(entering_water=61.0, leaving_water=61.5)
    parts.scan(100)
    assert not parts.water.takes_heat
    idle(parts, days)
    parts.put(entering_water=45.0, leaving_water=46.0)
    parts.scan(2 * 1800)
    assert parts.water.takes_heat


@pytest.mark.parametrize("days", IDLE_DAYS)
def test_the_cold_plate_is_forgotten_after_days_of_cold_water(days):
    parts = Parts()
    parts.duty.mode = 1
    parts.scan(10)
    parts.put(chilled_entering=2.0, chilled_leaving=2.0, suction_pressure=150.0)
    idle(parts, days)
    parts.engine.rest()
    parts.put(chilled_entering=12.0, chilled_leaving=12.0)
    parts.scan(2)
    assert not parts.water.guarding


@pytest.mark.parametrize("days", IDLE_DAYS)
def test_an_engine_that_falls_away_is_relieved_after_days_without_a_run(days):
    parts = Parts()

    def judged(count, achieved):
        for _ in range(count):
            parts.derived.update(parts.now_ms, 0.5)
            parts.setpoint.update(parts.now_ms, 0.5)
            parts.limits.update(parts.now_ms, 0.5, achieved)
            parts.now_ms = ticks_add(parts.now_ms, 500)

    judged(40, 60.0)  # the unloader opened: for some seconds a dip is the governor's business
    parts.engine.loaded = False
    for _ in range(4 * days):
        judged(1, 0.0)
        parts.now_ms = ticks_add(parts.now_ms, DAY // 4)
    parts.engine.loaded = True
    judged(10, 60.0)
    parts.put(engine_speed=1800)
    parts.engine.setpoint_rpm = 2400
    parts.engine.load_pct100 = 9000
    judged(1, 60.0)
    assert parts.limits.cap_pct < 30.0


@pytest.mark.parametrize("days", [0, *IDLE_DAYS])
def test_every_run_waits_anew_for_a_lower_suction(days):
    parts = Parts()
    parts.put(leaving_water=40.0, suction_pressure=500.0, suction_temp=22.0)
    parts.scan(400)
    assert parts.envelope.too_rich and parts.capacity.stage == 0, "the run ends while it waits"
    idle(parts, days)
    parts.engine.rest()
    parts.scan(1)
    parts.engine.__dict__.update(StandIn().__dict__)
    parts.scan(400)
    assert parts.envelope.too_rich and parts.capacity.stage == 0
    parts.scan(800)
    assert parts.capacity.stage > 0, "in the end the limits do it with the valve"


def test_a_probe_that_stands_still_for_days_while_all_does_is_still_watched():
    readings = Parts().readings
    stuck = StuckWater(readings, SimpleNamespace(value=0))
    for now in hours(0):
        assert not stuck.update(True, now)
    readings.condenser_water.scaled += 100
    assert stuck.update(True, ticks_add(now, HOUR))


def test_a_command_of_last_week_is_not_in_force_when_the_override_ends():
    outputs = Outputs(Image())
    gas = outputs.gas_valve
    gas.command(1, 0)
    gas.forced = 0
    for now in hours(0):
        outputs.settle(now)
    gas.forced = None
    outputs.settle(ticks_add(0, EIGHT_DAYS * HOUR))
    assert gas.value == 0 and gas.expired


def test_a_sample_of_last_week_is_stale():
    image = Image()
    leaving = Readings(image).leaving_water
    image.analog_status[leaving.index] = RAW_OK
    image.analog[leaving.index] = 12000
    leaving.update(image, 0)
    assert leaving.quality == GOOD
    for now in hours(HOUR, 20 * 24):
        leaving.update(image, now)
        leaving.update(image, ticks_add(now, 500))
        assert leaving.quality == STALE
