"""What lasts longer than half the clock's period (6.2 days) keeps its age: nothing is disarmed or forgotten."""

import pytest
from engine_bench import Bench
from ghp.blocks.timers import OnDelay
from ghp.image import RAW_NO_ANSWER, RAW_OK, Image
from ghp.sensing.readings import GOOD, Readings
from ghp.ticks import TICKS_PERIOD, ticks_add
from thermal_parts import Parts

HOUR = 3600000
EIGHT_DAYS = 8 * 24


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
