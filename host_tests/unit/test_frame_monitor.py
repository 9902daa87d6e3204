"""The alarm monitor: latch, reset, first cause, order, bounded history."""

from ghp.protection import stops
from ghp.protection.monitor import Monitor


def judged(monitor, key, condition, now=0):
    monitor.judge(monitor.find(key), condition, now)


def test_first_cause_is_kept_and_consequences_follow():
    monitor = Monitor()
    judged(monitor, "hot_water_flow", True)
    judged(monitor, "discharge_pressure", True)
    judged(monitor, "high_pressure_switch", True)
    assert monitor.first.key == "hot_water_flow"
    assert monitor.stop_class == stops.LOCK_OUT
    assert [alarm.key for alarm in monitor.standing()] == [
        "hot_water_flow",
        "high_pressure_switch",
        "discharge_pressure",
    ]


def test_an_auto_alarm_clears_with_its_cause():
    monitor = Monitor()
    judged(monitor, "coolant_hot", True)
    assert monitor.stop_class == stops.UNLOAD
    judged(monitor, "coolant_hot", False)
    assert monitor.stop_class == stops.NONE
    assert not monitor.standing()


def test_a_manual_alarm_waits_for_its_reset_and_a_reset_for_its_cause():
    monitor = Monitor()
    judged(monitor, "overspeed", True)
    assert [alarm.key for alarm in monitor.reset()] == ["overspeed"]
    judged(monitor, "overspeed", False)
    assert monitor.stop_class == stops.LOCK_OUT
    assert monitor.reset() == []
    assert monitor.stop_class == stops.NONE
    assert monitor.first is None


def test_a_returning_cause_counts_again():
    monitor = Monitor()
    for _ in range(3):
        judged(monitor, "overspeed", True)
        judged(monitor, "overspeed", False)
    assert monitor.find("overspeed").count == 3


def test_history_is_bounded_and_newest_last():
    monitor = Monitor()
    for second in range(100):
        monitor.uptime_s = second
        judged(monitor, "coolant_hot", second % 2 == 0)
    assert len(monitor.history) == 32
    assert monitor.history[-1] == (99, 18, "cleared")
