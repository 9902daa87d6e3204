"""Rationing of starts, and what is said about it."""

import pytest
from ghp.control.cycling import Cycling
from ghp.settings import Settings
from ghp.ticks import TICKS_PERIOD, ticks_add


class Clocked:
    """Cycling with a clock that starts just before its wrap."""

    def __init__(self, **changes):
        settings = Settings()
        for key, value in changes.items():
            settings.set(key, value)
        self.cycling = Cycling(settings)
        self.now = TICKS_PERIOD - 5000
        self.passed(0)

    def passed(self, seconds):
        """Let time pass in steps of half a second at most, then enough scans to be noticed."""
        for _ in range(round(seconds * 2)):
            self.now = ticks_add(self.now, 500)
            for _ in range(10):
                self.cycling.update(self.now)
        for _ in range(10):
            self.cycling.update(self.now)
        return self

    def may(self):
        return self.cycling.may_start()

    def start(self):
        self.cycling.note_start(self.now)

    def stop(self):
        self.cycling.note_stop(self.now)


def test_power_up_counts_as_a_stop():
    clocked = Clocked(stop_to_start_s=60)
    assert not clocked.may() and clocked.cycling.wait_s() == 60
    clocked.passed(59.5)
    assert not clocked.may()
    clocked.passed(0.5)
    assert clocked.may() and clocked.cycling.wait_s() == 0


def test_rest_after_a_stop_and_distance_of_starts():
    clocked = Clocked(stop_to_start_s=60, start_to_start_s=200).passed(60)
    clocked.start()
    clocked.passed(30)
    clocked.stop()
    clocked.passed(60)
    assert not clocked.may() and clocked.cycling.wait_s() == 110
    clocked.passed(110)
    assert clocked.may()


def test_a_failure_rests_three_minutes():
    clocked = Clocked(stop_to_start_s=60, start_to_start_s=60).passed(60)
    clocked.cycling.note_failure(clocked.now)
    clocked.passed(179)
    assert not clocked.may()
    clocked.passed(1)
    assert clocked.may()


@pytest.mark.parametrize("limit", [1, 3, 6])
def test_the_ring_bounds_the_starts_of_any_hour(limit):
    clocked = Clocked(stop_to_start_s=60, start_to_start_s=60, starts_per_hour=limit).passed(60)
    starts = []
    seconds = 0
    while seconds < 3 * 3600:
        if clocked.may():
            clocked.start()
            starts.append(seconds)
            clocked.stop()
        clocked.passed(10)
        seconds += 10
    for start in starts:
        assert sum(start <= other < start + 3600 for other in starts) <= limit
    assert len(starts) >= 3 * limit - 1  # and it does not ration more than that


def test_ring_says_when_it_frees():
    clocked = Clocked(stop_to_start_s=60, start_to_start_s=60, starts_per_hour=2).passed(60)
    clocked.start()
    clocked.passed(100)
    clocked.start()
    clocked.passed(100)
    said = []
    clocked.cycling.reasons(lambda *reason: said.append(reason))
    assert said == [(1, "Starts of this hour are used up", 3400, "2 of 2")]
    assert clocked.cycling.starts_in_hour() == 2


def test_every_timer_is_told():
    clocked = Clocked(stop_to_start_s=100, start_to_start_s=600).passed(100)
    clocked.start()
    clocked.stop()
    clocked.cycling.note_failure(clocked.now)
    clocked.passed(10)
    said = []
    clocked.cycling.reasons(lambda *reason: said.append(reason))
    assert {rank for rank, _, _, _ in said} == {1}  # before warnings that stop nothing
    assert [(text, left) for _, text, left, _ in said] == [
        ("Resting after the last stop", 90), ("Too soon after the last start", 590),
        ("Resting after a failed start or a stall", 170),
    ]


def test_shortest_run_counts_from_the_measured_start():
    clocked = Clocked(min_run_s=100).passed(300)
    assert clocked.cycling.min_run_over()
    clocked.start()
    clocked.passed(20)  # cranking
    clocked.cycling.note_fired(clocked.now)
    clocked.passed(99)
    assert not clocked.cycling.min_run_over() and clocked.cycling.min_run_left_s() == 1
    clocked.passed(1)
    assert clocked.cycling.min_run_over() and clocked.cycling.min_run_left_s() == 0


def test_timers_saturate_over_weeks():
    clocked = Clocked(stop_to_start_s=60).passed(60)
    for _ in range(24 * 20):  # twenty days in hours: more than one wrap of the ticks
        clocked.now = ticks_add(clocked.now, 3600 * 1000)
        clocked.passed(0)
        assert clocked.may()
