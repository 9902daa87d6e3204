"""Readings: quality and age before value; a time-out resets the window; contacts fail to their safe side."""

import pytest
from ghp import points
from ghp.image import RAW_NO_ANSWER, RAW_OK, RAW_OPEN, Image
from ghp.sensing import readings
from ghp.ticks import TICKS_PERIOD, ticks_add

START = TICKS_PERIOD - 1500  # the clock wraps during every test


@pytest.fixture
def image():
    return Image()


def put_analog(image, name, counts, now, status=RAW_OK):
    index = points.index_of(points.ANALOG_INPUTS, name)
    image.analog[index] = counts
    image.analog_at[index] = now
    image.analog_status[index] = status


def put_pulses(image, name, count, now, status=RAW_OK):
    index = points.index_of(points.PULSE_INPUTS, name)
    image.pulses[index] = count & 0x3FFFFFFF
    image.pulses_at_us[index] = (now * 1000) & 0x3FFFFFFF
    image.pulses_status[index] = status


def test_nothing_is_known_before_the_first_sample(image):
    all_of_them = readings.Readings(image)
    assert all_of_them.leaving_water.value() is None
    assert all_of_them.leaving_water.quality == readings.NO_DATA
    all_of_them.update_fast(START)
    all_of_them.update_slow(START)
    assert all_of_them.leaving_water.value() is None
    assert not all_of_them.safety_chain.on


def test_a_good_sample_becomes_a_value_and_grows_stale(image):
    leaving = readings.Readings(image).leaving_water
    put_analog(image, "leaving_water", 13333, START)
    leaving.update(image, START)
    assert leaving.value() == pytest.approx(25.0, abs=0.05)
    leaving.update(image, ticks_add(START, leaving._max_age_ms))
    assert leaving.quality == readings.GOOD
    late = ticks_add(START, leaving._max_age_ms + 1)
    leaving.update(image, late)
    assert leaving.quality == readings.STALE
    assert leaving.value() is None
    assert leaving.bad_for_ms(ticks_add(late, 700)) == 700


@pytest.mark.parametrize(
    "counts, status, quality",
    [
        (26660, RAW_OK, readings.OPEN),
        (3, RAW_OK, readings.SHORT),
        (13333, RAW_NO_ANSWER, readings.NO_ANSWER),
        (26200, RAW_OK, readings.RANGE),
    ],
)
def test_each_fault_has_its_name_and_recovery_takes_its_time(image, counts, status, quality):
    leaving = readings.Readings(image).leaving_water
    now = START
    put_analog(image, "leaving_water", 13333, now)
    leaving.update(image, now)
    now = ticks_add(now, 500)
    put_analog(image, "leaving_water", counts, now, status)
    leaving.update(image, now)
    if status == RAW_OK:  # one sample may be a burst of noise
        assert leaving.quality == readings.GOOD
        now = ticks_add(now, 500)
        put_analog(image, "leaving_water", counts, now, status)
        leaving.update(image, now)
    assert leaving.quality == quality
    for step in range(21):  # good again, but trusted only after 10 s
        now = ticks_add(now, 500)
        put_analog(image, "leaving_water", 13333, now)
        leaving.update(image, now)
        assert (leaving.value() is None) == (step < 20)


def test_a_fault_during_recovery_starts_it_again(image):
    leaving = readings.Readings(image).leaving_water
    now = START
    for counts in (13333, 3, 3, 13333, 13333, 3, 13333):
        put_analog(image, "leaving_water", counts, now)
        leaving.update(image, now)
        now = ticks_add(now, 6000)
    assert leaving.quality == readings.SETTLING


def test_thermocouple_chip_reports_open(image):
    exhaust = readings.Readings(image).exhaust_temp
    put_analog(image, "exhaust_temp", 2000, START)
    exhaust.update(image, START)
    assert exhaust.value() == 500.0
    put_analog(image, "exhaust_temp", 0, START, RAW_OPEN)
    exhaust.update(image, START)
    assert exhaust.quality == readings.OPEN


def run_speed(image, speed, now, count, rpm, scans):
    for _ in range(scans):
        now = ticks_add(now, 50)
        count += rpm * 2 * 0.05
        put_pulses(image, "engine_speed", int(count), now)
        speed.update(image, now)
    return now, count


def test_speed_follows_and_falls_to_zero_when_pulses_end(image):
    speed = readings.Readings(image).engine_speed
    now, count = run_speed(image, speed, START, (1 << 30) - 500, 2403, 20)  # the counter wraps too
    assert speed.scaled == pytest.approx(2403, abs=10)
    assert speed.newest_rpm == pytest.approx(2403, abs=20)
    now, count = run_speed(image, speed, now, count, 0, 4)
    assert speed.pulsing
    now, count = run_speed(image, speed, now, count, 0, 1)
    assert not speed.pulsing
    assert speed.scaled == 0


def test_a_flow_that_stops_cannot_stay_behind_the_window(image):
    flow = readings.Readings(image).hot_flow
    now, count = START, 0.0
    for _ in range(10):
        now = ticks_add(now, 500)
        count += 5.0 * 20 * 0.5
        put_pulses(image, "hot_flow", int(count), now)
        flow.update(image, now)
    assert flow.value() == pytest.approx(5.0, rel=0.02)
    for _ in range(4):
        now = ticks_add(now, 500)
        put_pulses(image, "hot_flow", int(count), now)
        flow.update(image, now)
    assert flow.value() == 0.0
    assert flow.total == int(count) - 50  # what the first sample showed is not this total's


def test_an_impossible_flow_is_bad_not_a_number(image):
    flow = readings.Readings(image).hot_flow
    for step in range(3):
        put_pulses(image, "hot_flow", step * 2000, ticks_add(START, step * 500))
        flow.update(image, ticks_add(START, step * 500))
    assert flow.value() is None
    assert flow.quality == readings.RANGE


def test_a_contact_is_debounced_and_fails_to_off(image):
    contact = readings.Readings(image).call_heat
    index = contact.index
    image.digital_status[index] = RAW_OK
    image.digital[index] = 1
    contact.update(image, START)
    assert not contact.on
    contact.update(image, ticks_add(START, 499))
    assert not contact.on
    contact.update(image, ticks_add(START, 500))
    assert contact.on
    image.digital_status[index] = RAW_NO_ANSWER
    contact.update(image, ticks_add(START, 600))
    contact.update(image, ticks_add(START, 1100))
    assert not contact.on
    assert contact.quality == readings.NO_ANSWER


def test_safety_contacts_are_not_delayed(image):
    chain = readings.Readings(image).safety_chain
    image.digital_status[chain.index] = RAW_OK
    image.digital[chain.index] = 1
    chain.update(image, START)
    assert chain.on
    image.digital[chain.index] = 0
    chain.update(image, ticks_add(START, 50))
    assert not chain.on
