"""The first cause is kept for as long as what it led to stands."""

from ghp.protection import stops
from ghp.protection.monitor import SLOW, Monitor


def judged(monitor, key, condition, **voice):
    monitor.judge(monitor.find(key), condition, 0, **voice)


def test_a_cause_that_goes_by_itself_stays_first_while_its_consequence_stands():
    monitor = Monitor()
    judged(monitor, "gas_pressure", True)  # clears by itself
    judged(monitor, "uncommanded_stop", True)  # waits for a reset
    judged(monitor, "gas_pressure", False)
    judged(monitor, "uncommanded_stop", False)
    judged(monitor, "water_stuck", True)
    assert monitor.first.key == "gas_pressure"
    assert [alarm.key for alarm in monitor.standing()] == ["uncommanded_stop", "water_stuck"]


def test_it_ends_with_the_stop():
    monitor = Monitor()
    judged(monitor, "sensor_stop", True)
    judged(monitor, "coolant_hot", True)
    judged(monitor, "sensor_stop", False)
    assert monitor.stop_class == stops.UNLOAD and monitor.first is None


def test_a_reset_leaves_the_cause_that_still_stands():
    monitor = Monitor()
    judged(monitor, "hot_water_flow", True)
    judged(monitor, "overspeed", True)
    judged(monitor, "hot_water_flow", False)
    assert [alarm.key for alarm in monitor.reset()] == ["overspeed"]
    assert monitor.first.key == "overspeed"


def test_neither_voice_takes_back_what_the_other_says():
    monitor = Monitor()
    alarm = monitor.find("sensor_fast_stop")
    judged(monitor, "sensor_fast_stop", True, voice=SLOW)
    judged(monitor, "sensor_fast_stop", False)
    assert alarm.active() and monitor.counts[alarm.index] == 1
    judged(monitor, "sensor_fast_stop", True)
    judged(monitor, "sensor_fast_stop", False, voice=SLOW)
    assert alarm.active() and monitor.counts[alarm.index] == 1
    judged(monitor, "sensor_fast_stop", False)
    assert not alarm.standing()
