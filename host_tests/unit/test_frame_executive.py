"""The executive: rhythm, missed periods, overruns, failures, and a watchdog fed only by all."""

import pytest
from ghp.executive import Executive
from ghp.ticks import TICKS_PERIOD, ticks_add


class Clock:
    """Moved by hand; a task can take time."""

    def __init__(self, start_ms):
        self.now_us = start_ms * 1000

    def ticks_ms(self):
        return self.now_us // 1000 % TICKS_PERIOD

    def ticks_us(self):
        return self.now_us % TICKS_PERIOD

    def sleep_ms(self, ms):
        self.now_us += ms * 1000


class Bench:
    def __init__(self, start_ms=TICKS_PERIOD - 777):
        self.clock = Clock(start_ms)
        self.feeds = 0
        self.failed = []
        self.executive = Executive(
            self.clock, self.feed, lambda task, error: self.failed.append((task.name, str(error)))
        )

    def feed(self):
        self.feeds += 1

    def run(self, ms):
        end = self.clock.now_us + ms * 1000
        while self.clock.now_us < end:
            self.clock.sleep_ms(self.executive.run_due())


def test_tasks_keep_their_rhythm_across_the_wrap():
    bench = Bench()
    times = {"fast": [], "slow": []}
    bench.executive.add("fast", 50, 1000, times["fast"].append)
    bench.executive.add("slow", 500, 1000, times["slow"].append)
    bench.run(10_000)
    assert len(times["fast"]) == 200
    assert len(times["slow"]) == 20
    assert {(b - a) % TICKS_PERIOD for a, b in zip(times["fast"], times["fast"][1:], strict=False)} == {50}
    assert bench.feeds == 20  # not more often than the slowest task


def test_a_late_scan_is_counted_and_the_rhythm_kept():
    bench = Bench(0)
    fast = bench.executive.add("fast", 50, 1000, lambda now: None)
    bench.run(100)
    bench.clock.sleep_ms(300)
    bench.run(500)
    assert fast.missed == 6
    assert fast.due_ms % 50 == 0


def test_overruns_are_counted_with_the_worst_time():
    bench = Bench()
    task = bench.executive.add("heavy", 50, 2000, lambda now: bench.clock.sleep_ms(3))
    bench.run(500)
    assert task.overruns == task.runs > 0
    assert task.worst_us == 3000


def test_a_failing_task_is_reported_and_starves_the_watchdog():
    bench = Bench()
    bench.executive.add("good", 50, 1000, lambda now: None)

    def fail(now):
        raise ValueError("no such valve")

    task = bench.executive.add("bad", 50, 1000, fail)
    bench.run(1000)
    assert task.failures == 20
    assert bench.failed[0] == ("bad", "no such valve")
    assert bench.feeds == 0


def test_interrupts_from_outside_pass():
    bench = Bench()

    def interrupt(now):
        raise KeyboardInterrupt

    bench.executive.add("task", 50, 1000, interrupt)
    with pytest.raises(KeyboardInterrupt):
        bench.run(100)


def test_due_times_stay_inside_the_period():
    bench = Bench()
    task = bench.executive.add("fast", 50, 1000, lambda now: None)
    bench.run(2000)
    assert 0 <= task.due_ms < TICKS_PERIOD
    assert task.due_ms == ticks_add(bench.clock.ticks_ms(), 0) or task.due_ms > bench.clock.ticks_ms() - 1
