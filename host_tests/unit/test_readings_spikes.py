"""A burst of noise lasts one sample and is left out; a true jump or fault is seen one sample later."""

import pytest
from ghp import points
from ghp.image import RAW_NO_ANSWER, RAW_OK, Image
from ghp.sensing import readings

WATER = points.index_of(points.ANALOG_INPUTS, "leaving_water")
HIGH = points.index_of(points.ANALOG_INPUTS, "discharge_pressure")


class Probe:
    def __init__(self, index=WATER, step_ms=400):
        self.image = Image()
        self.index = index
        self.step_ms = step_ms
        self.now = 1000
        self.all = readings.Readings(self.image)
        self.reading = self.all.analog[index]

    def sample(self, counts, status=RAW_OK):
        """A new sample, seen by the slow and by fast scans until the next one comes."""
        self.image.analog[self.index] = counts
        self.image.analog_at[self.index] = self.now
        self.image.analog_status[self.index] = status
        for _ in range(self.step_ms // 50):
            self.reading.update(self.image, self.now)
            self.now += 50
        return self.reading.scaled / 1000


@pytest.mark.parametrize(("index", "low", "high"), [(WATER, 5000, 11000), (HIGH, 9000, 15000)])
def test_one_burst_is_left_out_and_the_second_sample_is_believed(index, low, high):
    probe = Probe(index)
    steady = probe.sample(low)
    probe.sample(low)
    assert probe.sample(high) == steady
    assert probe.sample(low) == steady
    assert probe.sample(high) == steady
    assert probe.sample(high) != steady
    assert probe.reading.quality == readings.GOOD


def test_what_nature_can_do_is_believed_at_once():
    probe = Probe()
    before = probe.sample(5000)
    after = probe.sample(5100)
    assert 0.1 < abs(after - before) < 8.0


def test_an_open_wire_is_bad_at_its_second_sample_and_never_a_number():
    probe = Probe()
    before = probe.sample(5000)
    assert probe.sample(26660) == before
    assert probe.reading.quality == readings.GOOD
    probe.sample(26660)
    assert probe.reading.quality == readings.OPEN


def test_one_sample_out_of_range_is_a_burst():
    probe = Probe()
    before = probe.sample(5000)
    assert probe.sample(26200) == before
    assert probe.sample(5000) == before
    assert probe.reading.quality == readings.GOOD


@pytest.mark.parametrize("index", [WATER, HIGH])
@pytest.mark.parametrize("status", [RAW_OK, RAW_NO_ANSWER])
def test_after_a_gap_a_burst_to_what_was_before_it_is_left_out(index, status):
    before, after = (5000, 11000) if index == WATER else (9000, 15000)
    probe = Probe(index)
    for counts in (before, before, after, after):  # a true jump, and where it came from is kept
        probe.sample(counts)
    if status == RAW_OK:
        probe.sample(before)
        probe.sample(before)  # back: a broken wire keeps it again
    for _ in range(10):
        probe.sample(26660, status)
    for _ in range(40):
        healed = probe.sample(after)
    assert probe.reading.quality == readings.GOOD
    assert probe.sample(before) == healed
    assert probe.sample(after) == healed


def test_a_sample_in_doubt_does_not_outlast_a_gap():
    probe = Probe(step_ms=50)
    for counts in (5000, 5000, 11000):
        probe.sample(counts)
    probe.sample(11000, RAW_NO_ANSWER)
    healed = probe.sample(5000)
    while probe.reading.quality != readings.GOOD:
        healed = probe.sample(5000)
    assert probe.sample(11000) == healed


@pytest.mark.parametrize("index", [WATER, HIGH])
@pytest.mark.parametrize("places", [(5000, 12000), (5000, 12000, 19000), (40, 9000)])
def test_samples_that_jump_from_place_to_place_are_soon_a_bad_reading(index, places):
    probe = Probe(index)
    for _ in range(4):
        probe.sample(15500)
    for step in range(8):
        probe.sample(places[step % len(places)])
    assert probe.reading.quality != readings.GOOD and probe.reading.value() is None
    for _ in range(40):
        probe.sample(15500)
    assert probe.reading.quality == readings.GOOD


def test_bursts_between_good_samples_are_never_too_many():
    probe = Probe()
    steady = probe.sample(5000)
    for _ in range(50):
        assert probe.sample(12000) == steady and probe.sample(5000) == steady
    assert probe.reading.quality == readings.GOOD
