"""The alarm monitor: latch, reset, first cause, order, bounded history."""

from ghp.protection import stops
from ghp.protection.monitor import Monitor
from ghp.protection.past import history
from hypothesis import given
from hypothesis import strategies as st


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
    assert monitor.counts[monitor.find("overspeed").index] == 3


def test_history_is_bounded_and_newest_last():
    monitor = Monitor()
    for second in range(100):
        monitor.uptime_s = second
        judged(monitor, "coolant_hot", second % 2 == 0)
    assert len(history(monitor)) == 32
    assert history(monitor)[-1] == (99, 18, "cleared")


def strike(monitor, at_s, lasts_s=0):
    monitor.uptime_s = at_s
    judged(monitor, "gas_pressure", True)
    monitor.uptime_s = at_s + lasts_s
    judged(monitor, "gas_pressure", False)


def test_the_third_time_in_a_day_waits_for_a_person():
    monitor = Monitor()
    alarm = monitor.find("gas_pressure")
    strike(monitor, 0)
    strike(monitor, 40000)
    assert monitor.stop_class == stops.NONE and alarm.strikes == 2 and not alarm.latched
    strike(monitor, 86399)
    assert monitor.stop_class == stops.FAST_STOP and alarm.strikes == 3 and alarm.latched
    assert monitor.reset() == []
    assert monitor.stop_class == stops.NONE and alarm.strikes == 0 and not alarm.latched
    strike(monitor, 86500)
    assert monitor.stop_class == stops.NONE and alarm.strikes == 1


def test_a_reset_during_the_cause_forgives_nothing():
    monitor = Monitor()
    for at_s in (0, 1000):
        strike(monitor, at_s)
    monitor.uptime_s = 2000
    judged(monitor, "gas_pressure", True)
    assert [alarm.key for alarm in monitor.reset()] == ["gas_pressure"]
    judged(monitor, "gas_pressure", False)
    assert monitor.stop_class == stops.FAST_STOP


@given(st.lists(st.tuples(st.integers(0, 50000), st.integers(0, 200), st.booleans()), max_size=30))
def test_strikes_are_those_of_a_day(events):
    """Against a list of times: a gap before each, how long the cause lasts, whether a person resets afterwards."""
    monitor = Monitor()
    alarm = monitor.find("gas_pressure")
    struck, now_s = [], 0
    for gap_s, lasts_s, resets in events:
        now_s += gap_s
        if len(struck) < 3 and (not struck or now_s - struck[-1] >= 60):
            struck = [at_s for at_s in struck if now_s - at_s < 86400] + [now_s]
        strike(monitor, now_s, lasts_s)
        now_s += lasts_s
        assert (alarm.strikes, alarm.latched) == (len(struck), len(struck) == 3)
        assert (monitor.stop_class == stops.FAST_STOP) == alarm.standing() == (len(struck) == 3)
        if resets:
            assert monitor.reset() == []
            struck = []
