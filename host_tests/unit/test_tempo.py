"""Scans that are late again and again raise an alarm; one that is late does not."""

from ghp.executive import Task
from ghp.protection.monitor import Monitor
from ghp.protection.tempo import Tempo
from hypothesis import given
from hypothesis import strategies as st


class Bench:
    def __init__(self):
        self.tasks = [Task(name, 50, 1000, None) for name in ("fast", "slow")]
        self.monitor = Monitor()
        self.alarm = self.monitor.find("task_overrun")
        self.tempo = Tempo(self.tasks, self.monitor)

    def scans(self, count):
        for _ in range(count):
            self.tempo.update(0)
        return self.alarm.active()


def test_one_late_scan_is_no_alarm_and_is_forgotten():
    bench = Bench()
    bench.tasks[0].missed += 30  # one standstill of 1.5 s
    assert not bench.scans(20)
    assert bench.tempo.marks == 1
    assert not bench.scans(1) and bench.tempo.marks == 0


def test_late_again_and_again_is_an_alarm_until_it_is_over():
    bench = Bench()
    for number in range(5):
        assert not bench.alarm.active()
        bench.tasks[number % 2].overruns += 1
        bench.scans(10)
    assert bench.alarm.active()
    assert bench.scans(80)  # 40 s on: fading
    assert not bench.scans(20)


@given(st.lists(st.booleans(), max_size=400))
def test_it_always_clears_within_two_minutes_of_calm(late):
    bench = Bench()
    for one in late:
        bench.tasks[0].missed += one
        bench.scans(1)
        assert not bench.alarm.active() or any(late)
    assert not bench.scans(241)
    assert bench.tempo.marks == 0
