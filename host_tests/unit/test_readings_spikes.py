"""A burst of noise lasts one sample and is left out; a true jump or fault is seen one sample later."""

import pytest
from ghp import points
from ghp.image import RAW_OK, Image
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

    def sample(self, counts):
        """A new sample, seen by the slow and by fast scans until the next one comes."""
        self.image.analog[self.index] = counts
        self.image.analog_at[self.index] = self.now
        self.image.analog_status[self.index] = RAW_OK
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
